"""What the policy is asked about the contributions of one collection, and for whom.

The handling of a contribution says what its markings ask for. An audience that is not shown a definition on which a
contribution rests, in this collection and as somebody gave it whose word counts for it, is as one for whom the
marking does not resolve (design, decisions 5 and 18): definitions reach an audience with, and before, what they mark.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias

from app.exchange.closure import Ends, closes, load_ends
from app.exchange.derived import NOTHING_INSTEAD, Derived, Instead, own_span
from app.exchange.floor import Floor
from app.policy.closure import FOR_GOOD, NEVER
from app.policy.handling import Handling
from app.policy.lines import VIA, Standing, cap_of, is_named, originator_of, shown
from app.policy.partnership import ReleaseTerms
from app.policy.release import changes_after, ends, stands
from app.policy.release_case import Audience, Cap, ReleaseCase
from app.policy.release_rules.ages import ALWAYS_ITS_TURN, speak_of_ages, turn_of, turn_under_newest
from app.policy.times import Phase, Span, dated_by, ended_with, span_of
from app.storage import contributions, derivatives, handlings, markings, objects
from app.storage.contributions import Contribution
from app.storage.engine import Transaction
from app.storage.instants import instant, milliseconds
from app.storage.objects import SPEC_TEXTS
from app.storage.revisions import AudienceRow


@dataclass(frozen=True, slots=True)
class Asked:
    """A live contribution, with what is asked about it for one audience: handling, cap of its line, when it may be
    shown to anybody, and whether something that it refers to is hidden.
    """

    row: Contribution
    origin: str
    handling: Handling
    cap: Cap | None
    span: Span
    end_hidden: bool = False


NO_HANDLING = 0
"""The key of the handling of what is not stored yet."""

_Line: TypeAlias = tuple[str, bool]
_Key: TypeAlias = tuple[Handling, Handling | None, frozenset[str], str, str, bool, int, Phase, bool, bool, bool, bool]


class Questions:
    """The live contributions of some objects of one collection, and the decisions about them.

    Each decision is taken once for (handling, cap, submitter, originator, audience, phase of its span, closure, turns
    by age). What stands `instead` of what is stored is what a revision would make of it.
    """

    def __init__(
        self,
        transaction: Transaction,
        floor: Floor,
        wanted: Sequence[int],
        instead: Instead = NOTHING_INSTEAD,
    ) -> None:
        self._floor = floor
        self._live, self._gone = _live(transaction, wanted, instead)
        self._ends = load_ends(transaction, floor, self._live, instead.refers) if closes(floor) else None
        rows = [row for each in self._live.values() for row in each]
        uses = markings.uses_of(transaction, [row.id for row in rows])
        resting = {each for used in uses.values() for each in used}
        resting |= {each for one in instead.derived.values() for each in one.uses}
        self._definitions = _definitions(transaction, floor, resting)
        defining = [row for each in self._definitions.values() for row in each]
        self._digests = objects.tree_digests_of(transaction, [row.version for row in defining])
        known = handlings.by_keys(transaction, {row.handling for row in (*rows, *defining)} - {NO_HANDLING})
        self._derived = {
            row.id: instead.derived.get(row.id)
            or Derived(row.origin, known[row.handling], uses.get(row.id, frozenset()), own_span(row))
            for row in (*rows, *defining)
        }
        made_here = [row for row in rows if row.derivative is not None]
        self._closing = instead.closing | derivatives.closing(transaction, [row.id for row in made_here])
        self._ever_shown = derivatives.ever_shown(
            transaction, {row.object for row in made_here if row.id in self._closing}
        )
        self._by_age = speak_of_ages(floor.terms)
        self._taken: dict[_Key, bool] = {}
        self._ends_shown: dict[int, Mapping[int, float]] = {}
        self._definitions_given: dict[tuple[str, int], Sequence[Contribution]] = {}
        self._definitions_shown: dict[tuple[str, int], frozenset[bytes]] = {}
        self._spans: dict[int, Mapping[int, Span]] = {}

    def about(self, object_id: int, audience: AudienceRow) -> Sequence[Asked]:
        """What is asked about the object's contributions for this audience, in the order of arrival."""
        asked = self._alone(object_id, audience)
        return asked if self._ends is None else [self._with_ends(each, self._ends, audience) for each in asked]

    def _alone(self, object_id: int, audience: AudienceRow) -> Sequence[Asked]:
        rows = self._live.get(object_id, ())
        facts = {row.id: self._handling(row, audience) for row in rows}
        spans = self._spans_of(object_id)
        if len(rows) == 1:
            row = rows[0]
            return [Asked(row, self._derived[row.id].origin, facts[row.id], None, spans[row.id])]
        lines: dict[_Line, list[Contribution]] = defaultdict(list)
        for row in rows:
            lines[self._line_of(row)].append(row)
        return [
            Asked(row, origin, facts[row.id], self._cap_of(row, lines[self._line_of(row)], facts), spans[row.id])
            for row in rows
            for origin in [self._derived[row.id].origin]
        ]

    def _line_of(self, row: Contribution) -> _Line:
        """The line in which the contribution stands: a derivative's is none of its original's origin."""
        return self._derived[row.id].origin, row.derivative is not None

    @staticmethod
    def _cap_of(row: Contribution, line: Sequence[Contribution], facts: Mapping[int, Handling]) -> Cap | None:
        cap = cap_of(row.version_key, [(each.version_key, facts[each.id], each.partner) for each in line])
        aged_from = max(line, key=lambda each: each.version_key).aged_from
        return cap if cap is None or aged_from is None else replace(cap, dated=dated_by(aged_from))

    def _with_ends(self, each: Asked, ends: Ends, audience: AudienceRow) -> Asked:
        """With what it refers to: where that is hidden, or shown until some instant, so is this. One's own is not."""
        if audience.id not in self._ends_shown:
            every = [one for key in self._live for one in self._alone(key, audience)]
            alone = {one.row.id: self._shown_until(one, audience) for one in every}
            self._ends_shown[audience.id] = ends.shown_until(alone)
        until = self._ends_shown[audience.id].get(each.row.id, FOR_GOOD)
        if until == FOR_GOOD or each.row.partner == audience.partner:
            return each
        if until == NEVER:
            return replace(each, end_hidden=True)
        return replace(each, span=ended_with(each.span, Span(not_after=instant(int(until)))))

    def _shown_until(self, each: Asked, audience: AudienceRow) -> float:
        if not self._may_see(each, audience):
            return NEVER
        end = self.ends(each, audience)
        return FOR_GOOD if end is None else end

    def contribution(self, object_id: int, key: int) -> Contribution | None:
        """The contribution of the object with this key, if it is live or something `instead` ends it; else None."""
        rows = (*self._live.get(object_id, ()), *self._gone)
        return next((row for row in rows if row.id == key), None)

    def rests_on(self, row: Contribution, audience: AudienceRow) -> Iterator[Contribution]:
        """The definitions by which the contribution's markings resolve for this audience, those of definitions too."""
        for marking_id in self._derived[row.id].uses:
            meant = self._meant(marking_id, row)
            given = self._given(marking_id, audience)
            yield from (each for each in given if self._digests[each.version] in meant)

    def due(self, object_id: int) -> Mapping[int, int]:
        """When time alone next changes what becomes of the object's contributions, for anybody: by contribution, in
        milliseconds.
        """
        if self._by_age:
            cases = [
                (each.row.id, self.case(each, one))
                for one in self._floor.audiences
                for each in self.about(object_id, one)
            ]
            changes = [(key, changes_after(case)) for key, case in cases]
        else:
            changes = [(key, span.changes_after(self._floor.now)) for key, span in self._spans_of(object_id).items()]
        due: dict[int, int] = {}
        for key, at in changes:
            if at is not None:
                due[key] = min(milliseconds(at), due.get(key, milliseconds(at)))
        return due

    def ends(self, each: Asked, audience: AudienceRow) -> int | None:
        """When what this audience is shown now is shown to it no longer, by time alone, in milliseconds."""
        end = ends(self.case(each, audience)) if self._by_age else each.span.not_after
        return None if end is None else milliseconds(end)

    def standings(self, asked: Iterable[Asked], audience: AudienceRow) -> Sequence[Standing]:
        """The contributions as this audience stands to them."""
        return [
            Standing(
                contribution=each.row.id,
                partner=each.row.partner,
                origin=each.origin,
                version_key=each.row.version_key,
                spec=SPEC_TEXTS[each.row.spec],
                may_see=self._may_see(each, audience),
                own=each.row.partner == audience.partner,
                dated=each.row.dated,
                derived=each.row.derivative is not None,
            )
            for each in asked
        ]

    def granted(self, object_id: int, audience: AudienceRow) -> Mapping[int, Asked]:
        """What of the object should stand in the audience's log, by contribution."""
        asked = self.about(object_id, audience)
        given = shown(self.standings(asked, audience))
        return {each.row.id: each for each in asked if each.row.id in given}

    def case(self, each: Asked, audience: AudienceRow) -> ReleaseCase:
        """The question as the policy takes it."""
        return ReleaseCase(
            terms=self._floor.terms,
            collection=self._floor.alias,
            audience=Audience(audience.partner, audience.red_account or None),
            handling=each.handling,
            cap=each.cap,
            submitter=each.row.partner,
            originator=originator_of(each.origin, each.row.partner, self._floor.terms),
            now=self._floor.now,
            span=each.span,
            end_hidden=each.end_hidden,
            dated=dated_by(each.row.aged_from or each.row.version_key) if self._by_age else None,
            named=is_named(each.origin),
            unmet=each.row.id in self._closing and (each.row.object, audience.id) not in self._ever_shown,
        )

    def _may_see(self, each: Asked, audience: AudienceRow) -> bool:
        case = self.case(each, audience)
        turn, under_newest = ALWAYS_ITS_TURN, ALWAYS_ITS_TURN
        if self._by_age:
            turn, under_newest = turn_of(case), turn_under_newest(case)
        key = (
            case.handling,
            case.cap.handling if case.cap is not None else None,
            case.cap.submitters if case.cap is not None else frozenset[str](),
            case.submitter,
            case.originator,
            case.named,
            audience.id,
            case.span.phase(case.now),
            case.end_hidden,
            case.unmet,
            turn.now,
            under_newest.now,
        )
        if key not in self._taken:
            self._taken[key] = stands(case)
        return self._taken[key]

    def _spans_of(self, object_id: int) -> Mapping[int, Span]:
        """From when until when each contribution of the object may be shown: no longer than the newest of its line."""
        if object_id not in self._spans:
            terms = self._release_terms()
            rows = self._live.get(object_id, ())
            spans = {row.id: self._span_of(terms, row) for row in rows}
            if len(rows) > 1 and any(span.not_after is not None for span in spans.values()):
                spans = self._ended_with_their_lines(rows, spans)
            self._spans[object_id] = spans
        return self._spans[object_id]

    def _span_of(self, terms: ReleaseTerms, row: Contribution) -> Span:
        """From when until when the contribution may be shown, by the terms and by its own markings."""
        own = self._derived[row.id].span
        if terms.embargo is None and terms.shown_for is None:
            return own
        return span_of(
            terms,
            instant(row.received),
            definition=row.defines,
            not_before=own.not_before,
            not_after=own.not_after,
        )

    def _ended_with_their_lines(self, rows: Sequence[Contribution], spans: Mapping[int, Span]) -> dict[int, Span]:
        newest: dict[_Line, str] = {}
        for row in rows:
            line = self._line_of(row)
            newest[line] = max(newest.get(line, ""), row.version_key)
        ended = dict(spans)
        for row in rows:
            for other in rows:
                line = self._line_of(other)
                if line == self._line_of(row) and other.version_key == newest[line] > row.version_key:
                    ended[row.id] = ended_with(ended[row.id], spans[other.id])
        return ended

    def _release_terms(self) -> ReleaseTerms:
        known = self._floor.terms.partnership.collections.get(self._floor.alias)
        return known.release if known is not None else ReleaseTerms()

    def _handling(self, row: Contribution, audience: AudienceRow) -> Handling:
        """What the contribution's markings ask for, as far as this audience is shown what they mean."""
        derived = self._derived[row.id]
        if all(self._meant(marking_id, row) & self._shown(marking_id, audience) for marking_id in derived.uses):
            return derived.handling
        return replace(derived.handling, unknown=True)

    def _meant(self, marking_id: str, marked: Contribution) -> frozenset[bytes]:
        """The definitions of this marking, as digests, by those whose word counts for a contribution."""
        origin = self._derived[marked.id].origin
        owners = self._floor.terms.owners_of(origin.partition(VIA)[0].partition(" ")[0])
        rows = self._definitions.get(marking_id, ())
        return frozenset(self._digests[row.version] for row in rows if row.partner in {marked.partner, *owners})

    def _shown(self, marking_id: str, audience: AudienceRow) -> frozenset[bytes]:
        """The definitions of this marking, as digests, that the audience is shown in this collection."""
        key = (marking_id, audience.id)
        if key not in self._definitions_shown:
            given = self._given(marking_id, audience)
            self._definitions_shown[key] = frozenset(self._digests[row.version] for row in given)
        return self._definitions_shown[key]

    def _given(self, marking_id: str, audience: AudienceRow) -> Sequence[Contribution]:
        """The definitions of this marking that the audience is shown in this collection."""
        key = (marking_id, audience.id)
        if key not in self._definitions_given:
            rows = self._definitions.get(marking_id, ())
            terms = self._release_terms()
            asked = [
                Asked(row, derived.origin, derived.handling, None, self._span_of(terms, row))
                for row in rows
                for derived in [self._derived[row.id]]
            ]
            given = shown(self.standings(asked, audience))
            self._definitions_given[key] = [row for row in rows if row.id in given]
        return self._definitions_given[key]


def _live(
    transaction: Transaction, wanted: Sequence[int], instead: Instead
) -> tuple[dict[int, list[Contribution]], Sequence[Contribution]]:
    """The live contributions of these objects, by object, in the order of arrival; and those that are gone instead."""
    live = dict(contributions.live_of(transaction, wanted))
    gone = [row for rows in live.values() for row in rows if row.id in instead.gone]
    if gone:
        live = {key: [row for row in rows if row.id not in instead.gone] for key, rows in live.items()}
    for row in instead.added.values():
        live[row.object] = [*live.get(row.object, ()), row]
    return live, gone


def _definitions(
    transaction: Transaction, floor: Floor, marking_ids: Iterable[str]
) -> Mapping[str, Sequence[Contribution]]:
    """The live contributions in this collection of these definitions."""
    keys = objects.keys_of(transaction, floor.collection, marking_ids)
    live = contributions.live_of(transaction, [row.id for row in keys.values()])
    return {marking_id: live.get(row.id, ()) for marking_id, row in keys.items()}
