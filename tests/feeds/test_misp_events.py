"""Events of MISP to objects, without a server: what they are tagged with, and what an event does not fall over."""

import json
import re
from datetime import UTC, datetime

import pytest

from app.feeds.drafts import Draft
from app.feeds.reading import read_feed
from app.feeds.rows import NotAFeed
from app.files.feed_mappings import read_feed_mappings
from app.files.markings import read_registry
from tests.feeds.deliveries import PROJECT, SAMPLES

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
REGISTRY = read_registry(PROJECT / "mappings" / "markings")
MISP = read_feed_mappings(PROJECT / "mappings" / "feeds", REGISTRY)["misp"]
# the tags of an event, and of its first attribute -> the levels of all that is in the event, and of that attribute
TAGS = {
    "none": ([], [], set(), set()),
    "one": (["tlp:green"], [], {("tlp", "green")}, {("tlp", "green")}),
    "in any letter case": (["TLP:Red"], [], {("tlp", "red")}, {("tlp", "red")}),
    "of the newest TLP": (["tlp:amber+strict"], [], {("tlp", "amber+strict")}, {("tlp", "amber+strict")}),
    "a stricter one on a part": (["tlp:white"], ["TLP:RED"], {("tlp", "clear")}, {("tlp", "clear"), ("tlp", "red")}),
    "one on a part alone": ([], ["tlp:red"], set(), {("tlp", "red")}),
    "what may be done with it": (["PAP:RED"], [], {("pap", "red")}, {("pap", "red")}),
    "what may be done with a part": ([], ["PAP:RED"], {("pap", "red")}, {("pap", "red")}),
}


@pytest.mark.parametrize("says", TAGS)
def test_what_an_event_of_misp_is_tagged_with_marks_all_that_is_in_it(says: str) -> None:
    of_the_event, of_the_part, levels, of_that = TAGS[says]
    event = json.loads((SAMPLES / "misp.json").read_text())
    event["Event"]["Tag"] = [{"name": name} for name in of_the_event]
    part = event["Event"]["Attribute"][0]
    part["Tag"] = [{"name": name} for name in of_the_part]
    drafts = [each for each in read_feed(MISP, json.dumps(event).encode(), "x", NOW) if isinstance(each, Draft)]
    assert drafts[-1].tree["type"] == "report", "what stands for the event comes last"
    for each in drafts:
        found = {REGISTRY.level_of(mark) for mark in each.tree.get("object_marking_refs", ())}
        if each.tree["type"] in ("identity", "marking-definition"):
            assert found == set()
        elif each.id.endswith(part["uuid"]) and each.tree["type"] == "indicator":
            assert found == of_that
        else:
            assert found >= levels, each.id


def test_an_event_of_misp_with_a_level_that_nobody_knows_is_not_taken() -> None:
    event = json.loads((SAMPLES / "misp.json").read_text())
    event["Event"]["Attribute"][0]["Tag"] = [{"name": "TLP:EX:CHR"}]
    (mistake,) = read_feed(MISP, json.dumps(event).encode(), "x", NOW)
    assert str(mistake).startswith("event 5f3b6c1a-0d2e-4f8b-9a77-2c51d0e4b6f8: Its tag `tlp:ex:chr` is no level")


def test_a_cluster_without_an_id_does_not_cost_its_event() -> None:
    event = json.loads((SAMPLES / "misp.json").read_text())
    cluster = {"type": "threat-actor", "value": "Nobody", "uuid": "", "tag_name": "x", "meta": {}}
    event["Event"]["Galaxy"] = [{"type": "threat-actor", "name": "Threat Actor", "GalaxyCluster": [cluster]}]
    trees = [each.tree for each in read_feed(MISP, json.dumps(event).encode(), "x", NOW) if isinstance(each, Draft)]
    (actor,) = [each for each in trees if each["type"] == "threat-actor"]
    assert actor.get("object_marking_refs") is None, "it is not of one event"
    assert len(trees) > 10


def test_uuids_of_misp_in_capitals_make_the_same_ids() -> None:
    text = (SAMPLES / "misp.json").read_text()
    capitals = re.sub(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", lambda found: found[0].upper(), text)
    assert capitals != text
    small, large = ([*read_feed(MISP, each.encode(), "x", NOW)] for each in (text, capitals))
    ids = [[each.tree["id"] for each in drafts if isinstance(each, Draft)] for drafts in (small, large)]
    assert ids[0] == ids[1] != []


@pytest.mark.parametrize("twice", ['"Event": {}, "Event"', '"x": NaN, "Event"'])
def test_an_event_of_misp_that_is_not_strictly_json_is_not_taken(twice: str) -> None:
    event = (SAMPLES / "misp.json").read_text().replace('"Event"', twice, 1)
    with pytest.raises(NotAFeed, match=r"`Event` stands twice|NaN is no number"):
        read_feed(MISP, event.encode(), "x", NOW)
