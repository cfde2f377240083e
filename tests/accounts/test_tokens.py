"""Access tokens: what is accepted, what is refused, and that checking one costs no statement."""

import base64
import json
import time
from datetime import timedelta
from typing import Any
from uuid import uuid4

import jwt
import pytest
from fastapi import FastAPI
from httpx import AsyncClient

from taskly.accounts.actor import Actor
from taskly.accounts.auth import authenticate_token, register_token_kind
from taskly.accounts.tokens import MOST_REMEMBERED, Tokens
from taskly.kernel.crypto import signing_key
from taskly.kernel.errors import Unauthenticated
from taskly.kernel.settings import Settings
from tests.accounts.statements import counted
from tests.make import accounts as make


def claims_of(login: make.Login) -> dict[str, Any]:
    claims: dict[str, Any] = jwt.decode(login.token, options={"verify_signature": False})
    return claims


async def me(client: AsyncClient, token: str) -> tuple[int, str | None]:
    answer = await client.get(f"{make.AUTH}/me", headers={"Authorization": f"Bearer {token}"})
    if answer.status_code == 401:
        assert answer.headers["www-authenticate"] == "Bearer"
    return answer.status_code, answer.json().get("code")


async def test_valid_token_is_checked_without_a_statement(
    app: FastAPI, client: AsyncClient
) -> None:
    ada = await make.person(client, "ada")

    with counted(app.state.database) as statements:
        first = await authenticate_token(app, ada.token)
        again = await authenticate_token(app, ada.token)

    assert statements == []
    assert first == again
    assert (str(first[0].user_id), first[1] is not None) == (ada.id, True)


async def test_reading_the_own_account_costs_one_statement(
    app: FastAPI, client: AsyncClient
) -> None:
    ada = await make.person(client, "ada")

    with counted(app.state.database) as statements:
        assert (await me(client, ada.token))[0] == 200

    assert len(statements) == 1


async def test_token_says_whose_it_is_and_how_long_it_lives(client: AsyncClient) -> None:
    ada = await make.person(client, "ada")

    claims = claims_of(ada)

    assert claims["sub"] == ada.id
    assert claims["typ"] == "access"
    assert claims["exp"] - claims["iat"] == 900


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"exp": 1}, "token_expired"),
        ({"exp": None}, "token_invalid"),
        ({"exp": "soon"}, "token_invalid"),
        ({"sid": None}, "token_invalid"),
        ({"sid": "x"}, "token_invalid"),
        ({"sub": 7}, "token_invalid"),
        ({"typ": "refresh"}, "token_invalid"),
        ({"typ": None}, "token_invalid"),
    ],
)
async def test_signed_token_with_claims_that_do_not_hold_is_refused(
    client: AsyncClient, settings: Settings, changes: dict[str, Any], code: str
) -> None:
    claims = claims_of(await make.person(client, "ada")) | changes
    kept = {name: value for name, value in claims.items() if value is not None}

    token = jwt.encode(kept, signing_key(settings), "HS256")

    assert await me(client, token) == (401, code)


def unsigned(claims: dict[str, Any], algorithm: str) -> str:
    parts = [{"alg": algorithm, "typ": "JWT"}, claims]
    return ".".join(
        base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=") for part in parts
    )


async def test_forged_tokens_are_refused(client: AsyncClient, settings: Settings) -> None:
    ada = await make.person(client, "ada")
    claims = claims_of(ada)
    head, body, signature = ada.token.split(".")
    other_body = jwt.encode(claims | {"sub": str(uuid4())}, "k" * 32, "HS256").split(".")[1]
    forged = [
        jwt.encode(claims, "another key of thirty-two letters", "HS256"),
        jwt.encode(claims, signing_key(settings) * 2, "HS512"),
        jwt.encode(claims, signing_key(settings) * 2, "HS256"),
        f"{unsigned(claims, 'none')}.",
        f"{unsigned(claims, 'None')}.{signature}",
        f"{unsigned(claims, 'HS256')}.",
        f"{head}.{other_body}.{signature}",
        f"{head}.{body}",
        ada.token + "x" * 5000,
        ada.cookie,
        "x",
        "..",
    ]

    assert {await me(client, token) for token in forged} == {(401, "token_invalid")}
    assert (await me(client, ada.token))[0] == 200


@pytest.mark.parametrize("header", ["", "Bearer", "Bearer ", "Basic YWRhOng=", "Token x"])
async def test_header_without_a_token_is_nobody(client: AsyncClient, header: str) -> None:
    answer = await client.get(f"{make.AUTH}/me", headers={"Authorization": header})

    assert answer.status_code == 401
    assert answer.json()["code"] in {"unauthenticated", "token_invalid"}


async def test_token_in_the_address_is_not_looked_at(client: AsyncClient) -> None:
    ada = await make.person(client, "ada")

    answer = await client.get(f"{make.AUTH}/me?token={ada.token}&access_token={ada.token}")

    assert answer.status_code == 401


MINUTE = timedelta(minutes=1)


def test_remembered_token_expires_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    tokens = Tokens("k" * 32, 15 * MINUTE)
    token = tokens.issue(uuid4(), uuid4())
    assert tokens.verify(token) == tokens.verify(token)
    later = time.time() + 901

    monkeypatch.setattr(time, "time", lambda: later)

    with pytest.raises(Unauthenticated, match="token_expired"):
        tokens.verify(token)


def test_memory_of_verified_tokens_is_bounded() -> None:
    tokens = Tokens("k" * 32, 15 * MINUTE)
    session, other = uuid4(), uuid4()
    kept = tokens.issue(uuid4(), other)

    for _ in range(MOST_REMEMBERED + 10):
        tokens.verify(tokens.issue(uuid4(), session))
    tokens.verify(kept)

    assert tokens.remembered == MOST_REMEMBERED
    tokens.forget([session])
    assert tokens.remembered == 1


async def test_other_domains_teach_their_own_kinds_of_token(
    app: FastAPI, client: AsyncClient
) -> None:
    link = Actor(link_id=uuid4(), link_board_id=uuid4())

    async def resolve(token: str) -> tuple[Actor, None]:
        if token != "probe_good":
            raise Unauthenticated("token_invalid")
        return link, None

    register_token_kind(app, "probe", resolve)

    assert await authenticate_token(app, "probe_good") == (link, None)
    assert await me(client, "probe_bad") == (401, "token_invalid")
    # A link is nobody where a person is asked for.
    assert await me(client, "probe_good") == (401, "unauthenticated")


@pytest.mark.parametrize(
    ("op", "status"), [("x" * 64, 200), ("x" * 65, 422), ("a\tb", 422), ("", 422)]
)
async def test_mark_of_an_operation_is_short_and_printable(
    client: AsyncClient, op: str, status: int
) -> None:
    ada = await make.person(client, "ada")

    answer = await client.get(f"{make.AUTH}/me", headers={**ada.headers, "Taskly-Op": op})

    assert answer.status_code == status
