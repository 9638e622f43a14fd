"""Whatever is delivered, each row of it becomes a valid object or says why it does not; nothing else happens."""

import json
from datetime import UTC, datetime

from hypothesis import given, settings
from hypothesis import strategies as st

from app.feeds.drafts import Draft
from app.feeds.indicators import LAST
from app.feeds.reading import read_feed
from app.feeds.rows import NotAFeed
from app.feeds.versions import version_of
from app.files.feed_mappings import read_feed_mappings
from app.files.markings import read_registry
from app.stix.strict_json import parse
from app.stix.validation import read_object
from tests.feeds.deliveries import PROJECT, SAMPLES
from tests.support.cases import examples

MAPPINGS = read_feed_mappings(PROJECT / "mappings" / "feeds", read_registry(PROJECT / "mappings" / "markings"))
NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
FILES = [file for file in sorted(SAMPLES.iterdir()) if file.stem != "misp"]
PIECES = st.sampled_from(
    [b'"', b",", b"\n", b"\r", b"#", b"{", b"}", b"[", b"]", b"\\ud800", b"\\u0000", b"\xff", b"\x00", b"null",
     b"1e999",
     b"9999-12-31 23:59:59", b"0001-01-01", b"hxxp://", b"[.]", b"\xe2\x80\xa8", b"198.51.100.1", b"a" * 300, b"."]
)  # fmt: skip


@settings(max_examples=examples(200))
@given(st.sampled_from(FILES), st.lists(st.tuples(st.integers(0, 2000), st.integers(0, 30), PIECES), max_size=6))
def test_a_damaged_delivery_is_read_as_far_as_it_goes(file, damages) -> None:  # type: ignore[no-untyped-def]
    data = file.read_bytes()
    for place, length, piece in damages:
        at = place % (len(data) + 1)
        data = data[:at] + piece + data[at + length :]
    _assert_read(file.stem, data)


@settings(max_examples=examples(100))
@given(st.sampled_from(sorted(set(MAPPINGS) - {"misp"})), st.binary(max_size=200))
def test_any_octets_are_read_or_refused(mapping: str, data: bytes) -> None:
    _assert_read(mapping, data)


def _assert_read(mapping: str, data: bytes) -> None:
    try:
        found = read_feed(MAPPINGS[mapping], data, "nl-cert", NOW)
    except NotAFeed:
        return
    for each in found:
        if isinstance(each, Draft):
            tree = version_of(each, None, NOW)
            again = version_of(each, json.loads(json.dumps(tree)), NOW)
            assert again == tree
            read_object(parse(json.dumps(tree, ensure_ascii=False).encode()))
        else:
            assert str(each).startswith(("line ", "row "))


def test_the_calendar_ends() -> None:
    data = (SAMPLES / "urlhaus.csv").read_bytes().replace(b"2026-03-01 08:55:12", b"9999-12-31 00:00:00")
    draft = next(each for each in read_feed(MAPPINGS["urlhaus"], data, "x", LAST) if "9999" in str(each))
    assert isinstance(draft, Draft)
    assert draft.tree["valid_until"] == "9999-12-31T23:59:59.999Z"
