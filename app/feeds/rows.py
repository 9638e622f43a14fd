"""Bytes to rows: CSV, JSON and plain lists, as feeds are published."""

import csv
import json
import math
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from io import BytesIO, TextIOWrapper
from reprlib import repr as short_repr
from typing import Any, TypeAlias

from app.feeds.json_size import holds_more_values
from app.feeds.mapping import CsvForm, FeedMapping, JsonForm, ListForm

SHOWN_CHARS = 80
CELLS_MAX = 10_000
"""Signs between cells in one row of CSV, and in its header."""

_FIRST_BYTES = 1000
_NO_FEEDS = {
    b"\x1f\x8b": "gzipped. Unpack it, or load it with `comity load`.",
    b"PK\x03\x04": "a zip archive. Unpack it.",
    b"\xff\xfe": "UTF-16. Write it as UTF-8.",
    b"\xfe\xff": "UTF-16. Write it as UTF-8.",
}
_TWICE = "It stands twice in this row"
_REMEDY = "A column that a feed may lack stands under `optional` in its mapping"
_COLUMNS_SHOWN = 30
_SURROGATES = re.compile("[\ud800-\udfff]")

_Pairs: TypeAlias = list[tuple[str, Any]]


class NotAFeed(ValueError):
    """The whole of it can't be read, with the reason in a sentence; no row of it is taken."""


@dataclass(frozen=True, slots=True)
class RowMistake:
    """Why one row is not taken: where it stands (`line 12`, `row 3`), in which column, and what is wrong."""

    place: str
    column: str | None
    what: str

    def __str__(self) -> str:
        column = f", column `{self.column}`" if self.column else ""
        return f"{self.place}{column}: {self.what}"


@dataclass(frozen=True, slots=True)
class Row:
    """One row by the names of its columns, in small letters. Cells are texts, numbers or lists of them."""

    place: str
    cells: Mapping[str, Any]


def rows_of(mapping: FeedMapping, data: bytes, values_max: int | None = None) -> Iterator[Row | RowMistake]:
    """The rows of a delivery, in whichever of the mapping's forms it is. JSON holds at most `values_max` values.

    Raises NotAFeed, also while it is read.
    """
    require_text(data)
    if mapping.json is not None and (data.lstrip()[:1] in (b"{", b"[") or (mapping.csv or mapping.lines) is None):
        return _rows_of_json(mapping, mapping.json, data, values_max)
    if mapping.csv is not None:
        return _rows_of_csv(mapping, mapping.csv, _lines(data))
    if mapping.lines is not None:
        return _rows_of_list(mapping.lines, _lines(data))
    raise NotAFeed(f"The mapping {mapping.name} reads JSON, and this does not begin like it.")


def require_text(data: bytes) -> None:
    """Say of what comes in a feed's place, and is none, what it is. Raises NotAFeed."""
    told = next((what for sign, what in _NO_FEEDS.items() if data.startswith(sign)), None)
    if told is None and data.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<"):
        told = "a web page or XML, such as a source's error. Fetch it again."
    if told is None and b"\0" in data[:_FIRST_BYTES]:
        told = "UTF-16 or no text at all. Feeds are UTF-8."
    if told is not None:
        raise NotAFeed(f"It is {told}")


@dataclass(frozen=True, slots=True)
class _Twice:
    """What stands in the place of an object of JSON with two members of one name: neither is known to be meant."""

    name: str

    def __str__(self) -> str:
        return f"`{self.name}` stands twice in one object of this JSON, and only one of both can be meant."


def document_of(data: bytes, values_max: int | None = None) -> Any:
    """The value that a delivery of JSON is, with each member once and finite numbers alone.

    Raises NotAFeed, also for one of more values than `values_max`.
    """
    return _read(data, _once, _refused_number, values_max)


def _read(
    data: bytes, of_pairs: Callable[[_Pairs], Any], of_number: Callable[[str], Any] | None, values_max: int | None
) -> Any:
    if values_max is not None and holds_more_values(data, values_max):
        raise NotAFeed(f"It has more than {values_max} values: objects, lists, texts and numbers. Send it in several.")
    try:
        return json.loads(data, object_pairs_hook=of_pairs, parse_constant=of_number)
    except NotAFeed:
        raise
    except RecursionError:
        raise NotAFeed("This JSON is nested too deep. Rows are objects of texts, numbers and lists of them.") from None
    except json.JSONDecodeError as error:
        raise NotAFeed(f"This is not JSON: {error.msg} at line {error.lineno}, column {error.colno}.") from None
    except UnicodeDecodeError:
        raise NotAFeed("This is not JSON: it is not UTF-8.") from None
    except ValueError:
        raise NotAFeed("This JSON has a number of more digits than are read.") from None


def _once_or_told(pairs: _Pairs) -> dict[str, Any] | _Twice:
    found = dict(pairs)
    if len(found) == len(pairs):
        return found
    return _Twice(_twice(name for name, _ in pairs) or "")


def _twice(names: Iterable[str]) -> str | None:
    """The first name that has stood before, as it is shown; None where each stands once."""
    before: set[str] = set()
    for name in names:
        if name in before:
            return name[:SHOWN_CHARS].encode("utf-8", "replace").decode()
        before.add(name)
    return None


def _once(pairs: _Pairs) -> dict[str, Any]:
    found = _once_or_told(pairs)
    if isinstance(found, _Twice):
        raise NotAFeed(str(found))
    return found


def _refused_number(written: str) -> Any:
    raise NotAFeed(f"This is not JSON: {written} is no number of it.")


def _rows_of_json(
    mapping: FeedMapping, form: JsonForm, data: bytes, values_max: int | None
) -> Iterator[Row | RowMistake]:
    # numbers that are none are told with their rows and columns
    found = list(_members(_read(data, _once_or_told, None, values_max), form.rows, None))
    names = {name.lower(): column.lower() for name, column in form.names.items()}
    there: set[str] = set()
    for number, (key, member) in enumerate(found, 1):
        place = f"row {number}"
        if isinstance(member, _Twice):
            yield RowMistake(place, member.name, _TWICE)
            continue
        if not isinstance(member, dict):
            yield RowMistake(place, None, f"A row is a JSON object, and this is none: {_shown(member)}")
            continue
        columns = [names.get(name.lower(), name.lower()) for name in member]
        cells = dict(zip(columns, member.values(), strict=True))
        if len(cells) != len(columns):
            yield RowMistake(place, _twice(columns), _TWICE)
            continue
        if form.key is not None and key is not None:
            cells.setdefault(form.key.lower(), key)
        there.update(cells)
        yield _row(place, cells)
    if there & {column.lower() for column in mapping.value_columns}:
        # of what has no value JSON often leaves the member out, so that this may well be the feed
        what = f"No row has it, and the mapping {mapping.name} reads it. There are {_listed(sorted(there))}. {_REMEDY}"
        for column in mapping.lacking(there):
            yield RowMistake(f"row 1 to {len(found)}", column, what)


def _members(value: Any, path: Sequence[str], key: str | None) -> Iterator[tuple[str | None, Any]]:
    if not path:
        yield key, value
        return
    if isinstance(value, _Twice):
        raise NotAFeed(str(value))
    step, rest = path[0], path[1:]
    if step != "*":
        if not isinstance(value, dict) or step not in value:
            raise NotAFeed(f"There is no `{step}` where the rows should be.")
        yield from _members(value[step], rest, key)
    elif isinstance(value, dict):
        for name, member in value.items():
            yield from _members(member, rest, str(name))
    elif isinstance(value, list):
        for member in value:
            yield from _members(member, rest, key)
    else:
        raise NotAFeed(f"There are no rows here: {_shown(value)}")


class _Lines:
    """The lines that are no comments; `number` is that of the line last given, behind a header at `number`.

    `opened` is that of the line in which a cell that still goes on was begun: quotes tell, of which a whole cell has
    two besides those that are doubled.
    """

    def __init__(self, lines: Iterator[str], number: int, form: CsvForm) -> None:
        self._lines = lines
        self._form = form
        self.number = number
        self.opened = number
        self._is_open = False
        self._cells = 0

    def begin_row(self) -> None:
        """What is read next begins a row."""
        self._is_open = False
        self._cells = 0

    def __iter__(self) -> Iterator[str]:
        comment = self._form.comment
        for line in self._lines:
            self.number += 1
            if line.strip() and not (comment and line.lstrip().startswith(comment)):
                self._cells += line.count(self._form.delimiter)
                _require_few_cells(self._cells, self.number)
                quotes = line.replace('""', "").count('"')
                if quotes or not self._is_open:
                    self.opened = self.number
                self._is_open ^= quotes % 2 == 1
                yield line


def _rows_of_csv(mapping: FeedMapping, form: CsvForm, lines: Iterator[str]) -> Iterator[Row | RowMistake]:
    header, number = _header(form, {column.lower() for column in mapping.value_columns}, lines)
    lacking = mapping.lacking(header)
    if lacking:
        raise NotAFeed(
            f"Line {number}: the header lacks {_listed(lacking)}, which the mapping {mapping.name} reads. "
            f"It has {_listed(header)}. {_REMEDY}."
        )
    reading = _Lines(lines, number, form)
    reader = csv.reader(reading, delimiter=form.delimiter, skipinitialspace=True, strict=True)
    while True:
        reading.begin_row()
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            yield RowMistake(f"line {reading.opened}", None, f"It does not read as CSV: {error}")
            continue
        place = f"line {reading.number}"
        if len(cells) != len(header):
            yield RowMistake(place, None, f"It has {len(cells)} cells, and the header {len(header)}")
        elif any(map(str.strip, cells)):
            yield _row(place, dict(zip(header, cells, strict=True)))


def _header(form: CsvForm, wanted: set[str], lines: Iterator[str]) -> tuple[list[str], int]:
    """The first line with a column of a value in it; feeds of abuse.ch have it as a comment."""
    last = ""
    for number, line in enumerate(lines, 1):
        _require_few_cells(line.count(form.delimiter), number)
        bare = line.strip()
        last = bare or last
        is_comment = form.comment is not None and bare.startswith(form.comment)
        if form.comment is not None:
            bare = bare.lstrip(form.comment + " \t")
        names = _names(form, bare)
        if wanted & set(names):
            twice = _twice(filter(None, names))
            if twice is not None:
                raise NotAFeed(f"Line {number}: the column `{twice}` stands twice in the header.")
            return names, number
        if bare and not is_comment:
            break
    columns = _listed(sorted(wanted))
    if not last:
        raise NotAFeed(f"It is empty, and has not even a header with a column of {columns}.")
    raise NotAFeed(
        f"There is no header with a column of {columns}, with `{form.delimiter}` between columns. "
        f"The first row is `{last.encode('utf-8', 'replace').decode()[:SHOWN_CHARS]}`."
    )


def _require_few_cells(count: int, line: int) -> None:
    if count > CELLS_MAX:
        raise NotAFeed(f"Line {line}: a row has up to {CELLS_MAX} cells, and this one more.")


def _names(form: CsvForm, line: str) -> list[str]:
    try:
        names = next(csv.reader([line], delimiter=form.delimiter, skipinitialspace=True), [])
    except csv.Error:
        return []
    return [name.strip().lower() for name in names]


def _rows_of_list(form: ListForm, lines: Iterator[str]) -> Iterator[Row | RowMistake]:
    for number, line in enumerate(lines, 1):
        value = line.strip()
        if form.comment is not None:
            value = "" if value.startswith(form.comment) else value.partition(f" {form.comment}")[0].strip()
        if value:
            yield _row(f"line {number}", {"value": value})


def _lines(data: bytes) -> Iterator[str]:
    """The lines with their ends. Other signs that Unicode breaks lines at belong to cells."""
    return iter(TextIOWrapper(BytesIO(data), encoding="utf-8-sig", errors="surrogateescape", newline=""))


def _row(place: str, cells: Mapping[str, Any]) -> Row | RowMistake:
    """The row, unless a cell holds what is no text: octets that are not UTF-8, or half of a pair of surrogates; or what
    is no number: JSON has none that is not finite.
    """
    for name, cell in cells.items():
        for text in cell if isinstance(cell, list) else (cell,):
            if isinstance(text, str) and _SURROGATES.search(text):
                return RowMistake(place, name, "It is not UTF-8")
            if isinstance(text, float) and not math.isfinite(text):
                return RowMistake(place, name, "It is no number of JSON: write one that is finite, or null")
    return Row(place, cells)


def _listed(names: Sequence[str]) -> str:
    shown = [f"`{name[:SHOWN_CHARS].encode('utf-8', 'replace').decode()}`" for name in names[:_COLUMNS_SHOWN]]
    return ", ".join([*shown, *(["…"] if len(names) > _COLUMNS_SHOWN else [])])


def _shown(value: Any) -> str:
    return short_repr(value)[:SHOWN_CHARS]
