"""Reads of schedules."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Row, func, select
from sqlalchemy.sql.elements import ColumnElement

from taskly.accounts.queries import people
from taskly.jobs.models import Job, Schedule
from taskly.jobs.queries import Reader
from taskly.kernel.db import ReadTx
from taskly.kernel.errors import NotFound

SCHEDULE_COLUMNS = tuple(Schedule.__table__.c)
RECENT = 20


async def list_schedules(
    tx: ReadTx,
    reader: Reader,
    wanted: Sequence[ColumnElement[bool]],
    *,
    before: UUID | None,
    limit: int,
) -> Sequence[Row[Any]]:
    """Schedules that somebody may see, the newest first; `before` is the id of the last row."""
    found = select(*SCHEDULE_COLUMNS).where(
        reader.may_see(Schedule), Schedule.deleted_at.is_(None), *wanted
    )
    if before is not None:
        found = found.where(Schedule.id < before)
    return await tx.all(found.order_by(Schedule.id.desc()).limit(limit))


async def see_schedule(tx: ReadTx, reader: Reader, schedule_id: UUID) -> Row[Any]:
    """A schedule that somebody may see. Raises `NotFound`."""
    row = await tx.first(
        select(*SCHEDULE_COLUMNS).where(
            Schedule.id == schedule_id, reader.may_see(Schedule), Schedule.deleted_at.is_(None)
        )
    )
    if row is None:
        raise NotFound
    return row


async def recent_runs(tx: ReadTx, schedule_ids: Sequence[UUID]) -> dict[UUID, list[dict[str, Any]]]:
    """The newest jobs of each schedule, the newest first."""
    found: dict[UUID, list[dict[str, Any]]] = {schedule_id: [] for schedule_id in schedule_ids}
    if not schedule_ids:
        return found
    columns = (
        Job.schedule_id,
        Job.id,
        Job.number,
        Job.state,
        Job.attempt,
        Job.finished_at,
        Job.error_code,
        Job.error_message,
    )
    place = func.row_number().over(partition_by=Job.schedule_id, order_by=Job.number.desc())
    newest = (
        select(*columns, place.label("place"))
        .where(Job.schedule_id.in_(schedule_ids), Job.deleted_at.is_(None))
        .subquery()
    )
    rows = await tx.all(select(newest).where(newest.c.place <= RECENT).order_by(newest.c.place))
    for row in rows:
        failed = row.error_code is not None
        error = {"code": row.error_code, "message": row.error_message} if failed else None
        names = ("id", "number", "state", "attempt", "finished_at")
        run = {name: row._mapping[name] for name in names}
        found[row.schedule_id].append({**run, "error": error})
    return found


async def owners(tx: ReadTx, ids: Sequence[UUID]) -> dict[UUID, dict[str, Any]]:
    """Who these people are."""
    names = ("id", "username", "full_name", "avatar_url")
    rows = await people(tx, list(dict.fromkeys(ids)))
    return {row.id: {name: row._mapping[name] for name in names} for row in rows}
