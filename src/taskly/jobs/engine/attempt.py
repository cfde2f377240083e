"""One attempt at a job, watched from outside: its words written down, its limits kept, its end recorded."""

import select
import shutil
import signal
import socket
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from enum import Enum
from pathlib import Path
from typing import Any

import orjson

from taskly.accounts.actor import Actor
from taskly.files.store import LocalStore
from taskly.jobs.engine import store
from taskly.jobs.engine.forks import End, Forks
from taskly.jobs.engine.messages import Line, Message
from taskly.jobs.engine.store import ClaimLost, Ending, Report, Row
from taskly.jobs.inputs import found_inputs
from taskly.jobs.kinds.registry import JobError, Kind, Registry
from taskly.jobs.logs.buffer import LogBuffer
from taskly.jobs.logs.lines import Line as LogLine
from taskly.jobs.queries import Reader
from taskly.jobs.retention import FILES, WORK
from taskly.jobs.scope import BoardScope
from taskly.jobs.states import TERMINAL, Outcome, State
from taskly.kernel.clock import now
from taskly.kernel.errors import Busy
from taskly.kernel.log import get_logger
from taskly.kernel.settings import Settings
from taskly.kernel.sync_db import SyncDatabase

log = get_logger(__name__)

LOG_EVERY_S = 0.2
PROGRESS_EVERY_S = 0.5
LINES_AT_ONCE = 200
ASK_KINDLY_S = 0.5
"""How long a body has to notice that it is to stop before it gets a signal."""
CHILD_LEASE = 0.8
"""The child's share of the lease: it is dead before anybody else may have the job."""
AGAIN_S = 0.5

Publish = Callable[[str, bytes], None]


class Stop(Enum):
    """Why a running job is told to stop."""

    CANCELLED = "cancelled"
    TIMEOUT = "timeout"
    DRAINED = "drained"
    LOST = "lost"


class Attempt:
    """Runs in a thread of its own; `stop` may be called from any other."""

    def __init__(
        self,
        settings: Settings,
        database: SyncDatabase,
        forks: Forks,
        files: LocalStore,
        boards: BoardScope,
        publish: Publish,
        proxy: str,
    ) -> None:
        self._settings = settings
        self._database = database
        self._forks = forks
        self._files = files
        self._boards = boards
        self._publish = publish
        self._proxy = proxy
        self._woken, self._waker = socket.socketpair()
        self._stop: Stop | None = None
        self._stopped_at = 0.0
        self._signals = 0
        self._said: Message | None = None
        self._progress: dict[str, Any] = {}
        self._kept: dict[str, Any] | None = None
        self._outputs: list[Message] = []

    def stop(self, why: Stop) -> None:
        """Tell the job to stop; the first reason counts."""
        if self._stop is None:
            self._stop = why
            self._stopped_at = time.monotonic()
            # It may have ended just now, and hung up.
            with suppress(OSError):
                self._waker.send(b"!")

    def run(self, job: Row, kinds: Registry) -> Row | None:
        """Do everything from the claimed row to its end; the row as it is then, None where it was lost."""
        self._job = job
        self._key = f"{job['id']}.{job['claim']}"
        self._lease_at = time.monotonic()
        work = self._settings.data_dir / WORK
        folder, self._lasting = work / f"{job['id']}-{job['attempt']}", work / str(job["id"])
        secrets: list[str] = []
        try:
            kind = known(kinds, job["kind"])
            given = self._given(kind, folder)
            secrets = kind.secrets(job["params"], given["inputs"])
        except (JobError, ValueError) as error:
            self._log = LogBuffer(job["log_bytes"], self._settings.job_log_bytes)
            return self._finish(self._refusal(error), [])
        else:
            self._log = LogBuffer(job["log_bytes"], self._settings.job_log_bytes, secrets)
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir(parents=True)
            self._lasting.mkdir(exist_ok=True)
            end = self._accompany(kind, given)
            return self._finish(*self._ending(end))
        finally:
            shutil.rmtree(folder, ignore_errors=True)
            self._woken.close()
            self._waker.close()

    def _given(self, kind: Kind, folder: Path) -> Message:
        inputs: dict[str, Any] = {}
        params = self._job["params"]
        if kind.prepare is not None:
            kind.checked(params)
            with self._database.read() as tx:
                inputs = kind.prepare(tx, self._job, self._settings)
        if kind.input_files is not None:
            owner = Reader(Actor(user_id=self._job["owner_id"]), self._boards)
            with self._database.read() as tx:
                inputs["files"] = found_inputs(tx, owner, kind, params, self._files)
        return {
            "kind": kind.name,
            "params": params,
            "job_id": str(self._job["id"]),
            "attempt": self._job["attempt"],
            "folder": str(folder.absolute()),
            "lasting": str(self._lasting.absolute()),
            "proxy": self._proxy,
            "inputs": inputs,
            "state": self._job["kept"] or {},
        }

    def _accompany(self, kind: Kind, given: Message) -> End:
        lease = self._settings.job_lease_s * CHILD_LEASE
        limits = {"memory_mb": self._job["memory_mb"], "output_mb": kind.output_mb}
        line = self._forks.start(self._key, **limits, lease_s=lease)
        try:
            line.say(given)
            self._converse(line)
        except OSError:
            log.info("child_gone", job=str(self._job["id"]))
        finally:
            line.close()
        # Whatever has hung up without ending is in nobody's service any more.
        self._forks.send_signal(self._key, signal.SIGKILL)
        return self._forks.ended(self._key)

    def _converse(self, line: Line) -> None:
        began = written = shown = time.monotonic()
        timeout_at = began + self._job["timeout_s"]
        while self._said is None:
            watched: list[Any] = [line, self._woken]
            ready, _, _ = select.select(watched, [], [], self._patience())
            if line in ready:
                heard = line.hear()
                if heard is None:
                    return
                for message in heard:
                    self._take(message)
            moment = time.monotonic()
            if moment >= timeout_at:
                self.stop(Stop.TIMEOUT)
            self._pursue_stop(line, moment)
            logs = self._log.waits and moment - written >= LOG_EVERY_S
            news = self._progress and moment - shown >= PROGRESS_EVERY_S
            due = moment - self._lease_at >= self._settings.job_heartbeat_s
            if logs or news or due or self._log.waits >= LINES_AT_ONCE:
                written = shown = moment
                self._beat()

    def _patience(self) -> float:
        if self._stop is not None:
            return 0.05
        if self._log.waits or self._progress:
            return LOG_EVERY_S / 2
        left = self._lease_at + self._settings.job_heartbeat_s - time.monotonic()
        return max(0.0, min(left, 1.0))

    def _take(self, message: Message) -> None:
        match message["said"]:
            case "progress":
                self._progress = {name: message[name] for name in ("percent", "step", "detail")}
            case "log":
                moment = now()
                for text in message["lines"]:
                    self._log.add(LogLine(moment, message["level"], text))
            case "keep":
                self._kept = message["state"]
            case "file":
                self._outputs.append(message)
            case _:
                self._said = message

    def _pursue_stop(self, line: Line, moment: float) -> None:
        if self._stop is None:
            return
        waited = moment - self._stopped_at
        if self._stop == Stop.LOST or waited >= self._settings.job_grace_s:
            self._forks.send_signal(self._key, signal.SIGKILL)
        elif self._signals == 0:
            self._signals = 1
            self._woken.recv(16)
            line.say({"do": "cancel"})
        elif self._signals == 1 and waited >= ASK_KINDLY_S:
            self._signals = 2
            self._forks.send_signal(self._key, signal.SIGTERM)

    def _beat(self) -> None:
        asked_at = time.monotonic()
        lease_until = now() + timedelta(seconds=self._settings.job_lease_s)
        report = Report(self._progress, self._kept, self._log.take())
        try:
            with self._database.write() as tx:
                cancelled = store.beat(tx, self._job, lease_until, report)
        except Busy:
            # Written with the next beat; the child's own lease ends it if none comes through.
            self._log.put_back(report.chunks)
            return
        except ClaimLost:
            self.stop(Stop.LOST)
            return
        self._lease_at = asked_at
        elapsed = time.monotonic() - asked_at
        self._forks.renew(self._key, self._settings.job_lease_s * CHILD_LEASE - elapsed)
        self._announce(report)
        self._progress, self._kept = {}, None
        if cancelled:
            self.stop(Stop.CANCELLED)

    def _announce(self, report: Report) -> None:
        if report.progress:
            names = ("owner_id", "board_id", "card_id")
            about = {name: self._job[name] and str(self._job[name]) for name in names}
            said = {
                "job_id": str(self._job["id"]),
                **about,
                "state": State.RUNNING,
                **report.progress,
            }
            self._publish("job.progress", orjson.dumps(said))
        if report.chunks:
            said = {"job_id": str(self._job["id"]), "end": report.chunks[-1]["end"]}
            self._publish("job.log", orjson.dumps(said))

    def _ending(self, end: End) -> tuple[Ending, list[Message]]:
        ending = self._judged(end)
        measured = replace(ending, cpu_s=end.cpu_s, peak_mb=end.peak_mb)
        return measured, self._outputs if ending.state == State.SUCCEEDED else []

    def _judged(self, end: End) -> Ending:
        said = self._said or {"said": "nothing"}
        if said["said"] == "succeeded":
            return Ending(Outcome.SUCCEEDED, State.SUCCEEDED, result=said["result"])
        if self._stop == Stop.CANCELLED:
            return Ending(Outcome.CANCELLED, State.CANCELLED)
        if self._stop == Stop.DRAINED:
            return Ending(Outcome.INTERRUPTED, State.QUEUED)
        if self._stop == Stop.TIMEOUT:
            text = f"The job took longer than {self._job['timeout_s']} s."
            return self._failure(Outcome.TIMEOUT, "timeout", text, retry=True)
        if said["said"] == "failed":
            message = self._log.without_secrets(said["message"])
            return self._failure(Outcome.ERROR, said["code"], message, retry=said["retry"])
        text = "The job's process ended without a word."
        if end.code is not None and end.code < 0:
            text = f"The job's process was ended by {signal.Signals(-end.code).name}."
        return self._failure(Outcome.CRASHED, "crashed", text, retry=True)

    def _failure(self, outcome: Outcome, code: str, message: str, *, retry: bool) -> Ending:
        """An attempt that failed: for good, or to be tried again while attempts are left."""
        wait = self._settings.job_retry_s if retry else None
        return Ending(outcome, State.FAILED, error_code=code, error_message=message, retry_s=wait)

    def _refusal(self, error: JobError | ValueError) -> Ending:
        """A job that could not even begin."""
        if isinstance(error, JobError):
            return self._failure(Outcome.ERROR, error.code, error.message, retry=error.retry)
        return self._failure(Outcome.ERROR, "bad_params", str(error), retry=False)

    def _finish(self, ending: Ending, outputs: list[Message]) -> Row | None:
        """Record the end, waiting for a database that is away for as long as the lease lasts."""
        self._log.end(LogLine(now(), "warning", ""))
        report = Report(self._progress, self._kept, self._log.take())
        kept = self._keep_files(outputs)
        ending = replace(ending, files=kept)
        ended: Row | None = None
        while time.monotonic() - self._lease_at < self._settings.job_lease_s:
            try:
                with self._database.write() as tx:
                    ended = store.finish(tx, self._job, ending, report, now())
                break
            except Busy:
                time.sleep(AGAIN_S)
        if ended is None or ended["state"] != State.SUCCEEDED:
            for file in kept:
                self._files.delete(file["blob"])
        if ended is None:
            log.warning("job_lost", job=str(self._job["id"]), attempt=self._job["attempt"])
        else:
            self._announce(replace(report, progress={}))
            if ended["state"] in TERMINAL:
                shutil.rmtree(self._lasting, ignore_errors=True)
        return ended

    def _keep_files(self, outputs: list[Message]) -> list[dict[str, Any]]:
        kept = []
        for number, said in enumerate(outputs):
            blob = f"{FILES}/{self._job['id']}/{self._job['attempt']}-{number}"
            self._files.publish(Path(said["path"]), blob)
            kept.append(store.file_row(self._job, said, blob, now()))
        return kept


def known(kinds: Registry, name: str) -> Kind:
    """The kind of this name. Raises `JobError` for one that is not installed (any more)."""
    kind = kinds.get(name)
    if kind is None:
        raise JobError("unknown_kind", f"No kind {name} is installed.")
    return kind
