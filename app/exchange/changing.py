"""A change: a transaction that may append to logs, and the look at the clock after its commit.

Rows are dated ahead of the clock, so that none is dated before the instant at which it can be read: a poller who goes
on from its own clock relies on that. Where a commit took so long that the clock has passed the first of them, the rows
are appended again under later dates (design, section 4).
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from app.exchange.exchange import Exchange
from app.storage import deliveries
from app.storage.deliveries import Dated
from app.storage.engine import Transaction
from app.storage.instants import milliseconds


@dataclass(frozen=True, slots=True)
class Change:
    """One transaction, and the dates that it gives in each audience's log."""

    transaction: Transaction
    dated: dict[int, Dated] = field(default_factory=dict)


@contextmanager
def changing(exchange: Exchange) -> Iterator[Change]:
    """A transaction that may append to logs; committed at the end of the block, rolled back by an exception."""
    with exchange.database.writing() as transaction:
        change = Change(transaction)
        yield change
    late = _late(exchange, change.dated)
    while late:
        with exchange.database.writing() as transaction:
            allowance = exchange.settings.dated_ahead_milliseconds
            dated = deliveries.date_again(transaction, exchange.clock, allowance, late)
        late = _late(exchange, dated)


def _late(exchange: Exchange, dated: dict[int, Dated]) -> dict[int, Dated]:
    if not dated:
        return {}
    now = milliseconds(exchange.clock.now())
    return {audience: dates for audience, dates in dated.items() if dates.first < now}
