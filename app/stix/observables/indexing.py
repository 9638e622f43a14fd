"""What a STIX object stands in the index under: every value that it names, and every external id that it has."""

from collections.abc import Mapping
from ipaddress import IPv4Network, IPv6Network
from typing import Any

from app.stix.observables.forms import NO_ADDRESS, IndexKey, key_of
from app.stix.observables.hosts import network_text
from app.stix.observables.kinds import ATTACK, CVE, HOSTS
from app.stix.observables.naming import external_ids_in, observables_in
from app.stix.observables.recognising import readings_of
from app.stix.observables.texts import is_hash_kind
from app.stix.patterns import Observable

KEY_CHARS_TOLD = 100
"""A longer key may have been cut."""

_TELLING = HOSTS | {"url", CVE, ATTACK}


def index_keys_in(tree: Mapping[str, Any]) -> frozenset[IndexKey]:
    """The keys of all values that a valid object names."""
    return frozenset(values_in(tree))


def values_in(tree: Mapping[str, Any]) -> Mapping[IndexKey, Observable]:
    """All values that a valid object names, in their normal forms and as their texts read, by their keys."""
    named = [read for each in (*observables_in(tree), *external_ids_in(tree)) for read in readings_of(each)]
    return {key_of(each): each for each in sorted(named, key=lambda one: (one.kind, one.value))}


def value_told_by(key: IndexKey) -> Observable | None:
    """The value in its normal form, where its key tells it: of hosts, URLs, hashes and external ids. Else None."""
    if len(key.key) > KEY_CHARS_TOLD or (key.kind not in _TELLING and not is_hash_kind(key.kind)):
        return None
    if key.kind == "domain-name":
        return Observable(key.kind, ".".join(reversed(key.key.removesuffix(".").split("."))))
    address, slash, length = key.key.partition("/")
    if key.kind not in HOSTS:
        return Observable(key.kind, key.key)
    if not slash or address.startswith(NO_ADDRESS):
        return None
    network = (IPv4Network if key.kind == "ipv4-addr" else IPv6Network)((int(address, 16), int(length)))
    return Observable(key.kind, network_text(network))
