"""Labels: on the board and on its cards."""

from tests.make.boards import Person, as_folded, fold


async def test_label_is_made_renamed_and_recoloured(anna: Person) -> None:
    board = await anna.board()
    label = await anna.label(board, "Soon", "amber")

    edited = await anna.want(
        200, "PATCH", f"/labels/{label['id']}", {"name": "Now", "color": "#AABBCC"}
    )
    listed = await anna.get(f"/labels?board_id={board['id']}")

    assert edited == {**label, "name": "Now", "color": "#aabbcc"}
    assert listed == {"items": [edited], "next": None}
    assert (await anna.snapshot(board))["labels"] == [edited]


async def test_label_may_be_a_colour_alone(anna: Person) -> None:
    label = await anna.label(await anna.board(), "", "green")

    assert label["name"] == ""


async def test_deleted_label_leaves_every_card_also_those_put_away(anna: Person) -> None:
    board = await anna.board()
    column, archive = await anna.list(board), await anna.list(board, "Archive")
    gone, kept = await anna.label(board, "Gone"), await anna.label(board, "Kept")
    both = [gone["id"], kept["id"]]
    shown = await anna.card(column, "shown", label_ids=both)
    archived = await anna.card(column, "archived", label_ids=both)
    deleted = await anna.card(column, "deleted", label_ids=both)
    hidden = await anna.card(archive, "hidden", label_ids=both)
    await anna.want(200, "PATCH", f"/cards/{archived['id']}", {"archived": True})
    await anna.want(204, "DELETE", f"/cards/{deleted['id']}")
    await anna.want(200, "PATCH", f"/lists/{archive['id']}", {"archived": True})

    await anna.want(204, "DELETE", f"/labels/{gone['id']}")

    after_delete = await anna.snapshot(board)
    assert fold(await anna.events(board)) == as_folded(after_delete)
    assert [card["id"] for card in after_delete["cards"]] == [shown["id"]]
    await anna.want(200, "POST", f"/cards/{deleted['id']}/restore")
    await anna.want(200, "PATCH", f"/cards/{archived['id']}", {"archived": False})
    await anna.want(200, "PATCH", f"/lists/{archive['id']}", {"archived": False})
    snapshot = await anna.snapshot(board)
    assert [label["id"] for label in snapshot["labels"]] == [kept["id"]]
    assert {card["title"] for card in snapshot["cards"]} == {
        "shown", "archived", "deleted", "hidden",
    }  # fmt: skip
    assert all(card["label_ids"] == [kept["id"]] for card in snapshot["cards"])
    assert hidden["id"] in {card["id"] for card in snapshot["cards"]}
    assert fold(await anna.events(board)) == as_folded(snapshot)


async def test_deleted_label_cannot_be_used_again(anna: Person) -> None:
    board = await anna.board()
    column, label = await anna.list(board), await anna.label(board)
    await anna.want(204, "DELETE", f"/labels/{label['id']}")

    body = {"list_id": column["id"], "title": "Late", "label_ids": [label["id"]]}
    refused = await anna.want(422, "POST", "/cards", body)
    await anna.want(404, "PATCH", f"/labels/{label['id']}", {"name": "Ghost"})
    await anna.want(404, "DELETE", f"/labels/{label['id']}")

    assert refused["errors"][0]["code"] == "unknown_label"


async def test_same_label_twice_is_one(anna: Person) -> None:
    board = await anna.board()
    column, label = await anna.list(board), await anna.label(board)

    card = await anna.card(column, label_ids=[label["id"], label["id"]])

    assert card["label_ids"] == [label["id"]]


async def test_label_of_another_board_is_unknown(anna: Person) -> None:
    other = await anna.label(await anna.board("Other"))
    card = await anna.card(await anna.list(await anna.board()))

    refused = await anna.want(422, "PATCH", f"/cards/{card['id']}", {"label_ids": [other["id"]]})

    assert refused["errors"][0]["field"] == "label_ids"
