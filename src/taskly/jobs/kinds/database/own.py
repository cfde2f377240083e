"""Where Taskly's own database is, for the jobs that look after it."""

import os
import subprocess
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from taskly.jobs.kinds.registry import JobError, Run

LOOK_S = 0.1
END_S = 2.0


def own_database(tx: Any, job: Mapping[str, Any], settings: Any) -> dict[str, Any]:
    """Taskly's own database, as the worker reaches it."""
    # The worker has these; the processes of jobs do without them.
    from taskly.kernel.db import database_url  # noqa: PLC0415
    from taskly.kernel.sync_db import SYNC_DRIVERS  # noqa: PLC0415

    url = database_url(settings, SYNC_DRIVERS)
    return {
        "engine": tx.dialect,
        "host": url.host,
        "port": url.port,
        "database": str(Path(url.database or "").absolute())
        if tx.dialect == "sqlite"
        else url.database,
        "username": url.username,
        "password": url.password,
        "query": {name: value for name, value in url.query.items() if isinstance(value, str)},
    }


def run_tool(command: Sequence[str], secret: Mapping[str, str], run: Run) -> None:
    """Run a program of the database to its end. Raises `JobError` with what it said."""
    said = run.folder / "said.txt"
    with said.open("wb") as errors:
        process = subprocess.Popen(  # noqa: S603 (a fixed program; values are arguments of their own)
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=errors,
            env={**os.environ, **secret},
        )
    try:
        while process.poll() is None:
            run.check()
            time.sleep(LOOK_S)
    finally:
        if process.poll() is None:
            process.terminate()
            try:
                process.wait(END_S)
            except subprocess.TimeoutExpired:
                process.kill()
    words = said.read_text("utf-8", "replace").strip()
    said.unlink()
    if process.returncode != 0:
        raise JobError("tool_failed", words[-1000:] or f"{command[0]} failed.")
    for line in words.splitlines()[:50]:
        run.log(line, "warning")
