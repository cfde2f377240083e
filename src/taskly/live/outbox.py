"""What one socket is still to be sent: at once while it keeps up, from a bounded queue while not."""

import asyncio
import types
from collections import deque
from collections.abc import Callable, Generator, Sequence
from typing import Any

from starlette.types import Message, Send

MOST_QUEUED = 256
# What a socket's `send` raises once the peer is gone, or after the closing message.
GONE = (OSError, RuntimeError)


@types.coroutine
def _go_on(step: Generator[Any, None, None], waits_for: Any) -> Generator[Any, None, None]:
    """Finish what was begun outside of a task and turned out to wait for a future."""
    try:
        yield waits_for
        yield from step
    finally:
        step.close()


class Outbox:
    """Sends messages in the order of `put`, which never waits: a socket that does not read delays nobody.

    A `send` that need not wait is done within `put`, which costs about as much as a bare loop of
    sends; only a socket that is behind has a task and a queue. When the queue is full it is dropped
    and `refill` says what to send instead.
    """

    __slots__ = ("_ended", "_pump", "_queue", "_refill", "_send")

    def __init__(self, send: Send, refill: Callable[[], Sequence[Message]]) -> None:
        self._send = send
        self._refill = refill
        self._queue: deque[Message] | None = None
        self._pump: asyncio.Task[None] | None = None
        self._ended = False

    def put(self, message: Message) -> None:
        """Send, or queue behind what waits already."""
        if self._ended:
            return
        if self._queue is None:
            self._begin(message)
        elif len(self._queue) < MOST_QUEUED:
            self._queue.append(message)
        else:
            self._queue.clear()
            instead = self._refill()
            if not self._ended:
                self._queue.extend(instead)

    def end(self, message: Message) -> None:
        """Send a last message in place of all that waits."""
        if self._ended:
            return
        if self._queue is None:
            self._begin(message)
        else:
            self._queue.clear()
            self._queue.append(message)
        self._ended = True

    async def drained(self) -> None:
        """Wait until the socket has taken everything."""
        if self._pump is not None:
            await asyncio.wait([self._pump])

    def abandon(self) -> None:
        """Stop sending; the socket is gone."""
        self._ended = True
        if self._pump is not None:
            self._pump.cancel()

    def _begin(self, message: Message) -> None:
        step = self._send(message).__await__()
        try:
            waits_for = next(step)
        except StopIteration:
            return
        except GONE:
            self._ended = True
            return
        self._queue = queue = deque[Message]()
        self._pump = asyncio.create_task(self._run(step, waits_for, queue), name="live-pump")

    async def _run(
        self, step: Generator[Any, None, None], waits_for: Any, queue: deque[Message]
    ) -> None:
        try:
            await _go_on(step, waits_for)
            while queue:
                await self._send(queue.popleft())
        except GONE:
            self._ended = True
        finally:
            self._pump = self._queue = None
