"""comity probe: does a TAXII 2.1 server do what the standard says?"""

import ssl
import sys
import time
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

import httpx
import typer

from app.cli.setting_up import Json, out, print_json
from app.clock import Identifiers, SystemClock
from app.errors import OperatorError
from app.probe.asking import Asker, Bounds, basic
from app.probe.declaring import declare
from app.probe.judging import Level, Outcome
from app.probe.offering import Offering
from app.probe.run import Report, Result, as_json, run
from app.probe.survey import Target, named, survey

COLOURS = {Outcome.HOLDS: "green", Outcome.FAILS: "red", Outcome.DOES_NOT_APPLY: "dim"}


def register(app: typer.Typer) -> None:
    """Add this command."""
    app.command()(probe)


def probe(
    url: Annotated[str, typer.Argument(metavar="URL", help="The server, such as https://exchange.example.")],
    user: Annotated[str | None, typer.Option(help="The account, for HTTP Basic; its password is asked for.")] = None,
    password_file: Annotated[Path | None, typer.Option(help="Read the password from this file.")] = None,
    password_stdin: Annotated[bool, typer.Option("--password-stdin", help="Read it from standard input.")] = False,
    token_file: Annotated[Path | None, typer.Option(help="Present the token in this file as Bearer.")] = None,
    root: Annotated[str | None, typer.Option(help="The API root: its name, path or URL. Else the default.")] = None,
    collection: Annotated[str | None, typer.Option(help="The collection to read, by id or alias.")] = None,
    write: Annotated[
        str | None, typer.Option(metavar="COLLECTION", help="Push a few labelled objects there, and delete them again.")
    ] = None,
    ca: Annotated[Path | None, typer.Option(help="Trust the certificates of this file (PEM).")] = None,
    insecure: Annotated[bool, typer.Option("--insecure", help="Do not check the server's certificate.")] = False,
    timeout: Annotated[float, typer.Option(min=1, max=600, help="Seconds to wait for an answer to go on.")] = 30,
    requests_max: Annotated[int, typer.Option(min=10, max=100_000, help="Requests of the run, at most.")] = 1000,
    pages_max: Annotated[int, typer.Option(min=2, max=10_000, help="Pages of one walk, at most.")] = 20,
    as_json_: Json = False,
) -> None:
    """Test any TAXII 2.1 server from outside: what it answers, check by check, and what was seen where one fails.

    It only reads, unless --write names a collection. Ends with status 1 if something fails that the standard demands.

    Example: comity probe https://exchange.example --user wind-soc --password-file wind-soc.secret
    """
    base = _base(url)
    authorization = _authorization(user, password_file, token_file, from_stdin=password_stdin)
    tls = _tls(base, ca, insecure=insecure)
    with httpx.Client(verify=tls if tls is not None else True, timeout=timeout) as client:
        asker = Asker(client, base, authorization, Bounds(requests_max=requests_max, pages_max=pages_max))
        target = survey(asker, Identifiers().uuid, SystemClock().now(), root=root, collection=collection or write)
        if write is not None:
            target.offering = _offering(target, write, tls, timeout)
        report = run(target)
    if as_json_:
        print_json(as_json(report))
    else:
        _show(report)
    if not report.passed:
        raise typer.Exit(1)


def _base(url: str) -> str:
    """Scheme, host and port. Raises BadParameter where the URL says anything else."""
    try:
        parts = urlsplit(url)
        fits = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0 and not parts.username
    except ValueError:
        fits = False
    if not fits:
        raise typer.BadParameter(
            f"`{url}` is no server. Write https://HOST or https://HOST:PORT; the account goes to --user."
        )
    if parts.path.rstrip("/") not in ("", "/taxii2") or parts.query or parts.fragment:
        raise typer.BadParameter(
            f"`{url}` is more than a server. Write {parts.scheme}://{parts.netloc}, and name an API root with --root."
        )
    return f"{parts.scheme}://{parts.netloc}"


def _authorization(user: str | None, password: Path | None, token: Path | None, *, from_stdin: bool) -> str | None:
    """What is presented. A secret never stands on the command line, where others can read it."""
    if sum([password is not None, from_stdin, token is not None]) > 1:
        raise typer.BadParameter("Give one of --password-file, --password-stdin and --token-file.")
    if token is not None:
        if user is not None:
            raise typer.BadParameter("--token-file says who you are; leave --user out.")
        return f"Bearer {_secret(token)}"
    if user is None:
        if password is not None or from_stdin:
            raise typer.BadParameter("A password needs its account: add --user.")
        return None
    if password is not None:
        return basic(user, _secret(password))
    if from_stdin:
        return basic(user, sys.stdin.readline().rstrip("\r\n"))
    if not sys.stdin.isatty():
        raise typer.BadParameter("Nobody can be asked for the password here. Give --password-file or --password-stdin.")
    return basic(user, typer.prompt("Password", hide_input=True, err=True))


def _secret(file: Path) -> str:
    try:
        lines = file.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise OperatorError(f"{file} can't be read ({error}). Name a file whose first line is the secret.") from None
    if not lines or not lines[0].isprintable():
        raise OperatorError(f"{file} holds no secret. Its first line has to be the password or token.")
    return lines[0]


def _tls(base: str, ca: Path | None, *, insecure: bool) -> ssl.SSLContext | None:
    """How the server's certificate is checked; None for plain HTTP."""
    if insecure and ca is not None:
        raise typer.BadParameter("--insecure checks nothing, so --ca means nothing beside it. Leave one of them out.")
    if not base.startswith("https://"):
        return None
    try:
        made = ssl.create_default_context(cafile=ca)
    except OSError as error:
        raise OperatorError(f"{ca} can't be used ({error}). Name a file of certificates in PEM.") from None
    if insecure:
        made.check_hostname = False
        made.verify_mode = ssl.CERT_NONE
    return made


def _offering(target: Target, wanted: str, tls: ssl.SSLContext | None, timeout: float) -> Offering:
    chosen = named(target, wanted)
    if not chosen.get("can_read") or not chosen.get("can_write"):
        raise OperatorError(
            f"This account can't both read and write {wanted}: it could not push, or not delete. Choose another one."
        )
    return Offering(target, chosen, time.sleep, lambda path, length: declare(target.asker, tls, timeout, path, length))


def _show(report: Report) -> None:
    console = out()
    where = f"{report.base}, API root {report.root}, collection {report.collection}"
    console.print(where)
    if report.written_to:
        console.print(f"Objects were pushed to {report.written_to} and deleted.")
    console.print()
    for result in report.results:
        _show_result(result)
    console.print()
    counts = {outcome: len(report.of(outcome)) for outcome in Outcome}
    must = sum(each.check.level is Level.MUST for each in report.of(Outcome.FAILS))
    console.print(
        f"{len(report.results)} checks: {counts[Outcome.HOLDS]} hold, {counts[Outcome.FAILS]} fail ({must} of level "
        f"must), {counts[Outcome.DOES_NOT_APPLY]} do not apply; {report.requests} requests."
    )
    if report.cut_short:
        console.print(f"The run was cut short: {report.cut_short}. --requests-max allows more of them.", style="red")
    if report.changed:
        console.print("Others changed the collection meanwhile; checks of paging may have failed for that. Run again.")
    for object_id in report.left_behind:
        console.print(f"{object_id} was pushed and could not be deleted. Delete it by hand.", style="red")


def _show_result(result: Result) -> None:
    console, check, colour = out(), result.check, COLOURS[result.outcome]
    line = f"{result.outcome.value:<14}  {check.level.value:<6}  {check.row:<9}  {check.sentence}"
    console.print(f"{line} ({check.section})", style=colour)
    if result.reason:
        console.print(f"    {result.reason}", style="dim")
    if result.seen is not None:
        seen = result.seen
        for what, text in (
            ("asked", seen.request),
            ("seen", seen.answer),
            ("body", seen.body),
            ("wanted", seen.wanted),
        ):
            if text:
                console.print(f"    {what:<6}  {text}")
