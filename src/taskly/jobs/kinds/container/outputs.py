"""What a container left in its folder, taken out of the engine's archive: plain files only, bounded."""

import io
import shutil
import tarfile
from collections.abc import Generator, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

from taskly.jobs.kinds.registry import JobError, Run

MOST_FILES = 200
SPARE = 1 << 20
"""Room for the heads of files and folders in an archive."""


class Pieces(io.RawIOBase):
    """An archive that comes in pieces, as a file that can be read once."""

    def __init__(self, pieces: Iterator[bytes], most_bytes: int) -> None:
        self._pieces = pieces
        self._left = most_bytes
        self._rest = b""

    def readable(self) -> bool:
        """It is."""
        return True

    def readinto(self, buffer: Any) -> int:
        """Fill the buffer. Raises `JobError` past the limit."""
        if not self._rest:
            self._rest = next(self._pieces, b"")
            self._left -= len(self._rest)
            if self._left < 0:
                raise JobError("output_too_large", "The container wrote more than may be kept.")
        size = min(len(buffer), len(self._rest))
        buffer[:size] = self._rest[:size]
        self._rest = self._rest[size:]
        return size


def take_files(pieces: Generator[bytes, None, None], most_bytes: int, run: Run) -> int:
    """Hand over the files of the archive, under names of our own; returns how many there were."""
    # The engine keeps the container to itself until it knows that nobody reads on.
    with closing(pieces):
        return _taken(pieces, most_bytes, run)


def _taken(pieces: Iterator[bytes], most_bytes: int, run: Run) -> int:
    source = io.BufferedReader(Pieces(pieces, most_bytes + SPARE))
    total = count = 0
    with tarfile.open(fileobj=source, mode="r|") as archive:
        for entry in archive:
            name = entry.name.removeprefix("./")
            if entry.isdir():
                continue
            if not entry.isreg() or entry.size == 0:
                run.log(f"{name} was left out: it is empty, or no plain file.", "warning")
                continue
            total += entry.size
            if total > most_bytes:
                raise JobError("output_too_large", "The container wrote more than may be kept.")
            if count == MOST_FILES:
                raise JobError("too_many_files", f"The container made over {MOST_FILES} files.")
            path = run.folder / f"{count}"
            _copy(archive, entry, path)
            run.publish(path, "output", name.replace("/", "_"))
            count += 1
    return count


def _copy(archive: tarfile.TarFile, entry: tarfile.TarInfo, path: Path) -> None:
    content = archive.extractfile(entry)
    assert content is not None
    with path.open("wb") as target:
        shutil.copyfileobj(content, target)
