"""Changes: what is new for the account since a date, over all its logs, oldest first.

Only rows whose date has passed are given: what is committed from now on comes under later dates, so whoever goes on
from `until` or along `next` misses nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from app.exchange.disclosing import Asked, disclose
from app.exchange.entries import Answer, Entry, Found
from app.exchange.exchange import Exchange
from app.exchange.identify import Requester
from app.exchange.own_logs import EVERYWHERE, OwnLog, Scope, own_logs
from app.exchange.places_in_order import PlaceInOrder, page_of, place_of, seal, unseal
from app.ledger.disclosures import Disclosure
from app.storage import pages
from app.storage.instants import BEFORE_ALL
from app.storage.pages import PageQuery
from app.taxii.filters import MatchFilter


@dataclass(frozen=True, slots=True)
class Question:
    """Since when, as a date added in milliseconds, exclusive; None for everything. `types` None: all of them."""

    since: int | None
    types: frozenset[str] | None = None
    scope: Scope = EVERYWHERE
    limit: int = 100
    next: str | None = None


@dataclass(frozen=True, slots=True)
class Changes:
    """New versions, oldest first. `until` is the date up to which everything has been given once there is no `next`."""

    entries: Sequence[Entry]
    until: int
    next: str | None


async def changes(exchange: Exchange, requester: Requester, question: Question) -> Changes:
    """What is new. Raises NotPermitted, NotKnown, MalformedRequest."""
    return await disclose(exchange, partial(_changes, exchange, requester, question))


def _changes(exchange: Exchange, requester: Requester, question: Question) -> tuple[Changes, Sequence[Disclosure]]:
    now = exchange.clock.now()
    asked = Asked(requester, "changes", _canonical(question))
    with exchange.database.reading() as transaction:
        answer = Answer(exchange, transaction, now)
        logs = own_logs(exchange, transaction, requester, question.scope, now)
        since = BEFORE_ALL if question.since is None else question.since
        after = unseal(exchange, asked, question.next) or PlaceInOrder(since, 2**63)
        found = [each for log in logs for each in _after(answer, log, question, after)]
        ordered = sorted((each for each in found if place_of(each) > after), key=place_of)
        page, more = page_of(exchange, ordered, question.limit)
        token = seal(exchange, asked, place_of(page[-1])) if more else None
        return Changes(answer.entries(page), answer.instant, token), answer.records(asked)


def _after(answer: Answer, log: OwnLog, question: Question, after: PlaceInOrder) -> Sequence[Found]:
    query = PageQuery(
        audience=log.audience.id,
        collection=log.audience.collection,
        cursor=after.date_added - 1,  # another log may have a row of the same date
        started_after=BEFORE_ALL,
        filter=MatchFilter(types=question.types, last=True),
        limit=question.limit + 2,
        now=answer.instant,
    )
    rows = pages.page(answer.transaction, query, with_content=False)
    return [(log, row) for row in rows if row.date_added <= answer.instant]


def _canonical(question: Question) -> str:
    parts = {
        "since": question.since,
        "type": ",".join(sorted(question.types)) if question.types is not None else None,
        "partnership": question.scope.partnership,
        "collection": question.scope.collection,
    }
    return "&".join(f"{name}={value}" for name, value in parts.items() if value is not None)
