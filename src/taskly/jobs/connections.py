"""The databases that jobs may read; administrators name them, and nobody sees a password again."""

from collections.abc import Mapping
from datetime import datetime
from pathlib import PurePosixPath
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, Request, Response
from pydantic import Field, SecretStr, StrictInt
from sqlalchemy import delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from taskly.accounts.actor import Actor
from taskly.accounts.auth import SUPERUSER
from taskly.jobs.capabilities import JobReader
from taskly.jobs.models import JobConnection
from taskly.jobs.passwords import sealed_password
from taskly.jobs.routes import READ, WRITE, kinds_of
from taskly.jobs.schemas import Name
from taskly.jobs.service import may_submit
from taskly.kernel.clock import now
from taskly.kernel.db import ReadTx
from taskly.kernel.errors import Conflict, FieldError, Forbidden, Invalid, NotFound
from taskly.kernel.fields import In, Line, Out, absent
from taskly.kernel.http import Db, ReadDb, TasklyRoute, json_bytes, problems
from taskly.kernel.ids import new_id
from taskly.kernel.wire import to_json

router = APIRouter(prefix="/job-connections", route_class=TasklyRoute, tags=["jobs"])

Manager = Annotated[Actor, Depends(SUPERUSER)]
MOST = 1000

Engine = Literal["sqlite", "postgresql", "mariadb"]
Place = Annotated[
    Line,
    Field(
        min_length=1,
        max_length=1000,
        description="Name of the database; for SQLite the absolute path of the file.",
    ),
]
Host = Annotated[Line, Field(min_length=1, max_length=255)]
Port = Annotated[StrictInt, Field(ge=1, le=65535)]
Username = Annotated[Line, Field(min_length=1, max_length=200)]
Password = Annotated[SecretStr, Field(min_length=1, max_length=1000)]


class ConnectionNameTaken(Conflict):
    """There is a connection of this name already."""

    code = "connection_name_taken"


class ConnectionNew(In):
    """A database to read from: a file on the workers' machine, or a server and an account there."""

    name: Name = Field(examples=["shop"])
    engine: Engine
    database: Place
    host: Host | None = None
    port: Port | None = None
    username: Username | None = None
    password: Password | None = None


class ConnectionEdit(In):
    """What changes of a connection; its name stays, because jobs and schedules hold it."""

    engine: Engine = absent()
    database: Place = absent()
    host: Host | None = None
    port: Port | None = None
    username: Username | None = None
    password: Password | None = Field(None, description="Left out, the stored one stays.")


class ConnectionOut(Out):
    """A database that jobs may read, without its password."""

    id: UUID
    name: str
    engine: str
    host: str | None
    port: int | None
    database: str
    username: str | None
    has_password: bool
    created_by: UUID
    created_at: datetime


class ConnectionsOut(Out):
    """Every connection, by name."""

    items: list[ConnectionOut]


class ConnectionChoice(Out):
    """What those who may query databases choose from."""

    name: str
    engine: str


class ConnectionChoicesOut(Out):
    """Every connection by name, short of where it leads."""

    items: list[ConnectionChoice]


SHOWN = (
    JobConnection.id,
    JobConnection.name,
    JobConnection.engine,
    JobConnection.host,
    JobConnection.port,
    JobConnection.database,
    JobConnection.username,
    JobConnection.sealed_password.is_not(None).label("has_password"),
    JobConnection.created_by,
    JobConnection.created_at,
)


@router.get("", response_model=ConnectionsOut, responses=READ | problems(403))
async def list_job_connections(manager: Manager, db: ReadDb) -> Response:
    """Every database that jobs may read."""
    rows = await db.all(select(*SHOWN).order_by(JobConnection.name).limit(MOST))
    return json_bytes(to_json({"items": [dict(row._mapping) for row in rows]}))


@router.get("/choices", response_model=ConnectionChoicesOut, responses=READ | problems(403))
async def list_job_connection_choices(request: Request, reader: JobReader, db: ReadDb) -> Response:
    """The connections that a job of the kind `database` can name, for those who may start one."""
    kind = kinds_of(request).get("database")
    if kind is None or not await may_submit(db, reader, kind):
        raise Forbidden("kind_not_allowed")
    chosen = select(JobConnection.name, JobConnection.engine).order_by(JobConnection.name)
    rows = await db.all(chosen.limit(MOST))
    return json_bytes(to_json({"items": [dict(row._mapping) for row in rows]}))


@router.post("", response_model=ConnectionOut, status_code=201, responses=WRITE)
async def add_job_connection(
    request: Request, manager: Manager, db: Db, new: ConnectionNew
) -> Response:
    """Let jobs of the kind `database` read a database; give an account that may only read."""
    check_place(new.model_dump())
    taken = select(JobConnection.id).where(JobConnection.name == new.name)
    if await db.first(taken) is not None:
        raise ConnectionNameTaken
    connection_id = new_id()
    try:
        async with db.savepoint():
            await db.execute(
                insert(JobConnection).values(
                    **new.model_dump(exclude={"password"}),
                    id=connection_id,
                    sealed_password=_sealed(request, new.password),
                    created_by=manager.user_id,
                    created_at=now(),
                )
            )
    except IntegrityError as error:
        # Somebody else was faster.
        raise ConnectionNameTaken from error
    return json_bytes(to_json(await _one(db, connection_id)), 201)


@router.patch("/{connection_id}", response_model=ConnectionOut, responses=WRITE)
async def edit_job_connection(
    request: Request, manager: Manager, db: Db, connection_id: UUID, edit: ConnectionEdit
) -> Response:
    """Change where a connection leads; another server or account needs its password anew."""
    row = await db.first(
        select(*JobConnection.__table__.c)
        .where(JobConnection.id == connection_id)
        .with_for_update()
    )
    if row is None:
        raise NotFound
    wanted = edit.model_dump(exclude_unset=True)
    places = ("engine", "database", "host", "port", "username")
    place = {name: row._mapping[name] for name in places} | wanted
    check_place(place)
    if row.sealed_password is not None and "password" not in wanted:
        # A stored password goes to nobody but the server that it was given for.
        leads_on = any(place[name] != row._mapping[name] for name in places if name != "database")
        if leads_on:
            raise Invalid.of("password", "password_needed_again")
    values = {name: place[name] for name in places}
    if "password" in wanted:
        values["sealed_password"] = _sealed(request, edit.password)
    await db.execute(
        update(JobConnection).where(JobConnection.id == connection_id).values(**values)
    )
    return json_bytes(to_json(await _one(db, connection_id)))


@router.delete("/{connection_id}", status_code=204, response_class=Response, responses=WRITE)
async def delete_job_connection(manager: Manager, db: Db, connection_id: UUID) -> Response:
    """Forget a connection; jobs and schedules that name it fail from now on."""
    gone = await db.execute(delete(JobConnection).where(JobConnection.id == connection_id))
    if gone.rowcount == 0:
        raise NotFound
    return Response(status_code=204)


def check_place(place: Mapping[str, Any]) -> None:
    """Raises `Invalid` where a field is missing for this engine, or makes no sense with it."""
    server = {name: place[name] for name in ("host", "username")}
    if place["engine"] == "sqlite":
        others = server | {"port": place["port"], "password": place.get("password")}
        wrong = [FieldError(name, "not_for_sqlite") for name, value in others.items() if value]
        if not PurePosixPath(place["database"]).is_absolute():
            wrong.append(FieldError("database", "path_not_absolute"))
    else:
        wrong = [FieldError(name, "missing") for name, value in server.items() if not value]
    if wrong:
        raise Invalid(errors=tuple(wrong))


def _sealed(request: Request, password: SecretStr | None) -> str | None:
    if password is None:
        return None
    return sealed_password(request.app.state.settings, password.get_secret_value())


async def _one(db: ReadTx, connection_id: UUID) -> dict[str, object]:
    row = await db.first(select(*SHOWN).where(JobConnection.id == connection_id))
    assert row is not None
    return dict(row._mapping)
