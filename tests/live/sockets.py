"""A server on a free port in this process, and clients that talk to its sockets."""

import asyncio
import json
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import uvicorn
from starlette.applications import Starlette
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

Json = dict[str, Any]

PATIENCE_S = 30.0


@asynccontextmanager
async def listening(app: Starlette, host: str = "127.0.0.1") -> AsyncIterator[str]:
    """Serve a started application; gives host and port."""
    listener = socket.socket()
    listener.bind((host, 0))
    config = uvicorn.Config(
        app,
        lifespan="off",
        ws="websockets-sansio",
        ws_max_size=64 * 1024,
        ws_per_message_deflate=False,
        ws_ping_interval=None,
        log_config=None,
        timeout_graceful_shutdown=5,
    )
    server = uvicorn.Server(config)
    # What `serve` does, without taking the signals away from the test run.
    config.load()
    server.lifespan = config.lifespan_class(config)
    await server.startup(sockets=[listener])
    ticking = asyncio.create_task(server.main_loop())
    try:
        yield f"{host}:{listener.getsockname()[1]}"
    finally:
        server.should_exit = True
        await ticking
        await server.shutdown(sockets=[listener])


class Client:
    """One end of a socket: reads by type, and keeps the last message of each type."""

    def __init__(self, connection: ClientConnection) -> None:
        self.connection = connection
        self.last: dict[str, Json] = {}

    async def say(self, **message: Any) -> None:
        """Send a message."""
        await self.connection.send(json.dumps(message))

    async def next(self) -> Json:
        """The next message, whatever it is."""
        async with asyncio.timeout(PATIENCE_S):
            message: Json = json.loads(await self.connection.recv())
        self.last[message["type"]] = message
        return message

    async def hear(self, *kinds: str) -> Json:
        """The next message of one of these types; others are passed over."""
        while True:
            message = await self.next()
            if message["type"] in kinds:
                return message

    async def events(self, count: int) -> list[Json]:
        """The next events; anything that would break their row is an error."""
        return [await self.hear("event", "resync", "error") for _ in range(count)]

    async def rest(self) -> list[Json]:
        """Everything that comes until the server closes."""
        messages: list[Json] = []
        try:
            while True:
                messages.append(await self.next())
        except ConnectionClosed:
            return messages

    async def closed(self) -> int | None:
        """The code that the server closes with; what comes before is passed over."""
        await self.rest()
        return self.connection.close_code


@asynccontextmanager
async def opened(address: str, path: str, **options: Any) -> AsyncIterator[Client]:
    """A socket that has not said anything yet."""
    url = f"ws://{address}/api/v1/ws{path}"
    # A test may be slow to read: the client's own pings must not end it.
    options = {"compression": None, "ping_interval": None, "close_timeout": 1} | options
    async with connect(url, **options) as connection:
        yield Client(connection)


@asynccontextmanager
async def watching(
    address: str, board_id: str, token: str, since: int | None = None, **options: Any
) -> AsyncIterator[Client]:
    """A socket on a board that has introduced itself."""
    query = "" if since is None else f"?since={since}"
    async with opened(address, f"/board/{board_id}{query}", **options) as client:
        await client.say(type="auth", token=token)
        yield client
