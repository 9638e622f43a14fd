"""What right files mean: only what is written is granted, and `all` is written out."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta, timezone
from itertools import permutations
from typing import Any, get_args

import pytest
from ruamel.yaml import YAML

from app.errors import WrongFiles
from app.files.agreements import read_agreements
from app.files.fields import Entry
from app.files.vocabulary_entries import AcsEntry, IepEntry
from app.policy.partnership import (
    ALL,
    CollectionTerms,
    CustomTerms,
    Everything,
    IntakeTerms,
    Member,
    PapLevel,
    Partner,
    Partnership,
    ReleaseTerms,
    TlpLevel,
)
from app.policy.vocabularies import acs, iep

PARTNERS = "host: a\npartners: {a: {name: A}, b: {name: B}, no: {name: Norge}}\n"
HEAD = "partnership: p\ntitle: P\nagreement: {reference: R, effective: 2026-01-01, expires: 2027-01-01}\n"
LEAST = HEAD + "members: {a: {}, b: {}}\ncollections: {c: {id: 5b9f3f0c-6f0e-4c53-8f4e-2f6f0c9d7a10, title: C}}\n"
AT = "{id: 5b9f3f0c-6f0e-4c53-8f4e-2f6f0c9d7a10, title: C, "


def read(text: str) -> Partnership:
    return read_agreements({"partners.yaml": PARTNERS, "any-name.yaml": text}).partnerships["p"]


def read_collection(keys: str) -> CollectionTerms:
    return read(HEAD + "members: {a: {}, b: {}}\ncollections: {c: " + AT + keys + "}}\n").collections["c"]


def test_what_is_left_out_is_not_granted() -> None:
    partnership = read(LEAST)
    assert partnership.members == {"a": Member("a"), "b": Member("b")}
    terms = partnership.collections["c"]
    assert terms == CollectionTerms("c", "5b9f3f0c-6f0e-4c53-8f4e-2f6f0c9d7a10", "C")
    granted = (
        terms.read, terms.write, terms.listed, terms.release.tlp, terms.release.red, terms.release.statements,
        terms.release.custom,
        terms.release.pap, terms.release.iep, terms.release.acs, terms.intake.types, terms.intake.tlp,
        terms.intake.relays,
    )  # fmt: skip
    assert not any(isinstance(each, Everything) or each for each in granted)
    assert terms.release.unmarked is None
    assert terms.intake.unmarked is None


def test_empty_mappings_grant_no_more_than_what_is_left_out() -> None:
    terms = read_collection("release: {}, intake: {}, read: [], write: []")
    assert terms == read(LEAST).collections["c"]
    assert not isinstance(terms.intake.types, Everything)
    assert not isinstance(terms.release.statements, Everything)


def leaves(tree: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    if isinstance(tree, dict):
        return [path, *(found for key, inner in tree.items() for found in leaves(inner, (*path, key)))]
    return [path]


def without(tree: Any, path: tuple[Any, ...]) -> Any:
    if len(path) == 1:
        return {key: inner for key, inner in tree.items() if key != path[0]}
    return {key: without(inner, path[1:]) if key == path[0] else inner for key, inner in tree.items()}


FULL: dict[str, Any] = {
    "partnership": "p",
    "title": "P",
    "agreement": {"reference": "R", "effective": "2026-01-01", "expires": "2027-01-01"},
    "members": {
        "a": {"tlp": "all"},
        "b": {
            "tlp": ["clear", "red"],
            "client_of": "a",
            "organizations": ["USA.DOE"],
            "nationalities": ["NLD"],
            "entity": ["GOV"],
        },
    },
    "collections": {
        "c": {
            "id": "5b9f3f0c-6f0e-4c53-8f4e-2f6f0c9d7a10",
            "title": "C",
            "read": "all",
            "write": ["a"],
            "listed": "all",
            "release": {
                "tlp": "all",
                "unmarked": "clear",
                "granular": "withhold",
                "red": ["a/x"],
                "statements": "all",
                "pap": "all",
                "iep": {"encrypt_in_transit": ["must"], "provider_attribution": ["may", "must"]},
                "acs": {"classification": ["U"], "caveat": ["POSSIBLEPII"]},
                "custom": {
                    "marking-definition--0b4f1d5e-3c55-4f0a-8b3b-6f5a0b9d2c11": {
                        "members": "all",
                        "disseminations": ["NOCON"],
                    },
                },
            },
            "intake": {
                "types": "all",
                "tlp": "all",
                "unmarked": "green",
                "ownership": {"a": ["b"]},
                "spec_versions": ["2.0", "2.1"],
            },
        }
    },
}


def grants(partnership: Partnership) -> set[tuple[object, ...]]:
    """Every single right that a partnership gives, flat."""
    found: set[tuple[object, ...]] = {
        ("member", m.partner, right)
        for m in partnership.members.values()
        for right in (*m.tlp, *m.organizations, *m.nationalities, *m.entity)
    }
    for c in partnership.collections.values():
        sets: dict[str, Any] = {
            "read": c.read, "write": c.write, "listed": c.listed, "release.tlp": c.release.tlp, "red": c.release.red,
            "statements": c.release.statements, "types": c.intake.types, "intake.tlp": c.intake.tlp,
            **{f"custom {name}": mapped.members for name, mapped in c.release.custom.items()},
            **{f"control {name}": mapped.disseminations for name, mapped in c.release.custom.items()},
            **{f"iep {name}": values for name, values in c.release.iep.items()},
            **{f"acs {name}": tokens for name, tokens in c.release.acs.items()}, "pap": c.release.pap,
            **{f"relay {name}": members for name, members in c.intake.relays.items()},
        }  # fmt: skip
        for key, values in sets.items():
            found |= {(key, "all")} if isinstance(values, Everything) else {(key, value) for value in values}
        found |= {(key, level) for key, level in [("u", c.release.unmarked), ("v", c.intake.unmarked)] if level}
    return found


@pytest.mark.parametrize("path", [path for path in leaves(FULL) if path], ids=lambda path: ".".join(path))
def test_leaving_a_key_out_never_grants_more(path: tuple[str, ...]) -> None:
    everything = grants(read(str_of(FULL)))
    try:
        fewer = grants(read(str_of(without(FULL, path))))
    except WrongFiles:
        return
    assert fewer <= everything
    if path[-1] not in {"id", "title", "granular", "client_of", "spec_versions", "unmarked"}:
        assert fewer < everything


def str_of(tree: object) -> str:
    """The tree as YAML in flow style, which is JSON."""
    return json.dumps(tree)


def test_all_members_are_written_out_and_outsiders_are_not_among_them() -> None:
    terms = read_collection("read: all, write: all, listed: all")
    assert terms.read == terms.write == terms.listed == frozenset({"a", "b"})
    assert not any(isinstance(each, Everything) for each in (terms.read, terms.write, terms.listed))


def test_all_types_and_all_statements_hold_what_nobody_thought_of() -> None:
    terms = read_collection("intake: {types: all}, release: {statements: all}")
    assert terms.intake.types is ALL
    assert terms.release.statements is ALL


def test_all_levels_are_the_five_and_a_list_is_just_its_levels() -> None:
    members = read(HEAD + "members: {a: {tlp: all}, b: {tlp: [amber]}}\n").members
    assert members["a"].tlp == frozenset(TlpLevel)
    assert members["b"].tlp == frozenset({TlpLevel.AMBER}), "levels are no ladder"


def test_every_term_of_a_collection_arrives() -> None:
    assert read(str_of(FULL)).collections["c"] == CollectionTerms(
        alias="c",
        id="5b9f3f0c-6f0e-4c53-8f4e-2f6f0c9d7a10",
        title="C",
        read=frozenset({"a", "b"}),
        write=frozenset({"a"}),
        listed=frozenset({"a", "b"}),
        release=ReleaseTerms(
            tlp=frozenset(TlpLevel),
            unmarked=TlpLevel.CLEAR,
            red=frozenset({"a/x"}),
            statements=ALL,
            pap=frozenset(PapLevel),
            iep={
                "encrypt_in_transit": frozenset({"must"}),
                "provider_attribution": frozenset({"may", "must"}),
            },
            acs={"classification": frozenset({"U"}), "caveat": frozenset({"POSSIBLEPII"})},
            custom={
                "marking-definition--0b4f1d5e-3c55-4f0a-8b3b-6f5a0b9d2c11": CustomTerms(
                    frozenset({"a", "b"}), frozenset({"NOCON"})
                )
            },
        ),
        intake=IntakeTerms(
            types=ALL,
            tlp=frozenset(TlpLevel),
            unmarked=TlpLevel.GREEN,
            relays={"a": frozenset({"b"})},
            spec_versions=frozenset({"2.0", "2.1"}),
        ),
    )


@pytest.mark.parametrize(("entry", "known"), [(IepEntry, iep.STATEMENTS), (AcsEntry, acs.CONTROLS)], ids=["IEP", "ACS"])
def test_the_files_know_the_words_that_markings_use(entry: type[Entry], known: Mapping[str, frozenset[str]]) -> None:
    """What markings may say, an agreement can accept, and nothing else."""
    words = {name: get_args(get_args(field.annotation)[0]) for name, field in entry.model_fields.items()}
    assert {name: frozenset(written) for name, written in words.items()} == known


def test_refuse_is_no_level() -> None:
    terms = read_collection("intake: {unmarked: refuse}, release: {unmarked: refuse}")
    assert terms.release.unmarked is None
    assert terms.intake.unmarked is None


def test_a_custom_marking_without_members_is_released_to_nobody() -> None:
    marking = "marking-definition--0b4f1d5e-3c55-4f0a-8b3b-6f5a0b9d2c11"
    assert read_collection(f"release: {{custom: {{{marking}: {{}}}}}}").release.custom == {marking: CustomTerms()}


def test_a_partner_named_no_is_a_partner() -> None:
    partnership = read(HEAD + "members:\n  no: {tlp: [clear]}\ncollections: {c: " + AT + "read: [no]}}\n")
    assert partnership.members == {"no": Member("no", frozenset({TlpLevel.CLEAR}))}
    assert partnership.collections["c"].read == frozenset({"no"})


def test_stix_versions_need_no_quotes() -> None:
    assert read_collection("intake: {spec_versions: [2.0, '2.1']}").intake.spec_versions == frozenset({"2.0", "2.1"})


def test_a_collection_id_is_read_in_small_letters() -> None:
    text = LEAST.replace("5b9f3f0c-6f0e-4c53-8f4e-2f6f0c9d7a10", "5B9F3F0C-6F0E-4C53-8F4E-2F6F0C9D7A10")
    assert read(text).collections["c"].id == "5b9f3f0c-6f0e-4c53-8f4e-2f6f0c9d7a10"


INSTANTS = {
    "2026-01-01": datetime(2026, 1, 1, tzinfo=UTC),
    "'2026-01-01'": datetime(2026, 1, 1, tzinfo=UTC),
    "2026-01-01T00:00:00Z": datetime(2026, 1, 1, tzinfo=UTC),
    "2026-01-01t00:00z": datetime(2026, 1, 1, tzinfo=UTC),
    "2026-01-01 06:30:00+05:30": datetime(2026, 1, 1, 1, tzinfo=UTC),
    "2026-01-01T00:00:00.25-01:00": datetime(2026, 1, 1, 0, 0, 0, 250_000, tzinfo=timezone(timedelta(hours=-1))),
}


@pytest.mark.parametrize("written", INSTANTS)
def test_an_instant_is_the_same_however_it_is_written(written: str) -> None:
    read_at = read(LEAST.replace("2026-01-01", written)).agreement.effective
    assert read_at == INSTANTS[written]
    assert read_at.utcoffset() == timedelta(0)


def test_the_order_and_the_names_of_the_files_do_not_matter() -> None:
    second = LEAST.replace("partnership: p", "partnership: q").replace("5b9f3f0c", "0d6e1f4a")
    files = {"partners.yaml": PARTNERS, "x.yaml": LEAST, "y.yaml": second}
    readings = [read_agreements(dict(order)) for order in permutations(files.items())]
    assert all(reading == readings[0] for reading in readings)
    renamed = read_agreements({"partners.yaml": PARTNERS, "y.yaml": LEAST, "a.yaml": second})
    assert (renamed.partners, renamed.partnerships) == (readings[0].partners, readings[0].partnerships)
    assert list(renamed.partnerships) == ["p", "q"]
    assert (readings[0].sources, renamed.sources) == ({"p": "x.yaml", "q": "y.yaml"}, {"p": "y.yaml", "q": "a.yaml"})


def test_partners_have_their_titles_and_identities() -> None:
    identity = "identity--8c1e3c62-6f0a-4a55-9a53-0c1f8f0a8e11"
    partners = read_agreements(
        {"partners.yaml": f"host: a\npartners: {{a: {{name: A b, identities: [{identity}]}}}}\n"}
    ).partners
    assert partners.host == "a"
    assert partners.by_name == {"a": Partner("a", "A b", frozenset({identity}))}


PLAIN_WORDS = [
    "no", "yes", "on", "off", "0o17", "0x1F", "1e3", ".5", "5.", ".inf", ".nan", "~", "null", "Null", "true",
    "TRUE", "tRUE", "12:30:45", "1.2.3", "<=", "2026-01-01T", "-1", "+1", "1_a", "-.inf",
]  # fmt: skip


@pytest.mark.parametrize("word", PLAIN_WORDS)
def test_a_plain_word_is_text_where_the_core_schema_of_yaml_1_2_says_so(word: str) -> None:
    oracle = YAML(typ="safe", pure=True).load(f"a: {word}\n")["a"]
    try:
        title = read(LEAST.replace("title: P", f"title: {word}")).title
    except WrongFiles:
        title = None
    assert title == (word if isinstance(oracle, str) else None)


@pytest.mark.parametrize("word", ["1_000", "0b1", "2026-01-01", "="])
def test_what_only_yaml_1_1_took_for_a_number_a_date_or_a_default_is_text(word: str) -> None:
    assert read(LEAST.replace("title: P", f"title: {word}")).title == word
