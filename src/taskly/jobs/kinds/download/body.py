"""Runs yt-dlp with options of our own making and publishes what it made."""

import contextlib
import os
import re
from pathlib import Path
from typing import Any

from taskly.jobs.kinds.download.media import cut, duration_of, need_ffmpeg, reports
from taskly.jobs.kinds.download.params import LARGEST_MB, DownloadParams
from taskly.jobs.kinds.registry import (
    Cancelled,
    JobError,
    Kind,
    Result,
    Run,
    TemporaryError,
)
from taskly.kernel.outbound_proxy import REFUSED

MEGABYTE = 1 << 20
SOCKET_S = 30
CLIP_TOLERANCE_S = 0.5
HEIGHTS = {"1080p": 1080, "720p": 720, "480p": 480, "360p": 360}
AUDIO = frozenset({".mp3", ".m4a", ".opus", ".flac", ".wav", ".ogg", ".aac"})
SUBTITLES = frozenset({".vtt", ".srt", ".ass", ".ttml"})
UNFINISHED = frozenset({".part", ".ytdl", ".temp"})
PASSING = re.compile(
    r"timed? ?out|[Cc]onnection (refused|reset|aborted|broken)|reset by peer|Remote end closed|"
    r"HTTP Error (5\d\d|429)|Too Many Requests|Temporary failure|IncompleteRead|more expected|"
    r"Tunnel connection failed: 50"
)
"""Signs of trouble that may pass in what the downloader says."""


class Voice:
    """The downloader's log, as lines of the job's."""

    def __init__(self, run: Run) -> None:
        self._run = run

    def debug(self, text: str) -> None:
        """What it does; what it says for debugging is left out."""
        if not text.startswith("[debug] "):
            self._run.log(text)

    def warning(self, text: str) -> None:
        """What may be wrong."""
        self._run.log(text, "warning")

    def error(self, text: str) -> None:
        """What went wrong."""
        self._run.log(text, "error")


class Watch:
    """Tells how far the downloader is, and holds it to the size limit, which it does not keep by itself."""

    def __init__(self, run: Run, params: DownloadParams) -> None:
        self._run = run
        self._most_mb = params.max_size_mb

    def on_progress(self, said: dict[str, Any]) -> None:
        """Called by the downloader for each block."""
        done, announced = said.get("downloaded_bytes") or 0, said.get("total_bytes") or 0
        if max(done, announced) > self._most_mb * MEGABYTE:
            raise too_large(self._most_mb)
        total = announced or said.get("total_bytes_estimate")
        percent = 100 * done / total if total else None
        if said.get("status") == "downloading":
            self._run.progress(percent, "Downloading", _rate(said, done, total))

    def on_step(self, said: dict[str, Any]) -> None:
        """Called by the downloader around each of its further steps."""
        if said.get("status") == "started":
            self._run.progress(None, f"Processing: {said.get('postprocessor', '')}"[:100])


def too_large(most_mb: int) -> JobError:
    """What is said of a file that is larger than it may be."""
    return JobError(
        "output_too_large", f"The file is larger than the {most_mb} MB that it may have."
    )


def _rate(said: dict[str, Any], done: int, total: float | None) -> str:
    parts = [f"{done / MEGABYTE:.1f} MB" + (f" of {total / MEGABYTE:.1f} MB" if total else "")]
    if said.get("speed"):
        parts.append(f"{said['speed'] / MEGABYTE:.1f} MB/s")
    if said.get("eta"):
        parts.append(f"{said['eta']} s left")
    return ", ".join(parts)


def download(params: DownloadParams, run: Run) -> Result:
    """Fetch, check that it is what was asked for, publish."""
    if params.is_part or params.audio_only:
        need_ffmpeg()
    # Whatever the downloader starts looks here too; nothing may go around the proxy.
    os.environ |= {"http_proxy": run.proxy, "https_proxy": run.proxy, "no_proxy": ""}
    os.environ["YTDLP_NO_PLUGINS"] = "1"
    run.progress(None, "Looking it up")
    info = _clip(params, run) if params.is_part else _fetch(params, run, run.folder)
    return _publish(params, run, info)


def _fetch(params: DownloadParams, run: Run, folder: Path, *, part: bool = False) -> dict[str, Any]:
    # Loaded in the job's own process: it is large, and only this kind needs it.
    from yt_dlp import YoutubeDL  # noqa: PLC0415
    from yt_dlp.utils import DownloadError, YoutubeDLError  # noqa: PLC0415

    def tell(seconds: float) -> None:
        percent = min(100.0, 100 * seconds / params.length) if params.length else None
        # A cancellation is for the main thread, which gets a signal where it waits for ffmpeg.
        with contextlib.suppress(Cancelled):
            run.progress(percent, "Fetching the part", f"{seconds:.1f} s made")

    if part:
        run.progress(0 if params.length else None, "Fetching the part")
    try:
        with reports(folder / "ffmpeg.report", tell) as arguments:
            options = _options(params, run, folder, part=part)
            options["external_downloader_args"] = {"ffmpeg": arguments}
            with YoutubeDL(options) as downloader:
                info = downloader.extract_info(params.url, download=True)
                found: dict[str, Any] = downloader.sanitize_info(info)
    except DownloadError as error:
        inner = error.exc_info[1] if error.exc_info else None
        if isinstance(inner, JobError):
            raise inner from error
        raise _meaning(str(error)) from error
    except YoutubeDLError as error:
        raise _meaning(str(error)) from error
    if not found:
        raise JobError("nothing_found", "There is nothing to download at this address.")
    return found


def _meaning(text: str) -> JobError:
    text = text.removeprefix("ERROR: ")[:1000]
    if REFUSED in text:
        return JobError(
            "address_not_allowed", "The address leads to a host that jobs may not reach."
        )
    if "Unsupported URL" in text:
        return JobError("nothing_found", "There is nothing to download at this address.")
    if PASSING.search(text):
        return TemporaryError("not_reachable", text)
    return JobError("download_failed", text)


def _options(params: DownloadParams, run: Run, folder: Path, *, part: bool) -> dict[str, Any]:
    """Every option, from a closed set: nothing that a caller sent is passed on as it is."""
    from yt_dlp.utils import download_range_func  # noqa: PLC0415

    watch = Watch(run, params)
    options: dict[str, Any] = {
        "proxy": run.proxy,
        "paths": {"home": str(folder), "temp": str(folder)},
        # Names are ours; the title is only told.
        "outtmpl": {"default": "%(autonumber)03d.%(ext)s"},
        "logger": Voice(run),
        "progress_hooks": [watch.on_progress],
        "postprocessor_hooks": [watch.on_step],
        "quiet": True,
        "no_color": True,
        "noprogress": True,
        "cachedir": False,
        "usenetrc": False,
        "overwrites": True,
        "ignoreerrors": False,
        "socket_timeout": SOCKET_S,
        "retries": 3,
        "fragment_retries": 3,
        "extractor_retries": 2,
        "noplaylist": params.playlist_limit == 1,
        "playlistend": params.playlist_limit,
        "format": _format(params),
        "writesubtitles": bool(params.subtitles),
        "subtitleslangs": params.subtitles,
        "postprocessors": [],
    }
    if params.rate_limit_kb is not None:
        options["ratelimit"] = params.rate_limit_kb * 1024
    if params.audio_only:
        options["postprocessors"] = [
            {"key": "FFmpegExtractAudio", "preferredcodec": params.audio_format}
        ]
    if part:
        start, end = params.start_time or 0, params.end_time or float("inf")
        options["download_ranges"] = download_range_func(None, [(start, end)])
        # Without, footage from before the start stays in the file.
        options["force_keyframes_at_cuts"] = True
    return options


def _format(params: DownloadParams) -> str:
    if params.audio_only:
        return "bestaudio/best"
    if params.quality == "smallest":
        return "worst"
    height = HEIGHTS.get(params.quality)
    if height is None:
        return "bestvideo+bestaudio/best"
    most = f"[height<={height}]"
    return f"bestvideo{most}+bestaudio/best{most}/worst"


def _clip(params: DownloadParams, run: Run) -> dict[str, Any]:
    """Fetch only the part; where the server cannot give a part, fetch all and cut here."""
    try:
        info = _fetch(params, run, run.folder, part=True)
    except TemporaryError:
        raise
    except JobError as error:
        if error.code != "download_failed":
            raise
        run.log(f"The part cannot be fetched by itself: {error.message}", "warning")
    else:
        if all(_plays_right(path, params) for path in _media(run.folder)):
            return info
        run.log("The server sent something else than the part; all is fetched and cut.", "warning")
    for path in list(run.folder.iterdir()):
        path.unlink()
    whole = run.folder / "whole"
    whole.mkdir()
    info = _fetch(params, run, whole)
    for path in _media(whole):
        length = _length(path, params)
        cut(path, run.folder / path.name, params.start_time or 0, length, run)
        if not _plays_right(run.folder / path.name, params, length):
            raise JobError("bad_part", "The part is not as long as was asked for.")
        path.unlink()
    return info


def _length(path: Path, params: DownloadParams) -> float | None:
    whole, start = duration_of(path), params.start_time or 0
    if whole is not None and start >= whole:
        raise JobError("start_after_end", f"The media is only {whole:.0f} s long.")
    if params.length is None or whole is None:
        return params.length
    return min(params.length, whole - start)


def _plays_right(path: Path, params: DownloadParams, length: float | None = None) -> bool:
    plays = duration_of(path)
    wanted = length if length is not None else params.length
    if plays is None:
        return False
    return wanted is None or abs(plays - wanted) <= CLIP_TOLERANCE_S


def _media(folder: Path) -> list[Path]:
    """The media files that were made, in order. Raises `JobError` where there are none."""
    found = [path for path in sorted(folder.iterdir()) if path.is_file()]
    media = [path for path in found if path.suffix.lower() not in SUBTITLES | UNFINISHED]
    if not media:
        raise JobError("nothing_downloaded", "The server sent nothing that could be kept.")
    return media


def _publish(params: DownloadParams, run: Run, info: dict[str, Any]) -> Result:
    entries = info.get("entries") or [info]
    media = _media(run.folder)
    run.progress(None, "Checking")
    if any(path.stat().st_size > params.max_size_mb * MEGABYTE for path in media):
        raise too_large(params.max_size_mb)
    plays = [duration_of(path) for path in media]
    for path, entry in zip(media, [*entries, *({} for _ in media)], strict=False):
        is_audio = params.audio_only or path.suffix.lower() in AUDIO
        title = str(entry.get("title") or info.get("title") or path.stem)
        run.publish(path, "audio" if is_audio else "video", _name(title, path))
    for path in sorted(run.folder.iterdir()):
        if path.suffix.lower() in SUBTITLES:
            run.publish(path, "subtitles", path.name)
    return {
        "title": info.get("title"),
        "site": info.get("extractor_key"),
        "address": info.get("webpage_url"),
        "files": len(media),
        "duration_s": round(sum(seconds or 0 for seconds in plays), 2),
    }


def _name(title: str, path: Path) -> str:
    plain = "".join(c for c in title if c.isprintable() and c not in '/\\:*?"<>|').strip(". ")
    return f"{plain[:150] or path.stem}{path.suffix}"


def title_of(params: DownloadParams) -> str:
    """A title before anything is known but the address."""
    tail = params.url.split("?")[0].rstrip("/").rpartition("/")[2]
    return f"{tail} ({params.host})" if tail and tail != params.host else params.host


KIND = Kind(
    "download",
    DownloadParams,
    download,
    icon="download",
    queue="downloads",
    timeout_s=6 * 3600,
    memory_mb=3072,
    output_mb=LARGEST_MB,
    max_attempts=3,
    title=title_of,
    concurrency=lambda params: (f"site:{params.host}", 2),
)
