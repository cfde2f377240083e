"""From the engine's threads to the event loop of their process."""

import asyncio
from collections.abc import Callable, Sequence
from functools import partial

from taskly.kernel.bus import Bus
from taskly.kernel.db import Committed

Subscriber = Callable[[Committed], None]


class Bridge:
    """Any thread may call; what it says happens on the loop, or not at all once that has ended."""

    def __init__(self, bus: Bus, subscribers: Sequence[Subscriber]) -> None:
        self._bus = bus
        self._subscribers = subscribers
        self._loop: asyncio.AbstractEventLoop | None = None

    def open(self) -> None:
        """Begin to carry, to the loop that runs."""
        self._loop = asyncio.get_running_loop()

    def publish(self, topic: str, message: bytes) -> None:
        """Send a message on the bus."""
        self._soon(partial(self._bus.publish, topic, message))

    def tell(self, fact: Committed) -> None:
        """Tell the subscribers what was committed."""
        for subscriber in self._subscribers:
            self._soon(partial(subscriber, fact))

    def _soon(self, call: Callable[[], None]) -> None:
        if self._loop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(call)
