"""What a form that holds values has to say of itself, and what several of them share."""

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from app.exports.formats import Order
from app.exports.told import Told
from app.stix.observables import Observable
from app.stix.observables.hosts import is_public_suffix, prefix_of
from app.stix.observables.kinds import HOSTS
from app.stix.observables.urls import url_of

SHORTEST_PREFIXES: Final[Mapping[str, int]] = {"ipv4-addr": 8, "ipv6-addr": 16}
"""No registry gives anybody more than that; two halves of all addresses are all of them."""

_WILDCARDS: Final = ("*", "^")
"""What firewalls take for any label or any part of a path."""

HASHES = frozenset({"MD5", "SHA-1", "SHA-224", "SHA-256", "SHA-384", "SHA-512"})


@dataclass(frozen=True, slots=True)
class ValueForm:
    """`kinds` None: any kind. `takes` says whether a value can be written as what it is, `write` writes those that
    can, in order.

    `media_types` are those of further files, by their names. `for_people`: no machine acts on it, so that it also holds
    what is too wide to act on.
    """

    media_type: str
    kinds: frozenset[str] | None
    takes: Callable[[Told], bool]
    write: Callable[[Sequence[Told], Order], str]
    media_types: Mapping[str, str] = field(default_factory=dict)
    for_people: bool = False


def once(told: Iterable[Told], as_what: Callable[[Told], Hashable]) -> Iterable[Told]:
    """The first of all that would be written as the same."""
    first: dict[Hashable, Told] = {}
    for each in told:
        first.setdefault(as_what(each), each)
    return first.values()


def is_one_word(value: Observable) -> bool:
    """Whether the value is all signs that show, without a blank: then it can't end a line or begin a remark."""
    text = value.value
    return text.isprintable() and not any(sign.isspace() for sign in text) and not text.startswith("#")


def is_too_wide(value: Observable) -> bool:
    """Whether acting on the value would stop what nobody meant: most of all addresses, all names of a registry, or
    whatever a wildcard in a host, a URL or an address of mail covers.
    """
    prefix = prefix_of(value.value) if value.kind in SHORTEST_PREFIXES else None
    if prefix is not None:
        return prefix.length < SHORTEST_PREFIXES[prefix.kind]
    if value.kind not in (*HOSTS, "url", "email-addr"):
        return False
    url = url_of(value.value) if value.kind == "url" else None
    host = value.value if url is None else url.host
    return any(sign in value.value for sign in _WILDCARDS) or is_public_suffix(host)


def without_scheme(value: Observable) -> str:
    """The value, of a URL what follows `://`."""
    scheme, slashes, rest = value.value.partition("://")
    return rest if value.kind == "url" and slashes and scheme.isalnum() else value.value
