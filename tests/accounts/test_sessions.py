"""Sessions: listed, ended, and refused at once in every process."""

import asyncio
from typing import Any
from uuid import UUID, uuid4

import pytest
from fastapi import FastAPI
from httpx import AsyncClient

from taskly.accounts.ended import SESSIONS, EndedSessions
from taskly.kernel.settings import Settings
from tests.application import client_of, running
from tests.make import accounts as make


async def sessions(client: AsyncClient, login: make.Login, **params: Any) -> dict[str, Any]:
    answer = await client.get(f"{make.AUTH}/sessions", headers=login.headers, params=params)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def status(client: AsyncClient, login: make.Login) -> int:
    return (await client.get(f"{make.AUTH}/me", headers=login.headers)).status_code


async def test_sessions_are_listed_newest_first_with_the_current_one_marked(
    client: AsyncClient,
) -> None:
    first = await make.person(client, "ada")
    client.headers["User-Agent"] = "Fire\tfox " + "x" * 300
    second = await make.login(client, "ada")

    items = (await sessions(client, first))["items"]

    assert [item["current"] for item in items] == [False, True]
    assert items[0]["user_agent"].startswith("Firefox xxx")
    assert len(items[0]["user_agent"]) == 200
    assert items[0]["ip"] == "127.0.0.1"
    assert [i["current"] for i in (await sessions(client, second))["items"]] == [True, False]


async def test_sessions_come_in_pages(client: AsyncClient) -> None:
    ada = await make.person(client, "ada")
    for _ in range(4):
        await make.login(client, "ada")

    seen: list[str] = []
    params: dict[str, Any] = {"limit": 2}
    for _ in range(3):
        page = await sessions(client, ada, **params)
        seen += [item["id"] for item in page["items"]]
        params["cursor"] = page["next"]

    assert params["cursor"] is None
    assert len(set(seen)) == len(seen) == 5
    assert seen == sorted(seen, reverse=True)


@pytest.mark.parametrize("cursor", ["x", "WyJ4Il0", "WzFd", "WyJhIiwiYiJd", "e30", "bnVsbA", "é"])
async def test_cursor_of_another_list_is_refused(client: AsyncClient, cursor: str) -> None:
    ada = await make.person(client, "ada")

    for path in ("auth/sessions", "users"):
        answer = await client.get(f"/api/v1/{path}", headers=ada.headers, params={"cursor": cursor})
        if path == "users" and cursor == "WyJ4Il0":
            assert answer.status_code == 200  # ["x"] is a place among names
        else:
            assert answer.json()["errors"][0]["code"] == "bad_cursor"


async def test_log_out_ends_access_and_refresh_at_once(client: AsyncClient) -> None:
    ada = await make.person(client, "ada")

    answer = await client.post(
        f"{make.AUTH}/logout", headers={"Cookie": f"{make.COOKIE}={ada.cookie}"}
    )

    assert answer.status_code == 204
    assert f'{make.COOKIE}="";' in answer.headers["set-cookie"]
    assert await status(client, ada) == 401
    assert (await make.refresh(client, ada.cookie)).status_code == 401


async def test_log_out_with_the_access_token_alone_ends_its_session(client: AsyncClient) -> None:
    ada = await make.person(client, "ada")

    await client.post(f"{make.AUTH}/logout", headers=ada.headers)

    assert await status(client, ada) == 401


async def test_log_out_twice_or_without_anything_is_no_error(client: AsyncClient) -> None:
    ada = await make.person(client, "ada")

    for headers in (ada.headers, ada.headers, {}, {"Authorization": "Bearer nonsense"}):
        assert (await client.post(f"{make.AUTH}/logout", headers=headers)).status_code == 204


async def test_log_out_everywhere_ends_every_session_of_the_person_alone(
    client: AsyncClient,
) -> None:
    first = await make.person(client, "ada")
    second = await make.login(client, "ada")
    bob = await make.person(client, "bob")

    answer = await client.post(f"{make.AUTH}/logout-all", headers=first.headers)

    assert answer.status_code == 204
    assert [await status(client, login) for login in (first, second, bob)] == [401, 401, 200]
    assert (await make.refresh(client, second.cookie)).status_code == 401


async def test_one_session_can_be_ended_from_another(client: AsyncClient) -> None:
    first = await make.person(client, "ada")
    second = await make.login(client, "ada")
    newest = (await sessions(client, first))["items"][0]["id"]

    answer = await client.delete(f"{make.AUTH}/sessions/{newest}", headers=first.headers)

    assert answer.status_code == 204
    assert [await status(client, login) for login in (first, second)] == [200, 401]
    again = await client.delete(f"{make.AUTH}/sessions/{newest}", headers=first.headers)
    assert again.status_code == 404


async def test_session_of_somebody_else_is_not_found_and_lives_on(client: AsyncClient) -> None:
    ada = await make.person(client, "ada")
    bob = await make.person(client, "bob")
    theirs = (await sessions(client, bob))["items"][0]["id"]

    answer = await client.delete(f"{make.AUTH}/sessions/{theirs}", headers=ada.headers)

    assert answer.status_code == 404
    assert await status(client, bob) == 200


async def test_session_ended_in_another_process_is_refused_after_one_look(
    app: FastAPI, client: AsyncClient, other_app: FastAPI
) -> None:
    ada = await make.person(client, "ada")
    async with client_of(other_app) as elsewhere:
        assert await status(elsewhere, ada) == 200
        await client.post(f"{make.AUTH}/logout", headers=ada.headers)
        told: list[frozenset[UUID]] = []
        other_app.state.accounts.ended.on_ended(told.append)

        await other_app.state.accounts.ended.poll()
        await other_app.state.accounts.ended.poll()

        assert await status(elsewhere, ada) == 401
        assert [len(ids) for ids in told] == [1]


async def test_session_that_ended_before_the_start_is_refused(
    client: AsyncClient, settings: Settings
) -> None:
    ada = await make.person(client, "ada")
    await client.post(f"{make.AUTH}/logout", headers=ada.headers)

    async with running(settings) as restarted, client_of(restarted) as again:
        assert await status(again, ada) == 401


async def test_end_is_announced_on_the_bus_after_the_commit(
    app: FastAPI, client: AsyncClient
) -> None:
    ada = await make.person(client, "ada")
    ended: EndedSessions = app.state.accounts.ended
    heard: list[bytes] = []
    told: list[frozenset[UUID]] = []
    app.state.bus.listen(SESSIONS, heard.append)
    ended.on_ended(told.append)
    session_id = UUID((await sessions(client, ada))["items"][0]["id"])

    await client.post(f"{make.AUTH}/logout", headers=ada.headers)

    assert heard == [session_id.bytes]
    assert told == [frozenset({session_id})]
    assert ended.is_ended(session_id)
    assert not ended.is_ended(uuid4())


async def test_message_of_another_process_ends_a_session_here(
    app: FastAPI, client: AsyncClient
) -> None:
    ada = await make.person(client, "ada")
    session_id = UUID((await sessions(client, ada))["items"][0]["id"])

    app.state.bus.publish(SESSIONS, session_id.bytes)

    assert await status(client, ada) == 401


async def test_running_process_finds_ends_of_others_by_itself(
    client: AsyncClient, settings: Settings
) -> None:
    ada = await make.person(client, "ada")
    found = asyncio.Event()

    eager = settings.model_copy(update={"poll_interval_s": 0.05})
    async with running(eager) as other, client_of(other) as elsewhere:
        other.state.accounts.ended.on_ended(lambda _: found.set())
        await client.post(f"{make.AUTH}/logout", headers=ada.headers)
        await asyncio.wait_for(found.wait(), timeout=10)

        assert await status(elsewhere, ada) == 401
