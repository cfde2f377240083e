"""Jobs and tasks that do nothing, so that what is left is what it costs to run one; and one that talks."""

import os

from celery import Celery

from taskly.jobs.kinds.registry import Kind, Params, Run

BROKER = "BENCH_BROKER_URL"


class Nothing(Params):
    """No parameters."""


def noop(params: Nothing, run: Run) -> None:
    """Succeed at once."""


class Lines(Params):
    """How much to say."""

    lines: int


def talk(params: Lines, run: Run) -> None:
    """Say very much."""
    for first in range(0, params.lines, 100):
        numbers = range(first, first + 100)
        run.log("\n".join(f"line {n} of what a job says while it works" for n in numbers))


KINDS = (Kind("noop", Nothing, noop), Kind("talk", Lines, talk))

app = Celery("bench", broker=os.environ.get(BROKER, "memory://"))
app.conf.update(result_backend=os.environ.get(BROKER), broker_connection_retry_on_startup=True)


@app.task(name="bench.noop")  # type: ignore[untyped-decorator]
def task() -> None:
    """Succeed at once."""
