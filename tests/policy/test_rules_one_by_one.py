"""Every rule at least once alone in the way: the tables of `decided`, and the count of what they cover."""

import re
from dataclasses import replace
from datetime import timedelta

import pytest

from app.policy.explain import explain_release
from app.policy.handling import Handling
from app.policy.intake import Accept, Quarantine, Refuse, decide_intake
from app.policy.intake import examine as examine_intake
from app.policy.lines import arrange, shown
from app.policy.partnership import (
    Age,
    CustomTerms,
    Member,
    PapLevel,
    Partner,
    ReleaseTerms,
    ReviewTerms,
    Role,
    TlpLevel,
    Verdict,
)
from app.policy.release import Release, Sanitise, Withhold, decide_release
from app.policy.release import examine as examine_release
from app.policy.release_case import Cap
from app.policy.rules import SILENT, Effect, Rule, by_verdict, objects, reviews
from app.policy.times import Span
from tests.policy.builders import (
    CERT,
    CUSTOM,
    EFFECTIVE,
    EXPIRES,
    GREEN,
    IDENTITY,
    NOBODY,
    NOW,
    REGISTRY,
    STATEMENT,
    WATER,
    WIND,
    a_grant,
    a_handling,
    a_release,
    a_tree,
    an_intake,
    an_object,
    another_than,
    known,
    some_terms,
)
from tests.policy.decided import HELD, INTAKES, LINES, RELEASES, UNNAMED_ISAC, intake_terms
from tests.policy.decided_derivatives import DERIVATIVES, IN_RED_PART, SANITISED, left_of
from tests.policy.decided_sides import A_DAY_OLD, DAY, INDICATOR, UP_TO_TEN_DAYS, newest_of, the_cert, the_isac


@pytest.mark.parametrize(("case", "against"), RELEASES.values(), ids=RELEASES.keys())
def test_a_version_is_released_or_withheld_by_exactly_these_rules(case, against):
    decision = decide_release(case)
    if against:
        assert isinstance(decision, Withhold)
        assert decision.rules == against
    else:
        assert isinstance(decision, Release)
        assert {Rule.MEMBER, Rule.IN_FORCE, Rule.READ} <= set(decision.rules)


@pytest.mark.parametrize(("case", "against"), INTAKES.values(), ids=INTAKES.keys())
def test_an_object_is_taken_or_refused_by_exactly_these_rules(case, against):
    decision = decide_intake(case)
    if against:
        assert isinstance(decision, Refuse)
        assert decision.rules == against
        assert decision.message.endswith(".")
    else:
        assert isinstance(decision, Accept)
        assert {Rule.MEMBER, Rule.IN_FORCE, Rule.WRITE, Rule.FEEDER} <= set(decision.rules)


@pytest.mark.parametrize(("case", "asking"), HELD.values(), ids=HELD.keys())
def test_an_object_is_held_for_an_officer_by_exactly_these_rules(case, asking):
    decision = decide_intake(case)
    assert isinstance(decision, Quarantine)
    assert decision.rules == asking
    assert decision.message.endswith(".")


@pytest.mark.parametrize("case", [case for case, _ in HELD.values()], ids=HELD.keys())
def test_a_refusal_goes_before_a_review(case):
    decision = decide_intake(replace(case, blocked=True))
    assert isinstance(decision, Refuse)
    assert decision.rules == (Rule.NOT_BLOCKED,)


@pytest.mark.parametrize(("candidates", "given", "conflicts"), LINES.values(), ids=LINES.keys())
def test_an_audience_is_given_one_line_and_its_own(candidates, given, conflicts):
    for order in (candidates, candidates[::-1]):
        assert arrange(order).shown == given
        assert arrange(order).conflicts == conflicts
        assert shown(order) == given


HOUR = timedelta(hours=1)
NOT_FOR_THE_ISAC = Cap(replace(INDICATOR, tlp=frozenset({TlpLevel.AMBER_STRICT})), frozenset({CERT}), NOW)
BEFORE, PLAIN = EFFECTIVE - timedelta(seconds=1), a_handling(TlpLevel.GREEN)
UNTIL = {
    "released, until the agreement expires": (a_release(PLAIN), EXPIRES),
    "too early alone, until it becomes effective": (a_release(PLAIN, now=BEFORE), EFFECTIVE),
    "too early and not cleared for it, whatever time brings": (
        a_release(a_handling(TlpLevel.AMBER_STRICT), now=BEFORE),
        None,
    ),
    "not cleared for it, whatever time brings": (a_release(a_handling(TlpLevel.AMBER_STRICT)), None),
    "too late for ever": (a_release(PLAIN, now=EXPIRES), None),
    "released, until its end": (a_release(PLAIN, span=Span(not_after=EXPIRES - HOUR)), EXPIRES - HOUR),
    "released, until the agreement expires before its end": (
        a_release(PLAIN, span=Span(not_after=EXPIRES + HOUR)),
        EXPIRES,
    ),
    "under embargo alone, until it ends": (a_release(PLAIN, span=Span(not_before=EXPIRES - HOUR)), EXPIRES - HOUR),
    "too early and under embargo, until the later of both": (
        a_release(PLAIN, now=BEFORE, span=Span(not_before=EFFECTIVE + HOUR)),
        EFFECTIVE + HOUR,
    ),
    "under embargo and not cleared for it, whatever time brings": (
        a_release(a_handling(TlpLevel.AMBER_STRICT), span=Span(not_before=EXPIRES - HOUR)),
        None,
    ),
    "released, until it is too old for the member": (
        a_release(INDICATOR, **the_isac(a_grant(age=UP_TO_TEN_DAYS))),
        NOW + 10 * DAY,
    ),
    "too young, until it is old enough": (
        a_release(INDICATOR, **the_cert(a_grant(age=A_DAY_OLD))),
        NOW + DAY,
    ),
    "too young and of another level, whatever time brings": (
        a_release(a_handling(TlpLevel.AMBER_STRICT), **the_cert(a_grant(age=A_DAY_OLD))),
        None,
    ),
    "too old for ever": (
        a_release(INDICATOR, dated=NOW - 10 * DAY, **the_isac(a_grant(age=UP_TO_TEN_DAYS))),
        None,
    ),
    "between two ages, until the second begins": (
        a_release(INDICATOR, dated=NOW - DAY, **the_cert(a_grant(age=Age(at_most=DAY)), a_grant(age=Age(9 * DAY)))),
        NOW + 8 * DAY,
    ),
    "released, until the newest version is too old": (
        a_release(INDICATOR, **newest_of(UP_TO_TEN_DAYS, NOW)),
        NOW + 10 * DAY,
    ),
    "under a newest version that is of another level and grows old, whatever time brings": (
        a_release(INDICATOR, **{**newest_of(UP_TO_TEN_DAYS, NOW), "cap": NOT_FOR_THE_ISAC}),
        None,
    ),
    "its own relay, whose originator releases it for ten days": (
        a_release(INDICATOR, own=True, originator=CERT, **the_cert(a_grant(age=UP_TO_TEN_DAYS))),
        EXPIRES,
    ),
    "its own, while the newest version is released for ten days": (
        a_release(INDICATOR, own=True, **newest_of(UP_TO_TEN_DAYS, NOW)),
        EXPIRES,
    ),
    "ended for ever": (a_release(PLAIN, now=EXPIRES - HOUR, span=Span(not_after=EFFECTIVE)), None),
}


@pytest.mark.parametrize(("case", "until"), UNTIL.values(), ids=UNTIL.keys())
def test_a_decision_names_the_next_instant_at_which_time_may_change_it(case, until):
    assert decide_release(case).until == until


def test_every_rule_is_decisive_somewhere():
    tables = (*RELEASES.values(), *INTAKES.values(), *HELD.values())
    decisive = {against[0] for _, against in tables if len(against) == 1}
    decisive |= {rule for _, _, conflicts in LINES.values() for rule in conflicts.values()}
    for case, against in RELEASES.values():
        without = replace(case, terms=replace(case.terms, clauses=()))
        if not against and isinstance(decide_release(without), Withhold):
            decisive |= {Rule.BREAK_GLASS} & set(decide_release(case).rules)
        if (
            case.own
            and not against
            and isinstance(decide_release(replace(case, submitter=another_than(case.audience.partner))), Withhold)
        ):
            decisive |= {Rule.OWN_CONTRIBUTION} & set(decide_release(case).rules)
    for case, _ in INTAKES.values():
        decision = decide_intake(case)
        if isinstance(decision, Accept) and case.obj.type not in case.intake.types:
            decisive |= {Rule.REGISTRY_DEFINITION} & set(decision.rules)
    assert decisive == set(Rule)


SILENT_WHERE_NOTHING_IS_WRONG = {
    *(Rule.KNOWN_MARKINGS, Rule.CLOSURE, Rule.ONE_ORIGIN, Rule.ONE_CONTENT, Rule.NOT_BLOCKED, Rule.UNALTERED),
    *(Rule.NO_SELF_MARKING, Rule.DETERMINISTIC_ID, Rule.VALUE_LISTS, Rule.NOT_AHEAD, Rule.SAME_VERSION),
    *(Rule.CREATED_KEPT, Rule.SIGNER_KEPT, Rule.AFTER_REVOKED, Rule.OLDER_VERSION, Rule.LOOSENED_MARKING, Rule.REVIEW),
}
"""Rules that have nothing to grant: they object, or have nothing to say."""


def test_every_other_rule_grants_something_that_is_released_or_taken():
    decisions = [decide_release(case) for case, _ in RELEASES.values()]
    decisions += [decide_intake(case) for case, _ in INTAKES.values()]
    granted = {rule for each in decisions if isinstance(each, Release | Accept) for rule in each.rules}
    assert granted == set(Rule) - SILENT_WHERE_NOTHING_IS_WRONG


NAMES = ("nl-cert ", "wind-isac ", "water-nl ", "port-nl ", "indicators ", "gone ", "`", "marking-definition--")


def all_findings():
    """What every rule says of every decided case. Found anew for each test, as the rules are now."""
    for case, _ in RELEASES.values():
        yield from examine_release(case)
    for case, _ in (*INTAKES.values(), *HELD.values()):
        yield from examine_intake(case)


def test_what_a_rule_says_is_a_sentence():
    for finding in all_findings():
        why = finding.why
        assert isinstance(why, str), finding
        assert not why or why[0].isupper() or why[0].isdigit() or why.startswith(NAMES), finding
        assert not why or (why.endswith(".") and re.search("[a-z] [a-z]", why)), finding


@pytest.mark.parametrize("rule", [Rule.SUBMITTER_RELEASES, Rule.ORIGINATOR_RELEASES, Rule.MEMBER_TAKES])
def test_a_grant_of_a_member_s_own_terms_says_whose_they_are(rule):
    said = [finding.why for finding in all_findings() if finding.rule is rule and finding.effect is Effect.GRANTS]
    verb = "takes it from" if rule is Rule.MEMBER_TAKES else "releases it to"
    assert said
    assert all(re.fullmatch(rf"[a-z-]+ {verb} [a-z-]+(, [a-z-]+)*\.", why) for why in said)
    denied = [finding.why for finding in all_findings() if finding.rule is rule and finding.effect is Effect.OBJECTS]
    verb = "take it from" if rule is Rule.MEMBER_TAKES else "release it to"
    no_entry = "no entry of its terms covers it"
    assert denied
    assert all(re.fullmatch(rf"[a-z-]+ does not {verb} [a-z-]+(, [a-z-]+)*: {no_entry}\.", why) for why in denied)


ALWAYS_GRANT = {Rule.MEMBER, Rule.IN_FORCE, Rule.READ}
ASKING = {
    Rule.STATEMENTS: Handling(statements=frozenset({STATEMENT})),
    Rule.PAP: Handling(pap=frozenset({PapLevel.GREEN})),
    Rule.IEP: Handling(iep=frozenset({("encrypt_in_transit", "must")})),
    Rule.ACS: Handling(acs=frozenset({frozenset({("display-default", "permit"), ("sharing-default", "permit")})})),
    Rule.CUSTOM: Handling(custom=frozenset({(CUSTOM, "")})),
    Rule.RELEASABLE_TO: Handling(releasable_to=frozenset({frozenset({"NLD"})})),
}


def generous(handling):
    release = ReleaseTerms(
        statements=frozenset({STATEMENT}),
        pap=frozenset({PapLevel.GREEN}),
        iep={"encrypt_in_transit": frozenset({"must"})},
        custom={CUSTOM: CustomTerms(frozenset({WIND}))},
    )
    members = {WIND: Member(WIND, nationalities=frozenset({"NLD"}))}
    return a_release(handling, terms=some_terms(release, members=members))


def test_a_rule_of_release_grants_only_what_arises():
    assert set(decide_release(generous(Handling())).rules) == ALWAYS_GRANT
    for rule, handling in ASKING.items():
        assert set(decide_release(generous(handling)).rules) == ALWAYS_GRANT | {rule}
    for level, more in ((TlpLevel.GREEN, set()), (TlpLevel.AMBER_STRICT, {Rule.CLIENT})):
        levels = {Rule.COLLECTION_TLP, Rule.MEMBER_TLP}
        assert set(decide_release(a_release(a_handling(level), CERT)).rules) == ALWAYS_GRANT | levels | more
    red = decide_release(a_release(a_handling(TlpLevel.RED), CERT, "nl-cert/duty"))
    assert set(red.rules) == ALWAYS_GRANT | {Rule.MEMBER_TLP, Rule.NAMED_FOR_RED, Rule.CLIENT}
    unmarked = decide_release(a_release(Handling(unmarked=True)))
    assert set(unmarked.rules) == ALWAYS_GRANT | {Rule.DEFAULT_LEVEL, Rule.COLLECTION_TLP, Rule.MEMBER_TLP}


def test_a_rule_of_intake_grants_only_what_arises():
    always = (Rule.MEMBER, Rule.IN_FORCE, Rule.WRITE, Rule.FEEDER, Rule.SPEC_VERSION, Rule.OBJECT_TYPE)
    plain = an_intake(an_object(created_by_ref=None), Handling())
    assert decide_intake(plain).rules == always
    assert decide_intake(replace(plain, handling=a_handling(TlpLevel.GREEN))).rules == (*always, Rule.INTAKE_TLP)
    assert decide_intake(replace(plain, obj=an_object())).rules == (*always, Rule.OWNERSHIP)


def test_an_explanation_says_of_every_rule_whether_it_holds_and_why():
    cleared = a_handling(TlpLevel.AMBER_STRICT, type="indicator")
    case = a_release(cleared, **the_cert(a_grant()))
    told = {finding.rule: finding.why for finding in explain_release(case).findings}
    assert told[Rule.MEMBER] == f"Holds: {Rule.MEMBER.sentence}"
    assert told[Rule.SUBMITTER_RELEASES] == "Holds: nl-cert releases it to wind-isac."
    assert told[Rule.PAP] == f"Does not arise: {Rule.PAP.sentence}"
    assert told[Rule.MEMBER_TLP] == "wind-isac is not cleared for amber+strict."
    acs = Handling(acs=frozenset({frozenset({("classification", "S"), ("display-default", "permit")})}))
    both = {finding.rule: finding.why for finding in explain_release(replace(case, handling=acs)).findings}
    assert both[Rule.ACS] == (
        "The ACS marking does not permit sharing to wind-isac. indicators does not accept the ACS classification S."
    )
    red = {finding.rule: finding.why for finding in explain_release(replace(case, handling=RED_TOO)).findings}
    assert red[Rule.MEMBER_TLP] == "wind-isac is not cleared for amber+strict, red."
    client = {finding.rule: finding.why for finding in explain_release(a_release(cleared, WATER)).findings}
    assert client[Rule.CLIENT] == "water-nl is a client of nl-cert, and amber+strict is not for clients."
    caveat = Handling(releasable_to=frozenset({frozenset({"USA", "NLD"}), frozenset({"DEU"})}))
    lists = {finding.rule: finding.why for finding in explain_release(replace(case, handling=caveat)).findings}
    assert lists[Rule.RELEASABLE_TO] == "wind-isac is not of DEU, NLD or USA."
    for now, says in (
        (EFFECTIVE - HOUR, "The agreement becomes effective at 2026-01-01T00:00:00+00:00."),
        (EXPIRES, "The agreement expired at 2028-01-01T00:00:00+00:00."),
    ):
        dated = {finding.rule: finding.why for finding in explain_release(replace(case, now=now)).findings}
        assert dated[Rule.IN_FORCE] == says
    own = {finding.rule: finding.why for finding in explain_release(replace(case, submitter=WIND)).findings}
    assert own[Rule.MEMBER_TLP] == f"Outranked by the member's own contribution: {told[Rule.MEMBER_TLP]}"
    assert own[Rule.COLLECTION_TLP] == f"Holds: {Rule.COLLECTION_TLP.sentence}"


OTHER_LEVELS = "and wind-isac is shown other levels."
FOR_OTHERS = {
    "a derivative, to who is shown other levels": f"The derivative is for those who are shown green, {OTHER_LEVELS}",
    "a derivative, to another member that is shown the same levels": (
        "The derivative is for water-nl, and not for wind-isac."
    ),
    "a derivative, before it is said whose": "The derivative is for nobody, and not for wind-isac.",
    "a derivative, to who contributed the original": "wind-isac contributed the original, and is shown that.",
    "a derivative of what the member may have whole": "The original may be shown to wind-isac.",
    "a derivative, where none is released any more": "indicators releases no sanitised derivatives.",
    "the end of a derivative, to who was shown nothing of it": (
        "It ends a derivative of which wind-isac was shown nothing."
    ),
}


def told_of_the_derivative(case):
    (told,) = [finding.why for finding in explain_release(case).findings if finding.rule is Rule.DERIVATIVE]
    return told


@pytest.mark.parametrize(("which", "says"), FOR_OTHERS.items(), ids=FOR_OTHERS.keys())
def test_who_is_not_given_a_derivative_is_told_for_whom_it_is(which, says):
    assert told_of_the_derivative(DERIVATIVES[which][0]) == says


def test_where_a_derivative_stands_in_the_decision_is_good_for_as_long_as_it_may_be_shown():
    end = EXPIRES - timedelta(hours=1)
    case = replace(a_release(IN_RED_PART, **SANITISED), derivative=left_of(IN_RED_PART))
    in_the_way = (Rule.MEMBER_TLP, Rule.NAMED_FOR_RED)
    assert decide_release(case) == Sanitise(in_the_way, EXPIRES)
    assert decide_release(replace(case, span=Span(not_after=end))) == Sanitise(in_the_way, end)
    under_a_newest = replace(case, cap=Cap(a_handling(TlpLevel.RED), frozenset({CERT}), NOW))
    assert decide_release(under_a_newest) == Sanitise((*in_the_way, Rule.CAP), EXPIRES), "it has a line of its own"


def test_a_derivative_of_no_view_is_told_to_be_for_those_who_are_shown_nothing():
    told = told_of_the_derivative(a_release(left_of(IN_RED_PART, view=[]), **SANITISED))
    assert told == f"The derivative is for those who are shown no level, {OTHER_LEVELS}"


def test_a_word_of_a_collection_becomes_an_answer():
    assert by_verdict(Verdict.ACCEPT, "So it is.") == SILENT
    assert by_verdict(Verdict.REVIEW, "So it is.") == reviews("So it is.")
    assert by_verdict(Verdict.REFUSE, "So it is.") == objects("So it is.")


RED_TOO = a_handling(TlpLevel.AMBER, TlpLevel.AMBER_STRICT, TlpLevel.RED)
OF_CERT = {**a_tree(type="identity", id=IDENTITY[CERT], name="n"), "created_by_ref": IDENTITY[WATER]}
EVERYTHING = ReviewTerms(frozenset({"indicator"}), frozenset({WIND}), frozenset({TlpLevel.GREEN, TlpLevel.CLEAR}))
IDENTITIES_OF_THE_ISAC = [IDENTITY[WIND], NOBODY]
ITS_IDENTITIES = {WIND: Partner(WIND, WIND, frozenset(IDENTITIES_OF_THE_ISAC))}
UNNAMED_WITH_TWO = replace(
    UNNAMED_ISAC,
    partners=replace(UNNAMED_ISAC.partners, by_name={**UNNAMED_ISAC.partners.by_name, **ITS_IDENTITIES}),
)
TOLD = {
    "several levels": (
        an_intake(an_object(), RED_TOO),
        "This collection does not take TLP:AMBER+STRICT, TLP:RED, on the object or on any part of it.",
    ),
    "several names": (
        an_intake(an_object(OF_CERT)),
        (
            f"Your organisation may not push in the name of {IDENTITY[WATER]}, {IDENTITY[CERT]}. "
            "Sign as an identity of yours."
        ),
    ),
    "several names of a source that is not to be named": (
        an_intake(an_object(created_by_ref=None, labels=IDENTITIES_OF_THE_ISAC), terms=UNNAMED_WITH_TWO),
        (
            "Your organisation is not to be named here, and the object names it: "
            f"{', '.join(sorted(IDENTITIES_OF_THE_ISAC))}. Sign it as an identity of yours, and it goes out without "
            "your name or not at all; or leave the identity out."
        ),
    ),
    "several markings": (
        an_intake(an_object(), terms=intake_terms(require=frozenset({"tlp", "pap", STATEMENT}))),
        f"This collection takes objects with these markings alone: {STATEMENT}, PAP, TLP. Add to object_marking_refs.",
    ),
    "several lists": (
        an_intake(an_object(), terms=intake_terms(lists={"own-assets": Verdict.REFUSE, "gone": Verdict.REFUSE})),
        (
            "The object names what a list of this collection holds (gone: any value, since the list can't be read; "
            "own-assets: 198.51.100.3)."
        ),
    ),
    "several reasons for a review": (
        an_intake(an_object(), a_handling(TlpLevel.GREEN, TlpLevel.CLEAR), terms=intake_terms(review=EVERYTHING)),
        "The collection sends to review: the type indicator, the submitter wind-isac, TLP:CLEAR, TLP:GREEN.",
    ),
    "a review of what may be of any level": (
        an_intake(an_object(), a_handling(unknown=True), terms=intake_terms(review=EVERYTHING)),
        (
            "The collection sends to review: the type indicator, the submitter wind-isac, a marking that is not "
            "understood, and may be of any level."
        ),
    ),
    "several rules": (
        an_intake(an_object(), partner=CERT, role=Role.READER, blocked=True),
        (
            "Only an account with the role feeder may push. This object is not taken here. "
            "Ask those who run the exchange. "
            f"Your organisation may not push in the name of {IDENTITY[WIND]}. Sign as an identity of yours."
        ),
    ),
    "an altered definition": (
        an_intake(an_object({**REGISTRY.get(GREEN).definition, "name": "TLP:CLEAR"})),
        (
            f"{GREEN} differs from the published definition of that id. Send that one unchanged, or none: "
            "references to it are understood without it."
        ),
    ),
    "a version in nobody's name": (
        an_intake(an_object(created_by_ref=None), known=known(an_object(), versions={})),
        (
            f"`created_by_ref` must not change: your organisation pushed this object in the name of {IDENTITY[WIND]}. "
            "Sign it as before, or make a new object with a new id."
        ),
    ),
    "a version in its own name, after nobody's": (
        an_intake(an_object(), known=known(an_object(created_by_ref=None), versions={})),
        (
            "`created_by_ref` must not change: your organisation pushed this object in nobody's name. "
            "Sign it as before, or make a new object with a new id."
        ),
    ),
    "other content of a version": (
        an_intake(an_object(confidence=90), known=known(an_object())),
        "Your organisation contributed this version with other content. Set a later `modified`.",
    ),
    "other content of what has no `modified`": (
        an_intake(an_object(confidence=90, modified=None), known=known(an_object(modified=None))),
        (
            "Your organisation contributed this version with other content. "
            "It can have no later one: give the content a new id."
        ),
    ),
}


@pytest.mark.parametrize(("case", "message"), TOLD.values(), ids=TOLD.keys())
def test_whoever_reads_a_message_is_told_all_that_it_takes(case, message):
    assert decide_intake(case).message == message


def test_the_relays_of_a_member_are_named_nowhere_in_a_refusal():
    """A refusal speaks of the files and of what the sender contributed, and names no other organisation."""
    for case, _ in INTAKES.values():
        decision = decide_intake(case)
        if isinstance(decision, Refuse):
            assert not any(name in decision.message for name in case.terms.partners.by_name)
