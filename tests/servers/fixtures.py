"""Fixtures that give the servers to tests, started when the first test asks for one.

An address in TASKLY_TEST_POSTGRES_URL, TASKLY_TEST_MARIADB_URL or TASKLY_TEST_REDIS_URL is used
instead of a server of our own; tests that crash a server always get their own.
"""

import os
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack
from typing import TypeVar

import pytest

from tests.servers.docker import DockerServer, docker_server
from tests.servers.mariadb import MariaDbServer, mariadb_database, mariadb_server
from tests.servers.postgres import PostgresServer, postgres_database, postgres_server
from tests.servers.process import MissingServer
from tests.servers.rabbitmq import RabbitServer, rabbitmq_server
from tests.servers.valkey import ValkeyServer, valkey_server

ENGINES = ("sqlite", "postgres", "mariadb")

Server = TypeVar("Server")


def pytest_addoption(parser: pytest.Parser) -> None:
    """Adds --db."""
    parser.addoption("--db", choices=ENGINES, default="sqlite", help="database to test on")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Notes on each test that uses a database which one it is, for the report."""
    for item in items:
        if "db" in getattr(item, "fixturenames", ()):
            item.user_properties.append(("db", config.getoption("db")))


@pytest.fixture(scope="session")
def db(request: pytest.FixtureRequest) -> str:
    """The database of this run. Whatever opens it asks for this, so that its tests are counted."""
    return str(request.config.getoption("db"))


@pytest.fixture(scope="session")
def own_postgres() -> Iterator[PostgresServer]:
    """A PostgreSQL server that a test may kill."""
    yield from _running(postgres_server())


@pytest.fixture(scope="session")
def own_mariadb() -> Iterator[MariaDbServer]:
    """A MariaDB server that a test may kill."""
    yield from _running(mariadb_server())


@pytest.fixture(scope="session")
def own_valkey() -> Iterator[ValkeyServer]:
    """A Valkey server that a test may kill."""
    yield from _running(valkey_server())


@pytest.fixture(scope="session")
def own_docker() -> Iterator[DockerServer]:
    """A Docker engine with one small image."""
    yield from _running(docker_server())


@pytest.fixture(scope="session")
def own_rabbitmq() -> Iterator[RabbitServer]:
    """A RabbitMQ server that a test may kill."""
    yield from _running(rabbitmq_server())


@pytest.fixture(scope="session")
def postgres_url(request: pytest.FixtureRequest) -> str:
    """Address of a PostgreSQL server on which databases may be created."""
    given = os.environ.get("TASKLY_TEST_POSTGRES_URL")
    return given or str(request.getfixturevalue("own_postgres").url)


@pytest.fixture(scope="session")
def mariadb_url(request: pytest.FixtureRequest) -> str:
    """Address of a MariaDB server on which databases may be created."""
    given = os.environ.get("TASKLY_TEST_MARIADB_URL")
    return given or str(request.getfixturevalue("own_mariadb").url)


@pytest.fixture(scope="session")
def redis_url(request: pytest.FixtureRequest) -> str:
    """Address of a Valkey or Redis server."""
    given = os.environ.get("TASKLY_TEST_REDIS_URL")
    return given or str(request.getfixturevalue("own_valkey").url)


@pytest.fixture(scope="session")
def new_postgres_database(postgres_url: str) -> Iterator[Callable[[], str]]:
    """Creates an empty PostgreSQL database at each call; all are dropped after the run."""
    with ExitStack() as stack:
        yield lambda: stack.enter_context(postgres_database(postgres_url))


@pytest.fixture(scope="session")
def new_mariadb_database(mariadb_url: str) -> Iterator[Callable[[], str]]:
    """Creates an empty MariaDB database at each call; all are dropped after the run."""
    with ExitStack() as stack:
        yield lambda: stack.enter_context(mariadb_database(mariadb_url))


def _running(server: AbstractContextManager[Server]) -> Iterator[Server]:
    """Runs the server; where it cannot be had, skips loudly, or fails in CI."""
    with ExitStack() as stack:
        try:
            running = stack.enter_context(server)
        except MissingServer as missing:
            if os.environ.get("CI", "").lower() in {"1", "true"}:
                pytest.fail(f"{missing}; CI must not pass by skipping", pytrace=False)
            pytest.skip(f"MISSING SERVER: {missing}")
        yield running
