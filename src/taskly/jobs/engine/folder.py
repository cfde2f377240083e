"""Who runs jobs in a data folder."""

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

PATIENCE_S = 1.0
LOOK_S = 0.05


class FolderLock:
    """Held by each process that runs jobs in the folder, and by all children of jobs."""

    def __init__(self, folder: Path) -> None:
        self.held = os.open(folder / "jobs.lock", os.O_RDWR | os.O_CREAT, 0o600)
        self.mark = ""
        """What tells the folder from others with the same path: those of other containers, on a host whose
        name they share."""

    @contextmanager
    def nobody_else(self) -> Iterator[bool]:
        """True inside while no other process runs jobs here; afterwards this one does."""
        alone = self._taken()
        if alone and os.fstat(self.held).st_size == 0:
            os.write(self.held, uuid4().hex[:8].encode())
        self.mark = os.pread(self.held, 8, 0).decode()
        yield alone
        fcntl.flock(self.held, fcntl.LOCK_SH)

    def _taken(self) -> bool:
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
