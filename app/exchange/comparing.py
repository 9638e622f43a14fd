"""What stands in the audiences' logs compared with what should: object by object and audience by audience.

Reads, and changes nothing: `app.exchange.settle` carries it out, `app.exchange.plan` counts it.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import Enum

from app.exchange.asked import Asked, Questions
from app.exchange.floor import Floor
from app.exchange.waiting import Waiting
from app.storage import deliveries
from app.storage.contributions import Contribution
from app.storage.deliveries import Delivered, NewRow
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


def changes_of(
    transaction: Transaction,
    floor: Floor,
    objects: Iterable[int],
    *,
    questions: Questions | None = None,
    extent: Extent = Extent.ALL,
    turns: frozenset[int] | None = None,
    waiting: Waiting | None = None,
    sweeping: bool = False,
    stand_ins: Mapping[int, int] | None = None,
    now: datetime | None = None,
    witness: Witness | None = None,
) -> Changes:
    """What settling these objects would do. Reads, and changes nothing.

    `questions` are about these objects, if somebody has asked them already. `stand_ins` says in whose log an audience
    has read so far that has none of its own yet. `now` is when this is asked, where that is not the floor's instant.
    What is `waiting` has a turn of its own later, and `sweeping` says that what time has done is carried out now, which
    else is left to the sweeper. The `witness` is told of each object and audience what stands in the log, and what
    should.
    """
    changes = Changes()
    wanted = sorted(set(objects))
    logs = {row.id: (stand_ins or {}).get(row.id, row.id) for row in floor.audiences}
    if not wanted or not logs:
        return changes
    standing = deliveries.of_objects(transaction, sorted(set(logs.values())), wanted)
    questions = questions or Questions(transaction, floor, wanted)
    now_of_asking = milliseconds(now or floor.now)
    comparing = _Comparing(questions, floor.opens, now_of_asking, changes, extent, turns, waiting, sweeping, witness)
    for key in wanted:
        for audience in floor.audiences:
            present = standing.get((key, logs[audience.id]), ())
            if audience.id != logs[audience.id]:
                present = [replace(row, audience=audience.id) for row in present]
            comparing.compare(key, audience, present)
        due = questions.due(key)
        if extent is Extent.EXCHANGED:
            changes.left.update(due)
            changes.left.update(comparing.over)
        else:
            changes.due.update({one: at for one, at in due.items() if comparing.is_settled(one)})
            changes.due.update(comparing.overdue())
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
    waiting: Waiting | None
    sweeping: bool
    witness: Witness | None
    over: dict[int, int] = field(default_factory=dict)
    """What time has ended, since when, and the sweeper has yet to retire somewhere."""

    def compare(self, key: int, audience: AudienceRow, present: Sequence[Delivered]) -> None:
        granted = self.questions.granted(key, audience)
        if self.witness is not None:
            self.witness(audience, present, [each.row for each in granted.values()])
        ended = [row for row in present if row.not_after is not None and row.not_after <= self.now]
        kept = [row for row in present if row.contribution in granted and row not in ended]
        over = [row for row in ended if self._is_left(key, row, granted)]
        self.over.update((row.contribution, row.not_after) for row in over if row.not_after is not None)
        gone = [row for row in present if row not in kept and row not in over]
        there = {row.contribution for row in kept}
        missing = [each for contribution, each in granted.items() if contribution not in there]
        loses = any(row.contribution not in granted for row in gone)
        if not (self.opens and loses):
            now = [each for each in missing if self._has_its_turn(each, audience, over)]
        else:
            now = missing
        for each in missing:
            if each not in now:
                (self.changes.left_definitions if each.row.defines else self.changes.left).add(each.row.id)
        again = _newest_again(kept, gone, [each.row for each in now])
        self.changes.retired.extend(row for row in gone if row not in ended)
        self.changes.ended.extend(row for row in ended if row not in over)
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

    def is_settled(self, contribution: int) -> bool:
        """Whether nothing of this contribution is left to later batches, or to the sweeper."""
        in_turn = self.turns is None or contribution in self.turns
        comes_later = self.waiting is not None and not self.waiting.is_settled(contribution)
        return in_turn and not comes_later and contribution not in self.over

    def overdue(self) -> Mapping[int, int]:
        """What is the sweeper's to retire, and is not due yet: a batch that should have said so came after its end."""
        due = self.waiting.by_time if self.waiting is not None else {}
        return {contribution: since for contribution, since in self.over.items() if contribution not in due}

    def _is_left(self, key: int, row: Delivered, granted: Mapping[int, Asked]) -> bool:
        """Whether it is the sweeper's to retire a row that time has ended, and to append what takes its place.

        Who touches the object before, out of the audience's sight, must not bring that forward.
        """
        return (
            not self.sweeping
            and row.contribution not in granted
            and self.questions.contribution(key, row.contribution) is not None
        )

    def _has_its_turn(self, each: Asked, audience: AudienceRow, over: Sequence[Delivered]) -> bool:
        row = each.row
        if not self.opens or self.extent is Extent.EXCHANGED:
            return False
        if self.turns is not None and row.id not in self.turns:
            return False
        if over and row.received < self.now:
            return False
        return self.waiting is None or self.waiting.has_its_turn(each, audience)


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
