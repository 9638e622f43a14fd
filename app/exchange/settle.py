"""Bring the audiences' logs in line with the policy: the one way in which a log changes.

For each object and audience the policy says which live contributions should stand in the log; what stands there
is compared with it, rows that should not are retired, and what is missing is appended. A version that is newest again
because a newer one has gone is appended anew, under a new date: pollers who are past the old one must receive it
(design, section 4). A push, a withdrawal, a revision and a marking that comes to resolve all end here.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from app.exchange.exchange import Exchange
from app.policy.handling import Handling, join
from app.policy.lines import Standing, shown
from app.policy.partnership import Terms
from app.policy.release import Audience, Release, ReleaseCase, decide_release
from app.storage import contributions, deliveries, handlings
from app.storage.contributions import Contribution
from app.storage.deliveries import Delivered, Head
from app.storage.engine import Transaction
from app.storage.instants import milliseconds
from app.storage.objects import SPEC_TEXTS
from app.storage.revisions import AudienceRow


@dataclass(frozen=True, slots=True)
class Floor:
    """A collection whose heads this transaction holds, under the terms that decide."""

    terms: Terms
    alias: str
    audiences: Sequence[AudienceRow]
    heads: Mapping[int, Head]
    now: datetime


class Decisions:
    """Release decisions of one collection at one instant, each taken once for (handling, cap, own, audience)."""

    def __init__(self, floor: Floor, known: Mapping[int, Handling]) -> None:
        self._floor = floor
        self._handlings = known
        self._taken: dict[tuple[int, frozenset[int], bool, int], bool] = {}
        agreement = floor.terms.partnership.agreement
        # The log stands as while the agreement is in force; before and after, its root is closed to everybody.
        self._at = max(floor.now, agreement.effective) if floor.now < agreement.expires else agreement.effective

    def may_see(self, handling: int, cap: frozenset[int], own: bool, audience: AudienceRow) -> bool:
        """Whether the audience may be shown a version of this handling under this cap."""
        key = (handling, cap, own, audience.id)
        if key not in self._taken:
            case = ReleaseCase(
                terms=self._floor.terms,
                collection=self._floor.alias,
                audience=Audience(audience.partner, audience.red_account or None),
                handling=self._handlings[handling],
                cap=join(self._handlings[each] for each in cap) if cap else None,
                own=own,
                now=self._at,
            )
            self._taken[key] = isinstance(decide_release(case), Release)
        return self._taken[key]


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
    reason: str,
) -> Settlement:
    """Make the logs hold of these objects what the policy grants, and nothing else.

    `work` is each collection's floor with the keys of its objects in batches. The transaction holds the partnership
    and the heads; after this it only commits, since new rows are dated last. Rows are appended in the order of
    arrival, but marking-definitions before what they may mark. `reason` says why rows are retired.
    """
    heads: dict[int, Head] = {}
    appended: dict[int, list[Contribution]] = defaultdict(list)
    retired = 0
    for floor, batches in work:
        heads.update(floor.heads)
        for objects in batches:
            changes = _changes(transaction, floor, objects)
            ended = milliseconds(floor.now)
            deliveries.retire(transaction, changes.retired, ended, reason)
            deliveries.retire(transaction, changes.again, ended, deliveries.APPENDED_AGAIN)
            retired += len(changes.retired)
            for audience, added in changes.appended.items():
                appended[audience].extend(added)
    for added in appended.values():
        added.sort(key=lambda row: (not row.defines, row.id))
    deliveries.append(transaction, exchange.clock, exchange.settings.dated_ahead_milliseconds, heads, appended)
    return Settlement(sum(map(len, appended.values())), retired)


def _changes(transaction: Transaction, floor: Floor, objects: Sequence[int]) -> Changes:
    changes = Changes([], [], defaultdict(list))
    wanted = sorted(set(objects))
    audiences = [row.id for row in floor.audiences]
    if not wanted or not audiences:
        return changes
    live = contributions.live_of(transaction, wanted)
    standing = deliveries.of_objects(transaction, audiences, wanted)
    keys = {row.handling for rows in live.values() for row in rows}
    decisions = Decisions(floor, handlings.by_keys(transaction, keys))
    for key in wanted:
        _compare(floor, decisions, live.get(key, ()), key, standing, changes)
    return changes


def _compare(
    floor: Floor,
    decisions: Decisions,
    live: Sequence[Contribution],
    key: int,
    standing: Mapping[tuple[int, int], Sequence[Delivered]],
    changes: Changes,
) -> None:
    lines = _newest_of_lines(live)
    by_id = {row.id: row for row in live}
    for audience in floor.audiences:
        present = standing.get((key, audience.id), ())
        if not live and not present:
            continue
        candidates = [_candidate(decisions, lines, row, audience) for row in live]
        wanted = shown(candidates)
        kept = [row for row in present if row.contribution in wanted]
        gone = [row for row in present if row.contribution not in wanted]
        missing = [by_id[one] for one in wanted - {row.contribution for row in kept}]
        again = _newest_again(kept, gone, missing)
        changes.retired.extend(gone)
        changes.again.extend(again)
        added = [*missing, *(by_id[row.contribution] for row in again)]
        if added:
            changes.appended[audience.id].extend(added)


@dataclass(frozen=True, slots=True)
class Newest:
    """The newest version of a line, and the handlings of all contributions of it: the cap of the earlier ones."""

    version_key: str
    handlings: frozenset[int]


def _candidate(decisions: Decisions, lines: Mapping[str, Newest], row: Contribution, audience: AudienceRow) -> Standing:
    own = row.partner == audience.partner
    newest = lines[row.origin]
    cap = newest.handlings if newest.version_key > row.version_key else frozenset()
    return Standing(
        contribution=row.id,
        partner=row.partner,
        origin=row.origin,
        version_key=row.version_key,
        spec=SPEC_TEXTS[row.spec],
        may_see=decisions.may_see(row.handling, cap, own, audience),
        own=own,
    )


def _newest_of_lines(live: Sequence[Contribution]) -> Mapping[str, Newest]:
    """The newest version of each line: what it forbids, earlier ones are not shown either."""
    lines: dict[str, Newest] = {}
    for row in live:
        newest = lines.get(row.origin)
        if newest is None or row.version_key > newest.version_key:
            lines[row.origin] = Newest(row.version_key, frozenset({row.handling}))
        elif row.version_key == newest.version_key:
            lines[row.origin] = Newest(row.version_key, newest.handlings | {row.handling})
    return lines


def _newest_again(
    kept: Sequence[Delivered], gone: Sequence[Delivered], missing: Sequence[Contribution]
) -> Sequence[Delivered]:
    """The kept rows that have become the newest version, or the newest of their spec version, because one has gone."""
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
    return list(again.values())


def _rank(row: Delivered | Contribution) -> tuple[str, int]:
    return (row.version_key, row.spec)
