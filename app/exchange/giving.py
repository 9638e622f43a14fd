"""What contributions give: what is left of each for a view, by its markings alone, and without traces of the rest."""

from collections.abc import Mapping
from typing import Any, Final

from app.exchange.derivative_lines import Line
from app.exchange.exchange import Exchange
from app.exchange.floor import Floor
from app.exchange.own import stored_object
from app.exchange.resolution import Definitions, load_definitions
from app.policy.handling import Handling, View
from app.policy.lines import is_named, originator_of
from app.policy.partnership import CollectionTerms
from app.policy.sanitising import LeftByMarks, Sanitised, Source, left_by_marks, signed, worth_sanitising
from app.stix.objects import StixObject
from app.stix.strict_json import parse, tree_digest
from app.storage import objects
from app.storage.contributions import Contribution
from app.storage.engine import Transaction
from app.storage.instants import MILLISECOND, instant

_THE_EXCHANGES: Final = frozenset({"id", "created", "modified", "created_by_ref"})
"""What the exchange gives a derivative by itself; all else is what is left of the original."""


class Giving:
    """The contributions at hand, of these handlings, and what each of them gives for each view."""

    def __init__(
        self, exchange: Exchange, floor: Floor, collection: CollectionTerms, handlings: Mapping[int, Handling]
    ) -> None:
        self._exchange = exchange
        self._terms = floor.terms
        self._now = floor.now
        self._release = collection.release
        self._handlings = handlings
        self._read: Mapping[int, StixObject] = {}
        self._definitions = Definitions(self._terms, self._now)
        self._left: dict[tuple[int, View], LeftByMarks | None] = {}
        self._without_traces: dict[tuple[int, View], Sanitised | None] = {}
        self._sources: dict[tuple[str, str], Source] = {}
        self._worth: dict[tuple[Handling, View, bool], bool] = {}

    def read(self, transaction: Transaction, partnership_id: int, wanted: Mapping[int, Contribution]) -> None:
        """Read the contents of these: no others give anything."""
        contents = objects.contents_of(transaction, [row.version for row in wanted.values()])
        self._read = {key: stored_object(contents[row.version]) for key, row in wanted.items()}
        self._definitions = load_definitions(
            self._exchange, transaction, partnership_id, self._terms, self._read.values(), self._now
        )

    def is_worth_it(self, source: Contribution, line: Line) -> bool:
        """Whether the line may be given something else than the contribution, and is not that of who gave it."""
        if line.member == source.partner:
            return False
        anonymous = self._source(source, line).anonymous
        key = (self._handlings[source.id], line.view, anonymous)
        if key not in self._worth:
            self._worth[key] = worth_sanitising(*key[:2], self._release, anonymous=anonymous)
        return self._worth[key]

    def left(self, source: Contribution, line: Line) -> LeftByMarks | None:
        """What its markings leave in the line's view, where it has to be cut and anything is left."""
        if not self.is_worth_it(source, line):
            return None
        key = (source.id, line.view)
        if key not in self._left:
            made = self._left_by_marks(source, line)
            self._left[key] = made if isinstance(made, LeftByMarks) else None
        return self._left[key]

    def without_traces(self, source: Contribution, line: Line, left: LeftByMarks) -> Sanitised | None:
        """The same, without what tells of the rest."""
        key = (source.id, line.view)
        if key not in self._without_traces:
            made = left.without_traces()
            self._without_traces[key] = made if isinstance(made, Sanitised) else None
        return self._without_traces[key]

    def _left_by_marks(self, source: Contribution, line: Line) -> object:
        obj = self._read.get(source.id)
        if obj is None:
            return None
        at = instant(source.not_after) - MILLISECOND if source.not_after is not None else self._now
        return left_by_marks(
            obj,
            line.view,
            self._release,
            self._source(source, line),
            self._exchange.registry,
            self._definitions.resolver(obj, source.partner),
            min(at, self._now),  # until the sweeper comes, what its markings meant still counts
        )

    def _source(self, source: Contribution, line: Line) -> Source:
        key = (line.origin, source.partner)
        if key not in self._sources:
            member = originator_of(line.origin, source.partner, self._terms)
            partner = self._terms.partners.by_name.get(member)
            giver = self._terms.partners.by_name.get(source.partner)
            side = self._terms.partnership.members.get(member)
            self._sources[key] = Source(
                identities=giver.identities if giver is not None else frozenset(),
                texts=frozenset((partner.name, partner.title, *partner.identities) if partner is not None else ()),
                anonymous=side is not None and side.anonymous and is_named(line.origin),
            )
        return self._sources[key]


def said_in(tree: Mapping[str, Any]) -> bytes:
    """By which two versions of derivatives are told apart: the digest of all that they say of their originals."""
    return tree_digest(own_content(tree))


def said_by(given: Sanitised) -> bytes:
    """The same, of a version that has not been made yet."""
    tree = parse(signed(given.content, id="", created="", modified="", identity="")).tree
    assert isinstance(tree, dict), "what was made of a STIX object is one"
    return said_in(tree)


def own_content(tree: Mapping[str, Any]) -> Mapping[str, Any]:
    """What a version of a derivative says, without what the exchange gives it."""
    return {name: value for name, value in tree.items() if name not in _THE_EXCHANGES}
