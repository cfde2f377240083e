"""What boards tell their members' own streams, and what renamed people bring to their boards."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any
from uuid import UUID

import orjson
import pytest
from fastapi import FastAPI

from taskly.kernel.db import Database
from taskly.kernel.events import read_events
from taskly.kernel.readers import Readers
from taskly.kernel.settings import Settings
from tests.application import client_of, database_address, running, sign_up
from tests.make.boards import Json, Person, as_folded, fold

PATIENCE_S = 20.0


@pytest.fixture
async def own_app(
    db: str, request: pytest.FixtureRequest, tmp_path: Path
) -> AsyncIterator[FastAPI]:
    """An application of this test alone, whose readers may be stopped."""
    settings = {"data_dir": tmp_path, "database_url": database_address(request)}
    async with running(Settings.model_validate(settings)) as app:
        yield app


async def stream(app: FastAPI, person: Person) -> list[Json]:
    """The events of a person's own stream."""
    database: Database = app.state.database
    async with database.read() as tx:
        facts = await read_events(tx, UUID(person.id), 0, 500)
    return [orjson.loads(fact.payload) for fact in facts]


async def until(ready: Callable[[], Any]) -> Any:
    """The first true answer of a question that is asked again and again."""
    async with asyncio.timeout(PATIENCE_S):
        while True:
            found = await ready()
            if found:
                return found
            await asyncio.sleep(0.02)


async def listed(app: FastAPI, person: Person, board: Json) -> Sequence[Json]:
    """The events about a board in a person's stream."""
    return [
        event
        for event in await stream(app, person)
        if event["event"] in {"board.listed", "board.unlisted"}
        and event["subject_id"] == board["id"]
    ]


async def told(app: FastAPI, person: Person, board: Json, name: str | None) -> bool:
    """Whether a person was last told this name of a board; None stands for its end."""
    events = await listed(app, person, board)
    if not events:
        return False
    boards = events[-1]["patch"].get("upsert", {}).get("boards", [{"name": None}])
    return bool(boards[0]["name"] == name)


async def test_members_streams_follow_the_board(own_app: FastAPI) -> None:
    async with client_of(own_app) as http:
        anna, bob = await sign_up(http, "anna"), await sign_up(http, "bob")
        board = await anna.board("Plans")
        await anna.invite(board, bob)
        await anna.want(200, "PATCH", f"/boards/{board['id']}", {"name": "Better plans"})
        await until(lambda: told(own_app, bob, board, "Better plans"))
        await anna.want(204, "DELETE", f"/boards/{board['id']}/members/{bob.id}")
        await until(lambda: told(own_app, bob, board, None))
        events = await listed(own_app, bob, board)

    shown = [event for event in events if event["event"] == "board.listed"]
    (last,) = shown[-1]["patch"]["upsert"]["boards"]
    assert (last["name"], last["role"]) == ("Better plans", "editor")
    assert events[-1]["patch"] == {"remove": {"boards": [board["id"]]}}


async def test_restarted_reader_handles_each_event_exactly_once(own_app: FastAPI) -> None:
    readers: Readers = own_app.state.readers
    async with client_of(own_app) as http:
        anna = await sign_up(http, "anna")
        before = await anna.board("Before")
        await until(lambda: listed(own_app, anna, before))
        await readers.stop()
        while_away = [await anna.board(f"Away {number}") for number in range(3)]
        await anna.want(200, "PATCH", f"/boards/{while_away[0]['id']}", {"name": "Renamed"})
        assert not await listed(own_app, anna, while_away[2])
        await readers.start()
        for board in while_away:
            await until(partial(listed, own_app, anna, board))
        await readers.stop()
        await readers.start()
        after = await anna.board("After")
        await until(lambda: listed(own_app, anna, after))

        counts = {
            board["name"]: len(await listed(own_app, anna, board))
            for board in (before, *while_away, after)
        }

    assert counts == {"Before": 1, "Away 0": 2, "Away 1": 1, "Away 2": 1, "After": 1}


async def test_two_processes_tell_each_event_once(own_app: FastAPI) -> None:
    settings: Settings = own_app.state.settings
    async with running(settings) as other, client_of(own_app) as http, client_of(other) as away:
        anna = await sign_up(http, "anna")
        same = Person(away, anna.token, anna.user)
        boards = [await (anna, same)[number % 2].board(f"Board {number}") for number in range(6)]
        for readers in (own_app.state.readers, other.state.readers):
            await readers.sweep()
        for board in boards:
            await until(partial(listed, own_app, anna, board))

        counts = [len(await listed(own_app, anna, board)) for board in boards]

    assert counts == [1] * 6


async def test_new_name_reaches_every_board_of_a_person(own_app: FastAPI) -> None:
    async with client_of(own_app) as http:
        anna, bob = await sign_up(http, "anna"), await sign_up(http, "bob")
        boards = [await anna.board(f"Board {number}") for number in range(2)]
        for board in boards:
            await anna.invite(board, bob)
        await bob.want(200, "PATCH", "/auth/me", {"full_name": "Bob the Builder"})

        async def renamed() -> bool:
            for board in boards:
                names = {m["full_name"] for m in (await anna.snapshot(board))["members"]}
                if "Bob the Builder" not in names:
                    return False
            return True

        await until(renamed)
        for board in boards:
            assert fold(await anna.events(board)) == as_folded(await anna.snapshot(board))
            assert (await anna.events(board))[-1]["event"] == "member.renamed"
