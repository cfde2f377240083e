"""What runs when: priorities, times, keys, and jobs that come after others."""

import asyncio
import itertools

from tests.make.boards import Person
from tests.make.jobs import done, ended, job, submit, until


async def test_jobs_with_one_key_run_one_at_a_time(anna: Person) -> None:
    made = [
        await submit(anna, "sleep", {"seconds": 0.1}, concurrency_key=f"one-{anna.id}")
        for _ in range(4)
    ]

    runs = [await ended(anna, one["id"]) for one in made]

    spans = sorted((run["started_at"], run["finished_at"]) for run in runs)
    assert all(before[1] <= after[0] for before, after in itertools.pairwise(spans))


async def test_job_says_that_its_key_is_taken(anna: Person) -> None:
    key = f"taken-{anna.id}"
    first = await submit(anna, "sleep", concurrency_key=key)
    await until(anna, first["id"], "running")

    second = await submit(anna, "noop", concurrency_key=key)
    waits = (await job(anna, second["id"]))["waiting_for"]
    await anna.want(200, "POST", f"/jobs/{first['id']}/cancel")
    await ended(anna, first["id"])

    assert {"code": "key_full", "detail": {"key": key, "limit": 1}} in waits
    assert (await ended(anna, second["id"]))["state"] == "succeeded"


async def test_job_waits_for_its_time_and_says_so(anna: Person) -> None:
    made = await submit(anna, "noop", run_at="2999-01-01T00:00:00Z")

    (wait,) = (await job(anna, made["id"]))["waiting_for"]

    assert wait == {"code": "run_at", "detail": {"run_at": "2999-01-01T00:00:00Z"}}


async def test_job_comes_after_those_that_it_names(anna: Person) -> None:
    parents = [await submit(anna, "sleep", {"seconds": 2}) for _ in range(2)]

    child = await submit(anna, "noop", after=[parent["id"] for parent in parents])
    assert child["state"] == "blocked"
    assert child["waiting_for"][0]["code"] == "parents"
    over = await ended(anna, child["id"])

    assert over["state"] == "succeeded"
    for parent in parents:
        assert (await job(anna, parent["id"]))["finished_at"] <= over["started_at"]


async def test_job_is_skipped_when_one_before_it_fails(anna: Person) -> None:
    parent = await submit(anna, "hopeless", run_at="2999-01-01T00:00:00Z")
    child = await submit(anna, "noop", after=[parent["id"]])
    grandchild = await submit(anna, "noop", after=[child["id"]])

    await anna.want(200, "POST", f"/jobs/{parent['id']}/cancel")

    assert (await ended(anna, grandchild["id"]))["state"] == "skipped"
    assert (await job(anna, child["id"]))["state"] == "skipped"


async def test_parents_that_nobody_may_see_or_that_failed_are_refused(
    anna: Person, bob: Person
) -> None:
    foreign = await submit(bob, "noop")
    failed = await done(anna, "hopeless")

    for parent, code in ((foreign, "unknown_job"), (failed, "parent_failed")):
        body = {"kind": "noop", "params": {}, "after": [parent["id"]]}
        problem = await anna.want(422, "POST", "/jobs", body)
        assert problem["errors"][0]["field"] == "after"
        assert problem["errors"][0]["code"] == code


async def test_many_jobs_all_run_once(anna: Person) -> None:
    made = await asyncio.gather(*(submit(anna, "noop") for _ in range(40)))

    runs = [await ended(anna, one["id"]) for one in made]

    assert {run["state"] for run in runs} == {"succeeded"}
    assert {run["attempt"] for run in runs} == {1}
    assert len({run["number"] for run in runs}) == 40
