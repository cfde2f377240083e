"""Reads of jobs: the one place that narrows them to what somebody may see or change."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, Select, and_, or_, select
from sqlalchemy.sql.elements import ColumnElement

from taskly.accounts.actor import Actor
from taskly.accounts.queries import manages
from taskly.jobs.events import JOB_COLUMNS
from taskly.jobs.models import Job, JobAttempt, JobFile, Schedule
from taskly.jobs.scope import BoardScope
from taskly.kernel.db import ReadTx
from taskly.kernel.errors import NotFound, Unauthenticated

Owned = type[Job] | type[Schedule]


@dataclass(frozen=True)
class Reader:
    """Somebody who asks for jobs, and the boards' word on what they may see."""

    actor: Actor
    boards: BoardScope

    @property
    def user_id(self) -> UUID:
        """The person. Raises `Unauthenticated` for a share link."""
        if self.actor.user_id is None:
            raise Unauthenticated
        return self.actor.user_id

    def acting_for(self, user_id: UUID) -> "Reader":
        """Somebody else, for whom something is to run."""
        return replace(self, actor=Actor(user_id=user_id))

    def may_see(self, of: Owned = Job) -> ColumnElement[bool]:
        """A condition on jobs: own ones, those of boards that the person takes part in, or all."""
        return self._with(of, self.boards.visible_boards(self.actor))

    def may_change(self, of: Owned = Job) -> ColumnElement[bool]:
        """A condition on jobs: own ones, those of boards that the person edits, or all."""
        return self._with(of, self.boards.editable_boards(self.actor))

    def _with(self, of: Owned, boards: Select[Any]) -> ColumnElement[bool]:
        owned = or_(of.owner_id == self.user_id, of.board_id.in_(boards), manages(self.user_id))
        # A deleted schedule can be brought back, a deleted job cannot.
        return and_(Job.deleted_at.is_(None), owned) if of is Job else owned


@dataclass(frozen=True)
class Filter:
    """Which jobs to list."""

    states: Sequence[str] = ()
    kinds: Sequence[str] = ()
    queue: str | None = None
    card_id: UUID | None = None
    board_id: UUID | None = None
    schedule_id: UUID | None = None
    owner: UUID | None = None
    q: str | None = None
    created_after: datetime | None = None
    created_before: datetime | None = None
    finished_after: datetime | None = None

    def conditions(self) -> list[ColumnElement[bool]]:
        """The same as conditions on jobs."""
        equal = {
            Job.queue: self.queue,
            Job.card_id: self.card_id,
            Job.board_id: self.board_id,
            Job.schedule_id: self.schedule_id,
            Job.owner_id: self.owner,
        }
        found = [column == value for column, value in equal.items() if value is not None]
        if self.states:
            found.append(Job.state.in_(self.states))
        if self.kinds:
            found.append(Job.kind.in_(self.kinds))
        if self.q:
            found.append(_matches(self.q))
        if self.created_after is not None:
            found.append(Job.created_at > self.created_after)
        if self.created_before is not None:
            found.append(Job.created_at < self.created_before)
        if self.finished_after is not None:
            found.append(Job.finished_at > self.finished_after)
        return found


def _matches(q: str) -> ColumnElement[bool]:
    number = q.upper().removeprefix("J-")
    words = or_(Job.title.icontains(q, autoescape=True), Job.kind == q.lower())
    if number.isascii() and number.isdigit() and len(number) < 10:
        return or_(words, Job.number == int(number))
    return words


async def list_jobs(
    tx: ReadTx, reader: Reader, wanted: Filter, *, before: int | None, limit: int
) -> Sequence[Row[Any]]:
    """Jobs that somebody may see, the newest first; `before` is the number of the last row."""
    statement = select(*JOB_COLUMNS).where(reader.may_see(), *wanted.conditions())
    if before is not None:
        statement = statement.where(Job.number < before)
    return await tx.all(statement.order_by(Job.number.desc()).limit(limit))


async def see_job(tx: ReadTx, reader: Reader, job_id: UUID) -> Row[Any]:
    """A job that somebody may see. Raises `NotFound`."""
    row = await tx.first(select(*JOB_COLUMNS).where(Job.id == job_id, reader.may_see()))
    if row is None:
        raise NotFound
    return row


async def sees_job(tx: ReadTx, reader: Reader, job_id: UUID) -> bool:
    """True for a job that the actor may see; a share link sees none."""
    if reader.actor.user_id is None:
        return False
    return bool(await tx.scalar(select(Job.number).where(Job.id == job_id, reader.may_see())))


async def attempts_of(tx: ReadTx, job_id: UUID) -> Sequence[Row[Any]]:
    """The attempts at a job, in order."""
    return await tx.all(
        select(*JobAttempt.__table__.c)
        .where(JobAttempt.job_id == job_id)
        .order_by(JobAttempt.attempt)
    )


async def files_of(tx: ReadTx, job_id: UUID) -> Sequence[Row[Any]]:
    """The files of a job, in the order of their making."""
    return await tx.all(
        select(*JobFile.__table__.c).where(JobFile.job_id == job_id).order_by(JobFile.id)
    )


async def file_of(tx: ReadTx, job_id: UUID, name: str) -> Row[Any]:
    """A file of a job by its id, or the first of a type. Raises `NotFound`."""
    rows = await files_of(tx, job_id)
    found = [row for row in rows if str(row.id) == name.lower()] or [
        row for row in rows if row.type == name
    ]
    if not found:
        raise NotFound
    return found[0]
