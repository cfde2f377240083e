"""Puts single values of an export into our terms; what does not fit is counted, never lost silently."""

import re
import sys
from datetime import UTC, datetime
from math import inf, isfinite
from typing import Any

from taskly.boards.imports.report import LeftOut
from taskly.kernel.fields import EARLIEST, LATEST

LONGEST_ID = 200
STAND_IN = "…"
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
_BREAKS = re.compile(r"\s*[\n\t]\s*")
_OBJECT_ID = re.compile(r"[0-9a-f]{24}")


def identifier(value: Any) -> str | None:
    """An id as the other system writes it; one object however often the file names it."""
    if not isinstance(value, str) or not value or len(value) > LONGEST_ID:
        return None
    return sys.intern(value) if value.isprintable() else None


def identifiers(value: Any) -> tuple[str, ...]:
    """The ids in a list, each once."""
    found = (identifier(entry) for entry in value) if isinstance(value, list) else ()
    return tuple(dict.fromkeys(one for one in found if one is not None))


def prose(value: Any, longest: int, kind: str, left_out: LeftOut) -> str:
    """A text of several lines, without control characters and not longer than we keep."""
    if not isinstance(value, str):
        return ""
    clean = value.replace("\r\n", "\n").replace("\r", "\n")
    if _CONTROL.search(clean):
        left_out.add(kind, "control_characters")
        clean = _CONTROL.sub("", clean)
    clean = clean.strip()
    if len(clean) > longest:
        left_out.add(kind, "cut")
        clean = clean[:longest].rstrip()
    return clean


def line(value: Any, longest: int, kind: str, left_out: LeftOut) -> str:
    """A text of one line; line breaks become spaces."""
    if not isinstance(value, str):
        return ""
    return prose(_BREAKS.sub(" ", value.replace("\r", "\n")), longest, kind, left_out)


def moment(value: Any, left_out: LeftOut) -> datetime | None:
    """A time, in UTC to the millisecond."""
    if value is None or value == "":
        return None
    try:
        found = datetime.fromisoformat(value)
        found = found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=UTC)
    except (TypeError, ValueError, OverflowError):
        left_out.add("dates", "malformed")
        return None
    if not EARLIEST <= found.year <= LATEST:
        left_out.add("dates", "out_of_range")
        return None
    return found.replace(microsecond=found.microsecond // 1000 * 1000)


def born(object_id: str) -> datetime | None:
    """When a thing was made: the first four bytes of its id are the second."""
    if not _OBJECT_ID.fullmatch(object_id):
        return None
    return datetime.fromtimestamp(int(object_id[:8], 16), UTC)


def position(value: Any) -> float:
    """A place in an order; what has none goes last."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not isfinite(value):
        return {"top": -inf}.get(value, inf) if isinstance(value, str) else inf
    return float(value)


def whole(value: Any) -> int:
    """A count; anything else is none."""
    return value if isinstance(value, int) and not isinstance(value, bool) and value > 0 else 0


def flag(value: Any) -> bool:
    """True only for `true`."""
    return value is True


def entries(value: Any) -> list[Any]:
    """The entries of a list; anything else has none."""
    return value if isinstance(value, list) else []


def fields(value: Any) -> dict[str, Any]:
    """The fields of an object; anything else has none."""
    return value if isinstance(value, dict) else {}


def title(value: Any, longest: int, kind: str, left_out: LeftOut) -> str:
    """A text of one line that must not be empty; a stand-in is counted."""
    found = line(value, longest, kind, left_out)
    if not found:
        left_out.add(kind, "empty")
    return found or STAND_IN
