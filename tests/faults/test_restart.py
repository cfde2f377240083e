"""A server that is killed and started again takes up at once what it had left running, where that had come to."""

import asyncio
import json
import time
from pathlib import Path

import pytest

from tests.faults.cluster import Cluster, sign_in
from tests.live.sockets import listening
from tests.make.boards import Person
from tests.make.jobs import attempts, ended, submit, until
from tests.servers.records import ITEMS, PER_PAGE, Held, Records

pytestmark = pytest.mark.fault

LEASE_S = 60
PATIENCE_S = 30.0
THIRD = f"/linked?from={2 * PER_PAGE}"


async def crash_and_restart(cluster: Cluster) -> None:
    (server,) = cluster.processes
    server.kill()
    server.launch()
    await server.answers()


async def test_job_of_a_killed_server_goes_on_at_its_restart_without_waiting_for_the_lease(
    db: str, job_environment: dict[str, str], tmp_path: Path
) -> None:
    environment = job_environment | {"TASKLY_JOB_LEASE_S": str(LEASE_S)}
    async with Cluster(environment, tmp_path, 1) as cluster:
        boss = Person(cluster.clients[0], *await sign_in(cluster.clients[0]))
        params = {"path": str(tmp_path / "witness"), "seconds": 2}
        made = await submit(boss, "witness", params)
        await until(boss, made["id"], "running")

        killed = time.monotonic()
        await crash_and_restart(cluster)
        over = await ended(boss, made["id"])
        took = time.monotonic() - killed
        tries = await attempts(boss, made["id"])
        workers = (await boss.get("/workers"))["items"]

    assert over["state"] == "succeeded"
    assert took < LEASE_S / 2
    assert [one["outcome"] for one in tries] == ["crashed", "succeeded"]
    assert [one["alive"] for one in workers] == [True, False]
    assert {one["name"] for one in workers} == {one["worker"] for one in tries}


async def test_collection_of_a_killed_server_asks_for_no_finished_page_again(
    db: str, job_environment: dict[str, str], tmp_path: Path
) -> None:
    environment = job_environment | {"TASKLY_OUTBOUND_ALLOW": '["127.0.0.2/32"]'}
    records = Records()
    held = records.held[THIRD] = Held()
    async with (
        listening(records.app, "127.0.0.2") as address,
        Cluster(environment, tmp_path, 1) as cluster,
    ):
        boss = Person(cluster.clients[0], *await sign_in(cluster.clients[0]))
        params = {"url": f"http://{address}/linked", "paging": "link", "per_second": 50}
        made = await submit(boss, "collect", params)
        async with asyncio.timeout(PATIENCE_S):
            await held.asked.wait()

        await crash_and_restart(cluster)
        held.released.set()
        over = await ended(boss, made["id"])
        tries = await attempts(boss, made["id"])
        answer = await boss.call("GET", f"/jobs/{made['id']}/files/data")

    assert over["state"] == "succeeded", over["error"]
    assert [one["outcome"] for one in tries] == ["crashed", "succeeded"]
    assert [json.loads(line) for line in answer.text.splitlines()] == ITEMS
    pages = {path: times for path, times in records.asked.items() if path.startswith("/linked")}
    assert pages.pop(THIRD) == 2
    assert set(pages.values()) == {1}
