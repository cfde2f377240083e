"""Brings a database to the shape that this version needs; one process at a time."""

from pathlib import Path
from typing import Any

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.pool import NullPool

from taskly.kernel.db import Database
from taskly.migrations.tables import METADATA, declared

LOCK_NUMBER = 7_305_001
LOCK_NAME = "taskly-migrations"
LOCK_WAIT_S = 600


def alembic_config(connection: Connection | None = None) -> Config:
    """Alembic's configuration for a connection; there is no file of it."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    return config


def newest_revision() -> str:
    """The revision that this version of Taskly needs."""
    head = ScriptDirectory.from_config(alembic_config()).get_current_head()
    assert head is not None
    return head


def _current(connection: Connection) -> str | None:
    return MigrationContext.configure(connection).get_current_revision()


def _lock(connection: Connection, *, take: bool) -> None:
    # SQLite needs none: its migrations run in transactions that exclude each other.
    if connection.dialect.name == "postgresql":
        function = "pg_advisory_lock" if take else "pg_advisory_unlock"
        connection.execute(text(f"SELECT {function}({LOCK_NUMBER})"))
    elif connection.dialect.name in {"mysql", "mariadb"}:
        call = f"GET_LOCK('{LOCK_NAME}', {LOCK_WAIT_S})" if take else f"RELEASE_LOCK('{LOCK_NAME}')"
        connection.execute(text(f"SELECT {call}"))
    connection.commit()


def _engine(database: Database) -> AsyncEngine:
    return create_async_engine(database.url, poolclass=NullPool)


async def with_connection(database: Database, work: Any, *arguments: Any) -> Any:
    """Run `work(connection, *arguments)` on a connection of its own."""
    engine = _engine(database)
    try:
        async with engine.connect() as connection:
            return await connection.run_sync(work, *arguments)
    finally:
        await engine.dispose()


def _migrate(connection: Connection, target: str) -> None:
    _lock(connection, take=True)
    try:
        config = alembic_config(connection)
        if target == "head":
            command.upgrade(config, "head")
        else:
            command.downgrade(config, target)
        connection.commit()
    finally:
        connection.rollback()
        _lock(connection, take=False)


async def upgrade(database: Database) -> None:
    """Bring the database to the newest revision; does nothing where it is there already."""
    if await current_revision(database) != newest_revision():
        await with_connection(database, _migrate, "head")


async def downgrade(database: Database, target: str) -> None:
    """Bring the database back to an older revision, or to `base`, which is empty."""
    await with_connection(database, _migrate, target)


async def current_revision(database: Database) -> str | None:
    """The revision that the database is at; None for one that Taskly has never seen."""
    found: str | None = await with_connection(database, _current)
    return found


def _drift(connection: Connection) -> list[Any]:
    context = MigrationContext.configure(
        connection, opts={"compare_type": True, "include_name": declared}
    )
    return list(compare_metadata(context, METADATA))


async def drift(database: Database) -> list[Any]:
    """How the database differs from what the code declares; empty when migrations are complete."""
    found: list[Any] = await with_connection(database, _drift)
    return found
