"""Pages of rows that leave as they are, and what cursors hold."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from fastapi import Response

from taskly.kernel.errors import Invalid
from taskly.kernel.http import json_bytes, next_cursor
from taskly.kernel.wire import to_json


def page_of(
    rows: Sequence[dict[str, Any]], limit: int, key: Callable[[dict[str, Any]], list[Any]]
) -> Response:
    """One page of rows of which one more than `limit` was read; `key` is what the next one follows."""
    more = len(rows) > limit
    shown = rows[:limit]
    following = next_cursor(*key(shown[-1])) if more else None
    return json_bytes(to_json({"items": shown, "next": following}))


def uuid_of(value: Any) -> UUID:
    """An id from a cursor. Raises `Invalid` for anything else."""
    try:
        return UUID(value)
    except (ValueError, AttributeError, TypeError) as error:
        raise Invalid.of("cursor", "bad_cursor") from error


def time_of(value: Any) -> datetime:
    """A time from a cursor. Raises `Invalid` for anything else."""
    try:
        return datetime.fromisoformat(value)
    except (ValueError, TypeError) as error:
        raise Invalid.of("cursor", "bad_cursor") from error
