"""An application in this process with one board to measure."""

import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import orjson
from fastapi import FastAPI

from taskly.app import create_app
from taskly.kernel.settings import Settings
from taskly.migrations import runner

PASSWORD = "measured with care"  # noqa: S105


async def call(
    app: Any, method: str, path: str, token: str = "", body: Any = None, **headers: str
) -> tuple[int, bytes]:
    """Call an ASGI application without a network; returns status and body."""
    sent = orjson.dumps(body) if body is not None else b""
    given = [(b"content-type", b"application/json"), (b"content-length", b"%d" % len(sent))]
    given += [(name.replace("_", "-").encode(), text.encode()) for name, text in headers.items()]
    if token:
        given.append((b"authorization", b"Bearer " + token.encode()))
    route, _, query = path.partition("?")
    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": method,
        "scheme": "http",
        "path": route,
        "raw_path": route.encode(),
        "query_string": query.encode(),
        "headers": given,
        "client": ("127.0.0.1", 1),
        "server": ("127.0.0.1", 80),
        "state": {},
    }
    status = 0
    parts: list[bytes] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": sent, "more_body": False}

    async def send(message: dict[str, Any]) -> None:
        nonlocal status
        if message["type"] == "http.response.start":
            status = message["status"]
        else:
            parts.append(message.get("body", b""))

    await app(scope, receive, send)
    return status, b"".join(parts)


@dataclass
class World:
    """The application, somebody signed in, and a board with lists and cards."""

    app: FastAPI
    token: str
    board_id: str = ""
    lists: list[str] = field(default_factory=list)
    cards: list[str] = field(default_factory=list)

    async def want(self, method: str, path: str, body: Any = None) -> Any:
        """The JSON of an answer that must succeed."""
        status, answer = await call(self.app, method, f"/api/v1{path}", self.token, body)
        if status >= 400:
            raise RuntimeError(f"{method} {path}: {status} {answer!r}")
        return orjson.loads(answer) if answer else None

    async def fill(self, lists: int, cards: int) -> None:
        """Make a board with `cards` cards spread over `lists` lists."""
        self.board_id = (await self.want("POST", "/boards", {"name": "Measured"}))["id"]
        label = await self.want(
            "POST", "/labels", {"board_id": self.board_id, "name": "Urgent", "color": "red"}
        )
        for number in range(lists):
            column = {"board_id": self.board_id, "name": f"List {number}"}
            self.lists.append((await self.want("POST", "/lists", column))["id"])
        for number in range(cards):
            body: dict[str, Any] = {
                "list_id": self.lists[number % lists],
                "title": f"Card {number}: write what has to be done",
                "label_ids": [label["id"]],
            }
            self.cards.append((await self.want("POST", "/cards", body))["id"])


@asynccontextmanager
async def world(folder: Path, **fields: object) -> AsyncIterator[World]:
    """A started application on a fresh SQLite database; `fields` are further settings."""
    app = create_app(Settings.model_validate({"data_dir": folder, "poll_interval_s": 60} | fields))
    await runner.upgrade(app.state.database)
    async with app.router.lifespan_context(app):
        person = {"email": "bench@example.com", "username": "bench", "password": PASSWORD}
        await call(app, "POST", "/api/v1/auth/register", body=person)
        login = {"username": "bench", "password": PASSWORD}
        _, answer = await call(app, "POST", "/api/v1/auth/login", body=login)
        yield World(app, orjson.loads(answer)["access_token"])


async def cpu_of(count: int, work: Any) -> float:
    """CPU seconds of this process for one of `count` runs of `work(number)`."""
    started = time.process_time()
    for number in range(count):
        await work(number)
    return (time.process_time() - started) / count
