"""A connection's place at one channel: how what happens there is put into words."""

from collections.abc import Sequence
from typing import Protocol
from uuid import UUID

from starlette.types import Message

from taskly.accounts.actor import Actor
from taskly.kernel.db import Committed
from taskly.live.channel import text_message
from taskly.live.outbox import Outbox


class Sitter(Protocol):
    """The connection that a seat belongs to."""

    outbox: Outbox
    has_many: bool

    def shut_out(self, seat: "Seat") -> None:
        """The actor may no longer see this channel."""


class Seat:
    """Says what a channel has to say on a connection; on one of many channels, with the channel's name."""

    __slots__ = ("_sitter", "actor", "is_joined", "lost", "name", "stream_id", "tagged", "told")

    def __init__(self, sitter: Sitter, name: str, stream_id: UUID, actor: Actor) -> None:
        self._sitter = sitter
        self.name = name
        self.stream_id = stream_id
        self.actor = actor
        self.tagged = sitter.has_many
        self.told = ""
        self.is_joined = False
        self.lost = False
        """True when events of the past were dropped before all of them were sent."""

    def put(self, message: Message) -> None:
        """Send."""
        self._sitter.outbox.put(message)

    def worded(self, body: str) -> Message:
        """A message from the inside of a JSON object."""
        return text_message(f'{{"channel":"{self.name}",{body}}}' if self.tagged else f"{{{body}}}")

    def ready(self, seq: int) -> None:
        """Say that the watching begins, and at which seq the stream is."""
        self.put(self.worded(f'"type":"ready","seq":{seq}'))

    def replay(self, facts: Sequence[Committed]) -> None:
        """Send events of the past."""
        for fact in facts:
            self.put(self.worded('"type":"event",' + fact.payload[1:-1].decode()))

    def resync(self, seq: int) -> None:
        """Say that events were left out up to `seq`."""
        self.put(self.worded(f'"type":"resync","seq":{seq}'))

    async def drained(self) -> None:
        """Wait until the socket has taken everything."""
        await self._sitter.outbox.drained()

    def shut_out(self) -> None:
        """End the watching: the actor may no longer see this."""
        self._sitter.shut_out(self)
