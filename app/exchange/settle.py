"""Bring the audiences' logs in line with the policy: the one way in which a log changes.

For each object and audience the policy says which live contributions should stand in the log; what stands there
is compared with it, rows that should not are retired, and what is missing is appended. A version that is newest again
because a newer one has gone is appended anew, under a new date: pollers who are past the old one must receive it
(design, section 4). So is one that may be shown again after its row had ended. A push, a withdrawal, a revision, the
passing of time and a marking that comes to resolve all end here.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import Enum

from app.exchange.asked import Questions
from app.exchange.changing import Change
from app.exchange.closure import with_referring
from app.exchange.exchange import Exchange
from app.exchange.floor import Floor
from app.storage import deliveries, dues
from app.storage.contributions import Contribution
from app.storage.deliveries import Delivered, Head, NewRow
from app.storage.engine import Transaction
from app.storage.instants import milliseconds
from app.storage.revisions import AudienceRow

Resting = dict[int, Sequence[Contribution]]
Witness = Callable[[AudienceRow, Sequence[Delivered], Sequence[Contribution]], None]


class Extent(Enum):
    """How much of what is missing in a log is appended at once. Whatever has to go, goes at once."""

    ALL = "all of it"
    EXCHANGED = "what comes in place of something that goes; the rest is left to later batches"
    """So are the instants at which contributions are due."""


@dataclass(slots=True)
class Changes:
    """What one settlement does to the logs.

    `retired` are rows that were shown until now, `ended` those that time had ended before. `left` are the contributions
    whose rows are left to later batches, `left_definitions` those that define markings. `resting` are the definitions
    on which appended rows rest, by audience and by the contribution of the row.
    """

    retired: list[Delivered] = field(default_factory=list)
    ended: list[Delivered] = field(default_factory=list)
    again: list[Delivered] = field(default_factory=list)
    appended: dict[int, list[NewRow]] = field(default_factory=lambda: defaultdict(list))
    until: list[tuple[Delivered, int | None]] = field(default_factory=list)
    due: dict[int, int] = field(default_factory=dict)
    left: set[int] = field(default_factory=set)
    left_definitions: set[int] = field(default_factory=set)
    resting: dict[int, Resting] = field(default_factory=lambda: defaultdict(dict))


@dataclass(slots=True)
class Left:
    """The first and the last of the marking-definitions that are left to later batches, and of the other
    contributions; None where there are none.
    """

    definitions: tuple[int, int] | None = None
    others: tuple[int, int] | None = None

    def add(self, changes: Changes) -> None:
        """What these changes leave is left as well."""
        self.definitions = _stretched(self.definitions, changes.left_definitions)
        self.others = _stretched(self.others, changes.left)


def _stretched(ends: tuple[int, int] | None, contributions: Collection[int]) -> tuple[int, int] | None:
    reached = {*contributions, *(ends or ())}
    return (min(reached), max(reached)) if reached else None


@dataclass(frozen=True, slots=True)
class Settlement:
    """How many rows a settlement appended and retired, over all audiences, and what it left to later batches."""

    appended: int
    retired: int
    left: Left


@dataclass(frozen=True, slots=True)
class Work:
    """The objects of one collection, by key and in batches, whose rows are to be settled.

    With `turns`, of objects that lose nothing only these contributions are appended: the others have turns of their
    own, and rows come in one order, however many others share their batch. Without, all are but those that a batch or
    the sweeper has yet to come to: who touches the same object out of an audience's sight must not bring its rows
    forward. `due` are those that the sweeper has come to, whatever else they wait for.
    """

    floor: Floor
    batches: Iterable[Sequence[int]]
    turns: frozenset[int] | None = None
    due: frozenset[int] = frozenset()


def work_on(
    transaction: Transaction, floors: Mapping[int, Floor], affected: Mapping[int, Sequence[int]]
) -> Sequence[Work]:
    """The objects that have changed, by collection, and all whose place in a log may change with them."""
    return [
        Work(floors[collection], [with_referring(transaction, floors[collection], keys)])
        for collection, keys in affected.items()
        if collection in floors
    ]


def settle(
    exchange: Exchange,
    change: Change,
    work: Iterable[Work],
    *,
    withdrawn: frozenset[int] = frozenset(),
    extent: Extent = Extent.ALL,
) -> Sequence[Settlement]:
    """Make the logs hold of these objects what the policy grants, and nothing else; what was done for each work.

    `work` is all that this transaction changes: it holds the partnerships and the heads, and after this it only
    commits, since new rows are dated last. Rows are appended in the order of arrival, marking-definitions first, and
    those that a row rests on before it, also where they have turns of their own later. `withdrawn` are the
    contributions that their submitters take back; all other rows that go are withheld.
    """
    heads: dict[int, Head] = {}
    appended: dict[int, list[NewRow]] = defaultdict(list)
    settlements: list[Settlement] = []
    for each in work:
        heads.update(each.floor.heads)
        retired = 0
        left = Left()
        resting: dict[int, Resting] = defaultdict(dict)
        for objects in each.batches:
            waiting = frozenset[int]()
            if each.turns is None and extent is Extent.ALL:
                now = milliseconds(each.floor.now)
                waiting = dues.waiting(change.transaction, each.floor.collection, objects, now) - each.due
            changes = changes_of(
                change.transaction, each.floor, objects, extent=extent, turns=each.turns, waiting=waiting
            )
            _carry_out(change.transaction, each.floor, changes, withdrawn)
            retired += len(changes.retired) + len(changes.ended)
            left.add(changes)
            for audience, added in changes.appended.items():
                appended[audience].extend(added)
            for audience, by_row in changes.resting.items():
                resting[audience].update(by_row)
        for audience, lacking in _lacking(change.transaction, each.floor, resting, appended).items():
            appended[audience] = _in_order([*appended[audience], *lacking], resting[audience])
        count = sum(len(appended[audience.id]) for audience in each.floor.audiences)
        settlements.append(Settlement(count, retired, left))
    allowance = exchange.settings.dated_ahead_milliseconds
    change.dated.update(deliveries.append(change.transaction, exchange.clock, allowance, heads, appended))
    return settlements


def _lacking(
    transaction: Transaction,
    floor: Floor,
    resting: Mapping[int, Resting],
    appended: Mapping[int, Sequence[NewRow]],
) -> Mapping[int, Sequence[NewRow]]:
    """The rows of definitions on which appended rows rest, and that neither stand in their logs nor are appended.

    There are some where a definition is left to a batch that has yet to come.
    """
    wanted = {
        (audience, each.id): each
        for audience, by_row in resting.items()
        for definitions in by_row.values()
        for each in definitions
    }
    for audience, rows in appended.items():
        for row in rows:
            wanted.pop((audience, row.contribution.id), None)
    objects = sorted({each.object for each in wanted.values()})
    standing = deliveries.of_objects(transaction, [row.id for row in floor.audiences], objects) if wanted else {}
    for (_, audience), present in standing.items():
        for each in present:
            wanted.pop((audience, each.contribution), None)
    lacking = {each.object for each in wanted.values()}
    questions = Questions(transaction, floor, sorted(lacking))
    return {
        audience.id: [
            NewRow(each.row, questions.ends(each, audience))
            for key in lacking
            for each in questions.granted(key, audience).values()
            if (audience.id, each.row.id) in wanted
        ]
        for audience in floor.audiences
    }


def _in_order(rows: Iterable[NewRow], resting: Resting) -> list[NewRow]:
    """Rows of one log in the order in which they are appended.

    It is the same into however many batches they are cut: what others hold decides about that.
    """
    left = {row.contribution.id: row for row in rows}
    ordered: list[NewRow] = []
    for key in sorted(left, key=lambda each: (not left[each].contribution.defines, each)):
        before = sorted(each.id for each in resting.get(key, ()))
        ordered.extend(left.pop(each) for each in (*before, key) if each in left)
    return ordered


def _carry_out(transaction: Transaction, floor: Floor, changes: Changes, withdrawn: frozenset[int]) -> None:
    """All of it but the rows that are appended: they are dated last."""
    ended = milliseconds(floor.now)
    gone = [*changes.retired, *changes.ended]
    taken_back = [row for row in gone if row.contribution in withdrawn]
    withheld = [row for row in gone if row.contribution not in withdrawn]
    deliveries.retire(transaction, taken_back, ended, deliveries.WITHDRAWN)
    deliveries.retire(transaction, withheld, ended, deliveries.WITHHELD)
    deliveries.retire(transaction, changes.again, ended, deliveries.APPENDED_AGAIN)
    deliveries.show_until(transaction, changes.until)
    dues.set_due(transaction, floor.collection, changes.due)


def changes_of(
    transaction: Transaction,
    floor: Floor,
    objects: Iterable[int],
    *,
    questions: Questions | None = None,
    extent: Extent = Extent.ALL,
    turns: frozenset[int] | None = None,
    waiting: frozenset[int] = frozenset(),
    stand_ins: Mapping[int, int] | None = None,
    now: datetime | None = None,
    witness: Witness | None = None,
) -> Changes:
    """What settling these objects would do. Reads, and changes nothing.

    `questions` are about these objects, if somebody has asked them already. `stand_ins` says in whose log an audience
    has read so far that has none of its own yet. `now` is when this is asked, where that is not the floor's instant.
    The `witness` is told of each object and audience what stands in the log, and what should.
    """
    changes = Changes()
    wanted = sorted(set(objects))
    logs = {row.id: (stand_ins or {}).get(row.id, row.id) for row in floor.audiences}
    if not wanted or not logs:
        return changes
    standing = deliveries.of_objects(transaction, sorted(set(logs.values())), wanted)
    questions = questions or Questions(transaction, floor, wanted)
    now_of_asking = milliseconds(now or floor.now)
    comparing = _Comparing(questions, floor.opens, now_of_asking, changes, extent, turns, waiting, witness)
    for key in wanted:
        due = questions.due(key)
        if extent is Extent.EXCHANGED:
            changes.left.update(due)
        else:
            changes.due.update(
                {one: at for one, at in due.items() if one not in waiting and (turns is None or one in turns)}
            )
        for audience in floor.audiences:
            present = standing.get((key, logs[audience.id]), ())
            if audience.id != logs[audience.id]:
                present = [replace(row, audience=audience.id) for row in present]
            comparing.compare(key, audience, present)
    return changes


@dataclass(frozen=True, slots=True)
class _Comparing:
    """What stands in a log and what should, object by object and audience by audience."""

    questions: Questions
    opens: bool
    now: int
    changes: Changes
    extent: Extent
    turns: frozenset[int] | None
    waiting: frozenset[int]
    witness: Witness | None

    def compare(self, key: int, audience: AudienceRow, present: Sequence[Delivered]) -> None:
        granted = self.questions.granted(key, audience)
        if self.witness is not None:
            self.witness(audience, present, [each.row for each in granted.values()])
        ended = [row for row in present if row.not_after is not None and row.not_after <= self.now]
        kept = [row for row in present if row.contribution in granted and row not in ended]
        gone = [row for row in present if row not in kept]
        there = {row.contribution for row in kept}
        missing = [each for contribution, each in granted.items() if contribution not in there]
        loses = any(row.contribution not in granted for row in gone)
        now = missing if self.opens and loses else [each for each in missing if self._has_its_turn(each.row)]
        for each in missing:
            if each not in now:
                (self.changes.left_definitions if each.row.defines else self.changes.left).add(each.row.id)
        again = _newest_again(kept, gone, [each.row for each in now])
        self.changes.retired.extend(row for row in gone if row not in ended)
        self.changes.ended.extend(ended)
        self.changes.again.extend(again)
        returning = {row.contribution for row in again} if self.opens else frozenset[int]()
        added = [*now, *(each for contribution, each in granted.items() if contribution in returning)]
        if added:
            rows = [NewRow(each.row, self.questions.ends(each, audience)) for each in added]
            self.changes.appended[audience.id].extend(rows)
            resting = {each.row.id: list(self.questions.rests_on(each.row, audience)) for each in added}
            self.changes.resting[audience.id].update((key, rests) for key, rests in resting.items() if rests)
        for row in kept:
            ends = self.questions.ends(granted[row.contribution], audience)
            if row.not_after != ends and row.contribution not in returning:
                self.changes.until.append((row, ends))

    def _has_its_turn(self, row: Contribution) -> bool:
        if not self.opens or self.extent is Extent.EXCHANGED:
            return False
        return row.id not in self.waiting and (self.turns is None or row.id in self.turns)


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
