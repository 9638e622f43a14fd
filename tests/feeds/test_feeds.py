"""Deliveries of feeds: every shipped mapping loads its samples, and a delivery that repeats itself adds nothing."""

import gzip
import json
from collections import Counter
from typing import Any

import pytest

from app.exchange.push_status import ALREADY_PRESENT
from app.files.feed_mappings import read_feed_mappings
from app.files.markings import read_registry
from tests.feeds.deliveries import CORPUS, INDICATORS, PROJECT, SAMPLES, TYPES, deliver, messages
from tests.support.exchanges import Running
from tests.support.stix import CLEAR

MAPPINGS = read_feed_mappings(PROJECT / "mappings" / "feeds", read_registry(PROJECT / "mappings" / "markings"))
FILES = sorted(SAMPLES.iterdir())
needs_corpus = pytest.mark.skipif(not CORPUS.is_dir(), reason="the corpus is not beside the project")

# sample -> a part of the pattern of one of its indicators
PATTERNS = {
    "feodotracker.csv": "network-traffic:dst_ref.value = '203.0.113.246' AND network-traffic:dst_port = 8080]",
    "feodotracker.json": "network-traffic:dst_ref.value = '192.0.2.33' AND network-traffic:dst_port = 4643]",
    "ioc-list.txt": r"[windows-registry-key:key = 'HKEY_LOCAL_MACHINE\\Software\\Example\\Run']",
    "malwarebazaar.csv": "OR file:hashes.MD5 = 'acbd18db4cc2f85cedef654fccc4a4d8' OR",
    "malwarebazaar.json": "OR file:hashes.'SHA-1' = '62cdb7020ff920e5aa642c3d4066950dd1f01f4d']",
    "misp.json": "198.51.100.77",
    "threatfox.csv": r"[url:value = 'https://example.com/gate.php?id=\'1\'']",
    "threatfox.json": "[file:hashes.MD5 = 'd41d8cd98f00b204e9800998ecf8427e']",
    "unit42-csv.csv": "network-traffic:dst_ref.value = '198.51.100.9' AND network-traffic:dst_port = 30120]",
    "urlhaus.csv": "[url:value = 'http://198.51.100.13:42598/i']",
    "urlhaus.json": "[url:value = 'http://203.0.113.77/x86']",
}


def patterns(objects: list[dict[str, Any]]) -> list[str]:
    return [each["pattern"] for each in objects if each["type"] == "indicator"]


def test_every_shipped_mapping_has_a_sample_and_no_other() -> None:
    assert {file.stem for file in FILES} == set(MAPPINGS)
    assert {file.name for file in FILES} == set(PATTERNS)


def test_every_shipped_mapping_loads_its_samples_and_twice_is_once(exchange: Running) -> None:
    for file in FILES:
        status = deliver(exchange, file.stem, file.read_bytes(), media_type=TYPES[file.suffix])
        assert status["failure_count"] == 0, (file.name, status["failures"])
        assert status["success_count"] >= 2
    found = exchange.objects("nl-soc")
    for name, part in PATTERNS.items():
        assert [each for each in patterns(found) if part in each], name
    before = exchange.client("nl-soc").get(f"/{INDICATORS}/manifest/").content
    exchange.clock.advance(days=1)
    for file in FILES:
        again = deliver(exchange, file.stem, file.read_bytes(), media_type=TYPES[file.suffix])
        assert messages(again, "successes") == {ALREADY_PRESENT}, file.name
        assert again["failure_count"] == 0
    assert exchange.client("nl-soc").get(f"/{INDICATORS}/manifest/").content == before


def test_csv_and_json_of_one_feed_are_about_the_same_objects(exchange: Running) -> None:
    # the identity and the row that both have, with its family, are there; the other row has a family too, or none
    for name, new in (("urlhaus", 1), ("threatfox", 2), ("malwarebazaar", 1), ("feodotracker", 3)):
        deliver(exchange, name, (SAMPLES / f"{name}.csv").read_bytes())
        status = deliver(exchange, name, (SAMPLES / f"{name}.json").read_bytes())
        told = Counter(each.get("message") for each in status["successes"])
        assert told == {ALREADY_PRESENT: 4, None: new}, name


FAMILIES = {
    "feodotracker": {"Emotet", "Dridex"},
    "malwarebazaar": {"ExampleBot"},
    "threatfox": {"ExampleBot", "ExampleJS"},
    "urlhaus": {"Mozi"},
}


def test_families_are_objects_that_the_indicators_indicate(exchange: Running) -> None:
    for name, families in FAMILIES.items():
        deliver(exchange, name, (SAMPLES / f"{name}.csv").read_bytes())
        found = {each["id"]: each for each in exchange.objects("nl-soc")}
        malware = {each["name"]: each for each in found.values() if each["type"] == "malware"}
        assert families <= malware.keys()
        assert all(each["is_family"] and each["object_marking_refs"] == [CLEAR] for each in malware.values())
        joined = [each for each in found.values() if each["type"] == "relationship"]
        assert {found[each["target_ref"]]["name"] for each in joined} == malware.keys()
        assert {found[each["source_ref"]]["type"] for each in joined} == {"indicator"}
        assert {each["relationship_type"] for each in joined} == {"indicates"}


def test_a_changed_row_is_a_new_version_and_keeps_its_creation(exchange: Running) -> None:
    data = (SAMPLES / "threatfox.csv").read_bytes()
    deliver(exchange, "threatfox", data)
    exchange.clock.advance(hours=1)
    status = deliver(exchange, "threatfox", data.replace(b'"75", "False"', b'"90", "False"'))
    assert Counter(each.get("message") for each in status["successes"]) == {ALREADY_PRESENT: 10, None: 1}
    one, other = (
        each for each in exchange.objects("nl-soc", "match[version]=all") if "c2.example" in each.get("name", "")
    )
    assert (one["confidence"], other["confidence"]) == (75, 90)
    assert one["created"] == other["created"] == one["modified"]
    assert other["modified"] > one["modified"]
    again = deliver(exchange, "threatfox", data.replace(b'"75", "False"', b'"90", "False"'))
    assert messages(again, "successes") == {ALREADY_PRESENT}


def test_what_its_sender_has_revoked_or_withdrawn(exchange: Running) -> None:
    """Revoked stays revoked, whatever the feed repeats; withdrawn comes back, as with any push."""
    data = (SAMPLES / "urlhaus.csv").read_bytes()
    deliver(exchange, "urlhaus", data)
    one, other = (each for each in exchange.objects("nl-soc") if each["type"] == "indicator")
    exchange.take("nl-feed", {**one, "revoked": True, "modified": "2026-03-01T10:00:00.000Z"})
    gone = exchange.client("nl-feed").delete(f"/{INDICATORS}/objects/{other['id']}/")
    assert gone.status_code == 200
    status = deliver(exchange, "urlhaus", data)
    (failure,) = status["failures"]
    assert (failure["id"], "revoked" in failure["message"]) == (one["id"], True)
    now = {each["id"]: each for each in exchange.objects("nl-soc")}
    assert now[one["id"]]["revoked"]
    assert now[other["id"]] == other


def test_a_list_that_two_organisations_send_is_two_organisations_word(exchange: Running) -> None:
    data = (SAMPLES / "ioc-list.txt").read_bytes()
    ids = []
    for account in ("nl-feed", "wind-feed"):
        status = deliver(exchange, "ioc-list", data, account=account, media_type="text/plain")
        assert status["success_count"] == 9
        ids.append({each["id"] for each in status["successes"]})
    assert not ids[0] & ids[1]


def test_a_delivery_that_is_asked_to_be_tried_only_is_not_taken(exchange: Running) -> None:
    address = f"/{INDICATORS}/feeds/urlhaus/"
    data, headers = (SAMPLES / "urlhaus.csv").read_bytes(), {"Content-Type": "text/csv"}
    assert exchange.client("nl-feed").post(f"{address}?dry_run=2", content=data, headers=headers).status_code == 400
    assert not exchange.ids("nl-soc")


def test_bad_rows_are_told_with_line_and_column_and_refuse_nothing_else(exchange: Running) -> None:
    sample = (SAMPLES / "feodotracker.csv").read_bytes()
    bad = (
        b'"2026-02-31 00:00:00","198.51.100.1","443","online","",""\n'
        b'"2026-02-04 21:24:53","not-an-address","443","online","",""\n'
        b'"2026-02-04 21:24:53","198.51.100.2","70000","online","",""\n'
        b'"2026-02-04 21:24:53","198.51.100.3","443","online","","","",""\n'
        b'"2026-02-04 21:24:53","198.51.100.4","443","online","","\xff"\n'
    )
    status = deliver(exchange, "feodotracker", sample + bad)
    assert (status["total_count"], status["success_count"]) == (12, 7)
    assert [each["message"] for each in status["failures"]] == [
        "line 12, column `first_seen_utc`: `2026-02-31 00:00:00` is no date. Write it like 2026-01-31 12:00:00.",
        "line 13, column `dst_ip`: `not-an-address` is neither an address nor a domain name.",
        "line 14, column `dst_port`: `70000` is no port.",
        "line 15: It has 8 cells, and the header 6.",
        "line 16, column `malware`: It is not UTF-8.",
    ]
    assert exchange.client("nl-feed").get(f"/north-sea/status/{status['id']}/").json() == status


REFUSED = {
    "no such mapping": ("nl-feed", "nothing", "text/csv", b"x", 404),
    "a reader": ("port-soc", "urlhaus", "text/csv", b"x", 403),
    "somebody else": ("outsider-feed", "urlhaus", "text/csv", b"x", 404),
    "a reader of a mapping that is not there": ("port-soc", "nothing", "text/csv", b"x", 404),
    "a TAXII body": ("nl-feed", "urlhaus", "application/taxii+json;version=2.1", b"{}", 415),
    "a TAXII body by somebody else": ("outsider-feed", "urlhaus", "application/taxii+json;version=2.1", b"{}", 404),
    "no header": ("nl-feed", "urlhaus", "text/csv", b"a,b\nc,d\n", 422),
    "broken JSON": ("nl-feed", "urlhaus", "application/json", b'{"1": [', 422),
    "deep JSON": ("nl-feed", "urlhaus", "application/json", b"[" * 100_000, 422),
    "rows that are not there": ("nl-feed", "malwarebazaar", "application/json", b'{"query_status": "no"}', 422),
    "the manifest of a feed of MISP": ("nl-feed", "misp", "application/json", b'{"5f3b6c1a": {"info": "x"}}', 422),
}


def test_what_is_no_delivery_is_refused_as_a_whole(exchange: Running) -> None:
    for says, (account, mapping, media_type, body, status) in REFUSED.items():
        answer = exchange.client(account).post(
            f"/{INDICATORS}/feeds/{mapping}/", content=body, headers={"Content-Type": media_type}
        )
        assert answer.status_code == status, (says, answer.text)
    assert exchange.objects("nl-soc") == []
    only_post = exchange.client("nl-feed").get(f"/{INDICATORS}/feeds/urlhaus/")
    assert (only_post.status_code, only_post.headers["allow"]) == (405, "OPTIONS, POST")
    assert exchange.client("outsider-feed").get(f"/{INDICATORS}/feeds/urlhaus/").status_code == 404


def test_a_delivery_without_rows_is_a_success(exchange: Running) -> None:
    header = b'"first_seen_utc","dst_ip","dst_port","c2_status","last_online","malware"\n# END 0 entries\n'
    assert deliver(exchange, "feodotracker", header)["success_count"] == 1  # its creator
    assert deliver(exchange, "ioc-list", b"# nothing today\n", media_type="text/plain")["total_count"] == 0


@needs_corpus
def test_tables_that_are_really_published_load_twice_and_are_there_once(exchange: Running) -> None:
    for mapping, name in (("urlhaus", "urlhaus-recent-2022-09-13.csv"), ("unit42-csv", "unit42-xhunt.csv")):
        data = (CORPUS / "csv" / name).read_bytes()
        first, second = (deliver(exchange, mapping, data) for _ in range(2))
        assert first["success_count"] > 50
        assert first["failure_count"] == 0
        assert messages(second, "successes") == {ALREADY_PRESENT}


@needs_corpus
def test_events_that_are_really_shared_load_twice_and_are_there_once(exchange: Running) -> None:
    with gzip.open(CORPUS / "misp" / "eset-events.jsonl.gz", "rt", encoding="utf-8") as lines:
        answers = [json.loads(line)["doc"] for line in lines]
    events = [event for each in answers for event in each.get("response", [each])]
    events = [each for each in events if len(json.dumps(each)) < 20_000][:6]
    assert len(events) == 6
    data = json.dumps({"response": events}).encode()
    first, second = (deliver(exchange, "misp", data, media_type="application/json") for _ in range(2))
    assert first["success_count"] > 100
    assert first["failure_count"] <= 3  # keys of a registry whose hive is cut short, a threat actor without an id
    assert all(each["message"].startswith("event ") for each in first["failures"])
    assert messages(second, "successes") == {ALREADY_PRESENT}


def test_an_event_that_can_not_be_converted_refuses_itself_alone(exchange: Running) -> None:
    good = json.loads((SAMPLES / "misp.json").read_text())
    bad = json.loads((SAMPLES / "misp.json").read_text())
    bad["Event"]["uuid"] = "6f3b6c1a-0d2e-4f8b-9a77-2c51d0e4b6f8"
    bad["Event"]["Attribute"] = [{"uuid": "no uuid", "type": "ip-dst", "value": "198.51.100.1", "to_ids": True}]
    status = deliver(exchange, "misp", json.dumps([bad, good]).encode(), media_type="application/json")
    assert status["success_count"] == 17
    (failure,) = status["failures"]
    assert failure["message"].startswith("event 6f3b6c1a-0d2e-4f8b-9a77-2c51d0e4b6f8: ")
