"""Techniques: what has an id of ATT&CK itself, and what a relationship says to use or to indicate what has it.

Every step of the way has to be shown to the account, in whichever of its logs: the attack pattern, and the relationship
that leads from it. What led to an object goes on the record with it.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from app.errors import AnswerTooLarge
from app.exchange.entries import Answer, Found
from app.exchange.own_logs import OwnLog
from app.exchange.places_in_order import place_of
from app.stix.observables import KeyRange
from app.storage import finding, observables

JOINING: Final = ("indicates", "uses")
"""The types of relationships whose source is about the technique that they lead to (STIX sections 4 and 5.1)."""

_PATTERN: Final = "attack-pattern--"


@dataclass(frozen=True, slots=True)
class Technique:
    """What is about a technique: keys of contributions, by audience; and by the id of an object what led to it."""

    keys: Mapping[int, frozenset[int]]
    way: Mapping[str, Sequence[Found]]

    def way_to(self, page: Iterable[Found]) -> Sequence[Found]:
        """What led to these rows."""
        return [step for _, row in page for step in self.way.get(row.stix_id, ())]


def technique_within(answer: Answer, logs: Sequence[OwnLog], within: KeyRange) -> Technique:
    """What is about the techniques in this range, as far as the account is shown it. Raises AnswerTooLarge."""
    bound = answer.exchange.settings.lookup_objects_max
    transaction, now = answer.transaction, answer.instant
    named = answer.decided(
        (log, row) for log in logs for _, row in observables.lying_in(transaction, log.audience, within, now, bound)
    )
    patterns: dict[str, list[Found]] = defaultdict(list)
    for found in named:
        if found[1].stix_id.startswith(_PATTERN):
            patterns[found[1].stix_id].append(found)
    joined = [
        (source, target, (log, row))
        for log in logs
        for source, target, row in finding.joined_to(transaction, log.audience, patterns, JOINING, now, bound)
    ]
    if len(named) >= bound or len(joined) >= bound:
        raise AnswerTooLarge(f"More than {bound} objects are about this technique. Ask for a sub-technique.")
    shown = {place_of(each) for each in answer.decided(found for _, _, found in joined)}
    way: dict[str, list[Found]] = defaultdict(list)
    for source, target, found in joined:
        if place_of(found) in shown:
            way[source] += [found, *patterns[target]]
    keys: dict[int, set[int]] = defaultdict(set)
    sources = [(log, row) for log in logs for row in finding.by_ids(transaction, log.audience, way, now)]
    for log, row in (*named, *sources):
        keys[log.audience.id].add(row.contribution)
    return Technique({log.audience.id: frozenset(keys[log.audience.id]) for log in logs}, way)
