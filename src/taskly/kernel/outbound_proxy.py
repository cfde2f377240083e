"""The filtering proxy through which the processes of jobs reach other hosts.

Programs such as ffmpeg look up and connect by themselves, and follow what a page tells them. Whatever
they ask for comes here, is looked up here, and only the very address that was judged is connected to.
"""

import asyncio
import base64
import contextlib
import hmac
import secrets
import socket
import threading
import weakref
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from urllib.parse import urlsplit

from taskly.kernel.address_policy import AddressPolicy
from taskly.kernel.log import get_logger

log = get_logger(__name__)

LARGEST_HEAD = 64 * 1024
HEAD_S = 15.0
CONNECT_S = 15.0
QUIET_S = 300.0
MOST_AT_ONCE = 256
READ_AT_ONCE = 64 * 1024
STARTED_S = 10.0
REFUSED = "Address not allowed"
BAD_ADDRESS = "Bad address"
NO_NAME = "Name not found"
NO_WAY = "Not reachable"
"""Reason phrases by which a caller knows that it was this proxy that said no."""
DROPPED = frozenset({"proxy-authorization", "proxy-connection", "connection", "keep-alive"})


LookUp = Callable[[str, int], Awaitable[list[str]]]


async def addresses_of(host: str, port: int) -> list[str]:
    """What a name stands for now, as the system looks it up."""
    loop = asyncio.get_running_loop()
    found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


class Refused(Exception):
    """An answer of the proxy's own."""

    def __init__(self, status: int, reason: str) -> None:
        super().__init__(reason)
        self.status = status
        self.reason = reason


@dataclass
class Request:
    """The head of a request to the proxy."""

    method: str
    target: str
    version: str
    headers: list[tuple[str, str]]

    def header(self, name: str) -> str:
        """The value of a header; empty where there is none."""
        return next((value for key, value in self.headers if key.lower() == name), "")


class OutboundProxy:
    """Listens on the loopback interface in a thread of its own, for callers that know its password."""

    def __init__(self, policy: AddressPolicy, look_up: LookUp | None = None) -> None:
        self._policy = policy
        self._look_up = look_up or addresses_of
        self._password = secrets.token_urlsafe(24)
        self._writers: weakref.WeakSet[asyncio.StreamWriter] = weakref.WeakSet()
        self._port = 0
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stop: asyncio.Event | None = None
        self._ready = threading.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._serve()), daemon=True)
        self._connections: set[asyncio.Task[None]] = set()

    @property
    def address(self) -> str:
        """Where it listens, with its password."""
        return f"http://job:{self._password}@127.0.0.1:{self._port}"

    def start(self) -> None:
        """Begin to listen; returns when it does."""
        self._thread.start()
        if not self._ready.wait(STARTED_S):
            raise TimeoutError("the outbound proxy did not start")

    def stop(self) -> None:
        """Stop listening and cut what is open."""
        if self._loop is not None and self._stop is not None:
            with contextlib.suppress(RuntimeError):  # the loop has ended already
                self._loop.call_soon_threadsafe(self._stop.set)
            self._thread.join(STARTED_S)

    async def _serve(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._stop = asyncio.Event()
        server = await asyncio.start_server(
            self._accept, "127.0.0.1", 0, limit=LARGEST_HEAD, backlog=MOST_AT_ONCE
        )
        self._port = server.sockets[0].getsockname()[1]
        self._ready.set()
        async with server:
            await self._stop.wait()
        for task in list(self._connections):
            task.cancel()
        await asyncio.gather(*self._connections, return_exceptions=True)
        for writer in list(self._writers):
            # Nobody waits for what the other side has not read.
            writer.transport.abort()
        await asyncio.sleep(0)

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._connections.add(task)
        self._writers.add(writer)
        try:
            await self._answer(reader, writer)
        except Refused as refused:
            await _say_no(writer, refused)
        except (OSError, TimeoutError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            log.debug("outbound_connection_ended")
        finally:
            self._connections.discard(task)
            writer.close()

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if len(self._connections) > MOST_AT_ONCE:
            raise Refused(503, "Too many connections")
        async with asyncio.timeout(HEAD_S):
            request = _parse(await reader.readuntil(b"\r\n\r\n"))
        self._authenticate(request)
        if request.method == "CONNECT":
            host, port = _host_and_port("//" + request.target, 443)
            upstream = await self._connect(host, port)
            writer.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
        else:
            if not request.target.lower().startswith("http://"):
                raise Refused(400, "Only http addresses and CONNECT")
            host, port = _host_and_port(request.target, 80)
            upstream = await self._connect(host, port)
            upstream[1].write(_to_origin(request, host, port))
        await _relay((reader, writer), upstream)

    def _authenticate(self, request: Request) -> None:
        scheme, _, given = request.header("proxy-authorization").partition(" ")
        expected = base64.b64encode(f"job:{self._password}".encode()).decode()
        if scheme.lower() != "basic" or not hmac.compare_digest(given.strip(), expected):
            raise Refused(407, "Proxy Authentication Required")

    async def _connect(
        self, host: str, port: int
    ) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        try:
            async with asyncio.timeout(CONNECT_S):
                addresses = await self._look_up(host, port)
        except (OSError, UnicodeError, TimeoutError) as error:
            raise Refused(502, NO_NAME) from error
        if not all(self._policy.permits(address, port) for address in addresses):
            log.warning("outbound_refused", host=host, port=port)
            raise Refused(403, REFUSED)
        for address in addresses:
            with contextlib.suppress(OSError, TimeoutError):
                async with asyncio.timeout(CONNECT_S):
                    upstream = await asyncio.open_connection(address, port)
                self._writers.add(upstream[1])
                return upstream
        raise Refused(502, NO_WAY)


def _parse(head: bytes) -> Request:
    try:
        first, *rest = head.decode("latin-1").split("\r\n")[:-2]
        method, target, version = first.split(" ")
        pairs = [line.split(":", 1) for line in rest]
        headers = [(name, value.strip()) for name, value in pairs]
    except ValueError as error:
        raise Refused(400, "Bad request") from error
    return Request(method.upper(), target, version, headers)


def _host_and_port(target: str, default: int) -> tuple[str, int]:
    try:
        parts = urlsplit(target)
        host, port = parts.hostname, parts.port or default
    except ValueError as error:
        raise Refused(400, BAD_ADDRESS) from error
    if not host or "\0" in host:
        raise Refused(400, BAD_ADDRESS)
    return host, port


def _to_origin(request: Request, host: str, port: int) -> bytes:
    parts = urlsplit(request.target)
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    shown = f"[{host}]" if ":" in host else host
    kept = [
        f"{name}: {value}"
        for name, value in request.headers
        if name.lower() not in DROPPED and name.lower() != "host"
    ]
    named = shown if port == 80 else f"{shown}:{port}"
    # Each request gets a connection of its own: the next one may be for another host.
    lines = [f"{request.method} {path} HTTP/1.1", f"Host: {named}", *kept, "Connection: close"]
    return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")


async def _relay(
    one: tuple[asyncio.StreamReader, asyncio.StreamWriter],
    other: tuple[asyncio.StreamReader, asyncio.StreamWriter],
) -> None:
    ways = [
        asyncio.create_task(_pump(one[0], other[1], other[1].write_eof)),
        asyncio.create_task(_pump(other[0], one[1])),
    ]
    try:
        await ways[1]
    finally:
        for way in ways:
            way.cancel()
        await asyncio.gather(*ways, return_exceptions=True)
        other[1].close()


async def _pump(
    source: asyncio.StreamReader,
    target: asyncio.StreamWriter,
    end: Callable[[], None] | None = None,
) -> None:
    while True:
        async with asyncio.timeout(QUIET_S):
            data = await source.read(READ_AT_ONCE)
        if not data:
            break
        target.write(data)
        await target.drain()
    if end is not None:
        end()


async def _say_no(writer: asyncio.StreamWriter, refused: Refused) -> None:
    extra = 'Proxy-Authenticate: Basic realm="job"\r\n' if refused.status == 407 else ""
    head = f"HTTP/1.1 {refused.status} {refused.reason}\r\n{extra}"
    with contextlib.suppress(OSError):
        writer.write(f"{head}Content-Length: 0\r\nConnection: close\r\n\r\n".encode())
        await writer.drain()
