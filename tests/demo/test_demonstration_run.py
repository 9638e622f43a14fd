"""`make run`: sets up once, serves what it says, loses nothing, and tells what is in its way."""

import importlib
import json
import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from types import ModuleType
from typing import Any

import httpx
import pytest
from served_demonstration import PROJECT, RUN, Demonstration, free_port, own_environment
from taxii2client.v21 import Server, as_pages

from app.errors import OperatorError
from tests.support.logs import plain_logs


def test_the_first_run_loads_every_file_and_refuses_what_breaks_the_standard(demonstration: Demonstration) -> None:
    loaded = re.findall(
        r"^(\S+): (\d+) objects loaded by (\S+), (\d+) were there, (\d+) refused", demonstration.printed_first, re.M
    )
    assert [(place, account, int(new), int(refused)) for place, new, account, _, refused in loaded] == [
        ("north-sea/indicators", "nl-feed", 619, 0),
        ("north-sea/indicators", "wind-feed", 643, 0),
        ("grid-watch/indicators", "grid-feed", 462, 0),
        ("north-sea/ics-attack", "nl-feed", 4593, 69),
        ("grid-watch/techniques", "nl-feed", 1826, 0),
    ]


def test_every_member_is_given_all_of_attack_for_ics(demonstration: Demonstration) -> None:
    given = {}
    for account in ("nl-soc", "wind-soc", "water-soc", "port-soc"):
        secret = (demonstration.folder / "var/demo/secrets" / account).read_text(encoding="ascii").strip()
        server = Server(f"http://127.0.0.1:{demonstration.port}/taxii2/", user=account, password=secret)
        root = next(each for each in server.api_roots if each.url.endswith("/north-sea/"))
        collection = next(each for each in root.collections if each.title == "ATT&CK for ICS")
        pages = as_pages(collection.get_objects, per_request=500)
        given[account] = {each["id"] for page in pages for each in page["objects"]}
    assert len(given["nl-soc"]) == 2296
    assert all(ids == given["nl-soc"] for ids in given.values())


@pytest.mark.skipif(shutil.which("curl") is None, reason="the lines are for curl")
def test_every_line_to_try_works(demonstration: Demonstration) -> None:
    lines = [shlex.split(line) for line in demonstration.printed.splitlines() if line.startswith("curl ")]
    codes = [
        subprocess.run(
            [*line, "--silent", "--output", os.devnull, "--write-out", "%{http_code}"],
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for line in lines
    ]
    assert len(lines) == 12
    assert set(codes) == {"200", "202"}
    assert codes.count("202") == sum("-d" in line for line in lines) == 3


def test_ctrl_c_while_it_is_set_up_ends_it_with_one_line(tmp_path: Path) -> None:
    (tmp_path / "collections").symlink_to(PROJECT / "collections")
    command = [sys.executable, str(RUN), "--port", str(free_port())]
    with subprocess.Popen(
        command, cwd=tmp_path, env=own_environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        while "revision" not in process.stdout.readline():
            assert process.poll() is None
        process.send_signal(signal.SIGINT)
        told = process.stderr.read()
    assert process.returncode == 130
    assert told == "demonstration: stopped while it was set up; the next run goes on from there\n"


def test_a_secret_is_for_its_owner_alone(demonstration: Demonstration) -> None:
    secrets = list((demonstration.folder / "var" / "demo" / "secrets").iterdir())
    assert len(secrets) == 12
    assert {oct(file.stat().st_mode & 0o777) for file in secrets} == {"0o600"}


@pytest.fixture
def run(demonstration: Demonstration, monkeypatch: pytest.MonkeyPatch) -> Iterator[ModuleType]:
    """deploy/demo/run.py, in this process and in the folder of the demonstration that is being served."""
    monkeypatch.chdir(demonstration.folder)
    monkeypatch.syspath_prepend(str(RUN.parent))
    yield importlib.import_module("run")
    plain_logs()


def test_a_port_in_use_is_told(
    run: ModuleType, demonstration: Demonstration, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run.main(["--port", str(demonstration.port)]) == 1
    told = capsys.readouterr()
    assert f"Port {demonstration.port} of 127.0.0.1 can't be used" in told.err
    assert "make run PORT=" in told.err
    assert told.out == ""


def test_a_port_that_is_none_is_told(run: ModuleType, capsys: pytest.CaptureFixture[str]) -> None:
    assert run.main(["--port", "70000"]) == 1
    assert "Port 70000 of 127.0.0.1 can't be used" in capsys.readouterr().err


def test_a_state_folder_is_not_used_with_another_database(
    run: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("COMITY_DATABASE_URL", "sqlite:///var/other.db")
    assert run.main(["--port", str(free_port())]) == 1
    assert "belongs to another database" in capsys.readouterr().err
    assert not Path("var/other.db").exists()


def test_other_refusals_than_the_expected_ones_end_the_run(run: ModuleType, tmp_path: Path) -> None:
    load = replace(run.LOADS[0], files=dict.fromkeys(run.LOADS[0].files, 1))
    with pytest.raises(OperatorError, match="refused other objects than it should: 0 of north-sea"):
        run._ensure_loaded(tmp_path, load)
    assert not (tmp_path / "loaded").exists()


def test_a_later_run_serves_at_once_under_the_same_secrets(demonstration: Demonstration) -> None:
    assert demonstration.start_seconds < 20
    assert "objects loaded" not in demonstration.printed
    assert _table(demonstration.printed) == _table(demonstration.printed_first)


def _table(printed: str) -> list[str]:
    lines = printed.splitlines()
    begin = next(number for number, line in enumerate(lines) if line.startswith("ACCOUNT"))
    return lines[begin : begin + 12]


def test_a_loosened_agreement_brings_just_what_was_planned_and_a_tightened_one_acts_within_a_walk(
    demonstration: Demonstration, tmp_path: Path
) -> None:
    shutil.copytree(PROJECT / "collections", tmp_path / "collections")
    file = tmp_path / "collections/north-sea.yaml"
    narrow, wide = "port-nl:   {tlp: [clear, green]}", "port-nl:   {tlp: [clear, green, amber]}"
    assert file.read_text().count(narrow) == 1
    file.write_text(file.read_text().replace(narrow, wide))
    secret = (demonstration.folder / "var/demo/secrets/port-soc").read_text(encoding="ascii").strip()
    with httpx.Client(
        base_url=f"http://127.0.0.1:{demonstration.port}/north-sea/collections/indicators/objects/",
        auth=("port-soc", secret),
        headers={"Accept": "application/taxii+json;version=2.1"},
        verify=False,
    ) as client:
        before, last = walk(client, {})
        plan = typed(demonstration, "plan", str(file.parent), "--out", str(tmp_path / "wide.plan"), "--json")
        (change,) = [each for each in plan["changes"] if each["partner"] == "port-nl"]
        assert change["collection"] == "indicators"
        assert change["visible"]["count"] > 100

        typed(demonstration, "apply", str(tmp_path / "wide.plan"), "--yes", "--json")
        arrived, _ = walk(client, {"added_after": last})
        assert len(arrived) == change["visible"]["count"], "each planned version, and each once"
        assert len(set(arrived)) == len(arrived)
        # An object that gives way to another origin's may come back with the same content.
        assert len(set(arrived) & set(before)) <= change["hidden"]["count"]
        assert {each["id"] for each in change["visible"]["examples"]} <= {json.loads(each)["id"] for each in arrived}

        page = client.get("", params={"limit": "20", "match[version]": "all"}).json()
        typed(demonstration, "policy", "revert", "north-sea", "--to", "1", "--yes", "--json")
        rest, _ = walk(client, {"limit": "20", "next": page["next"]})
        assert rest, "the walk goes on"
        assert not set(rest) & (set(arrived) - set(before)), "and what was taken away is gone from its next page on"
        after, _ = walk(client, {})
        assert set(after) == set(before)


NOT_HERE = {
    "it_is_served_by_https": "the demonstration is served on loopback",
    "what_can_not_be_read_is_refused": "these accounts read whatever they see",
    **dict.fromkeys(
        (
            "the_last_version_is_the_default",
            "first_gives_the_earliest",
            "all_gives_all",
            "a_timestamp_gives_that_version",
            "keywords_may_be_mixed",
            "an_object_comes_in_its_latest_version",
            "an_object_comes_in_the_versions_asked_for",
            "versions_are_those_of_the_manifest",
            "versions_ascend_by_date",
            "versions_are_paged",
        ),
        "no object among the newest indicators has several versions",
    ),
}
"""Checks of the probe that ask about what the demonstration does not hold, and why."""
PROBED = {"port-soc": [], "nl-feed": ["--root", "north-sea", "--write", "indicators"]}


@pytest.mark.parametrize(("account", "others"), PROBED.items(), ids=PROBED)
def test_the_probe_finds_nothing_wrong(demonstration: Demonstration, account: str, others: list[str]) -> None:
    secret = f"var/demo/secrets/{account}"
    server = f"http://127.0.0.1:{demonstration.port}"
    report = typed(demonstration, "probe", server, "--user", account, "--password-file", secret, *others, "--json")
    assert [each for each in report["checks"] if each["outcome"] == "fails"] == []
    assert {each["name"] for each in report["checks"] if each["outcome"] == "does not apply"} <= NOT_HERE.keys()
    assert report["left_behind"] == []


def typed(demonstration: Demonstration, *arguments: str) -> Any:
    """A command beside the server, and what it printed as JSON."""
    ended = subprocess.run(
        [".venv/bin/comity", *arguments],
        cwd=demonstration.folder,
        env=demonstration.environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 0, ended.stderr
    return json.loads(ended.stdout)


def walk(client: httpx.Client, parameters: dict[str, str]) -> tuple[list[str], str]:
    """The objects that a walk is given, as texts, and X-TAXII-Date-Added-Last of its last page."""
    found: list[str] = []
    parameters = {**parameters, "match[version]": "all"}
    while True:
        answer = client.get("", params=parameters)
        assert answer.status_code == 200, answer.text
        body = answer.json()
        found.extend(json.dumps(each, sort_keys=True) for each in body.get("objects", []))
        if not body.get("more"):
            return found, answer.headers.get("X-TAXII-Date-Added-Last", "")
        parameters = {**parameters, "next": body["next"]}
