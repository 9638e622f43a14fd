"""Push: an envelope in, a status out, and what was accepted stored, decided and delivered in one transaction.

Good objects in a bad envelope are kept. Whether an object is taken rests on the envelope, the files and what the
pusher's own organisation has contributed (law 7): what others hold, or what the pusher may not see, plays no part in
the answer.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from app.errors import NotPermitted, UnusableBody
from app.exchange import catalogue
from app.exchange.catalogue import Place
from app.exchange.changing import Change, changing
from app.exchange.exchange import Exchange
from app.exchange.floor import hold_partnership, take_floors
from app.exchange.identify import Requester
from app.exchange.push_status import FAILURE, SUCCESS, Outcome, PushStatus, status_of
from app.exchange.resolution import Definition, Definitions, derivation, derive_again, load_definitions
from app.exchange.settle import Work, settle
from app.policy.handling import Handling, Meaning
from app.policy.intake import Accept, IntakeCase, Known, decide_intake
from app.policy.lines import origin_of
from app.stix.json_faults import JsonLimits
from app.stix.objects import Rejected, StixObject
from app.stix.strict_json import Element, JsonRefused, elements
from app.stix.timestamps import from_datetime, to_datetime, version_key
from app.stix.validation import read_object
from app.storage import contributions, handlings, markings, objects, revisions, statuses
from app.storage.contributions import NewContribution, OwnVersion
from app.storage.instants import MILLISECOND, milliseconds
from app.storage.objects import SPECS
from app.storage.revisions import CollectionRow
from app.storage.statuses import PushRow

ALREADY_PRESENT = "already present"
READ_ONLY = "This account may not add objects to this collection."
NO_OBJECTS = 'The body is not an envelope with at least one object, such as {"objects": [...]}.'


@dataclass(frozen=True, slots=True)
class Accepted:
    """An object that is taken, on its way to be stored."""

    obj: StixObject
    meaning: Meaning
    uses: frozenset[str]
    version_text: str


@dataclass(slots=True)
class Own:
    """What the pusher's organisation has contributed, as the objects of this envelope add to it."""

    versions: dict[str, list[OwnVersion]] = field(default_factory=lambda: defaultdict(list))

    def known(self, obj: StixObject) -> Known | None:
        """What intake may know of this object's id, in its STIX version, or None."""
        every = self.versions.get(obj.id)
        if not every:
            return None
        rows = [row for row in every if row.spec == SPECS[obj.spec]]
        by_key: dict[str, set[bytes]] = defaultdict(set)
        for row in rows:
            by_key[row.version_key].add(row.tree_digest)
        return Known(
            versions={key: frozenset(digests) for key, digests in by_key.items()},
            created=next((row.created for row in rows if row.created is not None), None),
            revoked_at=min((row.version_key for row in every if row.revoked), default=None),
        )


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
    now = exchange.clock.now()
    with exchange.database.reading() as transaction:
        _require_writable(catalogue.locate(exchange, transaction, requester, root, reference, now))
    entries = _read_envelope(exchange, body)
    with changing(exchange) as change:
        partnership, terms = hold_partnership(exchange, change.transaction, root)
        place = catalogue.place_in(terms, partnership, requester, reference, now)
        _require_writable(place)
        return _Push(exchange, change, requester, place, now).take(entries, operator)


def _require_writable(place: Place) -> None:
    if not place.can_write:
        raise NotPermitted(READ_ONLY)


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

    def __init__(self, exchange: Exchange, change: Change, requester: Requester, place: Place, now: datetime) -> None:
        self._exchange = exchange
        self._change = change
        self._transaction = change.transaction
        self._requester = requester
        self._place = place
        self._now = now
        self._id = str(exchange.identifiers.uuid())
        rows = revisions.collections(change.transaction, place.partnership.id)
        self._collections: Mapping[int, CollectionRow] = {row.id: row for row in rows}
        self._collection = next(row for row in rows if row.uuid == place.collection.id)

    def take(self, entries: Sequence[StixObject | Rejected], operator: str | None) -> PushStatus:
        """Decide, store, deliver; the status is part of the same transaction."""
        given = [entry for entry in entries if isinstance(entry, StixObject)]
        with_definitions = any(_is_definition(obj) and self._exchange.registry.get(obj.id) is None for obj in given)
        floors = take_floors(
            self._transaction,
            self._place.terms,
            list(self._collections.values()) if with_definitions else [self._collection],
            self._now,
        )
        outcomes, accepted = self._judge(entries, given)
        affected = self._store(accepted)
        row = self._status_row(outcomes, operator)
        statuses.forget_expired(self._transaction, milliseconds(self._now))
        statuses.add(self._transaction, row)
        work = [Work(floors[collection], [keys]) for collection, keys in affected.items() if collection in floors]
        settle(self._exchange, self._change, work)
        return status_of(row)

    def _judge(
        self, entries: Sequence[StixObject | Rejected], given: Sequence[StixObject]
    ) -> tuple[Sequence[Outcome], Sequence[Accepted]]:
        """What becomes of each object, in the order of the envelope; definitions are judged before what they mark."""
        own = self._own_versions(given)
        definitions = load_definitions(
            self._exchange, self._transaction, self._place.partnership.id, self._place.terms, given, self._now
        )
        outcomes: dict[int, Outcome] = {}
        accepted: list[Accepted] = []
        for index in sorted(range(len(entries)), key=lambda one: not _is_definition(entries[one])):
            entry = entries[index]
            if isinstance(entry, Rejected):
                message = " ".join(str(violation) for violation in entry.violations)
                outcomes[index] = Outcome(entry.id or f"unknown--{index}", entry.version or "unknown", FAILURE, message)
            else:
                outcomes[index], taken = self._judge_object(entry, own, definitions)
                if taken is not None:
                    accepted.append(taken)
        return [outcomes[index] for index in range(len(entries))], accepted

    def _judge_object(self, obj: StixObject, own: Own, definitions: Definitions) -> tuple[Outcome, Accepted | None]:
        meaning, uses = definitions.derive(self._exchange, obj, self._requester.partner)
        known_to_sender = meaning
        if uses:  # without definitions outside the registry there is nothing that the sender might not know
            known_to_sender, _ = definitions.derive(self._exchange, obj, self._requester.partner, own_only=True)
        case = IntakeCase(
            terms=self._place.terms,
            collection=self._place.collection.alias,
            partner=self._requester.partner,
            role=self._requester.role,
            obj=obj,
            handling=known_to_sender.handling,
            registry=self._exchange.registry,
            known=own.known(obj),
            now=self._now,
        )
        decision = decide_intake(case)
        if not isinstance(decision, Accept):
            return Outcome(obj.id, obj.version or "unknown", FAILURE, decision.message), None
        present = self._present(obj, own)
        if present is not None:
            return Outcome(obj.id, present.version_text, SUCCESS, ALREADY_PRESENT), None
        version_text = obj.version or self._new_version(obj, own)
        own.versions[obj.id].append(
            OwnVersion(
                0,
                obj.id,
                self._collection.id,
                version_key(version_text),
                version_text,
                SPECS[obj.spec],
                obj.tree_digest,
                obj.created,
                obj.revoked,
            )
        )
        if _is_definition(obj):
            definitions.add(obj.id, Definition(self._requester.partner, obj.tree))
        return Outcome(obj.id, version_text, SUCCESS), Accepted(obj, meaning, uses, version_text)

    def _present(self, obj: StixObject, own: Own) -> OwnVersion | None:
        """The same content in this collection by the same organisation, or None.

        For an object without dates only the newest content counts: going back to an earlier one is a new version.
        """
        here = [row for row in own.versions.get(obj.id, ()) if row.collection == self._collection.id]
        if obj.version is None:
            here = sorted(here, key=lambda row: row.version_key)[-1:]
        return next((row for row in here if row.tree_digest == obj.tree_digest), None)

    def _new_version(self, obj: StixObject, own: Own) -> str:
        """The version of content without dates: the instant of its first contribution.

        Its microseconds are of the content's digest, so that two contents of one instant differ, and none of them
        tells how many there were. Only behind a clock that was set back it follows the newest content.
        """
        here = [row for row in own.versions.get(obj.id, ()) if row.collection == self._collection.id]
        taken = {row.version_key for row in here}
        latest = max((to_datetime(row.version_text) for row in here), default=self._now)
        instant = self._now if latest < self._now + MILLISECOND else latest + MILLISECOND
        first = int.from_bytes(obj.tree_digest[:4], "big")
        while True:
            for step in range(1000):
                text = f"{from_datetime(instant).removesuffix('Z')}{(first + step) % 1000:03}Z"
                if version_key(text) not in taken:
                    return text
            instant += MILLISECOND

    def _own_versions(self, given: Iterable[StixObject]) -> Own:
        own = Own()
        rows = contributions.own_versions(
            self._transaction, self._place.partnership.id, self._requester.partner, [obj.id for obj in given]
        )
        for row in rows:
            own.versions[row.stix_id].append(row)
        return own

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
            origin=origin_of(taken.obj, self._requester.partner, self._place.terms, self._place.collection.alias),
            partner=self._requester.partner,
            account=self._requester.account,
            push=self._id,
            handling=derived.handling,
            received=milliseconds(self._now),
            not_before=derived.not_before,
            not_after=derived.not_after,
        )

    def _record_markings(self, accepted: Sequence[Accepted], added: Sequence[int]) -> Mapping[int, Sequence[int]]:
        """Record definitions and uses; what rests on a new definition is derived again."""
        uses = [(each, key) for taken, key in zip(accepted, added, strict=True) for each in taken.uses]
        markings.add_uses(self._transaction, self._place.partnership.id, uses)
        definitions = [
            (taken.obj.id, key)
            for taken, key in zip(accepted, added, strict=True)
            if _is_definition(taken.obj) and self._exchange.registry.get(taken.obj.id) is None
        ]
        if not definitions:
            return {}
        markings.add_definitions(self._transaction, self._place.partnership.id, self._requester.partner, definitions)
        return derive_again(
            self._exchange,
            self._transaction,
            self._place.partnership.id,
            self._place.terms,
            self._requester.partner,
            self._collection.id,
            [marking_id for marking_id, _ in definitions],
            self._now,
            # Definitions were judged first, so all but they were derived with every definition at hand.
            leaving_out=frozenset(
                key for taken, key in zip(accepted, added, strict=True) if not _is_definition(taken.obj)
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


def _is_definition(entry: StixObject | Rejected) -> bool:
    return isinstance(entry, StixObject) and entry.type == "marking-definition"
