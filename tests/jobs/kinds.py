"""Kinds of job for tests: each does one thing that a job may do to the engine."""

import asyncio
import base64
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from pydantic import Field

from taskly.jobs.kinds.registry import JobError, Kind, Params, Run, TemporaryError


class Nothing(Params):
    """No parameters."""


class Seconds(Params):
    """How long to take."""

    seconds: float = Field(60.0, ge=0, le=600)


class Say(Params):
    """What to write into the log, and what to publish."""

    lines: list[str] = []
    file: str | None = None
    secret: str | None = None


class Bring(Params):
    """What to publish, in base 64, and under which name."""

    content: str
    name: str


class Times(Params):
    """How often to fail before succeeding."""

    failures: int = 1


class Witness(Params):
    """A file into which the job writes when it begins, each few milliseconds, and when it ends."""

    path: str
    seconds: float = 0.3
    pair: str | None = None
    """No more than two jobs of the same name at once."""


class Prompted(Params):
    """A file to wait for, how many lines to write then, and a file to make after that."""

    prompt: str
    lines: int
    said: str


class Chatter(Params):
    """How many lines to write, and how long to rest after every 500."""

    lines: int = 1000
    pause_s: float = 0


class Amount(Params):
    """How much."""

    megabytes: int = 10


class Rows(Params):
    """How many."""

    rows: int


class Files(Params):
    """How many."""

    files: int


def noop(params: Nothing, run: Run) -> dict[str, Any]:
    """Succeed at once."""
    return {"attempt": run.attempt}


def sleep(params: Seconds, run: Run) -> None:
    """Wait, and notice a cancellation."""
    until = time.monotonic() + params.seconds
    while (left := until - time.monotonic()) > 0:
        run.progress(100 * (1 - left / max(params.seconds, 0.001)), "Sleeping")
        time.sleep(min(0.02, left))


async def asynchronous(params: Nothing, run: Run) -> dict[str, Any]:
    """A body that is a coroutine."""
    await asyncio.sleep(0)
    run.progress(50, "Half")
    return {"done": True}


def say(params: Say, run: Run) -> dict[str, Any]:
    """Write lines and a file."""
    for line in params.lines:
        run.log(line)
    if params.secret:
        run.log(f"the password is {params.secret}", "warning")
    if params.file is not None:
        path = run.folder / "out.txt"
        path.write_text(params.file)
        run.publish(path, "text", "words.txt")
    return {"lines": len(params.lines)}


def bring(params: Bring, run: Run) -> None:
    """Publish a file as it was given."""
    path = run.folder / "brought"
    path.write_bytes(base64.b64decode(params.content))
    run.publish(path, "data", params.name)


def flaky(params: Times, run: Run) -> dict[str, Any]:
    """Fail for a reason that passes."""
    if run.attempt <= params.failures:
        raise TemporaryError("not_yet", "Not yet.")
    return {"attempt": run.attempt}


def hopeless(params: Nothing, run: Run) -> None:
    """Fail for good."""
    raise JobError("no_hope", "This will never work.")


def broken(params: Nothing, run: Run) -> None:
    """Fail in a way that nobody foresaw."""
    raise RuntimeError("surprise")


def crash(params: Nothing, run: Run) -> None:
    """End the process without a word."""
    os.kill(os.getpid(), signal.SIGKILL)


def stubborn(params: Seconds, run: Run) -> None:
    """Listen to nobody."""
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    run.progress(None, "Stubborn")
    until = time.monotonic() + params.seconds
    while time.monotonic() < until:
        time.sleep(0.05)


def busy(params: Nothing, run: Run) -> None:
    """Hold the interpreter's lock for minutes."""
    run.progress(None, "Busy")
    re.match(r"(a+)+$", "a" * 40 + "b")


def grandchild(params: Seconds, run: Run) -> None:
    """Start a program that starts another, in a session of its own, and wait."""
    code = "import subprocess,sys,time; subprocess.Popen(['sleep','600']); time.sleep(600)"
    started = subprocess.Popen([sys.executable, "-c", code], start_new_session=True)
    run.progress(None, "Waiting", str(started.pid))
    sleep(params, run)


def witness(params: Witness, run: Run) -> None:
    """Write down every few milliseconds that this run is alive."""
    began = time.monotonic()
    me = f"{run.job_id} {os.getpid()}-{time.monotonic_ns()}"
    with Path(params.path).open("ab", buffering=0) as file:
        while time.monotonic() < began + params.seconds:
            file.write(f"{me} {time.monotonic_ns()}\n".encode())
            run.check()
            time.sleep(0.005)


def prompted(params: Prompted, run: Run) -> None:
    """Say much as soon as it is told to, and tell when all is said."""
    while not Path(params.prompt).exists():
        run.check()
        time.sleep(0.01)
    for number in range(params.lines):
        run.log(f"{number} ".ljust(500, "."))
    Path(params.said).touch()


def chatty(params: Chatter, run: Run) -> None:
    """Write very many lines."""
    for first in range(0, params.lines, 500):
        numbers = range(first, min(first + 500, params.lines))
        run.log("\n".join(f"chatter {number}" for number in numbers))
        time.sleep(params.pause_s)


def greedy(params: Amount, run: Run) -> dict[str, Any]:
    """Take memory."""
    taken = bytearray(params.megabytes << 20)
    return {"taken": len(taken)}


def large(params: Amount, run: Run) -> None:
    """Write a large file."""
    path = run.folder / "large.bin"
    with path.open("wb") as file:
        for _ in range(params.megabytes):
            file.write(bytes(1 << 20))
    run.publish(path, "data")


def many(params: Files, run: Run) -> None:
    """Publish many small files."""
    for number in range(params.files):
        path = run.folder / f"{number}.txt"
        path.write_text(str(number))
        run.publish(path, "data")


def array(params: Rows, run: Run) -> None:
    """Publish a JSON array of rows, each on a line."""
    path = run.folder / "array.json"
    row = '{{"id":{},"words":"' + 200 * "x" + '"}}'
    with path.open("w") as file:
        file.write("[\n" + ",\n".join(row.format(n) for n in range(params.rows)) + "\n]\n")
    run.publish(path, "data")


def counter(params: Nothing, run: Run) -> dict[str, Any]:
    """Keep a count from attempt to attempt."""
    count = run.state.get("count", 0) + 1
    run.keep({"count": count})
    if count < 3:
        raise TemporaryError("again", "Once more.")
    return {"count": count}


KINDS = (
    Kind("noop", Nothing, noop),
    Kind("sleep", Seconds, sleep),
    Kind("asynchronous", Nothing, asynchronous),
    Kind("say", Say, say, secret_params=frozenset({"secret"})),
    Kind("bring", Bring, bring),
    Kind("flaky", Times, flaky),
    Kind("hopeless", Nothing, hopeless),
    Kind("broken", Nothing, broken, max_attempts=1),
    Kind("crash", Nothing, crash, max_attempts=2),
    Kind("stubborn", Seconds, stubborn),
    Kind("busy", Nothing, busy),
    Kind("grandchild", Seconds, grandchild),
    Kind(
        "witness",
        Witness,
        witness,
        max_attempts=50,
        concurrency=lambda params: None if params.pair is None else (params.pair, 2),
    ),
    Kind("prompted", Prompted, prompted),
    Kind("chatty", Chatter, chatty),
    Kind("greedy", Amount, greedy, memory_mb=400, max_attempts=1),
    Kind("large", Amount, large, output_mb=4, max_attempts=1),
    Kind("many", Files, many),
    Kind("array", Rows, array),
    Kind("counter", Nothing, counter),
    Kind("granted", Nothing, noop, needs_grant=True),
)
