"""The registry: its files are the published definitions, and it knows an altered one from its own."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from app.errors import WrongFiles
from app.files.markings import read_registry
from app.policy.derivation import derive_handling
from app.policy.markings import Judgement, Registered, Registry, Tabled
from app.policy.partnership import PapLevel, TlpLevel
from tests.policy.builders import (
    CUSTOM,
    EXTENSION,
    GREEN,
    GREEN_1,
    NOW,
    OTHER_STATEMENT,
    REGISTRY,
    ROOT,
    SHARED,
    STATEMENT,
    TLP_2_EXTENSION,
    Definitions,
    a_definition,
    an_extension_marking,
    an_object,
)

MARKINGS = ROOT / "mappings" / "markings"
FILES = {path.name: json.loads(path.read_text()) for path in sorted(MARKINGS.glob("*.json"))}
PUBLISHED = {
    "tlp-1.json": "tlp1-marking-definitions.json",
    "tlp-2.json": "tlp2-marking-definitions.json",
    "pap.json": "pap-marking-definitions.json",
}


@pytest.mark.parametrize(("ours", "published"), PUBLISHED.items())
def test_the_definitions_are_exactly_the_published_ones(ours, published):
    source = SHARED / "data" / "markings" / published
    if not source.exists():
        pytest.skip("the published definitions are not beside this checkout")
    assert [entry["definition"] for entry in FILES[ours]["markings"]] == json.loads(source.read_text())


def test_every_file_says_where_its_objects_come_from():
    assert set(FILES) == set(PUBLISHED)
    assert all(file["source"] and file["licence"] for file in FILES.values())


@pytest.mark.parametrize("name", FILES)
def test_the_level_of_an_entry_is_the_word_of_its_definition(name):
    for entry in FILES[name]["markings"]:
        definition = entry["definition"]
        said = definition.get("definition") or next(iter(definition["extensions"].values()))
        word = next(value for key, value in said.items() if key != "extension_type")
        assert entry["level"] == ("clear" if word == "white" and name == "tlp-1.json" else word)
        assert definition["name"].endswith(f":{word.upper()}")


def test_the_registry_knows_all_tlp_levels():
    known = [REGISTRY.get(entry["definition"]["id"]) for file in FILES.values() for entry in file["markings"]]
    assert {TlpLevel(entry.level) for entry in known if entry.kind == "tlp"} == set(TlpLevel)
    assert {entry.level for entry in known if entry.kind == "pap"} == {"white", *PapLevel}


def _published(marking_id, **changed):
    tree = {**REGISTRY.get(marking_id).definition, **changed}
    return {name: value for name, value in tree.items() if value is not None}


JUDGED = {
    "the definition itself": (_published(GREEN), Judgement.EQUAL),
    "its instant written shorter": (_published(GREEN, created="2022-10-01T00:00:00Z"), Judgement.EQUAL),
    "its instant written longer": (_published(GREEN, created="2022-10-01T00:00:00.000000Z"), Judgement.EQUAL),
    "its properties in another order": (dict(sorted(_published(GREEN).items())), Judgement.EQUAL),
    "TLP 1.0 as STIX 2.0 writes it": (_published(GREEN_1, spec_version=None, name=None), Judgement.EQUAL),
    "TLP 1.0 without its name": (_published(GREEN_1, name=None), Judgement.EQUAL),
    "TLP 2.0 without its name": (_published(GREEN, name=None), Judgement.ALTERED),
    "another instant": (_published(GREEN, created="2022-10-01T00:00:00.001Z"), Judgement.ALTERED),
    "an instant that is none": (_published(GREEN, created="yesterday"), Judgement.ALTERED),
    "no instant": (_published(GREEN, created=None), Judgement.ALTERED),
    "another name": (_published(GREEN_1, name="TLP:WHITE"), Judgement.ALTERED),
    "another level": (_published(GREEN_1, definition={"tlp": "white"}), Judgement.ALTERED),
    "a property more": (_published(GREEN, x_note="mine"), Judgement.ALTERED),
    "a marking of its own": (_published(GREEN, object_marking_refs=[GREEN_1]), Judgement.ALTERED),
    "a definition under an id of its own": (_published(GREEN, id=STATEMENT), Judgement.NOT_THE_REGISTRYS),
    "a statement": (a_definition(STATEMENT), Judgement.NOT_THE_REGISTRYS),
}


@pytest.mark.parametrize(("definition", "judgement"), JUDGED.values(), ids=JUDGED.keys())
def test_a_definition_is_judged_against_the_registry(definition, judgement):
    before = json.dumps(definition)
    assert REGISTRY.judge(definition) is judgement
    assert json.dumps(definition) == before


BY_ID, BY_TEXT = Tabled(level=TlpLevel.AMBER, ids=frozenset({STATEMENT})), Tabled(texts=frozenset({"EYES ONLY"}))
BY_BODY = Tabled(level=TlpLevel.RED, extension=EXTENSION, body={"caveat": "NL"})


def a_registry():
    return Registry([REGISTRY.get(GREEN), REGISTRY.get(GREEN_1)], [BY_ID, BY_TEXT, BY_BODY])


def test_a_registry_knows_its_definitions_and_what_the_tables_say_of_others():
    registry = a_registry()
    assert registry.get(GREEN).level == registry.get(GREEN_1).level == "green"
    assert registry.get(STATEMENT) is None
    assert registry.extensions == {TLP_2_EXTENSION}, "TLP 1.0 is given its meaning by STIX itself"
    assert registry.tabled(STATEMENT) is BY_ID
    assert registry.tabled(GREEN) is None
    assert registry.tabled_text("  EYES ONLY\n") is BY_TEXT
    assert registry.tabled_text("eyes only") is None
    assert registry.level_of(GREEN) == ("tlp", "green")
    assert registry.level_of(STATEMENT) == ("tlp", "amber")
    assert registry.level_of(OTHER_STATEMENT) is None
    assert registry.ids_of("tlp", "green") == {GREEN, GREEN_1}
    assert registry.ids_of("tlp", "amber") >= {STATEMENT}
    assert Registry([], [Tabled(ids=frozenset({STATEMENT}))]).level_of(STATEMENT) is None, "a caveat is no level"


BODIES = {
    "the body of a row": (EXTENSION, {"caveat": "NL"}, BY_BODY),
    "and the type of the extension": (EXTENSION, {"extension_type": "property-extension", "caveat": "NL"}, BY_BODY),
    "another word": (EXTENSION, {"caveat": "BE"}, None),
    "a word more": (EXTENSION, {"caveat": "NL", "until": "2027"}, None),
    "another extension": (TLP_2_EXTENSION, {"caveat": "NL"}, None),
    "no extension at all": ("", {}, None),
    "no object": (EXTENSION, "NL", None),
}


@pytest.mark.parametrize(("extension", "body", "row"), BODIES.values(), ids=BODIES.keys())
def test_the_tables_know_an_extension_by_its_whole_body(extension, body, row):
    assert a_registry().tabled_body(extension, body) is row


@pytest.mark.parametrize("level", [None, TlpLevel.RED])
def test_what_the_tables_say_of_a_body_is_what_it_asks_for(level):
    caveat = replace(BY_BODY, level=level, releasable_to=frozenset({"NLD"}), originator_control=True)
    definition = an_extension_marking(CUSTOM, EXTENSION, caveat="NL")
    obj = an_object(object_marking_refs=[CUSTOM])
    handling = derive_handling(obj, Registry([], [caveat]), Definitions([definition]), NOW).handling
    assert handling.tlp == ({level} if level else set())
    assert (handling.releasable_to, handling.originator_control) == ({frozenset({"NLD"})}, True)
    assert handling.unmarked is (level is None)
    assert not handling.custom
    assert not handling.unknown


def test_a_registered_definition_without_an_instant_equals_itself():
    mine = {"type": "marking-definition", "id": STATEMENT, "name": "mine"}
    registry = Registry([Registered("tlp", "green", mine)])
    assert registry.judge(mine) is Judgement.EQUAL
    assert registry.judge({**mine, "created": "2026-01-01T00:00:00Z"}) is Judgement.ALTERED


def _file(**changed):
    sound = {
        "kind": "tlp",
        "title": "t",
        "source": "s",
        "licence": "l",
        "markings": [{"level": "green", "definition": _published(GREEN)}],
    }
    return json.dumps({**sound, **changed}, indent=1)


def _entry(level="green", **changed):
    return [{"level": level, "definition": _published(GREEN, **changed)}]


WRONG = {
    "no file at all": ({}, "no marking definitions"),
    "no JSON": ({"a.json": "{"}, "This is no YAML"),
    "a key twice": ({"a.json": '{"kind": "tlp", "kind": "pap"}'}, "stands here twice"),
    "an unknown kind": ({"a.json": _file(kind="iep")}, "kind: "),
    "no source": ({"a.json": _file(source=None)}, "source: "),
    "a level that is none": ({"a.json": _file(markings=_entry("unclear"))}, "`unclear` is no level of tlp"),
    "another kind of object": ({"a.json": _file(markings=_entry(type="note"))}, "no marking-definition with an id"),
    "an id that is none": ({"a.json": _file(markings=_entry(id="green"))}, "no marking-definition with an id"),
    "a marked definition": ({"a.json": _file(markings=_entry(object_marking_refs=[GREEN_1]))}, "marked itself"),
    "two meanings": ({"a.json": _file(markings=_entry(definition={"tlp": "green"}))}, "not exactly one meaning"),
    "a number": ({"a.json": _file(markings=_entry(x_count=1))}, "a value that is no text"),
    "one id twice": ({"a.json": _file(), "b.json": _file()}, "is defined 2 times"),
    "no text": ({"a.json": b"\xff\xfe"}, "can't be read"),
}


@pytest.mark.parametrize(("files", "what"), WRONG.values(), ids=WRONG.keys())
def test_wrong_files_are_refused_with_what_is_wrong(tmp_path: Path, files, what):
    for name, content in files.items():
        (tmp_path / name).write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(WrongFiles) as refused:
        read_registry(tmp_path)
    assert what in str(refused.value)


def test_all_mistakes_of_all_files_are_told_with_their_lines(tmp_path: Path):
    (tmp_path / "a.json").write_text(_file(markings=_entry("unclear", id="green")))
    (tmp_path / "b.yaml").write_text(
        "kind: pap\ntitle: t\nsource: s\nlicence: l\nmarkings:\n- level: black\n  definition: {}\n"
    )
    with pytest.raises(WrongFiles) as refused:
        read_registry(tmp_path)
    lines = [(Path(mistake.file).name, mistake.line) for mistake in refused.value.mistakes]
    assert lines == [("a.json", 8), ("a.json", 9), ("b.yaml", 6), ("b.yaml", 7), ("b.yaml", 7)]


def test_the_label_of_a_level_is_its_newest_definition():
    assert {level: REGISTRY.level_of(REGISTRY.label(level)) for level in TlpLevel} == {
        level: ("tlp", level) for level in TlpLevel
    }
    assert REGISTRY.label(TlpLevel.GREEN) == GREEN
    assert Registry([]).label(TlpLevel.GREEN) is None
