"""What holds of every case: production agrees with the reference, and no marking ever opens anything."""

import json
from dataclasses import replace
from datetime import UTC, datetime

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from app.policy.closure import FOR_GOOD, NEVER, ends_shown_until
from app.policy.derivation import derive_handling
from app.policy.explain import explain_release
from app.policy.handling import Handling, from_facts, join, to_facts
from app.policy.intake import Accept, Quarantine, Refuse, decide_intake
from app.policy.lines import arrange, cap_of, shown
from app.policy.partnership import Member, TlpLevel
from app.policy.release import Release, Sanitise, Withhold, decide_release
from app.policy.rules import Effect, Rule
from app.policy.times import Span
from app.policy.vocabularies import iep
from tests.policy.builders import (
    AMBER,
    CLEAR,
    CUSTOM,
    GREEN,
    NOW,
    OTHER_STATEMENT,
    RED,
    REGISTRY,
    STATEMENT,
    UNRESOLVED,
    Definitions,
    a_definition,
    a_handling,
    an_extension_marking,
    an_object,
    another_than,
)
from tests.policy.generated import (
    INSTANTS,
    PARTNERS,
    caps,
    entries,
    graphs,
    handlings,
    logs,
)
from tests.policy.pointed import as_an_original, intake_cases, release_cases, with_clauses, with_side
from tests.policy.reference_policy import closed, intake_objections, release_objections, rows_of_a_log
from tests.support.cases import examples, record_cases, record_decided

often = settings(max_examples=examples(300))
generated = settings(max_examples=examples(60))

NOTHING_LEAKS = "law 2: nothing leaks"
UNKNOWN_DENIED = "law 3: the unknown is denied"
BOTH_WAYS = "law 8: policy acts at once, both ways"
ONE_DECISION = "law 9: one decision"


TIMED, ENDED = (f"marking-definition--00000000-0000-4000-8000-0000000000f{number}" for number in (1, 2))
POLICIES = {
    marking_id: an_extension_marking(marking_id, iep.EXTENSION, **body)
    for marking_id, body in {
        OTHER_STATEMENT: {"encrypt_in_transit": "must", "start_date": "2026-05-01T00:00:00Z"},
        TIMED: {"encrypt_in_transit": "may", "tlp": "red", "end_date": "2026-07-01T00:00:00Z"},
        ENDED: {"unmodified_resale": "may", "end_date": "2026-05-01T00:00:00Z"},
    }.items()
}


def of_another(case):
    """The same question about what another organisation contributed."""
    return replace(case, submitter=another_than(case.audience.partner))


def without_own_terms(terms):
    """The same agreement, in which no member has terms of its own."""
    nothing = {"releases": None, "takes": None, "originator_control": False, "anonymous": False}
    members = {name: replace(each, **nothing) for name, each in terms.partnership.members.items()}
    return replace(terms, partnership=replace(terms.partnership, members=members))


def released(case):
    return isinstance(decide_release(case), Release)


@often
@given(release_cases())
def test_the_release_decision_is_the_reference_s(case):
    record_cases(ONE_DECISION)
    decision = decide_release(case)
    expected = release_objections(case)
    assert isinstance(decision, Withhold if expected else Release)
    if expected:
        assert set(decision.rules) == expected
    if len(expected) == 1:
        record_decided(*expected)
    if not expected and case.own and release_objections(of_another(case)):
        record_decided(Rule.OWN_CONTRIBUTION)
    if not expected and release_objections(with_clauses(case)):
        record_decided(Rule.BREAK_GLASS)


@often
@given(release_cases(), handlings)
def test_a_derivative_stands_in_exactly_where_the_version_stays_and_the_derivative_may_go(case, derivative):
    record_cases(ONE_DECISION)
    decision = decide_release(replace(case, derivative=derivative))
    stays, goes = release_objections(case), not release_objections(replace(case, handling=derivative, cap=None))
    assert type(decision) is (Release if not stays else Sanitise if goes else Withhold)
    assert not stays or set(decision.rules) == stays


@often
@given(intake_cases())
def test_the_intake_decision_is_the_reference_s(case):
    record_cases(ONE_DECISION)
    decision = decide_intake(case)
    refused, held = intake_objections(case)
    assert type(decision) is (Refuse if refused else Quarantine if held else Accept)
    if refused or held:
        assert set(decision.rules) == (refused or held)
    if len(refused or held) == 1:
        record_decided(*(refused or held))
    if isinstance(decision, Accept) and case.obj.type not in case.intake.types:
        record_decided(Rule.REGISTRY_DEFINITION)


@often
@given(graphs())
def test_closure_withholds_what_the_reference_s_does(graph):
    record_cases(ONE_DECISION)
    hidden, refers, given_by = graph
    keys = {*refers, *(key for given_keys in given_by.values() for key in given_keys)}
    until = ends_shown_until({key: NEVER if key in hidden else FOR_GOOD for key in keys}, refers, given_by)
    assert {key for key, shown_until in until.items() if shown_until == NEVER} == closed(hidden, refers, given_by)


@often
@given(graphs(), st.data())
def test_what_ends_later_never_ends_anything_earlier(graph, data):
    """Closure in time: at every instant it withholds what it would with the ends of that instant."""
    record_cases(BOTH_WAYS)
    hidden, refers, given_by = graph
    keys = {*refers, *(key for given_keys in given_by.values() for key in given_keys)}
    alone = {key: NEVER if key in hidden else data.draw(st.sampled_from([10, 20, FOR_GOOD])) for key in keys}
    until = ends_shown_until(alone, refers, given_by)
    for instant in (5, 10, 15, 20, 25):
        gone = {key for key in keys if alone[key] <= instant}
        assert {key for key in until if until[key] <= instant} == closed(gone, refers, given_by)


@often
@given(logs)
def test_the_rows_of_a_log_are_the_reference_s(candidates):
    record_cases(ONE_DECISION)
    lines = arrange(candidates)
    assert lines.shown == rows_of_a_log(candidates)
    assert lines.shown | lines.conflicts.keys() == {c.contribution for c in candidates if c.may_see}
    assert not lines.shown & lines.conflicts.keys()


@generated
@given(release_cases())
def test_explain_tells_the_decision_that_was_taken(case):
    record_cases(ONE_DECISION)
    told = explain_release(case)
    decision = decide_release(case)
    assert told.decision == decision
    rules = [finding.rule for finding in told.findings]
    assert rules == list(Rule)[: rules.index(Rule.AGE) + 1]
    assert all(finding.why for finding in told.findings)
    withheld_by = {finding.rule for finding in told.findings if not finding.holds}
    lifted = {finding.rule for finding in told.findings if finding.effect is Effect.LIFTED}
    assert set(decision.rules) <= withheld_by if isinstance(decision, Withhold) else case.own or withheld_by == lifted


@generated
@given(release_cases())
def test_no_agreement_releases_nothing(case):
    record_cases(UNKNOWN_DENIED)
    partnership = case.terms.partnership
    nobody = replace(case.terms, partnership=replace(partnership, members={}))
    nothing = replace(case.terms, partnership=replace(partnership, collections={}))
    assert not released(replace(case, terms=nobody))
    assert not released(replace(case, terms=nothing))
    assert not released(replace(case, now=partnership.agreement.expires))


@generated
@given(release_cases(), handlings)
def test_adding_a_marking_never_releases_more(case, added):
    record_cases(UNKNOWN_DENIED)
    joined = replace(case, handling=join([case.handling, added]))
    assert released(case) or not released(joined)


@generated
@given(release_cases(), caps, handlings)
def test_a_newer_version_never_releases_an_earlier_one(case, newest, added):
    record_cases(UNKNOWN_DENIED)
    assert released(replace(case, cap=None)) or not released(replace(case, cap=newest))
    stricter = replace(newest, handling=join([newest.handling, added]))
    assert released(replace(case, cap=newest)) or not released(replace(case, cap=stricter))
    more = replace(newest, submitters=newest.submitters | {case.submitter})
    assert released(replace(case, cap=newest)) or not released(replace(case, cap=more))


@generated
@given(release_cases(), st.sampled_from(TlpLevel))
def test_a_level_that_the_member_lacks_is_never_released_to_it(case, level):
    record_cases(UNKNOWN_DENIED)
    name = case.audience.partner
    held = frozenset(TlpLevel) - {level}
    members = {**case.terms.partnership.members, name: Member(name, tlp=held)}
    changed = replace(case.terms, partnership=replace(case.terms.partnership, members=members), clauses=())
    handling = join([case.handling, a_handling(level)])
    assert not released(of_another(replace(case, terms=changed, handling=handling)))


@generated
@given(release_cases())
def test_red_goes_to_named_accounts_alone(case):
    record_cases(UNKNOWN_DENIED)
    red = of_another(replace(case, handling=join([case.handling, a_handling(TlpLevel.RED)])))
    assert not released(replace(red, audience=replace(case.audience, account=None)))
    if released(red):
        assert case.audience.account in case.collection_terms.release.red


@generated
@given(release_cases())
def test_what_is_not_understood_goes_to_its_contributor_alone(case):
    record_cases(UNKNOWN_DENIED)
    unknown = replace(case, handling=replace(case.handling, unknown=True))
    assert not released(of_another(unknown))


@generated
@given(release_cases())
def test_one_s_own_contribution_is_shown_whenever_anything_may_be(case):
    record_cases(ONE_DECISION)
    assume(case.handling.derived is None)  # what the exchange made of it is not one's own
    without_embargo = Span(None, case.span.not_after)
    asked_nothing = replace(case, handling=Handling(), cap=None, span=without_embargo, end_hidden=False)
    nothing_asked = of_another(replace(asked_nothing, terms=without_own_terms(case.terms)))
    assert released(replace(case, submitter=case.audience.partner)) == released(nothing_asked)


@generated
@given(release_cases())
def test_terms_of_a_member_s_own_never_release_more(case):
    record_cases(UNKNOWN_DENIED)
    case = as_an_original(case)
    newest = case.cap.handling if case.cap is not None else case.handling
    # Of what a marking leaves to its originator, the originator's entries are the grant itself.
    assume(not (case.handling.originator_control or newest.originator_control))
    assert not released(case) or released(replace(case, terms=without_own_terms(case.terms)))


@generated
@given(
    release_cases(), st.sampled_from(PARTNERS), st.sampled_from(["releases", "takes"]), st.lists(entries, max_size=3)
)
def test_an_entry_more_never_releases_less_and_none_at_all_releases_nothing_of_another_s(case, name, key, more):
    record_cases(UNKNOWN_DENIED)
    assume(name in case.terms.partnership.members)
    case = as_an_original(case)
    some = getattr(case.terms.partnership.members[name], key) or frozenset()
    fewer, all_of_them = (with_side(case, name, **{key: each}) for each in (some, some | frozenset(more)))
    assert not released(fewer) or released(all_of_them)
    of_nobody = with_side(of_another(case), name, **{key: frozenset()})
    concerned = name == (of_nobody.submitter if key == "releases" else of_nobody.audience.partner)
    assert not concerned or not released(of_nobody)


@generated
@given(release_cases(), st.tuples(st.sampled_from(INSTANTS), st.sampled_from(INSTANTS)).map(sorted))
def test_time_alone_changes_nothing_before_until(case, instants):
    record_cases(BOTH_WAYS)
    now, later = instants
    case = replace(case, now=now)
    decision = decide_release(case)
    if decision.until is None or later < decision.until:
        assert type(decide_release(replace(case, now=later))) is type(decision)
    assert decision.until is None or decision.until > case.now


@generated
@given(
    st.lists(st.sampled_from([AMBER, CLEAR, GREEN, RED, UNRESOLVED, STATEMENT, CUSTOM, *POLICIES]), unique=True),
    st.data(),
)
def test_the_order_of_markings_does_not_matter(marks, data):
    record_cases(ONE_DECISION)
    shuffled = data.draw(st.permutations(marks))
    resolver = Definitions(
        [a_definition(STATEMENT), a_definition(CUSTOM, definition_type="x-caveat"), *POLICIES.values()]
    )
    one, other = (
        derive_handling(an_object(object_marking_refs=order), REGISTRY, resolver, NOW) for order in (marks, shuffled)
    )
    assert to_facts(one.handling) == to_facts(other.handling)
    assert one.span == other.span


@generated
@given(logs, st.randoms(use_true_random=False))
def test_the_order_in_which_contributions_are_named_does_not_matter(candidates, random):
    record_cases(ONE_DECISION)
    shuffled = list(candidates)
    random.shuffle(shuffled)
    assert shown(shuffled) == shown(candidates)


@generated
@given(logs)
def test_what_an_audience_may_not_see_leaves_no_trace_in_its_log(candidates):
    record_cases(NOTHING_LEAKS)
    assert arrange(candidates) == arrange([c for c in candidates if c.may_see])


@generated
@given(logs)
def test_a_log_never_holds_two_rows_of_one_version_and_encoding(candidates):
    record_cases(ONE_DECISION)
    rows = [c.row for c in candidates if c.contribution in shown(candidates)]
    assert len(rows) == len(set(rows))


@generated
@given(
    st.lists(
        st.tuples(
            st.sampled_from(["2026-01-01T00:00:00", "2026-02-01T00:00:00.0019"]), handlings, st.sampled_from(PARTNERS)
        ),
        min_size=1,
        max_size=5,
    )
)
def test_the_newest_version_alone_has_no_cap(line):
    record_cases(ONE_DECISION)
    newest = max(key for key, _, _ in line)
    for key, _, _ in line:
        cap = cap_of(key, line)
        assert (cap is None) == (key == newest)
        if cap is not None:
            assert cap.handling == join(handling for each, handling, _ in line if each == newest)
            assert cap.submitters == {submitter for each, _, submitter in line if each == newest}
            assert cap.dated == datetime(2026, 2, 1, microsecond=1000, tzinfo=UTC)


@generated
@given(handlings, handlings)
def test_facts_are_equal_when_handlings_are(one, other):
    record_cases(ONE_DECISION)
    assert from_facts(to_facts(one)) == one
    assert (to_facts(one) == to_facts(other)) == (one == other)
    assert json.dumps(json.loads(to_facts(one)), sort_keys=True, separators=(",", ":")) == to_facts(one)
