"""What the policy is asked about the contributions of one collection, and for whom.

The handling of a contribution says what its markings ask for. An audience that is not shown a definition on which a
contribution rests, in this collection and as somebody gave it whose word counts for it, is as one for whom the
marking does not resolve (design, decisions 5 and 18): definitions reach an audience with, and before, what they mark.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from app.exchange.binding import cap_over, ended_with_their_lines, lines_among
from app.exchange.closure import Ends
from app.exchange.decisions import Decisions
from app.exchange.derived import NOTHING_INSTEAD, Instead
from app.exchange.floor import Floor
from app.exchange.gathered import Gathered, gather
from app.exchange.opened import load_opened
from app.policy.closure import FOR_GOOD, NEVER
from app.policy.handling import Handling
from app.policy.lines import Standing, is_named, originator_of, shown
from app.policy.partnership import ReleaseTerms
from app.policy.release import changes_after, ends
from app.policy.release_case import Audience, Cap, ReleaseCase
from app.policy.release_rules.ages import speak_of_ages
from app.policy.times import Span, dated_by, ended_with, span_of
from app.storage.contributions import Contribution
from app.storage.engine import Transaction
from app.storage.instants import instant, milliseconds
from app.storage.objects import SPEC_TEXTS
from app.storage.revisions import AudienceRow


@dataclass(frozen=True, slots=True)
class Asked:
    """A live contribution, with what is asked about it for one audience: handling, cap of its line, when it may be
    shown to anybody, and whether something that it refers to is hidden. `lifted` says that by the standing terms alone
    the audience may not be shown it: if it is, then by break-glass.
    """

    row: Contribution
    origin: str
    handling: Handling
    cap: Cap | None
    span: Span
    end_hidden: bool = False
    lifted: bool = False


class Questions:
    """The live contributions of some objects of one collection, and the decisions about them.

    What stands `instead` of what is stored is what a revision would make of it.
    """

    def __init__(
        self,
        transaction: Transaction,
        floor: Floor,
        wanted: Sequence[int],
        instead: Instead = NOTHING_INSTEAD,
        known: Gathered | None = None,
    ) -> None:
        self._floor = floor
        self._all = gather(transaction, floor, wanted, instead) if known is None else known
        self._by_age = speak_of_ages(floor.terms)
        self._opened = load_opened(transaction, floor)
        self._by_audience = self._by_age or bool(self._opened.clauses)
        self._decisions = Decisions(by_age=self._by_age)
        self._unopened = self._by_the_standing_terms(transaction) if self._opened.clauses else None
        self._ends_shown: dict[tuple[int, frozenset[int]], Mapping[int, float]] = {}
        self._definitions_given: dict[tuple[str, int], Sequence[Asked]] = {}
        self._definitions_shown: dict[tuple[str, int], frozenset[bytes]] = {}
        self._spans: dict[int, Mapping[int, Span]] = {}

    @property
    def objects(self) -> Sequence[int]:
        """The objects that are asked about, and where the collection asks for closure all that they lead to."""
        return sorted(self._all.live)

    @property
    def rows(self) -> Iterator[Contribution]:
        """All contributions of these objects."""
        return (row for rows in self._all.live.values() for row in rows)

    @property
    def closes(self) -> bool:
        """Whether what refers to something hidden is hidden."""
        return self._all.leads_to is not None

    def as_of(self, transaction: Transaction, now: datetime) -> "Questions":
        """The same questions about the same contributions, asked at another instant."""
        return Questions(transaction, replace(self._floor, now=now), (), known=self._all)

    def about(self, object_id: int, audience: AudienceRow) -> Sequence[Asked]:
        """What is asked about the object's contributions for this audience, in the order of arrival."""
        asked = self._alone(object_id, audience)
        if self._all.leads_to is not None:
            asked = [self._with_ends(each, self._all.leads_to, audience) for each in asked]
        unopened = self._unopened_for(audience)
        return (
            asked if unopened is None else unopened._with_lifted(asked, unopened.about(object_id, audience), audience)
        )

    def _by_the_standing_terms(self, transaction: Transaction) -> "Questions":
        """The same questions, asked as if nothing were open."""
        terms = replace(self._floor.terms, clauses=())
        return Questions(transaction, replace(self._floor, terms=terms), (), known=self._all)

    def _unopened_for(self, audience: AudienceRow) -> "Questions | None":
        """Those, where a clause is open for this audience; what is open for others changes nothing."""
        opened = any(audience.partner in each.partners for each in self._opened.clauses)
        return self._unopened if opened else None

    def _with_lifted(
        self, opened: Iterable[Asked], unopened: Iterable[Asked], audience: AudienceRow
    ) -> Sequence[Asked]:
        """What is asked while a clause is open, with whether it is `lifted`: as it is decided here, where none is."""
        return [
            replace(each, lifted=not self._may_see(without, audience))
            for each, without in zip(opened, unopened, strict=True)
        ]

    def _alone(self, object_id: int, audience: AudienceRow) -> Sequence[Asked]:
        rows = self._all.of(object_id)
        facts = {row.id: self._handling(row, audience) for row in rows}
        spans = self._spans_for(object_id, audience)
        if len(rows) == 1:
            row = rows[0]
            return [Asked(row, self._all.derived[row.id].origin, facts[row.id], None, spans[row.id])]
        lines = lines_among(self._all, rows)
        return [
            Asked(
                row,
                self._all.derived[row.id].origin,
                facts[row.id],
                cap_over(self._all, lines, row, facts),
                spans[row.id],
            )
            for row in rows
        ]

    def _with_ends(self, each: Asked, ends: Ends, audience: AudienceRow) -> Asked:
        """With what it refers to: where that is hidden, or shown until some instant, so is this. One's own is not."""
        until = self._ends_until(ends, audience).get(each.row.id, FOR_GOOD)
        if until == FOR_GOOD or each.row.partner == audience.partner:
            return each
        if until == NEVER:
            return replace(each, end_hidden=True)
        return replace(each, span=ended_with(each.span, Span(not_after=instant(int(until)))))

    def comes_without(self, waiting: frozenset[int], each: Asked, audience: AudienceRow) -> bool:
        """Whether all that it refers to is shown to this audience also without what has yet to have its turn."""
        if self._all.leads_to is None or each.row.partner == audience.partner:
            return True
        return self._ends_until(self._all.leads_to, audience, waiting).get(each.row.id, FOR_GOOD) != NEVER

    def _ends_until(
        self, ends: Ends, audience: AudienceRow, without: frozenset[int] = frozenset()
    ) -> Mapping[int, float]:
        """Until when this audience is shown all that each contribution refers to, `without` some contributions."""
        if (audience.id, without) not in self._ends_shown:
            every = [one for key in self._all.live for one in self._alone(key, audience)]
            alone = {one.row.id: NEVER if one.row.id in without else self._shown_until(one, audience) for one in every}
            self._ends_shown[audience.id, without] = ends.shown_until(alone)
        return self._ends_shown[audience.id, without]

    def _shown_until(self, each: Asked, audience: AudienceRow) -> float:
        if not self._may_see(each, audience):
            return NEVER
        end = self.ends(each, audience)
        return FOR_GOOD if end is None else end

    def contribution(self, object_id: int, key: int) -> Contribution | None:
        """The contribution of the object with this key, if it is live or something `instead` ends it; else None."""
        return next((row for row in (*self._all.of(object_id), *self._all.gone) if row.id == key), None)

    def rests_on(self, row: Contribution, audience: AudienceRow) -> Iterator[Contribution]:
        """The definitions by which the contribution's markings resolve for this audience, those of definitions too."""
        for marking_id in self._all.derived[row.id].uses:
            meant = self._all.meant(marking_id, row)
            given = self._given(marking_id, audience)
            yield from (each.row for each in given if self._all.digests[each.row.version] in meant)

    def due(self, object_id: int) -> Mapping[int, int]:
        """When time alone next changes what becomes of the object's contributions, for anybody (milliseconds)."""
        if self._by_audience:
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
        end = ends(self.case(each, audience)) if self._by_audience else each.span.not_after
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
                left=self._all.derived[each.row.id].left,
                lifted=each.lifted,
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
            object_id=self._opened.named.get(each.row.object, ""),
            unmet=each.row.id in self._all.closing and (each.row.object, audience.id) not in self._all.ever_shown,
        )

    def _may_see(self, each: Asked, audience: AudienceRow) -> bool:
        return self._decisions.stands(self.case(each, audience), audience.id)

    def _spans_of(self, object_id: int) -> Mapping[int, Span]:
        """From when until when each contribution of the object may be shown: no longer than the newest of its line."""
        if object_id not in self._spans:
            terms = self._release_terms()
            rows = self._all.of(object_id)
            spans = {row.id: self._span_of(terms, row) for row in rows}
            if len(rows) > 1 and any(span.not_after is not None for span in spans.values()):
                spans = ended_with_their_lines(self._all, rows, spans)
            self._spans[object_id] = spans
        return self._spans[object_id]

    def _spans_for(self, object_id: int, audience: AudienceRow) -> Mapping[int, Span]:
        """The same for this audience: what break-glass lets it understand of others', it understands no longer."""
        spans = self._spans_of(object_id)
        others = [row for row in self._all.of(object_id) if row.partner != audience.partner]
        if not self._opened.clauses or not any(self._all.derived[row.id].uses for row in others):
            return spans
        until = {row.id: ended_with(spans[row.id], self._resolves(row, audience)) for row in others}
        return {**spans, **ended_with_their_lines(self._all, others, until)}

    def _resolves(self, row: Contribution, audience: AudienceRow) -> Span:
        """Until when every marking of the contribution that means something to this audience means it."""
        ends_of_markings: list[datetime] = []
        for marking_id in self._all.derived[row.id].uses:
            meant = self._all.meant(marking_id, row)
            given = [each for each in self._given(marking_id, audience) if self._all.digests[each.row.version] in meant]
            until = [ends(self.case(each, audience)) for each in given]
            ends_of_markings += [max(at for at in until if at is not None)] if until and None not in until else []
        return Span(not_after=min(ends_of_markings, default=None))

    def _span_of(self, terms: ReleaseTerms, row: Contribution) -> Span:
        """From when until when the contribution may be shown, by the terms and by its own markings."""
        own = self._all.derived[row.id].span
        if terms.embargo is None and terms.shown_for is None:
            return own
        return span_of(
            terms,
            instant(row.received),
            definition=row.defines,
            not_before=own.not_before,
            not_after=own.not_after,
        )

    def _release_terms(self) -> ReleaseTerms:
        known = self._floor.terms.partnership.collections.get(self._floor.alias)
        return known.release if known is not None else ReleaseTerms()

    def _handling(self, row: Contribution, audience: AudienceRow) -> Handling:
        """What the contribution's markings ask for, as far as this audience is shown what they mean."""
        derived = self._all.derived[row.id]
        if all(self._all.meant(marking_id, row) & self._shown(marking_id, audience) for marking_id in derived.uses):
            return derived.handling
        return replace(derived.handling, unknown=True)

    def _shown(self, marking_id: str, audience: AudienceRow) -> frozenset[bytes]:
        """The definitions of this marking, as digests, that the audience is shown in this collection."""
        key = (marking_id, audience.id)
        if key not in self._definitions_shown:
            given = self._given(marking_id, audience)
            self._definitions_shown[key] = frozenset(self._all.digests[each.row.version] for each in given)
        return self._definitions_shown[key]

    def _given(self, marking_id: str, audience: AudienceRow) -> Sequence[Asked]:
        """The definitions of this marking that the audience is shown in this collection."""
        key = (marking_id, audience.id)
        if key not in self._definitions_given:
            rows = self._all.definitions.get(marking_id, ())
            terms = self._release_terms()
            asked = [
                Asked(row, derived.origin, derived.handling, None, self._span_of(terms, row))
                for row in rows
                for derived in [self._all.derived[row.id]]
            ]
            unopened = self._unopened_for(audience)
            if unopened is not None:
                asked = list(unopened._with_lifted(asked, asked, audience))
            given = shown(self.standings(asked, audience))
            self._definitions_given[key] = [each for each in asked if each.row.id in given]
        return self._definitions_given[key]
