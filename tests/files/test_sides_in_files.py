"""The members' own terms in the files: what they mean, what a change of them is called, and what is refused."""

from datetime import timedelta

import pytest

from app.errors import WrongFiles
from app.files.agreements import Agreements, read_agreements
from app.files.differences import differences
from app.policy.partnership import ALL, Age, Grant, Member, TlpLevel

ID = "5b9f3f0c-6f0e-4c53-8f4e-2f6f0c9d7a10"
MARKING = "marking-definition--0b4f1d5e-3c55-4f0a-8b3b-6f5a0b9d2c11"
PARTNERS = "host: a\npartners: {a: {name: A}, b: {name: B}, c: {name: C}}\n"
HEAD = "partnership: p\ntitle: P\nagreement: {reference: R, effective: 2026-01-01, expires: 2027-01-01}\n"
TAIL = f"collections: {{x: {{id: {ID}, title: X}}}}\n"
WHOLE = "collections: all, types: all, tlp: all"
FULL = "collections: [x], types: [indicator], tlp: [green]"


def read(member: str, groups: str = "") -> Agreements:
    """The agreement in which `a` has these keys."""
    text = f"{HEAD}{groups}members: {{b: {{}}, c: {{}}, a: {{{member}}}}}\n{TAIL}"
    return read_agreements({"partners.yaml": PARTNERS, "p.yaml": text})


def side(member: str, groups: str = "") -> Member:
    return read(member, groups).partnerships["p"].members["a"]


def test_a_member_of_which_nothing_is_said_has_no_terms_of_its_own() -> None:
    assert side("") == Member("a")
    assert side("").releases is None
    assert side("releases: [], takes: []") == Member("a", releases=frozenset(), takes=frozenset())


def test_every_key_of_an_entry_arrives() -> None:
    bounds = f"markings: [{MARKING}], confidence: {{at_least: 0}}, age: {{at_least: PT1H, at_most: P1D}}"
    assert side(f"releases: [{{to: [b], {FULL}, {bounds}}}], takes: [{{from: all, {WHOLE}}}]") == Member(
        "a",
        releases=frozenset(
            {
                Grant(
                    partners=frozenset({"b"}),
                    collections=frozenset({"x"}),
                    types=frozenset({"indicator"}),
                    tlp=frozenset({TlpLevel.GREEN}),
                    markings=frozenset({MARKING}),
                    confidence=0,
                    age=Age(timedelta(hours=1), timedelta(days=1)),
                )
            }
        ),
        takes=frozenset({Grant(ALL, ALL, ALL, frozenset(TlpLevel))}),
    )
    assert side("originator_control: true, attribution: anonymous") == Member(
        "a", originator_control=True, anonymous=True
    )
    assert side("originator_control: false, attribution: named") == Member("a")


def test_a_group_means_its_members_and_the_order_means_nothing() -> None:
    one = side(f"releases: [{{to: [both], {FULL}}}, {{to: [a], {WHOLE}}}]", "groups: {both: [b, c]}\n")
    other = side(f"releases: [{{to: [a], {WHOLE}}}, {{to: [c, b], {FULL}}}]")
    assert one == other


# sentence -> (the member's keys, the sentences that say them where nothing was)
GREEN_TO_B = "{to: [b], collections: [x], types: [indicator], tlp: [green]}"
CHANGES = {
    "nothing": ("", []),
    "control": ("originator_control: true", ["originator_control is true"]),
    "no name": ("attribution: anonymous", ["attribution is anonymous"]),
    "nothing to nobody": ("releases: []", ["releases was unbounded and is nothing"]),
    "an entry": (f"releases: [{GREEN_TO_B}]", [f"releases was unbounded and is {GREEN_TO_B}"]),
    "every bound": (
        f"takes: [{{from: all, {WHOLE}, markings: [], confidence: {{at_least: 50}}, age: {{at_most: P1D}}}}]",
        [
            (
                "takes was unbounded and is {from: all, collections: all, types: all, tlp: [amber, amber+strict, "
                "clear, green, red], markings: [], confidence: {at_least: 50}, age: {at_most: P1D}}"
            )
        ],
    ),
}


@pytest.mark.parametrize("sentence", CHANGES)
def test_terms_of_a_member_s_own_are_told(sentence: str) -> None:
    keys, said = CHANGES[sentence]
    told = [each.sentence for each in differences(read(""), read(keys))]
    assert told == [f"Member a of p: {each}." for each in said]
    assert bool(differences(read(keys), read(""))) == bool(said)


def test_an_entry_more_or_less_is_told_alone() -> None:
    all_of_it = f"{{to: all, {WHOLE}}}"
    told = differences(read(f"releases: [{all_of_it}]"), read(f"releases: [{GREEN_TO_B}, {all_of_it}]"))
    assert [each.sentence for each in told] == [f"Member a of p: releases gains {GREEN_TO_B}."]


# sentence -> (groups, the member's keys, what, remedy)
MISTAKES = {
    "an entry without partners": ("", f"releases: [{{{FULL}}}]", "has no key `to`", "Write `to: [nl-cert]`"),
    "an entry without types": ("", "takes: [{from: all, collections: all, tlp: all}]", "has no key `types`", "Write"),
    "an entry without levels": ("", "takes: [{from: all, collections: all, types: all}]", "has no key `tlp`", "Write"),
    "an entry without collections": ("", "takes: [{from: all, types: all, tlp: all}]", "no key `collections`", "Write"),
    "whom under the other's name": ("", f"takes: [{{to: all, from: all, {FULL}}}]", "has no key `to`", "or write"),
    "nobody's name": ("", f"releases: [{{to: [d], {FULL}}}]", "`d` is no member and no group", "Add `d` under"),
    "a group by a near name": (
        "groups: {certs: [b]}\n", f"releases: [{{to: [cert], {FULL}}}]", "`cert` is no member and no group",
        "Write `certs`",
    ),
    "a group of nobody": ("groups: {certs: [d]}\n", "", "`d` is no member", "Add `d` under `members`"),
    "a group that is a member": ("groups: {b: [c]}\n", "", "`b` is a member", "Name it otherwise: `b-group`"),
    "a group called all": ("groups: {all: [c]}\n", "", "`all` means every member", "Name it otherwise: `all-group`"),
    "no collection": (
        "", "releases: [{to: all, collections: [y], types: all, tlp: all}]", "`y` is no collection", "the alias",
    ),
    "confidence as a word": (
        "", f"takes: [{{from: all, {FULL}, confidence: {{at_least: high}}}}]", "`high` is no confidence",
        "a whole number from 0 to 100",
    ),
    "too much confidence": (
        "", f"takes: [{{from: all, {FULL}, confidence: {{at_least: 101}}}}]", "`101` is no confidence", "from 0 to 100",
    ),
    "confidence without a bound": (
        "", f"takes: [{{from: all, {FULL}, confidence: {{}}}}]", "has no key `at_least`", "Write `at_least: 50`",
    ),
    "an age without a bound": (
        "", f"takes: [{{from: all, {FULL}, age: {{}}}}]", "bounds nothing", "Write one of them, or remove `age`",
    ),
    "an age of no time": (
        "", f"takes: [{{from: all, {FULL}, age: {{at_least: P2D, at_most: PT48H}}}}]", "covers nothing",
        "Make `at_most` longer than `at_least`",
    ),
    "control by a word": ("", "originator_control: yes", "`yes` is neither `true` nor `false`", "Write `true`"),
    "an attribution that there is not": ("", "attribution: hidden", "`hidden` is none of the words", "Write one of"),
    "entries without their list": ("", f"releases: {GREEN_TO_B}", "is a mapping, not a list", "Write `releases: [{"),
    "releases with nothing after it": ("", "releases: ", "`members.a.releases` has no value", "Write `releases: ["),
}  # fmt: skip


@pytest.mark.parametrize("sentence", MISTAKES)
def test_a_mistake_is_told_with_its_remedy(sentence: str) -> None:
    groups, keys, what, remedy = MISTAKES[sentence]
    with pytest.raises(WrongFiles) as caught:
        read(keys, groups)
    (found,) = caught.value.mistakes
    assert what in found.what, found
    assert remedy in found.remedy, found
