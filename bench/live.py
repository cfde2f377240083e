"""P4 and P5: what it costs to bring an event to many sockets, and to a socket of another process."""

import asyncio
import gc
import json
import statistics
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from uuid import UUID

import uvicorn
import uvloop
from fastapi import FastAPI
from starlette.routing import WebSocketRoute
from starlette.types import Receive, Scope, Send
from websockets.asyncio.client import ClientConnection, connect

from bench.pairs import Row, in_turn, table
from bench.serving import free_port, served
from bench.world import World, world
from taskly.kernel.bus import EVENTS, pack_event
from taskly.kernel.db import Committed
from taskly.kernel.events import Patch, append, lock_streams
from tests.servers.valkey import valkey_server

SIZES = (1000, 5000)
ROUNDS = 9
WARM = 50
COMMITS = 300
PATIENCE_S = 300.0
TEXT = "Write down what has to be done before the launch. " * 12


class BareSockets:
    """The baseline: sockets in a list, and a loop that sends to one after the other."""

    def __init__(self) -> None:
        self.sends: list[Send] = []

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await receive()
        await send({"type": "websocket.accept"})
        self.sends.append(send)
        await receive()
        self.sends.remove(send)

    async def send(self, text: str) -> None:
        """Send a text to everybody."""
        message = {"type": "websocket.send", "text": text}
        for send in self.sends:
            await send(message)


@asynccontextmanager
async def listening(app: FastAPI) -> AsyncIterator[int]:
    """Serve the application in this process; gives the port."""
    port = free_port()
    config = uvicorn.Config(
        app,
        port=port,
        lifespan="off",
        ws="websockets-sansio",
        ws_per_message_deflate=False,
        ws_ping_interval=None,
        access_log=False,
        log_level="error",
    )
    server = uvicorn.Server(config)
    config.load()
    server.lifespan = config.lifespan_class(config)
    await server.startup()
    ticking = asyncio.create_task(server.main_loop())
    try:
        yield port
    finally:
        server.should_exit = True
        await ticking
        await server.shutdown()


class Crowd:
    """Many client sockets in another process."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self.process = process

    async def line(self) -> str:
        """The next thing that it says."""
        assert self.process.stdout is not None
        async with asyncio.timeout(PATIENCE_S):
            return (await self.process.stdout.readline()).decode().strip()


@asynccontextmanager
async def crowd(port: int, path: str, count: int, token: str) -> AsyncIterator[Crowd]:
    """`count` sockets that are all open and take part."""
    arguments = ["-m", "bench.live_clients", str(port), path, str(count), token]
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *arguments,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    found = Crowd(process)
    try:
        said = await found.line()
        if said != "ready":
            raise RuntimeError(f"the sockets did not open: {said!r}")
        yield found
    finally:
        process.kill()
        await process.wait()


def memory_kb() -> float:
    """Memory that this process holds now, in KB."""
    gc.collect()
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return float(line.split()[1])
    return 0.0


class Fan:
    """Sends numbered messages of one size to a crowd, and measures until its last socket has it."""

    def __init__(self, inside: World, bare: BareSockets) -> None:
        self._inside = inside
        self._bare = bare
        self._number = 0
        self._seq = 0
        self.cpu: dict[str, list[float]] = {"hub": [], "bare": []}

    async def start(self) -> None:
        """Find out where the board is."""
        self._seq = (await self._inside.want("GET", f"/boards/{self._inside.board_id}"))["seq"]

    async def hub(self, everybody: Crowd) -> float:
        """An event through the hub."""
        self._number += 1
        self._seq += 1
        fact = Committed(UUID(self._inside.board_id), self._seq, self._payload())
        message = pack_event(fact)

        async def publish() -> None:
            self._inside.app.state.bus.publish(EVENTS, message)

        return await self._until_heard(everybody, "hub", publish)

    async def bare(self, everybody: Crowd) -> float:
        """The same message through the bare loop."""
        self._number += 1
        text = '{"type":"event",' + self._payload()[1:].decode()
        return await self._until_heard(everybody, "bare", lambda: self._bare.send(text))

    def _payload(self) -> bytes:
        event = {"seq": self._seq, "event": "card.edited", "mark": f"@{self._number}@"}
        return json.dumps(event | {"patch": TEXT}, separators=(",", ":")).encode()

    async def _until_heard(
        self, everybody: Crowd, side: str, act: Callable[[], Awaitable[None]]
    ) -> float:
        began, cpu = time.monotonic(), time.process_time()
        await act()
        number, moment = (await everybody.line()).split()
        self.cpu[side].append(time.process_time() - cpu)
        if number != str(self._number):
            raise RuntimeError(f"message {number} arrived instead of {self._number}")
        return float(moment) - began


async def fan_out(inside: World, count: int) -> list[Row]:
    """P4 for one number of sockets."""
    bare = BareSockets()
    route = WebSocketRoute("/bare", bare)
    inside.app.router.routes.append(route)
    path = f"/api/v1/ws/board/{inside.board_id}"
    async with listening(inside.app) as port:
        # What the first sockets load and cache once is not the cost of a socket.
        async with crowd(port, path, WARM, inside.token), crowd(port, "/bare", WARM, ""):
            pass
        before = memory_kb()
        async with crowd(port, path, count, inside.token) as watchers:
            mine = (memory_kb() - before) / count
            before = memory_kb()
            async with crowd(port, "/bare", count, "") as others:
                theirs = (memory_kb() - before) / count
                fan = Fan(inside, bare)
                await fan.start()
                pair = await in_turn(
                    lambda: fan.hub(watchers), lambda: fan.bare(others), rounds=ROUNDS
                )
    inside.app.router.routes.remove(route)
    cpu = statistics.median(fan.cpu["hub"]) / statistics.median(fan.cpu["bare"])
    detail = (
        f"{pair.spread()}; {statistics.median(pair.ours) * 1000:.0f} ms to the last socket, "
        f"bare loop {statistics.median(pair.baseline) * 1000:.0f} ms; CPU ratio {cpu:.2f}"
    )
    memory = f"a bare socket of the same server: {theirs:.1f} KB"
    return [
        Row("P4", f"event to {count} sockets to bare loop", f"{pair.median:.2f}", "<= 2", detail),
        Row("P4", f"idle socket of {count}, KB", f"{mine:.1f}", "<= 30", memory),
    ]


async def introduced(port: int, inside: World, seq: int) -> ClientConnection:
    """A socket on the board, past its greeting."""
    url = f"ws://127.0.0.1:{port}/api/v1/ws/board/{inside.board_id}?since={seq}"
    connection = await connect(url, compression=None, ping_interval=None)
    await connection.send(json.dumps({"type": "auth", "token": inside.token}))
    while '"presence"' not in str(await connection.recv()):
        pass
    return connection


async def commit(inside: World, number: int) -> float:
    """Commit one event; the moment at which it was committed."""
    moments: list[float] = []
    async with inside.app.state.database.write() as tx:
        (held,) = await lock_streams(tx, UUID(inside.board_id))
        changes = {"title": ["", f"@{number}@"]}
        append(tx, held, "card.edited", actor_id=None, op=None, patch=Patch(), changes=changes)
        tx.after_commit.append(lambda: moments.append(time.monotonic()))
    return moments[0]


async def arrival(connection: ClientConnection, number: int) -> float:
    """The moment at which a socket has an event."""
    async with asyncio.timeout(PATIENCE_S):
        while f"@{number}@" not in str(await connection.recv()):
            pass
    return time.monotonic()


async def across(folder: Path) -> list[Row]:
    """P5: the same commits, seen by a socket of this process and by one of another."""
    near: list[float] = []
    far: list[float] = []
    with valkey_server() as valkey:
        port = free_port()
        environment = {
            "TASKLY_DATA_DIR": str(folder),
            "TASKLY_REDIS_URL": valkey.url,
            "TASKLY_PORT": str(port),
            "TASKLY_LOG_LEVEL": "error",
        }
        async with world(folder, redis_url=valkey.url) as inside, listening(inside.app) as here:
            await inside.fill(1, 1)
            with served(["-m", "taskly.cli", "serve"], environment, port):
                seq = (await inside.want("GET", f"/boards/{inside.board_id}"))["seq"]
                ours = await introduced(here, inside, seq)
                theirs = await introduced(port, inside, seq)
                for number in range(COMMITS):
                    # Each commit is timed on one of the two sockets, in turn; both get all events.
                    times, timed, other = (
                        (near, ours, theirs) if number % 2 else (far, theirs, ours)
                    )
                    listening_ = asyncio.create_task(arrival(timed, number))
                    await asyncio.sleep(0)
                    began = await commit(inside, number)
                    times.append(await listening_ - began)
                    await arrival(other, number)
                await ours.close()
                await theirs.close()
    ratio = statistics.median(far) / statistics.median(near)
    detail = (
        f"{statistics.median(far) * 1e6:.0f} us across, {statistics.median(near) * 1e6:.0f} us "
        f"within, {COMMITS} commits"
    )
    return [Row("P5", "to another process to within, p50", f"{ratio:.1f}", "<= 15", detail)]


async def measure_all() -> list[Row]:
    """All rows of this module."""
    rows: list[Row] = []
    for count in SIZES:
        with tempfile.TemporaryDirectory() as name:
            async with world(Path(name)) as inside:
                await inside.fill(3, 20)
                rows += await fan_out(inside, count)
    with tempfile.TemporaryDirectory() as name:
        rows += await across(Path(name))
    return rows


def measure() -> list[Row]:
    """All rows of this module, on the loop that the server uses."""
    return uvloop.run(measure_all())


if __name__ == "__main__":
    sys.stdout.write(table(measure()) + "\n")
