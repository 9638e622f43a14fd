"""`comity db`, `settings` and `serve`, as an operator types them."""

import sqlite3
from collections.abc import Mapping
from pathlib import Path

import pytest

from app.settings import Settings
from tests.cli.ran import Comity, refused


def test_db_check_finds_what_somebody_changed_by_hand(comity: Comity, here: Path) -> None:
    with sqlite3.connect(here / "var/comity.db") as connection:
        connection.execute("ALTER TABLE partner ADD COLUMN by_hand TEXT")
    connection.close()
    refused(comity("db", "check"), "by_hand", "restore a backup")


def test_settings_are_all_listed_with_their_meaning(comity: Comity) -> None:
    listed = comity("settings")
    assert listed.status == 0
    for name, field in Settings.model_fields.items():
        assert f"COMITY_{name.upper()}" in listed.out
        assert (field.description or "?")[:60] in listed.out


def test_settings_come_from_the_environment_and_from_the_env_file(
    comity: Comity, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / ".env").write_text("COMITY_TITLE=From the file\nCOMITY_CONTACT=soc@example.org\n")
    monkeypatch.setenv("COMITY_TITLE", "From the environment")
    told = comity("settings", "--json").json
    assert told["COMITY_TITLE"]["value"] == "From the environment"
    assert told["COMITY_CONTACT"]["value"] == "soc@example.org"


@pytest.mark.parametrize("arguments", [["settings"], ["settings", "--json"]], ids=["as a table", "as JSON"])
def test_settings_show_no_secret(
    comity: Comity, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, arguments: list[str]
) -> None:
    (tmp_path / "secret.key").write_text("very secret key\n")
    monkeypatch.setenv("COMITY_SECRET_KEY_FILE", str(tmp_path / "secret.key"))
    for url in (
        "postgresql://comity:hunter2@db.example/comity",
        "postgresql://db.example/comity?user=comity&password=hunter2",
    ):
        monkeypatch.setenv("COMITY_DATABASE_URL", url)
        ran = comity(*arguments)
        assert "hunter2" not in ran.out + ran.err, "the database's password is a secret"
        assert "very secret" not in ran.out + ran.err


def test_a_setting_that_is_wrong_is_named(comity: Comity, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COMITY_PAGE_OBJECTS_MAX", "many")
    refused(comity("settings"), "COMITY_PAGE_OBJECTS_MAX", "comity settings")


SERVE_REFUSALS: Mapping[str, tuple[list[str], Mapping[str, str], list[str]]] = {
    "several workers on SQLite": (["--workers", "2"], {}, ["one process", "COMITY_DATABASE_URL"]),
    "plain HTTP off loopback": (["--host", "0.0.0.0"], {}, ["0.0.0.0", "--behind-proxy"]),
    "any address off loopback": (["--host", "::"], {}, ["::", "--behind-proxy"]),
    "a name that is not localhost": (["--host", "exchange.example"], {}, ["exchange.example", "--behind-proxy"]),
    "off loopback without an address of its own": (
        ["--host", "0.0.0.0", "--behind-proxy"],
        {},
        ["COMITY_BASE_URL", "https://"],
    ),
    "a public address that is not https": ([], {"COMITY_BASE_URL": "http://x.example"}, ["http://x.example", "https"]),
}


@pytest.mark.parametrize("says", SERVE_REFUSALS)
def test_serve_refuses(comity: Comity, here: Path, monkeypatch: pytest.MonkeyPatch, says: str) -> None:
    arguments, environment, telling = SERVE_REFUSALS[says]
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    refused(comity("serve", "--port", "1", *arguments), *telling)


def test_serve_refuses_a_database_that_is_not_at_head(comity: Comity, here: Path) -> None:
    with sqlite3.connect(here / "var/comity.db") as connection:
        connection.execute("UPDATE comity_exchange_version SET version_num = '0000'")
    connection.close()
    refused(comity("serve", "--port", "1"), "0000", "comity db upgrade")
