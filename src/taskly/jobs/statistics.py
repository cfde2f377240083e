"""Figures about the jobs that somebody may see."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Query, Response
from sqlalchemy import Row, case, func, select
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement

from taskly.jobs.capabilities import JobReader
from taskly.jobs.models import Job
from taskly.jobs.routes import READ
from taskly.jobs.states import TERMINAL
from taskly.kernel.clock import now
from taskly.kernel.fields import Out
from taskly.kernel.http import ReadDb, TasklyRoute, json_bytes
from taskly.kernel.wire import to_json

router = APIRouter(prefix="/jobs/stats", route_class=TasklyRoute, tags=["jobs"])

SAMPLED = 5_000
PERCENTILES = (50, 95, 99)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
Days = Annotated[int, Query(ge=1, le=90, description="How many days back, today included.")]


class utc_day(FunctionElement[Any]):  # noqa: N801 - named as SQL functions are
    """The day of a time in UTC, whatever zone the database's session has."""

    inherit_cache = True


@compiles(utc_day)
def _day(element: utc_day, compiler: SQLCompiler, **options: Any) -> str:
    return f"date({compiler.process(element.clauses, **options)})"


@compiles(utc_day, "postgresql")
def _day_of_zone(element: utc_day, compiler: SQLCompiler, **options: Any) -> str:
    return f"date(timezone('UTC', {compiler.process(element.clauses, **options)}))"


class Seconds(Out):
    """How long something took; null where nothing was measured."""

    p50: float | None
    p95: float | None
    p99: float | None


class KindStats(Out):
    """The jobs of one kind."""

    kind: str
    states: dict[str, int]
    run_s: Seconds
    wait_s: Seconds


class DayStats(Out):
    """The jobs that were submitted on one day of UTC, by the state that they have now."""

    day: date
    states: dict[str, int]


class StatsOut(Out):
    """Jobs submitted during the last days. Times are measured on the newest `sampled` that have ended."""

    days: int
    states: dict[str, int]
    kinds: list[KindStats]
    by_day: list[DayStats]
    run_s: Seconds
    wait_s: Seconds
    sampled: int
    ended_last_hour: int
    ended_last_day: int


@router.get("", response_model=StatsOut, responses=READ)
async def job_stats(reader: JobReader, db: ReadDb, days: Days = 30) -> Response:
    """How many jobs there were, what became of them, how long they waited and ran."""
    moment = now()
    midnight = moment.replace(hour=0, minute=0, second=0, microsecond=0)
    since = midnight - timedelta(days=days - 1)
    recent = (reader.may_see(), Job.created_at >= since)
    day = utc_day(Job.created_at)
    counts = await db.all(
        select(day.label("day"), Job.kind, Job.state, func.count().label("jobs"))
        .where(*recent)
        .group_by(day, Job.kind, Job.state)
    )
    sample = await db.all(
        select(Job.kind, Job.run_at, Job.started_at, Job.finished_at)
        .where(*recent, Job.state.in_(sorted(TERMINAL)), Job.started_at.is_not(None))
        .order_by(Job.number.desc())
        .limit(SAMPLED)
    )
    ended = await db.first(
        select(
            func.count().label("day"),
            func.sum(case((Job.finished_at > moment - HOUR, 1), else_=0)).label("hour"),
        ).where(
            reader.may_see(),
            Job.state.in_(sorted(TERMINAL)),
            Job.finished_at > moment - DAY,
        )
    )
    by_kind: dict[str, Counter[str]] = defaultdict(Counter)
    by_day: dict[str, Counter[str]] = defaultdict(Counter)
    for row in counts:
        by_kind[row.kind][row.state] += row.jobs
        by_day[str(row.day)][row.state] += row.jobs
    dates = [str((since + timedelta(days=number)).date()) for number in range(days)]
    answer = {
        "days": days,
        "states": sum(by_kind.values(), Counter()),
        "kinds": [
            {"kind": kind, "states": states, **_times([r for r in sample if r.kind == kind])}
            for kind, states in sorted(by_kind.items())
        ],
        "by_day": [{"day": one, "states": by_day[one]} for one in dates],
        **_times(sample),
        "sampled": len(sample),
        "ended_last_hour": int(ended.hour or 0) if ended is not None else 0,
        "ended_last_day": ended.day if ended is not None else 0,
    }
    return json_bytes(to_json(answer))


def _times(rows: Sequence[Row[Any]]) -> dict[str, Any]:
    return {
        "run_s": _percentiles([_between(row.started_at, row.finished_at) for row in rows]),
        "wait_s": _percentiles([_between(row.run_at, row.started_at) for row in rows]),
    }


def _between(start: Any, end: Any) -> float:
    return max(0.0, float((end - start).total_seconds()))


def _percentiles(seconds: list[float]) -> dict[str, float | None]:
    """The smallest value that so many percent do not exceed."""
    seconds.sort()
    places = {percent: -(-len(seconds) * percent // 100) - 1 for percent in PERCENTILES}
    return {f"p{percent}": seconds[at] if seconds else None for percent, at in places.items()}
