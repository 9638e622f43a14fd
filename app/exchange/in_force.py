"""What is in force: the agreements of all partnerships as applied, and what other files would change about them."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from app.exchange.exchange import Exchange
from app.exchange.meaning import meaning_of
from app.files.agreements import Agreements
from app.policy.partnership import Terms
from app.policy.release_rules.break_glass import kept_under
from app.storage import handlings, revisions
from app.storage.engine import Transaction
from app.storage.revisions import PartnershipRow


@dataclass(frozen=True, slots=True)
class InForce:
    """What is applied now: its meaning (None where nothing has been), its files, and each partnership's revision."""

    agreements: Agreements | None
    texts: Mapping[str, str]
    revisions: Mapping[str, int]


def in_force(transaction: Transaction, rows: Iterable[PartnershipRow] | None = None) -> InForce:
    """What is applied now, by these rows of partnerships or by all there are."""
    texts: dict[str, str] = {}
    numbers: dict[str, int] = {}
    for row in revisions.every(transaction) if rows is None else rows:
        texts.update(revisions.files_of(transaction, row.id, row.revision))
        numbers[row.root] = row.revision
    return InForce(meaning_of(texts) if texts else None, texts, numbers)


def changed_terms(
    exchange: Exchange, transaction: Transaction, new: Agreements, now: datetime
) -> Iterator[tuple[PartnershipRow | None, Terms]]:
    """Each partnership that these agreements change in meaning, as stored (None for a new one), with its new terms.

    A partnership that they leave out has terms that grant nothing. A comment in a file changes nothing. What officers
    have opened for a time stays open for who is a member still, and what has ended changes nothing. Where what is
    stored was derived by other rules than these, the meaning of all changes.
    """
    held = {row.root: row for row in revisions.every(transaction)}
    for root in sorted({*held, *new.partnerships}):
        row = held.get(root)
        partnership = new.partnerships.get(root)
        old = exchange.terms.of(transaction, row).as_of(now) if row is not None else None
        terms = Terms.of_nobody(root)
        if partnership is not None:
            clauses = kept_under(partnership, old.clauses) if old is not None else ()
            terms = Terms(partnership, new.partners, clauses)
        if old != terms or (row is not None and handlings.outdated(transaction, row.id)):
            yield row, terms


def deciding(terms: Terms) -> object:
    """What of the terms decides anything here; partners who are no members do not.

    Where derivatives are made, the members' titles do, which must not stand in those whose source is not named.
    """
    sanitises = any(each.release.sanitises for each in terms.partnership.collections.values())
    titles = {name: terms.partners.by_name[name].title for name in terms.partnership.members} if sanitises else None
    return terms.partnership, terms.partners.host, ownership(terms), terms.clauses, titles


def ownership(terms: Terms) -> object:
    """What of the terms says who owns which identity, and who may speak for whom."""
    identities = {name: terms.partners.by_name[name].identities for name in terms.partnership.members}
    relays = {each.id: each.intake.relays for each in terms.partnership.collections.values()}
    return identities, relays, terms.partners.identity
