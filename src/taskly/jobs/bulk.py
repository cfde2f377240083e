"""One action on many jobs, each with its own outcome."""

from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Request, Response
from pydantic import Field
from sqlalchemy import select

from taskly.jobs import service
from taskly.jobs.capabilities import JobReader
from taskly.jobs.kinds.registry import Registry
from taskly.jobs.models import Job
from taskly.jobs.queries import Reader
from taskly.jobs.routes import WRITE, announce, kinds_of, whole
from taskly.jobs.schemas import JobOut
from taskly.kernel.db import Tx
from taskly.kernel.errors import Conflict, Forbidden, Invalid, NotFound
from taskly.kernel.fields import In, Out
from taskly.kernel.http import Db, TasklyRoute, json_bytes
from taskly.kernel.wire import to_json

router = APIRouter(route_class=TasklyRoute, tags=["jobs"])


class Bulk(In):
    """What to do with which jobs."""

    action: Literal["cancel", "retry", "delete"]
    ids: Annotated[list[UUID], Field(min_length=1, max_length=100)]


class BulkOne(Out):
    """What became of one: the job as it is now, the new one of a retry, or the code of a refusal."""

    id: UUID
    job: JobOut | None
    code: str | None


class BulkOut(Out):
    """The outcomes, in the order of the request."""

    items: list[BulkOne]


@router.post("/jobs/bulk", response_model=BulkOut, responses=WRITE)
async def change_jobs(request: Request, reader: JobReader, db: Db, bulk: Bulk) -> Response:
    """Cancel, retry or delete many jobs; one that is refused does not hold up the others."""
    ids = list(dict.fromkeys(bulk.ids))
    # Every row before the first stream: whoever locks them the other way round waits in a circle.
    found = await db.all(select(Job.number).where(Job.id.in_(ids), reader.may_see()))
    await db.all(service.locking(*[row.number for row in found]))
    kinds = kinds_of(request)
    items: list[dict[str, Any]] = []
    for job_id in ids:
        try:
            row = await _act(db, reader, kinds, bulk.action, job_id)
        except (NotFound, Forbidden, Conflict, Invalid) as refusal:
            items.append({"id": job_id, "job": None, "code": refusal.code})
            continue
        if bulk.action == "cancel":
            announce(request, db, service.CANCEL, str(job_id))
        elif row is not None:
            announce(request, db, service.WAKE, row["queue"])
        shown = whole(kinds, row, []) if row is not None else None
        items.append({"id": job_id, "job": shown, "code": None})
    return json_bytes(to_json({"items": items}))


async def _act(
    tx: Tx, reader: Reader, kinds: Registry, action: str, job_id: UUID
) -> dict[str, Any] | None:
    if action == "cancel":
        return await service.cancel_job(tx, reader, job_id)
    if action == "retry":
        return await service.retry_job(tx, reader, kinds, job_id)
    await service.delete_job(tx, reader, job_id)
    return None
