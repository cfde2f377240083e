"""Routes of schedules."""

from collections.abc import Mapping, Sequence
from itertools import islice
from typing import Annotated, Any
from uuid import UUID
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Query, Request, Response, status
from pydantic import ConfigDict, Field
from sqlalchemy.sql.elements import ColumnElement

from taskly.jobs.capabilities import JobReader
from taskly.jobs.models import Schedule
from taskly.jobs.routes import READ, WRITE, announce, kinds_of, shown
from taskly.jobs.schedules import queries, service
from taskly.jobs.schedules.schemas import (
    Pause,
    Preview,
    PreviewOut,
    ScheduleEdit,
    ScheduleNew,
    ScheduleOut,
)
from taskly.jobs.schedules.times import Rule, clock_change
from taskly.jobs.schemas import JobOut
from taskly.jobs.service import WAKE
from taskly.kernel.clock import now
from taskly.kernel.db import ReadTx
from taskly.kernel.http import Db, Page, Paging, ReadDb, TasklyRoute, json_bytes
from taskly.kernel.paging import page_of, uuid_of
from taskly.kernel.wire import to_json

router = APIRouter(prefix="/schedules", route_class=TasklyRoute, tags=["schedules"])

FIELDS = tuple(
    name for name in ScheduleOut.model_fields if name not in {"owner", "params", "recent"}
)


class SchedulesQuery(Paging):
    """Which schedules."""

    model_config = ConfigDict(extra="ignore")

    kind: str | None = Field(None, max_length=64)
    card_id: UUID | None = None
    board_id: UUID | None = None
    owner: UUID | None = None
    paused: bool | None = None
    q: str | None = Field(None, max_length=200)

    def conditions(self) -> list[ColumnElement[bool]]:
        """The same as conditions on schedules."""
        equal = {
            Schedule.kind: self.kind,
            Schedule.card_id: self.card_id,
            Schedule.board_id: self.board_id,
            Schedule.owner_id: self.owner,
        }
        found = [column == value for column, value in equal.items() if value is not None]
        if self.paused is not None:
            rests = Schedule.paused_at.is_not(None)
            found.append(rests if self.paused else Schedule.paused_at.is_(None))
        if self.q and self.q.strip():
            found.append(Schedule.name.icontains(self.q.strip(), autoescape=True))
        return found


async def _whole(
    tx: ReadTx, request: Request, rows: Sequence[Mapping[Any, Any]]
) -> list[dict[str, Any]]:
    """Schedules as their answers have them, the secrets among their parameters hidden."""
    recent = await queries.recent_runs(tx, [row["id"] for row in rows])
    owners = await queries.owners(tx, [row["owner_id"] for row in rows])
    found = []
    for row in rows:
        kind = kinds_of(request).get(row["kind"])
        found.append(
            {
                **{name: row[name] for name in FIELDS},
                "owner": owners[row["owner_id"]],
                "params": kind.hidden(row["params"]) if kind is not None else row["params"],
                "recent": recent[row["id"]],
            }
        )
    return found


async def _answer(
    tx: ReadTx, request: Request, row: Mapping[Any, Any], code: int = 200
) -> Response:
    (whole,) = await _whole(tx, request, [row])
    return json_bytes(to_json(whole), code)


@router.post("", response_model=ScheduleOut, status_code=status.HTTP_201_CREATED, responses=WRITE)
async def create_schedule(
    request: Request, reader: JobReader, db: Db, new: ScheduleNew
) -> Response:
    """Make a rule that submits jobs: by cron, in intervals, or once."""
    row = await service.create_schedule(db, reader, kinds_of(request), new)
    return await _answer(db, request, row, 201)


@router.get("", response_model=Page[ScheduleOut], responses=READ)
async def list_schedules(
    request: Request, reader: JobReader, db: ReadDb, query: Annotated[SchedulesQuery, Query()]
) -> Response:
    """The schedules that one may see, the newest first."""
    position = query.position()
    before = uuid_of(position[0] if position else "") if position is not None else None
    rows = await queries.list_schedules(
        db, reader, query.conditions(), before=before, limit=query.limit + 1
    )
    items = await _whole(db, request, [row._mapping for row in rows])
    return page_of(items, query.limit, lambda part: [part["id"]])


@router.post("/preview", response_model=PreviewOut, responses=READ)
async def preview_schedule(reader: JobReader, preview: Preview) -> Response:
    """The next runs of a trigger that need not be saved, and where the clock changes between them."""
    before = preview.after or now()
    values = {**preview.model_dump(), "created_at": before}
    if preview.trigger != "once" or preview.at is None:
        values = service.planned(values)
    zone = ZoneInfo(preview.time_zone)
    items = []
    for run in islice(Rule.of(values).after(before), preview.count):
        local = run.astimezone(zone).isoformat(timespec="seconds")
        items.append({"at": run, "local": local, "note": clock_change(before, run, zone)})
        before = run
    return json_bytes(to_json({"items": items}))


@router.get("/{schedule_id}", response_model=ScheduleOut, responses=READ)
async def get_schedule(
    request: Request, reader: JobReader, db: ReadDb, schedule_id: UUID
) -> Response:
    """A schedule with its newest jobs; all of them are `GET /jobs?schedule_id=`."""
    row = await queries.see_schedule(db, reader, schedule_id)
    return await _answer(db, request, row._mapping)


@router.patch("/{schedule_id}", response_model=ScheduleOut, responses=WRITE)
async def edit_schedule(
    request: Request, reader: JobReader, db: Db, schedule_id: UUID, edit: ScheduleEdit
) -> Response:
    """Change a schedule; with `base_version`, fields that others changed since are a conflict."""
    row = await service.edit_schedule(db, reader, kinds_of(request), schedule_id, edit)
    return await _answer(db, request, row)


@router.delete(
    "/{schedule_id}",
    status_code=status.HTTP_204_NO_CONTENT,
    response_class=Response,
    responses=WRITE,
)
async def delete_schedule(reader: JobReader, db: Db, schedule_id: UUID) -> Response:
    """Take a schedule away; its jobs stay."""
    await service.delete_schedule(db, reader, schedule_id)
    return Response(status_code=204)


@router.post("/{schedule_id}/restore", response_model=ScheduleOut, responses=WRITE)
async def restore_schedule(
    request: Request, reader: JobReader, db: Db, schedule_id: UUID
) -> Response:
    """Bring a deleted schedule back."""
    return await _answer(db, request, await service.restore_schedule(db, reader, schedule_id))


@router.post("/{schedule_id}/pause", response_model=ScheduleOut, responses=WRITE)
async def pause_schedule(
    request: Request, reader: JobReader, db: Db, schedule_id: UUID, pause: Pause | None = None
) -> Response:
    """Let no more runs come until somebody resumes it."""
    row = await service.pause_schedule(db, reader, schedule_id, pause.reason if pause else None)
    return await _answer(db, request, row)


@router.post("/{schedule_id}/resume", response_model=ScheduleOut, responses=WRITE)
async def resume_schedule(
    request: Request, reader: JobReader, db: Db, schedule_id: UUID
) -> Response:
    """Go on with the next planned time."""
    return await _answer(db, request, await service.resume_schedule(db, reader, schedule_id))


@router.post(
    "/{schedule_id}/run",
    response_model=JobOut,
    status_code=status.HTTP_201_CREATED,
    responses=WRITE,
)
async def run_schedule(request: Request, reader: JobReader, db: Db, schedule_id: UUID) -> Response:
    """Start a job of the schedule now, beside its plan."""
    row = await service.run_now(db, reader, kinds_of(request), schedule_id)
    announce(request, db, WAKE, row["queue"])
    return json_bytes(to_json(await shown(db, kinds_of(request), row)), 201)
