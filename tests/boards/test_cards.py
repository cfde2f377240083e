"""Cards: making, editing, moving, putting away and bringing back."""

import pytest

from tests.make.boards import Person, as_folded, fold


async def test_new_card_comes_last_and_has_the_next_number(anna: Person) -> None:
    board = await anna.board("Product launch")
    column = await anna.list(board)

    first = await anna.card(column, "First")
    second = await anna.card(column, "Second")

    assert [first["number"], second["number"]] == [1, 2]
    assert first["rank"] < second["rank"]
    assert first["board_key"] == "PL"


@pytest.mark.parametrize(
    ("place", "expected"),
    [
        ({"at": "top"}, ["c", "a", "b", "d"]),
        ({"at": "bottom"}, ["a", "b", "d", "c"]),
        ({"after": "a"}, ["a", "c", "b", "d"]),
        ({"before": "b"}, ["a", "c", "b", "d"]),
        ({"after": "d"}, ["a", "b", "d", "c"]),
    ],
)
async def test_card_goes_where_its_neighbour_says(
    anna: Person, place: dict[str, str], expected: list[str]
) -> None:
    column = await anna.list(await anna.board())
    cards = {name: await anna.card(column, name) for name in "abcd"}
    named = {how: cards[who]["id"] if who in cards else who for how, who in place.items()}

    body = {"list_id": column["id"], "place": named}
    await anna.want(200, "POST", f"/cards/{cards['c']['id']}/move", body)

    shown = await anna.get(f"/cards?list_id={column['id']}")
    assert [card["title"] for card in shown["items"]] == expected


async def test_card_that_enters_a_done_list_is_completed_and_reopened_when_it_leaves(
    anna: Person,
) -> None:
    board = await anna.board()
    todo, done = await anna.list(board), await anna.list(board, "Done", category="done")
    card = await anna.card(todo)

    entered = await anna.want(200, "POST", f"/cards/{card['id']}/move", {"list_id": done["id"]})
    left = await anna.want(200, "POST", f"/cards/{card['id']}/move", {"list_id": todo["id"]})

    assert entered["completed_at"] is not None
    assert left["completed_at"] is None


async def test_full_list_refuses_a_card_where_the_board_says_so(anna: Person) -> None:
    board = await anna.board()
    full = await anna.list(board, wip_limit=1)
    await anna.card(full)
    await anna.want(200, "PATCH", f"/boards/{board['id']}", {"wip_policy": "refuse"})

    refused = await anna.want(409, "POST", "/cards", {"list_id": full["id"], "title": "More"})

    assert refused["code"] == "list_full"


async def test_deleted_card_lies_in_the_trash_and_comes_back_to_its_place(anna: Person) -> None:
    board = await anna.board()
    column = await anna.list(board)
    cards = [await anna.card(column, title) for title in "abc"]

    await anna.want(204, "DELETE", f"/cards/{cards[1]['id']}")
    gone = await anna.want(404, "GET", f"/cards/{cards[1]['id']}")
    trash = await anna.get(f"/boards/{board['id']}/trash")
    await anna.want(200, "POST", f"/cards/{cards[1]['id']}/restore")

    assert gone["code"] == "not_found"
    assert [thing["id"] for thing in trash["items"]] == [cards[1]["id"]]
    assert [card["title"] for card in (await anna.snapshot(board))["cards"]] == ["a", "b", "c"]


async def test_many_cards_move_in_the_given_order_as_one_event(anna: Person) -> None:
    board = await anna.board()
    here, there = await anna.list(board, "Here"), await anna.list(board, "There")
    a, b, c = [await anna.card(here, title) for title in "abc"]
    before = (await anna.snapshot(board))["seq"]

    body = {"card_ids": [c["id"], a["id"]], "list_id": there["id"]}
    await anna.want(200, "POST", "/cards/move", body)
    within = {
        "card_ids": [a["id"], b["id"]], "list_id": there["id"], "place": {"before": c["id"]}
    }  # fmt: skip
    await anna.want(200, "POST", "/cards/move", within)

    snapshot = await anna.snapshot(board)
    assert [card["title"] for card in snapshot["cards"]] == ["a", "b", "c"]
    assert snapshot["seq"] == before + 2
    assert fold(await anna.events(board)) == as_folded(snapshot)


async def test_card_moves_to_another_board_with_a_number_of_that_board(anna: Person) -> None:
    home, away = await anna.board("Home"), await anna.board("Away")
    label = await anna.label(home)
    twin = await anna.label(away)
    await anna.card(await anna.list(away), "Already there")
    target = await anna.list(away, "Arrivals")
    card = await anna.card(await anna.list(home), label_ids=[label["id"]])

    face = await anna.want(200, "POST", f"/cards/{card['id']}/move", {"list_id": target["id"]})

    assert face["board_id"] == away["id"]
    assert face["number"] == 2
    assert face["label_ids"] == [twin["id"]]
    for board in (home, away):
        assert fold(await anna.events(board)) == as_folded(await anna.snapshot(board))


async def test_hundreds_of_cards_at_one_spot_get_short_keys_again(anna: Person) -> None:
    board = await anna.board()
    column = await anna.list(board)
    first, last = await anna.card(column, "first"), await anna.card(column, "last")

    titles = []
    for number in range(170):
        place = {"after": first["id"]}
        titles.append((await anna.card(column, f"card {number}", place=place))["title"])

    snapshot = await anna.snapshot(board)
    assert [card["title"] for card in snapshot["cards"]] == ["first", *reversed(titles), "last"]
    assert max(len(card["rank"]) for card in snapshot["cards"]) <= 24
    assert fold(await anna.events(board)) == as_folded(snapshot)
    assert last["id"] in {card["id"] for card in snapshot["cards"]}
