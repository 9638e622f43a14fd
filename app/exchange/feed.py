"""Feed: a delivery of an automated source in, by a mapping; what comes of it is pushed like any envelope.

Bad rows are failures in the status, and refuse nothing else. What the sender has given before decides which version an
object is (`app.feeds.versions`), so that a delivery that repeats itself adds nothing.
"""

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from app.errors import NotKnown, UnusableBody
from app.exchange import catalogue, push
from app.exchange.exchange import Exchange
from app.exchange.identify import Requester
from app.exchange.made import read_made
from app.exchange.push_status import PushStatus
from app.feeds.drafts import Draft
from app.feeds.mapping import FeedMapping
from app.feeds.misp_levels import EVENT_TYPES
from app.feeds.reading import collected, read_rows
from app.feeds.rows import NotAFeed, RowMistake
from app.feeds.versions import version_of
from app.policy.intake_rules.history import AHEAD_MAX
from app.stix.objects import Rejected, StixObject, Violation
from app.stix.timestamps import from_datetime, version_key
from app.storage import contributions, objects, revisions
from app.storage.contributions import OwnVersion

Found = Sequence[Draft | RowMistake]
"""What a delivery holds: its objects, each once, and why rows are not among them."""


@dataclass(frozen=True, slots=True)
class Delivered:
    """One object of a delivery, or why it is none; `place` is where the delivery has it."""

    place: str
    entry: StixObject | Rejected


async def feed(
    exchange: Exchange, requester: Requester, root: str, reference: str, mapping: str, data: bytes
) -> PushStatus:
    """Push what a delivery holds. Raises NotKnown, also for a mapping that is not there, NotPermitted, UnusableBody."""
    found = await read_delivery(exchange, requester, mapping, data)
    return await exchange.write(_push, exchange, requester, root, reference, found)


async def read_delivery(exchange: Exchange, requester: Requester, mapping: str, data: bytes) -> Found:
    """The objects of a delivery that came over HTTP, and its mistakes. Raises NotKnown, UnusableBody."""
    rows_max = exchange.settings.push_objects_max
    known = known_mapping(exchange, mapping)
    try:
        found = await exchange.convert(collected, rows_in(exchange, requester, known, data, rows_max))
    except NotAFeed as error:
        raise UnusableBody(f"The body can't be read. {error}") from None
    if len(found) > rows_max:
        raise UnusableBody(f"A delivery of up to {rows_max} objects is taken. Send this one in several.")
    return found


async def mappings(exchange: Exchange, requester: Requester, root: str, reference: str) -> Sequence[FeedMapping]:
    """The mappings by which the requester may deliver to this collection, by name. Raises NotKnown, NotPermitted."""
    await exchange.read(push.require_writable, exchange, requester, root, reference)
    return [exchange.feeds[name] for name in sorted(exchange.feeds)]


def known_mapping(exchange: Exchange, name: str) -> FeedMapping:
    """The mapping of this name. Raises NotKnown."""
    mapping = exchange.feeds.get(name)
    if mapping is None:
        raise NotKnown
    return mapping


def bytes_max(exchange: Exchange, mapping: FeedMapping) -> int:
    """The longest delivery by this mapping that is taken over HTTP."""
    settings = exchange.settings
    here = settings.feed_events_bytes_max if mapping.misp else settings.feed_bytes_max
    return min(here, settings.content_length_bytes_max)


def rows_in(
    exchange: Exchange, requester: Requester, mapping: FeedMapping, data: bytes, rows_max: int | None = None
) -> Iterator[Draft | RowMistake]:
    """What each row of a delivery gives, read as it is asked for. Raises NotAFeed then."""
    return read_rows(mapping, data, requester.partner, exchange.clock.now() + AHEAD_MAX, rows_max)


def delivered(exchange: Exchange, requester: Requester, root: str, reference: str, found: Found) -> Sequence[Delivered]:
    """The objects that a delivery would push, in the versions that they have now, and its mistakes. Raises NotKnown."""
    drafts = [each for each in found if isinstance(each, Draft) and not is_registered(exchange, each)]
    known = _known(exchange, requester, root, reference, [each.id for each in drafts if each.dated])
    now = exchange.clock.now()
    objects = [
        Delivered(each.place, made(exchange, each, version_of(each, known.get(each.id), now))) for each in drafts
    ]
    return [*objects, *(refused(each) for each in found if isinstance(each, RowMistake))]


def events_as_they_were(
    exchange: Exchange, requester: Requester, root: str, reference: str, changed: Mapping[str, datetime]
) -> frozenset[str]:
    """Which events of MISP, by their UUIDs, the sender has given to the collection as of these instants or later.

    That is told by what stands for the event, which is pushed last. Raises NotKnown.
    """
    ids = {f"{type_}--{uuid}": uuid for uuid in changed for type_ in EVENT_TYPES}
    with exchange.database.reading() as transaction:
        place = catalogue.locate(exchange, transaction, requester, root, reference, exchange.clock.now())
        rows = revisions.collections(transaction, place.partnership.id)
        here = next(row.id for row in rows if row.uuid == place.collection.id)
        own = contributions.own_versions(transaction, place.partnership.id, requester.partner, ids)
    given = [(ids[row.stix_id], row.version_key) for row in own if row.collection == here]
    return frozenset(uuid for uuid, key in given if key >= version_key(from_datetime(changed[uuid])))


def refused(mistake: RowMistake) -> Delivered:
    """What a delivery holds that is no object."""
    return Delivered(mistake.place, Rejected(None, None, (Violation(mistake.column or "", f"{mistake}."),)))


def _push(exchange: Exchange, requester: Requester, root: str, reference: str, found: Found) -> PushStatus:
    push.require_writable(exchange, requester, root, reference)
    return add(exchange, requester, root, reference, delivered(exchange, requester, root, reference, found))


def add(
    exchange: Exchange,
    requester: Requester,
    root: str,
    reference: str,
    part: Sequence[Delivered],
    operator: str | None = None,
) -> PushStatus:
    """Push what was delivered, or a part of it; the parameters and errors are those of `push.add_now`."""
    entries, places = [each.entry for each in part], [each.place for each in part]
    return push.add_now(exchange, requester, root, reference, entries, operator, places=places)


def is_registered(exchange: Exchange, draft: Draft) -> bool:
    """Definitions that everybody knows are not pushed: some libraries write them in words of their own."""
    return draft.tree["type"] == "marking-definition" and exchange.registry.get(draft.id) is not None


def _known(
    exchange: Exchange, requester: Requester, root: str, reference: str, ids: Iterable[str]
) -> Mapping[str, Mapping[str, Any]]:
    """The newest version of each object that the sender's organisation has given in this partnership."""
    with exchange.database.reading() as transaction:
        place = catalogue.locate(exchange, transaction, requester, root, reference, exchange.clock.now())
        versions: dict[str, list[OwnVersion]] = defaultdict(list)
        for row in contributions.own_versions(transaction, place.partnership.id, requester.partner, ids):
            versions[row.stix_id].append(row)
        newest = {stix_id: max(rows, key=lambda row: (row.version_key, row.spec)) for stix_id, rows in versions.items()}
        contents = objects.contents_of(transaction, [row.version for row in newest.values()])
    return {stix_id: json.loads(contents[row.version]) for stix_id, row in newest.items()}


def made(exchange: Exchange, draft: Draft, tree: Mapping[str, Any]) -> StixObject | Rejected:
    """The object, or what is wrong with it and where the delivery has it."""
    read = read_made(exchange, tree)
    if isinstance(read, StixObject):
        return read
    placed = tuple(Violation(each.where, f"{draft.place}: {each.message}") for each in read.violations)
    return replace(read, violations=placed)
