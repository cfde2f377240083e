"""Writes a new migration from the difference between an empty database, migrated, and the code."""

import asyncio
import sys
import tempfile
from pathlib import Path

from alembic import command
from sqlalchemy import Connection

from taskly.kernel.db import Database
from taskly.kernel.settings import Settings
from taskly.migrations import runner


def _write(connection: Connection, message: str, revision: str) -> None:
    config = runner.alembic_config(connection)
    command.upgrade(config, "head")
    command.revision(config, message, autogenerate=True, rev_id=revision)


async def main(revision: str, message: str) -> None:
    """Make revision `revision` with this title."""
    with tempfile.TemporaryDirectory() as folder:
        database = Database(Settings(data_dir=Path(folder)))
        await runner.with_connection(database, _write, message, revision)


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], sys.argv[2]))
