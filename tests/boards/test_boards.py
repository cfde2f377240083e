"""Whole boards: making, editing, archiving, starring, the trash, handing over."""

import pytest

from taskly.boards.service import key_from
from tests.make.boards import Person, as_folded, fold


async def ids_of(person: Person, state: str = "active") -> set[str]:
    page = await person.get(f"/boards?state={state}&limit=200")
    return {board["id"] for board in page["items"]}


async def test_new_board_belongs_to_its_maker_and_begins_at_its_first_event(anna: Person) -> None:
    board = await anna.board("Product launch", description="Ship it", color="teal")

    assert (board["role"], board["owner_id"], board["starred"]) == ("owner", anna.id, False)
    assert (board["key"], board["seq"], board["version"]) == ("PL", 1, 1)
    assert (board["description"], board["color"]) == ("Ship it", "teal")
    snapshot = await anna.snapshot(board)
    assert [member["user_id"] for member in snapshot["members"]] == [anna.id]
    assert (snapshot["lists"], snapshot["cards"], snapshot["labels"]) == ([], [], [])


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("Product launch", "PL"),
        ("Taskly", "TAS"),
        ("the quick brown fox jumps over dogs", "TQBFJ"),
        ("Q", "TK"),
        ("产品发布", "TK"),
        ("产品 Launch 计划", "LAU"),
        ("42", "TK"),
        ("R&D", "RD"),
    ],
)
def test_key_is_made_from_the_name(name: str, key: str) -> None:
    assert key_from(name) == key


async def test_edited_board_keeps_what_was_not_named(anna: Person) -> None:
    board = await anna.board("Old", description="Stays")

    edited = await anna.want(200, "PATCH", f"/boards/{board['id']}", {"name": "New", "key": "ab"})

    assert (edited["name"], edited["key"], edited["description"]) == ("New", "AB", "Stays")
    assert edited["version"] == board["version"] + 1
    assert edited["seq"] == board["seq"] + 1


async def test_edit_that_changes_nothing_makes_no_event(anna: Person) -> None:
    board = await anna.board("Same")

    edited = await anna.want(200, "PUT", f"/boards/{board['id']}", {"name": "Same"})

    assert (edited["version"], edited["seq"]) == (board["version"], board["seq"])


async def test_archived_board_leaves_the_list_and_refuses_changes_of_its_content(
    anna: Person,
) -> None:
    board = await anna.board()
    column = await anna.list(board)
    card = await anna.card(column)
    label = await anna.label(board)
    path = f"/boards/{board['id']}"

    archived = await anna.want(200, "PATCH", path, {"archived": True})
    refused = [
        await anna.want(409, *call)
        for call in (
            ("POST", "/lists", {"board_id": board["id"], "name": "More"}),
            ("POST", "/cards", {"list_id": column["id"], "title": "More"}),
            ("PATCH", f"/cards/{card['id']}", {"title": "Other"}),
            ("POST", f"/cards/{card['id']}/move", {"list_id": column["id"]}),
            ("POST", f"/cards/{card['id']}/comments", {"body": "Hm"}),
            ("PATCH", f"/labels/{label['id']}", {"name": "Other"}),
            ("DELETE", f"/lists/{column['id']}"),
        )
    ]
    seq = (await anna.snapshot(board))["seq"]
    await anna.want(200, "PATCH", path, {"name": "Renamed while archived"})
    back = await anna.want(200, "PATCH", path, {"archived": False})

    assert archived["archived_at"] is not None
    assert {answer["code"] for answer in refused} == {"board_archived"}
    assert seq == archived["seq"]
    assert back["archived_at"] is None
    await anna.card(column, "Again")


async def test_boards_are_listed_by_state(anna: Person) -> None:
    active, archived, deleted = [await anna.board(name) for name in ("One", "Two", "Three")]
    await anna.want(200, "PATCH", f"/boards/{archived['id']}", {"archived": True})
    await anna.want(204, "DELETE", f"/boards/{deleted['id']}")

    assert await ids_of(anna) == {active["id"]}
    assert await ids_of(anna, "archived") == {archived["id"]}
    assert await ids_of(anna, "trash") == {deleted["id"]}


async def test_star_is_its_owners_alone(anna: Person, bob: Person) -> None:
    board = await anna.board()
    await anna.invite(board, bob)
    path = f"/boards/{board['id']}/star"

    await anna.want(204, "PUT", path)
    await anna.want(204, "PUT", path)

    assert (await anna.snapshot(board))["board"]["starred"] is True
    assert (await bob.snapshot(board))["board"]["starred"] is False
    listed = (await anna.get("/boards"))["items"]
    assert [one["starred"] for one in listed if one["id"] == board["id"]] == [True]
    await anna.want(204, "DELETE", path)
    await anna.want(204, "DELETE", path)
    assert (await anna.snapshot(board))["board"]["starred"] is False


async def test_star_on_a_board_makes_no_event_there(anna: Person) -> None:
    board = await anna.board()

    await anna.want(204, "PUT", f"/boards/{board['id']}/star")

    assert (await anna.snapshot(board))["seq"] == board["seq"]


async def test_deleted_board_is_gone_for_everybody_and_only_its_owner_restores_it(
    anna: Person, bob: Person
) -> None:
    board = await anna.board()
    card = await anna.card(await anna.list(board))
    await anna.invite(board, bob, "admin")
    path = f"/boards/{board['id']}"
    before = as_folded(await anna.snapshot(board))

    await bob.want(403, "DELETE", path)
    await anna.want(204, "DELETE", path)
    for person in (anna, bob):
        await person.want(404, "GET", path)
        await person.want(404, "GET", f"/cards/{card['id']}")
        await person.want(404, "PATCH", path, {"name": "Back?"})
        await person.want(404, "DELETE", path)
    assert board["id"] not in await ids_of(bob, "trash")
    await bob.want(403, "POST", f"{path}/restore")
    restored = await anna.want(200, "POST", f"{path}/restore")

    after = as_folded(await anna.snapshot(board))
    assert restored["role"] == "owner"
    assert after["cards"] == before["cards"]
    assert fold(await anna.events(board)) == after
    await anna.want(404, "POST", f"{path}/restore")


async def test_board_is_handed_over_to_a_member_and_its_old_owner_stays_as_admin(
    anna: Person, bob: Person
) -> None:
    board = await anna.board()
    path = f"/boards/{board['id']}/owner"

    stranger = await anna.want(422, "POST", path, {"user_id": bob.id})
    await anna.invite(board, bob)
    handed = await anna.want(200, "POST", path, {"user_id": bob.id})

    assert stranger["errors"][0] | {"message": ""} == {
        "field": "user_id", "code": "not_a_member", "message": "",
    }  # fmt: skip
    assert (handed["owner_id"], handed["role"]) == (bob.id, "admin")
    snapshot = await bob.snapshot(board)
    roles = {member["user_id"]: member["role"] for member in snapshot["members"]}
    assert roles == {anna.id: "admin", bob.id: "owner"}
    assert snapshot["seq"] == handed["seq"]
    assert fold(await bob.events(board)) == as_folded(snapshot)
    await anna.want(403, "POST", path, {"user_id": anna.id})


async def test_handing_over_to_oneself_changes_nothing(anna: Person) -> None:
    board = await anna.board()

    same = await anna.want(200, "POST", f"/boards/{board['id']}/owner", {"user_id": anna.id})

    assert (same["owner_id"], same["seq"]) == (anna.id, board["seq"])


async def test_stranger_sees_nothing_of_a_board(anna: Person, bob: Person) -> None:
    board = await anna.board("Secret plans")

    answer = await bob.call("GET", f"/boards/{board['id']}")

    assert answer.status_code == 404
    assert "Secret" not in answer.text
    assert board["id"] not in await ids_of(bob)


async def test_every_board_is_on_exactly_one_page(anna: Person) -> None:
    made = {(await anna.board(f"Board {number}"))["id"] for number in range(5)}

    seen: list[str] = []
    query = "limit=2"
    while True:
        page = await anna.get(f"/boards?{query}")
        seen += [board["id"] for board in page["items"]]
        if page["next"] is None:
            break
        query = f"limit=2&cursor={page['next']}"

    assert seen == sorted(made, reverse=True)


async def test_hand_over_back_and_forth_folds(anna: Person, bob: Person) -> None:
    board = await anna.board()
    await anna.invite(board, bob, "viewer")
    path = f"/boards/{board['id']}/owner"

    await anna.want(200, "POST", path, {"user_id": bob.id})
    await bob.want(200, "POST", path, {"user_id": anna.id})

    assert fold(await anna.events(board)) == as_folded(await anna.snapshot(board))
