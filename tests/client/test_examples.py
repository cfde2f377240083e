"""The examples do what they say, on a real server and with real media."""

import asyncio
import subprocess
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from fastapi import FastAPI

from tests.live.sockets import listening
from tests.make.boards import Person
from tests.servers.media import make_media, media_app

EXAMPLES = Path(__file__).parents[2] / "examples"
EXACT_S = 0.15


@pytest.fixture
async def address(taskly_app: FastAPI) -> AsyncIterator[str]:
    async with listening(taskly_app) as host:
        yield f"http://{host}"


@pytest.fixture
async def site(tmp_path: Path) -> AsyncIterator[str]:
    """The address of a server with twenty seconds of video."""
    await asyncio.to_thread(make_media, tmp_path)
    async with listening(media_app(tmp_path, "http://127.0.0.1:9"), "127.0.0.2") as host:
        yield f"http://{host}"


async def run(*words: str, folder: Path) -> tuple[int, str, str]:
    process = await asyncio.create_subprocess_exec(
        str(EXAMPLES / "download.sh"),
        *words,
        cwd=folder,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    out, err = await asyncio.wait_for(process.communicate(), 120)
    return process.returncode or 0, out.decode(), err.decode()


def duration(file: Path) -> float:
    command = ["ffprobe", "-v", "error", "-show_entries", "format=duration", "-of", "csv=p=0"]
    return float(subprocess.run([*command, file], capture_output=True, check=True).stdout)


async def test_download_script_fetches_a_part_and_leaves_no_job(
    address: str, site: str, anna: Person, tmp_path: Path
) -> None:
    media = f"{site}/media/clip.mp4"
    code, out, err = await run(address, anna.token, media, "0:03", "0:08.5", folder=tmp_path)

    assert code == 0, out + err
    assert "succeeded 100%" in out
    assert "--- saved video.mp4" in out
    length = await asyncio.to_thread(duration, tmp_path / "video.mp4")
    assert abs(length - 5.5) < EXACT_S
    assert (await anna.get("/jobs"))["items"] == []


async def test_download_script_tells_what_went_wrong(
    address: str, site: str, anna: Person, tmp_path: Path
) -> None:
    failed = await run(address, anna.token, f"{site}/gone.mp4", folder=tmp_path)
    refused = await run(address, anna.token, "file:///etc/passwd", folder=tmp_path)
    alone = await run(address, folder=tmp_path)

    assert failed[0] == 1
    assert ": " in failed[2]
    assert (refused[0], "url: This must be an http" in refused[2]) == (1, True)
    assert (alone[0], "MEDIA_URL" in alone[2]) == (2, True)
