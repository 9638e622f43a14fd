"""Officers' acts: who may do them, where, and the record of what they did.

An act needs an account of the host with the role officer, shown by its secret; it is one transaction, and one record in
`outbox` that is never changed.
"""

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime

from app.errors import NotIdentified, OperatorError
from app.exchange.changing import Change, changing
from app.exchange.exchange import ENGINE, Exchange
from app.exchange.floor import Floor, hold_partnership, take_floors
from app.exchange.identify import BasicCredentials, Requester, identify, requester_of
from app.policy.partnership import Role, Terms
from app.stix.unicode_forms import in_form
from app.storage import accounts, quarantine, revisions
from app.storage.engine import Transaction
from app.storage.instants import milliseconds
from app.storage.revisions import CollectionRow, PartnershipRow
from app.visible_text import is_visible


@dataclass(frozen=True, slots=True)
class Mandate:
    """By whom an act is done, and why. `operator` is who runs the command, on the machine.

    `second` is the other officer where an act needs two.
    """

    officer: Requester
    operator: str
    reason: str
    second: Requester | None = None

    @property
    def officers(self) -> Sequence[Requester]:
        """Whoever does the act."""
        return [self.officer] if self.second is None else [self.officer, self.second]


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
        facts = {"collection": self.collection.uuid, "object": object_id, **facts}
        record(self.transaction, self.partnership, self.mandate, self.now, act, **facts)


def record(
    transaction: Transaction, partnership: PartnershipRow, by: Mandate, now: datetime, act: str, **facts: object
) -> None:
    """Put an act on the record of its partnership, under the revision that is in force with it."""
    said: dict[str, object] = {
        "act": act,
        "at": now.isoformat(),
        "officer": by.officer.qualified_name,
        "operator": by.operator,
        "reason": by.reason,
        "revision": partnership.revision,
        "engine": ENGINE,
        **facts,
    }
    if by.second is not None:
        said["second_officer"] = by.second.qualified_name
    quarantine.record(transaction, partnership.id, milliseconds(now), said)


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
    if not is_visible(reason):
        raise OperatorError("An act goes on the record with its reason. Say why with --reason.")
    return Mandate(officer(exchange, account, secret), operator, reason.strip())


def mandate_of_two(
    exchange: Exchange, first: tuple[str, str], second: tuple[str, str], operator: str, reason: str
) -> Mandate:
    """What an act that needs two officers is done by: two accounts, each with the secret that shows it.

    Raises OperatorError as `mandate`, and where the two are one: one account, or one secret, in whichever of Unicode's
    forms it is typed.
    """
    by = mandate(exchange, *first, operator, reason)
    other = officer(exchange, *second)
    if other.qualified_name == by.officer.qualified_name or in_form("NFKC", first[1]) == in_form("NFKC", second[1]):
        raise OperatorError("This needs two officers: two people, each with an account and a secret of their own.")
    return replace(by, second=other)


def require_host(transaction: Transaction, by: Mandate, terms: Terms) -> None:
    """Raise OperatorError unless whoever does the act is of the partnership's host, and an officer of it still.

    Between the secret and the act time may pass, in which an account is disabled or gets another secret.
    """
    for each in by.officers:
        account = accounts.by_name(transaction, each.account)
        if account is None or not account.active or replace(requester_of(account), epoch=each.epoch) != each:
            raise OperatorError(f"{each.qualified_name} is an officer's account no longer. Nothing was done.")
        if account.epoch != each.epoch:
            raise OperatorError(f"{each.qualified_name} has another secret by now. Nothing was done; show the new one.")
        if each.partner != terms.partners.host:
            raise OperatorError(f"{each.qualified_name} is no officer of the host of {terms.partnership.root}.")


@contextmanager
def acting(exchange: Exchange, by: Mandate, place: str, *, on_all: bool = False) -> Iterator[Acting]:
    """An act in `ROOT/COLLECTION`; with `on_all` the logs of all collections of the partnership may change.

    Raises OperatorError where there is no such place, or the officer is none of its host, or none any more.
    """
    root, _, reference = place.partition("/")
    now = exchange.clock.now()
    with changing(exchange) as change:
        require_partnership(change.transaction, root)
        partnership, terms = hold_partnership(exchange, change.transaction, root)
        require_host(change.transaction, by, terms)
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
