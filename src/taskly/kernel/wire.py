"""JSON as every answer and event writes it: times in UTC with `Z`, ids as strings."""

from typing import Any
from uuid import UUID

import orjson


def _plain(value: Any) -> str:
    # PostgreSQL's driver has a UUID class of its own, and orjson knows only the standard one.
    if isinstance(value, UUID):
        return str(value)
    raise TypeError


def to_json(value: Any) -> bytes:
    """The bytes of a JSON value."""
    return orjson.dumps(value, default=_plain, option=orjson.OPT_UTC_Z)
