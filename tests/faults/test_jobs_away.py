"""Servers that hang and databases that are away for longer than a lease: late words count for nothing."""

import asyncio
import os
import signal
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.faults.cluster import Cluster
from tests.faults.processes import jobs_of
from tests.faults.unfenced import REMOVED
from tests.faults.witness import lives
from tests.faults.workload import LEASE_S, Workload
from tests.servers.mariadb import MariaDbServer
from tests.servers.postgres import PostgresServer

pytestmark = pytest.mark.fault

JOBS = 24
BEGUN, BEGUN_S = 2, 30.0
AWAY_S = LEASE_S + 2.0

Record = Callable[[str, object], None]


async def working(cluster: Cluster, workload: Workload) -> int:
    """The process id of a server that runs jobs, once some have been seen alive.

    Not as soon as one begins: a server that is frozen while it writes keeps all others from writing.
    """
    async with asyncio.timeout(BEGUN_S):
        while True:
            for process in cluster.processes:
                alive = len(lives(workload.path)) >= BEGUN
                if alive and process.pid is not None and jobs_of(process.pid):
                    return process.pid
            await asyncio.sleep(0.01)


async def freeze_one(cluster: Cluster, workload: Workload, seconds: float) -> None:
    """Let a server that runs jobs hang; its fork server and its jobs go on."""
    server = await working(cluster, workload)
    os.kill(server, signal.SIGSTOP)
    await asyncio.sleep(seconds)
    os.kill(server, signal.SIGCONT)


async def test_jobs_of_a_server_that_hangs_are_run_by_another_and_never_by_both(
    db: str, job_environment: dict[str, str], tmp_path: Path, record_property: Record
) -> None:
    async with Cluster(job_environment, tmp_path) as cluster:
        workload = await Workload.on(cluster, tmp_path, seconds=1.0)

        await workload.submit_many(JOBS)
        await freeze_one(cluster, workload, 2 * LEASE_S)
        verdict = await workload.verdict()

    record_property("figures", verdict.figures)
    assert verdict.faults == []
    assert verdict.figures["ran_again"] > 0


async def test_database_that_is_away_longer_than_a_lease_makes_no_job_run_twice_at_once(
    db: str,
    job_environment: dict[str, str],
    tmp_path: Path,
    request: pytest.FixtureRequest,
    record_property: Record,
) -> None:
    async with Cluster(job_environment, tmp_path) as cluster:
        workload = await Workload.on(cluster, tmp_path, seconds=1.0)

        await workload.submit_many(JOBS)
        await working(cluster, workload)
        if db == "sqlite":
            with sqlite3.connect(tmp_path / "taskly.db", isolation_level=None) as writer:
                writer.execute("BEGIN IMMEDIATE")
                await asyncio.sleep(AWAY_S)
                writer.execute("ROLLBACK")
        else:
            server: PostgresServer | MariaDbServer = request.getfixturevalue(f"own_{db}")
            server.stop()
            await asyncio.sleep(AWAY_S)
            server.start()
        verdict = await workload.verdict()

    record_property("figures", verdict.figures)
    assert verdict.faults == []


async def test_checker_notices_children_that_go_on_without_a_lease(
    db: str, job_environment: dict[str, str], tmp_path: Path
) -> None:
    removed = job_environment | {REMOVED: "lease"}
    async with Cluster(removed, tmp_path, program="tests.faults.unfenced") as cluster:
        workload = await Workload.on(cluster, tmp_path, seconds=5 * LEASE_S)

        # So few that the other server has room for the jobs of the one that hangs.
        await workload.submit_many(3)
        await freeze_one(cluster, workload, 3 * LEASE_S)
        verdict = await workload.verdict()

    assert verdict.figures["overlaps"] > 0


async def test_checker_notices_claims_that_do_not_ask(
    db: str, job_environment: dict[str, str], tmp_path: Path
) -> None:
    removed = job_environment | {REMOVED: "claim"}
    async with Cluster(removed, tmp_path, program="tests.faults.unfenced") as cluster:
        workload = await Workload.on(cluster, tmp_path)

        await workload.submit_many(JOBS)
        verdict = await workload.verdict()

    assert verdict.figures["overlaps"] > 0
