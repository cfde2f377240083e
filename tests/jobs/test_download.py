"""Downloads from a real web server: whole, in part, as sound, with subtitles; and what is refused."""

import asyncio
import json
import subprocess
from collections.abc import AsyncIterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from tests.jobs.processes import processes_of
from tests.live.sockets import listening
from tests.make.boards import Json, Person
from tests.make.jobs import ended, job, log_lines, submit, until
from tests.servers.media import FRAMES_A_SECOND, SECONDS, make_media, media_app

EXACT_S = 0.15
PATIENCE_S = 90


@pytest.fixture(scope="session")
def media_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("media")
    make_media(folder)
    return folder


class Canary:
    """Listens on the inside; whoever connects is counted."""

    def __init__(self) -> None:
        self.connections = 0
        self.address = ""

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        writer.close()


@pytest.fixture(scope="session")
async def canary() -> AsyncIterator[Canary]:
    found = Canary()
    async with await asyncio.start_server(found.serve, "127.0.0.1", 0) as server:
        found.address = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        yield found


@pytest.fixture(scope="session")
async def site(media_folder: Path, canary: Canary) -> AsyncIterator[str]:
    """The address of the media server."""
    app = media_app(media_folder, canary.address)
    async with listening(app, "127.0.0.2") as address:
        yield f"http://{address}"


@pytest.fixture
def saved(tmp_path: Path) -> Path:
    return tmp_path / "saved"


async def downloaded(person: Person, url: str, **params: Any) -> Json:
    made = await person.want(201, "POST", "/download", {"url": url, **params})
    return await ended(person, made["id"])


async def fetch(person: Person, job_id: str, file_type: str, target: Path) -> Json:
    """Save a file of a job, and tell what it is and how it plays."""
    answer = await person.call("GET", f"/jobs/{job_id}/files/{file_type}")
    assert answer.status_code == 200, answer.text
    return await asyncio.to_thread(probed, target, answer.content)


def probed(target: Path, content: bytes) -> Json:
    """Keep a file, and tell how it plays."""
    target.write_bytes(content)
    command = ["ffprobe", "-v", "error", "-count_frames", "-of", "json"]
    shown = ["-show_entries", "format=duration:stream=codec_type,nb_read_frames"]
    said = subprocess.run([*command, *shown, target], capture_output=True, check=True)
    found = json.loads(said.stdout)
    streams = {stream["codec_type"]: stream for stream in found["streams"]}
    return {"seconds": float(found["format"]["duration"]), "streams": streams}


async def test_video_is_fetched_whole(anna: Person, site: str, saved: Path) -> None:
    over = await downloaded(anna, f"{site}/media/clip.mp4")

    assert over["state"] == "succeeded", over["error"]
    assert over["result"]["files"] == 1
    assert over["title"].startswith("clip.mp4")
    media = await fetch(anna, over["id"], "video", saved)
    assert abs(media["seconds"] - SECONDS) < EXACT_S
    assert set(media["streams"]) == {"video", "audio"}


@pytest.mark.parametrize("path", ["media/clip.mp4", "media/index.m3u8", "norange/clip.mp4"])
async def test_part_is_exactly_the_part(anna: Person, site: str, saved: Path, path: str) -> None:
    over = await downloaded(anna, f"{site}/{path}", start_time="0:00:05", end_time=11.5)

    assert over["state"] == "succeeded", over["error"]
    media = await fetch(anna, over["id"], "video", saved)
    assert abs(media["seconds"] - 6.5) < EXACT_S
    # No picture from outside of the part stays in the file.
    frames = int(media["streams"]["video"]["nb_read_frames"])
    assert abs(frames - 6.5 * FRAMES_A_SECOND) <= 2


async def test_only_the_sound_is_kept(anna: Person, site: str, saved: Path) -> None:
    over = await downloaded(anna, f"{site}/media/clip.mp4", audio_only=True)

    assert over["state"] == "succeeded", over["error"]
    (file,) = (await anna.get(f"/jobs/{over['id']}/files"))["items"]
    assert (file["type"], file["mime_type"]) == ("audio", "audio/mpeg")
    media = await fetch(anna, over["id"], "audio", saved)
    assert set(media["streams"]) == {"audio"}


async def test_subtitles_come_along(anna: Person, site: str) -> None:
    over = await downloaded(anna, f"{site}/media/master.m3u8", subtitles=["en"])

    assert over["state"] == "succeeded", over["error"]
    answer = await anna.call("GET", f"/jobs/{over['id']}/files/subtitles")
    assert "Hello" in answer.text


async def under_way(person: Person, step: str, **params: Any) -> Json:
    """A download as soon as it tells how far it is with this step."""
    made: Json = await person.want(201, "POST", "/download", params)
    async with asyncio.timeout(PATIENCE_S):
        while made["step"] != step or made["detail"] is None:
            await asyncio.sleep(0.05)
            made = await job(person, made["id"])
    return made


@pytest.mark.parametrize(
    ("step", "part"),
    [("Downloading", {}), ("Fetching the part", {"start_time": 1, "end_time": 15})],
)
async def test_download_that_is_cancelled_leaves_nothing(
    anna: Person, site: str, step: str, part: Json
) -> None:
    made = await under_way(anna, step, url=f"{site}/slow/clip.mp4", **part)

    await anna.want(200, "POST", f"/jobs/{made['id']}/cancel")
    over = await ended(anna, made["id"])

    assert over["state"] == "cancelled"
    assert (await anna.get(f"/jobs/{made['id']}/files"))["items"] == []
    assert processes_of(made["id"]) == []


@pytest.mark.parametrize("path", ["endless/clip.mp4", "announced/clip.mp4"])
async def test_file_that_is_too_large_is_not_fetched_to_its_end(
    anna: Person, site: str, path: str
) -> None:
    over = await downloaded(anna, f"{site}/{path}", max_size_mb=1)

    assert (over["state"], over["attempt"]) == ("failed", 1)
    assert over["error"]["code"] == "output_too_large", over["error"]


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("gone.mp4", "download_failed"),
        ("nothing.html", "nothing_found"),
        ("file.mp4", "download_failed"),
    ],
)
async def test_what_cannot_be_downloaded_says_why(
    anna: Person, site: str, path: str, code: str
) -> None:
    over = await downloaded(anna, f"{site}/{path}")

    assert over["state"] == "failed", over["error"]
    assert over["error"]["code"] == code, over["error"]
    assert over["attempt"] == 1


async def test_server_in_trouble_is_asked_again(anna: Person, site: str) -> None:
    made = await submit(anna, "download", {"url": f"{site}/failing.mp4"}, max_attempts=2)

    over = await ended(anna, made["id"])

    assert (over["state"], over["attempt"]) == ("discarded", 2)
    assert over["error"]["code"] == "not_reachable"


@pytest.mark.parametrize("part", [{}, {"start_time": 1, "end_time": 2}])
async def test_server_that_sends_no_more_costs_no_more_than_the_time_limit(
    anna: Person, site: str, part: Json
) -> None:
    params = {"url": f"{site}/stalled/clip.mp4"} | part
    made = await submit(anna, "download", params, timeout_s=4, max_attempts=1)

    over = await ended(anna, made["id"])

    assert (over["state"], over["error"]["code"]) == ("discarded", "timeout")
    begun, finished = [datetime.fromisoformat(over[at]) for at in ("started_at", "finished_at")]
    assert (finished - begun).total_seconds() < 10
    assert (await anna.get(f"/jobs/{made['id']}/files"))["items"] == []
    assert processes_of(made["id"]) == []


@pytest.mark.parametrize("part", [{}, {"start_time": 1, "end_time": 2}])
@pytest.mark.parametrize("path", ["redirect.mp4", "page.html", "inside.m3u8", "{inside}/x.mp4"])
async def test_no_download_reaches_the_inside(
    anna: Person, site: str, canary: Canary, path: str, part: Json
) -> None:
    url = path.format(inside=canary.address) if "{" in path else f"{site}/{path}"

    over = await downloaded(anna, url, **part)

    assert over["state"] in {"failed", "discarded"}
    assert canary.connections == 0
    assert not [line for line in await log_lines(anna, over["id"]) if "Traceback" in line]


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"url": "file:///etc/passwd"}, "url"),
        ({"url": "ftp://example.com/a"}, "url"),
        ({"url": "http://user:secret@example.com/a"}, "url"),
        ({"url": "javascript:alert(1)"}, "url"),
        ({"url": "http://"}, "url"),
        ({"url": "http://[::1"}, "url"),
        ({"url": "x" * 3000}, "url"),
        ({"url": 5}, "url"),
        ({"start_time": -1}, "start_time"),
        ({"start_time": "soon"}, "start_time"),
        ({"start_time": True}, "start_time"),
        ({"start_time": 5, "end_time": 5}, "body"),
        ({"quality": "8k"}, "quality"),
        ({"subtitles": ["../en"]}, "subtitles.0"),
        ({"playlist_limit": 0}, "playlist_limit"),
        ({"playlist_limit": 100, "subtitles": ["en", "de"]}, "body"),
        ({"exec": "rm -rf /"}, "exec"),
        ({"postprocessors": []}, "postprocessors"),
    ],
)
async def test_bad_download_is_refused_with_its_field(
    anna: Person, change: Json, field: str
) -> None:
    body = {"url": "http://example.com/a.mp4", **change}

    problem = await anna.want(422, "POST", "/download", body)

    assert field in [error["field"] for error in problem["errors"]]
    assert (await anna.get("/jobs"))["items"] == []


async def test_progress_is_told_while_it_downloads(anna: Person, site: str) -> None:
    made = await submit(anna, "download", {"url": f"{site}/slow/clip.mp4"})
    await until(anna, made["id"], "running")
    seen: set[float] = set()
    async with asyncio.timeout(40):
        while len(seen) < 3:
            now = await job(anna, made["id"])
            if now["percent"] is not None:
                seen.add(now["percent"])
            await asyncio.sleep(0.1)
    await anna.want(200, "POST", f"/jobs/{made['id']}/cancel")

    assert all(0 <= percent <= 100 for percent in seen)
    await ended(anna, made["id"])
