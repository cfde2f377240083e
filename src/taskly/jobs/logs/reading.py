"""Reads of logs by offset: a page at a time, or following what is still being written."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from uuid import UUID

import orjson
from sqlalchemy import select

from taskly.jobs.logs.lines import Line, decode
from taskly.jobs.models import Job, JobLogChunk
from taskly.jobs.states import TERMINAL
from taskly.kernel.bus import Bus
from taskly.kernel.db import Database, ReadTx
from taskly.kernel.errors import Busy
from taskly.kernel.log import get_logger

log = get_logger(__name__)

TOPIC = "job.log"
CHUNKS_AT_ONCE = 64
LOOK_EVERY_S = 1.0
PATIENCE_S = 1.0
MOST_KEPT = 256


@dataclass(frozen=True, slots=True)
class Chunk:
    """Stored lines, from one offset to another."""

    start: int
    end: int
    attempt: int
    body: str

    def after(self, offset: int) -> list[tuple[int, int, Line]]:
        """The lines that end behind an offset: each with its own offset and its attempt."""
        lines = decode(self.body, self.start)
        return [(end, self.attempt, line) for end, line in lines if end > offset]


async def chunks_after(
    tx: ReadTx, job_id: UUID, offset: int, limit: int = CHUNKS_AT_ONCE
) -> Sequence[Chunk]:
    """The next chunks of a log that end behind an offset."""
    rows = await tx.all(
        select(JobLogChunk.start, JobLogChunk.end, JobLogChunk.attempt, JobLogChunk.body)
        .where(JobLogChunk.job_id == job_id, JobLogChunk.end > offset)
        .order_by(JobLogChunk.start)
        .limit(limit)
    )
    return [Chunk(row.start, row.end, row.attempt, row.body) for row in rows]


async def offset_of_last(tx: ReadTx, job_id: UUID, lines: int) -> int:
    """Where the last lines of a log begin; 0 where it has no more than these."""
    # No chunk is empty, so that as many of them hold enough.
    rows = await tx.all(
        select(JobLogChunk.start, JobLogChunk.body)
        .where(JobLogChunk.job_id == job_id)
        .order_by(JobLogChunk.start.desc())
        .limit(lines + 1)
    )
    ends = [end for row in reversed(rows) for end, _ in decode(row.body, row.start)]
    return ends[-lines - 1] if len(ends) > lines else 0


class Feed:
    """One job's log while somebody follows it: read once for all who do."""

    def __init__(self, database: Database, job_id: UUID) -> None:
        self.followers = 0
        self.is_over = False
        self._database = database
        self._job_id = job_id
        self._chunks: deque[Chunk] = deque(maxlen=MOST_KEPT)
        self._end = -1
        self._news = asyncio.Event()
        self._look = asyncio.Event()
        self._task = asyncio.create_task(self._read(), name="job-log-feed")

    def look(self) -> None:
        """Something was written."""
        self._look.set()

    def close(self) -> None:
        """Nobody follows any more."""
        self._task.cancel()

    async def after(self, offset: int) -> Sequence[Chunk] | None:
        """What comes behind an offset; nothing where it takes long, None once the job is over."""
        try:
            async with asyncio.timeout(PATIENCE_S):
                while self._end < 0 or (offset >= self._end and not self.is_over):
                    await self._news.wait()
        except TimeoutError:
            return ()
        if offset >= self._end:
            return None
        held = [chunk for chunk in self._chunks if chunk.end > offset]
        if held and held[0].start <= offset:
            return held
        async with self._database.read() as tx:
            return await chunks_after(tx, self._job_id, offset)

    async def _read(self) -> None:
        while not self.is_over:
            self._look.clear()
            try:
                await self._read_once()
            except Busy:
                log.warning("job_log_waits", job=str(self._job_id))
            news, self._news = self._news, asyncio.Event()
            news.set()
            try:
                async with asyncio.timeout(LOOK_EVERY_S):
                    await self._look.wait()
            except TimeoutError:
                continue

    async def _read_once(self) -> None:
        async with self._database.read() as tx:
            row = await tx.first(select(Job.state, Job.log_bytes).where(Job.id == self._job_id))
            first = self._end < 0
            while row is not None and not first and self._end < row.log_bytes:
                chunks = await chunks_after(tx, self._job_id, self._end)
                if not chunks:
                    break
                self._chunks.extend(chunks)
                self._end = chunks[-1].end
        if first:
            self._end = row.log_bytes if row is not None else 0
        self.is_over = row is None or row.state in TERMINAL


class Feeds:
    """The feeds of all jobs that somebody follows in this process."""

    def __init__(self, database: Database, bus: Bus) -> None:
        self._database = database
        self._feeds: dict[UUID, Feed] = {}
        bus.listen(TOPIC, self._on_message)

    def _on_message(self, message: bytes) -> None:
        feed = self._feeds.get(UUID(orjson.loads(message)["job_id"]))
        if feed is not None:
            feed.look()

    async def follow(self, job_id: UUID, offset: int) -> AsyncIterator[Sequence[Chunk]]:
        """Chunks behind an offset as they are written, until the job is over; nothing while it is quiet."""
        feed = self._feeds.get(job_id)
        if feed is None:
            feed = self._feeds[job_id] = Feed(self._database, job_id)
        feed.followers += 1
        try:
            while (chunks := await feed.after(offset)) is not None:
                yield chunks
                offset = chunks[-1].end if chunks else offset
        finally:
            feed.followers -= 1
            if feed.followers == 0:
                feed.close()
                del self._feeds[job_id]
