"""Officers' acts: who may do them, where, and the record of what they did.

An act needs an account of the host with the role officer, shown by its secret; it is one transaction, and one record in
`outbox` that is never changed.
"""

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from app.errors import NotIdentified, OperatorError
from app.exchange.changing import Change, changing
from app.exchange.exchange import ENGINE, Exchange
from app.exchange.floor import Floor, hold_partnership, take_floors
from app.exchange.identify import BasicCredentials, Requester, identify
from app.policy.partnership import Role, Terms
from app.storage import quarantine, revisions
from app.storage.engine import Transaction
from app.storage.instants import milliseconds
from app.storage.revisions import CollectionRow, PartnershipRow


@dataclass(frozen=True, slots=True)
class Mandate:
    """By whom an act is done, and why. `operator` is who runs the command, on the machine."""

    officer: Requester
    operator: str
    reason: str


@dataclass(frozen=True, slots=True)
class Acting:
    """One act in its transaction: the collection that it is about, and the floors that it may settle on."""

    mandate: Mandate
    change: Change
    partnership: PartnershipRow
    terms: Terms
    collection: CollectionRow
    alias: str
    floors: Mapping[int, Floor]
    now: datetime

    @property
    def transaction(self) -> Transaction:
        """The transaction of the act."""
        return self.change.transaction

    def record(self, act: str, object_id: str, **facts: object) -> None:
        """Put on the record what was done to an object of the collection."""
        said: dict[str, object] = {
            "act": act,
            "at": self.now.isoformat(),
            "officer": self.mandate.officer.qualified_name,
            "operator": self.mandate.operator,
            "reason": self.mandate.reason,
            "collection": self.collection.uuid,
            "object": object_id,
            "revision": self.partnership.revision,
            "engine": ENGINE,
            **facts,
        }
        quarantine.record(self.transaction, self.partnership.id, milliseconds(self.now), said)


def officer(exchange: Exchange, account: str, secret: str) -> Requester:
    """The account of an officer, shown by its secret. Raises OperatorError where it is none or the secret another."""
    try:
        known = asyncio.run(identify(exchange, BasicCredentials(account, secret)))
    except NotIdentified:
        raise OperatorError(
            f"`{account}` is not known by this secret. Check both, or `comity account rotate` it."
        ) from None
    if known.role is not Role.OFFICER:
        raise OperatorError(f"`{account}` has the role {known.role}. This needs an account with the role officer.")
    return known


def mandate(exchange: Exchange, account: str, secret: str, operator: str, reason: str) -> Mandate:
    """What an act is done by. Raises OperatorError as `officer`, and where no reason is given."""
    if not reason.strip():
        raise OperatorError("An act goes on the record with its reason. Say why with --reason.")
    return Mandate(officer(exchange, account, secret), operator, reason.strip())


@contextmanager
def acting(exchange: Exchange, by: Mandate, place: str, *, on_all: bool = False) -> Iterator[Acting]:
    """An act in `ROOT/COLLECTION`; with `on_all` the logs of all collections of the partnership may change.

    Raises OperatorError where there is no such place, or the officer is none of its host.
    """
    root, _, reference = place.partition("/")
    now = exchange.clock.now()
    with changing(exchange) as change:
        require_partnership(change.transaction, root)
        partnership, terms = hold_partnership(exchange, change.transaction, root)
        if by.officer.partner != terms.partners.host:
            raise OperatorError(f"{by.officer.qualified_name} is no officer of the host of {root}.")
        rows = revisions.collections(change.transaction, partnership.id)
        collection, alias = located(terms, rows, place, reference)
        floors = take_floors(change.transaction, terms, rows if on_all else [collection], now)
        yield Acting(by, change, partnership, terms, collection, alias, floors, now)


def require_partnership(transaction: Transaction, root: str) -> PartnershipRow:
    """The partnership. Raises OperatorError where there is none."""
    row = revisions.by_root(transaction, root)
    if row is None:
        raise OperatorError(f"There is no partnership `{root}`. `comity policy history` lists those there are.")
    return row


def located(terms: Terms, rows: Sequence[CollectionRow], place: str, reference: str) -> tuple[CollectionRow, str]:
    """The collection of this alias or id, and its alias. Raises OperatorError where there is none."""
    known = terms.partnership.collections.get(reference) or terms.partnership.collection_by_id(reference)
    if known is None:
        have = ", ".join(sorted(terms.partnership.collections))
        raise OperatorError(f"There is no collection `{place}`. {terms.partnership.root} has: {have}.")
    return next(row for row in rows if row.uuid == known.id), known.alias
