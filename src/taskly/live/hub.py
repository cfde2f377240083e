"""All sockets of this process: which stream each of them watches, and who has to go."""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from taskly.kernel.bus import Bus
from taskly.kernel.db import Committed, Database
from taskly.kernel.errors import Gone, NotFound
from taskly.kernel.events import latest_seqs, read_events
from taskly.kernel.seqwatch import SeqWatch
from taskly.kernel.settings import Settings
from taskly.live.channel import NOT_OPEN, Channel, MaySee, Watcher
from taskly.live.presence import Presence

READ_AT_ONCE = 500
MOST_REPLAYED = 10_000
REST_S = 0.05
USER, BOARD, JOB = "user", "board", "job"
"""The kinds of channel; the part of its name before the colon."""


@dataclass(frozen=True, slots=True)
class Timing:
    """How long a socket may take, in seconds."""

    auth: float = 5.0
    ping: float = 25.0
    close: float = 5.0
    calm: float = 60.0
    """A socket that is too slow twice within this time is closed."""


class Joiner(Watcher, Protocol):
    """A watcher that is taken in: it is told where the stream is, then what it missed."""

    name: str
    stream_id: UUID

    def ready(self, seq: int) -> None:
        """Say that the watching begins, and at which seq the stream is."""

    def replay(self, facts: Sequence[Committed]) -> None:
        """Send events of the past."""

    async def drained(self) -> None:
        """Wait until the socket has taken everything."""


class Socket(Protocol):
    """An authenticated connection."""

    session_id: UUID | None

    def end(self, code: int, reason: str) -> None:
        """Close with a code."""


class Hub:
    """Brings the streams' events to the sockets that watch them."""

    def __init__(
        self,
        database: Database,
        bus: Bus,
        watch: SeqWatch,
        settings: Settings,
        may_see: Mapping[str, MaySee],
        timing: Timing | None = None,
    ) -> None:
        self.settings = settings
        self.timing = timing or Timing()
        self.presence = Presence(bus, self._tell)
        self._database = database
        self._watch = watch
        self._may_see = may_see
        self._channels: dict[tuple[UUID, str], Channel] = {}
        self._sockets: set[Socket] = set()
        watch.on_event(self._on_event)
        watch.on_behind(self._on_behind)

    async def start(self) -> None:
        """Begin to tell other processes who is here."""
        self.presence.start()

    async def stop(self) -> None:
        """Tell every socket that the server goes away."""
        for socket in list(self._sockets):
            socket.end(1012, "server restarting")
        for channel in self._channels.values():
            channel.close()
        await self.presence.stop()

    def streams(self) -> list[UUID]:
        """The streams that somebody watches."""
        return [stream_id for stream_id, _ in self._channels]

    @property
    def socket_count(self) -> int:
        """How many authenticated sockets are open."""
        return len(self._sockets)

    def add(self, socket: Socket) -> None:
        """Take note of a socket whose actor is known."""
        self._sockets.add(socket)

    def discard(self, socket: Socket) -> None:
        """Forget a socket."""
        self._sockets.discard(socket)

    def end_sessions(self, session_ids: Iterable[UUID]) -> None:
        """Close the sockets of sessions that ended."""
        ended = frozenset(session_ids)
        for socket in [s for s in self._sockets if s.session_id in ended]:
            socket.end(4401, "session ended")

    async def join(self, watcher: Joiner, since: int | None) -> None:
        """Send the watcher what it missed since a seq, and from then on every event.

        Raises `NotFound` when its actor may not see the board. `since` below zero means that the
        watcher has nothing that can be built upon.
        """
        channel = self._channels.get(_key(watcher))
        if channel is None:
            may_see = self._may_see.get(_kind(watcher))
            channel = Channel(watcher.stream_id, watcher.name, self._read_log, may_see)
            self._channels[_key(watcher)] = channel
        channel.expect(watcher)
        try:
            await self._replay(channel, watcher, since)
        except BaseException:
            self.leave(watcher)
            raise

    def leave(self, watcher: Joiner) -> None:
        """Send the watcher nothing more of its stream."""
        channel = self._channels.get(_key(watcher))
        if channel is not None:
            channel.remove(watcher)
            if not channel.watchers:
                channel.close()
                del self._channels[_key(watcher)]

    def position(self, watcher: Joiner) -> int:
        """The seq up to which the watchers of its stream were sent events."""
        channel = self._channels.get(_key(watcher))
        return channel.position if channel is not None else 0

    async def _replay(self, channel: Channel, watcher: Joiner, since: int | None) -> None:
        latest, facts = await self._missed(channel, since)
        # Only now: a right that was lost before the last of these events is seen by this check.
        await self._check(channel, watcher)
        watcher.ready(latest)
        cursor = latest if since is None else since
        while True:
            if facts is None:
                watcher.resync(latest)
                cursor = latest
            elif facts:
                watcher.replay(facts)
                cursor = facts[-1].seq
            if cursor >= latest and channel.attach(watcher, cursor):
                return
            await watcher.drained()
            if not facts:
                # The log is read from a replica that is behind.
                await asyncio.sleep(REST_S)
            latest, facts = await self._missed(channel, cursor)
            latest = max(latest, cursor)
            await self._check(channel, watcher)

    async def _check(self, channel: Channel, watcher: Watcher) -> None:
        if not await channel.admits(watcher.actor) or not channel.expects(watcher):
            raise NotFound

    async def _missed(
        self, channel: Channel, since: int | None
    ) -> tuple[int, Sequence[Committed] | None]:
        if since is not None and since == channel.position != NOT_OPEN:
            return since, ()
        latest, facts = await self._read_log(channel.stream_id, since)
        latest = max(latest, channel.position)
        if since is not None and not latest - MOST_REPLAYED <= since <= latest:
            return latest, None
        return latest, facts

    async def _read_log(
        self, stream_id: UUID, after: int | None
    ) -> tuple[int, Sequence[Committed] | None]:
        facts: Sequence[Committed] | None = ()
        async with self._database.read() as tx:
            latest = (await latest_seqs(tx, [stream_id])).get(stream_id, 0)
            if after is not None and after < latest:
                try:
                    facts = await read_events(tx, stream_id, after, READ_AT_ONCE)
                except Gone:
                    facts = None
        if latest:
            self._watch.learn(stream_id, latest)
        return latest, facts

    def _on_event(self, fact: Committed) -> None:
        for channel in self._of(fact.stream_id):
            channel.offer(fact)

    def _on_behind(self, stream_id: UUID, seq: int) -> None:
        for channel in self._of(stream_id):
            channel.hear(seq)

    def _of(self, stream_id: UUID) -> list[Channel]:
        found = (self._channels.get((stream_id, kind)) for kind in (BOARD, USER))
        return [channel for channel in found if channel is not None]

    def pass_on(self, kind: str, stream_id: UUID, body: str) -> None:
        """Send a passing message, the inside of a JSON object, to everybody who watches a stream."""
        channel = self._channels.get((stream_id, kind))
        if channel is not None:
            channel.pass_on(body)

    def _tell(self, board_id: UUID, body: str) -> int:
        channel = self._channels.get((board_id, BOARD))
        return channel.tell(body) if channel is not None else 0


def _kind(watcher: Joiner) -> str:
    return watcher.name.partition(":")[0]


def _key(watcher: Joiner) -> tuple[UUID, str]:
    # The kind is part of the key: a person's stream asked for as a board must meet the check.
    return watcher.stream_id, _kind(watcher)
