"""Signing in: by name or e-mail, with a password alone, and giving nothing away."""

import asyncio
from typing import Any

import bcrypt
import pytest
from argon2 import PasswordHasher
from fastapi import FastAPI
from httpx import AsyncClient, Response
from sqlalchemy import select, update

from taskly.accounts import passwords
from taskly.accounts.models import User
from taskly.accounts.state import Accounts
from taskly.kernel.errors import Busy
from tests.accounts.statements import counted
from tests.make import accounts as make


def accounts_of(app: FastAPI) -> Accounts:
    accounts: Accounts = app.state.accounts
    return accounts


async def stored_hash(app: FastAPI, name: str) -> str:
    async with accounts_of(app).database.read() as tx:
        found = await tx.scalar(select(User.password_hash).where(User.username_key == name))
    return str(found)


async def store_hash(app: FastAPI, name: str, value: str) -> None:
    async with accounts_of(app).database.write() as tx:
        await tx.execute(update(User).where(User.username_key == name).values(password_hash=value))


@pytest.mark.parametrize("login", ["ada", "ADA", " ada ", "ada@example.com", "Ada@Example.Com"])
async def test_name_and_address_sign_in_whatever_their_case(
    client: AsyncClient, login: str
) -> None:
    await make.register(client, "ada")

    answer = await make.log_in(client, login)

    assert answer.status_code == 200
    body = answer.json()
    assert (body["token_type"], body["expires_in"]) == ("bearer", 900)
    assert body["user"]["username"] == "ada"


async def test_refresh_cookie_is_out_of_reach_of_scripts_and_other_sites(
    client: AsyncClient,
) -> None:
    await make.register(client, "ada")

    cookie = (await make.log_in(client, "ada")).headers["set-cookie"].lower()

    assert cookie.startswith("taskly_refresh=tr_")
    assert {"httponly", "samesite=strict", "path=/api/v1/auth"} < set(cookie.split("; "))


async def test_no_answer_ever_holds_a_hash(client: AsyncClient) -> None:
    ada = await make.person(client, "ada")

    for path in ("/auth/me", "/users", f"/users/{ada.id}", "/auth/sessions"):
        answer = await client.get(f"/api/v1{path}", headers=ada.headers)
        assert answer.status_code == 200
        assert "argon2" not in answer.text
        assert "hash" not in answer.text


def without_trace(answer: Response) -> dict[str, Any]:
    """A problem without what differs from request to request."""
    problem: dict[str, Any] = answer.json()
    del problem["trace_id"]
    return problem


async def test_wrong_password_and_unknown_account_get_the_same_answer(
    client: AsyncClient,
) -> None:
    await make.register(client, "ada")

    wrong = await make.log_in(client, "ada", "not the password")
    unknown = await make.log_in(client, "nobody", "not the password")

    assert wrong.status_code == unknown.status_code == 401
    assert without_trace(wrong) == without_trace(unknown)
    assert wrong.json()["code"] == "bad_credentials"


async def test_unknown_account_costs_the_same_work_as_a_wrong_password(
    app: FastAPI, client: AsyncClient
) -> None:
    await make.register(client, "ada")
    checked = accounts_of(app).passwords

    work = []
    for name in ("ada", "nobody", "nobody@example.com"):
        before = checked.checks
        with counted(accounts_of(app).database) as statements:
            await make.log_in(client, name, "not the password")
        work.append((checked.checks - before, len(statements)))

    assert work == [(1, 1)] * 3


async def test_deactivated_account_cannot_sign_in_and_is_not_told_why(
    client: AsyncClient,
) -> None:
    ada = await make.person(client, "ada")
    bob = await make.person(client, "bob")
    await client.delete(f"/api/v1/users/{bob.id}", headers=ada.headers)

    answer = await make.log_in(client, "bob")

    assert (answer.status_code, answer.json()["code"]) == (401, "bad_credentials")


async def test_bcrypt_hash_signs_in_and_becomes_argon2id(app: FastAPI, client: AsyncClient) -> None:
    await make.register(client, "ada")
    old = bcrypt.hashpw(make.PASSWORD.encode(), bcrypt.gensalt(4)).decode()
    await store_hash(app, "ada", old)

    assert (await make.log_in(client, "ada", "wrong password")).status_code == 401
    assert await stored_hash(app, "ada") == old
    assert (await make.log_in(client, "ada")).status_code == 200

    upgraded = await stored_hash(app, "ada")
    assert upgraded.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert (await make.log_in(client, "ada")).status_code == 200
    assert await stored_hash(app, "ada") == upgraded


async def test_bcrypt_hash_of_a_password_longer_than_bcrypt_reads_still_fits(
    app: FastAPI, client: AsyncClient
) -> None:
    password = "long " * 20
    await make.register(client, "ada", password=password)
    await store_hash(app, "ada", bcrypt.hashpw(password.encode()[:72], bcrypt.gensalt(4)).decode())

    assert (await make.log_in(client, "ada", password)).status_code == 200


async def test_argon2_hash_with_weaker_parameters_is_made_anew(
    app: FastAPI, client: AsyncClient
) -> None:
    await make.register(client, "ada")
    weak = PasswordHasher(time_cost=1, memory_cost=1024, parallelism=1).hash(make.PASSWORD)
    await store_hash(app, "ada", weak)

    assert (await make.log_in(client, "ada")).status_code == 200

    assert "m=19456,t=2,p=1" in await stored_hash(app, "ada")


@pytest.mark.parametrize("value", ["", "!", "$2b$12$broken", "plain text", "$argon2id$broken"])
async def test_hash_that_is_none_fits_no_password(
    app: FastAPI, client: AsyncClient, value: str
) -> None:
    await make.register(client, "ada")
    await store_hash(app, "ada", value)

    assert (await make.log_in(client, "ada")).status_code == 401
    assert (await make.log_in(client, "ada", value)).status_code == 401


async def test_form_of_oauth2_gives_a_token_without_a_cookie(client: AsyncClient) -> None:
    await make.register(client, "ada")

    answer = await client.post(
        f"{make.AUTH}/token",
        data={
            "grant_type": "password",
            "username": "ada",
            "password": make.PASSWORD,
            "scope": "",
            "client_id": "string",
        },
    )

    assert answer.status_code == 200
    assert set(answer.json()) == {"access_token", "token_type", "expires_in"}
    assert "set-cookie" not in answer.headers
    me = await client.get(
        f"{make.AUTH}/me", headers={"Authorization": f"Bearer {answer.json()['access_token']}"}
    )
    assert me.json()["username"] == "ada"


@pytest.mark.parametrize(
    ("form", "status"),
    [
        ({"username": "ada", "password": "wrong"}, 401),
        ({"username": "ada"}, 422),
        ({"username": "ada", "password": "x", "grant_type": "client_credentials"}, 422),
    ],
)
async def test_form_of_oauth2_refuses_what_it_cannot_grant(
    client: AsyncClient, form: dict[str, str], status: int
) -> None:
    await make.register(client, "ada")

    assert (await client.post(f"{make.AUTH}/token", data=form)).status_code == status


async def test_tokens_of_a_log_in_are_never_kept_as_an_answer(client: AsyncClient) -> None:
    ada = await make.person(client, "ada")
    body = {"username": "ada", "password": make.PASSWORD}
    headers = {**ada.headers, "Idempotency-Key": "same"}

    first = await client.post(f"{make.AUTH}/login", json=body, headers=headers)
    second = await client.post(f"{make.AUTH}/login", json=body, headers=headers)

    assert first.json()["access_token"] != second.json()["access_token"]
    assert "idempotent-replayed" not in second.headers


async def test_log_in_opens_no_transaction_while_it_hashes(
    app: FastAPI, client: AsyncClient
) -> None:
    await make.register(client, "ada")
    database = accounts_of(app).database

    # More log-ins than there are connections of any pool: they would starve each other.
    answers = await asyncio.gather(*(make.log_in(client, "ada") for _ in range(20)))

    assert {answer.status_code for answer in answers} == {200}
    async with database.write() as tx:
        await tx.execute(select(1))


async def test_a_full_queue_of_hashes_says_busy(
    client: AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    await make.register(client, "ada")

    with monkeypatch.context() as without_room:
        without_room.setattr(passwords, "MOST_WAITING", -passwords.THREADS)
        refused = await make.log_in(client, "ada")

    assert (refused.status_code, refused.json()["code"]) == (503, "busy")
    assert refused.headers["retry-after"] == "2"
    assert (await make.log_in(client, "ada")).status_code == 200


async def test_as_many_hashes_wait_as_there_is_room_for(
    app: FastAPI, monkeypatch: pytest.MonkeyPatch
) -> None:
    hashes = accounts_of(app).passwords
    monkeypatch.setattr(passwords, "MOST_WAITING", 2)

    made = await asyncio.gather(*(hashes.hash("x" * 8) for _ in range(6)), return_exceptions=True)

    assert [isinstance(outcome, str) for outcome in made] == [True] * 4 + [False] * 2
    assert all(isinstance(outcome, Busy) for outcome in made[4:])
