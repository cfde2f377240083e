"""The file store on the local disk."""

import os
import re
import shutil
from collections.abc import Callable, Collection, Iterator, Sequence
from datetime import datetime
from itertools import islice
from pathlib import Path

from taskly.kernel.settings import Settings

SWEPT_AT_ONCE = 500
KEY = re.compile(r"[a-z]+(/[0-9a-z-]+)+")


class LocalStore:
    """Keeps each file under a key such as `jobs/<id>/1-0`; a key is there wholly or not at all."""

    def __init__(self, settings: Settings) -> None:
        self.root = settings.data_dir / "files"

    def path(self, key: str) -> Path:
        """Where the bytes of a key are. Raises `ValueError` for what is no key of ours."""
        if KEY.fullmatch(key) is None:
            msg = f"Not a key: {key}"
            raise ValueError(msg)
        return self.root / key

    def publish(self, source: Path, key: str) -> None:
        """Move a finished file to its key; a copy first where the disk is another one."""
        target = self.path(key)
        target.parent.mkdir(parents=True, exist_ok=True)
        part = target.with_name(target.name + ".part")
        shutil.move(source, part)
        with part.open("rb") as moved:
            os.fsync(moved.fileno())
        part.replace(target)

    def delete(self, key: str) -> None:
        """Forget a key; one that is not there is forgotten already."""
        self._remove(self.path(key))

    def _remove(self, path: Path) -> None:
        path.unlink(missing_ok=True)
        for folder in path.parents:
            if folder == self.root or not _is_empty(folder):
                break
            folder.rmdir()

    def sweep(
        self, prefix: str, before: datetime, named: Callable[[Sequence[str]], Collection[str]]
    ) -> int:
        """Delete what was written before a time and nobody names, and how much that was.

        `named` tells which of some keys are in use.
        """
        swept = 0
        found = self._older(prefix, before.timestamp())
        while some := list(islice(found, SWEPT_AT_ONCE)):
            kept = named([key for key in some if KEY.fullmatch(key)])
            for key in some:
                if key not in kept:
                    self._remove(self.root / key)
                    swept += 1
        return swept

    def _older(self, prefix: str, before: float) -> Iterator[str]:
        for path in (self.root / prefix).rglob("*"):
            try:
                if path.is_file() and path.stat().st_mtime < before:
                    yield path.relative_to(self.root).as_posix()
            except FileNotFoundError:
                continue


def _is_empty(folder: Path) -> bool:
    return folder.is_dir() and not any(folder.iterdir())
