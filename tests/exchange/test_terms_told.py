"""The terms that an account is told, on a real exchange: what they promise is what pushes and pulls then do."""

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from app.policy.partnership import Role
from app.settings import PROJECT
from app.taxii.account_terms import json_schema
from tests.support.agreements import FILES, NORTH_SEA
from tests.support.exchanges import Running, running
from tests.support.stix import AMBER, AMBER_STRICT, CLEAR, GREEN, RED, STIX, an_indicator

DOCS = PROJECT / "docs"
SCHEMA = DOCS / "terms.schema.json"
MARKS = {"clear": CLEAR, "green": GREEN, "amber": AMBER, "amber+strict": AMBER_STRICT, "red": RED}
READERS = ("nl-soc", "duty-officer", "wind-soc", "water-soc", "port-soc")
FEEDERS = ("nl-feed", "wind-feed", "water-feed")
WORDS = {"accept": None, "review": "accepted; visible after review"}

ALL_OF_IT = "collections: all, types: all, tlp: all"


def with_changes(changes: Mapping[str, str]) -> dict[str, str]:
    """The agreement with other text in place of some."""
    text = NORTH_SEA
    for before, after in changes.items():
        assert before in text
        text = text.replace(before, after, 1)
    return {**FILES, "north-sea.yaml": text}


def told(exchange: Running, account: str, root: str = "north-sea") -> dict[str, Any]:
    answer = exchange.client(account).get(f"/{root}/terms/", headers={"Accept": "application/json"})
    assert answer.status_code == 200, answer.text
    document: dict[str, Any] = answer.json()
    return document


def collection(document: Mapping[str, Any], alias: str = "indicators") -> dict[str, Any]:
    found: dict[str, Any] = next(each for each in document["collections"] if each["alias"] == alias)
    return found


def at_every_level(name: str) -> dict[str | None, STIX]:
    marked = {level: an_indicator(f"{name} {level}", mark) for level, mark in MARKS.items()}
    return {**marked, None: an_indicator(f"{name} unmarked")}


def test_each_reader_is_shown_what_its_terms_tell_and_nothing_else(exchange: Running) -> None:
    given = {feed: at_every_level(feed) for feed in ("nl-feed", "water-feed")}
    for feed, objects in given.items():
        exchange.take(feed, *objects.values())
    for account in READERS:
        by_another = given["water-feed" if account in ("nl-soc", "duty-officer") else "nl-feed"]
        shown = collection(told(exchange, account))["shown"]
        levels = {*shown["tlp"], *({None} if "unmarked" in shown else ())}
        found = exchange.ids(account)
        assert {level for level, each in by_another.items() if each["id"] in found} == levels, account
    assert {account: collection(told(exchange, account))["shown"]["tlp"] for account in READERS} == {
        "nl-soc": ["clear", "green", "amber", "amber+strict"],
        "duty-officer": ["clear", "green", "amber", "amber+strict", "red"],
        "wind-soc": ["clear", "green", "amber"],
        "water-soc": ["clear", "green", "amber"],
        "port-soc": ["clear", "green"],
    }


def test_what_each_feeder_pushes_becomes_what_its_terms_tell(exchange: Running) -> None:
    intake = "tlp: [green, amber, red], require: [tlp], review: {submitters: [water-nl], tlp: [amber]}"
    before = NORTH_SEA[NORTH_SEA.index("    intake:\n") : NORTH_SEA.index("  letter-box:")]
    exchange.apply(with_changes({before: f"    intake: {{types: all, unmarked: amber, {intake}}}\n"}))
    seen = set()
    for account in FEEDERS:
        taken = collection(told(exchange, account))["taken"]
        assert taken["require"] == ["tlp"]
        objects = at_every_level(account)
        del objects[None]
        status = exchange.post(account, *objects.values())
        messages = {each["id"]: each.get("message") for each in status.get("successes", [])}
        for level, each in objects.items():
            word = taken["tlp"][level]
            seen.add((account, word))
            assert (each["id"] in messages) == (word != "refuse"), (account, level)
            assert messages.get(each["id"]) == WORDS.get(word), (account, level)
    assert seen == {(each, word) for each in FEEDERS for word in ("accept", "review", "refuse")} - {
        ("water-feed", "accept")
    }


def test_terms_change_with_a_revision_at_once_and_with_nothing_that_is_others(exchange: Running) -> None:
    def answer() -> bytes:
        return exchange.client("wind-soc").get("/north-sea/terms/", headers={"Accept": "*/*"}).content

    before = answer()
    others = {
        "port-nl: {": f"port-nl: {{takes: [], releases: [{{to: [water-nl], {ALL_OF_IT}}}], ",
        "water-nl: {": "water-nl: {attribution: anonymous, ",
        "members:\n": "members:\n  outsider: {tlp: all}\n",
        "read: [nl-cert]": "read: [nl-cert, port-nl, outsider]",
        "ownership: creator\n      spec": "ownership: {water-nl: [nl-cert]}\n      spec",
        "red: [nl-cert/duty-officer]": "red: [nl-cert/duty-officer, nl-cert/nl-soc]",
    }
    exchange.apply(with_changes(others))
    assert answer() == before
    own = (
        f"takes: [{{from: [nl-cert], {ALL_OF_IT}, confidence: {{at_least: 50}}, age: {{at_most: P30D}}}}], releases: []"
    )
    of_all = {"agreement:": "contact: mailto:cert@example.org\nagreement:", "granular: withhold": "embargo: PT36H"}
    exchange.apply(with_changes({"wind-isac: {": f"wind-isac: {{{own}, ", **of_all}), allow_removal=True)
    document = told(exchange, "wind-soc")
    assert document["contacts"] == {"partnership": "mailto:cert@example.org"}
    assert "contact" not in json.dumps(document["partnership"])
    here = collection(document)
    assert here["shown"]["takes"] == [
        {
            "from": ["nl-cert"],
            "types": "all",
            "tlp": list(MARKS),
            "confidence": {"at_least": 50},
            "age": {"at_most": "P30D"},
        }
    ]
    assert here["releases"] == []
    assert here["shown"]["embargo"] == "P1DT12H"
    assert "takes" not in collection(told(exchange, "nl-soc"))["shown"]


def test_who_may_report_sightings_is_told_how_they_are_signed(exchange: Running) -> None:
    exchange.add_account("wind-analyst", "wind-isac", Role.ANALYST)
    exchange.add_account("port-analyst", "port-nl", Role.ANALYST)
    assert "sightings" not in collection(told(exchange, "wind-analyst"))
    exchange.apply(with_changes({"spec_versions:": "sightings: named\n      spec_versions:"}))
    told_of = {each: collection(told(exchange, each)) for each in ("wind-analyst", "wind-feed", "port-analyst")}
    assert {each: here.get("sightings") for each, here in told_of.items()} == {
        "wind-analyst": "named",
        "wind-feed": None,
        "port-analyst": None,
    }


def test_everybody_is_told_of_its_own_collections_and_its_own_place_alone(exchange: Running) -> None:
    collections = {
        each: [c["alias"] for c in told(exchange, each)["collections"]] for each in ("nl-soc", "wind-soc", "port-soc")
    }
    assert collections == {
        "nl-soc": ["indicators", "letter-box"],
        "wind-soc": ["indicators", "letter-box"],
        "port-soc": ["indicators"],
    }
    box = collection(told(exchange, "wind-feed"), "letter-box")
    assert (box["can_read"], "shown" in box, box["can_write"], "taken" in box) == (False, False, True, True)
    reader = collection(told(exchange, "wind-soc"), "letter-box")
    assert (reader["can_read"], reader["can_write"], reader.keys() & {"shown", "taken"}) == (False, False, set())
    document = told(exchange, "water-soc")
    assert document["account"] == {"name": "water-soc", "role": "reader"}
    assert (document["partner"]["name"], document["member"]["client_of"]) == ("water-nl", "nl-cert")
    assert "wind-isac" not in json.dumps(document)


def test_who_may_not_know_of_the_root_is_not_told_of_its_terms(exchange: Running) -> None:
    client = exchange.client("outsider-soc")

    def answer(root: str) -> tuple[int, bytes]:
        got = client.get(f"/{root}/terms/", headers={"Accept": "application/json"})
        return got.status_code, re.sub(rb'"error_id":"[^"]*"', b"", got.content)

    assert answer("north-sea") == answer("nowhere") == answer("taxii2")
    assert answer("north-sea")[0] == 404
    assert exchange.client("officer").get("/east/terms/", headers={"Accept": "*/*"}).status_code == 200


def test_an_officer_of_the_host_is_told_of_an_agreement_that_its_organisation_is_no_member_of(
    exchange: Running,
) -> None:
    east = FILES["east.yaml"].replace("nl-cert: {tlp: all}", "port-nl: {tlp: all}")
    exchange.apply({**FILES, "east.yaml": east}, allow_removal=True)
    document = told(exchange, "officer", "east")
    assert (document["collections"], document["account"]["role"], "member" in document) == ([], "officer", False)


def test_the_limits_that_are_told_are_the_settings(exchange: Running) -> None:
    limits = told(exchange, "wind-soc")["limits"]
    assert limits == {name: getattr(exchange.exchange.settings, name) for name in limits}
    page = (DOCS / "protocol.md").read_text(encoding="utf-8").split("## Limits")[1]
    named = set(re.findall(r"`(\w+(?:_max|_default))`", page))
    assert named <= {*limits, "max_content_length"}


def test_the_example_of_the_protocol_page_is_what_the_demonstration_answers(database_url: str, tmp_path: Path) -> None:
    page = (DOCS / "protocol.md").read_text(encoding="utf-8")
    example = json.loads(re.findall(r"^```json\n(.*?)^```$", page, re.MULTILINE | re.DOTALL)[0])
    files = {each.name: each.read_text(encoding="utf-8") for each in (PROJECT / "collections").glob("*.yaml")}
    with running(database_url, tmp_path, files=files, only=["wind-feed"]) as demonstration:
        assert told(demonstration, "wind-feed") == example


def test_the_schema_beside_the_protocol_page_is_the_models() -> None:
    written = json.loads(SCHEMA.read_text(encoding="utf-8"))
    assert written == json_schema(), "write it anew: python -m tests.exchange.test_terms_told"


if __name__ == "__main__":
    SCHEMA.write_text(json.dumps(json_schema(), indent=2) + "\n", encoding="utf-8")
