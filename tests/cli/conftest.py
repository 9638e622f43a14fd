"""Commands run in this process, in an empty folder or beside an exchange of their own."""

import io
import shutil
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import make_url

from app.cli.command import main
from app.clock import SystemClock
from app.policy.partnership import Role
from app.settings import Settings
from tests.cli.ran import LASTING, Comity, Ran, write_files
from tests.support.databases import SqliteDatabases
from tests.support.exchanges import running
from tests.support.logs import plain_logs


@pytest.fixture
def comity(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Iterator[Comity]:
    """Runs a command in this process, in an empty folder, as `comity` would."""
    for name in Settings.model_fields:
        monkeypatch.delenv(f"COMITY_{name.upper()}", raising=False)
    monkeypatch.setenv("COLUMNS", "500")
    monkeypatch.chdir(tmp_path)

    def run(*arguments: str, stdin: bytes = b"") -> Ran:
        monkeypatch.setattr(sys, "argv", ["comity", *arguments])
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin), encoding="utf-8"))
        capsys.readouterr()
        with pytest.raises(SystemExit) as ended:
            main()
        written = capsys.readouterr()
        assert isinstance(ended.value.code, int)
        assert "Traceback" not in written.err
        return Ran(ended.value.code, written.out, written.err)

    yield run
    plain_logs()


@pytest.fixture(scope="module")
def template(sqlite_databases: SqliteDatabases, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with an exchange in it: files applied, a feeder and a reader."""
    folder = tmp_path_factory.mktemp("comity")
    write_files(folder / "collections", LASTING)
    with sqlite_databases.new(folder):
        (folder / "database").rename(folder / "var")
    with running(f"sqlite:///{folder}/var/comity.db", folder / "var", LASTING, SystemClock(), only=[]) as made:
        made.add_account("feed", "nl-cert", Role.FEEDER)
        made.add_account("soc", "port-nl", Role.READER)
        for name, secret in made.secrets.items():
            (folder / f"{name}.secret").write_text(secret)
    return folder


@pytest.fixture
def here(comity: Comity, template: Path, tmp_path: Path) -> Path:
    """The current folder, with an exchange of its own."""
    shutil.copytree(template, tmp_path, dirs_exist_ok=True)
    return tmp_path


@pytest.fixture
def new_database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Callable[[str], str]]:
    """URLs of databases in which there is nothing yet."""
    made: list[tuple[str, str]] = []

    def new(engine: str) -> str:
        if engine == "sqlite":
            return f"sqlite:///{tmp_path}/var/comity.db"
        server = request.getfixturevalue("postgres_databases").server
        name = f"comity_cli_{tmp_path.name}".replace("-", "_").lower()[:60]
        with psycopg.connect(server, autocommit=True) as connection:
            connection.execute(f'CREATE DATABASE "{name}"')
        made.append((server, name))
        return make_url(server).set(database=name).render_as_string(hide_password=False)

    yield new
    for server, name in made:
        with psycopg.connect(server, autocommit=True) as connection:
            connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
