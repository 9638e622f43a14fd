"""Generated pushes into one collection, and what the agreement makes of them, worked out a second time.

Nothing here asks the production code for a decision: handlings come from what the generator put in, decisions and rows
from tests/policy/reference_policy.py.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from hypothesis import strategies as st

from app.files.agreements import read_agreements
from app.policy.handling import Handling
from app.policy.lines import Standing
from app.policy.partnership import BreakGlass, Terms, TlpLevel
from app.policy.release_case import Audience, Cap, ReleaseCase
from app.stix.timestamps import version_key
from tests.policy.reference_policy import release_objections, rows_of_a_log
from tests.support.agreements import FILES, HOST_IDENTITY, WIND_IDENTITY
from tests.support.clocks import NOON
from tests.support.stix import (
    AMBER,
    AMBER_STRICT,
    CLEAR,
    GREEN,
    RED,
    TLP1_GREEN,
    a_statement,
    an_address,
    an_indicator,
    stix_id,
)

RELAYED: Mapping[str, str] = {
    **FILES,
    "north-sea.yaml": FILES["north-sea.yaml"].replace(
        "ownership: creator\n      spec_versions", "ownership: {water-nl: [nl-cert]}\n      spec_versions"
    ),
}
"""The agreement of most tests, and water-nl may push what nl-cert signed."""

NOBODY = "identity--2f50ea5c-4865-4345-9393-79edd4c2f33d"
NEVER_DEFINED = "marking-definition--00000000-0000-4000-8000-00000000000e"
LEVEL_OF = {
    CLEAR: TlpLevel.CLEAR,
    GREEN: TlpLevel.GREEN,
    TLP1_GREEN: TlpLevel.GREEN,
    AMBER: TlpLevel.AMBER,
    AMBER_STRICT: TlpLevel.AMBER_STRICT,
    RED: TlpLevel.RED,
}
VERSIONS = ("2026-05-01T00:00:00.000Z", "2026-05-02T00:00:00Z", "2026-05-02T00:00:00.000Z", "2026-05-03T00:00:00.000Z")
MAY_SIGN = {
    "nl-cert": {HOST_IDENTITY},
    "wind-isac": {WIND_IDENTITY},
    "water-nl": {HOST_IDENTITY},
}
"""Which of the members' identities each member may use; it has none of its own, or it relays."""

OWNERS = {HOST_IDENTITY: "nl-cert", WIND_IDENTITY: "wind-isac"}
STATEMENTS = ("statement 0", "statement 1")


@dataclass(frozen=True)
class Pushed:
    """One object of a push; `marks` and `parts` hold marking ids, or names from STATEMENTS."""

    kind: str
    which: int
    version: str
    content: int
    creator: str | None
    marks: tuple[str, ...]
    parts: tuple[str, ...]


marks = st.lists(
    st.sampled_from([*LEVEL_OF, CLEAR, GREEN, AMBER, *STATEMENTS, *STATEMENTS, NEVER_DEFINED]), max_size=2, unique=True
).map(tuple)
pushed = st.builds(
    Pushed,
    kind=st.sampled_from(["indicator", "indicator", "old indicator", "address", "statement"]),
    which=st.integers(0, 1),
    version=st.sampled_from(VERSIONS),
    content=st.integers(0, 1),
    creator=st.sampled_from([None, None, HOST_IDENTITY, HOST_IDENTITY, WIND_IDENTITY, NOBODY]),
    marks=marks,
    parts=st.one_of(st.just(()), st.just(()), st.just(()), marks),
)
pushes = st.lists(
    st.tuples(st.sampled_from(sorted(MAY_SIGN)), st.lists(pushed, min_size=1, max_size=4)), min_size=1, max_size=5
)


def as_stix(each: Pushed, prefix: str) -> dict[str, Any]:
    """The object; ids are of this example, `prefix`, alone."""
    ids = [_marking(mark, prefix) for mark in each.marks]
    more: dict[str, Any] = {"created_by_ref": each.creator} if each.creator is not None else {}
    if each.kind == "statement":
        itself = stix_id("marking-definition", f"{prefix} {STATEMENTS[each.which]}")
        return {**a_statement(f"{prefix} {STATEMENTS[each.which]}", *(mark for mark in ids if mark != itself)), **more}
    if each.parts:
        selected = ["name"] if "indicator" in each.kind else ["value"]
        more["granular_markings"] = [
            {"marking_ref": _marking(mark, prefix), "selectors": selected} for mark in each.parts
        ]
    if each.kind == "address":
        more.pop("created_by_ref", None)
        made = an_address(f"{prefix} {each.which}", *ids, **more)
        return {**made, "value": f"198.51.100.{each.which}", "x_content": each.content}
    pattern = f"[domain-name:value = '{value_of(each.which, each.content, prefix)}']"
    text = {"name": f"indicator {each.content}", "version": each.version, "pattern": pattern, **more}
    if each.kind == "old indicator":
        text |= {"spec_version": None, "pattern_type": None, "labels": ["malicious-activity"]}
    return dict(an_indicator(f"{prefix} {each.which}", *ids, **text))


def value_of(which: int, content: int, prefix: str) -> str:
    """The domain name that an indicator names: one for each indicator and content."""
    return f"{which}-{content}.{prefix.replace(' ', '-')}.example"


def _marking(mark: str, prefix: str) -> str:
    return stix_id("marking-definition", f"{prefix} {mark}") if mark in STATEMENTS else mark


@dataclass(frozen=True)
class Contributed:
    """One object that was taken. `number` counts in the order received."""

    number: int
    partner: str
    tree: Mapping[str, Any]
    version: str

    @property
    def id(self) -> str:
        return str(self.tree["id"])

    @property
    def spec(self) -> str:
        return spec_of(self.tree)

    @property
    def key(self) -> str:
        return version_key(self.version)

    @property
    def creator(self) -> str | None:
        return self.tree.get("created_by_ref")

    @property
    def origin(self) -> str:
        if self.creator in MAY_SIGN[self.partner]:
            return str(self.creator)
        return f"{self.creator or ''} via {self.partner}"

    @property
    def marks(self) -> tuple[str, ...]:
        parts = [entry["marking_ref"] for entry in self.tree.get("granular_markings", [])]
        return (*self.tree.get("object_marking_refs", []), *parts)


def spec_of(tree: Mapping[str, Any]) -> str:
    return "2.0" if "labels" in tree else "2.1"


@dataclass
class Reference:
    """What was taken so far, and what it means for each audience; `clauses` are those that officers have opened."""

    contributed: list[Contributed] = field(default_factory=list)
    clauses: tuple[BreakGlass, ...] = ()

    def expect(self, partner: str, tree: Mapping[str, Any]) -> bool:
        """Whether this object has to be taken from this member."""
        creator = tree.get("created_by_ref")
        if creator in (HOST_IDENTITY, WIND_IDENTITY) and creator not in MAY_SIGN[partner]:
            return False
        version = tree.get("modified", tree.get("created"))
        own = [one for one in self.contributed if (one.partner, one.id) == (partner, tree["id"])]
        return version is None or all(
            one.creator == creator
            and (one.tree == tree or one.key != version_key(version) or one.spec != spec_of(tree))
            for one in own
        )

    def take(self, partner: str, tree: Mapping[str, Any], version: str) -> None:
        """One more object. The same from the same member adds nothing; without dates, the same as its newest."""
        own = [one for one in self.contributed if (one.partner, one.id) == (partner, tree["id"])]
        if "created" not in tree:
            own = sorted(own, key=lambda one: one.key)[-1:]
        if not any(one.tree == tree for one in own):
            self.contributed.append(Contributed(len(self.contributed) + 1, partner, tree, version))

    def of(self, object_id: str) -> list[Contributed]:
        return [one for one in self.contributed if one.id == object_id]

    def handling(self, one: Contributed, audience: Audience) -> Handling:
        """What the markings of a contribution come to for this audience, with everything that there is now.

        A definition by the submitter or by the creator that the audience is not shown, by whomever, is none for it.
        """
        handling, rests_on = self._resolved(one)
        words = {one.partner, OWNERS.get(str(one.creator))}
        for mark in rests_on:
            meant = [other.tree for other in self.of(mark) if other.partner in words]
            if not any(tree in meant for tree in self._definitions_shown(mark, audience)):
                return replace(handling, unknown=True)
        return handling

    def _resolved(self, one: Contributed) -> tuple[Handling, set[str]]:
        """What the markings come to for whoever is shown all definitions, and the definitions."""
        statements: set[str] = set()
        levels: set[TlpLevel] = set()
        unknown = False
        if one.tree["type"] == "marking-definition":
            statements.add(one.id)
        waiting, edges = list(one.marks), {one.id: one.marks}
        while waiting:
            mark = waiting.pop()
            if mark in LEVEL_OF:
                levels.add(LEVEL_OF[mark])
            elif mark not in edges:
                definition = self._definition(mark, one)
                unknown = unknown or definition is None
                edges[mark] = definition.marks if definition is not None else ()
                statements |= {mark} if definition is not None else set()
                waiting.extend(edges[mark])
        object_marks = one.tree.get("object_marking_refs", [])
        unmarked = one.tree["type"] != "marking-definition" and not any(mark in LEVEL_OF for mark in object_marks)
        unknown = unknown or _runs_in_a_circle(edges)
        return Handling(frozenset(levels), unmarked, frozenset(statements), unknown=unknown), set(edges) - {one.id}

    def _definitions_shown(self, mark: str, audience: Audience) -> list[Mapping[str, Any]]:
        """The definitions of this mark that the audience is shown."""
        found = self.of(mark)
        released, without = (each._definitions_released(found, audience) for each in (self, self.unopened))
        rows = rows_of_a_log([_standing(one, one in released, one not in without, audience) for one in found])
        return [one.tree for one in found if one.number in rows]

    def _definitions_released(self, found: Sequence[Contributed], audience: Audience) -> list[Contributed]:
        return [one for one in found if not release_objections(self._case(one, self._resolved(one)[0], None, audience))]

    def _definition(self, mark: str, marked: Contributed) -> Contributed | None:
        """The definition that this mark means on this object: its creator's own, else its submitter's."""
        fitting = [
            one
            for one in self.of(mark)
            if one.partner == marked.partner
            or (one.creator is not None and one.creator == marked.creator and one.creator != NOBODY)
        ]
        return min(fitting, key=lambda one: (OWNERS.get(str(one.creator)) != one.partner, one.number), default=None)

    def decided(self, object_id: str, audience: Audience) -> Iterator[tuple[Contributed, bool, bool]]:
        """Each contribution of an object, whether the policy releases it, and whether it stands in the log."""
        found = self.of(object_id)
        released, without = (each._released(found, audience) for each in (self, self.unopened))
        rows = rows_of_a_log([_standing(one, one in released, one not in without, audience) for one in found])
        for one in found:
            yield one, one in released, one.number in rows

    @property
    def unopened(self) -> "Reference":
        """The same while no clause is open."""
        return replace(self, clauses=())

    def _released(self, found: Sequence[Contributed], audience: Audience) -> list[Contributed]:
        handlings = {one.number: self.handling(one, audience) for one in found}
        return [
            one
            for one in found
            if not release_objections(self._case(one, handlings[one.number], _cap(one, found, handlings), audience))
        ]

    def _case(self, one: Contributed, handling: Handling, cap: Handling | None, audience: Audience) -> ReleaseCase:
        return ReleaseCase(
            terms=replace(TERMS, clauses=self.clauses),
            collection="indicators",
            audience=audience,
            handling=replace(handling, type=one.tree["type"]),
            cap=Cap(replace(cap, type=one.tree["type"]), frozenset({one.partner}), NOON) if cap is not None else None,
            submitter=one.partner,
            originator=one.partner,
            now=NOON,
            object_id=one.id,
        )


def _standing(one: Contributed, may_see: bool, lifted: bool, audience: Audience) -> Standing:
    return Standing(
        one.number,
        one.partner,
        one.origin,
        one.key,
        one.spec,
        may_see=may_see,
        own=one.partner == audience.partner,
        dated="created" in one.tree,
        lifted=lifted,
    )


def _cap(one: Contributed, found: Sequence[Contributed], handlings: Mapping[int, Handling]) -> Handling | None:
    """What the newest version of the same line asks for, if that is another."""
    line = [other for other in found if other.origin == one.origin]
    newest_key = max(other.key for other in line)
    if newest_key == one.key:
        return None
    return _together([handlings[other.number] for other in line if other.key == newest_key])


def _together(handlings: Sequence[Handling]) -> Handling:
    return Handling(
        frozenset(level for each in handlings for level in each.tlp),
        any(each.unmarked for each in handlings),
        frozenset(mark for each in handlings for mark in each.statements),
        unknown=any(each.unknown for each in handlings),
    )


def _runs_in_a_circle(edges: Mapping[str, Sequence[str]]) -> bool:
    """Whether some marking leads to itself: what leads nowhere is taken away until nothing or a circle is left."""
    left = dict(edges)
    while left:
        ends = [name for name, targets in left.items() if not any(target in left for target in targets)]
        if not ends:
            return True
        for name in ends:
            del left[name]
    return False


def _terms() -> Terms:
    agreements = read_agreements(RELAYED)
    return Terms(agreements.partnerships["north-sea"], agreements.partners)


TERMS = _terms()


def newest(rows: Sequence[Contributed]) -> list[Contributed]:
    """What a reader is given of one object by default: the newest version, in its newer encoding."""
    return sorted(rows, key=lambda one: (one.key, one.spec))[-1:]


def every_version(rows: Sequence[Contributed]) -> list[Contributed]:
    """What `match[version]=all` gives of one object: each version once, in its newer encoding."""
    by_key = {one.key: one for one in sorted(rows, key=lambda one: one.spec)}
    return list(by_key.values())


def text_of(tree: Mapping[str, Any]) -> str:
    """Comparable text of an object."""
    return json.dumps(tree, sort_keys=True)
