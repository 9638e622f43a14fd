"""Which definition a marking reference means, for whom (design, decision 5).

The registry is asked first, by the policy. What it does not know resolves to a definition by the marked object's own
submitter in this partnership, or by the object's creator if that is a member's identity. Nobody else's definition
resolves a reference or contradicts it.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from app.exchange.derived import Derived
from app.exchange.exchange import Exchange
from app.exchange.own import stored_object
from app.policy.derivation import NESTED_MAX, derive_handling
from app.policy.handling import Meaning
from app.policy.lines import lines_left, origin_of
from app.policy.markings import Resolver, resolves_for, signer
from app.policy.marks import marks_of
from app.policy.partnership import Terms
from app.policy.times import Span
from app.stix.objects import StixObject
from app.stix.strict_json import parse
from app.storage import contributions, handlings, markings, objects
from app.storage.contributions import Contribution, Derivation, Source
from app.storage.engine import Transaction
from app.storage.instants import milliseconds


@dataclass(frozen=True, slots=True)
class Definition:
    """One partner's marking-definition. An `unnamed` one came with a report without a name, which the exchange signs,
    and counts for such alone: else what its partner pushes in its own name would tell who reported.
    """

    partner: str
    tree: Mapping[str, Any]
    unnamed: bool = False


@dataclass(slots=True)
class Definitions:
    """The partners' definitions that objects at hand may refer to, by marking id, oldest first; `now` is when they are
    asked for.
    """

    terms: Terms
    now: datetime
    by_id: dict[str, list[Definition]] = field(default_factory=lambda: defaultdict(list))

    def add(self, marking_id: str, definition: Definition) -> None:
        """A definition that came with the objects."""
        self.by_id[marking_id].append(definition)

    def derive(
        self, exchange: Exchange, obj: StixObject, submitter: str, *, own_only: bool = False, unnamed: bool = False
    ) -> tuple[Meaning, frozenset[str]]:
        """What the object's markings mean, and every marking outside the registry that it rests on. `unnamed` as in
        `Definition`.

        With `own_only` no definition but the submitter's own is looked at: intake may know of no other (law 7).
        """
        asked: set[str] = set()
        resolve = self.resolver(obj, submitter, own_only=own_only, unnamed=unnamed)

        def resolve_and_note(marking_id: str) -> Mapping[str, Any] | None:
            asked.add(marking_id)
            return resolve(marking_id)

        partner = self.terms.partners.by_name.get(submitter)
        identities = partner.identities if partner is not None else ()
        return derive_handling(obj, exchange.registry, resolve_and_note, self.now, identities), frozenset(asked)

    def resolver(self, obj: StixObject, submitter: str, *, own_only: bool = False, unnamed: bool = False) -> Resolver:
        """Which definition stands for a marking of this object, which this partner has contributed."""
        unnamed = unnamed or signer(obj) == self.terms.partners.identity

        def resolve(marking_id: str) -> Mapping[str, Any] | None:
            fitting = [
                each
                for each in self.by_id.get(marking_id, ())
                if (each.partner == submitter or not own_only)
                and (unnamed or not each.unnamed)
                and resolves_for(each.tree, each.partner, obj, submitter, self.terms)
            ]
            # Its creator's own definition speaks before one that the submitter sent along.
            fitting.sort(key=lambda each: each.partner not in self.terms.owners_of(each.tree.get("created_by_ref")))
            return fitting[0].tree if fitting else None

        return resolve


def load_definitions(
    exchange: Exchange,
    transaction: Transaction,
    partnership_id: int,
    terms: Terms,
    about: Iterable[StixObject],
    now: datetime,
) -> Definitions:
    """The partners' definitions that these objects refer to, and those that the definitions refer to in turn."""
    found = Definitions(terms, now)
    wanted = {each for obj in about for each in marks_of(obj.tree) or ()}
    seen: set[str] = set()
    for _ in range(NESTED_MAX):
        wanted = {each for each in wanted - seen if exchange.registry.get(each) is None}
        if not wanted:
            break
        seen |= wanted
        rows = markings.definitions(transaction, partnership_id, wanted)
        trees = _trees(transaction, [row.version for row in rows])
        wanted = set()
        for row in rows:
            tree = trees[row.version]
            found.add(row.marking_id, Definition(row.partner, tree, row.unnamed))
            wanted.update(marks_of(tree) or ())
    return found


def derive_again(
    exchange: Exchange,
    transaction: Transaction,
    partnership_id: int,
    terms: Terms,
    submitter: str,
    collection: int,
    changed: Sequence[str],
    now: datetime,
    *,
    leaving_out: frozenset[int] = frozenset(),
) -> Mapping[int, Sequence[int]]:
    """Derive anew the handling of the live contributions that may rest on what this submitter says of these markings
    in this collection.

    They are the submitter's own, and those in the name of an identity of the submitter's (decision 5): what others
    hold costs nothing here. Those `leaving_out` were derived already.

    Returns the objects that rest on them, by collection: whether the definitions may be seen counts as well.
    """
    known = terms.partners.by_name.get(submitter)  # a partner that has gone may have left something that waits
    identities = known.identities if known is not None else frozenset()
    resting = markings.users(transaction, partnership_id, changed, submitter, identities)
    users = [key for key in resting if key not in leaving_out]
    sources = contributions.sources_of(transaction, users)
    _derive_and_store(exchange, transaction, partnership_id, terms, sources, now)
    affected: dict[int, list[int]] = defaultdict(list)
    for source in sources:
        affected[source.collection].append(source.object)
    affected[collection].extend(markings.contested_users(transaction, collection, changed, submitter))
    return affected


def derive_ended(
    exchange: Exchange,
    transaction: Transaction,
    partnership_id: int,
    terms: Terms,
    objects_of_collection: Sequence[int],
    now: datetime,
) -> Sequence[int]:
    """Derive anew what of these objects was derived until an instant that has come.

    Returns the contributions that rest on definitions among them: whether a definition is shown decides about what it
    marks.
    """
    live = contributions.live_of(transaction, objects_of_collection)
    ended = _ended((row for each in live.values() for row in each), now)
    sources = contributions.sources_of(transaction, ended)
    _derive_and_store(exchange, transaction, partnership_id, terms, sources, now)
    return markings.resting_on(transaction, ended)


def once_ended(
    exchange: Exchange,
    transaction: Transaction,
    partnership_id: int,
    terms: Terms,
    rows: Iterable[Contribution],
    now: datetime,
) -> Mapping[int, Derived]:
    """What `derive_ended` will store about these contributions at an instant that is still to come. Stores nothing."""
    sources = contributions.sources_of(transaction, _ended(rows, now))
    used = markings.uses_of(transaction, [source.id for source in sources])
    derived = _derive(exchange, transaction, partnership_id, terms, sources, _read(transaction, sources), now)
    return {
        source.id: Derived(
            origin=source.origin,
            handling=meaning.handling,
            uses=uses | used.get(source.id, frozenset()),
            span=meaning.span,
            left=source.left,
        )
        for source, (meaning, uses) in derived.items()
    }


def _ended(rows: Iterable[Contribution], now: datetime) -> Sequence[int]:
    """Those that were derived until an instant that has come, by key."""
    return [row.id for row in rows if row.not_after is not None and row.not_after <= milliseconds(now)]


def derive_stored(
    exchange: Exchange,
    transaction: Transaction,
    partnership_id: int,
    terms: Terms,
    objects_of_collection: Sequence[int],
    now: datetime,
) -> None:
    """Derive anew what these objects' markings ask for: other rules than these have made what is stored."""
    live = contributions.live_of(transaction, objects_of_collection)
    sources = contributions.sources_of(transaction, [row.id for rows in live.values() for row in rows])
    _derive_and_store(exchange, transaction, partnership_id, terms, sources, now)


def under_new_owners(
    exchange: Exchange,
    transaction: Transaction,
    partnership_id: int,
    terms: Terms,
    alias: str,
    objects_of_collection: Sequence[int],
    now: datetime,
) -> Mapping[int, Derived]:
    """What rests on who owns which identity, derived anew for these objects' contributions: origins and handlings."""
    live = contributions.live_of(transaction, objects_of_collection)
    sources = contributions.sources_of(transaction, [row.id for rows in live.values() for row in rows])
    read = _read(transaction, sources)
    used = markings.uses_of(transaction, [source.id for source in sources])
    derived = _derive(exchange, transaction, partnership_id, terms, sources, read, now)
    origins = {source.id: origin_of(read[source.version], source.partner, terms, alias) for source in sources}
    return {
        source.id: Derived(
            origin=origins[source.id],
            handling=meaning.handling,
            uses=uses | used.get(source.id, frozenset()),
            span=meaning.span,
            left=lines_left(origins[source.id], source.origin, source.left),
        )
        for source, (meaning, uses) in derived.items()
    }


def store_derived(
    transaction: Transaction, partnership_id: int, collection: int, derived: Mapping[int, Derived]
) -> None:
    """Make this what is stored about the contributions of one collection."""
    contributions.change_lines(transaction, {key: (each.origin, each.left) for key, each in derived.items()})
    meanings = {key: (Meaning(each.handling, each.span), each.uses) for key, each in derived.items()}
    store_meanings(transaction, partnership_id, collection, meanings)


def derivation(handling: int, span: Span) -> Derivation:
    """What is stored of a contribution's markings: the key of their handling, and the instants that they name."""
    return Derivation(
        handling=handling,
        not_before=None if span.not_before is None else milliseconds(span.not_before),
        not_after=None if span.not_after is None else milliseconds(span.not_after),
    )


def _derive_and_store(
    exchange: Exchange,
    transaction: Transaction,
    partnership_id: int,
    terms: Terms,
    sources: Sequence[Source],
    now: datetime,
) -> None:
    derived = _derive(exchange, transaction, partnership_id, terms, sources, _read(transaction, sources), now)
    for of in {source.collection for source in sources}:
        here = {source.id: each for source, each in derived.items() if source.collection == of}
        store_meanings(transaction, partnership_id, of, here)


def _derive(
    exchange: Exchange,
    transaction: Transaction,
    partnership_id: int,
    terms: Terms,
    sources: Sequence[Source],
    read: Mapping[int, StixObject],
    now: datetime,
) -> Mapping[Source, tuple[Meaning, frozenset[str]]]:
    """What the markings of these contributions mean, and what they rest on."""
    definitions = load_definitions(exchange, transaction, partnership_id, terms, read.values(), now)
    return {
        source: definitions.derive(exchange, read[source.version], source.partner, unnamed=source.unnamed)
        for source in sources
    }


def store_meanings(
    transaction: Transaction,
    partnership_id: int,
    collection: int,
    derived: Mapping[int, tuple[Meaning, frozenset[str]]],
) -> None:
    """Make this what the markings of these contributions of one collection mean, and what they rest on."""
    uses = [(each, key) for key, (_, rests_on) in derived.items() for each in rests_on]
    markings.add_uses(transaction, partnership_id, uses)
    keys = handlings.keys_of(transaction, collection, [meaning.handling for meaning, _ in derived.values()])
    changes = {key: derivation(keys[meaning.handling], meaning.span) for key, (meaning, _) in derived.items()}
    contributions.derive(transaction, changes)


def _read(transaction: Transaction, sources: Sequence[Source]) -> Mapping[int, StixObject]:
    """The objects of these contributions, by version."""
    contents = objects.contents_of(transaction, [source.version for source in sources])
    return {version: stored_object(raw) for version, raw in contents.items()}


def _trees(transaction: Transaction, versions: Sequence[int]) -> Mapping[int, Mapping[str, Any]]:
    found: dict[int, Mapping[str, Any]] = {}
    for version, raw in objects.contents_of(transaction, versions).items():
        tree = parse(raw).tree
        assert isinstance(tree, dict), "what is stored as a definition is a JSON object"
        found[version] = tree
    return found
