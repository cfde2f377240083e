"""P6 and P7: what it costs to run a job, to wait for one, and to keep what it says."""

import asyncio
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from bench import noops
from bench.pairs import Measure, Row, in_turn, table
from bench.serving import free_port, served
from bench.world import World, world
from taskly.jobs.engine import store
from taskly.jobs.engine.engine import QUEUES
from taskly.jobs.engine.forks import Forks
from taskly.jobs.engine.store import Claimant, Ending, Report
from taskly.jobs.states import Outcome, State
from taskly.kernel.clock import now
from taskly.kernel.ids import new_id
from taskly.kernel.log import configure_logging
from taskly.kernel.settings import Settings
from taskly.kernel.sync_db import SyncDatabase
from tests.servers.postgres import postgres_database, postgres_server
from tests.servers.valkey import valkey_server

JOBS = 100
SLOTS = 2
SUBMITTERS = 8
STARTS = 40
ROUNDS = 3
LINES = 200_000
IDLE_S = 20.0
LOOK_S = 0.02
PATIENCE_S = 120.0
MODULES = ["bench.noops"]


async def _until_over(inside: World) -> None:
    """Waits until no job waits or runs; looks at one at most, so that looking costs little."""
    async with asyncio.timeout(PATIENCE_S):
        for state in ("queued", "running"):
            while True:
                if not (await inside.want("GET", f"/jobs?state={state}&limit=1"))["items"]:
                    break
                await asyncio.sleep(LOOK_S)


async def _succeeded(inside: World, job_id: str) -> dict[str, Any]:
    """The job, which must have succeeded, once no job waits or runs."""
    await _until_over(inside)
    job: dict[str, Any] = await inside.want("GET", f"/jobs/{job_id}")
    if job["state"] != "succeeded":
        raise RuntimeError(f"a job that only measures ended as {job['state']}: {job['error']}")
    return job


async def _submit(inside: World, count: int) -> list[str]:
    body = {"kind": "noop", "params": {}}
    return [(await inside.want("POST", "/jobs", body))["id"] for _ in range(count)]


def _whole_lives(inside: World) -> Measure:
    async def measure() -> float:
        began = time.perf_counter()
        each = JOBS // SUBMITTERS
        await asyncio.gather(*(_submit(inside, each) for _ in range(SUBMITTERS)))
        await _until_over(inside)
        return each * SUBMITTERS / (time.perf_counter() - began)

    return measure


@asynccontextmanager
async def _bare_celery(folder: Path) -> AsyncIterator[Measure]:
    """A Celery worker with as many processes as we have slots, which does nothing as often."""
    with valkey_server() as broker:
        environment = os.environ | {noops.BROKER: broker.url}
        arguments = ["-A", "bench.noops", "worker", "--pool", "prefork", "-c", str(SLOTS)]
        with (folder / "celery.log").open("wb") as log:
            worker = subprocess.Popen(  # noqa: ASYNC220, S603 (it lives as long as the block)
                [sys.executable, "-m", "celery", *arguments],
                env=environment,
                stdout=log,
                stderr=log,
            )
        noops.app.conf.update(broker_url=broker.url, result_backend=broker.url)

        def all_done() -> float:
            began = time.perf_counter()
            results = [noops.task.delay() for _ in range(JOBS)]
            for result in results:
                result.get(timeout=PATIENCE_S)
            return JOBS / (time.perf_counter() - began)

        async def measure() -> float:
            return await asyncio.to_thread(all_done)

        try:
            yield measure
        finally:
            worker.terminate()
            worker.wait()


def _records(inside: World, database: SyncDatabase) -> Measure:
    """Jobs a second that one worker claims and ends, each with its attempt and its two events."""
    claimant = Claimant(new_id(), "bench", QUEUES, timedelta(minutes=1))
    over = Ending(Outcome.SUCCEEDED, State.SUCCEEDED)

    def all_over() -> float:
        began = time.perf_counter()
        for _ in range(JOBS):
            with database.write() as tx:
                job = store.claim_next(tx, claimant, now())
            if job is None:
                raise RuntimeError("no job is left")
            with database.write() as tx:
                store.finish(tx, job, over, Report(), now())
        return JOBS / (time.perf_counter() - began)

    async def measure() -> float:
        await _submit(inside, JOBS)
        return await asyncio.to_thread(all_over)

    return measure


async def whole_lives(inside: World, without: World, folder: Path) -> list[Row]:
    """Submitted, claimed, run in a process of its own, recorded: against tasks that leave no trace.

    `without` is an application whose jobs nobody runs: there the records are measured by themselves.
    """
    database = SyncDatabase(without.app.state.settings)
    async with _bare_celery(folder) as bare:
        lives = await in_turn(_whole_lives(inside), bare, ROUNDS)
        records = await in_turn(_records(without, database), bare, ROUNDS)
    database.dispose()
    return [
        Row(
            "P6",
            "whole life of a job that does nothing, against a bare Celery task",
            f"{lives.median:.2f} x",
            "1.0 x or more",
            f"{lives.spread()}; {statistics.median(lives.ours):.0f} jobs/s, each in a process of its "
            f"own, to {statistics.median(lives.baseline):.0f} tasks/s",
        ),
        Row(
            "P6",
            "of that, claim and end with attempt and events, without the process",
            f"{records.median:.2f} x",
            "",
            f"{records.spread()}; {statistics.median(records.ours):.0f} jobs/s to "
            f"{statistics.median(records.baseline):.0f} tasks/s",
        ),
    ]


async def start_times(inside: World) -> Row:
    """How long a job waits that nothing stands before."""
    waits = []
    for _ in range(STARTS):
        (made,) = await _submit(inside, 1)
        job = await _succeeded(inside, made)
        created, started = (
            datetime.fromisoformat(job[f"{what}_at"]) for what in ("created", "started")
        )
        waits.append((started - created).total_seconds() * 1000)
    waits.sort()
    return Row(
        "P6",
        "from submission to start in an idle server, median",
        f"{statistics.median(waits):.1f} ms",
        "5 ms or less",
        f"worst of {STARTS}: {waits[-1]:.1f} ms",
    )


async def child_starts(folder: Path) -> Row:
    """A child of the fork server, begun and ended, against the smallest Python process."""
    lock = os.open(folder / "lock", os.O_RDWR | os.O_CREAT, 0o600)
    forks = Forks(tuple(MODULES))
    forks.open(lock)
    given = {"kind": "noop", "params": {}, "job_id": "bench", "attempt": 1, "proxy": ""}
    given |= {"folder": str(folder), "lasting": str(folder), "inputs": {}, "state": {}}

    async def ours() -> float:
        began = time.perf_counter()
        for number in range(STARTS):
            key = f"bench.{number}"
            line = forks.start(key, memory_mb=1024, output_mb=64, lease_s=60)
            line.say(given)
            line.hear()
            line.close()
            forks.ended(key)
        return (time.perf_counter() - began) / STARTS

    async def bare() -> float:
        began = time.perf_counter()
        for _ in range(STARTS):
            subprocess.run([sys.executable, "-I", "-S", "-c", "pass"], check=True)  # noqa: ASYNC221
        return (time.perf_counter() - began) / STARTS

    pair = await in_turn(ours, bare)
    forks.close()
    os.close(lock)
    return Row(
        "P6",
        "start and end of a job's process, against `python -I -S -c pass`",
        f"{pair.median:.2f} x",
        "0.25 x or less",
        f"{pair.spread()}; {1000 * statistics.median(pair.ours):.1f} ms",
    )


async def idle(folder: Path) -> Row:
    """What a server that runs jobs uses while there are none."""
    port = free_port()
    environment = {"TASKLY_DATA_DIR": str(folder), "TASKLY_LOG_LEVEL": "error"}
    with served(["-m", "taskly.cli", "serve", "--port", str(port)], environment, port) as server:
        await asyncio.sleep(IDLE_S / 4)
        before = server.cpu_s()
        await asyncio.sleep(IDLE_S)
        used = (server.cpu_s() - before) / IDLE_S
    return Row(
        "P6",
        "processor time of an idle server that runs jobs",
        f"{100 * used:.1f} %",
        "1 % or less",
        f"over {IDLE_S:.0f} s",
    )


async def log_lines(inside: World, name: str, wanted: int) -> Row:
    """One job that talks as fast as it can: what is stored, from its process to the database."""
    figures = []
    for _ in range(ROUNDS):
        body = {"kind": "talk", "params": {"lines": LINES}}
        made = await inside.want("POST", "/jobs", body)
        job = await _succeeded(inside, made["id"])
        began, ended = (
            datetime.fromisoformat(job[f"{what}_at"]) for what in ("started", "finished")
        )
        figures.append(LINES / (ended - began).total_seconds())
    return Row(
        "P7",
        f"log lines a second of one job, {name}",
        f"{statistics.median(figures):,.0f}",
        f"{wanted:,} or more",
        f"{min(figures):,.0f} to {max(figures):,.0f}; {LINES:,} lines",
    )


async def measure() -> list[Row]:
    """All rows of this module."""
    settings = {"job_modules": MODULES, "job_slots": SLOTS, "job_log_bytes": 2**30}
    with tempfile.TemporaryDirectory() as name, postgres_server() as server:
        folder = Path(name)
        rows = [await child_starts(folder), await idle(folder / "idle")]
        async with world(folder / "sqlite", **settings) as inside:
            rows.append(await start_times(inside))
            async with world(folder / "without", **(settings | {"jobs_here": False})) as without:
                rows += await whole_lives(inside, without, folder)
            rows.append(await log_lines(inside, "SQLite", 150_000))
        with postgres_database(server.url) as address:
            async with world(folder / "postgres", database_url=address, **settings) as inside:
                rows.append(await log_lines(inside, "PostgreSQL", 50_000))
    return rows


if __name__ == "__main__":
    configure_logging(Settings(log_level="warning"))
    sys.stdout.write(table(asyncio.run(measure())) + "\n")
