"""The outlook: what an audience of each collection would gain and lose under other terms, and by which rules.

It asks what a revision settles by (`app.exchange.settle`), about the audiences and owners that the new terms would
make; so what is applied is what was foreseen, as far as nobody pushes in between.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from pydantic import TypeAdapter

from app.exchange import jobs
from app.exchange.asked import Asked, Questions
from app.exchange.audience import audiences_under
from app.exchange.comparing import Extent, changes_of
from app.exchange.derived import Derived
from app.exchange.exchange import Exchange
from app.exchange.floor import Floor
from app.exchange.in_force import ownership
from app.exchange.prospects import NOT_STORED, Prospects
from app.exchange.resolution import under_new_owners
from app.exchange.settle import Left
from app.policy.lines import arrange
from app.policy.partnership import Terms
from app.policy.release import examine
from app.policy.rules import Effect, Rule, with_effect
from app.storage import arrivals, contributions, handlings, objects, revisions
from app.storage.contributions import Contribution
from app.storage.deliveries import Delivered
from app.storage.engine import Transaction
from app.storage.instants import milliseconds
from app.storage.revisions import AudienceRow, CollectionRow, PartnershipRow

OBJECTS_PER_BATCH = 1000
EXAMPLES = 3


@dataclass(frozen=True, slots=True)
class Example:
    """One version that becomes visible or hidden. `rules` are those that withheld it until now, or withhold it then."""

    object_id: str
    version: str
    contributed_by: str
    rules: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class LogChange:
    """What one audience of one collection gains and loses: how many versions, by which rules, with some examples.

    `collection` is the alias, `account` the account that is named for RED where the log is its own. The rules are
    those that withheld what becomes visible, and those that withhold what becomes hidden. The dates of the agreement
    are left aside: outside them the whole partnership is closed, and the differences say so.
    """

    root: str
    collection: str
    partner: str
    account: str | None
    visible: int
    hidden: int
    visible_by: Mapping[str, int]
    hidden_by: Mapping[str, int]
    examples_visible: tuple[Example, ...]
    examples_hidden: tuple[Example, ...]


def outlook(
    exchange: Exchange, transaction: Transaction, row: PartnershipRow, terms: Terms, now: datetime
) -> tuple[Sequence[LogChange], int]:
    """What one partnership's audiences would gain and lose under other terms, and in how many batches that comes."""
    made = _Outlook(exchange, transaction, row, terms, now)
    return tuple(made.changes()), made.batches


def write_changes(changes: Iterable[LogChange]) -> str:
    """What a plan says of one partnership, as it is kept with the revision."""
    return _CHANGES.dump_json(list(changes)).decode()


def read_changes(text: str) -> Sequence[LogChange]:
    """What `write_changes` wrote; nothing for a revision that changed no log."""
    return _CHANGES.validate_json(text) if text else []


_CHANGES = TypeAdapter(list[LogChange])


@dataclass(slots=True)
class _Tally:
    """What is counted for one audience."""

    visible: int = 0
    hidden: int = 0
    visible_by: Counter[str] = field(default_factory=Counter)
    hidden_by: Counter[str] = field(default_factory=Counter)
    examples_visible: list[tuple[Contribution, tuple[str, ...]]] = field(default_factory=list)
    examples_hidden: list[tuple[Contribution, tuple[str, ...]]] = field(default_factory=list)


@dataclass(slots=True)
class _Seen:
    """What readers are shown `now` (milliseconds), compared with what they will be: a row that has expired is shown to
    nobody, nor is any row of a collection that was not `shown_before`.
    """

    now: int
    shown_before: bool
    gained: list[tuple[AudienceRow, Contribution]] = field(default_factory=list)
    lost: list[tuple[AudienceRow, Delivered]] = field(default_factory=list)

    def compare(self, audience: AudienceRow, present: Sequence[Delivered], granted: Sequence[Contribution]) -> None:
        """Note what stands in one log of one object, and what should."""
        shown = [row for row in present if self.shown_before and (row.not_after is None or row.not_after > self.now)]
        before, after = {row.contribution for row in shown}, {row.id for row in granted}
        self.gained.extend((audience, row) for row in granted if row.id not in before)
        self.lost.extend((audience, row) for row in shown if row.contribution not in after)


class _Outlook:
    """One partnership under terms that are not in force yet."""

    def __init__(
        self, exchange: Exchange, transaction: Transaction, row: PartnershipRow, terms: Terms, now: datetime
    ) -> None:
        self._exchange = exchange
        self._transaction = transaction
        self._row = row
        self._terms = terms
        self._old = exchange.terms.of(transaction, row)
        self._moves = ownership(self._old) != ownership(terms)
        self._outdated = handlings.outdated(transaction, row.id)
        self._now = now
        self.batches = 0

    def changes(self) -> Iterator[LogChange]:
        """What each audience gains and loses; those for whom nothing changes are left out."""
        for collection in revisions.collections(self._transaction, self._row.id):
            known = self._terms.partnership.collection_by_id(collection.uuid)
            alias = known.alias if known is not None else collection.alias
            audiences, stand_ins = self._audiences(collection)
            floor = Floor(self._terms, collection.id, alias, audiences, {}, self._now)
            before = self._old.partnership.collection_by_id(collection.uuid)
            now = replace(floor, terms=self._old, alias=before.alias if before is not None else collection.alias)
            prospects = Prospects(self._exchange, self._transaction, self._row.id, floor)
            tallies, left = self._compared(floor, now, stand_ins, prospects, shown_before=before is not None)
            left = left.with_what_was_made(NOT_STORED - 1, prospects.last)
            if known is not None:
                for job in jobs.jobs_of(self._row, floor, left, self._row.revision):
                    more = 0 if job.definitions else prospects.between(job.after, job.last)
                    self.batches += jobs.batches_left(self._transaction, job, more)
            for audience in audiences:
                tally = tallies.get(audience.id)
                if tally is not None:
                    yield self._log_change(alias, audience, tally, prospects.sources)

    def _audiences(self, collection: CollectionRow) -> tuple[list[AudienceRow], dict[int, int]]:
        """The collection's audiences and those that the terms would add, under keys of no row; and for an account
        that is to have a log of its own, the log that it has read so far.
        """
        there = list(revisions.audiences(self._transaction, [collection.id]))
        keys = {(row.partner, row.red_account): row.id for row in there}
        stand_ins: dict[int, int] = {}
        for number, (partner, account) in enumerate(audiences_under(self._terms, collection.uuid), 1):
            if (partner, account) not in keys:
                there.append(AudienceRow(-number, collection.id, partner, account))
                if account and (partner, "") in keys:
                    stand_ins[-number] = keys[partner, ""]
        return there, stand_ins

    def _compared(
        self, floor: Floor, now: Floor, stand_ins: Mapping[int, int], prospects: Prospects, *, shown_before: bool
    ) -> tuple[Mapping[int, _Tally], Left]:
        """What the audiences of one collection gain and lose, and what applying leaves to batches.

        What becomes visible is what will stand there once the agreement is effective.
        """
        then = replace(floor, now=max(self._now, self._terms.partnership.agreement.effective))
        tallies: dict[int, _Tally] = defaultdict(_Tally)
        left = Left()
        for batch in batches_of(self._transaction, floor.collection):
            keys, instead = prospects.of(batch, self._derived(floor, batch))
            questions = Questions(self._transaction, then, keys, instead)
            seen = _Seen(milliseconds(self._now), shown_before)
            changes = changes_of(
                self._transaction,
                then,
                keys,
                questions=questions,
                extent=Extent.EXCHANGED,
                stand_ins=stand_ins,
                now=self._now,
                witness=seen.compare,
            )
            left.add(changes)
            for audience, row in seen.lost:
                gone = questions.contribution(row.object, row.contribution)
                if gone is not None:
                    _add(tallies[audience.id], gone, _withheld_by(questions, gone, audience), visible=False)
            if seen.gained:
                asked_now = Questions(self._transaction, now, sorted({row.object for _, row in seen.gained}))
                for audience, new in seen.gained:
                    _add(tallies[audience.id], new, _withheld_by(asked_now, new, audience), visible=True)
        return tallies, left

    def _derived(self, floor: Floor, keys: Sequence[int]) -> Mapping[int, Derived]:
        if not self._moves and floor.collection not in self._outdated:
            return {}
        return under_new_owners(
            self._exchange, self._transaction, self._row.id, self._terms, floor.alias, keys, self._now
        )

    def _log_change(self, alias: str, audience: AudienceRow, tally: _Tally, sources: Mapping[int, int]) -> LogChange:
        return LogChange(
            root=self._row.root,
            collection=alias,
            partner=audience.partner,
            account=audience.red_account or None,
            visible=tally.visible,
            hidden=tally.hidden,
            visible_by=dict(tally.visible_by.most_common()),
            hidden_by=dict(tally.hidden_by.most_common()),
            examples_visible=self._examples(tally.examples_visible, sources),
            examples_hidden=self._examples(tally.examples_hidden, sources),
        )

    def _examples(
        self, rows: Sequence[tuple[Contribution, tuple[str, ...]]], sources: Mapping[int, int]
    ) -> tuple[Example, ...]:
        """What is not there yet is told by the version that gives it."""
        keys = [sources.get(row.id, row.id) for row, _ in rows]
        texts = contributions.version_texts(self._transaction, keys)
        of = contributions.objects_of(self._transaction, keys)
        ids = objects.stix_ids_of(self._transaction, of.values())
        return tuple(
            Example(ids[of[key]], texts[key], row.partner, rules) for key, (row, rules) in zip(keys, rows, strict=True)
        )


def _add(tally: _Tally, row: Contribution, rules: tuple[str, ...], *, visible: bool) -> None:
    by = ", ".join(rules)
    if visible:
        tally.visible += 1
        tally.visible_by[by] += 1
        examples = tally.examples_visible
    else:
        tally.hidden += 1
        tally.hidden_by[by] += 1
        examples = tally.examples_hidden
    if len(examples) < EXAMPLES:
        examples.append((row, rules))


def _withheld_by(questions: Questions, row: Contribution, audience: AudienceRow) -> tuple[str, ...]:
    """The rules that keep the contribution from this audience; none where it only waits to be appended."""
    asked: Sequence[Asked] = questions.about(row.object, audience)
    mine = next((each for each in asked if each.row.id == row.id), None)
    if mine is None:  # a derivative that does not stand there, or stands there no longer
        return (str(Rule.DERIVATIVE),) if row.derivative is not None else ()
    findings = examine(questions.case(mine, audience))
    against: list[Rule] = [rule for rule in with_effect(findings, Effect.OBJECTS) if rule is not Rule.IN_FORCE]
    if not against:
        conflict = arrange(questions.standings(asked, audience)).conflicts.get(row.id)
        against = [conflict] if conflict is not None else []
    return tuple(str(rule) for rule in against)


def batches_of(transaction: Transaction, collection: int) -> Iterator[Sequence[int]]:
    """All objects of a collection, by key, in batches."""
    after = 0
    while keys := arrivals.objects_after(transaction, collection, after, OBJECTS_PER_BATCH):
        yield keys
        after = keys[-1]
