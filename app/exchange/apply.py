"""Apply: make a plan the next revision of every partnership that it changes.

One transaction records the revisions and takes back at once whatever they no longer grant: a request that begins after
its commit is under the new terms, in every worker. What the terms grant now is left to jobs (`app.exchange.jobs`),
which append it batch by batch; they are part of the transaction, so that whoever dies, somebody finishes them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from app.errors import OperatorError
from app.exchange.audience import audiences_under
from app.exchange.changing import Change, changing
from app.exchange.clauses import write_clauses
from app.exchange.comparing import Extent
from app.exchange.derivatives import follow_all
from app.exchange.exchange import ENGINE, Exchange
from app.exchange.floor import Floor, take_floors
from app.exchange.in_force import changed_terms, deciding, in_force, ownership
from app.exchange.jobs import jobs_of
from app.exchange.leaving import unbound
from app.exchange.meaning import meaning_of
from app.exchange.outlook import LogChange, batches_of, write_changes
from app.exchange.plan import Plan
from app.exchange.resolution import derive_stored, store_derived, under_new_owners
from app.exchange.settle import Settlement, Work, settle
from app.files.agreements import Agreements
from app.files.partners_file import PARTNERS_FILE
from app.policy.partnership import Partnership, Terms
from app.storage import accounts, arrivals, deliveries, dues, handlings, revisions
from app.storage.deliveries import Head
from app.storage.dues import Job
from app.storage.engine import Transaction
from app.storage.instants import milliseconds
from app.storage.revisions import CollectionRow, PartnershipRow, Revision


@dataclass(frozen=True, slots=True)
class Applied:
    """What applying did to one partnership at once: its revision, and the rows that its logs gained and lost."""

    root: str
    revision: int
    appended: int
    retired: int


def apply(exchange: Exchange, plan: Plan, by: str, reason: str, *, allow_removal: bool = False) -> Sequence[Applied]:
    """Make the plan's files the state of the exchange. `by` and `reason` go on the record, and the plan with them.

    Raises OperatorError if the plan rests on other revisions than those in force, or removes something and that was
    not allowed, or takes a member's own terms from what they hold back; WrongFiles if its files do not read. Then
    nothing is applied. What becomes visible is appended by `jobs.finish`, or by whoever serves the exchange.
    """
    new = meaning_of(plan.texts)
    if plan.removals and not allow_removal:
        raise OperatorError(
            f"Nothing was applied, because these files leave out what is in force: {' '.join(plan.removals)} Put it "
            "back, or pass --allow-removal. To end a partnership, set its `expires`; to end a right, take it out of "
            "`read`, `write` or `tlp`."
        )
    sources = _sources(plan.texts, new)
    with changing(exchange) as change:
        held = {row.root: row for row in revisions.hold_all(change.transaction)}
        if plan.base != in_force(change.transaction, held.values()).revisions:
            raise OperatorError(
                "Nothing was applied: the plan was made against another revision than the one in force. Make it anew."
            )
        now = exchange.clock.now()
        wanted = [
            Wanted(held.get(terms.partnership.root), terms, sources.get(terms.partnership.root, {}))
            for _, terms in list(changed_terms(exchange, change.transaction, new, now))
        ]
        mistakes = [each for one in wanted for each in unbound(exchange, change.transaction, one.row, one.terms)]
        if mistakes:
            raise OperatorError(f"Nothing was applied. {' '.join(mistakes)}")
        accounts.ensure_partners(change.transaction, new.partners.by_name)
        return make_revisions(exchange, change, wanted, plan.changes, now, by, reason)


@dataclass(frozen=True, slots=True)
class Wanted:
    """The next revision of one partnership: as it is stored (None for a new one), its new terms, and its files."""

    row: PartnershipRow | None
    terms: Terms
    files: Mapping[str, str]


def make_revisions(
    exchange: Exchange,
    change: Change,
    wanted: Sequence[Wanted],
    changes: Sequence[LogChange],
    now: datetime,
    by: str,
    reason: str,
) -> Sequence[Applied]:
    """Make these revisions, and take back at once what they no longer grant; the rest is left to jobs.

    `change` holds the partnerships. `changes` are what their plan said.
    """
    making = _Making(exchange, change, now, by, reason, changes)
    made = [making.revision(each.row, each.terms, each.files) for each in wanted]
    settled = settle(exchange, change, [work for each in made for work in each.work], extent=Extent.EXCHANGED)
    return _applied(making, made, settled)


@dataclass(frozen=True, slots=True)
class _Made:
    """A new revision, and the logs that have to be brought in line with it if it changes anything that `decides`.

    `stored` is the last contribution to each collection before derivatives were made.
    """

    row: PartnershipRow
    work: Sequence[Work]
    stored: Mapping[int, int] = field(default_factory=dict)
    decides: bool = True


def _applied(making: "_Making", made: Sequence[_Made], settled: Sequence[Settlement]) -> Sequence[Applied]:
    left = iter(settled)
    applied = []
    for each in made:
        own = [(work.floor, next(left)) for work in each.work]
        if each.decides:
            making.leave_to_jobs(each, own)
        appended, retired = sum(one.appended for _, one in own), sum(one.retired for _, one in own)
        applied.append(Applied(each.row.root, each.row.revision, appended, retired))
    return applied


def _sources(texts: Mapping[str, str], agreements: Agreements) -> Mapping[str, Mapping[str, str]]:
    """The files that each partnership rests on: the partners' and its own."""
    return {root: {PARTNERS_FILE: texts[PARTNERS_FILE], name: texts[name]} for root, name in agreements.sources.items()}


@dataclass(frozen=True, slots=True)
class _Making:
    """The revisions that one transaction makes."""

    exchange: Exchange
    change: Change
    now: datetime
    by: str
    reason: str
    changes: Sequence[LogChange]

    @property
    def transaction(self) -> Transaction:
        return self.change.transaction

    def revision(self, row: PartnershipRow | None, terms: Terms, files: Mapping[str, str]) -> _Made:
        """Make the next revision of one partnership, and say what has to be settled under it."""
        old = self.exchange.terms.of(self.transaction, row) if row is not None else None
        partnership = self._record(row, terms, files)
        _ensure_collections(self.transaction, partnership, terms.partnership)
        collections = revisions.collections(self.transaction, partnership.id)
        there = take_floors(self.transaction, terms, collections, self.now)
        heads = {key: head for floor in there.values() for key, head in floor.heads.items()}
        _ensure_audiences(self.transaction, terms, collections, heads)
        floors = take_floors(self.transaction, terms, collections, self.now)
        for floor in floors.values():
            audiences = [each.id for each in floor.audiences]
            deliveries.set_revision(self.transaction, audiences, partnership.revision)
        outdated = handlings.outdated(self.transaction, partnership.id)
        if old is not None and not outdated and deciding(old.as_of(self.now)) == deciding(terms):
            return _Made(partnership, [], decides=False)
        for key in outdated:  # collections that these terms do not have too: they may come back
            for objects in batches_of(self.transaction, key):
                derive_stored(self.exchange, self.transaction, partnership.id, terms, objects, self.now)
        if old is not None and ownership(old) != ownership(terms):
            self._derive_again(partnership, terms, floors)
        stored = {key: arrivals.last_of(self.transaction, key) for key in floors}
        for floor in floors.values():
            follow_all(self.exchange, self.transaction, partnership.id, floor)
        work = [Work(floor, batches_of(self.transaction, key)) for key, floor in floors.items()]
        return _Made(partnership, work, stored)

    def _record(self, row: PartnershipRow | None, terms: Terms, files: Mapping[str, str]) -> PartnershipRow:
        root = terms.partnership.root
        changes = write_changes(each for each in self.changes if each.root == root)
        number = row.revision + 1 if row is not None else 1
        clauses = write_clauses(terms.clauses)
        new = Revision(number, milliseconds(self.now), self.by, self.reason, ENGINE, files, changes, clauses)
        return revisions.add(self.transaction, root, new)

    def _derive_again(self, partnership: PartnershipRow, terms: Terms, floors: Mapping[int, Floor]) -> None:
        for key, floor in floors.items():
            for objects in batches_of(self.transaction, key):
                derived = under_new_owners(
                    self.exchange, self.transaction, partnership.id, terms, floor.alias, objects, self.now
                )
                store_derived(self.transaction, partnership.id, key, derived)

    def leave_to_jobs(self, made: _Made, settled: Sequence[tuple[Floor, Settlement]]) -> None:
        """Say what has to be appended later; the jobs of the revision before have nothing left to do."""
        partnership, jobs = made.row, list[Job]()
        waiting = dues.base_of_jobs(self.transaction, partnership.id)
        base = partnership.revision - 1 if waiting is None else waiting
        for floor, settlement in settled:
            last = arrivals.last_of(self.transaction, floor.collection)
            left = settlement.left.with_what_was_made(made.stored[floor.collection], last)
            jobs += jobs_of(partnership, floor, left, base)
        dues.replace_jobs(self.transaction, partnership.id, jobs)


def _ensure_collections(transaction: Transaction, partnership: PartnershipRow, terms: Partnership) -> None:
    for collection in terms.collections.values():
        owner = revisions.owner_of_collection(transaction, collection.id)
        if owner not in (None, partnership.root):
            raise OperatorError(
                f"Nothing was applied: the id {collection.id} of {partnership.root}/{collection.alias} belongs to a "
                f"collection of {owner}. Give the new collection an id of its own."
            )
        revisions.ensure_collection(transaction, partnership.id, collection.id, collection.alias)


def _ensure_audiences(
    transaction: Transaction, terms: Terms, collections: Sequence[CollectionRow], heads: Mapping[int, Head]
) -> None:
    """One audience for each member and collection, and one more for each account that is named for RED.

    A log for a named account begins as the one that the account has read so far. `heads` are held.
    """
    for row in collections:
        there = {(each.partner, each.red_account): each for each in revisions.audiences(transaction, [row.id])}
        for member, account in audiences_under(terms, row.uuid):
            if (member, account) not in there:
                shared = there.get((member, "")) if account else None
                began = heads[shared.id].last_date if shared is not None else 0
                key = revisions.add_audience(transaction, row.id, member, account, began)
                if shared is not None:
                    deliveries.take_over(transaction, key, shared.id)
