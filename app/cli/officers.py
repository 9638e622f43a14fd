"""How officers show that it is they who act: account, secret and reason, as every act of theirs takes them."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from app.errors import OperatorError

Officer = Annotated[str, typer.Option(help="The officer's account, one of the host's.")]
SecretFile = Annotated[Path | None, typer.Option("--secret-file", help="The file that holds the account's secret.")]
SecretStdin = Annotated[bool, typer.Option("--secret-stdin", help="Read the account's secret from standard input.")]
Reason = Annotated[str, typer.Option(help="Why, for the record.")]


def shown_secret(file: Path | None, *, from_stdin: bool, option: str = "--secret-file") -> str:
    """The secret, shown by one of two ways. Raises OperatorError for none, both, or a file that can't be read."""
    if (file is None) == (not from_stdin):
        raise OperatorError(f"Show the officer's secret by one of {option} FILE and --secret-stdin.")
    if file is None:
        secret = sys.stdin.readline()
    else:
        try:
            secret = file.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise OperatorError(f"{file} can't be read: {error}. Name the file that holds the secret.") from None
    return secret.rstrip("\r\n")
