"""The bus over a real Valkey: order, and honesty when the server stumbles."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager

import pytest

from taskly.kernel.redis_bus import RedisBus
from tests.servers.process import free_port
from tests.servers.valkey import ValkeyServer

pytestmark = pytest.mark.sqlite_only

PATIENCE_S = 40.0


@pytest.fixture
def valkey(own_valkey: ValkeyServer) -> Iterator[ValkeyServer]:
    """A server that may be paused and killed, and runs again afterwards."""
    yield own_valkey
    own_valkey.resume()
    own_valkey.start()


@asynccontextmanager
async def started(
    url: str, *topics: str, **options: int
) -> AsyncIterator[tuple[RedisBus, list[bytes]]]:
    """A bus, and what it heard on these topics."""
    bus = RedisBus(url, **options)
    heard: list[bytes] = []
    for topic in topics:
        bus.listen(topic, heard.append)
    await bus.start()
    try:
        yield bus, heard
    finally:
        await bus.stop()


async def becomes(condition: Callable[[], bool]) -> None:
    """Wait until something is so."""
    async with asyncio.timeout(PATIENCE_S):
        while not condition():  # noqa: ASYNC110 - a bus has no event for each of these
            await asyncio.sleep(0.01)


async def test_messages_reach_the_other_process_in_order_and_the_own_one_once(
    redis_url: str,
) -> None:
    async with started(redis_url, "t") as (here, mine), started(redis_url, "t") as (_, theirs):
        assert here.trusted
        sent = [b"%d" % n for n in range(2000)]
        for message in sent:
            here.publish("t", message)
        assert mine == sent
        await becomes(lambda: len(theirs) == len(sent))
        assert theirs == sent
        assert mine == sent


async def test_a_topic_that_is_listened_to_later_is_trusted_once_it_is_subscribed(
    redis_url: str,
) -> None:
    async with started(redis_url, "t") as (here, _), started(redis_url) as (there, _):
        late: list[bytes] = []
        there.listen("late", late.append)
        assert not there.trusted
        await becomes(lambda: there.trusted)
        here.publish("late", b"x")
        await becomes(lambda: late == [b"x"])


async def test_a_listener_that_fails_stops_neither_the_others_nor_the_publisher(
    redis_url: str,
) -> None:
    async with started(redis_url) as (here, _), started(redis_url) as (there, _):
        heard: list[bytes] = []

        def fail(message: bytes) -> None:
            raise ValueError(message)

        for bus in (here, there):
            bus.listen("t", fail)
            bus.listen("t", heard.append)
        await becomes(lambda: here.trusted and there.trusted)
        here.publish("t", b"x")
        await becomes(lambda: heard == [b"x", b"x"])


async def test_a_killed_server_is_doubted_at_once_and_trusted_again_after_its_return(
    valkey: ValkeyServer,
) -> None:
    async with started(valkey.url, "t") as (here, _), started(valkey.url, "t") as (there, theirs):
        doubts: list[bool] = []
        there.on_distrust(lambda: doubts.append(there.trusted))
        valkey.kill()
        await becomes(lambda: not (here.trusted or there.trusted))
        assert doubts == [False]
        for n in range(50):
            here.publish("t", b"%d" % n)
        valkey.start()
        await becomes(lambda: here.trusted and there.trusted)
        # The second doubt comes while nothing is promised yet: readers must look before they trust.
        assert doubts == [False, False]
        here.publish("t", b"after")
        await becomes(lambda: theirs[-1:] == [b"after"])


async def test_a_server_that_hangs_is_doubted_and_the_publisher_never_waits(
    valkey: ValkeyServer,
) -> None:
    async with started(valkey.url, "t") as (bus, mine):
        valkey.pause()
        loop = asyncio.get_running_loop()
        began = loop.time()
        for _ in range(1000):
            bus.publish("t", b"x")
        assert loop.time() - began < 1
        assert len(mine) == 1000
        await becomes(lambda: not bus.trusted)
        valkey.resume()
        await becomes(lambda: bus.trusted)


async def test_what_waits_is_bounded_and_everybody_is_told_when_messages_were_dropped(
    valkey: ValkeyServer,
) -> None:
    async with (
        started(valkey.url, "t", most_waiting_bytes=1000) as (here, _),
        started(valkey.url, "t") as (there, theirs),
    ):
        valkey.kill()
        await becomes(lambda: not here.trusted and not there.trusted)
        for n in range(1000):
            here.publish("t", b"%04d" % n)
        valkey.start()
        await becomes(lambda: here.trusted and there.trusted)
        doubts: list[None] = []
        there.on_distrust(lambda: doubts.append(None))
        valkey.kill()
        await becomes(lambda: not here.trusted and not there.trusted)
        for _ in range(1000):
            here.publish("t", b"dropped")
        valkey.start()
        # Lost, just before trust returns, and once more when the other says that it dropped some.
        await becomes(lambda: here.trusted and there.trusted)
        here.publish("t", b"end")
        await becomes(lambda: theirs[-1:] == [b"end"])
        assert len(theirs) < 1000
        assert len(doubts) >= 2


async def test_a_process_starts_without_redis_and_says_that_it_cannot_be_trusted() -> None:
    async with started(f"redis://127.0.0.1:{free_port()}/0", "t") as (bus, heard):
        assert not bus.trusted
        bus.publish("t", b"x")
        assert heard == [b"x"]
