"""Export: what an account may pull of one collection, as one text in the form that a machine reads.

Rows of the account's own log, decided again like every page; what stands in the text is on the record before it leaves,
also where the answer is only that nothing has changed.
"""

import json
from array import array
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from app.errors import AnswerTooLarge, NotKnown
from app.exchange import catalogue
from app.exchange.audience import choose_log
from app.exchange.catalogue import Place
from app.exchange.disclosing import Asked, decided_again, put_on_record, record_of, record_of_dates
from app.exchange.exchange import Exchange
from app.exchange.identify import Requester
from app.exchange.unchanged import State, Told
from app.exports.formats import OF_OBJECTS, ExportFormat, Order, Shown
from app.exports.narrowing import Narrowing, narrowed
from app.exports.writing import NARROWER, write
from app.ledger.disclosures import Disclosure
from app.policy.markings import Registry
from app.stix.timestamps import from_datetime, version_key
from app.storage import deliveries, searches
from app.storage import objects as contents_store
from app.storage.engine import Transaction
from app.storage.instants import AFTER_ALL, BEFORE_ALL, milliseconds
from app.storage.log_rows import LogRow
from app.storage.revisions import AudienceRow
from app.storage.searches import Wanted


@dataclass(frozen=True, slots=True)
class Question:
    """Which export of which collection; `file` is one of a feed that has several, `narrowing` what is asked of it."""

    root: str
    reference: str
    format: str
    narrowing: Narrowing
    file: str = ""


@dataclass(frozen=True, slots=True)
class Exported:
    """The export; no `body` for who has it, as `etag` says: a strong entity tag (RFC 9110 section 8.8.3), the digest of
    the body and of nothing else.
    """

    body: bytes | None
    media_type: str
    etag: str


async def export(exchange: Exchange, requester: Requester, question: Question, has: Callable[[str], bool]) -> Exported:
    """The export; `has` says of an entity tag whether the requester has what it is of.

    Raises NotKnown, also for an unknown format, NotPermitted, MalformedRequest, AnswerTooLarge.
    """
    answer = await exchange.read(_told_before, exchange, requester, question, has)
    if answer is None:
        rows = await exchange.read(_rows_for, exchange, requester, question)
        answer = await exchange.convert(_written, exchange, requester, question, rows, has)
    exported, records = answer
    await put_on_record(exchange, records)
    return exported


async def formats(exchange: Exchange, requester: Requester, root: str, reference: str) -> Sequence[ExportFormat]:
    """The exports that the requester may ask for of this collection, by name. Raises NotKnown, NotPermitted."""
    return await exchange.read(_formats, exchange, requester, root, reference)


def _formats(exchange: Exchange, requester: Requester, root: str, reference: str) -> Sequence[ExportFormat]:
    with exchange.database.reading() as transaction:
        catalogue.readable(exchange, transaction, requester, root, reference, exchange.clock.now())
    return [exchange.formats[name] for name in sorted(exchange.formats)]


def known_format(exchange: Exchange, name: str) -> ExportFormat:
    """The format of this name. Raises NotKnown."""
    found = exchange.formats.get(name)
    if found is None:
        raise NotKnown
    return found


@dataclass(frozen=True, slots=True)
class _Opened:
    """What is asked for, where, by whom, and what it rests on."""

    wanted: ExportFormat
    place: Place
    audience: AudienceRow
    state: State
    now: datetime


@dataclass(frozen=True, slots=True)
class _Rows:
    """What an export is made of: rows in the order of their dates, with their contents. `ends`, `turns`: see `Told`."""

    opened: _Opened
    rows: Sequence[LogRow]
    contents: Mapping[int, bytes]
    ends: int | None
    turns: str | None


def _open(exchange: Exchange, transaction: Transaction, requester: Requester, question: Question) -> _Opened:
    now = exchange.clock.now()
    place, logs = catalogue.readable(exchange, transaction, requester, question.root, question.reference, now)
    wanted = narrowed(known_format(exchange, question.format), question.narrowing)
    audience = choose_log(logs, requester).audience
    state = State(place.partnership.revision, deliveries.changes_of(transaction, audience.id))
    return _Opened(wanted, place, audience, state, now)


def _told_before(
    exchange: Exchange, requester: Requester, question: Question, has: Callable[[str], bool]
) -> tuple[Exported, Sequence[Disclosure]] | None:
    """That the requester has the export, if that was told before and nothing can have changed it."""
    with exchange.database.reading() as transaction:
        opened = _open(exchange, transaction, requester, question)
    asked = _asked(requester, opened.wanted, question)
    told = exchange.unchanged.recall(opened.audience.id, asked.query, opened.state, opened.now)
    if told is None or not has(told.etag):
        return None
    dates = tuple(told.dates)
    record = record_of_dates(asked, opened.place, opened.audience, dates, told.digest, opened.now)
    return Exported(None, told.media_type, told.etag), (record,) if dates else ()


def _rows_for(exchange: Exchange, requester: Requester, question: Question) -> _Rows:
    with exchange.database.reading() as transaction:
        opened = _open(exchange, transaction, requester, question)
        rows = _rows(exchange, transaction, opened, question.narrowing.added_after)
        contents = contents_store.contents_of(transaction, [row.version_id for row in rows])
        valid_at = version_key(from_datetime(opened.now))
        ends, turns = searches.turns(transaction, opened.audience.id, milliseconds(opened.now), valid_at)
    return _Rows(opened, rows, contents, ends, turns)


def _written(
    exchange: Exchange, requester: Requester, question: Question, found: _Rows, has: Callable[[str], bool]
) -> tuple[Exported, Sequence[Disclosure]]:
    opened, place = found.opened, found.opened.place
    shown = [_shown(row, found.contents[row.version_id], exchange.registry) for row in found.rows]
    source = f"{place.terms.partnership.root}/{place.collection.alias}"
    order = Order(opened.wanted, source, place.collection.id, exchange.settings.export_values_max, question.file)
    written = write(order, shown)
    used = [row for row in found.rows if row.date_added in written.used]
    asked = _asked(requester, opened.wanted, question)
    record = record_of(asked, place, opened.audience, used, opened.now)
    told = Told(
        opened.state,
        opened.now,
        found.ends,
        found.turns,
        f'"{sha256(written.body).hexdigest()}"',
        written.media_type,
        array("q", record.dates),
        record.digest,
    )
    exchange.unchanged.remember(opened.audience.id, asked.query, told)
    body = None if has(told.etag) else written.body
    return Exported(body, told.media_type, told.etag), (record,) if used else ()


def _asked(requester: Requester, wanted: ExportFormat, question: Question) -> Asked:
    return Asked(requester, "export", _canonical(wanted, question))


def _rows(exchange: Exchange, transaction: Transaction, opened: _Opened, added_after: int | None) -> Sequence[LogRow]:
    """The newest version of each object that fits, in the order of their dates. Raises AnswerTooLarge."""
    settings, wanted, now = exchange.settings, opened.wanted, opened.now
    of_objects = wanted.form in OF_OBJECTS
    asked = Wanted(
        types=None if of_objects else frozenset({"indicator"}),
        words=(),
        terms=(),
        among=None,
        compared=(("confidence_min", wanted.confidence_min),) if wanted.confidence_min else (),
        valid=True if wanted.valid else None,
        valid_at=version_key(from_datetime(now)),
        first=BEFORE_ALL if added_after is None else added_after + 1,
        last=AFTER_ALL,
    )
    bound = settings.export_objects_max + 1
    found = searches.search(transaction, opened.audience, frozenset(), asked, milliseconds(now), bound)
    if len(found) > settings.export_objects_max:
        raise AnswerTooLarge(f"An export of up to {settings.export_objects_max} objects is given. {NARROWER}")
    if sum(row.size for row in found) > settings.answer_bytes_max:
        raise AnswerTooLarge(f"An export of up to {settings.answer_bytes_max} octets of objects is given. {NARROWER}")
    return decided_again(transaction, opened.place, opened.audience, found[::-1], now)


def _shown(row: LogRow, content: bytes, registry: Registry) -> Shown:
    tree = json.loads(content)
    meant = [registry.level_of(mark) for mark in tree.get("object_marking_refs", ())]
    tlp = sorted({level for kind, level in filter(None, meant) if kind == "tlp"})
    return Shown(row.date_added, tree, content, tuple(tlp))


def _canonical(wanted: ExportFormat, question: Question) -> str:
    parts = {
        "format": wanted.name,
        "file": question.file or None,
        "kind": ",".join(sorted(wanted.kinds)) if wanted.kinds is not None else None,
        "confidence_min": wanted.confidence_min,
        "added_after": question.narrowing.added_after,
    }
    return "&".join(f"{name}={value}" for name, value in parts.items() if value is not None)
