"""What a job says until it is written: secrets taken out, bounded, cut into chunks."""

from collections import deque
from collections.abc import Mapping, Sequence
from typing import Any

from taskly.jobs.kinds.registry import HIDDEN
from taskly.jobs.logs.lines import Line, encode

LARGEST_CHUNK = 16 * 1024
TAIL_BYTES = 256 * 1024


class LogBuffer:
    """Takes lines and gives chunks.

    A log that passes its limit keeps its beginning, and at the end of the attempt the last lines, with
    a line between them that says how many are missing.
    """

    def __init__(self, start: int, most_bytes: int, secrets: Sequence[str] = ()) -> None:
        self._start = start
        self._left = most_bytes - start
        self._secrets = [secret for secret in secrets if secret]
        self._waiting: list[bytes] = []
        self._tail: deque[bytes] = deque()
        self._tail_bytes = 0
        self._dropped = 0

    @property
    def waits(self) -> int:
        """How many lines are to be written."""
        return len(self._waiting)

    def without_secrets(self, text: str) -> str:
        """The text for people's eyes."""
        for secret in self._secrets:
            text = text.replace(secret, HIDDEN)
        return text

    def add(self, line: Line) -> None:
        """Take a line."""
        if self._secrets:
            line = Line(line.at, line.level, self.without_secrets(line.text))
        row = encode(line)
        size = len(row)
        if self._dropped == 0 and not self._tail and size <= self._left:
            self._left -= size
            self._waiting.append(row)
            return
        self._tail.append(row)
        self._tail_bytes += size
        while self._tail_bytes > TAIL_BYTES:
            self._tail_bytes -= len(self._tail.popleft())
            self._dropped += 1

    def end(self, at: Line) -> None:
        """Let the last lines follow those that were kept; `at` gives the mark its time and level."""
        if self._dropped:
            mark = Line(at.at, at.level, f"{self._dropped} lines dropped")
            self._waiting.append(encode(mark))
        self._waiting.extend(self._tail)
        self._tail.clear()

    def put_back(self, chunks: Sequence[Mapping[str, Any]]) -> None:
        """Take back chunks that could not be written."""
        if chunks:
            self._start = chunks[0]["start"]
            bodies = (chunk["body"].encode() for chunk in chunks)
            self._waiting[:0] = [row for body in bodies for row in body.splitlines(keepends=True)]

    def take(self) -> list[dict[str, Any]]:
        """The chunks of everything that waits."""
        chunks: list[dict[str, Any]] = []
        rows: list[bytes] = []
        size = 0
        for row in self._waiting:
            length = len(row)
            if rows and size + length > LARGEST_CHUNK:
                chunks.append(self._chunk(rows, size))
                rows, size = [], 0
            rows.append(row)
            size += length
        if rows:
            chunks.append(self._chunk(rows, size))
        self._waiting = []
        return chunks

    def _chunk(self, rows: list[bytes], size: int) -> dict[str, Any]:
        start, self._start = self._start, self._start + size
        return {"start": start, "end": self._start, "body": b"".join(rows).decode()}
