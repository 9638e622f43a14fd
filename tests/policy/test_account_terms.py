"""What an account is told of the terms is what the decisions say, and moves with nothing that is not its own."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.policy.account_terms import Shown, Taken, shown, taken
from app.policy.handling import Handling
from app.policy.intake import Accept, Quarantine, Refuse, decide_intake
from app.policy.partnership import (
    ALL,
    CustomTerms,
    IntakeTerms,
    Member,
    PapLevel,
    ReleaseTerms,
    ReviewTerms,
    Role,
    TlpLevel,
    Verdict,
)
from app.policy.release import Release, decide_release
from app.policy.release_case import Audience
from app.policy.times import Span
from app.policy.vocabularies.acs import with_one_token
from tests.policy.builders import (
    CERT,
    CUSTOM,
    EFFECTIVE,
    EXPIRES,
    EXTENSION,
    GREEN,
    IDENTITY,
    LEVELS,
    NOBODY,
    NOW,
    OTHER_STATEMENT,
    PAP_GREEN,
    STATEMENT,
    STRANGER,
    WATER,
    WIND,
    a_clause,
    a_grant,
    an_object,
    another_than,
    some_terms,
)
from tests.policy.generated import PARTNERS, clauses, intake_cases, members, partners, release_cases
from tests.support.cases import examples, record_cases

generated = settings(max_examples=examples(100))

NOTHING_LEAKS = "law 2: nothing leaks"
ONE_DECISION = "law 9: one decision"
STRICTEST_FIRST = {Verdict.REFUSE: Refuse, Verdict.REVIEW: Quarantine, Verdict.ACCEPT: Accept}
IEP_VALUES = [("encrypt_in_transit", "must"), ("encrypt_in_transit", "may"), ("provider_attribution", "must-not")]
TOKENS = [
    ("classification", "U"),
    ("classification", "S"),
    ("caveat", "FISA"),
    ("caveat", "POSSIBLEPII"),
    ("formal_determination", "NF"),
]


def with_members(terms, **sides):
    return replace(terms, partnership=replace(terms.partnership, members={**terms.partnership.members, **sides}))


def with_collection(terms, **changed):
    collections = {"indicators": replace(terms.partnership.collections["indicators"], **changed)}
    return replace(terms, partnership=replace(terms.partnership, collections=collections))


def told_to(case):
    return shown(case.terms, "indicators", case.audience.partner, case.audience.account)


def cases():
    """Questions of accounts, of which some are named for RED: one that is not reads its organisation's log."""
    return release_cases().map(lambda case: case if case.audience.account else of_account(case, "soc"))


def of_account(case, name):
    return replace(case, audience=Audience(case.audience.partner, f"{case.audience.partner}/{name}"))


def nothing_else_in_the_way(case):
    """The question of the case about another member's version: in time, with nobody's own terms and nothing opened."""
    partner, giver = case.audience.partner, another_than(case.audience.partner)
    given = {each: Member(each) for each in (giver,) if each in case.terms.partnership.members}
    own = case.terms.partnership.members.get(partner)
    terms = with_members(case.terms, **given, **({partner: replace(own, takes=None)} if own else {}))
    in_force = replace(terms.partnership.agreement, effective=EFFECTIVE, expires=EXPIRES)
    terms = replace(terms, partnership=replace(terms.partnership, agreement=in_force), clauses=())
    return replace(
        case,
        terms=terms,
        collection="indicators",
        cap=None,
        submitter=giver,
        originator=giver,
        now=NOW,
        span=Span(),
        end_hidden=False,
    )


def is_released(case, handling):
    return isinstance(decide_release(replace(case, handling=handling)), Release)


@generated
@given(cases(), st.sampled_from(["indicator", "identity", "marking-definition"]))
def test_what_is_told_to_be_shown_is_released_and_nothing_else(case, kind):
    record_cases(ONE_DECISION)
    told, case = told_to(case), nothing_else_in_the_way(case)
    alone = [
        *((Handling(tlp=frozenset({level})), told and level in told.tlp) for level in TlpLevel),
        (Handling(unmarked=True), told and told.unmarked is not None),
        *((Handling(pap=frozenset({level})), told and level in told.pap) for level in PapLevel),
        *((Handling(statements=frozenset({each})), told and each in told.statements) for each in STATEMENTS),
        *((Handling(iep=frozenset({each})), told and each[1] in told.iep.get(each[0], ())) for each in IEP_VALUES),
        *((with_one_token(*each), told and each[1] in told.acs.get(each[0], ())) for each in TOKENS),
    ]
    for each in (CUSTOM, STATEMENT, EXTENSION):
        alone.append((Handling(custom=frozenset({(each, "")})), told and each in told.custom))
        controlled = Handling(custom=frozenset({(each, "")}), disseminations=frozenset({(each, "NOFORN")}))
        alone.append((controlled, told and "NOFORN" in told.custom.get(each, ())))
    for handling, is_told in alone:
        assert is_released(case, replace(handling, type=kind)) == bool(is_told), handling


STATEMENTS = (STATEMENT, OTHER_STATEMENT)


@generated
@given(cases())
def test_what_is_released_is_told_whatever_sides_there_are(case):
    record_cases(ONE_DECISION)
    partner = case.audience.partner
    standing = replace(case.terms, clauses=())
    case = replace(case, terms=standing, collection="indicators", submitter=another_than(partner))
    if not isinstance(decide_release(case), Release):
        return
    told, handling = told_to(case), case.handling
    assert handling.tlp <= told.tlp
    assert handling.pap <= told.pap
    assert all(each in told.statements for each in handling.statements)
    assert all(value in told.iep[name] for name, value in handling.iep)
    assert not handling.unmarked or told.unmarked is not None
    assert all(marking in told.custom or extension in told.custom for marking, extension in handling.custom)
    assert told.takes is None or told.takes


@generated
@given(cases(), st.data())
def test_what_is_told_moves_with_nothing_that_is_not_the_account_s_own(case, data):
    """Others' sides and memberships, their accounts named for RED, their share in custom markings; what is open."""
    record_cases(NOTHING_LEAKS)
    partner, terms = case.audience.partner, case.terms
    collection = terms.partnership.collections["indicators"]
    others = {name: data.draw(members) for name in PARTNERS if name != partner and data.draw(st.booleans())}
    own = terms.partnership.members.get(partner)
    sides = {**others, **({partner: own} if own else {})}
    moved = replace(terms, partnership=replace(terms.partnership, members=sides))
    release = collection.release

    def of_others(held):
        """The same for this partner, and for others what is drawn."""
        drawn = frozenset(data.draw(st.sets(st.sampled_from([each for each in PARTNERS if each != partner]))))
        return drawn | {partner} if partner in held else drawn

    named = {f"{each}/duty" for each in of_others(frozenset())}
    if case.audience.account in release.red:
        named.add(case.audience.account)
    changed = replace(
        release,
        red=frozenset(named),
        custom={
            name: CustomTerms(of_others(each.members), each.disseminations) for name, each in release.custom.items()
        },
    )
    moved = with_collection(moved, release=changed, read=of_others(collection.read), write=of_others(collection.write))
    moved = replace(moved, clauses=tuple(data.draw(st.lists(clauses, max_size=1))))
    assert told_to(replace(case, terms=moved)) == told_to(case)


@generated
@given(intake_cases(), st.sampled_from([NOBODY, *IDENTITY.values()]))
def test_what_is_told_of_a_push_becomes_of_it(case, signed_by):
    record_cases(ONE_DECISION)
    tree = {**an_object().tree, "created_by_ref": signed_by, "object_marking_refs": [GREEN, PAP_GREEN, STATEMENT]}
    case = replace(case, obj=an_object(tree), known=None, blocked=False, reported=False, now=NOW)
    told, intake = taken(case.terms, "indicators", case.partner, case.role), case.intake
    if told is None:
        assert isinstance(decide_intake(case), Refuse)
        return
    words = [told.tlp[level] for level in case.handling.tlp] + [told.unmarked] * case.handling.unmarked
    words += told.listed
    words += [Verdict.REVIEW] * (case.obj.type in told.reviewed)
    words += [Verdict.REFUSE] * (case.obj.type not in intake.types or case.obj.spec not in intake.spec_versions)
    owner = next((name for name in case.terms.partnership.members if IDENTITY[name] == signed_by), case.partner)
    words += [Verdict.REFUSE] * (owner not in {case.partner, *told.relays})
    expected = next((kind for word, kind in STRICTEST_FIRST.items() if word in words), Accept)
    assert type(decide_intake(case)) is expected


@generated
@given(intake_cases(), st.data())
def test_what_is_told_of_a_push_moves_with_nothing_of_others(case, data):
    record_cases(NOTHING_LEAKS)
    terms, partner = case.terms, case.partner
    own = terms.partnership.members.get(partner)
    others = {name: data.draw(members) for name in PARTNERS if name != partner and data.draw(st.booleans())}
    moved = replace(
        terms, partnership=replace(terms.partnership, members={**others, **({partner: own} if own else {})})
    )
    intake = terms.partnership.collections["indicators"].intake
    relays = {each: data.draw(partners) for each in PARTNERS if each != partner}
    if partner in intake.relays:
        relays[partner] = intake.relays[partner]
    moved = with_collection(moved, intake=replace(intake, relays=relays))
    assert taken(moved, "indicators", partner, case.role) == taken(terms, "indicators", partner, case.role)


def test_the_united_states_alone_are_told_that_nf_passes():
    accepted = ReleaseTerms(tlp=LEVELS, acs={"formal_determination": frozenset({"NF", "AIS"})})
    sides = {CERT: Member(CERT, nationalities=frozenset({"USA"})), WIND: Member(WIND)}
    terms = some_terms(release=accepted, members=sides)
    assert shown(terms, "indicators", CERT, f"{CERT}/soc").acs == {"formal_determination": frozenset({"NF", "AIS"})}
    assert shown(terms, "indicators", WIND, f"{WIND}/soc").acs == {"formal_determination": frozenset({"AIS"})}


def test_what_has_no_level_is_told_to_be_shown_to_who_is_shown_the_level_that_it_is_given():
    sides = {CERT: Member(CERT, LEVELS), WIND: Member(WIND, frozenset({TlpLevel.GREEN}))}
    terms = some_terms(ReleaseTerms(tlp=LEVELS, unmarked=TlpLevel.AMBER), members=sides)
    assert shown(terms, "indicators", CERT, f"{CERT}/soc").unmarked is TlpLevel.AMBER
    assert shown(terms, "indicators", WIND, f"{WIND}/soc").unmarked is None


def test_who_may_not_read_or_write_is_told_nothing_of_it():
    terms = some_terms(read=frozenset({CERT}))
    assert shown(terms, "indicators", WIND, f"{WIND}/soc") is None
    for partner, role in ((STRANGER, Role.FEEDER), (WATER, Role.FEEDER), (WIND, Role.READER)):
        assert taken(some_terms(write=frozenset({WIND, STRANGER})), "indicators", partner, role) is None


def test_all_that_an_account_is_told_of_what_it_is_shown():
    """The level that a clause opens for an hour is none of it, nor is an entry about another collection."""
    here = a_grant(CERT, collections=frozenset({"indicators"}))
    side = Member(WIND, frozenset({TlpLevel.GREEN}), takes=frozenset({here, a_grant(collections=frozenset({"other"}))}))
    mapped = CustomTerms(frozenset({WIND}), frozenset({"NOFORN"}))
    release = ReleaseTerms(
        tlp=LEVELS, unmarked=TlpLevel.GREEN, statements=ALL, pap=frozenset({PapLevel.GREEN}),
        iep={"encrypt_in_transit": frozenset({"must"})}, acs={"classification": frozenset({"U"})},
        custom={CUSTOM: mapped, EXTENSION: CustomTerms(frozenset({CERT}))},
    )  # fmt: skip
    terms = replace(some_terms(release, members={WIND: side}), clauses=(a_clause(*TlpLevel, until=EXPIRES),))
    assert shown(terms, "indicators", WIND, f"{WIND}/soc") == Shown(
        tlp=frozenset({TlpLevel.GREEN}), unmarked=TlpLevel.GREEN, statements=ALL, pap=release.pap,
        iep=release.iep, acs=release.acs, custom={CUSTOM: frozenset({"NOFORN"})}, takes=frozenset({here}),
    )  # fmt: skip
    assert shown(terms, "indicators", CERT, f"{CERT}/soc").takes is None


@pytest.mark.parametrize(
    ("unmarked", "word"),
    [
        (None, Verdict.REFUSE),
        (TlpLevel.CLEAR, Verdict.ACCEPT),
        (TlpLevel.AMBER, Verdict.REVIEW),
        (TlpLevel.RED, Verdict.REFUSE),
    ],
)
def test_all_that_an_account_is_told_of_what_it_pushes(unmarked, word):
    intake = IntakeTerms(
        types=frozenset({"indicator"}), tlp=frozenset({TlpLevel.CLEAR, TlpLevel.AMBER}), unmarked=unmarked,
        require=frozenset({"pap"}), lists={"own": Verdict.REFUSE}, relays={WIND: frozenset({WIND, WATER})},
        review=ReviewTerms(types=frozenset({"note"}), tlp=frozenset({TlpLevel.AMBER})),
    )  # fmt: skip
    refused = dict.fromkeys(TlpLevel, Verdict.REFUSE)
    assert taken(some_terms(intake=intake), "indicators", WIND, Role.FEEDER) == Taken(
        tlp={**refused, TlpLevel.CLEAR: Verdict.ACCEPT, TlpLevel.AMBER: Verdict.REVIEW}, unmarked=word,
        reviewed=frozenset({"note"}), relays=frozenset({WATER}), listed=frozenset({Verdict.REFUSE}),
    )  # fmt: skip


def test_whose_pushes_wait_is_told_that_all_types_do():
    """Marking definitions carry no level by which they could be told."""
    terms = some_terms(intake=IntakeTerms(types=ALL, tlp=LEVELS, review=ReviewTerms(submitters=frozenset({WIND}))))
    waits, waits_not = (taken(terms, "indicators", partner, Role.FEEDER) for partner in (WIND, CERT))
    assert (waits.reviewed, waits_not.reviewed) == (ALL, frozenset())
    assert set(waits.tlp.values()) == {Verdict.REVIEW}
    assert set(waits_not.tlp.values()) == {Verdict.ACCEPT}
