"""An installation whose administrator a test may be, and the database as other processes see it."""

from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from fastapi import FastAPI

from taskly.kernel.settings import Settings
from taskly.kernel.sync_db import SyncDatabase
from tests.application import client_of, database_address, running, sign_up
from tests.make.boards import Person


@dataclass
class House:
    """An installation of its own, whose first account manages it."""

    app: FastAPI
    boss: Person
    guest: Person


@pytest.fixture
async def house(db: str, request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[House]:
    settings = Settings.model_validate(
        {
            "data_dir": tmp_path,
            "database_url": database_address(request),
            "log_level": "warning",
            "job_modules": ["tests.jobs.kinds"],
            "outbound_allow": ["127.0.0.2/32"],
        }
    )
    async with running(settings) as app, client_of(app) as client:
        yield House(app, await sign_up(client, "boss"), await sign_up(client, "guest"))


@pytest.fixture
def ticker(taskly_app: FastAPI) -> Iterator[SyncDatabase]:
    """The database as a ticker of another process has it."""
    database = SyncDatabase(taskly_app.state.settings)
    yield database
    database.dispose()
