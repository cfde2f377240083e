"""`taskly worker` and `taskly beat` as processes of their own, which a test may stop or kill."""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

START_S = 120.0
END_S = 60.0
LOOK_S = 0.05
SAYS = {"worker": "Taskly runs", "beat": "Taskly keeps"}


class BackgroundProcess:
    """One process; what it says is in its log."""

    def __init__(self, command: Sequence[str], environment: Mapping[str, str], log: Path) -> None:
        self._command = command
        self._environment = {**os.environ, **environment}
        self._log = log
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int | None:
        """The running process's id."""
        return None if self._process is None else self._process.pid

    def launch(self) -> None:
        """Start the process; it is ready a little later."""
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-c", "from taskly.cli import main; main()", *self._command],
                env=self._environment,
                stdout=log,
                stderr=log,
            )

    async def ready(self) -> None:
        """Wait until the process says that it has begun."""
        async with asyncio.timeout(START_S):
            while SAYS[self._command[0]] not in self._log.read_text():
                assert self._process is not None
                assert self._process.poll() is None, self._log.read_text()[-3000:]
                await asyncio.sleep(LOOK_S)

    def tell(self, number: signal.Signals = signal.SIGTERM) -> None:
        """Send a signal."""
        assert self._process is not None
        self._process.send_signal(number)

    async def ended(self) -> int:
        """Wait until the process has ended; its exit code."""
        assert self._process is not None
        code = await asyncio.to_thread(self._process.wait, END_S)
        self._process = None
        return code

    def is_running(self) -> bool:
        """True until the process has ended."""
        return self._process is not None and self._process.poll() is None

    async def stop(self) -> None:
        """End the process, if it still runs, without waiting for its jobs."""
        if self.is_running():
            self.tell()
            self.tell(signal.SIGINT)
            await self.ended()

    def kill(self) -> None:
        """End the process as a crash would."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None


@asynccontextmanager
async def background(
    environment: Mapping[str, str], folder: Path, *commands: Sequence[str]
) -> AsyncIterator[list[BackgroundProcess]]:
    """Processes with these commands, ready; all are gone afterwards."""
    processes = [
        BackgroundProcess(command, environment, _log(folder, command[0])) for command in commands
    ]
    try:
        for process in processes:
            process.launch()
        for process in processes:
            await process.ready()
        yield processes
        for process in processes:
            await process.stop()
    finally:
        for process in processes:
            process.kill()


def _log(folder: Path, name: str) -> Path:
    log = folder / f"{name}-{len(list(folder.glob(f'{name}-*.log')))}.log"
    log.touch()
    return log
