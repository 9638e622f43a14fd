"""Paths: exact, decoded once, with or without the final slash."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.http.paths import PathTemplate, raw_path

OBJECT = PathTemplate("/{root}/collections/{reference}/objects/{object_id}/")
NAMED = {"root": "north", "reference": "c", "object_id": "indicator--1"}

MATCHED = {
    "as the standard writes it": b"/north/collections/c/objects/indicator--1/",
    "without the final slash": b"/north/collections/c/objects/indicator--1",
    "an encoded hyphen": b"/north/collections/c/objects/indicator%2D%2D1/",
    "an encoded letter of a literal segment": b"/north/c%6Fllections/c/objects/indicator--1/",
}


@pytest.mark.row("T-HTTP-09", "T-HTTP-12")
@pytest.mark.parametrize("path", MATCHED.values(), ids=MATCHED)
def test_matched(path: bytes) -> None:
    assert OBJECT.match(path) == NAMED


NOT_MATCHED = {
    "two final slashes": b"/north/collections/c/objects/indicator--1//",
    "two slashes within": b"/north/collections/c//objects/indicator--1/",
    "two slashes in front": b"//north/collections/c/objects/indicator--1/",
    "an empty segment in place of a name": b"//collections/c/objects/indicator--1/",
    "an encoded slash": b"/north/collections/c/objects/indicator--1%2F/",
    "an encoded slash makes no further segment": b"/north/collections/c/objects%2Findicator--1/",
    "an encoded U+0000": b"/north/collections/c/objects/indicator--1%00/",
    "no UTF-8": b"/north/collections/c/objects/%ff/",
    "the standard's slip": b"/north/collections/c/object/indicator--1/",
    "letter case": b"/north/Collections/c/objects/indicator--1/",
    "one segment more": b"/north/collections/c/objects/indicator--1/x/",
    "one segment less": b"/north/collections/c/objects/",
    "one segment less, with an empty one": b"/north/collections/c/objects//",
    "nothing": b"",
    "a slash": b"/",
    "no slash in front": b"north/collections/c/objects/indicator--1/x",
}


@pytest.mark.row("T-HTTP-11", "T-HTTP-12", "T-HTTP-13")
@pytest.mark.parametrize("path", NOT_MATCHED.values(), ids=NOT_MATCHED)
def test_not_matched(path: bytes) -> None:
    assert OBJECT.match(path) is None


def test_a_path_begins_with_a_slash() -> None:
    assert PathTemplate("/{root}/").match(b"x/north/") is None


@pytest.mark.row("T-HTTP-12")
def test_an_encoded_percent_is_decoded_once() -> None:
    matched = OBJECT.match(b"/north/collections/c/objects/indicator%252D%252D1/")
    assert matched is not None
    assert matched["object_id"] == "indicator%2D%2D1"


def test_a_server_that_keeps_only_the_decoded_path_is_understood() -> None:
    assert raw_path({"path": "/north/über x/"}) == b"/north/%C3%BCber%20x/"
    assert raw_path({"path": "/a/b/", "raw_path": b"/a%2Fb/"}) == b"/a%2Fb/"


@given(st.binary())
def test_no_path_raises(path: bytes) -> None:
    matched = PathTemplate("/{root}/").match(b"/" + path)
    assert matched is None or set(matched) == {"root"}
