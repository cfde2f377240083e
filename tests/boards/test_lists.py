"""Lists: their order, their archive and trash with the cards on them, their limits."""

import pytest

from tests.make.boards import Json, Person, as_folded, fold


async def names(person: Person, board: Json) -> list[str]:
    return [column["name"] for column in (await person.snapshot(board))["lists"]]


async def test_new_list_comes_last_with_the_usual_values(anna: Person) -> None:
    board = await anna.board()
    await anna.list(board, "First")

    made = await anna.list(board, "Second", wip_limit=3, category="doing")

    assert await names(anna, board) == ["First", "Second"]
    assert (made["wip_limit"], made["category"], made["version"]) == (3, "doing", 1)
    assert made["archived_at"] is None
    assert await anna.get(f"/lists/{made['id']}") == made
    assert (await anna.get(f"/lists?board_id={board['id']}"))["items"][1] == made


@pytest.mark.parametrize(
    ("place", "expected"),
    [
        ({"at": "top"}, ["c", "a", "b", "d"]),
        ({"at": "bottom"}, ["a", "b", "d", "c"]),
        ({"after": "a"}, ["a", "c", "b", "d"]),
        ({"before": "a"}, ["c", "a", "b", "d"]),
        ({"after": "b"}, ["a", "b", "c", "d"]),
    ],
)
async def test_list_goes_where_its_neighbour_says(
    anna: Person, place: dict[str, str], expected: list[str]
) -> None:
    board = await anna.board()
    lists = {name: await anna.list(board, name) for name in "abcd"}
    named = {how: lists[who]["id"] if who in lists else who for how, who in place.items()}

    moved = await anna.want(200, "POST", f"/lists/{lists['c']['id']}/move", {"place": named})

    assert moved["name"] == "c"
    assert await names(anna, board) == expected


async def test_list_is_not_its_own_neighbour(anna: Person) -> None:
    column = await anna.list(await anna.board())

    body = {"place": {"after": column["id"]}}
    refused = await anna.want(422, "POST", f"/lists/{column['id']}/move", body)

    assert refused["code"] == "bad_place"


async def test_archived_list_hides_its_cards_and_brings_them_back(anna: Person) -> None:
    board = await anna.board()
    column = await anna.list(board)
    await anna.card(column, "a")
    await anna.card(await anna.list(board, "Other"), "b")
    path = f"/lists/{column['id']}"

    archived = await anna.want(200, "PATCH", path, {"archived": True})
    hidden = await anna.snapshot(board)
    put_away = await anna.get(f"/boards/{board['id']}/trash?state=archived")
    refused = await anna.want(409, "POST", "/cards", {"list_id": column["id"], "title": "c"})
    back = await anna.want(200, "PATCH", path, {"archived": False})

    assert archived["archived_at"] is not None
    assert [card["title"] for card in hidden["cards"]] == ["b"]
    assert [thing["id"] for thing in put_away["items"]] == [column["id"]]
    assert refused["code"] == "list_archived"
    assert back["archived_at"] is None
    snapshot = await anna.snapshot(board)
    assert [card["title"] for card in snapshot["cards"]] == ["a", "b"]
    assert fold(await anna.events(board)) == as_folded(snapshot)


async def test_card_edited_on_an_archived_list_does_not_come_back_alone(anna: Person) -> None:
    board = await anna.board()
    column = await anna.list(board)
    card = await anna.card(column, "a")
    await anna.want(200, "PATCH", f"/lists/{column['id']}", {"archived": True})

    await anna.want(200, "PATCH", f"/cards/{card['id']}", {"title": "Renamed"})
    await anna.want(201, "POST", f"/cards/{card['id']}/comments", {"body": "Still here"})

    snapshot = await anna.snapshot(board)
    assert snapshot["cards"] == []
    assert fold(await anna.events(board)) == as_folded(snapshot)


async def test_deleted_list_takes_its_cards_along_and_restores_them(anna: Person) -> None:
    board = await anna.board()
    column = await anna.list(board)
    cards = [await anna.card(column, title) for title in "ab"]
    path = f"/lists/{column['id']}"

    await anna.want(204, "DELETE", path)
    gone = await anna.snapshot(board)
    trash = await anna.get(f"/boards/{board['id']}/trash")
    for card in cards:
        await anna.want(404, "GET", f"/cards/{card['id']}")
        await anna.want(404, "PATCH", f"/cards/{card['id']}", {"title": "Ghost"})
    await anna.want(404, "GET", path)
    await anna.want(404, "DELETE", path)
    await anna.want(404, "POST", "/cards", {"list_id": column["id"], "title": "Ghost"})
    restored = await anna.want(200, "POST", f"{path}/restore")

    assert (gone["lists"], gone["cards"]) == ([], [])
    assert [(thing["kind"], thing["by"]) for thing in trash["items"]] == [("list", anna.id)]
    assert restored["id"] == column["id"]
    snapshot = await anna.snapshot(board)
    assert [card["title"] for card in snapshot["cards"]] == ["a", "b"]
    assert fold(await anna.events(board)) == as_folded(snapshot)


async def test_card_of_a_deleted_list_is_restored_after_the_list_only(anna: Person) -> None:
    board = await anna.board()
    column = await anna.list(board)
    card = await anna.card(column)
    await anna.want(204, "DELETE", f"/cards/{card['id']}")
    await anna.want(204, "DELETE", f"/lists/{column['id']}")

    refused = await anna.want(409, "POST", f"/cards/{card['id']}/restore")
    await anna.want(200, "POST", f"/lists/{column['id']}/restore")
    await anna.want(200, "POST", f"/cards/{card['id']}/restore")

    assert refused["code"] == "list_deleted"
    assert len((await anna.snapshot(board))["cards"]) == 1


async def test_restoring_a_list_that_is_there_changes_nothing(anna: Person) -> None:
    board = await anna.board()
    column = await anna.list(board)
    before = (await anna.snapshot(board))["seq"]

    same = await anna.want(200, "POST", f"/lists/{column['id']}/restore")

    assert same == column
    assert (await anna.snapshot(board))["seq"] == before


async def test_hundreds_of_lists_at_one_spot_get_short_keys_again(anna: Person) -> None:
    board = await anna.board()
    first = await anna.list(board, "first")
    await anna.list(board, "last")

    for number in range(150):
        await anna.list(board, f"list {number}", place={"after": first["id"]})

    snapshot = await anna.snapshot(board)
    expected = ["first", *(f"list {number}" for number in reversed(range(150))), "last"]
    assert [column["name"] for column in snapshot["lists"]] == expected
    assert max(len(column["rank"]) for column in snapshot["lists"]) <= 24
    assert fold(await anna.events(board)) == as_folded(snapshot)


class TestLimit:
    """A limit warns, or refuses where the board says so."""

    async def test_warning_board_takes_more_than_the_limit(self, anna: Person) -> None:
        column = await anna.list(await anna.board(), wip_limit=1)

        await anna.card(column)
        await anna.card(column)

        assert len((await anna.get(f"/cards?list_id={column['id']}"))["items"]) == 2

    async def test_refusing_board_counts_shown_cards_only(self, anna: Person) -> None:
        board = await anna.board()
        column, other = await anna.list(board, wip_limit=1), await anna.list(board)
        await anna.want(200, "PATCH", f"/boards/{board['id']}", {"wip_policy": "refuse"})
        first = await anna.card(column)
        second = await anna.card(other)
        move = {"list_id": column["id"]}

        full = await anna.want(409, "POST", f"/cards/{second['id']}/move", move)
        many = await anna.want(409, "POST", "/cards/move", {**move, "card_ids": [second["id"]]})
        copied = await anna.want(409, "POST", f"/cards/{first['id']}/copy", {})
        await anna.want(200, "POST", f"/cards/{first['id']}/move", {**move, "place": {"at": "top"}})
        await anna.want(200, "PATCH", f"/cards/{first['id']}", {"archived": True})
        await anna.want(200, "POST", f"/cards/{second['id']}/move", move)

        assert {full["code"], many["code"], copied["code"]} == {"list_full"}

    async def test_limit_is_taken_off_by_null(self, anna: Person) -> None:
        column = await anna.list(await anna.board(), wip_limit=1)

        edited = await anna.want(200, "PATCH", f"/lists/{column['id']}", {"wip_limit": None})

        assert edited["wip_limit"] is None
