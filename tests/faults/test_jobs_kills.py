"""Servers, workers, fork servers, children and brokers are killed at random moments: no job is lost, none runs twice at once."""

import asyncio
import contextlib
import os
import random
import signal
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Protocol

import pytest

from tests.effort import LONG
from tests.faults.cluster import Cluster
from tests.faults.processes import fork_servers, jobs_of
from tests.faults.scaled import installation
from tests.faults.workload import Workload
from tests.servers.valkey import ValkeyServer

pytestmark = pytest.mark.fault

KILLS = 200 if LONG else 14
JOBS = 1000 if LONG else 42
PATIENCE_S = 60.0
SUBMIT_EVERY_S = 0.1


class Process(Protocol):
    """A server or worker that runs jobs."""

    @property
    def pid(self) -> int | None:
        """The process that runs now."""

    def kill(self) -> None:
        """End it as a crash would."""

    def launch(self) -> None:
        """Start it; it is ready a little later."""


class Killer:
    """Kills something at random moments, mostly what runs a job."""

    def __init__(self, processes: Sequence[Process], broker: ValkeyServer | None = None) -> None:
        self.done: Counter[str] = Counter()
        self._processes = processes
        self._broker = broker
        self._rng = random.Random(7)  # noqa: S311

    async def run(self, kills: int) -> None:
        """Kill so many times."""
        for _ in range(kills):
            await asyncio.sleep(self._rng.uniform(0.05, 0.4))
            chance = self._rng.random()
            if chance < 0.15:
                await self._crash("processes", self._rng.choice(self._processes))
            elif chance < 0.35:
                await self._kill("fork_servers", fork_servers)
            elif chance < 0.45 and self._broker is not None:
                await self._lose(self._broker)
            else:
                await self._kill("children", jobs_of)

    async def _crash(self, name: str, process: Process) -> None:
        process.kill()
        self.done[name] += 1
        await asyncio.sleep(self._rng.uniform(0, 0.5))
        process.launch()

    async def _lose(self, broker: ValkeyServer) -> None:
        broker.kill()
        self.done["brokers"] += 1
        await asyncio.sleep(self._rng.uniform(0, 2))
        broker.start()

    async def _kill(self, name: str, pids_of: Callable[[int | None], list[int]]) -> None:
        found: list[int] = []
        async with asyncio.timeout(PATIENCE_S):
            while not found:
                await asyncio.sleep(0.01)
                found = [pid for process in self._processes for pid in pids_of(process.pid)]
        # It may have ended by itself since: then the signal came at the last possible moment.
        with contextlib.suppress(ProcessLookupError):
            os.kill(self._rng.choice(found), signal.SIGKILL)
        self.done[name] += 1


async def submit_meanwhile(workload: Workload, killing: "asyncio.Task[None]") -> None:
    """Submit jobs for as long as something is killed, and at least so many."""
    number = 0
    while number < JOBS or not killing.done():
        await workload.submit(number)
        number += 1
        await asyncio.sleep(SUBMIT_EVERY_S)


Figures = Callable[[str, object], None]


async def assert_all_is_well(workload: Workload, killer: Killer, record: Figures) -> None:
    """Submit while something is killed; then every job is over, having run once at a time."""
    killing = asyncio.create_task(killer.run(KILLS))
    await submit_meanwhile(workload, killing)
    await killing
    verdict = await workload.verdict()
    record("figures", verdict.figures | dict(killer.done))
    assert verdict.faults == []


async def test_no_job_is_lost_and_none_runs_twice_at_once_through_kills(
    db: str, job_environment: dict[str, str], tmp_path: Path, record_property: Figures
) -> None:
    servers = 1 if db == "sqlite" else 2
    async with Cluster(job_environment, tmp_path, servers) as cluster:
        workload = await Workload.on(cluster, tmp_path)

        await assert_all_is_well(workload, Killer(cluster.processes), record_property)

        left = [pid for process in cluster.processes for pid in jobs_of(process.pid)]
    assert left == []


# On PostgreSQL, whatever database the run is for.
@pytest.mark.sqlite_only
async def test_workers_and_their_broker_may_be_killed_just_so(
    new_postgres_database: Callable[[], str],
    own_valkey: ValkeyServer,
    tmp_path: Path,
    record_property: Figures,
) -> None:
    async with (
        installation(new_postgres_database(), own_valkey.url, tmp_path) as made,
        made.working(("beat",), ("worker",), ("worker",), ("worker",)) as (_, *workers),
    ):
        workload = Workload.of([made.person], tmp_path)

        await assert_all_is_well(workload, Killer(workers, own_valkey), record_property)

        left = [pid for worker in workers for pid in jobs_of(worker.pid)]
    assert left == []
