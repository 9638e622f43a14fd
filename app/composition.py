"""The only assembler: settings, a clock and a source of identifiers in, an Exchange out."""

from concurrent.futures import ThreadPoolExecutor

from app.clock import Clock, Identifiers
from app.errors import OperatorError
from app.exchange.exchange import Exchange
from app.exchange.keys import new_key_file_text, read_keys
from app.exchange.passwords import PasswordCost, Passwords
from app.files.markings import read_registry
from app.settings import Settings
from app.storage import schema
from app.storage.dialects import database_file, ledger_url
from app.storage.engine import Database
from app.storage.ledger_store import LedgerWriter
from app.taxii.paging import PageTokens

STORES = ("exchange", "ledger")


def open_database(settings: Settings, store: str) -> Database:
    """The store of the exchange or of the ledger."""
    url = settings.database_url if store == "exchange" else ledger_url(settings.database_url)
    return Database(
        url,
        wait_seconds=settings.database_wait_seconds,
        connections=settings.readers + settings.writers + 1 if store == "exchange" else 2,
    )


def prepare(settings: Settings, identifiers: Identifiers) -> list[str]:
    """Make what does not exist yet: the secret key file, and the tables of a new embedded database.

    Returns what was made, in words. A database that holds something is left as it is.
    """
    made: list[str] = []
    if not settings.secret_key_file.exists():
        settings.secret_key_file.parent.mkdir(parents=True, exist_ok=True)
        settings.secret_key_file.touch(mode=0o600)
        settings.secret_key_file.write_text(new_key_file_text(identifiers.secret), encoding="ascii")
        made.append(f"the secret key file {settings.secret_key_file}")
    if database_file(settings.database_url) is not None:
        for store in STORES:
            database = open_database(settings, store)
            try:
                if schema.current_version(database, store) is None:
                    schema.upgrade(database, store)
                    made.append(f"the {store} database {database_file(database.url)}")
            finally:
                database.close()
    return made


def require_current_schema(settings: Settings) -> None:
    """Raise OperatorError unless both stores are at the newest version of the schema."""
    head = schema.head_version()
    for store in STORES:
        database = open_database(settings, store)
        try:
            version = schema.current_version(database, store)
        finally:
            database.close()
        if version != head:
            raise OperatorError(
                f"The {store} database is at version {version or 'none'} of the schema, and this Comity needs {head}. "
                "Make a backup and run `comity db upgrade`."
            )


def build_exchange(settings: Settings, clock: Clock, identifiers: Identifiers) -> Exchange:
    """Everything that use cases work with. Whoever builds it closes it.

    Raises OperatorError where the secret key file is missing or unfit, WrongFiles where mappings/ do not read.
    """
    keys = read_keys(settings.secret_key_file)
    registry = read_registry(settings.mappings_directory / "markings")
    ledger_database = open_database(settings, "ledger")
    ledger = LedgerWriter(ledger_database)
    ledger.start()
    return Exchange(
        settings=settings,
        clock=clock,
        identifiers=identifiers,
        database=open_database(settings, "exchange"),
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
        readers=ThreadPoolExecutor(settings.readers, "read"),
        writers=ThreadPoolExecutor(settings.writers, "write"),
    )
