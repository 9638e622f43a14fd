"""Bring the audiences' logs in line with the policy: the one way in which a log changes.

For each object and audience the policy says which live contributions should stand in the log; what stands there
is compared with it, rows that should not are retired, and what is missing is appended. A version that is newest again
because a newer one has gone is appended anew, under a new date: pollers who are past the old one must receive it
(design, section 4). A push, a withdrawal, a revision and a marking that comes to resolve all end here.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from app.exchange.asked import Questions
from app.exchange.exchange import Exchange
from app.exchange.floor import Floor
from app.policy.lines import shown
from app.storage import deliveries
from app.storage.contributions import Contribution
from app.storage.deliveries import Delivered, Head
from app.storage.engine import Transaction
from app.storage.instants import milliseconds
from app.storage.revisions import AudienceRow


@dataclass(slots=True)
class Changes:
    """What one settlement does to the logs."""

    retired: list[Delivered]
    again: list[Delivered]
    appended: dict[int, list[Contribution]]


@dataclass(frozen=True, slots=True)
class Settlement:
    """How many rows a settlement appended and retired, over all audiences."""

    appended: int
    retired: int


def settle(
    exchange: Exchange,
    transaction: Transaction,
    work: Iterable[tuple[Floor, Iterable[Sequence[int]]]],
    withdrawn: frozenset[int] = frozenset(),
) -> Sequence[Settlement]:
    """Make the logs hold of these objects what the policy grants, and nothing else; what was done for each floor.

    `work` is each collection's floor with the keys of its objects in batches, all that this transaction changes: it
    holds the partnerships and the heads, and after this it only commits, since new rows are dated last. Rows are
    appended in the order of arrival, but marking-definitions before what they may mark. `withdrawn` are the
    contributions that their submitters take back; all other rows that go are withheld.
    """
    heads: dict[int, Head] = {}
    appended: dict[int, list[Contribution]] = defaultdict(list)
    settlements: list[Settlement] = []
    for floor, batches in work:
        heads.update(floor.heads)
        retired = 0
        for objects in batches:
            changes = _changes(transaction, floor, objects)
            _retire(transaction, floor, changes, withdrawn)
            retired += len(changes.retired)
            for audience, added in changes.appended.items():
                appended[audience].extend(added)
        settlements.append(Settlement(sum(len(appended[audience.id]) for audience in floor.audiences), retired))
    for added in appended.values():
        added.sort(key=lambda row: (not row.defines, row.id))
    deliveries.append(transaction, exchange.clock, exchange.settings.dated_ahead_milliseconds, heads, appended)
    return settlements


def _retire(transaction: Transaction, floor: Floor, changes: Changes, withdrawn: frozenset[int]) -> None:
    ended = milliseconds(floor.now)
    taken_back = [row for row in changes.retired if row.contribution in withdrawn]
    withheld = [row for row in changes.retired if row.contribution not in withdrawn]
    deliveries.retire(transaction, taken_back, ended, deliveries.WITHDRAWN)
    deliveries.retire(transaction, withheld, ended, deliveries.WITHHELD)
    deliveries.retire(transaction, changes.again, ended, deliveries.APPENDED_AGAIN)


def _changes(transaction: Transaction, floor: Floor, objects: Sequence[int]) -> Changes:
    changes = Changes([], [], defaultdict(list))
    wanted = sorted(set(objects))
    audiences = [row.id for row in floor.audiences]
    if not wanted or not audiences:
        return changes
    standing = deliveries.of_objects(transaction, audiences, wanted)
    questions = Questions(transaction, floor, wanted)
    for key in wanted:
        for audience in floor.audiences:
            _compare(questions, key, audience, standing.get((key, audience.id), ()), changes)
    return changes


def _compare(
    questions: Questions, key: int, audience: AudienceRow, present: Sequence[Delivered], changes: Changes
) -> None:
    asked = questions.about(key, audience)
    wanted = shown(questions.standings(asked, audience))
    kept = [row for row in present if row.contribution in wanted]
    gone = [row for row in present if row.contribution not in wanted]
    there = {row.contribution for row in kept}
    missing = [each.row for each in asked if each.row.id in wanted and each.row.id not in there]
    again = _newest_again(kept, gone, missing)
    changes.retired.extend(gone)
    changes.again.extend(again)
    anew = {row.contribution for row in again}
    added = [*missing, *(each.row for each in asked if each.row.id in anew)]
    if added:
        changes.appended[audience.id].extend(added)


def _newest_again(
    kept: Sequence[Delivered], gone: Sequence[Delivered], missing: Sequence[Contribution]
) -> Sequence[Delivered]:
    """The kept rows that a request now selects, and did not while a row stood that has gone.

    They are the newest or the first version, or that of their spec version; and the next encoding of a version whose
    newer encoding has gone (docs/protocol.md, A-08).
    """
    if not gone or not kept:
        return []
    again: dict[int, Delivered] = {}
    for spec in (None, *{row.spec for row in kept}):
        before = [_rank(row) for row in (*kept, *gone) if spec in (None, row.spec)]
        after = [_rank(row) for row in kept if spec in (None, row.spec)]
        after += [_rank(row) for row in missing if spec in (None, row.spec)]
        if max(after) < max(before):
            newest = [row for row in kept if _rank(row) == max(after) and spec in (None, row.spec)]
            again.update((row.date_added, row) for row in newest)
        first = min(key for key, _ in after)
        if first > min(key for key, _ in before):
            firsts = [row for row in kept if row.version_key == first and spec in (None, row.spec)]
            again.update((row.date_added, row) for row in firsts)
    lost = {_rank(row) for row in gone} - {_rank(row) for row in missing}
    for row in kept:
        if any(key == row.version_key and spec > row.spec for key, spec in lost):
            again[row.date_added] = row
    return list(again.values())


def _rank(row: Delivered | Contribution) -> tuple[str, int]:
    return (row.version_key, row.spec)
