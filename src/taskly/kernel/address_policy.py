"""Which addresses requests on people's behalf may reach: public ones, and what the operator allows."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from ipaddress import (
    IPv4Address,
    IPv4Network,
    IPv6Address,
    IPv6Network,
    ip_address,
    ip_network,
)

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

# Forms of IPv6 that carry an IPv4 address, and the bits behind it.
CARRIERS = (
    (IPv6Network("::ffff:0:0/96"), 0),
    (IPv6Network("::ffff:0:0:0/96"), 0),
    (IPv6Network("64:ff9b::/96"), 0),
    (IPv6Network("64:ff9b:1::/48"), 0),
    (IPv6Network("::/96"), 0),
    (IPv6Network("2002::/16"), 80),
)
TEREDO = IPv6Network("2001::/32")
LOCAL_NAT64 = IPv6Network("64:ff9b:1::/48")


@dataclass(frozen=True)
class Allowance:
    """A network that the operator allows, at one port or at all of them."""

    network: Network
    port: int | None

    @classmethod
    def parse(cls, text: str) -> "Allowance":
        """`10.0.0.0/8`, `127.0.0.1:8080` or `[::1]:80`. Raises `ValueError`."""
        if "/" in text:
            return cls(ip_network(text), None)
        host, colon, port = text.rpartition(":")
        if colon and (host.startswith("[") or ":" not in host):
            return cls(ip_network(host.strip("[]")), int(port))
        return cls(ip_network(text.strip("[]")), None)


class AddressPolicy:
    """Judges the address that is connected to, never the name that it was looked up under."""

    def __init__(self, allowed: Iterable[str] = ()) -> None:
        self._allowed = [Allowance.parse(text) for text in allowed]

    def permits(self, address: str, port: int) -> bool:
        """True for a public address, or one that is allowed; every address inside another counts."""
        asked = ip_address(address.partition("%")[0])
        if any(self._is_allowed(asked, port)):
            return True
        return all(_is_public(inner) for inner in _unfolded(asked))

    def _is_allowed(self, asked: Address, port: int) -> Iterator[bool]:
        for allowance in self._allowed:
            same_family = asked.version == allowance.network.version
            yield (same_family and asked in allowance.network and allowance.port in {None, port})


def _is_public(address: Address) -> bool:
    inner = address.is_multicast or address.is_reserved
    if isinstance(address, IPv6Address):
        inner = inner or address.is_site_local
    return address.is_global and not inner


def _unfolded(address: Address) -> Iterator[Address]:
    """The address itself, unless it only stands for others: then those."""
    if isinstance(address, IPv4Address):
        yield address
        return
    if address in LOCAL_NAT64:
        # Its mapping is the network operator's own: it may lead anywhere.
        yield IPv4Address("0.0.0.0")  # noqa: S104 (the address that is never public)
    carried = False
    for network, bits in CARRIERS:
        if address in network:
            carried = True
            yield IPv4Address(int(address) >> bits & 0xFFFFFFFF)
    if address in TEREDO:
        carried = True
        yield IPv4Address(int(address) >> 64 & 0xFFFFFFFF)
        yield IPv4Address(~int(address) & 0xFFFFFFFF)
    if not carried:
        yield address
