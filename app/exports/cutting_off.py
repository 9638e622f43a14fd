"""What no machine may act on, whoever says so: it would cut off people whom nobody meant, or its own reader.

A mistake in one indicator, or malice, is enough for such a value; and a firewall that blocks it blocks the office.
"""

from collections.abc import Iterable
from ipaddress import ip_network
from typing import Final

from app.stix.observables import Observable
from app.stix.observables.hosts import Prefix, is_public_suffix, prefix_of
from app.stix.observables.kinds import HOSTS
from app.stix.observables.urls import url_of

_WILDCARDS: Final = ("*", "^")
"""What firewalls take for any label or any part of a path."""

_SHORTEST_PREFIXES: Final = {"ipv4-addr": 8, "ipv6-addr": 16}
"""No registry gives anybody more than that; two halves of all addresses are all of them."""

_LOCAL_NAMES: Final = ("localhost", "localhost.localdomain")


def _ranges(*networks: str) -> tuple[tuple[int, int, int], ...]:
    """Each network as how many bits an address has, and its first and its last address."""
    parsed = map(ip_network, networks)
    return tuple((each.max_prefixlen, int(each.network_address), int(each.broadcast_address)) for each in parsed)


# ipaddress calls the networks of examples private, too: cutting off those harms nobody
_OF_EVERY_HOST: Final = _ranges(
    *("0.0.0.0/8", "127.0.0.0/8", "169.254.0.0/16", "224.0.0.0/4", "240.0.0.0/4"),
    *("::/96", "::ffff:0:0/96", "64:ff9b::/96", "64:ff9b:1::/48", "fe80::/10", "ff00::/8"),
)
"""Unspecified, loopback, link-local, multicast, reserved and broadcast; and what stands for IPv4 in IPv6, as NAT64."""

_PRIVATE: Final = _ranges(*("10.0.0.0/8", "100.64.0.0/10", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7", "fec0::/10"))
"""RFC 1918, RFC 6598, RFC 4193, and RFC 3879 for those who have it still."""


def cuts_off(value: Observable, *, private: bool) -> bool:
    """Whether acting on the value would stop what nobody meant: most of all addresses, what every host has, all names
    of a registry, or whatever a wildcard in a host, a URL or an address of mail covers; and private networks, unless
    `private` says that they are wanted. A network does so if any part of it does, and a URL if its host does.
    """
    if value.kind not in (*HOSTS, "url", "email-addr"):
        return False
    url = url_of(value.value) if value.kind == "url" else None
    host = value.value if url is None else url.host
    prefix = prefix_of(host) if value.kind != "email-addr" else None
    if prefix is not None and (_is_too_wide(prefix) or _meets(prefix, _OF_EVERY_HOST)):
        return True
    if prefix is not None and not private and _meets(prefix, _PRIVATE):
        return True
    return any(sign in value.value for sign in _WILDCARDS) or _is_everybodys(host)


def _is_too_wide(prefix: Prefix) -> bool:
    return prefix.length < _SHORTEST_PREFIXES[prefix.kind]


def _meets(prefix: Prefix, ranges: Iterable[tuple[int, int, int]]) -> bool:
    first, last = prefix.first, prefix.first | (1 << prefix.bits - prefix.length) - 1
    return any(prefix.bits == bits and first <= end and begin <= last for bits, begin, end in ranges)


def _is_everybodys(name: str) -> bool:
    return is_public_suffix(name) or any(name == each or name.endswith(f".{each}") for each in _LOCAL_NAMES)
