"""Whose line a contribution continues."""

from dataclasses import replace
from datetime import timedelta

import pytest

from app.policy.lines import (
    cap_of,
    identity_of,
    is_named,
    lines_left,
    origin_of,
    originator_of,
    owned_identity,
    together,
)
from app.policy.partnership import ALL, IntakeTerms, Partner, TlpLevel
from app.policy.release_case import Cap
from tests.policy.builders import CERT, IDENTITY, NOBODY, NOW, STRANGER, WATER, WIND, a_handling, an_object, some_terms


def identity_object(identifier, **changed):
    return an_object(type="identity", id=identifier, name="n", **changed)


OF_CERT = an_object(created_by_ref=IDENTITY[CERT])
RELAYED = some_terms(intake=IntakeTerms(types=ALL, relays={WIND: frozenset({CERT})}))
ORIGINS = {
    "a member's own object": (OF_CERT, CERT, some_terms(), IDENTITY[CERT]),
    "a member's object, by whom it permits to relay it": (OF_CERT, WIND, RELAYED, IDENTITY[CERT]),
    "a member's object, by whom it no longer permits": (OF_CERT, WIND, some_terms(), f"{IDENTITY[CERT]} via {WIND}"),
    "nobody's object": (an_object(created_by_ref=NOBODY), WIND, some_terms(), f"{NOBODY} via {WIND}"),
    "the object of a partner that is no member here": (
        an_object(created_by_ref=IDENTITY[STRANGER]),
        WIND,
        some_terms(),
        f"{IDENTITY[STRANGER]} via {WIND}",
    ),
    "an unsigned object": (an_object(created_by_ref=None), WIND, some_terms(), f" via {WIND}"),
    "a member's identity object, unsigned": (
        identity_object(IDENTITY[CERT], created_by_ref=None),
        CERT,
        some_terms(),
        IDENTITY[CERT],
    ),
    "a member's identity object, signed by nobody": (
        identity_object(IDENTITY[CERT], created_by_ref=NOBODY),
        CERT,
        some_terms(),
        IDENTITY[CERT],
    ),
    "nobody's identity object, unsigned": (
        identity_object(NOBODY, created_by_ref=None),
        WIND,
        some_terms(),
        f"{NOBODY} via {WIND}",
    ),
    "nobody's identity object, signed by a member": (
        identity_object(NOBODY, created_by_ref=IDENTITY[WIND]),
        WIND,
        some_terms(),
        IDENTITY[WIND],
    ),
}


@pytest.mark.parametrize(("obj", "submitter", "terms", "origin"), ORIGINS.values(), ids=ORIGINS.keys())
def test_a_contribution_continues_its_owner_s_line_or_one_of_its_own(obj, submitter, terms, origin):
    assert origin_of(obj, submitter, terms, "indicators") == origin
    assert identity_of(origin) == (owned_identity(obj, terms) or "")


def test_two_members_that_declare_one_identity_have_a_line_each():
    terms = some_terms()
    twice = Partner(WATER, WATER, frozenset({IDENTITY[CERT]}))
    terms = replace(terms, partners=replace(terms.partners, by_name={**terms.partners.by_name, WATER: twice}))
    origins = {origin_of(OF_CERT, name, terms, "indicators") for name in (CERT, WATER)}
    assert origins == {f"{IDENTITY[CERT]} {CERT}", f"{IDENTITY[CERT]} {WATER}"}
    assert {identity_of(origin) for origin in origins} == {IDENTITY[CERT]}


def test_nobody_relays_the_exchange_itself():
    terms = replace(RELAYED, partners=replace(RELAYED.partners, identity=NOBODY))
    by_the_exchange = an_object(created_by_ref=NOBODY)
    assert origin_of(by_the_exchange, WIND, terms, "indicators") == f"{NOBODY} via {WIND}"
    assert origin_of(by_the_exchange, CERT, terms, "indicators") == NOBODY


def test_in_a_collection_that_is_gone_nobody_relays():
    assert origin_of(OF_CERT, WIND, RELAYED, "gone") == f"{IDENTITY[CERT]} via {WIND}"
    assert origin_of(OF_CERT, CERT, RELAYED, "gone") == IDENTITY[CERT]


STANDS_FOR = {
    "a member's own line": (IDENTITY[CERT], CERT, CERT, True),
    "a member's line, by its relay": (IDENTITY[CERT], WIND, CERT, True),
    "one of two lines of one identity": (f"{IDENTITY[CERT]} {WATER}", WIND, WATER, True),
    "the line of a member that has left": (IDENTITY[STRANGER], WIND, WIND, True),
    "a line of the submitter's own": (f"{IDENTITY[CERT]} via {WIND}", WIND, WIND, False),
    "an unsigned line": (f" via {WIND}", WIND, WIND, False),
}


@pytest.mark.parametrize(("origin", "submitter", "member", "named"), STANDS_FOR.values(), ids=STANDS_FOR.keys())
def test_a_line_stands_in_the_name_of_its_owner_or_its_submitter(origin, submitter, member, named):
    assert originator_of(origin, submitter, some_terms()) == member
    assert is_named(origin) is named


def test_a_line_without_contributions_caps_nothing():
    assert cap_of("2026-03-01T08:00:00", []) is None


def test_a_contribution_has_left_the_owners_lines_in_which_it_stood_and_no_other():
    line, another, own = IDENTITY[CERT], f"{IDENTITY[CERT]} {WATER}", f"{IDENTITY[CERT]} via {WIND}"
    assert lines_left(own, line, frozenset()) == {line}
    assert lines_left(own, another, frozenset({line})) == {line, another}
    assert lines_left(line, own, frozenset({line, another})) == {another}, "it is back, and its own line was nobody's"


def test_the_newest_versions_of_several_lines_bind_together():
    green = Cap(a_handling(TlpLevel.GREEN), frozenset({CERT}), NOW, frozenset({CERT}))
    red = Cap(a_handling(TlpLevel.RED), frozenset({WIND}), NOW - timedelta(days=1), frozenset({WATER}))
    assert together([]) is None
    assert together([red]) == red
    both = a_handling(TlpLevel.GREEN, TlpLevel.RED)
    assert together([green, red]) == Cap(both, frozenset({CERT, WIND}), red.dated, frozenset({CERT, WATER}))
