"""ffmpeg and ffprobe: how long a file plays, and cutting a part out of it."""

import json
import shutil
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from taskly.jobs.kinds.registry import JobError, Run

PROBE_S = 60
LOOK_EVERY_S = 0.5
TAIL = 1000
QUIET = ("-hide_banner", "-nostdin", "-loglevel", "error")


def need_ffmpeg() -> None:
    """Raises `JobError` where ffmpeg is not installed."""
    if shutil.which("ffmpeg") is None or shutil.which("ffprobe") is None:
        raise JobError("ffmpeg_missing", "ffmpeg is not installed on the machine of the worker.")


def duration_of(path: Path) -> float | None:
    """How many seconds a media file plays; None for one that does not say, or is none."""
    command = ["ffprobe", "-v", "error", "-show_entries", "format=duration", "-of", "json"]
    probed = subprocess.run(  # noqa: S603 (fixed program, and a path of our own making)
        [*command, f"file:{path}"], capture_output=True, timeout=PROBE_S, check=False
    )
    try:
        return float(json.loads(probed.stdout)["format"]["duration"])
    except (ValueError, KeyError):
        return None


@contextmanager
def reports(path: Path, tell: Callable[[float], None]) -> Iterator[list[str]]:
    """Arguments that make an ffmpeg write down how far it is; `tell` gets the seconds that it has made.

    It is called from another thread, from time to time while the block runs.
    """
    over = threading.Event()

    def watch() -> None:
        told = -1.0
        while not over.wait(LOOK_EVERY_S):
            seconds = _seconds_made(path)
            if seconds is not None and seconds != told:
                tell(seconds)
                told = seconds

    watching = threading.Thread(target=watch, name="ffmpeg-reports", daemon=True)
    watching.start()
    try:
        yield ["-progress", f"file:{path}", "-stats_period", str(LOOK_EVERY_S)]
    finally:
        over.set()
        watching.join()
        path.unlink(missing_ok=True)


def _seconds_made(path: Path) -> float | None:
    try:
        with path.open("rb") as report:
            report.seek(max(0, path.stat().st_size - TAIL))
            said = report.read().decode(errors="replace").splitlines()
    except FileNotFoundError:
        return None
    for line in reversed(said):
        name, _, value = line.partition("=")
        if name == "out_time_us" and value.isdecimal():
            return int(value) / 1e6
    return None


def cut(source: Path, target: Path, start: float, length: float | None, run: Run) -> None:
    """Write a part of a file, exact to the frame; nothing outside of it stays in the file."""
    whole = duration_of(source)
    part = length if length is not None else max(0.0, (whole or 0) - start)
    limit = ["-t", f"{length:.3f}"] if length is not None else []
    command = [
        *("ffmpeg", *QUIET, "-y", "-ss", f"{start:.3f}", "-i", f"file:{source}", *limit),
        *("-map", "0:v?", "-map", "0:a?", "-map_metadata", "-1", "-progress", "pipe:1"),
        f"file:{target}",
    ]
    with subprocess.Popen(  # noqa: S603 (fixed program, and paths of our own making)
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as ffmpeg:
        assert ffmpeg.stdout is not None
        assert ffmpeg.stderr is not None
        for line in ffmpeg.stdout:
            name, _, value = line.strip().partition("=")
            if name == "out_time_us" and value.lstrip("-").isdigit() and part > 0:
                run.progress(100 * int(value) / 1e6 / part, "Cutting")
        said = ffmpeg.stderr.read()
    if ffmpeg.returncode != 0:
        raise JobError("cut_failed", said.strip()[-500:] or "ffmpeg could not cut the file.")
