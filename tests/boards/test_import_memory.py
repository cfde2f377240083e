"""A very large export goes through a real server without growing it."""

import re
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from tests.make.accounts import PASSWORD
from tests.make.trello import write_large
from tests.servers.process import ServerProcess, free_port

pytestmark = pytest.mark.sqlite_only

FILE_BYTES = 100 * 10**6
MOST_BYTES = 300 * 10**6


@pytest.fixture
def server(tmp_path: Path) -> Iterator[tuple[ServerProcess, str]]:
    """A server of its own, and its address."""
    port = free_port()
    address = f"http://127.0.0.1:{port}"

    def answers() -> bool:
        try:
            return httpx.get(f"{address}/health/live", timeout=5).is_success
        except httpx.TransportError:
            return False

    settings = [f"TASKLY_DATA_DIR={tmp_path / 'data'}", f"TASKLY_PORT={port}"]
    command = [sys.executable, "-c", "from taskly.cli import main; main()", "serve"]
    process = ServerProcess(
        ["env", *settings, *command],
        folder=tmp_path,
        owner=None,
        answers=answers,
        stop_signal=signal.SIGTERM,
    )
    process.start()
    yield process, address
    process.stop()


def peak_memory(pid: int | None) -> int:
    """The most memory that a process has had at once, in bytes."""
    status = Path(f"/proc/{pid}/status").read_text(encoding="ascii")
    found = re.search(r"VmHWM:\s+(\d+) kB", status)
    assert found is not None
    return int(found[1]) * 1024


@contextmanager
def signed_in(address: str) -> Iterator[httpx.Client]:
    """A client of the first user of a server."""
    with httpx.Client(base_url=f"{address}/api/v1", timeout=300) as client:
        who = {"username": "anna", "password": PASSWORD}
        client.post("/auth/register", json=who | {"email": "anna@example.com"}).raise_for_status()
        token = client.post("/auth/login", json=who).raise_for_status().json()["access_token"]
        client.headers["Authorization"] = f"Bearer {token}"
        yield client


def test_export_of_100_mb_stays_under_300_mb_of_memory(
    tmp_path: Path, server: tuple[ServerProcess, str]
) -> None:
    file = tmp_path / "large.json"
    cards = write_large(file, FILE_BYTES)
    process, address = server

    with signed_in(address) as client, file.open("rb") as content:
        answer = client.post("/imports/trello", files={"file": ("large.json", content)})

    assert answer.status_code == 201, answer.text
    assert answer.json()["counts"]["cards"] == cards
    assert file.stat().st_size > FILE_BYTES
    assert peak_memory(process.pid) < MOST_BYTES
