"""`comity quarantine`, `withdraw`, `block` and `unblock`, as an officer types them."""

import shutil
from pathlib import Path

import pytest

from app.clock import SystemClock
from app.policy.partnership import Role
from tests.cli.ran import LASTING, PLACE, Comity, refused, write_files
from tests.support.databases import SqliteDatabases
from tests.support.exchanges import running
from tests.support.stix import CLEAR, an_envelope, an_indicator

REVIEWING = {
    **LASTING,
    "north-sea.yaml": LASTING["north-sea.yaml"].replace(
        "      ownership: creator\n", "      ownership: creator\n      review: {types: [indicator]}\n", 1
    ),
}
FIRST, SECOND = an_indicator("first", CLEAR), an_indicator("second", CLEAR)
BY_FILE = ("--officer", "duty", "--secret-file", "duty.secret", "--reason", "looked at it")


@pytest.fixture(scope="module")
def template(sqlite_databases: SqliteDatabases, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with an exchange in it: a collection whose indicators wait for an officer, a feeder, an officer."""
    folder = tmp_path_factory.mktemp("comity")
    write_files(folder / "collections", REVIEWING)
    with sqlite_databases.new(folder):
        (folder / "database").rename(folder / "var")
    with running(f"sqlite:///{folder}/var/comity.db", folder / "var", REVIEWING, SystemClock(), only=[]) as made:
        for name, partner, role in (("feed", "nl-cert", Role.FEEDER), ("duty", "nl-cert", Role.OFFICER)):
            made.add_account(name, partner, role)
            (folder / f"{name}.secret").write_text(made.secrets[name] + "\n")
    return folder


@pytest.fixture
def here(comity: Comity, template: Path, tmp_path: Path) -> Path:
    """The current folder, with that exchange and two objects that wait in it."""
    shutil.copytree(template, tmp_path, dirs_exist_ok=True)
    (tmp_path / "two.json").write_bytes(an_envelope([FIRST, SECOND]))
    loaded = comity("load", PLACE, "two.json", "--account", "feed")
    assert loaded.out == "2 objects accepted (2 of them visible after review), 0 already present, 0 refused.\n"
    return tmp_path


def test_what_waits_is_listed_and_released_or_refused_by_an_officer(comity: Comity, here: Path) -> None:
    again = comity("load", PLACE, "two.json", "--account", "feed", "--json").json
    assert (again["accepted"], again["after_review"], again["already_present"]) == (2, 2, 0)
    listed = comity("quarantine", "list", "--json").json
    assert [(each["id"], each["contributed_by"], each["rules"]) for each in listed] == [
        (each["id"], "nl-cert", ["review"]) for each in (FIRST, SECOND)
    ]
    assert "The collection sends to review: the type indicator." in comity("quarantine", "list", "north-sea").out
    shown = comity("quarantine", "show", PLACE, FIRST["id"], *BY_FILE)
    assert shown.out.splitlines()[1:3] == [
        "The collection sends to review: the type indicator.",
        f"Digest {listed[0]['digest']}",
    ]
    assert comity("quarantine", "show", PLACE, FIRST["id"], *BY_FILE, "--json").json == [{**listed[0], "object": FIRST}]
    by_content = ("--partner", "nl-cert", "--digest", listed[0]["digest"][:8])
    refused(comity("quarantine", "release", PLACE, SECOND["id"], *by_content, *BY_FILE), "doesn't wait", "digest")
    released = comity("quarantine", "release", PLACE, FIRST["id"], *by_content, *BY_FILE)
    assert released.out == f"Released {FIRST['id']}, version {FIRST['modified']}, contributed by nl-cert.\n"
    secret = (here / "duty.secret").read_bytes()
    by_stdin = ("--officer", "duty", "--secret-stdin", "--reason", "no")
    version = ("--version", SECOND["modified"], "--all")
    assert comity("quarantine", "refuse", PLACE, SECOND["id"], *version, *by_stdin, stdin=secret).status == 0
    assert comity("quarantine", "list", PLACE).out == "Nothing waits.\n"
    explained = comity("explain", PLACE, FIRST["id"], "--account", "duty", "--json").json
    assert [each["in_the_log"] for each in explained] == [True]


def test_a_contribution_is_taken_back_and_its_id_blocked_until_the_block_is_ended(comity: Comity, here: Path) -> None:
    assert comity("quarantine", "release", PLACE, FIRST["id"], *BY_FILE).status == 0
    taken_back = comity("withdraw", PLACE, FIRST["id"], "--partner", "nl-cert", *BY_FILE)
    assert taken_back.out == f"Withdrew {FIRST['id']} of nl-cert from {PLACE}: {FIRST['modified']}.\n"
    assert comity("block", PLACE, FIRST["id"], *BY_FILE).out == f"{FIRST['id']} is blocked in {PLACE}.\n"
    pushed = comity("load", PLACE, "two.json", "--account", "feed", "--json")
    assert pushed.status == 1
    assert [each["id"] for each in pushed.json["refused"]] == [FIRST["id"]]
    assert comity("unblock", PLACE, FIRST["id"], *BY_FILE).status == 0
    assert comity("load", PLACE, "two.json", "--account", "feed").status == 0


def test_an_act_without_the_officer_s_secret_or_a_reason_is_refused(comity: Comity, here: Path) -> None:
    act = ("quarantine", "release", PLACE, FIRST["id"], "--reason", "x")
    refused(comity(*act, "--officer", "duty"), "--secret-file", "--secret-stdin")
    refused(comity(*act, "--officer", "duty", "--secret-file", "feed.secret"), "`duty` is not known by this secret")
    refused(comity(*act, "--officer", "feed", "--secret-file", "feed.secret"), "role feeder", "role officer")
    refused(comity(*act, "--officer", "duty", "--secret-file", "none.secret"), "none.secret", "can't be read")
    refused(comity("block", PLACE, "indicator", *BY_FILE), "`indicator` is no STIX id")
    refused(comity("block", "north-sea", FIRST["id"], *BY_FILE), "There is no collection `north-sea`", "indicators")
    refused(comity("quarantine", "list", "south"), "There is no partnership `south`")
    assert len(comity("quarantine", "list", "--json").json) == 2


def test_a_list_that_does_not_read_is_told_with_its_line(
    comity: Comity, here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lists = here / "mappings/lists"
    shutil.copytree(Path(__file__).resolve().parents[2] / "mappings/markings", here / "mappings/markings")
    lists.mkdir()
    (lists / "own-assets.yaml").write_text("title: Ours\nsource: the registry\nnetworks:\n  - 198.51.100.0/33\n")
    monkeypatch.setenv("COMITY_MAPPINGS_DIRECTORY", str(here / "mappings"))
    ran = comity("quarantine", "list")
    assert ran.status == 1
    assert "own-assets.yaml:4: `198.51.100.0/33` does not belong under `networks`" in ran.err
