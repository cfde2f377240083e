"""The shared application, listening, and settings for applications of one's own."""

from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI

from taskly.kernel.settings import Settings
from taskly.live.hub import Hub
from tests.application import database_address
from tests.live.sockets import listening

MakeSettings = Callable[..., Settings]


@pytest.fixture(scope="session")
async def address(taskly_app: FastAPI) -> AsyncIterator[str]:
    """Where the application that most tests share listens."""
    async with listening(taskly_app) as found:
        yield found


@pytest.fixture
def impatient(taskly_app: FastAPI) -> Iterator[None]:
    """A hub that waits a fraction of a second where it usually waits long."""
    hub: Hub = taskly_app.state.hub
    usual = hub.timing
    hub.timing = replace(usual, auth=0.3, ping=0.2, close=0.5)
    yield
    hub.timing = usual


@pytest.fixture
def new_settings(db: str, request: pytest.FixtureRequest, tmp_path: Path) -> MakeSettings:
    """Settings of an application with an empty database of its own."""

    def make(**fields: Any) -> Settings:
        own = {"data_dir": tmp_path, "database_url": database_address(request)}
        return Settings.model_validate(own | fields)

    return make
