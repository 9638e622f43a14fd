"""Generated cases that turn on a few rules: sound ones, in which what one to three of the rules ask about varies.

`generated` varies everything at once, and of so many conditions one always fails: a rule is then hardly ever alone in
the way. Each point here draws what its rule reads, densely enough that it grants and objects often.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from hypothesis import strategies as st

from app.policy.handling import Derived
from app.policy.partnership import (
    ALL,
    CustomTerms,
    IntakeTerms,
    Member,
    PapLevel,
    ReleaseTerms,
    Remedy,
    ReviewTerms,
    Role,
    TlpLevel,
    Verdict,
)
from app.policy.release_rules.levels import levels_shown
from app.policy.rules import Rule
from app.policy.times import Span
from tests.policy import generated
from tests.policy.builders import (
    AMBER,
    CERT,
    CUSTOM,
    EXTENSION,
    GREEN,
    IDENTITY,
    LEVELS,
    NOBODY,
    OTHER_STATEMENT,
    PAP_GREEN,
    REGISTRY,
    STATEMENT,
    WATER,
    WIND,
    a_definition,
    a_handling,
    a_release,
    a_tree,
    an_intake,
    an_object,
    known,
    some_terms,
)
from tests.policy.generated import (
    INSTANTS,
    OF_ONE_ADDRESS,
    PARTNERS,
    VERSIONS,
    acs_markings,
    dates,
    entries,
    lengths,
    mostly,
    sampled_from,
    some_of,
    subsets,
)

Draw = Callable[[Any], Any]

ACCOUNTS = frozenset(f"{name}/duty" for name in PARTNERS)
STATEMENTS = (STATEMENT, OTHER_STATEMENT)
IEP = (("encrypt_in_transit", "must"), ("encrypt_in_transit", "may"), ("provider_attribution", "may"))
GENEROUS = ReleaseTerms(
    tlp=LEVELS,
    unmarked=TlpLevel.GREEN,
    red=ACCOUNTS,
    statements=ALL,
    pap=frozenset(PapLevel),
    iep={"encrypt_in_transit": frozenset({"must", "may"}), "provider_attribution": frozenset({"may"})},
    acs={"classification": frozenset({"U", "S"}), "caveat": frozenset({"FISA"})},
    custom={key: CustomTerms(ALL, ALL) for key in (CUSTOM, STATEMENT, EXTENSION)},
)
OPEN_HANDED = IntakeTerms(types=ALL, tlp=LEVELS, unmarked=TlpLevel.GREEN, spec_versions=frozenset({"2.0", "2.1"}))
some = st.booleans()


def with_collection(case, **changed):
    """The same question, with something else in the terms of the collection."""
    terms = replace(case.collection_terms, **changed)
    partnership = replace(case.terms.partnership, collections={case.collection: terms})
    return replace(case, terms=replace(case.terms, partnership=partnership))


def with_release(case, **changed):
    return with_collection(case, release=replace(case.collection_terms.release, **changed))


def with_intake(case, **changed):
    return with_collection(case, intake=replace(case.intake, **changed))


def with_members(case, members):
    return replace(case, terms=replace(case.terms, partnership=replace(case.terms.partnership, members=members)))


def with_side(case, name, **changed):
    """The same question, with something else in the terms of this member."""
    members = case.terms.partnership.members
    return with_members(case, {**members, name: replace(members.get(name) or Member(name), **changed)})


def asking(case, **facts):
    """The same question about a version whose markings ask for this as well."""
    return replace(case, handling=replace(case.handling, **facts))


def with_clauses(case, *clauses):
    """The same question while these clauses of break-glass are kept."""
    return replace(case, terms=replace(case.terms, clauses=clauses))


def as_an_original(case):
    """The same question, were it not about a derivative, but about an original that is marked like it and unsigned."""
    handlings = (case.handling, case.cap.handling if case.cap is not None else None)
    here, newest = (each and replace(each, derived=None) for each in handlings)
    cap = replace(case.cap, handling=newest) if case.cap is not None else None
    return replace(case, handling=here, cap=cap, named=case.named and handlings == (here, newest))


def without(case, name):
    members = case.terms.partnership.members
    return with_members(case, {each: side for each, side in members.items() if each != name})


one_or_two_entries = st.lists(entries, min_size=1, max_size=2)


def own_entries(draw):
    some_entries = draw(one_or_two_entries)
    return frozenset(replace(each, partners=draw(sampled_from([ALL, ALL, frozenset()]))) for each in some_entries)


ABOUT_MARKINGS = (
    *(Rule.KNOWN_MARKINGS, Rule.COLLECTION_TLP, Rule.MEMBER_TLP, Rule.NAMED_FOR_RED, Rule.CLIENT, Rule.DEFAULT_LEVEL),
    *(Rule.STATEMENTS, Rule.PAP, Rule.IEP, Rule.ACS, Rule.CUSTOM, Rule.RELEASABLE_TO),
)


def capped(draw, case):
    """A newer version, which one of the points about markings may have changed."""
    newer = RELEASE_POINTS[draw(sampled_from(ABOUT_MARKINGS))](draw, case)
    submitters = draw(some_of(PARTNERS, 1))
    originators = draw(sampled_from([frozenset(), frozenset(), frozenset(PARTNERS[:1])]))
    cap = generated.Cap(newer.handling, frozenset(submitters), draw(dates), originators)
    return replace(newer, handling=case.handling, cap=cap)


def of_another(draw, case):
    return replace(case, originator=draw(sampled_from([each for each in PARTNERS if each != case.submitter])))


def custom_terms(draw):
    mapped = draw(subsets([CUSTOM, EXTENSION]))
    return {key: CustomTerms(draw(subsets(PARTNERS)), draw(subsets(["NOFORN"]))) for key in sorted(mapped)}


an_acs_marking = acs_markings()


def about_acs(draw, case):
    case = with_side(
        asking(case, acs=frozenset({draw(an_acs_marking)})),
        case.audience.partner,
        organizations=draw(generated.organizations),
        nationalities=draw(subsets(["USA"])),
        entity=draw(generated.entities),
    )
    return with_release(case, acs={"classification": draw(subsets(["U", "S"])), "caveat": draw(subsets(["FISA"]))})


def about_ages(draw, case):
    """One side speaks of the age of the version, or of the newest of its line."""
    name, key = draw(sampled_from([(case.submitter, "releases"), (case.audience.partner, "takes")]))
    side = frozenset(
        generated.Grant(ALL, ALL, ALL, LEVELS, age=generated.Age(draw(lengths), draw(lengths)))
        for _ in range(draw(st.integers(1, 2)))
    )
    cap = generated.Cap(case.handling, frozenset({case.submitter}), draw(dates)) if draw(some) else case.cap
    return replace(
        with_side(case, name, **{key: side}), dated=draw(dates), now=draw(sampled_from(INSTANTS[1:4])), cap=cap
    )


def about_derivatives(draw, case):
    """A derivative, often for the audience's member and of its view, and of an original that often is not for it."""
    case = with_release(case, granular=draw(mostly(Remedy.SANITISE, Remedy)), attribution=draw(sampled_from(Remedy)))
    view = draw(mostly(levels_shown(case), [frozenset(), LEVELS]))
    original = replace(case.handling, unknown=draw(mostly(True, [False])))
    submitter = draw(mostly(case.submitter, [case.audience.partner]))
    derived = Derived(view, original, draw(mostly(case.audience.partner, PARTNERS)))
    return replace(asking(case, derived=derived), submitter=submitter, unmet=draw(mostly(False, [True])))


OF_THE_HOST = (Rule.COLLECTION_TLP, Rule.MEMBER_TLP, Rule.DEFAULT_LEVEL)


def about_break_glass(draw, case):
    """One of the host's own bounds, and a clause that may lift it."""
    bounded = RELEASE_POINTS[draw(sampled_from(OF_THE_HOST))](draw, case)
    span = replace(bounded.span, embargo=draw(sampled_from([None, *INSTANTS])))
    opened = draw(generated.clauses)
    return with_clauses(
        replace(bounded, span=span, object_id=draw(sampled_from([generated.AN_OBJECT, "another"]))), opened
    )


RELEASE_POINTS: Mapping[Rule, Callable[[Draw, Any], Any]] = {
    Rule.MEMBER: lambda draw, case: asking(
        without(case, draw(sampled_from([case.audience.partner, case.submitter]))),
        tlp=draw(sampled_from([frozenset(), case.handling.tlp])),
    ),
    Rule.IN_FORCE: lambda draw, case: replace(case, now=draw(sampled_from(INSTANTS))),
    Rule.READ: lambda draw, case: with_collection(case, read=draw(subsets(PARTNERS))),
    Rule.EXPIRY: lambda draw, case: replace(case, span=Span(None, draw(sampled_from(INSTANTS)))),
    Rule.DERIVATIVE: about_derivatives,
    Rule.BREAK_GLASS: about_break_glass,
    Rule.OWN_CONTRIBUTION: lambda draw, case: replace(
        asking(case, unknown=draw(some)), submitter=draw(sampled_from([case.audience.partner, case.submitter]))
    ),
    Rule.KNOWN_MARKINGS: lambda draw, case: asking(case, unknown=draw(some)),
    Rule.COLLECTION_TLP: lambda draw, case: with_release(
        asking(case, tlp=draw(subsets(TlpLevel))), tlp=draw(subsets(TlpLevel))
    ),
    Rule.MEMBER_TLP: lambda draw, case: with_side(
        asking(case, tlp=draw(subsets(TlpLevel))), case.audience.partner, tlp=draw(subsets(TlpLevel))
    ),
    Rule.NAMED_FOR_RED: lambda draw, case: with_release(
        asking(case, tlp=frozenset({TlpLevel.RED})), red=draw(subsets(sorted(ACCOUNTS)))
    ),
    Rule.CLIENT: lambda draw, case: with_side(
        asking(case, tlp=frozenset({draw(sampled_from(list(TlpLevel)[2:]))})),
        case.audience.partner,
        client_of=draw(sampled_from([None, CERT])),
    ),
    Rule.DEFAULT_LEVEL: lambda draw, case: with_release(
        asking(case, unmarked=True, tlp=draw(subsets(TlpLevel))), unmarked=draw(generated.optional_level)
    ),
    Rule.STATEMENTS: lambda draw, case: with_release(
        asking(case, statements=draw(subsets(STATEMENTS))), statements=draw(subsets(STATEMENTS))
    ),
    Rule.PAP: lambda draw, case: with_release(asking(case, pap=draw(subsets(PapLevel))), pap=draw(subsets(PapLevel))),
    Rule.IEP: lambda draw, case: with_release(
        asking(case, iep=draw(subsets(IEP))),
        iep={"encrypt_in_transit": draw(subsets(["must", "may"])), "provider_attribution": draw(subsets(["may"]))},
    ),
    Rule.ACS: about_acs,
    Rule.CUSTOM: lambda draw, case: with_release(
        asking(
            case,
            custom=draw(subsets([(CUSTOM, ""), (CUSTOM, EXTENSION), (STATEMENT, EXTENSION)])),
            disseminations=draw(subsets([(CUSTOM, "NOFORN"), (STATEMENT, "NOFORN")])),
        ),
        custom=custom_terms(draw),
    ),
    Rule.RELEASABLE_TO: lambda draw, case: with_side(
        asking(case, releasable_to=draw(subsets([frozenset({"NLD", "USA"}), frozenset({"USA"})]))),
        case.audience.partner,
        nationalities=draw(subsets(["NLD", "USA"])),
    ),
    Rule.ORIGINATOR_CONTROL: lambda draw, case: with_side(
        asking(case, originator_control=draw(some)),
        case.originator,
        originator_control=draw(some),
        releases=draw(sampled_from([None, frozenset({generated.Grant(ALL, ALL, ALL, LEVELS)})])),
    ),
    Rule.ATTRIBUTION: lambda draw, case: replace(
        with_side(asking(case, anonymous=draw(some), signed=draw(some)), case.originator, anonymous=draw(some)),
        named=draw(some),
    ),
    Rule.SUBMITTER_RELEASES: lambda draw, case: with_side(case, case.submitter, releases=own_entries(draw)),
    Rule.ORIGINATOR_RELEASES: lambda draw, case: (
        lambda relayed: with_side(relayed, relayed.originator, releases=own_entries(draw))
    )(of_another(draw, case)),
    Rule.MEMBER_TAKES: lambda draw, case: with_side(case, case.audience.partner, takes=own_entries(draw)),
    Rule.CAP: capped,
    Rule.CLOSURE: lambda draw, case: replace(with_collection(case, closure=draw(some)), end_hidden=draw(some)),
    Rule.EMBARGO: lambda draw, case: replace(
        case, span=Span(draw(generated.some_instant), case.span.not_after, draw(generated.some_instant))
    ),
    Rule.AGE: about_ages,
}
"""For each rule of release a case like the given one, in which what the rule asks about is drawn."""


def thrice(one, other):
    """Of four cases one of the first strategy, and three of the other."""
    return st.integers(0, 3).flatmap(lambda number: other if number else one)


def a_few(points):
    """One of these rules or two, at times three."""
    one_of_them = st.sampled_from(list(points))
    return st.one_of(*[st.lists(one_of_them, min_size=1, max_size=size, unique=True) for size in (1, 2, 2, 3)])


@st.composite
def release_cases_about(draw, rules):
    """Sound cases, but for what these rules ask about; `rules` is a strategy for lists of them."""
    partner = draw(sampled_from(PARTNERS))
    case = a_release(
        a_handling(TlpLevel.GREEN, type="indicator", confidence=50),
        partner,
        draw(sampled_from([None, f"{partner}/duty", f"{partner}/duty", f"{partner}/night"])),
        terms=some_terms(GENEROUS, read=ALL, members={name: Member(name, LEVELS) for name in PARTNERS}),
        now=INSTANTS[2],
        dated=INSTANTS[1],
    )
    for rule in draw(rules):
        case = RELEASE_POINTS[rule](draw, case)
    return case


def release_cases():
    """Cases in which everything varies, and thrice as many that turn on a few rules."""
    return thrice(generated.release_cases(), release_cases_about(a_few(RELEASE_POINTS)))


def saying(case, **properties):
    """The same question about an object with other properties; a value of None takes one away."""
    tree = {name: value for name, value in {**case.obj.tree, **properties}.items() if value is not None}
    return replace(case, obj=an_object(tree))


EARLIER = {
    "created": VERSIONS[:2],
    "modified": VERSIONS[:2],
    "confidence": (7, 70),
    "created_by_ref": (None, NOBODY),
    "object_marking_refs": ([GREEN], [AMBER], [GREEN, STATEMENT], [GREEN, PAP_GREEN]),
}
ON = ("pattern", "labels", "labels.[1]")
PARTS = st.one_of(
    st.just([]),
    st.lists(
        st.builds(
            lambda mark, place: {"marking_ref": mark, "selectors": [place]},
            st.sampled_from([AMBER, STATEMENT]),
            st.sampled_from(ON),
        ),
        min_size=1,
        max_size=2,
    ),
)
LABELS_BEFORE = (["a", "b"], ["a", "b"], ["b", "b"])
LABELS = (["a", "b"], ["a", "b"], ["b", "a"], ["b"], ["a"], ["c", "d"], None)
REVOKED = (None, "2026-03-01T07:59:00", "2026-03-02T08:05:00")


def about_earlier(*differs):
    """The same organisation pushed the object before; these properties may have changed since."""

    def point(draw, case):
        case = saying(case, created=VERSIONS[0], modified=VERSIONS[1], confidence=7, object_marking_refs=[GREEN])
        said = {name: draw(sampled_from(EARLIER[name])) for name in differs if name in EARLIER}
        dated = sampled_from(VERSIONS[:2])
        if "granular_markings" in differs:
            dated = mostly(VERSIONS[1], VERSIONS[:1])
            said |= {
                "modified": VERSIONS[0],
                "labels": draw(sampled_from(LABELS_BEFORE)),
                "granular_markings": draw(PARTS),
            }
        earlier = known(saying(case, **said).obj)
        if "granular_markings" in differs:
            case = saying(case, labels=draw(sampled_from(LABELS)), granular_markings=draw(PARTS))
        if "revoked" in differs:
            earlier = replace(earlier, revoked_at=draw(sampled_from(REVOKED)))
        if "created_by_ref" in differs:
            case = saying(case, created_by_ref=draw(sampled_from([None, NOBODY])))
        if "modified" in differs:
            case = saying(case, modified=draw(dated))
        words = {name: draw(sampled_from(Verdict)) for name in ("older_versions", "loosened")}
        return with_intake(replace(case, known=earlier), **words)

    return point


def an_ipv4(value):
    return {"type": "ipv4-addr", "spec_version": "2.1", "id": f"ipv4-addr--{OF_ONE_ADDRESS}", "value": value}


value_lists = st.dictionaries(st.sampled_from(["own-assets", "not-there"]), st.sampled_from(list(Verdict)[1:]))
REGISTERED = dict(REGISTRY.get(GREEN).definition)
INTAKE_POINTS: Mapping[Rule, Callable[[Draw, Any], Any]] = {
    Rule.MEMBER: lambda draw, case: without(case, draw(sampled_from(PARTNERS))),
    Rule.IN_FORCE: lambda draw, case: replace(case, now=draw(sampled_from(INSTANTS))),
    Rule.WRITE: lambda draw, case: with_collection(case, write=draw(subsets(PARTNERS))),
    Rule.FEEDER: lambda draw, case: replace(case, role=draw(sampled_from(Role))),
    Rule.NOT_BLOCKED: lambda draw, case: replace(case, blocked=draw(some)),
    Rule.REGISTRY_DEFINITION: lambda draw, case: with_intake(
        replace(case, obj=an_object(REGISTERED)), types=draw(sampled_from([frozenset(), ALL]))
    ),
    Rule.UNALTERED: lambda draw, case: replace(
        case, obj=an_object({**REGISTERED, "name": draw(sampled_from(["TLP:GREEN", "TLP:CLEAR"]))})
    ),
    Rule.NO_SELF_MARKING: lambda draw, case: replace(
        case, obj=an_object(a_definition(STATEMENT, object_marking_refs=[draw(sampled_from([STATEMENT, GREEN]))]))
    ),
    Rule.SPEC_VERSION: lambda draw, case: with_intake(
        saying(case, spec_version=draw(sampled_from([None, "2.1"]))), spec_versions=draw(subsets(["2.0", "2.1"]))
    ),
    Rule.OBJECT_TYPE: lambda draw, case: with_intake(case, types=draw(subsets(["indicator", "ipv4-addr"]))),
    Rule.INTAKE_TLP: lambda draw, case: with_intake(
        asking(case, tlp=draw(subsets(TlpLevel))), tlp=draw(subsets(TlpLevel))
    ),
    Rule.INTAKE_UNMARKED: lambda draw, case: with_intake(
        asking(case, unmarked=True), unmarked=draw(generated.optional_level), tlp=draw(subsets(TlpLevel))
    ),
    Rule.REQUIRED_MARKINGS: lambda draw, case: with_intake(
        saying(case, object_marking_refs=list(draw(sampled_from(generated.SETS_OF_MARKS)))),
        require=draw(subsets(["tlp", "pap", STATEMENT])),
    ),
    Rule.DETERMINISTIC_ID: lambda draw, case: with_intake(
        replace(case, obj=an_object(an_ipv4(draw(sampled_from(["198.51.100.3", "198.51.100.30"]))))),
        deterministic_ids=draw(sampled_from(Verdict)),
    ),
    Rule.VALUE_LISTS: lambda draw, case: with_intake(
        replace(case, obj=an_object(an_ipv4(draw(sampled_from(["198.51.100.3", "203.0.113.9"]))))),
        lists=draw(value_lists),
    ),
    Rule.OWNERSHIP: lambda draw, case: with_intake(
        saying(case, created_by_ref=draw(sampled_from([None, NOBODY, *IDENTITY.values()]))),
        relays=draw(generated.relays),
    ),
    Rule.SOURCE_UNNAMED: lambda draw, case: with_side(
        saying(
            case,
            created_by_ref=draw(sampled_from([None, NOBODY, IDENTITY[case.partner]])),
            x_seen={"by": [draw(sampled_from([NOBODY, f"At {IDENTITY[case.partner]}."]))]},
        ),
        case.partner,
        anonymous=draw(some),
    ),
    Rule.NOT_AHEAD: lambda draw, case: saying(case, modified=draw(sampled_from(VERSIONS))),
    Rule.SAME_VERSION: about_earlier("modified", "confidence"),
    Rule.CREATED_KEPT: about_earlier("created", "modified"),
    Rule.SIGNER_KEPT: about_earlier("created_by_ref", "modified"),
    Rule.AFTER_REVOKED: about_earlier("revoked", "modified"),
    Rule.OLDER_VERSION: about_earlier("modified"),
    Rule.LOOSENED_MARKING: about_earlier("modified", "object_marking_refs", "granular_markings"),
    Rule.REVIEW: lambda draw, case: with_intake(
        case,
        review=ReviewTerms(
            draw(subsets(["indicator", "identity"])),
            draw(subsets([WIND, WATER])),
            draw(subsets([TlpLevel.CLEAR, TlpLevel.GREEN])),
        ),
    ),
}
"""For each rule of intake a case like the given one, in which what the rule asks about is drawn."""


@st.composite
def intake_cases_about(draw, rules):
    """Sound cases, but for what these rules ask about; `rules` is a strategy for lists of them."""
    partner = draw(sampled_from(PARTNERS))
    case = an_intake(
        an_object(a_tree(created_by_ref=IDENTITY[partner], object_marking_refs=[GREEN])),
        terms=some_terms(intake=OPEN_HANDED, write=ALL, members={name: Member(name, LEVELS) for name in PARTNERS}),
        partner=partner,
        now=INSTANTS[2],
    )
    for rule in draw(rules):
        case = INTAKE_POINTS[rule](draw, case)
    return case


def intake_cases():
    """Cases in which everything varies, and thrice as many that turn on a few rules."""
    return thrice(generated.intake_cases(), intake_cases_about(a_few(INTAKE_POINTS)))
