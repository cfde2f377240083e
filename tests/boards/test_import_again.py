"""Importing the same Trello board again adds what is new and changes nothing that is there."""

import asyncio
import json

from tests.make.boards import Json, Person, as_folded, fold
from tests.make.trello import REAL_SHAPED, card, export, imported, left_out, send


async def snapshot_of(who: Person, report: Json) -> Json:
    """The board of a report."""
    found: Json = await who.get(f"/boards/{report['board_id']}")
    return found


async def test_second_import_of_the_same_file_changes_nothing(anna: Person) -> None:
    first = await imported(anna, REAL_SHAPED.read_bytes())
    before = await snapshot_of(anna, first)

    second = await imported(anna, REAL_SHAPED.read_bytes())

    assert second["again"]
    assert second["board_id"] == first["board_id"]
    assert second["counts"]["already_there"] == 35
    assert second["counts"]["cards"] == 0
    assert await snapshot_of(anna, first) == before
    assert len((await anna.get("/boards"))["items"]) == 1


async def test_what_is_new_in_the_file_is_added_after_what_is_there(anna: Person) -> None:
    old = export(
        cards=[card(1, badges={})],
        checklists=[{"id": "k1", "idCard": "c1", "name": "Steps", "checkItems": []}],
    )
    first = await imported(anna, old)
    said = {"id": "a1", "type": "commentCard", "data": {"text": "New", "card": {"id": "c1"}}}
    steps = [{"id": "i1", "name": "One", "state": "complete"}, {"id": "i2", "name": "Two"}]
    new = export(
        labels=[{"id": "lb", "name": "New label", "color": "red"}],
        lists=[*old["lists"], {"id": "l2", "name": "Second", "pos": 0}],
        cards=[
            card(1, attachments=[{"id": "at", "name": "New", "url": "https://example.com"}]),
            card(2, pos=0, idLabels=["lb"]),
            card(3, idList="l2"),
        ],
        checklists=[{"id": "k1", "idCard": "c1", "name": "Renamed", "checkItems": steps}],
        actions=[said],
    )

    second = await imported(anna, new)

    board = await snapshot_of(anna, first)
    assert [one["name"] for one in board["lists"]] == ["Ideas", "Second"]
    assert [(one["title"], one["number"]) for one in board["cards"]] == [
        ("Card 1", 1),
        ("Card 2", 2),
        ("Card 3", 3),
    ]
    assert board["cards"][1]["label_ids"] == [board["labels"][0]["id"]]
    known = await anna.get(f"/cards/{board['cards'][0]['id']}")
    assert (known["comment_count"], known["attachment_count"]) == (1, 1)
    assert (known["checklist_done"], known["checklist_total"]) == (1, 2)
    assert known["checklists"][0]["title"] == "Steps"
    assert known["version"] == 2
    assert second["counts"]["cards"] == 2
    assert second["counts"]["already_there"] == 3
    assert fold(await anna.events(board["board"])) == as_folded(board)


async def test_what_people_changed_here_stays(anna: Person) -> None:
    file = export(cards=[card(1), card(2)])
    first = await imported(anna, file)
    cards = (await snapshot_of(anna, first))["cards"]
    await anna.want(200, "PATCH", f"/cards/{cards[0]['id']}", {"title": "Mine"})
    await anna.want(204, "DELETE", f"/cards/{cards[1]['id']}")

    await imported(anna, file)

    assert [one["title"] for one in (await snapshot_of(anna, first))["cards"]] == ["Mine"]


async def test_things_for_what_was_deleted_here_are_left_out_and_counted(anna: Person) -> None:
    lists = [{"id": "l1", "name": "One"}, {"id": "l2", "name": "Two"}]
    boxes: list[Json] = [{"id": "k1", "idCard": "c2", "name": "Steps", "checkItems": []}]
    label = [{"id": "lb", "name": "Label", "color": "red"}]
    first = await imported(
        anna, export(lists=lists, cards=[card(1), card(2)], checklists=boxes, labels=label)
    )
    board = await snapshot_of(anna, first)
    kept = await anna.get(f"/cards/{board['cards'][1]['id']}")
    await anna.want(204, "DELETE", f"/cards/{board['cards'][0]['id']}")
    await anna.want(204, "DELETE", f"/lists/{board['lists'][1]['id']}")
    await anna.want(204, "DELETE", f"/checklists/{kept['checklists'][0]['id']}")
    await anna.want(204, "DELETE", f"/labels/{board['labels'][0]['id']}")
    boxes[0]["checkItems"] = [{"id": "i1", "name": "Late"}]
    said = {"id": "a1", "type": "commentCard", "data": {"text": "Late", "card": {"id": "c1"}}}

    second = await imported(
        anna,
        export(
            lists=lists,
            cards=[card(1), card(2), card(3, idList="l2"), card(4, idLabels=["lb"])],
            checklists=boxes,
            labels=label,
            actions=[said],
        ),
    )

    assert left_out(second) == {
        ("cards", "list_deleted"): 1,
        ("comments", "card_deleted"): 1,
        ("checklist_items", "checklist_deleted"): 1,
        ("card_labels", "label_deleted"): 1,
    }
    after = await snapshot_of(anna, first)
    assert [(one["title"], one["number"]) for one in after["cards"]] == [
        ("Card 2", 2),
        ("Card 4", 3),
    ]
    assert fold(await anna.events(after["board"])) == as_folded(after)


async def test_board_in_the_trash_is_not_brought_back_but_made_anew(anna: Person) -> None:
    file = export(cards=[card(1)])
    first = await imported(anna, file)
    await anna.want(204, "DELETE", f"/boards/{first['board_id']}")

    second = await imported(anna, file)
    third = await imported(anna, file)

    assert not second["again"]
    assert second["board_id"] != first["board_id"]
    assert third["board_id"] == second["board_id"]


async def test_who_may_not_administer_the_board_any_more_gets_an_own_one(
    anna: Person, bob: Person
) -> None:
    first = await imported(anna, export(cards=[card(1)]))
    board = await snapshot_of(anna, first)
    await anna.invite(board["board"], bob)
    await anna.want(200, "POST", f"/boards/{first['board_id']}/owner", {"user_id": bob.id})
    await bob.invite(board["board"], anna, role="editor")

    second = await imported(anna, export(cards=[card(1)]))

    assert second["board_id"] != first["board_id"]
    assert await snapshot_of(bob, first) == await snapshot_of(bob, first)


async def test_archived_board_is_left_alone(anna: Person) -> None:
    first = await imported(anna, export())
    await anna.want(200, "PATCH", f"/boards/{first['board_id']}", {"archived": True})

    answer = await send(anna, export(cards=[card(1)]))

    assert answer.status_code == 409
    assert answer.json()["code"] == "board_archived"


async def test_two_people_import_the_same_file_each_for_themselves(
    anna: Person, bob: Person
) -> None:
    mine = await imported(anna, export())
    theirs = await imported(bob, export())

    assert mine["board_id"] != theirs["board_id"]
    await bob.want(404, "GET", f"/boards/{mine['board_id']}")


async def test_card_that_moved_to_another_board_there_comes_in_with_both(anna: Person) -> None:
    first = await imported(anna, export(cards=[card(1)]))
    second = await imported(anna, export(id="another", cards=[card(1)]))

    assert second["counts"]["cards"] == 1
    assert second["board_id"] != first["board_id"]


async def test_archived_card_gets_its_new_comment_without_coming_back(anna: Person) -> None:
    file = export(cards=[card(1, closed=True)])
    first = await imported(anna, file)
    said = {"id": "a1", "type": "commentCard", "data": {"text": "New", "card": {"id": "c1"}}}

    second = await imported(anna, file | {"actions": [said]})

    board = await snapshot_of(anna, first)
    assert second["counts"]["comments"] == 1
    assert board["cards"] == []
    assert fold(await anna.events(board["board"])) == as_folded(board)


async def test_same_import_twice_at_once_makes_one_board(anna: Person) -> None:
    file = json.dumps(export(cards=[card(n) for n in range(300)])).encode()

    answers = await asyncio.gather(*(send(anna, file) for _ in range(3)))

    assert {answer.status_code for answer in answers} <= {201, 409}
    boards = (await anna.get("/boards"))["items"]
    assert len(boards) == 1
    snapshot = await anna.get(f"/boards/{boards[0]['id']}")
    assert len(snapshot["cards"]) == 300
    assert fold(await anna.events(boards[0])) == as_folded(snapshot)


async def test_repeated_request_with_the_same_key_gets_the_same_answer(anna: Person) -> None:
    file = export(cards=[card(1)])

    first = await send(anna, file, as_form=True, headers={"Idempotency-Key": "k1"})
    again = await send(anna, file, as_form=True, headers={"Idempotency-Key": "k1"})
    other = await send(anna, export(name="Other"), headers={"Idempotency-Key": "k1"})

    assert again.json() == first.json()
    assert again.headers["Idempotent-Replayed"] == "true"
    assert other.status_code == 422
