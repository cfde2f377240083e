"""A server that is killed and started again takes up at once what it had left running."""

import time
from pathlib import Path

import pytest

from tests.faults.cluster import Cluster, sign_in
from tests.make.boards import Person
from tests.make.jobs import attempts, ended, submit, until

pytestmark = pytest.mark.fault

LEASE_S = 60


async def test_job_of_a_killed_server_goes_on_at_its_restart_without_waiting_for_the_lease(
    db: str, job_environment: dict[str, str], tmp_path: Path
) -> None:
    environment = job_environment | {"TASKLY_JOB_LEASE_S": str(LEASE_S)}
    async with Cluster(environment, tmp_path, 1) as cluster:
        (server,), (client,) = cluster.processes, cluster.clients
        boss = Person(client, *await sign_in(client))
        params = {"path": str(tmp_path / "witness"), "seconds": 2}
        made = await submit(boss, "witness", params)
        await until(boss, made["id"], "running")

        killed = time.monotonic()
        server.kill()
        server.launch()
        await server.answers()
        over = await ended(boss, made["id"])
        took = time.monotonic() - killed
        tries = await attempts(boss, made["id"])
        workers = (await boss.get("/workers"))["items"]

    assert over["state"] == "succeeded"
    assert took < LEASE_S / 2
    assert [one["outcome"] for one in tries] == ["crashed", "succeeded"]
    assert [one["alive"] for one in workers] == [True, False]
    assert {one["name"] for one in workers} == {one["worker"] for one in tries}
