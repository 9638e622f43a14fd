"""Embargo and expiry: from when until when a version may be shown, by time alone."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.policy.partnership import Age, ReleaseTerms
from app.policy.release import Release, Withhold, changes_after, decide_release, examine, stands
from app.policy.release_rules.ages import speak_of_ages, turn_of, turn_under_newest
from app.policy.rules import Effect, Rule, with_effect
from app.policy.times import Phase, Span, dated_by, ended_with, span_of
from tests.policy.builders import NOW, a_grant, a_release, some_terms
from tests.policy.decided_sides import A_DAY_OLD, DAY, INDICATOR, UP_TO_TEN_DAYS, newest_of, the_cert, the_isac
from tests.policy.generated import INSTANTS, spans
from tests.policy.pointed import release_cases
from tests.policy.reference_policy import dates_of
from tests.support.cases import examples

generated = settings(max_examples=examples(100))
durations = st.one_of(st.none(), st.integers(1, 10**6).map(lambda seconds: timedelta(seconds=seconds)))
some_instants = st.one_of(
    st.sampled_from(INSTANTS), st.integers(-(10**6), 10**8).map(lambda s: NOW + timedelta(seconds=s))
)


@generated
@given(durations, durations, st.booleans(), some_instants)
def test_the_terms_count_from_the_receipt_and_leave_definitions_alone(embargo, shown_for, definition, received):
    terms = ReleaseTerms(embargo=embargo, shown_for=shown_for)
    span = span_of(terms, received, definition=definition)
    assert (span.begins, span.not_after) == dates_of(terms, received, definition, [])


@generated
@given(durations, durations, st.one_of(st.none(), some_instants), st.one_of(st.none(), some_instants), some_instants)
def test_what_markings_and_terms_say_applies_together(embargo, shown_for, not_before, not_after, now):
    terms = ReleaseTerms(embargo=embargo, shown_for=shown_for)
    both = span_of(terms, NOW, definition=False, not_before=not_before, not_after=not_after)
    within = both.phase(now) is Phase.WITHIN
    apart = [Span(not_before, not_after), span_of(terms, NOW, definition=False)]
    assert within == all(span.phase(now) is Phase.WITHIN for span in apart)


@generated
@given(spans, spans, some_instants)
def test_a_version_ends_no_later_than_the_newest_of_its_line_and_begins_when_it_would(span, newest, now):
    bounded = ended_with(span, newest)
    assert bounded.begins == span.begins
    over = Phase.AFTER in (span.phase(now), newest.phase(now))
    assert (bounded.phase(now) is Phase.AFTER) == over


@generated
@given(spans, some_instants, some_instants)
def test_a_phase_lasts_exactly_until_the_instant_that_is_named(span, now, later):
    change = span.changes_after(now)
    if change is None:
        assert later < now or span.phase(later) is span.phase(now)
    else:
        assert change > now
        assert span.phase(change) is not span.phase(now)
        assert not now <= later < change or span.phase(later) is span.phase(now)


def test_what_has_ended_before_it_began_changes_no_more():
    assert Span(NOW + DAY, NOW).changes_after(NOW) is None


def test_what_markings_say_of_a_definition_holds():
    span = span_of(ReleaseTerms(), NOW, definition=True, not_before=NOW, not_after=NOW + DAY)
    assert span == Span(NOW, NOW + DAY)


@pytest.mark.parametrize("later", [DAY, -DAY], ids=["the terms' end first", "the marking's end first"])
def test_of_two_ends_the_earlier_counts(later):
    span = span_of(ReleaseTerms(shown_for=5 * DAY), NOW, definition=False, not_after=NOW + 5 * DAY + later)
    assert span == Span(not_after=NOW + 5 * DAY + min(later, 0 * DAY))


@pytest.mark.parametrize(
    ("key", "milliseconds"), [("08:00:00", 0), ("08:00:00.0019", 1), ("08:00:00.002", 2), ("08:00:00.999999", 999)]
)
def test_a_version_is_dated_in_whole_milliseconds(key, milliseconds):
    assert dated_by(f"2026-03-01T{key}") == datetime(2026, 3, 1, 8, microsecond=milliseconds * 1000, tzinfo=UTC)


def by_time(case, at):
    """All that time alone makes of a version: whether it is within its span, and of an age, as its newest is.

    And whether its markings hold it back, and what clauses of break-glass lift of both.
    """
    then = replace(case, now=at)
    newest = replace(then, handling=case.cap.handling, span=Span()) if case.cap is not None else then
    lifted = [with_effect(examine(replace(each, cap=None)), Effect.LIFTED) for each in (then, newest)]
    ages = turn_of(then).now, turn_under_newest(then).now
    return case.span.phase(at), case.span.held_by_markings(at), ages, lifted


@settings(max_examples=examples(200))
@given(release_cases(), some_instants)
def test_time_changes_nothing_of_a_version_before_the_next_instant_that_is_named_and_something_then(case, later):
    change = changes_after(case)
    over = case.span.phase(case.now) is Phase.AFTER
    if change is not None:
        assert change > case.now
        assert not over
        assert by_time(case, change) != by_time(case, case.now)
    if not over and case.now <= later and (change is None or later < change):
        assert by_time(case, later) == by_time(case, case.now)
    if over:
        assert case.span.phase(max(later, case.now)) is Phase.AFTER


NEXT = {
    "nothing to come": ({}, None),
    "an embargo that ends": ({"span": Span(NOW + DAY)}, NOW + DAY),
    "an end, though it is too young before it": (
        {"span": Span(not_after=NOW + DAY), **the_cert(a_grant(age=Age(2 * DAY)))},
        NOW + DAY,
    ),
    "a beginning that is past, and an end": ({"span": Span(NOW - DAY, NOW + DAY)}, NOW + DAY),
    "a marking's beginning, before an embargo ends": ({"span": Span(NOW + DAY, embargo=NOW + 2 * DAY)}, NOW + DAY),
    "an age, before its end": ({"span": Span(not_after=NOW + 3 * DAY), **the_cert(a_grant(age=A_DAY_OLD))}, NOW + DAY),
    "an age of the newest version": (newest_of(UP_TO_TEN_DAYS, NOW), NOW + 10 * DAY),
    "over, whatever its age": ({"span": Span(not_after=NOW), **the_cert(a_grant(age=A_DAY_OLD))}, None),
}


@pytest.mark.parametrize(("changed", "instant"), NEXT.values(), ids=NEXT.keys())
def test_the_next_instant_at_which_time_changes_something(changed, instant):
    assert changes_after(a_release(INDICATOR, **changed)) == instant


SPEAKING = {
    "nobody's terms": ({"terms": some_terms()}, False),
    "terms of one member without ages": (the_cert(a_grant()), False),
    "an entry among others about what a member releases": (the_cert(a_grant(), a_grant(age=A_DAY_OLD)), True),
    "an entry about what a member takes": (the_isac(a_grant(age=UP_TO_TEN_DAYS)), True),
}


@pytest.mark.parametrize(("agreement", "speaks"), SPEAKING.values(), ids=SPEAKING.keys())
def test_terms_speak_of_ages_where_one_entry_does(agreement, speaks):
    assert speak_of_ages(agreement["terms"]) is speaks


@generated
@given(release_cases(), some_instants)
def test_no_decision_changes_before_the_instant_that_it_names(case, later):
    decision = decide_release(case)
    if later >= case.now and (decision.until is None or later < decision.until):
        kind = type(decide_release(replace(case, now=later)))
        # What is withheld for a reason beside the dates has no instant; it stays withheld.
        assert kind is type(decision)


@generated
@given(release_cases(), spans)
def test_a_span_never_releases_more(case, span):
    if isinstance(decide_release(replace(case, span=span)), Release):
        assert isinstance(decide_release(replace(case, span=Span())), Release)


@generated
@given(release_cases())
def test_a_log_holds_what_is_released_or_would_be_if_the_agreement_were_in_force(case):
    decision = decide_release(case)
    closed = isinstance(decision, Withhold) and set(decision.rules) == {Rule.IN_FORCE}
    assert stands(case) == (isinstance(decision, Release) or closed)


@pytest.mark.parametrize(
    ("span", "phase"),
    [(Span(embargo=NOW), Phase.WITHIN), (Span(not_before=NOW), Phase.WITHIN), (Span(not_after=NOW), Phase.AFTER)],
    ids=["an embargo ends", "a version begins", "a version ends"],
)
def test_at_the_instant_that_is_named(span, phase):
    assert span.phase(NOW) is phase
