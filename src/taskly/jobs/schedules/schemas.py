"""Schedules as they come in and go out."""

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import AfterValidator, Field, StrictInt

from taskly.accounts.names import check_time_zone
from taskly.jobs.schemas import Attempts, JobError, Key, Name, Priority, Timeout, Title
from taskly.jobs.states import State
from taskly.kernel.fields import NO_CONTROL, ONE_LINE, Edit, In, Out, UtcTime, absent

TriggerName = Literal["cron", "interval", "once"]
Misfire = Literal["skip", "once", "all"]
Overlap = Literal["skip", "allow", "queue", "cancel_previous"]
Zone = Annotated[str, Field(min_length=1, max_length=64), AfterValidator(check_time_zone)]
Cron = Annotated[str, Field(min_length=1, max_length=100, examples=["30 7 * * MON-FRI"]), ONE_LINE]
Every = Annotated[StrictInt, Field(ge=10, le=366 * 24 * 3600)]
Grace = Annotated[StrictInt, Field(ge=0, le=7 * 24 * 3600)]
Parameters = dict[Annotated[str, NO_CONTROL], Any]
ScheduleName = Annotated[str, Field(min_length=1, max_length=200), ONE_LINE]
Reason = Annotated[str, Field(max_length=300), ONE_LINE]


class Trigger(In):
    """When to run: one of `cron`, `every_s` and `at`, as `trigger` says."""

    trigger: TriggerName
    cron: Cron | None = Field(None, description="Five fields, or a name such as `@daily`.")
    every_s: Every | None = None
    at: UtcTime | None = None
    time_zone: Zone = "UTC"


class Preview(Trigger):
    """A trigger whose next runs are asked for."""

    after: UtcTime | None = Field(None, description="The runs after this time; after now, if none.")
    count: Annotated[StrictInt, Field(ge=1, le=100)] = 10


class ScheduleNew(Trigger):
    """A rule that submits jobs; what is left out is as the kind has it."""

    name: ScheduleName
    kind: Name
    params: Parameters = Field(default_factory=dict)
    title: Title | None = None
    queue: Name | None = None
    priority: Priority = 0
    max_attempts: Attempts | None = None
    timeout_s: Timeout | None = None
    concurrency_key: Key | None = None
    card_id: UUID | None = None
    misfire: Misfire = "once"
    grace_s: Grace = Field(60, description="A run that is later than this was missed.")
    overlap: Overlap = "skip"


class ScheduleEdit(Edit):
    """Changes of a schedule."""

    name: ScheduleName = absent()
    params: Parameters = absent()
    title: Title | None = None
    queue: Name | None = None
    priority: Priority = absent()
    max_attempts: Attempts | None = None
    timeout_s: Timeout | None = None
    concurrency_key: Key | None = None
    trigger: TriggerName = absent()
    cron: Cron | None = None
    every_s: Every | None = None
    at: UtcTime | None = None
    time_zone: Zone = absent()
    misfire: Misfire = absent()
    grace_s: Grace = absent()
    overlap: Overlap = absent()


class Pause(In):
    """Why a schedule rests."""

    reason: Reason | None = None


class OwnerOut(Out):
    """The person whose jobs a schedule submits."""

    id: UUID
    username: str
    full_name: str
    avatar_url: str | None


class RecentRun(Out):
    """One of the newest jobs of a schedule."""

    id: UUID
    number: int
    state: State
    attempt: int
    finished_at: datetime | None
    error: JobError | None


class ScheduleOut(Out):
    """A schedule, with its newest jobs."""

    id: UUID
    name: str
    owner_id: UUID
    owner: OwnerOut
    board_id: UUID | None
    card_id: UUID | None
    kind: str
    title: str | None
    params: dict[str, Any]
    queue: str | None
    priority: int
    max_attempts: int | None
    timeout_s: int | None
    concurrency_key: str | None
    trigger: TriggerName
    cron: str | None
    every_s: int | None
    at: datetime | None
    time_zone: str
    misfire: Misfire
    grace_s: int
    overlap: Overlap
    next_run_at: datetime | None
    last_run_at: datetime | None
    paused_at: datetime | None
    paused_by: UUID | None
    pause_reason: str | None
    recent: list[RecentRun]
    version: int
    created_at: datetime
    updated_at: datetime


class ClockChange(Out):
    """The clock of the zone stands otherwise at this run than at the one before."""

    code: Literal["clock_forward", "clock_back"]
    minutes: int


class RunAt(Out):
    """A coming run: its moment, and the same by the clock of the zone."""

    at: datetime
    local: str
    note: ClockChange | None


class PreviewOut(Out):
    """The next runs of a trigger."""

    items: list[RunAt]
