"""Identifiers and deterministic ids: STIX 2.1 section 2.9, RFC 8785."""

import json
from typing import Any

import pytest
import stix2
from hypothesis import given
from hypothesis import strategies as st
from stix2.canonicalization.Canonicalize import canonicalize
from stix_examples import EXAMPLES

from app.stix.canonical_json import canonical_json
from app.stix.identifiers import CONTRIBUTING_PROPERTIES, is_identifier, sco_id, type_of
from app.stix.vocabularies import SCO_TYPES

UUID = "8e2e2d2b-17d4-4cbf-938f-98ee46b3cd3f"
IDENTIFIERS = {
    "a random UUID": (f"malware--{UUID}", True),
    "a UUID of version 5": ("ipv4-addr--28bb3599-77cd-5a82-a950-b5bc3caf07c4", True),
    "a UUID of version 7": ("malware--01890a5d-ac96-774b-bcce-b302099a8057", True),
    "a UUID in upper case": (f"malware--{UUID.upper()}", False),
    "a custom type": (f"x-acme-thing--{UUID}", True),
    "a UUID of version 0": ("malware--8e2e2d2b-17d4-0cbf-938f-98ee46b3cd3f", False),
    "a UUID of another variant": ("malware--8e2e2d2b-17d4-4cbf-138f-98ee46b3cd3f", False),
    "the nil UUID": ("malware--00000000-0000-0000-0000-000000000000", False),
    "a UUID that is too long": (f"malware--{UUID}0", False),
    "a letter that is not hexadecimal": ("malware--8e2e2d2b-17d4-4cbf-938f-98ee46b3cd3g", False),
    "no UUID": ("identity--not-available", False),
    "no type": (f"--{UUID}", False),
    "one hyphen": (f"malware-{UUID}", False),
    "a type in upper case": (f"Malware--{UUID}", False),
    "a type with an underscore": (f"x_thing--{UUID}", False),
    "a type that begins with a digit": (f"9thing--{UUID}", False),
    "three hyphens": (f"malware---{UUID}", False),
    "a line end after it": (f"malware--{UUID}\n", False),
}


@pytest.mark.parametrize(("text", "good"), IDENTIFIERS.values(), ids=IDENTIFIERS)
def test_what_an_identifier_is(text: str, good: bool) -> None:
    assert is_identifier(text) is good


def test_the_type_of_an_identifier() -> None:
    assert type_of(f"x-acme-thing--{UUID}") == "x-acme-thing"


def test_every_sco_has_its_contributing_properties() -> None:
    assert set(CONTRIBUTING_PROPERTIES) == SCO_TYPES


def test_the_id_that_the_standard_gives_an_address() -> None:
    assert sco_id({"type": "ipv4-addr", "value": "198.51.100.3"}) == "ipv4-addr--28bb3599-77cd-5a82-a950-b5bc3caf07c4"


def test_what_has_nothing_to_contribute_has_no_deterministic_id() -> None:
    assert sco_id({"type": "process", "pid": 1}) is None
    assert sco_id({"type": "file", "size": 1}) is None
    assert sco_id({"type": "x-acme-thing", "value": "1"}) is None


def test_another_hash_beside_the_first_does_not_change_the_id() -> None:
    one = sco_id({"type": "file", "hashes": {"MD5": "0a" * 16}})
    assert one == sco_id({"type": "file", "hashes": {"SHA-256": "0a" * 32, "MD5": "0a" * 16}})
    assert one != sco_id({"type": "file", "hashes": {"SHA-256": "0a" * 32}})


@pytest.mark.parametrize("size", ["minimal", "rich"])
@pytest.mark.parametrize("object_type", sorted(SCO_TYPES - {"process"}))
def test_ids_are_those_of_the_oasis_library(object_type: str, size: str) -> None:
    tree = {
        name: value
        for name, value in EXAMPLES[object_type][size].items()
        if name in {"type", *CONTRIBUTING_PROPERTIES[object_type], "is_multipart", "protocols"} and name != "extensions"
    }
    # the library writes dates anew
    tree = {name: value for name, value in tree.items() if name not in {"start", "end"}}
    if object_type == "email-message":
        tree |= {"is_multipart": False}
        tree.pop("body_multipart", None)
    if object_type == "user-account" or tree.keys() - {"type", "is_multipart"}:
        assert sco_id(tree) == stix2.parse(tree, version="2.1", allow_custom=True)["id"]


json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(st.characters(exclude_categories=["Cs"])), inner),
    max_leaves=20,
)


@given(json_values)
def test_canonical_json_is_that_of_the_oasis_library(value: Any) -> None:
    assert canonical_json(value) == canonicalize(value, utf8=False)


NUMBERS = {
    0.0: "0",
    1.0: "1",
    -1.5: "-1.5",
    1e20: "100000000000000000000",
    1e21: "1e+21",
    123e-7: "0.0000123",
    1e-6: "0.000001",
    1e-7: "1e-7",
    5e-324: "5e-324",
    333333333.33333329: "333333333.3333333",
    9007199254740993.0: "9007199254740992",
    295147905179352830000.0: "295147905179352830000",
}


@pytest.mark.parametrize(("number", "text"), NUMBERS.items())
def test_numbers_are_written_as_ecmascript_writes_them(number: float, text: str) -> None:
    assert canonical_json(number) == text
    assert float(json.loads(text)) == number


def test_there_is_one_zero() -> None:
    assert canonical_json(-0.0) == canonical_json(0) == "0"


@pytest.mark.parametrize("value", [float("nan"), float("-inf"), 2**1024, b"bytes", object()])
def test_what_json_has_no_value_for(value: object) -> None:
    with pytest.raises(ValueError, match="JSON has no"):
        canonical_json(value)
