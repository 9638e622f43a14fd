"""Search: what of its logs the account asks for by what objects say, newest first.

Order, pages and ends come from the account's own rows alone: there is no rank by how rare a word is, and no total.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial

from app.errors import MalformedRequest
from app.exchange.disclosing import Asked, disclose
from app.exchange.entries import Answer, Entry
from app.exchange.entries import Found as Fitting
from app.exchange.exchange import Exchange
from app.exchange.identify import Requester
from app.exchange.indexing import CREATOR, LABEL, MARKING
from app.exchange.own_logs import EVERYWHERE, OwnLog, Scope, own_logs
from app.exchange.places_in_order import newest_first, place_of, seal, unseal
from app.exchange.techniques import technique_within
from app.ledger.disclosures import Disclosure
from app.policy.markings import Registry
from app.stix.observables import ATTACK, KeyRange, contained, index_key
from app.stix.texts import folded_text, words_of
from app.stix.timestamps import from_datetime, version_key
from app.storage import searches
from app.storage.instants import AFTER_ALL, BEFORE_ALL
from app.storage.searches import Wanted

WORDS_MAX = 32


@dataclass(frozen=True, slots=True)
class Question:
    """What is searched for; None asks for nothing. `marking` is a marking's id or `tlp:amber`.

    `compared` are bounds by name (`app.storage.searches.COMPARED`): figures, and instants as STIX timestamps. Dates
    added are in milliseconds, exclusive.
    """

    text: str | None = None
    types: frozenset[str] | None = None
    label: str | None = None
    marking: str | None = None
    creator: str | None = None
    technique: str | None = None
    valid: bool | None = None
    compared: Mapping[str, str | int] = field(default_factory=dict)
    added_after: int | None = None
    added_before: int | None = None
    scope: Scope = EVERYWHERE
    limit: int = 100
    next: str | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """What fits, newest first."""

    entries: Sequence[Entry]
    next: str | None


async def search(exchange: Exchange, requester: Requester, question: Question) -> Found:
    """What fits. Raises NotPermitted, NotKnown, MalformedRequest; Unavailable where too many are under way."""
    with exchange.lookups.one(requester.partner):
        return await disclose(exchange, partial(_search, exchange, requester, question))


def _search(exchange: Exchange, requester: Requester, question: Question) -> tuple[Found, Sequence[Disclosure]]:
    now = exchange.clock.now()
    asked = Asked(requester, "search", _canonical(question))
    with exchange.database.reading() as transaction:
        logs = own_logs(exchange, transaction, requester, question.scope, now)
        answer = Answer(exchange, transaction, now)
        after = unseal(exchange, asked, question.next)
        last = AFTER_ALL if question.added_before is None else question.added_before - 1
        wanted = Wanted(
            types=question.types,
            words=_words(question.text),
            terms=_terms(question, exchange.registry),
            among=None,
            compared=tuple(
                (name, version_key(value) if isinstance(value, str) else value)
                for name, value in sorted(question.compared.items())
            ),
            valid=question.valid,
            valid_at=version_key(from_datetime(now)),
            first=BEFORE_ALL if question.added_after is None else question.added_after + 1,
            last=last if after is None else min(last, after.date_added),
        )
        within = _technique(question.technique)
        technique = None if within is None else technique_within(answer, logs, within)
        found: list[Fitting] = []
        for log in logs:
            of_log = wanted if technique is None else replace(wanted, among=technique.keys[log.audience.id])
            found += _found(answer, log, of_log, question.limit + 2)
        page, more = newest_first(exchange, found, after, question.limit)
        if technique is not None:
            answer.given(technique.way_to(page))
        token = seal(exchange, asked, place_of(page[-1])) if more else None
        return Found(answer.entries(page), token), answer.records(asked)


def _found(answer: Answer, log: OwnLog, wanted: Wanted, limit: int) -> Sequence[Fitting]:
    by_index = wanted.words or wanted.terms
    shelves = answer.exchange.shelves.of(answer.transaction, log.audience) if by_index else frozenset()
    rows = searches.search(answer.transaction, log.audience, shelves, wanted, answer.instant, limit)
    return [(log, row) for row in rows]


def _words(text: str | None) -> Sequence[str]:
    if text is None:
        return ()
    words = words_of(text)
    if not words:
        raise MalformedRequest("text: there is no word in it, of letters or digits.")
    if len(words) > WORDS_MAX:
        raise MalformedRequest(f"text: up to {WORDS_MAX} words are searched for.")
    return words


def _terms(question: Question, registry: Registry) -> tuple[tuple[str, frozenset[str]], ...]:
    terms: list[tuple[str, frozenset[str]]] = []
    if question.label is not None:
        terms.append((LABEL, frozenset([folded_text(question.label)])))
    if question.creator is not None:
        terms.append((CREATOR, frozenset([question.creator])))
    if question.marking is not None:
        terms.append((MARKING, _ids_of_marking(question.marking, registry)))
    return tuple(terms)


def _ids_of_marking(marking: str, registry: Registry) -> frozenset[str]:
    kind, colon, level = marking.lower().partition(":")
    if not colon:
        return frozenset([marking])
    ids = registry.ids_of(kind, level)
    if not ids:
        raise MalformedRequest(
            f"marking: This is none of the levels {', '.join(registry.levels)}, and no marking's id."
        )
    return ids


def _technique(technique: str | None) -> KeyRange | None:
    if technique is None:
        return None
    key = index_key(ATTACK, technique)
    return contained(ATTACK, technique) or KeyRange(key.kind, key.key, key.key + "!")


def _canonical(question: Question) -> str:
    parts = {
        "text": question.text,
        "type": ",".join(sorted(question.types)) if question.types is not None else None,
        "label": question.label,
        "marking": question.marking,
        "created_by_ref": question.creator,
        "technique": question.technique,
        "valid": question.valid,
        **dict(sorted(question.compared.items())),
        "added_after": question.added_after,
        "added_before": question.added_before,
        "partnership": question.scope.partnership,
        "collection": question.scope.collection,
    }
    return "&".join(f"{name}={value}" for name, value in parts.items() if value is not None)
