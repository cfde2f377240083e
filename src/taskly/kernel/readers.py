"""Readers of the event log: each follows the streams with a cursor of its own and misses nothing."""

import asyncio
import contextlib
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Row, String, and_, func, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Mapped, mapped_column

from taskly.kernel.db import Base, Committed, Database, Tx
from taskly.kernel.errors import Busy
from taskly.kernel.events import Event, Stream
from taskly.kernel.log import get_logger
from taskly.kernel.seqwatch import SeqWatch

log = get_logger(__name__)

BATCH = 100
SWEEP_S = 30.0
REST_AFTER_FAILURE_S = 1.0
STOPPED_S = 5.0

Handle = Callable[[Tx, Row[Any]], Awaitable[None]]


class ReaderLock(Base):
    """One row a reader: whoever holds it reads, so that no event is handled twice at once."""

    __tablename__ = "event_readers"

    name: Mapped[str] = mapped_column(String(64), primary_key=True)


class Cursor(Base):
    """How far a reader has come in a stream."""

    __tablename__ = "event_cursors"

    reader: Mapped[str] = mapped_column(String(64), primary_key=True)
    stream_id: Mapped[UUID] = mapped_column(primary_key=True)
    seq: Mapped[int]


@dataclass(frozen=True)
class Reader:
    """A named reaction to some events. `handle` gets the transaction in which the cursor moves on."""

    name: str
    events: frozenset[str]
    handle: Handle


class Readers:
    """Runs the registered readers: woken by each commit, and by a sweep for what nobody announced."""

    def __init__(self, database: Database, watch: SeqWatch) -> None:
        self._database = database
        self._readers: list[Reader] = []
        self._due: set[tuple[str, UUID]] = set()
        self._wake = asyncio.Event()
        self._draining = asyncio.Lock()
        self._stopping = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        watch.on_event(self._on_event)

    def add(self, reader: Reader) -> None:
        """Register a reader; before `start`."""
        self._readers.append(reader)

    def _on_event(self, fact: Committed) -> None:
        head = fact.payload[:160]
        for reader in self._readers:
            if any(b'"event":"%s"' % name.encode() in head for name in reader.events):
                self._due.add((reader.name, fact.stream_id))
                self._wake.set()

    async def start(self) -> None:
        """Begin to read."""
        for reader in self._readers:
            await self._ensure(reader)
        self._task = asyncio.create_task(self._run(), name="event-readers")

    async def stop(self) -> None:
        """Stop between two batches; what is left is read after the next start."""
        if self._task is not None:
            # Not cancelled at once: a transaction that is torn apart keeps its connection for a while.
            self._stopping.set()
            self._wake.set()
            _, late = await asyncio.wait({self._task}, timeout=STOPPED_S)
            for task in late:
                task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
            self._task = None
            self._stopping.clear()

    async def _ensure(self, reader: Reader) -> None:
        async with self._database.read() as tx:
            found = await tx.scalar(select(ReaderLock.name).where(ReaderLock.name == reader.name))
        if found is None:
            try:
                async with self._database.write() as tx:
                    await tx.execute(insert(ReaderLock).values(name=reader.name))
            except IntegrityError:
                log.debug("reader_known", reader=reader.name)

    async def _run(self) -> None:
        while not self._stopping.is_set():
            try:
                await self.sweep()
                await self._read_until(time.monotonic() + SWEEP_S)
            except Busy:
                log.warning("readers_wait")
                await _either(self._stopping, REST_AFTER_FAILURE_S)
            except Exception:
                # One event that cannot be handled must not silence the readers until a restart.
                log.exception("reader_failed")
                await _either(self._stopping, REST_AFTER_FAILURE_S)

    async def _read_until(self, end: float) -> None:
        while (left := end - time.monotonic()) > 0:
            self._wake.clear()
            if self._stopping.is_set():
                return
            await self.drain()
            # Only the waiting has a time limit: a transaction that was begun is finished.
            await _either(self._wake, left)

    async def drain(self) -> None:
        """Handle everything that is due now; afterwards nothing of it is still on its way."""
        by_name = {reader.name: reader for reader in self._readers}
        async with self._draining:
            while self._due and not self._stopping.is_set():
                # Taken out first: a commit that comes while this one is read puts it in again.
                name, stream_id = self._due.pop()
                if await self._read_batch(by_name[name], stream_id):
                    self._due.add((name, stream_id))

    async def sweep(self) -> None:
        """Find the streams that readers are behind on, and handle what is new there."""
        for reader in self._readers:
            behind = (
                select(Stream.id)
                .outerjoin(
                    Cursor, and_(Cursor.stream_id == Stream.id, Cursor.reader == reader.name)
                )
                .where(Stream.seq > func.coalesce(Cursor.seq, 0))
            )
            async with self._database.read() as tx:
                rows = await tx.all(behind)
            self._due.update((reader.name, row.id) for row in rows)
        await self.drain()

    async def _read_batch(self, reader: Reader, stream_id: UUID) -> bool:
        """Handle the next events of a stream; True when there may be more."""
        async with self._database.write() as tx:
            await tx.scalar(
                select(ReaderLock.name).where(ReaderLock.name == reader.name).with_for_update()
            )
            cursor = and_(Cursor.reader == reader.name, Cursor.stream_id == stream_id)
            seq = await tx.scalar(select(Cursor.seq).where(cursor))
            newest = await tx.scalar(select(Stream.seq).where(Stream.id == stream_id)) or 0
            if newest <= (seq or 0):
                return False
            rows = await tx.all(
                select(Event.__table__)
                .where(
                    Event.stream_id == stream_id,
                    Event.seq > (seq or 0),
                    Event.seq <= newest,
                    Event.event.in_(reader.events),
                )
                .order_by(Event.seq)
                .limit(BATCH)
            )
            for row in rows:
                await reader.handle(tx, row)
            more = len(rows) == BATCH
            reached = rows[-1].seq if more else newest
            if seq is None:
                await tx.execute(
                    insert(Cursor).values(reader=reader.name, stream_id=stream_id, seq=reached)
                )
            else:
                await tx.execute(update(Cursor).where(cursor).values(seq=reached))
        return more


async def _either(event: asyncio.Event, seconds: float) -> None:
    """Wait for an event or for so long, whichever comes first."""
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await event.wait()
