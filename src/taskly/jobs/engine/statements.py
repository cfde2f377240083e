"""The statements of the engine's transitions, each built once: building one costs more than running it."""

from functools import cache
from typing import Any, cast

from sqlalchemy import (
    BindParameter,
    Select,
    Table,
    bindparam,
    exists,
    func,
    insert,
    or_,
    select,
    update,
)

from taskly.jobs.events import JOB_COLUMNS
from taskly.jobs.models import (
    Job,
    JobAttempt,
    JobDependency,
    JobFile,
    JobKey,
    JobLogChunk,
    JobQueue,
)
from taskly.jobs.states import LIVE, TERMINAL, State

MOST_AT_ONCE = 50
HELD = tuple(sorted(LIVE))

JOBS, ATTEMPTS, KEYS, QUEUES, DEPENDENCIES = (
    cast("Table", model.__table__) for model in (Job, JobAttempt, JobKey, JobQueue, JobDependency)
)

INSERT_ATTEMPT = insert(ATTEMPTS)
INSERT_CHUNKS = insert(cast("Table", JobLogChunk.__table__))
INSERT_FILES = insert(cast("Table", JobFile.__table__))


@cache
def ready(dialect: str, *, skipping: bool) -> Select[Any]:
    """The next job of `:queues` that may run `:at` this time; `skipping` those of the keys `:full`."""
    held = JOBS.alias()
    running = (
        select(func.count())
        .select_from(held)
        .where(held.c.concurrency_key == JOBS.c.concurrency_key, held.c.state.in_(HELD))
        .scalar_subquery()
    )
    keyless = JOBS.c.concurrency_key.is_(None)
    paused = exists().where(QUEUES.c.name == JOBS.c.queue, QUEUES.c.paused_at.is_not(None))
    statement = (
        select(*JOB_COLUMNS)
        .where(
            JOBS.c.queue.in_(bindparam("queues", expanding=True)),
            JOBS.c.state == State.QUEUED,
            JOBS.c.run_at <= bindparam("at"),
            JOBS.c.deleted_at.is_(None),
            ~paused,
            or_(keyless, running < func.coalesce(JOBS.c.concurrency_limit, 1)),
        )
        .order_by(JOBS.c.precedence, JOBS.c.run_at, JOBS.c.number)
        .limit(1)
    )
    if skipping:
        full: BindParameter[str] = bindparam("full", expanding=True)
        statement = statement.where(or_(keyless, JOBS.c.concurrency_key.not_in(full)))
    return (
        statement if dialect == "sqlite" else statement.with_for_update(skip_locked=True, of=JOBS)
    )


NEXT_READY_AT = select(func.min(JOBS.c.run_at)).where(
    JOBS.c.queue.in_(bindparam("queues", expanding=True)),
    JOBS.c.state == State.QUEUED,
    JOBS.c.deleted_at.is_(None),
)
LOCK_KEY = select(KEYS.c.key).where(KEYS.c.key == bindparam("name")).with_for_update()
COUNT_OF_KEY = (
    select(func.count())
    .select_from(JOBS)
    .where(JOBS.c.concurrency_key == bindparam("name"), JOBS.c.state.in_(HELD))
)

OF_JOB = JOBS.c.number == bindparam("of_number")
LOCK_JOB = select(*JOB_COLUMNS).where(OF_JOB).with_for_update()
LOCK_LEASE = select(JOBS.c.lease_until).where(OF_JOB).with_for_update()
ASKED_TO_STOP = select(JOBS.c.cancel_requested_at).where(OF_JOB)
CHANGE_JOB = update(JOBS).where(
    OF_JOB,
    JOBS.c.state.in_(bindparam("from_states", expanding=True)),
    JOBS.c.claim.is_not_distinct_from(bindparam("under_claim")),
)
"""A compare-and-set; what is to be set is named by the further parameters."""
CHANGE_ATTEMPT = update(ATTEMPTS).where(
    ATTEMPTS.c.job_id == bindparam("of_job"), ATTEMPTS.c.attempt == bindparam("of_attempt")
)

_HELD_JOBS = (
    select(*JOB_COLUMNS).where(JOBS.c.state.in_(HELD)).order_by(JOBS.c.number).limit(MOST_AT_ONCE)
)
EXPIRED = _HELD_JOBS.where(JOBS.c.lease_until < bindparam("at"))
HELD_BY = _HELD_JOBS.where(JOBS.c.worker_id.in_(bindparam("workers", expanding=True)))
STOPPING = select(JOBS.c.id).where(
    JOBS.c.state == State.CANCELLING, JOBS.c.worker_id == bindparam("worker")
)
WAITING_QUEUES = (
    select(JOBS.c.queue)
    .where(
        JOBS.c.state == State.QUEUED,
        JOBS.c.run_at < bindparam("before"),
        JOBS.c.deleted_at.is_(None),
    )
    .group_by(JOBS.c.queue)
)


def _ended_parents() -> Select[Any]:
    child = JOBS.alias()
    waits = exists().where(
        DEPENDENCIES.c.parent_id == JOBS.c.id,
        DEPENDENCIES.c.job_id == child.c.id,
        child.c.state == State.BLOCKED,
    )
    ended = select(*JOB_COLUMNS).where(JOBS.c.state.in_(sorted(TERMINAL)), waits)
    return ended.order_by(JOBS.c.number).limit(MOST_AT_ONCE)


ENDED_PARENTS = _ended_parents()
