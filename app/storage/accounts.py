"""Partners and accounts: who may present which credentials."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from sqlalchemy import Row, Select, bindparam, select, update

from app.policy.partnership import Role
from app.storage import dialects
from app.storage.engine import Transaction
from app.storage.tables import account, partner


class SecretKind(StrEnum):
    """How an account's secret is stored: a keyed digest of a generated one, or argon2id of a chosen password."""

    GENERATED = "generated"
    PASSWORD = "password"  # noqa: S105 - a kind, not a secret


@dataclass(frozen=True, slots=True)
class Account:
    """One credential-bearing client of a partner. `epoch` counts the changes of its secret and state."""

    id: int
    name: str
    partner: str
    role: Role
    secret_kind: SecretKind
    secret: str
    active: bool
    epoch: int


def ensure_partners(transaction: Transaction, names: Iterable[str]) -> None:
    """Make a row for every partner that has none yet."""
    rows = [{"name": name} for name in sorted(names)]
    if rows:
        transaction.execute(dialects.insert_new(transaction, partner), rows)


def partner_id(transaction: Transaction, name: str) -> int | None:
    """The key of the partner of this name, or None."""
    return transaction.scalar(select(partner.c.id).where(partner.c.name == name))


def add(
    transaction: Transaction,
    *,
    name: str,
    partner_key: int,
    role: Role,
    secret_kind: SecretKind,
    secret: str,
    created: int,
) -> None:
    """Add an account. The caller has seen that the name is free."""
    transaction.execute(
        account.insert().values(
            name=name,
            partner=partner_key,
            role=role,
            secret_kind=secret_kind,
            secret=secret,
            state="active",
            epoch=1,
            created=created,
        )
    )


def by_name(transaction: Transaction, name: str) -> Account | None:
    """The account of this name, or None."""
    return _first(transaction, _BY_NAME, {"wanted": name})


def by_secret(transaction: Transaction, digests: Sequence[str]) -> Account | None:
    """The account whose generated secret has one of these keyed digests, or None."""
    return _first(transaction, _BY_SECRET, {"wanted": list(digests)})


def every(transaction: Transaction) -> tuple[Account, ...]:
    """All accounts, by partner and name."""
    statement = _accounts().order_by(partner.c.name, account.c.name)
    return tuple(_account(row) for row in transaction.execute(statement))


def change_secret(transaction: Transaction, account_id: int, secret_kind: SecretKind, secret: str) -> None:
    """Give the account another secret; the old one ends with this transaction."""
    transaction.execute(
        update(account)
        .where(account.c.id == account_id)
        .values(secret_kind=secret_kind, secret=secret, epoch=account.c.epoch + 1)
    )


def disable(transaction: Transaction, account_id: int) -> None:
    """End the account; its name stays taken and its contributions stay its partner's."""
    transaction.execute(
        update(account).where(account.c.id == account_id).values(state="disabled", epoch=account.c.epoch + 1)
    )


def _accounts() -> Select[Any]:
    return select(
        account.c.id,
        account.c.name,
        partner.c.name,
        account.c.role,
        account.c.secret_kind,
        account.c.secret,
        account.c.state,
        account.c.epoch,
    ).join(partner, partner.c.id == account.c.partner)


# Every request asks one of these two, so they are built once.
_BY_NAME: Final = _accounts().where(account.c.name == bindparam("wanted"))
_BY_SECRET: Final = _accounts().where(account.c.secret.in_(bindparam("wanted", expanding=True)))


def _first(transaction: Transaction, statement: Select[Any], wanted: Mapping[str, object]) -> Account | None:
    row = transaction.execute(statement, wanted).first()
    return None if row is None else _account(row)


def _account(row: Row[Any]) -> Account:
    key, name, partner_name, role, kind, secret, state, epoch = tuple[Any, ...](row)
    return Account(key, name, partner_name, Role(role), SecretKind(kind), secret, state == "active", epoch)
