"""What is kept of a collection between attempts: the records of finished pages, and where the next page is."""

import json
import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from hashlib import blake2b
from pathlib import Path
from typing import Any

import orjson

KEY_BYTES = 16
Record = dict[str, Any]


@dataclass
class Place:
    """How far a collection is."""

    next: str | None
    pages: int = 0
    records: int = 0
    duplicates: int = 0
    size: int = 0
    """Bytes of the records of finished pages; what follows them is of a page that was cut short."""


class Checkpoint:
    """A file of records and a note beside it, in a folder that outlives the attempt."""

    def __init__(self, folder: Path, first: str, unique_by: Sequence[str]) -> None:
        self._records = folder / "records.jsonl"
        self._note = folder / "place.json"
        self._unique_by = unique_by
        self._seen: set[bytes] = set()
        self.place = Place(first)
        if self._note.exists():
            self.place = Place(**json.loads(self._note.read_bytes()))
        self._records.touch()
        os.truncate(self._records, self.place.size)
        if unique_by:
            self._seen = {self._key(record) for record in self.all()}

    def add(self, records: Iterable[Record], following: str | None, most: int) -> tuple[int, int]:
        """Keep the records of a finished page, short of those that are there already, until there are `most`.

        Returns how many the page had, as far as it was looked at, and how many were new.
        """
        before, seen = self.place.records, 0
        place = self.place
        with self._records.open("ab") as file:
            for record in records:
                if place.records >= most:
                    break
                seen += 1
                key = self._key(record) if self._unique_by else b""
                if key in self._seen:
                    place.duplicates += 1
                    continue
                if self._unique_by:
                    self._seen.add(key)
                file.write(
                    orjson.dumps(record, option=orjson.OPT_NON_STR_KEYS, default=str) + b"\n"
                )
                place.records += 1
            file.flush()
            os.fsync(file.fileno())
            place.size = file.tell()
        place.pages += 1
        place.next = following
        part = self._note.with_suffix(".part")
        part.write_bytes(orjson.dumps(asdict(place)))
        part.replace(self._note)
        return seen, place.records - before

    def all(self) -> Iterator[Record]:
        """The kept records, in their order."""
        with self._records.open("rb") as file:
            for line in file:
                yield orjson.loads(line)

    def _key(self, record: Record) -> bytes:
        values = [record.get(name) for name in self._unique_by]
        text = orjson.dumps(values, option=orjson.OPT_SORT_KEYS, default=str)
        return blake2b(text, digest_size=KEY_BYTES).digest()
