"""What becomes of what was pushed under generated agreements, worked out again: in logs, and in derivatives.

Nothing here asks production for a handling or a decision: what markings ask for comes from what the generator put in,
decisions, rows and derivatives from tests/policy/reference_policy.py.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, NamedTuple

from app.policy.closure import End
from app.policy.handling import Derived, Handling, View, join
from app.policy.intake_case import IntakeCase, Known
from app.policy.lines import Standing
from app.policy.partnership import Member, Role, Terms, TlpLevel
from app.policy.release_case import Audience, Cap, ReleaseCase
from app.policy.times import Span
from app.stix.timestamps import to_datetime, version_key
from tests.laws.generated_agreements import DEFINED, MAY_SIGN, OWNERS, PAP, TLP, asked_by, id_of, said_by, secret_of
from tests.policy.builders import REGISTRY, an_object
from tests.policy.reference_policy import closed, dates_of, intake_objections, release_objections, rows_of_a_log
from tests.policy.reference_sanitising import levels_seen, mark_stays, what_stays
from tests.support.stix import AMBER, CLEAR, GREEN, RED

OF_THE_EXCHANGE = ("id", "created", "modified", "created_by_ref")
LABEL_OF = {TlpLevel.CLEAR: CLEAR, TlpLevel.GREEN: GREEN, TlpLevel.AMBER: AMBER, TlpLevel.RED: RED}


@dataclass(frozen=True)
class Contributed:
    """One object that was taken. `number` counts in the order of arrival; what is `held` plays no part yet."""

    number: int
    partner: str
    tree: Mapping[str, Any]
    version: str
    received: datetime
    held: bool = False

    @property
    def id(self) -> str:
        return str(self.tree["id"])

    @property
    def key(self) -> str:
        return version_key(self.version)

    @property
    def spec(self) -> str:
        return "2.1" if "spec_version" in self.tree else "2.0"

    @property
    def dated(self) -> bool:
        return "modified" in self.tree

    @property
    def label(self) -> str:
        return str(self.tree["labels"][0])

    @property
    def secret(self) -> str:
        """What may be cut of it; nothing else says it."""
        return secret_of(self.label) if "description" in self.tree else ""

    @property
    def origin(self) -> str:
        creator = self.tree.get("created_by_ref")
        return creator if creator in MAY_SIGN[self.partner] else f"{creator or ''} via {self.partner}"

    @property
    def named(self) -> bool:
        return " via " not in self.origin

    @property
    def originator(self) -> str:
        return OWNERS.get(self.origin, self.partner)

    @property
    def refers(self) -> Sequence[str]:
        return [self.tree[end] for end in ("source_ref", "target_ref") if end in self.tree]


class Left(NamedTuple):
    """What is left of a version for an audience: its content, and whether that may be shown to it."""

    one: Contributed
    content: Mapping[str, Any]
    shown: bool


@dataclass
class Reference:
    """What was taken so far, and what it means for each audience under some terms."""

    contributed: list[Contributed] = field(default_factory=list)

    @property
    def live(self) -> list[Contributed]:
        return [one for one in self.contributed if not one.held]

    def verdict(self, partner: str, tree: Mapping[str, Any], terms: Terms, now: datetime) -> str:
        """What has to become of this object from this member: it is taken, held, refused, or there already."""
        own = [one for one in self.contributed if (one.partner, one.id) == (partner, tree["id"])]
        obj = an_object(tree)
        handling = self._asked(partner, tree, NOBODY_IS_ASKED)
        case = IntakeCase(
            terms, "indicators", partner, Role.FEEDER, obj, handling, REGISTRY, _known(own, obj.spec), now
        )
        refused, held = intake_objections(case)
        if refused:
            return "refused"
        newest = sorted(own, key=lambda one: one.key)[-1:]
        if any(one.tree == tree for one in (newest if "modified" not in tree else own)):
            return "present"
        return "held" if held else "taken"

    def holds(self, partner: str, tree: Mapping[str, Any]) -> bool:
        """Whether this very object waits for an officer."""
        return any(one.held and (one.partner, one.tree) == (partner, tree) for one in self.contributed)

    def decide(self, object_id: str, act: str) -> None:
        """An officer releases or refuses what is held under an id. Released, it comes after all that is there."""
        waiting = [one for one in self.contributed if one.id == object_id and one.held]
        self.contributed = [one for one in self.contributed if one not in waiting]
        if act == "release":
            last = max((one.number for one in (*self.contributed, *waiting)), default=0)
            self.contributed += [replace(one, number=last + n, held=False) for n, one in enumerate(waiting, 1)]

    def rows(self, audience: Audience, terms: Terms, now: datetime) -> list[Contributed]:
        """What stands in the audience's log of what was pushed, and may be shown at this instant."""
        shown, without = (self._shown(audience, each, now) for each in (terms, replace(terms, clauses=())))
        found = []
        for object_id in {one.id for one in self.live}:
            of_it = [one for one in self.live if one.id == object_id]
            rows = rows_of_a_log([_standing(one, one in shown, one not in without, audience) for one in of_it])
            found += [one for one in of_it if one.number in rows]
        return found

    def _shown(self, audience: Audience, terms: Terms, now: datetime) -> list[Contributed]:
        hidden = self._leading_to_hidden(audience, terms, now)
        return [
            one
            for one, case in self._cases(audience, terms, now)
            if not release_objections(replace(case, end_hidden=one.number in hidden))
        ]

    def derivatives(self, audience: Audience, terms: Terms, now: datetime) -> Iterator[Left]:
        """What is left of each version for this audience, of the newest of each line first."""
        hidden = self._leading_to_hidden(audience, terms, now)
        view = frozenset(levels_seen(_question(Handling(), "", "", audience, terms, now)))
        for one in sorted(self.live, key=lambda one: (one.key, one.spec, -one.number), reverse=True):
            content = self._left_of(one, audience.partner, view, terms)
            if content is not None:
                case = self._case_of_derivative(one, content, view, audience, terms, now)
                dead = any(end in hidden for end in self._ends_of(one))
                yield Left(one, content, not release_objections(replace(case, end_hidden=dead)))

    def is_newest(self, one: Contributed) -> bool:
        """Whether it is the version of its line that counts."""
        line = [each for each in self.live if (each.id, each.origin) == (one.id, one.origin)]
        return one == max(line, key=lambda each: (each.key, each.spec, -each.number))

    def _left_of(self, one: Contributed, member: str, view: View, terms: Terms) -> Mapping[str, Any] | None:
        """The content of its derivative for a member; None where there is none."""
        release, side = terms.partnership.collections["indicators"].release, terms.partnership.members
        if not one.dated or one.partner == member:
            return None
        meant = {mark: self._said(mark, one.partner) for mark in _marks(one.tree)}
        asked = self._asked(one.partner, one.tree, NOBODY_IS_ASKED)
        anonymous = side.get(one.originator, Member("")).anonymous and one.named
        parts_go = any(
            not mark_stays(meant[entry["marking_ref"]], view, release)
            for entry in one.tree.get("granular_markings", [])
        )
        unnamed = anonymous or (asked.anonymous and asked.signed)
        if not (parts_go or unnamed) or (parts_go and release.granular != "sanitise"):
            return None
        if anonymous and release.attribution != "sanitise":
            return None
        tells = unnamed and str(one.tree.get("created_by_ref")) in one.tree.get("description", "")
        kept = {name: value for name, value in one.tree.items() if name != "description" or not tells}
        stayed = what_stays(kept, meant, view, release)
        if stayed is None:
            return None
        left, marks = stayed
        content = {name: value for name, value in left.items() if name not in (*OF_THE_EXCHANGE, "granular_markings")}
        marks = {LABEL_OF.get(mark, mark) for mark in marks}
        return {**content, **({"object_marking_refs": marks} if marks else {})}

    def _case_of_derivative(
        self,
        one: Contributed,
        content: Mapping[str, Any],
        view: View,
        audience: Audience,
        terms: Terms,
        now: datetime,
    ) -> ReleaseCase:
        def may_read(partner: str, mark: str, asked: Handling) -> bool:
            return self._may_read(partner, mark, asked, audience, terms, now)

        original = self._asked(one.partner, one.tree, NOBODY_IS_ASKED)
        tree = {**content, "object_marking_refs": sorted(content.get("object_marking_refs", []))}
        handling = self._asked(one.partner, tree, may_read)
        handling = replace(handling, derived=Derived(view, original, audience.partner))
        embargo, end = dates_of(terms.partnership.collections["indicators"].release, one.received, False, [])
        span = Span(embargo=embargo, not_after=end)
        case = _question(handling, one.partner, one.originator, audience, terms, now)
        return replace(case, span=span, dated=to_datetime(one.version), named=one.named)

    def _leading_to_hidden(self, audience: Audience, terms: Terms, now: datetime) -> set[Any]:
        """The numbers of what leads to hidden ends, and the ends that are hidden themselves."""
        alone = {one.number for one, case in self._cases(audience, terms, now) if release_objections(case)}
        refers = {one.number: set(self._ends_of(one)) for one in self.live if one.refers}
        given: dict[End, list[int]] = {self._end(one): [] for one in self.contributed}
        for one in self.live:
            given[self._end(one)].append(one.number)
        against = closed(alone, refers, given)
        return {*against, *(end for end, there in given.items() if not set(there) - alone - against)}

    def _ends_of(self, one: Contributed) -> list[End]:
        """What a contribution refers to of its own submitter's, also where that waits for an officer."""
        own = [each for each in self.contributed if each.partner == one.partner]
        there = [self._end(each) for each in own if each.id in one.refers]
        return list(dict.fromkeys(there))

    def _end(self, one: Contributed) -> End:
        own = [each for each in self.contributed if (each.partner, each.id) == (one.partner, one.id)]
        return End(one.partner, min(each.number for each in own))

    def _asked(self, partner: str, tree: Mapping[str, Any], may_read: Any) -> Handling:
        """What the markings of an object ask for, where `may_read` says which definitions are shown."""
        whole = list(tree.get("object_marking_refs", []))
        meanings = {mark: self._means(mark, partner, may_read) for mark in _marks(tree)}
        unmarked = not any(meanings[mark].tlp for mark in whole)
        joined = join([*meanings.values(), Handling(unmarked=unmarked)])
        return replace(
            joined,
            type=tree["type"],
            confidence=tree.get("confidence"),
            signed="created_by_ref" in tree or tree["type"] == "identity",
            whole=None,
        )

    def _means(self, mark: str, partner: str, may_read: Any) -> Handling:
        kind = _kinds(partner).get(mark)
        if mark in TLP:
            return Handling(tlp=frozenset({TLP[mark]}))
        if mark in PAP:
            return Handling(pap=frozenset({PAP[mark]}))
        if kind is None:
            return Handling(unknown=True)
        asked = asked_by(kind, mark)
        return asked if may_read(partner, mark, asked) else replace(asked, unknown=True)

    def _said(self, mark: str, partner: str) -> Mapping[str, Any]:
        """What a mark says, as the reference for derivatives takes it."""
        kind = _kinds(partner).get(mark)
        if mark in TLP:
            return {"tlp": {TLP[mark]}}
        if mark in PAP:
            return {"pap": {PAP[mark]}}
        return said_by(kind, mark) if kind is not None else {"otherwise": True}

    @staticmethod
    def _may_read(partner: str, mark: str, asked: Handling, audience: Audience, terms: Terms, now: datetime) -> bool:
        itself = replace(asked, type="marking-definition", unmarked=False)
        question = _question(itself, partner, partner, audience, terms, now)
        return not release_objections(replace(question, object_id=mark))

    def _cases(self, audience: Audience, terms: Terms, now: datetime) -> list[tuple[Contributed, ReleaseCase]]:
        return [(one, self._case(one, audience, terms, now)) for one in self.live]

    def _case(self, one: Contributed, audience: Audience, terms: Terms, now: datetime) -> ReleaseCase:
        def may_read(partner: str, mark: str, asked: Handling) -> bool:
            return self._may_read(partner, mark, asked, audience, terms, now)

        line = [other for other in self.live if (other.id, other.origin) == (one.id, one.origin)]
        newest = [other for other in line if other.key == max(other.key for other in line)]
        release = terms.partnership.collections["indicators"].release
        line_ends = [end for end in (dates_of(release, other.received, False, [])[1] for other in newest) if end]
        embargo, end = dates_of(release, one.received, False, [min(line_ends)] if line_ends else [])
        span = Span(embargo=embargo, not_after=end)
        cap = None
        if one not in newest:
            asked = join(self._asked(other.partner, other.tree, may_read) for other in newest)
            cap = Cap(asked, frozenset(other.partner for other in newest), to_datetime(newest[0].version))
        case = _question(
            self._asked(one.partner, one.tree, may_read), one.partner, one.originator, audience, terms, now
        )
        return replace(case, cap=cap, span=span, dated=to_datetime(one.version), named=one.named, object_id=one.id)


def NOBODY_IS_ASKED(partner: str, mark: str, asked: Handling) -> bool:  # noqa: N802
    return True


def text_of(tree: Mapping[str, Any]) -> str:
    """Comparable text of an object."""
    return json.dumps(tree, sort_keys=True)


def every_version(rows: Sequence[Contributed]) -> list[Contributed]:
    """What `match[version]=all` gives of these rows: each version once, in its newer encoding."""
    return list({(one.id, one.key): one for one in sorted(rows, key=lambda one: one.spec)}.values())


def _known(own: Sequence[Contributed], spec: str) -> Known | None:
    """What the intake knows of a member's earlier contributions of an object."""
    if not own:
        return None
    alike = [one for one in own if one.spec == spec]
    newest = max(own, key=lambda one: (one.key, one.spec))
    created = next((one.tree["created"] for one in alike if one.dated), None)
    signers = frozenset(one.tree.get("created_by_ref", "") for one in own)
    return Known(_digests(alike), created, signers, None, _digests(own), an_object(newest.tree))


def _digests(some: Sequence[Contributed]) -> Mapping[str, frozenset[bytes]]:
    return {
        key: frozenset(an_object(one.tree).tree_digest for one in some if one.key == key)
        for key in {one.key for one in some}
    }


def _marks(tree: Mapping[str, Any]) -> list[str]:
    granular = [entry["marking_ref"] for entry in tree.get("granular_markings", [])]
    return [*tree.get("object_marking_refs", []), *granular]


def _kinds(partner: str) -> Mapping[str, str]:
    return {id_of(kind, partner): kind for kind in DEFINED}


def _question(
    handling: Handling, submitter: str, originator: str, audience: Audience, terms: Terms, now: datetime
) -> ReleaseCase:
    return ReleaseCase(
        terms, "indicators", audience, handling, None, submitter, originator, now, dated=now, named=False
    )


def _standing(one: Contributed, may_see: bool, lifted: bool, audience: Audience) -> Standing:
    own = one.partner == audience.partner
    return Standing(
        one.number, one.partner, one.origin, one.key, one.spec, may_see, own, dated=one.dated, lifted=lifted
    )
