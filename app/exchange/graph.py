"""Graph: what lies around an object, step by step along references, as far as the account is shown it.

A relationship is an object of its own: what it joins lies two steps from each other. Steps lead along references and
against them; signatures and markings are no references.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from app.errors import NotKnown
from app.exchange.disclosing import Asked, disclose
from app.exchange.entries import Answer, Entry
from app.exchange.exchange import Exchange
from app.exchange.identify import Requester
from app.exchange.own_logs import EVERYWHERE, OwnLog, Scope, own_logs
from app.exchange.places_in_order import place_of
from app.ledger.disclosures import Disclosure
from app.stix.references import references_in
from app.storage import finding

STEPS_MAX = 6


@dataclass(frozen=True, slots=True)
class Question:
    """From which object on, how many steps, and at most how many objects beside it."""

    object_id: str
    steps: int = 2
    scope: Scope = EVERYWHERE
    limit: int = 100


@dataclass(frozen=True, slots=True)
class Edge:
    """One object names another, both of which are in the answer."""

    source: str
    name: str
    target: str


@dataclass(frozen=True, slots=True)
class Graph:
    """Objects, the nearest first, and the references among them. With `more`, `limit` cut some of them off."""

    entries: Sequence[Entry]
    edges: Sequence[Edge]
    more: bool


async def around(exchange: Exchange, requester: Requester, question: Question) -> Graph:
    """What lies around an object. Raises NotKnown where the account is shown no such object, NotPermitted."""
    return await disclose(exchange, partial(_around, exchange, requester, question))


async def report(exchange: Exchange, requester: Requester, question: Question) -> Graph:
    """An object and everything that it names itself. Raises as `around`."""
    return await disclose(exchange, partial(_report, exchange, requester, question))


def _around(exchange: Exchange, requester: Requester, question: Question) -> tuple[Graph, Sequence[Disclosure]]:
    asked = Asked(requester, "graph", f"id={question.object_id}&steps={question.steps}")
    return _walk(exchange, asked, question, against=True)


def _report(exchange: Exchange, requester: Requester, question: Question) -> tuple[Graph, Sequence[Disclosure]]:
    return _walk(exchange, Asked(requester, "report", f"id={question.object_id}"), question, against=False)


def _walk(exchange: Exchange, asked: Asked, question: Question, *, against: bool) -> tuple[Graph, Sequence[Disclosure]]:
    now = exchange.clock.now()
    with exchange.database.reading() as transaction:
        logs = own_logs(exchange, transaction, asked.requester, question.scope, now)
        answer = Answer(exchange, transaction, now)
        entries, _ = _of_ids(answer, logs, {question.object_id}, question.limit + 1)
        if not entries:
            raise NotKnown
        reached, newest, more = {question.object_id}, entries, False
        for _ in range(question.steps):
            room = question.limit + 1 - len(entries)
            ids = {target for entry in newest for _, target in references_in(entry.tree)} - reached
            if against:
                ids |= _referring(answer, logs, newest, room + len(reached) + 1) - reached
            newest, more = _of_ids(answer, logs, ids, room)
            entries = [*entries, *newest]
            reached |= {entry.row.stix_id for entry in newest}
            if more or not newest:
                break
        return Graph(entries, _edges(entries), more), answer.records(asked)


def _of_ids(answer: Answer, logs: Sequence[OwnLog], ids: set[str], limit: int) -> tuple[list[Entry], bool]:
    """The newest versions of these objects in every log, by id, at most `limit`; and whether there are more."""
    found = [
        (log, row) for log in logs for row in finding.by_ids(answer.transaction, log.audience, ids, answer.instant)
    ]
    found.sort(key=lambda each: (each[1].stix_id, place_of(each)))
    return list(answer.entries(found[:limit])), len(found) > limit


def _referring(answer: Answer, logs: Sequence[OwnLog], entries: Sequence[Entry], limit: int) -> set[str]:
    targets = {entry.row.stix_id for entry in entries}
    return {
        row.stix_id
        for log in logs
        for row in finding.referring_to(answer.transaction, log.audience, targets, answer.instant, limit)
    }


def _edges(entries: Sequence[Entry]) -> Sequence[Edge]:
    there = {entry.row.stix_id for entry in entries}
    found = {
        Edge(entry.row.stix_id, name, target)
        for entry in entries
        for name, target in references_in(entry.tree)
        if target in there
    }
    return sorted(found, key=lambda edge: (edge.source, edge.name, edge.target))
