"""The own account: reading, editing, changing the password."""

import asyncio
from typing import Any

import pytest
from httpx import AsyncClient

from tests.make import accounts as make


async def edit(client: AsyncClient, login: make.Login, **fields: Any) -> tuple[int, dict[str, Any]]:
    answer = await client.patch(f"{make.AUTH}/me", headers=login.headers, json=fields)
    return answer.status_code, answer.json()


async def test_everything_that_is_ones_own_can_be_changed(client: AsyncClient) -> None:
    ada = await make.person(client, "ada")
    fields = {
        "full_name": "Ada King",
        "username": "countess",
        "email": "ada@king.example.com",
        "locale": "zh-CN",
        "time_zone": "Asia/Shanghai",
        "theme": "dark",
    }

    status, user = await edit(client, ada, **fields)

    assert status == 200
    assert user == ada.user | fields
    me = await client.get(f"{make.AUTH}/me", headers=ada.headers)
    assert me.json() == user
    assert (await make.log_in(client, "countess")).status_code == 200
    assert (await make.log_in(client, "ada@king.example.com")).status_code == 200
    assert (await make.log_in(client, "ada")).status_code == 401


async def test_edit_of_nothing_changes_nothing(client: AsyncClient) -> None:
    ada = await make.person(client, "ada")

    assert await edit(client, ada) == (200, ada.user)


async def test_case_of_the_own_name_can_be_changed(client: AsyncClient) -> None:
    ada = await make.person(client, "ada")

    status, user = await edit(client, ada, username="Ada", email="Ada@example.com")

    assert (status, user["username"], user["email"]) == (200, "Ada", "Ada@example.com")


@pytest.mark.parametrize(
    ("fields", "code"),
    [({"username": "BOB"}, "username_taken"), ({"email": "Bob@example.com"}, "email_taken")],
)
async def test_name_of_somebody_else_is_taken(
    client: AsyncClient, fields: dict[str, str], code: str
) -> None:
    ada = await make.person(client, "ada")
    await make.register(client, "bob")

    status, problem = await edit(client, ada, full_name="Changed", **fields)

    assert (status, problem["code"]) == (409, code)
    me = await client.get(f"{make.AUTH}/me", headers=ada.headers)
    assert me.json() == ada.user


async def test_of_two_who_take_a_name_at_once_one_gets_it(client: AsyncClient) -> None:
    people = [await make.person(client, name) for name in ("ada", "bob")]

    outcomes = await asyncio.gather(*(edit(client, p, username="wanted") for p in people))

    assert sorted(status for status, _ in outcomes) == [200, 409]


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"is_superuser": True}, "extra_forbidden"),
        ({"password": "another password"}, "extra_forbidden"),
        ({"avatar_url": "javascript:alert(1)"}, "extra_forbidden"),
        ({"full_name": None}, "string_type"),
        ({"username": None}, "string_type"),
        ({"locale": "fr"}, "literal_error"),
        ({"theme": True}, "literal_error"),
        ({"time_zone": "Mars/Olympus"}, "bad_time_zone"),
        ({"time_zone": "../../etc/passwd"}, "bad_time_zone"),
        ({"time_zone": "America"}, "bad_time_zone"),
    ],
)
async def test_edit_that_cannot_be_is_refused(
    client: AsyncClient, fields: dict[str, Any], code: str
) -> None:
    status, problem = await edit(client, await make.person(client, "ada"), **fields)

    assert (status, problem["errors"][0]["code"]) == (422, code)


async def change_password(
    client: AsyncClient, login: make.Login, current: str, new: str
) -> tuple[int, Any]:
    answer = await client.post(
        f"{make.AUTH}/password",
        headers=login.headers,
        json={"current_password": current, "new_password": new},
    )
    return answer.status_code, answer.json() if answer.content else None


async def test_new_password_ends_every_other_session(client: AsyncClient) -> None:
    here = await make.person(client, "ada")
    there = await make.login(client, "ada")

    assert await change_password(client, here, make.PASSWORD, "a new password") == (204, None)

    async def status(login: make.Login) -> int:
        return (await client.get(f"{make.AUTH}/me", headers=login.headers)).status_code

    assert (await status(here), await status(there)) == (200, 401)
    assert (await make.refresh(client, there.cookie)).status_code == 401
    assert (await make.refresh(client, here.cookie)).status_code == 200
    assert (await make.log_in(client, "ada")).status_code == 401
    assert (await make.log_in(client, "ada", "a new password")).status_code == 200


@pytest.mark.parametrize(
    ("current", "new", "field", "code"),
    [
        ("wrong password", "a new password", "current_password", "wrong_password"),
        (make.PASSWORD, "short", "new_password", "string_too_short"),
        (make.PASSWORD, "x" * 257, "new_password", "string_too_long"),
    ],
)
async def test_password_change_that_is_refused_changes_nothing(
    client: AsyncClient, current: str, new: str, field: str, code: str
) -> None:
    ada = await make.person(client, "ada")
    other = await make.login(client, "ada")

    status, problem = await change_password(client, ada, current, new)

    assert status == 422
    assert [(e["field"], e["code"]) for e in problem["errors"]] == [(field, code)]
    assert (await make.log_in(client, "ada")).status_code == 200
    assert (await client.get(f"{make.AUTH}/me", headers=other.headers)).status_code == 200


async def test_of_two_password_changes_at_once_one_wins(client: AsyncClient) -> None:
    ada = await make.person(client, "ada")

    outcomes = await asyncio.gather(
        *(change_password(client, ada, make.PASSWORD, f"new password {i}") for i in range(3))
    )

    assert sorted(status for status, _ in outcomes) == [204, 422, 422]
