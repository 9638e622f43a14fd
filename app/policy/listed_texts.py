"""Whether LIKE or MATCHES asks for what a list holds: what it spells out, and each value of the list that it fits.

What the values of a list are tried on is bounded. Where that does not suffice, or a regular expression is none that RE2
reads, `NotDecided` is raised: then the list has its own answer.
"""

from collections.abc import Collection, Iterator
from itertools import chain
from typing import Final

from app.stix.matching import NotDecided, Steps
from app.stix.matching.texts import TextTest, like
from app.stix.observables import MIXED_UP, kinds_meant
from app.stix.observables.hosts import Network
from app.stix.observables.mentioned import TextAsked
from app.stix.observables.texts import folded, is_hash_kind
from app.stix.patterns.syntax import ComparisonOperator

__all__ = ["ADDRESSES_MAX", "STEPS_MAX", "NotDecided", "Steps", "fits_any", "texts_of"]

STEPS_MAX: Final = 200_000
"""Steps for one object and one list: about one for each value that an expression is tried on."""

ADDRESSES_MAX: Final = 256
"""Addresses of one network that are tried; of a larger one, the first half of them and the last."""


def fits_any(asked: TextAsked, texts: Iterator[str], steps: Steps) -> bool:
    """Whether one of these texts, in small letters, is what is asked for; where there is none, whatever is asked.

    Raises NotDecided.
    """
    first = next(texts, None)
    if first is None:
        return False
    if asked.operator is ComparisonOperator.LIKE:
        tests = [like(folded(asked.text), steps)]
    else:
        tests = [TextTest(asked.text, steps), TextTest(f"(?i){asked.text}", steps)]
    return any(test.holds(text) for text in chain([first], texts) for test in tests)


def texts_of(
    kind: str, networks: Collection[Network], domains: Collection[str], others: Collection[str]
) -> Iterator[str]:
    """What a list with these holds, as values of this kind are written."""
    if kind in MIXED_UP:
        for host in chain(domains, *map(_addresses, networks)):
            yield from _written(kind, host)
    for text in others:
        if _may_be(kind, set(kinds_meant(text))):
            yield text


def _written(kind: str, host: str) -> Iterator[str]:
    yield host
    if kind == "url":
        within = f"[{host}]" if ":" in host else host
        yield from (f"http://{within}/", f"https://{within}/")
    elif kind == "email-addr":
        yield f"a@{host}"


def _may_be(kind: str, meant: Collection[str]) -> bool:
    """Whether a text that is meant as one of these kinds may be written where one of this kind stands."""
    if kind in MIXED_UP:
        return not MIXED_UP.isdisjoint(meant)
    return kind in meant or (is_hash_kind(kind) and any(map(is_hash_kind, meant)))


def _addresses(network: Network) -> Iterator[str]:
    count, half = network.num_addresses, ADDRESSES_MAX // 2
    places = chain(range(min(half, count)), range(max(half, count - half), count))
    return (str(network[place]) for place in places)
