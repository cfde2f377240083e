"""Inside a job's own process: runs the body and tells the engine what becomes of it."""

import asyncio
import errno
import hashlib
import inspect
import mimetypes
import os
import signal
import socket
import stat
import threading
import traceback
from collections.abc import Mapping
from pathlib import Path
from types import FrameType
from typing import Any

from pydantic import ValidationError

from taskly.jobs.engine.messages import Line, Message
from taskly.jobs.kinds.registry import (
    MOST_FILES,
    Cancelled,
    JobError,
    Kind,
    Registry,
    Result,
)

HASHED_AT_ONCE = 1 << 20
LONGEST_LINE = 8192
LONGEST_STEP = 200
LONGEST_DETAIL = 500
LONGEST_ERROR = 4000
LEVELS = frozenset({"debug", "info", "warning", "error"})


class ChildRun:
    """What the body knows and tells (`kinds.registry.Run`), over the socket to the engine.

    Threads of the body may tell and ask too.
    """

    def __init__(self, line: Line, given: Message) -> None:
        self.job_id: str = given["job_id"]
        self.attempt: int = given["attempt"]
        self.folder = Path(given["folder"])
        self.lasting = Path(given["lasting"])
        self.proxy: str = given["proxy"]
        self.inputs: Mapping[str, Any] = given["inputs"]
        self.state: dict[str, Any] = given["state"]
        self._line = line
        self._turn = threading.Lock()
        self._is_cancelled = False
        self._published = 0

    def progress(
        self, percent: float | None, step: str | None = None, detail: str | None = None
    ) -> None:
        """Say how far the job is; None where that is not known. Raises `Cancelled`."""
        shown = None if percent is None else round(min(100.0, max(0.0, percent)), 1)
        said = {
            "percent": shown,
            "step": _cut(step, LONGEST_STEP),
            "detail": _cut(detail, LONGEST_DETAIL),
        }
        self._say({"said": "progress", **said})
        self.check()

    def log(self, text: str, level: str = "info") -> None:
        """Write lines to the job's log. Raises `Cancelled`."""
        lines = [line[:LONGEST_LINE] for line in text.removesuffix("\n").split("\n")]
        self._say({"said": "log", "level": level if level in LEVELS else "info", "lines": lines})
        self.check()

    def check(self) -> None:
        """Raises `Cancelled` once somebody has asked the job to stop."""
        with self._turn:
            if not self._is_cancelled:
                self._line.peer.setblocking(False)
                try:
                    heard = self._line.hear()
                finally:
                    self._line.peer.setblocking(True)
                # An engine that has gone hears nothing more of this job either.
                self._is_cancelled = heard is None or any(m["do"] == "cancel" for m in heard)
        if self._is_cancelled:
            raise Cancelled

    def _say(self, message: Message) -> None:
        with self._turn:
            self._line.say(message)

    def keep(self, state: dict[str, Any]) -> None:
        """Remember something small for a later attempt."""
        self.state = dict(state)
        self._say({"said": "keep", "state": self.state})
        self.check()

    def publish(
        self, path: Path, file_type: str, name: str | None = None, mime_type: str | None = None
    ) -> None:
        """Hand over a finished file. Raises `JobError` for one that is empty or outside of `folder`."""
        if self._published == MOST_FILES:
            raise JobError("too_many_files", f"A job may keep {MOST_FILES} files, and no more.")
        shown = name or path.name
        real = path.resolve()
        if not real.is_relative_to(self.folder.resolve()) or not stat.S_ISREG(real.lstat().st_mode):
            raise JobError("bad_output", f"{shown} is not a file of this job.")
        size = real.stat().st_size
        if size == 0:
            raise JobError("empty_output", f"{shown} is empty.")
        digest = hashlib.sha256()
        with real.open("rb") as source:
            while block := source.read(HASHED_AT_ONCE):
                digest.update(block)
                self.check()
        guessed = mimetypes.guess_type(shown)[0] or "application/octet-stream"
        about = {"type": file_type, "name": shown[:300], "mime_type": mime_type or guessed}
        measured = {"size": size, "sha256": digest.hexdigest()}
        self._published += 1
        self._say({"said": "file", "path": str(real), **about, **measured})


def _cut(text: str | None, most: int) -> str | None:
    return text if text is None or len(text) <= most else text[: most - 1] + "…"


def run_child(peer: socket.socket, kinds: Registry) -> int:
    """Hear what to do, do it, say how it ended; returns the exit code of the process."""
    _quiet_standard_streams()
    signal.signal(signal.SIGTERM, _cancelled_by_signal)
    line = Line(peer)
    given: list[Message] | None = []
    while given == []:
        given = line.hear()
    if not given:
        return 1
    try:
        line.say(_outcome(line, given[0], kinds))
    except OSError:
        return 1  # the engine is gone
    return 0


def _quiet_standard_streams() -> None:
    null = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):
        os.dup2(null, stream)


def _cancelled_by_signal(number: int, frame: FrameType | None) -> None:
    raise Cancelled


def _outcome(line: Line, given: Message, kinds: Registry) -> Message:
    kind = kinds.get(given["kind"])
    if kind is None:
        return _failed("unknown_kind", f"No kind {given['kind']} is installed.")
    try:
        run = ChildRun(line, given)
        os.chdir(run.folder)
        return {"said": "succeeded", "result": _run(kind, given["params"], run)}
    except Cancelled:
        return {"said": "cancelled"}
    except ValidationError as error:
        return _failed("bad_params", str(error))
    except JobError as error:
        return _failed(error.code, error.message, retry=error.retry)
    except MemoryError:
        return _failed("out_of_memory", "The job used more memory than it may.")
    except OSError as error:
        if error.errno == errno.EFBIG:
            return _failed("output_too_large", "The job wrote a larger file than it may.")
        return _surprised(line, error)
    except Exception as error:  # noqa: BLE001 (whatever the body did not foresee)
        return _surprised(line, error)


def _surprised(line: Line, error: Exception) -> Message:
    """Another try may go better."""
    shown = traceback.format_exception(error, limit=-8)
    line.say({"said": "log", "level": "error", "lines": "".join(shown).splitlines()})
    return _failed("error", f"{type(error).__name__}: {error}", retry=True)


def _run(kind: Kind, params: Mapping[str, Any], run: ChildRun) -> Result:
    result = kind.body(kind.checked(params), run)
    if inspect.isawaitable(result):
        result = asyncio.run(_awaited(result))
    return result


async def _awaited(result: Any) -> Result:
    awaited: Result = await result
    return awaited


def _failed(code: str, message: str, *, retry: bool = False) -> Message:
    return {"said": "failed", "code": code, "message": message[:LONGEST_ERROR], "retry": retry}
