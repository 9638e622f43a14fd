"""The forms of values hold for all values: generated ones, and those that organisations really publish."""

import gzip
import json
import re
from collections.abc import Iterator
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from random import Random

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from publicsuffixlist import PublicSuffixList

from app.exchange.lookup import read_as
from app.stix.observables import (
    ATTACK,
    CVE,
    CoverageOfMany,
    IndexKey,
    Observable,
    contained,
    coverage_of_many,
    covering,
    external_ids_in,
    index_key,
    kind_named,
    kinds_of,
    normal,
    observables_in,
    readings_of,
    refang,
)
from app.stix.observables.forms import KEY_BYTES_MAX
from app.stix.observables.hosts import NAMES_ABOVE_MAX
from app.stix.observables.kinds import FREE_TEXTS
from app.stix.observables.texts import folded
from app.stix.patterns.observables import known_kinds
from tests.support.cases import examples

CORPUS = Path(__file__).resolve().parents[2] / "../shared/corpus"
KINDS = sorted({*known_kinds(), "MD5", "SHA-256", "SSDEEP", "TLSH", CVE, ATTACK, "x-own"})
SUFFIXES = PublicSuffixList()
# signs that the rules look at, beside any others
SIGNS = st.text(
    alphabet=st.sampled_from(".:/[]()@%#*-~\\ aAzZ019ßİıſéΣς。xn") | st.characters(codec="utf-8"), max_size=40
)
MARKS = "\N{COMBINING ACUTE ACCENT}\N{COMBINING DOT BELOW}"
LABELS = st.sampled_from(["a", "www", "example", "b-c", "_dmarc", "bücher", "xn--bcher-kva"])
NAMES = st.builds(
    lambda labels, suffix: ".".join([*labels, suffix]),
    st.lists(LABELS, max_size=4),
    st.sampled_from(["org", "co.uk", "github.io", "kawasaki.jp", "city.kawasaki.jp", "unknown", "рф", "nl"]),
)
NETWORKS = st.one_of(
    st.builds(
        lambda bits, length: IPv4Network((bits, length), strict=False), st.integers(0, 2**32 - 1), st.integers(0, 32)
    ),
    st.builds(
        lambda bits, length: IPv6Network((bits, length), strict=False),
        st.integers(2**120, 2**128 - 1),
        st.integers(0, 128),
    ),
)


def values_of_the_corpus() -> Iterator[Observable]:
    for path in sorted(CORPUS.glob("*/*.jsonl.gz")):
        if path.parent.name in ("reports", "stix20", "oasis"):
            with gzip.open(path, "rt", encoding="utf-8") as lines:
                for line in lines:
                    for each in json.loads(line)["doc"].get("objects") or ():
                        yield from observables_in(each) if isinstance(each, dict) else ()


@settings(max_examples=examples(600))
@given(st.sampled_from(KINDS), SIGNS)
@example("windows-registry-key", "/\r0")
@example("windows-registry-key", "computer/Computer/HKLM: /x")
@example("domain-name", f"a{MARKS * 40}.example")
@example("domain-name", f"a{MARKS * 20}\u00ad{MARKS * 30}.example")
@example("url", f"http://e{MARKS * 40}\u0345{MARKS * 40}.example/x")
@example("file:name", f"e{MARKS * 40}\u0345{MARKS * 40}")
def test_a_normal_form_is_its_own_normal_form_and_has_the_same_key(kind: str, text: str) -> None:
    form = normal(kind, text)
    assert normal(form.kind, form.value) == form
    assert index_key(kind, text) == index_key(form.kind, form.value)


@settings(max_examples=examples(300))
@given(st.sampled_from(KINDS), SIGNS)
def test_a_value_covers_itself_and_every_key_can_be_stored(kind: str, text: str) -> None:
    keys = covering(kind, text * 20)
    assert keys[0] == index_key(kind, text * 20)
    assert len(set(keys)) == len(keys)
    for each in keys:
        assert len(each.key.encode()) <= KEY_BYTES_MAX
        assert "\0" not in each.key


@settings(max_examples=examples(300))
@given(SIGNS)
def test_what_was_refanged_is_not_refanged_again(text: str) -> None:
    once = refang(text)
    assert refang(once) == once


@settings(max_examples=examples(300))
@given(NETWORKS, NETWORKS)
def test_a_network_is_covered_by_exactly_the_networks_that_hold_it(one: object, other: object) -> None:
    inner, outer = ip_network(str(one)), ip_network(str(other))
    for asked, held in ((inner, outer), (inner, inner.supernet(new_prefix=inner.prefixlen // 2)), (outer, inner)):
        kind = f"ipv{asked.version}-addr"
        holds = asked.version == held.version and asked.subnet_of(held)  # type: ignore[arg-type]
        assert (index_key(kind, str(held)) in covering(kind, str(asked))) == holds
        _assert_contained(kind, str(held), index_key(kind, str(asked)), holds)


def _assert_contained(kind: str, value: str, key: IndexKey, holds: bool) -> None:
    found = contained(kind, value)
    if found is None:
        assert (index_key(kind, value) == key) == holds
    else:
        assert (found.kind == key.kind and found.first.encode() <= key.key.encode() < found.end.encode()) == holds


@settings(max_examples=examples(300))
@given(NAMES, NAMES)
def test_a_name_is_covered_by_its_parents_down_to_the_registrable_one(one: str, other: str) -> None:
    name, parent = normal("domain-name", one).value, normal("domain-name", other).value
    registrable = SUFFIXES.privatesuffix(name)
    below = name == parent or name.endswith(f".{parent}")
    covers = name == parent or (below and registrable is not None and len(parent) >= len(registrable))
    assert (index_key("domain-name", parent) in covering("domain-name", one)) == covers
    _assert_contained("domain-name", other, index_key("domain-name", one), below)


def test_a_name_has_so_many_names_above_it_and_the_widest_are_among_them() -> None:
    keys = covering("domain-name", f"{'a.' * 120}bad.example")
    widest = [f"example.bad.{'a.' * depth}" for depth in reversed(range(NAMES_ABOVE_MAX))]
    assert [each.key for each in keys] == [f"example.bad.{'a.' * 120}", *widest]


@given(st.text(alphabet="01239", min_size=4, max_size=4), st.text(alphabet="01239", min_size=4, max_size=4))
def test_a_technique_holds_its_sub_techniques_and_no_other(one: str, other: str) -> None:
    key = index_key(ATTACK, f"T{one}.001")
    _assert_contained(ATTACK, f"T{other}", key, one == other)
    assert (index_key(ATTACK, f"T{other}") in covering(ATTACK, f"T{one}.001")) == (one == other)


@given(NAMES, st.sampled_from(["http", "https", "ftp"]), st.sampled_from(["", "/", "/a?b#c", ":8080/x"]))
def test_a_url_is_covered_by_what_covers_its_host(name: str, scheme: str, rest: str) -> None:
    keys = covering("url", f"{scheme}://{name}{rest}")
    assert set(covering("domain-name", name)) <= set(keys)
    assert (index_key("url", f"{name}{rest}") in keys) == (scheme != "ftp")
    assert set(covering("ipv4-addr", "198.51.100.7")) <= set(covering("url", f"{scheme}://198.51.100.7{rest}"))


ASKED = st.one_of(
    st.tuples(st.sampled_from(["ipv4-addr", "ipv6-addr", "url"]), NETWORKS.map(str)),
    st.tuples(st.sampled_from(["domain-name", "email-addr", "url"]), NAMES),
    st.tuples(st.sampled_from(KINDS), SIGNS),
)


@settings(max_examples=200)
@given(st.lists(st.lists(ASKED, max_size=2), max_size=5), st.randoms())
def test_many_values_are_covered_by_what_covers_each_of_them(
    asked: list[list[tuple[str, str]]], chance: Random
) -> None:
    values = [[normal(kind, text) for kind, text in of_one] for of_one in asked]
    of_each = [{key for one in meant for key in covering(one.kind, one.value)} for meant in values]
    coverage = CoverageOfMany(values)
    keys = {IndexKey(kind, key) for kind, of_kind in coverage.keys().items() for key in of_kind}
    assert keys == set().union(*of_each)
    there = {key for key in keys if chance.random() < 0.5}
    for meant, covers, found in zip(values, of_each, coverage.found(there), strict=True):
        own = {index_key(one.kind, one.value) for one in meant}
        assert found == {key: key in own for key in covers & there}


def test_a_text_that_may_be_of_many_kinds_is_folded_once(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    monkeypatch.setattr(coverage_of_many, "folded", lambda text: asked.append(text) or folded(text))
    keys = CoverageOfMany([[Observable(kind, "Grüße") for kind in FREE_TEXTS]]).keys()
    assert set().union(*keys.values()) == {folded("Grüße")}
    assert keys.keys() == set(FREE_TEXTS)
    assert asked == ["Grüße"]


def test_texts_that_unicode_writes_in_several_ways_are_one() -> None:
    assert index_key("file:name", "Café.EXE") == index_key("file:name", "cafe\N{COMBINING ACUTE ACCENT}.exe")
    assert index_key("domain-name", "BÜCHER.example") == index_key("domain-name", "xn--bcher-kva.EXAMPLE.")
    assert index_key("mutex", "Straße") == index_key("mutex", "STRASSE")


def test_a_label_of_a_letter_and_marks_lies_under_the_names_above_it() -> None:
    assert index_key("domain-name", "own.example") in covering("domain-name", f"a{MARKS[0] * 50}.own.example")


def test_signs_that_no_name_has_hide_none_however_many_they_are() -> None:
    assert normal("domain-name", f"{chr(0xAD) * 2000}Own.example").value == "own.example"


def test_a_letter_with_its_mark_is_one_sign_however_many_marks_follow() -> None:
    many = MARKS * 200
    assert index_key("file:name", f"É{many}") == index_key("file:name", f"e\u0301{many}")
    assert index_key("file:name", f"é{many}x") != index_key("file:name", f"é{many}y")


def test_long_values_that_begin_alike_have_keys_of_their_own() -> None:
    one, other = (index_key("url", f"http://example.org/{'a' * 3000}{end}") for end in "xy")
    assert one != other
    assert len(one.key) == KEY_BYTES_MAX


@pytest.mark.parametrize(
    ("name", "kind"),
    [("sha256", "SHA-256"), ("Domain", "domain-name"), ("file:name", "file:name"), ("ATTACK", ATTACK), ("x", None)],
)
def test_people_have_names_for_kinds(name: str, kind: str | None) -> None:
    assert kind_named(name) == kind


def test_external_ids_are_those_of_cve_and_attack() -> None:
    technique = {
        "type": "attack-pattern",
        "external_references": [
            {"source_name": "mitre-ics-attack", "external_id": "T0800"},
            {"source_name": "capec", "external_id": "CAPEC-1"},
            {"source_name": "CVE", "external_id": "CVE-2021-44228"},
            {"source_name": "mitre-attack"},
        ],
    }
    assert external_ids_in(technique) == {Observable(ATTACK, "T0800"), Observable(CVE, "CVE-2021-44228")}
    assert external_ids_in({"type": "vulnerability", "name": "cve-2014-0160"}) == {Observable(CVE, "cve-2014-0160")}
    assert external_ids_in({"type": "malware", "name": "CVE-2014-0160"}) == frozenset()
    assert observables_in(technique) == frozenset()


@pytest.mark.skipif(not CORPUS.is_dir(), reason="the corpus is not beside the project")
def test_values_that_organisations_publish_keep_their_meaning_and_are_found_by_their_text() -> None:
    """Whatever is sound is recognised by its form alone, and nothing is changed that is not defanged. Whoever gives the
    text as it stands, and its kind where the form tells another, is led to it.
    """
    seen = changed = unknown = told = 0
    marks = re.compile(r"\[\.\]|hxxp|\[:\]", re.IGNORECASE)
    for each in set(values_of_the_corpus()):
        seen += 1
        form = normal(each.kind, each.value)
        assert normal(form.kind, form.value) == form
        changed += refang(each.value) != each.value.strip() and not marks.search(each.value)
        unknown += form.kind not in kinds_of(form.value)
        if kind_named(each.kind) and not set(readings_of(each)) & set(read_as(each.value, None)):
            told += 1
            assert set(readings_of(each)) & set(read_as(each.value, each.kind))
    assert seen > 5000
    assert changed == 0
    assert unknown <= seen // 100
    assert told <= 30
