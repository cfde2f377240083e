"""Schedules through the API: making, listing, changing, and who may do so."""

from typing import Any

import pytest
from fastapi import FastAPI
from httpx import AsyncClient

from tests.application import sign_up
from tests.make.boards import Json, Person
from tests.make.jobs import ended, log_lines
from tests.make.schedules import schedule
from tests.make.world import Operation, operations

NOWHERE = "0198c000-0000-7000-8000-000000000000"


def about_a_schedule(app: FastAPI) -> list[Operation]:
    """The routes about one schedule, those that take it away last."""
    found = [one for one in operations(app) if "{schedule_id}" in one.path]
    return sorted(found, key=lambda one: (one.method == "DELETE", one.name == "restore_schedule"))


BODIES: dict[str, Json] = {"edit_schedule": {"name": "Renamed"}, "pause_schedule": {}}


async def call(person: Person, operation: Operation, made: Json) -> Any:
    path = operation.path.removeprefix("/api/v1").format(schedule_id=made["id"])
    body = BODIES.get(operation.name)
    return await person.call(operation.method, path, **({} if body is None else {"json": body}))


async def test_schedule_is_as_it_was_made(anna: Person) -> None:
    made = await schedule(
        anna,
        "say",
        params={"lines": ["x"], "secret": "hush"},
        time_zone="Asia/Shanghai",
        misfire="all",
        grace_s=30,
        overlap="queue",
    )
    found = await anna.get(f"/schedules/{made['id']}")

    assert found == made
    assert made["params"] == {"lines": ["x"], "secret": "•••"}
    assert made["owner"]["username"] == anna.user["username"]
    assert (made["trigger"], made["every_s"], made["at"]) == ("cron", None, None)
    assert (made["misfire"], made["grace_s"], made["overlap"]) == ("all", 30, "queue")
    assert made["next_run_at"].endswith("12-31T19:00:00Z")
    assert (made["recent"], made["last_run_at"], made["version"]) == ([], None, 1)


async def test_same_key_makes_one_schedule(anna: Person) -> None:
    body = {"name": "Once", "kind": "noop", "trigger": "cron", "cron": "@yearly"}
    headers = {"Idempotency-Key": f"key-{anna.id}"}

    made = [await anna.call("POST", "/schedules", json=body, headers=headers) for _ in range(2)]

    assert made[0].json() == made[1].json()
    assert len((await anna.get("/schedules"))["items"]) == 1


async def test_list_comes_in_pages_and_by_wish(anna: Person) -> None:
    made = [await schedule(anna, name=f"Number {number}") for number in range(5)]
    await anna.want(200, "POST", f"/schedules/{made[2]['id']}/pause", {"reason": None})

    names: list[str] = []
    cursor = ""
    while cursor is not None:
        page = await anna.get(f"/schedules?limit=2{cursor and f'&cursor={cursor}'}")
        names += [one["name"] for one in page["items"]]
        cursor = page["next"]
    paused = await anna.get("/schedules?paused=true")
    named = await anna.get("/schedules?q=NUMBER 3")

    assert names == [f"Number {number}" for number in (4, 3, 2, 1, 0)]
    assert [one["name"] for one in paused["items"]] == ["Number 2"]
    assert [one["name"] for one in named["items"]] == ["Number 3"]


async def test_edits_of_different_fields_merge_and_of_the_same_one_conflict(anna: Person) -> None:
    made = await schedule(anna)
    path = f"/schedules/{made['id']}"
    await anna.want(200, "PATCH", path, {"name": "First", "base_version": 1})

    merged = await anna.want(200, "PATCH", path, {"overlap": "queue", "base_version": 1})
    problem = await anna.want(409, "PATCH", path, {"name": "Second", "base_version": 1})

    assert (merged["name"], merged["overlap"], merged["version"]) == ("First", "queue", 3)
    assert problem["code"] == "edit_conflict"
    assert problem["conflicts"] == [
        {"field": "name", "yours": "Second", "theirs": "First", "version": 3}
    ]
    assert (await anna.get(path))["name"] == "First"


async def test_new_rule_has_a_new_next_run(anna: Person) -> None:
    made = await schedule(anna)
    path = f"/schedules/{made['id']}"
    rule = {"trigger": "interval", "cron": None, "every_s": 3600, "at": None}

    changed = await anna.want(200, "PATCH", path, rule)
    renamed = await anna.want(200, "PATCH", path, {"name": "Hourly"})
    problem = await anna.want(422, "PATCH", path, {"trigger": "once"})

    assert changed["next_run_at"] < made["next_run_at"]
    assert (changed["cron"], changed["every_s"]) == (None, 3600)
    assert renamed["next_run_at"] == changed["next_run_at"]
    assert [(error["field"], error["code"]) for error in problem["errors"]] == [("at", "missing")]


async def test_secret_that_comes_back_hidden_stays_what_it_was(anna: Person) -> None:
    made = await schedule(anna, "say", params={"secret": "hush"})
    path = f"/schedules/{made['id']}"
    params = {"lines": ["two"], "secret": "•••"}

    changed = await anna.want(200, "PATCH", path, {"params": params, "base_version": 1})
    problem = await anna.want(409, "PATCH", path, {"params": {"secret": "new"}, "base_version": 1})
    run = await anna.want(201, "POST", f"{path}/run")

    assert changed["params"] == params
    assert "hush" not in str(problem)
    assert "new" not in str(problem)
    await ended(anna, run["id"])
    assert await log_lines(anna, run["id"]) == ["two", "the password is •••"]


async def test_deleted_schedule_is_gone_until_it_is_restored(anna: Person) -> None:
    made = await schedule(anna)
    path = f"/schedules/{made['id']}"

    await anna.want(204, "DELETE", path)
    await anna.want(404, "GET", path)
    assert (await anna.get("/schedules"))["items"] == []
    restored = await anna.want(200, "POST", f"{path}/restore")

    assert restored["next_run_at"] == made["next_run_at"]
    assert [one["id"] for one in (await anna.get("/schedules"))["items"]] == [made["id"]]
    await anna.want(404, "POST", f"{path}/restore")


GOOD = {"name": "x", "kind": "noop", "trigger": "cron", "cron": "@daily"}
BAD: list[tuple[Json, str, str]] = [
    ({"name": ""}, "name", "string_too_short"),
    ({"kind": "nothing"}, "kind", "unknown_kind"),
    ({"kind": "../x"}, "kind", "string_pattern_mismatch"),
    ({"params": {"unknown": 1}}, "params.unknown", "extra_forbidden"),
    ({"kind": "sleep", "params": {"seconds": -1}}, "params.seconds", "greater_than_equal"),
    ({"misfire": "never"}, "misfire", "literal_error"),
    ({"overlap": "maybe"}, "overlap", "literal_error"),
    ({"grace_s": -1}, "grace_s", "greater_than_equal"),
    ({"grace_s": True}, "grace_s", "int_type"),
    ({"priority": 101}, "priority", "less_than_equal"),
    ({"timeout_s": 0}, "timeout_s", "greater_than_equal"),
    ({"max_attempts": 10**9}, "max_attempts", "less_than_equal"),
    ({"cron": "every day"}, "cron", "bad_cron"),
    ({"trigger": "once", "at": "2001-01-01T00:00:00Z"}, "at", "in_the_past"),
    ({"owner_id": NOWHERE}, "owner_id", "extra_forbidden"),
]


@pytest.mark.parametrize(("changes", "field", "code"), BAD)
async def test_bad_schedule_is_refused_by_field(
    anna: Person, changes: Json, field: str, code: str
) -> None:
    problem = await anna.want(422, "POST", "/schedules", {**GOOD, **changes})

    assert (field, code) in [(error["field"], error["code"]) for error in problem["errors"]]
    assert (await anna.get("/schedules"))["items"] == []


async def test_cursor_of_nowhere_is_refused(anna: Person) -> None:
    for cursor in ("x", "W10", "bnVsbA", "WzFd", "WyJ4Il0"):
        problem = await anna.want(422, "GET", f"/schedules?cursor={cursor}")
        assert problem["errors"][0]["code"] == "bad_cursor"


async def test_stranger_is_told_that_there_is_no_such_schedule(
    taskly_app: FastAPI, http: AsyncClient, anna: Person, bob: Person
) -> None:
    made = await schedule(anna, name="Mariposa")
    board = await anna.board()
    link = await anna.want(201, "POST", f"/boards/{board['id']}/share-links")

    assert len(about_a_schedule(taskly_app)) >= 7
    for operation in about_a_schedule(taskly_app):
        answer = await call(bob, operation, made)
        assert answer.status_code == 404, operation
        assert "Mariposa" not in answer.text
        for token in (link["token"], "nonsense"):
            unknown = await call(Person(http, token, {"id": ""}), operation, made)
            assert unknown.status_code == 401, operation
    assert (await bob.get("/schedules?q=Mariposa"))["items"] == []


@pytest.mark.parametrize("role", ["viewer", "editor", "admin"])
async def test_members_see_the_schedules_of_their_board_and_editors_change_them(
    taskly_app: FastAPI, http: AsyncClient, anna: Person, role: str
) -> None:
    member = await sign_up(http, role)
    board = await anna.board()
    await anna.invite(board, member, role)
    card = await anna.card(await anna.list(board))
    made = await schedule(anna, card_id=card["id"])
    assert made["board_id"] == board["id"]

    for operation in about_a_schedule(taskly_app):
        if operation.name == "restore_schedule":
            await anna.want(204, "DELETE", f"/schedules/{made['id']}")
        answer = await call(member, operation, made)
        allowed = operation.method == "GET" or role != "viewer"
        assert answer.is_success == allowed, f"{operation} as {role}: {answer.text}"
        assert allowed or answer.status_code == 403
        if operation.name == "restore_schedule" and not allowed:
            await anna.want(200, "POST", f"/schedules/{made['id']}/restore")
    body = {**GOOD, "card_id": card["id"]}
    await member.want(403 if role == "viewer" else 201, "POST", "/schedules", body)


async def test_kind_that_touches_the_machine_needs_a_grant(anna: Person, bob: Person) -> None:
    await schedule(anna)
    problem = await bob.want(403, "POST", "/schedules", {**GOOD, "kind": "granted"})

    assert problem["code"] == "kind_not_allowed"


async def test_schedule_on_a_card_of_others_is_refused(anna: Person, bob: Person) -> None:
    card = await anna.card(await anna.list(await anna.board()))

    for card_id in (card["id"], NOWHERE):
        await bob.want(404, "POST", "/schedules", {**GOOD, "card_id": card_id})
