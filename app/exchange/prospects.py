"""Which derivatives applying other terms would make, continue and close: what a plan counts, without making any."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from app.exchange.derivative_lines import NewVersion, collection_of
from app.exchange.derivatives import modified_of
from app.exchange.derived import Derived, Instead
from app.exchange.exchange import Exchange
from app.exchange.floor import Floor
from app.exchange.following import outcome
from app.exchange.gathered import NO_HANDLING
from app.stix.references import references_in
from app.stix.timestamps import from_datetime, version_key
from app.storage import derivatives
from app.storage.contributions import Contribution
from app.storage.engine import Transaction

NOT_STORED = 2**61
"""Contributions that a plan only thinks of come after all that are stored."""


@dataclass(slots=True)
class Prospects:
    """What would be made and ended in one collection. `sources` are the contributions that give what is new, by its
    key; `ended` those that would be live no more.
    """

    exchange: Exchange
    transaction: Transaction
    partnership_id: int
    floor: Floor
    sources: dict[int, int] = field(default_factory=dict)
    ended: set[int] = field(default_factory=set)

    def of(self, keys: Sequence[int], derived: Mapping[int, Derived]) -> tuple[Sequence[int], Instead]:
        """The objects to look at in place of these: a derivative is looked at with its original; and what stands
        instead of what is stored about them, `derived` included.
        """
        if collection_of(self.floor) is None:
            return keys, Instead(derived)
        ours = derivatives.originals_of(self.transaction, keys)
        originals = [key for key in keys if key not in ours]
        found = outcome(self.exchange, self.transaction, self.partnership_id, self.floor, originals, instead=derived)
        added: dict[int, tuple[Contribution, NewVersion]] = {}
        for each in found.new:
            row = self._row(each)
            added[row.id] = (row, each)
            self.sources[row.id] = each.source
        self.ended.update(found.ended)
        instead = Instead(
            derived={**derived, **found.changed, **{key: each.derived for key, (_, each) in added.items()}},
            added={key: row for key, (row, _) in added.items()},
            refers={key: frozenset(id for _, id in references_in(each.content)) for key, (_, each) in added.items()},
            gone=frozenset(found.ended),
            closing=frozenset(key for key, (_, each) in added.items() if each.closes),
            handed_over=found.handed_over,
        )
        return sorted({*originals, *found.objects, *(row.object for row, _ in added.values())}), instead

    @property
    def last(self) -> int:
        """The last contribution thought of, by key."""
        return NOT_STORED + len(self.sources) - 1

    def between(self, after: int, last: int) -> int:
        """How many more live contributions there would be among those after one key, up to another."""
        return sum(after < key <= last for key in self.sources) - sum(after < key <= last for key in self.ended)

    def _row(self, each: NewVersion) -> Contribution:
        number = len(self.sources)
        return Contribution(
            id=NOT_STORED + number,
            object=each.row.object if each.row is not None else -1 - number,
            version=0,
            version_key=version_key(from_datetime(modified_of(each, self.floor.now))),
            spec=each.spec,
            origin=each.line.origin,
            partner=each.partner,
            handling=NO_HANDLING,
            type=each.type,
            received=each.received,
            not_before=None,
            not_after=None,
            defines=False,
            dated=True,
            derivative=each.row.id if each.row is not None else 0,
            aged_from=each.aged_from,
        )
