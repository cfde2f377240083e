"""However an inner address is written, and whoever names it, the client does not get there."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from taskly.kernel.address_policy import AddressPolicy
from taskly.kernel.outbound_client import Ask, NotAllowed, NotReached, fetch
from taskly.kernel.outbound_proxy import OutboundProxy

HOSTS = [
    "0.0.0.0",  # noqa: S104 (to be refused, not to be bound)
    "127.0.0.1", "localhost", "LOCALHOST", "localhost.", "127.1", "127.0.1", "2130706433",
    "0x7f000001", "0x7f.0.0.1", "0177.0.0.1", "017700000001", "0", "127.0.0.1.",
    "127.000.000.001", "①②⑦.⓪.⓪.①", "127。0。0。1", "127%2E0%2E0%2E1", "%31%32%37.0.0.1",
    "[::1]", "[0:0:0:0:0:0:0:1]", "[::]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]",
    "[::ffff:0:127.0.0.1]", "[::127.0.0.1]", "[64:ff9b::127.0.0.1]", "[64:ff9b::7f00:1]",
    "[64:ff9b:1::7f00:1]", "[2002:7f00:1::]", "[2001:0:7f00:1::]", "[fe80::1]", "[fe80::1%25lo]",
    "[::1%25lo]", "10.0.0.1", "169.254.169.254", "192.168.0.1", "172.16.0.1", "100.64.0.1",
    "user@127.0.0.1", "8.8.8.8@127.0.0.1",
    "127.0.0.1\t", "127.0.0.1 ", "224.0.0.1", "255.255.255.255",
]  # fmt: skip
OTHER = [
    "https://127.0.0.1:{port}/", "file:///etc/passwd", "file://127.0.0.1:{port}/x",
    "ftp://127.0.0.1:{port}/", "gopher://127.0.0.1:{port}/", "dict://127.0.0.1:{port}/",
    "//127.0.0.1:{port}/", "HTTP://127.0.0.1:{port}/", "data:text/plain,hi", "unix:///tmp/x",
]  # fmt: skip


@pytest.fixture
async def canary() -> AsyncIterator[tuple[int, list[int]]]:
    """A port on both loopback addresses, and a mark for each connection to it."""
    connections: list[int] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        connections.append(1)
        writer.close()

    async with await asyncio.start_server(serve, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        async with await asyncio.start_server(serve, "::1", port):
            yield port, connections


@pytest.fixture
def proxy() -> Iterator[str]:
    running = OutboundProxy(AddressPolicy(["127.0.0.2/32"]))
    running.start()
    yield running.address
    running.stop()


@pytest.mark.parametrize("url", [*(f"http://{host}:{{port}}/" for host in HOSTS), *OTHER])
async def test_no_way_to_write_an_inner_address_reaches_it(
    canary: tuple[int, list[int]], proxy: str, tmp_path: Path, url: str
) -> None:
    port, connections = canary
    target = url.format(port=port)

    async def send_there(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        place = f"Location: {target}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
        writer.write(f"HTTP/1.1 302 Found\r\n{place}".encode())
        await writer.drain()
        writer.close()

    async with await asyncio.start_server(send_there, "127.0.0.2", 0) as server:
        redirecting = f"http://127.0.0.2:{server.sockets[0].getsockname()[1]}/"
        for asked in (target, redirecting):
            ask = Ask("GET", asked, redirects=1, within_s=5)
            # A redirect to what is relative, or to nowhere, ends where it began.
            with contextlib.suppress(NotAllowed, NotReached):
                answer = await asyncio.to_thread(fetch, proxy, ask, tmp_path / "a", lambda _: None)
                assert answer.url.startswith(redirecting)
                assert answer.status == 302

    assert connections == []
