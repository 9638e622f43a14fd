"""`comity db backup`, `restore` and `new-epoch`: after a restore nobody misses what is added, and nothing is added
before it can be so."""

import shutil
import sqlite3
import subprocess
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import psycopg
import pytest

from app.clock import SystemClock
from app.composition import both_stores
from app.exchange import epoch
from app.policy.partnership import Role
from app.settings import Settings
from app.taxii.timestamps import parse_added_after
from tests.cli.ran import LASTING, Comity, Ran, refused
from tests.support.databases import PostgresDatabases, SqliteDatabases, postgres_program
from tests.support.direct import Answer, Direct
from tests.support.exchanges import Running, running
from tests.support.pollers import Poller, Style, content_of
from tests.support.servers import Server
from tests.support.stix import AMBER, CLEAR, STIX, an_indicator

HERE = "/north-sea/collections/indicators"
READERS = ("nl-soc", "port-soc")
"""One who is shown everything, and one who is shown every third object."""

AHEAD_MILLISECONDS = 90_000
"""Before the restore dates run so far ahead of the clock, as they do after large pushes."""


@dataclass
class Installation:
    """One database through its life, and the clients that outlive it. `dates` are all that they were told."""

    comity: Comity
    url: str
    folder: Path
    secrets: dict[str, str] = field(default_factory=dict)
    direct: Direct | None = None
    dates: set[int] = field(default_factory=set)
    pollers: list[tuple[str, Poller]] = field(default_factory=list)

    @contextmanager
    def running(self, files: Mapping[str, str] | None = None, **settings: int) -> Iterator[Running]:
        only = ["nl-feed", *READERS]
        with running(self.url, self.folder, files or {}, SystemClock(), only, **settings) as made:
            self.secrets.update(made.secrets)
            made.secrets = self.secrets
            with Direct(made.application, self.secrets) as self.direct:
                yield made

    def push(self, name: str) -> list[STIX]:
        assert self.direct is not None
        objects = [an_indicator(f"{name} {n}", AMBER if n % 3 else CLEAR) for n in range(7)]
        assert self.direct.post("nl-feed", objects).json()["success_count"] == len(objects)
        return objects

    def get(self, reader: str, query: str) -> Answer:
        assert self.direct is not None
        answer = self.direct.ask(reader, "GET", f"{HERE}/objects/?{query}")
        for name in ("First", "Last"):
            date = answer.header(f"X-TAXII-Date-Added-{name}")
            self.dates |= {parse_added_after(date)} if date else set()
        return answer

    def clients(self) -> None:
        """One of each style for each reader; those who go by their own clock are ahead of nothing."""
        for reader in READERS:
            for number, style in enumerate(Style):
                get: Callable[[str], Answer] = lambda query, reader=reader: self.get(reader, query)  # noqa: E731
                self.pollers.append((reader, Poller(get, style, (1, 2, 7)[number % 3])))

    def run(self, *arguments: str) -> Ran:
        ran = self.comity(*arguments)
        assert ran.status == 0, ran
        return ran


Lose = Callable[[Installation, Path], None]


def both_files_are_lost(here: Installation, backup: Path) -> None:
    shutil.rmtree(here.folder / "database")
    here.run("db", "restore", str(backup))


def the_ledger_is_still_there(here: Installation, backup: Path) -> None:
    (here.folder / "database/comity.db").unlink()
    here.run("db", "restore", str(backup))


def an_older_file_was_copied_back(here: Installation, backup: Path) -> None:
    """By hand, so that nothing marks it; the ledger beside it tells."""
    shutil.copy(backup, here.folder / "database/comity.db")


def the_dump_was_restored(here: Installation, backup: Path) -> None:
    postgres("pg_restore", "--clean", "--if-exists", "--no-owner", f"--dbname={here.url}", str(backup))


def postgres(program: str, *arguments: str) -> None:
    subprocess.run([postgres_program(program), *arguments], check=True, capture_output=True, timeout=60)


LOSSES: Mapping[str, tuple[str, Lose]] = {
    "both files are lost": ("sqlite", both_files_are_lost),
    "the ledger is still there": ("sqlite", the_ledger_is_still_there),
    "an older file was copied back": ("sqlite", an_older_file_was_copied_back),
    "a dump was restored": ("postgresql", the_dump_was_restored),
}


@contextmanager
def an_installation(
    request: pytest.FixtureRequest, engine: str, comity: Comity, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Installation]:
    databases: SqliteDatabases | PostgresDatabases = request.getfixturevalue(
        "sqlite_databases" if engine == "sqlite" else "postgres_databases"
    )
    with databases.new(folder) as url:
        monkeypatch.setenv("COMITY_DATABASE_URL", url)
        monkeypatch.setenv("COMITY_SECRET_KEY_FILE", str(folder / "secret.key"))
        yield Installation(comity, url, folder)


@pytest.mark.row("S-20", "T-LIFE-11")
@pytest.mark.parametrize("loss", LOSSES)
def test_after_a_restore_and_a_new_epoch_nobody_misses_what_is_added(
    request: pytest.FixtureRequest, comity: Comity, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, loss: str
) -> None:
    engine, lose = LOSSES[loss]
    backup = tmp_path / "backups" / "comity.db"
    with an_installation(request, engine, comity, tmp_path, monkeypatch) as here:
        with here.running(LASTING, dated_ahead_milliseconds=AHEAD_MILLISECONDS):
            here.push("old")
            here.clients()
            for _, each in here.pollers:
                each.page()
            if engine == "sqlite":
                here.run("db", "backup", str(backup))
            else:
                with Server(here.url, tmp_path, secrets=here.secrets):
                    """It is served from where it is."""
                backup.parent.mkdir()
                postgres("pg_dump", "--format=custom", f"--file={backup}", here.url)
            here.push("lost")
            for number, (_, each) in enumerate(here.pollers):
                each.page() if number % 2 else each.poll()
        lose(here, backup)

        for command in (["serve", "--port", "1"], ["account", "list"]):
            refused(comity(*command), "comity db new-epoch")
        assert "has begun" in here.run("db", "new-epoch").out
        told = max(here.dates)
        with here.running() as made:
            added = here.push("new")
            for reader, each in here.pollers:
                each.set_back(SystemClock().now())
                each.poll()
                wanted = {content_of(one) for one in added if reader == "nl-soc" or CLEAR in one["object_marking_refs"]}
                assert wanted <= each.had, f"{reader}, {each.style}"
            text = LASTING["north-sea.yaml"].replace("members:\n", "members:\n  outsider: {tlp: all}\n")
            made.apply({**LASTING, "north-sea.yaml": text})
            made.add_account("outsider-soc", "outsider", Role.READER)
            for reader in (*READERS, "outsider-soc"):
                rows = here.direct.ask(reader, "GET", f"{HERE}/manifest/").json()["objects"]
                new = [row for row in rows if row["id"] in {one["id"] for one in added}]
                assert all(parse_added_after(row["date_added"]) > told for row in new)
                assert new
        here.run("account", "list")


def test_a_server_whose_database_moves_under_it_answers_503_until_a_new_epoch(
    request: pytest.FixtureRequest, comity: Comity, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As in a fail-over: new connections find another timeline."""
    with an_installation(request, "postgresql", comity, tmp_path, monkeypatch) as here, here.running(LASTING) as made:
        with both_stores(Settings(_env_file=None)) as (database, _):  # type: ignore[call-arg]
            epoch.served_here(database, SystemClock(), "a test")
        here.push("before")
        with psycopg.connect(here.url, autocommit=True) as server:
            server.execute("UPDATE epoch SET place = replace(place, '/00000001/', '/00000002/')")
        made.exchange.database.close()
        assert here.get("port-soc", "").status == 503
        refused(comity("serve", "--port", "1"), "promoted", "comity db new-epoch")
        here.run("db", "new-epoch")
        assert here.get("port-soc", "").status == 200


def test_a_backup_is_whole_while_pushes_go_on_and_replaces_nothing(comity: Comity, here: Path) -> None:
    with closing(sqlite3.connect(here / "var/comity.db")) as served:
        served.execute("BEGIN IMMEDIATE")
        made = comity("db", "backup", "backups/b.db")
        assert made.status == 0, made
        served.rollback()
    assert "backups/b.db and backups/b-ledger.db" in made.out
    for name in ("b.db", "b-ledger.db"):
        assert (here / "backups" / name).stat().st_mode & 0o777 == 0o600
    assert sorted(each.name for each in (here / "backups").iterdir()) == ["b-ledger.db", "b.db"]
    refused(comity("db", "backup", "backups/b.db"), "b.db is there already")
    refused(comity("db", "restore", "backups/b.db"), "var/comity.db is there already", "Move it away")


def test_a_restore_refuses_what_does_not_belong_together(comity: Comity, here: Path) -> None:
    var = here / "var"
    assert comity("db", "backup", "b.db").status == 0
    (var / "comity.db").unlink()
    (var / "comity.db-wal").write_bytes(b"left by the one before")
    refused(comity("db", "restore", "b.db"), "comity.db-wal is there already")
    (var / "comity.db-wal").unlink()
    refused(comity("db", "restore", "c.db"), "There is no backup at c.db")
    with closing(sqlite3.connect(here / "b-ledger.db", isolation_level=None)) as ledger:
        columns = "id, at, partnership, collection, audience, partner, account, endpoint, query, revision, engine"
        ledger.execute(
            f"INSERT INTO disclosure ({columns}, first_date, last_date, count, dates, digest) "
            "VALUES (1, 1, 'p', 'c', 1, 'p', 'a', 'e', '', 1, 'x', 1, 1, 1, x'00', x'00')"
        )
    refused(comity("db", "restore", "b.db"), "does not go on from the one of this backup")
    (var / "comity-ledger.db").unlink()
    (here / "b.db").write_bytes(b"no database at all" * 100)
    refused(comity("db", "restore", "b.db"), "b.db can't be copied")
    assert not (var / "comity.db").exists()


def test_on_postgresql_backups_are_its_own_tools(comity: Comity, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COMITY_DATABASE_URL", "postgresql://localhost/comity")
    refused(comity("db", "backup", "b"), "pg_dump --format=custom")
    refused(comity("db", "restore", "b"), "pg_restore", "comity db new-epoch")
