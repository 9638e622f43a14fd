"""STIX objects as tests need them: valid, small, and different where it matters."""

import json
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID, uuid5

CLEAR = "marking-definition--94868c89-83c2-464b-929b-a1a8aa3c8487"
GREEN = "marking-definition--bab4a63c-aed9-4cf5-a766-dfca5abac2bb"
AMBER = "marking-definition--55d920b0-5e8b-4f79-9ee9-91f868d9b421"
AMBER_STRICT = "marking-definition--939a9414-2ddd-4d32-a0cd-375ea402b003"
RED = "marking-definition--e828b379-4e03-4974-9ac4-e53a884c97c1"
TLP1_GREEN = "marking-definition--34098fce-860f-48ae-8e50-ebd3cc5e41da"

NAMES = UUID("6f1f4f0c-4d9a-4f0e-8b1d-0d6a4f2f9c11")

STIX = Mapping[str, Any]


def stix_id(kind: str, name: str | int) -> str:
    """The same id for the same name."""
    return f"{kind}--{uuid5(NAMES, f'{kind} {name}')}"


def an_indicator(which: str | int = "one", *marks: str, version: str = "2026-05-01T00:00:00.000Z", **more: Any) -> STIX:
    """An indicator; `marks` are marking ids, `more` further properties (None leaves one out)."""
    made: dict[str, Any] = {
        "type": "indicator",
        "spec_version": "2.1",
        "id": stix_id("indicator", which),
        "created": "2026-05-01T00:00:00.000Z",
        "modified": version,
        "name": f"indicator {which}",
        "pattern": "[ipv4-addr:value = '198.51.100.3']",
        "pattern_type": "stix",
        "valid_from": "2026-05-01T00:00:00Z",
    }
    if marks:
        made["object_marking_refs"] = list(marks)
    made.update(more)
    return {key: value for key, value in made.items() if value is not None}


def an_address(value: str, *marks: str, **more: Any) -> STIX:
    """An IPv4 address: an object without dates."""
    made: dict[str, Any] = {
        "type": "ipv4-addr",
        "spec_version": "2.1",
        "id": stix_id("ipv4-addr", value),
        "value": value,
    }
    if marks:
        made["object_marking_refs"] = list(marks)
    return {**made, **more}


def a_statement(name: str, *marks: str, **more: Any) -> STIX:
    """A statement marking-definition."""
    made: dict[str, Any] = {
        "type": "marking-definition",
        "spec_version": "2.1",
        "id": stix_id("marking-definition", name),
        "created": "2026-05-01T00:00:00.000Z",
        "definition_type": "statement",
        "definition": {"statement": f"Copyright {name}"},
    }
    if marks:
        made["object_marking_refs"] = list(marks)
    return {**made, **more}


def a_grouping(name: str, *refs: str, **more: Any) -> STIX:
    """A grouping, GREEN, of what these ids name."""
    return {
        "type": "grouping",
        "spec_version": "2.1",
        "id": stix_id("grouping", name),
        "created": "2026-05-01T00:00:00.000Z",
        "modified": "2026-05-01T00:00:00.000Z",
        "name": f"grouping {name}",
        "context": "suspicious-activity",
        "object_refs": list(refs),
        "object_marking_refs": [GREEN],
        **more,
    }


def an_envelope(objects: Sequence[STIX]) -> bytes:
    """A TAXII envelope."""
    return json.dumps({"objects": list(objects)}).encode()
