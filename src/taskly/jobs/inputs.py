"""Files of earlier jobs that a job works on: whoever it runs for must see them when it is submitted, and when it begins."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Row, Select, or_, select

from taskly.files.store import LocalStore
from taskly.jobs.kinds.registry import JobError, Kind
from taskly.jobs.models import Job, JobFile
from taskly.jobs.queries import Reader
from taskly.jobs.states import TERMINAL
from taskly.kernel.db import ReadTx
from taskly.kernel.errors import FieldError, Invalid
from taskly.kernel.sync_db import SyncTx

MOST_FILES = 200
LARGEST_NUMBER = 2**31 - 1
"""What the column of numbers holds; a driver fails over more."""
COLUMNS: tuple[Any, ...] = (
    Job.id.label("job_id"),
    Job.number,
    Job.state,
    JobFile.id,
    JobFile.type,
    JobFile.name,
    JobFile.size,
    JobFile.blob,
)

Names = Mapping[str, str]
"""What files are called, each under the field that says so: a job, a slash, and a file's type or id."""


def _named(kind: Kind, params: Mapping[str, Any]) -> Names:
    if kind.input_files is None:
        return {}
    found: Names = kind.input_files(kind.checked(params))
    return found


def _seen(reader: Reader, names: Names) -> Select[Any]:
    """The jobs that these names mean, as far as the reader may see them, each with its files."""
    parents = [name.partition("/")[0] for name in names.values()]
    numbers = [int(parent[2:]) for parent in parents if parent.startswith("J-")]
    known = [number for number in numbers if number <= LARGEST_NUMBER]
    ids = [UUID(parent) for parent in parents if not parent.startswith("J-")]
    return (
        select(*COLUMNS)
        .outerjoin(JobFile, JobFile.job_id == Job.id)
        .where(or_(Job.number.in_(known), Job.id.in_(ids)), reader.may_see())
        .order_by(JobFile.id)
    )


def _meant(name: str, rows: Sequence[Row[Any]]) -> list[Row[Any]]:
    """Of these rows the ones that a name means; that of a job without files is one too."""
    parent, _, file = name.partition("/")
    of_job = [row for row in rows if parent.lower() in (f"j-{row.number}", str(row.job_id))]
    return [row for row in of_job if file in ("", row.type) or file.lower() == str(row.id)]


def _judge(names: Names, rows: Sequence[Row[Any]]) -> None:
    """Raises `Invalid`, naming each field whose file is not there, or not for the reader's eyes.

    A job that is not over may still make its file.
    """
    missing = []
    for field, name in names.items():
        parent = name.partition("/")[0]
        coming = [row for row in _meant(parent, rows) if row.state not in TERMINAL]
        if not coming and not any(row.id for row in _meant(name, rows)):
            missing.append(FieldError(f"params.{field}", "no_such_file", {"file": name}))
    if missing:
        raise Invalid(errors=missing)


async def check_inputs(tx: ReadTx, reader: Reader, kind: Kind, params: Mapping[str, Any]) -> None:
    """Raises `Invalid` for parameters that name files which the reader cannot have."""
    names = _named(kind, params)
    if names:
        _judge(names, await tx.all(_seen(reader, names)))


def recheck_inputs(tx: SyncTx, reader: Reader, kind: Kind, params: Mapping[str, Any]) -> None:
    """The same in a thread, for what was submitted earlier."""
    names = _named(kind, params)
    if names:
        _judge(names, tx.all(_seen(reader, names)))


def found_inputs(
    tx: SyncTx, reader: Reader, kind: Kind, params: Mapping[str, Any], store: LocalStore
) -> list[dict[str, Any]]:
    """Where the files are, for a job that begins. Raises `JobError` for one that cannot be had any more."""
    names = _named(kind, params)
    rows = tx.all(_seen(reader, names))
    there = [row for row in rows if row.id is not None and store.path(row.blob).is_file()]
    found = []
    for name in names.values():
        files = _meant(name, there)
        if not files:
            raise JobError(
                "no_such_file",
                f"There is no file {name}, or the owner of this job may not see it any more.",
            )
        found += [
            {"path": str(store.path(row.blob).absolute()), "name": row.name, "size": row.size}
            for row in files
        ]
    if len(found) > MOST_FILES:
        raise JobError("too_many_files", f"No more than {MOST_FILES} files at a time.")
    return found
