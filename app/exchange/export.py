"""Export: what an account may pull of one collection, as one text in the form that a machine reads.

Rows of the account's own log, decided again like every page; what stands in the text is on the record before it leaves,
also where the answer is only that nothing has changed.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from app.errors import AnswerTooLarge, NotKnown
from app.exchange import catalogue
from app.exchange.audience import choose_log
from app.exchange.catalogue import Place
from app.exchange.disclosing import Asked, decided_again, put_on_record, record_of
from app.exchange.exchange import Exchange
from app.exchange.identify import Requester
from app.exports.formats import OF_OBJECTS, ExportFormat, Order, Shown
from app.exports.narrowing import Narrowing, narrowed
from app.exports.writing import NARROWER, write
from app.ledger.disclosures import Disclosure
from app.policy.markings import Registry
from app.stix.timestamps import from_datetime, version_key
from app.storage import objects as contents_store
from app.storage import searches
from app.storage.engine import Transaction
from app.storage.instants import milliseconds
from app.storage.log_rows import LogRow
from app.storage.revisions import AudienceRow
from app.storage.searches import Wanted

BEFORE_ALL, AFTER_ALL = -(2**62), 2**62


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
    """The export. `etag` is a strong entity tag (RFC 9110 section 8.8.3): the digest of the body, of nothing else."""

    body: bytes
    media_type: str
    etag: str


async def export(exchange: Exchange, requester: Requester, question: Question) -> Exported:
    """The export. Raises NotKnown, also for an unknown format, NotPermitted, MalformedRequest, AnswerTooLarge."""
    rows = await exchange.read(_rows_for, exchange, requester, question)
    exported, records = await exchange.convert(_written, exchange, requester, question, rows)
    await put_on_record(exchange, records)
    return exported


def known_format(exchange: Exchange, name: str) -> ExportFormat:
    """The format of this name. Raises NotKnown."""
    found = exchange.formats.get(name)
    if found is None:
        raise NotKnown
    return found


@dataclass(frozen=True, slots=True)
class _Rows:
    """What an export is made of: rows in the order of their dates, with their contents."""

    wanted: ExportFormat
    place: Place
    audience: AudienceRow
    rows: Sequence[LogRow]
    contents: Mapping[int, bytes]
    now: datetime


def _rows_for(exchange: Exchange, requester: Requester, question: Question) -> _Rows:
    now = exchange.clock.now()
    with exchange.database.reading() as transaction:
        place, logs = catalogue.readable(exchange, transaction, requester, question.root, question.reference, now)
        wanted = narrowed(known_format(exchange, question.format), question.narrowing)
        audience = choose_log(logs, requester).audience
        rows = _rows(exchange, transaction, place, audience, wanted, question.narrowing.added_after, now)
        contents = contents_store.contents_of(transaction, [row.version_id for row in rows])
    return _Rows(wanted, place, audience, rows, contents, now)


def _written(
    exchange: Exchange, requester: Requester, question: Question, found: _Rows
) -> tuple[Exported, Sequence[Disclosure]]:
    place, wanted = found.place, found.wanted
    shown = [_shown(row, found.contents[row.version_id], exchange.registry) for row in found.rows]
    source = f"{place.terms.partnership.root}/{place.collection.alias}"
    order = Order(wanted, source, place.collection.id, exchange.settings.export_values_max, question.file)
    written = write(order, shown)
    exported = Exported(written.body, written.media_type, f'"{sha256(written.body).hexdigest()}"')
    used = [row for row in found.rows if row.date_added in written.used]
    asked = Asked(requester, "export", _canonical(wanted, question))
    return exported, (record_of(asked, place, found.audience, used, found.now),) if used else ()


def _rows(
    exchange: Exchange,
    transaction: Transaction,
    place: Place,
    audience: AudienceRow,
    wanted: ExportFormat,
    added_after: int | None,
    now: datetime,
) -> Sequence[LogRow]:
    """The newest version of each object that fits, in the order of their dates. Raises AnswerTooLarge."""
    settings = exchange.settings
    of_objects = wanted.form in OF_OBJECTS
    asked = Wanted(
        types=None if of_objects else frozenset({"indicator"}),
        words=(),
        terms=(),
        technique=None,
        compared=(("confidence_min", wanted.confidence_min),) if wanted.confidence_min else (),
        valid=True if wanted.valid else None,
        valid_at=version_key(from_datetime(now)),
        first=BEFORE_ALL if added_after is None else added_after + 1,
        last=AFTER_ALL,
    )
    found = searches.search(
        transaction, audience, frozenset(), asked, milliseconds(now), settings.export_objects_max + 1
    )
    if len(found) > settings.export_objects_max:
        raise AnswerTooLarge(f"An export of up to {settings.export_objects_max} objects is given. {NARROWER}")
    if sum(row.size for row in found) > settings.answer_bytes_max:
        raise AnswerTooLarge(f"An export of up to {settings.answer_bytes_max} octets of objects is given. {NARROWER}")
    return decided_again(transaction, place, audience, found[::-1], now)


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
