"""comity account add, list, rotate, disable."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, TextIO

import typer

from app.cli.setting_up import Json, opened_exchange, out, print_json, table
from app.errors import OperatorError
from app.exchange import accounts
from app.policy.partnership import Role

app = typer.Typer(help="Accounts: who may present which credentials.", no_args_is_help=True)

Name = Annotated[str, typer.Argument(help="The account's name, which is its user name too.")]
PasswordStdin = Annotated[bool, typer.Option("--password-stdin", help="Read a chosen password from standard input.")]
SecretFile = Annotated[
    Path | None, typer.Option(help="Write the generated secret to this new file (0600) and do not print it.")
]


@app.command()
def add(
    name: Name,
    partner: Annotated[str, typer.Option(help="The partner it belongs to.")],
    role: Annotated[Role, typer.Option(help="reader pulls; feeder pushes and pulls; analyst; officer.")],
    password_stdin: PasswordStdin = False,
    secret_file: SecretFile = None,
) -> None:
    """Add an account, and print its generated secret once.

    Example: comity account add soc-1 --partner wind-isac --role reader
    """
    with opened_exchange() as exchange, _new_file(secret_file) as file:
        secret = accounts.add(exchange, name, partner, role, _password(password_stdin))
        _hand_over(f"Added {partner}/{name}.", secret, file, secret_file)


@app.command()
def rotate(name: Name, password_stdin: PasswordStdin = False, secret_file: SecretFile = None) -> None:
    """Give an account another secret; the old one ends with the next request.

    Example: comity account rotate soc-1
    """
    with opened_exchange() as exchange, _new_file(secret_file) as file:
        secret = accounts.rotate(exchange, name, _password(password_stdin))
        _hand_over(f"The old secret of {name} has ended.", secret, file, secret_file)


@app.command()
def disable(name: Name) -> None:
    """End an account with the next request. What it contributed stays its partner's.

    Example: comity account disable soc-1
    """
    with opened_exchange() as exchange:
        accounts.disable(exchange, name)
    out().print(f"{name} is disabled.")


@app.command("list")
def show(as_json: Json = False) -> None:
    """List the accounts.

    Example: comity account list
    """
    with opened_exchange() as exchange:
        every = accounts.every(exchange)
    if as_json:
        print_json(
            [{"name": each.name, "partner": each.partner, "role": each.role, "active": each.active} for each in every]
        )
        return
    rows = table("account", "partner", "role", "state")
    for each in every:
        rows.add_row(each.name, each.partner, each.role, "active" if each.active else "disabled")
    out().print(rows)


def _password(from_stdin: bool) -> str | None:
    return sys.stdin.readline().rstrip("\r\n") if from_stdin else None


@contextmanager
def _new_file(path: Path | None) -> Iterator[TextIO | None]:
    """The new file for a secret, open before the secret takes effect, so that none is ever lost; gone on failure."""
    if path is None:
        yield None
        return
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
    except OSError as error:
        raise OperatorError(f"{path} can't be made ({error.strerror}). Name a new file in a folder of yours.") from None
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        try:
            yield file
        except BaseException:
            path.unlink(missing_ok=True)
            raise


def _hand_over(what: str, secret: str | None, file: TextIO | None, path: Path | None) -> None:
    if secret is None:
        out().print(f"{what} It takes the password that was given.")
    elif file is None:
        out().print(f"{what} Its secret, shown this once, serves as Basic password, Bearer and X-API-Key:")
        typer.echo(secret)
    else:
        file.write(secret + "\n")
        out().print(f"{what} Its secret is in {path}.")
