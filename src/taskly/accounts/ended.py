"""Sessions that ended while access tokens of theirs may still be about: what makes "log out" immediate."""

import asyncio
import time
from collections.abc import Callable, Iterable
from datetime import timedelta
from uuid import UUID

from sqlalchemy import select

from taskly.accounts.models import Session
from taskly.kernel.bus import Bus
from taskly.kernel.clock import now
from taskly.kernel.db import Database
from taskly.kernel.errors import Busy
from taskly.kernel.log import get_logger

log = get_logger(__name__)

SESSIONS = "sessions"
# An end is stamped before it is committed, by a clock that may differ a little from this one.
OVERLAP = timedelta(seconds=30)


class EndedSessions:
    """Knows which sessions ended within the life of an access token, so that requests need not ask.

    The bus tells at once, and a poll finds what other programs ended or the bus lost.
    """

    def __init__(
        self, database: Database, bus: Bus, poll_interval_s: float, access_life: timedelta
    ) -> None:
        self._database = database
        self._bus = bus
        self._interval = poll_interval_s
        self._keep = access_life + OVERLAP
        self._ended: dict[UUID, float] = {}
        self._callbacks: list[Callable[[frozenset[UUID]], None]] = []
        self._polled_at = now() - self._keep
        self._task: asyncio.Task[None] | None = None
        bus.listen(SESSIONS, self._on_message)

    def is_ended(self, session_id: UUID) -> bool:
        """True for a session whose access tokens no longer count."""
        return session_id in self._ended

    def on_ended(self, callback: Callable[[frozenset[UUID]], None]) -> None:
        """Call back once with the ids of sessions that are found to have ended."""
        self._callbacks.append(callback)

    def announce(self, session_ids: Iterable[UUID]) -> None:
        """Tell every process that these sessions ended; to be called after the commit."""
        ids = list(session_ids)
        if ids:
            self._learn(ids)
            self._bus.publish(SESSIONS, b"".join(session_id.bytes for session_id in ids))

    def _on_message(self, message: bytes) -> None:
        self._learn(
            UUID(bytes=message[start : start + 16]) for start in range(0, len(message) - 15, 16)
        )

    def _learn(self, session_ids: Iterable[UUID]) -> None:
        fresh = frozenset(session_ids) - self._ended.keys()
        if not fresh:
            return
        until = time.monotonic() + self._keep.total_seconds()
        self._ended.update(dict.fromkeys(fresh, until))
        for callback in self._callbacks:
            callback(fresh)

    async def poll(self) -> None:
        """Look once for sessions that ended since the last look."""
        began = now()
        async with self._database.read() as tx:
            rows = await tx.all(
                select(Session.id).where(Session.ended_at > self._polled_at - OVERLAP)
            )
        self._polled_at = began
        self._learn(row.id for row in rows)
        self._forget_old()

    def _forget_old(self) -> None:
        # Insertion order is order of expiry.
        moment = time.monotonic()
        for session_id, until in list(self._ended.items()):
            if until > moment:
                break
            del self._ended[session_id]

    async def start(self) -> None:
        """Learn what ended before this process began, then keep looking."""
        await self._poll_if_possible()
        self._task = asyncio.create_task(self._run(), name="ended-sessions")

    async def _run(self) -> None:
        while True:
            await asyncio.sleep(self._interval)
            await self._poll_if_possible()

    async def _poll_if_possible(self) -> None:
        try:
            await self.poll()
        except Busy:
            log.warning("poll_failed", what=SESSIONS)

    async def stop(self) -> None:
        """Stop looking."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
