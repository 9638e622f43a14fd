"""Query parameters of the TAXII endpoints (TAXII 2.1 section 3.4) as values.

* Different fields are ANDed, the comma-separated values of one field are ORed.
* A parameter occurs at most once, and only where its endpoint offers it.
* Without `match[version]` a page holds the last version of each object; `versions` has no such filter and lists all,
  and a withdrawal without it means all versions.
* `match[version]` mixes `first`, `last` and STIX timestamps, none of them twice; `all` stands alone.
* An unknown `match[...]` field and any other unknown parameter are ignored when reading: more is sent than was asked
  for, nothing is missed. In a withdrawal they are refused: more would be taken back than was asked for.
* Values hold no blanks and no control characters, names and values are case-sensitive.

What comes in are decoded pairs; what is not of its form raises MalformedRequest with a sentence that says so.
"""

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Final, TypeVar

from app.errors import MalformedRequest
from app.stix.timestamps import version_key
from app.taxii.timestamps import parse_added_after

LIMIT_MAX: Final = 2**53 - 1
"""The largest integer of I-JSON. A larger `limit` means the same: as much as the server gives."""

_UNFIT: Final = re.compile(r"[\s\x00-\x1f\x7f\ud800-\udfff]")
_SPEC_VERSION: Final = re.compile(r"[0-9]{1,9}\.[0-9]{1,9}")
_DIGITS: Final = re.compile(r"[0-9]+")
_MATCH_FIELD: Final = re.compile(r"match\[([^\[\]]+)\]")

Value = TypeVar("Value")


class Endpoint(StrEnum):
    """The four endpoints that answer in pages."""

    OBJECTS = "objects"
    MANIFEST = "manifest"
    OBJECT = "object"
    VERSIONS = "versions"


@dataclass(frozen=True, slots=True)
class MatchFilter:
    """What `match[...]` asks for. None means that the field does not narrow anything.

    `all` excludes `first`, `last` and `versions`; without it at least one of those three selects something.
    `versions` holds version keys (app.stix.timestamps), so that equal instants are equal whatever their text.
    """

    ids: frozenset[str] | None = None
    types: frozenset[str] | None = None
    spec_versions: frozenset[str] | None = None
    first: bool = False
    last: bool = False
    all: bool = False
    versions: frozenset[str] = field(default_factory=frozenset)

    def canonical(self) -> bytes:
        """The same bytes for equal filters; `from_canonical` reads them back."""
        fields = {
            "ids": self.ids,
            "types": self.types,
            "spec_versions": self.spec_versions,
            "versions": self.versions or None,
            "keywords": [word for word in ("all", "first", "last") if getattr(self, word)],
        }
        present = {name: sorted(values) for name, values in fields.items() if values is not None}
        return json.dumps(present, separators=(",", ":"), ensure_ascii=False).encode()

    @classmethod
    def from_canonical(cls, canonical: bytes) -> "MatchFilter":
        """The filter that these bytes were made of."""
        fields: dict[str, list[str]] = json.loads(canonical)
        keywords = fields.get("keywords", [])
        return cls(
            ids=_set_or_none(fields.get("ids")),
            types=_set_or_none(fields.get("types")),
            spec_versions=_set_or_none(fields.get("spec_versions")),
            first="first" in keywords,
            last="last" in keywords,
            all="all" in keywords,
            versions=frozenset(fields.get("versions", [])),
        )


LAST_VERSIONS: Final = MatchFilter(last=True)
ALL_VERSIONS: Final = MatchFilter(all=True)


@dataclass(frozen=True, slots=True)
class PageRequest:
    """One request for a page. `added_after` is in milliseconds; `names` are the match fields that the request named."""

    filter: MatchFilter
    added_after: int | None = None
    limit: int | None = None
    next: str | None = None
    names: frozenset[str] = frozenset()


_WHOLE_LOG: Final = PageRequest(LAST_VERSIONS)
_WHOLE_LIST: Final = PageRequest(ALL_VERSIONS)


def parse_page_request(pairs: Sequence[tuple[str, str]], endpoint: Endpoint) -> PageRequest:
    """What a GET of one of the four page endpoints asks for."""
    by_default = _WHOLE_LIST if endpoint is Endpoint.VERSIONS else _WHOLE_LOG
    if not pairs:
        return by_default
    given, _ = _sorted_out(pairs)
    _require_offered(given, _OFFERED[endpoint])
    asked = {name: _PAGE_PARSERS[name](text) for name, text in given.items() if name in _PAGE_PARSERS}
    return PageRequest(
        filter=_match_filter(given, by_default.filter),
        added_after=asked.get("added_after"),
        limit=asked.get("limit"),
        next=given.get("next") or None,  # an empty one is read as absent: a client sends it on its first page
        names=frozenset(name for name in given if name in _MATCH_PARSERS),
    )


def parse_withdrawal(pairs: Sequence[tuple[str, str]]) -> MatchFilter:
    """Which versions a DELETE means: all of them, unless it names some."""
    if not pairs:
        return ALL_VERSIONS
    given, unknown = _sorted_out(pairs)
    if unknown:
        raise MalformedRequest("DELETE takes match[version] and match[spec_version] alone; nothing was deleted.")
    _require_offered(given, _OFFERED_TO_WITHDRAW)
    return _match_filter(given, ALL_VERSIONS)


def _sorted_out(pairs: Sequence[tuple[str, str]]) -> tuple[dict[str, str], list[str]]:
    """The parameters of the standard by name, and the names of all others."""
    given: dict[str, str] = {}
    unknown: list[str] = []
    for name, text in pairs:
        if name in _TAXII_PARAMETERS:
            if name in given:
                raise MalformedRequest(f"{name} occurs more than once.")
            given[name] = text
        elif (name == "match" or name.startswith("match[")) and not _MATCH_FIELD.fullmatch(name):
            raise MalformedRequest("A filter is written match[field]=value.")
        else:
            unknown.append(name)
    return given, unknown


def _require_offered(given: Mapping[str, str], offered: frozenset[str]) -> None:
    for name in given:
        if name not in offered:
            raise MalformedRequest(f"This endpoint does not take {name}.")


def _match_filter(given: Mapping[str, str], by_default: MatchFilter) -> MatchFilter:
    """The filter of these parameters; what they leave out about versions is as in `by_default`."""
    fields: dict[str, Any] = {}
    for name, text in given.items():
        if name in _MATCH_PARSERS:
            fields.update(_MATCH_PARSERS[name](_values(name, text)))
    if "match[version]" not in given:
        fields.update(all=by_default.all, last=by_default.last)
    return MatchFilter(**fields) if fields else by_default


def _values(name: str, text: str) -> list[str]:
    """The members of a comma-separated list."""
    values = text.split(",")
    if not all(values):
        raise MalformedRequest(f"{name} has an empty value.")
    if _UNFIT.search(text):
        raise MalformedRequest(f"{name} holds a blank or a control character; a list is separated by commas alone.")
    return values


def _spec_versions(values: Sequence[str]) -> Mapping[str, Any]:
    if not all(map(_SPEC_VERSION.fullmatch, values)):
        raise MalformedRequest("match[spec_version] takes values such as 2.1.")
    return {"spec_versions": frozenset(values)}


def _versions(values: Sequence[str]) -> Mapping[str, Any]:
    """The keywords and the version keys of `match[version]`."""
    if "all" in values and len(values) > 1:
        raise MalformedRequest("In match[version], all stands alone.")
    keywords = {value for value in values if value in _KEYWORDS}
    keys: set[str] = set()
    for value in values:
        if value not in _KEYWORDS:
            try:
                keys.add(version_key(value))
            except ValueError:
                message = "match[version] takes first, last, all and timestamps such as 2026-01-02T03:04:05.123Z."
                raise MalformedRequest(message) from None
    if len(keywords) + len(keys) < len(values):
        raise MalformedRequest("match[version] names a version twice.")
    return {**dict.fromkeys(keywords, True), "versions": frozenset(keys)}


def _added_after(text: str) -> int:
    try:
        return parse_added_after(text)
    except ValueError:
        message = "added_after takes one timestamp such as 2026-01-02T03:04:05.123456Z (a + is written %2B)."
        raise MalformedRequest(message) from None


def _limit(text: str) -> int:
    if not _DIGITS.fullmatch(text) or not text.strip("0"):
        raise MalformedRequest("limit takes an integer above zero.")
    digits = text.lstrip("0")
    return min(int(digits), LIMIT_MAX) if len(digits) < 20 else LIMIT_MAX


def _set_or_none(values: Sequence[Value] | None) -> frozenset[Value] | None:
    return None if values is None else frozenset(values)


_KEYWORDS: Final = frozenset({"first", "last", "all"})
_MATCH_PARSERS: Final[Mapping[str, Callable[[Sequence[str]], Mapping[str, Any]]]] = {
    "match[id]": lambda values: {"ids": frozenset(values)},
    "match[type]": lambda values: {"types": frozenset(values)},
    "match[version]": _versions,
    "match[spec_version]": _spec_versions,
}
_PAGE_PARSERS: Final[Mapping[str, Callable[[str], int]]] = {"added_after": _added_after, "limit": _limit}
_PAGING: Final = frozenset({"added_after", "limit", "next"})
_TAXII_PARAMETERS: Final = _PAGING | frozenset(_MATCH_PARSERS)
_OFFERED_TO_WITHDRAW: Final = frozenset({"match[version]", "match[spec_version]"})
_OFFERED: Final[Mapping[Endpoint, frozenset[str]]] = {
    Endpoint.OBJECTS: _TAXII_PARAMETERS,
    Endpoint.MANIFEST: _TAXII_PARAMETERS,
    Endpoint.OBJECT: _PAGING | {"match[version]", "match[spec_version]"},
    Endpoint.VERSIONS: _PAGING | {"match[spec_version]"},
}
