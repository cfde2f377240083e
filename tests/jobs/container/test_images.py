"""Images that the engine does not have yet: fetched from a registry, where that is allowed."""

from collections.abc import AsyncIterator
from pathlib import Path

import docker
import pytest

from tests.jobs.container.yards import settings_of, shell, yard_with
from tests.live.sockets import listening
from tests.make.jobs import done, log_lines
from tests.servers.docker import DockerServer, busybox_layer
from tests.servers.registry import ImageRegistry


@pytest.fixture
async def registry() -> AsyncIterator[tuple[ImageRegistry, str]]:
    """A registry of this test's own, and its address."""
    images = ImageRegistry(busybox_layer())
    async with listening(images.app) as address:
        yield images, address


async def test_image_is_fetched_once_and_run(
    own_docker: DockerServer,
    engine: docker.DockerClient,
    registry: tuple[ImageRegistry, str],
    tmp_path: Path,
) -> None:
    images, address = registry
    image = f"{address}/tools/busy:1"
    settings = settings_of(
        own_docker, tmp_path, None, container_images=[f"{address}/*"], container_pull=True
    )
    async with yard_with(settings, engine) as yard:
        wish = shell("echo fetched; echo data > /out/a.txt", image=image)
        first = await done(yard.boss, "container", wish, max_attempts=1)
        asked = dict(images.asked)
        second = await done(yard.boss, "container", wish, max_attempts=1)
        assert images.asked == asked
        unknown = await done(
            yard.boss, "container", wish | {"image": f"{address}/tools/busy:9"}, max_attempts=1
        )
        lines = await log_lines(yard.boss, first["id"])

    assert (first["state"], second["state"]) == ("succeeded", "succeeded"), first["error"]
    assert first["result"] == {"exit_code": 0, "image": image, "files": 1}
    assert "fetched" in lines
    assert asked["tools/busy"] >= 1
    assert unknown["error"]["code"] == "image_not_pulled"


async def test_image_that_may_not_be_fetched_is_not_asked_for(
    own_docker: DockerServer,
    engine: docker.DockerClient,
    registry: tuple[ImageRegistry, str],
    tmp_path: Path,
) -> None:
    images, address = registry
    settings = settings_of(own_docker, tmp_path, None, container_images=[f"{address}/*"])

    async with yard_with(settings, engine) as yard:
        wish = shell("true", image=f"{address}/tools/other:1")
        over = await done(yard.boss, "container", wish, max_attempts=1)

    assert over["error"]["code"] == "image_missing"
    assert not images.asked
