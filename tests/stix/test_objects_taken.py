"""What the standard allows, a table of objects that are taken."""

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
    "an external reference with an external_id only": with_reference(source_name="acme", external_id="1"),
    "a CVE reference on a campaign": with_reference(source_name="nvd", external_id="CVE-2024-1234"),
    "a reference to another vulnerability database": minimal(
        "vulnerability", external_references=[{"source_name": "ghsa", "external_id": "GHSA-1"}]
    ),
    "a hash of an algorithm of one's own": minimal("file", hashes={"x_our-hash": "anything"}),
    "a hash in upper case": minimal("file", hashes={"MD5": "AB" * 16}),
    "a TLSH with its version": minimal("file", hashes={"TLSH": "T1" + "6F" * 35}),
    "a granular marking of a language": with_marking(selectors=["name"], lang="de"),
    "a selector with upper case": rich(
        "file", granular_markings=[{"selectors": ["hashes.SHA-256"], "marking_ref": TLP_GREEN}]
    ),
    "an extension of one's own without a definition": with_extension("url", "x-acme-ext", {"a": 1}),
    "a location by coordinates": minimal("location", country=..., latitude=0, longitude=0.0),
    "a location by region": minimal("location", country=..., region="europe"),
    "a malware family with a name": minimal("malware", is_family=True, name="Emotet"),
    "a report about a marking and a custom object": minimal(
        "report", object_refs=[TLP_GREEN, ref("x-acme-thing"), ref("relationship")]
    ),
    "observed-data about a custom object": minimal("observed-data", object_refs=[ref("x-acme-thing")]),
    "observed-data with the deprecated objects": minimal(
        "observed-data", object_refs=..., objects={"0": {"type": "file", "name": "a"}}
    ),
    "a relationship from a custom object to an SCO": minimal(
        "relationship", source_ref=ref("x-acme-thing"), target_ref=ref("ipv4-addr")
    ),
    "a relationship type of one's own": minimal("relationship", relationship_type="x-2-knows"),
    "a sighting of a custom object": minimal("sighting", sighting_of_ref=ref("x-acme-thing")),
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
    "an SCO with a UUID of another version": minimal("url", id=ref("url")),
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
    "a custom SDO": {"type": "weakness", "spec_version": "2.1", "id": ref("weakness"), "created": T1, "modified": T1},
    "a custom SCO": {"type": "x-acme-thing", "spec_version": "2.1", "id": ref("x-acme-thing"), "value": "1"},
    "a custom SCO that says nothing of its version": {"type": "x-acme-thing", "id": ref("x-acme-thing")},
    "a custom SCO with a date": {
        "type": "bank-card",
        "id": ref("bank-card"),
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
