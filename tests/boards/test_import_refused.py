"""Files that cannot be imported: a problem document that names the field, and nothing written."""

import gzip
import json
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from sqlalchemy import event
from sqlalchemy.engine import Connection

from taskly.kernel.settings import Settings
from tests.application import client_of, running, sign_up
from tests.make.boards import Person
from tests.make.trello import REAL_SHAPED, card, export, send

GOOD = json.dumps(export(cards=[card(1)])).encode()


def nested(levels: int) -> bytes:
    """An export with garbage that many levels deep in one of its cards."""
    garbage: Any = 1
    for _ in range(levels):
        garbage = {"x": [garbage]}
    return json.dumps(export(cards=[card(1, garbage=garbage)])).encode()


BAD: dict[str, tuple[bytes, str]] = {
    "nothing": (b"", "empty_file"),
    "white space": (b" \n\t ", "empty_file"),
    "plain text": (b"hello", "not_json"),
    "a web page": (b"<!doctype html><title>Log in</title>", "not_json"),
    "an archive": (gzip.compress(GOOD, mtime=0), "not_json"),
    "a trailing word": (GOOD + b" x", "not_json"),
    "two documents": (GOOD + GOOD, "not_json"),
    "a comment": (b"/* board */" + GOOD, "not_json"),
    "a NUL byte": (GOOD.replace(b"Plans", b"Pl\x00ns"), "not_json"),
    "a number without end": (b'{"id": ' + b"9" * 5000 + b"}", "not_json"),
    "half of it": (GOOD[: len(GOOD) // 2], "truncated"),
    "all but the last byte": (GOOD[:-1], "truncated"),
    "half a text": (b'{"id": "abc', "truncated"),
    "invalid UTF-8": (GOOD.replace(b"Plans", b"Pl\xffns"), "not_utf8"),
    "Latin-1": ('{"id": "1", "name": "Pl\u00e4ne"}'.encode("latin-1"), "not_utf8"),
    "UTF-16": (GOOD.decode().encode("utf-16"), "not_utf8"),
    "a list": (b"[1, 2, 3]", "not_trello"),
    "a word": (b'"board"', "not_trello"),
    "null": (b"null", "not_trello"),
    "an empty object": (b"{}", "not_trello"),
    "some object": (b'{"id": "1", "name": "x", "items": []}', "not_trello"),
    "cards that are none": (b'{"id": "1", "name": "x", "lists": 1, "cards": {}}', "not_trello"),
    "a board without a name": (b'{"id": "1", "name": " ", "lists": [], "cards": []}', "not_trello"),
    "a list 10 levels deep": (b"[" * 10 + b"]" * 10, "not_trello"),
    "a list 100,000 levels deep": (b"[" * 100_000, "too_deep"),
    "garbage in a card": (nested(5), "too_deep"),
    "garbage beside the cards": (
        json.dumps(export(more=json.loads("[" * 10 + "]" * 10))).encode(),
        "too_deep",
    ),
    "a part of 20 MB": (
        b'{"id": "1", "cards": [{"id": "' + b"x" * 20_000_000 + b'"}]}',
        "item_too_large",
    ),
}


@pytest.mark.parametrize("what", list(BAD))
async def test_bad_file_is_refused_by_name_and_writes_nothing(anna: Person, what: str) -> None:
    raw, code = BAD[what]

    for as_form in (False, True):
        answer = await send(anna, raw, as_form=as_form)

        assert answer.status_code == 422, answer.text
        assert answer.headers["Content-Type"] == "application/problem+json"
        problem = answer.json()
        assert problem["code"] == code
        assert [(e["field"], e["code"]) for e in problem["errors"]] == [("file", code)]
        assert problem["detail"] != ""
    assert (await anna.get("/boards"))["items"] == []


async def test_export_cut_anywhere_is_refused(anna: Person) -> None:
    raw = REAL_SHAPED.read_bytes().rstrip()

    for cut in range(1, 100):
        answer = await send(anna, raw[: len(raw) * cut // 100])

        assert answer.status_code == 422
        assert answer.json()["code"] == "truncated"
    assert (await anna.get("/boards"))["items"] == []


async def test_form_without_the_file_is_refused(anna: Person) -> None:
    answer = await anna.call("POST", "/imports/trello", files={"other": ("x.json", GOOD)})

    assert answer.status_code == 422
    assert answer.json()["code"] == "file_missing"


async def test_form_that_is_none_is_refused(anna: Person) -> None:
    answer = await send(anna, GOOD, headers={"Content-Type": "multipart/form-data; boundary=x"})

    assert answer.status_code == 422
    assert answer.json()["code"] in {"bad_form", "file_missing"}


async def test_stranger_is_refused_before_the_file_is_read(anna: Person) -> None:
    answer = await anna.client.post("/api/v1/imports/trello", content=GOOD)

    assert answer.status_code == 401


@pytest.mark.sqlite_only
async def test_file_over_the_limit_is_refused_also_when_it_does_not_say_its_size(
    tmp_path: Path,
) -> None:
    async def in_pieces() -> AsyncIterator[bytes]:
        for start in range(0, len(large), 1000):
            yield large[start : start + 1000]

    large = json.dumps(export(cards=[card(n) for n in range(100)])).encode()
    settings = Settings(data_dir=tmp_path, max_import_bytes=4096, poll_interval_s=30)
    async with running(settings) as app, client_of(app) as client:
        who = await sign_up(client, "anna")
        answers = [
            await send(who, large),
            await send(who, large, as_form=True),
            await who.call("POST", "/imports/trello", content=in_pieces()),
        ]
        fits = await send(who, GOOD)

    assert [answer.status_code for answer in answers] == [413, 413, 413]
    assert {answer.json()["code"] for answer in answers} == {"too_large"}
    assert fits.status_code == 201


@pytest.mark.parametrize("table", ["cards", "checklist_items", "imported_things", "events"])
async def test_failure_in_the_middle_leaves_nothing(
    anna: Person, table: str, on_statement: Callable[[Callable[[str], None]], None]
) -> None:
    def fail(statement: str) -> None:
        if statement.startswith(f"INSERT INTO {table} "):
            raise RuntimeError(table)

    on_statement(fail)
    failed = await send(anna, REAL_SHAPED.read_bytes())
    on_statement(lambda _: None)

    assert failed.status_code == 500
    assert (await anna.get("/boards"))["items"] == []
    answer = await send(anna, REAL_SHAPED.read_bytes())
    assert answer.json()["counts"]["cards"] == 10
    assert not answer.json()["again"]


@pytest.fixture
def on_statement(taskly_app: FastAPI) -> Iterator[Callable[[Callable[[str], None]], None]]:
    """Sets what is called with each statement before the database gets it."""
    listeners: list[Callable[[str], None]] = [lambda _: None]

    def before(connection: Connection, cursor: object, statement: str, *rest: object) -> None:
        listeners[-1](statement)

    engine = taskly_app.state.database.writer.sync_engine
    event.listen(engine, "before_cursor_execute", before)
    yield listeners.append
    event.remove(engine, "before_cursor_execute", before)
