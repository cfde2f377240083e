"""Tables of jobs. The row of a job is its queue entry, its state and its result: the only truth."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey, Index, String, UniqueConstraint, Uuid, text
from sqlalchemy.orm import Mapped, mapped_column

from taskly.kernel.db import Base, Json, LongText

READY = text("state = 'queued'")
HELD = text("state IN ('running', 'cancelling')")


class Job(Base):
    """One run of machine work.

    `number` is the key because it is given by the database in order; everybody else knows the job
    by `id`. `board_id` and `card_id` are somebody else's ids, kept for filters and for permission.
    """

    __tablename__ = "jobs"
    __table_args__ = (
        Index(
            "ix_jobs_ready",
            "queue",
            "state",
            "precedence",
            "run_at",
            "number",
            postgresql_where=READY,
            sqlite_where=READY,
        ),
        Index("ix_jobs_lease", "state", "lease_until", postgresql_where=HELD, sqlite_where=HELD),
        Index(
            "ix_jobs_concurrency",
            "concurrency_key",
            "state",
            postgresql_where=HELD,
            sqlite_where=HELD,
        ),
        Index(None, "owner_id", "number"),
        Index(None, "board_id", "number"),
        Index(None, "card_id", "number"),
        Index(None, "state", "finished_at"),
        Index(None, "created_at"),
        UniqueConstraint("schedule_id", "fire_at"),
        {"sqlite_autoincrement": True},
    )

    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    id: Mapped[UUID] = mapped_column(unique=True)
    kind: Mapped[str] = mapped_column(String(64))
    title: Mapped[str] = mapped_column(String(300))
    state: Mapped[str] = mapped_column(String(10))
    precedence: Mapped[int]
    """The priority with its sign turned: the smallest is claimed first, by one plain index."""
    queue: Mapped[str] = mapped_column(String(64))
    params: Mapped[dict[str, Any]] = mapped_column(Json)
    result: Mapped[dict[str, Any] | None] = mapped_column(Json)
    kept: Mapped[dict[str, Any] | None] = mapped_column(Json)
    """What an attempt left for the next one (`Run.keep`)."""
    error_code: Mapped[str | None] = mapped_column(String(64))
    error_message: Mapped[str | None] = mapped_column(LongText)
    percent: Mapped[float | None]
    step: Mapped[str | None] = mapped_column(String(200))
    detail: Mapped[str | None] = mapped_column(String(500))
    attempt: Mapped[int]
    max_attempts: Mapped[int]
    timeout_s: Mapped[int]
    memory_mb: Mapped[int]
    # Its type is named: the processes of jobs do without the table that a bare key would take it from.
    owner_id: Mapped[UUID] = mapped_column(Uuid, ForeignKey("users.id"))
    board_id: Mapped[UUID | None]
    card_id: Mapped[UUID | None]
    schedule_id: Mapped[UUID | None] = mapped_column(ForeignKey("schedules.id"))
    fire_at: Mapped[datetime | None]
    retry_of: Mapped[UUID | None]
    concurrency_key: Mapped[str | None] = mapped_column(String(200))
    concurrency_limit: Mapped[int | None]
    run_at: Mapped[datetime]
    created_at: Mapped[datetime]
    started_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]
    claim: Mapped[UUID | None]
    """A random token of the worker that holds the job; every write of that worker is fenced by it."""
    worker_id: Mapped[UUID | None]
    lease_until: Mapped[datetime | None]
    cancel_requested_at: Mapped[datetime | None]
    log_bytes: Mapped[int]
    """The offset at which the next log line begins."""
    deleted_at: Mapped[datetime | None]


class JobDependency(Base):
    """A job that waits until another one has succeeded."""

    __tablename__ = "job_dependencies"
    __table_args__ = (Index(None, "parent_id"),)

    job_id: Mapped[UUID] = mapped_column(ForeignKey("jobs.id"), primary_key=True)
    parent_id: Mapped[UUID] = mapped_column(ForeignKey("jobs.id"), primary_key=True)


class JobKey(Base):
    """One row to lock for each concurrency key, so that two claims cannot both find room for one."""

    __tablename__ = "job_keys"

    key: Mapped[str] = mapped_column(String(200), primary_key=True)


class JobAttempt(Base):
    """One try at a job, from claim to outcome, with what it used."""

    __tablename__ = "job_attempts"

    job_id: Mapped[UUID] = mapped_column(ForeignKey("jobs.id"), primary_key=True)
    attempt: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    worker_id: Mapped[UUID | None]
    worker: Mapped[str] = mapped_column(String(200))
    started_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]
    outcome: Mapped[str | None] = mapped_column(String(12))
    error_code: Mapped[str | None] = mapped_column(String(64))
    error_message: Mapped[str | None] = mapped_column(LongText)
    cpu_s: Mapped[float | None]
    peak_mb: Mapped[float | None]


class JobLogChunk(Base):
    """Some lines of a job's log, as `logs.lines` writes them; `start` is the offset of the first."""

    __tablename__ = "job_log_chunks"

    job_id: Mapped[UUID] = mapped_column(ForeignKey("jobs.id"), primary_key=True)
    start: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    end: Mapped[int]
    attempt: Mapped[int]
    body: Mapped[str] = mapped_column(LongText)


class JobFile(Base):
    """A file that a job made and that was published under its claim."""

    __tablename__ = "job_files"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    job_id: Mapped[UUID] = mapped_column(ForeignKey("jobs.id"), index=True)
    attempt: Mapped[int]
    type: Mapped[str] = mapped_column(String(40))
    name: Mapped[str] = mapped_column(String(300))
    size: Mapped[int] = mapped_column(BigInteger)
    sha256: Mapped[str] = mapped_column(String(64))
    mime_type: Mapped[str] = mapped_column(String(100))
    blob: Mapped[str] = mapped_column(String(200))
    """Key of the bytes in the file store."""
    created_at: Mapped[datetime]


class JobQueue(Base):
    """A queue that somebody paused or gave a limit; one that nobody touched has no row."""

    __tablename__ = "job_queues"

    name: Mapped[str] = mapped_column(String(64), primary_key=True)
    paused_at: Mapped[datetime | None]
    paused_by: Mapped[UUID | None] = mapped_column(Uuid, ForeignKey("users.id"))
    pause_reason: Mapped[str | None] = mapped_column(String(300))


class Worker(Base):
    """A process that runs jobs, by its own word; the leases of jobs do not depend on it."""

    __tablename__ = "job_workers"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(200))
    host: Mapped[str] = mapped_column(String(200))
    pid: Mapped[int]
    version: Mapped[str] = mapped_column(String(40))
    driver: Mapped[str] = mapped_column(String(10))
    queues: Mapped[list[str]] = mapped_column(Json)
    slots: Mapped[int]
    running: Mapped[int]
    started_at: Mapped[datetime]
    heartbeat_at: Mapped[datetime]
    draining: Mapped[bool]
    stopped_at: Mapped[datetime | None]


class Schedule(Base):
    """A rule that submits jobs of one kind: `trigger` is `cron`, `interval` or `once`."""

    __tablename__ = "schedules"
    __table_args__ = (Index(None, "next_run_at"), Index(None, "owner_id", "id"))

    id: Mapped[UUID] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(200))
    owner_id: Mapped[UUID] = mapped_column(Uuid, ForeignKey("users.id"))
    board_id: Mapped[UUID | None]
    card_id: Mapped[UUID | None]
    kind: Mapped[str] = mapped_column(String(64))
    title: Mapped[str | None] = mapped_column(String(300))
    params: Mapped[dict[str, Any]] = mapped_column(Json)
    queue: Mapped[str | None] = mapped_column(String(64))
    priority: Mapped[int]
    max_attempts: Mapped[int | None]
    timeout_s: Mapped[int | None]
    concurrency_key: Mapped[str | None] = mapped_column(String(200))
    trigger: Mapped[str] = mapped_column(String(10))
    cron: Mapped[str | None] = mapped_column(String(100))
    every_s: Mapped[int | None]
    at: Mapped[datetime | None]
    time_zone: Mapped[str] = mapped_column(String(64))
    misfire: Mapped[str] = mapped_column(String(10))
    """What becomes of runs that were missed: `skip`, `once` or `all`."""
    grace_s: Mapped[int]
    overlap: Mapped[str] = mapped_column(String(20))
    """What a run does while the one before is not over: `skip`, `allow`, `queue`, `cancel_previous`."""
    next_run_at: Mapped[datetime | None]
    last_run_at: Mapped[datetime | None]
    paused_at: Mapped[datetime | None]
    paused_by: Mapped[UUID | None] = mapped_column(Uuid, ForeignKey("users.id"))
    pause_reason: Mapped[str | None] = mapped_column(String(300))
    version: Mapped[int]
    field_versions: Mapped[dict[str, int]] = mapped_column(Json)
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    deleted_at: Mapped[datetime | None]


class JobGrant(Base):
    """A person whom an administrator allows a kind that touches the machine."""

    __tablename__ = "job_grants"

    user_id: Mapped[UUID] = mapped_column(Uuid, ForeignKey("users.id"), primary_key=True)
    kind: Mapped[str] = mapped_column(String(64), primary_key=True)
    granted_by: Mapped[UUID] = mapped_column(Uuid, ForeignKey("users.id"))
    granted_at: Mapped[datetime]


class JobConnection(Base):
    """A database outside of Taskly that jobs may read; `database` is a path where it is a SQLite file."""

    __tablename__ = "job_connections"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(64), unique=True)
    engine: Mapped[str] = mapped_column(String(10))
    host: Mapped[str | None] = mapped_column(String(255))
    port: Mapped[int | None]
    database: Mapped[str] = mapped_column(String(1000))
    username: Mapped[str | None] = mapped_column(String(200))
    sealed_password: Mapped[str | None] = mapped_column(LongText)
    created_by: Mapped[UUID] = mapped_column(Uuid, ForeignKey("users.id"))
    created_at: Mapped[datetime]
