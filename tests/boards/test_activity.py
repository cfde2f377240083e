"""What happened, told to people, and what was put away: both in pages."""

from typing import Any

from tests.make.boards import Json, Person


async def pages(person: Person, path: str, limit: int) -> list[Any]:
    """All items of a list, read page by page."""
    seen: list[Any] = []
    joint = "&" if "?" in path else "?"
    cursor = ""
    for _ in range(100):
        page = await person.get(f"{path}{joint}limit={limit}{cursor}")
        assert len(page["items"]) <= limit
        seen += page["items"]
        if page["next"] is None:
            return seen
        cursor = f"&cursor={page['next']}"
    raise AssertionError("no end")


async def busy_board(person: Person) -> tuple[Json, Json, Json]:
    board = await person.board()
    column = await person.list(board)
    card = await person.card(column, "Write it down")
    await person.want(200, "PATCH", f"/cards/{card['id']}", {"title": "Written", "priority": "low"})
    return board, column, card


async def test_activity_tells_who_did_what_newest_first(anna: Person) -> None:
    board, _, card = await busy_board(anna)

    told = (await anna.get(f"/boards/{board['id']}/activity"))["items"]

    assert [one["event"] for one in told] == [
        "card.edited", "card.created", "list.created", "board.created",
    ]  # fmt: skip
    assert told[0]["changes"] == {
        "title": ["Write it down", "Written"],
        "priority": ["none", "low"],
    }
    assert told[0]["actor"]["username"] == anna.user["username"]
    assert told[0]["subject"] == {"id": card["id"], "number": 1, "title": "Written"}
    assert told[2]["subject"] is None


async def test_move_tells_the_names_of_both_lists(anna: Person) -> None:
    board, column, card = await busy_board(anna)
    done = await anna.list(board, "Done")

    await anna.want(200, "POST", f"/cards/{card['id']}/move", {"list_id": done["id"]})

    told = (await anna.get(f"/cards/{card['id']}/activity"))["items"][0]
    assert told["event"] == "card.moved"
    assert told["changes"]["list_name"] == ["To do", "Done"]
    assert told["changes"]["list_id"] == [column["id"], done["id"]]


async def test_activity_of_a_card_is_about_that_card(anna: Person) -> None:
    _, column, card = await busy_board(anna)
    await anna.card(column, "Another")

    told = (await anna.get(f"/cards/{card['id']}/activity"))["items"]

    assert [one["event"] for one in told] == ["card.edited", "card.created"]
    assert {one["subject_id"] for one in told} == {card["id"]}


async def test_every_change_is_on_exactly_one_page(anna: Person) -> None:
    board, column, card = await busy_board(anna)
    for number in range(5):
        await anna.card(column, f"Card {number}")
        await anna.want(200, "PATCH", f"/cards/{card['id']}", {"title": f"Title {number}"})

    told = await pages(anna, f"/boards/{board['id']}/activity", 4)
    of_card = await pages(anna, f"/cards/{card['id']}/activity", 2)

    assert [one["seq"] for one in told] == list(range(14, 0, -1))
    assert len(of_card) == 7


async def test_what_was_put_away_comes_in_pages_last_first(anna: Person) -> None:
    board = await anna.board()
    column, other = await anna.list(board), await anna.list(board, "Other")
    gone = []
    for number in range(5):
        card = await anna.card(column, f"Card {number}")
        await anna.want(204, "DELETE", f"/cards/{card['id']}")
        gone.append(card["id"])
    await anna.want(204, "DELETE", f"/lists/{other['id']}")
    gone.append(other["id"])
    archived = await anna.card(column, "Archived")
    await anna.want(200, "PATCH", f"/cards/{archived['id']}", {"archived": True})

    trash = await pages(anna, f"/boards/{board['id']}/trash", 2)
    archive = await pages(anna, f"/boards/{board['id']}/trash?state=archived", 2)

    assert [thing["id"] for thing in trash] == gone[::-1]
    assert {thing["by"] for thing in trash} == {anna.id}
    assert trash[0] | {"at": ""} == {
        "kind": "list", "id": other["id"], "number": None, "title": "Other", "list_id": None,
        "list_name": None, "at": "", "by": anna.id,
    }  # fmt: skip
    assert (trash[-1]["list_name"], trash[-1]["number"]) == ("To do", 1)
    assert [thing["id"] for thing in archive] == [archived["id"]]


async def test_things_put_away_at_one_moment_are_all_on_the_pages(anna: Person) -> None:
    board = await anna.board()
    column = await anna.list(board)
    cards = [await anna.card(column, f"Card {number}") for number in range(6)]
    for card in cards:
        await anna.want(200, "PATCH", f"/cards/{card['id']}", {"archived": True})

    seen = await pages(anna, f"/boards/{board['id']}/trash?state=archived", 1)

    assert sorted(thing["id"] for thing in seen) == sorted(card["id"] for card in cards)


async def test_deleted_comment_is_told_shortened(anna: Person) -> None:
    _, _, card = await busy_board(anna)
    path = f"/cards/{card['id']}/comments"
    comment = await anna.want(201, "POST", path, {"body": "x" * 5000})

    await anna.want(204, "DELETE", f"/comments/{comment['id']}")

    told = (await anna.get(f"/cards/{card['id']}/activity"))["items"][0]
    assert told["event"] == "comment.deleted"
    assert told["changes"] == {"comment": ["x" * 280, None]}
