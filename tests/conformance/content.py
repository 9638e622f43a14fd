"""What the conformance tests ask about: collections for each combination of rights, and one that holds every family
of objects."""

from collections.abc import Mapping
from typing import Any

from tests.support.rights import HIDDEN, NONE, RO, RW, WO
from tests.support.stix import AMBER, CLEAR, GREEN, STIX, an_indicator, stix_id

EMPTY = "77777777-7777-4777-8777-777777777777"
MANY = "88888888-8888-4888-8888-888888888888"
OF_2_1 = "99999999-9999-4999-8999-999999999999"
ELSEWHERE = "aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa"

MANY_COUNT = 120
"""So many indicators stand in the collection `many`."""

IDENTITY = "identity--3d0f2a8b-5c1e-4f7d-8a26-91b7c4e0d512"
"""The partner `rw` signs as it."""

BASE_URL = "https://exchange.example"

PARTNERS = f"""
host: owner
partners:
  owner: {{name: Who runs the exchange}}
  rw: {{name: Reads and writes, identities: [{IDENTITY}]}}
  ro: {{name: Reads}}
  wo: {{name: Writes}}
  none: {{name: Does neither}}
  stranger: {{name: Is no member}}
"""
_TERMS = "release: {tlp: [clear, green, amber], unmarked: clear, statements: all}"
_INTAKE = 'intake: {types: all, tlp: [clear, green, amber], unmarked: clear, spec_versions: ["2.0", "2.1"]}'
_INTAKE_2_1 = "intake: {types: all, tlp: [clear, green, amber], unmarked: clear}"
FIRST = f"""
partnership: first
title: The first partnership
description: Every combination of rights.
agreement: {{reference: A, effective: 2026-01-01, expires: 2090-01-01}}
members:
  owner: {{tlp: all}}
  rw: {{tlp: [clear, green, amber]}}
  ro: {{tlp: [clear, green]}}
  wo: {{tlp: [clear, green]}}
  none: {{tlp: [clear, green]}}
collections:
  rw: {{id: {RW}, title: Read and write, read: [owner, rw, ro], write: [owner, rw], {_TERMS}, {_INTAKE}}}
  ro: {{id: {RO}, title: Read only, read: all, write: [owner], {_TERMS}, {_INTAKE}}}
  wo: {{id: {WO}, title: Write only, read: [owner], write: [owner, wo], {_TERMS}, {_INTAKE}}}
  none: {{id: {NONE}, title: Neither, read: [owner], write: [owner], listed: all, {_TERMS}, {_INTAKE}}}
  hidden: {{id: {HIDDEN}, title: Hidden, read: [owner], write: [owner], {_TERMS}, {_INTAKE}}}
  empty: {{id: {EMPTY}, title: Empty, read: all, write: [owner], {_TERMS}, {_INTAKE}}}
  many: {{id: {MANY}, title: Many, read: [owner, rw, ro], write: [owner, rw], {_TERMS}, {_INTAKE}}}
  twenty-one: {{id: {OF_2_1}, title: Newer STIX alone, read: all, write: [owner, rw], {_TERMS}, {_INTAKE_2_1}}}
"""
SECOND = f"""
partnership: second
title: The second partnership
agreement: {{reference: B, effective: 2026-01-01, expires: 2090-01-01}}
members:
  owner: {{tlp: all}}
  rw: {{tlp: [clear, green]}}
collections:
  rw: {{id: {ELSEWHERE}, title: Read and write, read: all, write: all, {_TERMS}, {_INTAKE}}}
"""
THIRD = """
partnership: third
title: A partnership without collections for its members
agreement: {reference: C, effective: 2026-01-01, expires: 2090-01-01}
members:
  owner: {tlp: all}
  none: {tlp: [clear]}
"""
FILES: Mapping[str, str] = {
    "partners.yaml": PARTNERS,
    "first.yaml": FIRST,
    "second.yaml": SECOND,
    "third.yaml": THIRD,
}

V1, V2, V3 = "2026-03-01T00:00:00.000Z", "2026-03-02T00:00:00.000Z", "2026-03-03T00:00:00.000Z"
VERSIONED = stix_id("indicator", "versioned")
"""Three versions, added in the order V1, V3, V2."""
BOTH_SPECS = stix_id("malware", "of both")
"""One version held as STIX 2.0 and as 2.1, and a later one as 2.0 alone."""
ONLY_2_0 = stix_id("tool", "of 2.0")
ADDRESS = stix_id("ipv4-addr", "198.51.100.77")
STATEMENT = stix_id("marking-definition", "a statement")
SINGLE = stix_id("malware", "single")
AMBER_ONE = stix_id("indicator", "amber")
"""Shown to `owner` and `rw`, and withheld from `ro`."""

_CREATED = "2026-03-01T00:00:00.000Z"


def an_sdo(kind: str, name: str, /, **properties: Any) -> STIX:
    """A STIX 2.1 object with dates."""
    made = {
        "type": kind,
        "spec_version": "2.1",
        "id": stix_id(kind, name),
        "created": _CREATED,
        "modified": _CREATED,
        **properties,
    }
    return {key: value for key, value in made.items() if value is not None}


def versioned(version: str) -> STIX:
    """One version of the object that has several."""
    return an_indicator("versioned", version=version, created=V1, description=f"as of {version}")


def of_2_0(kind: str, name: str, version: str = _CREATED, /, **properties: Any) -> STIX:
    """A STIX 2.0 object."""
    return an_sdo(kind, name, spec_version=None, modified=version, labels=["remote-access-trojan"], **properties)


_EXTENSION = stix_id("extension-definition", "things")

BASE: tuple[STIX, ...] = (
    versioned(V1),
    an_sdo("malware", "single", name="single", is_family=False),
    an_sdo("identity", "a partner", name="A partner", identity_class="organization"),
    {
        "type": "identity",
        "spec_version": "2.1",
        "id": IDENTITY,
        "created": _CREATED,
        "modified": _CREATED,
        "name": "Reads and writes",
        "identity_class": "organization",
    },
    an_sdo(
        "relationship",
        "indicates",
        relationship_type="indicates",
        source_ref=VERSIONED,
        target_ref=SINGLE,
        created_by_ref=IDENTITY,
    ),
    an_sdo("sighting", "seen", sighting_of_ref=VERSIONED, count=2),
    {"type": "ipv4-addr", "spec_version": "2.1", "id": ADDRESS, "value": "198.51.100.77"},
    {
        "type": "file",
        "spec_version": "2.1",
        "id": stix_id("file", "a file"),
        "name": "ünïcode \u2028 \U0001f600 \u05d0.exe",
        "size": 1,
    },
    {
        "type": "marking-definition",
        "spec_version": "2.1",
        "id": STATEMENT,
        "created": _CREATED,
        "definition_type": "statement",
        "definition": {"statement": "Copyright somebody"},
    },
    an_sdo(
        "language-content",
        "in French",
        object_ref=SINGLE,
        object_modified=_CREATED,
        contents={"fr": {"name": "célibataire"}},
    ),
    an_sdo(
        "extension-definition",
        "things",
        name="Things",
        description="Adds things.",
        created_by_ref=IDENTITY,
        schema="https://schemas.example/things.json",
        version="1.0.0",
        extension_types=["new-sdo", "property-extension"],
    ),
    an_sdo("x-acme-thing", "thing", x_acme_weight=3, name="thing"),
    an_sdo(
        "campaign",
        "extended",
        name="extended",
        x_acme_note="kept",
        extensions={_EXTENSION: {"extension_type": "property-extension", "weight": 1}},
    ),
    an_indicator("marked green", GREEN),
    an_indicator("marked clear", CLEAR),
    an_indicator("amber", AMBER),
    an_indicator(
        "granular", GREEN, granular_markings=[{"marking_ref": CLEAR, "selectors": ["name"]}], description="in part"
    ),
    versioned(V3),
    versioned(V2),
    of_2_0("malware", "of both", name="of both"),
    an_sdo("malware", "of both", name="of both", is_family=False),
    of_2_0("malware", "of both", V2, name="of both, later"),
    of_2_0("tool", "of 2.0", name="of 2.0 alone"),
)
"""What stands in the collection `rw`, in the order in which it was added, pushed by the partner `rw`."""

LOTS: tuple[STIX, ...] = tuple(an_indicator(f"of many {number:03}") for number in range(MANY_COUNT))
