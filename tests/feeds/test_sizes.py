"""What is short to write and long to hold: deliveries over HTTP are bounded before they are read, and so are rows."""

import json
import time
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.feeds.json_size import holds_more_values
from app.feeds.reading import VALUES_MAX, read_rows
from app.feeds.rows import CELLS_MAX, NotAFeed
from app.files.feed_mappings import read_feed_mappings
from app.files.markings import read_registry
from tests.feeds.deliveries import PROJECT

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
FEEDS = read_feed_mappings(PROJECT / "mappings" / "feeds", read_registry(PROJECT / "mappings" / "markings"))
MARKS = st.text(alphabet='a"\\,[{é\n')
TREES = st.recursive(
    st.none() | st.integers() | MARKS,
    lambda trees: st.lists(trees, max_size=4) | st.dictionaries(MARKS, trees, max_size=4),
    max_leaves=12,
)


def size(tree: Any) -> int:
    """Values but the outermost, an empty list or object counted once more."""
    members = [*tree.values()] if isinstance(tree, dict) else tree if isinstance(tree, list) else None
    return 0 if members is None else max(len(members), 1) + sum(map(size, members))


@given(TREES, st.booleans())
def test_values_are_counted_outside_of_texts(tree: Any, ascii_only: bool) -> None:
    data = json.dumps(tree, ensure_ascii=ascii_only).encode()
    assert not holds_more_values(data, size(tree))
    assert size(tree) == 0 or holds_more_values(data, size(tree) - 1)


def test_values_are_counted_in_no_longer_than_the_text_is() -> None:
    begun = time.process_time()
    for data in (b'["' + b'\\"' * 500_000, b'"' + b"\\" * 1_000_000, b"[" + b'"' * 1_000_000, b'"' + b",[" * 500_000):
        holds_more_values(data, 10)
    assert time.process_time() - begun < 5, "in the square of it, it takes minutes"


@pytest.mark.parametrize(
    ("mapping", "data"),
    [
        ("threatfox", b"[" + b"{}," * VALUES_MAX + b"{}]"),
        ("threatfox", b'{"a": [' + b"[]," * VALUES_MAX + b"{}]}"),
        ("misp", b'{"Event": {"Attribute": [' + b"{}," * VALUES_MAX + b"{}]}}"),
    ],
)
def test_a_delivery_over_http_of_too_many_values_is_refused_before_it_is_read(mapping: str, data: bytes) -> None:
    with pytest.raises(NotAFeed, match=f"more than {VALUES_MAX} values: objects, lists, texts and numbers"):
        list(read_rows(FEEDS[mapping], data, "x", NOW, rows_max=1000))


def test_values_of_a_file_that_is_loaded_are_not_counted() -> None:
    with pytest.raises(NotAFeed, match="This is not JSON"):
        list(read_rows(FEEDS["threatfox"], b"[" + b"1," * VALUES_MAX, "x", NOW))


@pytest.mark.parametrize(
    ("data", "line"),
    [
        (b"sha256" + b",a" * (CELLS_MAX + 1) + b"\n", 1),
        (b"sha256,b\nabc" + b",a" * (CELLS_MAX + 1) + b"\n", 2),
        (b'sha256,b\nx,"' + b'\n","' * (CELLS_MAX + 1), CELLS_MAX + 2),
    ],
)
def test_a_row_of_csv_and_a_header_of_too_many_cells_refuse_the_delivery(data: bytes, line: int) -> None:
    with pytest.raises(NotAFeed, match=rf"Line {line}: a row has up to {CELLS_MAX} cells, and this one more\."):
        list(read_rows(FEEDS["unit42-csv"], data, "x", NOW))


def test_cells_are_counted_row_by_row() -> None:
    wide = "".join(f",{number}" for number in range(500))
    rows = f"sha256{wide}\n" + f"{'e3' * 32}{wide}\n" * (2 * CELLS_MAX // 500)
    assert len(list(read_rows(FEEDS["unit42-csv"], rows.encode(), "x", NOW))) > CELLS_MAX // 500
