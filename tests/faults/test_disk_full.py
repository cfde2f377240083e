"""A disk that is full: what cannot be kept is refused or waits, and nothing that was said is lost."""

import asyncio
import errno
import os
import time
from pathlib import Path

import httpx
import pytest

from tests.faults.cluster import ANSWER_S, sign_in
from tests.make.boards import Person
from tests.make.jobs import ended, log_lines, submit, until
from tests.servers.api import ApiProcess

pytestmark = [pytest.mark.fault, pytest.mark.sqlite_only]

DISK_MB = 16
BLOCK = 1 << 12
LINES = 2000
MOST_TRIES = 100
PATIENCE_S = 30.0
# A disk of the server's own, which nobody else sees and which goes with it.
SMALL_DISK = (
    "unshare",
    "-m" if os.geteuid() == 0 else "-rm",
    "sh",
    "-c",
    f'mount -t tmpfs -o size={DISK_MB}m tmpfs "$TASKLY_DATA_DIR" && exec "$@"',
    "sh",
)


def fill(folder: Path) -> Path:
    """Write a file until there is no room; give it."""
    path = folder / "filler"
    with path.open("wb", buffering=0) as filler:
        for _ in range(DISK_MB * (1 << 20) // BLOCK):
            try:
                filler.write(bytes(BLOCK))
            except OSError as error:
                if error.errno != errno.ENOSPC:
                    raise
                return path
    raise AssertionError("the disk is larger than it should be")


async def until_refused(person: Person) -> httpx.Response:
    """The first answer that says that nothing can be kept; what is free within the database goes first."""
    for number in range(MOST_TRIES):
        board = {"name": f"Board {number}", "description": "x" * 10_000}
        answer = await person.call("POST", "/boards", json=board)
        if answer.status_code != 201:
            return answer
    raise AssertionError("a full disk refused nothing")


def wait_for(path: Path) -> None:
    """Wait until the file is there."""
    ends = time.monotonic() + PATIENCE_S
    while not path.exists():
        if time.monotonic() > ends:
            raise TimeoutError(path)
        time.sleep(0.05)


async def test_log_that_finds_no_room_waits_for_it(
    job_environment: dict[str, str], tmp_path: Path
) -> None:
    data, prompt, said = tmp_path / "data", tmp_path / "prompt", tmp_path / "said"
    data.mkdir()
    environment = job_environment | {
        "TASKLY_DATA_DIR": str(data),
        "TASKLY_JOB_LEASE_S": "60",
        "TASKLY_DATABASE_TIMEOUT_S": "1",
    }
    server = ApiProcess(environment, tmp_path / "server.log", within=SMALL_DISK)
    server.launch()
    try:
        await server.answers()
        async with httpx.AsyncClient(
            base_url=f"http://{server.address}", timeout=ANSWER_S
        ) as client:
            person = Person(client, *await sign_in(client))
            params = {"prompt": str(prompt), "lines": LINES, "said": str(said)}
            made = await submit(person, "prompted", params)
            await until(person, made["id"], "running")

            filler = fill(Path(f"/proc/{server.pid}/root{data}"))
            refused = await until_refused(person)
            prompt.touch()
            await asyncio.to_thread(wait_for, said)
            lines = await log_lines(person, made["id"])
            running = await person.get(f"/jobs/{made['id']}")
            filler.unlink()
            over = await ended(person, made["id"])
            whole = await log_lines(person, made["id"])
            accepted = await person.call("POST", "/boards", json={"name": "After all"})
    finally:
        server.kill()

    assert refused.status_code == 503
    assert refused.json()["code"] == "busy"
    assert running["state"] == "running"
    assert len(lines) < LINES
    assert over["state"] == "succeeded", over
    assert [int(line.split()[0]) for line in whole] == list(range(LINES))
    assert accepted.status_code == 201
