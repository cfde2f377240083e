"""Jobs on databases: what a query may do on each source, backups under load, and upkeep of our own."""

import asyncio
import contextlib
import gzip
import io
import sqlite3
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson
import pyarrow.parquet as pq
import pytest
from fastapi import FastAPI
from sqlalchemy import create_engine, make_url, text

from taskly.kernel.settings import Settings
from taskly.kernel.sync_db import SYNC_DRIVERS
from tests.application import client_of, database_address, running, sign_up
from tests.make.boards import Json, Person
from tests.make.jobs import LOOK_S, done, ended, log_lines, submit, until

SERVERS = ["postgresql", "mariadb"]
SOURCES = ["sqlite", *SERVERS]
SOON_S = 5.0
ENDLESS = {
    "sqlite": "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT max(i) FROM n",
    "postgresql": "SELECT pg_sleep(300)",
    "mariadb": "SELECT SLEEP(300), 'taskly marker'",
}


@dataclass
class House:
    """An installation of its own, whose first account manages it."""

    app: FastAPI
    boss: Person
    guest: Person


@pytest.fixture(scope="module")
async def house(
    db: str, request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[House]:
    settings = Settings.model_validate(
        {
            "data_dir": tmp_path_factory.mktemp("house"),
            "database_url": database_address(request),
            "log_level": "warning",
            "job_grace_s": 3,
            "job_retry_s": 0.02,
        }
    )
    async with running(settings) as app, client_of(app) as client:
        yield House(app, await sign_up(client, "boss"), await sign_up(client, "guest"))


@dataclass
class Shop:
    """A database outside of Taskly with goods in it, and its connection."""

    engine: str
    name: str
    address: str

    def ask(self, sql: str) -> list[Any]:
        engine = create_engine(self.address)
        try:
            with engine.begin() as connection:
                result = connection.execute(text(sql))
                return [tuple(row) for row in result] if result.returns_rows else []
        finally:
            engine.dispose()

    async def count(self) -> int:
        rows = await asyncio.to_thread(self.ask, "SELECT count(*) FROM goods")
        return int(rows[0][0])


def fill(shop: Shop) -> None:
    shop.ask("CREATE TABLE goods (id INTEGER, name VARCHAR(50), price NUMERIC(10, 2))")
    shop.ask("INSERT INTO goods VALUES (0, 'tea', 3.5), (1, 'grüner 茶', 12), (2, '=1+1', NULL)")


@pytest.fixture(scope="module")
async def shops(
    house: House, request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Callable[[str], Any]:
    """Gives the shop on an engine, made when it is first asked for."""
    made: dict[str, Shop] = {}

    async def shop(engine: str) -> Shop:
        if engine in made:
            return made[engine]
        if engine == "sqlite":
            path = tmp_path_factory.mktemp("shop") / "shop #1.db"
            where: Json = {"database": str(path)}
            address = f"sqlite:///{path}"
        else:
            given = {"postgresql": "postgres"}.get(engine, engine)
            url = make_url(request.getfixturevalue(f"new_{given}_database")())
            where = {"host": url.host, "port": url.port, "database": url.database}
            where |= {"username": url.username, "password": "not-to-be-seen"}
            address = str(url.set(drivername=SYNC_DRIVERS[engine]))
        if engine == "mariadb":
            del where["password"]
        name = f"shop-{engine}"
        await house.boss.want(
            201, "POST", "/job-connections", {"name": name, "engine": engine, **where}
        )
        made[engine] = Shop(engine, name, address)
        await asyncio.to_thread(fill, made[engine])
        return made[engine]

    return shop


@pytest.fixture(params=SOURCES)
async def shop(request: pytest.FixtureRequest, shops: Callable[[str], Any]) -> Shop:
    found: Shop = await shops(request.param)
    return found


@pytest.fixture(params=SERVERS)
async def served(request: pytest.FixtureRequest, shops: Callable[[str], Any]) -> Shop:
    found: Shop = await shops(request.param)
    return found


@pytest.fixture
async def file_shop(shops: Callable[[str], Any]) -> Shop:
    found: Shop = await shops("sqlite")
    return found


async def fetched(person: Person, job: Json, file_type: str = "data") -> bytes:
    answer = await person.call("GET", f"/jobs/{job['id']}/files/{file_type}")
    assert answer.status_code == 200
    return bytes(answer.content)


async def test_rows_of_a_query_become_lines_of_json(house: House, shop: Shop) -> None:
    over = await done(
        house.boss,
        "database",
        {
            "connection": shop.name,
            "sql": "SELECT id, name AS id, price FROM goods ORDER BY 1 -- all;",
            "format": "jsonl",
        },
    )

    assert over["state"] == "succeeded", over["error"]
    assert over["result"] == {"rows": 3, "columns": ["id", "id", "price"], "more": False}
    rows = [orjson.loads(line) for line in (await fetched(house.boss, over)).splitlines()]
    assert [row["id_2"] for row in rows] == ["tea", "grüner 茶", "=1+1"]
    assert [row["id"] for row in rows] == [0, 1, 2]
    assert float(rows[0]["price"]) == 3.5
    assert rows[2]["price"] is None


async def test_rows_of_a_query_become_a_table_with_types(house: House, shop: Shop) -> None:
    over = await done(
        house.boss,
        "database",
        {"connection": shop.name, "sql": "SELECT * FROM goods ORDER BY id", "format": "parquet"},
    )

    assert over["state"] == "succeeded", over["error"]
    table = pq.read_table(io.BytesIO(await fetched(house.boss, over)))
    assert table.column("id").to_pylist() == [0, 1, 2]
    assert table.column("name").to_pylist()[1] == "grüner 茶"
    assert [price and float(price) for price in table.column("price").to_pylist()] == [
        3.5,
        12,
        None,
    ]


async def test_text_that_a_spreadsheet_would_calculate_is_disarmed(
    house: House, file_shop: Shop
) -> None:
    params = {
        "connection": file_shop.name,
        "sql": "SELECT name, -1 AS less FROM goods WHERE id = 2",
    }

    safe = await done(house.boss, "database", params)
    raw = await done(house.boss, "database", params | {"escape_formulas": False})

    assert (await fetched(house.boss, safe)).decode().splitlines() == ["name,less", "'=1+1,-1"]
    assert (await fetched(house.boss, raw)).decode().splitlines() == ["name,less", "=1+1,-1"]


async def test_columns_that_mix_words_and_numbers_keep_all_of_them(
    house: House, file_shop: Shop
) -> None:
    sql = (
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 45000)"
        " SELECT i, CASE WHEN i > 44000 THEN 'word' WHEN i > 21000 THEN 1.5 END AS mixed FROM n"
    )

    over = await done(
        house.boss, "database", {"connection": file_shop.name, "sql": sql, "format": "parquet"}
    )

    assert over["state"] == "succeeded", over["error"]
    table = pq.read_table(io.BytesIO(await fetched(house.boss, over)))
    mixed = table.column("mixed").to_pylist()
    assert table.num_rows == over["result"]["rows"] == 45000
    assert (mixed[0], mixed[30000], mixed[-1]) == (None, "1.5", "word")


async def test_query_without_rows_still_names_its_columns(house: House, shop: Shop) -> None:
    over = await done(
        house.boss,
        "database",
        {"connection": shop.name, "sql": "SELECT id, name FROM goods WHERE id > 100"},
    )

    assert over["result"]["rows"] == 0
    assert (await fetched(house.boss, over)).decode().split() == ["id,name"]


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


async def test_rows_past_the_limit_are_left_out_and_said(house: House, shop: Shop) -> None:
    over = await done(
        house.boss,
        "database",
        {"connection": shop.name, "sql": "SELECT id FROM goods ORDER BY id", "most_rows": 2},
    )

    assert over["state"] == "succeeded", over["error"]
    assert (over["result"]["rows"], over["result"]["more"]) == (2, True)
    assert (await fetched(house.boss, over)).split() == [b"id", b"0", b"1"]
    assert "the rest was left out" in " ".join(await log_lines(house.boss, over["id"]))


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


def marked(shop: Shop) -> int:
    """How many statements of jobs run at the server."""
    found = {
        "postgresql": "SELECT count(*) FROM pg_stat_activity"
        " WHERE state = 'active' AND application_name = 'taskly-job'",
        "mariadb": "SELECT count(*) FROM information_schema.processlist"
        " WHERE info LIKE CONCAT('%taskly m', 'arker%') AND id <> CONNECTION_ID()",
    }
    return int(shop.ask(found[shop.engine])[0][0])


async def statements_run(shop: Shop, number: int) -> None:
    """Soon, that is: long before the time limit that the server has."""
    async with asyncio.timeout(SOON_S):
        while True:
            if await asyncio.to_thread(marked, shop) == number:
                return
            await asyncio.sleep(LOOK_S)


async def nothing_runs(shop: Shop) -> None:
    if shop.engine != "sqlite":
        await statements_run(shop, 0)


async def test_wrong_query_says_what_the_database_says(house: House, shop: Shop) -> None:
    over = await done(
        house.boss, "database", {"connection": shop.name, "sql": "SELECT colour FROM goods"}
    )

    assert over["state"] == "failed"
    assert over["error"]["code"] == "query_failed"
    assert "colour" in over["error"]["message"]
    assert over["attempt"] == 1


async def test_connection_that_nobody_knows_fails_the_job(house: House) -> None:
    over = await done(house.boss, "database", {"connection": "nowhere", "sql": "SELECT 1"})

    assert over["error"]["code"] == "unknown_connection"


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


async def test_backup_is_whole_while_people_write(house: House, db: str, tmp_path: Path) -> None:
    board = await house.boss.board("Busy")
    column = await house.boss.list(board)
    before = [(await house.boss.card(column, f"before {number}"))["id"] for number in range(20)]

    async def write() -> None:
        for number in range(10_000):
            await house.boss.card(column, f"during {number}")

    writing = asyncio.create_task(write())
    over = await done(house.boss, "backup")
    writing.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await writing

    assert over["state"] == "succeeded", over["error"]
    kept = await fetched(house.boss, over, "backup")
    if db == "postgres":
        assert kept.startswith(b"PGDMP")
        return
    content = gzip.decompress(kept)
    if db == "mariadb":
        assert all(card.replace("-", "").encode() in content.replace(b"-", b"") for card in before)
        assert b"-- Dump completed" in content
        return
    copy = tmp_path / "copy.db"
    await asyncio.to_thread(copy.write_bytes, content)
    assert set(await asyncio.to_thread(titles, copy)) >= {
        f"before {number}" for number in range(20)
    }


def titles(path: Path) -> list[str]:
    with contextlib.closing(sqlite3.connect(path)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        return [title for (title,) in connection.execute("SELECT title FROM cards")]


async def test_backup_without_its_tool_says_which_one(
    db: str, request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if db == "sqlite":
        pytest.skip("SQLite needs no tool")
    settings = Settings.model_validate(
        {"data_dir": tmp_path, "database_url": database_address(request), "log_level": "warning"}
    )
    # The processes of jobs have the environment in which the server was started.
    monkeypatch.setenv("PATH", "/nowhere")
    async with running(settings) as app, client_of(app) as client:
        over = await done(await sign_up(client, "boss"), "backup")

    assert over["state"] == "failed"
    assert over["error"]["code"] == "tool_missing"


@pytest.mark.parametrize("compact", [True, False])
async def test_maintenance_says_what_it_did(house: House, compact: bool) -> None:
    over = await done(house.boss, "maintenance", {"compact": compact})

    assert over["state"] == "succeeded", over["error"]
    assert over["result"]["steps"] >= 1
    assert over["result"]["bytes_after"] > 0
    # Everything goes on as before.
    await house.boss.board("After")
