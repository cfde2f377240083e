"""Comments: one's own words, everybody's count."""

from typing import Any

from tests.application import sign_up
from tests.make.boards import Json, Person, as_folded, fold


async def card_of(person: Person, *others: Person, role: str = "editor") -> tuple[Json, Json]:
    board = await person.board()
    for other in others:
        await person.invite(board, other, role)
    return board, await person.card(await person.list(board))


async def say(person: Person, card: Json, body: str) -> Any:
    return await person.want(201, "POST", f"/cards/{card['id']}/comments", {"body": body})


async def count(person: Person, board: Json) -> int:
    shown: int = (await person.snapshot(board))["cards"][0]["comment_count"]
    return shown


async def test_comment_tells_who_said_it(anna: Person) -> None:
    board, card = await card_of(anna)

    comment = await say(anna, card, "First **thought**\nsecond line")

    assert comment["body"] == "First **thought**\nsecond line"
    assert comment["author"]["user_id"] == anna.id
    assert comment["author"]["username"] == anna.user["username"]
    assert (comment["version"], comment["edited_at"]) == (1, None)
    assert await count(anna, board) == 1


async def test_comments_are_edited_by_their_author_alone(anna: Person, bob: Person) -> None:
    board, card = await card_of(anna, bob, role="admin")
    comment = await say(bob, card, "Mine")
    path = f"/comments/{comment['id']}"

    await anna.want(403, "PATCH", path, {"body": "Yours"})
    edited = await bob.want(200, "PATCH", path, {"body": "Still mine"})
    same = await bob.want(200, "PATCH", path, {"body": "Still mine"})

    assert (edited["body"], edited["version"]) == ("Still mine", 2)
    assert edited["edited_at"] is not None
    assert same == edited
    assert await count(anna, board) == 1


async def test_comments_are_deleted_by_their_author_and_by_admins(
    anna: Person, bob: Person
) -> None:
    carol = await sign_up(anna.client, "carol")
    board, card = await card_of(anna, bob, carol)
    first, second = await say(bob, card, "One"), await say(bob, card, "Two")

    await carol.want(403, "DELETE", f"/comments/{first['id']}")
    await anna.want(204, "DELETE", f"/comments/{first['id']}")
    await bob.want(204, "DELETE", f"/comments/{second['id']}")
    await bob.want(404, "DELETE", f"/comments/{second['id']}")
    await bob.want(404, "PATCH", f"/comments/{second['id']}", {"body": "Ghost"})

    assert await count(anna, board) == 0
    assert (await anna.get(f"/cards/{card['id']}/comments"))["items"] == []
    await carol.want(403, "POST", f"/comments/{second['id']}/restore")
    back = await bob.want(200, "POST", f"/comments/{second['id']}/restore")
    assert back["body"] == "Two"
    assert await count(anna, board) == 1
    refused = await bob.want(409, "POST", f"/comments/{second['id']}/restore")
    assert refused["code"] == "not_deleted"
    assert fold(await anna.events(board)) == as_folded(await anna.snapshot(board))


async def test_viewers_read_and_do_not_write(anna: Person, bob: Person) -> None:
    _, card = await card_of(anna, bob, role="viewer")
    await say(anna, card, "Read me")

    await bob.want(403, "POST", f"/cards/{card['id']}/comments", {"body": "No"})

    page = await bob.get(f"/cards/{card['id']}/comments")
    assert [comment["body"] for comment in page["items"]] == ["Read me"]


async def test_every_comment_is_on_exactly_one_page_oldest_first(anna: Person) -> None:
    _, card = await card_of(anna)
    said = [(await say(anna, card, f"Comment {number}"))["id"] for number in range(5)]

    seen: list[str] = []
    query = "limit=2"
    while True:
        page = await anna.get(f"/cards/{card['id']}/comments?{query}")
        seen += [comment["id"] for comment in page["items"]]
        if page["next"] is None:
            break
        query = f"limit=2&cursor={page['next']}"

    assert seen == said


async def test_comments_of_a_deleted_card_are_gone_until_it_is_back(anna: Person) -> None:
    board, card = await card_of(anna)
    comment = await say(anna, card, "Still here")
    await anna.want(204, "DELETE", f"/cards/{card['id']}")

    await anna.want(404, "GET", f"/cards/{card['id']}/comments")
    await anna.want(404, "PATCH", f"/comments/{comment['id']}", {"body": "Ghost"})
    await anna.want(404, "DELETE", f"/comments/{comment['id']}")
    await anna.want(200, "POST", f"/cards/{card['id']}/restore")

    assert len((await anna.get(f"/cards/{card['id']}/comments"))["items"]) == 1
    assert await count(anna, board) == 1
