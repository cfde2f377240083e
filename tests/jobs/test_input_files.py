"""Whose files a job may work on: judged when it is submitted, and once more when it begins."""

import asyncio
from uuid import uuid4

import pytest
from fastapi import FastAPI
from httpx import AsyncClient

from taskly.kernel.sync_db import SyncDatabase
from tests.application import sign_up
from tests.jobs.conftest import House
from tests.make.boards import Json, Person
from tests.make.jobs import brought, done, ended, submit
from tests.make.schedules import moment_of, runs, schedule, tick_at


def packing(*names: str) -> Json:
    return {"operation": "archive", "files": list(names)}


def refused(problem: Json) -> list[tuple[str, str]]:
    return [(error["field"], error["code"]) for error in problem["errors"]]


async def shared_file(owner: Person, member: Person) -> tuple[Json, Json, Json]:
    """A board with a member, a card on it, and a job there with a file."""
    board = await owner.board()
    card = await owner.card(await owner.list(board))
    await owner.invite(board, member, "editor")
    return board, card, await brought(owner, "shared.txt", b"shared", card_id=card["id"])


async def leave(owner: Person, board: Json, member: Person) -> None:
    await owner.want(204, "DELETE", f"/boards/{board['id']}/members/{member.id}")


async def test_file_of_another_is_refused_like_one_that_is_not_there(
    anna: Person, bob: Person
) -> None:
    mine = await brought(bob, "mine.txt", b"mine")
    gone = await brought(bob, "gone.txt", b"gone")
    theirs = await brought(anna, "secret.txt", b"secret")
    without = await done(bob, "noop")
    await bob.want(204, "DELETE", f"/jobs/{gone['id']}")
    names = [
        mine["id"].upper(),
        theirs["id"],
        f"J-{theirs['number']}/data",
        gone["id"],
        str(uuid4()),
        "J-999999999999999999",
        without["id"],
        f"{mine['id']}/video",
    ]

    problem = await bob.want(422, "POST", "/jobs", {"kind": "file", "params": packing(*names)})

    expected = [(f"params.files.{number}", "no_such_file") for number in range(1, len(names))]
    assert refused(problem) == expected
    assert len({error["message"] for error in problem["errors"]}) == 1


async def test_members_of_a_board_may_work_on_the_files_of_its_jobs(
    anna: Person, bob: Person
) -> None:
    board, card, theirs = await shared_file(anna, bob)

    on_board = await done(bob, "file", packing(theirs["id"]), card_id=card["id"])
    elsewhere = await done(bob, "file", packing(theirs["id"]))
    await leave(anna, board, bob)
    body = {"kind": "file", "params": packing(theirs["id"])}
    problem = await bob.want(422, "POST", "/jobs", body)
    again = await bob.want(422, "POST", f"/jobs/{elsewhere['id']}/retry")
    some = {"action": "retry", "ids": [elsewhere["id"], (await done(bob, "noop"))["id"]]}
    many = await bob.want(200, "POST", "/jobs/bulk", some)

    assert on_board["state"] == elsewhere["state"] == "succeeded"
    assert refused(problem) == refused(again) == [("params.files.0", "no_such_file")]
    assert [one["code"] for one in many["items"]] == ["invalid", None]


async def test_file_that_a_job_has_yet_to_make_may_be_named(anna: Person) -> None:
    first = await submit(anna, "say", {"file": "soon"})

    over = await done(anna, "file", packing(f"J-{first['number']}/text"), after=[first["id"]])

    assert (over["state"], over["result"]["files"]) == ("succeeded", 1)


@pytest.mark.parametrize("loss", ["left the board", "deleted"])
async def test_file_that_is_lost_before_the_job_begins_ends_it(house: House, loss: str) -> None:
    board, _, theirs = await shared_file(house.boss, house.guest)
    await house.boss.want(204, "POST", "/queues/default/pause", {})
    waiting = await submit(house.guest, "file", packing(theirs["id"]))

    if loss == "deleted":
        await house.boss.want(204, "DELETE", f"/jobs/{theirs['id']}")
    else:
        await leave(house.boss, board, house.guest)
    await house.boss.want(204, "POST", "/queues/default/resume")
    over = await ended(house.guest, waiting["id"])

    assert (over["state"], over["attempt"]) == ("failed", 1)
    assert over["error"]["code"] == "no_such_file"
    assert theirs["id"] in over["error"]["message"]


async def test_schedule_that_names_files_of_another_is_refused(anna: Person, bob: Person) -> None:
    theirs = await brought(anna, "secret.txt", b"secret")
    mine = await brought(bob, "mine.txt", b"mine")
    body = {"name": "x", "kind": "file", "trigger": "interval", "every_s": 3600}

    problem = await bob.want(422, "POST", "/schedules", body | {"params": packing(theirs["id"])})
    made = await schedule(bob, "file", params=packing(mine["id"]))
    change = {"params": packing(theirs["id"])}
    edit = await bob.want(422, "PATCH", f"/schedules/{made['id']}", change)

    assert refused(problem) == refused(edit) == [("params.files.0", "no_such_file")]


async def test_editor_cannot_have_a_schedule_fetch_the_private_files_of_its_owner(
    http: AsyncClient, anna: Person, bob: Person
) -> None:
    board, card, shared = await shared_file(anna, bob)
    carol = await sign_up(http, "carol")
    await anna.invite(board, carol, "editor")
    private = await brought(bob, "private.txt", b"private")
    made = await schedule(bob, "file", params=packing(shared["id"]), card_id=card["id"])
    path = f"/schedules/{made['id']}"

    problem = await carol.want(422, "PATCH", path, {"params": packing(private["id"])})
    own = await brought(carol, "own.txt", b"own")
    unseen = await carol.want(422, "PATCH", path, {"params": packing(own["id"])})

    assert refused(problem) == refused(unseen) == [("params.files.0", "no_such_file")]


async def test_schedule_whose_files_are_lost_to_its_owner_rests_and_says_why(
    taskly_app: FastAPI, ticker: SyncDatabase, anna: Person, bob: Person
) -> None:
    board, _, theirs = await shared_file(anna, bob)
    made = await schedule(bob, "file", params=packing(theirs["id"]))
    path = f"/schedules/{made['id']}"
    await leave(anna, board, bob)

    run = await bob.want(422, "POST", f"{path}/run")
    await asyncio.to_thread(tick_at, taskly_app, ticker, moment_of(made["next_run_at"]))
    found = await bob.get(path)

    assert refused(run) == [("params.files.0", "no_such_file")]
    assert "can no longer have the files" in found["pause_reason"]
    assert await runs(bob, made) == []
