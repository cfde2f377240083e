"""The kind `cleanup`: deletes old jobs of its owner, best on a schedule."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Literal
from uuid import UUID

from pydantic import Field

from taskly.jobs.kinds.registry import Kind, Params, Result, Run
from taskly.kernel.clock import now
from taskly.kernel.settings import Settings


class CleanupParams(Params):
    """Which of one's own ended jobs to delete for good, with their logs and files."""

    older_than_days: int = Field(
        30,
        ge=0,
        le=36500,
        strict=True,
        description="Days since the end of a job, at least.",
        json_schema_extra={"ui": {"unit": "d"}},
    )
    states: list[Literal["succeeded", "failed", "discarded", "cancelled", "skipped"]] = Field(
        default=[], description="How the jobs ended; none given: in any way."
    )
    kinds: list[str] = Field(
        default=[],
        max_length=50,
        description="Kinds of the jobs; none given: all.",
        json_schema_extra={"ui": {"widget": "tags"}},
    )
    dry_run: bool = Field(False, strict=True, description="Only count.")


def _whose(tx: Any, job: Mapping[str, Any], settings: Settings) -> dict[str, Any]:
    address = settings.database_url
    return {
        "owner_id": str(job["owner_id"]),
        "data_dir": str(settings.data_dir.absolute()),
        "database_url": None if address is None else address.get_secret_value(),
    }


def clean_up(params: CleanupParams, run: Run) -> Result:
    """Delete some and some more, until none is left."""
    # The worker has these; the processes of other jobs do without them.
    from sqlalchemy import and_, func, select  # noqa: PLC0415

    from taskly.jobs.models import Job, JobFile  # noqa: PLC0415
    from taskly.jobs.retention import awaited, forget_some  # noqa: PLC0415
    from taskly.jobs.states import TERMINAL  # noqa: PLC0415
    from taskly.kernel.sync_db import SyncDatabase  # noqa: PLC0415

    given = {name: run.inputs[name] for name in ("data_dir", "database_url")}
    settings = Settings.model_validate(given)
    condition = and_(
        Job.owner_id == UUID(run.inputs["owner_id"]),
        Job.deleted_at.is_(None),
        Job.state.in_(params.states or sorted(TERMINAL)),
        Job.finished_at <= now() - timedelta(days=params.older_than_days),
    )
    if params.kinds:
        condition = and_(condition, Job.kind.in_(params.kinds))
    database = SyncDatabase(settings)
    try:
        if params.dry_run:
            chosen = select(Job.id).where(condition, ~awaited())
            with database.read() as tx:
                jobs = tx.scalar(select(func.count()).select_from(chosen.subquery()))
                size = tx.scalar(select(func.sum(JobFile.size)).where(JobFile.job_id.in_(chosen)))
            return {"jobs": jobs, "file_bytes": int(size or 0), "dry_run": True}
        jobs = size = 0
        while True:
            count, freed = forget_some(settings, database, condition)
            if count == 0:
                return {"jobs": jobs, "file_bytes": size, "dry_run": False}
            jobs, size = jobs + count, size + freed
            run.progress(None, "Deleting", f"{jobs} jobs")
    finally:
        database.dispose()


KIND = Kind(
    "cleanup",
    CleanupParams,
    clean_up,
    icon="brush",
    queue="cleanup",
    timeout_s=3600,
    max_attempts=2,
    title=lambda params: f"Clean up after {params.older_than_days} days",
    prepare=_whose,
    secret_inputs=frozenset({"database_url"}),
)
