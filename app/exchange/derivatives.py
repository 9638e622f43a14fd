"""Sanitised derivatives: made, continued and closed as their originals change (design, decision 3).

A derivative is an object of the exchange's own identity, under an id that nobody can tell from the original's: it is
keyed with a secret of this database. Its versions are contributions that stand for the original's submitter wherever
the policy asks whose a version is, and are nobody's own: no partner versions or withdraws them.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from uuid import UUID, uuid5

from app.exchange import indexing
from app.exchange.derivative_lines import NewVersion, Outcome, collection_of
from app.exchange.exchange import Exchange
from app.exchange.floor import Floor
from app.exchange.following import outcome
from app.exchange.indexing import New
from app.exchange.own import stored_object
from app.exchange.resolution import derivation, store_meanings
from app.policy.handling import Handling, Meaning
from app.policy.sanitising import signed
from app.stix.objects import StixObject
from app.stix.timestamps import from_datetime, to_datetime, version_key
from app.storage import arrivals, contributions, derivatives, handlings, markings, objects
from app.storage.contributions import LIVE, NewContribution
from app.storage.derivatives import NewDerivative
from app.storage.engine import Transaction
from app.storage.instants import MILLISECOND, instant, milliseconds
from app.storage.objects import SPECS

CONTRIBUTIONS_PER_STEP = 1000

NOBODY = ""
"""The account, and the push, of what the exchange makes by itself."""


def follow(
    exchange: Exchange,
    transaction: Transaction,
    partnership_id: int,
    floors: Mapping[int, Floor],
    affected: Mapping[int, Sequence[int]],
) -> Mapping[int, Sequence[int]]:
    """Bring the derivatives of these objects, by collection, in line with them; the objects, and their derivatives.

    To be called before anything is settled that changes which versions are live, or what their markings mean.
    """
    return {
        key: _followed(exchange, transaction, partnership_id, floors[key], affected[key])
        if key in floors and collection_of(floors[key]) is not None
        else affected[key]
        for key in affected
    }


def follow_all(exchange: Exchange, transaction: Transaction, partnership_id: int, floor: Floor) -> None:
    """Bring all derivatives of a collection in line: after a revision of what decides about them.

    In the order in which arrived what first gave them, so that it does not depend on what others hold, or on what was
    cut.
    """
    if collection_of(floor) is None:
        return
    after = 0
    while rows := derivatives.orphans_after(transaction, floor.collection, after, CONTRIBUTIONS_PER_STEP):
        originals = sorted({original for _, original in rows})
        found = outcome(exchange, transaction, partnership_id, floor, originals, chosen=lambda turn: turn is None)
        _carry_out(exchange, transaction, partnership_id, floor, found)
        after = rows[-1][0]
    after, last = 0, arrivals.last_of(transaction, floor.collection)
    while batch := arrivals.live_after(transaction, floor.collection, after, last, CONTRIBUTIONS_PER_STEP):
        found = outcome(
            exchange,
            transaction,
            partnership_id,
            floor,
            sorted({each.object for each in batch}),
            chosen=frozenset(each.id for each in batch).__contains__,
        )
        _carry_out(exchange, transaction, partnership_id, floor, found)
        after = batch[-1].id


def _followed(
    exchange: Exchange, transaction: Transaction, partnership_id: int, floor: Floor, keys: Sequence[int]
) -> Sequence[int]:
    """These objects, the originals of those that are derivatives, and the derivatives of all of them."""
    originals = {*keys, *derivatives.originals_of(transaction, keys).values()}
    found = outcome(exchange, transaction, partnership_id, floor, sorted(originals))
    made = _carry_out(exchange, transaction, partnership_id, floor, found)
    return sorted({*originals, *found.objects, *made})


def _carry_out(
    exchange: Exchange, transaction: Transaction, partnership_id: int, floor: Floor, found: Outcome
) -> Iterable[int]:
    """All that following came to; the derivatives that have a new version, by object."""
    contributions.end(transaction, found.ended, contributions.WITHDRAWN, milliseconds(floor.now))
    contributions.hand_over(transaction, found.handed_over)
    derivatives.forget(transaction, found.forgotten)
    derivatives.remember(transaction, found.remembered)
    meanings = {key: (Meaning(each.handling, each.span), each.uses) for key, each in found.changed.items()}
    store_meanings(transaction, partnership_id, floor.collection, meanings)
    if not found.new:
        return ()
    making = _Making(exchange, transaction, partnership_id, floor)
    return making.add(
        sorted(found.new, key=lambda each: (not each.closes, each.source, each.line.member, each.line.view_text))
    )


def modified_of(new: NewVersion, now: datetime) -> datetime:
    """The instant of a new version that is made now: later than every one that the derivative has had."""
    return max(now, to_datetime(f"{new.later_than}Z") + MILLISECOND) if new.later_than else now


class _Making:
    """New versions of derivatives in one collection."""

    def __init__(self, exchange: Exchange, transaction: Transaction, partnership_id: int, floor: Floor) -> None:
        self._exchange = exchange
        self._transaction = transaction
        self._partnership_id = partnership_id
        self._floor = floor
        self._namespace = UUID(bytes=derivatives.key_of_ids(transaction, exchange.identifiers.secret))

    def add(self, new: Sequence[NewVersion]) -> Iterable[int]:
        """Store them, in this order; the derivatives, by object."""
        stix_ids = objects.stix_ids_of(self._transaction, [each.line.original for each in new])
        made = [self._object(each, stix_ids[each.line.original]) for each in new]
        rows = objects.ensure(self._transaction, self._floor.collection, [obj for obj, _ in made])
        keyed = [(rows[obj.id].id, obj) for obj, _ in made]
        contents = objects.ensure_versions(
            self._transaction, keyed, inline_bytes_max=self._exchange.settings.object_bytes_inline_max
        )
        keys = handlings.keys_of(self._transaction, self._floor.collection, [each.derived.handling for each in new])
        begun = [
            self._begun(each, obj.tree["created_by_ref"], key, created)
            for each, (obj, created), (key, _) in zip(new, made, keyed, strict=True)
            if each.row is None
        ]
        added = iter(derivatives.add(self._transaction, begun))
        of = [each.row.id if each.row is not None else next(added) for each in new]
        stored = contributions.add(
            self._transaction,
            [
                self._contribution(each, obj, key, contents[key, obj.bytes_digest], derivative, keys)
                for each, (key, obj), derivative in zip(new, keyed, of, strict=True)
            ],
        )
        uses = []
        for each, derivative, contribution in zip(new, of, stored, strict=True):
            uses += [(mark, contribution) for mark in each.derived.uses]
            if each.closes:
                derivatives.close(self._transaction, derivative, contribution)
        found_by = [
            New(contribution, obj, f"for {each.line.member}")
            for each, (_, obj), contribution in zip(new, keyed, stored, strict=True)
        ]
        indexing.add(self._transaction, self._floor.collection, found_by)
        markings.add_uses(self._transaction, self._partnership_id, uses)
        return [key for key, _ in keyed]

    def _object(self, each: NewVersion, original: str) -> tuple[StixObject, datetime]:
        """The object of a new version, as it is read from the bytes that are stored; and when the derivative began."""
        row, now = each.row, self._floor.now
        created = instant(row.created) if row is not None else now
        identity = row.identity if row is not None else self._floor.terms.partners.identity
        assert identity is not None, "nothing is made where nobody signs it"
        raw = signed(
            each.content,
            id=row.stix_id if row is not None else self._new_id(each, original),
            created=from_datetime(created),
            modified=from_datetime(modified_of(each, now)),
            identity=identity,
        )
        return stored_object(raw), created

    def _new_id(self, each: NewVersion, original: str) -> str:
        collection = self._floor.terms.partnership.collections[self._floor.alias]
        line = each.line
        name = [collection.id, line.origin, original, line.member, line.view_text, each.generation]
        return f"{each.content['type']}--{uuid5(self._namespace, json.dumps(name))}"

    def _begun(self, each: NewVersion, identity: str, key: int, created: datetime) -> NewDerivative:
        return NewDerivative(
            collection=self._floor.collection,
            original=each.line.original,
            origin=each.line.origin,
            member=each.line.member,
            view=each.line.view_text,
            generation=each.generation,
            object=key,
            identity=identity,
            created=milliseconds(created),
        )

    def _contribution(
        self,
        each: NewVersion,
        obj: StixObject,
        key: int,
        content: int,
        derivative: int,
        keys: Mapping[Handling, int],
    ) -> NewContribution:
        assert obj.version is not None, "derivatives have dates"
        derived = derivation(keys[each.derived.handling], each.derived.span)
        return NewContribution(
            collection=self._floor.collection,
            object=key,
            version=content,
            version_key=version_key(obj.version),
            version_text=obj.version,
            spec=SPECS[obj.spec],
            dated=True,
            origin=each.line.origin,
            partner=each.partner,
            account=NOBODY,
            push=NOBODY,
            handling=derived.handling,
            received=each.received,
            not_before=derived.not_before,
            not_after=derived.not_after,
            state=LIVE,
            derivative=derivative,
            aged_from=each.aged_from,
        )
