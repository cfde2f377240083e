"""The event log: numbers without gaps, large changes in pieces, an end to what is kept."""

import asyncio
from uuid import UUID

import orjson
import pytest

from taskly.kernel.db import Database
from taskly.kernel.errors import Gone
from taskly.kernel.events import (
    MOST_UPSERTS,
    Patch,
    append,
    latest_seqs,
    lock_streams,
    open_stream,
    read_events,
    trim_events,
)
from taskly.kernel.ids import new_id


async def new_stream(database: Database, events: int = 0) -> UUID:
    stream_id = new_id()
    async with database.write() as tx:
        held = await open_stream(tx, stream_id)
        for number in range(events):
            append(tx, held, f"thing.{number}", actor_id=None, op=None, patch=Patch())
    return stream_id


async def seqs(database: Database, stream_id: UUID, after: int = 0) -> list[int]:
    async with database.read() as tx:
        return [fact.seq for fact in await read_events(tx, stream_id, after, 1000)]


async def fail_after_append(database: Database, stream_id: UUID) -> None:
    async with database.write() as tx:
        (held,) = await lock_streams(tx, stream_id)
        append(tx, held, "thing.lost", actor_id=None, op=None, patch=Patch())
        _ = 1 / 0


async def test_numbers_begin_at_one_and_have_no_gaps(database: Database) -> None:
    stream_id = await new_stream(database, events=3)

    async with database.write() as tx:
        (held,) = await lock_streams(tx, stream_id)
        seq = append(tx, held, "thing.more", actor_id=None, op="op-1", patch=Patch())

    assert seq == 4
    assert tx.seq == 4
    assert await seqs(database, stream_id) == [1, 2, 3, 4]
    assert await seqs(database, stream_id, after=2) == [3, 4]


async def test_writers_at_once_get_numbers_without_gaps(database: Database) -> None:
    stream_id = await new_stream(database)

    async def write() -> None:
        async with database.write() as tx:
            (held,) = await lock_streams(tx, stream_id)
            append(tx, held, "thing.done", actor_id=None, op=None, patch=Patch())

    await asyncio.gather(*(write() for _ in range(30)))

    assert await seqs(database, stream_id) == list(range(1, 31))


async def test_undone_transaction_leaves_no_number_behind(database: Database) -> None:
    stream_id = await new_stream(database, events=1)

    with pytest.raises(ZeroDivisionError):
        await fail_after_append(database, stream_id)

    assert await seqs(database, stream_id) == [1]
    async with database.read() as reading:
        assert await latest_seqs(reading, [stream_id]) == {stream_id: 1}


async def test_events_go_out_after_the_commit_alone(database: Database) -> None:
    heard: list[tuple[UUID, int]] = []
    database.subscribers.append(lambda fact: heard.append((fact.stream_id, fact.seq)))
    stream_id = await new_stream(database, events=1)

    with pytest.raises(ZeroDivisionError):
        await fail_after_append(database, stream_id)
    database.subscribers.pop()

    assert heard == [(stream_id, 1)]


async def test_change_of_many_things_becomes_several_events(database: Database) -> None:
    stream_id = await new_stream(database)
    things = [{"id": str(new_id()), "number": number} for number in range(2 * MOST_UPSERTS + 5)]
    gone = new_id()

    async with database.write() as tx:
        (held,) = await lock_streams(tx, stream_id)
        patch = Patch().drop("things", gone).put("things", *things)
        patch.upsert["whole"] = {"name": "one"}
        append(tx, held, "thing.many", actor_id=None, op="op-2", patch=patch)

    async with database.read() as reading:
        facts = await read_events(reading, stream_id, 0, 10)
    events = [orjson.loads(fact.payload) for fact in facts]
    assert [event["seq"] for event in events] == [1, 2, 3]
    assert [len(event["patch"]["upsert"]["things"]) for event in events] == [
        MOST_UPSERTS, MOST_UPSERTS, 5,
    ]  # fmt: skip
    assert [one for event in events for one in event["patch"]["upsert"]["things"]] == things
    assert events[0]["patch"]["remove"] == {"things": [str(gone)]}
    assert events[0]["patch"]["upsert"]["whole"] == {"name": "one"}
    assert all("remove" not in event["patch"] for event in events[1:])
    assert all("whole" not in event["patch"]["upsert"] for event in events[1:])


@pytest.mark.parametrize("count", [0, 1, MOST_UPSERTS])
def test_change_of_few_things_stays_whole(count: int) -> None:
    patch = Patch().put("things", *({"id": number} for number in range(count)))

    assert patch.pieces() == [patch]


async def test_what_is_no_longer_kept_is_said_so(database: Database) -> None:
    stream_id = await new_stream(database, events=5)

    async with database.write() as tx:
        assert await trim_events(tx, stream_id, 3) == 3

    assert await seqs(database, stream_id, after=3) == [4, 5]
    for after in (0, 2):
        with pytest.raises(Gone) as refused:
            await seqs(database, stream_id, after=after)
        assert refused.value.code == "events_expired"
    async with database.read() as reading:
        assert await latest_seqs(reading, [stream_id]) == {stream_id: 5}


async def test_trimming_never_goes_back_nor_past_the_end(database: Database) -> None:
    stream_id = await new_stream(database, events=4)
    async with database.write() as tx:
        assert await trim_events(tx, stream_id, 99) == 4
        assert await trim_events(tx, stream_id, 2) == 0
        assert await trim_events(tx, new_id(), 2) == 0

    assert await seqs(database, stream_id, after=4) == []
    with pytest.raises(Gone):
        await seqs(database, stream_id, after=3)
    async with database.write() as tx:
        (held,) = await lock_streams(tx, stream_id)
        assert append(tx, held, "thing.new", actor_id=None, op=None, patch=Patch()) == 5


async def test_streams_are_locked_in_one_order_whoever_asks(database: Database) -> None:
    one, other = await new_stream(database), await new_stream(database)

    async def write(first: UUID, second: UUID) -> None:
        async with database.write() as tx:
            held = await lock_streams(tx, first, second)
            assert [stream.id for stream in held] == sorted([one, other])
            for stream in held:
                append(tx, stream, "thing.both", actor_id=None, op=None, patch=Patch())

    async with asyncio.timeout(30):
        await asyncio.gather(*(write(*pair) for pair in [(one, other), (other, one)] * 8))

    assert len(await seqs(database, one)) == len(await seqs(database, other)) == 16


async def test_stream_that_does_not_exist_is_left_out(database: Database) -> None:
    async with database.write() as tx:
        assert await lock_streams(tx, new_id()) == []
