"""Refresh tokens: each is good once, and an old one ends its session."""

import asyncio
from datetime import timedelta
from uuid import UUID

import pytest
from fastapi import FastAPI
from httpx import AsyncClient
from sqlalchemy import update

from taskly.accounts.models import Session
from taskly.accounts.sessions import GRACE
from taskly.kernel.clock import now
from tests.make import accounts as make

BROWSER = {"Sec_Fetch_Site": "same-origin"}


async def change_sessions(app: FastAPI, **values: object) -> None:
    async with app.state.database.write() as tx:
        await tx.execute(update(Session).values(**values))


async def test_refresh_gives_new_tokens_of_the_same_session(client: AsyncClient) -> None:
    ada = await make.person(client, "ada")

    answer = await make.refresh(client, ada.cookie)

    assert answer.status_code == 200
    assert answer.json()["user"]["username"] == "ada"
    assert answer.json()["access_token"] != ada.token
    assert answer.cookies[make.COOKIE] != ada.cookie
    headers = {"Authorization": f"Bearer {answer.json()['access_token']}"}
    sessions = (await client.get(f"{make.AUTH}/sessions", headers=headers)).json()["items"]
    assert [session["current"] for session in sessions] == [True]


async def test_each_refresh_makes_the_next_one_possible(client: AsyncClient) -> None:
    cookie = (await make.person(client, "ada")).cookie

    seen = {cookie}
    for _ in range(5):
        answer = await make.refresh(client, cookie)
        assert answer.status_code == 200
        cookie = answer.cookies[make.COOKIE]
        seen.add(cookie)

    assert len(seen) == 6


async def test_replayed_token_ends_the_session_for_thief_and_owner_alike(
    client: AsyncClient,
) -> None:
    ada = await make.person(client, "ada")
    fresh = await make.refresh(client, ada.cookie)

    replay = await make.refresh(client, ada.cookie)

    assert (replay.status_code, replay.json()["code"]) == (401, "refresh_reused")
    after = await make.refresh(client, fresh.cookies[make.COOKIE])
    assert (after.status_code, after.json()["code"]) == (401, "refresh_invalid")
    for token in (ada.token, fresh.json()["access_token"]):
        me = await client.get(f"{make.AUTH}/me", headers={"Authorization": f"Bearer {token}"})
        assert (me.status_code, me.json()["code"]) == (401, "session_ended")


async def test_replay_leaves_other_sessions_alone(client: AsyncClient) -> None:
    first = await make.person(client, "ada")
    second = await make.login(client, "ada")

    await make.refresh(client, first.cookie)
    await make.refresh(client, first.cookie)

    assert (await make.refresh(client, second.cookie)).status_code == 200


@pytest.mark.parametrize("browser", [BROWSER, {"Origin": "http://taskly.test"}])
async def test_two_tabs_that_refresh_at_once_both_stay_signed_in(
    client: AsyncClient, browser: dict[str, str]
) -> None:
    ada = await make.person(client, "ada")

    tabs = await asyncio.gather(*(make.refresh(client, ada.cookie, **browser) for _ in range(4)))

    assert [tab.status_code for tab in tabs] == [200] * 4
    cookies = {tab.cookies[make.COOKIE] for tab in tabs}
    assert len(cookies) == 1
    assert (await make.refresh(client, cookies.pop(), **BROWSER)).status_code == 200


async def test_grace_of_the_other_tab_is_short(app: FastAPI, client: AsyncClient) -> None:
    ada = await make.person(client, "ada")
    await make.refresh(client, ada.cookie, **BROWSER)
    await change_sessions(app, rotated_at=now() - GRACE - timedelta(seconds=1))

    late = await make.refresh(client, ada.cookie, **BROWSER)

    assert late.json()["code"] == "refresh_reused"


async def test_grace_is_for_the_same_browser_and_the_last_token_alone(
    client: AsyncClient,
) -> None:
    ada = await make.person(client, "ada")
    second = (await make.refresh(client, ada.cookie, **BROWSER)).cookies[make.COOKIE]
    await make.refresh(client, second, **BROWSER)
    assert (await make.refresh(client, ada.cookie, **BROWSER)).json()["code"] == "refresh_reused"

    bob = await make.person(client, "bob")
    await make.refresh(client, bob.cookie, **BROWSER)
    other = await make.refresh(client, bob.cookie, User_Agent="another", **BROWSER)
    assert other.json()["code"] == "refresh_reused"


@pytest.mark.parametrize(
    "cookie", ["", "x", "tr_", "tr_AAAA", "tr_" + "A" * 70, "tr_" + "A" * 5000, "tr_é", "tr_!!!!"]
)
async def test_text_that_is_no_refresh_token_is_refused(client: AsyncClient, cookie: str) -> None:
    header = f"{make.COOKIE}={cookie}".encode()
    answer = await client.post(f"{make.AUTH}/refresh", headers={b"Cookie": header})

    assert (answer.status_code, answer.json()["code"]) == (401, "refresh_invalid")


async def test_forged_token_of_a_known_session_does_not_end_it(
    app: FastAPI, client: AsyncClient
) -> None:
    ada = await make.person(client, "ada")
    forged = ada.cookie[:-8] + "AAAAAAAA"

    assert (await make.refresh(client, forged)).json()["code"] == "refresh_invalid"
    assert (await make.refresh(client, ada.cookie)).status_code == 200


async def test_session_that_nobody_used_for_its_life_is_over(
    app: FastAPI, client: AsyncClient
) -> None:
    ada = await make.person(client, "ada")
    await change_sessions(app, expires_at=now() - timedelta(seconds=1))

    assert (await make.refresh(client, ada.cookie)).json()["code"] == "refresh_invalid"


async def test_refresh_extends_the_session(app: FastAPI, client: AsyncClient) -> None:
    ada = await make.person(client, "ada")
    await change_sessions(app, expires_at=now() + timedelta(minutes=1))

    await make.refresh(client, ada.cookie)

    sessions = await client.get(f"{make.AUTH}/sessions", headers=ada.headers)
    assert sessions.json()["items"][0]["expires_at"] > (now() + timedelta(days=29)).isoformat()


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Sec-Fetch-Site": "cross-site", "Origin": "http://taskly.test"}, 403),
        ({"Origin": "https://evil.example"}, 403),
        ({"Origin": "null"}, 403),
        ({"Origin": "http://["}, 403),
        ({"Sec-Fetch-Site": "same-site", "Origin": "http://evil.taskly.test"}, 403),
        ({"Origin": "http://taskly.test"}, 200),
        ({"Sec-Fetch-Site": "same-site", "Origin": "http://desk.taskly.test"}, 200),
        ({"Sec-Fetch-Site": "same-origin", "Origin": "http://localhost:5173"}, 200),
        ({}, 200),
    ],
)
@pytest.mark.parametrize("call", ["refresh", "logout"])
async def test_page_of_another_site_cannot_use_the_cookie(
    client: AsyncClient, call: str, headers: dict[str, str], status: int
) -> None:
    ada = await make.person(client, "ada")

    answer = await client.post(
        f"{make.AUTH}/{call}", headers={"Cookie": f"{make.COOKIE}={ada.cookie}", **headers}
    )

    assert answer.status_code == (204 if (status, call) == (200, "logout") else status)


async def test_log_in_sweeps_long_gone_sessions(app: FastAPI, client: AsyncClient) -> None:
    await make.person(client, "ada")
    await change_sessions(app, expires_at=now() - timedelta(days=3))

    with_new_session = await make.login(client, "ada")

    async with app.state.database.read() as tx:
        rows = await tx.all(Session.__table__.select())
    assert [row.user_id for row in rows] == [UUID(with_new_session.id)]
