"""Logs are followed by very many at once, and over connections that are cut at any moment."""

import asyncio
import random
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from sqlalchemy import event

from tests.application import database_address, sign_up
from tests.jobs.conftest import House
from tests.make.boards import Person
from tests.make.jobs import ended, follow, submit
from tests.servers.api import ApiProcess

VIEWERS = 200
LINES = 2000
PATIENCE_S = 60.0
EXPECTED = [f"chatter {number}" for number in range(LINES)]


class Reads:
    """Counts the statements of an application that ask for a job, and those that read logs."""

    def __init__(self, house: House) -> None:
        self.logs = 0
        self.everybody_came = asyncio.Event()
        self._jobs = 0
        database = house.app.state.database
        for engine in {database.writer.sync_engine, database.reader.sync_engine}:
            event.listen(engine, "before_cursor_execute", self._note)

    def _note(self, _conn: object, _cursor: object, statement: str, *_rest: object) -> None:
        if statement.startswith("SELECT"):
            is_log = "FROM job_log_chunks" in statement
            self.logs += is_log
            self._jobs += not is_log and "FROM jobs" in statement
            if self._jobs >= VIEWERS:
                self.everybody_came.set()


async def test_many_viewers_of_a_job_read_the_store_once(house: House) -> None:
    await house.boss.want(204, "POST", "/queues/default/pause", {"reason": "Taking seats"})
    job = await submit(house.boss, "chatty", {"lines": LINES})
    reads = Reads(house)

    viewers = [
        asyncio.create_task(follow(house.boss, job["id"], None, LINES + 1)) for _ in range(VIEWERS)
    ]
    async with asyncio.timeout(PATIENCE_S):
        await reads.everybody_came.wait()
    await house.boss.want(204, "POST", "/queues/default/resume")
    async with asyncio.timeout(PATIENCE_S):
        seen = await asyncio.gather(*viewers)

    assert all(lines == EXPECTED and over for lines, _, over in seen)
    assert 0 < reads.logs < VIEWERS / 4


@pytest.fixture
async def served(
    db: str, request: pytest.FixtureRequest, tmp_path: Path
) -> AsyncIterator[httpx.AsyncClient]:
    """A client of a real server, whose answers come as they are written."""
    address = database_address(request)
    settings = {
        "TASKLY_DATA_DIR": str(tmp_path),
        "TASKLY_LOG_LEVEL": "warning",
        "TASKLY_JOB_MODULES": '["tests.jobs.kinds"]',
    }
    server = ApiProcess(
        settings | ({"TASKLY_DATABASE_URL": address} if address else {}), tmp_path / "server.log"
    )
    server.launch()
    try:
        await server.answers()
        # A stream says nothing while the job waits for its turn; the test has its own end.
        async with httpx.AsyncClient(
            base_url=f"http://{server.address}", timeout=PATIENCE_S
        ) as client:
            yield client
    finally:
        server.kill()


async def test_stream_that_is_cut_while_the_job_writes_misses_and_doubles_no_line(
    served: httpx.AsyncClient,
) -> None:
    anna: Person = await sign_up(served, "anna")
    job = await submit(anna, "chatty", {"lines": LINES, "pause_s": 0.2})
    chance = random.Random(3)  # noqa: S311
    seen: list[str] = []
    last_id: str | None = None
    over, cuts = False, -1
    async with asyncio.timeout(PATIENCE_S):
        while not over:
            lines, last_id, over = await follow(anna, job["id"], last_id, chance.randint(1, 300))
            seen += lines
            cuts += 1

    assert seen == EXPECTED
    assert cuts > 3
    assert (await ended(anna, job["id"]))["state"] == "succeeded"
