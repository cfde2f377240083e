"""Members: joining, roles, leaving, and what happens to the cards of who left."""

import pytest

from tests.application import sign_up
from tests.make.boards import Json, Person, as_folded, fold


def member_path(board: Json, person: Person) -> str:
    return f"/boards/{board['id']}/members/{person.id}"


async def test_member_is_added_as_editor_unless_said_otherwise(anna: Person, bob: Person) -> None:
    board = await anna.board()

    added = await anna.want(200, "POST", member_path(board, bob))
    changed = await anna.want(200, "POST", member_path(board, bob), {"role": "viewer"})

    assert (added["user_id"], added["role"]) == (bob.id, "editor")
    assert added["username"] == bob.user["username"]
    assert changed["role"] == "viewer"
    assert (await bob.snapshot(board))["board"]["role"] == "viewer"
    assert fold(await anna.events(board)) == as_folded(await anna.snapshot(board))


async def test_same_role_again_makes_no_event(anna: Person, bob: Person) -> None:
    board = await anna.board()
    await anna.invite(board, bob)
    before = (await anna.snapshot(board))["seq"]

    await anna.invite(board, bob)

    assert (await anna.snapshot(board))["seq"] == before


async def test_somebody_who_does_not_exist_cannot_be_added(anna: Person) -> None:
    board = await anna.board()

    await anna.want(
        404, "POST", f"/boards/{board['id']}/members/0198c000-0000-7000-8000-000000000000"
    )


async def test_removed_member_is_taken_off_every_card_and_sees_nothing_more(
    anna: Person, bob: Person
) -> None:
    board = await anna.board()
    await anna.invite(board, bob)
    column = await anna.list(board)
    both = [anna.id, bob.id]
    shown = await anna.card(column, "shown", assignee_ids=both)
    deleted = await anna.card(column, "deleted", assignee_ids=both)
    await anna.want(204, "DELETE", f"/cards/{deleted['id']}")
    await bob.want(204, "PUT", f"/boards/{board['id']}/star")

    await anna.want(204, "DELETE", member_path(board, bob))

    await bob.want(404, "GET", f"/boards/{board['id']}")
    await bob.want(404, "GET", f"/cards/{shown['id']}")
    await bob.want(404, "PATCH", f"/cards/{shown['id']}", {"title": "Mine"})
    await anna.want(200, "POST", f"/cards/{deleted['id']}/restore")
    snapshot = await anna.snapshot(board)
    assert [card["assignee_ids"] for card in snapshot["cards"]] == [[anna.id], [anna.id]]
    assert fold(await anna.events(board)) == as_folded(snapshot)
    await anna.invite(board, bob)
    assert (await bob.snapshot(board))["board"]["starred"] is False


@pytest.mark.parametrize("role", ["viewer", "editor", "admin"])
async def test_every_member_but_the_owner_may_leave(anna: Person, bob: Person, role: str) -> None:
    board = await anna.board()
    await anna.invite(board, bob, role)

    await bob.want(204, "DELETE", member_path(board, bob))

    await bob.want(404, "GET", f"/boards/{board['id']}")


async def test_owner_stays(anna: Person, bob: Person) -> None:
    board = await anna.board()
    await anna.invite(board, bob, "admin")

    left = await anna.want(409, "DELETE", member_path(board, anna))
    thrown_out = await bob.want(409, "DELETE", member_path(board, anna))
    lowered = await bob.want(409, "POST", member_path(board, anna), {"role": "viewer"})

    assert {left["code"], thrown_out["code"], lowered["code"]} == {"owner_role"}


async def test_nobody_becomes_owner_by_role(anna: Person, bob: Person) -> None:
    board = await anna.board()

    refused = await anna.want(422, "POST", member_path(board, bob), {"role": "owner"})

    assert refused["errors"][0]["field"] == "role"


async def test_editor_cannot_throw_anybody_out(anna: Person, bob: Person) -> None:
    board = await anna.board()
    carol = await sign_up(anna.client, "carol")
    await anna.invite(board, bob)
    await anna.invite(board, carol)

    await bob.want(403, "DELETE", member_path(board, carol))
    await bob.want(403, "POST", member_path(board, carol), {"role": "admin"})

    assert len((await anna.snapshot(board))["members"]) == 3


async def test_only_members_are_assigned(anna: Person, bob: Person) -> None:
    board = await anna.board()
    column = await anna.list(board)
    card = await anna.card(column)

    made = await anna.want(
        422, "POST", "/cards", {"list_id": column["id"], "title": "x", "assignee_ids": [bob.id]}
    )
    edited = await anna.want(422, "PATCH", f"/cards/{card['id']}", {"assignee_ids": [bob.id]})
    await anna.invite(board, bob, "viewer")
    assigned = await anna.want(200, "PATCH", f"/cards/{card['id']}", {"assignee_ids": [bob.id]})

    for refused in (made, edited):
        assert refused["errors"][0]["field"] == "assignee_ids"
        assert refused["errors"][0]["code"] == "not_a_member"
    assert assigned["assignee_ids"] == [bob.id]


async def test_card_moved_to_another_board_keeps_assignees_who_are_members_there(
    anna: Person, bob: Person
) -> None:
    home, away = await anna.board("Home"), await anna.board("Away")
    await anna.invite(home, bob)
    card = await anna.card(await anna.list(home), assignee_ids=[bob.id, anna.id])
    target = await anna.list(away)

    face = await anna.want(200, "POST", f"/cards/{card['id']}/move", {"list_id": target["id"]})

    assert face["assignee_ids"] == [anna.id]
