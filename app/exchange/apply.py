"""Apply: make the files the next revision of every partnership that they change, in one transaction.

Each changed partnership gets a numbered revision that keeps the texts of its files, its new collections and
audiences, and logs that hold what the new terms grant: what they grant now is appended under new dates, what they no
longer grant is retired. A request that begins after the commit is under the new revision, in every worker.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from app.errors import OperatorError
from app.exchange.exchange import ENGINE, Exchange
from app.exchange.floor import Floor, take_floors
from app.exchange.resolution import derive_under_new_owners
from app.exchange.settle import Settlement, settle
from app.files.agreements import Agreements, read_agreements
from app.files.differences import Difference, differences
from app.files.partners_file import PARTNERS_FILE
from app.policy.partnership import Partnership, Terms
from app.storage import accounts, contributions, deliveries, revisions
from app.storage.engine import Transaction
from app.storage.instants import milliseconds
from app.storage.revisions import CollectionRow, PartnershipRow, Revision

OBJECTS_PER_BATCH = 2000


@dataclass(frozen=True, slots=True)
class Applied:
    """What applying did to one partnership: its revision, and the rows that its logs gained and lost."""

    root: str
    revision: int
    appended: int
    retired: int


@dataclass(frozen=True, slots=True)
class Report:
    """What applying did: every difference in words, the new revisions, and what an operator should look at."""

    differences: Sequence[Difference]
    applied: Sequence[Applied]
    warnings: Sequence[str]


@dataclass(frozen=True, slots=True)
class InForce:
    """What is applied now: its meaning (None where nothing has been), and the revision of each partnership."""

    agreements: Agreements | None
    revisions: Mapping[str, int]


def apply(exchange: Exchange, texts: Mapping[str, str], by: str, reason: str, agreed: InForce | None = None) -> Report:
    """Make these files (name to text) the state of the exchange. `by` and `reason` go on the record.

    `agreed` is the state with which the files were compared when somebody agreed to them. Raises WrongFiles if they
    do not read, OperatorError if they remove something or another state is in force by now; then nothing is applied.
    """
    new = read_agreements(texts)
    sources = _sources(texts, new)
    now = exchange.clock.now()
    with exchange.database.writing() as transaction:
        held = _hold_all(transaction)
        old = _in_force(transaction, held.values())
        if agreed is not None and agreed.revisions != old.revisions:
            raise OperatorError(
                "Nothing was applied: another revision came into force meanwhile. Look at it, and apply again."
            )
        found = differences(old.agreements, new)
        _refuse_removals(found)
        accounts.ensure_partners(transaction, new.partners.by_name)
        making = _Making(exchange, transaction, now, by, reason)
        made = [
            making.revision(held.get(root), Terms(new.partnerships[root], new.partners), files)
            for root, files in sources.items()
            if making.changes(held.get(root), Terms(new.partnerships[root], new.partners))
        ]
        warnings = _warnings(transaction, new)
        settled = settle(exchange, transaction, [item for each in made for item in each.work])
    return Report(found, _applied(made, settled), warnings)


def in_force(exchange: Exchange) -> InForce:
    """What is applied now."""
    with exchange.database.reading() as transaction:
        return _in_force(transaction, revisions.every(transaction))


@dataclass(frozen=True, slots=True)
class _Made:
    """A new revision, and the logs that have to be brought in line with it."""

    root: str
    number: int
    work: Sequence[tuple[Floor, Iterable[Sequence[int]]]]


def _applied(made: Sequence[_Made], settled: Sequence[Settlement]) -> Sequence[Applied]:
    left = iter(settled)
    applied = []
    for each in made:
        own = [next(left) for _ in each.work]
        counts = (sum(one.appended for one in own), sum(one.retired for one in own))
        applied.append(Applied(each.root, each.number, *counts))
    return applied


def _sources(texts: Mapping[str, str], agreements: Agreements) -> Mapping[str, Mapping[str, str]]:
    """The files that each partnership rests on: the partners' and its own."""
    return {root: {PARTNERS_FILE: texts[PARTNERS_FILE], name: texts[name]} for root, name in agreements.sources.items()}


def _hold_all(transaction: Transaction) -> Mapping[str, PartnershipRow]:
    """Every partnership, held alone, in one order."""
    rows = [revisions.hold(transaction, row.root, to_change=True) for row in revisions.every(transaction)]
    return {row.root: row for row in rows if row is not None}


def _in_force(transaction: Transaction, rows: Iterable[PartnershipRow]) -> InForce:
    texts: dict[str, str] = {}
    numbers: dict[str, int] = {}
    for row in rows:
        texts.update(revisions.files_of(transaction, row.id, row.revision))
        numbers[row.root] = row.revision
    return InForce(read_agreements(texts) if texts else None, numbers)


def _refuse_removals(found: Sequence[Difference]) -> None:
    removed = [each.sentence for each in found if each.removal]
    if removed:
        raise OperatorError(
            "Nothing was applied, because these files leave out what is in force: "
            f"{' '.join(removed)} Put it back. To end a partnership, set its `expires`; to end a right, take it out of "
            "`read`, `write` or `tlp`."
        )


@dataclass(frozen=True, slots=True)
class _Making:
    """The revisions that one transaction makes."""

    exchange: Exchange
    transaction: Transaction
    now: datetime
    by: str
    reason: str

    def changes(self, row: PartnershipRow | None, terms: Terms) -> bool:
        """Whether the terms differ in meaning from those in force; a comment in a file makes no revision."""
        return row is None or self.exchange.terms.of(self.transaction, row) != terms

    def revision(self, row: PartnershipRow | None, terms: Terms, files: Mapping[str, str]) -> _Made:
        """Make the next revision of one partnership, and say what has to be settled under it."""
        number = row.revision + 1 if row is not None else 1
        new = Revision(number, milliseconds(self.now), self.by, self.reason, ENGINE, files, plan="")
        old = self.exchange.terms.of(self.transaction, row) if row is not None else None
        partnership = revisions.add(self.transaction, terms.partnership.root, new)
        _ensure_collections(self.transaction, partnership, terms.partnership)
        collections = revisions.collections(self.transaction, partnership.id)
        _ensure_audiences(self.transaction, terms.partnership, collections)
        floors = take_floors(self.transaction, terms, collections, self.now)
        for floor in floors.values():
            deliveries.set_revision(self.transaction, [each.id for each in floor.audiences], number)
        if old is not None and _deciding(old) == _deciding(terms):
            return _Made(partnership.root, number, [])
        if old is not None and _ownership(old) != _ownership(terms):
            self._derive_again(partnership, terms, floors)
        work = [(floor, _batches(self.transaction, key)) for key, floor in floors.items()]
        return _Made(partnership.root, number, work)

    def _derive_again(self, partnership: PartnershipRow, terms: Terms, floors: Mapping[int, Floor]) -> None:
        for key, floor in floors.items():
            for objects in _batches(self.transaction, key):
                derive_under_new_owners(self.exchange, self.transaction, partnership.id, terms, floor.alias, objects)


def _deciding(terms: Terms) -> object:
    """What of the terms decides anything here; partners who are no members do not."""
    return terms.partnership, terms.partners.host, _ownership(terms)


def _ownership(terms: Terms) -> object:
    """What of the terms says who owns which identity, and who may speak for whom."""
    identities = {name: terms.partners.by_name[name].identities for name in terms.partnership.members}
    relays = {each.id: each.intake.relays for each in terms.partnership.collections.values()}
    return identities, relays


def _ensure_collections(transaction: Transaction, partnership: PartnershipRow, terms: Partnership) -> None:
    for collection in terms.collections.values():
        owner = revisions.owner_of_collection(transaction, collection.id)
        if owner not in (None, partnership.root):
            raise OperatorError(
                f"Nothing was applied: the id {collection.id} of {partnership.root}/{collection.alias} belongs to a "
                f"collection of {owner}. Give the new collection an id of its own."
            )
        revisions.ensure_collection(transaction, partnership.id, collection.id, collection.alias)


def _ensure_audiences(transaction: Transaction, terms: Partnership, collections: Sequence[CollectionRow]) -> None:
    """One audience for each member and collection, and one more for each account that is named for RED.

    A log for a named account begins above the one that the account has read so far, and is then filled with all it
    may see: received again, never missed.
    """
    for row in collections:
        known = terms.collection_by_id(row.uuid)
        if known is None:
            continue
        there = {(each.partner, each.red_account): each for each in revisions.audiences(transaction, [row.id])}
        for member in sorted(terms.members):
            if (member, "") not in there:
                revisions.add_audience(transaction, row.id, member, "", last_date=0)
        for name in sorted(known.release.red):
            member = name.partition("/")[0]
            if (member, name) not in there:
                shared = there.get((member, ""))
                above = deliveries.last_date(transaction, shared.id) if shared is not None else 0
                revisions.add_audience(transaction, row.id, member, name, last_date=above)


def _batches(transaction: Transaction, collection: int) -> Iterator[Sequence[int]]:
    after = 0
    while keys := contributions.objects_after(transaction, collection, after, OBJECTS_PER_BATCH):
        yield keys
        after = keys[-1]


def _warnings(transaction: Transaction, new: Agreements) -> Sequence[str]:
    """Accounts that are named for RED and not there (yet)."""
    known = {f"{account.partner}/{account.name}" for account in accounts.every(transaction)}
    return [
        f"{partnership.root}/{collection.alias} names {name} for RED, and there is no such account yet. "
        f"`comity account add {name.partition('/')[2]} --partner {name.partition('/')[0]} --role reader` makes it."
        for partnership in new.partnerships.values()
        for collection in partnership.collections.values()
        for name in sorted(collection.release.red)
        if name not in known
    ]
