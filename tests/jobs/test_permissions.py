"""Who sees a job and who changes it: every route about a job, every kind of caller."""

import pytest
from fastapi import FastAPI
from httpx import AsyncClient, Response

from tests.application import sign_up
from tests.make.boards import Json, Person
from tests.make.jobs import done, submit
from tests.make.world import Operation, operations

CHANGES = {"POST", "PUT", "PATCH", "DELETE"}
LATER = "2999-01-01T00:00:00Z"


def about_a_job(app: FastAPI) -> list[Operation]:
    """The routes about one job, those that take it away last."""
    found = [one for one in operations(app) if "{job_id}" in one.path]
    return sorted(found, key=lambda one: one.method == "DELETE")


async def call(person: Person, operation: Operation, made: Json) -> Response:
    path = operation.path.removeprefix("/api/v1").format(job_id=made["id"], file="text")
    return await person.call(operation.method, path)


def test_there_are_routes_about_jobs(taskly_app: FastAPI) -> None:
    assert len(about_a_job(taskly_app)) >= 8


async def test_stranger_is_told_that_there_is_no_such_job(
    taskly_app: FastAPI, anna: Person, bob: Person
) -> None:
    made = await done(anna, "say", {"file": "x"}, title="Mariposa")

    for operation in about_a_job(taskly_app):
        answer = await call(bob, operation, made)
        assert answer.status_code == 404, operation
        assert "Mariposa" not in answer.text
    assert (await bob.get("/jobs?q=Mariposa"))["items"] == []


async def test_nobody_without_an_account_gets_as_far_as_asking(
    taskly_app: FastAPI, http: AsyncClient, anna: Person
) -> None:
    board = await anna.board()
    link = await anna.want(201, "POST", f"/boards/{board['id']}/share-links")
    made = await submit(anna, "noop")

    for token in (link["token"], "nonsense"):
        for operation in about_a_job(taskly_app):
            answer = await call(Person(http, token, {"id": ""}), operation, made)
            assert answer.status_code == 401, operation


@pytest.mark.parametrize("role", ["viewer", "editor", "admin"])
async def test_members_see_the_jobs_of_their_board_and_editors_change_them(
    taskly_app: FastAPI, http: AsyncClient, anna: Person, role: str
) -> None:
    member = await sign_up(http, role)
    board = await anna.board()
    await anna.invite(board, member, role)
    card = await anna.card(await anna.list(board))

    for operation in about_a_job(taskly_app):
        made = await done(anna, "say", {"file": "x"}, card_id=card["id"])
        assert made["board_id"] == board["id"]
        if operation.name == "cancel_job":
            made = await submit(anna, "noop", card_id=card["id"], run_at=LATER)
        answer = await call(member, operation, made)
        allowed = operation.method not in CHANGES or role != "viewer"
        assert answer.is_success == allowed, f"{operation} as {role}: {answer.text}"
        assert allowed or answer.status_code == 403


async def test_member_who_left_sees_the_boards_jobs_no_more(
    http: AsyncClient, anna: Person, bob: Person
) -> None:
    board = await anna.board()
    await anna.invite(board, bob)
    card = await anna.card(await anna.list(board))
    made = await submit(anna, "noop", card_id=card["id"])
    await bob.want(200, "GET", f"/jobs/{made['id']}")

    await anna.want(204, "DELETE", f"/boards/{board['id']}/members/{bob.id}")

    await bob.want(404, "GET", f"/jobs/{made['id']}")


async def test_job_starts_only_from_a_card_that_one_may_edit(
    http: AsyncClient, anna: Person, bob: Person
) -> None:
    viewer = await sign_up(http, "viewer")
    board = await anna.board()
    await anna.invite(board, viewer, "viewer")
    card = await anna.card(await anna.list(board))
    body = {"kind": "noop", "params": {}, "card_id": card["id"]}

    await bob.want(404, "POST", "/jobs", body)
    await viewer.want(403, "POST", "/jobs", body)

    await anna.want(204, "DELETE", f"/cards/{card['id']}")
    await anna.want(404, "POST", "/jobs", body)


async def test_kind_that_touches_the_machine_needs_a_grant(anna: Person, bob: Person) -> None:
    problem = await bob.want(403, "POST", "/jobs", {"kind": "granted", "params": {}})

    kinds = {kind["name"]: kind for kind in (await bob.get("/job-kinds"))["items"]}
    assert problem["code"] == "kind_not_allowed"
    assert kinds["granted"]["allowed"] is False
    assert kinds["noop"]["allowed"] is True
