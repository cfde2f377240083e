"""Who is on a board and which card they edit, across all processes."""

import asyncio
from collections import defaultdict
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from typing import Any, NamedTuple
from uuid import UUID, uuid4

import orjson

from taskly.kernel.bus import Bus
from taskly.kernel.log import get_logger

log = get_logger(__name__)

PRESENCE = "presence"
BEAT_S = 10.0
GONE_S = 30.0
JOIN_UP_S = 0.02
LEAST_PAUSE_S = 0.2
BYTES_PER_S = 20e6


class Place(NamedTuple):
    """Where somebody is: the later of two places of one person counts, editing before looking."""

    editing: bool
    stamp: int
    user_id: str
    card_id: str | None


@dataclass(slots=True)
class Elsewhere:
    """What another process last said of the people that it serves."""

    heard_at: float
    boards: dict[UUID, list[Place]] = field(default_factory=dict)


class Presence:
    """Tells every board's watchers who is there, when that changes, at most five times a second.

    `tell` sends the inside of a `presence` message to those who were not told the same, and returns
    how many these were.

    Each process sends the whole state of a board when it changes, and of all its boards every ten
    seconds; a process that is silent for thirty is taken to be dead. Boards with very many
    watchers are told less often, so that their comings and goings stay cheap.
    """

    def __init__(self, bus: Bus, tell: Callable[[UUID, str], int], beat_s: float = BEAT_S) -> None:
        self._bus = bus
        self._tell = tell
        self._beat_s = beat_s
        self._me = uuid4().hex
        self._stamp = 0
        self._here: dict[UUID, dict[Hashable, Place]] = defaultdict(dict)
        self._said: dict[UUID, list[Place]] = {}
        self._elsewhere: dict[str, Elsewhere] = {}
        self._due: dict[UUID, asyncio.TimerHandle] = {}
        self._not_before: dict[UUID, float] = {}
        self._beats: asyncio.Task[None] | None = None
        bus.listen(PRESENCE, self._on_message)
        bus.on_distrust(self._say_hello)

    def start(self) -> None:
        """Begin to beat, and ask the other processes who is there."""
        self._beats = asyncio.create_task(self._beat(), name="presence")
        self._say_hello()

    async def stop(self) -> None:
        """Say that nobody is here any more."""
        if self._beats is not None:
            self._beats.cancel()
            await asyncio.gather(self._beats, return_exceptions=True)
            self._beats = None
        for timer in self._due.values():
            timer.cancel()
        self._due.clear()
        self._here.clear()
        self._said.clear()
        self._publish_all()

    def put(
        self, board_id: UUID, seat: Hashable, user_id: UUID, card_id: UUID | None, *, editing: bool
    ) -> None:
        """Somebody's socket (`seat`) is on a board, perhaps at a card."""
        self._stamp += 1
        place = Place(editing, self._stamp, str(user_id), str(card_id) if card_id else None)
        self._here[board_id][seat] = place
        self._changed(board_id)

    def leave(self, board_id: UUID, seat: Hashable) -> None:
        """A socket has left a board."""
        seats = self._here.get(board_id)
        if seats is not None and seats.pop(seat, None) is not None:
            if not seats:
                del self._here[board_id]
            self._changed(board_id)

    def greet(self, board_id: UUID) -> None:
        """Somebody on a board was not told yet who is there."""
        self._changed(board_id)

    def _body(self, board_id: UUID) -> str:
        best: dict[str, Place] = {}
        places = [*self._here.get(board_id, {}).values()]
        for other in self._elsewhere.values():
            places += other.boards.get(board_id, ())
        for place in places:
            known = best.get(place.user_id)
            if known is None or place[:2] > known[:2]:
                best[place.user_id] = place
        users = [
            {"user_id": user_id, "card_id": place.card_id, "editing": place.editing}
            for user_id, place in sorted(best.items())
        ]
        return f'"type":"presence","users":{orjson.dumps(users).decode()}'

    def _changed(self, board_id: UUID) -> None:
        if board_id not in self._due:
            loop = asyncio.get_running_loop()
            at = max(loop.time() + JOIN_UP_S, self._not_before.get(board_id, 0.0))
            self._due[board_id] = loop.call_at(at, self._show, board_id)

    def _show(self, board_id: UUID) -> None:
        del self._due[board_id]
        self._publish_changed(board_id)
        body = self._body(board_id)
        told = self._tell(board_id, body)
        if told:
            pause = max(LEAST_PAUSE_S, len(body) * told / BYTES_PER_S)
            self._not_before[board_id] = asyncio.get_running_loop().time() + pause
        else:
            self._not_before.pop(board_id, None)

    def _publish_changed(self, board_id: UUID) -> None:
        here = list(self._here.get(board_id, {}).values())
        if here != self._said.get(board_id, []):
            if here:
                self._said[board_id] = here
            else:
                self._said.pop(board_id, None)
            self._publish(boards={str(board_id): [tuple(place) for place in here]})

    def _publish_all(self) -> None:
        boards = {
            str(board_id): [tuple(place) for place in seats.values()]
            for board_id, seats in self._here.items()
        }
        self._publish(boards=boards, whole=True)

    def _publish(self, **message: Any) -> None:
        self._bus.publish(PRESENCE, orjson.dumps({"from": self._me, **message}))

    def _say_hello(self) -> None:
        if self._beats is not None:
            self._publish(hello=True)
            self._publish_all()

    def _on_message(self, message: bytes) -> None:
        said = orjson.loads(message)
        if said["from"] == self._me:
            return
        if said.get("hello"):
            self._publish_all()
            return
        now = asyncio.get_running_loop().time()
        other = self._elsewhere.setdefault(said["from"], Elsewhere(now))
        other.heard_at = now
        boards = {
            UUID(board_id): [Place(*place) for place in places]
            for board_id, places in said["boards"].items()
        }
        before = other.boards
        other.boards = boards if said.get("whole") else {**before, **boards}
        for board_id in boards.keys() | (before.keys() - other.boards.keys()):
            if before.get(board_id) != other.boards.get(board_id):
                self._changed(board_id)
            if not other.boards.get(board_id):
                other.boards.pop(board_id, None)
        if not other.boards:
            del self._elsewhere[said["from"]]

    async def _beat(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            await asyncio.sleep(self._beat_s)
            self._publish_all()
            limit = loop.time() - self._beat_s * GONE_S / BEAT_S
            for name, other in list(self._elsewhere.items()):
                if other.heard_at < limit:
                    del self._elsewhere[name]
                    for board_id in other.boards:
                        self._changed(board_id)
