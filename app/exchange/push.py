"""Push: an envelope in, a status out, and what was accepted stored, decided and delivered in one transaction.

Good objects in a bad envelope are kept. Whether an object is taken rests on the envelope, the files and what the
pusher's own organisation has contributed (law 7): what others hold, or what the pusher may not see, plays no part in
the answer.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta

from app.errors import NotPermitted, UnusableBody
from app.exchange import catalogue, indexing
from app.exchange.catalogue import Place
from app.exchange.changing import Change, changing
from app.exchange.derivatives import follow
from app.exchange.exchange import Exchange
from app.exchange.floor import hold_partnership, take_floors
from app.exchange.identify import Requester
from app.exchange.indexing import New
from app.exchange.judging import Accepted, Given, Judging, is_definition
from app.exchange.push_status import FAILURE, Outcome, PushStatus, status_of
from app.exchange.resolution import derivation, derive_again
from app.exchange.settle import settle, work_on
from app.policy.handling import Handling
from app.stix.json_faults import JsonLimits
from app.stix.objects import Rejected, StixObject
from app.stix.strict_json import Element, JsonRefused, elements
from app.stix.timestamps import version_key
from app.stix.validation import read_object
from app.storage import contributions, handlings, markings, objects, quarantine, revisions, statuses
from app.storage.contributions import HELD, LIVE, NewContribution
from app.storage.engine import Transaction
from app.storage.instants import milliseconds
from app.storage.objects import SPECS
from app.storage.revisions import CollectionRow
from app.storage.statuses import PushRow

READ_ONLY = "This account may not add objects to this collection."
NOT_ALONG = "The report would take the definition of {} along, which this collection does not take of you: {}"
NO_OBJECTS = 'The body is not an envelope with at least one object, such as {"objects": [...]}.'


async def push(exchange: Exchange, requester: Requester, root: str, reference: str, body: bytes) -> PushStatus:
    """Add the objects of an envelope (TAXII 2.1 section 5.5).

    Raises NotKnown, NotPermitted, UnusableBody; what is wrong with single objects stands in the status.
    """
    return await exchange.write(push_now, exchange, requester, root, reference, body)


def push_now(
    exchange: Exchange,
    requester: Requester,
    root: str,
    reference: str,
    body: bytes,
    operator: str | None = None,
) -> PushStatus:
    """`push`, in this thread. `operator` is who loads from the command line in the account's name."""
    require_writable(exchange, requester, root, reference)
    return add_now(exchange, requester, root, reference, _read_envelope(exchange, body), operator)


def require_writable(exchange: Exchange, requester: Requester, root: str, reference: str) -> None:
    """Raise NotKnown or NotPermitted unless the account may push to this collection now."""
    with exchange.database.reading() as transaction:
        writable(exchange, transaction, requester, root, reference, exchange.clock.now())


def writable(
    exchange: Exchange, transaction: Transaction, requester: Requester, root: str, reference: str, now: datetime
) -> Place:
    """The collection, which the account may push to. Raises NotKnown, NotPermitted."""
    place = catalogue.locate(exchange, transaction, requester, root, reference, now)
    _require_writable(place)
    return place


def add_now(
    exchange: Exchange,
    requester: Requester,
    root: str,
    reference: str,
    entries: Sequence[StixObject | Rejected],
    operator: str | None = None,
    *,
    reported: bool = False,
    places: Sequence[str] = (),
) -> PushStatus:
    """Add objects that have been read already; what could not be read stands in the status, too.

    `reported`: the exchange made the last of them of what an analyst reports, and the others are definitions that go
    along; they are taken together or not at all. `places`: where each stands in what its sender knows, for those that
    are refused. Raises NotKnown, NotPermitted.
    """
    now = exchange.clock.now()
    with changing(exchange) as change:
        partnership, terms = hold_partnership(exchange, change.transaction, root)
        place = catalogue.place_in(terms, partnership, requester, reference, now)
        if not reported:
            _require_writable(place)
        return _Push(exchange, change, requester, place, now, reported).take(Given(entries, places), operator)


def _require_writable(place: Place) -> None:
    if not place.can_write:
        raise NotPermitted(READ_ONLY)


def _together(
    outcomes: Sequence[Outcome], accepted: Sequence[Accepted]
) -> tuple[Sequence[Outcome], Sequence[Accepted]]:
    """A report with the definitions that go along, or neither. Raises NotPermitted where one of these is refused."""
    *along, report = outcomes
    for each in along:
        if each.result == FAILURE:
            raise NotPermitted(NOT_ALONG.format(each.id, each.message))
    return ([report], []) if report.result == FAILURE else (outcomes, accepted)


def _read_envelope(exchange: Exchange, body: bytes) -> Sequence[StixObject | Rejected]:
    limits = JsonLimits(depth_max=exchange.settings.json_depth_max, object_bytes_max=exchange.settings.object_bytes_max)
    try:
        found = _bounded(elements(body, "objects", limits), exchange.settings.push_objects_max)
        entries = [read_object(element) for element in found]
    except JsonRefused as error:
        raise UnusableBody(f"The body can't be read. {error.reason}") from None
    if not entries:
        raise UnusableBody(NO_OBJECTS)
    return entries


def _bounded(found: Iterable[Element], objects_max: int) -> Iterator[Element]:
    for count, element in enumerate(found, 1):
        if count > objects_max:
            raise UnusableBody(f"An envelope of up to {objects_max} objects is taken. Send these in several.")
        yield element


class _Push:
    """One push in its transaction."""

    def __init__(
        self, exchange: Exchange, change: Change, requester: Requester, place: Place, now: datetime, reported: bool
    ) -> None:
        self._exchange = exchange
        self._reported = reported
        self._change = change
        self._transaction = change.transaction
        self._requester = requester
        self._place = place
        self._now = now
        self._id = str(exchange.identifiers.uuid())
        rows = revisions.collections(change.transaction, place.partnership.id)
        self._collections: Mapping[int, CollectionRow] = {row.id: row for row in rows}
        self._collection = next(row for row in rows if row.uuid == place.collection.id)

    def take(self, given: Given, operator: str | None) -> PushStatus:
        """Decide, store, deliver; the status is part of the same transaction."""
        known = self._exchange.registry.get
        with_definitions = any(is_definition(obj) and known(obj.id) is None for obj in given.objects)
        floors = take_floors(
            self._transaction,
            self._place.terms,
            list(self._collections.values()) if with_definitions else [self._collection],
            self._now,
        )
        judging = Judging(self._exchange, self._requester, self._place, self._collection.id, self._now, self._reported)
        outcomes, accepted = judging.judge(self._transaction, given)
        if self._reported:
            outcomes, accepted = _together(outcomes, accepted)
        affected = self._store(accepted)
        row = self._status_row(outcomes, operator)
        statuses.forget_expired(self._transaction, milliseconds(self._now))
        statuses.add(self._transaction, row)
        followed = follow(self._exchange, self._transaction, self._place.partnership.id, floors, affected)
        settle(self._exchange, self._change, work_on(self._transaction, floors, followed))
        return status_of(row)

    def _store(self, accepted: Sequence[Accepted]) -> Mapping[int, Sequence[int]]:
        """Store what is taken. Returns the objects whose place in the logs may change, by collection."""
        if not accepted:
            return {}
        rows = objects.ensure(self._transaction, self._collection.id, [each.obj for each in accepted])
        versions = objects.ensure_versions(
            self._transaction,
            [(rows[each.obj.id].id, each.obj) for each in accepted],
            inline_bytes_max=self._exchange.settings.object_bytes_inline_max,
        )
        wanted = [each.meaning.handling for each in accepted]
        keys = handlings.keys_of(self._transaction, self._collection.id, wanted)
        added = contributions.add(
            self._transaction,
            [
                self._contribution(
                    each, rows[each.obj.id].id, versions[rows[each.obj.id].id, each.obj.bytes_digest], keys
                )
                for each in accepted
            ],
        )
        self._index(accepted, added)
        affected: dict[int, list[int]] = {self._collection.id: [rows[each.obj.id].id for each in accepted]}
        for collection, others in self._record_markings(accepted, added).items():
            affected.setdefault(collection, []).extend(others)
        return affected

    def _contribution(
        self, taken: Accepted, object_id: int, version: int, keys: Mapping[Handling, int]
    ) -> NewContribution:
        derived = derivation(keys[taken.meaning.handling], taken.meaning.span)
        return NewContribution(
            collection=self._collection.id,
            object=object_id,
            version=version,
            version_key=version_key(taken.version_text),
            version_text=taken.version_text,
            spec=SPECS[taken.obj.spec],
            dated=taken.obj.version is not None,
            origin=taken.origin,
            partner=self._requester.partner,
            account=self._requester.account,
            push=self._id,
            handling=derived.handling,
            received=milliseconds(self._now),
            not_before=derived.not_before,
            not_after=derived.not_after,
            state=LIVE if taken.held is None else HELD,
            unnamed=taken.unnamed,
        )

    def _index(self, accepted: Sequence[Accepted], added: Sequence[int]) -> None:
        """Record what the objects name, and which of them wait for an officer: nobody finds these."""
        taken, partner = list(zip(accepted, added, strict=True)), self._requester.partner
        found_by = [New(key, each.obj, partner) for each, key in taken if each.held is None]
        indexing.add(self._transaction, self._collection.id, found_by)
        waiting = [(key, ", ".join(each.held.rules), each.held.message) for each, key in taken if each.held is not None]
        quarantine.hold(self._transaction, self._collection.id, waiting)

    def _record_markings(self, accepted: Sequence[Accepted], added: Sequence[int]) -> Mapping[int, Sequence[int]]:
        """Record definitions and uses; what rests on a new definition is derived again. What waits plays no part."""
        arrived = [(taken, key) for taken, key in zip(accepted, added, strict=True) if taken.held is None]
        partnership_id, partner = self._place.partnership.id, self._requester.partner
        markings.add_uses(self._transaction, partnership_id, [(each, key) for one, key in arrived for each in one.uses])
        definitions = [
            (taken.obj.id, key)
            for taken, key in arrived
            if is_definition(taken.obj) and self._exchange.registry.get(taken.obj.id) is None
        ]
        markings.add_definitions(self._transaction, partnership_id, partner, definitions)
        changed = [marking_id for marking_id, _ in definitions]
        if not changed:
            return {}
        return derive_again(
            self._exchange,
            self._transaction,
            partnership_id,
            self._place.terms,
            partner,
            self._collection.id,
            changed,
            self._now,
            # Definitions were judged first, so all but they were derived with every definition at hand.
            leaving_out=frozenset(
                key for taken, key in zip(accepted, added, strict=True) if not is_definition(taken.obj)
            ),
        )

    def _status_row(self, outcomes: Sequence[Outcome], operator: str | None) -> PushRow:
        expires = self._now + timedelta(days=self._exchange.settings.status_days)
        return PushRow(
            id=self._id,
            collection=self._collection.id,
            partner=self._requester.partner,
            account=self._requester.account,
            operator=operator,
            received=milliseconds(self._now),
            state=statuses.COMPLETE,
            outcomes=[each.to_record() for each in outcomes],
            expires=milliseconds(expires),
        )
