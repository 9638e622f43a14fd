"""The laws of the policy by their names, for every kind of marking and every kind of term.

Stricter markings never release more, neither of an object nor of its derivative. One more rule that withholds never
releases more. A clause of break-glass only adds. The order of what is said does not matter. Without an agreement
nothing is released, and nothing is taken.
"""

from collections.abc import Callable, Mapping
from dataclasses import fields, replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from app.policy.handling import Handling, join
from app.policy.intake import Accept, Quarantine, Refuse, decide_intake
from app.policy.partnership import Age, ReleaseTerms, ReviewTerms, Terms, Verdict
from app.policy.release import Release, Withhold, conclude, decide_release, examine, stands
from app.policy.rules import Effect, Finding, Rule
from app.policy.times import Phase, span_of
from tests.policy.builders import CERT, STATEMENT
from tests.policy.generated import PARTNERS, acs_markings, clauses, handlings, instants
from tests.policy.pointed import (
    RELEASE_POINTS,
    as_an_original,
    intake_cases,
    release_cases,
    release_cases_about,
    thrice,
    with_clauses,
    with_collection,
    with_intake,
    with_release,
    with_side,
)
from tests.support.cases import examples, record_cases

LAW = "law 3: the unknown is denied"
tried = settings(max_examples=examples(40))
ABOUT_THE_OBJECT = {"type", "confidence", "whole", "derived"}
ASKED = sorted({each.name for each in fields(Handling)} - ABOUT_THE_OBJECT)
ABOUT = {
    "unknown": Rule.KNOWN_MARKINGS,
    "tlp": Rule.MEMBER_TLP,
    "unmarked": Rule.DEFAULT_LEVEL,
    "disseminations": Rule.CUSTOM,
    "anonymous": Rule.ATTRIBUTION,
    "inseparable": Rule.ACS,
    "signed": Rule.ATTRIBUTION,
}


def about(rule):
    """Cases of which most turn on this rule and another."""
    one_more = st.sampled_from(list(RELEASE_POINTS)).map(lambda other: [rule, other])
    return thrice(release_cases(), release_cases_about(one_more))


def released(case):
    return isinstance(decide_release(case), Release)


def no_more(fewer, more):
    """What is released of the stricter question is released of the other, and stands in no log but where that does."""
    record_cases(LAW)
    assert released(more) or not released(fewer)
    assert stands(more) or not stands(fewer)


@pytest.mark.parametrize("fact", ASKED)
def test_stricter_markings_never_release_more(fact):
    @tried
    @given(about(ABOUT.get(fact) or Rule(fact.replace("_", "-"))), handlings)
    def law(case, other):
        def stricter(handling):
            return replace(handling, **{fact: getattr(handling, fact) | getattr(other, fact)})

        no_more(replace(case, handling=stricter(case.handling)), case)
        if case.cap is not None:
            no_more(replace(case, cap=replace(case.cap, handling=stricter(case.cap.handling))), case)

    law()


@tried
@given(about(Rule.DERIVATIVE), handlings)
def test_stricter_markings_never_release_more_of_a_derivative(case, added):
    """Whatever its original asks for."""
    assume(case.handling.derived is not None)
    stricter = replace(join([case.handling, added]), type=case.handling.type, derived=case.handling.derived)
    no_more(replace(case, handling=stricter), case)


@tried
@given(about(Rule.DERIVATIVE))
def test_a_derivative_goes_only_where_an_original_that_is_marked_like_it_would(case):
    """So that what holds of terms holds of derivatives, too, but that they are not for those who have the original."""
    no_more(case, as_an_original(case))


@tried
@given(about(Rule.DERIVATIVE))
def test_by_standing_terms_nobody_is_shown_an_original_and_its_derivative(case):
    assume(case.handling.derived is not None)
    derivative = with_clauses(case)
    original = replace(derivative, handling=case.handling.derived.original, cap=None)
    record_cases(LAW)
    assert not (stands(derivative) and stands(original))


@tried
@given(about(Rule.BREAK_GLASS), clauses)
def test_a_clause_only_adds(case, clause):
    """Also to derivatives: whether somebody is given one of them is asked by the standing terms."""
    no_more(case, with_clauses(case, *case.terms.clauses, clause))


@tried
@given(about(Rule.ACS), acs_markings(), acs_markings())
def test_another_control_or_denial_in_an_acs_marking_never_releases_more(case, marking, more):
    held = {(name, token) for name, token in more if name.endswith("-deny") or name in ("classification", "caveat")}
    fewer = replace(case, handling=replace(case.handling, acs=frozenset({marking | held})))
    no_more(fewer, replace(case, handling=replace(case.handling, acs=frozenset({marking}))))


@tried
@given(about(Rule.MEMBER_TAKES), st.sampled_from([None, 0, 49, 50, 100]))
def test_less_confidence_never_releases_more(case, confidence):
    assume(confidence is None or (case.handling.confidence or -1) >= confidence)
    no_more(replace(case, handling=replace(case.handling, confidence=confidence)), case)


def fewer(draw, values):
    """Some of these values; none in the place of all that there may be."""
    return frozenset(value for value in sorted(values, key=str) if draw(st.booleans()))


def of_the_collection(name):
    return lambda draw, case: with_release(case, **{name: fewer(draw, getattr(case.collection_terms.release, name))})


def lists_of_the_collection(name):
    def narrower(draw, case):
        lists = getattr(case.collection_terms.release, name)
        return with_release(case, **{name: {key: fewer(draw, values) for key, values in lists.items()}})

    return narrower


def of_a_member(draw, case, **changed):
    return with_side(case, draw(st.sampled_from([case.audience.partner, case.submitter, case.originator])), **changed)


def of_the_audience(name):
    return lambda draw, case: with_side(case, case.audience.partner, **{name: fewer(draw, getattr(case.member, name))})


def an_entry_bounded(draw, case):
    """One member's entries, each bounded more narrowly in one way."""
    name, key = draw(st.sampled_from(PARTNERS)), draw(st.sampled_from(["releases", "takes"]))
    entries = getattr(case.side_of(name), key)
    if entries is None or name not in case.terms.partnership.members:
        return case
    bound = draw(st.sampled_from(["partners", "collections", "types", "tlp", "markings", "confidence", "age", "gone"]))

    def bounded(entry):
        match bound:
            case "markings":
                return replace(entry, markings=frozenset())
            case "confidence":
                return replace(entry, confidence=max(entry.confidence or 0, draw(st.sampled_from([0, 50, 60]))))
            case "age":
                return entry if entry.age is not None else replace(entry, age=Age(timedelta(days=1), None))
            case _:
                return replace(entry, **{bound: fewer(draw, getattr(entry, bound))})

    kept = frozenset() if bound == "gone" else frozenset(map(bounded, sorted(entries, key=repr)))
    return with_side(case, name, **{key: kept})


NARROWER: Mapping[str, tuple[Rule, Callable[[Any, Any], Any]]] = {
    "read": (Rule.READ, lambda draw, case: with_collection(case, read=fewer(draw, case.collection_terms.read))),
    "closure": (Rule.CLOSURE, lambda draw, case: with_collection(case, closure=True)),
    "release.tlp": (Rule.COLLECTION_TLP, of_the_collection("tlp")),
    "release.unmarked": (Rule.DEFAULT_LEVEL, lambda draw, case: with_release(with_clauses(case), unmarked=None)),
    "release.red": (Rule.NAMED_FOR_RED, of_the_collection("red")),
    "release.statements": (Rule.STATEMENTS, of_the_collection("statements")),
    "release.pap": (Rule.PAP, of_the_collection("pap")),
    "release.iep": (Rule.IEP, lists_of_the_collection("iep")),
    "release.acs": (Rule.ACS, lists_of_the_collection("acs")),
    "release.custom.members": (
        Rule.CUSTOM,
        lambda draw, case: with_release(
            case,
            custom={
                key: replace(mapped, members=fewer(draw, mapped.members), disseminations=frozenset())
                for key, mapped in case.collection_terms.release.custom.items()
            },
        ),
    ),
    "members.tlp": (Rule.MEMBER_TLP, of_the_audience("tlp")),
    "members.client_of": (Rule.CLIENT, lambda draw, case: with_side(case, case.audience.partner, client_of=CERT)),
    "members.nationalities": (Rule.RELEASABLE_TO, of_the_audience("nationalities")),
    "members.entity": (Rule.ACS, of_the_audience("entity")),
    "members.originator_control": (
        Rule.ORIGINATOR_CONTROL,
        lambda draw, case: of_a_member(draw, case, originator_control=True),
    ),
    "members.attribution": (Rule.ATTRIBUTION, lambda draw, case: of_a_member(draw, case, anonymous=True)),
    "members.releases": (Rule.SUBMITTER_RELEASES, an_entry_bounded),
    "members.releases, relayed": (Rule.ORIGINATOR_RELEASES, an_entry_bounded),
    "members.takes": (Rule.MEMBER_TAKES, an_entry_bounded),
    "age": (Rule.AGE, an_entry_bounded),
}
"""For each term the rule that reads it, and the same question under less of it."""


@pytest.mark.parametrize("term", NARROWER)
def test_a_narrower_term_never_releases_more(term):
    rule, narrowed = NARROWER[term]

    @tried
    @given(about(rule), st.data())
    def law(case, data):
        assume(case.collection in case.terms.partnership.collections)
        assume(case.audience.partner in case.terms.partnership.members)
        case = as_an_original(case)
        no_more(narrowed(data.draw, case), case)

    law()


@tried
@given(release_cases(), st.sampled_from(Rule))
def test_one_more_rule_that_withholds_never_releases_more(case, rule):
    record_cases(LAW)
    findings = [*examine(case), Finding(rule, Effect.OBJECTS, "So it is.")]
    decision = conclude(case, findings)
    assert isinstance(decision, Withhold)
    assert rule in decision.rules


@tried
@given(release_cases(), st.randoms(use_true_random=False))
def test_the_order_of_the_rules_does_not_matter(case, random):
    record_cases(LAW)
    findings = examine(case)
    random.shuffle(findings)
    one, other = conclude(case, findings), decide_release(case)
    assert (type(one), set(one.rules), one.until) == (type(other), set(other.rules), other.until)


durations = st.sampled_from([None, timedelta(milliseconds=1), timedelta(hours=1), timedelta(days=60)])


@tried
@given(durations, durations, durations, durations, instants, instants, st.booleans())
def test_a_longer_embargo_and_a_sooner_end_never_show_more(embargo, more, shown_for, less, received, now, definition):
    record_cases(LAW)
    longer = max(filter(None, (embargo, more)), default=None)
    sooner = min(filter(None, (shown_for, less)), default=None)
    wide, narrow = (
        span_of(ReleaseTerms(embargo=begins, shown_for=ends), received, definition=definition)
        for begins, ends in ((embargo, shown_for), (longer, sooner))
    )
    assert wide.phase(now) is Phase.WITHIN or narrow.phase(now) is not Phase.WITHIN


@tried
@given(release_cases(), intake_cases())
def test_without_an_agreement_nothing_is_released_and_nothing_is_taken(case, pushed):
    record_cases(LAW)
    agreement = case.terms.partnership.agreement
    nobody = Terms.of_nobody(case.terms.partnership.root)
    for without in (
        replace(case, terms=nobody),
        replace(case, now=agreement.expires),
        replace(case, now=agreement.effective - timedelta(milliseconds=1)),
        replace(case, audience=replace(case.audience, partner="nobody")),
    ):
        assert not released(without)
    for without in (
        replace(pushed, terms=nobody),
        replace(pushed, now=pushed.terms.partnership.agreement.expires),
        replace(pushed, partner="nobody"),
    ):
        assert isinstance(decide_intake(without), Refuse)


STRICTNESS = [Accept, Quarantine, Refuse]
WORDS = list(Verdict)


def stricter_word(name):
    return lambda draw, case: with_intake(
        case, **{name: WORDS[draw(st.integers(WORDS.index(getattr(case.intake, name)), 2))]}
    )


def a_review_more(case):
    """The same review, of the object's type and its submitter too."""
    asked = case.intake.review
    types, submitters = (
        held if more in held else held | {more}
        for held, more in ((asked.types, case.obj.type), (asked.submitters, case.partner))
    )
    return ReviewTerms(types, submitters, asked.tlp)


STRICTER: Mapping[str, Callable[[Any, Any], Any]] = {
    "write": lambda draw, case: with_collection(case, write=fewer(draw, case.collection_terms.write)),
    "types": lambda draw, case: with_intake(case, types=fewer(draw, case.intake.types)),
    "tlp": lambda draw, case: with_intake(case, tlp=fewer(draw, case.intake.tlp)),
    "ownership": lambda draw, case: with_intake(case, relays={}),
    "spec_versions": lambda draw, case: with_intake(case, spec_versions=fewer(draw, case.intake.spec_versions)),
    "require": lambda draw, case: with_intake(case, require=case.intake.require | {"tlp", STATEMENT}),
    "older_versions": stricter_word("older_versions"),
    "loosened": stricter_word("loosened"),
    "deterministic_ids": stricter_word("deterministic_ids"),
    "lists": lambda draw, case: with_intake(case, lists={**case.intake.lists, "not-there": Verdict.REFUSE}),
    "review": lambda draw, case: with_intake(case, review=a_review_more(case)),
}
"""For each term of intake the same question under a stricter one."""


@pytest.mark.parametrize("term", STRICTER)
def test_a_stricter_term_never_takes_more(term):
    @tried
    @given(intake_cases(), st.data())
    def law(case, data):
        record_cases(LAW)
        assume(case.collection in case.terms.partnership.collections)
        stricter = STRICTER[term](data.draw, case)
        assert STRICTNESS.index(type(decide_intake(stricter))) >= STRICTNESS.index(type(decide_intake(case)))

    law()


@tried
@given(intake_cases(), st.sampled_from(["blocked", "role"]))
def test_a_block_or_another_role_never_takes_more(case, what):
    record_cases(LAW)
    changed = {"blocked": True} if what == "blocked" else {"role": "reader"}
    assert isinstance(decide_intake(replace(case, **changed)), Refuse)
