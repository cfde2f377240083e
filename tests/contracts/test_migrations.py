"""Migrations: up from nothing, down to nothing, up again; the database is what the code declares."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import inspect
from sqlalchemy.engine import Connection

from taskly.kernel.db import Database
from taskly.kernel.settings import Settings
from taskly.migrations import runner
from taskly.migrations.tables import METADATA, declared
from tests.application import database_address


@pytest.fixture
async def database(
    db: str, request: pytest.FixtureRequest, tmp_path: Path
) -> AsyncIterator[Database]:
    """An empty database of the kind of this run."""
    settings = {"data_dir": tmp_path, "database_url": database_address(request)}
    database = Database(Settings.model_validate(settings))
    yield database
    await database.dispose()


def tables(connection: Connection) -> set[str]:
    return set(inspect(connection).get_table_names()) - {"alembic_version"}


def declared_tables(connection: Connection) -> set[str]:
    return {name for name in tables(connection) if declared(name, "table")}


async def test_empty_database_is_brought_to_what_the_code_declares(database: Database) -> None:
    assert await runner.current_revision(database) is None

    await runner.upgrade(database)

    assert await runner.current_revision(database) == runner.newest_revision()
    assert await runner.with_connection(database, declared_tables) == set(METADATA.tables)
    assert await runner.drift(database) == []


async def test_second_upgrade_does_nothing(database: Database) -> None:
    await runner.upgrade(database)

    await runner.upgrade(database)

    assert await runner.current_revision(database) == runner.newest_revision()


async def test_way_down_leaves_nothing_and_the_way_up_works_again(database: Database) -> None:
    await runner.upgrade(database)

    await runner.downgrade(database, "base")
    left = await runner.with_connection(database, tables)
    await runner.upgrade(database)

    assert left == set()
    assert await runner.current_revision(database) == runner.newest_revision()
    assert await runner.drift(database) == []


async def test_drift_is_noticed(database: Database) -> None:
    await runner.upgrade(database)
    async with database.writer.begin() as connection:
        await connection.exec_driver_sql("ALTER TABLE labels ADD COLUMN stray INTEGER")

    assert "stray" in str(await runner.drift(database))
