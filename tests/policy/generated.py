"""Generated agreements, handlings, objects and logs. Small pools, so that grants and markings often meet."""

from dataclasses import replace
from datetime import timedelta
from functools import wraps
from itertools import combinations

from hypothesis import strategies as st

from app.policy.closure import End
from app.policy.handling import Derived, Handling
from app.policy.lines import Standing
from app.policy.markings import PAP_EXTENSION
from app.policy.partnership import (
    ALL,
    Age,
    Agreement,
    BreakGlass,
    CustomTerms,
    Grant,
    IntakeTerms,
    Member,
    PapLevel,
    ReleaseTerms,
    Remedy,
    Reports,
    ReviewTerms,
    Role,
    TlpLevel,
    Verdict,
)
from app.policy.release_case import Cap
from app.policy.release_rules.levels import levels_shown
from app.policy.times import Span
from app.policy.vocabularies import iep
from app.stix.identifiers import sco_id
from tests.policy.builders import (
    AMBER as AMBER_MARK,
)
from tests.policy.builders import (
    CERT,
    CLEAR,
    CUSTOM,
    EFFECTIVE,
    EXPIRES,
    EXTENSION,
    GREEN,
    IDENTITY,
    INDICATORS,
    NOBODY,
    OPENCTI_STRICT,
    OTHER_STATEMENT,
    PAP_GREEN,
    REGISTRY,
    STATEMENT,
    STRANGER,
    WATER,
    WIND,
    a_definition,
    a_release,
    a_tree,
    an_intake,
    an_object,
    known,
    some_terms,
)

PARTNERS = (CERT, WIND, WATER, STRANGER)
INSTANTS = (
    EFFECTIVE - timedelta(milliseconds=1),
    EFFECTIVE,
    EFFECTIVE + timedelta(days=60, hours=8),
    EXPIRES - timedelta(milliseconds=1),
    EXPIRES,
)


AN_OBJECT = "indicator--b8a662dc-4961-4dba-87ae-af8c6da4b4f5"


def made_once(make):
    """Strategies are made once for the same values: to make one and to look it through takes longer than to draw."""
    made = {}

    @wraps(make)
    def known_or_made(*values):
        key = repr(values)
        if key not in made:
            made[key] = make(*values)
        return made[key]

    return known_or_made


sampled_from = made_once(st.sampled_from)


@made_once
def _subsets(values):
    ordered = list(values)
    return [frozenset(some) for size in range(len(ordered) + 1) for some in combinations(ordered, size)]


@made_once
def subsets(values):
    return st.sampled_from(_subsets(values))


@made_once
def mostly(usual, others):
    """The usual value four times in five: of many conditions all must hold, or nothing would ever be granted."""
    listed = list(others)
    return st.sampled_from([*[usual] * 4 * len(listed), *listed])


def grants(values):
    """Every set of the values, and mostly the set written `all`."""
    return mostly(ALL, _subsets(values))


instants = mostly(INSTANTS[2], INSTANTS)
levels = grants(TlpLevel)
optional_level = st.sampled_from([None, *TlpLevel])
accounts = grants([f"{name}/duty" for name in PARTNERS])
statements = grants([STATEMENT, OTHER_STATEMENT])
partners = grants(PARTNERS)
types = grants(["indicator", "identity", "marking-definition"])
spec_versions = mostly(ALL, _subsets(["2.0", "2.1"]))
clients = mostly(None, [CERT])
lengths = st.sampled_from([None, timedelta(milliseconds=1), timedelta(days=60, hours=8), timedelta(days=400)])
entries = st.builds(
    Grant,
    partners=partners,
    collections=mostly(ALL, _subsets(["indicators", "gone"])),
    types=types,
    tlp=levels,
    markings=mostly(None, _subsets([STATEMENT, CUSTOM, EXTENSION, PAP_EXTENSION, iep.EXTENSION])),
    confidence=mostly(None, [0, 50]),
    age=st.one_of(st.none(), st.builds(Age, lengths, lengths)),
)
own_terms = st.one_of(st.none(), st.none(), st.frozensets(entries, max_size=3))
relays = st.sampled_from([{}, {}, {WIND: frozenset({CERT})}, {CERT: frozenset(PARTNERS), WATER: frozenset({WIND})}])
pap_levels = grants(PapLevel)
controls = grants(["NOFORN", "NOCON"])
countries = mostly(frozenset({"NLD"}), _subsets(["NLD", "USA"]))
organizations = mostly(frozenset({"USA.DOE"}), _subsets(["USA.DOE", "USA", "USADOE"]))
entities = mostly(frozenset({"GOV"}), _subsets(["GOV", "CTR"]))
undertaken = st.fixed_dictionaries(
    {},
    optional={
        "encrypt_in_transit": subsets(["must", "may"]),
        "provider_attribution": mostly(frozenset({"may", "must", "must-not"}), _subsets(["may", "must"])),
    },
)
accepted = st.fixed_dictionaries({}, optional={"classification": grants(["U", "S"]), "caveat": grants(["FISA"])})
members = st.builds(
    Member,
    partner=st.just(""),
    tlp=levels,
    client_of=clients,
    organizations=organizations,
    nationalities=countries,
    entity=entities,
    releases=own_terms,
    takes=own_terms,
    originator_control=mostly(False, [True]),
    anonymous=mostly(False, [True]),
)


remedies = st.sampled_from(Remedy)


@st.composite
def release_terms(draw):
    mapped = draw(subsets([CUSTOM, STATEMENT, EXTENSION]))
    return ReleaseTerms(
        tlp=draw(levels),
        unmarked=draw(optional_level),
        red=draw(accounts),
        statements=draw(statements),
        pap=draw(pap_levels),
        iep=draw(undertaken),
        acs=draw(accepted),
        custom={marking: CustomTerms(draw(partners), draw(controls)) for marking in sorted(mapped)},
        granular=draw(remedies),
        attribution=draw(remedies),
    )


clauses = st.builds(
    BreakGlass,
    number=st.integers(1, 3),
    collection=mostly(INDICATORS, ["another"]),
    partners=partners,
    tlp=mostly(frozenset(TlpLevel), _subsets(TlpLevel)),
    opened=st.just(EFFECTIVE),
    until=mostly(INSTANTS[3], INSTANTS),
    officers=st.just((f"{CERT}/anna", f"{CERT}/bert")),
    reason=st.just("the flood"),
    types=types,
    objects=mostly(None, [frozenset(), frozenset({AN_OBJECT})]),
    unmarked=st.booleans(),
)
"""What officers have opened, also of what no clause may hold."""

words = mostly(Verdict.ACCEPT, [Verdict.REVIEW, Verdict.REFUSE])
reviews = st.builds(
    ReviewTerms,
    types=mostly(frozenset(), [ALL, frozenset({"identity"})]),
    submitters=mostly(frozenset(), [ALL, frozenset({WIND})]),
    tlp=mostly(frozenset(), _subsets([TlpLevel.CLEAR, TlpLevel.AMBER])),
)
required = mostly(frozenset(), [frozenset({"tlp"}), frozenset({"pap"}), frozenset({STATEMENT, "tlp"})])
lists = mostly(
    {},
    [
        {"own-assets": Verdict.REFUSE},
        {"own-assets": Verdict.REVIEW},
        {"own-assets": Verdict.REVIEW, "not-there": Verdict.REFUSE},
    ],
)


@st.composite
def intake_terms(draw):
    return IntakeTerms(
        types=draw(types),
        tlp=draw(levels),
        unmarked=draw(optional_level),
        relays=draw(relays),
        spec_versions=draw(spec_versions),
        require=draw(required),
        older_versions=draw(words),
        loosened=draw(words),
        deterministic_ids=draw(words),
        lists=draw(lists),
        review=draw(reviews),
        sightings=draw(sampled_from(Reports)),
    )


@st.composite
def terms(draw, release=None, intake=None):
    """An agreement with these strategies for its terms; where one is not given, those of `some_terms`."""
    present = draw(mostly(frozenset(PARTNERS), _subsets(PARTNERS)))
    released = draw(release) if release is not None else None
    taken = draw(intake) if intake is not None else None
    some = some_terms(released, taken, read=draw(partners), write=draw(partners), closure=draw(st.booleans()))
    sides = {name: replace(draw(members), partner=name) for name in sorted(present)}
    agreement = Agreement("MoU", effective=EFFECTIVE, expires=draw(mostly(EXPIRES, [EFFECTIVE])))
    return replace(some, partnership=replace(some.partnership, members=sides, agreement=agreement))


_SCOPES = ("ALL", "USA", "USA.DOE", "USA.DHS")


@st.composite
def acs_markings(draw):
    tokens = {("classification", draw(mostly("U", ["S"])))}
    for right in ("display", "sharing"):
        tokens.add((f"{right}-default", draw(mostly("permit", ["deny"]))))
        for effect in ("permit", "deny"):
            tokens |= {(f"{right}-{effect}", scope) for scope in draw(mostly(frozenset(), _subsets(_SCOPES)))}
    tokens |= draw(mostly(frozenset(), [{("caveat", "FISA")}, {("entity", "GOV")}, {("entity", "SVC")}]))
    tokens |= draw(
        mostly(frozenset(), [{("permitted_organizations", "USA.DOE")}, {("permitted_nationalities", "USA")}])
    )
    return frozenset(tokens)


handlings = st.builds(
    Handling,
    pap=mostly(frozenset(), _subsets(PapLevel)),
    iep=mostly(
        frozenset(),
        _subsets([("encrypt_in_transit", "must"), ("encrypt_in_transit", "may"), ("provider_attribution", "must-not")]),
    ),
    acs=st.one_of(st.just(frozenset()), st.frozensets(acs_markings(), min_size=1, max_size=2)),
    releasable_to=mostly(frozenset(), _subsets([frozenset({"NLD", "USA"}), frozenset({"USA"})])),
    originator_control=mostly(False, [True]),
    anonymous=mostly(False, [True]),
    inseparable=mostly(False, [True]),
    signed=st.booleans(),
    disseminations=mostly(frozenset(), _subsets([(CUSTOM, "NOFORN"), (STATEMENT, "NOCON")])),
    tlp=st.sampled_from([*[frozenset({level}) for level in TlpLevel] * 6, *_subsets(TlpLevel)]),
    unmarked=mostly(False, [True]),
    statements=mostly(frozenset(), _subsets([STATEMENT, OTHER_STATEMENT])),
    custom=mostly(frozenset(), _subsets([(CUSTOM, ""), (CUSTOM, EXTENSION), (STATEMENT, EXTENSION)])),
    unknown=mostly(False, [True]),
    type=st.sampled_from(["indicator", "indicator", "identity", "marking-definition"]),
    confidence=st.sampled_from([None, 0, 49, 50]),
)
dates = st.sampled_from(INSTANTS[:3])
derived_handlings = st.builds(
    lambda handling, *derived: replace(handling, derived=Derived(*derived)),
    handlings,
    st.sampled_from(_subsets(TlpLevel)),
    handlings,
    st.sampled_from(PARTNERS),
)
all_handlings = st.one_of(handlings, handlings, derived_handlings)
caps = st.builds(Cap, all_handlings, st.frozensets(st.sampled_from(PARTNERS), min_size=1, max_size=2), dates)


some_instant = st.one_of(st.none(), st.sampled_from(INSTANTS))
spans = st.builds(Span, some_instant, some_instant, some_instant)


released = terms(release=release_terms())
capped = st.one_of(st.none(), caps)
spanned = st.one_of(st.just(Span()), spans)
kept_clauses = st.one_of(st.just(()), st.lists(clauses, max_size=2).map(tuple))


@st.composite
def release_cases(draw):
    partner = draw(sampled_from(PARTNERS))
    case = a_release(
        draw(all_handlings),
        partner,
        draw(sampled_from([None, f"{partner}/duty", f"{partner}/night"])),
        terms=draw(released),
        collection=draw(mostly("indicators", ["gone"])),
        cap=draw(capped),
        own=draw(st.booleans()),
        now=draw(instants),
        span=draw(spanned),
        end_hidden=draw(mostly(False, [True])),
        dated=draw(dates),
        named=draw(st.booleans()),
        object_id=draw(sampled_from([AN_OBJECT, "another"])),
        unmet=draw(mostly(False, [True])),
    )
    case = replace(case, terms=replace(case.terms, clauses=draw(kept_clauses)))
    return in_view(replace(case, originator=draw(mostly(case.submitter, PARTNERS))), draw(mostly(True, [False])))


def in_view(case, fits):
    """The same question; where it `fits`, about a derivative for the audience, in its own view."""
    if not fits:
        return case
    handlings = (case.handling, case.cap.handling if case.cap is not None else None)
    here, newest = (
        replace(each, derived=replace(each.derived, view=levels_shown(case), member=case.audience.partner))
        if each is not None and each.derived is not None
        else each
        for each in handlings
    )
    return replace(case, handling=here, cap=replace(case.cap, handling=newest) if case.cap is not None else None)


VERSIONS = ("2026-03-01T07:59:00.000Z", "2026-03-02T08:05:00.000Z", "2026-03-02T08:05:00.001Z", "2026-03-02T08:06:00Z")
OF_ONE_ADDRESS = sco_id({"type": "ipv4-addr", "value": "198.51.100.3"}).removeprefix("ipv4-addr--")
TREES = (
    a_tree(),
    a_tree(spec_version=None),
    *(a_tree(type="identity", id=each, name="n", pattern=None) for each in (IDENTITY[CERT], NOBODY)),
    dict(REGISTRY.get(GREEN).definition),
    {**REGISTRY.get(GREEN).definition, "name": "TLP:CLEAR"},
    a_definition(STATEMENT),
    a_definition(STATEMENT, object_marking_refs=[STATEMENT]),
    {"type": "ipv4-addr", "spec_version": "2.1", "id": f"ipv4-addr--{OF_ONE_ADDRESS}", "value": "198.51.100.3"},
    {"type": "ipv4-addr", "spec_version": "2.1", "id": f"ipv4-addr--{OF_ONE_ADDRESS}", "value": "198.51.100.30"},
)
SETS_OF_MARKS = ((), (), (GREEN,), (GREEN, STATEMENT), (AMBER_MARK,), (CLEAR, PAP_GREEN), (OPENCTI_STRICT,))


def what_was_there_before(draw, tree):
    """What an earlier push of the same object may have said otherwise."""
    said = {}
    if tree["type"] not in ("marking-definition", "ipv4-addr"):
        said = {"confidence": 0, "created": draw(sampled_from(VERSIONS[:2]))}
        said["modified"] = draw(sampled_from([tree["modified"], *VERSIONS]))
        said["created_by_ref"] = draw(mostly(tree.get("created_by_ref"), [NOBODY, None]))
    if tree["type"] != "marking-definition":
        said["object_marking_refs"] = list(draw(sampled_from(SETS_OF_MARKS)))
    return said


@made_once
def some_of(values, least):
    """One or two of these, or none if that is not too few."""
    return st.sets(st.sampled_from(values), min_size=least, max_size=2)


@st.composite
def graphs(draw):
    """Contributions by number: which are hidden by their own rules, what each refers to, and what each end has."""
    keys = range(draw(st.integers(1, 7)))
    ends = [End(WIND, number) for number in range(draw(st.integers(1, 4)))]
    given = {end: frozenset(draw(some_of(keys, 0))) for end in ends}
    refers = {key: frozenset(draw(some_of(ends, 1))) for key in keys if draw(st.booleans())}
    return frozenset(draw(some_of(keys, 0))), refers, given


trees = st.sampled_from(TREES)
taken = terms(intake=intake_terms())


@st.composite
def intake_cases(draw):
    tree = dict(draw(trees))
    if tree["type"] not in ("marking-definition", "ipv4-addr"):
        tree["modified"] = draw(sampled_from(VERSIONS))
        tree["created_by_ref"] = draw(sampled_from([NOBODY, *IDENTITY.values()]))
        tree["confidence"] = draw(st.integers(0, 1))
    if tree["type"] != "marking-definition":
        tree["object_marking_refs"] = list(draw(sampled_from(SETS_OF_MARKS)))
    if tree["type"] == "identity" and draw(st.booleans()):
        del tree["created_by_ref"]
    there = {**tree, **what_was_there_before(draw, tree)}
    before = an_object({name: value for name, value in there.items() if value is not None})
    revoked_at = draw(sampled_from([None, "2026-03-01T07:59:00", "2026-03-02T08:06:00"]))
    reported = draw(mostly(False, [True]))
    roles = mostly(Role.ANALYST, Role) if reported else mostly(Role.FEEDER, Role)
    return an_intake(
        an_object(tree),
        draw(handlings),
        terms=draw(taken),
        partner=draw(sampled_from(PARTNERS)),
        role=draw(roles),
        known=draw(sampled_from([None, known(before, revoked_at=revoked_at)])),
        now=draw(instants),
        blocked=draw(mostly(False, [True])),
        reported=reported,
    )


ORIGINS = (IDENTITY[CERT], IDENTITY[WIND], f"{NOBODY} via {WIND}", f"{NOBODY} via {WATER}")
logs = st.lists(
    st.builds(
        Standing,
        contribution=st.integers(1, 1000),
        partner=st.sampled_from(PARTNERS),
        origin=st.sampled_from(ORIGINS),
        version_key=st.sampled_from(["2026-03-01T08:00:00", "2026-03-02T08:00:00"]),
        spec=st.sampled_from(["2.1", "2.1", "2.0"]),
        may_see=st.booleans(),
        own=st.booleans(),
        dated=st.booleans(),
        derived=st.booleans(),
        left=mostly(frozenset(), [frozenset({each}) for each in ORIGINS[:2]]),
        lifted=st.booleans(),
    ).map(lambda candidate: replace(candidate, lifted=candidate.lifted and not candidate.own)),
    max_size=6,
    unique_by=lambda candidate: candidate.contribution,
)
