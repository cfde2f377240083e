"""The cache of boards: never stale, one read at a time, bounded."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from uuid import UUID

import pytest
from fastapi import FastAPI

from taskly.boards.snapshot import SnapshotCache
from taskly.kernel.db import Database, ReadTx
from taskly.kernel.settings import Settings
from tests.application import client_of, database_address, running, sign_up
from tests.make.boards import Json, Person


class SlowDatabase(Database):
    """A database whose reads begin only once a gate is opened, and are counted."""

    def __init__(self, settings: Settings) -> None:
        super().__init__(settings)
        self.began = asyncio.Event()
        self.gate = asyncio.Event()
        self.reads = 0

    @asynccontextmanager
    async def read(self) -> AsyncIterator[ReadTx]:
        async with super().read() as tx:
            yield tx
            self.reads += 1
            self.began.set()
            await self.gate.wait()


def held(app: FastAPI, most_bytes: int = 2**20) -> SnapshotCache:
    """An empty cache beside that of the application."""
    return SnapshotCache(app.state.database, app.state.watch, most_bytes)


async def filled(person: Person, cards: int) -> Json:
    board = await person.board()
    column = await person.list(board)
    for number in range(cards):
        await person.card(column, f"Card {number}")
    return board


async def test_second_read_comes_from_memory(taskly_app: FastAPI, anna: Person) -> None:
    board_id = UUID((await filled(anna, 2))["id"])
    cache = held(taskly_app)

    first, second = await cache.get(board_id), await cache.get(board_id)

    assert first is second
    assert (cache.hits, cache.misses) == (1, 1)
    assert cache.ready(board_id, 0) is first


async def test_change_is_seen_by_the_next_read(taskly_app: FastAPI, anna: Person) -> None:
    board = await filled(anna, 1)
    board_id = UUID(board["id"])
    cache = held(taskly_app)
    old = await cache.get(board_id)
    await anna.want(200, "PATCH", f"/boards/{board['id']}", {"name": "New"})

    assert cache.ready(board_id, 0) is None
    new = await cache.get(board_id)

    assert old is not None
    assert new is not None
    assert (new.seq, new.board["name"]) == (old.seq + 1, "New")


async def test_many_readers_of_a_changed_board_cost_one_read(
    taskly_app: FastAPI, anna: Person
) -> None:
    board_id = UUID((await filled(anna, 3))["id"])
    slow = SlowDatabase(taskly_app.state.settings)
    cache = SnapshotCache(slow, taskly_app.state.watch, 2**20)
    asking = [asyncio.create_task(cache.get(board_id)) for _ in range(20)]
    async with asyncio.timeout(20):
        await slow.began.wait()

    slow.gate.set()
    found = await asyncio.gather(*asking)

    assert slow.reads == 1
    assert len({id(snapshot) for snapshot in found}) == 1
    await slow.dispose()


async def test_reader_who_knows_of_a_newer_seq_never_gets_an_older_one(
    taskly_app: FastAPI, anna: Person
) -> None:
    board = await filled(anna, 1)
    board_id = UUID(board["id"])
    slow = SlowDatabase(taskly_app.state.settings)
    cache = SnapshotCache(slow, taskly_app.state.watch, 2**20)
    early = asyncio.create_task(cache.get(board_id))
    async with asyncio.timeout(20):
        await slow.began.wait()
    column = {"id": (await anna.snapshot(board))["lists"][0]["id"]}
    answer = await anna.call("POST", "/cards", json={"list_id": column["id"], "title": "New"})
    seq = int(answer.headers["taskly-seq"])

    late = asyncio.create_task(cache.get(board_id, seq))
    slow.gate.set()

    found = await late
    first = await early
    assert found is not None
    assert found.seq >= seq
    assert first is not None
    assert first.seq <= found.seq
    await slow.dispose()


async def test_least_recently_used_boards_go_first(taskly_app: FastAPI, anna: Person) -> None:
    boards = [UUID((await filled(anna, 20))["id"]) for _ in range(3)]
    one = await held(taskly_app).get(boards[0])
    assert one is not None
    cache = held(taskly_app, most_bytes=int(one.size * 2.5))

    for board_id in (boards[0], boards[1], boards[0], boards[2]):
        await cache.get(board_id)

    assert cache.ready(boards[0], 0) is not None
    assert cache.ready(boards[1], 0) is None
    assert cache.ready(boards[2], 0) is not None


async def test_board_larger_than_the_memory_is_served_all_the_same(
    taskly_app: FastAPI, anna: Person
) -> None:
    board_id = UUID((await filled(anna, 3))["id"])
    cache = held(taskly_app, most_bytes=0)

    assert await cache.get(board_id) is not None


async def test_board_that_does_not_exist_is_none(taskly_app: FastAPI) -> None:
    missing = UUID("0198c000-0000-7000-8000-000000000000")

    assert await held(taskly_app).get(missing) is None


@pytest.fixture
async def two(
    db: str, request: pytest.FixtureRequest, tmp_path: Path
) -> AsyncIterator[tuple[FastAPI, FastAPI]]:
    """Two applications on one database that hear nothing of each other but by the poll."""
    settings = Settings.model_validate(
        {
            "data_dir": tmp_path,
            "database_url": database_address(request),
            "poll_interval_s": 0.05,
        }
    )
    async with running(settings) as one, running(settings) as other:
        yield one, other


async def seen(person: Person, board: Json, name: str) -> None:
    while True:
        if (await person.snapshot(board))["board"]["name"] == name:
            return
        await asyncio.sleep(0.02)


async def test_write_of_another_process_is_served_within_the_poll(
    two: tuple[FastAPI, FastAPI],
) -> None:
    async with client_of(two[0]) as http, client_of(two[1]) as away:
        anna = await sign_up(http, "anna")
        same = Person(away, anna.token, anna.user)
        board = await filled(anna, 1)
        assert (await same.snapshot(board))["seq"] == 3

        answer = await anna.call("PATCH", f"/boards/{board['id']}", json={"name": "New"})
        least = {"Taskly-Min-Seq": answer.headers["taskly-seq"]}
        demanded = await same.call("GET", f"/boards/{board['id']}", headers=least)
        await anna.want(200, "PATCH", f"/boards/{board['id']}", {"name": "Newer"})
        async with asyncio.timeout(20):
            await seen(same, board, "Newer")

    assert demanded.json()["board"]["name"] == "New"
