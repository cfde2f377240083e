"""Bad input gets a problem document that names the field, and changes nothing."""

import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import jwt
import pytest
from fastapi import FastAPI
from httpx import AsyncClient, Response

from tests.application import sign_up
from tests.make.boards import Json, Person

MEGABYTE = "x" * 2**20
SOMEWHERE = "0198c000-0000-7000-8000-000000000000"


@dataclass
class Desk:
    """A board with two lists and cards, and another board of the same person."""

    anna: Person
    board: Json
    column: Json
    card: Json
    second: Json
    elsewhere: Json
    elsewhere_card: Json
    elsewhere_label: Json


@pytest.fixture
async def desk(anna: Person) -> Desk:
    board, other = await anna.board("Desk"), await anna.board("Other")
    column, away = await anna.list(board), await anna.list(other)
    cards = [await anna.card(column, title) for title in "ab"]
    far = await anna.card(away, "far")
    return Desk(anna, board, column, cards[0], cards[1], away, far, await anna.label(other))


# name, method, path, body, field, code. Braces name what is on the desk.
Case = tuple[str, str, str, Any, str | None, str]
PATCH_CARD = ("PATCH", "/cards/{card}")
NEW_CARD = ("POST", "/cards")
CASES: list[Case] = [
    ("empty title", *NEW_CARD, {"list_id": "{list}", "title": ""}, "title", "string_too_short"),
    ("blank title", *NEW_CARD, {"list_id": "{list}", "title": " \u3000 "}, "title", "string_too_short"),
    ("title of 1 MB", *NEW_CARD, {"list_id": "{list}", "title": MEGABYTE}, "title", "string_too_long"),
    ("edited to 1 MB", *PATCH_CARD, {"title": MEGABYTE}, "title", "string_too_long"),
    ("description of 1 MB", *PATCH_CARD, {"description": MEGABYTE}, "description", "string_too_long"),
    ("NUL", *PATCH_CARD, {"title": "a\x00b"}, "title", "control_character"),
    ("escape", *PATCH_CARD, {"title": "a\x1b[31mb"}, "title", "control_character"),
    ("line break in a title", *PATCH_CARD, {"title": "a\nb"}, "title", "control_character"),
    ("NUL in a text", *PATCH_CARD, {"description": "a\x00"}, "description", "control_character"),
    ("C1 control", *PATCH_CARD, {"title": "a\x85b"}, "title", "control_character"),
    ("number for text", *PATCH_CARD, {"title": 7}, "title", "string_type"),
    ("null for text", *PATCH_CARD, {"title": None}, "title", "string_type"),
    ("list for text", *PATCH_CARD, {"title": ["a"]}, "title", "string_type"),
    ("true for a number", "PATCH", "/lists/{list}", {"wip_limit": True}, "wip_limit", "int_type"),
    ("text for a number", "PATCH", "/lists/{list}", {"wip_limit": "3"}, "wip_limit", "int_type"),
    ("fraction for a number", "PATCH", "/lists/{list}", {"wip_limit": 1.0}, "wip_limit", "int_type"),
    ("zero limit", "PATCH", "/lists/{list}", {"wip_limit": 0}, "wip_limit", "greater_than_equal"),
    ("huge limit", "PATCH", "/lists/{list}", {"wip_limit": 10**30}, "wip_limit", "less_than_equal"),
    ("text for a flag", *PATCH_CARD, {"archived": "true"}, "archived", "bool_type"),
    ("number for a flag", *PATCH_CARD, {"completed": 1}, "completed", "bool_type"),
    ("number for a time", *PATCH_CARD, {"due_at": 1764000000}, "due_at", "datetime_type"),
    ("time without a zone", *PATCH_CARD, {"due_at": "2026-01-01T00:00:00"}, "due_at", "timezone_aware"),
    ("year 1", *PATCH_CARD, {"due_at": "0001-01-01T00:00:00+14:00"}, "due_at", "datetime_range"),
    ("year 9999", *PATCH_CARD, {"due_at": "9999-12-31T23:59:59-14:00"}, "due_at", "datetime_range"),
    ("no such day", *PATCH_CARD, {"due_at": "2026-02-30T00:00:00Z"}, "due_at", "datetime_from_date_parsing"),
    ("no such priority", *PATCH_CARD, {"priority": "HIGH"}, "priority", "literal_error"),
    ("unknown field", *PATCH_CARD, {"titel": "x"}, "titel", "extra_forbidden"),
    ("field of the server", *PATCH_CARD, {"rank": "a0"}, "rank", "extra_forbidden"),
    ("base version 0", *PATCH_CARD, {"title": "x", "base_version": 0}, "base_version", "greater_than_equal"),
    ("base version true", *PATCH_CARD, {"title": "x", "base_version": True}, "base_version", "int_type"),
    ("base version too new", *PATCH_CARD, {"title": "x", "base_version": 10**40}, "base_version", "bad_base_version"),
    ("bad label id", *PATCH_CARD, {"label_ids": ["red"]}, "label_ids.0", "uuid_parsing"),
    ("unknown label", *PATCH_CARD, {"label_ids": [SOMEWHERE]}, "label_ids", "unknown_label"),
    ("label elsewhere", *PATCH_CARD, {"label_ids": ["{far_label}"]}, "label_ids", "unknown_label"),
    ("stranger assigned", *PATCH_CARD, {"assignee_ids": [SOMEWHERE]}, "assignee_ids", "not_a_member"),
    ("too many labels", *PATCH_CARD, {"label_ids": [SOMEWHERE] * 201}, "label_ids", "too_long"),
    ("list missing", *NEW_CARD, {"title": "x"}, "list_id", "missing"),
    ("list unknown", *NEW_CARD, {"list_id": SOMEWHERE, "title": "x"}, None, "not_found"),
    ("body is a list", *NEW_CARD, [], None, "invalid"),
    ("body is null", *NEW_CARD, None, None, "invalid"),
    ("place after and before", "POST", "/cards/{card}/move",
     {"list_id": "{list}", "place": {"after": "{second}", "before": "{second}"}}, "place", "bad_place"),
    ("empty place", "POST", "/cards/{card}/move", {"list_id": "{list}", "place": {}}, "place", "bad_place"),
    ("place with a neighbour and an end", "POST", "/cards/{card}/move",
     {"list_id": "{list}", "place": {"after": "{second}", "at": "top"}}, "place", "bad_place"),
    ("after itself", "POST", "/cards/{card}/move",
     {"list_id": "{list}", "place": {"after": "{card}"}}, "place", "bad_place"),
    ("before itself", "POST", "/cards/{card}/move",
     {"list_id": "{list}", "place": {"before": "{card}"}}, "place", "bad_place"),
    ("neighbour elsewhere", "POST", "/cards/{card}/move",
     {"list_id": "{list}", "place": {"after": "{far_card}"}}, "place", "bad_place"),
    ("neighbour is a list", "POST", "/cards/{card}/move",
     {"list_id": "{list}", "place": {"after": "{list}"}}, "place", "bad_place"),
    ("place in the middle", "POST", "/cards/{card}/move",
     {"list_id": "{list}", "place": {"at": "middle"}}, "place.at", "literal_error"),
    ("to no list", "POST", "/cards/{card}/move", {"list_id": SOMEWHERE}, None, "not_found"),
    ("many with one elsewhere", "POST", "/cards/move",
     {"card_ids": ["{card}", "{far_card}"], "list_id": "{list}"}, "card_ids.1", "unknown_card"),
    ("many after one of them", "POST", "/cards/move",
     {"card_ids": ["{card}", "{second}"], "list_id": "{list}", "place": {"after": "{card}"}},
     "place", "bad_place"),
    ("none of many", "POST", "/cards/move", {"card_ids": [], "list_id": "{list}"}, "card_ids", "too_short"),
    ("empty board name", "POST", "/boards", {"name": ""}, "name", "string_too_short"),
    ("bad colour", "POST", "/boards", {"name": "x", "color": "#12345"}, "color", "bad_color"),
    ("bad key", "PATCH", "/boards/{board}", {"key": "A1"}, "key", "string_pattern_mismatch"),
    ("key of six", "PATCH", "/boards/{board}", {"key": "ABCDEF"}, "key", "string_pattern_mismatch"),
    ("bad role", "POST", "/boards/{board}/members/" + SOMEWHERE, {"role": "god"}, "role", "literal_error"),
    ("script link", "POST", "/cards/{card}/attachments", {"url": "javascript:alert(1)"}, "url", "bad_link"),
    ("empty comment", "POST", "/cards/{card}/comments", {"body": " \n "}, "body", "string_too_short"),
    ("link in the past", "POST", "/boards/{board}/share-links",
     {"expires_at": "2001-01-01T00:00:00Z"}, "expires_at", "in_the_past"),
    ("limit 0", "GET", "/boards?limit=0", None, "limit", "greater_than_equal"),
    ("limit 201", "GET", "/boards?limit=201", None, "limit", "less_than_equal"),
    ("limit huge", "GET", "/boards?limit=" + "9" * 60, None, "limit", "less_than_equal"),
    ("limit text", "GET", "/boards?limit=ten", None, "limit", "int_parsing"),
    ("no such state", "GET", "/boards?state=all", None, "state", "literal_error"),
    ("bad id", "GET", "/boards/xyz", None, "board_id", "uuid_parsing"),
    ("id with more", "GET", "/cards/{card}x", None, "card_id", "uuid_parsing"),
    ("negative seq", "GET", "/boards/{board}/events?after=-1", None, "after", "greater_than_equal"),
    ("huge seq", "GET", "/boards/{board}/events?after=" + "9" * 30, None, "after", "less_than_equal"),
]  # fmt: skip


def on(desk: Desk, text: str) -> str:
    ids = {
        "{board}": desk.board["id"],
        "{list}": desk.column["id"],
        "{card}": desk.card["id"],
        "{second}": desk.second["id"],
        "{far_card}": desk.elsewhere_card["id"],
        "{far_label}": desk.elsewhere_label["id"],
    }
    for name, entity_id in ids.items():
        text = text.replace(name, entity_id)
    return text


def is_problem(answer: Response) -> Json:
    assert 400 <= answer.status_code < 500, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    problem: Json = answer.json()
    assert set(problem) >= {"type", "title", "status", "code", "detail", "errors", "trace_id"}
    assert problem["status"] == answer.status_code
    assert problem["trace_id"] == answer.headers["x-request-id"]
    assert problem["title"]
    assert problem["detail"]
    return problem


async def seqs(desk: Desk) -> tuple[int, int, int]:
    one = await desk.anna.snapshot(desk.board)
    other = await desk.anna.snapshot({"id": desk.elsewhere["board_id"]})
    return one["seq"], other["seq"], len((await desk.anna.get("/boards"))["items"])


async def send(
    desk: Desk, method: str, path: str, content: bytes | None, **headers: str
) -> Response:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    if content is not None:
        named.setdefault("Content-Type", "application/json")
    return await desk.anna.call(method, on(desk, path), content=content, headers=named)


async def test_every_bad_value_is_refused_by_field_and_changes_nothing(desk: Desk) -> None:
    before = await seqs(desk)
    wrong = []
    for name, method, path, body, field, code in CASES:
        content = None if method == "GET" else on(desk, json.dumps(body)).encode()
        problem = is_problem(await send(desk, method, path, content))
        if field is None:
            said = problem["code"] == code
        else:
            found = [(error["field"], error["code"]) for error in problem["errors"]]
            said = (field, code) in found and all(error["message"] for error in problem["errors"])
        if not said:
            wrong.append(f"{name}: {problem['code']} {problem['errors']}")
    assert wrong == []
    assert await seqs(desk) == before


BODIES: list[tuple[str, bytes, int, str]] = [
    ("nothing", b"", 422, "invalid"),
    ("half an object", b'{"title": "a"', 400, "malformed_json"),
    ("single quotes", b"{'title': 'a'}", 400, "malformed_json"),
    ("two values", b"{} {}", 400, "malformed_json"),
    ("invalid UTF-8", b'{"title": "\xff\xfe"}', 400, "malformed_json"),
    ("half of a surrogate pair as bytes", b'{"title": "\xed\xa0\x80"}', 422, "invalid"),
    ("lone surrogate", b'{"title": "\\ud800"}', 422, "invalid"),
    ("NaN", b'{"title": NaN}', 422, "invalid"),
    ("infinity", b'{"base_version": Infinity, "title": "x"}', 422, "invalid"),
    ("overflow", b'{"base_version": 1e999, "title": "x"}', 422, "invalid"),
    ("5000 digits", b'{"base_version": ' + b"9" * 5000 + b', "title": "x"}', 400, "malformed_json"),
    ("deep arrays", b'{"title": ' + b"[" * 100_000 + b"]" * 100_000 + b"}", 400, "malformed_json"),
    ("deep objects", b'{"a":' * 50_000 + b"1" + b"}" * 50_000, 400, "malformed_json"),
]


@pytest.mark.parametrize(
    ("content", "status", "code"), [case[1:] for case in BODIES], ids=[case[0] for case in BODIES]
)
async def test_body_that_is_no_good_json_is_refused(
    desk: Desk, content: bytes, status: int, code: str
) -> None:
    before = await seqs(desk)

    problem = is_problem(await send(desk, "PATCH", "/cards/{card}", content))

    assert problem["status"] in {400, 422}
    assert (problem["status"], problem["code"]) == (status, code)
    assert await seqs(desk) == before


async def test_body_over_the_limit_is_refused(desk: Desk) -> None:
    content = json.dumps({"title": "x" * (3 * 2**20)}).encode()

    problem = is_problem(await send(desk, "PATCH", "/cards/{card}", content))

    assert (problem["status"], problem["code"]) == (413, "too_large")


@pytest.mark.parametrize(
    "kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data"]
)
async def test_body_of_another_kind_is_refused(desk: Desk, kind: str) -> None:
    answer = await send(desk, "PATCH", "/cards/{card}", b'{"title": "a"}', Content_Type=kind)

    is_problem(answer)


@pytest.mark.parametrize(
    ("name", "value", "field"),
    [
        ("Taskly-Op", "x" * 65, "Taskly-Op"),
        ("Taskly-Op", "", "Taskly-Op"),
        ("Taskly-Min-Seq", "-1", "Taskly-Min-Seq"),
        ("Taskly-Min-Seq", "soon", "Taskly-Min-Seq"),
        ("Taskly-Min-Seq", "9" * 40, "Taskly-Min-Seq"),
    ],
)
async def test_bad_header_is_named(desk: Desk, name: str, value: str, field: str) -> None:
    path = on(desk, "/boards/{board}")
    problem = is_problem(await desk.anna.call("GET", path, headers={name: value}))

    assert [error["field"].lower() for error in problem["errors"]] == [field.lower()]


CURSORS = ["", "x", "!!!", "e30", "W10", "WzFd", "WyJ4Il0", "bnVsbA", "WyIyMDI2Il0", "Wy0xLCJhIl0",
           "W1tdXQ", "WyJcdTAwMDAiXQ", "WzFlMzBd", "W251bGwsbnVsbF0", "WyIyMDI2LTAxLTAxIiwxXQ",
           "WyIwMDAxLTAxLTAxVDAwOjAwOjAwKzE0OjAwIiwiYSJd"]  # fmt: skip


@pytest.mark.parametrize(
    "path",
    [
        "/boards",
        "/cards?list_id={list}",
        "/cards/{card}/comments",
        "/cards/{card}/activity",
        "/boards/{board}/activity",
        "/boards/{board}/trash",
        "/users",
        "/auth/sessions",
    ],
)
async def test_cursor_of_nowhere_is_refused_or_harmless(desk: Desk, path: str) -> None:
    joint = "&" if "?" in path else "?"
    refusals = 0
    for cursor in CURSORS:
        answer = await desk.anna.call("GET", on(desk, f"{path}{joint}cursor={cursor}"))
        assert answer.status_code in {200, 422}, f"{cursor}: {answer.text}"
        if answer.status_code == 422:
            refusals += 1
            assert is_problem(answer)["errors"][0]["code"] == "bad_cursor"
    assert refusals >= 10


def forged(app: FastAPI, **changes: Any) -> Callable[[Json], str]:
    """Makes a token that is like a real one but for `changes`."""

    def make(claims: Json) -> str:
        fields = {**claims, **{k: v for k, v in changes.items() if k not in {"key", "alg"}}}
        key = changes.get("key", app.state.accounts.tokens._key)
        return jwt.encode(fields, key, changes.get("alg", "HS256"))

    return make


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"exp": 1}, "token_expired"),
        ({"key": "another key of 32 characters or more"}, "token_invalid"),
        ({"alg": "none", "key": ""}, "token_invalid"),
        ({"alg": "HS384"}, "token_invalid"),
        ({"typ": "refresh"}, "token_invalid"),
        ({"sub": "nobody"}, "token_invalid"),
        ({"sid": 7}, "token_invalid"),
        ({"exp": "soon"}, "token_invalid"),
    ],
)
async def test_token_that_does_not_hold_is_refused(
    taskly_app: FastAPI, desk: Desk, changes: Json, code: str
) -> None:
    claims = jwt.decode(desk.anna.token, options={"verify_signature": False})
    token = forged(taskly_app, **changes)(claims)

    answer = await desk.anna.call(
        "PATCH",
        on(desk, "/cards/{card}"),
        json={"title": "Forged"},
        headers={"Authorization": f"Bearer {token}"},
    )

    assert (answer.status_code, is_problem(answer)["code"]) == (401, code)
    assert answer.headers["www-authenticate"] == "Bearer"
    assert (await desk.anna.get(on(desk, "/cards/{card}")))["title"] == "a"
    assert claims["exp"] > time.time()


@pytest.mark.parametrize(
    "scheme", ["Bearer", "Bearer ", "Bearer x", "bearer a.b.c", "Bearer share_x"]
)
async def test_authorization_that_is_no_token_is_refused(http: AsyncClient, scheme: str) -> None:
    answer = await http.get("/api/v1/boards", headers={"Authorization": scheme})

    assert answer.status_code == 401
    is_problem(answer)


async def test_refusals_speak_the_callers_language(desk: Desk) -> None:
    path = on(desk, "/cards/{card}")
    chinese = {"Accept-Language": "zh-CN,zh;q=0.9,en;q=0.8"}

    english = is_problem(await desk.anna.call("PATCH", path, json={"title": ""}))
    answer = await desk.anna.call("PATCH", path, json={"title": ""}, headers=chinese)
    translated = is_problem(answer)

    assert english["errors"][0]["message"] == "At least 1 characters are needed."
    assert translated["code"] == english["code"]
    assert translated["errors"][0]["code"] == english["errors"][0]["code"]
    for text in (translated["title"], translated["detail"], translated["errors"][0]["message"]):
        assert any("\u4e00" <= character <= "\u9fff" for character in text), text


async def test_wrong_address_and_method_are_problems_too(http: AsyncClient) -> None:
    nowhere = is_problem(await http.get("/api/v1/nowhere"))
    wrong = is_problem(await http.request("DELETE", "/api/v1/boards"))

    assert nowhere["code"] == "not_found"
    assert wrong["code"] == "method_not_allowed"


async def test_texts_of_every_language_are_kept_as_they_are(http: AsyncClient) -> None:
    anna = await sign_up(http, "anna")
    column = await anna.list(await anna.board("产品发布 🚀"))

    for title in (
        "写下来",
        "👩‍👩‍👧 family",
        "مرحبا",
        "e\u0301",
        "𠮷野家",
        "<script>",
        "'; DROP TABLE cards--",
    ):
        assert (await anna.card(column, title))["title"] == title
