"""A migrated database for tests of what lies below the domains."""

from collections.abc import AsyncIterator

import pytest

from taskly.kernel.db import Database
from taskly.kernel.settings import Settings
from taskly.migrations import runner
from tests.application import database_address


@pytest.fixture(scope="module")
async def settings(
    db: str, request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Settings:
    """Settings that name an empty database of the kind of this run."""
    return Settings.model_validate(
        {
            "data_dir": tmp_path_factory.mktemp(f"kernel-{db}"),
            "database_url": database_address(request),
            "poll_interval_s": 0.05,
        }
    )


@pytest.fixture(scope="module")
async def database(settings: Settings) -> AsyncIterator[Database]:
    """That database, with all tables."""
    database = Database(settings)
    await runner.upgrade(database)
    yield database
    await database.dispose()


@pytest.fixture(scope="module")
async def stranger(database: Database, settings: Settings) -> AsyncIterator[Database]:
    """Another program in all but name: the same database, no message in common."""
    other = Database(settings)
    yield other
    await other.dispose()
