"""Look-up: whatever way a value is written, each analyst is shown what names or covers it, and nothing else."""

from typing import Any

import pytest

from tests.analyst.world import MD5, NAMED, NAMES, SHA_256, ask, asked
from tests.support.exchanges import Running

GROUPS = ("indicators", "observables", "others")

CASES: dict[str, tuple[dict[str, Any], set[str], set[str]]] = {
    "an address, its network and what was observed": (
        {"value": "198.51.100.7"},
        {"an address same", "its network covers", "198.51.100.7 same", "from the east same"},
        {"an address same", "198.51.100.7 same"},
    ),
    "a defanged address with a port": (
        {"value": "198[.]51[.]100[.]7:8080"},
        {"an address same", "its network covers", "198.51.100.7 same", "from the east same"},
        {"an address same", "198.51.100.7 same"},
    ),
    "another address of the network": ({"value": "198.51.100.8"}, {"its network covers"}, set()),
    "a network, and what lies in it": (
        {"value": "198.51.100.0/28", "inside": True},
        {"its network covers", "an address inside", "198.51.100.7 inside", "from the east inside"},
        {"an address inside", "198.51.100.7 inside"},
    ),
    "a network around it, and what lies in it": (
        {"value": "198.51.0.0/16", "inside": True},
        {"its network inside", "an address inside", "198.51.100.7 inside", "from the east inside"},
        {"an address inside", "198.51.100.7 inside"},
    ),
    "a network alone": ({"value": "198.51.100.0/24"}, {"its network same"}, set()),
    "a domain": ({"value": "bad[.]example"}, {"a domain same"}, {"a domain same"}),
    "a domain that an older version named": ({"value": "old.example"}, set(), set()),
    "a name and the domain above it": (
        {"value": "WWW.bad.example."},
        {"a domain covers", "a name below it same"},
        {"a domain covers"},
    ),
    "a domain, and what lies below it": (
        {"value": "bad.example", "inside": True},
        {"a domain same", "a name below it inside"},
        {"a domain same"},
    ),
    "a URL and its host": (
        {"value": "hxxp://bad[.]example/Kit"},
        {"a URL same", "a domain covers"},
        {"a URL same", "a domain covers"},
    ),
    "a hash in small letters": ({"value": SHA_256}, {"a file same"}, {"a file same"}),
    "a hash of another algorithm": ({"value": MD5.upper(), "kind": "md5"}, {"a file same"}, {"a file same"}),
    "a file name in any case": ({"value": "kit.exe"}, {"a file same"}, {"a file same"}),
    "a sender and its domain": (
        {"value": "Kit[at]bad.example"},
        {"a sender same", "a domain covers"},
        {"a sender same", "a domain covers"},
    ),
    "an autonomous system": ({"value": "AS64496"}, {"a system same"}, {"a system same"}),
    "a vulnerability": ({"value": "cve-2021-44228"}, {"CVE-2021-44228 same"}, {"CVE-2021-44228 same"}),
    "a technique": ({"value": "T1059.001"}, {"PowerShell same"}, {"PowerShell same"}),
    "a technique, and what lies under it": (
        {"value": "t1059", "inside": True},
        {"PowerShell inside"},
        {"PowerShell inside"},
    ),
    "nothing that anybody has": ({"value": "203.0.113.9"}, set(), set()),
}


def found_in(answer: dict[str, Any]) -> set[str]:
    return {
        f"{NAMES[entry['id']]} {match['how']}"
        for group in GROUPS
        for entry in answer[group]
        for match in entry["matches"]
    }


@pytest.mark.parametrize("case", CASES)
def test_each_analyst_finds_what_its_partner_may_see(world: Running, case: str) -> None:
    parameters, of_the_cert, of_the_port = CASES[case]
    assert found_in(ask(world, "nl-analyst", "lookup", **parameters)) == of_the_cert
    assert found_in(ask(world, "port-analyst", "lookup", **parameters)) == of_the_port


def test_sightings_and_relationships_of_what_is_found_come_along_as_far_as_they_may_be_seen(world: Running) -> None:
    theirs = ask(world, "nl-analyst", "lookup", value="198.51.100.7")
    assert sorted(each["object"]["count"] for each in theirs["sightings"]) == [3, 50]
    assert len(theirs["relationships"]) == 2
    assert [NAMES[each["id"]] for each in theirs["references"]] == ["Kit on the move"]
    ours = ask(world, "port-analyst", "lookup", value="198.51.100.7")
    assert [each["object"]["count"] for each in ours["sightings"]] == [3]
    assert len(ours["relationships"]) == 1


def test_an_entry_says_what_its_object_says_and_where_it_stands(world: Running) -> None:
    entries = ask(world, "nl-analyst", "lookup", value="198.51.100.7", collection="indicators")["indicators"]
    by_name = {NAMES[each["id"]]: each for each in entries}
    address = by_name["an address"]
    assert (address["valid"], address["valid_until"], address["confidence"]) == (True, "2026-07-01T00:00:00Z", 80)
    assert (address["tlp"], address["created_by"]) == (["green"], "Dutch national CERT")
    assert (address["partnership"], address["collection"]) == ("north-sea", "indicators")
    assert by_name["from the east"]["partnership"] == "east"
    assert by_name["its network"]["matches"] == [{"kind": "ipv4-addr", "value": "198.51.100.0/24", "how": "covers"}]
    assert "created_by" not in by_name["its network"]


@pytest.mark.parametrize(
    ("value", "why"), [("hxxp://bad.example/Kit", "its time is over"), ("Kit@bad.example", "revoked")]
)
def test_what_does_not_hold_now_is_told_as_that(world: Running, value: str, why: str) -> None:
    same = [
        each
        for each in ask(world, "port-analyst", "lookup", value=value)["indicators"]
        if each["matches"][0]["how"] == "same"
    ]
    assert [each["valid"] for each in same] == [False], why


def test_the_object_of_an_entry_is_the_bytes_that_a_pull_gives(world: Running) -> None:
    answer = asked(world, "port-analyst", "lookup", value="198.51.100.7").content
    for each in world.objects("nl-soc", "match[type]=indicator"):
        pulled = world.client("nl-soc").get(f"/north-sea/collections/indicators/objects/{each['id']}/").content
        raw = pulled[len(b'{"objects":[') : -2]
        assert (raw in answer) == (each["name"] == "an address")


def test_pages_of_a_look_up_hold_everything_once(world: Running) -> None:
    whole = ask(world, "nl-analyst", "lookup", value="198.51.100.7")
    pages, token = [], None
    while True:
        page = ask(world, "nl-analyst", "lookup", value="198.51.100.7", limit=1, **({"next": token} if token else {}))
        pages.append(page)
        token = page.get("next")
        if token is None:
            break
    assert len(pages) == 4
    for group in GROUPS:
        assert [each for page in pages for each in page[group]] == whole[group]
    wrong = asked(world, "nl-analyst", "lookup", value="198.51.100.8", next=pages[0]["next"])
    assert wrong.status_code == 400
    assert asked(world, "port-analyst", "lookup", value="198.51.100.7", next=pages[0]["next"]).status_code == 400


def test_an_account_that_is_named_for_red_finds_red_and_its_colleague_does_not(world: Running) -> None:
    assert "a secret same" in found_in(ask(world, NAMED, "lookup", value="bad.example"))
    assert "a secret same" not in found_in(ask(world, "nl-analyst", "lookup", value="bad.example"))


@pytest.mark.parametrize(
    ("scope", "status"),
    [
        ({"partnership": "north-sea"}, 200),
        ({"partnership": "north-sea", "collection": "indicators"}, 200),
        ({"collection": "letter-box"}, 404),
        ({"partnership": "east"}, 404),
        ({"partnership": "nowhere"}, 404),
    ],
)
def test_only_collections_that_the_account_reads_can_be_asked_for(
    world: Running, scope: dict[str, str], status: int
) -> None:
    assert asked(world, "port-analyst", "lookup", value="198.51.100.7", **scope).status_code == status


@pytest.mark.parametrize(
    ("parameters", "telling"),
    [
        ({}, "value: This is missing, and has to be there."),
        ({"value": ""}, "value: This is empty, and has to hold something."),
        ({"value": "x\0"}, "U+0000"),
        ({"value": "x", "kind": "nothing"}, "no kind of value 'nothing'"),
        ({"value": "x", "limit": 0}, "limit: This is below 1, the least that is taken."),
        ({"value": "x", "knd": "url"}, "knd: This is not known here"),
        ({"value": ["x", "x"]}, "value occurs more than once."),
        ({"value": "x", "next": "x"}, "This value of next is not valid here"),
    ],
)
def test_a_parameter_that_is_wrong_is_told(world: Running, parameters: dict[str, Any], telling: str) -> None:
    answer = asked(world, "port-analyst", "lookup", **parameters)
    assert answer.status_code == 400
    assert telling in answer.json()["description"]
