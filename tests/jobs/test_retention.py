"""Old jobs are forgotten by age, and files that nobody names."""

import asyncio
import os
from collections.abc import Iterator
from datetime import timedelta
from uuid import uuid4

import pytest

from taskly.jobs.retention import forget_old_jobs, forget_strays
from taskly.kernel.clock import now
from taskly.kernel.sync_db import SyncDatabase
from tests.jobs.conftest import House
from tests.make.boards import Person
from tests.make.jobs import done, log_lines, submit

DAY = timedelta(days=1)


@pytest.fixture
def keeper(house: House) -> Iterator[SyncDatabase]:
    """The database as the ticker of another process has it."""
    database = SyncDatabase(house.app.state.settings)
    yield database
    database.dispose()


async def ids_of(person: Person) -> set[str]:
    return {job["id"] for job in (await person.get("/jobs"))["items"]}


async def test_ended_jobs_are_forgotten_by_age_with_all_that_they_left(
    house: House, keeper: SyncDatabase
) -> None:
    settings = house.app.state.settings
    over = await done(house.boss, "say", {"lines": ["x"], "file": "words"})
    waits = await submit(house.boss, "noop", run_at="2999-01-01T00:00:00Z")
    kept_for = timedelta(days=settings.job_keep_days)

    await asyncio.to_thread(forget_old_jobs, settings, keeper, now() + kept_for - DAY)
    before = await ids_of(house.boss)
    await asyncio.to_thread(forget_old_jobs, settings, keeper, now() + kept_for + DAY)

    assert before == {over["id"], waits["id"]}
    assert await ids_of(house.boss) == {waits["id"]}
    await house.boss.want(404, "GET", f"/jobs/{over['id']}/logs")
    assert list((settings.data_dir / "files").rglob("*-*")) == []


async def test_deleted_job_is_forgotten_a_day_later(house: House, keeper: SyncDatabase) -> None:
    settings = house.app.state.settings
    over = await done(house.boss, "say", {"file": "words"})
    await house.boss.want(204, "DELETE", f"/jobs/{over['id']}")
    files = settings.data_dir / "files" / "jobs"

    await asyncio.to_thread(forget_old_jobs, settings, keeper, now())
    kept = len(list(files.rglob("1-0")))
    await asyncio.to_thread(forget_old_jobs, settings, keeper, now() + 2 * DAY)

    assert kept == 1
    assert not files.exists()


async def test_files_that_no_row_names_are_swept_after_a_day(
    house: House, keeper: SyncDatabase
) -> None:
    settings = house.app.state.settings
    over = await done(house.boss, "say", {"lines": ["kept"], "file": "words"})
    files = settings.data_dir / "files" / "jobs"
    strays = [
        files / str(uuid4()) / "1-0",
        files / over["id"] / "2-0.part",
        files / over["id"] / "2-0",
    ]
    young = files / str(uuid4()) / "1-0"
    for path in (*strays, young):
        path.parent.mkdir(exist_ok=True)
        path.write_text("lost")
    old = (now() - 2 * DAY).timestamp()
    for path in (*strays, files / over["id"] / "1-0"):
        os.utime(path, (old, old))

    await asyncio.to_thread(forget_strays, settings, keeper, now())

    assert [path.exists() for path in (*strays, young)] == [False, False, False, True]
    answer = await house.boss.call("GET", f"/jobs/{over['id']}/files/text")
    assert answer.text == "words"
    assert await log_lines(house.boss, over["id"]) == ["kept"]


async def test_cleanup_job_deletes_the_ended_jobs_of_its_owner_alone(house: House) -> None:
    old = [await done(house.guest, "say", {"file": "words"}) for _ in range(3)]
    other_kind = await done(house.guest, "noop")
    theirs = await done(house.boss, "say", {"file": "words"})
    wish = {"older_than_days": 0, "kinds": ["say"]}

    counted = await done(house.guest, "cleanup", wish | {"dry_run": True})
    cleaned = await done(house.guest, "cleanup", wish)

    assert cleaned["state"] == "succeeded", cleaned["error"]
    assert counted["result"] == {"jobs": 3, "file_bytes": 15, "dry_run": True}
    assert cleaned["result"] == counted["result"] | {"dry_run": False}
    assert await ids_of(house.guest) == {other_kind["id"], counted["id"], cleaned["id"]}
    for job in old:
        await house.guest.want(404, "GET", f"/jobs/{job['id']}")
    assert theirs["id"] in await ids_of(house.boss)


async def test_cleanup_job_keeps_young_jobs(house: House) -> None:
    young = await done(house.guest, "noop")

    cleaned = await done(house.guest, "cleanup", {"older_than_days": 1})

    assert cleaned["result"]["jobs"] == 0
    assert young["id"] in await ids_of(house.guest)
