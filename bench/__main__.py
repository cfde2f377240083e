"""Measures everything, prints one table and writes it to docs/benchmarks.md."""

import asyncio
import os
import platform
import sys
from pathlib import Path

import structlog

from bench import boards, jobs, live
from bench.pairs import table
from taskly.kernel.log import configure_logging
from taskly.kernel.settings import Settings

PAGE = Path(__file__).parents[1] / "docs" / "benchmarks.md"
INTRODUCTION = """# Benchmarks

Made by `make bench`. Every figure is a ratio to a baseline that was measured in turn with it, A B A B ...,
in the same run; the absolute numbers in the last column belong to the machine and are there to
judge the ratios. What the baselines are:

- **bare route**: a Starlette application on the same server that sends the same bytes and does nothing else.
- **entities**: the same read or move as most applications write it, with ORM entities and response models, on
  the same tables (`bench/entities.py`).
- **bare loop**: a plain loop that sends the same message to every socket, one after the other.
- **bare Celery task**: a task that does nothing, by a prefork worker with as many processes as there are slots,
  on Valkey, with its result fetched; it leaves no history, and shares its process with other tasks.
"""


def machine() -> str:
    """What the figures were measured on."""
    return (
        f"{os.cpu_count()} cores, {platform.system()}, Python {platform.python_version()}, SQLite"
    )


def main() -> None:
    """Run all measurements; about seven minutes."""
    configure_logging(Settings(log_level="warning"))
    structlog.get_logger("bench").warning("measuring", machine=machine())
    rows = [*asyncio.run(boards.measure()), *live.measure(), *asyncio.run(jobs.measure())]
    rows.sort(key=lambda row: row.budget)
    text = f"{INTRODUCTION}\nMeasured on {machine()}.\n\n{table(rows)}\n"
    PAGE.write_text(text)
    sys.stdout.write(table(rows) + "\n")


if __name__ == "__main__":
    main()
