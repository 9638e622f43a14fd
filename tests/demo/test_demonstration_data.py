"""What the demonstration ships: real data under licences that allow it, and nobody's object changed."""

import gzip
import importlib.util
import json
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from served_demonstration import PROJECT

from app.files.agreements import read_agreements
from app.files.directory import read_directory

DEMO = PROJECT / "deploy" / "demo"
CORPUS = PROJECT / ".." / "shared" / "corpus"
AGREEMENTS = read_agreements(read_directory(PROJECT / "collections"))
needs_corpus = pytest.mark.skipif(not CORPUS.is_dir(), reason="the sources of the data are not beside the project")


def module(name: str) -> ModuleType:
    """A module of deploy/demo, which is no package."""
    spec = importlib.util.spec_from_file_location(f"demonstration_{name}", DEMO / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    made = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = made
    spec.loader.exec_module(made)
    return made


CONTENTS = module("contents")
MAKE_DATA = module("make_data")
SHARED = sorted(share.file for share in MAKE_DATA.SHARES)
LOADED = [(load, file) for load in CONTENTS.LOADS for file in load.files]


def objects_of(path: Path) -> list[dict[str, Any]]:
    document = json.loads(gzip.decompress(path.read_bytes()))
    assert document["type"] == "bundle"
    found: list[dict[str, Any]] = document["objects"]
    return found


def test_every_data_file_is_loaded_and_has_its_notice() -> None:
    files = {path.name for path in DEMO.glob("*.gz")}
    assert files == {file for _, file in LOADED}
    for notice in (PROJECT / "NOTICE", DEMO / "NOTICE.md"):
        assert [file for file in sorted(files) if file not in notice.read_text(encoding="utf-8")] == []


@pytest.mark.parametrize("notice", ["© 2021 The MITRE Corporation", "Copyright (c) 2022 MVT", "BSD-3-Clause"])
def test_the_notices_have_the_copyright_lines(notice: str) -> None:
    assert notice in (PROJECT / "NOTICE").read_text(encoding="utf-8")


@pytest.mark.parametrize("file", SHARED)
def test_a_shared_object_is_signed_by_the_partner_that_pushes_it(file: str) -> None:
    load = next(load for load, each in LOADED if each == file)
    partner = next(account.partner for account in CONTENTS.ACCOUNTS if account.name == load.account)
    owned = AGREEMENTS.partners.by_name[partner].identities
    for each in objects_of(DEMO / file):
        assert (each["id"] if each["type"] == "identity" else each["created_by_ref"]) in owned


@pytest.mark.parametrize("file", SHARED)
def test_a_derived_object_is_another_object_that_names_its_original(file: str) -> None:
    originals = set()
    for each in objects_of(DEMO / file):
        if each["type"] not in ("identity", "marking-definition"):
            (reference,) = each["external_references"]
            assert reference["external_id"].startswith(f"{each['type']}--")
            assert reference["url"].startswith("https://github.com/mvt-project/mvt-indicators/blob/")
            originals |= {each["id"], reference["external_id"]}
    assert len(originals) == 2 * sum("external_references" in each for each in objects_of(DEMO / file))


@pytest.mark.parametrize("file", SHARED)
def test_relations_lead_to_objects_of_the_same_file(file: str) -> None:
    objects = objects_of(DEMO / file)
    ids = {each["id"] for each in objects}
    assert len(ids) == len(objects)
    relations = [each for each in objects if each["type"] == "relationship"]
    assert len(relations) > 200
    assert all({each["source_ref"], each["target_ref"]} <= ids for each in relations)


def test_the_markings_show_every_level() -> None:
    marked = [each for file in SHARED for each in objects_of(DEMO / file) if each["type"] == "indicator"]
    used = {reference for each in marked for reference in each.get("object_marking_refs", ())}
    assert used == {*MAKE_DATA.TLP.values(), MAKE_DATA.STATEMENT["id"]}
    assert any("object_marking_refs" not in each for each in marked)


def test_every_account_named_for_red_is_there() -> None:
    accounts = {f"{account.partner}/{account.name}" for account in CONTENTS.ACCOUNTS}
    for partnership in AGREEMENTS.partnerships.values():
        for collection in partnership.collections.values():
            assert collection.release.red <= accounts


def test_every_partner_has_a_reader() -> None:
    readers = {account.partner for account in CONTENTS.ACCOUNTS if account.role == "reader"}
    assert readers == set(AGREEMENTS.partners.by_name)


@needs_corpus
def test_the_files_are_made_again_from_their_sources(tmp_path: Path) -> None:
    sources = [CORPUS / "reports" / "mvt-indicators.jsonl.gz", CORPUS / "frameworks" / "attack", tmp_path]
    MAKE_DATA.main([str(each) for each in sources])
    for path in sorted(DEMO.glob("*.gz")):
        assert gzip.decompress((tmp_path / path.name).read_bytes()) == gzip.decompress(path.read_bytes()), path.name
