"""Transactions: `Database.reading()` sees one snapshot, `Database.writing()` commits once or not at all."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError, OperationalError

from app.errors import Unavailable
from app.storage import dialects

Transaction = Connection
"""What the stores take: an open transaction. Nothing outside storage looks into it."""


class Database:
    """One store (the exchange's or the ledger's) on one engine.

    With `only_here`, connections fail where the database is not at the place where it is served.
    """

    def __init__(
        self, url: str, *, wait_seconds: int = 30, connections: int = 8, binary: bool = True, only_here: bool = False
    ) -> None:
        file = dialects.database_file(url)
        if file is not None:
            file.parent.mkdir(parents=True, exist_ok=True)
            file.touch(mode=0o600)  # SQLite gives its journals the mode of the database
        self.url = url
        self._engine = dialects.open_engine(url, wait_seconds, connections, binary=binary)
        if only_here:
            dialects.refuse_elsewhere(self._engine)
        self._read_options = dialects.read_options(self._engine)
        self._write_options = dialects.write_options(self._engine)

    @property
    def kind(self) -> str:
        """`sqlite` or `postgresql`."""
        return self._engine.dialect.name

    @contextmanager
    def reading(self) -> Iterator[Transaction]:
        """A transaction that reads one snapshot. Raises Unavailable if the database can't be reached."""
        with self._transaction(self._read_options) as transaction:
            yield transaction

    @contextmanager
    def writing(self) -> Iterator[Transaction]:
        """A transaction that may write; committed at the end of the block, rolled back by an exception.

        Raises Unavailable if the database can't be reached or its turn doesn't come in time.
        """
        with self._transaction(self._write_options) as transaction:
            yield transaction

    @contextmanager
    def _transaction(self, options: dict[str, Any]) -> Iterator[Transaction]:
        try:
            with self._engine.connect() as connection:
                connection = connection.execution_options(**options)
                with connection.begin():
                    yield connection
        except OperationalError as error:
            raise Unavailable(f"The database does not answer: {error.orig}") from error
        except DBAPIError as error:
            if error.connection_invalidated:
                raise Unavailable("The connection to the database was lost.") from error
            raise

    def close(self) -> None:
        """Give the connections back."""
        self._engine.dispose()
