"""An application of its own for accounts: these tests need an installation that nobody uses yet."""

from collections.abc import AsyncIterator

import pytest
from fastapi import FastAPI
from httpx import AsyncClient

from taskly.kernel.db import Base
from taskly.kernel.settings import Settings
from tests.application import client_of, database_address, running


@pytest.fixture(scope="session")
def settings(
    db: str, request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Settings:
    return Settings.model_validate(
        {
            "data_dir": tmp_path_factory.mktemp("accounts"),
            "database_url": database_address(request),
            "poll_interval_s": 60,
            "cors_origins": ["http://desk.taskly.test"],
        }
    )


@pytest.fixture(scope="session")
async def kept_app(settings: Settings) -> AsyncIterator[FastAPI]:
    """The application of all these tests, whatever is in its database."""
    async with running(settings) as app:
        yield app


@pytest.fixture
async def app(kept_app: FastAPI) -> FastAPI:
    """The application of an installation without any account."""
    async with kept_app.state.database.write() as tx:
        for name in ("sessions", "users", "streams", "events"):
            await tx.execute(Base.metadata.tables[name].delete())
    return kept_app


@pytest.fixture
async def client(app: FastAPI) -> AsyncIterator[AsyncClient]:
    async with client_of(app) as client:
        yield client


@pytest.fixture
async def other_app(app: FastAPI, settings: Settings) -> AsyncIterator[FastAPI]:
    """A second process in all but name: the same database, no bus in common."""
    async with running(settings) as other:
        yield other


@pytest.fixture
async def closed_client(app: FastAPI, settings: Settings) -> AsyncIterator[AsyncClient]:
    """A client of an installation without any account, where nobody can register."""
    closed = settings.model_copy(update={"registration": "closed"})
    async with running(closed) as closed_app, client_of(closed_app) as client:
        yield client
