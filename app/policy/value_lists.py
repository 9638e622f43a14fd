"""Lists of values: own assets that are never to be shared, public services that are never to be believed.

Values are compared by what they mean: addresses by networks, hosts by the domains they lie under, hashes and other
texts without regard to letter case.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network, ip_network
from urllib.parse import urlsplit

from app.stix.patterns.observables import Observable

Network = IPv4Network | IPv6Network


@dataclass(frozen=True, slots=True)
class ValueList:
    """One list. `domains` stand for themselves and for all below them; all texts are as `normalised` gives them."""

    name: str
    title: str
    networks: tuple[Network, ...] = ()
    domains: frozenset[str] = frozenset()
    hashes: frozenset[str] = frozenset()
    values: frozenset[str] = frozenset()

    def first_of(self, observables: Iterable[Observable]) -> str | None:
        """The first of these values, as it was written, that the list holds; None where it holds none."""
        ordered = sorted(observables, key=lambda each: (each.value, each.kind))
        return next((each.value for each in ordered if self._holds(each)), None)

    def _holds(self, observable: Observable) -> bool:
        text = normalised(observable.value)
        if text in self.values or text in self.hashes:
            return True
        match observable.kind:
            case "ipv4-addr" | "ipv6-addr" | "domain-name":
                return self._holds_host(observable.value)
            case "url":
                return self._holds_host(_host_of(observable.value))
            case "email-addr":
                return self._holds_host(observable.value.rpartition("@")[2])
            case _:
                return False

    def _holds_host(self, host: str) -> bool:
        network = network_of(host)
        if network is not None:
            return any(each.version == network.version and each.overlaps(network) for each in self.networks)
        labels = domain_of(host).split(".")
        return any(".".join(labels[place:]) in self.domains for place in range(len(labels)))


def network_of(text: str) -> Network | None:
    """An address or a network in CIDR form; an IPv4 address that is written as IPv6 is that IPv4 address."""
    try:
        network = ip_network(text.strip().strip("[]"), strict=False)
    except ValueError:
        return None
    mapped = network.network_address.ipv4_mapped if isinstance(network, IPv6Network) else None
    return ip_network((mapped, network.prefixlen - 96), strict=False) if mapped and network.prefixlen >= 96 else network


def domain_of(text: str) -> str:
    """A domain name as it is compared: in small letters, in the form of the DNS, without the last dot."""
    name = normalised(text).rstrip(".")
    try:
        return name.encode("idna").decode("ascii")
    except UnicodeError:
        return name


def normalised(text: str) -> str:
    """Any other text as it is compared."""
    return text.strip().casefold()


def _host_of(url: str) -> str:
    try:
        return urlsplit(url.strip()).hostname or ""
    except ValueError:
        return ""
