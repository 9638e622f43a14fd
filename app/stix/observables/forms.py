"""The normal form of a value, and the key that it is indexed under."""

from collections.abc import Callable
from hashlib import sha256
from typing import NamedTuple

from app.stix.observables.hosts import host_of, is_ipv4, is_name, name_key, network_key, network_of, network_text
from app.stix.observables.kinds import ATTACK, CVE, HOSTS, kind_named
from app.stix.observables.texts import WRITTEN, folded, hash_of, is_hash_kind
from app.stix.observables.urls import email_of, url_of
from app.stix.patterns import Observable

KEY_BYTES_MAX = 512
"""In UTF-8. A longer key is cut, and ends in its digest: PostgreSQL indexes nothing longer than a third of a page."""

_KEPT_BYTES = KEY_BYTES_MAX - 1 - 64
_EXACT = frozenset({"url", ATTACK, CVE})
# no address begins like this, and it stands behind all of them
NO_ADDRESS = "~"


class IndexKey(NamedTuple):
    """What stands in the index for one value: two values of one key are the same value.

    `key` is compared byte by byte (`COLLATE "C"`), is at most KEY_BYTES_MAX bytes long and holds no U+0000:

    * `ipv4-addr`, `ipv6-addr`: the first address of the network in hexadecimal digits (8 or 32) and the length of its
      prefix (2 or 3 digits), `c6336400/24`; an address is a network of full length, `c6336407/32`,
    * `domain-name`: its labels from the right, each with a dot behind it, `org.example.www.`,
    * anything else: the normal form, and for texts without regard to letter case.
    """

    kind: str
    key: str


def normal(kind: str, value: str) -> Observable:
    """The value in its one normal form, under its kind: `2001:DB8::0` is `2001:db8::`, `Example.ORG.` `example.org`.

    The kind may change: an IPv4 address written as IPv6 is an `ipv4-addr`, and so is a `domain-name` that is one.
    A normal form is its own normal form.
    """
    kind = kind_named(kind) or kind
    text = value.strip()
    if kind in HOSTS:
        return _host(kind, text)
    if kind == "url":
        url = url_of(text)
        return Observable(kind, text if url is None else str(url))
    if kind == "email-addr":
        parts = email_of(text)
        return Observable(kind, text if parts is None else "@".join(parts))
    if is_hash_kind(kind):
        return Observable(kind, hash_of(text, kind))
    write = WRITTEN.get(kind)
    return Observable(kind, text if write is None else write(text))


def index_key(kind: str, value: str) -> IndexKey:
    """The key of a value, whatever way it is written: the key of its normal form."""
    return key_of(normal(kind, value))


def key_of(form: Observable, fold: Callable[[str], str] = folded) -> IndexKey:
    """The key of a value that is in its normal form already. `fold` may remember what it folded."""
    return IndexKey(form.kind, _bounded(_key_text(form, fold)))


def _host(kind: str, text: str) -> Observable:
    if is_ipv4(text):
        return Observable("ipv4-addr", text)
    host = host_of(text)
    if not isinstance(host, str):
        return Observable(f"ipv{host.version}-addr", network_text(host))
    return Observable("domain-name", host) if kind == "domain-name" or is_name(host) else Observable(kind, text)


def _key_text(form: Observable, fold: Callable[[str], str]) -> str:
    if form.kind == "domain-name":
        return name_key(form.value)
    if form.kind in HOSTS:
        network = network_of(form.value)
        return network_key(network) if network is not None else NO_ADDRESS + fold(form.value)
    return form.value if form.kind in _EXACT or is_hash_kind(form.kind) else fold(form.value)


def _bounded(key: str) -> str:
    if len(key) <= KEY_BYTES_MAX and key.isascii() and "\0" not in key:
        return key
    data = key.replace("\0", "�").encode("utf-8", "replace")
    if len(data) > KEY_BYTES_MAX:
        return f"{data[:_KEPT_BYTES].decode('utf-8', 'ignore')}#{sha256(data).hexdigest()}"
    return data.decode("utf-8")
