"""What a requester may know of: API roots, collections, and its rights in them.

A partnership shows to its members while its agreement is in force, and to officers of the host at any time. A
collection shows to members that may read or write it, and to those that its file lists; a member that is shown none is
not shown the partnership either, such as one that has left and whose own terms still hold. Everything else is NotKnown,
exactly like what never existed (law 2).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from app.errors import NotKnown, NotPermitted
from app.exchange.exchange import Exchange
from app.exchange.identify import Requester
from app.exchange.terms import partnership_of
from app.policy.partnership import CollectionTerms, Role, Terms
from app.policy.rights import may_read, may_see, may_write
from app.storage import revisions
from app.storage.engine import Transaction
from app.storage.revisions import Log, PartnershipRow

MEDIA_TYPE = "application/stix+json;version={}"


@dataclass(frozen=True, slots=True)
class ApiRootView:
    """One partnership as its API root resource shows it (TAXII 2.1 section 4.2)."""

    root: str
    title: str
    description: str | None


@dataclass(frozen=True, slots=True)
class CollectionView:
    """One collection as this requester sees it (TAXII 2.1 section 5.2)."""

    id: str
    alias: str
    title: str
    description: str | None
    can_read: bool
    can_write: bool
    media_types: Sequence[str]


@dataclass(frozen=True, slots=True)
class Place:
    """A collection that the requester may know of, with the terms under which it is asked."""

    partnership: PartnershipRow
    terms: Terms
    collection: CollectionTerms
    can_read: bool
    can_write: bool


async def api_roots(exchange: Exchange, requester: Requester) -> Sequence[ApiRootView]:
    """The API roots that the requester may know of, by name."""
    return await exchange.read(_api_roots, exchange, requester)


async def api_root(exchange: Exchange, requester: Requester, root: str) -> ApiRootView:
    """One API root. Raises NotKnown."""
    return await exchange.read(_api_root, exchange, requester, root)


async def collections(exchange: Exchange, requester: Requester, root: str) -> Sequence[CollectionView]:
    """The collections of an API root that the requester may know of, by id. Raises NotKnown."""
    return await exchange.read(_collections, exchange, requester, root)


async def collection(exchange: Exchange, requester: Requester, root: str, reference: str) -> CollectionView:
    """One collection, by its id or its alias. Raises NotKnown."""
    return await exchange.read(_collection, exchange, requester, root, reference)


def locate(
    exchange: Exchange, transaction: Transaction, requester: Requester, root: str, reference: str, now: datetime
) -> Place:
    """The collection and the requester's rights in it. Raises NotKnown."""
    partnership = partnership_of(transaction, root)
    return place_in(exchange.terms.of(transaction, partnership), partnership, requester, reference, now)


def place_in(terms: Terms, partnership: PartnershipRow, requester: Requester, reference: str, now: datetime) -> Place:
    """The collection and the requester's rights in it, under terms that are at hand. Raises NotKnown."""
    require_known(terms, requester, now)
    found = terms.partnership.collection_by_id(reference.lower()) or terms.partnership.collections.get(reference)
    if found is None or not may_see(found, requester.partner):
        raise NotKnown
    return Place(
        partnership,
        terms,
        found,
        can_read=may_read(found, requester.partner),
        can_write=may_write(found, requester.partner, requester.role),
    )


def readable(
    exchange: Exchange, transaction: Transaction, requester: Requester, root: str, reference: str, now: datetime
) -> tuple[Place, Sequence[Log]]:
    """The collection, and the logs of the requester's organisation in it. Raises NotKnown, NotPermitted."""
    found = revisions.logs_of(transaction, root, reference, requester.partner)
    if found is None:
        raise NotKnown
    partnership, logs = found
    terms = exchange.terms.of(transaction, partnership)
    place = place_in(terms, partnership, requester, reference, now)
    if not place.can_read:
        raise NotPermitted("This account may not read this collection.")
    if not terms.partnership.agreement.in_force(now):
        # Officers of the host know of the root at any time. An empty page would tell their clients' clocks to go on.
        raise NotPermitted("The agreement is not in force, so nothing is released under it.")
    return place, logs


def known_terms(exchange: Exchange, requester: Requester, root: str) -> Terms:
    """The terms in force of a partnership that the requester may know of. Raises NotKnown."""
    now = exchange.clock.now()
    with exchange.database.reading() as transaction:
        terms = exchange.terms.of(transaction, partnership_of(transaction, root))
    require_known(terms, requester, now)
    return terms


def require_known(terms: Terms, requester: Requester, now: datetime) -> None:
    """Raise NotKnown unless the requester may know of the partnership."""
    if not _knows(terms, requester, now):
        raise NotKnown


def _api_roots(exchange: Exchange, requester: Requester) -> Sequence[ApiRootView]:
    now = exchange.clock.now()
    with exchange.database.reading() as transaction:
        every = [exchange.terms.of(transaction, row) for row in revisions.every(transaction)]
    return [_root_view(terms) for terms in every if _knows(terms, requester, now)]


def _api_root(exchange: Exchange, requester: Requester, root: str) -> ApiRootView:
    return _root_view(known_terms(exchange, requester, root))


def _collections(exchange: Exchange, requester: Requester, root: str) -> Sequence[CollectionView]:
    terms = known_terms(exchange, requester, root)
    seen = [each for each in terms.partnership.collections.values() if may_see(each, requester.partner)]
    return [_collection_view(each, requester) for each in sorted(seen, key=lambda each: each.id)]


def _collection(exchange: Exchange, requester: Requester, root: str, reference: str) -> CollectionView:
    now = exchange.clock.now()
    with exchange.database.reading() as transaction:
        place = locate(exchange, transaction, requester, root, reference, now)
    return _collection_view(place.collection, requester)


def _knows(terms: Terms, requester: Requester, now: datetime) -> bool:
    if requester.partner == terms.partners.host and requester.role is Role.OFFICER:
        return True
    if requester.partner not in terms.partnership.members or not terms.partnership.agreement.in_force(now):
        return False
    return any(may_see(each, requester.partner) for each in terms.partnership.collections.values())


def _root_view(terms: Terms) -> ApiRootView:
    return ApiRootView(terms.partnership.root, terms.partnership.title, terms.partnership.description)


def _collection_view(terms: CollectionTerms, requester: Requester) -> CollectionView:
    return CollectionView(
        id=terms.id,
        alias=terms.alias,
        title=terms.title,
        description=terms.description,
        can_read=may_read(terms, requester.partner),
        can_write=may_write(terms, requester.partner, requester.role),
        media_types=[MEDIA_TYPE.format(version) for version in sorted(terms.intake.spec_versions, reverse=True)],
    )
