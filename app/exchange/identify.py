"""Credentials in, the account they belong to out, or NotIdentified with nothing said about why.

Generated secrets are 256 random bits under a prefix, kept as a keyed digest, so looking one up takes microseconds.
Chosen passwords are argon2id. The form of what was presented picks the path, never the account, so that the time an
answer takes names nobody (design, decision 11).
"""

from base64 import urlsafe_b64encode
from collections.abc import Callable
from dataclasses import dataclass
from hmac import compare_digest

from app.errors import NotIdentified
from app.exchange.exchange import Exchange
from app.policy.partnership import Role
from app.storage import accounts
from app.storage.accounts import Account, SecretKind

SECRET_PREFIX = "comity_"  # noqa: S105 - what a secret begins with
SECRET_BYTES = 32


@dataclass(frozen=True, slots=True, repr=False)
class BasicCredentials:
    """What HTTP Basic presents: an account's name, and its secret or password."""

    user: str
    password: str


@dataclass(frozen=True, slots=True, repr=False)
class SecretKey:
    """What Bearer, Token or a key header presents: a generated secret alone."""

    secret: str


Presented = BasicCredentials | SecretKey


@dataclass(frozen=True, slots=True)
class Requester:
    """The account behind a request. `epoch` grows with every change of its secret, and when it is disabled."""

    account_id: int
    account: str
    partner: str
    role: Role
    epoch: int

    @property
    def qualified_name(self) -> str:
        """The account as agreements name it: `partner/account`."""
        return f"{self.partner}/{self.account}"


def new_secret(random: Callable[[int], bytes]) -> str:
    """A generated secret: it serves as Basic password, Bearer, Token and key header alike."""
    return SECRET_PREFIX + urlsafe_b64encode(random(SECRET_BYTES)).decode().rstrip("=")


async def identify(exchange: Exchange, presented: Presented) -> Requester:
    """The account that these credentials belong to.

    Raises NotIdentified, with one text for every cause, and TooManyRequests for an account that asks too often.
    """
    account = await _account(exchange, presented)
    exchange.rates.admit(account.id, exchange.clock.now())
    return requester_of(account)


async def _account(exchange: Exchange, presented: Presented) -> Account:
    secret = presented.password if isinstance(presented, BasicCredentials) else presented.secret
    if secret.startswith(SECRET_PREFIX) or isinstance(presented, SecretKey):
        account = await exchange.read(_by_secret, exchange, secret)
        named = account is not None and (
            isinstance(presented, SecretKey) or compare_digest(presented.user.encode(), account.name.encode())
        )
        if account is None or not named or not account.active:
            raise NotIdentified
        return account
    account = await exchange.read(_by_name, exchange, presented.user)
    if account is not None and not (account.active and account.secret_kind is SecretKind.PASSWORD):
        account = None  # verified like nobody's, so that not even the right password of a disabled account shows
    stored, epoch = (account.secret, account.epoch) if account is not None else (None, 0)
    right = await exchange.passwords.matches(stored, epoch, secret, exchange.clock.now())
    if account is None or not right:
        raise NotIdentified
    return account


def requester_of(account: Account) -> Requester:
    """The account as use cases take it."""
    return Requester(account.id, account.name, account.partner, account.role, account.epoch)


def _by_secret(exchange: Exchange, secret: str) -> Account | None:
    digests = exchange.keys.secret_digests(secret)
    with exchange.database.reading() as transaction:
        return accounts.by_secret(transaction, digests)


def _by_name(exchange: Exchange, name: str) -> Account | None:
    with exchange.database.reading() as transaction:
        return accounts.by_name(transaction, name)
