"""What a query may not do on each source, and how it ends: by its time, by a cancellation, by an error."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.jobs.conftest import House
from tests.jobs.database.shops import Shop, nothing_runs, statements_run
from tests.make.jobs import done, ended, submit, until

ENDLESS = {
    "sqlite": "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT max(i) FROM n",
    "postgresql": "SELECT pg_sleep(300)",
    "mariadb": "SELECT SLEEP(300), 'taskly marker'",
}


@pytest.mark.parametrize(
    ("engine", "sql"),
    [
        ("sqlite", "WITH a AS (SELECT 1) DELETE FROM goods"),
        ("sqlite", "SELECT 1; DELETE FROM goods"),
        ("sqlite", "SELECT load_extension('/tmp/x')"),
        ("postgresql", "WITH gone AS (DELETE FROM goods RETURNING *) SELECT * FROM gone"),
        ("postgresql", "SELECT 1; COMMIT; DELETE FROM goods"),
        ("postgresql", "SELECT nextval('numbers')"),
        ("mariadb", "SELECT 1; DELETE FROM goods"),
        ("mariadb", "SELECT * FROM goods INTO OUTFILE 'goods.txt'"),
        ("mariadb", "SELECT 1 /*!50000 INTO OUTFILE 'goods.txt' */"),
        ("mariadb", "SELECT nextval(numbers)"),
    ],
)
async def test_query_that_would_change_something_fails(
    house: House, shops: Callable[[str], Any], engine: str, sql: str
) -> None:
    shop = await shops(engine)
    if "numbers" in sql:
        await asyncio.to_thread(shop.ask, "CREATE SEQUENCE IF NOT EXISTS numbers")

    over = await done(house.boss, "database", {"connection": shop.name, "sql": sql})

    assert over["state"] == "failed"
    assert over["error"]["code"] == "query_failed"
    assert await shop.count() == 3


async def test_nothing_stays_of_what_a_read_only_transaction_lets_through(
    house: House, shops: Callable[[str], Any]
) -> None:
    shop = await shops("postgresql")

    await done(
        house.boss,
        "database",
        {"connection": shop.name, "sql": "SELECT lo_from_bytea(0, 'kept?')"},
    )

    counted = "SELECT count(*) FROM pg_largeobject_metadata"
    assert await asyncio.to_thread(shop.ask, counted) == [(0,)]


async def test_another_file_cannot_be_attached(house: House, file_shop: Shop) -> None:
    problem = await house.boss.want(
        422,
        "POST",
        "/jobs",
        {
            "kind": "database",
            "params": {"connection": file_shop.name, "sql": "/* x */ ATTACH 'b.db' AS b"},
        },
    )

    assert problem["errors"][0]["field"] == "params.sql"
    assert problem["errors"][0]["code"] == "not_a_query"


async def test_query_that_takes_too_long_ends_with_the_job(house: House, shop: Shop) -> None:
    over = await done(
        house.boss,
        "database",
        {"connection": shop.name, "sql": ENDLESS[shop.engine], "within_s": 1},
    )

    assert over["state"] == "failed"
    assert over["error"]["code"] == "query_timeout"
    await nothing_runs(shop)


async def test_cancelling_ends_the_statement_at_the_database(house: House, shop: Shop) -> None:
    begun = await submit(
        house.boss, "database", {"connection": shop.name, "sql": ENDLESS[shop.engine]}
    )
    await until(house.boss, begun["id"], "running")
    if shop.engine != "sqlite":
        await statements_run(shop, 1)

    await house.boss.want(200, "POST", f"/jobs/{begun['id']}/cancel")

    assert (await ended(house.boss, begun["id"]))["state"] == "cancelled"
    await nothing_runs(shop)


async def test_wrong_query_says_what_the_database_says(house: House, shop: Shop) -> None:
    over = await done(
        house.boss, "database", {"connection": shop.name, "sql": "SELECT colour FROM goods"}
    )

    assert over["state"] == "failed"
    assert over["error"]["code"] == "query_failed"
    assert "colour" in over["error"]["message"]
    assert over["attempt"] == 1


async def test_server_that_is_away_is_asked_again(house: House) -> None:
    away = {"name": "away", "engine": "postgresql", "database": "x", "username": "x"}
    await house.boss.want(201, "POST", "/job-connections", {**away, "host": "127.0.0.1", "port": 1})

    over = await done(
        house.boss, "database", {"connection": "away", "sql": "SELECT 1"}, max_attempts=2
    )

    assert (over["state"], over["attempt"]) == ("discarded", 2)
    assert over["error"]["code"] == "database_not_reachable"


async def test_file_that_is_not_there_is_not_made(house: House, tmp_path: Path) -> None:
    path = tmp_path / "none.db"
    await house.boss.want(
        201,
        "POST",
        "/job-connections",
        {"name": "none", "engine": "sqlite", "database": str(path)},
    )

    over = await done(house.boss, "database", {"connection": "none", "sql": "SELECT 1"})

    assert over["error"]["code"] == "database_missing"
    assert not path.exists()
