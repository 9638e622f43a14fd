"""A key that tells its value tells the normal form."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from app.stix.observables import index_key, normal
from app.stix.observables.indexing import index_keys_in, value_told_by, values_in
from tests.support.stix import an_indicator

SHA_256 = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("ipv4-addr", "198.51.100.7"),
        ("ipv4-addr", "198.51.100.0/24"),
        ("ipv6-addr", "2001:DB8::/32"),
        ("domain-name", "WWW.Bücher.example."),
        ("url", "HTTP://bad.example/Kit?a=B"),
        ("SHA-256", SHA_256.upper()),
        ("cve", "cve-2021-44228"),
        ("mitre-attack", "t1059.001"),
    ],
)
def test_the_key_of_an_exact_kind_tells_the_normal_form(kind: str, value: str) -> None:
    assert value_told_by(index_key(kind, value)) == normal(kind, value)


@example("domain-name", ".0")
@given(st.sampled_from(["ipv4-addr", "ipv6-addr", "domain-name", "url", "MD5", "file:name", "cve"]), st.text())
def test_a_key_tells_the_normal_form_or_a_value_of_the_same_key_or_nothing(kind: str, value: str) -> None:
    key = index_key(kind, value)
    told = value_told_by(key)
    assert told is None or index_key(told.kind, told.value) == key


def test_an_object_stands_in_the_index_under_all_that_it_names() -> None:
    pattern = f"[domain-name:value = 'Bad.Example' OR file:name = 'Kit.EXE' OR file:hashes.'SHA-256' = '{SHA_256}']"
    references = [{"source_name": "mitre-attack", "external_id": "T1059"}]
    tree = an_indicator("one", pattern=pattern, external_references=references)
    assert {(each.kind, each.value) for each in values_in(tree).values()} == {
        ("domain-name", "bad.example"), ("file:name", "Kit.EXE"), ("SHA-256", SHA_256), ("mitre-attack", "T1059"),
    }  # fmt: skip
    assert index_keys_in(tree) == values_in(tree).keys()
