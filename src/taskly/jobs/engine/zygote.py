"""The fork server: a small single-threaded process that makes, limits, meters and ends the jobs' processes.

It is started afresh, loads the kinds once, and forks a child for each job in a few milliseconds. Every
child leads a process group of its own, which is killed when the job is to stop, when its lease has run
out, and when the engine has gone: nothing that a job began outlives it.
"""

import array
import ctypes
import fcntl
import os
import resource
import select
import signal
import socket
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson

from taskly.jobs.engine.child import run_child
from taskly.jobs.kinds.registry import Registry

LARGEST_MESSAGE = 1 << 16
PR_SET_PDEATHSIG = 1
PR_SET_CHILD_SUBREAPER = 36
MARK = "TASKLY_JOB_RUN"
"""In the environment of all programs that a job starts, so that strays are known."""
LONGEST_WAIT_S = 60.0
ABOVE_ALL = 100
MOST_ROUNDS = 50


@dataclass
class Born:
    """A running child: its leader's id, and until when its lease lasts."""

    pid: int
    lease_until: float


class Zygote:
    """Serves one engine over a socket that keeps message borders."""

    def __init__(self, control: socket.socket, lock: int, kinds: Registry) -> None:
        self._control = control
        self._lock = lock
        self._kinds = kinds
        self._born: dict[str, Born] = {}
        self._libc = ctypes.CDLL(None, use_errno=True)
        self._libc.prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)

    def serve(self) -> None:
        """Work until the engine hangs up; then end everything that is left."""
        wake_read, wake_write = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.set_wakeup_fd(wake_write, warn_on_full_buffer=False)
        for ignored in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            # The engine decides: a terminal's Ctrl-C must not end jobs that are to be drained.
            signal.signal(ignored, signal.SIG_IGN)
        while True:
            watched: list[Any] = [self._control, wake_read]
            ready, _, _ = select.select(watched, [], [], self._patience())
            if wake_read in ready:
                os.read(wake_read, 4096)
            self._collect()
            if self._control in ready and not self._obey():
                break
            self._end_expired()
        for key in list(self._born):
            self._kill(key, signal.SIGKILL)

    def _patience(self) -> float:
        ends = [born.lease_until for born in self._born.values()]
        return max(0.0, min([end - time.monotonic() for end in ends] + [LONGEST_WAIT_S]))

    def _obey(self) -> bool:
        try:
            data, ancillary, _, _ = self._control.recvmsg(
                LARGEST_MESSAGE, socket.CMSG_SPACE(array.array("i").itemsize)
            )
        except ConnectionResetError:
            return False
        if not data:
            return False
        order = orjson.loads(data)
        key = order["key"]
        if order["do"] == "start":
            (given,) = _descriptors(ancillary)
            self._start(key, order, given)
        elif key in self._born and order["do"] == "lease":
            self._born[key].lease_until = time.monotonic() + order["for_s"]
        elif key in self._born and order["do"] == "signal":
            self._kill(key, order["signal"])
        return True

    def _start(self, key: str, order: dict[str, Any], given: int) -> None:
        parent = os.getpid()
        pid = os.fork()
        if pid == 0:
            self._become_job(key, order, given, parent)
        os.close(given)
        # The child does the same: whichever comes first, no signal can miss the group.
        _own_group(pid)
        self._born[key] = Born(pid, time.monotonic() + order["for_s"])
        self._tell({"key": key, "event": "started", "pid": pid})

    def _become_job(self, key: str, order: dict[str, Any], given: int, parent: int) -> None:
        code = 70
        try:
            _own_group(0)
            self._libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
            if os.getppid() != parent:
                # It was killed before this process could ask to go along.
                return
            signal.set_wakeup_fd(-1)
            for restored in (signal.SIGCHLD, signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
                signal.signal(restored, signal.SIG_DFL)
            # First out of the way: one may have the number that the other is to get.
            spare = [fcntl.fcntl(fd, fcntl.F_DUPFD, ABOVE_ALL) for fd in (given, self._lock)]
            for place, descriptor in zip((3, 4), spare, strict=True):
                os.dup2(descriptor, place, inheritable=False)
            os.closerange(5, 1 << 16)
            os.environ[MARK] = key
            _limit(resource.RLIMIT_AS, order["memory_mb"] << 20)
            _limit(resource.RLIMIT_FSIZE, order["output_mb"] << 20)
            _limit(resource.RLIMIT_CORE, 0)
            code = run_child(socket.socket(fileno=3), self._kinds)
        finally:
            os._exit(code)

    def _collect(self) -> None:
        while True:
            try:
                pid, status, usage = os.wait4(-1, os.WNOHANG)
            except ChildProcessError:
                return
            if pid == 0:
                return
            key = next((key for key, born in self._born.items() if born.pid == pid), None)
            if key is not None:
                self._kill(key, signal.SIGKILL)
                del self._born[key]
                _kill_strays(key)
                code = os.waitstatus_to_exitcode(status)
                cpu_s = usage.ru_utime + usage.ru_stime
                said = {"cpu_s": cpu_s, "peak_mb": usage.ru_maxrss / 1024}
                self._tell({"key": key, "event": "ended", "code": code, **said})

    def _end_expired(self) -> None:
        moment = time.monotonic()
        for key, born in list(self._born.items()):
            if born.lease_until <= moment:
                self._kill(key, signal.SIGKILL)
                born.lease_until = moment + LONGEST_WAIT_S

    def _kill(self, key: str, number: int) -> None:
        try:
            os.killpg(self._born[key].pid, number)
        except ProcessLookupError:
            return

    def _tell(self, message: dict[str, Any]) -> None:
        try:
            self._control.send(orjson.dumps(message))
        except OSError:
            return  # the engine is gone, which the next read finds out


def _own_group(pid: int) -> None:
    try:
        os.setpgid(pid, pid)
    except (PermissionError, ProcessLookupError):
        return  # done already by the other side, or ended


def _limit(what: int, most: int) -> None:
    _, hard = resource.getrlimit(what)
    allowed = most if hard == resource.RLIM_INFINITY else min(most, hard)
    resource.setrlimit(what, (allowed, allowed))


def _descriptors(ancillary: Sequence[tuple[int, int, bytes]]) -> list[int]:
    found = array.array("i")
    for level, kind, data in ancillary:
        if level == socket.SOL_SOCKET and kind == socket.SCM_RIGHTS:
            found.frombytes(data[: len(data) - len(data) % found.itemsize])
    return list(found)


def _kill_strays(key: str) -> None:
    """End the programs that had left the job's group, and what these have started in turn.

    This process inherits whatever loses its parent, so each round finds the children of the last one.
    """
    for _ in range(MOST_ROUNDS):
        strays = _strays(f"{MARK}={key}".encode())
        if not strays:
            return
        for pid in strays:
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)


def _strays(mark: bytes) -> list[int]:
    found = []
    for pid in Path(f"/proc/self/task/{os.getpid()}/children").read_text().split():
        try:
            environment = Path(f"/proc/{pid}/environ").read_bytes()
        except OSError:
            continue  # it has ended meanwhile
        if mark in environment.split(b"\0"):
            found.append(int(pid))
    return found


def serve_engine(descriptor: int, lock: int, kinds: Registry) -> None:
    """Serve the engine on an inherited socket, and end with the thread that started this process.

    The lock is kept open here and in every child: it is free once all of them are gone.
    """
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    Zygote(socket.socket(fileno=descriptor), lock, kinds).serve()
