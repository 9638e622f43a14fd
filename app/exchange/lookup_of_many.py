"""Look-up of thousands of values at once: each is told which entries name or cover it, and an entry is given once.

Values and objects multiply: what an answer says of them is bounded, and only the caller's own values and logs count.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from hashlib import sha256
from heapq import merge
from itertools import groupby
from operator import itemgetter

from app.errors import AnswerTooLarge
from app.exchange.disclosing import Asked, disclose
from app.exchange.entries import Answer, Entry, Found
from app.exchange.exchange import Exchange
from app.exchange.identify import Requester
from app.exchange.lookup import How, Match, read_as
from app.exchange.own_logs import OwnLog, Scope, own_logs
from app.exchange.places_in_order import PlaceInOrder, place_of
from app.ledger.disclosures import Disclosure
from app.stix.observables import CoverageOfMany, IndexKey, Observable
from app.stix.observables.indexing import value_told_by, values_in
from app.storage import observables

Hit = tuple[PlaceInOrder, IndexKey]
"""The place of a row, and a key under which it is found."""


@dataclass(frozen=True, slots=True)
class ManyLookUps:
    """The answer for many values: the entries, and for each value in its order which of them match, and how.

    A value that was asked for again stands where it came first. At most `each` objects are named for one value, newest
    first; then `more` is true.
    """

    entries: Sequence[Entry]
    values: Sequence["OneOfMany"]


@dataclass(frozen=True, slots=True)
class OneOfMany:
    """One value of many: as it was asked for, how it was read, and its matches by their place among the entries."""

    value: str
    read_as: Sequence[Observable]
    matches: Sequence[tuple[int, Match]]
    more: bool


@dataclass(frozen=True, slots=True)
class _Chosen:
    """Of one value the newest rows that match, with the keys by which they do, and whether there are more."""

    hits: Sequence[tuple[Hit, How]]
    more: bool


async def look_up_many(
    exchange: Exchange, requester: Requester, values: Sequence[str], kind: str | None, scope: Scope, each: int
) -> ManyLookUps:
    """What the account is shown of these values, at most `each` objects of one.

    Raises NotPermitted, NotKnown, MalformedRequest, AnswerTooLarge, Unavailable.
    """
    with exchange.lookups.one(requester.partner):
        return await disclose(exchange, partial(_look_up_many, exchange, requester, values, kind, scope, each))


def _look_up_many(
    exchange: Exchange, requester: Requester, values: Sequence[str], kind: str | None, scope: Scope, each: int
) -> tuple[ManyLookUps, Sequence[Disclosure]]:
    now = exchange.clock.now()
    digest = sha256("\n".join(values).encode("utf-8", "replace")).hexdigest()
    asked = Asked(requester, "lookup", f"{len(values)} values, SHA-256 {digest}")
    meant = {value: read_as(value, kind) for value in values}
    coverage = CoverageOfMany(list(meant.values()))
    with exchange.database.reading() as transaction:
        answer = Answer(exchange, transaction, now)
        logs = own_logs(exchange, transaction, requester, scope, now)
        answer.put_in(text for value, read in meant.items() for text in (value, *(one.value for one in read)))
        rows, by_key = _rows_and_keys(answer, logs, coverage.keys())
        chosen = _chosen(answer, coverage.found(by_key.keys()), by_key, each)
        places = {place for of_value in chosen for (place, _), _ in of_value.hits}
        entries = answer.entries([rows[place] for place in sorted(places, reverse=True)])
        told = _Told(entries)
        results = [
            OneOfMany(value, read, told.matches(of_value.hits), of_value.more)
            for (value, read), of_value in zip(meant.items(), chosen, strict=True)
        ]
        answer.put_in(match.observable.value for one in results for _, match in one.matches)
        return ManyLookUps(entries, results), answer.records(asked)


def _rows_and_keys(
    answer: Answer, logs: Sequence[OwnLog], keys: Mapping[str, Collection[str]]
) -> tuple[Mapping[PlaceInOrder, Found], Mapping[IndexKey, Sequence[Hit]]]:
    """The rows that name one of these keys, and what each key finds, newest first. Raises AnswerTooLarge."""
    rows: dict[PlaceInOrder, Found] = {}
    by_key: dict[IndexKey, list[Hit]] = defaultdict(list)
    bound = answer.exchange.settings.lookup_objects_max
    count = 0
    parts = observables.asked(keys)
    for log in logs:
        for key, row in observables.naming(answer.transaction, log.audience, parts, answer.instant, bound):
            place = place_of((log, row))
            rows[place] = (log, row)
            by_key[key].append((place, key))
            count += 1
        if count >= bound:
            raise AnswerTooLarge(f"More than {bound} objects name these values. Ask for fewer at once.")
    return rows, {key: sorted(hits, reverse=True) for key, hits in by_key.items()}


def _chosen(
    answer: Answer,
    covers: Iterable[Mapping[IndexKey, bool]],
    by_key: Mapping[IndexKey, Sequence[Hit]],
    each: int,
) -> Sequence[_Chosen]:
    """What matches the values, each of which has these keys. Raises AnswerTooLarge."""
    bound = answer.exchange.settings.lookup_matches_max
    chosen = []
    room = bound
    for of_value in covers:
        chosen.append(_newest(of_value, by_key, each))
        room -= len(chosen[-1].hits)
        if room < 0:
            raise AnswerTooLarge(f"There are more than {bound} matches. Ask for fewer values, or with a lower `limit`.")
    return chosen


def _newest(covers: Mapping[IndexKey, bool], by_key: Mapping[IndexKey, Sequence[Hit]], each: int) -> _Chosen:
    hits: list[tuple[Hit, How]] = []
    newest_first = merge(*(by_key[key] for key in covers), reverse=True)
    for number, (_, of_row) in enumerate(groupby(newest_first, itemgetter(0))):
        if number == each:
            return _Chosen(hits, more=True)
        hits += [(hit, How.SAME if covers[hit[1]] else How.COVERS) for hit in sorted(of_row)]
    return _Chosen(hits, more=False)


class _Told:
    """What is told of the matches of these entries. Each is made once, however many values have it."""

    def __init__(self, entries: Sequence[Entry]) -> None:
        self._entries = {place_of((each.log, each.row)): (number, each) for number, each in enumerate(entries)}
        self._named: dict[PlaceInOrder, Mapping[IndexKey, Observable]] = {}
        self._made: dict[tuple[Hit, How], tuple[int, Match] | None] = {}

    def matches(self, hits: Iterable[tuple[Hit, How]]) -> Sequence[tuple[int, Match]]:
        """The matches of one value, each after the place of its entry."""
        found = []
        for each in hits:
            if each not in self._made:
                self._made[each] = self._match(*each)
            match = self._made[each]
            if match is not None:
                found.append(match)
        return found

    def _match(self, hit: Hit, how: How) -> tuple[int, Match] | None:
        place, key = hit
        number, entry = self._entries.get(place, (0, None))
        if entry is None:
            return None
        value = value_told_by(key)
        if value is None:
            if place not in self._named:
                self._named[place] = values_in(entry.tree)
            value = self._named[place].get(key)
        return None if value is None else (number, Match(value, how))
