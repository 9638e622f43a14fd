"""What covers each of thousands of values: all their keys at once, and which of the keys that were found cover which.

An address lies in 33 networks, or 129, and those of thousands of addresses are the same in large part. So networks stay
whole numbers, each is made once for all values, and becomes text only for the index. Nothing here rests on what the
index holds: how many keys are asked for is the caller's own doing.
"""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from functools import cache

from app.stix.observables.coverage import Cover, cover_of
from app.stix.observables.forms import NO_ADDRESS, IndexKey
from app.stix.observables.hosts import Prefix, keys_form
from app.stix.observables.texts import folded
from app.stix.patterns import Observable

Bits = tuple[int, int]
"""How many bits an address has, and how many of them a prefix."""


class CoverageOfMany:
    """What covers each of these values, each of which may mean several, in their normal forms."""

    def __init__(self, values: Sequence[Sequence[Observable]]) -> None:
        fold = cache(folded)  # a text may be of many kinds
        self._covers = [[cover_of(each, fold) for each in meant] for meant in values]

    def keys(self) -> Mapping[str, set[str]]:
        """The keys under which something that covers one of the values may stand, by kind: those of `covering`."""
        covers = [cover for meant in self._covers for cover in meant]
        keys: dict[str, set[str]] = defaultdict(set)
        for cover in covers:
            for kind, key in (cover.own, *cover.above):
                keys[kind].add(key)
        for (bits, length), prefixes in _prefixes(covers).items():
            shift, form = bits - length, keys_form(bits, length)
            keys[_KINDS[bits]].update([form % (prefix << shift) for prefix in prefixes])
        return keys

    def found(self, keys: Collection[IndexKey]) -> Iterator[Mapping[IndexKey, bool]]:
        """For each value in turn, those of these keys that cover it, and whether they are its own."""
        there = keys if isinstance(keys, set | dict) else set(keys)
        networks = _networks(there)
        for meant in self._covers:
            found: dict[IndexKey, bool] = {}
            for cover in meant:
                found.update((key, found.get(key, False)) for key in cover.above if key in there)
                if cover.network is not None:
                    found.update((key, found.get(key, False)) for key in _holding(cover.network, networks))
                if cover.own in there:
                    found[cover.own] = True
            yield found


_KINDS = {32: "ipv4-addr", 128: "ipv6-addr"}


def _prefixes(covers: Sequence[Cover]) -> Mapping[Bits, set[int]]:
    """The networks that hold one of these, by the length of their prefix: the bits of the prefix as a number."""
    given: dict[Bits, set[int]] = defaultdict(set)
    for bits, first, length in {cover.network for cover in covers if cover.network is not None}:
        given[bits, length].add(first >> bits - length)
    for bits in {bits for bits, _ in given}:
        for length in range(bits, 0, -1):
            given[bits, length - 1].update([prefix >> 1 for prefix in given[bits, length]])
    return given


def _networks(keys: Collection[IndexKey]) -> Mapping[Bits, Mapping[int, IndexKey]]:
    """Those of these keys that are networks, by the length and the bits of their prefix."""
    found: dict[Bits, dict[int, IndexKey]] = defaultdict(dict)
    for bits, kind in _KINDS.items():
        for key in keys:
            if key.kind == kind and not key.key.startswith(NO_ADDRESS):
                first, _, length = key.key.partition("/")
                found[bits, int(length)][int(first, 16) >> bits - int(length)] = key
    return found


def _holding(network: Prefix, networks: Mapping[Bits, Mapping[int, IndexKey]]) -> Iterator[IndexKey]:
    for (bits, length), by_prefix in networks.items():
        if bits == network.bits and length <= network.length:
            key = by_prefix.get(network.first >> bits - length)
            if key is not None:
                yield key
