"""The files that a job works on, as the worker found them."""

from dataclasses import dataclass
from pathlib import Path

from taskly.jobs.kinds.registry import JobError, Run


@dataclass(frozen=True)
class Input:
    """A file as the job's process sees it, which must not write to it."""

    path: Path
    name: str
    size: int


def inputs_of(run: Run) -> list[Input]:
    """The files, in the job's own process."""
    return [Input(Path(one["path"]), one["name"], one["size"]) for one in run.inputs["files"]]


def only_input(run: Run) -> Input:
    """The one file. Raises `JobError` where a job has several."""
    found = inputs_of(run)
    if len(found) > 1:
        raise JobError("one_file", "The job has several files; name one of them.")
    return found[0]
