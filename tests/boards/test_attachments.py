"""Links on cards."""

import pytest
from fastapi import FastAPI

from tests.accounts.statements import counted
from tests.make.boards import Json, Person, as_folded, fold


async def on_new_board(who: Person) -> tuple[Json, Json]:
    """A board and a card on it."""
    board = await who.board()
    return board, await who.card(await who.list(board))


async def attach(who: Person, card: Json, **fields: str) -> Json:
    """A new link."""
    body = {"url": "https://example.com/a?b=c#d"} | fields
    made: Json = await who.want(201, "POST", f"/cards/{card['id']}/attachments", body)
    return made


async def test_card_shows_its_links_oldest_first(anna: Person) -> None:
    _, card = await on_new_board(anna)

    first = await attach(anna, card, name="First")
    second = await attach(anna, card)

    found = await anna.get(f"/cards/{card['id']}")
    assert found["attachments"] == [first, second]
    assert found["attachment_count"] == 2
    assert second["name"] == second["url"]


async def test_link_that_is_taken_off_is_gone_from_card_and_count(anna: Person) -> None:
    board, card = await on_new_board(anna)
    link = await attach(anna, card)

    await anna.want(204, "DELETE", f"/attachments/{link['id']}")

    found = await anna.get(f"/cards/{card['id']}")
    assert (found["attachments"], found["attachment_count"]) == ([], 0)
    events = await anna.events(board)
    assert [event["event"] for event in events[-2:]] == ["attachment.added", "attachment.removed"]
    assert fold(events) == as_folded(await anna.snapshot(board))
    await anna.want(404, "DELETE", f"/attachments/{link['id']}")


@pytest.mark.parametrize(
    "url",
    [
        "",
        "example.com",
        "//example.com",
        "javascript:alert(1)",
        "JAVASCRIPT:alert(1)",
        "java\tscript:alert(1)",
        "data:text/html,<script>",
        "file:///etc/passwd",
        "ftp://example.com",
        "https://",
        "https:///path",
        "https://exa mple.com",
        "https://example.com\\@evil.example",
        "https://[::1",
        "https://example.com:port/",
        "https://example.com/\u0000",
        "https://example.com/" + "x" * 2000,
        None,
        True,
        ["https://example.com"],
    ],
)
async def test_only_web_addresses_can_be_attached(anna: Person, url: object) -> None:
    _, card = await on_new_board(anna)

    problem = await anna.want(422, "POST", f"/cards/{card['id']}/attachments", {"url": url})

    assert [error["field"] for error in problem["errors"]] == ["url"]
    assert (await anna.get(f"/cards/{card['id']}"))["attachments"] == []


async def test_strangers_see_no_links_and_viewers_change_none(anna: Person, bob: Person) -> None:
    board, card = await on_new_board(anna)
    link = await attach(anna, card)
    body = {"url": "https://example.com"}

    await bob.want(404, "POST", f"/cards/{card['id']}/attachments", body)
    await bob.want(404, "DELETE", f"/attachments/{link['id']}")
    await anna.invite(board, bob, role="viewer")
    await bob.want(403, "POST", f"/cards/{card['id']}/attachments", body)
    await bob.want(403, "DELETE", f"/attachments/{link['id']}")

    assert (await bob.get(f"/cards/{card['id']}"))["attachments"] == [link]


async def test_attaching_costs_at_most_six_statements(anna: Person, taskly_app: FastAPI) -> None:
    _, card = await on_new_board(anna)

    with counted(taskly_app.state.database) as attaching:
        link = await attach(anna, card)
    with counted(taskly_app.state.database) as detaching:
        await anna.want(204, "DELETE", f"/attachments/{link['id']}")

    assert [len(attaching), len(detaching)] == [6, 6]
