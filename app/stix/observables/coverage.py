"""What covers a value, and what lies in it, as keys of the index."""

from collections.abc import Iterator
from dataclasses import dataclass

from app.stix.observables.forms import IndexKey, key_of, normal
from app.stix.observables.hosts import is_name, keys_above, name_key, names_to_registrable, network_key, network_of
from app.stix.observables.kinds import ATTACK, HOSTS
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


def covering(kind: str, value: str) -> tuple[IndexKey, ...]:
    """The keys under which something that covers the value may stand, the value's own key first; each once.

    * an address or a network: itself, and every network that holds all of it (33 or 129 keys at the most),
    * a domain name: itself and its parents, down to the one that can be registered,
    * a URL: itself (also with or without `http://` and `https://` where it has none), its host, and what covers that,
    * an e-mail address: itself, its domain, and what covers that,
    * an ATT&CK sub-technique: itself and its technique,
    * anything else: itself.
    """
    return tuple(dict.fromkeys(_covering(kind, value)))


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


def _covering(kind: str, value: str) -> Iterator[IndexKey]:
    form = normal(kind, value)
    yield key_of(form)
    if form.kind in HOSTS:
        yield from _above(form.value)
    elif form.kind == "url":
        url = url_of(form.value)
        if url is not None:
            yield from (key_of(Observable("url", str(each))) for each in schemes_beside(url))
            yield from _above(url.host)
    elif form.kind == "email-addr":
        parts = email_of(form.value)
        if parts is not None:
            yield from _above(parts[1])
    elif form.kind == ATTACK:
        yield key_of(Observable(ATTACK, form.value.partition(".")[0]))


def _above(host: str) -> Iterator[IndexKey]:
    network = network_of(host)
    if network is not None:
        kind = f"ipv{network.version}-addr"
        yield from (IndexKey(kind, key) for key in keys_above(network))
    else:
        yield from (key_of(Observable("domain-name", each)) for each in names_to_registrable(host))
