"""`comity load`: every form of file, and what is told of those that are not in order."""

import gzip
import json
import shutil
from pathlib import Path

import pytest

from tests.cli.ran import PLACE, Comity, refused
from tests.feeds.deliveries import SAMPLES, UUIDS, a_feed_of_misp
from tests.support.stix import CLEAR, an_envelope, an_indicator

ONE, TWO, THREE = (an_indicator(which, CLEAR) for which in ("one", "two", "three"))
A_BUNDLE = {"type": "bundle", "id": "bundle--5b9f3f0c-6f0e-4c53-8f4e-2f6f0c9d7a10", "objects": [ONE, TWO]}

FORMS = {
    "a bundle": ("x.json", json.dumps(A_BUNDLE).encode(), 2),
    "an envelope": ("x.json", an_envelope([ONE, TWO, THREE]), 3),
    "a list": ("x.json", json.dumps([ONE, TWO]).encode(), 2),
    "one object": ("x.json", json.dumps(ONE).encode(), 1),
    "one object over several lines": ("x.json", json.dumps(ONE, indent=2).encode(), 1),
    "one object a line": ("x.ndjson", b"\n".join(json.dumps(each).encode() for each in (ONE, TWO)) + b"\n\n", 2),
    "a bundle, gzipped": ("x.json.gz", gzip.compress(json.dumps(A_BUNDLE).encode()), 2),
    "a line, gzipped under another name": ("x", gzip.compress(json.dumps(ONE).encode() + b"\n"), 1),
    "an envelope without objects": ("x.json", b'{"objects": []}', 0),
    "standard input": ("-", an_envelope([ONE]), 1),
}


@pytest.mark.parametrize("says", FORMS)
def test_load_reads(comity: Comity, here: Path, says: str) -> None:
    name, content, number = FORMS[says]
    if name != "-":
        (here / name).write_bytes(content)
    ran = comity("load", PLACE, name, "--account", "feed", "--json", stdin=content)
    assert ran.status == 0, ran.err
    counted = {"total": number, "accepted": number, "after_review": 0, "already_present": 0, "unchanged_events": 0}
    assert ran.json == {**counted, "refused": []}


def test_load_keeps_the_good_lists_the_refused_and_ends_with_1(comity: Comity, here: Path) -> None:
    bad = [an_indicator(which, CLEAR, pattern=None) for which in ("b1", "b2")]
    (here / "good.json").write_bytes(an_envelope([ONE, TWO]))
    (here / "mixed.json").write_bytes(an_envelope([THREE, *bad]))
    ran = comity("load", PLACE, "good.json", "mixed.json", "--account", "feed")
    assert ran.status == 1
    assert "3 objects accepted, 0 already present, 2 refused." in ran.out
    (line,) = [each for each in ran.out.splitlines() if "×" in each]
    assert "2 ×" in line
    assert "pattern" in line
    assert bad[0]["id"] in line
    assert "mixed.json" in line
    told = comity("load", PLACE, "mixed.json", "--account", "feed", "--json")
    assert told.status == 1
    assert [each["id"] for each in told.json["refused"]] == [each["id"] for each in bad]
    assert {each["file"] for each in told.json["refused"]} == {"mixed.json"}


LOAD_MISTAKES = {
    "a file that is not there": ([PLACE, "gone.json", "--account", "feed"], "gone.json", "Check the path"),
    "no JSON": ([PLACE, "bad.json", "--account", "feed"], "bad.json"),
    "no JSON in a line": ([PLACE, "bad.ndjson", "--account", "feed"], "bad.ndjson:2"),
    "half of a gzip file": ([PLACE, "half.gz", "--account", "feed"], "half.gz", "Fetch it again"),
    "no place": (["indicators", "one.json", "--account", "feed"], "indicators", "ROOT/COLLECTION"),
    "a collection that is none": (["north-sea/other", "one.json", "--account", "feed"], "north-sea/other"),
    "an account that is none": ([PLACE, "one.json", "--account", "nobody"], "nobody", "account list"),
    "a reader's account": ([PLACE, "one.json", "--account", "soc"], "soc can't push", "feeder"),
}


@pytest.mark.parametrize("says", LOAD_MISTAKES)
def test_a_mistake_in_loading_is_told(comity: Comity, here: Path, says: str) -> None:
    (here / "one.json").write_bytes(an_envelope([ONE]))
    (here / "bad.json").write_bytes(b"{'single': 'quotes'}")
    (here / "bad.ndjson").write_bytes(json.dumps(ONE).encode() + b"\n{oops\n")
    (here / "half.gz").write_bytes(gzip.compress(an_envelope([ONE]))[:-20])
    arguments, *telling = LOAD_MISTAKES[says]
    refused(comity("load", *arguments), *telling)


@pytest.mark.parametrize("name", ["x.json", "x.json.gz", "-"])
def test_load_reads_as_many_bytes_as_are_set(
    comity: Comity, here: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    """Of what is unpacked, so that a small file can't fill the memory."""
    at, past = (an_envelope([ONE]) + b" " * spaces for spaces in (0, 1))
    monkeypatch.setenv("COMITY_LOAD_BYTES_MAX", str(len(at)))
    for content, status in ((at, 0), (past, 1)):
        written = gzip.compress(content) if name.endswith("gz") else content
        (here / name).write_bytes(written)
        ran = comity("load", PLACE, name, "--account", "feed", stdin=content)
        assert ran.status == status, ran
    refused(ran, str(len(at)), "COMITY_LOAD_BYTES_MAX")


def test_a_dry_run_pushes_nothing_and_tells_what_would_be_refused(comity: Comity, here: Path) -> None:
    (here / "list.txt").write_text("198.51.100.1\nnothing of the kind\nexample.org\n")
    (here / "list.txt.gz").write_bytes(gzip.compress((here / "list.txt").read_bytes()))
    for name in ("list.txt", "list.txt.gz"):
        ran = comity("load", PLACE, name, "--mapping", "ioc-list", "--account", "feed", "--dry-run", "1", "--json")
        assert ran.status == 1
        assert [each["name"] for each in ran.json["objects"]] == ["198.51.100.1"]
        assert (ran.json["total"], ran.json["accepted"], ran.json["unasked"]) == (3, 2, 0)
        (wrong,) = ran.json["refused"]
        assert (wrong["file"], wrong["message"][:25]) == (name, "line 2, column `value`: `")
    loaded = comity("load", PLACE, "list.txt", "--mapping", "ioc-list", "--account", "feed")
    assert loaded.status == 1
    assert "2 objects accepted, 0 already present, 1 refused." in loaded.out


def test_several_deliveries_load_at_once_also_from_standard_input(comity: Comity, here: Path) -> None:
    rows = (SAMPLES / "feodotracker.csv").read_bytes()
    ran = comity("load", PLACE, "-", "--mapping", "feodotracker", "--account", "feed", "--json", stdin=rows)
    assert (ran.status, ran.json["accepted"]) == (0, 7)
    files = [str(SAMPLES / f"feodotracker.{ending}") for ending in ("csv", "json")]
    again = comity("load", PLACE, *files, "--mapping", "feodotracker", "--account", "feed", "--json")
    assert (again.json["accepted"], again.json["already_present"]) == (3, 11)


def test_an_event_of_misp_prints_nothing_of_its_own(comity: Comity, here: Path) -> None:
    ran = comity("load", PLACE, str(SAMPLES / "misp.json"), "--mapping", "misp", "--account", "feed", "--json")
    assert (ran.status, ran.json["accepted"], ran.err) == (0, 17, "")


def test_of_a_feed_of_misp_only_what_is_new_is_read(comity: Comity, here: Path) -> None:
    def load(path: Path) -> tuple[int, int, int, int]:
        ran = comity("load", PLACE, str(path), "--mapping", "misp", "--account", "feed", "--json")
        told = ran.json
        return ran.status, told["accepted"], told["already_present"], told["unchanged_events"]

    feed = a_feed_of_misp(here / "feed", 1_772_000_000)
    dry = comity("load", PLACE, str(feed), "--mapping", "misp", "--account", "feed", "--dry-run", "1", "--json")
    assert (dry.json["total"], len(dry.json["objects"]), dry.json["unchanged_events"]) == (7, 1, 0)
    assert load(feed) == (0, 7, 0, 0)
    a_feed_of_misp(feed, 1_772_000_000, 1_772_000_001)
    zipped = Path(shutil.make_archive(str(here / "zipped"), "zip", here, "feed"))
    assert load(zipped) == (0, 7, 0, 1)
    a_feed_of_misp(feed, 1_772_000_000, 1_772_000_002)
    packed = Path(shutil.make_archive(str(here / "packed"), "gztar", feed))
    assert load(packed) == (0, 4, 3, 1)  # organisation, traffic and relationship are as they were
    for each in (feed, zipped, packed):
        assert load(each) == (0, 0, 0, 2)
    plain = comity("load", PLACE, str(feed), "--mapping", "misp", "--account", "feed")
    assert plain.out.splitlines()[1] == "2 events are as they were given before, and were not read."


def test_an_event_of_a_feed_that_can_not_be_read_refuses_itself_alone(comity: Comity, here: Path) -> None:
    feed = a_feed_of_misp(here / "feed", 1_772_000_000, 1_772_000_001)
    (feed / f"{UUIDS[0]}.json").write_text("{oops")
    ran = comity("load", PLACE, str(feed), "--mapping", "misp", "--account", "feed", "--json")
    assert (ran.status, ran.json["accepted"]) == (1, 7)
    (wrong,) = ran.json["refused"]
    assert wrong["message"].startswith(f"event {UUIDS[0]}: This is not JSON")
    (feed / f"{UUIDS[0]}.json").unlink()
    again = comity("load", PLACE, str(feed), "--mapping", "misp", "--account", "feed", "--json")
    assert (again.json["accepted"], again.json["unchanged_events"]) == (0, 1)
    assert f"there is no {UUIDS[0]}.json" in again.json["refused"][0]["message"]


FEED_MISTAKES = {
    "a folder of another feed": (["folder", "--mapping", "urlhaus"], "folder is a folder", "Give the files"),
    "a folder without a manifest": (["folder", "--mapping", "misp"], "no manifest.json in folder", "Give a feed"),
    "a manifest alone": (["manifest.json", "--mapping", "misp"], "no MISP event", "the folder of a feed"),
    "a mapping that is none": (["one.csv", "--mapping", "urlhause"], "`urlhause`", "urlhaus"),
    "a dry run without a mapping": (["one.csv", "--dry-run", "1"], "--mapping"),
    "a file that is no delivery": (["one.csv", "--mapping", "urlhaus"], "one.csv", "`url`"),
    "a file that is not there": (["gone.csv", "--mapping", "urlhaus"], "gone.csv", "Check the path"),
}


@pytest.mark.parametrize("says", FEED_MISTAKES)
def test_a_mistake_in_loading_a_feed_is_told(comity: Comity, here: Path, says: str) -> None:
    (here / "one.csv").write_text("a,b\n1,2\n")
    (here / "folder").mkdir()
    (here / "manifest.json").write_text(json.dumps({UUIDS[0]: {"info": "x"}}))
    arguments, *telling = FEED_MISTAKES[says]
    refused(comity("load", PLACE, *arguments, "--account", "feed"), *telling)


def test_a_reader_can_not_load_a_feed(comity: Comity, here: Path) -> None:
    (here / "list.txt").write_text("198.51.100.1\n")
    ran = comity("load", PLACE, "list.txt", "--mapping", "ioc-list", "--account", "soc")
    refused(ran, "soc can't push", "feeder")
    # who may not push is told so before anything is read: this is no CSV
    ran = comity("load", PLACE, "list.txt", "--mapping", "urlhaus", "--account", "soc", "--dry-run", "1")
    refused(ran, "soc can't push", "feeder")


NO_NETWORK = "is no network: the prefix behind its slash is none. If it is a URL, write its scheme"


def test_a_dry_run_tells_what_intake_would_say_of_as_many_objects_as_one_push_has(
    comity: Comity, here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (here / "list.txt").write_text("198.51.100.1\n198.51.100.2\n1.2.3.4/33\n198.51.100.3\n198.51.100.3\n")
    arguments = ("load", PLACE, "list.txt", "--mapping", "ioc-list", "--account", "feed")
    monkeypatch.setenv("COMITY_PUSH_OBJECTS_MAX", "2")
    for _ in range(2):
        ran = comity(*arguments, "--dry-run", "0")
        assert ran.out.splitlines() == [
            "2 objects would be accepted, 0 are already present, 1 would be refused. Nothing was pushed.",
            "1 objects more can be read, and were not tried any further.",
            f"  list.txt: line 3, column `value`: `1.2.3.4/33` {NO_NETWORK}.",
        ]
    monkeypatch.setenv("COMITY_PUSH_OBJECTS_MAX", "10")
    comity(*arguments)
    assert comity(*arguments, "--dry-run", "0").out.startswith("0 objects would be accepted, 3 are already present, 1 ")
