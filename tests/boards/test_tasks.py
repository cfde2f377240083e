"""Tasks: the cards of all boards, as the query language asks for them."""

import random
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from urllib.parse import quote
from zoneinfo import ZoneInfo

import pytest
from fastapi import FastAPI
from httpx import AsyncClient
from hypothesis import given
from hypothesis import strategies as st

from taskly.boards.query.tree import CardQuery
from tests.application import client_of, sign_up
from tests.contracts.test_statements import counted
from tests.make.boards import Json, ManyJson, Person
from tests.make.queries import NAMES, holds, in_order, queries

ZONE = "America/New_York"
HALF_HOUR = timedelta(minutes=30)


async def found(person: Person, query: str) -> ManyJson:
    """Every task that a query finds, page by page."""
    tasks: ManyJson = []
    path = f"/tasks?limit=7&q={quote(query)}"
    cursor = ""
    while True:
        page = await person.get(path + cursor)
        tasks += page["items"]
        if page["next"] is None:
            return tasks
        cursor = f"&cursor={page['next']}"


async def titles(person: Person, query: str) -> list[str]:
    return [task["title"] for task in await found(person, query)]


def later(**by: float) -> str:
    """A moment that lies so far ahead."""
    return (datetime.now(UTC) + timedelta(**by)).isoformat().replace("+00:00", "Z")


async def test_open_cards_assigned_to_oneself_come_from_all_boards_by_their_date(
    anna: Person, bob: Person
) -> None:
    for number, due in enumerate((later(days=3), None, later(days=1))):
        column = await anna.list(await anna.board(f"Board {number}"))
        await anna.card(column, f"Mine {number}", assignee_ids=[anna.id], due_at=due)
        await anna.card(column, "Nobody's")
        done = await anna.card(column, "Done", assignee_ids=[anna.id])
        await anna.want(200, "PATCH", f"/cards/{done['id']}", {"completed": True})

    page = await anna.get("/tasks")

    assert [task["title"] for task in page["items"]] == ["Mine 2", "Mine 0", "Mine 1"]
    assert (await bob.get("/tasks"))["items"] == []


async def test_task_tells_what_its_board_would(anna: Person, bob: Person) -> None:
    board = await anna.board("Product launch")
    await anna.invite(board, bob, "viewer")
    column = await anna.list(board, "Doing", category="doing")
    label = await anna.label(board)
    fields = {"label_ids": [label["id"]], "assignee_ids": [bob.id], "due_at": later(days=-1)}
    card = await anna.card(column, "Bounces", **fields)

    (task,) = (await bob.get("/tasks"))["items"]

    assert (task["id"], task["board"]["key"], task["list_name"]) == (card["id"], "PL", "Doing")
    assert (task["due_group"], task["may_edit"]) == ("overdue", False)
    assert task["labels"] == [label]
    assert [person["user_id"] for person in task["assignees"]] == [bob.id]


async def test_archived_and_deleted_things_are_no_tasks(anna: Person) -> None:
    board = await anna.board()
    column, shelf, bin_ = [await anna.list(board, name) for name in ("To do", "Shelf", "Bin")]
    away = await anna.board("Away")
    lost = await anna.card(await anna.list(away), "On an archived board")
    await anna.want(200, "PATCH", f"/boards/{away['id']}", {"archived": True})
    for title, where in (("Archived list", shelf), ("Deleted list", bin_), ("Kept", column)):
        await anna.card(where, title)
    gone, archived = await anna.card(column, "Deleted"), await anna.card(column, "Archived")
    await anna.want(204, "DELETE", f"/cards/{gone['id']}")
    await anna.want(200, "PATCH", f"/cards/{archived['id']}", {"archived": True})
    await anna.want(200, "PATCH", f"/lists/{shelf['id']}", {"archived": True})
    await anna.want(204, "DELETE", f"/lists/{bin_['id']}")

    assert lost["id"] not in {task["id"] for task in await found(anna, "")}
    assert await titles(anna, "") == ["Kept"]


@pytest.mark.parametrize(
    ("zone", "day"), [("Pacific/Kiritimati", "2026-03-11"), ("Pacific/Pago_Pago", "2026-03-10")]
)
async def test_days_are_those_of_ones_own_time_zone(anna: Person, zone: str, day: str) -> None:
    await anna.want(200, "PATCH", "/auth/me", {"time_zone": zone})
    column = await anna.list(await anna.board())
    await anna.card(column, "Abroad", due_at="2026-03-10T23:30:00Z")
    noon = datetime.now(ZoneInfo(zone)).replace(hour=12)
    await anna.card(column, "At noon", due_at=noon.isoformat())

    assert await titles(anna, f"due:{day}") == ["Abroad"]
    assert await titles(anna, "due:today") == ["At noon"]


async def test_counts_say_when_things_are_due(anna: Person) -> None:
    column = await anna.list(await anna.board())
    for due in (later(days=-2), later(days=-1), later(days=2), None):
        await anna.card(column, assignee_ids=[anna.id], due_at=due)
    done = await anna.card(column, assignee_ids=[anna.id])
    await anna.want(200, "PATCH", f"/cards/{done['id']}", {"completed": True})

    mine = await anna.get("/tasks/counts")
    everything = await anna.get("/tasks/counts?q=assignee:me")

    assert mine == {"overdue": 2, "today": 0, "upcoming": 1, "undated": 1, "done": 0}
    assert everything == mine | {"done": 1}


@pytest.mark.parametrize(
    ("language", "message"),
    [
        ("en", "At character 6"),
        ("zh-CN", "第 6 个字符"),
    ],
)
async def test_refusal_names_the_query_the_place_and_the_reason(
    anna: Person, language: str, message: str
) -> None:
    for path in ("/tasks", "/tasks/counts"):
        answer = await anna.call(
            "GET", f"{path}?q=rent%20is:late", headers={"Accept-Language": language}
        )

        problem = answer.json()
        assert (answer.status_code, problem["at"], problem["length"]) == (422, 5, 7)
        (error,) = problem["errors"]
        assert (error["field"], error["code"]) == ("q", "query_bad_value")
        assert error["message"].startswith(message)
        assert "late" in error["message"]


@pytest.mark.parametrize(
    "cursor",
    [
        "bnVsbA",  # null
        "W10",  # []
        "WzEsMl0",  # [1,2]
        "W251bGwsIngiXQ",  # [null,"x"]
        "WyIyMDI2LTAxLTAxVDAwOjAwOjAwIiwieCJd",  # a time without a zone
        "WyIwMDAxLTAxLTAxVDAwOjAwOjAwKzE0OjAwIiwieCJd",  # the year 1
    ],
)
async def test_cursor_of_another_list_is_refused(anna: Person, cursor: str) -> None:
    for sort in ("due", "priority", "created"):
        problem = await anna.want(422, "GET", f"/tasks?q=sort:{sort}&cursor={cursor}")

        assert [(e["field"], e["code"]) for e in problem["errors"]] == [("cursor", "bad_cursor")]


async def test_tasks_cost_the_same_however_many_there_are(
    taskly_app: FastAPI, anna: Person
) -> None:
    costs = []
    for size in (3, 30):
        board = await anna.board()
        column, label = await anna.list(board), await anna.label(board)
        for number in range(size):
            fields = {"assignee_ids": [anna.id], "label_ids": [label["id"]]}
            await anna.card(column, f"Card {number}", **fields)
        with counted(taskly_app.state.database) as statements:
            await anna.get("/tasks?limit=200")
        costs.append(len(statements))

    assert costs[0] == costs[1] <= 4


def value_of(task: Json, query: CardQuery) -> object:
    """What a query's order goes by."""
    return in_order([task], query.sort)[0]


@pytest.fixture(scope="module")
async def cast(taskly_app: FastAPI) -> AsyncIterator[tuple[Person, ManyJson]]:
    """Somebody, and all cards that they may see."""
    async with client_of(taskly_app) as http:
        yield await seated(http)


async def seated(http: AsyncClient) -> tuple[Person, ManyJson]:
    """Three people with a board each, one of which the first may not see."""
    me, other, stranger = [await sign_up(http, name) for name in ("me", "other", "far")]
    await me.want(200, "PATCH", "/auth/me", {"time_zone": ZONE})
    dice = random.Random(2026)  # noqa: S311 - the same cards in every run
    cards: ManyJson = []
    for owner, name in ((me, "Product launch"), (other, "Home & life"), (stranger, "Secret")):
        board = await owner.board(name)
        if owner is other:
            await other.invite(board, me, "viewer")
        if owner is me:
            await me.invite(board, other)
        people = [owner.id] if owner is stranger else [me.id, other.id]
        made = await scattered(owner, board, people, dice)
        cards += [] if owner is stranger else made
    return me, await whole(me, cards)


async def scattered(owner: Person, board: Json, people: list[str], dice: random.Random) -> ManyJson:
    """Cards with a bit of everything."""
    lists = [
        await owner.list(board, name, category=category)
        for name, category in (("To do", "todo"), ("待办", "doing"), ("Done", "done"))
    ]
    labels = [await owner.label(board, name) for name in ("Urgent", "OPS", 'a"b')]
    start = datetime.now(UTC)
    cards = []
    for _ in range(14):
        fields: Json = {
            "title": dice.choice(("Pay rent", "买牛奶", "100% sure", "a_b", 'Say "or"', "x\\y")),
            "description": dice.choice(("", "", "rent (x)", "it's is:")),
            "priority": dice.choice(("none", "low", "medium", "high", "urgent")),
            "label_ids": [one["id"] for one in labels if dice.random() < 0.4],
            "assignee_ids": [one for one in people if dice.random() < 0.5],
        }
        for name in ("due_at", "start_at"):
            if dice.random() < 0.7:
                # Never at a full hour from now, so that it does not matter how long this takes.
                hours = dice.choice((-500, -26, -3, -1, 0, 2, 9, 30, 170, 800))
                fields[name] = (start + timedelta(hours=hours) + HALF_HOUR).isoformat()
        cards.append(await owner.card(dice.choice(lists), **fields))
        if dice.random() < 0.2:
            path = f"/cards/{cards[-1]['id']}"
            await owner.want(201, "POST", f"{path}/comments", {"body": "Yes"})
    return cards


async def whole(me: Person, cards: ManyJson) -> ManyJson:
    """The same cards as tasks, with their descriptions."""
    texts = {card["id"]: card["description"] for card in cards}
    seen = [{**task, "description": texts.get(task["id"], "")} for task in await found(me, "")]
    assert {task["id"] for task in seen} == set(texts)
    return seen


@pytest.mark.property
@given(
    text=st.text(
        st.sampled_from('ab:-+<>=()"\\ %_0d牛😀') | st.characters(codec="utf-8"), max_size=40
    )
)
async def test_any_text_is_answered_or_refused(cast: tuple[Person, ManyJson], text: str) -> None:
    answer = await cast[0].call("GET", "/tasks", params={"q": text})

    assert answer.status_code in {200, 422}, answer.text


@pytest.mark.property
@given(query=queries((*NAMES, "待办")))
async def test_random_query_finds_exactly_what_a_plain_reading_of_it_does(
    cast: tuple[Person, ManyJson], query: CardQuery
) -> None:
    me, cards = cast
    assert query.where is not None
    now, zone = datetime.now(UTC), ZoneInfo(ZONE)

    tasks = await found(me, str(query))

    wanted = [one for one in cards if holds(query.where, one, me.id, zone, now)]
    assert sorted(t["id"] for t in tasks) == sorted(one["id"] for one in wanted)
    key = in_order(tasks, query.sort)
    assert key == [value_of(task, query) for task in tasks]
