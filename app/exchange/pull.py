"""Pull: one page of the requester's own log, decided again row by row, on the record before it is given.

The order is the design's: audience, page of its log, decision for each row, ledger. The log was written by the same
decision; a row that it now withholds is a bug, logged loudly, and withheld (law 9).
"""

import asyncio
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial

import structlog

from app.errors import MalformedRequest, NotKnown, NotPermitted, Unavailable
from app.exchange import catalogue
from app.exchange.audience import choose_log
from app.exchange.catalogue import Place
from app.exchange.exchange import ENGINE, Exchange
from app.exchange.identify import Requester
from app.ledger.disclosures import Disclosure, content_digest
from app.policy.handling import Handling
from app.policy.lines import is_named, originator_of
from app.policy.release import Release, ReleaseDecision, decide_release
from app.policy.release_case import Audience, ReleaseCase
from app.policy.release_rules import break_glass
from app.policy.release_rules.ages import speak_of_ages, turn_of
from app.policy.times import Phase, Span, dated_by, span_of
from app.stix.timestamps import version_key
from app.storage import handlings, pages, revisions
from app.storage import objects as contents_store
from app.storage.engine import Transaction
from app.storage.instants import instant, milliseconds
from app.storage.pages import LogRow, PageQuery
from app.storage.revisions import AudienceRow, Log
from app.taxii.filters import Endpoint, PageRequest
from app.taxii.paging import Bookmark

BEFORE_ALL = -(2**62)
"""A date added before every other: where a walk without `added_after` begins."""

log = structlog.get_logger("comity.pull")


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
    page, record = await exchange.read(_page, exchange, question)
    if record is not None:
        # Law 6: whatever happens to the answer from here on, it is on the record as offered.
        await asyncio.shield(asyncio.wrap_future(exchange.ledger.write(record)))
    return page


def _page(exchange: Exchange, question: _Question) -> tuple[Page, Disclosure | None]:
    now = exchange.clock.now()
    with exchange.database.reading() as transaction:
        place, logs = _own_logs(exchange, transaction, question, now)
        log_read = choose_log(logs, question.requester)
        audience = log_read.audience
        context = _context(question, place, audience)
        bookmark = _bookmark(exchange, question, place, logs, log_read)
        found, more, contents = _rows(exchange, transaction, question, place, log_read, bookmark, now)
        if question.object_id is not None and not found:
            _require_visible(transaction, audience, question, now)
        shown = _decided_again(transaction, place, audience, found, now)
    if not shown and more:
        raise Unavailable("Every row of a page was withheld by the second decision; the log says which.")
    if not shown:
        return EMPTY, None
    mark = Bookmark(found[-1].date_added, bookmark.started_after, bookmark.filter)
    page = Page(
        rows=[
            PageRow(row.stix_id, row.version_text, row.date_added, row.spec, contents.get(row.version_id, b""))
            for row in shown
        ],
        more=more,
        next=exchange.tokens.seal(mark, context) if more else None,
    )
    return page, _record(question, place, audience, shown, now)


def _own_logs(
    exchange: Exchange, transaction: Transaction, question: _Question, now: datetime
) -> tuple[Place, Sequence[Log]]:
    """The collection, and the logs of the requester's organisation in it. Raises NotKnown, NotPermitted."""
    found = revisions.logs_of(transaction, question.root, question.reference, question.requester.partner)
    if found is None:
        raise NotKnown
    partnership, logs = found
    terms = exchange.terms.of(transaction, partnership)
    place = catalogue.place_in(terms, partnership, question.requester, question.reference, now)
    if not place.can_read:
        raise NotPermitted("This account may not read this collection.")
    if not terms.partnership.agreement.in_force(now):
        # Officers of the host know of the root at any time. An empty page would tell their clients' clocks to go on.
        raise NotPermitted("The agreement is not in force, so nothing is released under it.")
    return place, logs


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


def _decided_again(
    transaction: Transaction, place: Place, audience: AudienceRow, rows: Sequence[LogRow], now: datetime
) -> Sequence[LogRow]:
    known = handlings.by_keys(transaction, {row.handling for row in rows})
    by_age = speak_of_ages(place.terms)
    decisions: dict[tuple[int, str, str, bool, Phase, bool, tuple[int | bool, ...]], ReleaseDecision] = {}
    shown: list[LogRow] = []
    for row in rows:
        span = _span(place, row)
        asked = partial(_case, place, audience, row, known[row.handling], span, now)
        originator = originator_of(row.origin, row.partner, place.terms)
        in_turn = not by_age or turn_of(asked()).now
        opened = break_glass.key_of(asked()) if place.terms.clauses else ()
        key = (row.handling, row.partner, originator, is_named(row.origin), span.phase(now), in_turn, opened)
        if key not in decisions:
            decisions[key] = decide_release(asked())
        decision = decisions[key]
        if isinstance(decision, Release):
            shown.append(row)
        else:
            log.error(
                "a row of the log may not be shown; it was withheld",
                audience=audience.id,
                date_added=row.date_added,
                rules=[str(rule) for rule in decision.rules],
            )
    return shown


def _case(
    place: Place, audience: AudienceRow, row: LogRow, handling: Handling, span: Span, now: datetime
) -> ReleaseCase:
    """The question about one row, as of the instant at which its age was granted where it was dated after that.

    The log was written under the cap; a page has no need to look at other versions.
    """
    case = ReleaseCase(
        terms=place.terms,
        collection=place.collection.alias,
        audience=Audience(audience.partner, audience.red_account or None),
        handling=handling,
        cap=None,
        submitter=row.partner,
        originator=originator_of(row.origin, row.partner, place.terms),
        now=now,
        span=span,
        dated=dated_by(row.aged_from or version_key(row.version_text)),
        named=is_named(row.origin),
        object_id=row.stix_id,
    )
    turn = turn_of(case)
    early = not turn.now and turn.changes is not None and turn.changes <= instant(row.date_added)
    return replace(case, now=turn.changes) if early and turn.changes is not None else case


def _span(place: Place, row: LogRow) -> Span:
    """When the row may be shown, by time alone.

    What was dated after its embargo is under none: a clock a little behind the one that dated it must not hide it from
    a walk that goes past it.
    """
    span = span_of(
        place.collection.release,
        instant(row.received),
        definition=row.stix_id.startswith("marking-definition--"),
        not_before=instant(row.not_before) if row.not_before is not None else None,
        not_after=instant(row.not_after) if row.not_after is not None else None,
    )
    begun = [at if at is None or at > instant(row.date_added) else None for at in (span.not_before, span.embargo)]
    return Span(begun[0], span.not_after, begun[1])


def _record(
    question: _Question, place: Place, audience: AudienceRow, rows: Sequence[LogRow], now: datetime
) -> Disclosure:
    return Disclosure(
        at=milliseconds(now),
        partnership=place.terms.partnership.root,
        collection=place.collection.id,
        audience=audience.id,
        partner=question.requester.partner,
        account=question.requester.account,
        endpoint=question.endpoint,
        query=question.request.filter.canonical().decode(),
        revision=place.partnership.revision,
        engine=ENGINE,
        dates=tuple(row.date_added for row in rows),
        digest=content_digest((row.stix_id, row.version_text, row.digest) for row in rows),
    )
