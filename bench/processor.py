"""Processor time: what a server and its database take of the cores, whatever else this machine does meanwhile."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import psycopg

from app.storage.dialects import database_file

BACKENDS = "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"


@dataclass(frozen=True)
class Spent:
    """Seconds of a core: of the process that answers, and of PostgreSQL's processes that answer it."""

    server: float
    database: float

    @property
    def seconds(self) -> float:
        """Both."""
        return self.server + self.database

    def since(self, before: "Spent") -> "Spent":
        """What was spent after `before`."""
        return Spent(self.server - before.server, self.database - before.database)


class Processor:
    """What this server and the backends of its database have spent; these have to run on this machine."""

    def __init__(self, pid: int, database_url: str) -> None:
        self._pid = pid
        self._database_url = database_url

    def spent(self) -> Spent:
        """Up to now, of processes that still run."""
        return Spent(_seconds([self._pid]), _seconds(self._backends()))

    def _backends(self) -> list[int]:
        if database_file(self._database_url) is not None:
            return []
        with psycopg.connect(self._database_url.replace("postgresql+psycopg", "postgresql")) as connection:
            return [pid for (pid,) in connection.execute(BACKENDS)]


def _seconds(pids: Iterable[int]) -> float:
    """Of all threads: nanoseconds on a core are the first figure of each one's `schedstat`."""
    files = [file for pid in pids for file in Path(f"/proc/{pid}/task").glob("*/schedstat")]
    return sum(int(file.read_text().split()[0]) for file in files) / 1e9
