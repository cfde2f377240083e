"""Work that waits for somebody outside, done in a thread so that the job can be told to stop meanwhile."""

import queue
import threading
import time
from collections.abc import Callable, Generator, Iterable
from contextlib import suppress
from typing import TypeVar

from taskly.jobs.kinds.registry import JobError, Run

T = TypeVar("T")
LOOK_S = 0.1
AHEAD = 4
"""How many pieces may be made before the first is taken."""


def watched(
    make: Callable[[], Iterable[T]],
    stop: Callable[[], None],
    run: Run,
    within_s: float | None = None,
) -> Generator[T, None, None]:
    """What `make` yields. `stop` is called when the job is to end, takes too long, or wants no more."""
    made: queue.Queue[T | BaseException | None] = queue.Queue(AHEAD)
    # A thread that hangs ends with the process, which leaves without waiting for it.
    threading.Thread(target=_fill, args=(make, made), daemon=True).start()
    until = None if within_s is None else time.monotonic() + within_s
    is_over = False
    try:
        while True:
            run.check()
            if until is not None and time.monotonic() >= until:
                raise JobError("query_timeout", f"The query took longer than {within_s:g} s.")
            try:
                piece = made.get(timeout=LOOK_S)
            except queue.Empty:
                continue
            if piece is None or isinstance(piece, BaseException):
                is_over = True
                if piece is None:
                    return
                raise piece
            yield piece
    finally:
        if not is_over:
            # Where it cannot be told, limits that it was given end the work, or whoever cleans up.
            with suppress(Exception):
                stop()


def _fill(make: Callable[[], Iterable[T]], made: "queue.Queue[T | BaseException | None]") -> None:
    try:
        for piece in make():
            made.put(piece)
    except BaseException as error:  # noqa: BLE001 (raised again where the job runs)
        made.put(error)
    else:
        made.put(None)
