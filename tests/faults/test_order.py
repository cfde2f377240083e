"""Order under load: clients that change one board at once all end with the same, strict order."""

import asyncio
import random
from collections import Counter
from collections.abc import Callable
from itertools import pairwise
from typing import Any
from uuid import UUID

import orjson
import pytest
from fastapi import FastAPI
from httpx import AsyncClient
from sqlalchemy import select

from taskly.boards.models import Card
from taskly.kernel.db import Database
from tests.application import sign_up
from tests.effort import LONG
from tests.make.boards import Json, Person, as_folded, fold

pytestmark = pytest.mark.fault

CLIENTS = 8
OPERATIONS = 10_000 if LONG else 320
LISTS = 4
REFUSALS = {404, 409, 422}


class Follower:
    """A client with a board of its own, which it only ever changes by the events that it reads."""

    def __init__(self, person: Person, board: Json, rng: random.Random) -> None:
        self.person = person
        self.board = board
        self.rng = rng
        self.events: list[Json] = []
        self.cards: list[str] = []
        self.lists: list[str] = []
        self.inside: dict[str, list[str]] = {}
        self.gone: list[str] = []
        self.statuses: Counter[int] = Counter()

    async def catch_up(self) -> None:
        """Read the events after the last one that was seen; each must follow the one before."""
        while True:
            after = self.events[-1]["seq"] if self.events else 0
            path = f"/boards/{self.board['id']}/events?after={after}&limit=200"
            page = await self.person.get(path)
            for event in page["items"]:
                assert event["seq"] == after + 1
                after = event["seq"]
                self.events.append(event)
            if not page["items"]:
                return

    async def work(self, operations: int) -> None:
        """Change the board again and again, by what is known of it at that moment."""
        for number in range(operations):
            if number % 5 == 0:
                await self.catch_up()
                held = fold(self.events)
                self.cards, self.lists = list(held["cards"]), list(held["lists"])
                self.inside = {name: [] for name in self.lists}
                for card in held["cards"].values():
                    self.inside[card["list_id"]].append(card["id"])
            method, path, body = self._operation()
            answer = await self.person.call(method, path, json=body)
            self.statuses[answer.status_code] += 1
            assert answer.is_success or answer.status_code in REFUSALS, answer.text
            if method == "DELETE" and answer.is_success:
                self.gone.append(path)

    def _operation(self) -> tuple[str, str, Json | None]:
        chance = self.rng.random()
        where: Json = {"list_id": self.rng.choice(self.lists)}
        neighbours = self.inside[where["list_id"]]
        if neighbours and self.rng.random() < 0.6:
            where["place"] = {self.rng.choice(("after", "before")): self.rng.choice(neighbours)}
        elif self.rng.random() < 0.5:
            where["place"] = {"at": "top"}
        if chance < 0.3 or not self.cards:
            return "POST", "/cards", {**where, "title": f"card {self.rng.random()}"}
        if chance < 0.7:
            return "POST", f"/cards/{self.rng.choice(self.cards)}/move", where
        if chance < 0.8:
            ids = self.rng.sample(self.cards, min(3, len(self.cards)))
            return "POST", "/cards/move", {**where, "card_ids": ids}
        if chance < 0.92 or not self.gone:
            return "DELETE", f"/cards/{self.rng.choice(self.cards)}", None
        return "POST", f"{self.gone.pop()}/restore", None


def canonical(board: Json) -> bytes:
    """The bytes of a board, whatever the order of its keys."""
    return orjson.dumps(board, option=orjson.OPT_SORT_KEYS)


def order_problems(snapshot: Json, rows: list[Any]) -> list[str]:
    """What is wrong with the order of a board, of its cards' rows in the database too."""
    problems = []
    ids = [card["id"] for card in snapshot["cards"]]
    if len(ids) != len(set(ids)):
        problems.append("a card is shown twice")
    lists = [column["id"] for column in snapshot["lists"]]
    keys = [(lists.index(card["list_id"]), card["rank"]) for card in snapshot["cards"]]
    if any(one >= next_one for one, next_one in pairwise(keys)):
        problems.append("the order is not strict")
    stored = Counter((row.list_id, row.rank) for row in rows)
    if any(count > 1 for count in stored.values()):
        problems.append("two cards of a list have one key")
    shown = {str(row.id): (str(row.list_id), row.rank) for row in rows if row.deleted_at is None}
    if shown != {card["id"]: (card["list_id"], card["rank"]) for card in snapshot["cards"]}:
        problems.append("the board shows other places than the database has")
    return problems


async def rows_of(app: FastAPI, board: Json) -> list[Any]:
    """The rows of all cards of a board."""
    database: Database = app.state.database
    async with database.read() as tx:
        statement = select(Card.id, Card.list_id, Card.rank, Card.deleted_at)
        return list(await tx.all(statement.where(Card.board_id == UUID(board["id"]))))


async def crowd(http: AsyncClient) -> tuple[Json, list[Follower]]:
    """A board and the clients that change it."""
    people = [await sign_up(http, f"client-{number}") for number in range(CLIENTS)]
    board = await people[0].board("Crowded")
    for person in people[1:]:
        await people[0].invite(board, person)
    for number in range(LISTS):
        await people[0].list(board, f"List {number}")
    seeded = [random.Random(number) for number in range(CLIENTS)]  # noqa: S311
    return board, [Follower(person, board, rng) for person, rng in zip(people, seeded, strict=True)]


async def test_clients_that_work_at_once_end_with_the_same_strict_order(
    taskly_app: FastAPI, http: AsyncClient, record_property: Callable[[str, object], None]
) -> None:
    board, clients = await crowd(http)

    await asyncio.gather(*(client.work(OPERATIONS // CLIENTS) for client in clients))

    snapshot = await clients[0].person.snapshot(board)
    rows = await rows_of(taskly_app, board)
    assert order_problems(snapshot, rows) == []
    fresh = canonical(as_folded(snapshot))
    for client in clients:
        await client.catch_up()
        assert canonical(fold(client.events)) == fresh
    statuses = sum((client.statuses for client in clients), Counter[int]())
    assert snapshot["seq"] >= statuses[200] + statuses[201] + statuses[204]
    assert not any(status >= 500 for status in statuses)
    figures = {"operations": statuses.total(), "events": snapshot["seq"], "cards": len(rows)}
    record_property("figures", figures)


async def test_checker_notices_an_order_that_is_broken(taskly_app: FastAPI, anna: Person) -> None:
    board = await anna.board()
    column = await anna.list(board)
    for title in "abc":
        await anna.card(column, title)
    good, rows = await anna.snapshot(board), await rows_of(taskly_app, board)

    def broken(change: Callable[[list[Json]], list[Json]]) -> list[str]:
        return order_problems({**good, "cards": change([dict(c) for c in good["cards"]])}, rows)

    assert order_problems(good, rows) == []
    assert "a card is shown twice" in broken(lambda cards: [*cards, cards[0]])
    assert "the order is not strict" in broken(lambda cards: cards[::-1])
    tied = broken(lambda cards: [{**card, "rank": "a1"} for card in cards])
    assert "the order is not strict" in tied
    lost = ["the board shows other places than the database has"]
    assert broken(lambda cards: cards[:-1]) == lost
    assert order_problems(good, [*rows, rows[0]]) == ["two cards of a list have one key"]


async def test_twenty_writers_at_once_meet_no_locked_database(http: AsyncClient) -> None:
    anna = await sign_up(http, "anna")
    boards = [await anna.board(f"Board {number}") for number in range(4)]
    lists = [await anna.list(board) for board in boards]

    async def write(writer: int) -> list[int]:
        made = []
        for number in range(15):
            body = {"list_id": lists[writer % 4]["id"], "title": f"{writer}/{number}"}
            made.append((await anna.call("POST", "/cards", json=body)).status_code)
        return made

    answers = await asyncio.gather(*(write(writer) for writer in range(20)))

    assert {status for statuses in answers for status in statuses} == {201}
    counts = [len((await anna.snapshot(board))["cards"]) for board in boards]
    assert counts == [75, 75, 75, 75]
    for board in boards:
        assert fold(await anna.events(board)) == as_folded(await anna.snapshot(board))
