"""Probes of addresses, ports and the disk: when they fail, and who may make them."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest

from tests.jobs.conftest import House
from tests.live.sockets import listening
from tests.make.boards import Json
from tests.make.jobs import done, log_lines
from tests.servers.process import free_port
from tests.servers.records import Records


@pytest.fixture
async def source() -> AsyncIterator[tuple[Records, str]]:
    """A server of this test's own, and where it listens."""
    records = Records()
    async with listening(records.app, "127.0.0.2") as address:
        yield records, address


async def looked(house: House, *probes: Json, **params: Any) -> Json:
    return await done(
        house.boss, "monitor", {"probes": list(probes), "tries": 1, "within_s": 5} | params
    )


def tcp(address: str) -> Json:
    host, _, port = address.partition(":")
    return {"type": "tcp", "host": host, "port": int(port)}


async def test_job_succeeds_while_all_is_well(house: House, source: tuple[Records, str]) -> None:
    address = source[1]

    over = await looked(
        house,
        {"type": "http", "url": f"http://{address}/linked"},
        {"type": "http", "url": f"http://{address}/nowhere", "status": 404},
        tcp(address),
        {"type": "disk", "least_free_percent": 0.001},
    )

    assert over["state"] == "succeeded", over["error"]
    assert [probe["ok"] for probe in over["result"]["probes"]] == [True] * 4


async def test_every_probe_is_made_and_each_failure_told(
    house: House, source: tuple[Records, str]
) -> None:
    address = source[1]
    closed = f"127.0.0.2:{free_port()}"

    over = await looked(
        house,
        {"type": "http", "url": f"http://{address}/nowhere"},
        tcp(closed),
        {"type": "disk", "least_free_percent": 99.999},
        tcp(address),
    )

    assert (over["state"], over["error"]["code"]) == ("failed", "probe_failed")
    message = over["error"]["message"]
    assert f"http://{address}/nowhere: answered 404" in message
    assert closed in message
    assert "disk: only" in message
    assert any(
        line.startswith(f"{address}: ok") for line in await log_lines(house.boss, over["id"])
    )


async def test_probe_that_fails_once_is_made_again(
    house: House, source: tuple[Records, str]
) -> None:
    records, address = source
    records.fail_once.add("/linked")

    over = await looked(house, {"type": "http", "url": f"http://{address}/linked"}, tries=2)

    assert over["state"] == "succeeded", over["error"]
    assert records.asked["/linked"] == 2


async def test_no_probe_reaches_the_inside(house: House) -> None:
    connections = 0

    def count(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal connections
        connections += 1
        writer.close()

    async with await asyncio.start_server(count, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        over = await looked(
            house,
            tcp(f"127.0.0.1:{port}"),
            {"type": "http", "url": f"http://127.0.0.1:{port}/"},
        )

    assert over["error"]["code"] == "probe_failed"
    assert connections == 0


BAD = (
    {"type": "tcp", "host": "a b", "port": 1},
    {"type": "tcp", "host": "example.com", "port": 0},
    {"type": "http", "url": "file:///etc/passwd"},
    {"type": "disk", "least_free_percent": 101},
    {"type": "ping", "host": "example.com"},
)


async def test_bad_probe_is_refused_with_its_place(house: House) -> None:
    for probe in BAD:
        body = {"kind": "monitor", "params": {"probes": [probe]}}

        problem = await house.boss.want(422, "POST", "/jobs", body)

        assert problem["errors"][0]["field"].startswith("params.probes.0")


async def test_probes_are_for_those_who_are_allowed_them(house: House) -> None:
    body = {"kind": "monitor", "params": {"probes": [{"type": "disk"}]}}

    await house.guest.want(403, "POST", "/jobs", body)
