"""Contributions: who gave which object version to which collection, under which handling. The private truth."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any, Final

from sqlalchemy import Select, Text, bindparam, cast, func, literal, or_, select, update

from app.storage.chunks import chunks
from app.storage.engine import Transaction
from app.storage.tables import collection, contribution, object_type, object_version, stix_object

LIVE, HELD, WITHDRAWN, REFUSED, RELEASED = "live", "held", "withdrawn", "refused", "released"
MARKING_DEFINITION: Final = "marking-definition"


@dataclass(frozen=True, slots=True)
class Derivation:
    """What a contribution's markings mean: the key of its handling, and the instants that they name (milliseconds)."""

    handling: int
    not_before: int | None
    not_after: int | None


@dataclass(frozen=True, slots=True)
class NewContribution:
    """A contribution about to be stored. Instants are milliseconds since 1970: `not_before` and `not_after` are what
    its own markings say. `unnamed` is a definition that came with a report without a name, and counts for such alone.
    """

    collection: int
    object: int
    version: int
    version_key: str
    version_text: str
    spec: int
    dated: bool
    origin: str
    partner: str
    account: str
    push: str
    handling: int
    received: int
    not_before: int | None
    not_after: int | None
    state: str = LIVE
    derivative: int | None = None
    aged_from: str | None = None
    unnamed: bool = False


@dataclass(frozen=True, slots=True)
class Giver:
    """Whose contribution gives a version of a derivative, when it was received (milliseconds), and its version key."""

    partner: str
    received: int
    aged_from: str


@dataclass(frozen=True, slots=True)
class Contribution:
    """A stored contribution, as much of it as decides who is shown it.

    `id` is the order of arrival; `defines` says that it is a marking-definition. Instants are milliseconds since 1970:
    `not_before` and `not_after` are what its own markings say. Where it is a version of a `derivative`, partner, origin
    and the instant received are those of the original, and `aged_from` is the original's version key.
    """

    id: int
    object: int
    version: int
    version_key: str
    spec: int
    origin: str
    partner: str
    handling: int
    type: int
    received: int
    not_before: int | None
    not_after: int | None
    defines: bool
    dated: bool
    derivative: int | None
    aged_from: str | None
    lines_left: str | None = None
    unnamed: bool = False

    @property
    def left(self) -> frozenset[str]:
        """The origins of the owners' lines that it has left."""
        return _left(self.lines_left)


@dataclass(frozen=True, slots=True)
class OwnVersion:
    """What one organisation has contributed under one STIX id somewhere in a partnership, and not withdrawn.

    `version` is the key of its content; `held` says that it waits for an officer.
    """

    contribution: int
    stix_id: str
    collection: int
    version_key: str
    version_text: str
    spec: int
    tree_digest: bytes
    created: str | None
    revoked: bool
    version: int
    held: bool
    origin: str
    unnamed: bool = False


def add(transaction: Transaction, rows: Sequence[NewContribution]) -> Sequence[int]:
    """Store the contributions; their keys, in the order given, are the order of arrival."""
    if not rows:
        return []
    statement = contribution.insert().returning(contribution.c.id, sort_by_parameter_order=True)
    return transaction.scalars(statement, [_values(row) for row in rows]).all()


def _values(row: NewContribution) -> dict[str, object]:
    return {name: getattr(row, name) for name in _COLUMNS}


_COLUMNS: Final = tuple(each.name for each in fields(NewContribution))

# Every push asks these, and building a statement takes longer than running it.
_COLLECTIONS: Final = select(collection.c.id).where(collection.c.partnership == bindparam("of"))
_OWN_VERSIONS: Final[Select[Any]] = (
    select(
        contribution.c.id,
        stix_object.c.stix_id,
        contribution.c.collection,
        contribution.c.version_key,
        contribution.c.version_text,
        contribution.c.spec,
        object_version.c.tree_digest,
        object_version.c.created,
        object_version.c.revoked,
        object_version.c.id,
        contribution.c.state == HELD,
        contribution.c.origin,
        contribution.c.unnamed,
    )
    .join(stix_object, stix_object.c.id == contribution.c.object)
    .join(object_version, object_version.c.id == contribution.c.version)
    .where(
        stix_object.c.collection.in_(bindparam("collections", expanding=True)),
        stix_object.c.stix_id.in_(bindparam("ids", expanding=True)),
        contribution.c.partner == bindparam("by"),
        contribution.c.derivative.is_(None),
        contribution.c.state.in_((LIVE, HELD)),
    )
    .order_by(contribution.c.id)
)
_LIVE_OF: Final[Select[Any]] = (
    select(
        contribution.c.id,
        contribution.c.object,
        contribution.c.version,
        contribution.c.version_key,
        contribution.c.spec,
        contribution.c.origin,
        contribution.c.partner,
        contribution.c.handling,
        stix_object.c.type,
        contribution.c.received,
        contribution.c.not_before,
        contribution.c.not_after,
        object_type.c.name == MARKING_DEFINITION,
        contribution.c.dated,
        contribution.c.derivative,
        contribution.c.aged_from,
        contribution.c.lines_left,
        contribution.c.unnamed,
    )
    .join(stix_object, stix_object.c.id == contribution.c.object)
    .join(object_type, object_type.c.id == stix_object.c.type)
    .where(contribution.c.object.in_(bindparam("objects", expanding=True)), contribution.c.state == LIVE)
    .order_by(contribution.c.id)
)


def own_versions(
    transaction: Transaction, partnership_id: int, partner: str, stix_ids: Iterable[str]
) -> Sequence[OwnVersion]:
    """What the partner's organisation has contributed under these ids in this partnership, oldest first.

    Derivatives of it are the exchange's.
    """
    wanted = {"collections": list(transaction.scalars(_COLLECTIONS, {"of": partnership_id})), "by": partner}
    found: list[OwnVersion] = []
    for part in chunks(sorted(set(stix_ids))):
        found.extend(OwnVersion(*row) for row in transaction.execute(_OWN_VERSIONS, {**wanted, "ids": part}))
    return found


def live_of(transaction: Transaction, object_ids: Sequence[int]) -> Mapping[int, list[Contribution]]:
    """The live contributions of these objects, by object, in the order of arrival."""
    found: dict[int, list[Contribution]] = {}
    for part in chunks(object_ids):
        for row in transaction.execute(_LIVE_OF, {"objects": part}):
            found.setdefault(row[1], []).append(Contribution(*row))
    return found


def release(transaction: Transaction, key: int, at: int) -> int:
    """End a held contribution `at` an instant (milliseconds); the key of the live one that arrives in its place.

    Keys are the order of arrival, and all that came while it was held came before.
    """
    copied = [each for each in contribution.c if each.name not in ("id", "state")]
    of_it = select(*copied, literal(LIVE)).where(contribution.c.id == key)
    statement = contribution.insert().from_select([*(each.name for each in copied), "state"], of_it)
    arrived: int = transaction.scalars(statement.returning(contribution.c.id)).one()
    end(transaction, [key], RELEASED, at)
    return arrived


def end(transaction: Transaction, keys: Sequence[int], state: str, ended: int) -> None:
    """Give the contributions the state in which they end (`withdrawn`, `refused` or `released`)."""
    for part in chunks(keys):
        transaction.execute(update(contribution).where(contribution.c.id.in_(part)).values(state=state, ended=ended))


@dataclass(frozen=True, slots=True)
class Source:
    """A live contribution, as much of it as its handling is derived from."""

    id: int
    collection: int
    object: int
    version: int
    partner: str
    handling: int
    origin: str
    lines_left: str | None
    unnamed: bool

    @property
    def left(self) -> frozenset[str]:
        """The origins of the owners' lines that it has left."""
        return _left(self.lines_left)


def derive(transaction: Transaction, changes: Mapping[int, Derivation]) -> None:
    """Markings of these contributions, by key, now mean something else."""
    _change(transaction, changes, ("handling", "not_before", "not_after"))


def change_lines(transaction: Transaction, lines: Mapping[int, tuple[str, frozenset[str]]]) -> None:
    """The identities in these contributions now belong to others: contribution to origin, and to the lines left."""
    changes = {key: _Lines(origin, ",".join(sorted(left)) or None) for key, (origin, left) in lines.items()}
    _change(transaction, changes, ("origin", "lines_left"))


@dataclass(frozen=True, slots=True)
class _Lines:
    """The line of a contribution and those that it has left, as they are stored."""

    origin: str
    lines_left: str | None


def _left(lines_left: str | None) -> frozenset[str]:
    return frozenset(lines_left.split(",")) if lines_left else frozenset()


def hand_over(transaction: Transaction, givers: Mapping[int, Giver]) -> None:
    """Others give these versions of derivatives now: contribution to giver."""
    _change(transaction, givers, ("partner", "received", "aged_from"))


def _change(transaction: Transaction, changes: Mapping[int, object], names: Sequence[str]) -> None:
    """Give these columns of contributions, by key, the values of the attributes of the same names."""
    if changes:
        statement = (
            update(contribution)
            .where(contribution.c.id == bindparam("one"))
            .values({name: bindparam(f"new_{name}") for name in names})
        )
        rows = [{"one": key, **{f"new_{name}": getattr(new, name) for name in names}} for key, new in changes.items()]
        transaction.execute(statement, rows)


def sources_of(transaction: Transaction, keys: Sequence[int]) -> Sequence[Source]:
    """Those of these contributions that are live; derivatives follow their originals instead."""
    found: list[Source] = []
    for part in chunks(keys):
        statement = select(
            contribution.c.id,
            contribution.c.collection,
            contribution.c.object,
            contribution.c.version,
            contribution.c.partner,
            contribution.c.handling,
            contribution.c.origin,
            contribution.c.lines_left,
            contribution.c.unnamed,
        ).where(contribution.c.id.in_(part), contribution.c.state == LIVE, contribution.c.derivative.is_(None))
        found.extend(Source(*row) for row in transaction.execute(statement))
    return found


def version_texts(transaction: Transaction, keys: Sequence[int]) -> Mapping[int, str]:
    """The versions of these contributions as TAXII shows them."""
    found: dict[int, str] = {}
    for part in chunks(keys):
        statement = select(contribution.c.id, contribution.c.version_text).where(contribution.c.id.in_(part))
        found.update((key, text) for key, text in transaction.execute(statement))
    return found


def objects_of(transaction: Transaction, keys: Sequence[int]) -> Mapping[int, int]:
    """The object of each of these contributions."""
    found: dict[int, int] = {}
    for part in chunks(keys):
        rows = transaction.execute(select(contribution.c.id, contribution.c.object).where(contribution.c.id.in_(part)))
        found.update((key, object_id) for key, object_id in rows)
    return found


def contested_after(transaction: Transaction, collection_id: int, after: int, count: int) -> Sequence[int]:
    """The next `count` objects of the collection, by key, of which somebody may be given less than is there.

    They have contributions of several origins, or several of one version in one encoding.
    """
    of_one_version = contribution.c.version_key + literal(" ") + cast(contribution.c.spec, Text)
    statement = (
        select(contribution.c.object)
        .where(contribution.c.collection == collection_id, contribution.c.object > after, contribution.c.state == LIVE)
        .group_by(contribution.c.object)
        .having(
            or_(
                func.count(contribution.c.origin.distinct()) > 1,
                func.count(of_one_version.distinct()) < func.count(),
            )
        )
        .order_by(contribution.c.object)
        .limit(count)
    )
    return transaction.scalars(statement).all()
