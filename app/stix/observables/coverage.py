"""What covers a value, and what lies in it, as keys of the index."""

from collections.abc import Callable
from dataclasses import dataclass

from app.stix.observables.forms import IndexKey, key_of, normal
from app.stix.observables.hosts import (
    Prefix,
    is_name,
    keys_above,
    name_key,
    names_to_registrable,
    network_key,
    network_of,
    prefix_key,
    prefix_of,
)
from app.stix.observables.kinds import ATTACK, HOSTS
from app.stix.observables.texts import folded
from app.stix.observables.urls import email_of, schemes_beside, url_of
from app.stix.patterns import Observable

# the sign that stands next to a dot, and to the slash behind the digits of an address
_BEHIND_DOT = "/"
_BEHIND_SLASH = "0"


@dataclass(frozen=True, slots=True)
class KeyRange:
    """All keys of one kind from `first` on and below `end`, compared byte by byte."""

    kind: str
    first: str
    end: str


@dataclass(frozen=True, slots=True)
class Cover:
    """What covers a value: what stands under its own key, under these above it, and every network that holds `network`,
    which is the value's own or its host's.
    """

    own: IndexKey
    above: tuple[IndexKey, ...] = ()
    network: Prefix | None = None


def covering(kind: str, value: str) -> tuple[IndexKey, ...]:
    """The keys under which something that covers the value may stand, the value's own key first; each once.

    * an address or a network: itself, and every network that holds all of it (33 or 129 keys at the most),
    * a domain name: itself and its parents, down to the one that can be registered,
    * a URL: itself (also with or without `http://` and `https://` where it has none), its host, and what covers that,
    * an e-mail address: itself, its domain, and what covers that,
    * an ATT&CK sub-technique: itself and its technique,
    * anything else: itself.
    """
    cover = cover_of(normal(kind, value))
    networks: list[IndexKey] = []
    if cover.network is not None:
        networks = [IndexKey(cover.network.kind, key) for key in keys_above(cover.network)]
    return tuple(dict.fromkeys([cover.own, *cover.above, *networks]))


def cover_of(form: Observable, fold: Callable[[str], str] = folded) -> Cover:
    """What covers a value that is in its normal form; `fold` as in `key_of`."""
    if form.kind in HOSTS:
        return _cover_of_host(form)
    own = key_of(form, fold)
    if form.kind == "url":
        url = url_of(form.value)
        if url is None:
            return Cover(own)
        beside = tuple(key_of(Observable("url", str(each))) for each in schemes_beside(url))
        return _cover(own, beside, url.host)
    if form.kind == "email-addr":
        parts = email_of(form.value)
        return Cover(own) if parts is None else _cover(own, (), parts[1])
    if form.kind == ATTACK:
        return Cover(own, (key_of(Observable(ATTACK, form.value.partition(".")[0])),))
    return Cover(own)


def contained(kind: str, value: str) -> KeyRange | None:
    """The range in which exactly the value and everything of its kind that lies in it stand.

    For a network: networks and addresses in it; for a domain name: the names below it; for an ATT&CK technique: its
    sub-techniques. None for kinds that hold nothing (a single address, a hash …).
    """
    form = normal(kind, value)
    if form.kind == "domain-name" and is_name(form.value):
        key = name_key(form.value)
        return KeyRange(form.kind, key, key[:-1] + _BEHIND_DOT)
    if form.kind == ATTACK and "." not in form.value:
        return KeyRange(form.kind, form.value, form.value + _BEHIND_DOT)
    network = network_of(form.value) if form.kind in HOSTS else None
    if network is None or network.prefixlen == network.max_prefixlen:
        return None
    last = f"{int(network.broadcast_address):0{network.max_prefixlen // 4}x}"
    return KeyRange(form.kind, network_key(network), last + _BEHIND_SLASH)


def _cover_of_host(form: Observable) -> Cover:
    network = None if form.kind == "domain-name" else prefix_of(form.value)
    if network is not None:
        return Cover(IndexKey(form.kind, prefix_key(network)), (), network)
    return Cover(key_of(form), _names_above(form.value))


def _cover(own: IndexKey, above: tuple[IndexKey, ...], host: str) -> Cover:
    network = prefix_of(host)
    return Cover(own, (*above, *_names_above(host))) if network is None else Cover(own, above, network)


def _names_above(host: str) -> tuple[IndexKey, ...]:
    return tuple(key_of(Observable("domain-name", each)) for each in names_to_registrable(host))
