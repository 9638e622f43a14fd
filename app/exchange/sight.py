"""Sight: what an analyst reports of an indicator, back to a collection: a sighting, or that it is a false positive.

The exchange writes the object, and takes it as it takes a push. Whether there is such an indicator is answered from the
account's own logs alone, and after all that the files answer: who may not see it, and who made the id up, are told the
same (laws 2 and 7).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from app.errors import MalformedRequest, NotKnown, NotPermitted, UnusableBody
from app.exchange import catalogue, push
from app.exchange.catalogue import Place
from app.exchange.disclosing import Asked, decided_again, disclose, record_of
from app.exchange.entries import Found
from app.exchange.exchange import Exchange
from app.exchange.identify import Requester
from app.exchange.made import read_made
from app.exchange.own import stored_object
from app.exchange.own_logs import Scope, own_logs, require_analyst
from app.exchange.places_in_order import place_of
from app.exchange.push_status import PushStatus
from app.exchange.taken_along import TakenAlong, is_under_control, taken_along
from app.ledger.disclosures import Disclosure
from app.policy.intake_rules.history import AHEAD_MAX
from app.policy.marks import marks_of
from app.policy.partnership import Reports
from app.policy.rights import may_report
from app.stix.objects import Rejected, StixObject
from app.stix.timestamps import from_datetime, version_key
from app.storage import finding
from app.storage import objects as contents_store
from app.storage.engine import Transaction
from app.storage.instants import milliseconds

NOT_HERE = "This collection does not take what analysts report, or not from your organisation."
CONTROLLED = "This indicator stays under its originator's control: only its originator may have a report of it go out."
NOBODY_SIGNS = "Reports are signed here, and your organisation has no identity in the agreement."


@dataclass(frozen=True, slots=True)
class Told:
    """What an analyst tells of an indicator, and to which collection, by API root and id or alias.

    `said` are properties of the STIX object: of a `sighting` (section 5.2) or, where `type` says so, of an `opinion`
    (section 4.13).
    """

    root: str
    collection: str
    indicator: str
    type: str
    said: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Reported:
    """The object that was made of it, and what became of it and of the definitions that went along."""

    made: StixObject
    status: PushStatus


async def report(exchange: Exchange, requester: Requester, told: Told) -> Reported:
    """Report a sighting or an opinion. Raises NotKnown, NotPermitted, MalformedRequest, UnusableBody.

    What the collection's intake says of the object stands in the status; where it refuses a definition that goes along,
    nothing is reported.
    """
    shown = await disclose(exchange, partial(_shown, exchange, requester, told))
    return await exchange.write(_push, exchange, requester, told, *shown)


def _shown(
    exchange: Exchange, requester: Requester, told: Told
) -> tuple[tuple[Sequence[str], TakenAlong], Sequence[Disclosure]]:
    """The markings of what is reported, and the definitions of them that go along: all that mark the indicator or any
    part of it, so that nobody hears of it from whom one of them keeps it. Raises NotPermitted where its originator has
    kept control of it.

    An indicator that as a whole carries no TLP counts here as it does where it stands.
    """
    require_analyst(requester)
    now = exchange.clock.now()
    with exchange.database.reading() as transaction:
        place = catalogue.locate(exchange, transaction, requester, told.root, told.collection, now)
        _signer(place, requester)
        log, row = _found(exchange, transaction, requester, told, place, now)
        if is_under_control(transaction, requester, log, row):
            raise NotPermitted(CONTROLLED)
        obj = stored_object(contents_store.contents_of(transaction, [row.version_id])[row.version_id])
        marks = list(dict.fromkeys(marks_of(obj.tree) or ()))
        unmarked = log.place.collection.release.unmarked
        if not any(_is_tlp(exchange, mark) for mark in obj.object_marking_refs) and unmarked is not None:
            marks += filter(None, [exchange.registry.label(unmarked)])
        along = taken_along(exchange, transaction, requester, place, (log, row), obj, now)
        rows = sorted([row, *along.rows], key=lambda each: each.date_added)
        record = record_of(Asked(requester, "sightings", told.indicator), log.place, log.audience, rows, now)
    return (marks, along), [record]


def _found(
    exchange: Exchange, transaction: Transaction, requester: Requester, told: Told, place: Place, now: datetime
) -> Found:
    """The indicator where the report goes to, else where the account was shown it last. Raises NotKnown."""
    found: list[Found] = []
    for log in own_logs(exchange, transaction, requester, Scope(partnership=told.root), now):
        rows = finding.by_ids(transaction, log.audience, [told.indicator], milliseconds(now))
        found += [(log, row) for row in decided_again(transaction, log.place, log.audience, rows, now)]
    if not found:
        raise NotKnown
    return max(found, key=lambda each: (each[0].place.collection.id == place.collection.id, place_of(each)))


def _push(exchange: Exchange, requester: Requester, told: Told, marks: Sequence[str], along: TakenAlong) -> Reported:
    now = exchange.clock.now()
    with exchange.database.reading() as transaction:
        place = catalogue.locate(exchange, transaction, requester, told.root, told.collection, now)
        made = _made(exchange, requester, told, marks, place, now)
    if along.refusal is not None:
        raise NotPermitted(along.refusal)
    entries = [*along.definitions, made]
    return Reported(made, push.add_now(exchange, requester, told.root, told.collection, entries, reported=True))


def _made(
    exchange: Exchange, requester: Requester, told: Told, marks: Sequence[str], place: Place, now: datetime
) -> StixObject:
    """What is told, as a STIX object. Raises UnusableBody, MalformedRequest, NotPermitted."""
    instant = from_datetime(now)
    about = {"sighting_of_ref": told.indicator} if told.type == "sighting" else {"object_refs": [told.indicator]}
    tree = {
        "type": told.type,
        "spec_version": "2.1",
        "id": f"{told.type}--{exchange.identifiers.uuid()}",
        "created_by_ref": _signer(place, requester),
        "created": instant,
        "modified": instant,
        **about,
        **told.said,
        **({"object_marking_refs": list(marks)} if marks else {}),
    }
    made = read_made(exchange, tree)
    if isinstance(made, Rejected):
        raise UnusableBody(" ".join(str(violation) for violation in made.violations))
    _require_seen(told, now)
    return made


def _require_seen(told: Told, now: datetime) -> None:
    """Nobody has seen anything in the future: such a date would stand above all others for good. The clocks of analysts
    may be ahead as far as those of who pushes. Raises MalformedRequest.
    """
    latest = version_key(from_datetime(now + AHEAD_MAX))
    for name in ("first_seen", "last_seen"):
        at = told.said.get(name)
        if at is not None and version_key(at) > latest:
            raise MalformedRequest(f"{name}: {at} is more than five minutes ahead of this server's clock. Check yours.")


def _signer(place: Place, requester: Requester) -> str:
    """Who signs what this account reports here. Raises NotPermitted."""
    if not may_report(place.collection, requester.partner, requester.role):
        raise NotPermitted(NOT_HERE)
    partners = place.terms.partners
    own = min(partners.by_name[requester.partner].identities, default=None)
    identity = partners.identity if place.collection.intake.sightings is Reports.ANONYMOUS else own
    if identity is None:
        raise NotPermitted(NOBODY_SIGNS)
    return identity


def _is_tlp(exchange: Exchange, mark: str) -> bool:
    level = exchange.registry.level_of(mark)
    return level is not None and level[0] == "tlp"
