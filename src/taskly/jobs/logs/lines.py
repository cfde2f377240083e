"""How log lines are written into a chunk and read out of it, with the offset of each."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

import orjson

LEVELS = ("debug", "info", "warning", "error")


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a job's log; `text` has no newline."""

    at: datetime
    level: str
    text: str


def encode(line: Line) -> bytes:
    """A line as chunks hold it: one JSON array, so that any text stays one line."""
    return orjson.dumps([int(line.at.timestamp() * 1000), line.level, line.text]) + b"\n"


def decode(body: str, start: int) -> Iterator[tuple[int, Line]]:
    """The lines of a chunk, each with its offset: the place behind it, from which to read on."""
    offset = start
    for row in body.encode().split(b"\n")[:-1]:
        offset += len(row) + 1
        ms, level, text = orjson.loads(row)
        yield offset, Line(datetime.fromtimestamp(ms / 1000, UTC), level, text)
