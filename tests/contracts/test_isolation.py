"""Who may do what: every route, every role, and the ids of somebody else in path, query and body.

Made from the route table: a new route is in the matrix at once, and fails here until `tests/make/world.py`
knows a valid call of it.
"""

import json
import re
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from fastapi import FastAPI
from httpx import AsyncClient, Response

from taskly.boards.policy import ALLOWED, Action, Role
from tests.application import client_of, sign_up
from tests.make.boards import Person
from tests.make.world import BODIES, Operation, World, make_world, operations

ACTIONS = {action.value: action for action in Action}
OUTSIDE_BOARDS = {"public", "signed in", "superuser", "job", "job file"}
# These concern no single board: whoever is signed in may do them.
OF_NOBODY = {"create_board", "list_boards"}
# Beyond the table: one's own words, and who may take others off a board.
NARROWER = {
    "edit_comment": {Role.OWNER},
    "delete_comment": {Role.OWNER, Role.ADMIN},
    "restore_comment": {Role.OWNER, Role.ADMIN},
    "remove_member": {Role.OWNER, Role.ADMIN},
}
SECRET, FOREIGN = "Mariposa", "Zugvogel"


@dataclass
class Cast:
    """The people of the matrix, and a world that belongs to none of the first four."""

    members: dict[Role, Person]
    stranger: Person
    helper: Person
    foreign: World

    async def world(self) -> World:
        """A fresh board on which everybody has their role."""
        world = await make_world(self.members[Role.OWNER], self.helper, SECRET)
        for role in (Role.ADMIN, Role.EDITOR, Role.VIEWER):
            await world.owner.invite(world.board, self.members[role], role.value)
        return world


@pytest.fixture(scope="module")
async def cast(taskly_app: FastAPI) -> AsyncIterator[Cast]:
    async with client_of(taskly_app) as http:
        members: dict[Role, Person] = {
            role: await sign_up(http, role.value) for role in Role if role != Role.LINK
        }
        stranger, helper = await sign_up(http, "stranger"), await sign_up(http, "helper")
        elsewhere = await sign_up(http, "elsewhere")
        yield Cast(members, stranger, helper, await make_world(stranger, elsewhere, FOREIGN))


async def call(person: Person, world: World, operation: Operation, body: Any) -> Response:
    options = {} if body is None else {"json": body}
    return await person.call(operation.method, world.path(operation), **options)


def with_link(http: AsyncClient, world: World) -> Person:
    return Person(http, world.share_token, {"id": ""})


def refused(answer: Response, *statuses: int) -> None:
    assert answer.status_code in statuses, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert SECRET not in answer.text
    assert FOREIGN not in answer.text


def board_operations(app: FastAPI) -> list[Operation]:
    return [one for one in operations(app) if one.capability in ACTIONS]


def expected(operation: Operation, role: Role) -> bool:
    if operation.name in NARROWER:
        return role in NARROWER[operation.name]
    return role in ALLOWED[ACTIONS[operation.capability]]


def test_every_route_has_a_known_capability(taskly_app: FastAPI) -> None:
    found = operations(taskly_app)

    assert len(found) > 60
    unknown = {one.capability for one in found} - set(ACTIONS) - OUTSIDE_BOARDS
    assert unknown == set()
    unused = set(ACTIONS) - {one.capability for one in found}
    assert unused == set()


def test_every_id_that_a_body_can_carry_is_in_the_matrix(taskly_app: FastAPI) -> None:
    schemas = taskly_app.openapi()["components"]["schemas"]
    missing = []
    for operation in board_operations(taskly_app):
        described = taskly_app.openapi()["paths"][operation.path][operation.method.lower()]
        content = described.get("requestBody", {}).get("content", {}).get("application/json", {})
        for field in id_fields(content.get("schema", {}), schemas):
            said = json.dumps(BODIES.get(operation.name, []))
            if f'"{field}"' not in said and operation.name != "move_list":
                missing.append(f"{operation.name}: {field}")
    assert missing == []


def id_fields(schema: dict[str, Any], schemas: dict[str, Any], name: str = "") -> Iterator[str]:
    """The names of the properties of a schema, however deep, that are ids."""
    if "$ref" in schema:
        schema = schemas[schema["$ref"].rpartition("/")[2]]
    if schema.get("format") == "uuid":
        yield name
    for inner in (*schema.get("anyOf", ()), *schema.get("allOf", ()), schema.get("items", {})):
        if inner:
            yield from id_fields(inner, schemas, name)
    for field, inner in schema.get("properties", {}).items():
        yield from id_fields(inner, schemas, field)


def lasting(operation: Operation) -> bool:
    """Tells whether a board serves for another call after one of this operation."""
    taking = ("delete", "restore", "remove", "revoke", "hand_over", "put_member")
    return not operation.name.startswith(taking)


async def test_every_role_may_do_exactly_what_the_table_says(
    taskly_app: FastAPI, http: AsyncClient, cast: Cast
) -> None:
    wrong = []
    shared = await cast.world()
    for operation in board_operations(taskly_app):
        world = shared if lasting(operation) else None
        for role, person in cast.members.items():
            if world is None:
                world = await cast.world()
                await world.prepare(operation)
            before = await world.seq()
            answer = await call(person, world, operation, world.bodies(operation)[0])
            allowed = operation.name in OF_NOBODY or expected(operation, role)
            if answer.is_success != allowed or (not allowed and answer.status_code != 403):
                wrong.append(f"{operation.name} as {role}: {answer.status_code} {answer.text}")
            if not allowed and await world.seq() != before:
                wrong.append(f"{operation.name} as {role} was refused and changed the board")
            if answer.is_success and not lasting(operation):
                world = None
    assert wrong == []


async def test_link_reads_its_own_board_and_nothing_else(
    taskly_app: FastAPI, http: AsyncClient, cast: Cast
) -> None:
    world = await cast.world()
    before = await world.seq()
    for operation in board_operations(taskly_app):
        own = await call(with_link(http, world), world, operation, world.bodies(operation)[0])
        other = await call(
            with_link(http, cast.foreign), world, operation, world.bodies(operation)[0]
        )
        if operation.capability == Action.VIEW.value:
            assert own.status_code == 200, f"{operation.name}: {own.text}"
            if operation.name == "list_boards":
                assert SECRET not in other.text
            else:
                refused(other, 404)
        else:
            refused(own, 401)
            refused(other, 401)
    assert await world.seq() == before


async def test_stranger_finds_nothing_and_nobody_is_asked_who_they_are(
    taskly_app: FastAPI, http: AsyncClient, cast: Cast
) -> None:
    for operation in board_operations(taskly_app):
        world = await cast.world() if operation.name.startswith("restore") else cast.foreign
        if world is not cast.foreign:
            await world.prepare(operation)
        outsider = cast.members[Role.OWNER] if world is cast.foreign else cast.stranger
        before = await world.seq()
        for body in world.bodies(operation):
            if operation.name not in OF_NOBODY:
                refused(await call(outsider, world, operation, body), 404)
            options = {} if body is None else {"json": body}
            path = f"/api/v1{world.path(operation)}"
            refused(await http.request(operation.method, path, **options), 401)
        assert await world.seq() == before


async def test_foreign_ids_are_refused_wherever_they_stand(taskly_app: FastAPI, cast: Cast) -> None:
    wrong = []
    tried = 0
    shared = await cast.world()
    for operation in board_operations(taskly_app):
        world = await cast.world() if operation.name.startswith("restore") else shared
        await world.prepare(operation)
        seqs = [await world.seq(), await cast.foreign.seq()]
        for path, body in foreign_calls(operation, world, cast.foreign):
            tried += 1
            options = {} if body is None else {"json": body}
            answer = await world.owner.call(operation.method, path, **options)
            statuses = {404} if body is None else {404, 422}
            said = f"{operation.method} {path} {body}: {answer.status_code} {answer.text}"
            if answer.status_code not in statuses or FOREIGN in answer.text:
                wrong.append(said)
        if [await world.seq(), await cast.foreign.seq()] != seqs:
            wrong.append(f"{operation.name} changed a board")
    assert wrong == []
    assert tried > 80


def foreign_calls(operation: Operation, own: World, foreign: World) -> Iterator[tuple[str, Any]]:
    """Calls of an operation in which one id at a time is somebody else's."""
    body = own.bodies(operation)[0]
    template = operation.path
    for name in re.findall(r"{(\w+)}", template):
        # To add a person to a board, somebody from outside is named: that is what it is for.
        if name == "user_id" and operation.name == "put_member":
            continue
        mixed = World(own.owner, own.board, "", {**own.ids, name: foreign.ids[name]}, "")
        yield mixed.path(operation), body if operation.method != "DELETE" else None
    if "?" in own.path(operation):
        yield foreign.path(operation), None
    theirs = {mine: foreign.ids[name] for name, mine in own.ids.items()}
    for one in own.bodies(operation):
        text = json.dumps(one)
        for mine, other in theirs.items():
            if mine in text:
                yield own.path(operation), json.loads(text.replace(mine, other))


async def test_routes_outside_boards_ask_who_is_calling(
    taskly_app: FastAPI, http: AsyncClient, cast: Cast
) -> None:
    nobody, link = Person(http, "", {"id": ""}), with_link(http, cast.foreign)
    for operation in operations(taskly_app):
        if operation.capability not in {"signed in", "superuser"}:
            continue
        path = operation.path.removeprefix("/api/v1")
        path = re.sub(r"{\w+}", cast.foreign.ids["user_id"], path)
        for caller in (nobody, link):
            refused(await caller.call(operation.method, path, json={}), 401)
        if operation.capability == "superuser":
            refused(await cast.stranger.call(operation.method, path, json={}), 403)
