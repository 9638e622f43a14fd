"""docs/files.md names every key that there is, no other, and every example in it reads."""

import re
from pathlib import Path
from typing import Any

import pytest

from app.files.agreements import read_agreements
from app.files.editor_schema import json_schema, schema_at
from app.files.mistakes import NOT_IN_THIS_VERSION, flow
from app.files.names import RESERVED_ROOTS
from app.files.yaml_document import DEPTH_MAX, FILE_CHARS_MAX, VALUES_MAX

TEXT = (Path(__file__).resolve().parents[2] / "docs" / "files.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"^```yaml\n(.*?)^```$", TEXT, re.MULTILINE | re.DOTALL)
PARTNERS = [text for text in EXAMPLES if re.search(r"^host:", text, re.MULTILINE)]
PARTNERSHIPS = [text for text in EXAMPLES if re.search(r"^partnership:", text, re.MULTILINE)]


def keys_of(schema: dict[str, Any], part: dict[str, Any], path: str) -> set[str]:
    """Every key below a part of a schema, dotted, with `*` where the writer chooses the name."""
    part = {**schema["$defs"][part["$ref"].removeprefix("#/$defs/")], **part} if "$ref" in part else part
    found: set[str] = set()
    for name, below in part.get("properties", {}).items():
        found |= {path + name} | keys_of(schema, below, f"{path}{name}.")
    if isinstance(part.get("items"), dict):
        found |= keys_of(schema, part["items"], f"{path}*.")
    if isinstance(part.get("additionalProperties"), dict):
        found |= keys_of(schema, part["additionalProperties"], f"{path}*.")
    return found


def documented(kind: str) -> set[str]:
    """The first column of the tables under the heading of one kind of file."""
    section = TEXT.split(f"## {kind}\n", 1)[1].split("\n## ", 1)[0]
    return set(re.findall(r"^\| `([^`]+)` \|", section, re.MULTILINE))


@pytest.mark.parametrize(("kind", "heading"), [("partners", "partners.yaml"), ("partnership", "A partnership's file")])
def test_every_key_is_documented_and_no_other(kind: str, heading: str) -> None:
    schema = json_schema()[kind]
    keys = keys_of(schema, schema, "")
    assert len(keys) >= 4
    assert documented(heading) == keys


@pytest.mark.parametrize("kind", ["partners", "partnership"])
def test_every_key_has_a_meaning_and_an_example_and_no_null(kind: str) -> None:
    schema = json_schema()[kind]
    for entry in [schema, *schema["$defs"].values()]:
        for name, key in entry.get("properties", {}).items():
            assert key.get("description"), name
            assert key.get("examples"), name
    assert "null" not in str(schema)


def test_a_schema_is_followed_through_lists_and_choices() -> None:
    schema = json_schema()["partnership"]
    assert "green" in schema_at(schema, ("members", "x", "tlp", 0))["enum"]
    assert schema_at(schema, ("collections", "x", "release"))["title"] == "ReleaseEntry"
    assert schema_at(schema, ("collections", "x", "nothing", "below")) == {}


def test_every_example_reads() -> None:
    assert len(PARTNERS) + len(PARTNERSHIPS) == len(EXAMPLES) >= 3
    for number, text in enumerate(PARTNERSHIPS):
        read_agreements({"partners.yaml": PARTNERS[0], f"{number}.yaml": text})
    for text in PARTNERS:
        read_agreements({"partners.yaml": text})


@pytest.mark.parametrize("kind", ["partners", "partnership"])
def test_the_examples_of_the_schema_read(kind: str) -> None:
    """The remedies quote these examples, so that what they tell people to write must be right."""
    schema = json_schema()[kind]
    top = {name: key["examples"][0] for name, key in schema["properties"].items()}
    identity = f"identity: {json_schema()['partners']['properties']['identity']['examples'][0]}"
    partners = (
        f"host: nl-cert\n{identity}\n" + "partners: {nl-cert: {name: N}, wind-isac: {name: W}, port-nl: {name: P}}\n"
    )
    if kind == "partners":
        top["partners"]["nl-cert"] = examples_of(schema, "PartnerEntry")
        read_agreements({"partners.yaml": lines_of(top)})
        return
    collection = examples_of(schema, "CollectionEntry")
    collection["release"], collection["intake"] = (
        examples_of(schema, "ReleaseEntry"),
        examples_of(schema, "IntakeEntry"),
    )
    top["agreement"] = examples_of(schema, "AgreementEntry")
    top["members"] = {"nl-cert": {"tlp": "all"}, "wind-isac": examples_of(schema, "MemberEntry"), "port-nl": {}}
    top["collections"]["indicators"] = collection
    read_agreements({"partners.yaml": partners, "p.yaml": lines_of(top)})


def examples_of(schema: dict[str, Any], entry: str) -> dict[str, Any]:
    return {name: key["examples"][0] for name, key in schema["$defs"][entry]["properties"].items()}


def lines_of(top: dict[str, Any]) -> str:
    return "".join(f"{name}: {flow(value)}\n" for name, value in top.items())


def test_what_is_reserved_missing_or_limited_is_said() -> None:
    for root in RESERVED_ROOTS:
        assert f"`{root}`" in TEXT
    for key in frozenset().union(*NOT_IN_THIS_VERSION.values()):
        assert f"`{key}`" in TEXT
    for limit in (f"{FILE_CHARS_MAX:,}", f"{VALUES_MAX:,}", f"{DEPTH_MAX} levels"):
        assert limit in TEXT
