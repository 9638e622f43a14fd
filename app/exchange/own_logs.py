"""The logs that one account reads, over all partnerships: what an analyst may be shown is what stands there.

An analyst's rights are the log's (design, section 4): every look-up, search and graph is asked of these logs, one by
one, and of nothing else.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from app.errors import NotKnown, NotPermitted
from app.exchange.audience import choose_log
from app.exchange.catalogue import Place, place_in
from app.exchange.exchange import Exchange
from app.exchange.identify import Requester
from app.policy.partnership import Role
from app.storage import revisions
from app.storage.engine import Transaction
from app.storage.revisions import AudienceRow

ANALYSTS = frozenset({Role.ANALYST, Role.OFFICER})


@dataclass(frozen=True, slots=True)
class Scope:
    """Which collections are asked: all that the account reads, those of one partnership, or one, by id or alias."""

    partnership: str | None = None
    collection: str | None = None


EVERYWHERE: Final = Scope()


@dataclass(frozen=True, slots=True)
class OwnLog:
    """A collection that the account reads, and the audience whose log of it is the account's."""

    place: Place
    audience: AudienceRow
    rank: int
    """The collection's place among rows of one date, from its id: a key of the database would tell of others' rows."""

    @property
    def root(self) -> str:
        """The partnership's API root."""
        return self.place.terms.partnership.root


def require_analyst(requester: Requester) -> None:
    """Raise NotPermitted unless the account is an analyst's or an officer's."""
    if requester.role not in ANALYSTS:
        raise NotPermitted("The analyst API is for accounts with the role analyst or officer.")


def own_logs(
    exchange: Exchange, transaction: Transaction, requester: Requester, scope: Scope, now: datetime
) -> Sequence[OwnLog]:
    """The logs that the account reads within this scope, by API root and collection id.

    Raises NotPermitted for other roles, NotKnown where the scope names what the account does not read.
    """
    require_analyst(requester)
    found = [
        each
        for each in _readable(exchange, transaction, requester, now)
        if scope.partnership in (None, each.root)
        and scope.collection in (None, each.place.collection.id, each.place.collection.alias)
    ]
    if not found and scope != EVERYWHERE:
        raise NotKnown
    return found


def _readable(exchange: Exchange, transaction: Transaction, requester: Requester, now: datetime) -> Iterable[OwnLog]:
    for (partnership, uuid), logs in revisions.every_log_of(transaction, requester.partner).items():
        terms = exchange.terms.of(transaction, partnership)
        try:
            place = place_in(terms, partnership, requester, uuid, now)
        except NotKnown:
            continue
        if place.can_read and terms.partnership.agreement.in_force(now):
            yield OwnLog(place, choose_log(logs, requester).audience, UUID(uuid).int >> 65)
