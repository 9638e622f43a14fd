"""Look-up: what the account is shown of one value. Of thousands at once: `app.exchange.lookup_of_many`.

A value is refanged and brought to its normal form; an entry names it where its newest version does, and covers it where
it names something that holds it: the network of an address, the domain above a name, the host of a URL.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import partial

from app.errors import AnswerTooLarge, MalformedRequest
from app.exchange.disclosing import Asked, disclose
from app.exchange.entries import Answer, Entry, Found
from app.exchange.exchange import Exchange
from app.exchange.identify import Requester
from app.exchange.own_logs import EVERYWHERE, OwnLog, Scope, own_logs
from app.exchange.places_in_order import PlaceInOrder, newest_first, place_of, seal, unseal
from app.ledger.disclosures import Disclosure
from app.stix.observables import (
    IndexKey,
    Observable,
    contained,
    covering,
    kind_named,
    kinds_looked_up,
    normal,
    refang,
)
from app.stix.observables.indexing import value_told_by, values_in
from app.stix.observables.kinds import FREE_TEXTS
from app.storage import finding, observables

RELATED_MAX = 200
"""Sightings, relationships and others that one look-up gives beside what names the value."""


class How(StrEnum):
    """Why an entry is found."""

    SAME = "same"
    COVERS = "covers"
    INSIDE = "inside"


@dataclass(frozen=True, slots=True)
class Match:
    """A value that an entry names, in its normal form, and how it stands to the value that was asked for."""

    observable: Observable
    how: How


@dataclass(frozen=True, slots=True)
class Question:
    """What one look-up asks: a value as people write it, its kind if they say it, and what lies inside it too."""

    value: str
    kind: str | None = None
    inside: bool = False
    scope: Scope = EVERYWHERE
    limit: int = 100
    next: str | None = None


@dataclass(frozen=True, slots=True)
class LookUp:
    """The answer: how the value was read, what names or covers it, and what refers to that, newest first.

    `more_related` says that there are more of these than are given.
    """

    read_as: Sequence[Observable]
    found: Sequence[tuple[Entry, Sequence[Match]]]
    related: Sequence[Entry]
    more_related: bool
    next: str | None


async def look_up(exchange: Exchange, requester: Requester, question: Question) -> LookUp:
    """What the account is shown of a value. Raises NotPermitted, NotKnown, MalformedRequest, AnswerTooLarge."""
    return await disclose(exchange, partial(_look_up, exchange, requester, question))


def read_as(value: str, kind: str | None) -> Sequence[Observable]:
    """The values that a text may mean, in their normal forms. Raises MalformedRequest for a kind that is none.

    What is said to be of a free kind, or can be nothing else, may have its brackets of itself.
    """
    plain = refang(value)
    if kind is None:
        kinds = kinds_looked_up(plain)
    else:
        known = kind_named(kind)
        if known is None:
            raise MalformedRequest(f"There is no kind of value {kind[:40]!r}. docs/values.md lists the kinds.")
        kinds = (known,)
    as_written = [normal(each, value) for each in kinds if each in FREE_TEXTS] if kinds[0] in FREE_TEXTS else []
    return list(dict.fromkeys([*(normal(each, plain) for each in kinds), *as_written]))


def _look_up(exchange: Exchange, requester: Requester, question: Question) -> tuple[LookUp, Sequence[Disclosure]]:
    now = exchange.clock.now()
    asked = Asked(requester, "lookup", _canonical(question))
    with exchange.database.reading() as transaction:
        logs = own_logs(exchange, transaction, requester, question.scope, now)
        answer = Answer(exchange, transaction, now)
        after = unseal(exchange, asked, question.next)
        meant = read_as(question.value, question.kind)
        hits = _Hits()
        for log in logs:
            hits.look(answer, log, meant, inside=question.inside)
        page, more = newest_first(exchange, hits.found(), after, question.limit)
        entries = answer.entries(page)
        found = [(entry, hits.matches(entry)) for entry in entries]
        related, more_related = _related(answer, logs, entries)
        token = seal(exchange, asked, place_of(page[-1])) if more else None
        return LookUp(meant, found, related, more_related, token), answer.records(asked)


class _Hits:
    """What is found of one value."""

    def __init__(self) -> None:
        self._rows: dict[PlaceInOrder, Found] = {}
        self._keys: dict[PlaceInOrder, dict[IndexKey, How]] = defaultdict(dict)

    def look(self, answer: Answer, log: OwnLog, meant: Sequence[Observable], *, inside: bool) -> None:
        hows = _hows(meant)
        bound = answer.exchange.settings.lookup_objects_max
        parts = observables.asked(observables.by_kind(hows))
        named = list(observables.naming(answer.transaction, log.audience, parts, answer.instant, bound))
        for each in meant if inside else ():
            within = contained(each.kind, each.value)
            if within is not None:
                named += observables.lying_in(answer.transaction, log.audience, within, answer.instant, bound)
        if len(named) >= bound:
            raise AnswerTooLarge(f"More than {bound} objects name this value. Ask for a narrower one.")
        for key, row in named:
            place = place_of((log, row))
            self._rows[place] = (log, row)
            self._keys[place][key] = hows.get(key, How.INSIDE)

    def found(self) -> Sequence[Found]:
        return list(self._rows.values())

    def matches(self, entry: Entry) -> Sequence[Match]:
        keys = self._keys[place_of((entry.log, entry.row))]
        return _matches(entry, keys)


def _hows(meant: Sequence[Observable]) -> Mapping[IndexKey, How]:
    """The keys under which something that covers these values stands, and which of them are their own."""
    hows: dict[IndexKey, How] = {}
    for each in meant:
        own, *above = covering(each.kind, each.value)
        for key in above:
            hows.setdefault(key, How.COVERS)
        hows[own] = How.SAME
    return hows


def _matches(entry: Entry, keys: Mapping[IndexKey, How]) -> Sequence[Match]:
    told = {key: value_told_by(key) for key in keys}
    named = values_in(entry.tree) if None in told.values() else {}
    found = [(key, told[key] or named.get(key), how) for key, how in sorted(keys.items())]
    return [Match(value, how) for _, value, how in found if value is not None]


def _related(answer: Answer, logs: Sequence[OwnLog], entries: Sequence[Entry]) -> tuple[Sequence[Entry], bool]:
    """What refers to these entries, newest first, and whether there is more.

    A sighting of an observable names the observed data that names it: it is two steps away, and comes along.
    """
    given = {place_of((entry.log, entry.row)) for entry in entries}
    enough = RELATED_MAX + len(given) + 1
    referring = _referring(answer, logs, {entry.row.stix_id for entry in entries}, enough)
    observed = {row.stix_id for _, row in answer.decided(referring) if row.stix_id.startswith("observed-data--")}
    sightings = [
        each for each in _referring(answer, logs, observed, enough) if each[1].stix_id.startswith("sighting--")
    ]
    others = [each for each in (*referring, *sightings) if place_of(each) not in given]
    page, more = newest_first(answer.exchange, others, None, RELATED_MAX)
    return answer.entries(page), more


def _referring(answer: Answer, logs: Sequence[OwnLog], targets: set[str], limit: int) -> Sequence[Found]:
    return [
        (log, row)
        for log in logs
        for row in finding.referring_to(answer.transaction, log.audience, targets, answer.instant, limit)
    ]


def _canonical(question: Question) -> str:
    parts = {
        "value": question.value,
        "kind": question.kind,
        "inside": question.inside or None,
        "partnership": question.scope.partnership,
        "collection": question.scope.collection,
    }
    return "&".join(f"{name}={value}" for name, value in parts.items() if value is not None)
