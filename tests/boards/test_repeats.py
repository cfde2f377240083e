"""A POST that is repeated under one Idempotency-Key acts once."""

import asyncio
from typing import Any

from httpx import Response

from tests.make.boards import Json, Person


async def post(person: Person, key: str, path: str, body: Any) -> Response:
    return await person.call("POST", path, json=body, headers={"Idempotency-Key": key})


async def cards(person: Person, column: Json) -> list[str]:
    page = await person.get(f"/cards?list_id={column['id']}")
    return [card["title"] for card in page["items"]]


async def test_repeated_post_gets_the_same_answer_and_acts_once(anna: Person) -> None:
    column = await anna.list(await anna.board())
    body = {"list_id": column["id"], "title": "Once"}

    first = await post(anna, "key-1", "/cards", body)
    second = await post(anna, "key-1", "/cards", body)

    assert (first.status_code, second.status_code) == (201, 201)
    assert second.content == first.content
    assert second.headers["taskly-seq"] == first.headers["taskly-seq"]
    assert "idempotent-replayed" not in first.headers
    assert second.headers["idempotent-replayed"] == "true"
    assert await cards(anna, column) == ["Once"]


async def test_same_key_for_another_request_is_refused(anna: Person) -> None:
    column = await anna.list(await anna.board())
    body = {"list_id": column["id"], "title": "Once"}
    made = await post(anna, "key-2", "/cards", body)

    other_body = await post(anna, "key-2", "/cards", {**body, "title": "Twice"})
    other_path = await post(anna, "key-2", f"/cards/{made.json()['id']}/copy", body)

    for refused in (other_body, other_path):
        assert refused.status_code == 422
        assert refused.json()["errors"][0]["field"] == "Idempotency-Key"
        assert refused.json()["errors"][0]["code"] == "idempotency_key_reused"
    assert await cards(anna, column) == ["Once"]


async def test_keys_belong_to_their_user(anna: Person, bob: Person) -> None:
    first = await post(anna, "shared-key", "/boards", {"name": "Anna's"})
    second = await post(bob, "shared-key", "/boards", {"name": "Anna's"})

    assert first.json()["id"] != second.json()["id"]


async def test_refused_post_may_be_repeated_with_its_key(anna: Person) -> None:
    column = await anna.list(await anna.board())
    bad = await post(anna, "key-3", "/cards", {"list_id": column["id"], "title": ""})

    good = await post(anna, "key-3", "/cards", {"list_id": column["id"], "title": "Now"})

    assert (bad.status_code, good.status_code) == (422, 201)


async def test_move_is_replayed_without_moving_back(anna: Person) -> None:
    board = await anna.board()
    here, there = await anna.list(board, "Here"), await anna.list(board, "There")
    card = await anna.card(here)
    path = f"/cards/{card['id']}/move"
    await post(anna, "key-4", path, {"list_id": there["id"]})
    await anna.want(200, "POST", path, {"list_id": here["id"]})

    again = await post(anna, "key-4", path, {"list_id": there["id"]})

    assert again.json()["list_id"] == there["id"]
    assert (await anna.get(f"/cards/{card['id']}"))["list_id"] == here["id"]


async def test_key_used_many_times_at_once_acts_once(anna: Person) -> None:
    column = await anna.list(await anna.board())
    body = {"list_id": column["id"], "title": "Once"}

    answers = await asyncio.gather(*(post(anna, "key-5", "/cards", body) for _ in range(8)))

    made = {answer.json()["id"] for answer in answers if answer.status_code == 201}
    assert len(made) == 1
    assert {answer.status_code for answer in answers} <= {201, 409}
    refused = [answer for answer in answers if answer.status_code == 409]
    assert {answer.json()["code"] for answer in refused} <= {"idempotency_key_in_use"}
    assert all(answer.headers["retry-after"] for answer in refused)
    assert await cards(anna, column) == ["Once"]


async def test_key_that_cannot_be_kept_is_refused(anna: Person) -> None:
    for key in ("", "x" * 101, "tab\tbed"):
        refused = await post(anna, key, "/boards", {"name": "Plans"})

        assert refused.status_code == 422
        assert refused.json()["errors"][0]["code"] == "bad_idempotency_key"
