"""Break-glass: opening a clause never withholds anything, releases nothing beyond it, and leaves nothing behind."""

from dataclasses import replace

from hypothesis import event, given, settings
from hypothesis import strategies as st

from app.policy.explain import explain_release
from app.policy.handling import Handling
from app.policy.lines import shown
from app.policy.partnership import ALL, Member, ReleaseTerms, TlpLevel
from app.policy.release import Release, Withhold, changes_after, decide_release, ends, stands
from app.policy.release_case import Cap
from app.policy.release_rules.break_glass import kept_under, key_of, opened_in
from app.policy.rules import Rule
from app.policy.times import Span
from tests.policy.builders import CERT, NOW, WATER, WIND, a_clause, a_grant, a_handling, a_release, some_terms
from tests.policy.decided_break_glass import AMBER, BREAK_GLASS, HOUR, INDICATOR, STRICT, opened
from tests.policy.decided_sides import A_DAY_OLD, DAY, the_cert
from tests.policy.generated import AN_OBJECT, INSTANTS, PARTNERS, clauses, logs, mostly, spans, subsets
from tests.policy.reference_policy import release_objections
from tests.support.cases import examples, record_cases

often = settings(max_examples=examples(150))
UNKNOWN_DENIED = "law 3: the unknown is denied"
NOTHING_LEAKS = "law 2: nothing leaks"
BOTH_WAYS = "law 8: policy acts at once, both ways"
ONE_DECISION = "law 9: one decision"

OF_THE_HOST = {Rule.COLLECTION_TLP, Rule.MEMBER_TLP, Rule.DEFAULT_LEVEL, Rule.EMBARGO}


little = st.builds(
    Handling,
    tlp=st.frozensets(st.sampled_from([TlpLevel.GREEN, *TlpLevel]), max_size=2),
    unmarked=mostly(False, [True]),
    unknown=mostly(False, [False, False, True]),
    type=st.sampled_from(["indicator", "identity", "marking-definition"]),
)


@st.composite
def cases_that_a_clause_may_open(draw):
    """A case without clauses in which little but the host's own bounds is in the way, and a clause about it."""
    levels = subsets([TlpLevel.GREEN, TlpLevel.AMBER, TlpLevel.AMBER_STRICT])
    members = {WIND: Member(WIND, draw(levels)), WATER: Member(WATER, draw(levels), client_of=CERT)}
    release = ReleaseTerms(tlp=draw(levels), unmarked=draw(st.sampled_from([None, TlpLevel.GREEN, TlpLevel.RED])))
    case = a_release(
        draw(little),
        draw(st.sampled_from([WIND, WATER])),
        terms=some_terms(release, members=members, read=draw(mostly(ALL, [frozenset({WATER})]))),
        cap=draw(st.one_of(st.none(), st.builds(Cap, little, st.just(frozenset({CERT})), st.just(NOW)))),
        now=INSTANTS[2],
        span=draw(st.one_of(st.just(Span()), spans)),
        object_id=draw(st.sampled_from([AN_OBJECT, "another"])),
    )
    return case, draw(clauses)


def under(case, *opened):
    """The same question while these clauses are open."""
    return replace(case, terms=replace(case.terms, clauses=opened))


def released(case):
    return isinstance(decide_release(case), Release)


@often
@given(cases_that_a_clause_may_open())
def test_the_decision_under_a_clause_is_the_reference_s(given_case):
    record_cases(ONE_DECISION)
    case = under(*given_case)
    decision = decide_release(case)
    assert (set(decision.rules) if isinstance(decision, Withhold) else set()) == release_objections(case)


@often
@given(cases_that_a_clause_may_open(), st.lists(clauses, max_size=2))
def test_opening_never_withholds_anything_and_closing_never_releases_anything(given_case, before):
    record_cases(BOTH_WAYS)
    case, clause = given_case
    assert not released(under(case, *before)) or released(under(case, *before, clause))


@often
@given(logs)
def test_what_is_given_of_an_object_without_the_clauses_is_given_under_them_too(candidates):
    record_cases(BOTH_WAYS)
    without = [each for each in candidates if not each.lifted]
    event(f"a clause adds something: {shown(candidates) != shown(without)}")
    assert shown(without) <= shown(candidates)


@often
@given(cases_that_a_clause_may_open())
def test_nothing_is_released_beyond_the_clause(given_case):
    """By what the clause says, in words of its own: whom, where, what, when, and past which rules."""
    record_cases(UNKNOWN_DENIED)
    case, clause = given_case
    before, after = decide_release(case), decide_release(under(case, clause))
    opened_it = isinstance(before, Withhold) and isinstance(after, Release)
    event(f"the clause opens it: {opened_it}")
    if not opened_it:
        return
    assert Rule.BREAK_GLASS in after.rules
    assert case.audience.partner in clause.partners
    assert case.collection_terms.id == clause.collection
    assert case.now < clause.until
    assert clause.objects is None or case.object_id in clause.objects
    assert set(before.rules) <= {*OF_THE_HOST, Rule.CAP}
    newest = case.cap.handling if Rule.CAP in before.rules else case.handling
    for asked in {newest} if set(before.rules) == {Rule.CAP} else {newest, case.handling}:
        assert asked.tlp <= clause.tlp
        assert TlpLevel.RED not in asked.tlp
        assert asked.type in clause.types or asked.type == "marking-definition"
        assert clause.unmarked or not asked.unmarked or case.collection_terms.release.unmarked in clause.tlp


@often
@given(cases_that_a_clause_may_open())
def test_after_its_end_everything_is_as_if_it_had_never_been(given_case):
    record_cases(BOTH_WAYS)
    case, clause = given_case
    over = under(case, replace(clause, until=case.now))
    assert decide_release(over) == decide_release(case)
    assert (ends(over), changes_after(over), stands(over), key_of(over)) == (
        ends(case),
        changes_after(case),
        stands(case),
        (),
    )
    assert over.terms.as_of(case.now) == case.terms


@often
@given(cases_that_a_clause_may_open())
def test_what_is_open_for_others_decides_nothing(given_case):
    record_cases(NOTHING_LEAKS)
    case, clause = given_case
    others = frozenset(PARTNERS) - {case.audience.partner}
    for changed in ({"partners": others}, {"collection": "another"}, {"objects": frozenset()}):
        other = under(case, replace(clause, **changed))
        assert decide_release(other) == decide_release(case)
        assert (ends(other), changes_after(other), key_of(other)) == (ends(case), changes_after(case), ())


@often
@given(cases_that_a_clause_may_open(), st.tuples(st.sampled_from(INSTANTS), st.sampled_from(INSTANTS)).map(sorted))
def test_what_stands_changes_at_no_instant_but_those_that_are_named(given_case, instants):
    record_cases(BOTH_WAYS)
    case, clause = given_case
    now, later = (replace(under(case, clause), now=at) for at in instants)
    named = changes_after(now)
    if named is None or later.now < named:
        assert stands(now) == stands(later)
    end = ends(now)
    if stands(now) and (end is None or later.now < end):
        assert stands(later)


def test_what_both_the_clause_and_the_standing_terms_grant_has_no_end_by_the_clause():
    assert ends(opened(INDICATOR)) == NOW + HOUR
    assert ends(opened(a_handling(TlpLevel.GREEN))) is None
    assert ends(opened(a_handling(TlpLevel.GREEN), cap=INDICATOR)) == NOW + HOUR
    assert ends(opened(INDICATOR, own=True)) is None
    two = under(a_release(INDICATOR), a_clause(STRICT), a_clause(STRICT, number=3, until=NOW + 2 * HOUR))
    assert ends(two) == NOW + 2 * HOUR


def test_an_embargo_that_ends_while_the_clause_is_open_has_no_end_and_a_longer_one_has():
    green = a_handling(TlpLevel.GREEN)
    assert ends(opened(green, span=Span(embargo=NOW + HOUR))) is None
    longer = opened(green, span=Span(embargo=NOW + 2 * HOUR))
    assert ends(longer) == changes_after(longer) == NOW + HOUR
    over = replace(longer, now=NOW + HOUR)
    assert decide_release(over) == Withhold((Rule.EMBARGO,), NOW + 2 * HOUR)


def test_a_decision_names_the_instant_at_which_dates_alone_let_go_while_a_clause_is_open():
    """A policy begins in half an hour; what is lifted now binds again in an hour."""
    soon, late = NOW + HOUR / 2, NOW + 2 * HOUR
    green = a_handling(TlpLevel.GREEN)
    assert decide_release(opened(INDICATOR, span=Span(soon))) == Withhold((Rule.EMBARGO,), soon)
    assert decide_release(opened(INDICATOR, span=Span(late))) == Withhold((Rule.EMBARGO,), None)
    assert changes_after(opened(green, span=Span(soon, embargo=late))) == soon
    both = opened(green, span=Span(NOW + HOUR, embargo=late))
    assert decide_release(both) == Withhold((Rule.EMBARGO,), late)
    assert decide_release(opened(INDICATOR, span=Span(late, embargo=late))) == Withhold((Rule.EMBARGO,), None)
    too_young = opened(green, span=Span(embargo=late), **the_cert(a_grant(age=A_DAY_OLD)))
    assert decide_release(too_young) == Withhold((Rule.AGE,), NOW + DAY)
    while_it_is_open = opened(green, span=Span(NOW + HOUR / 4, embargo=NOW + HOUR / 2))
    assert decide_release(while_it_is_open) == Withhold((Rule.EMBARGO,), NOW + HOUR / 4)


def test_what_binds_again_is_what_is_lifted_of_the_version_or_of_its_newest():
    tool = replace(INDICATOR, type="tool")
    of_indicators = {"types": frozenset({"indicator"})}
    assert changes_after(opened(INDICATOR, cap=tool, **of_indicators)) == NOW + HOUR
    assert changes_after(opened(tool, cap=INDICATOR, **of_indicators)) == NOW + HOUR
    assert changes_after(opened(a_handling(TlpLevel.GREEN), cap=a_handling(TlpLevel.GREEN))) is None


def test_a_decision_rests_on_the_object_s_id_only_where_a_clause_names_objects():
    """And on whether it is a marking that holds it back."""
    case = opened(INDICATOR, object_id=AN_OBJECT)
    assert key_of(case) == key_of(replace(case, object_id="another")) != ()
    by_markings, by_embargo = (replace(case, span=span) for span in (Span(NOW + HOUR), Span(embargo=NOW + HOUR)))
    assert released(by_embargo) > released(by_markings)
    assert key_of(by_embargo) != key_of(by_markings), "both are before their beginning"
    naming = opened(INDICATOR, objects=frozenset({AN_OBJECT}), object_id=AN_OBJECT)
    assert key_of(naming) != key_of(replace(naming, object_id="another")) == ()


def test_a_clause_is_of_the_collection_whatever_that_is_called():
    terms = replace(some_terms(), clauses=(a_clause(STRICT),))
    collection = terms.partnership.collections["indicators"]
    renamed = replace(terms.partnership, collections={"new-name": replace(collection, alias="new-name")})
    assert opened_in(terms, "indicators", NOW) == opened_in(replace(terms, partnership=renamed), "new-name", NOW) != ()
    assert opened_in(terms, "gone", NOW) == ()


def test_a_clause_names_its_officers_its_number_and_its_end():
    (told,) = [finding.why for finding in told_of(opened(INDICATOR)) if finding.rule is Rule.BREAK_GLASS]
    for part in ("Break-glass 2", f"{CERT}/anna, {CERT}/bert", (NOW + HOUR).isoformat()):
        assert part in told
    two = under(a_release(INDICATOR), a_clause(STRICT), a_clause(STRICT, number=3, until=NOW + 2 * HOUR))
    (both,) = [finding.why for finding in told_of(two) if finding.rule is Rule.BREAK_GLASS]
    one, other = (
        f"{number} of {CERT}/anna, {CERT}/bert, until 2026-06-01T{hour}:00:00+00:00"
        for number, hour in ((2, 13), (3, 14))
    )
    assert both == f"Holds: Break-glass {one}; {other}, lifts what the host itself bounds."
    lifted = {str(finding.rule): finding.why for finding in told_of(opened(INDICATOR)) if not finding.holds}
    assert lifted == {"member-tlp": f"Lifted by break-glass: {WIND} is not cleared for amber+strict."}
    told = [finding.why for finding in told_of(opened(a_handling(TlpLevel.GREEN), cap=INDICATOR)) if not finding.holds]
    assert told == ["Lifted by break-glass: A newer version may not be shown, by member-tlp."]
    assert {finding.effect for finding in told_of(a_release(INDICATOR)) if finding.rule is Rule.BREAK_GLASS} == {
        "silent"
    }


def test_only_the_clauses_that_cover_the_version_are_named():
    """Or the newest of its line, where it is that one's objection which is lifted."""
    clauses = [a_clause(STRICT), a_clause(STRICT, number=3, types=frozenset({"malware"})), a_clause(AMBER, number=4)]

    def named(case):
        (told,) = [finding.why for finding in told_of(under(case, *clauses)) if finding.rule is Rule.BREAK_GLASS]
        return [number for number in "234" if f"{number} of {CERT}" in told]

    assert named(a_release(INDICATOR)) == ["2"]
    assert named(a_release(replace(INDICATOR, type="malware"))) == ["2", "3"]
    assert named(a_release(a_handling(AMBER), terms=some_terms(members={WIND: Member(WIND)}))) == ["4"]
    assert named(a_release(a_handling(AMBER), cap=INDICATOR)) == ["2"], "AMBER itself is for the ISAC at any time"
    of_strict = some_terms(members={WIND: Member(WIND, frozenset({STRICT}))})
    assert named(a_release(a_handling(AMBER), terms=of_strict, cap=INDICATOR)) == ["4"], "nothing keeps the newest back"
    assert named(a_release(a_handling(TlpLevel.GREEN))) == []


def told_of(case):
    return explain_release(case).findings


def test_there_are_cases_that_are_opened_and_cases_that_are_not():
    assert {bool(against) for _, against in BREAK_GLASS.values()} == {True, False}
    assert WIND in a_clause().partners


def test_a_revision_ends_what_is_open_for_whom_and_where_it_leaves_out():
    partnership = some_terms().partnership
    one, other = a_clause(AMBER), a_clause(STRICT, number=3, partners=frozenset({WATER}))
    alone = replace(partnership, members={CERT: Member(CERT), WIND: Member(WIND)})
    assert kept_under(partnership, [one, other]) == (one, other)
    assert kept_under(alone, [one, other]) == (replace(one, partners=frozenset({WIND})),)
    assert kept_under(replace(partnership, collections={}), [one, other]) == ()
