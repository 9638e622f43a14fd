"""Examine: one object in every log that holds it: its newest version or all of them, and what refers to it."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from app.errors import NotKnown
from app.exchange.disclosing import Asked, disclose
from app.exchange.entries import Answer, Entry, Found
from app.exchange.exchange import Exchange
from app.exchange.identify import Requester
from app.exchange.own_logs import EVERYWHERE, OwnLog, Scope, own_logs
from app.exchange.places_in_order import newest_first, place_of, seal, unseal
from app.ledger.disclosures import Disclosure
from app.storage import finding, pages
from app.storage.instants import BEFORE_ALL
from app.storage.pages import PageQuery
from app.taxii.filters import ALL_VERSIONS, LAST_VERSIONS, MatchFilter

VERSIONS_MAX = 1000
"""Versions of one object in one collection that are given, the oldest first."""


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked about one object. `next` goes on with what refers to it, `limit` at a time."""

    object_id: str
    every_version: bool = False
    scope: Scope = EVERYWHERE
    limit: int = 100
    next: str | None = None


@dataclass(frozen=True, slots=True)
class Examined:
    """The versions of an object, and what refers to it, newest first."""

    versions: Sequence[Entry]
    referring: Sequence[Entry]
    next: str | None


async def examine(exchange: Exchange, requester: Requester, question: Question) -> Examined:
    """The object. Raises NotKnown where the account is shown none, NotPermitted, MalformedRequest."""
    return await disclose(exchange, partial(_examine, exchange, requester, question))


def _examine(exchange: Exchange, requester: Requester, question: Question) -> tuple[Examined, Sequence[Disclosure]]:
    now = exchange.clock.now()
    asked = Asked(requester, "examine", _canonical(question))
    with exchange.database.reading() as transaction:
        logs = own_logs(exchange, transaction, requester, question.scope, now)
        answer = Answer(exchange, transaction, now)
        after = unseal(exchange, asked, question.next)
        wanted = ALL_VERSIONS if question.every_version else LAST_VERSIONS
        standing = [each for log in logs for each in versions_in(answer, log, question.object_id, wanted)]
        versions = answer.entries(sorted(standing, key=place_of, reverse=True))
        if not versions:
            raise NotKnown
        bound = None if after is None else after.date_added
        referring = [
            (log, row)
            for log in logs
            for row in finding.referring_to(
                transaction, log.audience, [question.object_id], answer.instant, question.limit + 1, until=bound
            )
        ]
        page, more = newest_first(exchange, referring, after, question.limit)
        token = seal(exchange, asked, place_of(page[-1])) if more else None
        return Examined(versions, answer.entries(page), token), answer.records(asked)


def versions_in(answer: Answer, log: OwnLog, object_id: str, wanted: MatchFilter) -> Sequence[Found]:
    """The versions of an object that stand in this log, as `match[version]` chooses among them."""
    query = PageQuery(
        audience=log.audience.id,
        collection=log.audience.collection,
        cursor=BEFORE_ALL,
        started_after=BEFORE_ALL,
        filter=wanted,
        limit=VERSIONS_MAX,
        now=answer.instant,
        object_id=object_id,
    )
    return [(log, row) for row in pages.page(answer.transaction, query, with_content=False)]


def _canonical(question: Question) -> str:
    parts = {
        "id": question.object_id,
        "versions": "all" if question.every_version else None,
        "partnership": question.scope.partnership,
        "collection": question.scope.collection,
    }
    return "&".join(f"{name}={value}" for name, value in parts.items() if value is not None)
