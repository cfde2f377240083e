"""A web server with media to download: well-behaved, lazy, and hostile."""

import asyncio
import subprocess
from collections.abc import AsyncIterator
from pathlib import Path

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import (
    FileResponse,
    HTMLResponse,
    PlainTextResponse,
    RedirectResponse,
    Response,
    StreamingResponse,
)
from starlette.routing import Route

SECONDS = 20
FRAMES_A_SECOND = 25
CHUNK = 64 * 1024
VTT = "WEBVTT\n\n00:00:00.000 --> 00:00:05.000\nHello\n"
MASTER = """#EXTM3U
#EXT-X-MEDIA:TYPE=SUBTITLES,GROUP-ID="subs",NAME="English",LANGUAGE="en",URI="subs.m3u8"
#EXT-X-STREAM-INF:BANDWIDTH=400000,RESOLUTION=320x240,SUBTITLES="subs"
index.m3u8
"""
SUBTITLE_LIST = f"""#EXTM3U
#EXT-X-TARGETDURATION:{SECONDS}
#EXTINF:{SECONDS},
words.vtt
#EXT-X-ENDLIST
"""


def make_media(folder: Path) -> None:
    """Twenty seconds of test picture and tone, as one file and as a playlist of segments."""
    picture = f"testsrc=duration={SECONDS}:size=320x240:rate={FRAMES_A_SECOND}"
    sources = ["-f", "lavfi", "-i", picture, "-f", "lavfi", "-i", f"sine=duration={SECONDS}"]
    coding = ["-c:v", "libx264", "-preset", "ultrafast", "-g", "250", "-c:a", "aac", "-shortest"]
    whole = [*sources, *coding, "-movflags", "+faststart", str(folder / "clip.mp4")]
    parts = ["-i", str(folder / "clip.mp4"), "-c", "copy", "-f", "hls", "-hls_time", "4"]
    for rest in (whole, [*parts, "-hls_list_size", "0", str(folder / "index.m3u8")]):
        command = ["ffmpeg", "-nostdin", "-loglevel", "error", "-y", *rest]
        subprocess.run(command, check=True, timeout=120)
    (folder / "master.m3u8").write_text(MASTER)
    (folder / "subs.m3u8").write_text(SUBTITLE_LIST)
    (folder / "words.vtt").write_text(VTT)


def media_app(folder: Path, inside: str) -> Starlette:
    """Serves the media; `inside` is an address that no download may ever reach."""

    async def file(request: Request) -> Response:
        return FileResponse(folder / request.path_params["name"])

    async def no_range(request: Request) -> Response:
        return Response((folder / "clip.mp4").read_bytes(), media_type="video/mp4")

    async def slow(request: Request) -> Response:
        async def trickle() -> AsyncIterator[bytes]:
            content = (folder / "clip.mp4").read_bytes()
            for start in range(0, len(content), 2048):
                yield content[start : start + 2048]
                await asyncio.sleep(0.2)

        size = str((folder / "clip.mp4").stat().st_size)
        return StreamingResponse(
            trickle(), media_type="video/mp4", headers={"Content-Length": size}
        )

    async def stalled(request: Request) -> Response:
        async def stream() -> AsyncIterator[bytes]:
            yield (folder / "clip.mp4").read_bytes()[:4096]
            # Until whoever asked has gone.
            await asyncio.Event().wait()

        size = str((folder / "clip.mp4").stat().st_size)
        return StreamingResponse(stream(), media_type="video/mp4", headers={"Content-Length": size})

    async def endless(request: Request) -> Response:
        async def stream() -> AsyncIterator[bytes]:
            for _ in range(10_000):
                yield bytes(CHUNK)

        return StreamingResponse(stream(), media_type="video/mp4")

    async def announced(request: Request) -> Response:
        async def stream() -> AsyncIterator[bytes]:
            for _ in range(32):
                yield bytes(CHUNK)

        size = str(32 * CHUNK)
        return StreamingResponse(stream(), media_type="video/mp4", headers={"Content-Length": size})

    async def redirect(request: Request) -> Response:
        return RedirectResponse(f"{inside}/secret.mp4")

    async def redirect_to_file(request: Request) -> Response:
        return RedirectResponse("file:///etc/passwd")

    async def page(request: Request) -> Response:
        return HTMLResponse(f'<html><video src="{inside}/secret.mp4"></video></html>')

    async def playlist(request: Request) -> Response:
        return PlainTextResponse(
            "#EXTM3U\n#EXT-X-TARGETDURATION:4\n#EXT-X-MEDIA-SEQUENCE:0\n"
            f"#EXTINF:4,\n{inside}/secret.ts\n#EXT-X-ENDLIST\n",
            media_type="application/vnd.apple.mpegurl",
        )

    async def gone(request: Request) -> Response:
        return PlainTextResponse("no", 404)

    async def failing(request: Request) -> Response:
        return PlainTextResponse("no", 503)

    async def nothing(request: Request) -> Response:
        return HTMLResponse("<html><p>Nothing here</p></html>")

    return Starlette(
        routes=[
            Route("/media/{name}", file),
            Route("/norange/clip.mp4", no_range),
            Route("/slow/clip.mp4", slow),
            Route("/stalled/clip.mp4", stalled),
            Route("/endless/clip.mp4", endless),
            Route("/announced/clip.mp4", announced),
            Route("/redirect.mp4", redirect),
            Route("/file.mp4", redirect_to_file),
            Route("/page.html", page),
            Route("/inside.m3u8", playlist),
            Route("/gone.mp4", gone),
            Route("/failing.mp4", failing),
            Route("/nothing.html", nothing),
        ]
    )
