"""The probe of a foreign server: medallion, of OASIS, with what it needs, as the package index has them.

`make probe-medallion` installs it beside this project and prints the report.
"""

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from app.settings import PROJECT
from tests.support.exchanges import TAXII
from tests.support.servers import free_port
from tests.support.stix import STIX, an_address, an_indicator

MEDALLION = PROJECT / ".venv-medallion" / "bin" / "medallion"
COLLECTION = "91a7b528-80eb-42ed-a74d-c6fbd5a26116"
ACCOUNT = ("prober", "correct horse battery staple")
READY_SECONDS = 20

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not MEDALLION.exists(), reason="`make probe-medallion` installs it"),
]

DEVIATIONS = {
    "roots_are_https_or_relative": "our own set-up: it lists http://127.0.0.1",
    "the_bare_type_is_served": "406",
    "letter_case_and_quotes_do_not_matter": "406",
    "one_member_of_a_list_is_enough": "406",
    "the_known_version_of_two_is_served": "406",
    "wildcards_are_served": "406",
    "a_missing_slash_is_no_redirect": "308",
    "head_mirrors_get": "500",
    "answers_are_not_for_shared_caches": "no Cache-Control",
    "next_may_be_sent_twice": "what it gave once is gone",
    "next_works_without_limit": "500",
    "limit_is_given_once": "the first one counts",
    "added_after_is_a_timestamp": "500",
    "added_after_is_given_once": "the first one counts",
    "a_filter_occurs_once": "the first one counts",
    "all_stands_alone": "all",
    "a_version_is_named_once": "once is enough",
    "a_version_is_a_keyword_or_timestamp": "500",
    "versions_ascend_by_date": "the newest first",
    "errors_name_type_and_version": "401 is HTML",
    "errors_have_a_title": "401 is HTML",
    "nothing_fails": "500",
}
"""What the probe finds when it reads, and what medallion does there."""
DEVIATIONS_IN_WRITING = {
    "a_duplicate_is_no_failure": "it is one",
    "a_push_in_the_bare_type_is_accepted": "415",
    "other_parameters_of_a_push_do_not_matter": "415",
    "a_broken_body_is_refused": "413 for an empty one",
    "a_misshapen_envelope_is_refused": "202 for no objects",
    "a_push_without_slash_is_accepted": "308",
    "a_malformed_filter_deletes_nothing": "500",
    "a_delete_of_nothing_is_404": "200",
}


@dataclass(frozen=True)
class Medallion:
    """A running one. `folder` holds the password and what it logs."""

    url: str
    folder: Path

    def probe(self, *arguments: str) -> "subprocess.CompletedProcess[str]":
        """What `comity probe` says of it."""
        as_the_account = ("--user", ACCOUNT[0], "--password-file", "password")
        return subprocess.run(
            [sys.executable, "-m", "app", "probe", self.url, *as_the_account, *arguments],
            cwd=self.folder,
            env={"PYTHONPATH": str(PROJECT), "COLUMNS": "200"},
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )


@pytest.fixture
def medallion(tmp_path: Path) -> Iterator[Medallion]:
    """Its memory back end, with a few objects, one of them in two versions."""
    url = f"http://127.0.0.1:{free_port()}"
    (tmp_path / "password").write_text(ACCOUNT[1])
    (tmp_path / "data.json").write_text(json.dumps(held(url)))
    back_end = {"module": "medallion.backends.memory_backend", "module_class": "MemoryBackend"}
    settings = {"users": dict([ACCOUNT]), "taxii": {"max_page_size": 100}}
    (tmp_path / "settings.json").write_text(json.dumps({**settings, "backend": {**back_end, "filename": "data.json"}}))
    command = [str(MEDALLION), "--port", url.rpartition(":")[2], "settings.json"]
    with (tmp_path / "log").open("w") as log, subprocess.Popen(command, cwd=tmp_path, stdout=log, stderr=log) as server:
        try:
            deadline = time.monotonic() + READY_SECONDS
            while not answers(url):
                assert server.poll() is None, (tmp_path / "log").read_text()
                assert time.monotonic() < deadline, "medallion is not ready"
                time.sleep(0.1)
            fill(url)
            yield Medallion(url, tmp_path)
        finally:
            server.terminate()


def held(url: str) -> Any:
    """What it begins with: an API root and an empty collection."""
    root = f"{url}/partners/"
    rights = {"can_read": True, "can_write": True, "media_types": ["application/stix+json;version=2.1"]}
    collection = {"id": COLLECTION, "title": "Shared", **rights, "objects": [], "manifest": []}
    information = {"title": "Shared", "versions": [TAXII], "max_content_length": 1_000_000}
    return {
        "/discovery": {"title": "medallion", "default": root, "api_roots": [root]},
        "partners": {"information": information, "status": [], "collections": [collection]},
    }


def answers(url: str) -> bool:
    try:
        return httpx.get(f"{url}/taxii2/", auth=ACCOUNT, headers={"Accept": TAXII}).status_code == httpx.codes.OK
    except httpx.TransportError:
        return False


def fill(url: str) -> None:
    """One push for each object, so that each has a date of its own."""
    objects: list[STIX] = [
        an_indicator("one"),
        an_indicator("two"),
        an_address("198.51.100.1"),
        an_indicator("one", version="2026-05-02T00:00:00.000Z"),
        an_indicator("three"),
        an_indicator("four", type="malware", id="malware--00000000-0000-4000-8000-000000000004", is_family=False),
    ]
    for each in objects:
        path = f"{url}/partners/collections/{COLLECTION}/objects/"
        headers = {"Accept": TAXII, "Content-Type": TAXII}
        answer = httpx.post(path, content=json.dumps({"objects": [each]}), headers=headers, auth=ACCOUNT)
        assert answer.status_code == httpx.codes.ACCEPTED


def test_the_probe_finds_where_medallion_departs_from_the_standard(medallion: Medallion) -> None:
    ran = medallion.probe("--json")
    assert ran.returncode == 1, ran.stderr
    assert ran.stderr == ""
    checks = json.loads(ran.stdout)["checks"]
    assert {each["name"] for each in checks if each["outcome"] == "fails"} == set(DEVIATIONS)
    assert sum(each["outcome"] == "holds" for each in checks) > 100


def test_the_probe_writes_to_medallion_and_leaves_nothing_behind(medallion: Medallion) -> None:
    ran = medallion.probe("--json", "--write", COLLECTION)
    assert ran.returncode == 1, ran.stderr
    report = json.loads(ran.stdout)
    failing = {each["name"] for each in report["checks"] if each["outcome"] == "fails"}
    assert failing == {*DEVIATIONS, *DEVIATIONS_IN_WRITING}
    assert report["left_behind"] == []


def test_the_report_is_for_people(medallion: Medallion) -> None:
    ran = medallion.probe()
    print(ran.stdout)
    assert ran.returncode == 1, ran.stderr
    assert "wanted" in ran.stdout
    assert "\x1b" not in ran.stdout
