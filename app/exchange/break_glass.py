"""Break-glass: a time-limited extra release for an incident, by two officers of the host.

What they open is a clause of the partnership's terms: it makes the next revision, with the same files, so that every
decision names the revision it was taken under, and a plan made before is refused. It ends by itself, and is kept by
every revision until then. One officer closes it early.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from app.errors import OperatorError
from app.exchange.apply import Applied, Wanted, make_revisions
from app.exchange.changing import changing
from app.exchange.clauses import as_json, told
from app.exchange.exchange import Exchange
from app.exchange.officers import Mandate, located, record, require_host, require_partnership
from app.exchange.outlook import LogChange, outlook
from app.policy.partnership import BreakGlass, CollectionTerms, Terms, TlpLevel
from app.policy.rules import listed
from app.stix.identifiers import is_identifier
from app.stix.timestamps import from_datetime
from app.storage import revisions
from app.storage.engine import Transaction
from app.storage.revisions import PartnershipRow


@dataclass(frozen=True, slots=True)
class Wish:
    """What two officers want to open in `place` (`ROOT/COLLECTION`), and until when: an instant, or a time from now.

    `partners`, `tlp`, `unmarked`, `types` and `objects` are as in the clause (`app.policy.partnership.BreakGlass`).
    """

    place: str
    partners: frozenset[str]
    tlp: frozenset[TlpLevel]
    unmarked: bool
    types: frozenset[str]
    objects: frozenset[str] | None
    until: datetime | timedelta


@dataclass(frozen=True, slots=True)
class Opening:
    """What opening a clause would do: who would be shown what more, against revision `base`. Good for no other one.

    `told` says in sentences what would be open then.
    """

    root: str
    base: int
    clause: BreakGlass
    changes: Sequence[LogChange]
    batches: int
    told: Sequence[str]


def plan_opening(exchange: Exchange, by: Mandate, wish: Wish) -> Opening:
    """What opening it now would do. Raises OperatorError where it can't be opened."""
    now = exchange.clock.now()
    root, _, reference = wish.place.partition("/")
    with exchange.database.reading() as transaction:
        row = require_partnership(transaction, root)
        terms = exchange.terms.of(transaction, row).as_of(now)
        require_host(transaction, by, terms)
        collection, alias = located(terms, revisions.collections(transaction, row.id), wish.place, reference)
        _require_sense(wish, terms, terms.partnership.collections[alias])
        clause = BreakGlass(
            number=row.revision + 1,
            collection=collection.uuid,
            partners=wish.partners,
            tlp=wish.tlp,
            opened=now,
            until=_end(wish, now, exchange.settings.break_glass_days_max),
            officers=_names(by),
            reason=by.reason,
            types=wish.types,
            objects=wish.objects,
            unmarked=wish.unmarked,
        )
        wanted = replace(terms, clauses=(*terms.clauses, clause))
        changes, batches = outlook(exchange, transaction, row, wanted, now)
        return Opening(root, row.revision, clause, changes, batches, list(told(wanted, now)))


def open_clause(exchange: Exchange, by: Mandate, opening: Opening) -> Applied:
    """Open it: what it grants is appended by jobs, and gone at its end. Raises OperatorError where nothing was opened,
    as it is where others open it than those who planned it.

    The act is on the record with both officers.
    """
    if frozenset(_names(by)) != frozenset(opening.clause.officers):
        planned = listed(opening.clause.officers)
        raise OperatorError(f"This was planned by {planned}: they alone open it. Nothing was opened.")
    with changing(exchange) as change:
        now = exchange.clock.now()
        row, terms = _held(exchange, change.transaction, by, opening.root, now)
        if row.revision != opening.base or not opening.clause.is_open(now):
            raise OperatorError(
                "Nothing was opened: another revision came first, or its end has come. Ask for it anew."
            )
        clause = replace(opening.clause, opened=now)
        why = f"break-glass {clause.number} until {from_datetime(clause.until)}: {clause.reason}"
        wanted = Wanted(row, replace(terms, clauses=(*terms.clauses, clause)), _files(change.transaction, row))
        (applied,) = make_revisions(exchange, change, [wanted], opening.changes, now, by.operator, why)
        after = replace(row, revision=applied.revision)
        record(change.transaction, after, by, now, "open break-glass", **_facts(clause))
        return applied


def close_clause(exchange: Exchange, by: Mandate, root: str, number: int) -> Applied:
    """End an open clause now. Raises OperatorError where none of this number is open, or as `open_clause`."""
    with changing(exchange) as change:
        now = exchange.clock.now()
        row, terms = _held(exchange, change.transaction, by, root, now)
        clause = next((each for each in terms.clauses if each.number == number), None)
        if clause is None:
            raise OperatorError(
                f"No break-glass {number} is open in {root}. `comity break-glass list {root}` shows what is."
            )
        left = replace(terms, clauses=tuple(each for each in terms.clauses if each is not clause))
        changes, _ = outlook(exchange, change.transaction, row, left, now)
        wanted = Wanted(row, left, _files(change.transaction, row))
        why = f"break-glass {number} closed: {by.reason}"
        (applied,) = make_revisions(exchange, change, [wanted], changes, now, by.operator, why)
        after = replace(row, revision=applied.revision)
        record(change.transaction, after, by, now, "close break-glass", **_facts(clause))
        return applied


def opened(exchange: Exchange, root: str = "") -> Mapping[str, Terms]:
    """The terms of one partnership or of all, by API root, with what is open in them. OperatorError if unknown."""
    now = exchange.clock.now()
    with exchange.database.reading() as transaction:
        rows = [require_partnership(transaction, root)] if root else revisions.every(transaction)
        return {row.root: exchange.terms.of(transaction, row).as_of(now) for row in rows}


def _held(
    exchange: Exchange, transaction: Transaction, by: Mandate, root: str, now: datetime
) -> tuple[PartnershipRow, Terms]:
    """The partnership, kept to oneself to be revised, and its terms now."""
    require_partnership(transaction, root)
    row = revisions.hold_to_revise(transaction, root)
    assert row is not None, "a partnership is never dropped"
    terms = exchange.terms.of(transaction, row).as_of(now)
    require_host(transaction, by, terms)
    return row, terms


def _files(transaction: Transaction, row: PartnershipRow) -> Mapping[str, str]:
    return revisions.files_of(transaction, row.id, row.revision)


def _facts(clause: BreakGlass) -> Mapping[str, object]:
    """What goes on the record besides who acted and why."""
    told_otherwise = ("officers", "reason")
    return {name: value for name, value in as_json(clause).items() if name not in told_otherwise}


def _names(by: Mandate) -> tuple[str, str]:
    if by.second is None:
        raise OperatorError("Break-glass is opened by two officers. Name the other one with --second.")
    return by.officer.qualified_name, by.second.qualified_name


def _end(wish: Wish, now: datetime, days_max: int) -> datetime:
    """The instant at which the clause ends, in whole milliseconds like all that the exchange dates."""
    until = now + wish.until if isinstance(wish.until, timedelta) else wish.until
    until = until.replace(microsecond=until.microsecond // 1000 * 1000)
    if until <= now:
        raise OperatorError(f"{from_datetime(until)} is past already. Name a later end.")
    if until - now > timedelta(days=days_max):
        raise OperatorError(
            f"Break-glass is opened for at most {days_max} days (COMITY_BREAK_GLASS_DAYS_MAX). Name an earlier end, or "
            "change the agreement."
        )
    return until


def _require_sense(wish: Wish, terms: Terms, collection: CollectionTerms) -> None:
    """Raise OperatorError for what no clause can say, or could never have an effect."""
    members = terms.partnership.members
    strangers = wish.partners - members.keys()
    if strangers or not wish.partners:
        who = f"{listed(strangers)} is no member of {terms.partnership.root}" if strangers else "Nobody is named"
        raise OperatorError(f"{who}. Its members are {listed(members)}.")
    blind = {name for name in wish.partners if name not in collection.read}
    if blind:
        raise OperatorError(f"{listed(blind)} may not read {wish.place}, and break-glass does not lift that.")
    if TlpLevel.RED in wish.tlp:
        raise OperatorError("RED stays with the accounts that are named for it. Leave it out, or name one under `red`.")
    if not wish.tlp and not wish.unmarked:
        raise OperatorError("Name the TLP levels that are meant, such as --tlp green,amber, or pass --unmarked.")
    wrong = sorted(each for each in wish.objects or () if not is_identifier(each))
    if wrong:
        raise OperatorError(f"`{wrong[0]}` is no STIX id. Write it as objects have it, such as indicator--…")
