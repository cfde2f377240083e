"""Installations that run containers, and those who look at their engine."""

import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import docker
from docker.models.containers import Container
from fastapi import FastAPI

from taskly.kernel.settings import Settings
from tests.application import client_of, running, sign_up
from tests.make.boards import Json, Person
from tests.servers.docker import IMAGE, DockerServer


@dataclass
class Yard:
    """An installation with an engine, and somebody who looks at the engine itself."""

    app: FastAPI
    boss: Person
    guest: Person
    engine: docker.DockerClient

    def containers(self, job: Json) -> list[Container]:
        label = f"taskly.job={job['id']}"
        return list(
            self.engine.containers.list(all=True, filters={"label": label}, ignore_removed=True)
        )

    def left(self, job: Json) -> list[Any]:
        """What of the job there still is at the engine."""
        label = f"taskly.job={job['id']}"
        volumes = self.engine.volumes.list(filters={"label": label})
        return [*self.containers(job), *volumes]


def settings_of(server: DockerServer, folder: Path, address: str | None, **more: Any) -> Settings:
    return Settings.model_validate(
        {
            "data_dir": folder,
            "database_url": address,
            "secret_key": secrets.token_hex(16),
            "log_level": "warning",
            "job_retry_s": 0.02,
            "container_engine": server.host,
            "container_images": ["taskly-test/*", "127.0.0.1:1/*"],
            "container_network": "host",
            **more,
        }
    )


@asynccontextmanager
async def yard_with(settings: Settings, engine: docker.DockerClient) -> AsyncIterator[Yard]:
    async with running(settings) as app, client_of(app) as client:
        yield Yard(app, await sign_up(client, "boss"), await sign_up(client, "guest"), engine)


def shell(script: str, **more: Any) -> Json:
    return {"image": IMAGE, "command": ["sh", "-c", script], **more}
