"""Checklists on cards: steps in order, ticked and counted."""

from typing import Any

import pytest
from fastapi import FastAPI

from tests.accounts.statements import counted
from tests.make.boards import Json, Person, as_folded, fold

NOWHERE = "01900000-0000-7000-8000-000000000000"


async def on_new_board(who: Person) -> tuple[Json, Json]:
    """A board and a card on it."""
    board = await who.board()
    return board, await who.card(await who.list(board))


async def add_checklist(who: Person, card: Json, title: str = "Steps") -> Json:
    """A new checklist."""
    path = f"/cards/{card['id']}/checklists"
    made: Json = await who.want(201, "POST", path, {"title": title})
    return made


async def add_item(who: Person, checklist: Json, text: str, **fields: Any) -> Json:
    """A new step."""
    path = f"/checklists/{checklist['id']}/items"
    made: Json = await who.want(201, "POST", path, {"text": text, **fields})
    return made


async def read(who: Person, card: Json) -> Json:
    """A card as it is now."""
    found: Json = await who.get(f"/cards/{card['id']}")
    return found


async def test_card_shows_its_checklists_and_their_steps_in_order(anna: Person) -> None:
    _, card = await on_new_board(anna)
    first = await add_checklist(anna, card, "First")
    await add_checklist(anna, card, "Second")
    b = await add_item(anna, first, "b")
    await add_item(anna, first, "d")
    await add_item(anna, first, "a", place={"at": "top"})
    await add_item(anna, first, "c", place={"after": b["id"]})

    checklists = (await read(anna, card))["checklists"]

    assert [one["title"] for one in checklists] == ["First", "Second"]
    assert [item["text"] for item in checklists[0]["items"]] == ["a", "b", "c", "d"]
    assert checklists[1]["items"] == []


async def test_card_counts_its_steps_and_the_ticked_ones(anna: Person) -> None:
    _, card = await on_new_board(anna)
    checklist = await add_checklist(anna, card)
    items = [await add_item(anna, checklist, text) for text in "abc"]
    counts = []

    async def note() -> None:
        now = await read(anna, card)
        counts.append((now["checklist_done"], now["checklist_total"]))

    await note()
    for item in items[:2]:
        await anna.want(200, "PATCH", f"/checklist-items/{item['id']}", {"done": True})
    await note()
    await anna.want(200, "PATCH", f"/checklist-items/{items[0]['id']}", {"done": False})
    await note()
    await anna.want(204, "DELETE", f"/checklist-items/{items[1]['id']}")
    await note()
    await anna.want(204, "DELETE", f"/checklists/{checklist['id']}")
    await note()

    assert counts == [(0, 3), (2, 3), (1, 3), (0, 2), (0, 0)]
    assert (await read(anna, card))["checklists"] == []


async def test_every_change_raises_the_version_and_is_in_the_patches(anna: Person) -> None:
    board, card = await on_new_board(anna)
    checklist = await add_checklist(anna, card)
    item = await add_item(anna, checklist, "One")
    await anna.want(200, "PATCH", f"/checklists/{checklist['id']}", {"title": "Renamed"})
    await anna.want(200, "PATCH", f"/checklist-items/{item['id']}", {"text": "Uno"})
    await anna.want(200, "PATCH", f"/checklist-items/{item['id']}", {"done": True})
    await anna.want(200, "PATCH", f"/checklist-items/{item['id']}", {"done": False})
    await anna.want(204, "DELETE", f"/checklist-items/{item['id']}")
    await anna.want(204, "DELETE", f"/checklists/{checklist['id']}")

    snapshot = await anna.snapshot(board)
    events = await anna.events(board)
    assert fold(events) == as_folded(snapshot)
    assert snapshot["cards"][0]["version"] == card["version"] + 8
    assert [event["event"] for event in events if event["event"].startswith("checklist")] == [
        "checklist.added",
        "checklist.item_added",
        "checklist.renamed",
        "checklist.item_edited",
        "checklist.item_done",
        "checklist.item_undone",
        "checklist.item_deleted",
        "checklist.deleted",
    ]
    assert {e["subject_id"] for e in events if e["event"].startswith("checklist")} == {card["id"]}


async def test_change_that_changes_nothing_makes_no_event(anna: Person) -> None:
    board, card = await on_new_board(anna)
    checklist = await add_checklist(anna, card)
    item = await add_item(anna, checklist, "One")
    before = (await anna.snapshot(board))["seq"]

    await anna.want(200, "PATCH", f"/checklist-items/{item['id']}", {"text": "One", "done": False})
    await anna.want(200, "PATCH", f"/checklist-items/{item['id']}", {})
    await anna.want(200, "PATCH", f"/checklists/{checklist['id']}", {"title": "Steps"})

    assert (await anna.snapshot(board))["seq"] == before


async def test_renamed_checklist_is_answered_with_its_steps(anna: Person) -> None:
    _, card = await on_new_board(anna)
    checklist = await add_checklist(anna, card)
    item = await add_item(anna, checklist, "One")

    path = f"/checklists/{checklist['id']}"
    renamed = await anna.want(200, "PATCH", path, {"title": "Renamed"})

    assert renamed["title"] == "Renamed"
    assert [one["id"] for one in renamed["items"]] == [item["id"]]


async def test_step_of_another_checklist_is_no_neighbour(anna: Person) -> None:
    _, card = await on_new_board(anna)
    here, there = await add_checklist(anna, card), await add_checklist(anna, card)
    stranger = await add_item(anna, there, "Stranger")

    path = f"/checklists/{here['id']}/items"
    body = {"text": "x", "place": {"after": stranger["id"]}}
    problem = await anna.want(422, "POST", path, body)

    assert problem["code"] == "bad_place"


async def test_steps_added_at_one_spot_again_and_again_keep_their_order(anna: Person) -> None:
    _, card = await on_new_board(anna)
    checklist = await add_checklist(anna, card)
    first = await add_item(anna, checklist, "first")
    await add_item(anna, checklist, "last")

    for n in range(160):
        await add_item(anna, checklist, str(n), place={"after": first["id"]})

    items = (await read(anna, card))["checklists"][0]["items"]
    expected = ["first", *(str(n) for n in reversed(range(160))), "last"]
    assert [item["text"] for item in items] == expected
    assert max(len(item["rank"]) for item in items) <= 24


async def test_checklists_on_a_card_of_an_archived_list_do_not_bring_it_back(
    anna: Person,
) -> None:
    board, card = await on_new_board(anna)
    checklist = await add_checklist(anna, card)
    await anna.want(200, "PATCH", f"/lists/{card['list_id']}", {"archived": True})

    await add_item(anna, checklist, "Quietly")

    snapshot = await anna.snapshot(board)
    assert snapshot["cards"] == []
    assert fold(await anna.events(board)) == as_folded(snapshot)


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"title": ""},
        {"title": "  "},
        {"title": None},
        {"title": 7},
        {"title": "x" * 201},
        {"title": "a\nb"},
        {"title": "a\u0000b"},
        {"title": "ok", "rank": "a0"},
    ],
)
async def test_bad_titles_are_refused_by_field(anna: Person, body: Json) -> None:
    _, card = await on_new_board(anna)

    problem = await anna.want(422, "POST", f"/cards/{card['id']}/checklists", body)

    assert {error["field"] for error in problem["errors"]} <= {"title", "rank"}
    assert problem["errors"] != []
    assert (await read(anna, card))["checklists"] == []


@pytest.mark.parametrize(
    "body",
    [{"done": "true"}, {"done": 1}, {"done": None}, {"text": None}, {"text": ""}, {"rank": "a"}],
)
async def test_bad_edits_of_a_step_are_refused(anna: Person, body: Json) -> None:
    _, card = await on_new_board(anna)
    item = await add_item(anna, await add_checklist(anna, card), "One")

    problem = await anna.want(422, "PATCH", f"/checklist-items/{item['id']}", body)

    assert [error["field"] for error in problem["errors"]] == list(body)


async def test_strangers_see_nothing_and_viewers_change_nothing(anna: Person, bob: Person) -> None:
    board, card = await on_new_board(anna)
    checklist = await add_checklist(anna, card)
    item = await add_item(anna, checklist, "One")
    calls: list[tuple[str, str, Json | None]] = [
        ("POST", f"/cards/{card['id']}/checklists", {"title": "x"}),
        ("PATCH", f"/checklists/{checklist['id']}", {"title": "x"}),
        ("DELETE", f"/checklists/{checklist['id']}", None),
        ("POST", f"/checklists/{checklist['id']}/items", {"text": "x"}),
        ("PATCH", f"/checklist-items/{item['id']}", {"done": True}),
        ("DELETE", f"/checklist-items/{item['id']}", None),
    ]

    for method, path, body in calls:
        await bob.want(404, method, path, body)
    await anna.invite(board, bob, role="viewer")
    for method, path, body in calls:
        await bob.want(403, method, path, body)

    assert (await read(anna, card))["checklists"][0]["items"] == [item | {"done": False}]


async def test_what_does_not_exist_or_lies_in_the_trash_is_not_found(anna: Person) -> None:
    _, card = await on_new_board(anna)
    checklist = await add_checklist(anna, card)
    await anna.want(204, "DELETE", f"/cards/{card['id']}")

    await anna.want(404, "POST", f"/cards/{NOWHERE}/checklists", {"title": "x"})
    await anna.want(404, "POST", f"/cards/{card['id']}/checklists", {"title": "x"})
    await anna.want(404, "PATCH", f"/checklists/{checklist['id']}", {"title": "x"})
    await anna.want(404, "PATCH", f"/checklist-items/{NOWHERE}", {"done": True})


async def test_changes_cost_at_most_six_statements(anna: Person, taskly_app: FastAPI) -> None:
    _, card = await on_new_board(anna)
    checklist = await add_checklist(anna, card)
    item = await add_item(anna, checklist, "One")

    with counted(taskly_app.state.database) as adding:
        await add_checklist(anna, card)
    with counted(taskly_app.state.database) as adding_item:
        await add_item(anna, checklist, "Two")
    with counted(taskly_app.state.database) as ticking:
        await anna.want(200, "PATCH", f"/checklist-items/{item['id']}", {"done": True})

    assert [len(adding), len(adding_item), len(ticking)] == [6, 6, 6]
