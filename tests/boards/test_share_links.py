"""Share links: a door for reading one board, which closes at once."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from httpx import AsyncClient

from tests.make.boards import Json, Person


def holder(http: AsyncClient, link: Json) -> Person:
    """Somebody who has nothing but the link."""
    return Person(http, link["token"], {"id": ""})


async def link_of(person: Person, board: Json, **fields: str) -> Json:
    made: Json = await person.want(201, "POST", f"/boards/{board['id']}/share-links", fields)
    return made


async def test_link_opens_its_board_for_reading(http: AsyncClient, anna: Person) -> None:
    board = await anna.board("Shared")
    card = await anna.card(await anna.list(board), "Shown")
    await anna.want(201, "POST", f"/cards/{card['id']}/comments", {"body": "Said"})
    visitor = holder(http, await link_of(anna, board))

    snapshot = await visitor.snapshot(board)

    assert (snapshot["board"]["role"], snapshot["board"]["starred"]) == ("link", False)
    assert [shown["title"] for shown in snapshot["cards"]] == ["Shown"]
    assert len(await visitor.events(board)) == snapshot["seq"]
    for path in ("activity", "trash"):
        await visitor.get(f"/boards/{board['id']}/{path}")
    assert len((await visitor.get(f"/cards/{card['id']}/comments"))["items"]) == 1
    assert [one["id"] for one in (await visitor.get("/boards"))["items"]] == [board["id"]]


async def test_link_does_not_write_and_sees_no_other_board(http: AsyncClient, anna: Person) -> None:
    board, other = await anna.board(), await anna.board("Other")
    column = await anna.list(board)
    visitor = holder(http, await link_of(anna, board))

    await visitor.want(401, "POST", "/cards", {"list_id": column["id"], "title": "Mine"})
    await visitor.want(401, "PATCH", f"/boards/{board['id']}", {"name": "Mine"})
    await visitor.want(401, "PUT", f"/boards/{board['id']}/star")
    await visitor.want(401, "GET", f"/boards/{board['id']}/share-links")
    await visitor.want(401, "GET", "/users")
    await visitor.want(401, "GET", "/auth/me")
    await visitor.want(404, "GET", f"/boards/{other['id']}")


async def test_revoked_link_is_refused_at_once(http: AsyncClient, anna: Person) -> None:
    board = await anna.board()
    link = await link_of(anna, board)
    visitor = holder(http, link)
    await visitor.snapshot(board)
    path = f"/boards/{board['id']}/share-links/{link['id']}"

    await anna.want(204, "DELETE", path)

    await visitor.want(401, "GET", f"/boards/{board['id']}")
    await visitor.want(401, "GET", f"/boards/{board['id']}/events")
    await anna.want(404, "DELETE", path)
    assert (await anna.get(f"/boards/{board['id']}/share-links"))["items"] == []


async def test_link_ends_at_its_time(http: AsyncClient, anna: Person) -> None:
    board = await anna.board()
    soon = datetime.now(UTC) + timedelta(seconds=1.5)
    link = await link_of(anna, board, expires_at=soon.isoformat())
    visitor = holder(http, link)
    assert (await visitor.call("GET", f"/boards/{board['id']}")).status_code == 200

    statuses = []
    for _ in range(100):
        statuses.append((await visitor.call("GET", f"/boards/{board['id']}")).status_code)
        if statuses[-1] == 401:
            break
        await asyncio.sleep(0.1)

    assert set(statuses) <= {200, 401}
    assert statuses[-1] == 401
    assert datetime.now(UTC) >= soon


async def test_token_is_shown_once(anna: Person) -> None:
    board = await anna.board()
    link = await link_of(anna, board)

    listed = (await anna.get(f"/boards/{board['id']}/share-links"))["items"]

    assert listed == [{name: value for name, value in link.items() if name != "token"}]
    assert link["created_by"] == anna.id


async def test_link_of_a_deleted_board_is_dead(http: AsyncClient, anna: Person) -> None:
    board = await anna.board()
    visitor = holder(http, await link_of(anna, board))
    await anna.want(204, "DELETE", f"/boards/{board['id']}")

    await visitor.want(401, "GET", f"/boards/{board['id']}")


@pytest.mark.parametrize("role", ["editor", "viewer"])
async def test_only_owners_and_admins_share(anna: Person, bob: Person, role: str) -> None:
    board = await anna.board()
    await anna.invite(board, bob, role)

    await bob.want(403, "POST", f"/boards/{board['id']}/share-links")
    await bob.want(403, "GET", f"/boards/{board['id']}/share-links")


async def test_token_never_reaches_the_log_of_the_board(anna: Person) -> None:
    board = await anna.board()
    link = await link_of(anna, board)

    answer = await anna.call("GET", f"/boards/{board['id']}/events")

    assert link["token"] not in answer.text
    assert "link.created" in answer.text


async def test_fifty_links_are_enough(anna: Person) -> None:
    board = await anna.board()
    for _ in range(50):
        await link_of(anna, board)

    refused = await anna.want(409, "POST", f"/boards/{board['id']}/share-links")

    assert refused["code"] == "too_many_links"
