"""The Exchange: everything a use case works with, built once for each process by `app.composition`."""

import asyncio
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from typing import ParamSpec, TypeVar

from app import VERSION
from app.clock import Clock, Identifiers
from app.errors import Unavailable
from app.exchange.in_time import InTime
from app.exchange.keys import ServerKeys
from app.exchange.passwords import Passwords
from app.exchange.places import Places
from app.exchange.rates import Rates
from app.exchange.shelves import Shelves
from app.exchange.terms import TermsInForce
from app.exchange.unchanged import Unchanged
from app.exports.formats import ExportFormat
from app.feeds.mapping import FeedMapping
from app.policy.markings import Registry
from app.policy.value_lists import ValueList
from app.settings import Settings
from app.storage.engine import Database
from app.storage.ledger_store import LedgerWriter
from app.taxii.paging import PageTokens

P = ParamSpec("P")
R = TypeVar("R")

ENGINE = f"comity {VERSION}"
"""What the record names as having decided."""


@dataclass(frozen=True, slots=True)
class Exchange:
    """The parts that use cases share. Blocking work runs in small pools of this process's own."""

    settings: Settings
    clock: Clock
    identifiers: Identifiers
    database: Database
    ledger_database: Database
    ledger: LedgerWriter
    keys: ServerKeys
    passwords: Passwords
    tokens: PageTokens
    registry: Registry
    lists: Mapping[str, ValueList]
    feeds: Mapping[str, FeedMapping]
    formats: Mapping[str, ExportFormat]
    readers: ThreadPoolExecutor
    writers: ThreadPoolExecutor
    converters: ThreadPoolExecutor
    rates: Rates
    pushes: Places
    lookups: Places
    exports: Places
    terms: TermsInForce = field(default_factory=TermsInForce)
    in_time: InTime = field(default_factory=InTime)
    shelves: Shelves = field(default_factory=Shelves)
    unchanged: Unchanged = field(default_factory=Unchanged)

    async def read(self, work: Callable[P, R], *args: P.args, **options: P.kwargs) -> R:
        """Run blocking work that reads."""
        return await asyncio.get_running_loop().run_in_executor(self.readers, partial(work, *args, **options))

    async def write(self, work: Callable[P, R], *args: P.args, **options: P.kwargs) -> R:
        """Run blocking work that writes."""
        return await asyncio.get_running_loop().run_in_executor(self.writers, partial(work, *args, **options))

    async def convert(self, work: Callable[P, R], *args: P.args, **options: P.kwargs) -> R:
        """Run work that takes long and needs no database, beside those who read and write."""
        return await asyncio.get_running_loop().run_in_executor(self.converters, partial(work, *args, **options))

    def close(self) -> None:
        """Let what is under way finish, and give everything back."""
        self.converters.shutdown()
        self.writers.shutdown()
        self.readers.shutdown()
        try:
            self._strike_off()
        finally:
            self.passwords.close()
            self.ledger.close()
            self.database.close()
            self.ledger_database.close()

    def _strike_off(self) -> None:
        if self.in_time:
            with suppress(Unavailable), self.in_time.writing(self.database):
                pass
