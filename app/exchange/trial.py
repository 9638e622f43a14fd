"""Trial: what a delivery of a feed would be told if it were pushed. Nothing is written, and nobody is shown anything.

Intake is asked as it is for a push (`judging`), and by nobody who may not push: so a trial tells what a push would
tell, and no more (law 7).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from hashlib import blake2b

from app.exchange import feed, push
from app.exchange.exchange import Exchange
from app.exchange.feed import Delivered
from app.exchange.identify import Requester
from app.exchange.judging import Given, Judging
from app.exchange.push_status import Outcome
from app.feeds.drafts import Draft, Together
from app.feeds.likeness import Lookalikes
from app.feeds.rows import RowMistake
from app.feeds.versions import version_of
from app.stix.objects import Rejected, StixObject
from app.storage import revisions


@dataclass(frozen=True, slots=True)
class Tried:
    """What a delivery would come to: an outcome for each of `parts`, in their order.

    `unasked` are how many more objects it holds, of which intake was not asked: they can be read, and that is all.
    """

    parts: Sequence[Delivered]
    outcomes: Sequence[Outcome]
    unasked: int

    def first_objects(self, count: int) -> Sequence[StixObject]:
        """The first objects as they would be pushed, whether they would be taken or not."""
        objects = (each.entry for each in self.parts if isinstance(each.entry, StixObject))
        return [obj for obj, _ in zip(objects, range(count), strict=False)]


async def try_delivery(
    exchange: Exchange, requester: Requester, root: str, reference: str, mapping: str, data: bytes
) -> Tried:
    """What a push of this delivery would be told. Raises what `feed.feed` does."""
    found = await feed.read_delivery(exchange, requester, mapping, data)
    # It takes as long as a push, so that it waits for pushes, and no reader for it.
    return await exchange.write(try_rows, exchange, requester, root, reference, found, asked_max=len(found))


def try_rows(
    exchange: Exchange,
    requester: Requester,
    root: str,
    reference: str,
    rows: Iterable[Draft | RowMistake],
    asked_max: int,
) -> Tried:
    """What a push of these rows would be told of its first objects, and which of the others can't be read.

    However many rows there are, no more than `asked_max` objects are held. Raises NotKnown, NotPermitted, and what
    `rows` raises.
    """
    push.require_writable(exchange, requester, root, reference)
    first = Together()
    others: set[bytes] = set()
    mistakes: list[RowMistake] = []
    unreadable: list[Delivered] = []
    read = Lookalikes()
    now = exchange.clock.now()
    for each in rows:
        if isinstance(each, RowMistake):
            mistakes.append(each)
        elif feed.is_registered(exchange, each):
            continue
        elif each.id in first or len(first) < asked_max:
            first.add(each)
        elif (key := _key(each)) not in others:
            others.add(key)
            tree = version_of(each, None, now)
            if read.have_one_like(tree):
                continue
            entry = feed.made(exchange, each, tree)
            if isinstance(entry, Rejected):
                unreadable.append(Delivered(each.place, entry))
            else:
                read.add(tree)
    parts = feed.delivered(exchange, requester, root, reference, [*first.drafts(), *mistakes, *first.mistakes()])
    parts = [*parts, *unreadable]
    return Tried(parts, _outcomes(exchange, requester, root, reference, parts), len(others) - len(unreadable))


def _key(draft: Draft) -> bytes:
    """An id in few bytes: of a million objects more would be much."""
    return blake2b(draft.id.encode(), digest_size=16).digest()


def _outcomes(
    exchange: Exchange, requester: Requester, root: str, reference: str, parts: Sequence[Delivered]
) -> Sequence[Outcome]:
    now = exchange.clock.now()
    given = Given([each.entry for each in parts], [each.place for each in parts])
    with exchange.database.reading() as transaction:
        place = push.writable(exchange, transaction, requester, root, reference, now)
        collections = revisions.collections(transaction, place.partnership.id)
        collection = next(row.id for row in collections if row.uuid == place.collection.id)
        outcomes, _ = Judging(exchange, requester, place, collection, now).judge(transaction, given)
    return outcomes
