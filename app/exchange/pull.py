"""Pull: one page of the requester's own log, decided again row by row, on the record before it is given.

The order is the design's: audience, page of its log, then what every read path does (`app.exchange.disclosing`).
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial

from app.errors import MalformedRequest, NotKnown, Unavailable
from app.exchange import catalogue
from app.exchange.audience import choose_log
from app.exchange.catalogue import Place
from app.exchange.disclosing import Asked, decided_again, disclose, record_of
from app.exchange.exchange import Exchange
from app.exchange.identify import Requester
from app.ledger.disclosures import Disclosure
from app.storage import objects as contents_store
from app.storage import pages
from app.storage.engine import Transaction
from app.storage.instants import BEFORE_ALL, milliseconds
from app.storage.log_rows import LogRow
from app.storage.pages import PageQuery
from app.storage.revisions import AudienceRow, Log
from app.taxii.filters import Endpoint, PageRequest
from app.taxii.paging import Bookmark


@dataclass(frozen=True, slots=True)
class PageRow:
    """One version as it is shown. `date_added` in milliseconds since 1970; `content` empty where none was asked for."""

    id: str
    version: str
    date_added: int
    spec: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Page:
    """What one request is answered with. `next` is there exactly when there is `more`."""

    rows: Sequence[PageRow]
    more: bool
    next: str | None


EMPTY = Page((), more=False, next=None)


@dataclass(frozen=True, slots=True)
class _Question:
    """Who asks what of which collection."""

    requester: Requester
    root: str
    reference: str
    endpoint: Endpoint
    request: PageRequest
    object_id: str | None = None


async def objects(exchange: Exchange, requester: Requester, root: str, reference: str, request: PageRequest) -> Page:
    """A page of a collection (TAXII 2.1 section 5.4). Raises NotKnown, NotPermitted, MalformedRequest."""
    return await _answer(exchange, _Question(requester, root, reference, Endpoint.OBJECTS, request))


async def manifest(exchange: Exchange, requester: Requester, root: str, reference: str, request: PageRequest) -> Page:
    """A page of a collection without its contents (section 5.3). Raises as `objects`."""
    return await _answer(exchange, _Question(requester, root, reference, Endpoint.MANIFEST, request))


async def one_object(
    exchange: Exchange, requester: Requester, root: str, reference: str, object_id: str, request: PageRequest
) -> Page:
    """A page of one object's versions (section 5.6). Raises NotKnown also where no version may be seen."""
    return await _answer(exchange, _Question(requester, root, reference, Endpoint.OBJECT, request, object_id))


async def versions(
    exchange: Exchange, requester: Requester, root: str, reference: str, object_id: str, request: PageRequest
) -> Page:
    """A page of one object's versions without their contents (section 5.8). Raises as `one_object`."""
    return await _answer(exchange, _Question(requester, root, reference, Endpoint.VERSIONS, request, object_id))


async def _answer(exchange: Exchange, question: _Question) -> Page:
    return await disclose(exchange, partial(_page, exchange, question))


def _page(exchange: Exchange, question: _Question) -> tuple[Page, Sequence[Disclosure]]:
    now = exchange.clock.now()
    with exchange.database.reading() as transaction:
        place, logs = catalogue.readable(
            exchange, transaction, question.requester, question.root, question.reference, now
        )
        log_read = choose_log(logs, question.requester)
        audience = log_read.audience
        context = _context(question, place, audience)
        bookmark = _bookmark(exchange, question, place, logs, log_read)
        found, more, contents = _rows(exchange, transaction, question, place, log_read, bookmark, now)
        if question.object_id is not None and not found:
            _require_visible(transaction, audience, question, now)
        shown = decided_again(transaction, place, audience, found, now)
    if not shown and more:
        raise Unavailable("Every row of a page was withheld by the second decision; the log says which.")
    if not shown:
        return EMPTY, ()
    mark = Bookmark(found[-1].date_added, bookmark.started_after, bookmark.filter)
    page = Page(
        rows=[
            PageRow(row.stix_id, row.version_text, row.date_added, row.spec, contents.get(row.version_id, b""))
            for row in shown
        ],
        more=more,
        next=exchange.tokens.seal(mark, context) if more else None,
    )
    asked = Asked(question.requester, question.endpoint, question.request.filter.canonical().decode())
    return page, (record_of(asked, place, audience, shown, now),)


def _context(question: _Question, place: Place, audience: AudienceRow) -> bytes:
    """What a `next` is bound to: it opens for this audience, on this endpoint of this collection, and nowhere else.

    Names, never keys of rows: what else the database holds changes no token (law 2).
    """
    whose = [place.collection.id, audience.partner, audience.red_account]
    parts = [*whose, question.endpoint, question.object_id or ""]
    return json.dumps(parts).encode()


def _bookmark(exchange: Exchange, question: _Question, place: Place, logs: Sequence[Log], log_read: Log) -> Bookmark:
    """Where this request begins. Raises MalformedRequest for a `next` that was not made for it.

    Who has come to a log of its own goes on with the `next` of its organisation's, up to the date at which the logs
    part: what a colleague was sent after it says nothing about this account's log.
    """
    request = question.request
    if request.next is None:
        start = request.added_after if request.added_after is not None else BEFORE_ALL
        return Bookmark(start, request.added_after, request.filter)
    try:
        return exchange.tokens.open(request.next, _context(question, place, log_read.audience), request)
    except MalformedRequest:
        shared = choose_log(logs, question.requester, shared=True).audience
        if shared.id == log_read.audience.id:
            raise
        bookmark = exchange.tokens.open(request.next, _context(question, place, shared), request)
        asked = request.added_after if request.added_after is not None else BEFORE_ALL
        return replace(bookmark, cursor=max(min(bookmark.cursor, log_read.began), asked))


def _rows(
    exchange: Exchange,
    transaction: Transaction,
    question: _Question,
    place: Place,
    log_read: Log,
    bookmark: Bookmark,
    now: datetime,
) -> tuple[Sequence[LogRow], bool, Mapping[int, bytes]]:
    """The rows of the page, whether there are more, and the contents if they were asked for."""
    settings = exchange.settings
    if log_read.last_date <= bookmark.cursor:
        return (), False, {}
    limit = min(question.request.limit or settings.page_objects_default, settings.page_objects_max)
    query = PageQuery(
        audience=log_read.audience.id,
        collection=log_read.audience.collection,
        cursor=bookmark.cursor,
        started_after=bookmark.started_after if bookmark.started_after is not None else BEFORE_ALL,
        filter=bookmark.filter,
        limit=limit + 1,
        now=milliseconds(now),
        object_id=question.object_id,
    )
    with_content = question.endpoint in (Endpoint.OBJECTS, Endpoint.OBJECT)
    found = pages.page(transaction, query, with_content=with_content)
    rows = _within_bytes(found[:limit], settings.page_bytes_max) if with_content else found[:limit]
    contents = {row.version_id: row.content for row in rows if row.content is not None}
    if with_content:
        missing = [row.version_id for row in rows if row.content is None]
        contents.update(contents_store.contents_of(transaction, missing))
    return rows, len(rows) < len(found), contents


def _within_bytes(rows: Sequence[LogRow], bytes_max: int) -> Sequence[LogRow]:
    """The rows up to the size of a page, at least one."""
    total = 0
    for count, row in enumerate(rows):
        total += row.size
        if total > bytes_max and count:
            return rows[:count]
    return rows


def _require_visible(transaction: Transaction, audience: AudienceRow, question: _Question, now: datetime) -> None:
    """Tell an object that the filters leave nothing of from one that the audience may see nothing of."""
    assert question.object_id is not None
    if not pages.holds(transaction, audience.id, audience.collection, question.object_id, milliseconds(now)):
        raise NotKnown
    asked = sorted(question.request.filter.versions)
    if asked and pages.was_withdrawn(transaction, audience.id, audience.collection, question.object_id, asked):
        raise NotKnown
