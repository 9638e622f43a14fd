"""Quarantine: what was taken and is shown to nobody until an officer of the host has looked at it (decision 9).

A held contribution stands in no log, caps nothing and defines nothing; to its own organisation's next pushes it counts
as contributed. Released, it arrives and is settled like a push of now. Refused, it is as if it had never been.

What waits under an id may change between an officer's look at it and the decision: its contributor, and whoever else
may push there, adds to it. So a decision is about one version of one member, unless all of them are meant.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from app.errors import OperatorError
from app.exchange import indexing
from app.exchange.derivatives import follow
from app.exchange.exchange import Exchange
from app.exchange.indexing import New
from app.exchange.officers import Acting, Mandate, acting, located, require_partnership
from app.exchange.own import stored_object
from app.exchange.resolution import derive_again, store_derived, under_new_owners
from app.exchange.settle import settle, work_on
from app.exchange.withdraw import is_definition
from app.storage import contributions, markings, objects, quarantine, revisions
from app.storage.instants import instant, milliseconds
from app.storage.quarantine import HeldRow


@dataclass(frozen=True, slots=True)
class Held:
    """One version that waits. `collection` is `ROOT/ALIAS`; `why` are the sentences of the rules that ask for it.

    `digest` is SHA-256 over its content in hexadecimal, by which an officer says that it is this that was looked at.
    """

    collection: str
    object_id: str
    version: str
    contributed_by: str
    account: str
    received: datetime
    rules: tuple[str, ...]
    why: str
    digest: str


@dataclass(frozen=True, slots=True)
class Which:
    """Which versions of an object that wait an officer means: those of this member, version or content, each if given.

    `digest` may be cut to its first eight digits. Without `every`, these have to be one version of one member.
    """

    version: str | None = None
    partner: str | None = None
    digest: str | None = None
    every: bool = False


ONE: Final = Which()
"""What waits of the object, which is one version of one member."""

EVERY: Final = Which(every=True)
"""All that waits of the object, whoever pushed it."""

_DIGITS_MIN: Final = 8
_TOLD_MAX: Final = 5


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


def show(
    exchange: Exchange, by: Mandate, place: str, object_id: str, which: Which = EVERY
) -> Sequence[tuple[Held, bytes]]:
    """What waits of the object, with the content that was pushed. That it was looked at is on the record.

    Raises OperatorError where nothing waits, or as `officers.acting`.
    """
    with acting(exchange, by, place) as act:
        rows = _waiting(act, place, object_id, which)
        contents = objects.contents_of(act.transaction, [row.content for row in rows])
        _record(act, "look at quarantine", rows)
        return [(_held(place, row), contents[row.content]) for row in rows]


def release(exchange: Exchange, by: Mandate, place: str, object_id: str, which: Which = ONE) -> Sequence[Held]:
    """Let those versions of the object that wait be shown to whom the terms grant them; which they were.

    Raises OperatorError where none of them waits, or more than are meant, where the id is blocked, or as
    `officers.acting`.
    """
    with acting(exchange, by, place, on_all=is_definition(object_id)) as act:
        rows = _waiting(act, place, object_id, which)
        if quarantine.blocked_among(act.transaction, act.collection.id, [object_id]):
            raise OperatorError(f"{object_id} is blocked in {place}. `comity unblock` it first, or refuse it.")
        _arrive(exchange, act, rows)
        _record(act, "release from quarantine", rows)
        _settle(exchange, act, rows, anew=True)
        return [_held(place, row) for row in rows]


def refuse(exchange: Exchange, by: Mandate, place: str, object_id: str, which: Which = ONE) -> Sequence[Held]:
    """End those versions of the object that wait, for good; which they were. Raises as `release`, blocks left aside."""
    with acting(exchange, by, place, on_all=is_definition(object_id)) as act:
        rows = _waiting(act, place, object_id, which)
        ended = milliseconds(act.now)
        contributions.end(act.transaction, [row.contribution for row in rows], contributions.REFUSED, ended)
        _record(act, "refuse from quarantine", rows)
        _settle(exchange, act, rows, anew=False)
        return [_held(place, row) for row in rows]


def _waiting(act: Acting, place: str, object_id: str, which: Which) -> Sequence[HeldRow]:
    if which.digest is not None and len(which.digest) < _DIGITS_MIN:
        raise OperatorError(f"--digest {which.digest} is too short. Give {_DIGITS_MIN} digits of it, or all.")
    chosen = [
        row
        for row in quarantine.waiting(act.transaction, act.collection.id, object_id)
        if which.version in (None, row.version_text)
        and which.partner in (None, row.partner)
        and (which.digest is None or row.digest.startswith(which.digest.lower()))
    ]
    if not chosen:
        said = (("version", which.version), ("partner", which.partner), ("digest", which.digest))
        of = ", ".join(f"{name} {value}" for name, value in said if value is not None)
        raise OperatorError(
            f"{object_id}{f' ({of})' if of else ''} doesn't wait in {place}. `comity quarantine list {place}` shows "
            "what does."
        )
    several = sorted({f"version {row.version_text} of {row.partner}" for row in chosen})
    if len(several) > 1 and not which.every:
        raise OperatorError(
            f"{len(several)} versions of {object_id} wait in {place}: {'; '.join(several[:_TOLD_MAX])}"
            f"{' and more' if len(several) > _TOLD_MAX else ''}. Say which one with --version and --partner, or --all."
        )
    return chosen


def _arrive(exchange: Exchange, act: Acting, rows: Sequence[HeldRow]) -> None:
    """Let these arrive, after all that has come since they were pushed: out of sight nobody was the first."""
    transaction, at = act.transaction, milliseconds(act.now)
    contents = objects.contents_of(transaction, [row.content for row in rows])
    for row in rows:
        key = contributions.release(transaction, row.contribution, at)
        indexing.add(transaction, act.collection.id, [New(key, stored_object(contents[row.content]), row.partner)])
        if is_definition(row.object_id) and exchange.registry.get(row.object_id) is None:
            markings.add_definitions(transaction, act.partnership.id, row.partner, [(row.object_id, key)])


def _record(act: Acting, what: str, rows: Sequence[HeldRow]) -> None:
    for row in rows:
        facts = {"version": row.version_text, "contributed_by": row.partner, "held_by": row.rules}
        act.record(what, row.object_id, **facts, content=row.digest)


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
    return Held(
        collection,
        row.object_id,
        row.version_text,
        row.partner,
        row.account,
        instant(row.received),
        tuple(row.rules.split(", ")),
        row.why,
        row.digest,
    )
