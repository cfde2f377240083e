"""Whether this process lives, and whether it can work."""

import asyncio
from collections.abc import Iterator
from typing import Literal

from fastapi import APIRouter, Depends, Request, Response
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector
from sqlalchemy import literal, select
from starlette.datastructures import State

from taskly.accounts.auth import PUBLIC
from taskly.jobs.workers import anybody_works
from taskly.kernel.bus import Bus, LocalBus
from taskly.kernel.clock import now
from taskly.kernel.db import Database
from taskly.kernel.errors import Busy
from taskly.kernel.fields import Out
from taskly.kernel.http import TasklyRoute, json_bytes
from taskly.kernel.wire import to_json

Condition = Literal["ok", "failing", "unused"]
PATIENCE_S = 3.0

router = APIRouter(tags=["operations"], route_class=TasklyRoute, dependencies=[Depends(PUBLIC)])


class Live(Out):
    """The process answers."""

    status: Literal["ok"]


class Checks(Out):
    """The state of each thing that requests need; `unused` is what this installation does without."""

    database: Condition
    cache: Condition
    broker: Condition
    storage: Condition
    workers: Condition


class Ready(Out):
    """Whether requests can be served now."""

    status: Condition
    checks: Checks


@router.get("/health/live")
async def live() -> Live:
    """200 while the process answers at all."""
    return Live(status="ok")


@router.get("/health/ready", response_model=Ready, responses={503: {"model": Ready}})
async def ready(request: Request) -> Response:
    """200 when everything that requests need works, else 503 with what does not."""
    bus: Bus = request.app.state.bus
    cache: Condition = "unused" if isinstance(bus, LocalBus) else "ok" if bus.trusted else "failing"
    checks = Checks(
        database=await _database(request.app.state.database),
        cache=cache,
        broker=_broker(request.app.state),
        storage="unused",
        workers=await _workers(request.app.state),
    )
    works = checks.database == "ok"
    body = Ready(status="ok" if works else "failing", checks=checks)
    return json_bytes(to_json(body.model_dump()), 200 if works else 503)


async def _database(database: Database) -> Condition:
    try:
        async with asyncio.timeout(PATIENCE_S), database.read() as tx:
            await tx.scalar(select(literal(1)))
    except (Busy, TimeoutError, OSError):
        return "failing"
    return "ok"


def _broker(state: State) -> Condition:
    if state.waker is None:
        return "unused"
    return "ok" if state.waker.reached else "failing"


async def _workers(state: State) -> Condition:
    """Whether anybody runs jobs, where the server does not do it itself."""
    if state.waker is None:
        return "unused"
    try:
        async with asyncio.timeout(PATIENCE_S), state.database.read() as tx:
            return "ok" if await anybody_works(tx, now()) else "failing"
    except (Busy, TimeoutError, OSError):
        return "failing"


@router.get("/metrics", response_class=Response)
async def metrics(request: Request) -> Response:
    """Figures of this process in Prometheus's text format."""
    registry = CollectorRegistry()
    registry.register(ProcessFigures(request.app.state))
    return Response(generate_latest(registry), media_type=CONTENT_TYPE_LATEST)


class ProcessFigures(Collector):
    """Reads the parts of the application at the moment of asking."""

    def __init__(self, state: State) -> None:
        self._state = state

    def collect(self) -> Iterator[Metric]:
        """The figures, one family each."""
        snapshots, hub, bus = self._state.snapshots, self._state.hub, self._state.bus
        reads = CounterMetricFamily("taskly_board_reads", "Board answers.", labels=["source"])
        reads.add_metric(["memory"], snapshots.hits)
        reads.add_metric(["database"], snapshots.misses)
        yield reads
        yield GaugeMetricFamily("taskly_sockets", "Open WebSockets.", hub.socket_count)
        yield GaugeMetricFamily(
            "taskly_bus_trusted", "1 while messages between processes arrive.", bus.trusted
        )
