"""People: found by everybody who is signed in, managed by superusers alone."""

import asyncio
from typing import Any
from uuid import UUID, uuid4

import orjson
import pytest
from fastapi import FastAPI
from httpx import AsyncClient

from taskly.accounts import queries
from taskly.kernel.events import latest_seqs, read_events
from tests.make import accounts as make

USERS = "/api/v1/users"


async def found(client: AsyncClient, login: make.Login, **params: Any) -> list[str]:
    answer = await client.get(USERS, headers=login.headers, params=params)
    assert answer.status_code == 200, answer.text
    return [person["username"] for person in answer.json()["items"]]


async def edit(client: AsyncClient, by: make.Login, who: str, **fields: Any) -> tuple[int, Any]:
    answer = await client.patch(f"{USERS}/{who}", headers=by.headers, json=fields)
    return answer.status_code, answer.json()


async def test_people_are_listed_by_name_without_their_addresses(client: AsyncClient) -> None:
    ada = await make.person(client, "ada", full_name="Ada Lovelace")
    await make.register(client, "Bob")

    items = (await client.get(USERS, headers=ada.headers)).json()["items"]

    assert [item["username"] for item in items] == ["ada", "Bob"]
    assert items[0] == {
        "id": ada.id,
        "username": "ada",
        "full_name": "Ada Lovelace",
        "avatar_url": None,
        "is_active": True,
    }


async def test_search_finds_parts_of_names_and_whole_addresses(client: AsyncClient) -> None:
    ada = await make.person(client, "ada", full_name="Ada Lovelace")
    await make.register(client, "wang", full_name="王小明")
    await make.register(client, "zoe_1", full_name="Zoë 100%")

    assert await found(client, ada, q="LOVE") == ["ada"]
    assert await found(client, ada, q="小明") == ["wang"]
    assert await found(client, ada, q="_") == ["zoe_1"]
    assert await found(client, ada, q="%") == ["zoe_1"]
    assert await found(client, ada, q="/") == []
    assert await found(client, ada, q="Wang@Example.com") == ["wang"]
    assert await found(client, ada, q="wang@") == []
    assert await found(client, ada, q="example.com") == []
    assert await found(client, ada, q=" ") == ["ada", "wang", "zoe_1"]


async def test_search_follows_a_change_of_name(client: AsyncClient) -> None:
    ada = await make.person(client, "ada")

    await client.patch(f"{make.AUTH}/me", headers=ada.headers, json={"full_name": "Countess"})
    assert await found(client, ada, q="countess") == ["ada"]
    await client.patch(f"{make.AUTH}/me", headers=ada.headers, json={"username": "lovelace"})
    assert await found(client, ada, q="countess") == ["lovelace"]
    assert await found(client, ada, q="ada") == []


async def test_people_come_in_pages_that_hold_each_once(client: AsyncClient) -> None:
    ada = await make.person(client, "ada")
    for i, name in enumerate(["zoe", "王小", "bob", "Éva"]):
        await make.register(client, name, email=f"{i}@example.com")

    seen: list[str] = []
    params: dict[str, Any] = {"limit": 2}
    for _ in range(3):
        page = (await client.get(USERS, headers=ada.headers, params=params)).json()
        seen += [item["username"] for item in page["items"]]
        params["cursor"] = page["next"]

    assert params["cursor"] is None
    assert seen == ["ada", "bob", "zoe", "Éva", "王小"]


@pytest.mark.parametrize(
    "params", [{"q": "x" * 101}, {"q": "a\x00"}, {"limit": 0}, {"limit": 201}, {"limit": "true"}]
)
async def test_search_that_cannot_be_is_refused(
    client: AsyncClient, params: dict[str, Any]
) -> None:
    ada = await make.person(client, "ada")

    answer = await client.get(USERS, headers=ada.headers, params=params)

    assert answer.status_code == 422


async def test_one_person_by_id(client: AsyncClient) -> None:
    ada = await make.person(client, "ada")

    answer = await client.get(f"{USERS}/{ada.id}", headers=ada.headers)

    assert answer.json()["username"] == "ada"
    assert (await client.get(f"{USERS}/{uuid4()}", headers=ada.headers)).status_code == 404
    assert (await client.get(f"{USERS}/x", headers=ada.headers)).status_code == 422


async def test_nobody_sees_people_without_signing_in(client: AsyncClient) -> None:
    ada = await make.person(client, "ada")

    for path in (USERS, f"{USERS}/{ada.id}"):
        assert (await client.get(path)).status_code == 401


async def test_only_superusers_manage_accounts(client: AsyncClient) -> None:
    await make.person(client, "ada")
    bob = await make.person(client, "bob")

    assert (await edit(client, bob, bob.id, is_superuser=True))[0] == 403
    deleted = await client.delete(f"{USERS}/{bob.id}", headers=bob.headers)
    assert (deleted.status_code, deleted.json()["code"]) == (403, "forbidden")


async def test_superuser_edits_an_account(client: AsyncClient) -> None:
    ada = await make.person(client, "ada")
    bob = await make.person(client, "bob")

    status, user = await edit(client, ada, bob.id, full_name="Robert", is_superuser=True)

    assert (status, user["full_name"], user["is_superuser"]) == (200, "Robert", True)
    assert (await edit(client, ada, str(uuid4()), full_name="x"))[0] == 404
    assert (await edit(client, ada, bob.id, is_active=1))[0] == 422
    assert (await edit(client, ada, bob.id, email="x@example.com"))[0] == 422


async def test_lost_superuser_right_is_lost_with_the_same_token(client: AsyncClient) -> None:
    ada = await make.person(client, "ada")
    bob = await make.person(client, "bob")
    await edit(client, ada, bob.id, is_superuser=True)

    await edit(client, bob, ada.id, is_superuser=False)

    assert (await edit(client, ada, bob.id, full_name="x"))[0] == 403


async def test_deactivated_person_is_signed_out_everywhere_and_stays_known(
    client: AsyncClient,
) -> None:
    ada = await make.person(client, "ada")
    bob = await make.person(client, "bob")

    answer = await client.delete(f"{USERS}/{bob.id}", headers=ada.headers)

    assert answer.status_code == 204
    assert (await client.get(f"{make.AUTH}/me", headers=bob.headers)).status_code == 401
    assert (await make.refresh(client, bob.cookie)).status_code == 401
    person = (await client.get(f"{USERS}/{bob.id}", headers=ada.headers)).json()
    assert (person["username"], person["is_active"]) == ("bob", False)
    await edit(client, ada, bob.id, is_active=True)
    assert (await make.log_in(client, "bob")).status_code == 200


async def test_last_superuser_stays(client: AsyncClient) -> None:
    ada = await make.person(client, "ada")
    await make.register(client, "bob")

    for answer in (
        await client.delete(f"{USERS}/{ada.id}", headers=ada.headers),
        await client.patch(f"{USERS}/{ada.id}", headers=ada.headers, json={"is_superuser": False}),
        await client.patch(f"{USERS}/{ada.id}", headers=ada.headers, json={"is_active": False}),
    ):
        assert (answer.status_code, answer.json()["code"]) == (409, "last_superuser")


async def test_two_superusers_who_demote_each_other_at_once_leave_one(
    client: AsyncClient,
) -> None:
    ada = await make.person(client, "ada")
    bob = await make.person(client, "bob")
    await edit(client, ada, bob.id, is_superuser=True)

    outcomes = await asyncio.gather(
        edit(client, ada, bob.id, is_superuser=False),
        edit(client, bob, ada.id, is_superuser=False),
    )

    lowest, highest = sorted(status for status, _ in outcomes)
    assert lowest == 200
    assert highest in {403, 409}


async def test_change_of_an_account_is_an_event_of_the_persons_stream(
    app: FastAPI, client: AsyncClient
) -> None:
    ada = await make.person(client, "ada")
    bob = await make.person(client, "bob")

    await edit(client, ada, bob.id, full_name="Robert")
    await edit(client, ada, bob.id, full_name="Robert")
    headers = {**bob.headers, "Taskly-Op": "mine"}
    await client.patch(
        f"{make.AUTH}/me", headers=headers, json={"username": "rob", "theme": "dark"}
    )

    async with app.state.database.read() as tx:
        events = [orjson.loads(e.payload) for e in await read_events(tx, UUID(bob.id), 0, 10)]
    assert [(e["seq"], e["event"], e["actor_id"], e["op"], e["changes"]) for e in events] == [
        (1, "user.updated", ada.id, None, {"full_name": ["", "Robert"]}),
        (
            2,
            "user.updated",
            bob.id,
            "mine",
            {"username": ["bob", "rob"], "theme": ["system", "dark"]},
        ),
    ]


async def test_every_person_has_a_stream(app: FastAPI, client: AsyncClient) -> None:
    ada = await make.person(client, "ada")

    async with app.state.database.read() as tx:
        assert await latest_seqs(tx, [UUID(ada.id)]) == {UUID(ada.id): 0}


async def test_people_are_found_by_id_for_other_domains(app: FastAPI, client: AsyncClient) -> None:
    ada = await make.person(client, "ada")

    async with app.state.database.read() as tx:
        rows = await queries.people(tx, [UUID(ada.id), uuid4()])
        assert await queries.people(tx, []) == []

    assert [row.username for row in rows] == ["ada"]
