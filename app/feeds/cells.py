"""What stands in the cells of a row: texts, lists, dates, numbers, and texts that are put together from them."""

import re
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

from app.feeds.mapping import COLUMN, columns_in
from app.feeds.rows import SHOWN_CHARS, Row, RowMistake

_INSTANT = re.compile(
    r"([0-9]{4}-[0-9]{2}-[0-9]{2})"
    r"(?:[T ]([0-9]{2}:[0-9]{2}(?::[0-9]{2})?)(?:\.([0-9]{1,9}))?[ ]?(UTC|GMT|Z|[+-][0-9]{2}:?[0-9]{2})?)?",
    re.IGNORECASE,
)
_SECONDS = re.compile(r"[0-9]{9,10}")
_MILLISECONDS = re.compile(r"[0-9]{12,13}")
_ZONE_OF = re.compile(r"([+-])([0-9]{2}):?([0-9]{2})")
CONFIDENCE_MAX = 100


class BadCell(ValueError):
    """A cell that can't be what the mapping takes it for."""

    def __init__(self, column: str, what: str) -> None:
        self.column = column
        self.what = what
        super().__init__(what)

    def at(self, place: str) -> RowMistake:
        """The mistake, with its place."""
        return RowMistake(place, self.column, self.what)


class Cells:
    """The cells of one row. A text of `empty`, in any letter case, is no value."""

    def __init__(self, row: Row, empty: frozenset[str]) -> None:
        self._row = row
        self._empty = empty

    @property
    def place(self) -> str:
        """Where the row stands."""
        return self._row.place

    def texts(self, column: str | None) -> list[str]:
        """All that stands in a cell: the members of a list, or what commas separate. Raises BadCell."""
        value = self._value(column)
        members = value if isinstance(value, list) else str(value).split(",") if value is not None else []
        return [text for member in members if (text := self._cleaned(member))]

    def text(self, column: str | None) -> str:
        """The one text of a cell; "" where there is none. Raises BadCell."""
        if column is None:
            return ""
        value = self._value(column)
        if isinstance(value, list):
            return ", ".join(self.texts(column))
        return self._cleaned(value)

    def filled(self, template: str | None) -> str:
        """A text with columns in braces, filled in; "" where a column that it needs is empty. Raises BadCell."""
        if template is None:
            return ""
        values = {name: self.text(name) for name in columns_in(template)}
        if not all(values.values()):
            return ""
        return COLUMN.sub(lambda found: values[found[1]], template)

    def instant(self, column: str | None) -> datetime | None:
        """The instant in a cell: ISO 8601 with or without its `T`, or seconds or milliseconds since 1970. UTC unless
        it says otherwise. Raises BadCell.
        """
        if column is None:
            return None
        text = self.text(column)
        if not text:
            return None
        try:
            found = _instant(text)
        except (ValueError, OverflowError):
            found = None
        if found is None:
            raise BadCell(column, f"`{text[:SHOWN_CHARS]}` is no date. Write it like 2026-01-31 12:00:00")
        return found

    def instant_until(self, latest: datetime, column: str | None) -> datetime | None:
        """The instant in a cell, which dates a version: one that is later is none yet. Raises BadCell."""
        if column is None:
            return None
        found = self.instant(column)
        if found is not None and found > latest:
            raise BadCell(column, f"`{self.text(column)[:SHOWN_CHARS]}` is in the future, and would date a version")
        return found

    def confidence(self, column: str | None) -> int | None:
        """A whole number from 0 to 100. Raises BadCell."""
        text = self.text(column)
        if column is None or not text:
            return None
        if not text.isascii() or not text.isdigit() or len(text) > 3 or int(text) > CONFIDENCE_MAX:
            raise BadCell(column, f"`{text[:SHOWN_CHARS]}` is no confidence from 0 to {CONFIDENCE_MAX}")
        return int(text)

    def _value(self, column: str | None) -> Any:
        """What stands in a cell. Raises BadCell for an object of JSON, or a list of more than texts and numbers."""
        if column is None:
            return None
        value = self._row.cells.get(column.lower())
        if isinstance(value, dict) or (
            isinstance(value, list) and any(isinstance(each, dict | list) for each in value)
        ):
            raise BadCell(column, "It is neither a text or a number, nor a list of them")
        return value

    def _cleaned(self, value: Any) -> str:
        if value is None:
            return ""
        text = str(value).strip()
        return "" if text.lower() in self._empty else text


def _instant(text: str) -> datetime | None:
    if _SECONDS.fullmatch(text):
        return datetime.fromtimestamp(int(text), UTC)
    if _MILLISECONDS.fullmatch(text):
        return datetime.fromtimestamp(int(text) / 1000, UTC)
    found = _INSTANT.fullmatch(text)
    if found is None:
        return None
    day, time, fraction, zone = found.groups()
    naive = datetime.fromisoformat(f"{day}T{time or '00:00'}")
    microseconds = int((fraction or "0")[:6].ljust(6, "0"))
    return naive.replace(microsecond=microseconds, tzinfo=_zone(zone)).astimezone(UTC)


def _zone(text: str | None) -> timezone:
    found = _ZONE_OF.fullmatch(text or "")
    if found is None:
        return UTC
    offset = timedelta(hours=int(found[2]), minutes=int(found[3]))
    return timezone(-offset if found[1] == "-" else offset)
