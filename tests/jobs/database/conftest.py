"""An installation for all tests of jobs on databases, and the databases that they read."""

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
from sqlalchemy import make_url

from taskly.kernel.settings import Settings
from taskly.kernel.sync_db import SYNC_DRIVERS
from tests.application import client_of, database_address, running, sign_up
from tests.jobs.conftest import House
from tests.jobs.database.shops import Shop, fill
from tests.make.boards import Json

SERVERS = ["postgresql", "mariadb"]
SOURCES = ["sqlite", *SERVERS]


@pytest.fixture(scope="package")
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


@pytest.fixture(scope="package")
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


@pytest.fixture
async def file_shop(shops: Callable[[str], Any]) -> Shop:
    found: Shop = await shops("sqlite")
    return found
