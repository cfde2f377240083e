"""A socket that does not read delays nobody, and is told or closed rather than fed for ever."""

import asyncio
import json
import socket
from collections.abc import Iterator
from dataclasses import replace
from uuid import UUID

import pytest
from fastapi import FastAPI

from taskly.kernel.events import Patch, append, lock_streams
from taskly.live.hub import Hub
from tests.live.sockets import Json, watching
from tests.make.boards import Person

EACH = 50
BIG = "x" * 50_000


@pytest.fixture
def hub(taskly_app: FastAPI) -> Iterator[Hub]:
    """The hub, whose timing a test may change."""
    found: Hub = taskly_app.state.hub
    usual = found.timing
    yield found
    found.timing = usual


async def deaf_socket(address: str, path: str, token: str) -> socket.socket:
    """A socket that introduces itself and then never reads: a raw one, for libraries read ahead."""
    host, port = address.split(":")
    raw = socket.socket()
    raw.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    raw.setblocking(False)
    loop = asyncio.get_running_loop()
    await loop.sock_connect(raw, (host, int(port)))
    ask = (
        f"GET /api/v1/ws{path} HTTP/1.1\r\nHost: {address}\r\nUpgrade: websocket\r\n"
        "Connection: Upgrade\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n"
        "Sec-WebSocket-Version: 13\r\n\r\n"
    )
    await loop.sock_sendall(raw, ask.encode())
    reply = b""
    while b"\r\n\r\n" not in reply:
        reply += await loop.sock_recv(raw, 1)
    assert reply.startswith(b"HTTP/1.1 101")
    body = json.dumps({"type": "auth", "token": token}).encode()
    head = bytes([0x81, 0xFE]) + len(body).to_bytes(2, "big") + bytes(4)
    await loop.sock_sendall(raw, head + body)
    return raw


async def flood(app: FastAPI, board: Json, rounds: int) -> None:
    """Write many large events, more than the buffers of a connection take."""
    for _ in range(rounds):
        async with app.state.database.write() as tx:
            (held,) = await lock_streams(tx, UUID(board["id"]))
            for _ in range(EACH):
                append(
                    tx,
                    held,
                    "card.edited",
                    actor_id=None,
                    op=None,
                    patch=Patch(),
                    changes={"description": ["", BIG]},
                )


async def test_a_socket_that_does_not_read_delays_nobody_and_is_cut_off(
    address: str, anna: Person, bob: Person, taskly_app: FastAPI, hub: Hub
) -> None:
    hub.timing = replace(hub.timing, close=0.5)
    board = await anna.board()
    await anna.invite(board, bob)
    deaf = await deaf_socket(address, f"/board/{board['id']}", bob.token)
    with deaf:
        async with watching(address, board["id"], anna.token) as healthy:
            while len((await healthy.hear("presence"))["users"]) < 2:
                pass
            flooding = asyncio.create_task(flood(taskly_app, board, 16))
            heard = await healthy.events(16 * EACH)
            assert [event["seq"] for event in heard] == list(range(3, 3 + 16 * EACH))
            await flooding
            # Bob may have been cut off while events were read.
            while len(healthy.last["presence"]["users"]) > 1:
                await healthy.hear("presence")


async def test_a_socket_that_falls_behind_is_told_to_resync_and_goes_on_from_there(
    address: str, anna: Person, taskly_app: FastAPI, hub: Hub
) -> None:
    hub.timing = replace(hub.timing, calm=0.0)
    board = await anna.board()
    async with watching(address, board["id"], anna.token, max_queue=1) as slow:
        await slow.hear("ready")
        await flood(taskly_app, board, 16)
        last = 1 + 16 * EACH
        position, resyncs = 1, 0
        while position < last:
            message = await slow.hear("event", "resync")
            if message["type"] == "resync":
                resyncs += 1
                assert message["seq"] > position
            else:
                assert message["seq"] == position + 1
            position = message["seq"]
        assert resyncs
        await anna.list(board)
        assert [event["seq"] for event in await slow.events(1)] == [last + 1]
