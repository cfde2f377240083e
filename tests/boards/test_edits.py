"""Edits by several people: other fields merge, the same field conflicts, nothing is lost."""

import asyncio
from typing import Any

import pytest

from tests.make.boards import Json, Person, as_folded, fold


async def new_card(person: Person) -> tuple[Json, Json]:
    board = await person.board()
    return board, await person.card(await person.list(board), "Start")


async def test_edits_of_other_fields_since_then_are_merged(anna: Person, bob: Person) -> None:
    board, card = await new_card(anna)
    await anna.invite(board, bob)
    path, base = f"/cards/{card['id']}", card["version"]

    await anna.want(200, "PATCH", path, {"title": "Anna's", "base_version": base})
    merged = await bob.want(200, "PATCH", path, {"priority": "high", "base_version": base})

    assert (merged["title"], merged["priority"]) == ("Anna's", "high")


async def test_edit_of_the_same_field_since_then_is_refused_with_both_values(
    anna: Person,
) -> None:
    board, card = await new_card(anna)
    path, base = f"/cards/{card['id']}", card["version"]
    theirs = await anna.want(200, "PATCH", path, {"title": "Theirs", "base_version": base})
    seq = (await anna.snapshot(board))["seq"]

    body = {"title": "Yours", "description": "Also lost", "base_version": base}
    refused = await anna.want(409, "PATCH", path, body)

    assert refused["code"] == "edit_conflict"
    assert refused["conflicts"] == [
        {"field": "title", "yours": "Yours", "theirs": "Theirs", "version": theirs["version"]}
    ]
    now = await anna.get(path)
    assert (now["title"], now["description"], now["version"]) == ("Theirs", "", theirs["version"])
    assert (await anna.snapshot(board))["seq"] == seq


async def test_same_value_by_two_is_no_conflict(anna: Person) -> None:
    _, card = await new_card(anna)
    path, base = f"/cards/{card['id']}", card["version"]
    first = await anna.want(200, "PATCH", path, {"title": "Agreed", "base_version": base})

    second = await anna.want(200, "PATCH", path, {"title": "Agreed", "base_version": base})

    assert second == first


async def test_without_a_base_the_last_edit_wins(anna: Person) -> None:
    _, card = await new_card(anna)
    path = f"/cards/{card['id']}"
    await anna.want(200, "PATCH", path, {"title": "First"})

    last = await anna.want(200, "PATCH", path, {"title": "Last"})

    assert last["title"] == "Last"


async def test_moves_and_comments_do_not_conflict_with_edits(anna: Person) -> None:
    _, card = await new_card(anna)
    path, base = f"/cards/{card['id']}", card["version"]
    await anna.want(200, "POST", f"{path}/move", {"list_id": card["list_id"]})
    await anna.want(201, "POST", f"{path}/comments", {"body": "Hm"})

    edited = await anna.want(200, "PATCH", path, {"title": "Mine", "base_version": base})

    assert edited["title"] == "Mine"


@pytest.mark.parametrize(
    ("field", "theirs", "yours"),
    [
        ("description", "A", "B"),
        ("priority", "low", "high"),
        ("due_at", "2026-12-24T18:00:00Z", None),
        ("completed", True, False),
        ("archived", True, False),
    ],
)
async def test_every_field_can_conflict(anna: Person, field: str, theirs: Any, yours: Any) -> None:
    _, card = await new_card(anna)
    path, base = f"/cards/{card['id']}", card["version"]
    await anna.want(200, "PATCH", path, {field: theirs, "base_version": base})

    answer = await anna.call("PATCH", path, json={field: yours, "base_version": base})

    assert answer.status_code == 409
    assert [conflict["field"].removesuffix("_at") for conflict in answer.json()["conflicts"]] == [
        {"completed": "completed", "archived": "archived", "due_at": "due"}.get(field, field)
    ]


async def test_base_from_the_future_is_refused(anna: Person) -> None:
    _, card = await new_card(anna)

    body = {"title": "x", "base_version": 99}
    refused = await anna.want(422, "PATCH", f"/cards/{card['id']}", body)

    assert refused["errors"][0]["code"] == "bad_base_version"


async def test_lists_and_boards_merge_and_conflict_as_cards_do(anna: Person) -> None:
    board = await anna.board()
    column = await anna.list(board)
    for path, field in (
        (f"/lists/{column['id']}", "category"),
        (f"/boards/{board['id']}", "color"),
    ):
        value = "doing" if field == "category" else "red"
        await anna.want(200, "PATCH", path, {"name": "Theirs", "base_version": 1})
        merged = await anna.want(200, "PATCH", path, {field: value, "base_version": 1})
        refused = await anna.want(409, "PATCH", path, {"name": "Yours", "base_version": 1})

        assert (merged["name"], merged[field]) == ("Theirs", value)
        assert refused["conflicts"][0] | {"version": 0} == {
            "field": "name", "yours": "Yours", "theirs": "Theirs", "version": 0,
        }  # fmt: skip


async def test_fifty_editors_at_once_lose_no_acknowledged_change(anna: Person) -> None:
    board, card = await new_card(anna)
    path = f"/cards/{card['id']}"
    labels = [(await anna.label(board, f"Label {number}"))["id"] for number in range(3)]
    base = (await anna.get(path))["version"]
    disjoint: list[Json] = [
        {"description": "Described"},
        {"priority": "high"},
        {"due_at": "2026-12-24T18:00:00Z"},
        {"start_at": "2026-12-01T08:00:00Z"},
        {"label_ids": labels},
        {"assignee_ids": [anna.id]},
    ]
    same: list[Json] = [{"title": f"Title {number}"} for number in range(50 - len(disjoint))]

    async def edit(fields: Json) -> Any:
        return await anna.call("PATCH", path, json={**fields, "base_version": base})

    answers = await asyncio.gather(*(edit(fields) for fields in disjoint + same))

    assert [answer.status_code for answer in answers[: len(disjoint)]] == [200] * len(disjoint)
    winners = [a.json()["title"] for a in answers[len(disjoint) :] if a.status_code == 200]
    losers = [a.json() for a in answers[len(disjoint) :] if a.status_code != 200]
    assert len(winners) == 1
    assert len(losers) == len(same) - 1
    final = await anna.get(path)
    assert final["title"] == winners[0]
    for fields in disjoint:
        for name, value in fields.items():
            assert final[name] == value or str(final[name]).replace(".000", "") == value
    for refused in losers:
        (conflict,) = refused["conflicts"]
        assert (refused["code"], conflict["field"]) == ("edit_conflict", "title")
        assert conflict["theirs"] == winners[0]
        assert conflict["yours"] != winners[0]
    assert final["version"] == base + len(disjoint) + 1
    assert fold(await anna.events(board)) == as_folded(await anna.snapshot(board))


async def test_losers_who_try_again_with_the_new_base_all_get_their_turn(anna: Person) -> None:
    _, card = await new_card(anna)
    path = f"/cards/{card['id']}"

    async def add_line(number: int) -> None:
        for _ in range(200):
            now = await anna.get(path)
            text = f"{now['description']}\nline {number}"
            body = {"description": text, "base_version": now["version"]}
            answer = await anna.call("PATCH", path, json=body)
            if answer.status_code == 200:
                return
            assert answer.status_code == 409
        pytest.fail("no turn in 200 tries")

    await asyncio.gather(*(add_line(number) for number in range(12)))

    lines = (await anna.get(path))["description"].split("\n")
    assert sorted(line for line in lines if line) == sorted(f"line {n}" for n in range(12))
