"""The whole application on a migrated database, one for all tests of a run: tests differ by their data."""

import logging
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
import structlog
from fastapi import FastAPI
from httpx import ASGITransport, AsyncClient

from taskly.app import create_app
from taskly.kernel.log import configure_logging
from taskly.kernel.settings import Settings
from taskly.migrations import runner
from tests.make.accounts import person
from tests.make.boards import Person

# Warnings alone, and plain: the usual renderer takes a minute to draw a deep traceback with its values.
structlog.configure(
    processors=[
        structlog.processors.add_log_level,
        structlog.dev.ConsoleRenderer(
            colors=False, exception_formatter=structlog.dev.plain_traceback
        ),
    ],
    wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING),
)


def database_address(request: pytest.FixtureRequest) -> str | None:
    """An empty database of the kind that `--db` names; None is a SQLite file in the data folder."""
    engine = request.config.getoption("--db", default="sqlite")
    address: str | None = None
    if engine != "sqlite":
        address = request.getfixturevalue(f"new_{engine}_database")()
    return address


@asynccontextmanager
async def running(settings: Settings) -> AsyncIterator[FastAPI]:
    """A started application, its database brought up to date by the migrations."""
    configure_logging(settings)
    app = create_app(settings)
    await runner.upgrade(app.state.database)
    async with app.router.lifespan_context(app):
        yield app


def client_of(app: FastAPI) -> AsyncClient:
    """A client that calls the application without a network; a failure inside is a 500, as for users."""
    transport = ASGITransport(app, raise_app_exceptions=False)
    return AsyncClient(transport=transport, base_url="http://taskly.test")


@pytest.fixture(scope="session")
async def taskly_app(
    db: str, request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[FastAPI]:
    """The application that most tests share."""
    folder: Path = tmp_path_factory.mktemp("taskly")
    settings = Settings.model_validate(
        {
            "data_dir": folder,
            "database_url": database_address(request),
            "poll_interval_s": 30,
            "log_level": "warning",
            "job_modules": ["tests.jobs.kinds"],
            "job_grace_s": 1.5,
            "job_retry_s": 0.02,
            "job_log_bytes": 2**19,
            # Where servers of tests stand for the outside; 127.0.0.1 stays the inside.
            "outbound_allow": ["127.0.0.2/32"],
        }
    )
    async with running(settings) as app:
        yield app


@pytest.fixture
async def http(taskly_app: FastAPI) -> AsyncIterator[AsyncClient]:
    """A client that nobody is signed in with."""
    async with client_of(taskly_app) as client:
        yield client


def fresh_name(stem: str) -> str:
    """A user name that nobody has yet."""
    return f"{stem}-{secrets.token_hex(4)}"


async def sign_up(client: AsyncClient, stem: str) -> Person:
    """A new person, signed in, calling through `client`."""
    login = await person(client, fresh_name(stem))
    return Person(client, login.token, login.user)


@pytest.fixture
async def anna(http: AsyncClient) -> Person:
    """Somebody who is signed in."""
    return await sign_up(http, "anna")


@pytest.fixture
async def bob(http: AsyncClient) -> Person:
    """Somebody else who is signed in."""
    return await sign_up(http, "bob")
