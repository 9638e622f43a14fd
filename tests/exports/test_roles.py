"""An export says of a value no more than its indicator does: whose hash it is, and at which end an address stands."""

import csv
import json
from io import StringIO

import pytest
from misp_stix_converter import MISPtoSTIX21Parser

from app.exports.formats import Form
from tests.exports.written import written

SHA_1, SHA_256, MD5 = "da39a3ee5e6b4b0d3255bfef95601890afd80709", "e3" * 32, "d4" * 16

# pattern -> what MISP's event says, read back; None: nothing
IN_MISP = {
    f"x509-certificate:hashes.'SHA-1' = '{SHA_1}'": f"[x509-certificate:hashes.'SHA-1' = '{SHA_1}']",
    f"x509-certificate:hashes.'SHA-256' = '{SHA_256}'": f"[x509-certificate:hashes.'SHA-256' = '{SHA_256}']",
    f"x509-certificate:hashes.MD5 = '{MD5}'": f"[x509-certificate:hashes.MD5 = '{MD5}']",
    f"x509-certificate:hashes.'SHA-512' = '{'f5' * 64}'": None,
    f"file:hashes.'SHA-1' = '{SHA_1}'": f"[file:hashes.'SHA-1' = '{SHA_1}']",
    f"process:image_ref.hashes.MD5 = '{MD5}'": f"[file:hashes.MD5 = '{MD5}']",
    f"file:extensions.'windows-pebinary-ext'.sections[*].hashes.MD5 = '{MD5}'": None,
    "email-message:to_refs[*].value = 'victim@org.example'": "[email-message:to_refs[*].value = 'victim@org.example']",
    "email-message:from_ref.value = 'kit@bad.example'": "[email-message:from_ref.value = 'kit@bad.example']",
    "email-addr:value = 'kit@bad.example'": "[email-addr:value = 'kit@bad.example']",
    "network-traffic:src_ref.value = '192.0.2.77'": (
        "[network-traffic:src_ref.type = 'ipv4-addr' AND network-traffic:src_ref.value = '192.0.2.77']"
    ),
    "network-traffic:src_ref.type = 'ipv6-addr' AND network-traffic:src_ref.value = '2001:db8::1'": (
        "[network-traffic:src_ref.type = 'ipv6-addr' AND network-traffic:src_ref.value = '2001:db8::1']"
    ),
    "network-traffic:dst_ref.value = '192.0.2.77'": (
        "[network-traffic:dst_ref.type = 'ipv4-addr' AND network-traffic:dst_ref.value = '192.0.2.77']"
    ),
}
RECIPIENTS = [f"email-message:{each}_refs[*].value = 'victim@org.example'" for each in ("to", "cc", "bcc")]
CERTIFICATES = [each for each in IN_MISP if each.startswith("x509")]
SECTIONS = [each for each in IN_MISP if "sections" in each]


def event_of(*patterns: str) -> dict[str, object]:
    (uuid,) = json.loads(written(Form.MISP, *patterns))
    event: dict[str, object] = json.loads(written(Form.MISP, *patterns, file=f"{uuid}.json"))
    return event


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_an_event_of_misp_that_is_read_back_says_what_the_indicators_said() -> None:
    parser = MISPtoSTIX21Parser()
    parser.parse_misp_event(event_of(*IN_MISP))
    read = {each.description: each.pattern for each in parser.stix_objects if each.type == "indicator"}
    assert read == {pattern: told for pattern, told in IN_MISP.items() if told is not None}


def test_one_value_in_two_roles_is_two_attributes_with_ids_of_their_own() -> None:
    ends = [f"network-traffic:{end}_ref.value = '192.0.2.77'" for end in ("src", "dst")]
    attributes = event_of(*ends, "ipv4-addr:value = '192.0.2.77'")["Event"]["Attribute"]  # type: ignore[index]
    assert sorted(each["type"] for each in attributes) == ["ip-dst", "ip-src"]
    assert len({each["uuid"] for each in attributes}) == 2
    digests = written(Form.MISP, *ends, file="hashes.csv").splitlines()
    assert len(digests) == 2


def test_lists_for_machines_have_neither_victims_nor_hashes_of_what_is_no_file() -> None:
    assert written(Form.LIST, *RECIPIENTS, *CERTIFICATES, *SECTIONS) == ""
    rows = [line.split("\t")[:2] for line in written(Form.ZEEK, *RECIPIENTS, *CERTIFICATES, *SECTIONS).splitlines()]
    assert rows[1:] == [[SHA_1, "Intel::CERT_HASH"]]
    assert f"{SHA_1}\tIntel::FILE_HASH" in written(Form.ZEEK, f"file:hashes.'SHA-1' = '{SHA_1}'")


def test_people_see_in_their_tables_what_each_value_is() -> None:
    patterns = [*IN_MISP, *RECIPIENTS]
    rows = csv.DictReader(StringIO(written(Form.CSV, *patterns), newline=""))
    roles = {each["name"]: each["role"] for each in rows}
    assert roles.keys() == set(patterns)
    assert {roles[each] for each in RECIPIENTS} == {"recipient"}
    assert {roles[each] for each in CERTIFICATES} == {"certificate"}
    assert {roles[each] for each in SECTIONS} == {"part"}
    assert {role for each, role in roles.items() if "src_ref" in each or "from_ref" in each} == {"source"}
    assert {role for each, role in roles.items() if "dst_ref" in each} == {"destination"}
    assert {roles[each] for each in ("email-addr:value = 'kit@bad.example'", f"file:hashes.'SHA-1' = '{SHA_1}'")} == {
        ""
    }


def test_an_indicator_that_names_a_value_at_both_ends_has_one_rule_for_it() -> None:
    both = "network-traffic:src_ref.value = '192.0.2.77' OR network-traffic:dst_ref.value = '192.0.2.77'"
    assert len(written(Form.SURICATA, both).splitlines()) == 1
