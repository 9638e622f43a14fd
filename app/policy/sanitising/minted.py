"""Ids that are made of a value, so that whoever knows the value knows the id.

Those of SCOs are the standard's (STIX 2.1 section 2.9). OpenCTI makes ids of other objects alike: of their names in
lower case, in the same namespace, for some types with what kind of a thing is named.
"""

import re
from collections.abc import Iterator, Mapping, Set
from types import MappingProxyType
from typing import Any, Final
from uuid import uuid5

from app.stix.canonical_json import canonical_json
from app.stix.identifiers import CONTRIBUTING_PROPERTIES, SCO_NAMESPACE, sco_id

_HASHES_BY_LENGTH: Final = {32: ("MD5",), 40: ("SHA-1",), 64: ("SHA-256",), 128: ("SHA-512",)}
_KINDS: Final[Mapping[str, tuple[str, tuple[str, ...]]]] = MappingProxyType(
    {
        "identity": (
            "identity_class",
            ("individual", "group", "system", "organization", "class", "unknown", "unspecified"),
        ),
        "location": ("x_opencti_location_type", ("Region", "Country", "City", "Administrative-Area", "Position")),
        "threat-actor": ("opencti_type", ("Threat-Actor-Group", "Threat-Actor-Individual")),
    }
)
"""By type, the property that goes into such an id beside the name, and its values."""

_OF_PATTERNS: Final = "indicator"
_NUMBER: Final = re.compile("[0-9]{1,10}")
"""The number of an AS is one of 32 bits."""

MINTED_TYPES: Final = frozenset({*CONTRIBUTING_PROPERTIES, *_KINDS, _OF_PATTERNS})
"""The types whose ids are made in ways of their own."""


def how_many(types: Set[str]) -> int:
    """How many UUIDs `uuids_made_of` makes of a value for these types at most."""
    return (
        1
        + sum(len(CONTRIBUTING_PROPERTIES[each]) for each in types & CONTRIBUTING_PROPERTIES.keys())
        + (sum(len(_KINDS[each][1]) for each in types & _KINDS.keys()) + (_OF_PATTERNS in types))
    )


def uuids_made_of(value: str, types: Set[str]) -> Iterator[str]:
    """The UUIDs, for these of the `MINTED_TYPES` and all others, that are made of this value and of no other text."""
    for object_type in types & CONTRIBUTING_PROPERTIES.keys():
        yield from _of_sco(value, object_type)
    for content in _of_named(value, types):
        yield str(uuid5(SCO_NAMESPACE, canonical_json(content)))


def _of_sco(value: str, object_type: str) -> Iterator[str]:
    """Those of SCOs that have the value as their one contributing property."""
    for name in CONTRIBUTING_PROPERTIES[object_type]:
        for said in _as_property(name, value):
            identifier = sco_id({"type": object_type, name: said})
            if identifier is not None:
                yield identifier.removeprefix(f"{object_type}--")


def _as_property(name: str, value: str) -> Iterator[Any]:
    """What the property holds if it is of this value; nothing where it can't be."""
    if name == "hashes":
        yield from ({algorithm: value} for algorithm in _HASHES_BY_LENGTH.get(len(value), ()))
    elif name != "number":
        yield value
    elif _NUMBER.fullmatch(value):
        yield int(value)


def _of_named(value: str, types: Set[str]) -> Iterator[Mapping[str, str]]:
    """What OpenCTI makes ids of, for what is so called or has this pattern."""
    named = {"name": value.lower().strip()}
    yield named
    for object_type in types & _KINDS.keys():
        further, kinds = _KINDS[object_type]
        yield from ({**named, further: kind} for kind in kinds)
    if _OF_PATTERNS in types:
        yield {"pattern": value.strip()}
