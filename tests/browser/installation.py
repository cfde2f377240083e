"""An installation of Taskly as people run it: `taskly serve` in a process of its own."""

import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx

from tests.servers.process import ServerDied, ServerProcess, free_port

# Live changes must come by message; with a slow poll a lost message shows as a failed test.
POLL_S = 60
COMMAND = (sys.executable, "-m", "taskly.cli", "serve")


def _answers(url: str) -> bool:
    try:
        return httpx.get(f"{url}/health/ready", timeout=2).status_code == 200
    except httpx.TransportError:
        return False


@contextmanager
def installation(folder: Path, database: str | None) -> Iterator[str]:
    """Serves an empty installation from this folder and gives its address."""
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    settings = {
        "TASKLY_DATA_DIR": folder / "data",
        "TASKLY_HOST": "127.0.0.1",
        "TASKLY_PORT": port,
        "TASKLY_POLL_INTERVAL_S": POLL_S,
        "TASKLY_JOB_MODULES": '["tests.browser.kinds"]',
        "PYTHONPATH": Path(__file__).parents[2],
    } | ({} if database is None else {"TASKLY_DATABASE_URL": database})
    server = ServerProcess(
        ["env", *(f"{name}={value}" for name, value in settings.items()), *COMMAND],
        folder=folder,
        owner=None,
        answers=lambda: _answers(url),
        stop_signal=signal.SIGTERM,
    )
    server.start()
    try:
        if httpx.get(url).status_code != 200:
            raise ServerDied("no web app is built; `make web` builds it")
        yield url
    finally:
        server.stop()
