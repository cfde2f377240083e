"""Connections: who names them, what makes sense, and what is seen of their passwords."""

from collections.abc import Callable
from pathlib import Path
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
    unseen = await house.guest.want(403, "GET", "/job-connections/choices")
    await house.boss.want(204, "PUT", f"/job-grants/{house.guest.id}/database")
    choices = await house.guest.get("/job-connections/choices")
    over = await done(house.guest, "database", asked)
    await house.boss.want(204, "DELETE", f"/job-grants/{house.guest.id}/database")

    assert refused["code"] == unseen["code"] == "kind_not_allowed"
    # Where it leads is for administrators alone.
    assert {"name": file_shop.name, "engine": "sqlite"} in choices["items"]
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


async def test_edited_connection_leads_elsewhere_under_its_name(
    house: House, file_shop: Shop, tmp_path: Path
) -> None:
    new = {"name": "moving", "engine": "sqlite", "database": str(tmp_path / "not-there.db")}
    made = await house.boss.want(201, "POST", "/job-connections", new)
    path = f"/job-connections/{made['id']}"
    there = make_url(file_shop.address).database

    await house.guest.want(403, "PATCH", path, {"database": there})
    edited = await house.boss.want(200, "PATCH", path, {"database": there})
    over = await done(house.boss, "database", {"connection": "moving", "sql": "SELECT 1 AS one"})
    await house.boss.want(204, "DELETE", path)
    await house.boss.want(404, "PATCH", path, {"database": there})

    assert edited == made | {"database": there}
    assert over["result"]["rows"] == 1


async def test_stored_password_goes_to_no_other_server(house: House) -> None:
    new = {"name": "sealed", "engine": "postgresql", "host": "db.example", "database": "shop"}
    new |= {"username": "reader", "password": "not-to-be-seen"}
    made = await house.boss.want(201, "POST", "/job-connections", new)
    path = f"/job-connections/{made['id']}"

    for change in ({"host": "evil.example"}, {"port": 1}, {"username": "root"}):
        problem = await house.boss.want(422, "PATCH", path, change)
        (error,) = problem["errors"]
        assert (error["field"], error["code"]) == ("password", "password_needed_again")
    kept = await house.boss.want(200, "PATCH", path, {"database": "orders"})
    moved = await house.boss.want(200, "PATCH", path, {"port": 5433, "password": "another"})
    bare = await house.boss.want(200, "PATCH", path, {"host": "db2.example", "password": None})
    file = {"engine": "sqlite", "database": "/srv/shop.db", "port": None}
    problem = await house.boss.want(422, "PATCH", path, file)
    file |= {"host": None, "username": None}
    plain = await house.boss.want(200, "PATCH", path, file)
    await house.boss.want(204, "DELETE", path)

    assert (kept["database"], kept["has_password"]) == ("orders", True)
    assert (moved["port"], moved["has_password"]) == (5433, True)
    assert (bare["host"], bare["has_password"]) == ("db2.example", False)
    assert {error["field"] for error in problem["errors"]} == {"host", "username"}
    assert (plain["engine"], plain["host"]) == ("sqlite", None)
