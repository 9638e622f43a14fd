"""Whose line a contribution continues."""

from dataclasses import replace

import pytest

from app.policy.lines import origin_of
from app.policy.partnership import ALL, IntakeTerms, Partner
from tests.policy.builders import CERT, IDENTITY, NOBODY, STRANGER, WATER, WIND, an_object, some_terms


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
}


@pytest.mark.parametrize(("obj", "submitter", "terms", "origin"), ORIGINS.values(), ids=ORIGINS.keys())
def test_a_contribution_continues_its_owner_s_line_or_one_of_its_own(obj, submitter, terms, origin):
    assert origin_of(obj, submitter, terms, "indicators") == origin


def test_two_members_that_declare_one_identity_have_a_line_each():
    terms = some_terms()
    twice = Partner(WATER, WATER, frozenset({IDENTITY[CERT]}))
    terms = replace(terms, partners=replace(terms.partners, by_name={**terms.partners.by_name, WATER: twice}))
    origins = {origin_of(OF_CERT, name, terms, "indicators") for name in (CERT, WATER)}
    assert origins == {f"{IDENTITY[CERT]} {CERT}", f"{IDENTITY[CERT]} {WATER}"}
