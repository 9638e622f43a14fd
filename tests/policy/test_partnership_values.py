"""The values that an agreement is made of, where they are more than what they hold."""

from dataclasses import replace

import pytest

from app.policy.partnership import ALL, Everything, Member, Partners, Terms
from tests.policy.builders import CERT, EXPIRES, IDENTITY, NOW, WIND, a_handling, a_release, some_terms


def test_what_is_written_all_contains_every_value_and_equals_only_itself():
    everything, nothing = Everything(), frozenset()
    assert "whatever" in everything
    assert everything == ALL
    assert (everything != ALL) is False
    assert everything != nothing
    assert nothing != everything
    assert (everything == nothing) is False
    assert len({ALL, Everything()}) == 1
    assert repr(ALL) == "all"


def test_a_collection_is_found_by_its_uuid():
    partnership = some_terms().partnership
    collection = partnership.collections["indicators"]
    assert partnership.collection_by_id(collection.id) is collection
    assert partnership.collection_by_id("c0a8012e-5b7e-4f0d-9a51-7d2b8f6e4c33") is None


def test_of_a_partnership_that_is_removed_nothing_is_left():
    terms = Terms.of_nobody("gone")
    partnership = terms.partnership
    assert (partnership.root, partnership.title, partnership.agreement.reference) == ("gone", "", "")
    assert (partnership.members, partnership.collections) == ({}, {})
    assert terms.partners == Partners(host="", by_name={})
    assert terms.owners_of(IDENTITY[CERT]) == frozenset()
    for instant in (partnership.agreement.effective, NOW, EXPIRES):
        assert not partnership.agreement.in_force(instant)


def test_an_identity_belongs_to_the_members_that_the_partners_file_gives_it_to():
    terms = some_terms()
    assert terms.owners_of(IDENTITY[CERT]) == {CERT}
    assert terms.owners_of(None) == frozenset()
    unknown = replace(terms, partners=replace(terms.partners, by_name={}))
    assert unknown.owners_of(IDENTITY[CERT]) == frozenset()


@pytest.mark.parametrize("partner", [WIND, "nobody"])
def test_who_is_no_member_has_a_side_of_its_own_that_says_nothing(partner):
    case = a_release(a_handling())
    assert case.side_of(partner) == case.terms.partnership.members.get(partner, Member(partner))
