"""The rules of the standard that no type says: tables of good and bad objects."""

from typing import Any

import pytest
from stix_examples import judge, minimal, rich, wrong_with

from app.stix.objects import GranularMarking, Rejected, StixObject
from app.stix.strict_json import bytes_digest, parse, tree_digest
from app.stix.validation import ObjectLimits, read_object

UUID = "8e2e2d2b-17d4-4cbf-938f-98ee46b3cd3f"
TLP_GREEN = "marking-definition--34098fce-860f-48ae-8e50-ebd3cc5e41da"
EXTENSION = f"extension-definition--{UUID}"
T1, T2 = "2024-01-01T00:00:00.000Z", "2024-01-02T00:00:00Z"


def _ref(object_type: str) -> str:
    return f"{object_type}--{UUID}"


def _with_extension(object_type: str, name: str, body: dict[str, Any]) -> dict[str, Any]:
    return minimal(object_type, extensions={name: body})


def _external(**reference: object) -> dict[str, Any]:
    return minimal("campaign", external_references=[reference])


def _marked(**marking: object) -> dict[str, Any]:
    return minimal("campaign", granular_markings=[marking])


GOOD: dict[str, dict[str, Any]] = {
    "modified equal to created": minimal("campaign", created=T1, modified=T1),
    "modified equal to created at another precision": minimal("campaign", created=T2, modified=T2[:-1] + ".000Z"),
    "created with less than milliseconds": minimal("campaign", created=T2, modified=T2),
    "confidence 0": minimal("campaign", confidence=0),
    "confidence 100": minimal("campaign", confidence=100),
    "an open vocabulary with a value of one's own": minimal("report", report_types=["our-own"]),
    "an encoded language": minimal("campaign", lang="zh-Hant-TW"),
    "a custom property of 3 characters": minimal("campaign", x_y=1),
    "a custom property of 250 characters": minimal("campaign", **{"x" * 250: 1}),
    "a custom property that holds null and empty lists": minimal("campaign", x_acme={"a": None, "b": []}),
    "an external reference with an external_id only": _external(source_name="acme", external_id="1"),
    "a CVE reference on something else than a vulnerability": _external(source_name="nvd", external_id="CVE-2024-1234"),
    "a reference to another vulnerability database": minimal(
        "vulnerability", external_references=[{"source_name": "ghsa", "external_id": "GHSA-1"}]
    ),
    "a hash of an algorithm of one's own": minimal("file", hashes={"x_our-hash": "anything"}),
    "a hash in upper case": minimal("file", hashes={"MD5": "AB" * 16}),
    "a TLSH with its version": minimal("file", hashes={"TLSH": "T1" + "6F" * 35}),
    "a granular marking of a language": _marked(selectors=["name"], lang="de"),
    "a selector with upper case": rich(
        "file", granular_markings=[{"selectors": ["hashes.SHA-256"], "marking_ref": TLP_GREEN}]
    ),
    "an extension of one's own without a definition": _with_extension("url", "x-acme-ext", {"a": 1}),
    "a location by coordinates": minimal("location", country=..., latitude=0, longitude=0.0),
    "a location by region": minimal("location", country=..., region="europe"),
    "a malware family with a name": minimal("malware", is_family=True, name="Emotet"),
    "a report about a marking and a custom object": minimal(
        "report", object_refs=[TLP_GREEN, _ref("x-acme-thing"), _ref("relationship")]
    ),
    "observed-data about a custom object": minimal("observed-data", object_refs=[_ref("x-acme-thing")]),
    "observed-data with the deprecated objects": minimal(
        "observed-data", object_refs=..., objects={"0": {"type": "file", "name": "a"}}
    ),
    "a relationship from a custom object to an SCO": minimal(
        "relationship", source_ref=_ref("x-acme-thing"), target_ref=_ref("ipv4-addr")
    ),
    "a relationship type of one's own": minimal("relationship", relationship_type="x-2-knows"),
    "a sighting of a custom object": minimal("sighting", sighting_of_ref=_ref("x-acme-thing")),
    "an indicator in another language": minimal("indicator", pattern_type="yara", pattern="rule a {}"),
    "a marking by an extension": minimal(
        "marking-definition",
        definition=...,
        definition_type=...,
        extensions={EXTENSION: {"extension_type": "property-extension", "level": "red"}},
    ),
    "a marking of a kind of one's own": minimal("marking-definition", definition_type="iep", definition={"x": 1}),
    "a marking with `modified`, which is not applicable and no version": minimal("marking-definition", modified=T2),
    "TLP:GREEN of TLP 1.0": minimal(
        "marking-definition", id=TLP_GREEN, definition_type="tlp", definition={"tlp": "green"}
    ),
    "an SCO with the spec_version": minimal("url", spec_version="2.1"),
    "an SCO with a UUID of another version": minimal("url", id=_ref("url")),
    "an SCO that carries dates by extension": minimal("url", created=T1, modified=T2, revoked=True),
    "a process that is only an extension": minimal(
        "process", pid=..., extensions={"windows-service-ext": {"service_name": "a"}}
    ),
    "an artifact at a URL": minimal("artifact", payload_bin=..., url="https://a.example/b", hashes={"MD5": "0a" * 16}),
    "an empty artifact": minimal("artifact", payload_bin=""),
    "a domain name of another script": minimal("domain-name", value="пример.испытание"),
    "a domain name with an underscore and the root": minimal("domain-name", value="_dmarc.example.com."),
    "an address with a scope": minimal("ipv6-addr", value="fe80::1%eth0"),
    "an IPv4 address in IPv6": minimal("ipv6-addr", value="::ffff:198.51.100.3/120"),
    "a URL of another scheme": minimal("url", value="hxxps://a[.]example/%20"),
    "an email address that is quoted": minimal("email-addr", value='"a b"@example.com'),
    "traffic that has ended, and is not said to be active": minimal("network-traffic", start=T1, end=T2),
    "a registry key of a hive in full": minimal("windows-registry-key", key="hkey_local_machine\\software"),
    "a message of several parts": minimal("email-message", is_multipart=True, body_multipart=[{"body": "a"}]),
    "a custom SDO": {"type": "weakness", "spec_version": "2.1", "id": _ref("weakness"), "created": T1, "modified": T1},
    "a custom SCO": {"type": "x-acme-thing", "spec_version": "2.1", "id": _ref("x-acme-thing"), "value": "1"},
    "a custom SCO that says nothing of its version": {"type": "x-acme-thing", "id": _ref("x-acme-thing")},
    "a custom SCO with a date": {
        "type": "bank-card",
        "id": _ref("bank-card"),
        "created": T1,
        "extensions": {EXTENSION: {"extension_type": "new-sco"}},
    },
    "an extension definition with the properties it adds": minimal(
        "extension-definition", extension_types=["toplevel-property-extension"], extension_properties=["rank"]
    ),
}


@pytest.mark.parametrize("tree", GOOD.values(), ids=GOOD)
def test_what_the_standard_allows_is_taken(tree: dict[str, Any]) -> None:
    assert wrong_with(tree) == {}


BAD: dict[str, tuple[dict[str, Any], str, str]] = {
    "no type": (minimal("campaign", type=...), "type", "`type` is required"),
    "a type that is no string": (minimal("campaign", type=["campaign"]), "type", "`type` is required"),
    "a bundle": ({"type": "bundle", "id": _ref("bundle"), "objects": []}, "type", "send the objects that it holds"),
    "a later version": (minimal("campaign", spec_version="3.0"), "spec_version", "must be 2.1, or 2.0"),
    "a version that is a number": (minimal("campaign", spec_version=2.1), "spec_version", "must be 2.1, or 2.0"),
    "an SCO of 2.0": (minimal("url", spec_version="2.0"), "spec_version", "must be 2.1 for a url"),
    "a type of 2.1 without a version": (minimal("note", spec_version=...), "spec_version", "required for a note"),
    "an id of another type": (minimal("campaign", id=_ref("malware")), "id", "begin with the object's type"),
    "an id without a UUID": (minimal("campaign", id="campaign--1"), "id", "must be an identifier"),
    "an identity in upper case": (
        minimal("identity", id="identity--8E2E2D2B-17D4-4CBF-938F-98EE46B3CD3F"),
        "id",
        "in lower case",
    ),
    "a creator in upper case": (
        minimal("campaign", created_by_ref="identity--8E2E2D2B-17D4-4CBF-938F-98EE46B3CD3F"),
        "created_by_ref",
        "must be the identifier of an identity",
    ),
    "a creator that is no identity": (
        minimal("campaign", created_by_ref=_ref("threat-actor")),
        "created_by_ref",
        "must be the identifier of an identity",
    ),
    "a marking that is none": (
        minimal("campaign", object_marking_refs=[_ref("identity")]),
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
    "a custom property of 251 characters": (minimal("campaign", **{"x" * 251: 1}), "x" * 250, "is no property name"),
    "a custom property with a hyphen": (minimal("campaign", **{"x-y": 1}), "x-y", "is no property name"),
    "a custom property in upper case": (minimal("campaign", xAcme=1), "xAcme", "is no property name"),
    "a custom property that begins with a digit": (minimal("campaign", **{"9xy": 1}), "9xy", "is no property name"),
    "a reserved property": (minimal("campaign", severity=1), "severity", "reserved"),
    "a custom type with an underscore": (
        {"type": "x_y_z", "spec_version": "2.1", "id": _ref("x_y_z")},
        "type",
        "the name of a custom type",
    ),
    "a custom type of two letters": ({"type": "xy", "id": _ref("xy")}, "type", "the name of a custom type"),
    "the reserved type": ({"type": "action", "id": _ref("action")}, "type", "the name of a custom type"),
    "a custom SDO with one date": (
        {"type": "weakness", "spec_version": "2.1", "id": _ref("weakness"), "created": T1},
        "modified",
        "is required for a weakness",
    ),
    "a custom SDO by extension without dates": (
        {
            "type": "weakness",
            "spec_version": "2.1",
            "id": _ref("weakness"),
            "extensions": {EXTENSION: {"extension_type": "new-sdo"}},
        },
        "created",
        "is required for a weakness",
    ),
    "an external reference without a source": (
        _external(url="https://a.example"),
        "external_references.[0].source_name",
        "is required (STIX 2.1 section 2.5)",
    ),
    "an external reference that says nothing": (
        _external(source_name="acme"),
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
        _marked(selectors=["name", "description"], marking_ref=TLP_GREEN),
        "granular_markings.[0].selectors.[1]",
        "selects nothing",
    ),
    "a selector past the end": (
        rich("campaign", granular_markings=[{"selectors": ["labels.[1]"], "marking_ref": TLP_GREEN}]),
        "granular_markings.[0].selectors.[0]",
        "selects nothing",
    ),
    "what is no selector": (
        _marked(selectors=["[0]"], marking_ref=TLP_GREEN),
        "granular_markings.[0].selectors.[0]",
        "is no selector",
    ),
    "a marking and a language": (
        _marked(selectors=["name"], marking_ref=TLP_GREEN, lang="en"),
        "granular_markings.[0]",
        "one of them",
    ),
    "neither marking nor language": (_marked(selectors=["name"]), "granular_markings.[0]", "one of them"),
    "an extension without its type": (
        _with_extension("url", EXTENSION, {"a": 1}),
        f"extensions.{EXTENSION}",
        "must have `extension_type`",
    ),
    "an extension of no type of the standard": (
        _with_extension("url", EXTENSION, {"extension_type": "new-thing"}),
        f"extensions.{EXTENSION}.extension_type",
        "must be one of `new-sdo`",
    ),
    "an extension of no definition": (
        _with_extension("url", "extension-definition--1", {"extension_type": "new-sco"}),
        "extensions.extension-definition--1",
        "is no identifier",
    ),
    "an extension that is no object": (
        minimal("url", extensions={"x-acme-ext": "a"}),
        "extensions.x-acme-ext",
        "must be an object",
    ),
    "an empty extension": (_with_extension("url", "x-acme-ext", {}), "extensions.x-acme-ext", "at least one"),
    "a key with a space": (_with_extension("url", "x acme", {"a": 1}), "extensions", "keys of 1 to 250"),
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
        minimal("relationship", target_ref=_ref("relationship")),
        "target_ref",
        "must be the id of an SDO or SCO",
    ),
    "a relationship from a marking": (minimal("relationship", source_ref=TLP_GREEN), "source_ref", "SDO or SCO"),
    "a relationship to a bundle": (minimal("relationship", target_ref=_ref("bundle")), "target_ref", "SDO or SCO"),
    "a sighting of an SCO": (minimal("sighting", sighting_of_ref=_ref("url")), "sighting_of_ref", "an SDO or a custom"),
    "a sighting of a sighting": (
        minimal("sighting", sighting_of_ref=_ref("sighting")),
        "sighting_of_ref",
        "an SDO or a custom",
    ),
    "seen too often": (minimal("sighting", count=10**9), "count", "at most"),
    "seen by a tool": (
        minimal("sighting", where_sighted_refs=[_ref("tool")]),
        "where_sighted_refs.[0]",
        "an identity or a location",
    ),
    "a report about a bundle": (
        minimal("report", object_refs=[_ref("campaign"), _ref("bundle")]),
        "object_refs.[1]",
        "must be the id of a STIX object",
    ),
    "observed zero times": (minimal("observed-data", number_observed=0), "number_observed", "must be 1 at least"),
    "observed both ways": (minimal("observed-data", objects={"0": {"type": "url"}}), "", "one of them"),
    "observed a campaign": (
        minimal("observed-data", object_refs=[_ref("campaign")]),
        "object_refs.[0]",
        "an SCO, an SRO or custom",
    ),
    "observed relationships only": (
        minimal("observed-data", object_refs=[_ref("relationship")]),
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
        minimal("marking-definition", id=_ref("marking-definition"), object_marking_refs=[_ref("marking-definition")]),
        "object_marking_refs",
        "own id",
    ),
    "a marking that marks a part of itself": (
        minimal(
            "marking-definition",
            id=_ref("marking-definition"),
            granular_markings=[{"selectors": ["definition"], "marking_ref": _ref("marking-definition")}],
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
    "no base64": (minimal("artifact", payload_bin="VGVzdA"), "payload_bin", "must be base64"),
    "bytes and a URL": (minimal("artifact", url="https://a.example", hashes={"MD5": "0a" * 16}), "", "one of them"),
    "a URL without hashes": (minimal("artifact", payload_bin=..., url="https://a.example"), "hashes", "is required"),
    "a key to nothing": (minimal("artifact", decryption_key="a"), "decryption_key", "needs `encryption_algorithm`"),
    "a cipher of one's own": (minimal("artifact", encryption_algorithm="rot13"), "encryption_algorithm", "AES-256-GCM"),
    "an IPv4 address past 255": (minimal("ipv4-addr", value="198.51.100.256"), "value", "IPv4"),
    "an IPv4 block past 32": (minimal("ipv4-addr", value="198.51.100.0/33"), "value", "IPv4"),
    "an IPv4 block with a leading zero": (minimal("ipv4-addr", value="198.51.100.0/01"), "value", "IPv4"),
    "an IPv6 address of nine groups": (minimal("ipv6-addr", value="1:2:3:4:5:6:7:8:9"), "value", "IPv6"),
    "an IPv6 block past 128": (minimal("ipv6-addr", value="2001:db8::/129"), "value", "between 0 and 128"),
    "an IPv6 block of nothing": (minimal("ipv6-addr", value="2001:db8::/"), "value", "between 0 and 128"),
    "a MAC address in upper case": (minimal("mac-addr", value="D2:FB:49:24:37:18"), "value", "MAC address"),
    "a MAC address with hyphens": (minimal("mac-addr", value="d2-fb-49-24-37-18"), "value", "MAC address"),
    "a URL for a domain": (minimal("domain-name", value="https://example.com"), "value", "domain name"),
    "a domain with an empty label": (minimal("domain-name", value="a..example"), "value", "domain name"),
    "a URL without a scheme": (minimal("url", value="example.com"), "value", "URL with its scheme"),
    "a mailbox for an address": (minimal("email-addr", value="Jane <jane@example.com>"), "value", "email address"),
    "a body of several parts": (minimal("email-message", is_multipart=True, body="a"), "body", "not multipart"),
    "several parts of one": (
        minimal("email-message", body_multipart=[{"body": "a"}]),
        "body_multipart",
        "a multipart message",
    ),
    "a part without a body": (
        minimal("email-message", is_multipart=True, body_multipart=[{"content_type": "a"}]),
        "body_multipart.[0]",
        "`body`, `body_raw_ref`",
    ),
    "a header that is a number": (
        minimal("email-message", additional_header_fields={"X-A": 1}),
        "additional_header_fields.X-A",
        "a string or a list of strings",
    ),
    "traffic from nowhere to nowhere": (minimal("network-traffic", src_ref=...), "", "`src_ref`, `dst_ref`"),
    "traffic from a file": (minimal("network-traffic", src_ref=_ref("file")), "src_ref", "an ipv4-addr or"),
    "traffic to port 65536": (minimal("network-traffic", dst_port=65536), "dst_port", "65535 at most"),
    "traffic that ends before it starts": (minimal("network-traffic", start=T2, end=T1), "end", "earlier than `start`"),
    "traffic that has ended and is active": (
        minimal("network-traffic", end=T1, is_active=True),
        "is_active",
        "must be false",
    ),
    "a socket option of no kind": (
        _with_extension("network-traffic", "socket-ext", {"address_family": "AF_INET", "options": {"A_B": 1}}),
        "extensions.socket-ext.options.A_B",
        "must begin with SO_",
    ),
    "a socket of no family": (
        _with_extension("network-traffic", "socket-ext", {"address_family": "AF_X"}),
        "extensions.socket-ext.address_family",
        "must be one of",
    ),
    "a TCP extension that says nothing": (
        _with_extension("network-traffic", "tcp-ext", {}),
        "extensions.tcp-ext",
        "at least one",
    ),
    "an ICMP type that is not hexadecimal": (
        _with_extension("network-traffic", "icmp-ext", {"icmp_type_hex": "8", "icmp_code_hex": "00"}),
        "extensions.icmp-ext.icmp_type_hex",
        "hexadecimal",
    ),
    "a request without a method": (
        _with_extension("network-traffic", "http-request-ext", {"request_value": "/"}),
        "extensions.http-request-ext.request_method",
        "section 6.12.3",
    ),
    "an archive of URLs": (
        _with_extension("file", "archive-ext", {"contains_refs": [_ref("url")]}),
        "extensions.archive-ext.contains_refs.[0]",
        "a file or a directory",
    ),
    "a stream without a name": (
        _with_extension("file", "ntfs-ext", {"alternate_data_streams": [{"size": 1}]}),
        "extensions.ntfs-ext.alternate_data_streams.[0].name",
        "is required",
    ),
    "an EXIF tag that is a list": (
        _with_extension("file", "raster-image-ext", {"exif_tags": {"Make": ["a"]}}),
        "extensions.raster-image-ext.exif_tags.Make",
        "a string or an integer",
    ),
    "document information that is a number": (
        _with_extension("file", "pdf-ext", {"document_info_dict": {"Title": 1}}),
        "extensions.pdf-ext.document_info_dict.Title",
        "must be a string",
    ),
    "a PE binary of no type": (
        _with_extension("file", "windows-pebinary-ext", {"imphash": "a"}),
        "extensions.windows-pebinary-ext.pe_type",
        "is required",
    ),
    "an optional header of negative size": (
        _with_extension("file", "windows-pebinary-ext", {"pe_type": "dll", "optional_header": {"size_of_code": -1}}),
        "extensions.windows-pebinary-ext.optional_header.size_of_code",
        "at least",
    ),
    "a file of negative size": (minimal("file", size=-1), "size", "must be 0 at least"),
    "a process of no integrity level": (
        _with_extension("process", "windows-process-ext", {"integrity_level": "none"}),
        "extensions.windows-process-ext.integrity_level",
        "must be one of",
    ),
    "a service that starts as it likes": (
        _with_extension("process", "windows-service-ext", {"start_type": "LATER"}),
        "extensions.windows-service-ext.start_type",
        "must be one of",
    ),
    "an account in no group": (
        _with_extension("user-account", "unix-account-ext", {"groups": []}),
        "extensions.unix-account-ext.groups",
        "must not be empty",
    ),
    "an abbreviated hive": (minimal("windows-registry-key", key="HKLM\\Software"), "key", "HKEY_LOCAL_MACHINE"),
    "a registry value of no type": (
        minimal("windows-registry-key", values=[{"data_type": "REG_TEXT"}]),
        "values.[0].data_type",
        "must be one of",
    ),
    "an empty registry value": (minimal("windows-registry-key", values=[{}]), "values.[0]", "at least one"),
    "certificate extensions without any": (
        minimal("x509-certificate", x509_v3_extensions={}),
        "x509_v3_extensions",
        "at least one",
    ),
    "SCO dates that are none": (minimal("url", modified="yesterday"), "modified", "timestamp"),
}


@pytest.mark.parametrize(("tree", "where", "message"), BAD.values(), ids=BAD)
def test_what_the_standard_forbids_is_refused_where_it_stands(tree: dict[str, Any], where: str, message: str) -> None:
    violations = wrong_with(tree)
    assert where in violations, violations
    assert message in violations[where]
    assert violations[where].endswith(".")


def test_a_violation_is_a_sentence_that_its_sender_can_act_on() -> None:
    assert wrong_with(minimal("indicator", valid_from=...)) == {
        "valid_from": "`valid_from` is required for an indicator (STIX 2.1 section 4.7)."
    }
    assert wrong_with(minimal("indicator", created=...)) == {
        "created": "`created` is required for an indicator (STIX 2.1 section 3.2)."
    }


def test_every_violation_is_told_up_to_a_number() -> None:
    tree = minimal("campaign", name=1, aliases="a", revoked=1, labels=[], X=1)
    assert set(wrong_with(tree)) == {"name", "aliases", "revoked", "labels", "X"}
    outcome = read_object(parse(str(tree).replace("'", '"').encode()), ObjectLimits(violations_max=2))
    assert isinstance(outcome, Rejected)
    assert len(outcome.violations) == 2


def test_a_long_list_of_wrong_references_is_told_once() -> None:
    assert len(wrong_with(minimal("report", object_refs=["x"] * 10_000))) == 1


def test_what_is_read_of_a_valid_object() -> None:
    tree = rich("campaign", modified=T2, created=T1, revoked=True)
    raw = parse(b" " + str(tree).replace("'", '"').replace("True", "true").replace("False", "false").encode() + b"\n")
    outcome = read_object(raw)
    assert isinstance(outcome, StixObject), outcome
    assert outcome.raw == raw.raw
    assert (outcome.bytes_digest, outcome.tree_digest) == (bytes_digest(raw.raw), tree_digest(raw.tree))
    assert (outcome.id, outcome.type, outcome.spec) == (tree["id"], "campaign", "2.1")
    assert (outcome.created, outcome.modified, outcome.version, outcome.revoked) == (T1, T2, T2, True)
    assert outcome.created_by_ref == tree["created_by_ref"]
    assert outcome.object_marking_refs == (TLP_GREEN,)
    assert outcome.granular_markings == (
        GranularMarking(("external_references.[0].url",), TLP_GREEN, None),
        GranularMarking(("labels",), None, "en"),
    )


def test_the_version_of_an_object_without_dates_and_of_a_marking() -> None:
    url = judge(minimal("url"))
    marking = judge(minimal("marking-definition", created=T1, modified=T2))
    assert isinstance(url, StixObject)
    assert isinstance(marking, StixObject)
    assert (url.version, url.revoked, url.granular_markings) == (None, False, ())
    assert (marking.version, marking.modified) == (T1, None)


VERSIONS_OF_THE_STANDARD = {
    "what an object says": ({"type": "campaign", "spec_version": "2.0", "name": "a"}, "2.0"),
    "a type of 2.0 that says nothing": ({"type": "campaign", "name": "a"}, "2.0"),
    "a custom type with dates that says nothing": ({"type": "x-acme-thing"}, "2.0"),
}


@pytest.mark.parametrize(("tree", "spec"), VERSIONS_OF_THE_STANDARD.values(), ids=VERSIONS_OF_THE_STANDARD)
def test_which_version_an_object_is_of(tree: dict[str, Any], spec: str) -> None:
    outcome = judge({**tree, "id": _ref(tree["type"]), "created": T1, "modified": T1})
    assert isinstance(outcome, StixObject), outcome
    assert outcome.spec == spec


def test_an_object_that_is_read_as_2_0_for_want_of_a_version_is_told_so() -> None:
    assert "write 2.1" in wrong_with(minimal("malware", spec_version=...))["spec_version"]


RULES_OF_2_0: dict[str, dict[str, Any]] = {
    "modified before created": {"type": "campaign", "name": "a", "modified": "2020-01-01T00:00:00Z"},
    "no pattern": {"type": "indicator", "labels": ["a"], "pattern": "[", "valid_from": T1},
    "a relationship to a marking": {
        "type": "relationship",
        "relationship_type": "uses",
        "source_ref": _ref("malware"),
        "target_ref": TLP_GREEN,
    },
    "a TLP marking of one's own": {"type": "marking-definition", "definition_type": "tlp", "definition": {"tlp": "x"}},
    "a custom property with a hyphen": {"type": "campaign", "name": "a", "x-y": 1},
}


@pytest.mark.parametrize("tree", RULES_OF_2_0.values(), ids=RULES_OF_2_0)
def test_rules_that_2_0_has_as_well(tree: dict[str, Any]) -> None:
    whole = {"id": _ref(tree["type"]), "created": T1, "modified": T1, **tree}
    assert wrong_with(whole)


def test_a_rejected_element_is_named_as_far_as_it_can_be_read() -> None:
    outcome = judge({"type": "campaign", "id": "campaign--1", "created": T1, "modified": 1})
    assert isinstance(outcome, Rejected)
    assert (outcome.id, outcome.version) == ("campaign--1", T1)
    for nameless in ([1], "text", None, 1, {"id": 1, "modified": []}):
        unread = judge(nameless)
        assert isinstance(unread, Rejected)
        assert (unread.id, unread.version) == (None, None)


def test_what_strict_json_refuses_is_rejected_with_its_id() -> None:
    outcome = read_object(parse(b'{"id": "campaign--1", "id": "campaign--1"}'))
    assert isinstance(outcome, Rejected)
    assert outcome.id == "campaign--1"
    assert [violation.message for violation in outcome.violations] == [
        "The member `id` stands more than once in one object."
    ]
