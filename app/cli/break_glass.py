"""comity break-glass open, list, close: a time-limited extra release for an incident, by two officers of the host."""

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any, TypeVar

import typer
from pydantic import TypeAdapter, ValidationError

from app.cli.officers import Officer, Reason, SecretFile, SecretStdin, shown_secret
from app.cli.partnerships import Yes, ask, finish_batches
from app.cli.plans import changes_as_json, show_changes
from app.cli.setting_up import Json, instant_of, opened_exchange, operator, out, print_json
from app.errors import OperatorError
from app.exchange import break_glass
from app.exchange.break_glass import Opening, Wish
from app.exchange.clauses import as_json as clause_as_json
from app.exchange.clauses import told
from app.exchange.officers import mandate, mandate_of_two
from app.files.fields import Duration, Level, StixType
from app.policy.partnership import ALL, TlpLevel

T = TypeVar("T")

app = typer.Typer(
    help="A time-limited extra release for an incident, opened by two officers of the host.", no_args_is_help=True
)


@app.command("open")
def open_(
    place: Annotated[str, typer.Argument(metavar="ROOT/COLLECTION", help="Such as north-sea/indicators.")],
    to: Annotated[list[str], typer.Option("--to", metavar="PARTNER", help="For whom: members, separated by commas.")],
    officer: Officer,
    second: Annotated[str, typer.Option(help="The other officer's account, one of the host's.")],
    reason: Reason,
    tlp: Annotated[
        list[str] | None, typer.Option(metavar="LEVELS", help="Every level that is meant; never red.")
    ] = None,
    unmarked: Annotated[
        bool, typer.Option("--unmarked", help="Also what carries no TLP, where the collection declares no level.")
    ] = False,
    types: Annotated[
        list[str] | None, typer.Option(help="The types that are meant; all, where it is left out.")
    ] = None,
    objects: Annotated[
        list[str] | None, typer.Option("--objects", metavar="ID", help="The objects that are meant; all, likewise.")
    ] = None,
    for_: Annotated[str | None, typer.Option("--for", metavar="DURATION", help="For how long, such as PT48H.")] = None,
    until: Annotated[str | None, typer.Option(help="Until when, such as 2027-01-01T00:00:00Z.")] = None,
    secret_file: SecretFile = None,
    second_secret_file: Annotated[
        Path | None, typer.Option("--second-secret-file", help="The file that holds the other account's secret.")
    ] = None,
    secret_stdin: Annotated[
        bool, typer.Option("--secret-stdin", help="Read from standard input each secret that no file is named for.")
    ] = False,
    yes: Yes = False,
    as_json: Json = False,
) -> None:
    """Show what more would be shown to whom, ask, and open it: past the host's own bounds, until it ends by itself.

    Example: comity break-glass open north-sea/indicators --to wind-isac --tlp amber,amber+strict --for PT48H
    --officer duty --secret-file duty.secret --second chief --second-secret-file chief.secret --reason "incident 26-7"
    """
    wish = Wish(
        place=place,
        partners=frozenset(_listed(to, "--to")),
        tlp=frozenset(TlpLevel(_read(Level, each, "--tlp")) for each in _listed(tlp, "--tlp")),
        unmarked=unmarked,
        types=frozenset(_read(StixType, each, "--types") for each in _listed(types, "--types")) or ALL,
        objects=frozenset(_listed(objects, "--objects")) or None,
        until=_end(for_, until),
    )
    first_secret = _secret(secret_file, "--secret-file", from_stdin=secret_stdin)
    second_secret = _secret(second_secret_file, "--second-secret-file", from_stdin=secret_stdin)
    with opened_exchange() as exchange:
        by = mandate_of_two(exchange, (officer, first_secret), (second, second_secret), operator(), reason)
        opening = break_glass.plan_opening(exchange, by, wish)
        if not as_json:
            _show(opening)
        if not yes:
            ask("Open it?")
        applied = break_glass.open_clause(exchange, by, opening)
        done = finish_batches(exchange, [applied], as_json=as_json)
    if as_json:
        print_json({**clause_as_json(opening.clause), "changes": changes_as_json(opening.changes), **done})


@app.command("list")
def list_(
    root: Annotated[str, typer.Argument(metavar="[ROOT]", help="Everywhere, where it is left out.")] = "",
    as_json: Json = False,
) -> None:
    """List what is open: where, for whom, until when, by whom and why.

    Example: comity break-glass list north-sea
    """
    with opened_exchange() as exchange:
        found = break_glass.opened(exchange, root)
        now = exchange.clock.now()
    if as_json:
        print_json(
            [{"partnership": name, **clause_as_json(each)} for name, terms in found.items() for each in terms.clauses]
        )
        return
    sentences = [sentence for terms in found.values() for sentence in told(terms, now)]
    for sentence in sentences or ["Nothing is open."]:
        out().print(sentence)


@app.command()
def close(
    root: Annotated[str, typer.Argument(metavar="ROOT", help="The partnership, such as north-sea.")],
    number: Annotated[int, typer.Argument(metavar="NUMBER", help="The number, as the list shows it.")],
    officer: Officer,
    reason: Reason,
    secret_file: SecretFile = None,
    secret_stdin: SecretStdin = False,
    as_json: Json = False,
) -> None:
    """End what is open before its time; one officer is enough.

    Example: comity break-glass close north-sea 7 --officer duty --secret-file duty.secret --reason "it is over"
    """
    secret = shown_secret(secret_file, from_stdin=secret_stdin)
    with opened_exchange() as exchange:
        by = mandate(exchange, officer, secret, operator(), reason)
        applied = break_glass.close_clause(exchange, by, root, number)
        done = finish_batches(exchange, [applied], as_json=as_json)
    if as_json:
        print_json({"number": number, **done})


def _show(opening: Opening) -> None:
    console = out()
    for sentence in opening.told:
        console.print(sentence)
    show_changes(opening.changes, console)
    if opening.batches:
        console.print(f"What becomes visible is worked out in {opening.batches} batches.")


def _listed(given: Sequence[str] | None, option: str) -> list[str]:
    """The values of an option that may be repeated, each of which may list several; none where it is left out.

    Raises BadParameter where it is there and lists nothing: left out, it would stand for everything.
    """
    values = [each.strip() for text in given or () for each in text.split(",") if each.strip()]
    if given and not values:
        raise typer.BadParameter(f"{option} lists nothing. Write after it what is meant, or leave it out.")
    return values


def _secret(file: Path | None, option: str, *, from_stdin: bool) -> str:
    return shown_secret(file, from_stdin=from_stdin and file is None, option=option)


def _end(duration: str | None, until: str | None) -> Any:
    if (duration is None) == (until is None):
        raise OperatorError("Say for how long by one of --for PT48H and --until 2027-01-01T00:00:00Z.")
    return _read(Duration, duration, "--for") if until is None else instant_of(until, "--until")


def _read(kind: Any, text: str | None, option: str) -> Any:
    """The value that somebody wrote after this option, as the files of partnerships would read it."""
    try:
        return TypeAdapter(kind).validate_python(text)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        said = first.get("ctx", {})
        what = f"{said['what']}. {said['remedy']}" if "remedy" in said else f"`{text}`: {first['msg']}"
        raise OperatorError(f"{option}: {what}.") from None
