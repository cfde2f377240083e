"""A database that somebody else holds is busy: a 503 that says so, and nothing half done."""

import sqlite3
from pathlib import Path
from uuid import UUID

import pytest
from fastapi import FastAPI, Response
from sqlalchemy import insert

from taskly.kernel.db import Database
from taskly.kernel.events import Stream
from taskly.kernel.http import Db, install_problem_handlers
from taskly.kernel.ids import new_id
from taskly.kernel.settings import Settings
from taskly.migrations import runner
from tests.application import client_of

pytestmark = pytest.mark.sqlite_only


async def test_a_write_while_another_program_holds_the_file_is_answered_busy(
    tmp_path: Path,
) -> None:
    database = Database(Settings(data_dir=tmp_path, database_timeout_s=0.2))
    await runner.upgrade(database)
    app = FastAPI()
    app.state.database = database
    install_problem_handlers(app)

    @app.post("/{stream_id}")
    async def write(tx: Db, stream_id: UUID) -> Response:
        await tx.execute(insert(Stream).values(id=stream_id, seq=0, serial=0, kept_after=0))
        return Response(status_code=201)

    async with client_of(app) as client:
        other = sqlite3.connect(tmp_path / "taskly.db", isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        refused = await client.post(f"/{new_id()}")
        other.execute("ROLLBACK")
        other.close()
        taken = await client.post(f"/{new_id()}")
    await database.dispose()

    assert refused.status_code == 503
    assert refused.json()["code"] == "busy"
    assert taken.status_code == 201
