"""Registration: who may, with which names, and who becomes the superuser."""

import asyncio
from typing import Any

import pytest
from httpx import AsyncClient

from tests.make import accounts as make


async def test_new_account_answers_every_field_of_the_contract(client: AsyncClient) -> None:
    answer = await make.register(client, "ada", full_name="Ada Lovelace")

    assert answer.status_code == 201
    user = answer.json()
    assert user.pop("id")
    assert user.pop("created_at").endswith("Z")
    assert user == {
        "email": "ada@example.com",
        "username": "ada",
        "full_name": "Ada Lovelace",
        "avatar_url": None,
        "is_active": True,
        "is_superuser": True,
        "locale": "en",
        "time_zone": "UTC",
        "theme": "system",
    }


async def test_only_the_first_account_is_superuser(client: AsyncClient) -> None:
    await make.register(client, "ada")
    second = await make.register(client, "bob")

    assert second.json()["is_superuser"] is False


async def test_of_many_who_register_first_at_once_exactly_one_is_superuser(
    client: AsyncClient,
) -> None:
    answers = await asyncio.gather(*(make.register(client, f"user{i}") for i in range(6)))

    assert [answer.status_code for answer in answers] == [201] * 6
    assert sum(answer.json()["is_superuser"] for answer in answers) == 1


async def test_registering_one_name_many_times_at_once_makes_one_account(
    client: AsyncClient,
) -> None:
    answers = await asyncio.gather(*(make.register(client, "ada") for _ in range(5)))

    assert sorted(answer.status_code for answer in answers) == [201, 409, 409, 409, 409]


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"username": "other", "email": "ADA@EXAMPLE.COM"}, "email_taken"),
        ({"username": "ADA", "email": "other@example.com"}, "username_taken"),
        ({"username": "\uff41\uff44\uff41", "email": "other@example.com"}, "username_taken"),
    ],
)
async def test_names_and_addresses_differ_by_more_than_case(
    client: AsyncClient, fields: dict[str, str], code: str
) -> None:
    await make.register(client, "ada")

    answer = await make.register(client, "ignored", **fields)

    assert (answer.status_code, answer.json()["code"]) == (409, code)


async def test_a_name_that_looks_like_a_column_is_reported_as_a_name(client: AsyncClient) -> None:
    await make.register(client, "email_key")

    answer = await make.register(client, "email_key", email="other@example.com")

    assert answer.json()["code"] == "username_taken"


async def test_accents_tell_two_names_apart(client: AsyncClient) -> None:
    await make.register(client, "jose")

    answer = await make.register(client, "josé", email="other@example.com")

    assert answer.status_code == 201


@pytest.mark.parametrize(
    ("fields", "field", "code"),
    [
        ({"role": "admin"}, "role", "extra_forbidden"),
        ({"is_superuser": True}, "is_superuser", "extra_forbidden"),
        ({"username": True}, "username", "string_type"),
        ({"username": 12}, "username", "string_type"),
        ({"username": "a"}, "username", "string_too_short"),
        ({"username": "a" * 41}, "username", "string_too_long"),
        ({"username": "a b"}, "username", "bad_username"),
        ({"username": "a\x00b"}, "username", "bad_username"),
        ({"username": "-ab"}, "username", "bad_username"),
        ({"username": "a@b"}, "username", "bad_username"),
        ({"username": "a" * 1_000_000}, "username", "string_too_long"),
        ({"full_name": "a\x07b"}, "full_name", "control_character"),
        ({"full_name": "two\nlines"}, "full_name", "control_character"),
        ({"full_name": "x" * 1_000_000}, "full_name", "string_too_long"),
        ({"full_name": "\ud800"}, "full_name", "string_unicode"),
        ({"full_name": None}, "full_name", "string_type"),
        ({"email": "ada"}, "email", "bad_email"),
        ({"email": "ada@"}, "email", "bad_email"),
        ({"email": "ada@host"}, "email", "bad_email"),
        ({"email": "Ada <ada@example.com>"}, "email", "bad_email"),
        ({"email": "a\nb@example.com"}, "email", "control_character"),
        ({"email": "x" * 1_000_000}, "email", "string_too_long"),
        ({"password": "1234567"}, "password", "string_too_short"),
        ({"password": "x" * 257}, "password", "string_too_long"),
        ({"password": "pass\x00word"}, "password", "control_character"),
        ({"password": 12345678}, "password", "string_type"),
    ],
)
async def test_a_value_that_cannot_be_is_refused_by_field_and_code(
    client: AsyncClient, fields: dict[str, Any], field: str, code: str
) -> None:
    answer = await make.register(client, "ada", **fields)

    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    assert [(e["field"], e["code"]) for e in answer.json()["errors"]] == [(field, code)]
    assert "1234567" not in answer.text


@pytest.mark.parametrize("name", ["王小明", "Ада", "x.y_z-1", "josé"])
async def test_names_of_every_script_are_welcome(client: AsyncClient, name: str) -> None:
    answer = await make.register(client, name, email="a@example.com")

    assert (answer.status_code, answer.json()["username"]) == (201, name)


async def test_refusal_speaks_the_callers_language(client: AsyncClient) -> None:
    client.headers["Accept-Language"] = "zh-CN,zh;q=0.9"

    answer = await make.register(client, "ada", password="short")

    assert answer.json()["errors"][0]["message"] == "至少需要 8 个字符。"


async def test_account_starts_in_the_language_of_the_browser(client: AsyncClient) -> None:
    client.headers["Accept-Language"] = "zh-TW"

    assert (await make.register(client, "ada")).json()["locale"] == "zh-CN"


async def test_broken_json_is_a_bad_request(client: AsyncClient) -> None:
    answer = await client.post(
        f"{make.AUTH}/register",
        content=b'{"email": ',
        headers={"Content-Type": "application/json"},
    )

    assert (answer.status_code, answer.json()["code"]) == (400, "malformed_json")


async def test_spaces_of_a_password_count(client: AsyncClient) -> None:
    await make.register(client, "ada", password="  eight  ")

    assert (await make.log_in(client, "ada", "eight")).status_code == 401
    assert (await make.log_in(client, "ada", "  eight  ")).status_code == 200


async def test_closed_registration_lets_the_first_account_in_and_no_other(
    closed_client: AsyncClient,
) -> None:
    config = (await closed_client.get(f"{make.AUTH}/config")).json()
    assert (config["registration"], config["first_user"]) == ("closed", True)

    first = await make.register(closed_client, "ada")
    second = await make.register(closed_client, "bob")

    assert first.json()["is_superuser"] is True
    assert (second.status_code, second.json()["code"]) == (403, "registration_closed")
    config = (await closed_client.get(f"{make.AUTH}/config")).json()
    assert config["first_user"] is False


async def test_closed_registration_stays_closed_for_those_who_race_for_the_first_account(
    closed_client: AsyncClient,
) -> None:
    answers = await asyncio.gather(*(make.register(closed_client, f"user{i}") for i in range(4)))

    assert sorted(answer.status_code for answer in answers) == [201, 403, 403, 403]
