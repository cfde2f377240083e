"""The processes of jobs, as the machine has them."""

import asyncio
import os
import signal
from pathlib import Path

from tests.make.jobs import LOOK_S

PATIENCE_S = 20.0


def processes_of(job_id: str) -> list[int]:
    """What runs for a job: its own process, and all that this one has started."""
    return [
        int(entry.name)
        for entry in Path("/proc").iterdir()
        if entry.name.isdecimal() and _is_of(entry, job_id)
    ]


def _is_of(process: Path, job_id: str) -> bool:
    try:
        state = (process / "stat").read_text().rpartition(")")[2].split()[0]
        is_marked = f"TASKLY_JOB_RUN={job_id}".encode() in (process / "environ").read_bytes()
        works_in = (process / "cwd").readlink().name
    except OSError:
        return False  # it has ended meanwhile
    # The first is forked, and works in the folder of its attempt; the others bear the mark.
    return state != "Z" and (is_marked or works_in.startswith(f"{job_id}-"))


async def so_many_processes(job_id: str, count: int) -> None:
    """Wait until so many processes run for a job."""
    async with asyncio.timeout(PATIENCE_S):
        while True:
            if len(await asyncio.to_thread(processes_of, job_id)) == count:
                return
            await asyncio.sleep(LOOK_S)


def kill_process_of(job_id: str) -> None:
    """End the process of a job that has started no others, the hard way."""
    (process,) = processes_of(job_id)
    os.kill(process, signal.SIGKILL)
