"""Generated agreements, as what stands in their files, and pushes under them; what becomes of both, worked out again.

Nothing here asks production for a handling or a decision: what markings ask for comes from what the generator put in,
decisions and rows from tests/policy/reference_policy.py.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from hypothesis import strategies as st

from app.files.agreements import read_agreements
from app.policy.closure import End
from app.policy.handling import Handling, join
from app.policy.intake_case import IntakeCase, Known
from app.policy.lines import Standing
from app.policy.partnership import PapLevel, Role, Terms, TlpLevel
from app.policy.release_case import Audience, Cap, ReleaseCase
from app.policy.times import Span
from app.policy.vocabularies import iep
from app.stix.timestamps import to_datetime, version_key
from tests.policy.builders import PAP_AMBER, PAP_GREEN, REGISTRY, an_object
from tests.policy.reference_policy import closed, dates_of, intake_objections, release_objections, rows_of_a_log
from tests.support.agreements import COLLECTION, FILES, HOST_IDENTITY, WIND_IDENTITY
from tests.support.stix import AMBER, AMBER_STRICT, CLEAR, GREEN, RED, a_statement, an_indicator, stix_id

MEMBERS = ("nl-cert", "wind-isac", "water-nl", "port-nl")
WRITERS = ("nl-cert", "wind-isac", "water-nl")
OWNERS = {HOST_IDENTITY: "nl-cert", WIND_IDENTITY: "wind-isac"}
MAY_SIGN = {"nl-cert": {HOST_IDENTITY}, "wind-isac": {WIND_IDENTITY}, "water-nl": {HOST_IDENTITY}}
WORDS = ("clear", "green", "amber", "amber+strict", "red")
TLP = dict(zip((CLEAR, GREEN, AMBER, AMBER_STRICT, RED), TlpLevel, strict=True))
PAP = {PAP_GREEN: PapLevel.GREEN, PAP_AMBER: PapLevel.AMBER}
NEVER_DEFINED = "marking-definition--00000000-0000-4000-8000-00000000000e"
OWN_KIND = "extension-definition--00000000-0000-4000-8000-00000000000d"
DEFINED = ("statement", "policy", "unnamed", "own kind", "caveat", "control")
DAYS_OLD = (31, 12, 1)
RED_ACCOUNTS = ("nl-cert/duty-officer", "wind-isac/wind-soc")


def defined_by(partner: str, kind: str) -> dict[str, Any]:
    """The marking of this kind that a member defines for itself."""
    made = dict(a_statement(f"{partner} {kind}"))
    texts = {"caveat": "NOFORN", "control": "ORCON"}
    if kind in texts:
        made["definition"] = {"statement": texts[kind]}
    bodies = {
        "policy": (iep.EXTENSION, {"encrypt_in_transit": "must", "tlp": "green"}),
        "unnamed": (iep.EXTENSION, {"provider_attribution": "must-not"}),
        "own kind": (OWN_KIND, {"word": "x"}),
    }
    if kind in bodies:
        extension, body = bodies[kind]
        made = {name: value for name, value in made.items() if not name.startswith("definition")}
        made["extensions"] = {extension: {"extension_type": "property-extension", **body}}
    return made


def asked_by(kind: str, marking_id: str) -> Handling:
    """What a marking of this kind asks for."""
    return {
        "statement": Handling(statements=frozenset({marking_id})),
        "policy": Handling(iep=frozenset({("encrypt_in_transit", "must")}), tlp=frozenset({TlpLevel.GREEN})),
        "unnamed": Handling(iep=frozenset({("provider_attribution", "must-not")}), anonymous=True),
        "own kind": Handling(custom=frozenset({(marking_id, OWN_KIND)})),
        "caveat": Handling(releasable_to=frozenset({frozenset({"USA"})})),
        "control": Handling(originator_control=True),
    }[kind]


def mostly(usual: Any, *others: Any) -> st.SearchStrategy[Any]:
    return st.sampled_from([*[usual] * 2 * len(others), *others])


def some(values: Sequence[Any]) -> st.SearchStrategy[list[Any]]:
    return st.lists(st.sampled_from(values), unique=True, max_size=len(values))


levels = st.one_of(st.just("all"), st.just("all"), some(WORDS))


@st.composite
def entries(draw: Any, towards: str) -> dict[str, Any]:
    """An entry under `releases` or `takes`, as it is written."""
    entry = {
        towards: draw(mostly("all", ["wind-isac"], ["water-nl", "port-nl"], ["nl-cert"])),
        "collections": "all",
        "types": draw(mostly("all", ["indicator"], ["relationship"])),
        "tlp": draw(levels),
    }
    bounds = st.fixed_dictionaries(
        {},
        optional={
            "markings": st.sampled_from([[], [OWN_KIND], [iep.EXTENSION, OWN_KIND]]),
            "confidence": st.just({"at_least": 50}),
            "age": st.sampled_from([{"at_least": "P10D"}, {"at_most": "P20D"}, {"at_least": "P1D", "at_most": "P13D"}]),
        },
    )
    return {**entry, **draw(mostly({}, draw(bounds)))}


@st.composite
def members(draw: Any) -> dict[str, Any]:
    """A member's side, as it is written."""
    optional = {
        "releases": st.lists(entries("to"), max_size=2),
        "takes": st.lists(entries("from"), max_size=2),
        "originator_control": st.just(True),
        "attribution": st.just("anonymous"),
        "nationalities": st.sampled_from([["USA"], ["NLD"]]),
    }
    keys = draw(st.sets(st.sampled_from(sorted(optional)), max_size=2))
    return {"tlp": draw(levels), **{key: draw(optional[key]) for key in sorted(keys)}}


def written(sides: Mapping[str, Any], **collection: Any) -> dict[str, Any]:
    """What stands in the file of the partnership, with these members and these keys of its collection."""
    return {
        "partnership": "north-sea",
        "title": "North Sea",
        "agreement": {"reference": "MoU", "effective": "2026-01-01", "expires": "2029-01-01"},
        "members": sides,
        "collections": {"indicators": {"id": COLLECTION, "title": "Shared indicators", **collection}},
    }


OPEN = written(
    {name: {"tlp": "all"} for name in MEMBERS},
    write=list(WRITERS),
    intake={"types": "all", "tlp": "all", "unmarked": "amber"},
)
"""An agreement that takes everything that is marked."""


@st.composite
def agreements(draw: Any) -> dict[str, Any]:
    """What stands in the file of the partnership."""
    sides = {name: draw(members()) for name in MEMBERS}
    if draw(st.booleans()):
        sides["water-nl"]["client_of"] = "nl-cert"
    released = {
        "tlp": draw(levels),
        "unmarked": draw(st.sampled_from(["refuse", *WORDS[:3]])),
        "red": draw(some(RED_ACCOUNTS)),
        "statements": draw(mostly("all", [])),
        "pap": draw(st.sampled_from(["all", ["green"], []])),
        "iep": draw(mostly({"encrypt_in_transit": ["must"], "provider_attribution": ["must-not"]}, {})),
        "custom": draw(mostly({OWN_KIND: {"members": "all"}}, {}, {OWN_KIND: {"members": ["wind-isac", "nl-cert"]}})),
        **draw(mostly({}, {"embargo": "PT3H"}, {"shown_for": "P2D"}, {"embargo": "PT3H", "shown_for": "P2D"})),
    }
    taken = draw(st.one_of(st.just("all"), st.just("all"), some(WORDS)))
    unmarked = draw(st.sampled_from(["refuse", *(WORDS if taken == "all" else taken)]))
    return written(
        sides,
        read=draw(mostly("all", ["nl-cert", "port-nl"], ["wind-isac", "water-nl"])),
        write=draw(mostly(list(WRITERS), ["wind-isac"])),
        closure=draw(st.sampled_from(["withhold", "keep"])),
        release=released,
        intake={
            "types": draw(mostly("all", ["indicator"])),
            "tlp": taken,
            "unmarked": unmarked,
            "ownership": {"water-nl": ["nl-cert"]},
            "require": draw(mostly([], ["tlp"], ["pap"])),
            "older_versions": draw(mostly("accept", "refuse")),
            "loosened": draw(mostly("accept", "refuse")),
        },
    )


def files_of(agreement: Mapping[str, Any]) -> dict[str, str]:
    """The files of the exchange: JSON is YAML."""
    return {"partners.yaml": FILES["partners.yaml"], "north-sea.yaml": json.dumps(agreement)}


def terms_of(agreement: Mapping[str, Any]) -> Terms:
    read = read_agreements(files_of(agreement))
    return Terms(read.partnerships["north-sea"], read.partners)


@dataclass(frozen=True)
class Pushed:
    """One object of a push. `marks` are ids, or kinds that its submitter defines."""

    kind: str
    which: int
    age: int
    creator: str | None
    marks: tuple[str, ...]
    parts: tuple[str, ...]
    confidence: int | None


marks = st.lists(
    st.sampled_from([*TLP, CLEAR, GREEN, AMBER, GREEN, *PAP, *DEFINED, NEVER_DEFINED]), max_size=3, unique=True
).map(tuple)
pushed = st.builds(
    Pushed,
    kind=st.sampled_from(["indicator", "indicator", "relationship"]),
    which=st.integers(0, 1),
    age=st.integers(0, 2),
    creator=st.sampled_from([None, HOST_IDENTITY, HOST_IDENTITY, WIND_IDENTITY]),
    marks=marks,
    parts=mostly((), (AMBER,), ("statement",)),
    confidence=st.sampled_from([None, 20, 80]),
)
pushes = st.lists(st.tuples(st.sampled_from(WRITERS), st.lists(pushed, min_size=1, max_size=4)), min_size=1, max_size=5)


def as_stix(each: Pushed, partner: str, prefix: str, now: datetime) -> dict[str, Any]:
    """The object; ids are of this example, `prefix`, alone."""
    version = f"{now - timedelta(days=DAYS_OLD[each.age]):%Y-%m-%dT%H:%M:%S}.000Z"
    more: dict[str, Any] = {"created_by_ref": each.creator, "confidence": each.confidence, "version": version}
    if each.parts:
        parts = [{"marking_ref": _id(mark, partner), "selectors": ["modified"]} for mark in each.parts]
        more["granular_markings"] = parts
    tree = dict(an_indicator(f"{prefix} {each.which}", *(_id(mark, partner) for mark in each.marks), **more))
    if each.kind == "indicator":
        return tree
    ends = {f"{end}_ref": stix_id("indicator", f"{prefix} {n}") for n, end in enumerate(("source", "target"))}
    kept = {
        name: value for name, value in tree.items() if name not in ("name", "pattern", "pattern_type", "valid_from")
    }
    itself = {"type": "relationship", "id": stix_id("relationship", f"{prefix} {each.which}")}
    return {**kept, **itself, "relationship_type": "related-to", **ends}


def _id(mark: str, partner: str) -> str:
    return stix_id("marking-definition", f"{partner} {mark}") if mark in DEFINED else mark


@dataclass(frozen=True)
class Contributed:
    """One object that was taken. `number` counts in the order received."""

    number: int
    partner: str
    tree: Mapping[str, Any]
    received: datetime

    @property
    def id(self) -> str:
        return str(self.tree["id"])

    @property
    def key(self) -> str:
        return version_key(str(self.tree["modified"]))

    @property
    def origin(self) -> str:
        creator = self.tree.get("created_by_ref")
        return creator if creator in MAY_SIGN[self.partner] else f"{creator or ''} via {self.partner}"

    @property
    def originator(self) -> str:
        return OWNERS.get(self.origin, self.partner)


@dataclass
class Reference:
    """What was taken so far, and what it means for each audience under some terms."""

    contributed: list[Contributed] = field(default_factory=list)

    def expect(self, partner: str, tree: Mapping[str, Any], terms: Terms, now: datetime) -> bool:
        """Whether this object has to be taken from this member."""
        own = sorted((one for one in self.contributed if one.partner == partner and one.id == tree["id"]), key=_key)
        versions = {one.key: frozenset({an_object(one.tree).tree_digest}) for one in own}
        before = Known(versions, own[0].tree["created"], None, versions, an_object(own[-1].tree)) if own else None
        handling = self._asked(partner, tree, NOBODY_IS_ASKED)
        obj = an_object(tree)
        case = IntakeCase(terms, "indicators", partner, Role.FEEDER, obj, handling, REGISTRY, before, now)
        refused, held = intake_objections(case)
        assert not held
        return not refused

    def rows(self, audience: Audience, terms: Terms, now: datetime) -> list[Contributed]:
        """What stands in the audience's log, and may be shown at this instant."""
        cases = {one.number: self._case(one, audience, terms, now) for one in self.contributed}
        alone = {number for number, case in cases.items() if release_objections(case)}
        refers, given = self._references()
        hidden = closed(alone, refers, given)
        shown = {
            number: not release_objections(replace(case, end_hidden=number in hidden)) for number, case in cases.items()
        }
        found = []
        for object_id in {one.id for one in self.contributed}:
            of_it = [one for one in self.contributed if one.id == object_id]
            rows = rows_of_a_log([_standing(one, shown[one.number], audience) for one in of_it])
            found += [one for one in of_it if one.number in rows]
        return found

    def _references(self) -> tuple[dict[int, set[End]], dict[End, list[int]]]:
        """What each contribution refers to of its own submitter's, and the contributions of each such end."""
        refers: dict[int, set[End]] = {}
        given: dict[End, list[int]] = {}
        for one in self.contributed:
            for end in (one.tree.get("source_ref"), one.tree.get("target_ref")):
                there = [each.number for each in self.contributed if (each.partner, each.id) == (one.partner, end)]
                if there:
                    given[End(one.partner, min(there))] = there
                    refers.setdefault(one.number, set()).add(End(one.partner, min(there)))
        return refers, given

    def _asked(self, partner: str, tree: Mapping[str, Any], may_read: Any) -> Handling:
        """What the markings of an object ask for, where `may_read` says which definitions are shown."""
        whole = list(tree.get("object_marking_refs", []))
        every = [*whole, *(entry["marking_ref"] for entry in tree.get("granular_markings", []))]
        kinds = {_id(kind, partner): kind for kind in DEFINED}
        meanings = {mark: self._means(mark, kinds, partner, may_read) for mark in every}
        unmarked = not any(meanings[mark].tlp for mark in whole)
        joined = join([*meanings.values(), Handling(unmarked=unmarked)])
        return replace(
            joined, type=tree["type"], confidence=tree.get("confidence"), signed="created_by_ref" in tree, whole=None
        )

    def _means(self, mark: str, kinds: Mapping[str, str], partner: str, may_read: Any) -> Handling:
        if mark in TLP:
            return Handling(tlp=frozenset({TLP[mark]}))
        if mark in PAP:
            return Handling(pap=frozenset({PAP[mark]}))
        if mark not in kinds:
            return Handling(unknown=True)
        asked = asked_by(kinds[mark], mark)
        return asked if may_read(partner, mark, asked) else replace(asked, unknown=True)

    def _case(self, one: Contributed, audience: Audience, terms: Terms, now: datetime) -> ReleaseCase:
        def may_read(partner: str, mark: str, asked: Handling) -> bool:
            itself = replace(asked, type="marking-definition", unmarked=False)
            return not release_objections(_question(itself, partner, partner, audience, terms, now))

        line = [other for other in self.contributed if (other.id, other.origin) == (one.id, one.origin)]
        newest = [other for other in line if other.key == max(other.key for other in line)]
        release = terms.partnership.collections["indicators"].release
        line_ends = [end for end in (dates_of(release, other.received, False, [])[1] for other in newest) if end]
        span = Span(*dates_of(release, one.received, False, [min(line_ends)] if line_ends else []))
        cap = None
        if one not in newest:
            asked = join(self._asked(other.partner, other.tree, may_read) for other in newest)
            cap = Cap(asked, frozenset(other.partner for other in newest), to_datetime(newest[0].tree["modified"]))
        case = _question(
            self._asked(one.partner, one.tree, may_read), one.partner, one.originator, audience, terms, now
        )
        dated = to_datetime(str(one.tree["modified"]))
        return replace(case, cap=cap, span=span, dated=dated, named=" via " not in one.origin)


def NOBODY_IS_ASKED(partner: str, mark: str, asked: Handling) -> bool:  # noqa: N802
    return True


def _key(one: Contributed) -> str:
    return one.key


def _question(
    handling: Handling, submitter: str, originator: str, audience: Audience, terms: Terms, now: datetime
) -> ReleaseCase:
    return ReleaseCase(
        terms, "indicators", audience, handling, None, submitter, originator, now, dated=now, named=False
    )


def _standing(one: Contributed, may_see: bool, audience: Audience) -> Standing:
    own = one.partner == audience.partner
    return Standing(one.number, one.partner, one.origin, one.key, "2.1", may_see=may_see, own=own)
