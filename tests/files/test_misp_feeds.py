"""Feeds of MISP on a disk: folders and archives are told from files, and what is wrong with one is told."""

import io
import json
import tarfile
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from app.errors import OperatorError
from app.files.misp_feeds import is_misp_feed, open_misp_feed

ONE, TWO = "0a0b1c2d-0d2e-4f8b-9a77-2c51d0e4b601", "0a0b1c2d-0d2e-4f8b-9a77-2c51d0e4b602"
MANIFEST = json.dumps({TWO: {"timestamp": "1772000001"}, ONE.upper(): {"timestamp": 1772000000}}).encode()
FILES = {"manifest.json": MANIFEST, f"{TWO}.json": b"two", f"{ONE.upper()}.json": b"one", "hashes.csv": b""}


def folder(at: Path, files: Mapping[str, bytes]) -> None:
    for name, data in files.items():
        (at / name).parent.mkdir(parents=True, exist_ok=True)
        (at / name).write_bytes(data)


def zipped(at: Path, files: Mapping[str, bytes]) -> None:
    with zipfile.ZipFile(at, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)


def packed(at: Path, files: Mapping[str, bytes]) -> None:
    with tarfile.open(at, "w:gz") as archive:
        for name, data in files.items():
            member = tarfile.TarInfo(name)
            member.size = len(data)
            archive.addfile(member, io.BytesIO(data))


Pack = Callable[[Path, Mapping[str, bytes]], None]
FORMS = pytest.mark.parametrize("pack", [folder, zipped, packed], ids=lambda pack: pack.__name__)


@FORMS
@pytest.mark.parametrize("below", ["", "./", "feed/"])
def test_events_are_those_that_the_manifest_names_wherever_it_stands(tmp_path: Path, pack: Pack, below: str) -> None:
    pack(tmp_path / "x", {f"{below}{name}": data for name, data in FILES.items()})
    assert is_misp_feed(tmp_path / "x")
    with open_misp_feed(tmp_path / "x", 1000) as feed:
        found = {each.uuid: (each.changed and each.changed.timestamp(), feed.event(each)) for each in feed.events}
    assert found == {ONE: (1772000000, b"one"), TWO: (1772000001, b"two")}


WRONG = {
    "no manifest": ({f"{ONE}.json": b"one"}, "no manifest.json in"),
    "two of them": ({"a/manifest.json": MANIFEST, "b/manifest.json": MANIFEST}, "holds 2 feeds"),
    "no JSON": ({"manifest.json": b"<html>"}, "manifest.json: This is not JSON"),
    "a list": ({"manifest.json": b"[]"}, "is no manifest of MISP"),
    "nested too deep": ({"manifest.json": b"[" * 900}, "nested too deep|not JSON"),
    "an event twice": ({"manifest.json": f'{{"{ONE}": {{}}, "{ONE}": {{}}}}'.encode()}, f"`{ONE}` stands twice"),
    "one that is too long": ({"manifest.json": b" " * 1001}, "holds more than 1000 bytes"),
}


@FORMS
@pytest.mark.parametrize("says", WRONG)
def test_what_is_no_feed_is_told(tmp_path: Path, pack: Pack, says: str) -> None:
    files, telling = WRONG[says]
    pack(tmp_path / "x", files)
    with pytest.raises(OperatorError, match=telling), open_misp_feed(tmp_path / "x", 1000):
        pass


# what a manifest says of an event -> what is told of it, and not of the other one
ODD = {
    "no object": ("[]", "What manifest.json says of it is no object"),
    "a text": ('"1772000000"', "What manifest.json says of it is no object"),
    **{
        f"a timestamp {written}": (
            f'{{"timestamp": {written}}}',
            f"Its `timestamp` in manifest.json is `{written}`, and no seconds since 1970",
        )
        for written in ('"yesterday"', "true", "1.5", "-1", "12345678901", "[]", '""', '"2026-01-01"', '"1772000000 "')
    },
}


@pytest.mark.parametrize("says", ODD)
def test_an_event_of_which_the_manifest_says_what_is_no_shape_of_misp_is_told_alone(tmp_path: Path, says: str) -> None:
    written, telling = ODD[says]
    manifest = f'{{"{ONE}": {written}, "{TWO}": {{"timestamp": 1772000001}}}}'
    folder(tmp_path, {"manifest.json": manifest.encode(), f"{ONE}.json": b"one", f"{TWO}.json": b"two"})
    with open_misp_feed(tmp_path, 1000) as feed:
        odd, other = sorted(feed.events, key=lambda each: each.uuid)
        assert feed.event(other) == b"two"
        assert odd.changed is None, "it is never one that was given before"
        with pytest.raises(OperatorError) as raised:
            feed.event(odd)
    assert str(raised.value) == f"{telling}. Fetch the feed again, or give the event's file."


def test_what_stands_for_no_event_in_a_manifest_and_what_stands_twice_is_told(tmp_path: Path) -> None:
    manifest = {"\x1b[31m" + "x" * 300: {}, ONE: {"timestamp": "1"}, ONE.upper(): {"timestamp": "2"}, TWO: {}}
    folder(tmp_path, {"manifest.json": json.dumps(manifest).encode(), f"{ONE}.json": b"one", f"{TWO}.json": b"two"})
    with open_misp_feed(tmp_path, 1000) as feed:
        told = {each.uuid: each.wrong for each in feed.events}
    (odd,) = told.keys() - {ONE, TWO}
    assert odd.startswith("\\x1b[31mxxx")
    assert len(odd) == 200
    assert "manifest.json has it where the UUID of an event stands" in str(told[odd])
    assert "It stands twice in manifest.json" in str(told[ONE])
    assert told[TWO] is None, "one without a timestamp is read"


@FORMS
def test_an_event_that_is_not_there_or_too_long_is_told(tmp_path: Path, pack: Pack) -> None:
    pack(tmp_path / "x", {"manifest.json": MANIFEST, f"{TWO}.json": b" " * 1001})
    with open_misp_feed(tmp_path / "x", 1000) as feed:
        told = {each.uuid: each for each in feed.events}
        with pytest.raises(OperatorError, match=f"there is no {ONE.upper()}.json"):
            feed.event(told[ONE])
        with pytest.raises(OperatorError, match=r"1000 bytes\. Raise COMITY_LOAD_BYTES_MAX"):
            feed.event(told[TWO])


def test_what_is_cut_short_is_told_and_a_file_of_events_is_no_feed(tmp_path: Path) -> None:
    packed(tmp_path / "whole", {**FILES, "padding.json": bytes(range(256)) * 400})
    data = (tmp_path / "whole").read_bytes()
    (tmp_path / "short").write_bytes(data[: len(data) // 2])
    assert is_misp_feed(tmp_path / "short")
    with pytest.raises(OperatorError, match="not a whole archive"), open_misp_feed(tmp_path / "short", 1000):
        pass
    for name, content in (("event.json", b'{"Event": {}}'), ("empty", b""), ("gz", data[:25])):
        (tmp_path / name).write_bytes(content)
        assert not is_misp_feed(tmp_path / name)
    assert not is_misp_feed(tmp_path / "gone")
