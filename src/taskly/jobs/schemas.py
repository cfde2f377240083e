"""Jobs as they come in and go out (`contract.md`, Jobs)."""

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import Field, StrictInt, StringConstraints

from taskly.jobs.states import Outcome, State
from taskly.kernel.fields import NO_CONTROL, Flag, In, Line, Out, UtcTime, absent

LONGEST_TIMEOUT_S = 7 * 24 * 3600
Name = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9_.-]{0,63}$")]
Priority = Annotated[StrictInt, Field(ge=-100, le=100)]
Attempts = Annotated[StrictInt, Field(ge=1, le=100)]
Timeout = Annotated[StrictInt, Field(ge=1, le=LONGEST_TIMEOUT_S)]
Key = Annotated[Line, Field(min_length=1, max_length=200)]
Title = Annotated[Line, Field(min_length=1, max_length=300)]


class JobNew(In):
    """A job to be done; what is left out is as its kind has it."""

    kind: Name = Field(examples=["download"])
    params: dict[Annotated[str, NO_CONTROL], Any] = Field(
        default_factory=dict, examples=[{"url": "https://example.com/clip.mp4"}]
    )
    title: Title | None = None
    priority: Priority = Field(0, description="The larger, the sooner.")
    queue: Name | None = None
    run_at: UtcTime | None = Field(None, description="Not before this time.")
    card_id: UUID | None = Field(None, description="The card that the job works for.")
    max_attempts: Attempts | None = None
    timeout_s: Timeout | None = None
    concurrency_key: Key | None = Field(
        None, description="Of the jobs with the same key one runs at a time."
    )
    after: list[UUID] = Field([], max_length=50, description="Jobs that must have succeeded first.")


class JobError(Out):
    """Why a job failed: a stable code, and words for people."""

    code: str
    message: str


class Wait(Out):
    """One reason why a job is not running yet."""

    code: Literal["run_at", "retry", "parents", "queue_paused", "no_worker", "key_full", "slots"]
    detail: dict[str, Any]


class JobOut(Out):
    """A job."""

    id: UUID
    number: int
    kind: str
    title: str
    state: State
    priority: int
    queue: str
    percent: float | None
    step: str | None
    detail: str | None
    params: dict[str, Any]
    result: dict[str, Any] | None
    error: JobError | None
    attempt: int
    max_attempts: int
    timeout_s: int
    owner_id: UUID
    board_id: UUID | None
    card_id: UUID | None
    schedule_id: UUID | None
    retry_of: UUID | None
    run_at: datetime
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    waiting_for: list[Wait]


class AttemptOut(Out):
    """One try at a job."""

    attempt: int
    worker: str
    started_at: datetime
    finished_at: datetime | None
    outcome: Outcome | None
    error: JobError | None
    cpu_s: float | None
    peak_mb: float | None


class AttemptsOut(Out):
    """Every try at a job, in order."""

    items: list[AttemptOut]


class LogLineOut(Out):
    """A line of a log; `offset` is the place behind it, from which to read on."""

    offset: int
    at: datetime
    level: str
    text: str
    attempt: int


class LogOut(Out):
    """Some lines of a log; `next` is the offset to go on from."""

    items: list[LogLineOut]
    next: int


class FileOut(Out):
    """A file that a job made."""

    id: UUID
    type: str
    name: str
    size: int
    sha256: str
    mime_type: str
    created_at: datetime


class FileLinkOut(Out):
    """Where a file can be read without a header."""

    url: str = Field(description="A path of this server, with a ticket for it.")


class FilesOut(Out):
    """The files of a job."""

    items: list[FileOut]


class KindOut(Out):
    """A type of job: `params_schema` is the JSON Schema of its parameters."""

    name: str
    icon: str
    queue: str
    timeout_s: int
    memory_mb: int
    max_attempts: int
    needs_grant: bool
    allowed: bool
    params_schema: dict[str, Any]


class KindsOut(Out):
    """The kinds of job that this installation knows."""

    items: list[KindOut]


class CleanUp(In):
    """Which ended jobs to delete for good."""

    older_than_days: Annotated[StrictInt, Field(ge=0, le=36500)]
    states: list[Literal["succeeded", "failed", "discarded", "cancelled", "skipped"]] = absent()
    dry_run: Flag = False


class CleanedUp(Out):
    """How many jobs were deleted, or would be; and the bytes of their files."""

    jobs: int
    file_bytes: int
    dry_run: bool
    more: bool
