"""Carries committed events and passing messages to everyone who listens, here and in other processes."""

from collections.abc import Callable, Iterable
from typing import Protocol
from uuid import UUID

from taskly.kernel.db import Committed
from taskly.kernel.log import get_logger

log = get_logger(__name__)

EVENTS = "events"

Listener = Callable[[bytes], None]


class Bus(Protocol):
    """Delivers messages by topic; it may lose some, and says by `trusted` when that can happen.

    `publish` never blocks and never raises. Listeners hear their own process's messages too.
    """

    @property
    def trusted(self) -> bool:
        """True while every message published anywhere reaches this process."""

    def listen(self, topic: str, listener: Listener) -> None:
        """Call `listener` with each message of a topic."""

    def on_distrust(self, callback: Callable[[], None]) -> None:
        """Call back when messages begin to get lost, and again just before trust returns."""

    def publish(self, topic: str, message: bytes) -> None:
        """Send to all listeners of a topic."""

    async def start(self) -> None:
        """Begin to deliver."""

    async def stop(self) -> None:
        """Stop delivering and let go of connections."""


class Listeners:
    """Who listens to which topic in this process."""

    def __init__(self) -> None:
        self._by_topic: dict[str, list[Listener]] = {}

    def add(self, topic: str, listener: Listener) -> bool:
        """Add a listener; True when it is the first of its topic."""
        listeners = self._by_topic.setdefault(topic, [])
        listeners.append(listener)
        return len(listeners) == 1

    def topics(self) -> Iterable[str]:
        """Every topic that somebody listens to."""
        return self._by_topic

    def deliver(self, topic: str, message: bytes) -> None:
        """Call every listener: one that fails silences neither the others nor the publisher."""
        for listener in self._by_topic.get(topic, ()):
            try:
                listener(message)
            except Exception:
                log.exception("bus_listener_failed", topic=topic)


class LocalBus:
    """The bus of a single process: a function call."""

    def __init__(self) -> None:
        self._listeners = Listeners()

    @property
    def trusted(self) -> bool:
        return True

    def listen(self, topic: str, listener: Listener) -> None:
        self._listeners.add(topic, listener)

    def on_distrust(self, callback: Callable[[], None]) -> None:
        """Nothing is ever missed inside one process."""

    def publish(self, topic: str, message: bytes) -> None:
        self._listeners.deliver(topic, message)

    async def start(self) -> None:
        """Nothing to start."""

    async def stop(self) -> None:
        """Nothing to stop."""


def pack_event(fact: Committed) -> bytes:
    """A committed event as a bus message: 16 bytes of stream id, 8 of seq, then the event."""
    return fact.stream_id.bytes + fact.seq.to_bytes(8, "big") + fact.payload


def unpack_event(message: bytes) -> Committed:
    """The event inside a bus message."""
    return Committed(UUID(bytes=message[:16]), int.from_bytes(message[16:24], "big"), message[24:])
