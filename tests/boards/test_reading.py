"""Reading boards: one state at a seq, ETags, least seqs, operation ids, pages, events."""

from uuid import UUID

import orjson
from fastapi import FastAPI

from taskly.kernel.events import trim_events
from tests.make.boards import Person

GZIP = {"Accept-Encoding": "gzip"}


async def test_unchanged_board_answers_304_until_it_changes(anna: Person) -> None:
    board = await anna.board()
    path = f"/boards/{board['id']}"
    first = await anna.call("GET", path)
    etag = first.headers["etag"]

    for sent in (etag, f"W/{etag}", f'"0", {etag}'):
        unchanged = await anna.call("GET", path, headers={"If-None-Match": sent})
        assert (unchanged.status_code, unchanged.content) == (304, b"")
        assert unchanged.headers["etag"] == etag
    await anna.list(board)
    changed = await anna.call("GET", path, headers={"If-None-Match": etag})

    assert etag == f'"{first.json()["seq"]}"'
    assert changed.status_code == 200
    assert first.headers["cache-control"] == "private, no-cache"


async def test_unchanged_card_answers_304(anna: Person) -> None:
    card = await anna.card(await anna.list(await anna.board()))
    first = await anna.call("GET", f"/cards/{card['id']}")

    header = {"If-None-Match": first.headers["etag"]}
    unchanged = await anna.call("GET", f"/cards/{card['id']}", headers=header)

    assert unchanged.status_code == 304


async def test_board_comes_packed_where_that_is_accepted(anna: Person) -> None:
    board = await anna.board()
    plain = await anna.call(
        "GET", f"/boards/{board['id']}", headers={"Accept-Encoding": "identity"}
    )
    packed = await anna.call("GET", f"/boards/{board['id']}", headers=GZIP)

    assert "content-encoding" not in plain.headers
    assert packed.headers["content-encoding"] == "gzip"
    assert packed.content == plain.content


async def test_each_write_says_the_seq_that_includes_it(anna: Person) -> None:
    board = await anna.board()
    column = await anna.list(board)
    card = await anna.card(column)
    for method, path, body in (
        ("POST", "/cards", {"list_id": column["id"], "title": "b"}),
        ("PATCH", f"/cards/{card['id']}", {"title": "c"}),
        ("POST", f"/cards/{card['id']}/move", {"list_id": column["id"]}),
        ("DELETE", f"/cards/{card['id']}", None),
        ("PATCH", f"/boards/{board['id']}", {"name": "d"}),
    ):
        answer = await anna.call(method, path, json=body)
        least = {"Taskly-Min-Seq": answer.headers["taskly-seq"]}
        read = await anna.call("GET", f"/boards/{board['id']}", headers=least)

        assert read.json()["seq"] == int(answer.headers["taskly-seq"])


async def test_operation_id_comes_back_in_the_event(anna: Person) -> None:
    board = await anna.board()
    column = await anna.list(board)
    answer = await anna.call(
        "POST",
        "/cards",
        json={"list_id": column["id"], "title": "Mine"},
        headers={"Taskly-Op": "tab-1:42"},
    )

    event = (await anna.events(board))[-1]
    assert event["op"] == "tab-1:42"
    assert event["seq"] == int(answer.headers["taskly-seq"])
    assert event["actor_id"] == anna.id
    assert event["event"] == "card.created"
    assert event["patch"] == {"upsert": {"cards": [face(answer.json())]}}


def face(card: dict[str, object]) -> dict[str, object]:
    """A card's face, out of the whole card."""
    more = {
        "description", "created_by", "created_at", "updated_at", "deleted_at", "board_key",
        "checklists", "attachments",
    }  # fmt: skip
    return {name: value for name, value in card.items() if name not in more}


async def test_answer_of_a_move_is_the_face_that_the_event_carries(anna: Person) -> None:
    board = await anna.board()
    column = await anna.list(board)
    card = await anna.card(column)

    moved = await anna.want(200, "POST", f"/cards/{card['id']}/move", {"list_id": column["id"]})

    event = (await anna.events(board))[-1]
    assert event["patch"]["upsert"]["cards"] == [moved]


async def test_events_come_in_pages_after_a_seq(anna: Person) -> None:
    board = await anna.board()
    for number in range(4):
        await anna.list(board, f"List {number}")

    page = await anna.get(f"/boards/{board['id']}/events?after=1&limit=2")
    end = await anna.get(f"/boards/{board['id']}/events?after=5")

    assert [event["seq"] for event in page["items"]] == [2, 3]
    assert page["seq"] == 5
    assert end == {"items": [], "seq": 5}


async def test_events_that_are_no_longer_kept_answer_410(taskly_app: FastAPI, anna: Person) -> None:
    board = await anna.board()
    for number in range(3):
        await anna.list(board, f"List {number}")
    async with taskly_app.state.database.write() as tx:
        gone = await trim_events(tx, UUID(board["id"]), 2)

    refused = await anna.want(410, "GET", f"/boards/{board['id']}/events?after=1")
    kept = await anna.get(f"/boards/{board['id']}/events?after=2")
    assert gone == 2
    assert refused["code"] == "events_expired"
    assert [event["seq"] for event in kept["items"]] == [3, 4]


async def test_every_card_of_a_list_is_on_exactly_one_page_in_order(anna: Person) -> None:
    board = await anna.board()
    column = await anna.list(board)
    made = [(await anna.card(column, f"Card {n}", place={"at": "top"}))["id"] for n in range(7)]

    seen: list[str] = []
    query = f"list_id={column['id']}&limit=3"
    while True:
        page = await anna.get(f"/cards?{query}")
        seen += [card["id"] for card in page["items"]]
        if page["next"] is None:
            break
        query = f"list_id={column['id']}&limit=3&cursor={page['next']}"

    assert seen == made[::-1]


async def test_snapshot_bytes_are_those_of_a_fresh_read(taskly_app: FastAPI, anna: Person) -> None:
    board = await anna.board("Bytes 字节")
    await anna.card(await anna.list(board), "Emoji 😀")
    path = f"/boards/{board['id']}"

    cached = (await anna.call("GET", path)).content
    taskly_app.state.snapshots._entries.clear()
    fresh = (await anna.call("GET", path)).content

    assert cached == fresh
    assert list(orjson.loads(cached)) == ["seq", "board", "lists", "cards", "labels", "members"]
