"""The last version of a derivative that is no more: revoked, and empty of what it said."""

from collections.abc import Mapping, Sequence
from typing import Any

from app.stix.objects import SpecVersion


def withdrawn(object_type: str, spec: SpecVersion, marks: Sequence[str]) -> Mapping[str, Any]:
    """The content of a revoked version of this type that says nothing: required properties alone, with neutral values.

    `marks` are the `object_marking_refs` of the last version that said something. For `derivative.signed`.
    """
    return {}
