"""A Docker engine, and an installation that uses it."""

from collections.abc import AsyncIterator, Iterator

import docker
import pytest

from tests.application import database_address
from tests.jobs.container.yards import Yard, settings_of, yard_with
from tests.servers.docker import DockerServer


@pytest.fixture(scope="package")
def engine(own_docker: DockerServer) -> Iterator[docker.DockerClient]:
    client = own_docker.client()
    yield client
    client.close()


@pytest.fixture(scope="package")
async def yard(
    db: str,
    request: pytest.FixtureRequest,
    tmp_path_factory: pytest.TempPathFactory,
    own_docker: DockerServer,
    engine: docker.DockerClient,
) -> AsyncIterator[Yard]:
    folder = tmp_path_factory.mktemp("yard")
    async with yard_with(
        settings_of(own_docker, folder, database_address(request)), engine
    ) as found:
        yield found
