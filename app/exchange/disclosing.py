"""Disclose: rows of an audience's log, decided again one by one, and on the record before anything of them leaves.

Every read path ends here, whatever found its rows: pages, look-ups, the graph (law 9). The log was written by the same
decision; a row that it now withholds is a bug, logged loudly, and withheld.
"""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from typing import TypeVar

import structlog

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
from app.storage import handlings
from app.storage.engine import Transaction
from app.storage.instants import instant, milliseconds
from app.storage.log_rows import LogRow
from app.storage.revisions import AudienceRow

T = TypeVar("T")

log = structlog.get_logger("comity.pull")


@dataclass(frozen=True, slots=True)
class Asked:
    """What is put on record about a request: who asked, which way, and for what."""

    requester: Requester
    endpoint: str
    query: str


async def disclose(exchange: Exchange, work: Callable[[], tuple[T, Sequence[Disclosure]]]) -> T:
    """The answer of blocking work that reads, once what it discloses is on the record."""
    answer, records = await exchange.read(work)
    await put_on_record(exchange, records)
    return answer


async def put_on_record(exchange: Exchange, records: Sequence[Disclosure]) -> None:
    """Return once all of these are durable."""
    if records:
        # Law 6: whatever happens to the answer from here on, it is on the record as offered.
        written = [asyncio.wrap_future(exchange.ledger.write(each)) for each in records]
        await asyncio.shield(asyncio.gather(*written))


def record_of(asked: Asked, place: Place, audience: AudienceRow, rows: Sequence[LogRow], now: datetime) -> Disclosure:
    """The record of these rows of one log, which are in the order of their dates."""
    dates = tuple(row.date_added for row in rows)
    digest = content_digest((row.stix_id, row.version_text, row.digest) for row in rows)
    return record_of_dates(asked, place, audience, dates, digest, now)


def record_of_dates(
    asked: Asked, place: Place, audience: AudienceRow, dates: tuple[int, ...], digest: bytes, now: datetime
) -> Disclosure:
    """The record of the rows of one log that have these dates, in their order, and this digest."""
    return Disclosure(
        at=milliseconds(now),
        partnership=place.terms.partnership.root,
        collection=place.collection.id,
        audience=audience.id,
        partner=asked.requester.partner,
        account=asked.requester.account,
        endpoint=asked.endpoint,
        query=asked.query,
        revision=place.partnership.revision,
        engine=ENGINE,
        dates=dates,
        digest=digest,
    )


def decided_again(
    transaction: Transaction, place: Place, audience: AudienceRow, rows: Sequence[LogRow], now: datetime
) -> Sequence[LogRow]:
    """The rows that the policy releases now. One that it withholds is a bug: it is logged, and left out."""
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
