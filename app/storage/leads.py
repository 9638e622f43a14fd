"""Where an index leads a search: the few contributions among which everything stands that fits.

Words and terms are indexed by shelf. A shelf is what one partner marks in one way in one collection, so that an
audience mostly sees all of it or nothing. Only the shelves on which rows of the caller's own log stand are asked: how
long that takes, and whether the index leads at all, is decided by what the caller is shown, not by what others hold.
"""

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Select, bindparam, func, literal_column, select

from app.storage import dialects
from app.storage.engine import Transaction
from app.storage.index_tables import searchable, term
from app.storage.tables import delivery

LED_MAX = 5_000
"""Contributions that an index may lead to. Of what more of them hold, a log has a page before long."""

Term = tuple[str, frozenset[str]]
"""A kind of terms, and the values of which one has to be there."""


def shelves_since(transaction: Transaction, audience: int, since: int) -> tuple[int, frozenset[str]]:
    """The shelves of the rows of this log that were added after `since`, and the date of the newest of them."""
    which = (delivery.c.audience == audience, delivery.c.date_added > since)
    last = transaction.execute(select(func.max(delivery.c.date_added)).where(*which)).scalar_one()
    if last is None:
        return since, frozenset()
    statement = (
        select(searchable.c.shelf).distinct().join(delivery, delivery.c.contribution == searchable.c.contribution)
    )
    return last, frozenset(transaction.scalars(statement.where(*which)))


@dataclass(frozen=True, slots=True)
class Led:
    """Where the index leads: the keys of contributions, or None where it does not; and the terms and words that these
    do not answer, so that each row has to be looked at. Words are those of each shelf.
    """

    keys: Set[int] | None
    terms: Sequence[Term] = ()
    words: Sequence[Sequence[str]] = ()

    def among(self, keys: Set[int] | None) -> "Led":
        """The same, and only to these contributions; None for all."""
        return self if keys is None else replace(self, keys=keys if self.keys is None else self.keys & keys)


def lead(
    transaction: Transaction, collection: int, shelves: Set[str], terms: Sequence[Term], words: Sequence[str]
) -> Led:
    """Where these terms and words lead on these shelves of the collection: each to no more than LED_MAX."""
    of_terms = {each: _with_term(transaction, collection, shelves, each) for each in terms}
    groups = [[shelf + word for word in words] for shelf in sorted(shelves)] if words else []
    of_words = dialects.keys_with(transaction, groups, LED_MAX + 1) if words else None
    few = [set(found) for found in (*of_terms.values(), of_words) if found is not None and len(found) <= LED_MAX]
    return Led(
        set.intersection(*few) if few else None,
        [each for each, found in of_terms.items() if len(found) > LED_MAX],
        groups if of_words is not None and len(of_words) > LED_MAX else (),
    )


def _with_term(transaction: Transaction, collection: int, shelves: Set[str], wanted: Term) -> Sequence[int]:
    kind, values = wanted
    asked = {
        "collection": collection,
        "kind": kind,
        "values": dialects.listed(values),
        "shelves": dialects.listed(shelves),
        "limit": LED_MAX + 1,
    }
    return transaction.scalars(_of_term(transaction.dialect.name), asked).all()


def has_term(dialect: str, number: int) -> ColumnElement[bool]:
    """Whether the row that a search looks at has the term of this number."""
    return one_by_one(
        term.c.collection == bindparam("collection"),
        term.c.kind == bindparam(f"kind_{number}"),
        dialects.one_of(dialect, term.c.value, f"values_{number}"),
        term.c.shelf == searchable.c.shelf,
        term.c.contribution == searchable.c.contribution,
    )


def one_by_one(*conditions: ColumnElement[bool]) -> ColumnElement[bool]:
    """Whether `term` holds such a row. Each row that is looked at asks for itself: of EXISTS a planner with statistics
    makes a join, and gathers all that has the term, whoever holds it, before it looks at the first row.
    """
    return select(term.c.contribution).where(*conditions).limit(literal_column("1")).scalar_subquery().is_not(None)


def terms_asked(terms: Sequence[Term]) -> Mapping[str, object]:
    """The parameters of `has_term`."""
    asked: dict[str, object] = {}
    for number, (kind, values) in enumerate(terms):
        asked |= {f"kind_{number}": kind, f"values_{number}": dialects.listed(values)}
    return asked


@cache
def _of_term(dialect: str) -> Select[Any]:
    return (
        select(term.c.contribution)
        .where(
            term.c.collection == bindparam("collection"),
            term.c.kind == bindparam("kind"),
            dialects.one_of(dialect, term.c.value, "values"),
            dialects.one_of(dialect, term.c.shelf, "shelves"),
        )
        .limit(bindparam("limit"))
    )
