"""Boards: reads against bare routes and ORM entities, moves, many writers, the start (P1 to P3, P8)."""

import asyncio
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from bench.entities import entity_app
from bench.pairs import Pair, Row, in_turn, table
from bench.serving import free_port, requests_per_second, served
from bench.world import World, call, cpu_of, world

LISTS, CARDS = 5, 500
REQUESTS = 3000
WRITERS, WRITES = 32, 25


async def served_reads(folder: Path, inside: World) -> list[Row]:
    """P1: the cached board and its 304 over HTTP, against bare routes with the same bytes."""
    port, bare_port = free_port(), free_port()
    path = f"/api/v1/boards/{inside.board_id}"
    auth = {"Authorization": f"Bearer {inside.token}"}
    _, body = await call(inside.app, "GET", path, inside.token)
    seq = (await inside.want("GET", f"/boards/{inside.board_id}"))["seq"]
    same = folder / "board.json"
    same.write_bytes(body)
    environment = {
        "TASKLY_DATA_DIR": str(folder),
        "TASKLY_PORT": str(port),
        "TASKLY_LOG_LEVEL": "warning",
    }
    ours = served(["-m", "taskly.cli", "serve"], environment, port)
    bare = served(["-m", "bench.bare", str(bare_port), str(same)], {}, bare_port)
    with ours, bare:

        async def board() -> float:
            return await requests_per_second(port, path, auth, REQUESTS)

        async def bare_board() -> float:
            return await requests_per_second(bare_port, "/board", auth, REQUESTS)

        async def unchanged() -> float:
            headers = auth | {"If-None-Match": f'"{seq}"'}
            return await requests_per_second(port, path, headers, REQUESTS)

        async def bare_unchanged() -> float:
            return await requests_per_second(bare_port, "/unchanged", auth, REQUESTS)

        cached = await in_turn(board, bare_board)
        not_modified = await in_turn(unchanged, bare_unchanged)
    size = f"{len(body) // 1024} KiB, {CARDS} cards"
    return [
        _rate("P1", f"board read, cached ({size})", cached, ">= 0.6 of a bare route", 0),
        _rate("P1", "board read, 304", not_modified, ">= 0.5 of a bare route", 0),
    ]


def _rate(budget: str, what: str, pair: Pair, limit: str, digits: int) -> Row:
    ours, baseline = statistics.median(pair.ours), statistics.median(pair.baseline)
    detail = f"{ours:,.{digits}f}/s against {baseline:,.{digits}f}/s; {pair.spread()}"
    return Row(budget, what, f"{pair.median:.2f}", limit, detail)


async def reads_against_entities(inside: World) -> list[Row]:
    """P2: CPU of a cached and of an uncached read, against ORM entities and a response model."""
    other = entity_app(inside.app, inside.app.state.database)
    path = f"/api/v1/boards/{inside.board_id}"
    snapshots = inside.app.state.snapshots

    async def cached() -> float:
        return await cpu_of(200, lambda _: call(inside.app, "GET", path, inside.token))

    async def uncached() -> float:
        async def once(_: int) -> None:
            snapshots.clear()
            await call(inside.app, "GET", path, inside.token)

        return await cpu_of(10, once)

    async def entities() -> float:
        async def once(_: int) -> None:
            status, _body = await call(other, "GET", f"/boards/{inside.board_id}", inside.token)
            if status != 200:
                raise RuntimeError("the baseline failed")

        return await cpu_of(5, once)

    hit = await in_turn(cached, entities, 5)
    miss = await in_turn(uncached, entities, 5)
    return [
        _cost("P2", "board read, cached: times cheaper than entities", hit, ">= 60", invert=True),
        _cost("P2", "board read, uncached, to entities", miss, "<= 0.25"),
    ]


def _cost(budget: str, what: str, pair: Pair, limit: str, *, invert: bool = False) -> Row:
    ours, baseline = statistics.median(pair.ours), statistics.median(pair.baseline)
    figure = f"{1 / pair.median:.0f}" if invert else f"{pair.median:.2f}"
    detail = f"{ours * 1000:.2f} ms CPU against {baseline * 1000:.2f} ms"
    return Row(budget, what, figure, limit, detail)


async def moves_against_entities(inside: World) -> list[Row]:
    """P3: CPU of creating and moving a card, against a move with ORM entities."""
    other = entity_app(inside.app, inside.app.state.database)

    def body(number: int) -> dict[str, Any]:
        return {"list_id": inside.lists[number % LISTS], "place": {"at": "top"}}

    async def move() -> float:
        async def once(number: int) -> None:
            await inside.want("POST", f"/cards/{inside.cards[number]}/move", body(number))

        return await cpu_of(60, once)

    async def create() -> float:
        async def once(number: int) -> None:
            new = {"list_id": inside.lists[number % LISTS], "title": "One more"}
            await inside.want("POST", "/cards", new)

        return await cpu_of(60, once)

    async def entities() -> float:
        async def once(number: int) -> None:
            path = f"/cards/{inside.cards[100 + number]}/move"
            status, answer = await call(other, "POST", path, inside.token, body(number))
            if status != 200:
                raise RuntimeError(f"the baseline failed: {answer!r}")

        return await cpu_of(60, once)

    moved = await in_turn(move, entities, 5)
    created = await in_turn(create, entities, 5)
    return [
        _cost("P3", "card moved, to a move with entities", moved, "<= 0.5"),
        _cost("P3", "card created, to a move with entities", created, ""),
    ]


async def many_writers(inside: World) -> list[Row]:
    """P3: simultaneous moves on SQLite: how long each waits, and whether any is refused."""
    taken: list[float] = []
    failed = 0

    async def writer(first: int) -> None:
        nonlocal failed
        for number in range(WRITES):
            card = inside.cards[(first * WRITES + number) % CARDS]
            path = f"/api/v1/cards/{card}/move"
            target = {"list_id": inside.lists[number % LISTS]}
            started = time.perf_counter()
            status, _ = await call(inside.app, "POST", path, inside.token, target)
            taken.append((time.perf_counter() - started) * 1000)
            failed += status != 200

    started = time.perf_counter()
    await asyncio.gather(*(writer(first) for first in range(WRITERS)))
    rate = WRITERS * WRITES / (time.perf_counter() - started)
    p99 = statistics.quantiles(taken, n=100)[98]
    detail = f"p50 {statistics.median(taken):.0f} ms, p99 {p99:.0f} ms, {rate:.0f} moves/s"
    what = f"{WRITERS} writers on SQLite: refused"
    return [
        Row("P3", what, str(failed), "0", detail),
        Row("P3", "slowest 1 % to the median", f"{p99 / statistics.median(taken):.1f}", "", ""),
    ]


START = """
from taskly.kernel.loading import loading

with loading():
    from taskly.server import create_app
    from taskly.kernel.settings import Settings
    import uvloop

create_app(Settings())
"""


def start_up(folder: Path) -> list[Row]:
    """P8: CPU until the server could serve, and its memory while idle."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(  # noqa: S603
        [sys.executable, "-c", START], check=True, env={"TASKLY_DATA_DIR": str(folder)}
    )
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    port = free_port()
    environment = {"TASKLY_DATA_DIR": str(folder), "TASKLY_PORT": str(port)}
    with served(["-m", "taskly.cli", "serve"], environment, port) as server:
        memory = server.rss_mb()
    return [
        Row("P8", "CPU to start, s", f"{cpu:.2f}", "<= 1.0", "import and build the application"),
        Row("P8", "idle API process, MB", f"{memory:.0f}", "<= 100", "resident"),
    ]


async def measure() -> list[Row]:
    """All rows of this module."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        rows = start_up(folder / "start")
        async with world(folder / "board") as inside:
            await inside.fill(LISTS, CARDS)
            rows += await served_reads(folder / "board", inside)
            rows += await reads_against_entities(inside)
            rows += await moves_against_entities(inside)
            rows += await many_writers(inside)
    return rows


if __name__ == "__main__":
    sys.stdout.write(table(asyncio.run(measure())) + "\n")
