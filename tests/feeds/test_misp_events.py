"""Events of MISP to objects, without a server: what they are tagged with, and what an event does not fall over."""

import json
import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import pytest

from app.feeds.drafts import Draft
from app.feeds.misp_levels import marked
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
    "a stricter one on a part": (["tlp:white"], ["TLP:RED"], {("tlp", "clear")}, {("tlp", "red")}),
    "a looser one on a part": (["tlp:red"], ["tlp:green"], {("tlp", "red")}, {("tlp", "red")}),
    "one on a part alone": ([], ["tlp:red"], set(), {("tlp", "red")}),
    "what may be done with it": (["PAP:RED"], [], {("pap", "red")}, {("pap", "red")}),
    "what may be done with a part": ([], ["PAP:RED"], {("pap", "red")}, {("pap", "red")}),
}
RED: dict[str, Any] = {"Tag": [{"name": "tlp:red"}]}
Part = dict[str, Any]


def _uuid(number: int) -> str:
    return f"5e384ae7-672c-4250-9cda-3b4da96445{number:02x}"


def _attribute(number: int, value: str, type_: str = "domain", **more: Any) -> Part:
    category = "Network activity" if type_ in ("domain", "ip-dst") else "Payload delivery"
    shape = {"category": category, "to_ids": True, "timestamp": "1767225600"}
    return {"uuid": _uuid(number), "type": type_, "value": value, **shape, **more}


def _object(number: int, name: str, *attributes: Part, **more: Any) -> Part:
    shape = {"name": name, "meta-category": "file", "timestamp": "1767225600", "Attribute": [*attributes]}
    return {"uuid": _uuid(number), **shape, **more}


def _report(number: int, content: str, **more: Any) -> Part:
    return {"uuid": _uuid(number), "name": "A report", "content": content, "timestamp": "1767225600", **more}


def _named(uuid: int) -> list[Part]:
    cluster = {"uuid": _uuid(uuid), "type": "threat-actor", "value": "Nobody", "tag_name": "x", "meta": {}}
    return [{"type": "threat-actor", "name": "Threat Actor", "GalaxyCluster": [cluster]}]


def _given(tags: Sequence[str] = ("tlp:green",), **parts: Any) -> tuple[list[Mapping[str, Any]], list[str]]:
    """The objects of an event of these parts, and its mistakes."""
    event = json.loads((SAMPLES / "misp.json").read_text())
    event["Event"] |= {"Tag": [{"name": tag} for tag in tags], "Attribute": [], **parts}
    found = [*read_feed(MISP, json.dumps(event).encode(), "x", NOW)]
    trees = [each.tree for each in found if isinstance(each, Draft)]
    return trees, [str(each) for each in found if not isinstance(each, Draft)]


def _levels(trees: Sequence[Mapping[str, Any]]) -> set[tuple[str, str]]:
    """Each type that is marked, with its level; what has several has them all."""
    return {
        (
            tree["type"],
            "+".join(sorted(level[1] for mark in tree["object_marking_refs"] if (level := REGISTRY.level_of(mark)))),
        )
        for tree in trees
        if "object_marking_refs" in tree
    }


# parts of a green event -> the types that are made of them, and which of those are green
PARTS: dict[str, tuple[Part, set[str], set[str]]] = {
    "an attribute": (
        {"Attribute": [_attribute(3, "secret.example", **RED)]},
        {"domain-name", "indicator", "observed-data", "relationship"},
        set(),
    ),
    "an attribute of two observables": (
        {"Attribute": [_attribute(3, "198.51.100.7|80", "ip-dst|port", **RED)]},
        {"ipv4-addr", "network-traffic", "indicator", "observed-data", "relationship"},
        set(),
    ),
    "one attribute of an object": (
        {"Object": [_object(16, "file", _attribute(17, "secret.exe", "filename", object_relation="filename", **RED),
                            _attribute(18, "d" * 32, "md5", object_relation="md5"))]},
        {"file", "indicator", "observed-data", "relationship"},
        set(),
    ),
    "an object that another takes up": (
        {"Object": [
            _object(16, "file", _attribute(17, "a.exe", "filename", object_relation="filename"),
                    ObjectReference=[{"uuid": _uuid(19), "object_uuid": _uuid(16), "referenced_uuid": _uuid(32),
                                      "relationship_type": "includes", "timestamp": "1767225600"}]),
            _object(32, "pe", _attribute(34, "exe", "text", object_relation="type"),
                    _attribute(33, "secret", "filename", object_relation="original-filename", **RED)),
        ]},
        {"file", "indicator", "observed-data", "relationship"},
        set(),
    ),
    "a report": ({"EventReport": [_report(32, "secret", **RED)]}, {"note"}, set()),
    "what a report is about": (
        {"Attribute": [_attribute(3, "secret.example", **RED)],
         "EventReport": [_report(32, f"@[attribute]({_uuid(3)})")]},
        {"domain-name", "indicator", "observed-data", "relationship", "note"},
        set(),
    ),
    "what was sighted": (
        {"Attribute": [_attribute(3, "secret.example", **RED, Sighting=[
            {"uuid": _uuid(48), "type": "0", "date_sighting": "1767225600",
             "Organisation": {"uuid": _uuid(49), "name": "Somebody"}}])]},
        {"domain-name", "indicator", "observed-data", "relationship", "sighting"},
        set(),
    ),
    "what alone names a cluster": (
        {"Attribute": [_attribute(3, "secret.example", **RED, Galaxy=_named(64))]},
        {"domain-name", "indicator", "observed-data", "relationship", "threat-actor"},
        set(),
    ),
    "what names a cluster that others name too": (
        {"Attribute": [_attribute(3, "secret.example", **RED, Galaxy=_named(64)),
                       _attribute(4, "open.example", Galaxy=_named(64))]},
        {"domain-name", "indicator", "observed-data", "relationship"},
        {"domain-name", "indicator", "observed-data", "relationship"},
    ),
}  # fmt: skip


@pytest.mark.parametrize("what", PARTS)
def test_what_tells_a_part_of_misp_that_is_red_is_red(what: str) -> None:
    parts, red, green = PARTS[what]
    trees, mistakes = _given(**parts)
    assert mistakes == []
    assert _levels(trees) == {
        ("report", "green"),
        *((each, "red") for each in red),
        *((each, "green") for each in green),
    }


def test_observables_have_the_level_of_the_part_that_names_them_whatever_their_ids_are() -> None:
    objects: list[dict[str, Any]] = [
        {"type": "observed-data", "id": f"observed-data--{_uuid(3)}", "object_refs": [f"network-traffic--{_uuid(80)}"]},
        {"type": "network-traffic", "id": f"network-traffic--{_uuid(80)}", "dst_ref": f"ipv4-addr--{_uuid(81)}"},
        {"type": "ipv4-addr", "id": f"ipv4-addr--{_uuid(81)}"},
        {"type": "ipv4-addr", "id": f"ipv4-addr--{_uuid(82)}"},
    ]
    event = {"Attribute": [_attribute(3, "198.51.100.7", "ip-dst", **RED)]}
    *red, other = marked(objects, event, MISP.tags, {})
    assert {tuple(each["object_marking_refs"]) for each in red} == {(MISP.tags["tlp:red"],)}
    assert "object_marking_refs" not in other


@pytest.mark.parametrize(
    ("value", "type_"),
    [
        ("Secret.Example", "hostname"),
        ("secret.example|198.51.100.7", "domain|ip"),
        ("secret.example|80", "hostname|port"),
    ],
)
def test_a_value_that_one_part_of_misp_tells_under_red_is_red_wherever_the_event_tells_it(
    value: str, type_: str
) -> None:
    for red_first in (True, False):
        parts = [_attribute(3, "secret.example", **RED), _attribute(4, value, type_, category="Network activity")]
        trees, mistakes = _given(
            Attribute=[
                *(parts if red_first else reversed(parts)),
                _attribute(5, "open.example"),
                _attribute(6, "x", "text"),
            ]
        )
        assert mistakes == []
        told = {tree["id"]: tree for tree in trees if tree["id"].endswith((_uuid(3), _uuid(4)))}
        assert {level for _, level in _levels([*told.values()])} == {"red"}
        assert {"domain-name", "indicator", "observed-data"} <= {type_ for type_, _ in _levels([*told.values()])}
        others = [tree for tree in trees if tree["type"] != "relationship" and tree["id"] not in told]
        assert {level for _, level in _levels(others)} == {"green"}


def test_a_value_of_another_event_of_misp_keeps_its_level() -> None:
    """An event is the same with and without others beside it in a delivery."""
    red, green = (json.loads((SAMPLES / "misp.json").read_text()) for _ in range(2))
    red["Event"] |= {"uuid": _uuid(96), "Tag": [{"name": "tlp:red"}], "Attribute": [_attribute(3, "x.example")]}
    green["Event"] |= {"uuid": _uuid(97), "Tag": [{"name": "tlp:green"}], "Attribute": [_attribute(4, "x.example")]}
    found = read_feed(MISP, json.dumps([red, green]).encode(), "x", NOW)
    levels = [_levels([each.tree]) for each in found if isinstance(each, Draft) and each.tree["type"] == "domain-name"]
    assert levels == [{("domain-name", "red")}, {("domain-name", "green")}]


def test_an_object_of_misp_that_stands_twice_in_its_event_has_the_levels_of_both() -> None:
    of_file = {"type_": "filename", "object_relation": "filename"}
    red, open_ = _attribute(17, "secret.exe", **of_file, **RED), _attribute(18, "open.exe", **of_file)
    trees, _ = _given(Object=[_object(16, "file", red), _object(16, "file", open_)])
    assert {level for type_, level in _levels(trees) if type_ == "file"} == {"red"}


@pytest.mark.parametrize(("of_the_event", "version"), [("tlp:green", 1), ("tlp:clear", 2), ("tlp:amber+strict", 2)])
def test_a_part_of_misp_has_its_level_in_the_version_of_tlp_of_its_event(of_the_event: str, version: int) -> None:
    trees, _ = _given([of_the_event], Attribute=[_attribute(3, "secret.example", **RED)])
    marks = {mark for tree in trees if tree["type"] == "domain-name" for mark in tree["object_marking_refs"]}
    red = {1: "marking-definition--5e57c739-391a-4eb3-b6be-7d15ca92d5ed", 2: MISP.tags["tlp:red"]}
    assert marks == {red[version]}


@pytest.mark.parametrize("tag", [{"name": "tlp:red"}, ["tlp:red"], [{"name": 5}], "tlp:red", [None], None])
def test_an_event_of_misp_with_tags_in_another_shape_is_not_taken(tag: object) -> None:
    for parts in (
        {"Tag": tag},
        {"Attribute": [_attribute(3, "secret.example", Tag=tag)]},
        {"Object": [_object(16, "file", _attribute(17, "a.exe", "filename", object_relation="filename", Tag=tag))]},
        {"EventReport": [_report(32, "secret", Tag=tag)]},
    ):
        trees, (mistake,) = _given(**parts)
        assert trees == []
        assert "A `Tag` in it is no list of objects with a text `name`" in mistake


@pytest.mark.parametrize("deleted", [True, 1, "1"])
def test_what_was_deleted_in_misp_is_not_given(deleted: object) -> None:
    reference = {"uuid": _uuid(19), "object_uuid": _uuid(16), "relationship_type": "x", "timestamp": "1767225600"}
    gone = {"deleted": deleted}
    of_file = {"type_": "filename", "object_relation": "filename"}
    trees, mistakes = _given(
        Attribute=[_attribute(3, "gone.example", **gone), _attribute(4, "open.example", deleted=False)],
        Object=[
            _object(
                16,
                "file",
                _attribute(17, "gone.exe", **of_file, **gone),
                _attribute(18, "open.exe", **of_file, deleted="0"),
                ObjectReference=[{**reference, "referenced_uuid": _uuid(4), **gone}],
            ),
            _object(32, "file", _attribute(33, "gone.exe", **of_file), **gone),
            _object(34, "file", _attribute(35, "gone.exe", **of_file, **gone)),
        ],
        EventReport=[_report(48, "gone", **gone), _report(49, "open")],
    )
    assert mistakes == []
    told = json.dumps(trees)
    assert "gone" not in told
    assert _uuid(19) not in told
    assert "open.example" in told
    assert "open.exe" in told
    assert {tree["id"] for tree in trees if tree["type"] == "note"} == {f"note--{_uuid(49)}"}


def test_a_tag_of_misp_that_says_that_it_is_deleted_marks_all_the_same() -> None:
    trees, _ = _given(Attribute=[_attribute(3, "secret.example", Tag=[{"name": "tlp:red", "deleted": True}])])
    assert ("domain-name", "red") in _levels(trees)


def test_an_attribute_of_misp_that_is_lost_is_told_by_its_uuid() -> None:
    """What is given in another form is not lost, and is no mistake."""
    md5 = _attribute(17, "zz", "md5", object_relation="md5")
    trees, mistakes = _given(
        Attribute=[
            _attribute(3, "no address", "ip-dst"),
            _attribute(4, "open.example"),
            _attribute(5, "A sentence", "text", category="Other"),
        ],
        Object=[_object(16, "file", md5, _attribute(18, "open.exe", "filename", object_relation="filename"))],
    )
    assert len(mistakes) == 2
    assert f"Failed validation for ip-dst Attribute <{_uuid(3)}>: no address" in mistakes[0]
    assert f"Failed validation for md5 Attribute <{_uuid(17)}> in file Object <{_uuid(16)}>: zz" in mistakes[1]
    assert {f"x-misp-attribute--{_uuid(5)}", f"domain-name--{_uuid(4)}"} <= {tree["id"] for tree in trees}


# parts that are in no shape of MISP's -> what is said of them; what else is in the event is given
SHAPES: dict[str, tuple[Part, str]] = {
    "no object": ({"Attribute": ["\x1b[31m"]}, "Its attribute 1 is no object. Write parts as MISP exports them"),
    "no uuid": ({"Attribute": [_attribute(3, "a.example") | {"uuid": "\x1b[31m"}]}, "Its attribute 1 has no UUID"),
    "a uuid that is no text": (
        {"Attribute": [_attribute(3, "a.example") | {"uuid": 5}]},
        "Its attribute 1 has no UUID",
    ),
    "no type": ({"Attribute": [_attribute(3, "a.example") | {"type": {}}]}, f"<{_uuid(3)}> has no text `type`"),
    "no value": ({"Attribute": [_attribute(3, "a.example") | {"value": None}]}, f"<{_uuid(3)}> has no text `value`"),
    "no uuid of an object": ({"Object": [_object(16, "file") | {"uuid": None}]}, "Its object 1 has no UUID"),
    "no name": ({"Object": [_object(16, "file") | {"name": 5}]}, f"<{_uuid(16)}> has no text `name`"),
    "no list in an object": (
        {"Object": [_object(16, "file") | {"Attribute": {}}]},
        f"<{_uuid(16)}> has no list of attributes",
    ),
    "a part of an object": (
        {"Object": [_object(16, "file", _attribute(17, "a.exe", "filename") | {"value": []})]},
        f"<{_uuid(17)}> has no text `value`",
    ),
    "no content": ({"EventReport": [{"uuid": _uuid(48), "name": "x"}]}, f"<{_uuid(48)}> has no text `content`"),
}


@pytest.mark.parametrize("what", SHAPES)
def test_a_part_of_misp_in_another_shape_is_told_and_the_rest_is_given(what: str) -> None:
    parts, said = SHAPES[what]
    attributes = [*parts.get("Attribute", ()), _attribute(4, "open.example")]
    trees, (mistake,) = _given(**{**parts, "Attribute": attributes})
    assert said in mistake
    assert mistake.isprintable()
    assert f"domain-name--{_uuid(4)}" in {tree["id"] for tree in trees}


def test_of_an_event_of_misp_that_loses_all_its_parts_nothing_is_given_and_an_empty_one_is_given() -> None:
    trees, mistakes = _given(Attribute=[_attribute(3, "no address", "ip-dst"), _attribute(4, "x") | {"value": None}])
    assert trees == []
    assert len(mistakes) == 2
    assert {"report", "note"} <= {tree["type"] for tree in _given()[0]}


@pytest.mark.parametrize("name", ["Attribute", "Object", "EventReport"])
def test_an_event_of_misp_whose_parts_are_no_list_is_not_taken(name: str) -> None:
    trees, mistakes = _given(**{name: {"1": _attribute(3, "secret.example")}})
    assert trees == []
    assert mistakes == [
        f"event 5f3b6c1a-0d2e-4f8b-9a77-2c51d0e4b6f8: Its `{name}` is no list. Write it as MISP exports it"
    ]


@pytest.mark.parametrize("uuid", ["\x1b[31m", "x" * 20_000, {"a": 1}, None])
def test_an_event_of_misp_is_named_by_its_number_where_its_uuid_is_none(uuid: object) -> None:
    _, mistakes = _given(uuid=uuid, Attribute=[_attribute(3, "no address", "ip-dst")])
    assert mistakes
    for each in mistakes:
        assert each.startswith("event 1: ")
        assert len(each) < 300
        assert each.isprintable()


def test_what_the_library_of_misp_says_is_told_in_bounds() -> None:
    many = [_attribute(number, "\x1b[31m\u202e" + "x" * 300, "ip-dst") for number in range(3, 255)]
    _, mistakes = _given(Attribute=many)
    assert len(mistakes) == 101
    for each in mistakes[:-1]:
        said = each.partition("The MISP library does not take it: ")[2]
        assert 0 < len(said) <= 200
        assert each.isprintable()
    assert mistakes[-1].endswith("152 more of its parts are not taken")


def test_an_event_that_the_library_of_misp_does_not_take_is_told_in_bounds() -> None:
    trees, (mistake,) = _given(["tlp:" + "\x1b" * 500])
    assert trees == []
    assert len(mistake) < 500
    assert mistake.isprintable()
    _, mistakes = _given(timestamp="\x1b[31m" + "x" * 500)
    assert mistakes
    for each in mistakes:
        said = each.partition("The MISP library does not take it: ")[2]
        assert 0 < len(said) <= 200
        assert each.isprintable()


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
        elif part["uuid"] in json.dumps(each.tree) and each.tree["type"] != "report":
            assert found == of_that, each.id
        else:
            assert found == levels, each.id


def test_an_event_of_misp_with_a_level_that_nobody_knows_is_not_taken() -> None:
    event = json.loads((SAMPLES / "misp.json").read_text())
    part = event["Event"]["Attribute"][0]
    part["Tag"] = [{"name": "TLP:EX:CHR"}]
    (mistake,) = read_feed(MISP, json.dumps(event).encode(), "x", NOW)
    assert str(mistake) == (
        f"event 5f3b6c1a-0d2e-4f8b-9a77-2c51d0e4b6f8: Its attribute <{part['uuid']}>: the tag `TLP:EX:CHR` reads like "
        f"a level, and is none that is known. Write one of {', '.join(sorted(MISP.tags))} in its stead, or take it off"
    )


@pytest.mark.parametrize("tag", ["tlp=red", 'tlp:"red"', "TLP-RED"])
def test_a_level_of_misp_in_another_spelling_marks_what_it_is_on(tag: str) -> None:
    trees, mistakes = _given(Attribute=[_attribute(3, "secret.example", Tag=[{"name": tag}])])
    assert mistakes == []
    assert {level for type_, level in _levels(trees) if type_ == "domain-name"} == {"red"}


def test_an_event_of_misp_with_a_tag_that_restricts_in_another_way_is_not_taken_and_says_where_it_is() -> None:
    relation = {"type_": "filename", "object_relation": "filename"}
    restricted = _attribute(17, "a.exe", **relation, Tag=[{"name": 'nato:classification="NR"'}])
    trees, (mistake,) = _given(Object=[_object(16, "file", restricted)])
    assert trees == []
    assert f'Its attribute <{_uuid(17)}> in the object <{_uuid(16)}>: the tag `nato:classification="NR"`' in mistake
    assert "says who may have it in a way that is not read. Write one of pap:amber" in mistake
    assert (
        "Its tag `PAP:AMBER+STRICT` reads like a level, and is none that is known" in _given(["PAP:AMBER+STRICT"])[1][0]
    )


@pytest.mark.parametrize("name", ["EventTag", "AttributeTag", "tag", "Tags"])
def test_an_event_of_misp_with_tags_under_another_name_is_not_taken(name: str) -> None:
    trees, (mistake,) = _given(Attribute=[_attribute(3, "secret.example", **{name: [{"name": "tlp:red"}]})])
    assert trees == []
    assert f"A `{name}` in it is nothing that MISP exports" in mistake


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
