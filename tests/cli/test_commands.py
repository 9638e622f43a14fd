"""The commands of `comity` together: an operator's day on both engines, wrong usage, help."""

import stat
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import typer

from app.cli.command import app as commands
from tests.cli.ran import LASTING, PLACE, Comity, in_a_process, refused, write_files
from tests.support.stix import CLEAR, an_envelope, an_indicator


@pytest.mark.parametrize("engine", ["sqlite", "postgresql"])
def test_an_operators_day(
    comity: Comity,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    new_database: Callable[[str], str],
    engine: str,
) -> None:
    monkeypatch.setenv("COMITY_DATABASE_URL", new_database(engine))
    write_files(tmp_path / "collections", LASTING)
    for early in (["account", "list"], ["db", "check"]):
        assert comity(*early).status == 1, "nothing is there yet"

    made = comity("init")
    assert made.status == 0
    assert "secret.key" in made.out
    assert stat.S_IMODE((tmp_path / "var/secret.key").stat().st_mode) == 0o600
    if engine == "postgresql":
        refused(comity("apply", "--yes"), "version none", "comity db upgrade")
    upgraded = comity("db", "upgrade")
    assert upgraded.status == 0
    assert upgraded.out.count(engine) == 2
    assert "nothing was made" in comity("init").out
    assert comity("db", "check").out.count("as this Comity needs it") == 2

    checked = comity("check")
    assert checked.status == 0
    assert "5 partners, nothing wrong" in checked.out
    applied = comity("apply", "--yes", "--reason", "the beginning", "--json").json
    assert applied["revisions"] == {"east": 1, "north-sea": 1}
    assert "nl-cert/duty-officer" in " ".join(applied["warnings"])
    assert "Nothing differs" in comity("apply").out

    added = comity("account", "add", "feed", "--partner", "nl-cert", "--role", "feeder")
    assert added.status == 0
    assert added.out.splitlines()[-1].startswith("comity_")
    assert comity("account", "add", "soc", "--partner", "port-nl", "--role", "reader").status == 0
    shown = comity("account", "list", "--json").json
    assert shown == [
        {"name": "feed", "partner": "nl-cert", "role": "feeder", "active": True},
        {"name": "soc", "partner": "port-nl", "role": "reader", "active": True},
    ]

    one = an_indicator("one", CLEAR)
    (tmp_path / "one.json").write_bytes(an_envelope([one]))
    loaded = comity("load", PLACE, "one.json", "--account", "feed", "--json")
    counts = {"total": 1, "accepted": 1, "after_review": 0, "already_present": 0, "unchanged_events": 0}
    assert loaded.json == {**counts, "refused": []}
    assert comity("load", PLACE, "one.json", "--account", "feed", "--json").json["already_present"] == 1
    (explained,) = comity("explain", PLACE, one["id"], "--account", "soc", "--json").json
    assert (explained["decision"], explained["in_the_log"]) == ("release", True)
    assert comity("ledger", "received", one["id"], "--json").json == []
    rotated = comity("account", "rotate", "feed")
    assert rotated.out.splitlines()[-1] != added.out.splitlines()[-1]
    assert comity("account", "disable", "feed").status == 0
    assert [each["active"] for each in comity("account", "list", "--json").json] == [False, True]


WRONG_USAGE = {
    "a command that is none": ["frobnicate"],
    "an option that is none": ["check", "--frobnicate"],
    "an argument that is missing": ["load"],
    "an option that is required": ["explain", PLACE, "indicator--0"],
    "a role that is none": ["account", "add", "x", "--partner", "nl-cert", "--role", "king"],
    "a port that is none": ["serve", "--port", "70000"],
    "no command": [],
    "a group without a command": ["account"],
}


@pytest.mark.parametrize("says", WRONG_USAGE)
def test_wrong_usage_ends_with_2(comity: Comity, says: str) -> None:
    ran = comity(*WRONG_USAGE[says])
    assert ran.status == 2
    assert ran.err or ran.out


def every_command(group: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """The path of every command, through all groups."""
    for name, command in getattr(group, "commands", {}).items():
        yield from every_command(command, (*path, name))
    if not hasattr(group, "commands"):
        yield path


COMMANDS = sorted(every_command(typer.main.get_command(commands)))


def test_the_commands_are_those_of_the_design() -> None:
    assert {" ".join(path) for path in COMMANDS} >= {
        "init", "serve", "settings", "check", "apply", "load", "explain", "ledger received", "db upgrade", "db check",
        "account add", "account list", "account rotate", "account disable",
    }  # fmt: skip


@pytest.mark.parametrize("path", COMMANDS, ids=" ".join)
def test_every_help_has_an_example_of_that_command(comity: Comity, path: tuple[str, ...]) -> None:
    ran = comity(*path, "--help")
    assert ran.status == 0
    assert f"Example: comity {' '.join(path)}" in ran.out


def test_comity_is_also_a_module(tmp_path: Path) -> None:
    assert b"partnerships" in in_a_process(tmp_path, "--help").stdout
