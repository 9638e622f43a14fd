"""What the standard forbids of SDOs, SROs and meta objects: a table of objects with what is wrong and where."""

from typing import Any

import pytest
from stix_examples import (
    EXTENSION,
    T1,
    T2,
    TLP_GREEN,
    minimal,
    ref,
    rich,
    with_extension,
    with_marking,
    with_reference,
    wrong_with,
)

BAD: dict[str, tuple[dict[str, Any], str, str]] = {
    "no type": (minimal("campaign", type=...), "type", "`type` is required"),
    "a type that is no string": (minimal("campaign", type=["campaign"]), "type", "`type` is required"),
    "a bundle": ({"type": "bundle", "id": ref("bundle"), "objects": []}, "type", "send the objects that it holds"),
    "a later version": (minimal("campaign", spec_version="3.0"), "spec_version", "must be 2.1, or 2.0"),
    "a version that is a number": (minimal("campaign", spec_version=2.1), "spec_version", "must be 2.1, or 2.0"),
    "an SCO of 2.0": (minimal("url", spec_version="2.0"), "spec_version", "must be 2.1 for a url"),
    "a type of 2.1 without a version": (minimal("note", spec_version=...), "spec_version", "required for a note"),
    "an id of another type": (minimal("campaign", id=ref("malware")), "id", "begin with the object's type"),
    "an id without a UUID": (minimal("campaign", id="campaign--1"), "id", "must be an identifier"),
    "an id in upper case": (
        minimal("campaign", id="campaign--8E2E2D2B-17D4-4CBF-938F-98EE46B3CD3F"),
        "id",
        "must be an identifier, a type and an RFC 4122 UUID in lower case",
    ),
    "a reference in upper case": (
        minimal("grouping", object_refs=["malware--8E2E2D2B-17D4-4CBF-938F-98EE46B3CD3F"]),
        "object_refs.[0]",
        "must be an identifier, a type and an RFC 4122 UUID in lower case",
    ),
    "an extension in upper case": (
        minimal(
            "campaign",
            extensions={
                "extension-definition--8E2E2D2B-17D4-4CBF-938F-98EE46B3CD3F": {"extension_type": "property-extension"}
            },
        ),
        "extensions.extension-definition--8E2E2D2B-17D4-4CBF-938F-98EE46B3CD3F",
        "is no identifier of an extension definition, its UUID in lower case",
    ),
    "an identity in upper case": (
        minimal("identity", id="identity--8E2E2D2B-17D4-4CBF-938F-98EE46B3CD3F"),
        "id",
        "in lower case",
    ),
    "a creator in upper case": (
        minimal("campaign", created_by_ref="identity--8E2E2D2B-17D4-4CBF-938F-98EE46B3CD3F"),
        "created_by_ref",
        "must be the identifier of an identity, its UUID in lower case",
    ),
    "a creator that is no identity": (
        minimal("campaign", created_by_ref=ref("threat-actor")),
        "created_by_ref",
        "must be the identifier of an identity",
    ),
    "a marking that is none": (
        minimal("campaign", object_marking_refs=[ref("identity")]),
        "object_marking_refs.[0]",
        "must be the identifier of a marking-definition",
    ),
    "modified before created": (minimal("campaign", created=T2, modified=T1), "modified", "earlier than `created`"),
    "modified a hair before created": (
        minimal("campaign", created="2024-01-01T00:00:00.0001Z", modified="2024-01-01T00:00:00.00009Z"),
        "modified",
        "earlier than `created`",
    ),
    "a date that is not in the calendar": (minimal("campaign", created="2023-02-29T00:00:00Z"), "created", "calendar"),
    "a version of many decimals": (
        minimal("campaign", modified=f"2999-01-01T00:00:00.{'1' * 100}Z"),
        "modified",
        "longer than the 100 characters",
    ),
    "confidence 101": (minimal("campaign", confidence=101), "confidence", "must be 100 at most"),
    "confidence -1": (minimal("campaign", confidence=-1), "confidence", "must be 0 at least"),
    "confidence with a fraction": (minimal("campaign", confidence=50.0), "confidence", "without a fraction"),
    "confidence as a boolean": (minimal("campaign", confidence=True), "confidence", "must be an integer"),
    "a number past 2**53": (minimal("autonomous-system", number=2**53), "number", "at most"),
    "revoked as a string": (minimal("campaign", revoked="true"), "revoked", "must be true or false"),
    "no language": (minimal("campaign", lang="english language"), "lang", "RFC 5646"),
    "a custom property of 2 characters": (minimal("campaign", xy=1), "xy", "is no property name"),
    "a custom property of 251 characters": (minimal("campaign", **{"x" * 251: 1}), "x" * 251, "is no property name"),
    "a custom property with a hyphen": (minimal("campaign", **{"x-y": 1}), "x-y", "is no property name"),
    "a custom property in upper case": (minimal("campaign", xAcme=1), "xAcme", "is no property name"),
    "a custom property that begins with a digit": (minimal("campaign", **{"9xy": 1}), "9xy", "is no property name"),
    "a reserved property": (minimal("campaign", severity=1), "severity", "reserved"),
    "a custom type with an underscore": (
        {"type": "x_y_z", "spec_version": "2.1", "id": ref("x_y_z")},
        "type",
        "the name of a custom type",
    ),
    "a custom type of two letters": ({"type": "xy", "id": ref("xy")}, "type", "the name of a custom type"),
    "the reserved type": ({"type": "action", "id": ref("action")}, "type", "the name of a custom type"),
    "a custom SDO with one date": (
        {"type": "weakness", "spec_version": "2.1", "id": ref("weakness"), "created": T1},
        "modified",
        "is required for a weakness",
    ),
    "a custom SDO by extension without dates": (
        {
            "type": "weakness",
            "spec_version": "2.1",
            "id": ref("weakness"),
            "extensions": {EXTENSION: {"extension_type": "new-sdo"}},
        },
        "created",
        "is required for a weakness",
    ),
    "an external reference without a source": (
        with_reference(url="https://a.example"),
        "external_references.[0].source_name",
        "is required (STIX 2.1 section 2.5)",
    ),
    "an external reference that says nothing": (
        with_reference(source_name="acme"),
        "external_references.[0]",
        "at least one of `description`, `url`, `external_id`",
    ),
    "a CVE from elsewhere": (
        minimal("vulnerability", external_references=[{"source_name": "nvd", "external_id": "CVE-2024-1234"}]),
        "external_references.[0].source_name",
        "must be `cve`",
    ),
    "a malformed CVE": (
        minimal("vulnerability", external_references=[{"source_name": "cve", "external_id": "CVE-2024-1"}]),
        "external_references.[0].external_id",
        "is no CVE id",
    ),
    "a malformed CAPEC": (
        minimal("attack-pattern", external_references=[{"source_name": "capec", "external_id": "163"}]),
        "external_references.[0].external_id",
        "is no CAPEC id",
    ),
    "a kill chain phase without a name": (
        minimal("tool", kill_chain_phases=[{"kill_chain_name": "a"}]),
        "kill_chain_phases.[0].phase_name",
        "section 2.11",
    ),
    "a short MD5": (minimal("file", hashes={"MD5": "0a"}), "hashes.MD5", "not of the form of a hash"),
    "a SHA-256 with other letters": (
        minimal("file", hashes={"SHA-256": "xy" * 32}),
        "hashes.SHA-256",
        "form of a hash",
    ),
    "a hash name of two letters": (minimal("file", hashes={"MD": "0a"}), "hashes", "3 to 250"),
    "a hash that is a number": (minimal("file", hashes={"x_hash": 1}), "hashes.x_hash", "must be a string"),
    "a selector of what is not there": (
        with_marking(selectors=["name", "description"], marking_ref=TLP_GREEN),
        "granular_markings.[0].selectors.[1]",
        "selects nothing",
    ),
    "a selector past the end": (
        rich("campaign", granular_markings=[{"selectors": ["labels.[1]"], "marking_ref": TLP_GREEN}]),
        "granular_markings.[0].selectors.[0]",
        "selects nothing",
    ),
    "what is no selector": (
        with_marking(selectors=["[0]"], marking_ref=TLP_GREEN),
        "granular_markings.[0].selectors.[0]",
        "is no selector",
    ),
    "a marking and a language": (
        with_marking(selectors=["name"], marking_ref=TLP_GREEN, lang="en"),
        "granular_markings.[0]",
        "one of them",
    ),
    "neither marking nor language": (with_marking(selectors=["name"]), "granular_markings.[0]", "one of them"),
    "an extension without its type": (
        with_extension("url", EXTENSION, {"a": 1}),
        f"extensions.{EXTENSION}",
        "must have `extension_type`",
    ),
    "an extension of no type of the standard": (
        with_extension("url", EXTENSION, {"extension_type": "new-thing"}),
        f"extensions.{EXTENSION}.extension_type",
        "must be one of `new-sdo`",
    ),
    "an extension of no definition": (
        with_extension("url", "extension-definition--1", {"extension_type": "new-sco"}),
        "extensions.extension-definition--1",
        "is no identifier",
    ),
    "an extension that is no object": (
        minimal("url", extensions={"x-acme-ext": "a"}),
        "extensions.x-acme-ext",
        "must be an object",
    ),
    "an empty extension": (with_extension("url", "x-acme-ext", {}), "extensions.x-acme-ext", "at least one"),
    "a key with a space": (with_extension("url", "x acme", {"a": 1}), "extensions", "keys of 1 to 250"),
    "valid until the instant it is valid from": (
        minimal("indicator", valid_from=T1, valid_until=T1),
        "valid_until",
        "later than `valid_from`",
    ),
    "no pattern": (minimal("indicator", pattern="[file:name = ]"), "pattern", "is no STIX pattern"),
    "seen last before first": (minimal("malware", first_seen=T2, last_seen=T1), "last_seen", "earlier than"),
    "stopped when it started": (minimal("relationship", start_time=T1, stop_time=T1), "stop_time", "later than"),
    "a relationship type in upper case": (
        minimal("relationship", relationship_type="Uses"),
        "relationship_type",
        "lower-case letters",
    ),
    "a relationship to a relationship": (
        minimal("relationship", target_ref=ref("relationship")),
        "target_ref",
        "must be the id of an SDO or SCO",
    ),
    "a relationship from a marking": (minimal("relationship", source_ref=TLP_GREEN), "source_ref", "SDO or SCO"),
    "a relationship to a bundle": (minimal("relationship", target_ref=ref("bundle")), "target_ref", "SDO or SCO"),
    "a sighting of an SCO": (minimal("sighting", sighting_of_ref=ref("url")), "sighting_of_ref", "an SDO or a custom"),
    "a sighting of a sighting": (
        minimal("sighting", sighting_of_ref=ref("sighting")),
        "sighting_of_ref",
        "an SDO or a custom",
    ),
    "seen too often": (minimal("sighting", count=10**9), "count", "at most"),
    "seen by a tool": (
        minimal("sighting", where_sighted_refs=[ref("tool")]),
        "where_sighted_refs.[0]",
        "an identity or a location",
    ),
    "a report about a bundle": (
        minimal("report", object_refs=[ref("campaign"), ref("bundle")]),
        "object_refs.[1]",
        "must be the id of a STIX object",
    ),
    "observed zero times": (minimal("observed-data", number_observed=0), "number_observed", "must be 1 at least"),
    "observed both ways": (minimal("observed-data", objects={"0": {"type": "url"}}), "", "one of them"),
    "observed a campaign": (
        minimal("observed-data", object_refs=[ref("campaign")]),
        "object_refs.[0]",
        "an SCO, an SRO or custom",
    ),
    "observed relationships only": (
        minimal("observed-data", object_refs=[ref("relationship")]),
        "object_refs",
        "at least one SCO",
    ),
    "an observable without a type": (
        minimal("observed-data", object_refs=..., objects={"0": {}}),
        "objects.0",
        "must have a `type`",
    ),
    "an opinion of one's own": (minimal("opinion", opinion="perhaps"), "opinion", "must be one of"),
    "a family without a name": (minimal("malware", is_family=True), "name", "required for a malware family"),
    "a latitude alone": (minimal("location", latitude=1), "", "`latitude` and `longitude` together"),
    "a latitude past the pole": (minimal("location", latitude=90.5, longitude=0), "latitude", "90"),
    "precision without a place": (minimal("location", precision=1), "precision", "needs `latitude`"),
    "a negative precision": (minimal("location", latitude=1, longitude=1, precision=-1), "precision", "at least"),
    "a TLP marking of one's own": (
        minimal("marking-definition", definition_type="tlp", definition={"tlp": "green"}),
        "definition",
        "none of the four",
    ),
    "TLP:CLEAR under the id of another": (
        minimal("marking-definition", id=TLP_GREEN, definition_type="tlp", definition={"tlp": "clear"}),
        "definition",
        "none of the four",
    ),
    "a statement that is none": (
        minimal("marking-definition", definition={"statement": 1}),
        "definition.statement",
        "must be a string",
    ),
    "a marking that marks itself": (
        minimal("marking-definition", id=ref("marking-definition"), object_marking_refs=[ref("marking-definition")]),
        "object_marking_refs",
        "own id",
    ),
    "a marking that marks a part of itself": (
        minimal(
            "marking-definition",
            id=ref("marking-definition"),
            granular_markings=[{"selectors": ["definition"], "marking_ref": ref("marking-definition")}],
        ),
        "granular_markings",
        "own id",
    ),
    "a marking that is revoked": (minimal("marking-definition", revoked=True), "revoked", "has no versions"),
    "a definition without its type": (minimal("marking-definition", definition_type=...), "", "definition_type"),
    "extension properties of no toplevel extension": (
        minimal("extension-definition", extension_properties=["rank"]),
        "extension_properties",
        "toplevel-property-extension only",
    ),
    "contents in no language": (minimal("language-content", contents={"es_": {"name": "a"}}), "contents.es_", "5646"),
    "contents of no property": (
        minimal("language-content", contents={"es": {"a": "a"}}),
        "contents.es.a",
        "property names",
    ),
}


@pytest.mark.parametrize(("tree", "where", "message"), BAD.values(), ids=BAD)
def test_what_the_standard_forbids_is_refused_where_it_stands(tree: dict[str, Any], where: str, message: str) -> None:
    violations = wrong_with(tree)
    assert where in violations, violations
    assert message in violations[where]
    assert violations[where].endswith(".")
