"""Processes, and how they are killed: at any statement, just before a commit, or just after one.

A killed process does nothing more: every further statement fails, whatever its code would like to tidy up, and a new
process begins on the same database and key file. What the database had not committed is gone, as it is when the
connection of a dead process breaks.
"""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, event, text

from app.exchange.exchange import Exchange
from tests.support.clocks import StillClock
from tests.support.direct import Answer, Direct
from tests.support.exchanges import Running, running

SMALL: dict[str, Any] = {"readers": 2, "page_objects_default": 5, "page_bytes_max": 3000}
"""Settings under which little is much."""


class Killed(BaseException):
    """The process is no more. Not an Exception, so that nothing takes it for a failure to be handled."""


class Killing:
    """Counts the moments at which a process may die, and ends it at the one that was chosen."""

    def __init__(self, exchange: Exchange) -> None:
        self.dead = False
        self._left: int | None = None
        for database in (exchange.database, exchange.ledger_database):
            self._watch(database._engine)

    def arm(self, moments: int) -> None:
        """Die at the moment of this number from now on, counted from 1."""
        self._left = moments

    def disarm(self) -> None:
        self._left = None

    def _watch(self, engine: Engine) -> None:
        event.listen(engine, "before_cursor_execute", lambda *_: self._moment())
        event.listen(engine, "commit", lambda *_: self._moment())
        own = object.__new__(type(engine.dialect))  # engines share theirs, and the others go on to live
        vars(own).update(vars(engine.dialect))
        engine.dialect = own
        commit = own.do_commit

        def then_perhaps_die(connection: Any) -> None:
            commit(connection)
            self._moment()

        own.do_commit = then_perhaps_die  # type: ignore[assignment, method-assign]

    def _moment(self) -> None:
        if self._left is not None:
            self._left -= 1
            self.dead = self.dead or self._left <= 0
        if self.dead:
            raise Killed


class Process:
    """One process at a time, on one database and key file. What it raises as Killed was its end: start the next."""

    def __init__(self, url: str, folder: Path, clock: StillClock, seeds: Callable[[], int]) -> None:
        self.secrets: dict[str, str] = {}
        self._started = 0
        self._url = url
        self._folder = folder
        self._clock = clock
        self._seeds = seeds
        self._stack = ExitStack()
        self.start()

    def start(self) -> None:
        """A new process."""
        self._stack = ExitStack()
        self._started += 1
        made = running(self._url, self._folder, files={}, clock=self._clock, seed=self._seeds(), **SMALL)
        self.running: Running = self._stack.enter_context(made)
        self.running.secrets.update(self.secrets)
        self.secrets = self.running.secrets
        self._direct = self._stack.enter_context(Direct(self.running.application, self.secrets))
        self._killing = Killing(self.running.exchange)

    @property
    def name(self) -> str:
        """By which it holds leases."""
        return f"process {self._started}"

    def end(self) -> None:
        """Give its threads and connections back; a dead one's do nothing on the way."""
        with suppress(Killed):
            self._stack.close()

    def restart(self) -> None:
        self.end()
        self.start()

    @contextmanager
    def perhaps_killed(self, at: int | None) -> Iterator[None]:
        """Dies at this moment, if the work in this block lasts that long."""
        if at is not None:
            self._killing.arm(at)
        yield
        if self._killing.dead:
            raise Killed  # whatever it said in its last moments reached nobody
        self._killing.disarm()

    def ask(self, account: str, method: str, target: str, body: bytes = b"", **headers: str) -> Answer:
        answer = self._direct.ask(account, method, target, body, **headers)
        if self._killing.dead:
            raise Killed
        return answer

    def look(self, statement: str) -> list[tuple[Any, ...]]:
        """What the database itself holds, whoever may be shown it."""
        with self.running.exchange.database.reading() as transaction:
            return [tuple(row) for row in transaction.execute(text(statement))]
