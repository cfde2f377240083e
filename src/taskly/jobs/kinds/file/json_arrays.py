"""Reads a JSON array of objects one after the other, however many there are."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

import orjson

from taskly.jobs.kinds.registry import JobError

CHARACTERS = 1 << 16
LONGEST_OBJECT = 16 << 20

Row = dict[str, Any]


def json_objects(path: Path) -> Iterator[Row]:
    """The objects of an array. Raises `JobError` for a file that is something else."""
    number = 1
    try:
        with path.open(encoding="utf-8") as source:
            text = _Text(source)
            text.take()  # the bracket by which it was known
            while text.next() == "{":
                yield orjson.loads(text.whole_object(number))
                number += 1
                if text.next() != ",":
                    break
                text.take()
                if text.next() == "]":
                    raise JobError("not_a_table", "The file is not JSON.")
            if text.take() != "]":
                raise JobError("not_a_table", f"Entry {number} is not an object, or not JSON.")
            if text.next():
                raise JobError("not_a_table", "More follows the array.")
    except (UnicodeDecodeError, json.JSONDecodeError) as error:
        raise JobError("not_a_table", f"Entry {number} is not JSON.") from error


class _Text:
    """A text of which no more is in memory than the object that is read."""

    def __init__(self, source: IO[str]) -> None:
        self._source = source
        self._text = ""
        self._at = 0
        self._scan = json.JSONDecoder().raw_decode

    def next(self) -> str:
        """The next character that is no space, which stays; nothing at the end."""
        while True:
            while self._at < len(self._text):
                if not self._text[self._at].isspace():
                    return self._text[self._at]
                self._at += 1
            if not self._more(CHARACTERS):
                return ""

    def take(self) -> str:
        """The next character that is no space."""
        taken = self.next()
        self._at += len(taken)
        return taken

    def whole_object(self, number: int) -> str:
        """The text of the object that begins here."""
        while True:
            try:
                _, end = self._scan(self._text, self._at)
            except json.JSONDecodeError:
                # Twice as much each time: what is long is not looked at too often.
                if not self._more(max(CHARACTERS, len(self._text))):
                    raise
                if len(self._text) > LONGEST_OBJECT:
                    text = f"Entry {number} is not JSON, or too large."
                    raise JobError("not_a_table", text) from None
            else:
                start, self._at = self._at, end
                return self._text[start:end]

    def _more(self, count: int) -> bool:
        fresh = self._source.read(count)
        self._text, self._at = self._text[self._at :] + fresh, 0
        return bool(fresh)
