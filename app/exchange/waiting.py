"""Waiting: what the sweeper or a batch has yet to come to, and for whom.

A contribution is due, or in a batch, for the sake of anybody who may be shown it. For one audience it waits only where
it is this audience that is shown it by time alone, or by the revision whose batches are left. For all others it is as
if nothing were due: an audience's log must not tell what time or a revision does for others (law 2).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from app.exchange.asked import Asked, Questions
from app.exchange.exchange import Exchange
from app.exchange.floor import Floor
from app.storage import dues, revisions
from app.storage.contributions import Contribution
from app.storage.engine import Transaction
from app.storage.instants import MILLISECOND, instant, milliseconds
from app.storage.revisions import AudienceRow


@dataclass(slots=True)
class Waiting:
    """What of the objects that `questions` are about waits, and since when, or under which revision logs were last
    brought in line with the policy.

    With `turns` a batch has come to these. `swept` are those that the sweeper has come to; None: it is not the sweeper.
    """

    exchange: Exchange
    transaction: Transaction
    floor: Floor
    questions: Questions
    by_time: Mapping[int, int]
    in_batches: Mapping[int, int]
    turns: frozenset[int] | None
    swept: Mapping[int, int] | None
    _before: dict[int, Questions] = field(default_factory=dict)
    _under: dict[int, Questions] = field(default_factory=dict)
    _left: dict[int, frozenset[int]] = field(default_factory=dict)

    def has_its_turn(self, each: Asked, audience: AudienceRow) -> bool:
        """Whether the contribution, which the audience lacks, is appended to its log now."""
        if self._waits(each.row, audience):
            return False
        return not self.questions.closes or self.questions.comes_without(self._left_for(audience), each, audience)

    def is_settled(self, contribution: int) -> bool:
        """Whether nothing of the contribution is left to the sweeper or to later batches, for anybody."""
        if self.swept is not None and contribution in self.swept:
            return True
        return contribution not in self.by_time and (self.turns is not None or contribution not in self.in_batches)

    def _waits(self, row: Contribution, audience: AudienceRow) -> bool:
        in_a_batch = self.turns is None and row.id in self.in_batches
        if self.swept is not None:
            return (
                in_a_batch and not self._is_shown_by_time(row, audience) and self._is_shown_by_a_revision(row, audience)
            )
        return self._is_shown_by_time(row, audience) or (in_a_batch and self._is_shown_by_a_revision(row, audience))

    def _is_shown_by_time(self, row: Contribution, audience: AudienceRow) -> bool:
        """Whether the audience was not shown it before the instant at which it became due.

        Who was, lacks it for a reason of now.
        """
        since = (self.swept or {}).get(row.id, self.by_time.get(row.id))
        if since is None:
            return False
        if since not in self._before:
            self._before[since] = self.questions.as_of(self.transaction, instant(since) - MILLISECOND)
        return row.id not in self._before[since].granted(row.object, audience)

    def _is_shown_by_a_revision(self, row: Contribution, audience: AudienceRow) -> bool:
        """Whether the audience would not be shown it under the terms that its log was last in line with."""
        base = self.in_batches[row.id]
        if base == dues.NOTHING_APPENDED:
            return True
        if base not in self._under:
            self._under[base] = self._questions_under(base)
        return row.id not in self._under[base].granted(row.object, audience)

    def _questions_under(self, base: int) -> Questions:
        partnership = self.floor.terms.partnership
        uuid = partnership.collections[self.floor.alias].id
        row = revisions.by_root(self.transaction, partnership.root)
        assert row is not None, "a partnership is never dropped"
        terms = self.exchange.terms.of(self.transaction, replace(row, revision=base))
        known = terms.partnership.collection_by_id(uuid)
        floor = replace(self.floor, terms=terms, alias=known.alias if known is not None else "")
        return Questions(self.transaction, floor, self.questions.objects)

    def _left_for(self, audience: AudienceRow) -> frozenset[int]:
        """All that waits for this audience, and has no turn now."""
        if audience.id not in self._left:
            rows = [row for row in self.questions.rows if row.id in self.by_time or row.id in self.in_batches]
            self._left[audience.id] = frozenset(row.id for row in rows if self._waits(row, audience))
        return self._left[audience.id]


def load_waiting(
    exchange: Exchange,
    transaction: Transaction,
    floor: Floor,
    questions: Questions,
    turns: frozenset[int] | None,
    swept: Mapping[int, int] | None,
) -> Waiting | None:
    """What of these objects waits at the floor's instant; None where nothing does."""
    found = dues.waiting(transaction, floor.collection, questions.objects, milliseconds(floor.now))
    if not (found.by_time or found.in_batches or swept):
        return None
    return Waiting(exchange, transaction, floor, questions, found.by_time, found.in_batches, turns, swept)
