"""The only assembler: settings, a clock and a source of identifiers in, an Exchange out."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

from app.clock import Clock, Identifiers, SteadyClock
from app.errors import OperatorError
from app.exchange import epoch
from app.exchange.exchange import Exchange
from app.exchange.keys import read_keys, write_key_file
from app.exchange.passwords import PasswordCost, Passwords
from app.exchange.places import Places
from app.exchange.rates import Rates
from app.files.export_formats import read_export_formats
from app.files.feed_mappings import read_feed_mappings
from app.files.markings import read_registry
from app.files.value_lists import read_value_lists
from app.settings import Settings
from app.storage import accounts, handlings, schema
from app.storage.dialects import database_file, ledger_url
from app.storage.engine import Database
from app.storage.ledger_store import LedgerWriter
from app.taxii.paging import PageTokens

STORES = ("exchange", "ledger")


def open_database(settings: Settings, store: str, *, only_here: bool = False) -> Database:
    """The store of the exchange or of the ledger; `only_here` as in Database."""
    url = settings.database_url if store == "exchange" else ledger_url(settings.database_url)
    return Database(
        url,
        wait_seconds=settings.database_wait_seconds,
        connections=settings.readers + settings.writers + 1 if store == "exchange" else 2,
        only_here=only_here,
    )


def prepare(settings: Settings, identifiers: Identifiers) -> list[str]:
    """Make what a new installation needs: the secret key file, and the tables of an embedded database.

    Returns what was made, in words. Raises OperatorError where some of it is there and some is not: a new key beside
    accounts, or a new ledger beside an exchange, would hide that the old one was lost.
    """
    there = {store: _version(settings, store) for store in STORES}
    embedded = database_file(settings.database_url) is not None
    if embedded and (there["exchange"] is None) != (there["ledger"] is None):
        missing = next(store for store, version in there.items() if version is None)
        raise OperatorError(f"The {missing} database is missing beside the other one. Restore it from the backup.")
    made: list[str] = []
    if not settings.secret_key_file.exists():
        if there["exchange"] is not None and _holds_accounts(settings):
            raise OperatorError(
                f"There is no secret key file at {settings.secret_key_file}, and the database holds accounts that "
                "need it. Restore the file from the backup, or copy it from the other machine."
            )
        write_key_file(settings.secret_key_file, identifiers.secret)
        made.append(f"the secret key file {settings.secret_key_file}")
    if embedded and there["exchange"] is None:
        from app.storage import history

        for store in STORES:
            database = open_database(settings, store)
            try:
                history.upgrade(database, store)
            finally:
                database.close()
            made.append(f"the {store} database {database_file(database.url)}")
    return made


def _version(settings: Settings, store: str) -> str | None:
    """The version of a store's schema; None where there is no such store. Nothing is made by asking."""
    url = settings.database_url if store == "exchange" else ledger_url(settings.database_url)
    file = database_file(url)
    if file is not None and not file.exists():
        return None
    database = open_database(settings, store)
    try:
        return schema.current_version(database, store)
    finally:
        database.close()


def _holds_accounts(settings: Settings) -> bool:
    database = open_database(settings, "exchange")
    try:
        with database.reading() as transaction:
            return bool(accounts.every(transaction))
    finally:
        database.close()


def require_current_schema(settings: Settings) -> None:
    """Raise OperatorError unless both stores are at the newest version of the schema."""
    for store in STORES:
        version = _version(settings, store)
        if version != schema.HEAD:
            raise OperatorError(
                f"The {store} database is at version {version or 'none'} of the schema, and this Comity needs "
                f"{schema.HEAD}. Make a backup and run `comity db upgrade`."
            )


@contextmanager
def both_stores(settings: Settings) -> Iterator[tuple[Database, Database]]:
    """The exchange's database and the ledger's, wherever they are; closed at the end."""
    exchange, ledger = (open_database(settings, store) for store in STORES)
    try:
        yield exchange, ledger
    finally:
        exchange.close()
        ledger.close()


def require_fit(settings: Settings, *, deriving: bool = False) -> None:
    """Raise OperatorError unless both stores are at the newest schema, rows can be added under dates of now, and what
    markings ask for was derived by this Comity's rules, or by whoever is `deriving` it is to be.
    """
    require_current_schema(settings)
    with both_stores(settings) as (database, ledger):
        reasons = epoch.objections(database, ledger)
        with database.reading() as transaction:
            outdated = handlings.outdated(transaction)
    if reasons:
        raise OperatorError(f"{' '.join(reasons)} {epoch.REMEDY}")
    if outdated and not deriving:
        raise OperatorError(
            f"What the markings in {len(outdated)} collections ask for was derived by other rules than this Comity's. "
            "`comity plan` shows what deriving it anew changes for whom, and `comity apply` does it."
        )


def build_exchange(settings: Settings, clock: Clock, identifiers: Identifiers) -> Exchange:
    """Everything that use cases work with. Whoever builds it closes it.

    Raises OperatorError where the secret key file is missing or unfit, WrongFiles where mappings/ do not read.
    """
    keys = read_keys(settings.secret_key_file)
    registry = read_registry(settings.mappings_directory / "markings")
    lists = read_value_lists(settings.mappings_directory / "lists")
    feeds = read_feed_mappings(settings.mappings_directory / "feeds", registry)
    formats = read_export_formats(settings.mappings_directory / "exports")
    ledger_database = open_database(settings, "ledger")
    ledger = LedgerWriter(ledger_database)
    ledger.start()
    return Exchange(
        settings=settings,
        clock=SteadyClock(clock),
        identifiers=identifiers,
        database=open_database(settings, "exchange", only_here=True),
        ledger_database=ledger_database,
        ledger=ledger,
        keys=keys,
        passwords=Passwords(
            identifiers.secret,
            PasswordCost(
                memory_kibibytes=settings.password_memory_kibibytes,
                passes=settings.password_passes,
                checks=settings.password_checks,
                waiting_max=settings.password_checks_waiting_max,
                remembered_seconds=settings.password_remembered_seconds,
            ),
        ),
        tokens=PageTokens(keys.derived("page tokens", 64)),
        registry=registry,
        lists=lists,
        feeds=feeds,
        formats=formats,
        readers=ThreadPoolExecutor(settings.readers, "read"),
        writers=ThreadPoolExecutor(settings.writers, "write"),
        converters=ThreadPoolExecutor(1, "convert"),
        rates=Rates(settings.requests_per_minute_max),
        pushes=Places(settings.pushes_waiting_max),
        lookups=Places(settings.lookups_waiting_max),
        exports=Places(settings.exports_waiting_max),
    )
