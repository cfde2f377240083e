"""What schedules submit: on time, after an absence, one over the other, and with many tickers at once."""

import asyncio
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any

import pytest
from fastapi import FastAPI
from httpx import AsyncClient

from taskly.kernel.sync_db import SyncDatabase
from tests.application import sign_up
from tests.make.boards import Json, Person
from tests.make.jobs import ended, job, until
from tests.make.schedules import moment_of, runs, schedule, tick_at

HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
TICKERS = 6
BULK = 100


async def tick(app: FastAPI, ticker: SyncDatabase, moment: datetime) -> None:
    await asyncio.to_thread(tick_at, app, ticker, moment)


async def first_run(person: Person, made: Json) -> Json:
    """The first job of a schedule as soon as there is one."""
    async with asyncio.timeout(30):
        while True:
            for run in await runs(person, made):
                return run
            await asyncio.sleep(0.02)


async def remove(person: Person, made: Json) -> None:
    """What is left of a test must not run later, and hold up the jobs of another."""
    await person.want(204, "DELETE", f"/schedules/{made['id']}")
    ids = [run["id"] for run in await runs(person, made)]
    for first in range(0, len(ids), BULK):
        some = {"action": "cancel", "ids": ids[first : first + BULK]}
        await person.want(200, "POST", "/jobs/bulk", some)


async def test_job_of_a_schedule_comes_at_its_time_and_says_whence(
    taskly_app: FastAPI, ticker: SyncDatabase, anna: Person
) -> None:
    board = await anna.board()
    card = await anna.card(await anna.list(board))
    made = await schedule(anna, name="Every night", card_id=card["id"], priority=7)
    first = moment_of(made["next_run_at"])

    await tick(taskly_app, ticker, first - MINUTE)
    assert await runs(anna, made) == []
    await tick(taskly_app, ticker, first)
    (run,) = await runs(anna, made)
    over = await ended(anna, run["id"])
    found = await anna.get(f"/schedules/{made['id']}")
    await remove(anna, made)

    assert over["state"] == "succeeded"
    assert (over["schedule_id"], over["card_id"], over["priority"]) == (made["id"], card["id"], 7)
    assert over["title"] == "Every night"
    assert (moment_of(found["last_run_at"]), moment_of(found["next_run_at"])) == (
        first,
        first + MINUTE,
    )
    assert [one["id"] for one in found["recent"]] == [run["id"]]


async def test_once_is_submitted_by_the_servers_own_ticker(anna: Person) -> None:
    soon = (datetime.now().astimezone() + timedelta(seconds=1)).isoformat()
    made = await schedule(anna, trigger="once", cron=None, at=soon)

    found = await first_run(anna, made)

    assert (await ended(anna, found["id"]))["state"] == "succeeded"
    assert (await anna.get(f"/schedules/{made['id']}"))["next_run_at"] is None


@pytest.mark.parametrize(
    ("misfire", "grace_s", "count"),
    [("skip", 59, 0), ("skip", 60, 1), ("once", 0, 1), ("all", 0, 60)],
)
async def test_hour_of_absence_is_made_up_for_as_the_schedule_says(
    taskly_app: FastAPI,
    ticker: SyncDatabase,
    anna: Person,
    misfire: str,
    grace_s: int,
    count: int,
) -> None:
    made = await schedule(anna, misfire=misfire, grace_s=grace_s, overlap="allow")
    first = moment_of(made["next_run_at"])

    for _ in range(2):
        await tick(taskly_app, ticker, first + HOUR)
    found = await anna.get(f"/schedules/{made['id']}")
    submitted = await runs(anna, made)
    await remove(anna, made)

    assert len(submitted) == count
    newest = first + HOUR - MINUTE
    assert found["last_run_at"] == (None if count == 0 else found["last_run_at"])
    assert count == 0 or moment_of(found["last_run_at"]) == newest
    assert moment_of(found["next_run_at"]) > first + HOUR


async def test_years_of_absence_end_in_one_tick_or_come_piece_by_piece(
    taskly_app: FastAPI, ticker: SyncDatabase, anna: Person
) -> None:
    often: Json = {"trigger": "interval", "cron": None, "every_s": 86_400, "overlap": "allow"}
    once = await schedule(anna, misfire="once", **often)
    every = await schedule(anna, misfire="all", **often)
    last = moment_of(every["next_run_at"]) + timedelta(days=149)

    counts = []
    for _ in range(3):
        await tick(taskly_app, ticker, last)
        counts.append([len(await runs(anna, made)) for made in (once, every)])
    for made in (once, every):
        await remove(anna, made)

    assert counts == [[1, 100], [1, 150], [1, 150]]


async def two_runs(
    app: FastAPI, ticker: SyncDatabase, anna: Person, overlap: str
) -> tuple[Json, list[Json]]:
    """A schedule whose second time comes while the job of the first one runs, and its jobs."""
    made = await schedule(anna, "sleep", params={"seconds": 60}, overlap=overlap)
    first = moment_of(made["next_run_at"])
    await tick(app, ticker, first)
    (run,) = await runs(anna, made)
    await until(anna, run["id"], "running")
    await tick(app, ticker, first + MINUTE)
    return made, await runs(anna, made)


async def end(person: Person, made: Json, found: list[Json]) -> None:
    for run in found:
        await person.call("POST", f"/jobs/{run['id']}/cancel")
    for run in found:
        await ended(person, run["id"])
    await remove(person, made)


async def test_overlap_skip_leaves_the_second_out(
    taskly_app: FastAPI, ticker: SyncDatabase, anna: Person
) -> None:
    made, found = await two_runs(taskly_app, ticker, anna, "skip")
    await end(anna, made, found)

    assert len(found) == 1


async def test_overlap_allow_runs_both(
    taskly_app: FastAPI, ticker: SyncDatabase, anna: Person
) -> None:
    made, found = await two_runs(taskly_app, ticker, anna, "allow")
    for run in found:
        await until(anna, run["id"], "running")
    await end(anna, made, found)

    assert len(found) == 2


async def test_overlap_queue_lets_the_second_wait(
    taskly_app: FastAPI, ticker: SyncDatabase, anna: Person
) -> None:
    made, (first, second) = await two_runs(taskly_app, ticker, anna, "queue")
    waits = (await job(anna, second["id"]))["waiting_for"]
    await anna.want(200, "POST", f"/jobs/{first['id']}/cancel")
    await until(anna, second["id"], "running")
    await end(anna, made, [second])

    assert waits[0]["code"] == "key_full"
    assert (await job(anna, first["id"]))["state"] == "cancelled"


async def test_overlap_cancel_previous_stops_the_first_and_then_runs_the_second(
    taskly_app: FastAPI, ticker: SyncDatabase, anna: Person
) -> None:
    made, (first, second) = await two_runs(taskly_app, ticker, anna, "cancel_previous")
    assert (await job(anna, first["id"]))["state"] in {"cancelling", "cancelled"}
    over = await ended(anna, first["id"])
    started = await until(anna, second["id"], "running")
    await end(anna, made, [second])

    assert over["state"] == "cancelled"
    assert moment_of(started["started_at"]) >= moment_of(over["finished_at"])


async def test_many_tickers_at_once_submit_nothing_twice(taskly_app: FastAPI, anna: Person) -> None:
    made = [await schedule(anna, misfire="all", overlap="allow") for _ in range(4)]
    moment = moment_of(made[0]["next_run_at"]) + 4 * MINUTE
    together = threading.Barrier(TICKERS)

    def come() -> list[dict[str, Any]]:
        database = SyncDatabase(taskly_app.state.settings)
        try:
            together.wait(30)
            return [row for _ in range(3) for row in tick_at(taskly_app, database, moment)]
        finally:
            database.dispose()

    with ThreadPoolExecutor(TICKERS) as threads:
        loop = asyncio.get_running_loop()
        done = await asyncio.gather(*(loop.run_in_executor(threads, come) for _ in range(TICKERS)))
    counts = [len(await runs(anna, one)) for one in made]
    for one in made:
        await remove(anna, one)

    ours = {one["id"] for one in made}
    fired = [
        (str(row["schedule_id"]), row["fire_at"])
        for rows in done
        for row in rows
        if str(row["schedule_id"]) in ours
    ]
    assert len(fired) == len(set(fired)) == 20
    assert counts == [5, 5, 5, 5]


async def test_paused_schedule_rests_and_goes_on_without_what_was_missed(
    taskly_app: FastAPI, ticker: SyncDatabase, anna: Person
) -> None:
    made = await schedule(anna, misfire="all")
    path = f"/schedules/{made['id']}"
    paused = await anna.want(200, "POST", f"{path}/pause", {"reason": "Too loud"})

    await tick(taskly_app, ticker, moment_of(made["next_run_at"]) + HOUR)
    resumed = await anna.want(200, "POST", f"{path}/resume")
    submitted = await runs(anna, made)
    await remove(anna, made)

    assert (paused["pause_reason"], paused["paused_by"]) == ("Too loud", anna.id)
    assert submitted == []
    assert resumed["paused_at"] is resumed["pause_reason"] is None
    assert resumed["next_run_at"] == made["next_run_at"]


async def test_schedule_rests_once_its_owner_may_no_longer_do_what_it_does(
    taskly_app: FastAPI, ticker: SyncDatabase, http: AsyncClient, anna: Person, bob: Person
) -> None:
    board = await anna.board()
    await anna.invite(board, bob)
    card = await anna.card(await anna.list(board))
    made = await schedule(bob, card_id=card["id"])
    await anna.want(204, "DELETE", f"/boards/{board['id']}/members/{bob.id}")

    await tick(taskly_app, ticker, moment_of(made["next_run_at"]))
    found = await bob.get(f"/schedules/{made['id']}")
    submitted = await runs(bob, made)
    await remove(bob, made)

    assert submitted == []
    assert found["paused_at"] is not None
    assert found["pause_reason"] == "Its owner may no longer edit the board of this schedule."


async def test_run_now_is_beside_the_plan(http: AsyncClient, anna: Person) -> None:
    editor = await sign_up(http, "editor")
    board = await anna.board()
    await anna.invite(board, editor)
    card = await anna.card(await anna.list(board))
    made = await schedule(anna, "say", params={"lines": ["now"]}, card_id=card["id"])

    run = await editor.want(201, "POST", f"/schedules/{made['id']}/run")
    over = await ended(editor, run["id"])
    found = await anna.get(f"/schedules/{made['id']}")
    await remove(anna, made)

    assert (over["state"], over["owner_id"], over["schedule_id"]) == (
        "succeeded",
        anna.id,
        made["id"],
    )
    assert found["next_run_at"] == made["next_run_at"]
    assert found["last_run_at"] is None
