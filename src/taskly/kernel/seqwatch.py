"""What this process knows of each stream's newest seq, and how it learns what nobody announced."""

import asyncio
import contextlib
from collections import OrderedDict
from collections.abc import Callable
from uuid import UUID

from taskly.kernel.bus import EVENTS, Bus, unpack_event
from taskly.kernel.db import Committed, Database
from taskly.kernel.errors import Busy
from taskly.kernel.events import latest_seqs
from taskly.kernel.log import get_logger

log = get_logger(__name__)

MOST_WATCHED = 2000


class SeqWatch:
    """Holds the newest seq of the streams in use, so that a cached answer can prove that it is fresh.

    Messages of the bus keep it up to date; a poll of the database finds what other programs wrote
    and what the bus lost. While the bus is not trusted it knows nothing, and readers ask the database.
    """

    def __init__(self, database: Database, bus: Bus, poll_interval_s: float) -> None:
        self._database = database
        self._bus = bus
        self._interval = poll_interval_s
        self._known: OrderedDict[UUID, int] = OrderedDict()
        self._behind: list[Callable[[UUID, int], None]] = []
        self._facts: list[Callable[[Committed], None]] = []
        self._task: asyncio.Task[None] | None = None
        self._look_now = asyncio.Event()
        self._doubts = 0
        bus.listen(EVENTS, self._on_message)
        bus.on_distrust(self._doubt)

    def on_event(self, callback: Callable[[Committed], None]) -> None:
        """Call back with each committed event that the bus brings, in no sure order."""
        self._facts.append(callback)

    def on_behind(self, callback: Callable[[UUID, int], None]) -> None:
        """Call back with (stream, seq) when the poll finds a seq that no message announced."""
        self._behind.append(callback)

    def known(self, stream_id: UUID) -> int | None:
        """The newest seq, or None where only the database can tell."""
        return self._known.get(stream_id) if self._bus.trusted else None

    async def latest(self, stream_id: UUID) -> int | None:
        """The newest seq, from memory or else from the database; None where there is no such stream."""
        seq = self.known(stream_id)
        if seq is None:
            doubts = self._doubts
            async with self._database.read() as tx:
                seq = (await latest_seqs(tx, [stream_id])).get(stream_id)
            # What was read before a doubt may be older than what the bus lost.
            if seq is not None and doubts == self._doubts:
                self.learn(stream_id, seq)
        return seq

    def learn(self, stream_id: UUID, seq: int) -> None:
        """Take note of a seq that was read; from here on the stream is watched."""
        if seq > self._known.get(stream_id, -1):
            self._known[stream_id] = seq
        self._known.move_to_end(stream_id)
        while len(self._known) > MOST_WATCHED:
            self._known.popitem(last=False)

    def _doubt(self) -> None:
        self._doubts += 1
        self._known.clear()
        self._look_now.set()

    def _on_message(self, message: bytes) -> None:
        fact = unpack_event(message)
        self.learn(fact.stream_id, fact.seq)
        for callback in self._facts:
            callback(fact)

    async def poll(self, also: list[UUID]) -> None:
        """Compare the watched streams, and `also` others, with the database once."""
        ids = list({*self._known, *also})
        found: dict[UUID, int] = {}
        async with self._database.read() as tx:
            for start in range(0, len(ids), 500):
                found |= await latest_seqs(tx, ids[start : start + 500])
        for stream_id, seq in found.items():
            if seq > self._known.get(stream_id, -1):
                if stream_id in self._known:
                    self._known[stream_id] = seq
                for callback in self._behind:
                    callback(stream_id, seq)

    def start(self, listened: Callable[[], list[UUID]]) -> None:
        """Begin to poll; `listened` names the streams that have sockets."""
        self._task = asyncio.create_task(self._run(listened), name="seq-watch")

    async def _run(self, listened: Callable[[], list[UUID]]) -> None:
        while True:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(self._interval):
                    await self._look_now.wait()
            self._look_now.clear()
            try:
                await self.poll(listened())
            except Busy:
                log.warning("poll_failed")
            except Exception:
                # Whatever it was: without the poll, what the bus loses would stay lost.
                log.exception("poll_failed")

    async def stop(self) -> None:
        """Stop polling."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
