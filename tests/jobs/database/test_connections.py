"""Connections: who names them, what makes sense, and what is seen of their passwords."""

from collections.abc import Callable
from typing import Any

import orjson
import pytest
from sqlalchemy import make_url, text

from tests.jobs.conftest import House
from tests.jobs.database.shops import Shop
from tests.make.boards import Json
from tests.make.jobs import done, log_lines


async def test_connection_that_nobody_knows_fails_the_job(house: House) -> None:
    over = await done(house.boss, "database", {"connection": "nowhere", "sql": "SELECT 1"})

    assert over["error"]["code"] == "unknown_connection"


async def test_password_is_seen_nowhere(house: House, shops: Callable[[str], Any]) -> None:
    shop = await shops("mariadb")
    url = make_url(shop.address)
    secret = "a-password-of-few"
    made = await house.boss.want(
        201,
        "POST",
        "/job-connections",
        {
            "name": "guarded",
            "engine": "mariadb",
            "host": url.host,
            "port": url.port,
            "database": url.database,
            "username": url.username,
            "password": secret,
        },
    )
    over = await done(
        house.boss,
        "database",
        {"connection": "guarded", "sql": f"SELECT '{secret}'"},
        max_attempts=1,
    )

    assert made["has_password"] is True
    assert over["error"]["code"] == "database_not_reachable"
    listed = await house.boss.get("/job-connections")
    seen = [made, listed, over["error"], await log_lines(house.boss, over["id"])]
    assert secret not in orjson.dumps(seen).decode()
    database = house.app.state.database
    async with database.read() as tx:
        (kept,) = await tx.all(
            text("SELECT sealed_password FROM job_connections WHERE name = 'guarded'")
        )
    assert kept.sealed_password
    assert secret not in kept.sealed_password


async def test_only_people_with_a_grant_query_databases(house: House, file_shop: Shop) -> None:
    asked = {"connection": file_shop.name, "sql": "SELECT 1 AS one"}

    refused = await house.guest.want(403, "POST", "/jobs", {"kind": "database", "params": asked})
    await house.boss.want(204, "PUT", f"/job-grants/{house.guest.id}/database")
    over = await done(house.guest, "database", asked)
    await house.boss.want(204, "DELETE", f"/job-grants/{house.guest.id}/database")

    assert refused["code"] == "kind_not_allowed"
    assert over["state"] == "succeeded"
    for kind in ("backup", "maintenance"):
        await house.guest.want(403, "POST", "/jobs", {"kind": kind})


async def test_connections_are_for_administrators(house: House) -> None:
    new = {"name": "mine", "engine": "sqlite", "database": "/tmp/mine.db"}  # noqa: S108

    await house.guest.want(403, "GET", "/job-connections")
    await house.guest.want(403, "POST", "/job-connections", new)
    made = await house.boss.want(201, "POST", "/job-connections", new)
    await house.guest.want(403, "DELETE", f"/job-connections/{made['id']}")
    taken = await house.boss.want(409, "POST", "/job-connections", new)
    await house.boss.want(204, "DELETE", f"/job-connections/{made['id']}")
    await house.boss.want(404, "DELETE", f"/job-connections/{made['id']}")

    assert taken["code"] == "connection_name_taken"


@pytest.mark.parametrize(
    ("change", "field", "code"),
    [
        ({"database": "relative.db"}, "database", "path_not_absolute"),
        ({"host": "db.example"}, "host", "not_for_sqlite"),
        ({"password": "x"}, "password", "not_for_sqlite"),
        ({"engine": "postgresql", "username": "x"}, "host", "missing"),
        ({"engine": "mariadb", "host": "x"}, "username", "missing"),
        ({"engine": "oracle"}, "engine", "literal_error"),
        ({"name": "Not A Name"}, "name", "string_pattern_mismatch"),
        ({"port": 0}, "port", "greater_than_equal"),
        ({"port": True}, "port", "int_type"),
        ({"password": ["x"]}, "password", "string_type"),
        ({"tls": True}, "tls", "extra_forbidden"),
    ],
)
async def test_connection_that_makes_no_sense_is_refused(
    house: House, change: Json, field: str, code: str
) -> None:
    new = {"name": "odd", "engine": "sqlite", "database": "/srv/odd.db"} | change

    problem = await house.boss.want(422, "POST", "/job-connections", new)

    assert (problem["errors"][0]["field"], problem["errors"][0]["code"]) == (field, code)
