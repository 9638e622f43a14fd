"""Rows of several logs in one order, page by page: `next` says after which of them a page begins.

Two logs may have rows of one date, so a place is a date and a collection. `next` is sealed like TAXII's
(`app.taxii.paging`), and opens for the account and the question that it was given for: the question is repeated.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from app.exchange.disclosing import Asked
from app.exchange.entries import Found
from app.exchange.exchange import Exchange
from app.taxii.filters import LAST_VERSIONS, PageRequest
from app.taxii.paging import Bookmark


@dataclass(frozen=True, slots=True, order=True)
class PlaceInOrder:
    """Where a row stands among those of all logs: its date added, then its collection."""

    date_added: int
    rank: int


def place_of(found: Found) -> PlaceInOrder:
    """Where this row stands."""
    log, row = found
    return PlaceInOrder(row.date_added, log.rank)


def newest_first(
    exchange: Exchange, found: Iterable[Found], after: PlaceInOrder | None, limit: int
) -> tuple[Sequence[Found], bool]:
    """A page of these rows, newest first and each once, and whether there are more."""
    once = {place_of(each): each for each in found}
    places = sorted((place for place in once if after is None or place < after), reverse=True)
    return page_of(exchange, [once[place] for place in places], limit)


def page_of(exchange: Exchange, ordered: Sequence[Found], limit: int) -> tuple[Sequence[Found], bool]:
    """The first of these rows, up to `limit` and the size of a page but at least one, and whether there are more."""
    total = 0
    for count, (_, row) in enumerate(ordered[:limit]):
        total += row.size
        if total > exchange.settings.page_bytes_max and count:
            return ordered[:count], True
    return ordered[:limit], len(ordered) > limit


def seal(exchange: Exchange, asked: Asked, place: PlaceInOrder) -> str:
    """The `next` of a page that ends here."""
    return exchange.tokens.seal(Bookmark(place.date_added, place.rank, LAST_VERSIONS), _context(asked))


def unseal(exchange: Exchange, asked: Asked, token: str | None) -> PlaceInOrder | None:
    """Where the page of this `next` begins. Raises MalformedRequest where it is none, or of another question."""
    if token is None:
        return None
    bookmark = exchange.tokens.open(token, _context(asked), PageRequest(LAST_VERSIONS))
    return PlaceInOrder(bookmark.cursor, bookmark.started_after or 0)


def _context(asked: Asked) -> bytes:
    return json.dumps([asked.requester.qualified_name, asked.endpoint, asked.query]).encode()
