"""A card shows its newest job, live, and stays the fold of its board's patches."""

import asyncio
from typing import Any

from fastapi import FastAPI
from httpx import AsyncClient

from tests.application import sign_up
from tests.make.boards import Json, Person, as_folded, fold
from tests.make.jobs import ended, job, submit

PATIENCE_S = 20.0


async def face(person: Person, board: Json, card: Json) -> Json:
    cards = (await person.snapshot(board))["cards"]
    return next(one for one in cards if one["id"] == card["id"])


async def shows(person: Person, board: Json, card: Json, **wanted: Any) -> Json:
    """The card's face as soon as its job is like this."""
    async with asyncio.timeout(PATIENCE_S):
        while True:
            shown = await face(person, board, card)
            if shown["job"] and wanted.items() <= shown["job"].items():
                return shown
            await asyncio.sleep(0.02)


async def test_card_shows_how_its_job_ends(taskly_app: FastAPI, anna: Person) -> None:
    board = await anna.board()
    card = await anna.card(await anna.list(board))
    assert card["job"] is None

    made = await submit(anna, "hopeless", card_id=card["id"])
    shown = await shows(anna, board, card, id=made["id"], state="failed")

    assert shown["job"] == {"id": made["id"], "kind": "hopeless", "state": "failed"}
    assert shown["version"] > card["version"]
    whole = await anna.get(f"/cards/{card['id']}")
    assert whole["job"] == shown["job"]
    events = await anna.events(board)
    assert [e["changes"]["job"][1] for e in events if e["event"] == "card.job_changed"] == [
        "queued",
        "running",
        "failed",
    ]
    assert fold(events) == as_folded(await anna.snapshot(board))


async def test_newer_job_replaces_an_older_one_and_never_the_other_way_round(
    anna: Person,
) -> None:
    board = await anna.board()
    card = await anna.card(await anna.list(board))
    older = await submit(anna, "noop", card_id=card["id"], run_at="2999-01-01T00:00:00Z")
    newer = await submit(anna, "noop", card_id=card["id"])
    await ended(anna, newer["id"])
    await shows(anna, board, card, id=newer["id"], state="succeeded")

    await anna.want(200, "POST", f"/jobs/{older['id']}/cancel")
    last = await submit(anna, "noop", card_id=card["id"])
    shown = await shows(anna, board, card, id=last["id"], state="succeeded")

    assert shown["job"]["id"] == last["id"]
    changes = [e for e in await anna.events(board) if e["event"] == "card.job_changed"]
    assert "cancelled" not in [e["changes"]["job"][1] for e in changes]
    assert (await job(anna, older["id"]))["state"] == "cancelled"


async def test_edit_of_a_card_meets_no_conflict_for_its_job(anna: Person) -> None:
    board = await anna.board()
    card = await anna.card(await anna.list(board))
    made = await submit(anna, "noop", card_id=card["id"])
    await shows(anna, board, card, id=made["id"], state="succeeded")

    body = {"title": "Changed", "base_version": card["version"]}
    changed = await anna.want(200, "PATCH", f"/cards/{card['id']}", body)

    assert changed["title"] == "Changed"
    assert changed["job"]["state"] == "succeeded"


async def test_jobs_of_a_card_are_listed_for_whoever_sees_the_card(
    http: AsyncClient, anna: Person, bob: Person
) -> None:
    viewer = await sign_up(http, "viewer")
    board = await anna.board()
    await anna.invite(board, viewer, "viewer")
    column = await anna.list(board)
    card, other = await anna.card(column), await anna.card(column)
    made = [await submit(anna, "noop", card_id=card["id"]) for _ in range(3)]
    await submit(anna, "noop", card_id=other["id"])
    link = await anna.want(201, "POST", f"/boards/{board['id']}/share-links")
    path = f"/cards/{card['id']}/jobs"

    first = await viewer.get(f"{path}?limit=2")
    rest = await viewer.get(f"{path}?limit=2&cursor={first['next']}")

    ids = [one["id"] for one in first["items"] + rest["items"]]
    assert ids == [one["id"] for one in reversed(made)]
    assert rest["next"] is None
    await bob.want(404, "GET", path)
    await Person(http, link["token"], {"id": ""}).want(401, "GET", path)
    await anna.want(204, "DELETE", f"/cards/{card['id']}")
    await viewer.want(404, "GET", path)


async def attached(person: Person, card: Json, count: int) -> Json:
    """The card as soon as so many things hang on it."""
    async with asyncio.timeout(PATIENCE_S):
        while True:
            found: Json = await person.get(f"/cards/{card['id']}")
            if len(found["attachments"]) == count:
                return found
            await asyncio.sleep(0.02)


async def test_files_of_a_job_hang_on_its_card_for_as_long_as_the_job_is_there(
    anna: Person, bob: Person
) -> None:
    board = await anna.board()
    card = await anna.card(await anna.list(board))
    await anna.invite(board, bob, "viewer")
    made = await submit(anna, "say", {"file": "words"}, card_id=card["id"])
    assert (await ended(anna, made["id"]))["state"] == "succeeded"

    found = await attached(anna, card, 1)
    (hung,) = found["attachments"]
    file = await bob.call("GET", hung["url"].removeprefix("/api/v1"))
    await anna.want(204, "DELETE", f"/jobs/{made['id']}")
    after = await attached(anna, card, 0)

    assert (hung["name"], hung["job_id"]) == ("words.txt", made["id"])
    assert (file.status_code, file.text) == (200, "words")
    assert (found["attachment_count"], after["attachment_count"]) == (1, 0)
    assert fold(await anna.events(board)) == as_folded(await anna.snapshot(board))


async def test_file_of_a_job_is_taken_off_the_card_and_stays_with_the_job(anna: Person) -> None:
    card = await anna.card(await anna.list(await anna.board()))
    made = await submit(anna, "say", {"file": "words"}, card_id=card["id"])
    (hung,) = (await attached(anna, card, 1))["attachments"]

    await anna.want(204, "DELETE", f"/attachments/{hung['id']}")

    assert (await anna.get(f"/cards/{card['id']}"))["attachments"] == []
    assert len((await anna.get(f"/jobs/{made['id']}/files"))["items"]) == 1


async def test_job_that_fails_hangs_nothing_on_its_card(anna: Person) -> None:
    board = await anna.board()
    card = await anna.card(await anna.list(board))
    made = await submit(anna, "hopeless", card_id=card["id"])

    shown = await shows(anna, board, card, id=made["id"], state="failed")

    assert shown["attachment_count"] == 0
