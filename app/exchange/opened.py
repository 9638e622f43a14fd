"""What of break-glass is open in one collection, and the objects that it names, by their keys."""

from collections.abc import Mapping
from dataclasses import dataclass

from app.exchange.floor import Floor
from app.policy.partnership import BreakGlass
from app.policy.release_rules.break_glass import opened_in
from app.storage import objects
from app.storage.engine import Transaction


@dataclass(frozen=True, slots=True)
class Opened:
    """The clauses that are open, and the ids of those objects of the collection that they name."""

    clauses: tuple[BreakGlass, ...]
    named: Mapping[int, str]


def load_opened(transaction: Transaction, floor: Floor) -> Opened:
    """What is open in the floor's collection at its instant."""
    clauses = opened_in(floor.terms, floor.alias, floor.now)
    ids = {each for clause in clauses for each in clause.objects or ()}
    rows = objects.keys_of(transaction, floor.collection, ids) if ids else {}
    return Opened(clauses, {row.id: each for each, row in rows.items()})
