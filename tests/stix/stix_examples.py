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


def minimal(object_type: str, **changes: object) -> dict[str, Any]:
    """The minimal example with these properties; ... takes one away."""
    return _changed(EXAMPLES[object_type]["minimal"], changes)


def rich(object_type: str, **changes: object) -> dict[str, Any]:
    """The rich example with these properties; ... takes one away."""
    return _changed(EXAMPLES[object_type]["rich"], changes)


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
