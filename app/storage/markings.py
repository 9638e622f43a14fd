"""Marking definitions that partners have contributed, and which contributions refer to them.

A definition resolves for its own submitter, and for objects of its creator if that is a member's identity (design,
decision 5). Registry definitions stand in files, never here.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import and_, bindparam, or_, select

from app.storage import dialects
from app.storage.chunks import chunks
from app.storage.engine import Transaction
from app.storage.tables import contribution, marking, marking_use


@dataclass(frozen=True, slots=True)
class DefinitionRow:
    """One live contribution of a marking-definition. `unnamed` is as in `contributions.NewContribution`."""

    marking_id: str
    contribution: int
    version: int
    partner: str
    unnamed: bool


def add_definitions(
    transaction: Transaction, partnership_id: int, partner: str, definitions: Sequence[tuple[str, int]]
) -> None:
    """Record (marking id, contribution) of a partner's contributions that define a marking."""
    rows = [
        {"partnership": partnership_id, "marking_id": mark, "contribution": key, "partner": partner}
        for mark, key in definitions
    ]
    if rows:
        transaction.execute(marking.insert(), rows)


def add_uses(transaction: Transaction, partnership_id: int, uses: Sequence[tuple[str, int]]) -> None:
    """Record (marking id, contribution) for every marking outside the registry that a contribution rests on."""
    rows = [{"partnership": partnership_id, "marking_id": mark, "contribution": key} for mark, key in uses]
    if rows:
        transaction.execute(dialects.insert_new(transaction, marking_use), rows)


def definitions(transaction: Transaction, partnership_id: int, marking_ids: Iterable[str]) -> Sequence[DefinitionRow]:
    """The live definitions of these ids in the partnership, whoever gave them, oldest first."""
    found: list[DefinitionRow] = []
    for part in chunks(sorted(set(marking_ids))):
        statement = (
            select(
                marking.c.marking_id,
                marking.c.contribution,
                contribution.c.version,
                marking.c.partner,
                contribution.c.unnamed,
            )
            .join(contribution, contribution.c.id == marking.c.contribution)
            .where(
                marking.c.partnership == partnership_id,
                marking.c.marking_id.in_(part),
                contribution.c.state == "live",
            )
            .order_by(marking.c.contribution)
        )
        found.extend(DefinitionRow(*row) for row in transaction.execute(statement))
    return found


def defined_by(
    transaction: Transaction, collection_id: int, partner: str, marking_ids: Iterable[str], *, unnamed: bool
) -> frozenset[str]:
    """Those of these markings that live definitions of this partner's in this collection define; with `unnamed` also
    those that came with reports without a name.
    """
    found: set[str] = set()
    for part in chunks(sorted(set(marking_ids))):
        statement = (
            select(marking.c.marking_id)
            .join(contribution, contribution.c.id == marking.c.contribution)
            .where(
                marking.c.marking_id.in_(part),
                marking.c.partner == partner,
                contribution.c.unnamed.in_((False, unnamed)),
                contribution.c.collection == collection_id,
                contribution.c.state == "live",
            )
        )
        found.update(transaction.scalars(statement))
    return frozenset(found)


def users(
    transaction: Transaction, partnership_id: int, marking_ids: Iterable[str], partner: str, identities: Iterable[str]
) -> Sequence[int]:
    """The contributions that rest on these markings, and are the partner's or in the name of these identities."""
    of_owner = [contribution.c.origin.startswith(identity, autoescape=True) for identity in sorted(identities)]
    found: set[int] = set()
    for part in chunks(sorted(set(marking_ids))):
        statement = (
            select(marking_use.c.contribution)
            .join(contribution, contribution.c.id == marking_use.c.contribution)
            .where(
                marking_use.c.partnership == partnership_id,
                marking_use.c.marking_id.in_(part),
                or_(contribution.c.partner == partner, *of_owner),
            )
        )
        found.update(transaction.scalars(statement))
    return sorted(found)


def contested_users(
    transaction: Transaction, collection_id: int, marking_ids: Iterable[str], partner: str
) -> Sequence[int]:
    """The objects of the collection that rest on these markings, where others than the partner define them there too.

    What such a definition shows or hides of another's counts for all that rests on either.
    """
    found: set[int] = set()
    for part in chunks(sorted(set(marking_ids))):
        others = (
            select(marking.c.marking_id)
            .join(contribution, contribution.c.id == marking.c.contribution)
            .where(
                marking.c.marking_id.in_(part),
                marking.c.partner != partner,
                contribution.c.collection == collection_id,
                contribution.c.state == "live",
            )
        )
        statement = (
            select(contribution.c.object)
            .join(marking_use, marking_use.c.contribution == contribution.c.id)
            .where(
                marking_use.c.marking_id.in_(others),
                contribution.c.collection == collection_id,
                contribution.c.state == "live",
            )
        )
        found.update(transaction.scalars(statement))
    return sorted(found)


def resting_on(transaction: Transaction, contributions: Iterable[int]) -> Sequence[int]:
    """The live contributions that rest on what these define, and are in the same collection."""
    user = contribution.alias("user")
    found: set[int] = set()
    for part in chunks(sorted(set(contributions))):
        statement = (
            select(user.c.id)
            .join(marking_use, marking_use.c.contribution == user.c.id)
            .join(
                marking,
                and_(
                    marking.c.partnership == marking_use.c.partnership,
                    marking.c.marking_id == marking_use.c.marking_id,
                ),
            )
            .join(contribution, contribution.c.id == marking.c.contribution)
            .where(
                marking.c.contribution.in_(part),
                contribution.c.collection == user.c.collection,
                user.c.state == "live",
            )
        )
        found.update(transaction.scalars(statement))
    return sorted(found)


# Built once: every push asks it.
_USES: Final = select(marking_use.c.contribution, marking_use.c.marking_id).where(
    marking_use.c.contribution.in_(bindparam("of", expanding=True))
)


def uses_of(transaction: Transaction, contributions: Iterable[int]) -> Mapping[int, frozenset[str]]:
    """The markings outside the registry that each of these contributions rests on; those with none are left out."""
    found: dict[int, set[str]] = defaultdict(set)
    for part in chunks(sorted(set(contributions))):
        for key, marking_id in transaction.execute(_USES, {"of": part}):
            found[key].add(marking_id)
    return {key: frozenset(ids) for key, ids in found.items()}
