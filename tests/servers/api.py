"""`taskly serve` as a process of its own, which a test may kill and start again."""

import asyncio
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import httpx

from tests.servers.process import free_port

START_S = 120.0


class ApiProcess:
    """One `taskly serve`, on the same port each time."""

    def __init__(
        self,
        environment: dict[str, str],
        log: Path,
        program: str = "taskly.cli",
        within: Sequence[str] = (),
    ) -> None:
        self.port = free_port()
        self.address = f"127.0.0.1:{self.port}"
        self._environment = os.environ | environment
        self._log = log
        self._program = program
        self._within = within
        """A command that ends by becoming the one that is appended to it."""
        self._process: subprocess.Popen[bytes] | None = None

    def launch(self) -> None:
        """Start the process; it answers a little later."""
        command = [*self._within, sys.executable, "-c", f"from {self._program} import main; main()"]
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                [*command, "serve", "--port", str(self.port)],
                env=self._environment,
                stdout=log,
                stderr=log,
            )

    async def answers(self) -> None:
        """Wait until the process answers."""
        async with asyncio.timeout(START_S), httpx.AsyncClient() as client:
            while True:
                assert self._process is not None
                assert self._process.poll() is None, self._log.read_text()[-3000:]
                try:
                    await client.get(f"http://{self.address}/api/v1/auth/config")
                except httpx.TransportError:
                    await asyncio.sleep(0.1)
                else:
                    return

    @property
    def pid(self) -> int | None:
        """The running process's id."""
        return None if self._process is None else self._process.pid

    def kill(self) -> None:
        """End the process as a crash would."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None
