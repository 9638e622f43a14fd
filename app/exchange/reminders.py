"""Reminders: what whoever reads a plan or a revision should know besides what it changes."""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

from app.exchange.clauses import told
from app.exchange.exchange import Exchange
from app.policy.partnership import Partnership
from app.storage import accounts, revisions
from app.storage.engine import Transaction

REVIEW_AHEAD = timedelta(days=30)
"""How long before its review an agreement is reminded of it."""


def reminders(transaction: Transaction, partnerships: Iterable[Partnership], now: datetime) -> tuple[str, ...]:
    """Accounts that are named for RED and not there (yet), and reviews that are near or past, in sentences."""
    known = {f"{account.partner}/{account.name}" for account in accounts.every(transaction)}
    every = list(partnerships)
    reviews = (review_of(partnership, now) for partnership in every)
    return (*_unknown_accounts(every, known), *(each for each in reviews if each is not None))


def what_is_open(exchange: Exchange, transaction: Transaction, now: datetime) -> Iterator[str]:
    """What officers have opened for an incident, in every partnership, in sentences."""
    for row in revisions.every(transaction):
        yield from told(exchange.terms.of(transaction, row).as_of(now), now)


def review_of(partnership: Partnership, now: datetime) -> str | None:
    """A sentence where the review of the agreement is due within 30 days, or was due; else None."""
    review = partnership.agreement.review
    if review is None or review - now > REVIEW_AHEAD:
        return None
    when = "was due on" if review <= now else "is due on"
    return (
        f"The review of {partnership.root} ({partnership.agreement.reference}) {when} {review.date().isoformat()}. "
        "Agree on the terms anew, and write the next date under `agreement.review`."
    )


def _unknown_accounts(partnerships: Iterable[Partnership], known: set[str]) -> Iterator[str]:
    for partnership in partnerships:
        for collection in partnership.collections.values():
            for name in sorted(collection.release.red - known):
                partner, _, account = name.partition("/")
                yield (
                    f"{partnership.root}/{collection.alias} names {name} for RED, and there is no such account yet. "
                    f"`comity account add {account} --partner {partner} --role reader` makes it."
                )
