"""Search: parts of words in any script, in what changed a moment ago, and never what is not one's own."""

import random
from typing import Any
from urllib.parse import quote

import pytest
from fastapi import FastAPI

from taskly.boards.search.snippets import marked, snippet
from tests.application import sign_up
from tests.contracts.test_statements import cost
from tests.make.boards import Json, ManyJson, Person


@pytest.fixture
def settle(taskly_app: FastAPI) -> Any:
    """Lets the readers of the log handle everything that was committed."""
    return taskly_app.state.readers.sweep


async def search(person: Person, q: str, **more: str) -> ManyJson:
    asked = "".join(f"&{name}={value}" for name, value in more.items())
    page = await person.get(f"/search?q={quote(q)}{asked}")
    found: ManyJson = page["items"]
    return found


def ids(found: ManyJson) -> set[str]:
    return {one["id"] for one in found}


def plain(parts: ManyJson) -> str:
    return "".join(part["text"] for part in parts)


def matches(parts: ManyJson) -> list[str]:
    return [part["text"] for part in parts if part["match"]]


@pytest.mark.parametrize(
    ("title", "query"),
    [
        ("提高海报的对比度", "对比"),
        ("提高海报的对比度", "报的对比度"),
        ("提高海报的对比度", "度"),
        ("Dark theme contrast pass", "contr"),
        ("Dark theme contrast pass", "ntras"),
        ("Dark theme contrast pass", "st"),
        ("Dark theme contrast pass", "PASS dark"),
        ("Straße im Café", "strasse café"),
        ("\uff26\uff35\uff2c\uff2c width", "full"),
        ("naïve 👩‍🚀 plan", "👩‍🚀 naïve"),
        ("100% of a_b", "100% of"),
    ],
)
async def test_part_of_a_word_finds_the_card(
    anna: Person, settle: Any, title: str, query: str
) -> None:
    column = await anna.list(await anna.board())
    card = await anna.card(column, title)
    await anna.card(column, "Something else")
    await settle()

    (found,) = await search(anna, query, type="card")

    assert found["id"] == card["id"]
    assert plain(found["title"]) == title
    assert matches(found["title"])


async def test_pieces_that_do_not_stand_together_are_no_match(anna: Person, settle: Any) -> None:
    column = await anna.list(await anna.board())
    await anna.card(column, "abcd bcde")
    await settle()

    assert await search(anna, "abcde") == []


async def test_cards_comments_boards_and_jobs_are_found(anna: Person, settle: Any) -> None:
    board = await anna.board("Quokka house")
    column = await anna.list(board)
    described = await anna.card(column, "Feed them", description="The **quokka** eats\n\nleaves")
    titled = await anna.card(column, "A quokka")
    path = f"/cards/{described['id']}/comments"
    comment = await anna.want(201, "POST", path, {"body": "Quokkas sleep <b>now</b>"})
    body = {"kind": "noop", "params": {}, "title": "Count quokkas"}
    job = await anna.want(201, "POST", "/jobs", body)
    await settle()

    found = await search(anna, "quokka")

    assert ids(found) == {board["id"], described["id"], titled["id"], comment["id"], job["id"]}
    assert [one["type"] for one in found][-2:] == ["comment", "card"], "titles come first"
    by_id = {one["id"]: one for one in found}
    assert matches(by_id[described["id"]]["snippet"]) == ["quokka"]
    assert by_id[comment["id"]]["author"] == anna.user["username"]
    assert plain(by_id[comment["id"]]["snippet"]) == "Quokkas sleep <b>now</b>"
    assert by_id[comment["id"]]["card_id"] == described["id"]
    assert by_id[titled["id"]]["board"]["name"] == "Quokka house"
    assert ids(await search(anna, "quokka", type="job")) == {job["id"]}
    assert job["id"] in ids(await search(anna, f"J-{job['number']}", type="job"))
    elsewhere = await anna.board()
    assert await search(anna, "quokka", board_id=elsewhere["id"]) == []
    assert job["id"] not in ids(await search(anna, "quokka", board_id=board["id"]))
    assert len(await search(anna, "quokka", board_id=board["id"])) == 4


async def test_card_is_found_by_its_key_also_on_another_board(anna: Person, settle: Any) -> None:
    board, other = await anna.board("Alpha"), await anna.board("Omega")
    card = await anna.card(await anna.list(board))
    column = await anna.list(other)
    await settle()
    assert ids(await search(anna, f"{board['key']}-{card['number']}", type="card")) == {card["id"]}

    moved = await anna.want(200, "POST", f"/cards/{card['id']}/move", {"list_id": column["id"]})
    await settle()

    assert ids(await search(anna, f"{other['key']}-{moved['number']}", type="card")) == {card["id"]}


async def test_edits_are_followed(anna: Person, settle: Any) -> None:
    column = await anna.list(await anna.board())
    card = await anna.card(column, "Before", description="wombats")
    comment = await anna.want(201, "POST", f"/cards/{card['id']}/comments", {"body": "earlier"})
    await settle()

    edit = {"title": "Afterwards", "description": "numbats", "completed": True}
    await anna.want(200, "PATCH", f"/cards/{card['id']}", edit)
    await anna.want(200, "PATCH", f"/comments/{comment['id']}", {"body": "later on"})
    await settle()

    assert ids(await search(anna, "afterw")) == {card["id"]}
    assert ids(await search(anna, "numbat")) == {card["id"]}
    assert ids(await search(anna, "later on")) == {comment["id"]}
    for gone in ("before", "wombat", "earlier"):
        assert await search(anna, gone) == []


async def test_deleted_things_are_not_found_until_they_are_restored(
    anna: Person, settle: Any
) -> None:
    board = await anna.board("Capybara")
    column = await anna.list(board, "Capybara list")
    card = await anna.card(column, "Capybara card")
    comment = await anna.want(201, "POST", f"/cards/{card['id']}/comments", {"body": "Capybara!"})
    await settle()
    everything = {board["id"], card["id"], comment["id"]}
    steps: list[tuple[str, set[str]]] = [
        (f"/comments/{comment['id']}", {board["id"], card["id"]}),
        (f"/cards/{card['id']}", {board["id"]}),
        (f"/lists/{column['id']}", {board["id"]}),
        (f"/boards/{board['id']}", set()),
    ]

    for path, left in steps:
        await anna.want(204, "DELETE", path)
        assert ids(await search(anna, "capybara")) == left
        await anna.want(200, "POST", f"{path}/restore")
        assert ids(await search(anna, "capybara")) == everything

    await anna.want(200, "PATCH", f"/cards/{card['id']}", {"archived": True})
    assert {one["state"] for one in await search(anna, "capybara", type="card")} == {"archived"}


async def test_pages_hold_everything_once(anna: Person, settle: Any) -> None:
    column = await anna.list(await anna.board())
    made = [await anna.card(column, f"Page turner {number}") for number in range(7)]
    in_text = await anna.card(column, "Other", description="page turner")
    await settle()

    found: ManyJson = []
    path = "/search?q=page%20turner&type=card&limit=3"
    cursor = ""
    for _ in range(3):
        page = await anna.get(path + cursor)
        found += page["items"]
        cursor = f"&cursor={page['next']}"

    assert cursor == "&cursor=None"
    assert [one["id"] for one in found] == [c["id"] for c in [*reversed(made), in_text]]


async def test_nobody_finds_what_they_may_not_see(
    taskly_app: FastAPI, anna: Person, settle: Any
) -> None:
    random_one = random.Random(7)  # noqa: S311
    people = [anna, *[await sign_up(anna.client, f"reader{n}") for n in range(3)]]
    boards: list[tuple[Json, set[str], set[str]]] = []
    for number in range(6):
        owner = random_one.choice(people)
        board = await owner.board(f"Axolotl board {number}")
        column = await owner.list(board)
        card = await owner.card(column, f"Axolotl {number}", description="axolotl " * 5)
        path = f"/cards/{card['id']}/comments"
        comment = await owner.want(201, "POST", path, {"body": f"the axolotl {number}"})
        submit = {"kind": "noop", "params": {}, "title": "axolotl", "card_id": card["id"]}
        job = await owner.want(201, "POST", "/jobs", submit)
        members = {owner.id}
        for other in random_one.sample(people, 2):
            if other.id != owner.id:
                await owner.invite(board, other, random_one.choice(["viewer", "editor", "admin"]))
                members.add(other.id)
        boards.append((board, members, {board["id"], card["id"], comment["id"], job["id"]}))
    await settle()

    for reader in people:
        own = {one for _, members, things in boards if reader.id in members for one in things}
        assert ids(await search(reader, "axolotl", limit="50")) == own
        for board, members, things in boards:
            on_board = await search(reader, "axolotl", board_id=board["id"])
            assert ids(on_board) == (things if reader.id in members else set())

    board, members, things = next(one for one in boards if len(one[1]) > 1)
    owner = next(one for one in people if one.id == board["owner_id"])
    leaver = next(one for one in people if one.id in members - {owner.id})
    await owner.want(204, "DELETE", f"/boards/{board['id']}/members/{leaver.id}")
    assert not things & ids(await search(leaver, "axolotl", limit="50"))


async def test_share_link_does_not_search(anna: Person) -> None:
    board = await anna.board()
    link = await anna.want(201, "POST", f"/boards/{board['id']}/share-links")
    await Person(anna.client, link["token"], {"id": ""}).want(401, "GET", "/search?q=any")


@pytest.mark.parametrize(
    "query",
    ['"', "*", 'NEAR("a" "b")', "a AND", "-x", "col:x", "' OR 1=1 --", "a & | ! <-> b", "+-@~<>()",
     "%", "_", "\\", "   ", "!!!", "''", "a*", "x" * 200, "的" * 200],
)  # fmt: skip
async def test_signs_of_query_languages_are_only_signs(anna: Person, query: str) -> None:
    assert isinstance(await search(anna, query), list)


@pytest.mark.parametrize(
    "query",
    ["", "?q=" + "x" * 201, "?q=" + "x" * 60_000, "?q=a%00b", "?q=a%0Ab", "?q=a&type=file",
     "?q=a&board_id=1", "?q=a&limit=0", "?q=a&cursor=W10", "?q=a&cursor=WyJhIiwxXQ", "?q=a&cursor=x"],
)  # fmt: skip
async def test_bad_searches_are_refused(anna: Person, query: str) -> None:
    answer = await anna.call("GET", f"/search{query}")

    assert answer.status_code in {400, 414, 422}, answer.text


async def test_search_costs_the_same_for_one_and_for_many(
    taskly_app: FastAPI, anna: Person, settle: Any
) -> None:
    column = await anna.list(await anna.board("Ocelot"))
    first = await anna.card(column, "Ocelot")
    await anna.want(201, "POST", f"/cards/{first['id']}/comments", {"body": "ocelot"})
    await settle()
    one = await cost(taskly_app, anna, "GET", "/search?q=ocelot")
    for number in range(30):
        await anna.card(column, f"Ocelot {number}")
    await settle()

    many = await cost(taskly_app, anna, "GET", "/search?q=ocelot&limit=50")

    assert one == many <= 7


def test_snippet_shows_the_surroundings_of_a_match() -> None:
    text = "word " * 100 + "needle " + "word " * 100

    shown = snippet(text, ["needle"])

    assert matches(shown) == ["needle"]
    assert plain(shown).startswith("…word")
    assert plain(shown).endswith("…")
    assert len(plain(shown)) < 220


def test_marks_stand_right_where_folding_changes_lengths() -> None:
    assert matches(marked("Die Straße hier", ["hier"])) == ["hier"]
    assert matches(marked("Die Straße hier", ["strasse"])) == ["Straße"]
    assert plain(marked("ﬁne ﬁsh", ["fish"])) == "ﬁne ﬁsh"
