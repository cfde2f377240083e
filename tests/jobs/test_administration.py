"""Queues, workers and grants: everybody sees how much waits, administrators alone change things."""

import asyncio

import pytest

from tests.jobs.conftest import House
from tests.make.boards import Json, Person
from tests.make.jobs import done, ended, job, submit

LATER = "2999-01-01T00:00:00Z"
PATIENCE_S = 30.0


async def queue(person: Person, name: str) -> Json:
    return next(one for one in (await person.get("/queues"))["items"] if one["name"] == name)


async def test_paused_queue_begins_nothing_until_it_is_resumed(house: House) -> None:
    await house.boss.want(204, "POST", "/queues/default/pause", {"reason": "Moving house"})
    waits = await submit(house.guest, "noop")
    later = await submit(house.guest, "noop", run_at=LATER)
    elsewhere = await done(house.guest, "noop", queue="collect")

    seen = await queue(house.guest, "default")
    reasons = (await job(house.guest, waits["id"]))["waiting_for"]

    assert elsewhere["state"] == "succeeded"
    assert (seen["ready"], seen["later"], seen["running"]) == (1, 1, 0)
    assert seen["pause_reason"] == "Moving house"
    assert seen["paused_by"] == house.boss.id
    assert seen["oldest_wait_s"] >= 0
    assert reasons[0]["code"] == "queue_paused"

    await house.boss.want(204, "POST", "/queues/default/resume")

    assert (await ended(house.guest, waits["id"]))["state"] == "succeeded"
    assert (await job(house.guest, later["id"]))["state"] == "queued"
    assert (await queue(house.guest, "default"))["paused_at"] is None


async def test_queue_is_paused_twice_with_the_newest_reason(house: House) -> None:
    await house.boss.want(204, "POST", "/queues/default/pause", {"reason": "One"})
    await house.boss.want(204, "POST", "/queues/default/pause", {"reason": "Two"})

    assert (await queue(house.boss, "default"))["pause_reason"] == "Two"


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/queues/default/pause"),
        ("POST", "/queues/default/resume"),
        ("GET", "/workers"),
        ("GET", "/job-grants"),
    ],
)
async def test_others_do_not_manage_machine_work(house: House, method: str, path: str) -> None:
    await house.guest.want(403, method, path)


async def test_queue_with_an_impossible_name_is_refused(house: House) -> None:
    await house.boss.want(422, "POST", "/queues/No%20Such/pause", {})


async def test_drained_worker_ends_what_it_runs_and_begins_nothing(house: House) -> None:
    (worker,) = (await house.boss.get("/workers"))["items"]
    assert worker["alive"] is True
    assert worker["load"] == 0
    assert "default" in worker["queues"]
    assert worker["name"] == f"{worker['host']}:{worker['pid']}"

    await house.boss.want(204, "POST", f"/workers/{worker['id']}/drain")

    waits = await submit(house.guest, "noop", run_at=LATER)
    assert (await house.boss.get("/workers"))["items"][0]["draining"] is True
    assert (await queue(house.guest, "default"))["workers"] == 0
    assert waits["state"] == "queued"

    await house.boss.want(204, "POST", f"/workers/{worker['id']}/resume")
    async with asyncio.timeout(PATIENCE_S):
        assert (await done(house.guest, "noop"))["state"] == "succeeded"


async def test_unknown_worker_is_not_found(house: House) -> None:
    await house.boss.want(404, "POST", f"/workers/{house.boss.id}/drain")


async def test_granted_kind_may_be_started_until_the_grant_is_taken_back(house: House) -> None:
    body = {"kind": "granted", "params": {}}
    path = f"/job-grants/{house.guest.id}/granted"
    await house.guest.want(403, "POST", "/jobs", body)

    for _ in range(2):
        await house.boss.want(204, "PUT", path)
    (grant,) = (await house.boss.get("/job-grants"))["items"]
    await house.guest.want(201, "POST", "/jobs", body)
    await house.boss.want(204, "DELETE", path)

    assert (grant["user_id"], grant["kind"]) == (house.guest.id, "granted")
    assert grant["granted_by"] == house.boss.id
    await house.guest.want(403, "POST", "/jobs", body)


async def test_grant_names_a_person_and_a_kind_that_there_are(house: House) -> None:
    await house.boss.want(404, "PUT", f"/job-grants/{house.guest.id}/unheard-of")
    await house.boss.want(404, "PUT", "/job-grants/01890000-0000-7000-8000-000000000000/granted")
