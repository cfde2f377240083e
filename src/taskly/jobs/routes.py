"""Routes of jobs."""

from collections.abc import Mapping
from functools import partial
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response, status
from pydantic import ConfigDict, Field

from taskly.jobs import queries, service
from taskly.jobs.capabilities import JobReader
from taskly.jobs.events import job_face
from taskly.jobs.kinds.registry import Registry
from taskly.jobs.queries import Reader
from taskly.jobs.schemas import AttemptsOut, JobNew, JobOut, KindsOut
from taskly.jobs.states import State
from taskly.jobs.waiting import waiting_for
from taskly.kernel.bus import Bus
from taskly.kernel.db import ReadTx, Tx
from taskly.kernel.errors import Invalid
from taskly.kernel.fields import UtcTime
from taskly.kernel.http import Db, Page, Paging, ReadDb, TasklyRoute, json_bytes, problems
from taskly.kernel.paging import page_of
from taskly.kernel.wire import to_json

router = APIRouter(route_class=TasklyRoute, tags=["jobs"])

WRITE = problems(400, 401, 403, 404, 409, 413, 422, 503)
READ = problems(400, 401, 404, 422, 503)


class JobsQuery(Paging):
    """Which jobs; `state` and `kind` may be given several times."""

    model_config = ConfigDict(extra="ignore")

    state: list[State] = Field([], max_length=20)
    kind: list[str] = Field([], max_length=20)
    queue: str | None = Field(None, max_length=64)
    card_id: UUID | None = None
    board_id: UUID | None = None
    schedule_id: UUID | None = None
    owner: UUID | None = None
    q: str | None = Field(None, max_length=200)
    created_after: UtcTime | None = None
    created_before: UtcTime | None = None
    finished_after: UtcTime | None = None

    def wanted(self) -> queries.Filter:
        """The same for a query."""
        return queries.Filter(
            states=[state.value for state in self.state],
            kinds=self.kind,
            queue=self.queue,
            card_id=self.card_id,
            board_id=self.board_id,
            schedule_id=self.schedule_id,
            owner=self.owner,
            q=self.q.strip() if self.q else None,
            created_after=self.created_after,
            created_before=self.created_before,
            finished_after=self.finished_after,
        )


def kinds_of(request: Request) -> Registry:
    """The kinds that this installation knows."""
    kinds: Registry = request.app.state.job_kinds
    return kinds


def announce(request: Request, tx: Tx, topic: str, message: str) -> None:
    """Tell the workers something once the transaction has been committed."""
    bus: Bus = request.app.state.bus
    tx.after_commit.append(partial(bus.publish, topic, message.encode()))


async def shown(tx: ReadTx, kinds: Registry, row: Mapping[Any, Any]) -> dict[str, Any]:
    """A job as its answer has it."""
    return whole(kinds, row, await waiting_for(tx, row))


def whole(kinds: Registry, row: Mapping[Any, Any], waits: list[dict[str, Any]]) -> dict[str, Any]:
    """A job with everything, the secrets among its parameters hidden."""
    kind = kinds.get(row["kind"])
    params = kind.hidden(row["params"]) if kind is not None else row["params"]
    return {**job_face(row), "params": params, "result": row["result"], "waiting_for": waits}


@router.post("/jobs", response_model=JobOut, status_code=status.HTTP_201_CREATED, responses=WRITE)
async def submit_job(request: Request, reader: JobReader, db: Db, new: JobNew) -> Response:
    """Put a job into its queue."""
    row = await service.submit_job(db, reader, kinds_of(request), new)
    announce(request, db, service.WAKE, row["queue"])
    return json_bytes(to_json(await shown(db, kinds_of(request), row)), 201)


@router.get("/jobs", response_model=Page[JobOut], responses=READ)
async def list_jobs(
    request: Request, reader: JobReader, db: ReadDb, query: Annotated[JobsQuery, Query()]
) -> Response:
    """The jobs that one may see, the newest first."""
    return await page_of_jobs(request, reader, db, query.wanted(), query)


async def page_of_jobs(
    request: Request, reader: Reader, db: ReadTx, wanted: queries.Filter, paging: Paging
) -> Response:
    """A page of the jobs that somebody may see, the newest first."""
    position = paging.position()
    before = position[0] if position else None
    if before is not None and not isinstance(before, int):
        raise Invalid.of("cursor", "bad_cursor")
    rows = await queries.list_jobs(db, reader, wanted, before=before, limit=paging.limit + 1)
    # Why each of many jobs waits is asked for one by one, where somebody wants to know.
    items = [whole(kinds_of(request), row._mapping, []) for row in rows]
    return page_of(items, paging.limit, lambda part: [part["number"]])


@router.get("/jobs/{job_id}", response_model=JobOut, responses=READ)
async def get_job(request: Request, reader: JobReader, db: ReadDb, job_id: UUID) -> Response:
    """A job, and why it is not running yet."""
    row = await queries.see_job(db, reader, job_id)
    return json_bytes(to_json(await shown(db, kinds_of(request), row._mapping)))


@router.get("/jobs/{job_id}/attempts", response_model=AttemptsOut, responses=READ)
async def list_attempts(reader: JobReader, db: ReadDb, job_id: UUID) -> Response:
    """Every try at a job, with its outcome and what it used."""
    await queries.see_job(db, reader, job_id)
    items = [_attempt(row._mapping) for row in await queries.attempts_of(db, job_id)]
    return json_bytes(to_json({"items": items}))


def _attempt(row: Mapping[Any, Any]) -> dict[str, Any]:
    names = ("attempt", "worker", "started_at", "finished_at", "outcome", "cpu_s", "peak_mb")
    failed = row["error_code"] is not None
    error = {"code": row["error_code"], "message": row["error_message"]} if failed else None
    return {**{name: row[name] for name in names}, "error": error}


@router.post("/jobs/{job_id}/cancel", response_model=JobOut, responses=WRITE)
async def cancel_job(request: Request, reader: JobReader, db: Db, job_id: UUID) -> Response:
    """Stop a job: at once where it waits, within its grace where it runs."""
    row = await service.cancel_job(db, reader, job_id)
    announce(request, db, service.CANCEL, str(job_id))
    return json_bytes(to_json(await shown(db, kinds_of(request), row)))


@router.post(
    "/jobs/{job_id}/retry",
    response_model=JobOut,
    status_code=status.HTTP_201_CREATED,
    responses=WRITE,
)
async def retry_job(request: Request, reader: JobReader, db: Db, job_id: UUID) -> Response:
    """A new job like one that has ended."""
    row = await service.retry_job(db, reader, kinds_of(request), job_id)
    announce(request, db, service.WAKE, row["queue"])
    return json_bytes(to_json(await shown(db, kinds_of(request), row)), 201)


@router.delete(
    "/jobs/{job_id}",
    status_code=status.HTTP_204_NO_CONTENT,
    response_class=Response,
    responses=WRITE,
)
async def delete_job(reader: JobReader, db: Db, job_id: UUID) -> Response:
    """Take a job that has ended out of all lists."""
    await service.delete_job(db, reader, job_id)
    return Response(status_code=204)


@router.get("/job-kinds", response_model=KindsOut, responses=READ)
async def list_job_kinds(request: Request, reader: JobReader, db: ReadDb) -> Response:
    """The kinds of job that there are, with the JSON Schema of their parameters."""
    items = [
        {
            "name": kind.name,
            "icon": kind.icon,
            "queue": kind.queue,
            "timeout_s": kind.timeout_s,
            "memory_mb": kind.memory_mb,
            "max_attempts": kind.max_attempts,
            "needs_grant": kind.needs_grant,
            "allowed": await service.may_submit(db, reader, kind),
            "params_schema": kind.params.model_json_schema(),
        }
        for kind in kinds_of(request)
    ]
    return json_bytes(to_json({"items": items}))
