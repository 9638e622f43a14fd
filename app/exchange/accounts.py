"""Accounts: add, rotate, disable. What an officer does to them acts on the next request."""

import re
from collections.abc import Sequence

from app.errors import OperatorError
from app.exchange.exchange import Exchange
from app.exchange.identify import SECRET_PREFIX, new_secret
from app.policy.partnership import Role
from app.storage import accounts
from app.storage.accounts import Account, SecretKind
from app.storage.engine import Transaction
from app.storage.instants import milliseconds

NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,62}")
PASSWORD_CHARS_MIN = 12
PASSWORD_CHARS_MAX = 1024


def add(exchange: Exchange, name: str, partner: str, role: Role, password: str | None) -> str | None:
    """Add an account. Returns the generated secret, which is shown once, or None where a password was chosen.

    Raises OperatorError where the name is taken or of the wrong form, the partner unknown, the password unfit.
    """
    if not NAME.fullmatch(name):
        raise OperatorError(
            f"`{name}` can't be an account's name. Use up to 63 of a-z, 0-9, dot, dash and underscore, such as soc-1."
        )
    secret, kind, stored = _secret(exchange, password)
    with exchange.database.writing() as transaction:
        partner_key = accounts.partner_id(transaction, partner)
        if partner_key is None:
            raise OperatorError(
                f"There is no partner `{partner}`. Write it into collections/partners.yaml and run `comity apply`."
            )
        if accounts.by_name(transaction, name) is not None:
            raise OperatorError(f"There is an account `{name}` already. Choose another name, or `account rotate` it.")
        accounts.add(
            transaction,
            name=name,
            partner_key=partner_key,
            role=role,
            secret_kind=kind,
            secret=stored,
            created=milliseconds(exchange.clock.now()),
        )
    return secret


def rotate(exchange: Exchange, name: str, password: str | None) -> str | None:
    """Give an account another secret; the old one ends at once. Returns as `add`."""
    secret, kind, stored = _secret(exchange, password)
    with exchange.database.writing() as transaction:
        accounts.change_secret(transaction, _known(transaction, name).id, kind, stored)
    return secret


def disable(exchange: Exchange, name: str) -> None:
    """End an account at once. What it contributed stays its partner's."""
    with exchange.database.writing() as transaction:
        accounts.disable(transaction, _known(transaction, name).id)


def every(exchange: Exchange) -> Sequence[Account]:
    """All accounts, by partner and name."""
    with exchange.database.reading() as transaction:
        return accounts.every(transaction)


def by_name(exchange: Exchange, name: str) -> Account:
    """The account of this name. Raises OperatorError where there is none."""
    with exchange.database.reading() as transaction:
        return _known(transaction, name)


def active(exchange: Exchange, name: str) -> Account:
    """The account of this name, in whose name somebody may act. Raises OperatorError where there is none."""
    account = by_name(exchange, name)
    if not account.active:
        raise OperatorError(f"The account `{name}` is disabled. Take another one of its partner's.")
    return account


def _known(transaction: Transaction, name: str) -> Account:
    account = accounts.by_name(transaction, name)
    if account is None:
        raise OperatorError(f"There is no account `{name}`. `comity account list` shows those there are.")
    return account


def _secret(exchange: Exchange, password: str | None) -> tuple[str | None, SecretKind, str]:
    if password is None:
        secret = new_secret(exchange.identifiers.secret)
        return secret, SecretKind.GENERATED, exchange.keys.secret_digests(secret)[0]
    if not PASSWORD_CHARS_MIN <= len(password) <= PASSWORD_CHARS_MAX or password.startswith(SECRET_PREFIX):
        raise OperatorError(
            f"A password has {PASSWORD_CHARS_MIN} to {PASSWORD_CHARS_MAX} characters and does not begin with "
            f"`{SECRET_PREFIX}`. Choose another, or let Comity generate a secret."
        )
    return None, SecretKind.PASSWORD, exchange.passwords.hashed(password)
