"""Withdraw: take back what the caller's organisation has contributed (TAXII 2.1 section 5.7).

Others' contributions of the same object stay (law 7): what the caller can see and did not contribute is not
permitted, what it can't see is not known. A withdrawn version is as if it had never been; a later push is new.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime

from app.errors import NotKnown, NotPermitted
from app.exchange import catalogue
from app.exchange.audience import audience_of
from app.exchange.catalogue import Place
from app.exchange.changing import Change, changing
from app.exchange.derivatives import follow
from app.exchange.exchange import Exchange
from app.exchange.floor import Floor, hold_partnership, take_floors
from app.exchange.identify import Requester
from app.exchange.resolution import derive_again
from app.exchange.settle import settle, work_on
from app.policy.partnership import Terms
from app.storage import contributions, objects, pages, revisions
from app.storage.contributions import OwnVersion
from app.storage.instants import milliseconds
from app.storage.objects import SPECS
from app.storage.revisions import PartnershipRow
from app.taxii.filters import MatchFilter

BOTH_RIGHTS = "Deleting needs the right to read and the right to write in this collection."
NOT_YOURS = "Your organisation did not contribute this object; only who did can delete it."


async def withdraw(
    exchange: Exchange, requester: Requester, root: str, reference: str, object_id: str, which: MatchFilter
) -> None:
    """Withdraw the versions of an object that the caller's organisation contributed. Raises NotKnown, NotPermitted."""
    await exchange.write(_withdraw, exchange, requester, root, reference, object_id, which)


def _withdraw(
    exchange: Exchange, requester: Requester, root: str, reference: str, object_id: str, which: MatchFilter
) -> None:
    now = exchange.clock.now()
    with changing(exchange) as change:
        transaction = change.transaction
        partnership, terms = hold_partnership(exchange, transaction, root)
        place = catalogue.place_in(terms, partnership, requester, reference, now)
        _require_both_rights(place)
        rows = revisions.collections(transaction, partnership.id)
        here = next(row for row in rows if row.uuid == place.collection.id)
        floors = take_floors(transaction, terms, rows if is_definition(object_id) else [here], now)
        own = contributions.own_versions(transaction, partnership.id, requester.partner, [object_id])
        own_here = [row for row in own if row.collection == here.id]
        # What came with a report without a name goes by itself: who takes back its own else tells that it reported.
        own_here = [row for row in own_here if not row.unnamed] or own_here
        selected = _selected(own_here, which)
        if own_here and not selected:
            raise NotKnown
        if not selected:
            audience = audience_of(transaction, here, requester)
            if pages.holds(transaction, audience.id, here.id, object_id, milliseconds(now)):
                raise NotPermitted(NOT_YOURS)
            raise NotKnown
        take_back(exchange, change, partnership, terms, floors, here.id, requester.partner, selected, now)


def take_back(
    exchange: Exchange,
    change: Change,
    partnership: PartnershipRow,
    terms: Terms,
    floors: Mapping[int, Floor],
    collection: int,
    partner: str,
    selected: Sequence[OwnVersion],
    now: datetime,
) -> None:
    """End these versions of one object, all contributed by this partner, and settle what that changes.

    `floors` are those of the collection, and for a marking-definition of all collections of the partnership.
    """
    transaction, object_id = change.transaction, selected[0].stix_id
    keys = [row.contribution for row in selected]
    contributions.end(transaction, keys, contributions.WITHDRAWN, milliseconds(now))
    affected: dict[int, Sequence[int]] = {}
    if is_definition(object_id):
        affected.update(
            derive_again(exchange, transaction, partnership.id, terms, partner, collection, [object_id], now)
        )
    key = objects.keys_of(transaction, collection, [object_id])[object_id].id
    affected[collection] = [*affected.get(collection, ()), key]
    followed = follow(exchange, transaction, partnership.id, floors, affected)
    settle(exchange, change, work_on(transaction, floors, followed), withdrawn=frozenset(keys))


def is_definition(object_id: str) -> bool:
    """Whether the id is one of a marking-definition, on which objects of other collections may rest."""
    return object_id.startswith("marking-definition--")


def _require_both_rights(place: Place) -> None:
    if not place.can_read and not place.can_write:
        raise NotKnown
    if not (place.can_read and place.can_write):
        raise NotPermitted(BOTH_RIGHTS)


def _selected(own: Sequence[OwnVersion], which: MatchFilter) -> Sequence[OwnVersion]:
    """Those of the organisation's versions that the filter means (section 3.4.1)."""
    if which.spec_versions is not None:
        specs = {SPECS.get(spec) for spec in which.spec_versions}
        own = [row for row in own if row.spec in specs]
    if which.all or not own:
        return own
    keys = sorted(row.version_key for row in own)
    wanted = set(which.versions)
    if which.first:
        wanted.add(keys[0])
    if which.last:
        wanted.add(keys[-1])
    return [row for row in own if row.version_key in wanted]
