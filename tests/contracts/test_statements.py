"""How many SQL statements the hot paths cost, whatever the size of the board."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

import pytest
from fastapi import FastAPI
from sqlalchemy import event

from taskly.kernel.db import Database
from tests.make.boards import Json, Person

MOST = 6
# The readers of the log work beside the requests of a test; only what this context runs is counted.
SEEN: ContextVar[list[str] | None] = ContextVar("seen", default=None)


@contextmanager
def counted(database: Database) -> Iterator[list[str]]:
    """The statements that the calls inside the block execute, short of BEGIN."""

    def note(_conn: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        seen = SEEN.get()
        if seen is not None and not statement.startswith("BEGIN"):
            seen.append(statement)

    engines = [database.writer.sync_engine, database.reader.sync_engine]
    for engine in engines:
        event.listen(engine, "before_cursor_execute", note)
    statements: list[str] = []
    token = SEEN.set(statements)
    try:
        yield statements
    finally:
        SEEN.reset(token)
        for engine in engines:
            event.remove(engine, "before_cursor_execute", note)


async def cost(
    app: FastAPI, person: Person, method: str, path: str, body: Json | None = None
) -> int:
    """The number of statements of a call that must succeed."""
    options = {} if body is None else {"json": body}
    with counted(app.state.database) as statements:
        answer = await person.call(method, path, **options)
    assert answer.is_success, answer.text
    return len(statements)


async def opening(app: FastAPI, person: Person, board: Json) -> list[str]:
    """The statements of the first read after a change."""
    await person.want(200, "PATCH", f"/boards/{board['id']}", {"description": "changed"})
    with counted(app.state.database) as statements:
        await person.snapshot(board)
    return statements


async def filled(person: Person, cards: int) -> tuple[Json, Json]:
    board = await person.board()
    column = await person.list(board)
    for number in range(cards):
        await person.card(column, f"Card {number}")
    return board, column


async def test_opening_a_board_costs_the_same_whatever_its_size(
    taskly_app: FastAPI, anna: Person
) -> None:
    small, _ = await filled(anna, 5)
    large, _ = await filled(anna, 500)

    opened = [await opening(taskly_app, anna, board) for board in (small, large)]

    assert all(0 < len(statements) <= MOST for statements in opened)
    # The reader's stars are asked for again whenever a board was listed for them meanwhile.
    of_board = [[one for one in statements if "stars" not in one] for statements in opened]
    assert of_board[0] == of_board[1]


async def test_cached_read_and_304_cost_nothing(taskly_app: FastAPI, anna: Person) -> None:
    board, _ = await filled(anna, 3)
    path = f"/boards/{board['id']}"
    # A board that is listed for its reader only now would have the reader's stars read again.
    await taskly_app.state.readers.sweep()
    first = await anna.call("GET", path)

    with counted(taskly_app.state.database) as statements:
        again = await anna.call("GET", path)
        unchanged = await anna.call("GET", path, headers={"If-None-Match": first.headers["etag"]})

    assert (again.status_code, unchanged.status_code) == (200, 304)
    assert again.content == first.content
    assert statements == []


async def test_proving_who_one_is_costs_nothing(taskly_app: FastAPI, anna: Person) -> None:
    await anna.get("/auth/me")

    with counted(taskly_app.state.database) as statements:
        refused = await anna.call("POST", "/boards", json={"name": ""})

    assert refused.status_code == 422
    assert statements == []


class TestWrites:
    """A create, a move and an edit, with everything on the card."""

    @pytest.fixture
    async def on_board(self, anna: Person, bob: Person) -> tuple[Json, Json, Json, Json]:
        board, column = await filled(anna, 20)
        await anna.invite(board, bob)
        fields = {
            "label_ids": [(await anna.label(board))["id"]],
            "assignee_ids": [anna.id, bob.id],
            "due_at": "2026-12-24T18:00:00Z",
            "start_at": "2026-12-01T08:00:00Z",
        }
        card = await anna.card(column, "Loaded", **fields)
        return board, column, card, fields

    async def test_create_costs_at_most_six(
        self, taskly_app: FastAPI, anna: Person, on_board: tuple[Json, Json, Json, Json]
    ) -> None:
        _, column, card, fields = on_board
        body = {"list_id": column["id"], "title": "New", "place": {"before": card["id"]}, **fields}

        assert await cost(taskly_app, anna, "POST", "/cards", body) <= MOST

    async def test_move_costs_at_most_six(
        self, taskly_app: FastAPI, anna: Person, on_board: tuple[Json, Json, Json, Json]
    ) -> None:
        board, _, card, _ = on_board
        target = await anna.list(board, "Target")
        neighbour = await anna.card(target)
        body = {"list_id": target["id"], "place": {"after": neighbour["id"]}}

        assert await cost(taskly_app, anna, "POST", f"/cards/{card['id']}/move", body) <= MOST

    async def test_edit_costs_at_most_six(
        self, taskly_app: FastAPI, anna: Person, on_board: tuple[Json, Json, Json, Json]
    ) -> None:
        _, _, card, fields = on_board
        path = f"/cards/{card['id']}"
        plain = {"title": "Other", "description": "Words", "base_version": card["version"]}

        assert await cost(taskly_app, anna, "PATCH", path, plain) <= MOST
        cleared: Json = {"label_ids": [], "due_at": None}
        assert await cost(taskly_app, anna, "PATCH", path, cleared) <= MOST
        assert await cost(taskly_app, anna, "PATCH", path, fields) <= MOST
        other_people = {"assignee_ids": [anna.id]}
        assert await cost(taskly_app, anna, "PATCH", path, other_people) <= MOST

    async def test_many_cards_move_without_a_statement_more_for_each_neighbour(
        self, taskly_app: FastAPI, anna: Person, on_board: tuple[Json, Json, Json, Json]
    ) -> None:
        board, column, card, _ = on_board
        target = await anna.list(board, "Target")
        body = {"card_ids": [card["id"]], "list_id": target["id"]}

        assert await cost(taskly_app, anna, "POST", "/cards/move", body) <= MOST + 2
        assert column["id"] != target["id"]
