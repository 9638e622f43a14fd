"""`comity break-glass`, as two officers type it, and as docs/operating.md shows it."""

import re
import shlex
import shutil
from pathlib import Path

import pytest

from app.clock import SystemClock
from app.policy.partnership import Role
from app.settings import PROJECT
from tests.cli.ran import LASTING, PLACE, Comity, refused, write_files
from tests.support.databases import SqliteDatabases
from tests.support.exchanges import running
from tests.support.stix import AMBER, GREEN, an_indicator

PAGE = (PROJECT / "docs" / "operating.md").read_text(encoding="utf-8")
SECTION = PAGE.split("## When something happens\n")[1].split("\n## ")[0]
SHOWN = [shlex.split(line) for line in re.findall(r"^\$ comity (.+)$", SECTION, re.MULTILINE)]
STRICTER, OPEN = an_indicator("amber", AMBER), an_indicator("green", GREEN)

OPENS = ("break-glass", "open", PLACE, "--to", "port-nl,water-nl", "--tlp", "amber,amber+strict", "--for", "PT48H")
BY_TWO = ("--officer", "duty", "--secret-file", "duty.secret", "--second", "chief", "--reason", "incident 26-7")
BOTH = (*BY_TWO, "--second-secret-file", "chief.secret")


@pytest.fixture(scope="module")
def template(sqlite_databases: SqliteDatabases, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with an exchange in it: two objects, and two officers of the host."""
    folder = tmp_path_factory.mktemp("comity")
    write_files(folder / "collections", LASTING)
    with sqlite_databases.new(folder):
        (folder / "database").rename(folder / "var")
    with running(f"sqlite:///{folder}/var/comity.db", folder / "var", LASTING, SystemClock(), only=[]) as made:
        accounts = (
            ("feed", "nl-cert", Role.FEEDER),
            ("duty", "nl-cert", Role.OFFICER),
            ("chief", "nl-cert", Role.OFFICER),
            ("port", "port-nl", Role.READER),
        )
        for name, partner, role in accounts:
            made.add_account(name, partner, role)
            (folder / f"{name}.secret").write_text(made.secrets[name] + "\n")
        made.take("feed", STRICTER, OPEN)
    return folder


@pytest.fixture
def here(comity: Comity, template: Path, tmp_path: Path) -> Path:
    """The current folder, with that exchange."""
    shutil.copytree(template, tmp_path, dirs_exist_ok=True)
    return tmp_path


def test_the_commands_that_the_page_shows_open_list_and_close(comity: Comity, here: Path) -> None:
    opens, lists, closes = SHOWN
    opened = comity(*opens)
    assert opened.status == 0, opened.err
    assert f"port-nl is shown: {STRICTER['id']}" in opened.out
    assert "withheld until now by member-tlp" in opened.out
    assert "north-sea is at revision 2; 1 rows appended to the members' logs, 0 retired." in opened.out
    listed = comity(*lists)
    assert listed.out.startswith("Break-glass 2 is open in north-sea/indicators until ")
    assert "what is amber, for port-nl. Opened at" in listed.out
    assert "by nl-cert/duty and nl-cert/chief: incident 26-7, the port is next" in listed.out
    for said in (("plan",), ("apply",), ("policy", "show", "north-sea")):
        assert "Break-glass 2 is open in north-sea/indicators until " in comity(*said).out, said
    explained = comity("explain", PLACE, STRICTER["id"], "--account", "port", "--json").json
    assert [(each["decision"], each["in_the_log"]) for each in explained] == [("release", True)]
    assert {each["rule"] for each in explained[0]["rules"] if each["effect"] == "lifted"} == {"member-tlp"}
    closed = comity(*closes)
    assert closed.out == "north-sea is at revision 3; 0 rows appended to the members' logs, 1 retired.\n"
    assert comity(*lists).out == "Nothing is open.\n"
    assert (
        "Break-glass 2 is open in north-sea/indicators" in comity("policy", "show", "north-sea", "--revision", "2").out
    )


def test_what_would_be_shown_is_shown_before_anybody_is_asked(comity: Comity, here: Path) -> None:
    declined = comity(*OPENS, *BOTH, stdin=b"n\n")
    assert declined.status == 1
    assert f"port-nl is shown: {STRICTER['id']}" in declined.out
    assert "Nothing was applied" in declined.err
    assert comity("break-glass", "list", "--json").json == []
    secrets = b"".join((here / f"{name}.secret").read_bytes() for name in ("duty", "chief"))
    by_stdin = ("--officer", "duty", "--second", "chief", "--secret-stdin", "--reason", "incident 26-7")
    agreed = comity(*OPENS, "--types", "indicator", "--types", "malware", *by_stdin, stdin=secrets + b"y\n")
    assert agreed.status == 0, agreed.err
    (listed,) = comity("break-glass", "list", "--json").json
    assert (listed["partnership"], listed["number"], listed["to"]) == ("north-sea", 2, ["port-nl", "water-nl"])
    assert (listed["tlp"], listed["types"]) == (["amber", "amber+strict"], ["indicator", "malware"])
    assert listed["officers"] == ["nl-cert/duty", "nl-cert/chief"]


def test_a_machine_is_told_what_was_opened_and_what_came_of_it(comity: Comity, here: Path) -> None:
    told = comity(*OPENS, "--objects", STRICTER["id"], *BOTH, "--yes", "--json").json
    assert (told["number"], told["objects"], told["revisions"]) == (2, [STRICTER["id"]], {"north-sea": 2})
    assert {each["partner"]: each["visible"]["count"] for each in told["changes"]} == {"port-nl": 1}
    by_one = ("--officer", "chief", "--secret-file", "chief.secret", "--reason", "over")
    closed = comity("break-glass", "close", "north-sea", "2", *by_one, "--json").json
    assert (closed["number"], closed["revisions"], closed["rows_retired"]) == (2, {"north-sea": 3}, 1)


@pytest.mark.parametrize(
    ("option", "nothing"), [("--objects", ""), ("--types", ","), ("--tlp", " , "), ("--to", ""), ("--objects", " ")]
)
def test_an_option_that_lists_nothing_is_wrong_usage_and_not_everything(
    comity: Comity, option: str, nothing: str
) -> None:
    """Such as a variable of a script that is not set."""
    given = {"--to": "port-nl", "--tlp": "amber", option: nothing}
    listed = [each for pair in given.items() for each in pair]
    ran = comity("break-glass", "open", PLACE, *listed, "--for", "P1D", *BOTH, "--yes")
    assert (ran.status, ran.out) == (2, "")
    (line,) = [each for each in ran.err.splitlines() if "nothing" in each]
    assert f"{option} lists nothing" in line


def test_what_can_not_be_opened_is_told_in_one_line(comity: Comity, here: Path) -> None:
    opens = ("break-glass", "open", PLACE, "--to", "port-nl")
    for_a_day = ("--tlp", "amber", "--for", "P1D")
    refused(comity(*opens, *for_a_day, *BY_TWO), "--second-secret-file", "--secret-stdin")
    wrong = (*BY_TWO, "--second-secret-file", "duty.secret")
    refused(comity(*opens, *for_a_day, *wrong), "`chief` is not known by this secret")
    one = ("--officer", "duty", "--secret-file", "duty.secret", "--second", "duty", "--reason", "x")
    refused(comity(*opens, *for_a_day, *one, "--second-secret-file", "duty.secret"), "two people")
    refused(comity(*opens, "--tlp", "amber", *BOTH), "--for PT48H", "--until")
    refused(comity(*opens, *for_a_day, "--until", "2100-01-01T00:00:00Z", *BOTH), "--for PT48H", "--until")
    refused(comity(*opens, "--tlp", "amber", "--until", "2100-01-01T00:00:00Z", *BOTH), "at most 14 days")
    refused(comity(*opens, "--tlp", "amber", "--until", "tomorrow", *BOTH), "--until tomorrow is no instant")
    refused(comity(*opens, "--tlp", "amber", "--for", "2 days", *BOTH), "--for", "`2 days` is no duration", "`PT24H`")
    refused(comity(*opens, "--tlp", "yellow", "--for", "P1D", *BOTH), "--tlp", "yellow", "'amber'")
    refused(comity(*opens, "--tlp", "red", "--for", "P1D", *BOTH), "RED stays with the accounts")
    refused(comity(*opens, *for_a_day, "--types", "No Type", *BOTH), "--types", "`No Type` is no STIX type")
    refused(comity("break-glass", "open", PLACE, "--to", "nobody", *for_a_day, *BOTH), "nobody is no member")
    refused(comity("break-glass", "list", "south"), "There is no partnership `south`")
    by_one = ("--officer", "duty", "--secret-file", "duty.secret", "--reason", "over")
    refused(comity("break-glass", "close", "north-sea", "7", *by_one), "No break-glass 7 is open in north-sea")
    assert comity("break-glass", "list").out == "Nothing is open.\n"
