"""What is known of the live contributions of some objects of one collection, read at once before anything is asked."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from app.exchange.closure import Ends, closes, load_ends
from app.exchange.derived import Derived, Instead, own_span
from app.exchange.floor import Floor
from app.policy.lines import identity_of
from app.policy.partnership import Terms
from app.storage import contributions, derivatives, handlings, markings, objects
from app.storage.contributions import Contribution
from app.storage.engine import Transaction

NO_HANDLING = 0
"""The key of the handling of what is not stored yet."""

Line = tuple[str, bool]


@dataclass(frozen=True, slots=True)
class Gathered:
    """The contributions, and the definitions on which they rest.

    `live` are those of each object in the order of arrival; `gone` those that something ends instead. `leads_to` is
    what they refer to, where the collection asks for closure. `derived` is of all of them and of the definitions, by
    contribution, `definitions` by marking id, `digests` by the version's key. `closing` close a derivative, and
    `ever_shown` are the (object, audience) that were shown something of one that is closed.
    """

    terms: Terms
    live: Mapping[int, Sequence[Contribution]]
    gone: Sequence[Contribution]
    leads_to: Ends | None
    derived: Mapping[int, Derived]
    definitions: Mapping[str, Sequence[Contribution]]
    digests: Mapping[int, bytes]
    closing: frozenset[int]
    ever_shown: frozenset[tuple[int, int]]

    @property
    def rows(self) -> Iterator[Contribution]:
        """All of them, the definitions too."""
        yield from (row for rows in (*self.live.values(), *self.definitions.values()) for row in rows)

    def of(self, object_id: int) -> Sequence[Contribution]:
        """The live contributions of the object."""
        return self.live.get(object_id, ())

    def line_of(self, row: Contribution) -> Line:
        """The line in which the contribution stands: a derivative's is none of its original's origin."""
        return self.derived[row.id].origin, row.derivative is not None

    def lines_of(self, row: Contribution) -> Sequence[Line]:
        """That line, and those that the contribution has left: their newest versions go on binding it."""
        left = self.derived[row.id].left
        return [self.line_of(row), *((origin, False) for origin in sorted(left))] if left else [self.line_of(row)]

    def meant(self, marking_id: str, marked: Contribution) -> frozenset[bytes]:
        """The definitions of this marking, as digests, by those whose word counts for a contribution."""
        name = identity_of(self.derived[marked.id].origin)
        known = {marked.partner, *self.terms.owners_of(name)}
        unnamed = marked.unnamed or name == self.terms.partners.identity
        rows = [row for row in self.definitions.get(marking_id, ()) if unnamed or not row.unnamed]
        return frozenset(self.digests[row.version] for row in rows if row.partner in known)


def gather(transaction: Transaction, floor: Floor, wanted: Sequence[int], instead: Instead) -> Gathered:
    """Read what is known of these objects; what stands `instead` of what is stored is what a revision would make of it.

    Where the collection asks for closure, the objects that they lead to are read as well.
    """
    live, gone = _live(transaction, wanted, instead)
    leads_to = load_ends(transaction, floor, live, instead.refers) if closes(floor) else None
    rows = [row for each in live.values() for row in each]
    uses = markings.uses_of(transaction, [row.id for row in rows])
    resting = {each for used in uses.values() for each in used}
    resting |= {each for one in instead.derived.values() for each in one.uses}
    definitions = _definitions(transaction, floor, resting)
    defining = [row for each in definitions.values() for row in each]
    known = handlings.by_keys(transaction, {row.handling for row in (*rows, *defining)} - {NO_HANDLING})
    made_here = [row for row in rows if row.derivative is not None]
    closing = instead.closing | derivatives.closing(transaction, [row.id for row in made_here])
    return Gathered(
        terms=floor.terms,
        live=live,
        gone=gone,
        leads_to=leads_to,
        derived={
            row.id: instead.derived.get(row.id)
            or Derived(row.origin, known[row.handling], uses.get(row.id, frozenset()), own_span(row), row.left)
            for row in (*rows, *defining)
        },
        definitions=definitions,
        digests=objects.tree_digests_of(transaction, [row.version for row in defining]),
        closing=closing,
        ever_shown=derivatives.ever_shown(transaction, {row.object for row in made_here if row.id in closing}),
    )


def _live(
    transaction: Transaction, wanted: Sequence[int], instead: Instead
) -> tuple[dict[int, list[Contribution]], Sequence[Contribution]]:
    """The live contributions of these objects, by object, in the order of arrival; and those that are gone instead."""
    stored = contributions.live_of(transaction, wanted)
    live = {key: [instead.of(row) for row in rows] for key, rows in stored.items()}
    gone = [row for rows in live.values() for row in rows if row.id in instead.gone]
    if gone:
        live = {key: [row for row in rows if row.id not in instead.gone] for key, rows in live.items()}
    for row in instead.added.values():
        live[row.object] = [*live.get(row.object, ()), row]
    return live, gone


def _definitions(
    transaction: Transaction, floor: Floor, marking_ids: Iterable[str]
) -> Mapping[str, Sequence[Contribution]]:
    """The live contributions in this collection of these definitions."""
    keys = objects.keys_of(transaction, floor.collection, marking_ids)
    live = contributions.live_of(transaction, [row.id for row in keys.values()])
    return {marking_id: live.get(row.id, ()) for marking_id, row in keys.items()}
