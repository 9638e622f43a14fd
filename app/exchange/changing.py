"""A change: a transaction that may append to logs, and the look at the clock after its commit.

Rows are dated ahead of the clock, so that none is dated before the instant at which it can be read: a poller who goes
on from its own clock relies on that. Where a commit took so long that the clock has passed the first of them, the rows
are appended again under later dates (design, section 4). Until somebody has looked, the dates are on record
(`app.storage.dates`): if this process dies in between, the sweeper dates them again.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field

import structlog

from app.errors import Unavailable
from app.exchange.exchange import Exchange
from app.storage import deliveries
from app.storage.dates import Dated
from app.storage.engine import Transaction
from app.storage.instants import milliseconds

log = structlog.get_logger("comity.changing")


@dataclass(frozen=True, slots=True)
class Change:
    """One transaction, and the dates that it gives in each audience's log."""

    transaction: Transaction
    dated: dict[int, Dated] = field(default_factory=dict)


@contextmanager
def changing(exchange: Exchange) -> Iterator[Change]:
    """A transaction that may append to logs; committed at the end of the block, rolled back by an exception."""
    with exchange.in_time.writing(exchange.database) as transaction:
        change = Change(transaction)
        yield change
    late = _late(exchange, change.dated)
    try:
        date_again(exchange, late)
    except Unavailable as error:  # what was to be done is done, and its dates stay on record
        log.warning("rows that came late are dated again by the sweeper", reason=str(error))


def date_again(exchange: Exchange, late: Mapping[int, Dated]) -> None:
    """Give these dates' rows later ones, until they are in time. Raises Unavailable; then they stay on record."""
    while late:
        with exchange.in_time.writing(exchange.database) as transaction:
            allowance = exchange.settings.dated_ahead_milliseconds
            dated = deliveries.date_again(transaction, exchange.clock, allowance, late)
        late = _late(exchange, dated)


def _late(exchange: Exchange, dated: Mapping[int, Dated]) -> Mapping[int, Dated]:
    """Those of the dates that the clock has passed. The others are in time."""
    if not dated:
        return {}
    now = milliseconds(exchange.clock.now())
    late = {audience: dates for audience, dates in dated.items() if dates.first < now}
    exchange.in_time.add({audience: dates for audience, dates in dated.items() if audience not in late})
    return late
