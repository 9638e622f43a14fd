"""One filled exchange for each engine, copied for those who change it."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import pytest

from app.policy.partnership import Role
from tests.conformance import content
from tests.conformance.callers import Caller, basic
from tests.support import rights
from tests.support.clocks import StillClock
from tests.support.databases import ENGINES, PostgresDatabases, SqliteDatabases
from tests.support.direct import Direct
from tests.support.exchanges import Running, running
from tests.support.servers import Server

CONTENT_LENGTH_MAX = 300_000
SETTINGS = {
    "base_url": content.BASE_URL,
    "content_length_bytes_max": CONTENT_LENGTH_MAX,
    "page_objects_max": 50,
    "page_objects_default": 40,
}
PARTNERS = ("owner", "rw", "ro", "wo", "none", "stranger")


@dataclass(frozen=True)
class Taxii:
    """A server as several accounts see it. Each account is named as its partner, and is a feeder: it pulls and pushes
    where its partner may. `secrets` are theirs.
    """

    running: Running
    clock: StillClock
    loop: Direct

    def caller(self, account: str, password: str | None = None) -> Caller:
        """An account, with its own secret or with another one."""
        return self.presenting(basic(account, self.running.secrets[account] if password is None else password))

    def presenting(self, credentials: Any) -> Caller:
        """Whoever presents these headers."""
        return Caller(self.running.application, self.loop, credentials)

    @contextmanager
    def another(self, **settings: Any) -> Iterator["Taxii"]:
        """Another process on the same database: a second worker, or this one started again."""
        exchange = self.running.exchange
        folder = exchange.settings.secret_key_file.parent
        with (
            running(exchange.database.url, folder, {}, self.clock, seed=12, **{**SETTINGS, **settings}) as made,
            Direct(made.application, self.running.secrets) as loop,
        ):
            made.secrets.update(self.running.secrets)
            yield Taxii(made, self.clock, loop)

    @cached_property
    def owner(self) -> Caller:
        return self.caller("owner")

    @cached_property
    def rw(self) -> Caller:
        return self.caller("rw")

    @cached_property
    def ro(self) -> Caller:
        return self.caller("ro")

    @cached_property
    def wo(self) -> Caller:
        return self.caller("wo")

    @cached_property
    def none(self) -> Caller:
        return self.caller("none")

    @cached_property
    def stranger(self) -> Caller:
        return self.caller("stranger")

    @cached_property
    def nobody(self) -> Caller:
        return self.presenting({})


@dataclass(frozen=True)
class Filled:
    """A database that nobody has open, with its key file and the accounts' secrets."""

    databases: Any
    url: str
    key_file: Path
    secrets: dict[str, str]
    until: Any

    @contextmanager
    def served(self, folder: Path, **settings: Any) -> Iterator[Taxii]:
        """A server over a copy of it."""
        shutil.copy(self.key_file, folder / "secret.key")
        clock = StillClock(self.until)
        with (
            self.databases.new(folder, like=self.url) as url,
            running(url, folder, files={}, clock=clock, seed=11, **{**SETTINGS, **settings}) as made,
            Direct(made.application, self.secrets) as loop,
        ):
            made.secrets.update(self.secrets)
            yield Taxii(made, clock, loop)

    @contextmanager
    def served_by_a_process(self, folder: Path) -> Iterator[Server]:
        """`comity serve` over a copy of it, by the clock of this machine."""
        shutil.copy(self.key_file, folder / "secret.key")
        with (
            self.databases.new(folder, like=self.url) as url,
            Server(url, folder, settings=SETTINGS, secrets=self.secrets) as server,
        ):
            yield server


@contextmanager
def a_filled(databases: Any, folder: Path) -> Iterator[Filled]:
    """An exchange with the content that most tests ask about."""
    clock = StillClock()
    with databases.new(folder) as url:
        with running(url, folder, files=content.FILES, clock=clock, only=(), **SETTINGS) as made:
            for partner in PARTNERS:
                made.add_account(partner, partner, Role.FEEDER)
            with Direct(made.application, made.secrets) as loop:
                taxii = Taxii(made, clock, loop)
                for each in content.BASE:
                    clock.advance(seconds=1)
                    taxii.rw.take(f"/first/collections/{rights.RW}/objects/", each)
                clock.advance(seconds=1)
                taxii.rw.take(f"/first/collections/{content.MANY}/objects/", *content.LOTS)
                taxii.owner.take(f"/first/collections/{rights.RO}/objects/", *content.LOTS[:3])
                taxii.owner.take(f"/first/collections/{rights.HIDDEN}/objects/", *content.LOTS[:3])
                taxii.owner.take(f"/first/collections/{rights.WO}/objects/", *content.LOTS[:3])
            clock.advance(minutes=5)
        yield Filled(databases, url, folder / "secret.key", made.secrets, clock.now())


# A session's fixture that is parametrised is made anew for every module, where modules are handed out one by one.
@pytest.fixture(scope="session")
def filled_on_sqlite(sqlite_databases: SqliteDatabases, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Filled]:
    with a_filled(sqlite_databases, tmp_path_factory.mktemp("filled")) as made:
        yield made


@pytest.fixture(scope="session")
def filled_on_postgresql(
    postgres_databases: PostgresDatabases, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Filled]:
    with a_filled(postgres_databases, tmp_path_factory.mktemp("filled")) as made:
        yield made


@pytest.fixture(scope="module", params=ENGINES)
def filled(request: pytest.FixtureRequest) -> Filled:
    made: Filled = request.getfixturevalue(f"filled_on_{request.param}")
    return made


@pytest.fixture(scope="module")
def taxii(filled: Filled, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Taxii]:
    """A server that tests read from."""
    with filled.served(tmp_path_factory.mktemp("taxii")) as served:
        yield served


@pytest.fixture
def fresh(filled: Filled, tmp_path: Path) -> Iterator[Taxii]:
    """A server of a test's own, to write to."""
    with filled.served(tmp_path) as served:
        yield served
