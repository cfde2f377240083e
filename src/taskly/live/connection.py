"""The conversation on one socket (`contract.md`, WebSocket)."""

import asyncio
from typing import Any
from uuid import UUID

import orjson
from fastapi import FastAPI
from starlette.types import Message, Receive, Send

from taskly.accounts.actor import Actor
from taskly.accounts.auth import authenticate_token
from taskly.kernel.clock import now
from taskly.kernel.errors import Busy, TasklyError, Unauthenticated
from taskly.kernel.log import get_logger
from taskly.live.channel import text_message
from taskly.live.hub import BOARD, JOB, USER, Hub
from taskly.live.outbox import Outbox
from taskly.live.seat import Seat

log = get_logger(__name__)

LARGEST_MESSAGE = 64 * 1024
MOST_CHANNELS = 200
MISSED_PONGS = 2
# A client may say so much at once, and so much more each second; what makes no sense counts more.
MOST_SAID = 300.0
SAID_PER_S = 20.0
NONSENSE = 10.0

PING = text_message('{"type":"ping"}')
PONG = text_message('{"type":"pong"}')


class Left(Exception):
    """The client closed the connection."""


class Misunderstood(Exception):
    """A message that cannot be acted upon: its code, and the channel that it was about."""

    def __init__(self, code: str, channel: str | None = None) -> None:
        super().__init__(code)
        self.message = {"type": "error", "code": code}
        if channel is not None:
            self.message["channel"] = channel


class Connection:
    """One socket from its first message to its end."""

    def __init__(
        self, hub: Hub, app: FastAPI, receive: Receive, send: Send, *, has_many: bool
    ) -> None:
        self.outbox = Outbox(send, self._too_slow)
        self.has_many = has_many
        self.session_id: UUID | None = None
        self._hub = hub
        self._app = app
        self._receive = receive
        self._loop = asyncio.get_running_loop()
        self._task = asyncio.current_task()
        self._actor = Actor()
        self._seats: dict[str, Seat] = {}
        self._expiry: asyncio.TimerHandle | None = None
        self._next_ping: asyncio.TimerHandle | None = None
        self._giving_up: asyncio.TimerHandle | None = None
        self._gave_up = False
        self._is_ending = False
        self._unanswered = 0
        self._was_slow_at: float | None = None
        self._allowance = MOST_SAID
        self._allowance_at = self._loop.time()

    async def serve(self, board_id: str | None, since: int | None) -> None:
        """Talk until one side ends it; with a board, the socket is about that board alone."""
        try:
            await self._converse(board_id, since)
        except Left:
            pass
        except asyncio.CancelledError:
            if self._task is None or not self._gave_up:
                raise
            self._task.uncancel()
        finally:
            self._clear()

    def end(self, code: int, reason: str) -> None:
        """Close with a code; a peer that does not take it in time is cut off."""
        if not self._is_ending:
            self._is_ending = True
            self._giving_up = self._loop.call_later(self._hub.timing.close, self._give_up)
            self.outbox.end({"type": "websocket.close", "code": code, "reason": reason})

    def shut_out(self, seat: Seat) -> None:
        """The actor may no longer see a channel."""
        if not seat.is_joined:
            return  # the joining itself finds out
        self._leave(seat)
        if self.has_many:
            self._say({"type": "error", "code": "not_found", "channel": seat.name})
        else:
            self.end(4404, "board not visible")

    async def _converse(self, board_id: str | None, since: int | None) -> None:
        if await self._introduce():
            self._hub.add(self)
            self._ping_later()
            if board_id is not None:
                await self._watch_board(board_id, since)
        while True:
            try:
                message = await self._next()
                if not self._is_ending:
                    await self._act(message)
            except Misunderstood as wrong:
                self._say(wrong.message)
                self._spend(NONSENSE)

    async def _introduce(self) -> bool:
        try:
            async with asyncio.timeout(self._hub.timing.auth):
                message = await self._next()
                await self._authenticate(message)
        except TimeoutError:
            self.end(4408, "no authentication in time")
        except (Misunderstood, Unauthenticated):
            self.end(4401, "token missing, invalid or expired")
        except Busy:
            self.end(1013, "busy")
        return not self._is_ending

    async def _authenticate(self, message: dict[str, Any]) -> None:
        token = message.get("token")
        if message["type"] != "auth" or not isinstance(token, str):
            raise Unauthenticated
        actor, until = await authenticate_token(self._app, token)
        if self._seats and actor.key != self._actor.key:
            raise Unauthenticated
        self._actor = actor
        self.session_id = actor.session_id
        if self._expiry is not None:
            self._expiry.cancel()
        if until is not None:
            left = max(0.0, (until - now()).total_seconds())
            self._expiry = self._loop.call_later(left, self.end, 4401, "token expired")

    async def _watch_board(self, board_id: str, since: int | None) -> None:
        try:
            await self._take_seat(f"board:{board_id}", since)
        except Misunderstood as wrong:
            busy = wrong.message["code"] == "busy"
            self.end(*((1013, "busy") if busy else (4404, "board not visible")))

    async def _take_seat(self, name: str, since: int | None) -> None:
        kind, _, subject = name.partition(":")
        if name == USER and self._actor.user_id is not None:
            stream_id = self._actor.user_id
        elif kind in {BOARD, JOB} and (found := _uuid(subject)) is not None:
            stream_id, name = found, f"{kind}:{found}"
        else:
            raise Misunderstood("unknown_channel", name)
        if name in self._seats:
            raise Misunderstood("already_subscribed", name)
        if len(self._seats) >= MOST_CHANNELS:
            raise Misunderstood("too_many_channels", name)
        seat = self._seats[name] = Seat(self, name, stream_id, self._actor)
        try:
            await self._hub.join(seat, since)
        except TasklyError as refused:
            self._leave(seat)
            raise Misunderstood(refused.code, name) from refused
        seat.is_joined = True
        if seat.lost:
            seat.resync(self._hub.position(seat))
        if kind == BOARD:
            self._appear(seat, None, editing=False)
            self._hub.presence.greet(stream_id)

    def _appear(self, seat: Seat, card_id: UUID | None, *, editing: bool) -> None:
        if self._actor.user_id is not None:
            self._hub.presence.put(
                seat.stream_id, seat, self._actor.user_id, card_id, editing=editing
            )

    def _leave(self, seat: Seat) -> None:
        if self._seats.pop(seat.name, None) is not None:
            self._hub.leave(seat)
            self._hub.presence.leave(seat.stream_id, seat)

    async def _next(self) -> dict[str, Any]:
        said = await self._receive()
        if said["type"] == "websocket.disconnect":
            raise Left
        self._unanswered = 0
        text: str | bytes = said.get("text") or said.get("bytes") or b""
        raw = text.encode() if isinstance(text, str) else text
        if len(raw) > LARGEST_MESSAGE:
            self.end(1009, "message too large")
        self._spend(1)
        try:
            message = orjson.loads(raw)
        except orjson.JSONDecodeError as error:
            raise Misunderstood("malformed_json") from error
        if not isinstance(message, dict) or not isinstance(message.get("type"), str):
            raise Misunderstood("bad_message")
        return message

    def _spend(self, cost: float) -> None:
        moment = self._loop.time()
        earned = (moment - self._allowance_at) * SAID_PER_S
        self._allowance = min(MOST_SAID, self._allowance + earned) - cost
        self._allowance_at = moment
        if self._allowance < 0:
            self.end(1008, "too many messages")

    async def _act(self, message: dict[str, Any]) -> None:
        kind = message["type"]
        if kind == "pong":
            return
        if kind == "ping":
            self.outbox.put(PONG)
        elif kind == "focus":
            self._focus(message)
        elif kind == "auth":
            await self._authenticate_again(message)
        elif kind == "subscribe" and self.has_many:
            since = message.get("since")
            await self._take_seat(_channel(message), since if since is None else as_seq(since))
        elif kind == "unsubscribe" and self.has_many:
            self._leave(self._seat_of(message))
        else:
            raise Misunderstood("unknown_type")

    async def _authenticate_again(self, message: dict[str, Any]) -> None:
        """Go on with a fresh token of the same person before the old one expires."""
        try:
            await self._authenticate(message)
        except Unauthenticated:
            self.end(4401, "token missing, invalid or expired")
        except Busy as busy:
            raise Misunderstood("busy") from busy

    def _seat_of(self, message: dict[str, Any]) -> Seat:
        if not self.has_many:
            if self._seats:
                return next(iter(self._seats.values()))
            raise Misunderstood("not_found")
        name = _channel(message)
        kind, _, subject = name.partition(":")
        seat_id = _uuid(subject)
        found = self._seats.get(f"{kind}:{seat_id}" if seat_id else name)
        if found is None:
            raise Misunderstood("not_found", name)
        return found

    def _focus(self, message: dict[str, Any]) -> None:
        seat = self._seat_of(message)
        card_id, editing = message.get("card_id"), message.get("editing", False)
        focused = None if card_id is None else _uuid(card_id)
        if not isinstance(editing, bool) or (card_id is not None and focused is None):
            raise Misunderstood("bad_message")
        self._appear(seat, focused, editing=editing and focused is not None)

    def _say(self, message: dict[str, str]) -> None:
        self.outbox.put(text_message(orjson.dumps(message).decode()))

    def _ping_later(self) -> None:
        self._next_ping = self._loop.call_later(self._hub.timing.ping, self._ping)

    def _ping(self) -> None:
        if self._unanswered >= MISSED_PONGS:
            self.end(1011, "keepalive ping timeout")
            return
        self._unanswered += 1
        self.outbox.put(PING)
        self._ping_later()

    def _too_slow(self) -> list[Message]:
        moment = self._loop.time()
        before, self._was_slow_at = self._was_slow_at, moment
        if before is not None and moment - before < self._hub.timing.calm:
            self.end(4008, "too slow")
            return []
        instead: list[Message] = []
        for seat in self._seats.values():
            if not seat.is_joined:
                seat.lost = True
                continue
            seq = self._hub.position(seat)
            instead.append(seat.worded(f'"type":"resync","seq":{seq}'))
            if seat.told:
                seat.told = ""
                self._hub.presence.greet(seat.stream_id)
        return instead

    def _give_up(self) -> None:
        self._gave_up = True
        if self._task is not None:
            self._task.cancel()

    def _clear(self) -> None:
        for timer in (self._expiry, self._next_ping, self._giving_up):
            if timer is not None:
                timer.cancel()
        for seat in list(self._seats.values()):
            self._leave(seat)
        self._hub.discard(self)
        self.outbox.abandon()


def as_seq(value: object) -> int:
    """A seq that a client gave; what is none is before everything, so that the client resyncs."""
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 16:
        return int(value)
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else -1


def _channel(message: dict[str, Any]) -> str:
    name = message.get("channel")
    if not isinstance(name, str) or len(name) > 64:
        raise Misunderstood("bad_message")
    return name


def _uuid(value: object) -> UUID | None:
    try:
        return UUID(value) if isinstance(value, str) else None
    except ValueError:
        return None
