"""What covers each of thousands of values: all their keys at once, and which of the keys that were found cover which.

An address lies in 33 networks, or 129, and those of thousands of addresses are the same in large part. So networks stay
whole numbers, each is made once for all values, and becomes text only for the index. Nothing here rests on what the
index holds: how many keys are asked for is the caller's own doing.
"""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence

from app.stix.observables.coverage import Cover, cover_of
from app.stix.observables.forms import NO_ADDRESS, IndexKey
from app.stix.observables.hosts import Network
from app.stix.patterns import Observable

Bits = tuple[int, int]
"""The version of the protocol, and the length of a prefix."""


class CoverageOfMany:
    """What covers each of these values, each of which may mean several, in their normal forms."""

    def __init__(self, values: Sequence[Sequence[Observable]]) -> None:
        self._covers = [[cover_of(each) for each in meant] for meant in values]

    def keys(self) -> Mapping[str, set[str]]:
        """The keys under which something that covers one of the values may stand, by kind: those of `covering`."""
        covers = [cover for meant in self._covers for cover in meant]
        keys: dict[str, set[str]] = defaultdict(set)
        for cover in covers:
            for kind, key in (cover.own, *cover.above):
                keys[kind].add(key)
        for (version, length), prefixes in _prefixes(covers).items():
            bits = _BITS[version]
            shift, form = bits - length, f"%0{bits // 4}x/{length:0{len(str(bits))}}"
            keys[f"ipv{version}-addr"].update([form % (prefix << shift) for prefix in prefixes])
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


_BITS = {4: 32, 6: 128}


def _prefixes(covers: Sequence[Cover]) -> Mapping[Bits, set[int]]:
    """The networks that hold one of these, by the length of their prefix: the bits of the prefix as a number."""
    given: dict[Bits, set[int]] = defaultdict(set)
    for network in {cover.network for cover in covers if cover.network is not None}:
        shift = network.max_prefixlen - network.prefixlen
        given[network.version, network.prefixlen].add(int(network.network_address) >> shift)
    for version in {version for version, _ in given}:
        for length in range(_BITS[version], 0, -1):
            given[version, length - 1].update({prefix >> 1 for prefix in given[version, length]})
    return given


def _networks(keys: Collection[IndexKey]) -> Mapping[Bits, Mapping[int, IndexKey]]:
    """Those of these keys that are networks, by the length and the bits of their prefix."""
    found: dict[Bits, dict[int, IndexKey]] = defaultdict(dict)
    for version, bits in _BITS.items():
        kind = f"ipv{version}-addr"
        for key in keys:
            if key.kind == kind and not key.key.startswith(NO_ADDRESS):
                first, _, length = key.key.partition("/")
                found[version, int(length)][int(first, 16) >> bits - int(length)] = key
    return found


def _holding(network: Network, networks: Mapping[Bits, Mapping[int, IndexKey]]) -> Iterator[IndexKey]:
    first, bits = int(network.network_address), network.max_prefixlen
    for (version, length), by_prefix in networks.items():
        if version == network.version and length <= network.prefixlen:
            key = by_prefix.get(first >> bits - length)
            if key is not None:
                yield key
