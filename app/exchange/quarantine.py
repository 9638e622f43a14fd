"""Quarantine: what was taken and is shown to nobody until an officer of the host has looked at it (decision 9).

A held contribution stands in no log, caps nothing and defines nothing; to its own organisation's next pushes it counts
as contributed. Released, it is settled like a push of now. Refused, it is as if it had never been.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from app.errors import OperatorError
from app.exchange.derivatives import follow
from app.exchange.exchange import Exchange
from app.exchange.officers import Acting, Mandate, acting, located, require_partnership
from app.exchange.resolution import derive_again, store_derived, under_new_owners
from app.exchange.settle import settle, work_on
from app.exchange.withdraw import is_definition
from app.storage import contributions, quarantine, revisions
from app.storage.instants import instant, milliseconds
from app.storage.quarantine import HeldRow


@dataclass(frozen=True, slots=True)
class Held:
    """One version that waits. `collection` is `ROOT/ALIAS`; `why` are the sentences of the rules that ask for it."""

    collection: str
    object_id: str
    version: str
    contributed_by: str
    account: str
    received: datetime
    rules: tuple[str, ...]
    why: str


def held(exchange: Exchange, place: str = "") -> Sequence[Held]:
    """What waits in the exchange, in `ROOT` or in `ROOT/COLLECTION`. Raises OperatorError for an unknown place."""
    root, _, reference = place.partition("/")
    found: list[Held] = []
    with exchange.database.reading() as transaction:
        asked = [require_partnership(transaction, root)] if root else revisions.every(transaction)
        for partnership in asked:
            terms = exchange.terms.of(transaction, partnership)
            every = revisions.collections(transaction, partnership.id)
            rows = [located(terms, every, place, reference)[0]] if reference else every
            for row in rows:
                where = f"{partnership.root}/{row.alias}"
                found.extend(_held(where, each) for each in quarantine.waiting(transaction, row.id))
    return found


def release(exchange: Exchange, by: Mandate, place: str, object_id: str, version: str | None = None) -> Sequence[Held]:
    """Let those versions of the object that wait be shown to whom the terms grant them; which they were.

    Raises OperatorError where nothing waits, where the id is blocked, or as `officers.acting`.
    """
    with acting(exchange, by, place, on_all=is_definition(object_id)) as act:
        rows = _waiting(act, place, object_id, version)
        if quarantine.blocked_among(act.transaction, act.collection.id, [object_id]):
            raise OperatorError(f"{object_id} is blocked in {place}. `comity unblock` it first, or refuse it.")
        for row in rows:
            contributions.release(act.transaction, row.contribution)
        _record(act, "release from quarantine", rows)
        _settle(exchange, act, rows, anew=True)
        return [_held(place, row) for row in rows]


def refuse(exchange: Exchange, by: Mandate, place: str, object_id: str, version: str | None = None) -> Sequence[Held]:
    """End those versions of the object that wait, for good; which they were. Raises as `release`, blocks left aside."""
    with acting(exchange, by, place, on_all=is_definition(object_id)) as act:
        rows = _waiting(act, place, object_id, version)
        ended = milliseconds(act.now)
        contributions.end(act.transaction, [row.contribution for row in rows], contributions.REFUSED, ended)
        _record(act, "refuse from quarantine", rows)
        _settle(exchange, act, rows, anew=False)
        return [_held(place, row) for row in rows]


def _waiting(act: Acting, place: str, object_id: str, version: str | None) -> Sequence[HeldRow]:
    rows = quarantine.waiting(act.transaction, act.collection.id, object_id)
    chosen = [row for row in rows if version in (None, row.version_text)]
    if not chosen:
        of = f"version {version} of {object_id}" if version is not None else object_id
        raise OperatorError(f"No {of} waits in {place}. `comity quarantine list {place}` shows what does.")
    return chosen


def _record(act: Acting, what: str, rows: Sequence[HeldRow]) -> None:
    for row in rows:
        act.record(what, row.object_id, version=row.version_text, contributed_by=row.partner, held_by=row.rules)


def _settle(exchange: Exchange, act: Acting, rows: Sequence[HeldRow], *, anew: bool) -> None:
    """Bring the logs in line. What was released is derived anew: owners and definitions may have changed since."""
    here, keys = act.collection.id, sorted({row.object for row in rows})
    affected: dict[int, Sequence[int]] = {here: keys}
    if anew:
        derived = under_new_owners(exchange, act.transaction, act.partnership.id, act.terms, act.alias, keys, act.now)
        store_derived(act.transaction, act.partnership.id, here, derived)
        if is_definition(rows[0].object_id):
            defined = [rows[0].object_id]
            for partner in sorted({row.partner for row in rows}):
                resting = derive_again(
                    exchange, act.transaction, act.partnership.id, act.terms, partner, here, defined, act.now
                )
                for collection, objects in resting.items():
                    affected[collection] = sorted({*affected.get(collection, ()), *objects})
    followed = follow(exchange, act.transaction, act.partnership.id, act.floors, affected)
    settle(exchange, act.change, work_on(act.transaction, act.floors, followed))


def _held(collection: str, row: HeldRow) -> Held:
    rules = tuple(row.rules.split(", "))
    return Held(
        collection, row.object_id, row.version_text, row.partner, row.account, instant(row.received), rules, row.why
    )
