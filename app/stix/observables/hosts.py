"""Addresses, networks and domain names: reading them, writing them, and what lies above them."""

import re
from functools import cache
from ipaddress import IPv4Network, IPv6Network, ip_network
from typing import NamedTuple

import idna
from publicsuffixlist import PublicSuffixList

from app.stix.observables.texts import folded
from app.stix.unicode_forms import in_form

Network = IPv4Network | IPv6Network
IPV4_BITS = 32


class Prefix(NamedTuple):
    """A network as numbers: how many bits an address has, the first address, and how many bits its addresses share."""

    bits: int
    first: int
    length: int

    @property
    def kind(self) -> str:
        """The kind of values that it is of."""
        return "ipv4-addr" if self.bits == IPV4_BITS else "ipv6-addr"


_PORT = re.compile(r"(\[[^\]]*\]|[^:\[\]]+):[0-9]{1,5}")
_DIGITS_AND_DOTS = re.compile(r"[0-9]{1,3}(?:\.[0-9]{1,3}){3}(?:/[0-9.]{1,15})?")
_OCTET = r"(?:25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])"
_IPV4 = re.compile(rf"{_OCTET}(?:\.{_OCTET}){{3}}")
_ZONE = re.compile(r"%[^/]*")
_LABEL = r"[\w*](?:[\w-]{0,61}\w)?"
_NAME = re.compile(rf"{_LABEL}(?:\.{_LABEL})*")
_PLAIN_NAME = re.compile(r"[a-z0-9_-]+(?:\.[a-z0-9_-]+)*")
_MAPPED_BITS = 96
_BEFORE = re.compile(r"(?:\s|\*\.)+")
_BEHIND = "." + "".join(sign for sign in map(chr, range(0x3001)) if sign.isspace())
_LABEL_MAX = 63
_LABELS_MAX = 127
NAMES_ABOVE_MAX = 16
"""Names above one that are taken to cover it: none that anybody uses has as many."""


def network_of(text: str) -> Network | None:
    """The network that a text is; an address is a network of full length. None where it is neither.

    Brackets, a port behind the address and a zone (`fe80::1%eth0`) are left out, and so are bits of the host. What is
    IPv4 written as IPv6 (`::ffff:198.51.100.3`) is IPv4.
    """
    stripped = text.strip()
    if is_ipv4(stripped):
        return IPv4Network((_number(stripped), IPV4_BITS))
    if ":" not in stripped and not stripped.rstrip("[]")[-1:].isdigit():
        return None
    bare = without_port(stripped).strip("[]")
    if ":" not in bare and not _DIGITS_AND_DOTS.fullmatch(bare):
        return None
    try:
        network = ip_network(_ZONE.sub("", bare), strict=False)
    except ValueError:
        return None
    if isinstance(network, IPv6Network) and network.prefixlen >= _MAPPED_BITS:
        mapped = network.network_address.ipv4_mapped
        if mapped is not None:
            return IPv4Network((mapped, network.prefixlen - _MAPPED_BITS))
    return network


def network_text(network: Network) -> str:
    """The network as it is written: an address alone where it is one, else with the length of its prefix."""
    return str(network.network_address if network.prefixlen == network.max_prefixlen else network)


def is_ipv4(text: str) -> bool:
    """Whether a text is one IPv4 address as it is written in its normal form. Most values that are asked for are."""
    return _IPV4.fullmatch(text) is not None


def prefix_of(text: str) -> Prefix | None:
    """The same as `network_of`, as numbers."""
    if is_ipv4(text):
        return Prefix(IPV4_BITS, _number(text), IPV4_BITS)
    network = network_of(text)
    return None if network is None else _prefix(network)


def _number(address: str) -> int:
    return int.from_bytes(map(int, address.split(".")))


def _prefix(network: Network) -> Prefix:
    return Prefix(network.max_prefixlen, int(network.network_address), network.prefixlen)


def network_key(network: Network) -> str:
    """The key of a network: its first address in hexadecimal digits, and the length of its prefix."""
    return prefix_key(_prefix(network))


def prefix_key(prefix: Prefix) -> str:
    """The key of a network."""
    return keys_form(prefix.bits, prefix.length) % prefix.first


def keys_form(bits: int, length: int) -> str:
    """How the first address of a network is written in its key, by the bits of an address and the length."""
    return f"%0{bits // 4}x/{length:0{len(str(bits))}}"


def keys_above(prefix: Prefix) -> list[str]:
    """The keys of every network that holds all of this one, its own first."""
    bits, first, longest = prefix
    return [keys_form(bits, length) % (first >> bits - length << bits - length) for length in range(longest, -1, -1)]


def host_of(text: str) -> Network | str:
    """The network that a text is, or else the domain name in its normal form, of whatever form it may be."""
    plain = _mapped(text.strip())
    network = network_of(plain)
    if network is not None:
        return network
    name = _name_of(plain)
    return network_of(name) or name


def host_text(host: Network | str) -> str:
    """A host as it is written."""
    return host if isinstance(host, str) else network_text(host)


def name_of(text: str) -> str:
    """A domain name in its normal form: in small letters and in the form of the DNS (IDNA 2008, with UTS 46).

    The last dot, a port and a leading `*.` are left out. A label that IDNA can't encode stays in its letters, folded.
    """
    return _name_of(_mapped(text.strip()))


def _mapped(text: str) -> str:
    if text.isascii():
        return text
    try:
        # each sign by itself: the library composes what it maps, however many marks that has, and takes no long text
        mapped = {sign: idna.uts46_remap(sign, std3_rules=False) for sign in {*text}}
    except (idna.IDNAError, UnicodeError):
        return folded(text)
    return in_form("NFC", "".join([mapped[sign] for sign in text]))


def _name_of(mapped: str) -> str:
    if _PLAIN_NAME.fullmatch(mapped):
        return mapped
    return ".".join(map(_label_of, _bare(without_port(_bare(mapped))).split(".")))


def _bare(name: str) -> str:
    before = _BEFORE.match(name)
    return name[before.end() if before else 0 :].rstrip(_BEHIND)


def _label_of(label: str) -> str:
    if label.isascii():
        return label.lower()
    if len(label) > _LABEL_MAX:
        return folded(label)
    try:
        return idna.alabel(label).decode("ascii")
    except (idna.IDNAError, UnicodeError):
        return folded(label)


def is_name(text: str) -> bool:
    """Whether a normal form has the form of a domain name: labels with dots between them, the last no number."""
    return len(text) <= 253 and not text.rpartition(".")[2].isdigit() and _NAME.fullmatch(text) is not None


def name_key(name: str) -> str:
    """The key of a name in its normal form: its labels from the right, each with a dot behind it."""
    return ".".join(reversed(name.split("."))) + "."


def names_above(name: str) -> list[str]:
    """The name in its normal form, and every name that it lies under, to the last label.

    Of a text of more labels than a name has (RFC 1035 section 2.3.4) only so many from the right.
    """
    labels = name.rsplit(".", _LABELS_MAX)[-_LABELS_MAX:]
    return [".".join(labels[place:]) for place in range(len(labels))]


def names_to_registrable(name: str) -> list[str]:
    """The name in its normal form and those above it, down to the one that somebody can register.

    Public suffixes are those of the Public Suffix List, with its private part: whoever has `example.github.io` does not
    speak for `github.io`. A top level that the list does not know is a public suffix. A public suffix is alone.
    Above a name there are at most NAMES_ABOVE_MAX, those nearest to the one that can be registered.
    """
    registrable = _public_suffixes(only_icann=False).privatesuffix(name) if is_name(name) else None
    if registrable is None:
        return [name]
    labels = name.split(".")
    last = len(labels) - registrable.count(".") - 1
    return [name, *(".".join(labels[place:]) for place in range(max(1, last - NAMES_ABOVE_MAX + 1), last + 1))]


def is_public_suffix(name: str) -> bool:
    """Whether a name in its normal form is one that registries sell names below, such as `co.uk`, or a top level that
    nobody knows. `github.io`, of the list's private part, is one company's name.
    """
    return is_name(name) and bool(_public_suffixes(only_icann=True).is_public(name))


def without_port(host: str) -> str:
    """A host without the port behind it; IPv6 has one only behind brackets."""
    match = _PORT.fullmatch(host)
    return match[1] if match else host


@cache
def _public_suffixes(*, only_icann: bool) -> PublicSuffixList:
    return PublicSuffixList(only_icann=only_icann)
