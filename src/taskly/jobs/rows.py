"""The row of a new job, from its kind and what the caller asked for."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import ValidationError

from taskly.jobs.kinds.registry import Kind
from taskly.jobs.states import State
from taskly.kernel.clock import now
from taskly.kernel.errors import FieldError, Invalid
from taskly.kernel.ids import new_id

LONGEST_TITLE = 300


def job_row(
    kind: Kind,
    params: Mapping[str, Any],
    *,
    owner_id: UUID,
    title: str | None = None,
    priority: int = 0,
    queue: str | None = None,
    run_at: datetime | None = None,
    board_id: UUID | None = None,
    card_id: UUID | None = None,
    schedule_id: UUID | None = None,
    fire_at: datetime | None = None,
    max_attempts: int | None = None,
    timeout_s: int | None = None,
    concurrency_key: str | None = None,
    retry_of: UUID | None = None,
    blocked: bool = False,
) -> dict[str, Any]:
    """The values of a new row. Raises `Invalid` for parameters that the kind refuses."""
    checked = checked_params(kind, params)
    key, limit = concurrency_key, 1
    if key is None and kind.concurrency is not None:
        found = kind.concurrency(checked)
        key, limit = found or (None, 1)
    moment = now()
    return {
        "id": new_id(),
        "kind": kind.name,
        "title": _title(kind, checked, title),
        "state": (State.BLOCKED if blocked else State.QUEUED).value,
        "precedence": -priority,
        "queue": queue or kind.queue,
        "params": checked.model_dump(mode="json", exclude_unset=True),
        "result": None,
        "kept": None,
        "error_code": None,
        "error_message": None,
        "percent": None,
        "step": None,
        "detail": None,
        "attempt": 0,
        "max_attempts": max_attempts or kind.max_attempts,
        "timeout_s": timeout_s or kind.timeout_s,
        "memory_mb": kind.memory_mb,
        "owner_id": owner_id,
        "board_id": board_id,
        "card_id": card_id,
        "schedule_id": schedule_id,
        "fire_at": fire_at,
        "retry_of": retry_of,
        "concurrency_key": key,
        "concurrency_limit": limit if key is not None else None,
        "run_at": run_at or moment,
        "created_at": moment,
        "started_at": None,
        "finished_at": None,
        "claim": None,
        "worker_id": None,
        "lease_until": None,
        "cancel_requested_at": None,
        "log_bytes": 0,
        "deleted_at": None,
    }


def checked_params(kind: Kind, params: Mapping[str, Any]) -> Any:
    """The parameters as the kind's model. Raises `Invalid`, naming each field as `params.<path>`."""
    try:
        return kind.checked(params)
    except ValidationError as error:
        raise Invalid(
            errors=[
                FieldError(
                    ".".join(["params", *(str(part) for part in item["loc"])]),
                    item["type"],
                    item.get("ctx") or {},
                )
                for item in error.errors(include_url=False, include_input=False)
            ]
        ) from error


def _title(kind: Kind, params: Any, title: str | None) -> str:
    if title is None:
        title = kind.title(params) if kind.title is not None else kind.name
    return title if len(title) <= LONGEST_TITLE else title[: LONGEST_TITLE - 1] + "…"
