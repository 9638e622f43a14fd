"""The command line as a whole: its groups, and how a mistake is told (exit status 1, or 2 for wrong usage)."""

import sys

import typer

from app.cli import (
    account,
    break_glass,
    database,
    explain,
    ledger,
    load,
    partnerships,
    policy,
    probe,
    quarantine,
    server,
)
from app.cli.setting_up import print_error
from app.errors import ComityError

app = typer.Typer(
    name="comity",
    help="A STIX 2.1 / TAXII 2.1 exchange for partnerships that share threat intelligence under an agreement.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)
server.register(app)
partnerships.register(app)
policy.register(app)
load.register(app)
explain.register(app)
probe.register(app)
quarantine.register(app)
app.add_typer(break_glass.app, name="break-glass")
app.add_typer(account.app, name="account")
app.add_typer(ledger.app, name="ledger")
app.add_typer(database.app, name="db")


def main() -> None:
    """Run one command and end the process with its exit status."""
    try:
        app()
    except ComityError as error:
        print_error(error)
        sys.exit(1)
