"""What becomes of jobs, in the words of Celery's events: Flower shows each as a task of its own."""

from collections.abc import Iterator
from typing import Any

from taskly.jobs.engine.store import Row
from taskly.jobs.states import State

News = tuple[str, dict[str, Any]]


def news_of(row: Row) -> Iterator[News]:
    """The events that tell of the state to which a job has come; never its parameters, which may be secret."""
    match State(row["state"]):
        case State.RUNNING:
            name = f"taskly.job.{row['kind']}"
            retries = row["attempt"] - 1
            yield (
                "task-received",
                {
                    "name": name,
                    "args": "()",
                    "kwargs": "{}",
                    "retries": retries,
                    "queue": row["queue"],
                },
            )
            yield "task-started", {}
        case State.SUCCEEDED:
            runtime = (row["finished_at"] - row["started_at"]).total_seconds()
            yield "task-succeeded", {"result": "", "runtime": runtime}
        case State.QUEUED:
            yield "task-retried", _error(row)
        case State.CANCELLED:
            yield "task-revoked", {"terminated": True, "signum": None, "expired": False}
        case _:
            yield "task-failed", _error(row)


def _error(row: Row) -> dict[str, str]:
    return {"exception": f"{row['error_code']}: {row['error_message']}", "traceback": ""}
