"""What a page has to hold, computed from a plain list: section 3.4 of the standard, read once more.

The list is read back from one reader's manifest and objects, since dates belong to who reads. Nothing here is the
product's own.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from tests.conformance.callers import Caller
from tests.conformance.paths import EVERYTHING

KEYWORDS = ("first", "last", "all")


@dataclass(frozen=True)
class Row:
    """One version of one object in the log of a reader."""

    id: str
    version: str
    spec: str
    date_added: str
    content: dict[str, Any]

    @property
    def at(self) -> datetime:
        """When it was added."""
        return datetime.fromisoformat(self.date_added)


@dataclass(frozen=True)
class Asked:
    """Match filters; None where a field is left out."""

    ids: tuple[str, ...] | None = None
    types: tuple[str, ...] | None = None
    versions: tuple[str, ...] | None = None
    specs: tuple[str, ...] | None = None

    @property
    def query(self) -> str:
        """As a client writes it."""
        fields = {"id": self.ids, "type": self.types, "version": self.versions, "spec_version": self.specs}
        return "&".join(f"match[{name}]={','.join(values)}" for name, values in fields.items() if values is not None)


def log_of(reader: Caller, collection: str) -> Sequence[Row]:
    """Everything that the reader may see in the collection at this path."""
    records = reader.rows(f"{collection}manifest/", EVERYTHING)
    objects = reader.rows(f"{collection}objects/", EVERYTHING)
    return [
        Row(each["id"], each["version"], each["media_type"].rpartition("=")[2], each["date_added"], content)
        for each, content in zip(records, objects, strict=True)
    ]


def selected(log: Iterable[Row], asked: Asked, started_after: datetime | None = None) -> Sequence[Row]:
    """What the whole of a walk gives: the versions are chosen among what everything else leaves."""
    rest = [
        row
        for row in log
        if (asked.ids is None or row.id in asked.ids)
        and (asked.types is None or row.content["type"] in asked.types)
        and (asked.specs is None or row.spec in asked.specs)
        and (started_after is None or row.at > started_after)
    ]
    if asked.specs is None:
        encodings: dict[tuple[str, str], list[str]] = {}
        for row in rest:
            encodings.setdefault((row.id, moment(row.version)), []).append(row.spec)
        rest = [row for row in rest if row.spec == max(encodings[row.id, moment(row.version)])]
    moments: dict[str, list[str]] = {}
    for row in rest:
        moments.setdefault(row.id, []).append(moment(row.version))
    return [row for row in rest if _is_chosen(row, moments[row.id], asked.versions or ("last",))]


def page(rows: Sequence[Row], cursor: datetime | None, limit: int) -> tuple[Sequence[Row], bool]:
    """The part of a walk that one page holds, and whether there is more."""
    following = [row for row in rows if cursor is None or row.at > cursor]
    return following[:limit], len(following) > limit


def moment(timestamp: str) -> str:
    """A STIX timestamp as a text that orders by instant."""
    whole, _, fraction = timestamp.rstrip("Z").partition(".")
    return f"{whole}.{fraction:0<12}"


def cut(text: str) -> datetime:
    """The instant of a bookmark, cut to the millisecond."""
    instant = datetime.fromisoformat(text)
    return instant - timedelta(microseconds=instant.microsecond % 1000)


def _is_chosen(row: Row, moments: Sequence[str], versions: Sequence[str]) -> bool:
    mine = moment(row.version)
    return (
        "all" in versions
        or ("last" in versions and mine == max(moments))
        or ("first" in versions and mine == min(moments))
        or mine in {moment(each) for each in versions if each not in KEYWORDS}
    )
