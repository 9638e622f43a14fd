"""What every command begins with: settings, an exchange that is closed again, and a place to print."""

import getpass
import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Annotated, Any

import typer
from pydantic import ValidationError
from rich.console import Console
from rich.table import Table
from rich.text import Text

from app.clock import Identifiers, SystemClock
from app.composition import build_exchange, require_fit
from app.errors import OperatorError
from app.exchange.exchange import Exchange
from app.logs import configure_logs
from app.settings import Settings
from app.storage.dialects import database_file
from app.visible_text import unseen_in, visible

PIPE_COLUMNS = 400

Json = Annotated[bool, typer.Option("--json", help="Print machine-readable JSON.")]


def read_settings() -> Settings:
    """The settings of this environment. Raises OperatorError that names the variable that is wrong."""
    try:
        settings = Settings()
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        name = f"COMITY_{'_'.join(str(part) for part in first['loc']).upper()}"
        raise OperatorError(f"{name}: {first['msg']}. `comity settings` lists every setting.") from None
    configure_logs(settings)
    return settings


@contextmanager
def opened_exchange(*, deriving: bool = False) -> Iterator[Exchange]:
    """The exchange of this environment, closed at the end; for whoever is `deriving` anew what markings ask for, also
    where that was derived by other rules. Raises OperatorError where it isn't set up.
    """
    settings = read_settings()
    file = database_file(settings.database_url)
    if file is not None and not file.exists():
        raise OperatorError(f"There is no exchange at {file}. Run `comity init`, or set COMITY_DATABASE_URL.")
    require_fit(settings, deriving=deriving)
    exchange = build_exchange(settings, SystemClock(), Identifiers())
    try:
        yield exchange
    finally:
        exchange.close()


def operator() -> str:
    """Who runs this command, as the record names them."""
    return getpass.getuser()


def instant_of(text: str, option: str) -> datetime:
    """The instant that somebody wrote after this option. Raises OperatorError where it is none, or has no zone."""
    try:
        instant = datetime.fromisoformat(text)
    except ValueError:
        instant = None
    if instant is None or instant.tzinfo is None:
        raise OperatorError(f"{option} {text} is no instant with a zone. Write it as 2027-01-01T00:00:00Z.")
    return instant


class _Plain(Console):
    """Prints each text in one line and shows what can't be seen in it: partners wrote some of it."""

    def render_str(self, text: str, **options: Any) -> Text:
        """Every string passes here, those in tables too."""
        return super().render_str(visible(text), **options)


def out() -> Console:
    """Where answers go, as they are: brackets in files are no markup. What is not a terminal takes lines of any length,
    so that nothing is folded in a pipe. A line break of ours is a print of its own, or stands in a `Text`.
    """
    width = None if sys.stdout.isatty() else PIPE_COLUMNS
    return _Plain(highlight=False, markup=False, soft_wrap=True, width=width)


def print_error(error: Exception) -> None:
    """What went wrong, on standard error; it may have several lines."""
    console = _Plain(stderr=True, highlight=False, markup=False, soft_wrap=True)
    console.print(*f"comity: {error}".split("\n"), sep="\n", style="red")


def print_json(value: Any) -> None:
    """One JSON document on standard output. Signs that can't be seen are escaped in it, which changes no value."""
    text = json.dumps(value, ensure_ascii=False, indent=2, default=str)
    escapes = {ord(sign): json.dumps(sign)[1:-1] for sign in unseen_in(text) - {"\n"}}
    typer.echo(text.translate(escapes))


def table(*columns: str) -> Table:
    """A table with these column headings."""
    made = Table(box=None, pad_edge=False, header_style="bold")
    for column in columns:
        made.add_column(column, overflow="fold")
    return made
