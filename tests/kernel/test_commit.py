"""A commit that fails is never answered as a success, and nothing of it remains."""

from collections.abc import AsyncIterator
from uuid import UUID

import pytest
from fastapi import FastAPI, Response
from httpx import AsyncClient
from sqlalchemy import insert, select, text

from taskly.kernel.db import Database
from taskly.kernel.events import Stream
from taskly.kernel.http import Db, install_problem_handlers
from taskly.kernel.ids import new_id
from tests.application import client_of


@pytest.fixture
def app(database: Database) -> FastAPI:
    """An application with routes whose commit fails in the database itself."""
    app = FastAPI()
    app.state.database = database
    install_problem_handlers(app)

    @app.post("/promise/{stream_id}")
    async def promise(tx: Db, stream_id: UUID) -> Response:
        """Write a row, and a second one with the same key just before the commit."""
        row = {"id": stream_id, "seq": 0, "serial": 0, "kept_after": 0}
        await tx.execute(insert(Stream).values(**row))

        async def again(inner: Db) -> None:
            await inner.execute(insert(Stream).values(**row))

        tx.before_commit.append(again)
        return Response(status_code=201)

    @app.post("/cut/{stream_id}")
    async def cut(tx: Db, stream_id: UUID) -> Response:
        """Write a row on a connection that is cut before the commit."""
        row = {"id": stream_id, "seq": 0, "serial": 0, "kept_after": 0}
        await tx.execute(insert(Stream).values(**row))
        assert tx._conn is not None
        raw = await tx._conn.get_raw_connection()
        driver = raw.driver_connection
        assert driver is not None
        if tx.dialect == "postgresql":
            driver.terminate()
        elif tx.dialect == "mariadb":
            driver._writer.transport.abort() if hasattr(driver, "_writer") else driver.close()
        else:
            await driver.close()
        return Response(status_code=201)

    return app


@pytest.fixture
async def client(app: FastAPI) -> AsyncIterator[AsyncClient]:
    async with client_of(app) as client:
        yield client


async def exists(database: Database, stream_id: UUID) -> bool:
    async with database.read() as tx:
        return await tx.first(select(Stream.id).where(Stream.id == stream_id)) is not None


async def test_constraint_that_fails_at_commit_is_no_success(
    client: AsyncClient, database: Database
) -> None:
    stream_id = new_id()

    answer = await client.post(f"/promise/{stream_id}")

    assert answer.status_code == 500
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["code"] == "internal"
    assert "streams" not in answer.text
    assert not await exists(database, stream_id)


async def test_connection_that_breaks_before_the_commit_is_no_success(
    client: AsyncClient, database: Database
) -> None:
    stream_id = new_id()

    answer = await client.post(f"/cut/{stream_id}")

    assert answer.status_code >= 500
    assert answer.headers["content-type"] == "application/problem+json"
    assert not await exists(database, stream_id)
    async with database.write() as tx:
        assert await tx.scalar(text("SELECT 1")) == 1
