"""Nothing inside the network is reached on people's behalf, whatever way it is written."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field

import httpx
import pytest

from taskly.kernel.address_policy import AddressPolicy
from taskly.kernel.outbound_proxy import OutboundProxy

INSIDE = [
    "0.0.0.0",  # noqa: S104 (to be refused, not to be bound)
    "10.0.0.1", "100.64.0.1", "127.0.0.1", "127.8.8.8", "169.254.169.254", "172.16.0.1",
    "192.0.0.1", "192.0.2.1", "192.168.1.1", "198.18.0.1", "198.51.100.7", "203.0.113.9",
    "224.0.0.1", "240.0.0.1", "255.255.255.255", "::", "::1", "::127.0.0.1", "::ffff:10.0.0.1",
    "::ffff:127.0.0.1", "::ffff:0:127.0.0.1", "64:ff9b::7f00:1", "64:ff9b::a00:1",
    "64:ff9b:1::7f00:1", "64:ff9b:1::808:808", "100::1", "2001:0:7f00:1::", "2001:db8::1",
    "2001:0:808:808:0:0:80ff:fffe", "2002:7f00:1::", "2002:a00:1::1", "2002:c0a8:101::", "fc00::1",
    "fd12:3456::1", "fe80::1", "fe80::1%eth0", "fec0::1", "ff02::1",
]  # fmt: skip
PUBLIC = ["8.8.8.8", "93.184.216.34", "2606:2800:220:1::1", "64:ff9b::808:808", "2002:808:808::1"]


@pytest.mark.parametrize("address", INSIDE)
def test_address_that_leads_inside_is_refused(address: str) -> None:
    assert not AddressPolicy().permits(address, 80)


@pytest.mark.parametrize("address", PUBLIC)
def test_public_address_is_permitted(address: str) -> None:
    assert AddressPolicy().permits(address, 80)


def test_operator_allows_networks_and_single_ports() -> None:
    policy = AddressPolicy(["10.1.0.0/16", "127.0.0.1:8080", "[::1]:80"])

    assert policy.permits("10.1.2.3", 5432)
    assert policy.permits("127.0.0.1", 8080)
    assert policy.permits("::1", 80)
    assert not policy.permits("10.2.0.1", 5432)
    assert not policy.permits("127.0.0.1", 8081)
    assert not policy.permits("::ffff:127.0.0.1", 8080)


@dataclass
class Listener:
    """A server that answers whatever comes, and counts who has connected."""

    port: int = 0
    connections: int = 0
    heads: list[str] = field(default_factory=list)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        self.heads.append((await reader.readuntil(b"\r\n\r\n")).decode())
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nhi")
        await writer.drain()
        writer.close()


@pytest.fixture
async def allowed() -> AsyncIterator[Listener]:
    listener = Listener()
    async with await asyncio.start_server(listener.serve, "127.0.0.1", 0) as server:
        listener.port = server.sockets[0].getsockname()[1]
        yield listener


@pytest.fixture
async def canary() -> AsyncIterator[Listener]:
    """Listens on both loopback addresses; nothing may ever connect to it."""
    listener = Listener()
    async with await asyncio.start_server(listener.serve, "127.0.0.1", 0) as server:
        listener.port = server.sockets[0].getsockname()[1]
        async with await asyncio.start_server(listener.serve, "::1", listener.port):
            yield listener


@pytest.fixture
def proxy(allowed: Listener) -> Iterator[OutboundProxy]:
    running = OutboundProxy(AddressPolicy([f"127.0.0.1:{allowed.port}"]))
    running.start()
    yield running
    running.stop()


async def test_request_goes_through_to_where_it_may_go(
    proxy: OutboundProxy, allowed: Listener
) -> None:
    async with httpx.AsyncClient(proxy=proxy.address, trust_env=False) as client:
        answer = await client.get(f"http://127.0.0.1:{allowed.port}/a?b=c")

    assert answer.text == "hi"
    assert allowed.heads[0].startswith("GET /a?b=c HTTP/1.1\r\n")
    assert "proxy-authorization" not in allowed.heads[0].lower()


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1", "localhost", "127.1", "2130706433", "0x7f000001", "0177.0.0.1", "0",
        "[::1]", "[::ffff:127.0.0.1]", "[::127.0.0.1]", "[64:ff9b::7f00:1]", "LOCALHOST.",
        "127.0.0.1.", "①②⑦.⓪.⓪.①",
    ],
)  # fmt: skip
@pytest.mark.parametrize("scheme", ["http", "https"])
async def test_no_spelling_of_an_inner_host_opens_a_connection(
    proxy: OutboundProxy, canary: Listener, host: str, scheme: str
) -> None:
    status = await asked_for(proxy, canary.port, host, tunnel=scheme == "https")

    assert status in {400, 403, 502}
    assert canary.connections == 0


async def asked_for(proxy: OutboundProxy, port: int, host: str, *, tunnel: bool) -> int:
    """The proxy's own status for a host, written exactly like this."""
    address = httpx.URL(proxy.address)
    reader, writer = await asyncio.open_connection(address.host, address.port)
    given = httpx.BasicAuth(address.username, address.password)._auth_header
    target = f"{host}:{port}" if tunnel else f"http://{host}:{port}/"
    method = "CONNECT" if tunnel else "GET"
    head = f"{method} {target} HTTP/1.1\r\nHost: x\r\nProxy-Authorization: {given}\r\n\r\n"
    writer.write(head.encode())
    status = (await reader.readline()).decode().split(" ")[1]
    writer.close()
    return int(status)


@pytest.mark.parametrize(
    ("target", "status"),
    [
        ("file:///etc/passwd", 400),
        ("ftp://example.com/", 400),
        ("/relative", 400),
        ("http:///nothing", 400),
        ("http://x:99999/", 400),
    ],
)
async def test_what_is_no_address_is_refused(
    proxy: OutboundProxy, target: str, status: int
) -> None:
    address = httpx.URL(proxy.address)
    reader, writer = await asyncio.open_connection(address.host, address.port)
    given = httpx.BasicAuth(address.username, address.password)._auth_header
    writer.write(f"GET {target} HTTP/1.1\r\nProxy-Authorization: {given}\r\n\r\n".encode())

    assert int((await reader.readline()).split()[1]) == status
    writer.close()


async def test_nobody_without_the_password_is_served(
    proxy: OutboundProxy, allowed: Listener
) -> None:
    port = httpx.URL(proxy.address).port
    for known in ("", "job:guess@"):
        async with httpx.AsyncClient(
            proxy=f"http://{known}127.0.0.1:{port}", trust_env=False
        ) as client:
            answer = await client.get(f"http://127.0.0.1:{allowed.port}/")
        assert answer.status_code == 407
    assert allowed.connections == 0


async def test_name_that_changes_its_meaning_leads_nowhere_else(
    allowed: Listener, canary: Listener
) -> None:
    asked: list[str] = []

    async def look_up(host: str, port: int) -> list[str]:
        asked.append(host)
        return ["127.0.0.1"] if port == allowed.port else ["8.8.8.8", "127.0.0.1"]

    rebinding = OutboundProxy(AddressPolicy([f"127.0.0.1:{allowed.port}"]), look_up)
    rebinding.start()
    try:
        good = await asked_for(rebinding, allowed.port, "name.test", tunnel=False)
        bad = await asked_for(rebinding, canary.port, "name.test", tunnel=True)
    finally:
        rebinding.stop()

    assert (good, bad) == (200, 403)
    # Looked up once for each request: what was judged is what is connected to.
    assert asked == ["name.test", "name.test"]
    assert canary.connections == 0
