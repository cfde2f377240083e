"""The index of search: it holds what was imported, and what was there before the index was."""

from pathlib import Path

import pytest
from fastapi import FastAPI

from taskly.kernel.db import Database
from taskly.kernel.settings import Settings
from taskly.migrations import runner
from tests.application import client_of, database_address, running, sign_up
from tests.boards.test_search import ids, search
from tests.make.boards import ManyJson, Person
from tests.make.trello import card, export, imported


async def everything(person: Person, board_id: str, q: str) -> ManyJson:
    """Every result of a search on a board."""
    found: ManyJson = []
    cursor = ""
    for _ in range(100):
        page = await person.get(f"/search?q={q}&board_id={board_id}&limit=50{cursor}")
        found += page["items"]
        if page["next"] is None:
            return found
        cursor = f"&cursor={page['next']}"
    raise AssertionError("the pages do not end")


async def test_import_can_be_searched_also_after_a_second_one(
    taskly_app: FastAPI, anna: Person
) -> None:
    settle = taskly_app.state.readers.sweep
    said = {
        "id": "a1",
        "type": "commentCard",
        "date": "2024-01-05T10:00:00.000Z",
        "data": {"card": {"id": "c1"}, "text": "Echidna remark"},
    }
    cards = [card(number, name=f"Echidna {number}") for number in range(1, 701)]
    report = await imported(anna, export(cards=cards, actions=[said]))
    await settle()

    found = await everything(anna, report["board_id"], "echidna")
    assert len(found) == 701
    assert [one["type"] for one in found].count("comment") == 1

    await imported(anna, export(cards=[*cards, card(701, name="Echidna 701")], actions=[said]))
    await settle()

    assert len(await everything(anna, report["board_id"], "echidna")) == 702


async def test_what_was_there_before_is_found_after_the_migration(
    db: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    settings = Settings.model_validate(
        {
            "data_dir": tmp_path,
            "database_url": database_address(request),
            "log_level": "warning",
            "job_modules": ["tests.jobs.kinds"],
        }
    )
    async with running(settings) as app, client_of(app) as client:
        anna = await sign_up(client, "anna")
        board = await anna.board("水豚 board")
        column = await anna.list(board)
        made = await anna.card(column, "喂水豚")
        comment = await anna.want(
            201, "POST", f"/cards/{made['id']}/comments", {"body": "水豚在睡觉"}
        )
        body = {"kind": "noop", "params": {}, "title": "数水豚"}
        job = await anna.want(201, "POST", "/jobs", body)
        others = [await anna.card(column, f"Number x{number}") for number in range(501)]
    database = Database(settings)
    await runner.downgrade(database, "0003")
    await database.dispose()

    async with running(settings) as app, client_of(app) as client:
        again = Person(client, anna.token, anna.user)
        found = await search(again, "水豚")
        assert ids(found) == {board["id"], made["id"], comment["id"], job["id"]}
        assert ids(await search(again, "x500")) == {others[500]["id"]}
        edit = {"title": "喂袋鼠"}
        await again.want(200, "PATCH", f"/cards/{made['id']}", edit)
        await app.state.readers.sweep()
        assert ids(await search(again, "袋鼠")) == {made["id"]}
