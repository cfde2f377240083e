"""Who runs jobs in a data folder, and who did before."""

import fcntl
import os
import socket
import time
from collections.abc import Collection, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from uuid import UUID

import orjson

PATIENCE_S = 1.0
LOOK_S = 0.05
LARGEST = 1 << 20


class FolderLock:
    """Held by each process that runs jobs in the folder, and by all children of jobs.

    The file names the workers that have held it since one was alone last: whatever these left running
    is nobody's once nobody holds the lock. Only this file knows the place of a worker.
    """

    def __init__(self, folder: Path, worker_id: UUID) -> None:
        self.held = os.open(folder / "jobs.lock", os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
        self._worker_id = worker_id
        # A copied folder has a copy of the file: the workers in there are those of the other place.
        self._place = f"{socket.gethostname()}:{folder.absolute()}"

    @contextmanager
    def taken(self) -> Iterator[Collection[UUID]]:
        """Inside, the former workers that are gone while no other process runs jobs here; afterwards held."""
        if self._alone():
            yield self._former()
            os.ftruncate(self.held, 0)
        else:
            yield ()
        fcntl.flock(self.held, fcntl.LOCK_SH)
        entry = {"worker": self._worker_id, "place": self._place}
        os.write(self.held, orjson.dumps(entry) + b"\n")

    def _former(self) -> Collection[UUID]:
        found = []
        for line in os.pread(self.held, LARGEST, 0).splitlines():
            # What the end of a machine cut short, or an earlier version wrote, says nothing.
            with suppress(ValueError, TypeError, KeyError):
                entry = orjson.loads(line)
                if entry["place"] == self._place:
                    found.append(UUID(entry["worker"]))
        return found

    def _alone(self) -> bool:
        until = time.monotonic() + PATIENCE_S
        while time.monotonic() < until:
            try:
                fcntl.flock(self.held, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                time.sleep(LOOK_S)
            else:
                return True
        return False

    def close(self) -> None:
        """Let go."""
        os.close(self.held)
