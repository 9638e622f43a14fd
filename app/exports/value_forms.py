"""What a form that holds values has to say of itself, and what several of them share."""

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from app.exports.formats import Order
from app.exports.told import Told
from app.stix.observables import Observable
from app.stix.observables.urls import Url, url_of

HASHES = frozenset({"MD5", "SHA-1", "SHA-224", "SHA-256", "SHA-384", "SHA-512"})


@dataclass(frozen=True, slots=True)
class ValueForm:
    """`kinds` None: any kind. `takes` says whether a value can be written as what it is, `write` writes those that
    can, in order.

    `media_types` are those of further files, by their names. `for_people`: no machine acts on it, so that it also holds
    what nobody may act on.
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


def asked_for(value: Observable) -> Url | None:
    """What a request for a URL names: neither the user nor what stands behind `#` is sent. None for what is no URL."""
    url = url_of(value.value) if value.kind == "url" else None
    return None if url is None else url._replace(user="", rest=url.rest.partition("#")[0])


def line_of(value: Observable, *, scheme: bool) -> str:
    """The value as a line of a list has it, and of a URL what is asked for, with its scheme or without."""
    url = asked_for(value)
    if url is None:
        return value.value
    return str(url if scheme else url._replace(scheme=""))
