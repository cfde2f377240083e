"""Who may start the kinds that touch the machine; administrators say so."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Path, Request, Response
from sqlalchemy import delete, insert, select
from sqlalchemy.exc import IntegrityError

from taskly.accounts.actor import Actor
from taskly.accounts.auth import SUPERUSER
from taskly.accounts.queries import people, person
from taskly.jobs.models import JobGrant
from taskly.jobs.routes import READ, WRITE, kinds_of
from taskly.jobs.schemas import Name
from taskly.kernel.clock import now
from taskly.kernel.errors import NotFound
from taskly.kernel.fields import Out
from taskly.kernel.http import Db, ReadDb, TasklyRoute, json_bytes, problems
from taskly.kernel.wire import to_json

router = APIRouter(prefix="/job-grants", route_class=TasklyRoute, tags=["jobs"])

Manager = Annotated[Actor, Depends(SUPERUSER)]
KindName = Annotated[Name, Path()]
MOST = 1000


class GrantOut(Out):
    """A person who may start jobs of a kind."""

    user_id: UUID
    username: str
    full_name: str | None
    kind: str
    granted_by: UUID
    granted_at: datetime


class GrantsOut(Out):
    """The newest grants first."""

    items: list[GrantOut]


@router.get("", response_model=GrantsOut, responses=READ | problems(403))
async def list_job_grants(manager: Manager, db: ReadDb) -> Response:
    """Everybody who was allowed a kind of job."""
    newest = select(*JobGrant.__table__.c).order_by(
        JobGrant.granted_at.desc(), JobGrant.user_id, JobGrant.kind
    )
    rows = await db.all(newest.limit(MOST))
    names = {row.id: row for row in await people(db, list({row.user_id for row in rows}))}
    items: list[dict[str, Any]] = [
        {
            **row._mapping,
            "username": names[row.user_id].username,
            "full_name": names[row.user_id].full_name,
        }
        for row in rows
    ]
    return json_bytes(to_json({"items": items}))


@router.put("/{user_id}/{kind}", status_code=204, response_class=Response, responses=WRITE)
async def grant_job_kind(
    request: Request, manager: Manager, db: Db, user_id: UUID, kind: KindName
) -> Response:
    """Allow somebody a kind of job; to allow it again changes nothing."""
    if kinds_of(request).get(kind) is None or await person(db, user_id) is None:
        raise NotFound
    try:
        async with db.savepoint():
            await db.execute(
                insert(JobGrant).values(
                    user_id=user_id, kind=kind, granted_by=manager.user_id, granted_at=now()
                )
            )
    except IntegrityError:
        return Response(status_code=204)
    return Response(status_code=204)


@router.delete("/{user_id}/{kind}", status_code=204, response_class=Response, responses=WRITE)
async def revoke_job_kind(manager: Manager, db: Db, user_id: UUID, kind: KindName) -> Response:
    """Take the permission away; jobs that were submitted already go on."""
    await db.execute(delete(JobGrant).where(JobGrant.user_id == user_id, JobGrant.kind == kind))
    return Response(status_code=204)
