"""Watches a job until it is over: a bar on a terminal, plain lines elsewhere; and its log as it grows."""

import json
import sys
import time
from collections.abc import Iterator
from typing import Any

import httpx
import typer

from taskly.client.refusals import Unreachable
from taskly.client.server import Server

LOOK_S = 0.5
PATIENCE_S = 120.0
TERMINAL = {"succeeded", "failed", "discarded", "cancelled", "skipped"}

Job = dict[str, Any]


def follow(server: Server, job: Job) -> Job:
    """The job once it is over; until then its progress goes to standard error."""
    if job["state"] in TERMINAL:
        return job
    if sys.stderr.isatty():
        return _with_bar(server, job)
    said = ""
    while True:
        words = _words(job)
        if words != said:
            typer.echo(f"J-{job['number']} {words}", err=True)
            said = words
        if job["state"] in TERMINAL:
            return job
        time.sleep(LOOK_S)
        job = _looked_at(server, job)


def _with_bar(server: Server, job: Job) -> Job:
    # Only a terminal needs it, and it takes long to load.
    from rich.console import Console  # noqa: PLC0415
    from rich.markup import escape  # noqa: PLC0415
    from rich.progress import (  # noqa: PLC0415
        BarColumn,
        Progress,
        TaskProgressColumn,
        TextColumn,
        TimeElapsedColumn,
    )

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TaskProgressColumn(),
        TimeElapsedColumn(),
        TextColumn("{task.fields[said]}"),
    )
    with Progress(*columns, console=Console(stderr=True)) as bar:
        shown = bar.add_task(f"J-{job['number']}", total=None, said="")
        while True:
            known = job["percent"] is not None
            bar.update(
                shown,
                total=100 if known else None,
                completed=job["percent"] or 0,
                said=escape(_step(job)),
            )
            if job["state"] in TERMINAL:
                return job
            time.sleep(LOOK_S)
            job = _looked_at(server, job)


def _looked_at(server: Server, job: Job) -> Job:
    """The job as it is now; a server that is away for a while is waited for."""
    until = time.monotonic() + PATIENCE_S
    while True:
        try:
            found: Job = server.call("GET", f"/jobs/{job['id']}")
        except Unreachable:
            if time.monotonic() > until:
                raise
            time.sleep(LOOK_S)
        else:
            return found


def _words(job: Job) -> str:
    percent = "" if job["percent"] is None else f" {job['percent']:.0f}%"
    step = f" {_step(job)}" if job["step"] or job["detail"] else ""
    return f"{job['state']}{percent}{step}"


def _step(job: Job) -> str:
    return " ".join(part for part in (job["step"], job["detail"]) if part) or str(job["state"])


def follow_log(server: Server, job: Job) -> Iterator[dict[str, Any]]:
    """The lines of a log as they come, each once, until the job is over."""
    after = 0
    quiet_since = time.monotonic()
    while True:
        try:
            with server.stream(f"/jobs/{job['id']}/logs", {"after": after}) as lines:
                for line in lines:
                    quiet_since = time.monotonic()
                    if line == "event: end":
                        return
                    if line.startswith("data: "):
                        entry = json.loads(line.removeprefix("data: "))
                        after = entry["offset"]
                        yield entry
        except httpx.TransportError as error:
            if time.monotonic() - quiet_since > PATIENCE_S:
                msg = f"No answer from {server.address}: {error}"
                raise Unreachable(msg) from error
        time.sleep(LOOK_S)
        # A token may have run out meanwhile; a call that is no stream renews it.
        server.call("GET", f"/jobs/{job['id']}")
