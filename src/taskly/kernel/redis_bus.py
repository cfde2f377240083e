"""The bus between processes: Redis pub/sub, with honesty about what it may have lost."""

import asyncio
import contextlib
import random
from collections import deque
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING
from uuid import uuid4

from taskly.kernel.bus import Listener, Listeners
from taskly.kernel.log import get_logger

if TYPE_CHECKING:
    from redis.asyncio.connection import AbstractConnection

log = get_logger(__name__)

PREFIX = "taskly:"
DOUBT = "doubt"
MOST_WAITING_BYTES = 32 * 2**20
MOST_AT_ONCE = 200
PING_EVERY_S = 0.8
SILENCE_S = 2.5
CALL_S = 3.0
SHORTEST_PAUSE_S = 0.05
LONGEST_PAUSE_S = 2.0
FIRST_CONNECT_S = 2.0


class RedisBus:
    """Delivers to listeners here at once and to other processes through Redis.

    Messages wait in a bounded queue while Redis is away, and are sent again when it is not known
    whether they arrived: listeners may hear one twice. When some had to be dropped, every process
    is told to doubt what it knows. Pub/sub promises nothing, so `trusted` is true only while the
    subscription answers pings and nothing waits for a lost connection.
    """

    def __init__(self, url: str, most_waiting_bytes: int = MOST_WAITING_BYTES) -> None:
        # Redis is an extra: a single process works without the package.
        from redis.asyncio.connection import ConnectionPool  # noqa: PLC0415
        from redis.asyncio.retry import Retry  # noqa: PLC0415
        from redis.backoff import NoBackoff  # noqa: PLC0415
        from redis.exceptions import RedisError  # noqa: PLC0415

        # No silent retries: a reconnect that nobody hears of would hide what was missed meanwhile.
        self._pool = ConnectionPool.from_url(
            url,
            protocol=2,
            retry=Retry(NoBackoff(), 0),
            socket_timeout=CALL_S,
            socket_connect_timeout=CALL_S,
            health_check_interval=0,
        )
        self._failures: tuple[type[Exception], ...] = (RedisError, OSError, TimeoutError)
        self._me = uuid4().bytes
        self._listeners = Listeners()
        self._doubters: list[Callable[[], None]] = []
        self._waiting: deque[tuple[str, bytes]] = deque()
        self._waiting_bytes = 0
        self._most_waiting_bytes = most_waiting_bytes
        self._dropped = False
        self._wake = asyncio.Event()
        self._all_sent = asyncio.Event()
        self._all_sent.set()
        self._topics_grew = asyncio.Event()
        self._became_trusted = asyncio.Event()
        self._receiving = False
        self._sending = False
        self._tasks: list[asyncio.Task[None]] = []

    @property
    def trusted(self) -> bool:
        """True while every message published anywhere reaches this process."""
        return self._receiving and self._sending

    def listen(self, topic: str, listener: Listener) -> None:
        """Call `listener` with each message of a topic."""
        if self._listeners.add(topic, listener) and self._tasks:
            self._note(receiving=False)
            self._topics_grew.set()

    def on_distrust(self, callback: Callable[[], None]) -> None:
        """Call back when messages begin to get lost, and again just before trust returns."""
        self._doubters.append(callback)

    def publish(self, topic: str, message: bytes) -> None:
        """Send to all listeners of a topic; never blocks and never raises."""
        self._listeners.deliver(topic, message)
        self._waiting.append((PREFIX + topic, self._me + message))
        self._waiting_bytes += len(message)
        if self._waiting_bytes > self._most_waiting_bytes:
            self._drop_oldest()
        self._all_sent.clear()
        self._wake.set()

    async def start(self) -> None:
        """Begin to deliver; waits a moment for Redis, and goes on without it where it is away."""
        self._tasks = [
            asyncio.create_task(self._keep(self._receive), name="bus-receive"),
            asyncio.create_task(self._keep(self._send), name="bus-send"),
        ]
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(FIRST_CONNECT_S):
                await self._became_trusted.wait()

    async def stop(self) -> None:
        """Send what still waits, if Redis takes it soon, and let go of connections."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(1.0 if self.trusted else 0):
                await self._all_sent.wait()
        await _cancelled(*self._tasks)
        self._tasks = []

    def _drop_oldest(self) -> None:
        while self._waiting_bytes > self._most_waiting_bytes // 2 and self._waiting:
            _, lost = self._waiting.popleft()
            self._waiting_bytes -= len(lost) - len(self._me)
        if not self._dropped:
            self._dropped = True
            log.warning("bus_messages_dropped")
        self._note(sending=False)

    def _note(self, *, receiving: bool | None = None, sending: bool | None = None) -> None:
        before = self.trusted
        receives = self._receiving if receiving is None else receiving
        sends = self._sending if sending is None else sending
        if before and not (receives and sends):
            self._receiving, self._sending = receives, sends
            self._became_trusted.clear()
            log.warning("bus_not_trusted")
            self._doubt()
        elif not before and receives and sends:
            self._doubt()
            self._receiving, self._sending = receives, sends
            self._became_trusted.set()
            log.info("bus_trusted")
        else:
            self._receiving, self._sending = receives, sends

    def _doubt(self) -> None:
        for callback in self._doubters:
            callback()

    async def _keep(self, work: Callable[["AbstractConnection"], Awaitable[None]]) -> None:
        """Do `work` on a connection, and on a new one each time that it is lost."""
        clock = asyncio.get_running_loop().time
        pause = SHORTEST_PAUSE_S
        while True:
            began = clock()
            connection = self._pool.make_connection()  # type: ignore[no-untyped-call]
            try:
                async with asyncio.timeout(CALL_S):
                    await connection.connect()
                await work(connection)
            except self._failures as error:
                log.warning("bus_connection_lost", error=str(error) or type(error).__name__)
            except Exception:
                log.exception("bus_failed")
            finally:
                await connection.disconnect(nowait=True)
            if clock() - began > CALL_S:
                pause = SHORTEST_PAUSE_S
            await asyncio.sleep(pause * random.uniform(0.5, 1))  # noqa: S311 (jitter)
            pause = min(pause * 2, LONGEST_PAUSE_S)

    async def _receive(self, connection: "AbstractConnection") -> None:
        subscribed: set[bytes] = set()
        pings = asyncio.create_task(self._subscribe_and_ping(connection), name="bus-ping")
        doubt = (PREFIX + DOUBT).encode()
        try:
            while True:
                # A pong is due before this time is up; silence means that the server hangs.
                answer = await connection.read_response(timeout=SILENCE_S)
                if answer is None:
                    raise TimeoutError("no pong")
                kind, channel, *rest = answer
                if kind == b"message":
                    sender, message = rest[0][: len(self._me)], rest[0][len(self._me) :]
                    if sender == self._me:
                        continue
                    if channel == doubt:
                        self._doubt()
                    else:
                        self._listeners.deliver(channel[len(PREFIX) :].decode(), message)
                elif kind == b"subscribe":
                    subscribed.add(channel)
                    if subscribed >= {topic.encode() for topic in self._channels()}:
                        self._note(receiving=True)
        finally:
            self._note(receiving=False)
            await _cancelled(pings)

    def _channels(self) -> list[str]:
        return [PREFIX + topic for topic in (DOUBT, *self._listeners.topics())]

    async def _subscribe_and_ping(self, connection: "AbstractConnection") -> None:
        # What fails here is seen by the reader of the same connection, which ends it.
        with contextlib.suppress(*self._failures):
            while True:
                self._topics_grew.clear()
                await connection.send_command("SUBSCRIBE", *self._channels())
                while not self._topics_grew.is_set():
                    await connection.send_command("PING")
                    with contextlib.suppress(TimeoutError):
                        async with asyncio.timeout(PING_EVERY_S):
                            await self._topics_grew.wait()

    async def _send(self, connection: "AbstractConnection") -> None:
        try:
            while True:
                if self._dropped:
                    await self._publish_now(connection, [(PREFIX + DOUBT, self._me)])
                    self._dropped = False
                self._wake.clear()
                while self._waiting and not self._dropped:
                    await self._send_some(connection)
                if not self._dropped:
                    self._note(sending=True)
                    self._all_sent.set()
                    await self._wake.wait()
        finally:
            self._note(sending=False)

    async def _send_some(self, connection: "AbstractConnection") -> None:
        count = min(len(self._waiting), MOST_AT_ONCE)
        batch = [self._waiting.popleft() for _ in range(count)]
        try:
            await self._publish_now(connection, batch)
        except BaseException:
            self._waiting.extendleft(reversed(batch))
            raise
        self._waiting_bytes -= sum(len(message) - len(self._me) for _, message in batch)

    async def _publish_now(
        self, connection: "AbstractConnection", batch: list[tuple[str, bytes]]
    ) -> None:
        commands = [("PUBLISH", channel, message) for channel, message in batch]
        async with asyncio.timeout(CALL_S):
            await connection.send_packed_command(connection.pack_commands(commands))
            for _ in commands:
                await connection.read_response()


async def _cancelled(*tasks: asyncio.Task[None]) -> None:
    """End tasks. One cancellation may not do: Python 3.11's `wait_for` can swallow it."""
    pending = set(tasks)
    while pending:
        for task in pending:
            task.cancel()
        _, pending = await asyncio.wait(pending, timeout=0.2)
