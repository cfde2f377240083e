"""A server that leaves its jobs to workers, with its database and its broker; and who works for it."""

import asyncio
import inspect
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from tests.faults.cluster import sign_in
from tests.make.boards import Person
from tests.servers.api import ApiProcess
from tests.servers.worker import BackgroundProcess, background

ANSWER_S = 10.0
LEASE_S = 3.0
PATIENCE_S = 60.0
LOOK_S = 0.05


@dataclass
class Installation:
    """What tests of one broker share."""

    environment: dict[str, str]
    folder: Path
    client: httpx.AsyncClient
    person: Person = field(init=False)

    def working(
        self, *commands: Sequence[str]
    ) -> AbstractAsyncContextManager[list[BackgroundProcess]]:
        """Processes beside the server, ready to work inside the block."""
        return background(self.environment, self.folder, *commands)

    async def checked(self, name: str, condition: str) -> None:
        """Wait until the server says this of one of the things that it needs."""

        async def says_so() -> bool:
            answer = await self.client.get("/health/ready")
            return bool(answer.json()["checks"][name] == condition)

        await eventually(says_so)


async def eventually(check: Callable[[], Any]) -> None:
    """Wait until this is true; it may be a coroutine that says so."""
    async with asyncio.timeout(PATIENCE_S):
        while True:
            said = check()
            if await said if inspect.isawaitable(said) else said:
                return
            await asyncio.sleep(LOOK_S)


@asynccontextmanager
async def installation(
    database: str, broker: str, folder: Path, **settings: str
) -> AsyncIterator[Installation]:
    """A server on an empty database, and the first person to use it."""
    environment = {
        "TASKLY_DATA_DIR": str(folder),
        "TASKLY_DATABASE_URL": database,
        "TASKLY_BROKER_URL": broker,
        "TASKLY_POLL_INTERVAL_S": "0.5",
        "TASKLY_ACCESS_TOKEN_MINUTES": "240",
        "TASKLY_JOB_MODULES": '["tests.jobs.kinds"]',
        "TASKLY_JOB_SLOTS": "2",
        "TASKLY_JOB_LEASE_S": str(LEASE_S),
        "TASKLY_JOB_HEARTBEAT_S": "0.5",
        "TASKLY_JOB_GRACE_S": "1.5",
        "TASKLY_JOB_RETRY_S": "0.05",
        **settings,
    }
    server = ApiProcess(environment, folder / "server.log")
    try:
        server.launch()
        await server.answers()
        address = f"http://{server.address}"
        async with httpx.AsyncClient(base_url=address, timeout=ANSWER_S) as client:
            made = Installation(environment, folder, client)
            made.person = Person(client, *await sign_in(client))
            yield made
    finally:
        server.kill()
