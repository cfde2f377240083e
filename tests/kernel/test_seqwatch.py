"""What a process knows of the newest seq, also of what other programs wrote."""

import asyncio
from collections.abc import AsyncIterator, Callable
from uuid import UUID

import pytest

from taskly.kernel.bus import EVENTS, LocalBus, pack_event
from taskly.kernel.db import Database
from taskly.kernel.events import Patch, append, lock_streams
from taskly.kernel.ids import new_id
from taskly.kernel.seqwatch import MOST_WATCHED, SeqWatch
from tests.kernel.test_events import new_stream


class FadingBus(LocalBus):
    """A bus whose trust can be lost, as one between processes does."""

    def __init__(self) -> None:
        super().__init__()
        self.sure = True
        self.doubts: list[Callable[[], None]] = []

    @property
    def trusted(self) -> bool:
        return self.sure

    def on_distrust(self, callback: Callable[[], None]) -> None:
        self.doubts.append(callback)

    def fade(self) -> None:
        """Begin to lose messages."""
        self.sure = False
        for doubt in self.doubts:
            doubt()


@pytest.fixture
def bus() -> FadingBus:
    return FadingBus()


@pytest.fixture
async def watch(database: Database, bus: FadingBus) -> AsyncIterator[SeqWatch]:
    watch = SeqWatch(database, bus, 0.05)
    yield watch
    await watch.stop()


async def write(database: Database, stream_id: UUID) -> None:
    async with database.write() as tx:
        (held,) = await lock_streams(tx, stream_id)
        append(tx, held, "thing.done", actor_id=None, op=None, patch=Patch())


async def test_message_of_the_bus_is_known_at_once(
    database: Database, bus: FadingBus, watch: SeqWatch
) -> None:
    stream_id = await new_stream(database)
    assert watch.known(stream_id) is None
    assert await watch.latest(stream_id) == 0
    database.subscribers.append(lambda fact: bus.publish(EVENTS, pack_event(fact)))

    await write(database, stream_id)
    database.subscribers.pop()

    assert watch.known(stream_id) == 1


async def test_poll_finds_what_another_program_wrote(
    database: Database, stranger: Database, watch: SeqWatch
) -> None:
    stream_id = await new_stream(database)
    await watch.latest(stream_id)
    noticed = asyncio.get_running_loop().create_future()

    def note(stream: UUID, seq: int) -> None:
        if not noticed.done():
            noticed.set_result((stream, seq))

    watch.on_behind(note)
    watch.start(list)

    await write(stranger, stream_id)

    async with asyncio.timeout(20):
        assert await noticed == (stream_id, 1)
    assert watch.known(stream_id) == 1


async def test_streams_with_sockets_are_polled_too(
    database: Database, stranger: Database, watch: SeqWatch
) -> None:
    stream_id = await new_stream(database)
    found: list[tuple[UUID, int]] = []
    watch.on_behind(lambda stream, seq: found.append((stream, seq)))
    await write(stranger, stream_id)

    await watch.poll([stream_id])

    assert found == [(stream_id, 1)]
    assert watch.known(stream_id) is None


async def test_doubt_forgets_everything_and_asks_the_database(
    database: Database, stranger: Database, bus: FadingBus, watch: SeqWatch
) -> None:
    stream_id = await new_stream(database, events=2)
    assert await watch.latest(stream_id) == 2
    await write(stranger, stream_id)
    assert watch.known(stream_id) == 2

    bus.fade()

    assert watch.known(stream_id) is None
    assert await watch.latest(stream_id) == 3
    assert watch.known(stream_id) is None


async def test_older_seq_never_replaces_a_newer_one(watch: SeqWatch) -> None:
    stream_id = new_id()
    watch.learn(stream_id, 5)

    watch.learn(stream_id, 3)

    assert watch.known(stream_id) == 5


async def test_memory_of_streams_is_bounded(watch: SeqWatch) -> None:
    first = new_id()
    watch.learn(first, 1)
    for _ in range(MOST_WATCHED):
        watch.learn(new_id(), 1)

    assert watch.known(first) is None


async def test_stream_that_does_not_exist_has_no_seq(watch: SeqWatch) -> None:
    assert await watch.latest(new_id()) is None
