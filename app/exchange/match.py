"""Match: the indicators whose STIX patterns an upload matches, among those that the account is shown.

Two ways lead to candidates, both through the account's own logs: the index, by every value that the upload holds; and
a walk of the open patterns, which may match without any of them (`app.stix.matching.keys`). Candidates are tried newest
first until the page is full or a bound is reached; then there is a `next`. The upload is stored nowhere.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from hashlib import sha256
from typing import Any

from app.errors import AnswerTooLarge, UnusableBody
from app.exchange.disclosing import Asked, disclose
from app.exchange.entries import Answer, Entry, Found
from app.exchange.exchange import Exchange
from app.exchange.identify import Requester
from app.exchange.indexing import OPEN, PATTERN
from app.exchange.own_logs import EVERYWHERE, OwnLog, Scope, own_logs
from app.exchange.places_in_order import PlaceInOrder, place_of, seal, unseal
from app.ledger.disclosures import Disclosure
from app.stix.json_faults import JsonLimits
from app.stix.matching import NotDecided, Observed, Steps, index_keys_of, matches
from app.stix.matching.keys import scalars_in
from app.stix.matching.observed import trees_in
from app.stix.matching.uploads import Bounds, Unreadable, UploadForm, read_upload
from app.stix.observables import IndexKey
from app.stix.observables.naming import pattern_of
from app.stix.timestamps import from_datetime, version_key
from app.stix.validity import validity_of
from app.storage import objects as contents_store
from app.storage import observables, searches
from app.storage.instants import AFTER_ALL, BEFORE_ALL
from app.storage.log_rows import LogRow
from app.storage.searches import Wanted

PLACES_MAX = 100
"""Observations that are named for one indicator, the first of the upload."""

READ_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Question:
    """An upload, and which indicators it is matched with: those that hold now, or with `valid` false all of them."""

    upload: bytes
    form: UploadForm
    valid: bool = True
    scope: Scope = EVERYWHERE
    limit: int = 100
    next: str | None = None


@dataclass(frozen=True, slots=True)
class Match:
    """An indicator that the upload matches, and the first observations that one of its brackets fits."""

    entry: Entry
    places: Sequence[str]
    more_places: bool


@dataclass(frozen=True, slots=True)
class Matched:
    """What matches, newest first, and what could not be decided, with the reason.

    `observations` were read, and the patterns of `tried` indicators were tried for this answer. While there is a
    `next`, there may be further ones.
    """

    observations: int
    tried: int
    matches: Sequence[Match]
    undecided: Sequence[tuple[Entry, str]]
    next: str | None


async def match(exchange: Exchange, requester: Requester, question: Question) -> Matched:
    """What matches. Raises NotPermitted, NotKnown, MalformedRequest, UnusableBody, AnswerTooLarge, Unavailable."""
    with exchange.lookups.one(requester.partner):
        return await disclose(exchange, partial(_match, exchange, requester, question))


def _match(exchange: Exchange, requester: Requester, question: Question) -> tuple[Matched, Sequence[Disclosure]]:
    now = exchange.clock.now()
    asked = Asked(requester, "match", _canonical(question))
    with exchange.database.reading() as transaction:
        logs = own_logs(exchange, transaction, requester, question.scope, now)
        after = unseal(exchange, asked, question.next)
        observed, keys = _read(exchange, question)
        answer = Answer(exchange, transaction, now)
        candidates = _candidates(answer, logs, keys, question, after)
        trial = _Trial(answer, observed, question)
        last = trial.run(candidates)
        entries = {place_of((each.log, each.row)): each for each in answer.entries(trial.found())}
        token = seal(exchange, asked, last) if last is not None else None
        matched = [
            Match(entries[place], trial.told(numbers), len(numbers) > PLACES_MAX)
            for place, numbers in trial.matched.items()
            if place in entries
        ]
        undecided = [(entries[place], reason) for place, reason in trial.undecided.items() if place in entries]
        return Matched(len(observed.observations), trial.tried, matched, undecided, token), answer.records(asked)


class _Trial:
    """Patterns tried on observations, one by one, as long as there is room."""

    def __init__(self, answer: Answer, observed: Observed, question: Question) -> None:
        self._answer = answer
        self._observed = observed
        self._question = question
        self._steps = Steps(answer.exchange.settings.match_pattern_steps_max)
        self._bytes = 0
        self._found: list[Found] = []
        self.tried = 0
        self.matched: dict[PlaceInOrder, Sequence[int]] = {}
        self.undecided: dict[PlaceInOrder, str] = {}

    def run(self, candidates: Sequence[Found]) -> PlaceInOrder | None:
        """Try these patterns, as long as there is room. The place of the last one, if there are more."""
        most = self._answer.exchange.settings.match_indicators_max
        now = from_datetime(self._answer.now)
        last: PlaceInOrder | None = None
        for found, tree in _with_contents(self._answer, candidates[:most]):
            if last is not None and self._is_full():
                return last
            if not self._question.valid or validity_of(tree).holds(now):
                self._try(found, tree)
            last = place_of(found)
        return last if len(candidates) > most else None

    def found(self) -> Sequence[Found]:
        """What matched or was not decided, newest first."""
        return self._found

    def told(self, numbers: Sequence[int]) -> Sequence[str]:
        """The places of these observations in the upload, as far as they are told."""
        return [self._observed.observations[number].place for number in numbers[:PLACES_MAX]]

    def _try(self, found: Found, tree: Mapping[str, Any]) -> None:
        pattern = pattern_of(tree)
        if pattern is None:
            return
        self.tried += 1
        try:
            numbers = matches(pattern, self._observed, self._steps)
        except NotDecided as undecided:
            self.undecided[place_of(found)] = undecided.reason
        else:
            if numbers is None:
                return
            self.matched[place_of(found)] = numbers
        self._found.append(found)
        self._bytes += found[1].size

    def _is_full(self) -> bool:
        settings = self._answer.exchange.settings
        return (
            len(self._found) >= self._question.limit
            or self._steps.taken >= settings.match_steps_max
            or self._bytes >= settings.page_bytes_max
        )


def _read(exchange: Exchange, question: Question) -> tuple[Observed, frozenset[IndexKey]]:
    """The observations, and the keys of all that they hold. Raises UnusableBody."""
    settings = exchange.settings
    limits = JsonLimits(depth_max=settings.json_depth_max, object_bytes_max=settings.match_body_bytes_max)
    bounds = Bounds(settings.match_observations_max, settings.lookup_values_max)
    try:
        observations = read_upload(question.upload, question.form, limits, bounds)
    except Unreadable as unreadable:
        raise UnusableBody(unreadable.reason) from None
    return Observed(observations), index_keys_of(set(scalars_in(trees_in(observations))))


def _candidates(
    answer: Answer, logs: Sequence[OwnLog], keys: frozenset[IndexKey], question: Question, after: PlaceInOrder | None
) -> Sequence[Found]:
    """The indicators that may match, newest first: as many as are tried for one answer, and one more.

    Raises AnswerTooLarge.
    """
    parts = observables.asked(observables.by_kind(keys))
    found: dict[PlaceInOrder, Found] = {}
    for log in logs:
        for row in (*_named(answer, log, parts), *_open(answer, log, question, after)):
            if row.stix_id.startswith("indicator--"):
                found[place_of((log, row))] = (log, row)
    places = sorted((place for place in found if after is None or place < after), reverse=True)
    return [found[place] for place in places[: answer.exchange.settings.match_indicators_max + 1]]


def _named(answer: Answer, log: OwnLog, parts: Sequence[Mapping[str, object]]) -> Sequence[LogRow]:
    """What names one of these values."""
    bound = answer.exchange.settings.lookup_objects_max
    named = observables.naming(answer.transaction, log.audience, parts, answer.instant, bound)
    if len(named) >= bound:
        raise AnswerTooLarge(f"More than {bound} objects name values of this upload. Match less of it at once.")
    return [row for _, row in named]


def _open(answer: Answer, log: OwnLog, question: Question, after: PlaceInOrder | None) -> Sequence[LogRow]:
    """The newest open patterns from this place on. Some rows of its date may stand before it."""
    wanted = Wanted(
        types=frozenset({"indicator"}),
        words=(),
        terms=((PATTERN, frozenset({OPEN})),),
        among=None,
        compared=(),
        valid=True if question.valid else None,
        valid_at=version_key(from_datetime(answer.now)),
        first=BEFORE_ALL,
        last=AFTER_ALL if after is None else after.date_added,
    )
    limit = answer.exchange.settings.match_indicators_max + 2
    shelves = answer.exchange.shelves.of(answer.transaction, log.audience)
    return searches.search(answer.transaction, log.audience, shelves, wanted, answer.instant, limit)


def _with_contents(answer: Answer, candidates: Sequence[Found]) -> Iterator[tuple[Found, Mapping[str, Any]]]:
    """These indicators with what they say, read so many at once as a page may hold."""
    room = answer.exchange.settings.page_bytes_max
    begin = 0
    while begin < len(candidates):
        end, size = begin, 0
        while end < len(candidates) and end - begin < READ_AT_ONCE and (size == 0 or size < room):
            size += candidates[end][1].size
            end += 1
        part = candidates[begin:end]
        contents = contents_store.contents_of(answer.transaction, [row.version_id for _, row in part])
        yield from ((found, json.loads(contents[found[1].version_id])) for found in part)
        begin = end


def _canonical(question: Question) -> str:
    parts = {
        "upload": f"{question.form}, SHA-256 {sha256(question.upload).hexdigest()}",
        "valid": None if question.valid else "any",
        "partnership": question.scope.partnership,
        "collection": question.scope.collection,
    }
    return "&".join(f"{name}={value}" for name, value in parts.items() if value is not None)
