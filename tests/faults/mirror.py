"""A client that knows no event name: it folds patches over a snapshot and checks what it is sent."""

import asyncio
import contextlib
import json
import random
from typing import Any

import httpx
import orjson
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import WebSocketException

from tests.make.boards import Json, as_folded

LOST = (OSError, WebSocketException, TimeoutError, httpx.TransportError)
REST_S = 0.1


class Mirror:
    """Holds a board by its events alone, over sockets that are cut all the time."""

    def __init__(
        self,
        clients: list[httpx.AsyncClient],
        board_id: str,
        token: str,
        seed: int,
        *,
        resumes: bool,
        has_many: bool,
    ) -> None:
        self.seq = 0
        self.faults: list[str] = []
        self.cuts = 0
        self.applied = 0
        self.resyncs = 0
        self._clients = clients
        self._board_id = board_id
        self._token = token
        self._rng = random.Random(seed)  # noqa: S311
        self._resumes = resumes
        self._has_many = has_many
        self._state: dict[str, Any] = {}
        self._loaded = 0
        self._connection: ClientConnection | None = None

    def cut(self) -> None:
        """Break the connection without a word."""
        if self._connection is not None:
            self._connection.transport.abort()

    def bytes(self) -> bytes:
        """What this client holds, in one spelling."""
        return spelled(self._state)

    async def run(self) -> None:
        """Watch the board until cancelled."""
        while True:
            try:
                await self._watch(self._rng.choice(self._clients))
            except LOST:
                self.cuts += 1
            await asyncio.sleep(self._rng.uniform(0, 2 * REST_S))

    async def _load(self, client: httpx.AsyncClient, at_least: int) -> None:
        headers = {"Authorization": f"Bearer {self._token}", "Taskly-Min-Seq": str(at_least)}
        answer = await client.get(f"/api/v1/boards/{self._board_id}", headers=headers)
        if answer.status_code != 200:
            raise TimeoutError
        snapshot = answer.json()
        if snapshot["seq"] < at_least:
            self.faults.append(f"asked for {at_least}, got a snapshot of {snapshot['seq']}")
        if snapshot["seq"] >= self.seq:
            self._state, self.seq = as_folded(snapshot), snapshot["seq"]
            self._loaded = self.seq

    async def _watch(self, client: httpx.AsyncClient) -> None:
        if not self._state:
            await self._load(client, 0)
        base = str(client.base_url).replace("http", "ws").rstrip("/") + "/api/v1/ws"
        since = f"?since={self.seq}" if self._resumes else ""
        url = base if self._has_many else f"{base}/board/{self._board_id}{since}"
        async with connect(
            url, compression=None, open_timeout=10, close_timeout=0.1, ping_interval=None
        ) as connection:
            self._connection = connection
            await connection.send(json.dumps({"type": "auth", "token": self._token}))
            if self._has_many:
                channel = {"type": "subscribe", "channel": f"board:{self._board_id}"}
                resume = {"since": self.seq} if self._resumes else {}
                await connection.send(json.dumps(channel | resume))
            with contextlib.suppress(EOFError):
                async for text in connection:
                    await self._take(client, connection, json.loads(text))

    async def _take(
        self, client: httpx.AsyncClient, connection: ClientConnection, message: Json
    ) -> None:
        kind = message["type"]
        if kind == "ping":
            await connection.send('{"type": "pong"}')
        elif kind == "error":
            # The server could not take the channel now, as while its database is away.
            raise TimeoutError(message["code"])
        elif kind == "resync":
            self.resyncs += 1
            await self._load(client, message["seq"])
        elif kind == "event" and message["seq"] > self.seq:
            if self._resumes and message["seq"] != self.seq + 1:
                self.faults.append(f"{message['seq']} came after {self.seq}")
            self._apply(message)
        elif kind == "event" and message["seq"] > self._loaded:
            self.faults.append(f"{message['seq']} came again, at {self.seq}")

    def _apply(self, event: Json) -> None:
        self.applied += 1
        self.seq = event["seq"]
        patch = event["patch"]
        for part, ids in patch.get("remove", {}).items():
            for entity_id in ids:
                self._state[part].pop(entity_id, None)
        for part, entities in patch.get("upsert", {}).items():
            if part == "board":
                self._state["board"] = entities
            else:
                for entity in entities:
                    self._state[part][entity.get("id") or entity["user_id"]] = entity


def spelled(state: Json) -> bytes:
    """A board's state in one spelling, for comparison byte by byte."""
    return orjson.dumps(state, option=orjson.OPT_SORT_KEYS)
