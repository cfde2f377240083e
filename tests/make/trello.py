"""Trello exports: small ones as dicts, very large ones written piece by piece."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from httpx import Response

from tests.make.boards import Json, Person

REAL_SHAPED = Path(__file__).parents[1] / "boards" / "trello" / "relaunch.json"


def trello_id(kind: int, number: int) -> str:
    """An id as Trello makes them: 24 hexadecimal digits, the first eight a time."""
    return f"65a0b000{kind:04x}{number:012x}"


def export(**parts: Any) -> Json:
    """The smallest export there is, with `parts` in place of or beside its own."""
    return {
        "id": trello_id(0, 1),
        "name": "Plans",
        "lists": [{"id": "l1", "name": "Ideas", "pos": 1}],
        "cards": [],
    } | parts


def card(number: int, **fields: Any) -> Json:
    """A card on the list of `export`."""
    return {
        "id": f"c{number}",
        "idList": "l1",
        "idShort": number,
        "name": f"Card {number}",
        "pos": number,
    } | fields


def write_large(path: Path, size: int) -> int:
    """Write an export of about `size` bytes and return how many cards it has.

    Two thirds of the bytes are cards with long texts, links and checklists; actions come first, as
    in real exports.
    """
    cards = 0
    with path.open("w", encoding="utf-8") as file:
        file.write(f'{{"id": "{trello_id(0, 2)}", "name": "Large", "actions": [')
        file.write(",".join(json.dumps(one) for one in _actions(size // 6_000)))
        file.write('], "lists": ')
        json.dump([{"id": f"l{n}", "name": f"List {n}", "pos": n} for n in range(40)], file)
        file.write(', "cards": [')
        while file.tell() < size:
            file.write(("," if cards else "") + json.dumps(_large_card(cards)))
            cards += 1
        file.write('], "checklists": [')
        file.write(",".join(json.dumps(_checklist(n)) for n in range(0, cards, 3)))
        file.write("]}")
    return cards


def _actions(count: int) -> Iterator[Json]:
    creator = {"id": trello_id(9, 1), "username": "someone", "fullName": "Some One"}
    for n in range(count):
        yield {
            "id": trello_id(1, n),
            "type": "commentCard" if n % 2 else "updateCard",
            "date": "2024-03-01T10:00:00.000Z",
            "data": {"text": f"Comment {n} 评论 " * 60, "card": {"id": trello_id(2, n // 4)}},
            "memberCreator": creator,
        }


def _large_card(number: int) -> Json:
    return {
        "id": trello_id(2, number),
        "idList": f"l{number % 40}",
        "idShort": number + 1,
        "name": f"Card {number} 卡片",
        "desc": f"Line {number} of a long description 😀\n" * 60,
        "pos": number * 16384.5,
        "badges": {"votes": 0, "comments": 0, "attachmentsByType": {"trello": {"board": 0}}},
        "limits": {"attachments": {"perCard": {"status": "ok", "warnAt": 900}}},
        "attachments": [
            {"id": trello_id(3, number), "name": "A", "url": f"https://example.com/{number}"}
        ],
    }


def _checklist(number: int) -> Json:
    items = [
        {"id": trello_id(5, number * 10 + n), "name": f"Step {n}", "state": "complete", "pos": n}
        for n in range(5)
    ]
    return {
        "id": trello_id(4, number),
        "idCard": trello_id(2, number),
        "name": "Steps",
        "pos": 1,
        "checkItems": items,
    }


async def send(
    who: Person, content: Json | bytes, *, as_form: bool = False, **options: Any
) -> Response:
    """The answer to an import of this content."""
    raw = content if isinstance(content, bytes) else json.dumps(content).encode()
    if as_form:
        options["files"] = {"file": ("board.json", raw, "application/json")}
    else:
        options["content"] = raw
    return await who.call("POST", "/imports/trello", **options)


async def imported(who: Person, content: Json | bytes) -> Json:
    """The report of an import that must succeed."""
    answer = await send(who, content)
    assert answer.status_code == 201, answer.text
    report: Json = answer.json()
    return report


def left_out(report: Json) -> dict[tuple[str, str], int]:
    """How many were left out by kind and code."""
    return {(entry["kind"], entry["code"]): entry["count"] for entry in report["left_out"]}
