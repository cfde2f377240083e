"""The engine's end of the fork server: starts it, asks it for children, hears how they ended."""

import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import orjson

from taskly.jobs.engine.messages import Line
from taskly.kernel.log import get_logger

log = get_logger(__name__)

LARGEST_MESSAGE = 1 << 16
STARTED_S = 30.0
ENDED_S = 10.0


@dataclass(frozen=True)
class End:
    """How a child ended: its exit code, negative for a signal; None when the fork server died too."""

    code: int | None
    cpu_s: float | None = None
    peak_mb: float | None = None


class Forks:
    """Children by key. A fork server that dies takes its children along and is started anew."""

    def __init__(self, modules: Sequence[str]) -> None:
        self._modules = modules
        self._lock = threading.Lock()
        self._news = threading.Condition()
        self._control: socket.socket | None = None
        self._process: subprocess.Popen[bytes] | None = None
        self._pids: dict[str, int] = {}
        self._ends: dict[str, End] = {}
        self._awaited: set[str] = set()
        self._held = -1

    def open(self, lock: int) -> None:
        """Start the fork server, from a thread that outlives it; it and all children hold the lock."""
        self._held = lock
        with self._lock:
            self._connected()

    def start(self, key: str, *, memory_mb: int, output_mb: int, lease_s: float) -> Line:
        """A new child, which ends when its lease is not renewed; the conversation with it."""
        ours, theirs = socket.socketpair()
        order = {"key": key, "do": "start", "for_s": lease_s}
        limits = {"memory_mb": memory_mb, "output_mb": output_mb}
        with self._news:
            self._awaited.add(key)
        with theirs, self._lock:
            message = [orjson.dumps(order | limits)]
            try:
                socket.send_fds(self._connected(), message, [theirs.fileno()])
            except OSError:
                # It died between two jobs.
                self._forget()
                socket.send_fds(self._connected(), message, [theirs.fileno()])
        return Line(ours)

    def renew(self, key: str, lease_s: float) -> None:
        """Let a child go on for so long, from now."""
        self._order({"key": key, "do": "lease", "for_s": lease_s})

    def send_signal(self, key: str, number: int) -> None:
        """Send a signal to a child and everything that it started."""
        self._order({"key": key, "do": "signal", "signal": number})

    def ended(self, key: str) -> End:
        """Wait until a child is gone with all that it started, and say how it ended."""
        with self._news:
            self._news.wait_for(lambda: key in self._ends, ENDED_S)
            self._awaited.discard(key)
            self._pids.pop(key, None)
            return self._ends.pop(key, End(None))

    def close(self) -> None:
        """End the fork server and with it every child."""
        with self._lock:
            process = self._process
            self._forget()
        if process is not None:
            process.wait(ENDED_S)

    def _order(self, order: dict[str, Any]) -> None:
        with self._lock:
            if self._control is not None:
                try:
                    self._control.send(orjson.dumps(order))
                except OSError:
                    log.warning("fork_server_gone")

    def _connected(self) -> socket.socket:
        if self._control is None:
            ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
            with theirs:
                passed = [theirs.fileno(), self._held]
                command = [sys.executable, "-m", "taskly.zygote", *map(str, passed)]
                self._process = subprocess.Popen(  # noqa: S603 (our own program)
                    [*command, *self._modules], pass_fds=passed, stdin=subprocess.DEVNULL
                )
            self._control = ours
            listening = threading.Thread(target=self._listen, args=(ours,), daemon=True)
            listening.start()
        return self._control

    def _forget(self) -> None:
        control, self._control, self._process = self._control, None, None
        if control is not None:
            control.shutdown(socket.SHUT_RDWR)
            control.close()

    def _listen(self, control: socket.socket) -> None:
        while True:
            try:
                data = control.recv(LARGEST_MESSAGE)
            except OSError:
                data = b""
            if not data:
                break
            message = orjson.loads(data)
            with self._news:
                self._take(message)
                self._news.notify_all()
        with self._news:
            # What the children started has no parent left that would end it.
            for key in self._awaited - set(self._ends):
                _kill_group(self._pids.get(key))
                self._ends[key] = End(None)
            self._news.notify_all()

    def _take(self, message: dict[str, Any]) -> None:
        key = message["key"]
        if message["event"] == "started":
            self._pids[key] = message["pid"]
        elif key in self._awaited:
            self._ends[key] = End(message["code"], message["cpu_s"], message["peak_mb"])


def _kill_group(pid: int | None) -> None:
    if pid is not None:
        try:
            os.killpg(pid, signal.SIGKILL)
        except ProcessLookupError:
            return
