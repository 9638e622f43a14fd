"""New epochs: what is done before a database is served that was restored, or promoted from a standby.

It may lack rows whose dates pollers hold already; what is added to it has to come after those dates, or those pollers
never receive it (laws 1 and 4). So every log goes on above whatever may have been published.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from app.clock import Clock
from app.storage import dialects, epochs
from app.storage.engine import Database
from app.storage.instants import MILLISECOND, instant, milliseconds

MARGIN = timedelta(hours=1)
"""How far dates can have run ahead of the clock, or of a database that lacks its last rows: 3,600,000 rows of a bulk
load. Whoever polls by their own clock is offered some rows again for so long; nobody misses any."""

REMEDY = "What pollers hold may be later than what it would add: run `comity db new-epoch`, then serve it."


@dataclass(frozen=True, slots=True)
class NewEpoch:
    """What beginning an epoch did. `lost` is how many logs the ledger knows later rows of than they hold."""

    number: int
    logs: int
    lost: int
    above: datetime


def begin(database: Database, ledger: Database, clock: Clock, by: str) -> NewEpoch:
    """Lift every log above all dates that it may have published, and record that. Raises Unavailable on a standby.

    Each log rests on the clock, on itself and on what the ledger says was offered of it: never on other logs (law 2).
    """
    now = milliseconds(clock.now())
    margin = MARGIN // MILLISECOND
    with database.writing() as transaction, ledger.reading() as record:
        held = epochs.last_dates(transaction, hold=True)
        offered = epochs.newest_offered(record, held)
        lifted = {audience: max(now, last, offered[audience]) + margin for audience, last in held.items()}
        epochs.lift(transaction, lifted)
        number = epochs.begin(transaction, now, by, floor=now + margin, place=dialects.place_of(transaction))
    lost = sum(offered[audience] > last for audience, last in held.items())
    return NewEpoch(number, len(lifted), lost, instant(max(lifted.values(), default=now + margin)))


def objections(database: Database, ledger: Database) -> Sequence[str]:
    """Why the database may not be served, one sentence for each reason."""
    with database.reading() as transaction:
        now, place = epochs.latest(transaction), dialects.place_of(transaction)
        audiences = list(epochs.last_dates(transaction))
    with ledger.reading() as record:
        offered = epochs.newest_offered(record, audiences)
    with database.reading() as transaction:  # after the ledger: other processes may be serving
        held = epochs.last_dates(transaction)
    later = sum(offered[audience] > held[audience] for audience in audiences)
    reasons = []
    if now is not None and now.floor is None:
        reasons.append(f"The database was restored from a backup at {instant(now.at):%Y-%m-%d %H:%M} UTC.")
    if now is not None and now.place not in (None, place):
        reasons.append("The database is not where it was last served: it was restored, or a standby was promoted.")
    if later:
        reasons.append(f"The ledger knows later rows of {later} logs than the database holds: it is an older copy.")
    return reasons


def served_here(database: Database, clock: Clock, by: str) -> None:
    """Note where the database is served; nothing on SQLite, whose file tells nothing of where it has been."""
    with database.writing() as transaction:
        place = dialects.place_of(transaction)
        if place is not None:
            epochs.served_at(transaction, place, milliseconds(clock.now()), by)
