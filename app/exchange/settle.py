"""Bring the audiences' logs in line with the policy: the one way in which a log changes.

For each object and audience the policy says which live contributions should stand in the log; what stands there
is compared with it, rows that should not are retired, and what is missing is appended. A version that is newest again
because a newer one has gone is appended anew, under a new date: pollers who are past the old one must receive it
(design, section 4). A push, a withdrawal, a revision, the passing of time and a marking that comes to resolve all end
here.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import Enum

from app.exchange.asked import Questions
from app.exchange.changing import Change
from app.exchange.exchange import Exchange
from app.exchange.floor import Floor
from app.policy.lines import shown
from app.storage import deliveries, dues
from app.storage.contributions import Contribution
from app.storage.deliveries import Delivered, Head, NewRow
from app.storage.engine import Transaction
from app.storage.instants import milliseconds
from app.storage.revisions import AudienceRow


class Extent(Enum):
    """How much of what is missing in a log is appended at once. Whatever has to go, goes at once."""

    ALL = "all of it"
    EXCHANGED = "what comes in place of something that goes, and definitions; the rest is left to later batches"
    """So are the instants at which contributions are due."""


@dataclass(slots=True)
class Changes:
    """What one settlement does to the logs. `left` are the contributions whose rows are left to later batches."""

    retired: list[Delivered] = field(default_factory=list)
    again: list[Delivered] = field(default_factory=list)
    appended: dict[int, list[NewRow]] = field(default_factory=lambda: defaultdict(list))
    until: list[tuple[Delivered, int | None]] = field(default_factory=list)
    due: dict[int, int] = field(default_factory=dict)
    left: set[int] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class Settlement:
    """How many rows a settlement appended and retired, over all audiences.

    `left` are the first and the last contribution of those left to later batches; None where nothing is left.
    """

    appended: int
    retired: int
    left: tuple[int, int] | None


@dataclass(frozen=True, slots=True)
class Work:
    """The objects of one collection, by key and in batches, whose rows are to be settled.

    With `turns`, of objects that lose nothing only these contributions are appended: the others have turns of their
    own, and rows come in one order, however many others share their batch.
    """

    floor: Floor
    batches: Iterable[Sequence[int]]
    turns: frozenset[int] | None = None


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
    commits, since new rows are dated last. Rows are appended in the order of arrival, but marking-definitions before
    what they may mark. `withdrawn` are the contributions that their submitters take back; all other rows that go are
    withheld.
    """
    heads: dict[int, Head] = {}
    appended: dict[int, list[NewRow]] = defaultdict(list)
    settlements: list[Settlement] = []
    for each in work:
        heads.update(each.floor.heads)
        retired = 0
        left: tuple[int, int] | None = None
        for objects in each.batches:
            changes = changes_of(change.transaction, each.floor, objects, extent=extent, turns=each.turns)
            _carry_out(change.transaction, each.floor, changes, withdrawn)
            retired += len(changes.retired)
            if changes.left:
                ends = {*changes.left, *(left or ())}
                left = (min(ends), max(ends))
            for audience, added in changes.appended.items():
                appended[audience].extend(added)
        count = sum(len(appended[audience.id]) for audience in each.floor.audiences)
        settlements.append(Settlement(count, retired, left))
    for added in appended.values():
        added.sort(key=lambda row: (not row.contribution.defines, row.contribution.id))
    allowance = exchange.settings.dated_ahead_milliseconds
    change.dated.update(deliveries.append(change.transaction, exchange.clock, allowance, heads, appended))
    return settlements


def _carry_out(transaction: Transaction, floor: Floor, changes: Changes, withdrawn: frozenset[int]) -> None:
    """All of it but the rows that are appended: they are dated last."""
    ended = milliseconds(floor.now)
    taken_back = [row for row in changes.retired if row.contribution in withdrawn]
    withheld = [row for row in changes.retired if row.contribution not in withdrawn]
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
    stand_ins: Mapping[int, int] | None = None,
) -> Changes:
    """What settling these objects would do. Reads, and changes nothing.

    `questions` are about these objects, if somebody has asked them already. `stand_ins` says in whose log an audience
    has read so far that has none of its own yet.
    """
    changes = Changes()
    wanted = sorted(set(objects))
    logs = {row.id: (stand_ins or {}).get(row.id, row.id) for row in floor.audiences}
    if not wanted or not logs:
        return changes
    standing = deliveries.of_objects(transaction, sorted(set(logs.values())), wanted)
    questions = questions or Questions(transaction, floor, wanted)
    comparing = _Comparing(questions, floor.opens, changes, extent, turns)
    for key in wanted:
        due = questions.due(key)
        if extent is Extent.EXCHANGED:
            changes.left.update(due)
        else:
            changes.due.update({one: at for one, at in due.items() if turns is None or one in turns})
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
    changes: Changes
    extent: Extent
    turns: frozenset[int] | None

    def compare(self, key: int, audience: AudienceRow, present: Sequence[Delivered]) -> None:
        asked = self.questions.about(key, audience)
        wanted = shown(self.questions.standings(asked, audience))
        granted = {each.row.id: each for each in asked if each.row.id in wanted}
        kept = [row for row in present if row.contribution in granted]
        gone = [row for row in present if row.contribution not in granted]
        there = {row.contribution for row in kept}
        missing = [each for contribution, each in granted.items() if contribution not in there]
        now = missing if self.opens and gone else [each for each in missing if self._has_its_turn(each.row)]
        self.changes.left.update(each.row.id for each in missing if each not in now)
        again = _newest_again(kept, gone, [each.row for each in now])
        self.changes.retired.extend(gone)
        self.changes.again.extend(again)
        returning = {row.contribution for row in again} if self.opens else frozenset[int]()
        added = [*now, *(each for contribution, each in granted.items() if contribution in returning)]
        if added:
            rows = [NewRow(each.row, self.questions.ends(each, audience)) for each in added]
            self.changes.appended[audience.id].extend(rows)
        for row in kept:
            ends = self.questions.ends(granted[row.contribution], audience)
            if row.not_after != ends and row.contribution not in returning:
                self.changes.until.append((row, ends))

    def _has_its_turn(self, row: Contribution) -> bool:
        if not self.opens:
            return False
        if self.extent is Extent.EXCHANGED:
            return row.defines
        return self.turns is None or row.id in self.turns


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
