"""Finds the files that a job works on. It may have those of its owner's jobs, and of jobs of its own board."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import and_, or_, select

from taskly.files.store import LocalStore
from taskly.jobs.kinds.registry import JobError, Run
from taskly.jobs.models import Job, JobFile
from taskly.kernel.settings import Settings
from taskly.kernel.sync_db import SyncTx

MOST_FILES = 200


@dataclass(frozen=True)
class Input:
    """A file as the job's process sees it, which must not write to it."""

    path: Path
    name: str
    size: int


def found_inputs(tx: SyncTx, job: Mapping[str, Any], settings: Settings) -> dict[str, Any]:
    """Where the named files are. Raises `JobError` for one that is not there, or is somebody else's."""
    store = LocalStore(settings)
    found = []
    for name in job["params"]["files"]:
        rows = [row for row in _files(tx, job, name) if store.path(row.blob).is_file()]
        if not rows:
            raise JobError("no_such_file", f"There is no file {name}, or it is not yours.")
        found += [
            {"path": str(store.path(row.blob).absolute()), "name": row.name, "size": row.size}
            for row in rows
        ]
    if len(found) > MOST_FILES:
        raise JobError("too_many_files", f"No more than {MOST_FILES} files at a time.")
    return {"files": found}


def _files(tx: SyncTx, job: Mapping[str, Any], name: str) -> list[Any]:
    parent, _, wanted = name.partition("/")
    which = Job.number == int(parent[2:]) if parent.startswith("J-") else Job.id == UUID(parent)
    theirs = Job.owner_id == job["owner_id"]
    if job["board_id"] is not None:
        theirs = or_(theirs, and_(Job.board_id == job["board_id"], Job.board_id.is_not(None)))
    rows = tx.all(
        select(JobFile.id, JobFile.type, JobFile.name, JobFile.size, JobFile.blob)
        .join(Job, Job.id == JobFile.job_id)
        .where(which, theirs, Job.deleted_at.is_(None))
        .order_by(JobFile.id)
    )
    return [row for row in rows if wanted in ("", row.type, str(row.id))]


def inputs_of(run: Run) -> list[Input]:
    """The files, in the job's own process."""
    return [Input(Path(one["path"]), one["name"], one["size"]) for one in run.inputs["files"]]


def only_input(run: Run) -> Input:
    """The one file. Raises `JobError` where a job has several."""
    found = inputs_of(run)
    if len(found) > 1:
        raise JobError("one_file", "The job has several files; name one of them.")
    return found[0]
