"""Schedules that people make through the API, and a ticker that comes when a test says so."""

from datetime import datetime
from typing import Any

from fastapi import FastAPI

from taskly.jobs.schedules.firing import tick
from taskly.kernel.sync_db import SyncDatabase
from tests.make.boards import Json, ManyJson, Person

ONE_HOUR_A_YEAR = "* 3 1 1 *"
"""Each minute of one hour of the year, so that nothing comes by itself while a test runs."""


async def schedule(person: Person, kind: str = "noop", **fields: Any) -> Json:
    """A new schedule."""
    body = {
        "name": "Nightly",
        "kind": kind,
        "trigger": "cron",
        "cron": ONE_HOUR_A_YEAR,
        **fields,
    }
    made: Json = await person.want(201, "POST", "/schedules", body)
    return made


async def runs(person: Person, made: Json) -> ManyJson:
    """The jobs of a schedule, the oldest first."""
    found: ManyJson = (await person.get(f"/jobs?schedule_id={made['id']}&limit=200"))["items"]
    return found[::-1]


def tick_at(app: FastAPI, database: SyncDatabase, moment: datetime) -> list[dict[str, Any]]:
    """What a ticker does that comes at this time; the jobs that it made or changed."""
    with database.write() as tx:
        return tick(tx, app.state.job_kinds, app.state.board_scope, moment)


def moment_of(text: str) -> datetime:
    """A time of an answer."""
    return datetime.fromisoformat(text)
