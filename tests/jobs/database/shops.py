"""Databases outside of Taskly, with goods in them, and files of jobs that read them."""

import asyncio
from dataclasses import dataclass
from typing import Any

from sqlalchemy import create_engine, text

from tests.make.boards import Json, Person
from tests.make.jobs import LOOK_S

SOON_S = 5.0


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


async def fetched(person: Person, job: Json, file_type: str = "data") -> bytes:
    answer = await person.call("GET", f"/jobs/{job['id']}/files/{file_type}")
    assert answer.status_code == 200
    return bytes(answer.content)


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
