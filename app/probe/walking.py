"""Walks: page after page, along `next` or along the dates that the pages name (TAXII 2.1 section 3.5)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import quote

from app.probe.asking import DATE_HEADERS, Answer, Asker
from app.stix.timestamps import is_timestamp, version_key

FIRST: Final = DATE_HEADERS[0]
LAST: Final = DATE_HEADERS[1]


@dataclass(frozen=True, slots=True)
class Row:
    """One version of one object, as a manifest record tells it."""

    id: str
    date_added: str
    version: str
    media_type: str | None = None


@dataclass(frozen=True, slots=True)
class Walk:
    """Pages in their order. `ended` is false where the bound on pages came first."""

    pages: Sequence[Answer]
    ended: bool

    @property
    def items(self) -> list[Any]:
        """Everything that the pages list."""
        return [each for page in self.pages for each in items_of(page)]


def with_query(path: str, *parts: str) -> str:
    """The path with these parts of a query, those that are not empty."""
    query = "&".join(part for part in parts if part)
    return f"{path}?{query}" if query else path


def items_of(page: Answer) -> list[Any]:
    """What one page lists: objects, manifest records or versions. Raises Fails where that is no list."""
    body = page.resource
    found = body.get("objects", body.get("versions", []))
    page.demand(isinstance(found, list), "a list of what the page holds")
    page.demand("objects" not in body or all(isinstance(each, Mapping) for each in found), "a list of JSON objects")
    return list(found)


def has_more(page: Answer) -> bool:
    """Whether the page says that there is more."""
    return page.resource.get("more") is True


def by_next(asker: Asker, path: str, query: str, limit: int | None) -> Walk:
    """A walk along `next`, whose later pages repeat the query; an empty page ends it.

    Raises Fails at a page that can't be followed.
    """
    size = f"limit={limit}" if limit else ""
    pages = [asker.get(with_query(path, query, size)).demand_status(200)]
    while has_more(pages[-1]) and items_of(pages[-1]):
        if len(pages) >= asker.bounds.pages_max:
            return Walk(pages, ended=False)
        token = pages[-1].resource.get("next")
        pages[-1].demand(isinstance(token, str) and bool(token), "`next`, a string, where `more` is true")
        following = with_query(path, query, size, f"next={quote(str(token), safe='')}")
        pages.append(asker.ask("GET", following).demand_status(200))  # one token may lead on more than once
    return Walk(pages, ended=True)


def by_dates(asker: Asker, path: str, query: str, limit: int) -> Walk:
    """A walk along X-TAXII-Date-Added-Last; an empty page ends it. Raises Fails at a page that can't be followed."""
    pages = [asker.get(with_query(path, query, f"limit={limit}")).demand_status(200)]
    query = "&".join(part for part in query.split("&") if not part.startswith("added_after="))
    while has_more(pages[-1]) and items_of(pages[-1]):
        if len(pages) >= asker.bounds.pages_max:
            return Walk(pages, ended=False)
        last = pages[-1].headers.get(LAST, "")
        pages[-1].demand(bool(last), f"{LAST} on a page that holds something")
        following = with_query(path, query, f"limit={limit}", f"added_after={quote(last, safe='')}")
        pages.append(asker.get(following).demand_status(200))
    return Walk(pages, ended=True)


def whole(asker: Asker, path: str, query: str = "") -> Walk:
    """Everything, in the server's own pages: along `next` where it is given, else along the dates."""
    first = asker.get(with_query(path, query)).demand_status(200)
    if not has_more(first) or "next" in first.resource:
        return by_next(asker, path, query, None)
    return by_dates(asker, path, query, limit=len(items_of(first)) or 1)


def rows_of(items: Sequence[Any]) -> list[Row]:
    """The manifest records that have what a record needs."""
    fit = [each for each in items if isinstance(each, Mapping)]
    names = ("id", "date_added", "version")
    return [
        Row(each["id"], each["date_added"], each["version"], each.get("media_type"))
        for each in fit
        if all(isinstance(each.get(name), str) for name in names)
    ]


def version_of(stix: Mapping[str, Any]) -> str | None:
    """The version of an object: `modified`, else `created`; None where the server chooses one."""
    found = stix.get("modified", stix.get("created"))
    return found if isinstance(found, str) else None


def instant(text: str) -> str:
    """A form of the timestamp that sorts and compares as its instant; other texts as they are."""
    return version_key(text) if is_timestamp(text) else text


def same(objects: Sequence[Any], rows: Sequence[Row]) -> bool:
    """Whether these are the object versions of the rows, in their order."""
    return len(objects) == len(rows) and all(
        isinstance(stix, Mapping)
        and stix.get("id") == row.id
        and instant(version_of(stix) or row.version) == instant(row.version)
        for stix, row in zip(objects, rows, strict=True)
    )
