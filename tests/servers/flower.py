"""Flower as the guide starts it."""

import asyncio
import os
import subprocess
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

import httpx

from tests.servers.process import free_port

START_S = 60.0
LOOK_S = 0.1


@asynccontextmanager
async def flower(environment: Mapping[str, str], folder: Path) -> AsyncIterator[httpx.AsyncClient]:
    """A client of its API, once it has found a worker."""
    port = free_port()
    process = _started(environment, folder, port)
    try:
        address = f"http://127.0.0.1:{port}"
        async with httpx.AsyncClient(base_url=address, timeout=START_S) as client:
            async with asyncio.timeout(START_S):
                while not await _sees_a_worker(client):  # noqa: ASYNC110
                    await asyncio.sleep(LOOK_S)
            yield client
    finally:
        process.kill()
        process.wait()


def _started(environment: Mapping[str, str], folder: Path, port: int) -> subprocess.Popen[bytes]:
    options = ["--address=127.0.0.1", f"--port={port}"]
    with (folder / "flower.log").open("ab") as log:
        return subprocess.Popen(
            [sys.executable, "-m", "celery", "-A", "taskly.celery_app", "flower", *options],
            env={**os.environ, **environment, "FLOWER_UNAUTHENTICATED_API": "true"},
            stdout=log,
            stderr=log,
        )


async def _sees_a_worker(client: httpx.AsyncClient) -> bool:
    try:
        answer = await client.get("/api/workers?refresh=1&status=1")
    except httpx.TransportError:
        return False
    return answer.status_code == 200 and any(answer.json().values())
