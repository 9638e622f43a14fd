"""Plan: what would change if these files were applied, for each partner and collection, and by which rule.

A plan reads one snapshot and changes nothing. It asks what a revision settles by (`app.exchange.settle`), about the
audiences and owners that the new terms would make; so what is applied is what was planned, as far as nobody pushes in
between. It names the revisions that it rests on, and is good for no others.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from pydantic import TypeAdapter, ValidationError

from app.errors import OperatorError
from app.exchange.asked import Asked, Derived, Questions
from app.exchange.audience import audiences_under
from app.exchange.exchange import Exchange
from app.exchange.floor import Floor
from app.exchange.in_force import changed_terms, in_force, ownership
from app.exchange.reminders import reminders
from app.exchange.resolution import under_new_owners
from app.exchange.settle import Changes, changes_of
from app.files.agreements import read_agreements
from app.files.differences import Difference, differences
from app.policy.lines import arrange
from app.policy.partnership import Terms
from app.policy.release import examine
from app.policy.rules import Effect, Rule, with_effect
from app.storage import contributions, objects, revisions
from app.storage.contributions import Contribution
from app.storage.dues import ALL_OF_THEM
from app.storage.engine import Transaction
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
    those that withheld what becomes visible, and those that withhold what becomes hidden.
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


@dataclass(frozen=True, slots=True)
class Plan:
    """The files (name to text), what they change against the revisions of `base` (by API root), and in how many
    batches what becomes visible is appended.
    """

    at: datetime
    base: Mapping[str, int]
    texts: Mapping[str, str]
    differences: tuple[Difference, ...]
    changes: tuple[LogChange, ...]
    batches: int
    warnings: tuple[str, ...]

    @property
    def removals(self) -> Sequence[str]:
        """What is in force and would be gone, in sentences."""
        return [each.sentence for each in self.differences if each.removal]


def plan(exchange: Exchange, texts: Mapping[str, str]) -> Plan:
    """What applying these files would change now. Raises WrongFiles if they do not read."""
    new = read_agreements(texts)
    now = exchange.clock.now()
    with exchange.database.reading() as transaction:
        old = in_force(transaction)
        changes: list[LogChange] = []
        batches = 0
        for row, terms in changed_terms(exchange, transaction, new):
            if row is not None:
                outlook = _Outlook(exchange, transaction, row, terms, now)
                changes.extend(outlook.changes())
                batches += outlook.batches
        return Plan(
            at=now,
            base=old.revisions,
            texts=dict(texts),
            differences=differences(old.agreements, new),
            changes=tuple(changes),
            batches=batches,
            warnings=reminders(transaction, new.partnerships.values(), now),
        )


def write_plan(made: Plan) -> str:
    """The plan as a file that somebody can look at and agree to."""
    return _PLANS.dump_json(made, indent=2).decode() + "\n"


def read_plan(text: str) -> Plan:
    """The plan that `write_plan` wrote. Raises OperatorError for anything else."""
    try:
        return _PLANS.validate_json(text)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"])) or "the file"
        raise OperatorError(f"This is no plan: {where}: {first['msg']}. `comity plan --out FILE` writes one.") from None


def write_changes(changes: Iterable[LogChange]) -> str:
    """What a plan says of one partnership, as it is kept with the revision."""
    return _CHANGES.dump_json(list(changes)).decode()


def read_changes(text: str) -> Sequence[LogChange]:
    """What `write_changes` wrote; nothing for a revision that changed no log."""
    return _CHANGES.validate_json(text) if text else []


_PLANS = TypeAdapter(Plan)
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
        self._now = now
        self.batches = 0

    def changes(self) -> Iterator[LogChange]:
        """What each audience gains and loses; those for whom nothing changes are left out."""
        for collection in revisions.collections(self._transaction, self._row.id):
            known = self._terms.partnership.collection_by_id(collection.uuid)
            alias = known.alias if known is not None else collection.alias
            audiences, stand_ins = self._audiences(collection)
            # What becomes visible is what will stand there once the agreement is effective.
            then = max(self._now, self._terms.partnership.agreement.effective)
            floor = Floor(self._terms, collection.id, alias, audiences, {}, then)
            before = self._old.partnership.collection_by_id(collection.uuid)
            now = Floor(
                self._old, collection.id, before.alias if before else collection.alias, audiences, {}, self._now
            )
            tallies = self._tallies(floor, now, stand_ins)
            for audience in audiences:
                tally = tallies.get(audience.id)
                if tally is not None:
                    yield self._log_change(alias, audience, tally)

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

    def _tallies(self, floor: Floor, now: Floor, stand_ins: Mapping[int, int]) -> Mapping[int, _Tally]:
        tallies: dict[int, _Tally] = defaultdict(_Tally)
        by_id = {row.id: row for row in floor.audiences}
        first, last = ALL_OF_THEM, 0
        for keys in batches_of(self._transaction, floor.collection):
            questions = Questions(self._transaction, floor, keys, self._derived(floor, keys))
            changes = changes_of(self._transaction, floor, keys, questions=questions, stand_ins=stand_ins)
            gained = _gained(changes)
            if changes.retired:
                self._count_hidden(tallies, by_id, questions, changes)
            if gained:
                touched = sorted({row.object for rows in gained.values() for row in rows})
                asked_now = Questions(self._transaction, now, touched)
                for audience, rows in gained.items():
                    for row in rows:
                        first, last = min(first, row.id), max(last, row.id)
                        rules = _withheld_by(asked_now, row, by_id[audience])
                        _add(tallies[audience], row, rules, visible=True)
        if last:
            live = contributions.count_live(self._transaction, floor.collection, first - 1, last)
            self.batches += -(-live // OBJECTS_PER_BATCH)
        return tallies

    def _derived(self, floor: Floor, keys: Sequence[int]) -> Mapping[int, Derived] | None:
        if not self._moves:
            return None
        return under_new_owners(self._exchange, self._transaction, self._row.id, self._terms, floor.alias, keys)

    def _count_hidden(
        self,
        tallies: dict[int, _Tally],
        by_id: Mapping[int, AudienceRow],
        questions: Questions,
        changes: Changes,
    ) -> None:
        for gone in changes.retired:
            row = questions.contribution(gone.object, gone.contribution)
            if row is not None:
                rules = _withheld_by(questions, row, by_id[gone.audience])
                _add(tallies[gone.audience], row, rules, visible=False)

    def _log_change(self, alias: str, audience: AudienceRow, tally: _Tally) -> LogChange:
        return LogChange(
            root=self._row.root,
            collection=alias,
            partner=audience.partner,
            account=audience.red_account or None,
            visible=tally.visible,
            hidden=tally.hidden,
            visible_by=dict(tally.visible_by.most_common()),
            hidden_by=dict(tally.hidden_by.most_common()),
            examples_visible=self._examples(tally.examples_visible),
            examples_hidden=self._examples(tally.examples_hidden),
        )

    def _examples(self, rows: Sequence[tuple[Contribution, tuple[str, ...]]]) -> tuple[Example, ...]:
        texts = contributions.version_texts(self._transaction, [row.id for row, _ in rows])
        ids = objects.stix_ids_of(self._transaction, [row.object for row, _ in rows])
        return tuple(Example(ids[row.object], texts[row.id], row.partner, rules) for row, rules in rows)


def _gained(changes: Changes) -> Mapping[int, Sequence[Contribution]]:
    """The contributions that each log gains, without those that only get a new date."""
    again = {(row.audience, row.contribution) for row in changes.again}
    gained = {
        audience: [new.contribution for new in rows if (audience, new.contribution.id) not in again]
        for audience, rows in changes.appended.items()
    }
    return {audience: rows for audience, rows in gained.items() if rows}


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
    if mine is None:
        return ()
    findings = examine(questions.case(mine, audience))
    against: list[Rule] = [rule for rule in with_effect(findings, Effect.OBJECTS) if rule is not Rule.IN_FORCE]
    if not against:
        conflict = arrange(questions.standings(asked, audience)).conflicts.get(row.id)
        against = [conflict] if conflict is not None else []
    return tuple(str(rule) for rule in against)


def batches_of(transaction: Transaction, collection: int) -> Iterator[Sequence[int]]:
    """All objects of a collection, by key, in batches."""
    after = 0
    while keys := contributions.objects_after(transaction, collection, after, OBJECTS_PER_BATCH):
        yield keys
        after = keys[-1]
