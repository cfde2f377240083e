"""One stream and the sockets that watch it: order, gaps, and who may still watch."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Sequence
from typing import Protocol
from uuid import UUID

from starlette.types import Message

from taskly.accounts.actor import Actor
from taskly.kernel.db import Committed
from taskly.kernel.errors import Busy
from taskly.kernel.log import get_logger

log = get_logger(__name__)

NOT_OPEN = -1
GAP_S = 0.1
MOST_EARLY = 500
SHORTEST_PAUSE_S = 0.05
LONGEST_PAUSE_S = 2.0
# Events about these say nothing about who may see a board; after any other, everybody is checked.
HARMLESS = frozenset(b"card cards list lists label comment checklist checklists attachment".split())

ReadLog = Callable[[UUID, int | None], Awaitable[tuple[int, Sequence[Committed] | None]]]
MaySee = Callable[[Actor, UUID], Awaitable[bool]]


def text_message(text: str) -> Message:
    """A message for `send`; the same object serves every socket."""
    return {"type": "websocket.send", "text": text}


class Watcher(Protocol):
    """A socket's seat at a channel."""

    actor: Actor
    tagged: bool
    """True on a socket of many channels, whose messages carry the channel's name."""
    told: str
    """The passing message that it was sent last."""

    def put(self, message: Message) -> None:
        """Send."""

    def resync(self, seq: int) -> None:
        """Say that events were left out up to `seq`."""

    def shut_out(self) -> None:
        """End the watching: the actor may no longer see this."""


class Channel:
    """Delivers a stream's events to its watchers, each once and in order, whatever order they come in.

    Events that come early wait; what stays missing is read from the log. An event after which
    somebody may have lost access holds the channel until every watcher was checked again.
    """

    def __init__(
        self, stream_id: UUID, name: str, read_log: ReadLog, may_see: MaySee | None
    ) -> None:
        self.stream_id = stream_id
        self.name = name
        self.position = NOT_OPEN
        self._read_log = read_log
        self._may_see = may_see
        self._heard = 0
        self._early: dict[int, Committed] = {}
        self._held: Committed | None = None
        self._work: asyncio.Task[None] | None = None
        self._joining: set[Watcher] = set()
        self._attached: set[Watcher] = set()
        self._ahead: dict[Watcher, int] = {}

    @property
    def watchers(self) -> int:
        """How many sockets get messages or are about to."""
        return len(self._attached) + len(self._ahead) + len(self._joining)

    def everyone(self) -> Iterable[Watcher]:
        """Every socket that gets messages."""
        return (*self._attached, *self._ahead)

    def expect(self, watcher: Watcher) -> None:
        """Take in a watcher that still reads the log: checked like all others, sent nothing yet."""
        self._joining.add(watcher)

    def expects(self, watcher: Watcher) -> bool:
        """False once a watcher that still reads the log was shut out."""
        return watcher in self._joining

    def attach(self, watcher: Watcher, cursor: int) -> bool:
        """Send the watcher what follows `cursor`; False when it must read on in the log first."""
        if self.position == NOT_OPEN:
            self.position = cursor
            self._deliver_early()
        if cursor < self.position:
            return False
        self._joining.discard(watcher)
        if cursor > self.position:
            self._ahead[watcher] = cursor
            self.hear(cursor)
        else:
            self._attached.add(watcher)
        return True

    def remove(self, watcher: Watcher) -> None:
        """Forget a watcher."""
        self._joining.discard(watcher)
        self._attached.discard(watcher)
        self._ahead.pop(watcher, None)

    def close(self) -> None:
        """Stop whatever runs; nobody watches."""
        if self._work is not None:
            self._work.cancel()

    def offer(self, fact: Committed) -> None:
        """Take an event that was committed; it may be known, early, or just the next one."""
        self._heard = max(self._heard, fact.seq)
        if self.position == NOT_OPEN:
            self._keep_early(fact)
        elif fact.seq > self.position:
            if self._held is None and fact.seq == self.position + 1:
                self._take(fact)
                self._deliver_early()
            else:
                self._keep_early(fact)
                self._begin_work(GAP_S)

    def hear(self, seq: int) -> None:
        """Take note that the stream has come to `seq`; what is missing is read from the log."""
        self._heard = max(self._heard, seq)
        if NOT_OPEN < self.position < seq:
            self._begin_work(0)

    def tell(self, body: str) -> int:
        """Send a passing message, the inside of a JSON object, to those who were not sent the same.

        Returns how many these were.
        """
        news = [watcher for watcher in self.everyone() if watcher.told != body]
        for watcher in news:
            watcher.told = body
        self._send(body, news)
        return len(news)

    def pass_on(self, body: str) -> None:
        """Send a passing message, the inside of a JSON object, to everybody."""
        self._send(body, self.everyone())

    async def admits(self, actor: Actor) -> bool:
        """True for somebody who may watch."""
        return self._may_see is None or await self._may_see(actor, self.stream_id)

    def _keep_early(self, fact: Committed) -> None:
        # Past the bound nothing is lost: the log has it.
        if len(self._early) < MOST_EARLY:
            self._early[fact.seq] = fact

    def _deliver_early(self) -> None:
        while self._held is None and (fact := self._early.pop(self.position + 1, None)):
            self._take(fact)
        for seq in [seq for seq in self._early if seq <= self.position]:
            del self._early[seq]
        if self._heard > self.position:
            self._begin_work(GAP_S)

    def _take(self, fact: Committed) -> None:
        if self._may_see is not None and may_end_access(fact.payload):
            self._held = fact
            self._begin_work(0)
        else:
            self._deliver(fact)

    def _deliver(self, fact: Committed) -> None:
        self.position = fact.seq
        self._send('"type":"event",' + fact.payload[1:-1].decode(), self._attached)
        for watcher in [w for w, cursor in self._ahead.items() if cursor <= fact.seq]:
            del self._ahead[watcher]
            self._attached.add(watcher)

    def _send(self, body: str, watchers: Iterable[Watcher]) -> None:
        plain = text_message("{" + body + "}")
        tagged: Message | None = None
        for watcher in watchers:
            if not watcher.tagged:
                watcher.put(plain)
            else:
                tagged = tagged or text_message(f'{{"channel":"{self.name}",{body}}}')
                watcher.put(tagged)

    def _begin_work(self, delay: float) -> None:
        if self._work is None:
            self._work = asyncio.create_task(self._catch_up(delay), name="live-catch-up")

    async def _catch_up(self, delay: float) -> None:
        pause = SHORTEST_PAUSE_S
        try:
            # Most gaps are two messages in the wrong order, and close at once.
            await asyncio.sleep(delay)
            while self._held is not None or self._heard > self.position:
                try:
                    came_on = await self._release(self._held) if self._held else await self._fill()
                except Busy:
                    came_on = False
                except Exception:
                    log.exception("live_catch_up_failed", stream=str(self.stream_id))
                    came_on = False
                pause = SHORTEST_PAUSE_S if came_on else min(pause * 2, LONGEST_PAUSE_S)
                if not came_on:
                    await asyncio.sleep(pause)
        finally:
            self._work = None

    async def _release(self, held: Committed) -> bool:
        await self._check_everyone()
        self._held = None
        self._deliver(held)
        self._deliver_early()
        return True

    async def _fill(self) -> bool:
        before = self.position
        latest, facts = await self._read_log(self.stream_id, before)
        if facts is None:
            await self._check_everyone()
            self.position = max(latest, self.position)
            self._attached.update(self._ahead)
            self._ahead.clear()
            for watcher in self._attached:
                watcher.resync(self.position)
        else:
            for fact in facts:
                if self._held is None and fact.seq == self.position + 1:
                    self._take(fact)
        self._deliver_early()
        return self.position != before or self._held is not None

    async def _check_everyone(self) -> None:
        if self._may_see is None:
            return
        actors = {w.actor.key: w.actor for w in (*self.everyone(), *self._joining)}
        lost = {
            key for key, actor in actors.items() if not await self._may_see(actor, self.stream_id)
        }
        for watcher in (*self.everyone(), *self._joining):
            if watcher.actor.key in lost:
                self.remove(watcher)
                watcher.shut_out()


def may_end_access(payload: bytes) -> bool:
    """True for an event after which somebody may no longer see the board."""
    # An event begins with {"seq":1,"event":"card.moved", (`kernel.events.wire_event`).
    return payload.split(b'"', 6)[5].partition(b".")[0] not in HARMLESS
