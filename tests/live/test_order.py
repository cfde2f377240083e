"""A channel's promise: every event once and in order, whatever the bus does to the messages."""

import asyncio
from collections.abc import Sequence
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.types import Message

from taskly.accounts.actor import Actor
from taskly.kernel.db import Committed
from taskly.kernel.errors import Busy
from taskly.kernel.ids import new_id
from taskly.live.channel import Channel

pytestmark = pytest.mark.property

STREAM = new_id()
LENGTH = 12


def fact(seq: int, event: str = "card.moved") -> Committed:
    """A committed event."""
    return Committed(STREAM, seq, f'{{"seq":{seq},"event":"{event}"}}'.encode())


class Reader:
    """A watcher that keeps what it is sent."""

    def __init__(self, *, tagged: bool = False) -> None:
        self.actor = Actor(user_id=new_id())
        self.tagged = tagged
        self.told = ""
        self.heard: list[str] = []
        self.resyncs: list[int] = []
        self.is_out = False

    def put(self, message: Message) -> None:
        """Keep the message."""
        self.heard.append(message["text"])

    def resync(self, seq: int) -> None:
        """Keep the seq."""
        self.resyncs.append(seq)

    def shut_out(self) -> None:
        """Note that access was lost."""
        self.is_out = True


def sent(*seqs: int, event: str = "card.moved") -> list[str]:
    """What a plain watcher is sent for these events."""
    return [f'{{"type":"event","seq":{seq},"event":"{event}"}}' for seq in seqs]


class Log:
    """A stream's log as a channel reads it: grown so far, perhaps trimmed, perhaps away for a while."""

    def __init__(self, length: int = LENGTH) -> None:
        self.latest = length
        self.kept_after = 0
        self.failures = 0

    async def read(self, stream: UUID, after: int | None) -> tuple[int, Sequence[Committed] | None]:
        """Events after a seq."""
        await asyncio.sleep(0)
        if self.failures:
            self.failures -= 1
            raise Busy
        if after is not None and after < self.kept_after:
            return self.latest, None
        return self.latest, [fact(n) for n in range((after or 0) + 1, self.latest + 1)]


async def caught_up(channel: Channel, seq: int) -> None:
    """Wait until the channel has delivered up to a seq."""
    async with asyncio.timeout(20):
        while channel.position < seq:  # noqa: ASYNC110 - the channel has nothing to wait for
            await asyncio.sleep(0.005)


@given(
    order=st.permutations(range(1, LENGTH + 1)),
    lost=st.sets(st.integers(1, LENGTH), max_size=4),
    twice=st.sets(st.integers(1, LENGTH), max_size=4),
    joins=st.integers(0, LENGTH),
)
async def test_any_order_with_losses_and_doubles_is_delivered_once_and_in_order(
    order: list[int], lost: set[int], twice: set[int], joins: int
) -> None:
    channel = Channel(STREAM, "board:x", Log().read, None)
    plain, tagged, ahead = Reader(), Reader(tagged=True), Reader()
    for watcher in (plain, tagged):
        channel.expect(watcher)
        assert channel.attach(watcher, 0)
    channel.expect(ahead)
    assert channel.attach(ahead, joins)
    for seq in order:
        if seq not in lost:
            channel.offer(fact(seq))
        if seq in twice:
            channel.offer(fact(seq))
            await asyncio.sleep(0)
    channel.hear(LENGTH)
    await caught_up(channel, LENGTH)
    everything = sent(*range(1, LENGTH + 1))
    assert plain.heard == everything
    assert tagged.heard == [text.replace("{", '{"channel":"board:x",', 1) for text in everything]
    assert ahead.heard == everything[joins:]
    channel.close()


async def test_all_watchers_are_sent_the_same_object() -> None:
    channel = Channel(STREAM, "board:x", Log().read, None)
    readers = [Reader() for _ in range(3)]
    for reader in readers:
        channel.expect(reader)
        channel.attach(reader, 0)
    channel.offer(fact(1))
    assert len({id(reader.heard[0]) for reader in readers}) == 1


async def test_a_gap_is_filled_although_the_database_is_away_at_first() -> None:
    log = Log()
    log.failures = 3
    channel = Channel(STREAM, "board:x", log.read, None)
    reader = Reader()
    channel.expect(reader)
    channel.attach(reader, 0)
    channel.offer(fact(LENGTH))
    await caught_up(channel, LENGTH)
    assert reader.heard == sent(*range(1, LENGTH + 1))


async def test_a_gap_that_is_no_longer_kept_makes_everybody_resync() -> None:
    log = Log()
    log.kept_after = 5
    channel = Channel(STREAM, "board:x", log.read, None)
    reader = Reader()
    channel.expect(reader)
    channel.attach(reader, 2)
    channel.hear(LENGTH)
    await caught_up(channel, LENGTH)
    assert (reader.heard, reader.resyncs) == ([], [LENGTH])
    channel.offer(fact(LENGTH + 1))
    assert reader.heard == sent(LENGTH + 1)


async def test_nothing_follows_an_event_that_ends_access_before_everybody_was_checked() -> None:
    asked = asyncio.Event()
    answer = asyncio.Event()
    stays, goes = Reader(), Reader()

    async def may_see(actor: Actor, stream_id: UUID) -> bool:
        asked.set()
        await answer.wait()
        return actor == stays.actor

    channel = Channel(STREAM, "board:x", Log().read, may_see)
    for reader in (stays, goes):
        channel.expect(reader)
        channel.attach(reader, 0)
    channel.offer(fact(1))
    channel.offer(fact(2, "member.removed"))
    channel.offer(fact(3))
    await asked.wait()
    assert stays.heard == goes.heard == sent(1)
    answer.set()
    await caught_up(channel, 3)
    assert stays.heard == [*sent(1), *sent(2, event="member.removed"), *sent(3)]
    assert goes.heard == sent(1)
    assert goes.is_out
    assert not stays.is_out
