"""Statements are compiled once for every engine of a kind: each test has an engine of its own, and compiling one takes
longer than running it. SQLAlchemy keeps what it has compiled by dialect, so here all engines of a kind share theirs."""

from typing import Any, ClassVar

from sqlalchemy import Connection, Engine
from sqlalchemy.dialects import registry
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite


class _Shared:
    """What makes a dialect the only one of its kind in this process. It is made as the first engine asks for it."""

    supports_statement_cache = True
    _only: ClassVar[Any] = None
    _met: ClassVar[bool] = False
    _options: ClassVar[dict[str, Any]]
    _compiled: ClassVar[dict[Any, Any]]

    def __new__(cls, **options: Any) -> Any:
        if cls._only is None:
            cls._only, cls._options = super().__new__(cls), options
            super().__init__(cls._only, **options)
        return cls._only

    def __init__(self, **options: Any) -> None:
        assert options == self._options, "engines that differ can't share a dialect"

    def initialize(self, connection: Connection) -> None:
        """SQLAlchemy asks of every engine's first connection what server it has met: here it is the same one."""
        if not self._met:
            super().initialize(connection)  # type: ignore[misc]  # the dialect's, which comes next
            type(self)._met = True

    @classmethod
    def engine_created(cls, engine: Engine) -> None:
        """SQLAlchemy tells of every engine that was made for this dialect."""
        engine.update_execution_options(compiled_cache=cls._compiled)


class SharedSqlite(_Shared, SQLiteDialect_pysqlite):
    """The dialect of all embedded databases."""

    supports_statement_cache = True
    _compiled: ClassVar[dict[Any, Any]] = {}


class SharedPostgres(_Shared, PGDialect_psycopg):
    """The dialect of all databases of a server."""

    supports_statement_cache = True
    _compiled: ClassVar[dict[Any, Any]] = {}


def share_compiled_statements() -> None:
    """From now on, engines of this process share what they have compiled."""
    registry.register("sqlite", __name__, SharedSqlite.__name__)
    registry.register("postgresql.psycopg", __name__, SharedPostgres.__name__)
