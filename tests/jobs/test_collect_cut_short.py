"""Collections that are cut short between two pages: killed, and gone on with; cancelled, and gone without a trace."""

import asyncio
import json
import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from fastapi import FastAPI

from tests.jobs.processes import kill_process_of, processes_of
from tests.live.sockets import listening
from tests.make.boards import Json, Person
from tests.make.jobs import LOOK_S, attempts, ended, submit
from tests.servers.records import ITEMS, PER_PAGE, Held, Records

THIRD = f"/linked?from={2 * PER_PAGE}"
SOON_S = 5.0
PATIENCE_S = 30.0


@pytest.fixture
async def source() -> AsyncIterator[tuple[Records, str]]:
    """A server that keeps everybody waiting for the third page, and its address."""
    records = Records()
    records.held[THIRD] = Held()
    async with listening(records.app, "127.0.0.2") as address:
        yield records, f"http://{address}"
        records.held[THIRD].released.set()


async def at_the_third_page(person: Person, source: tuple[Records, str]) -> Json:
    """A collection that has two pages and waits for the next."""
    records, address = source
    params = {"url": f"{address}/linked", "paging": "link", "per_second": 50}
    made = await submit(person, "collect", params, max_attempts=2)
    async with asyncio.timeout(PATIENCE_S):
        await records.held[THIRD].asked.wait()
    return made


async def no_folder(work: Path, job_id: str) -> None:
    """Wait until the folders of a job are gone, which comes just after its end is known."""
    async with asyncio.timeout(SOON_S):
        while True:
            if not await asyncio.to_thread(lambda: list(work.glob(f"{job_id}*"))):
                return
            await asyncio.sleep(LOOK_S)


async def test_next_attempt_asks_for_no_page_again_that_a_killed_one_had_finished(
    anna: Person, source: tuple[Records, str]
) -> None:
    records, _ = source
    made = await at_the_third_page(anna, source)

    await asyncio.to_thread(kill_process_of, made["id"])
    records.held[THIRD].released.set()
    over = await ended(anna, made["id"])

    assert [one["outcome"] for one in await attempts(anna, made["id"])] == ["crashed", "succeeded"]
    answer = await anna.call("GET", f"/jobs/{over['id']}/files/data")
    assert [json.loads(line) for line in answer.text.splitlines()] == ITEMS
    pages = {path: times for path, times in records.asked.items() if path.startswith("/linked")}
    assert pages.pop(THIRD) == 2
    assert set(pages.values()) == {1}


async def test_cancelled_collection_ends_soon_and_leaves_nothing(
    taskly_app: FastAPI, anna: Person, source: tuple[Records, str]
) -> None:
    records, _ = source
    made = await at_the_third_page(anna, source)

    asked = time.monotonic()
    await anna.want(200, "POST", f"/jobs/{made['id']}/cancel")
    over = await ended(anna, made["id"])
    took = time.monotonic() - asked

    assert over["state"] == "cancelled"
    assert took < SOON_S
    assert (await anna.get(f"/jobs/{made['id']}/files"))["items"] == []
    assert await asyncio.to_thread(processes_of, made["id"]) == []
    await no_folder(taskly_app.state.settings.data_dir / "work", made["id"])
    assert records.asked[THIRD] == 1
    assert set(records.asked.values()) == {1}
