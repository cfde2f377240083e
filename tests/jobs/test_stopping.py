"""Stop means stop: a cancelled job ends, and nothing that it started goes on."""

import asyncio
import time
from collections.abc import Callable

import pytest

from tests.jobs.processes import processes_of, so_many_processes
from tests.make.boards import Person
from tests.make.jobs import attempts, done, ended, job, submit, until

PATIENCE_S = 20.0


async def running(person: Person, kind: str, **params: object) -> str:
    """The id of a job that has begun and has said so."""
    made = await submit(person, kind, dict(params))
    begun = await until(person, made["id"], "running")
    async with asyncio.timeout(PATIENCE_S):
        while begun["step"] is None:
            await asyncio.sleep(0.02)
            begun = await job(person, made["id"])
    return str(made["id"])


async def cancel(person: Person, job_id: str) -> tuple[str, float]:
    """Ask a job to stop; the state in which it ended and how many seconds that took."""
    asked = time.monotonic()
    await person.want(200, "POST", f"/jobs/{job_id}/cancel")
    state = (await ended(person, job_id))["state"]
    return state, time.monotonic() - asked


async def test_waiting_job_is_cancelled_at_once(anna: Person) -> None:
    made = await submit(anna, "noop", run_at="2999-01-01T00:00:00Z")

    answer = await anna.want(200, "POST", f"/jobs/{made['id']}/cancel")
    again = await anna.want(200, "POST", f"/jobs/{made['id']}/cancel")

    assert answer["state"] == again["state"] == "cancelled"
    assert await attempts(anna, made["id"]) == []


async def test_running_job_stops_and_says_cancelled(anna: Person) -> None:
    job_id = await running(anna, "sleep")

    state, _ = await cancel(anna, job_id)

    assert state == "cancelled"
    assert [a["outcome"] for a in await attempts(anna, job_id)] == ["cancelled"]


@pytest.mark.parametrize("kind", ["sleep", "busy", "stubborn"])
async def test_job_stops_whether_it_listens_or_not(
    anna: Person, kind: str, record_property: Callable[[str, object], None]
) -> None:
    job_id = await running(anna, kind)

    state, seconds = await cancel(anna, job_id)
    record_property("figures", {"seconds_to_stop": round(seconds, 2)})

    assert state == "cancelled"


async def test_programs_that_a_job_started_end_with_it(anna: Person) -> None:
    job_id = await running(anna, "grandchild")
    await so_many_processes(job_id, 3)

    await cancel(anna, job_id)

    assert processes_of(job_id) == []


async def test_job_that_is_over_cannot_be_cancelled(anna: Person) -> None:
    made = await done(anna, "noop")

    problem = await anna.want(409, "POST", f"/jobs/{made['id']}/cancel")

    assert problem["code"] == "job_over"
    assert (await job(anna, made["id"]))["state"] == "succeeded"


async def test_retry_is_a_new_job_that_names_the_old_one(anna: Person) -> None:
    made = await done(anna, "hopeless", title="Try me", priority=7)

    again = await anna.want(201, "POST", f"/jobs/{made['id']}/retry")

    assert again["retry_of"] == made["id"]
    assert (again["title"], again["priority"]) == ("Try me", 7)
    assert again["number"] > made["number"]
    assert (await job(anna, made["id"]))["state"] == "failed"
    await ended(anna, again["id"])


async def test_job_that_is_not_over_can_be_neither_retried_nor_deleted(anna: Person) -> None:
    made = await submit(anna, "noop", run_at="2999-01-01T00:00:00Z")

    retry = await anna.want(409, "POST", f"/jobs/{made['id']}/retry")
    delete = await anna.want(409, "DELETE", f"/jobs/{made['id']}")

    assert (retry["code"], delete["code"]) == ("job_not_over", "job_live")


async def test_deleted_job_is_gone_from_every_list(anna: Person) -> None:
    made = await done(anna, "noop")

    await anna.want(204, "DELETE", f"/jobs/{made['id']}")

    await anna.want(404, "GET", f"/jobs/{made['id']}")
    assert made["id"] not in [j["id"] for j in (await anna.get("/jobs"))["items"]]
