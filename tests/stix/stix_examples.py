"""Valid objects made for these tests, one minimal and one rich of each type, and how they are judged."""

import copy
import json
from pathlib import Path
from typing import Any

from app.stix.objects import Rejected, StixObject
from app.stix.strict_json import parse
from app.stix.validation import read_object

_HERE = Path(__file__).parent
EXAMPLES: dict[str, dict[str, dict[str, Any]]] = json.loads((_HERE / "valid_objects.json").read_text())
EXAMPLES_OF_2_0: dict[str, dict[str, Any]] = json.loads((_HERE / "valid_objects_of_2_0.json").read_text())
TYPES = sorted(EXAMPLES)

UUID = "8e2e2d2b-17d4-4cbf-938f-98ee46b3cd3f"
TLP_GREEN = "marking-definition--34098fce-860f-48ae-8e50-ebd3cc5e41da"
EXTENSION = f"extension-definition--{UUID}"
T1, T2 = "2024-01-01T00:00:00.000Z", "2024-01-02T00:00:00Z"


def minimal(object_type: str, **changes: object) -> dict[str, Any]:
    """The minimal example with these properties; ... takes one away."""
    return _changed(EXAMPLES[object_type]["minimal"], changes)


def rich(object_type: str, **changes: object) -> dict[str, Any]:
    """The rich example with these properties; ... takes one away."""
    return _changed(EXAMPLES[object_type]["rich"], changes)


def ref(object_type: str) -> str:
    """An identifier of this type."""
    return f"{object_type}--{UUID}"


def with_extension(object_type: str, name: str, body: dict[str, Any]) -> dict[str, Any]:
    """The minimal example with this extension."""
    return minimal(object_type, extensions={name: body})


def with_reference(**reference: object) -> dict[str, Any]:
    """A campaign with this external reference."""
    return minimal("campaign", external_references=[reference])


def with_marking(**marking: object) -> dict[str, Any]:
    """A campaign with this granular marking."""
    return minimal("campaign", granular_markings=[marking])


def judge(tree: object) -> StixObject | Rejected:
    """The tree as it would come in."""
    return read_object(parse(json.dumps(tree).encode()))


def wrong_with(tree: object) -> dict[str, str]:
    """Each violation's place with its message; empty for a valid object."""
    outcome = judge(tree)
    return {v.where: v.message for v in outcome.violations} if isinstance(outcome, Rejected) else {}


def _changed(example: dict[str, Any], changes: dict[str, object]) -> dict[str, Any]:
    tree = {**copy.deepcopy(example), **changes}
    return {name: value for name, value in tree.items() if value is not ...}
