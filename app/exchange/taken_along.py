"""Taken along: the definitions on which a report rests, and which its reporter's organisation has yet to push with it.

What a marking outside the registry means is known of a report by what the reporter's organisation has pushed to the
report's collection (design, decision 5). What it has not, goes with the report: unchanged, as the account is shown it
where it is shown the indicator, the definitions' own markings too. Nothing is asked here but the account's log, the
files, and what its own organisation has pushed: so a refusal tells of nothing else (law 2).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from app.exchange.catalogue import Place
from app.exchange.disclosing import decided_again
from app.exchange.entries import Found
from app.exchange.exchange import Exchange
from app.exchange.identify import Requester
from app.exchange.own import stored_object
from app.exchange.own_logs import OwnLog
from app.exchange.resolution import Definition, Definitions, load_definitions
from app.policy.lines import originator_of
from app.policy.marks import marks_of
from app.policy.partnership import Reports, Terms
from app.policy.release_rules.sides import is_controlled
from app.stix.objects import StixObject
from app.storage import finding, handlings, markings, objects, revisions
from app.storage.engine import Transaction
from app.storage.instants import milliseconds
from app.storage.log_rows import LogRow

UNDEFINED = (
    "The report would carry {} as its indicator does, and nobody else could be shown it: your organisation has pushed "
    "no definition of that to this collection, and is shown none with the indicator. Push one there, if it is yours to "
    "push, or ask whoever marked the indicator to report it."
)
CONTROLLED = (
    "The report would take the definition of {} along, and that stays under its originator's control: only its "
    "originator may have it go out."
)
SIGNED = (
    "Reports have no name here, and the definition of {} is signed by a member or by the exchange, which would tell of "
    "whom the report comes."
)


@dataclass(frozen=True, slots=True)
class TakenAlong:
    """The definitions that go with a report: their rows in the account's log, and themselves, what marks a definition
    before it. `refusal` says why the report can't go out at all, else it is None.
    """

    rows: Sequence[LogRow]
    definitions: Sequence[StixObject]
    refusal: str | None


def taken_along(
    exchange: Exchange,
    transaction: Transaction,
    requester: Requester,
    place: Place,
    found: Found,
    indicator: StixObject,
    now: datetime,
) -> TakenAlong:
    """What goes along with a report to this place of an indicator, which was found in one of the account's logs."""
    log, _ = found
    collection, unnamed = _key_of(transaction, place), place.collection.intake.sightings is Reports.ANONYMOUS
    along: dict[str, tuple[LogRow, StixObject]] = {}
    while True:
        taken = [obj for _, obj in along.values()]
        own = _definitions(exchange, transaction, requester, place, [indicator, *taken], now)
        for obj in taken:
            own.add(obj.id, Definition(requester.partner, obj.tree))
        _, uses = own.derive(exchange, indicator, requester.partner, own_only=True)
        missing = uses - along.keys()
        missing -= markings.defined_by(transaction, collection, requester.partner, missing, unnamed=unnamed)
        shown = _shown(transaction, log, missing, now)
        if not shown:
            break
        along.update(shown)
    refusal = _refusal(transaction, requester, log, missing, along)
    if refusal is None and unnamed:
        refusal = _naming(place.terms, own, uses)
    rows = [row for row, _ in along.values()]
    return TakenAlong(rows, _in_order({key: obj for key, (_, obj) in along.items()}), refusal)


def is_under_control(transaction: Transaction, requester: Requester, log: OwnLog, row: LogRow) -> bool:
    """Whether this row of the account's log is another's, who keeps control of it."""
    handling = handlings.by_keys(transaction, {row.handling})[row.handling]
    originator = originator_of(row.origin, row.partner, log.place.terms)
    return originator != requester.partner and is_controlled(handling, log.place.terms.side_of(originator))


def _key_of(transaction: Transaction, place: Place) -> int:
    rows = revisions.collections(transaction, place.partnership.id)
    return next(row.id for row in rows if row.uuid == place.collection.id)


def _definitions(
    exchange: Exchange,
    transaction: Transaction,
    requester: Requester,
    place: Place,
    about: Iterable[StixObject],
    now: datetime,
) -> Definitions:
    """What the organisation itself has pushed, to any collection and however it came there, of the definitions on which
    these objects rest.
    """
    every = load_definitions(exchange, transaction, place.partnership.id, place.terms, about, now)
    own = Definitions(every.terms, now)
    for marking_id, definitions in every.by_id.items():
        for each in definitions:
            if each.partner == requester.partner:
                own.add(marking_id, replace(each, unnamed=False))
    return own


def _shown(
    transaction: Transaction, log: OwnLog, marking_ids: Iterable[str], now: datetime
) -> dict[str, tuple[LogRow, StixObject]]:
    """Those of these definitions that stand in the log, by id."""
    rows = finding.by_ids(transaction, log.audience, marking_ids, milliseconds(now))
    rows = decided_again(transaction, log.place, log.audience, rows, now)
    contents = objects.contents_of(transaction, [row.version_id for row in rows])
    return {row.stix_id: (row, stored_object(contents[row.version_id])) for row in rows}


def _in_order(left: dict[str, StixObject]) -> Sequence[StixObject]:
    """These definitions, those that mark others before these; where they mark each other in a circle, as they come."""
    ordered: list[StixObject] = []
    while left:
        ready = [key for key, obj in left.items() if left.keys().isdisjoint(marks_of(obj.tree) or ())]
        ordered += [left.pop(key) for key in ready or list(left)]
    return ordered


def _refusal(
    transaction: Transaction,
    requester: Requester,
    log: OwnLog,
    missing: Iterable[str],
    along: dict[str, tuple[LogRow, StixObject]],
) -> str | None:
    if missing:
        return UNDEFINED.format(_listed(missing))
    controlled = [key for key, (row, _) in along.items() if is_under_control(transaction, requester, log, row)]
    return CONTROLLED.format(_listed(controlled)) if controlled else None


def _naming(terms: Terms, own: Definitions, uses: Iterable[str]) -> str | None:
    """A definition in a member's name comes from that member or from who may relay it: it would tell of whom a report
    comes that rests on it, whether it comes with the report or has been there before.
    """
    exchanges = terms.partners.identity
    signed = set()
    for marking_id in uses:
        creators = {each.tree.get("created_by_ref") for each in own.by_id.get(marking_id, ())} - {None}
        if any(creator == exchanges or terms.owners_of(creator) for creator in creators):
            signed.add(marking_id)
    return SIGNED.format(_listed(signed)) if signed else None


def _listed(marking_ids: Iterable[str]) -> str:
    return ", ".join(sorted(marking_ids))
