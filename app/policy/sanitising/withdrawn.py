"""The last version of a derivative that is no more: revoked, and empty of what it said.

A version that went out can't be called back. This one says that it no longer holds, and nothing else: no text, no
value and no reference of the versions before it.
"""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any, Final

from app.stix.objects import SpecVersion

_NOBODY: Final = "00000000-0000-4000-8000-000000000000"
"""The UUID of what the references lead to that some types can't be without: nothing has it."""

_TEXT: Final = "withdrawn"
_INSTANT: Final = "1970-01-01T00:00:00Z"
_REFERS: Final[Mapping[str, Any]] = MappingProxyType({"object_refs": [f"identity--{_NOBODY}"]})
_NAMED: Final[Mapping[str, Any]] = MappingProxyType({"name": _TEXT})
_LABELLED: Final[Mapping[str, Any]] = MappingProxyType({"name": _TEXT, "labels": [_TEXT]})
_OBSERVED: Final[Mapping[str, Any]] = MappingProxyType(
    {"first_observed": _INSTANT, "last_observed": _INSTANT, "number_observed": 1}
)
_PATTERN: Final[Mapping[str, Any]] = MappingProxyType(
    {"pattern": f"[x-{_TEXT}:value = '{_TEXT}']", "valid_from": _INSTANT, "valid_until": "1970-01-01T00:00:01Z"}
)
_RELATES: Final[Mapping[str, Any]] = MappingProxyType(
    {
        "relationship_type": "related-to",
        "source_ref": f"identity--{_NOBODY}",
        "target_ref": f"identity--{_NOBODY}",
    }
)
_SIGHTS: Final[Mapping[str, Any]] = MappingProxyType({"sighting_of_ref": f"indicator--{_NOBODY}"})
_REQUIRED: Final[Mapping[SpecVersion, Mapping[str, Mapping[str, Any]]]] = MappingProxyType(
    {
        "2.1": {
            **dict.fromkeys(("attack-pattern", "campaign", "course-of-action", "identity", "incident"), _NAMED),
            **dict.fromkeys(("infrastructure", "intrusion-set", "threat-actor", "tool", "vulnerability"), _NAMED),
            "grouping": {"context": _TEXT, **_REFERS},
            "indicator": {**_PATTERN, "pattern_type": "stix"},
            "location": {"region": _TEXT},
            "malware": {"is_family": False},
            "malware-analysis": {"product": _TEXT, "result": "unknown"},
            "note": {"content": _TEXT, **_REFERS},
            "observed-data": {**_OBSERVED, "object_refs": [f"file--{_NOBODY}"]},
            "opinion": {"opinion": "neutral", **_REFERS},
            "report": {**_NAMED, "published": _INSTANT, **_REFERS},
            "relationship": _RELATES,
            "sighting": _SIGHTS,
        },
        "2.0": {
            **dict.fromkeys(("attack-pattern", "campaign", "course-of-action"), _NAMED),
            **dict.fromkeys(("intrusion-set", "vulnerability"), _NAMED),
            **dict.fromkeys(("malware", "threat-actor", "tool"), _LABELLED),
            "identity": {**_NAMED, "identity_class": "unspecified"},
            "indicator": {**_PATTERN, "labels": [_TEXT]},
            "observed-data": {**_OBSERVED, "objects": {"0": {"type": "mutex", **_NAMED}}},
            "report": {**_LABELLED, "published": _INSTANT, **_REFERS},
            "relationship": _RELATES,
            "sighting": _SIGHTS,
        },
    }
)
"""What a type can't be without, of the properties that are its own; of a custom type nothing is known."""


def withdrawn(object_type: str, spec: SpecVersion, marks: Sequence[str]) -> Mapping[str, Any]:
    """The content of a revoked version of this type that says nothing: what it can't be without, with neutral values.

    `marks` are the `object_marking_refs` of the last version that said something. For `signing.signed`.
    """
    encoding = {"spec_version": spec} if spec == "2.1" else {}
    marked = {"object_marking_refs": list(marks)} if marks else {}
    return {"type": object_type, **encoding, "revoked": True, **marked, **_REQUIRED[spec].get(object_type, {})}
