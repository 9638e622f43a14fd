"""The ledger's store: its own file or connection, and one writer that commits for all who wait.

A request hands its record over and waits; the writer takes all that have gathered, makes them durable in one commit,
and lets everybody go. So many requests share one flush, and no answer leaves before its record is durable (law 6).
"""

from collections.abc import Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from queue import SimpleQueue
from threading import Thread

from sqlalchemy import select

from app.errors import Unavailable
from app.ledger.disclosures import Disclosure, pack_dates, unpack_dates
from app.storage.engine import Database, Transaction
from app.storage.ledger_tables import disclosure

BATCH = 512
"""The most records of one commit."""


@dataclass(frozen=True, slots=True)
class _Waiting:
    record: Disclosure
    written: "Future[None]"


class LedgerWriter:
    """The one writer of this process. `start` and `close` it with the process; `write` from any thread."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._queue: SimpleQueue[_Waiting | None] = SimpleQueue()
        self._thread: Thread | None = None

    def start(self) -> None:
        """Begin to take records."""
        self._thread = Thread(target=self._run, name="ledger", daemon=True)
        self._thread.start()

    def write(self, record: Disclosure) -> "Future[None]":
        """Hand a record over. The future is done when the record is durable, or holds what went wrong.

        Raises Unavailable where no writer is there to take it.
        """
        if self._thread is None or not self._thread.is_alive():
            raise Unavailable("The ledger takes no records: it has not been started, or was closed.")
        written: Future[None] = Future()
        written.set_running_or_notify_cancel()  # a client that goes away can't cancel it from here on
        self._queue.put(_Waiting(record, written))
        return written

    def close(self) -> None:
        """Write what is waiting and end."""
        if self._thread is not None:
            self._queue.put(None)
            self._thread.join()
            self._thread = None

    def _run(self) -> None:
        ending = False
        while not ending:
            batch: list[_Waiting] = []
            item = self._queue.get()
            while item is not None:
                batch.append(item)
                if len(batch) >= BATCH or self._queue.empty():
                    break
                item = self._queue.get()
            ending = item is None
            if batch:
                self._commit(batch)

    def _commit(self, batch: Sequence[_Waiting]) -> None:
        try:
            with self._database.writing() as transaction:
                transaction.execute(disclosure.insert(), [_values(waiting.record) for waiting in batch])
        except BaseException as error:
            failure = Unavailable("The ledger can't be written.")
            failure.__cause__ = error
            for waiting in batch:
                waiting.written.set_exception(failure)
        else:
            for waiting in batch:
                waiting.written.set_result(None)


def _values(record: Disclosure) -> dict[str, object]:
    return {
        "at": record.at,
        "partnership": record.partnership,
        "collection": record.collection,
        "audience": record.audience,
        "partner": record.partner,
        "account": record.account,
        "endpoint": record.endpoint,
        "query": record.query,
        "revision": record.revision,
        "engine": record.engine,
        "first_date": record.dates[0],
        "last_date": record.dates[-1],
        "count": len(record.dates),
        "dates": pack_dates(record.dates),
        "digest": record.digest,
    }


def offering(transaction: Transaction, audience: int, dates: Sequence[int]) -> Sequence[Disclosure]:
    """The disclosures to this audience that held a row of one of these dates, oldest first."""
    wanted = frozenset(dates)
    statement = (
        select(*disclosure.c)
        .where(
            disclosure.c.audience == audience,
            disclosure.c.last_date >= min(wanted),
            disclosure.c.first_date <= max(wanted),
        )
        .order_by(disclosure.c.id)
    )
    found: list[Disclosure] = []
    for row in transaction.execute(statement):
        shown = unpack_dates(bytes(row.dates))
        if not wanted.isdisjoint(shown):
            found.append(
                Disclosure(
                    row.at,
                    row.partnership,
                    row.collection,
                    row.audience,
                    row.partner,
                    row.account,
                    row.endpoint,
                    row.query,
                    row.revision,
                    row.engine,
                    shown,
                    bytes(row.digest),
                )
            )
    return found
