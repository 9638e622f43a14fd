"""What contributions refer to, as far as their own submitters contributed it to the same collection.

The graph is loaded from the objects at hand along their references, over every hop, since a chain counts to its end
(`app.policy.closure`); and against them, where something has changed that others refer to.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from app.exchange.floor import Floor
from app.policy.closure import End, ends_shown_until
from app.storage import contributions, references
from app.storage.contributions import Contribution
from app.storage.engine import Transaction


@dataclass(frozen=True, slots=True)
class Ends:
    """The contributions that refer to something of their submitters', and what each of these ends consists of."""

    refers: Mapping[int, frozenset[End]]
    given: Mapping[End, frozenset[int]]

    def shown_until(self, alone: Mapping[int, float]) -> Mapping[int, float]:
        """Until when all that each contribution refers to is shown, by what each is shown alone."""
        return ends_shown_until(alone, self.refers, self.given)


def closes(floor: Floor) -> bool:
    """Whether the collection withholds what refers to something hidden."""
    terms = floor.terms.partnership.collections.get(floor.alias)
    return terms is not None and terms.closure


def load_ends(
    transaction: Transaction,
    floor: Floor,
    live: dict[int, list[Contribution]],
    besides: Mapping[int, frozenset[str]],
) -> Ends:
    """The ends of these live contributions, by object, and the ends of the ends; `live` grows by what they lead to.

    `besides` are the ids that contributions name which are not stored.
    """
    refers: dict[int, frozenset[End]] = {}
    given: dict[End, frozenset[int]] = {}
    waiting = [row for rows in live.values() for row in rows]
    while waiting:
        targets = {**references.targets_of(transaction, [row.id for row in waiting]), **besides}
        pairs = {(row.partner, target) for row in waiting for target in targets.get(row.id, ())}
        there = references.ends_by(transaction, floor.collection, pairs)
        for row in waiting:
            ends = ((row.partner, there.get((row.partner, target))) for target in targets.get(row.id, ()))
            named = frozenset(End(partner, key) for partner, key in ends if key is not None)
            if named:
                refers[row.id] = named
        new = {end for row in waiting for end in refers.get(row.id, ()) if end not in given}
        found = contributions.live_of(transaction, sorted({end.object for end in new} - live.keys()))
        live.update(found)
        waiting = []
        for end in new:
            rows = [row for row in live.get(end.object, ()) if row.partner == end.partner]
            given[end] = frozenset(row.id for row in rows)
            waiting.extend(row for row in rows if row.id not in refers)
    return Ends(refers, given)


def with_referring(transaction: Transaction, floor: Floor, objects: Iterable[int]) -> Sequence[int]:
    """These objects, and where the collection asks for closure all that refer to them, over every hop."""
    every = set(objects)
    new = frozenset(every) if closes(floor) else frozenset()
    while new:
        new = references.referring_to(transaction, floor.collection, new) - every
        every |= new
    return sorted(every)
