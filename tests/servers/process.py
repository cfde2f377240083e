"""What all server fixtures share: a free port, an unprivileged account, start, probe and end."""

import ctypes
import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

PR_SET_PDEATHSIG = 1
LIBC = ctypes.CDLL(None)
START_TIMEOUT_S = 60.0
STOP_TIMEOUT_S = 20.0


class MissingServer(Exception):
    """No binary of the server could be found; the message says how to get one."""


class ServerDied(Exception):
    """The server ended, or never answered; the message holds the end of its log."""


def free_port() -> int:
    """Returns a loopback port that nobody listens on at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def account(*names: str) -> str | None:
    """Returns the first of these accounts that exists, or None when we are not root anyway."""
    if os.geteuid() != 0:
        return None
    known = {entry.pw_name for entry in pwd.getpwall()}
    for name in (*names, "nobody"):
        if name in known:
            return name
    raise MissingServer("a database server refuses to run as root and no other account exists")


@contextmanager
def scratch_folder(prefix: str, owner: str | None) -> Iterator[Path]:
    """Makes a folder that the server's account may use, and removes it afterwards."""
    folder = Path(tempfile.mkdtemp(prefix=f"taskly-{prefix}-"))
    try:
        if owner is not None:
            shutil.chown(folder, owner)
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def run_once(command: Sequence[str | Path], owner: str | None, cwd: Path) -> None:
    """Runs a preparing command to its end, as the server's account."""
    done = subprocess.run(
        [str(part) for part in command],
        cwd=cwd,
        user=owner,
        extra_groups=[] if owner is not None else None,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        raise ServerDied(f"{command[0]} failed ({done.returncode}):\n{done.stdout[-2000:]}")


class ServerProcess:
    """One server binary on one port, which can be ended and started again with the same data."""

    def __init__(
        self,
        command: Sequence[str | Path],
        *,
        folder: Path,
        owner: str | None,
        answers: Callable[[], bool],
        stop_signal: signal.Signals,
    ) -> None:
        self._command = [str(part) for part in command]
        self._folder = folder
        self._owner = owner
        self._answers = answers
        self._stop_signal = stop_signal
        self._log = folder / "server.log"
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int | None:
        """The running server's process id."""
        return None if self._process is None else self._process.pid

    def start(self) -> None:
        """Starts the server and returns when it answers."""
        if self._process is not None:
            return
        deadline = time.monotonic() + START_TIMEOUT_S
        self._spawn()
        while not self._answers():
            if time.monotonic() > deadline:
                self.kill()
                raise ServerDied(f"no answer within {START_TIMEOUT_S:.0f} s:\n{self._log_tail()}")
            if self._process is None or self._process.poll() is not None:
                # After a kill, left-over children may hold the data for a moment: try again.
                self._process = None
                if time.monotonic() > deadline - START_TIMEOUT_S / 2:
                    raise ServerDied(f"the server ended:\n{self._log_tail()}")
                time.sleep(0.2)
                self._spawn()
            time.sleep(0.05)

    def stop(self) -> None:
        """Asks the server to end, and insists when it does not."""
        process = self._process
        if process is None:
            return
        process.send_signal(self._stop_signal)
        try:
            process.wait(STOP_TIMEOUT_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        self._process = None

    def kill(self) -> None:
        """Ends the server the hard way, as a crash would."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    def pause(self) -> None:
        """Freezes the server; clients hang."""
        if self._process is not None:
            self._process.send_signal(signal.SIGSTOP)

    def resume(self) -> None:
        """Lets a frozen server go on."""
        if self._process is not None:
            self._process.send_signal(signal.SIGCONT)

    def _spawn(self) -> None:
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                self._command,
                cwd=self._folder,
                user=self._owner,
                extra_groups=[] if self._owner is not None else None,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                # A Ctrl-C in the terminal is for pytest; it ends the servers itself.
                start_new_session=True,
                preexec_fn=_die_with_parent,  # noqa: PLW1509 - one system call, no lock
            )

    def _log_tail(self) -> str:
        return self._log.read_text(encoding="utf-8", errors="replace")[-2000:]


def _die_with_parent() -> None:
    """A run that is killed leaves no server behind."""
    LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
