"""comity quarantine list, show, release, refuse; comity withdraw, block, unblock: officers' acts, all on the record."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from app.cli.officers import Officer, Reason, SecretFile, SecretStdin, shown_secret
from app.cli.setting_up import Json, opened_exchange, operator, out, print_json, table
from app.exchange import blocks, quarantine
from app.exchange.exchange import Exchange
from app.exchange.officers import Mandate, mandate
from app.exchange.quarantine import Held, Which
from app.stix.timestamps import from_datetime

app = typer.Typer(help="What waits for an officer: accepted, and shown to nobody yet.", no_args_is_help=True)

Place = Annotated[str, typer.Argument(metavar="ROOT/COLLECTION", help="Such as north-sea/indicators.")]
ObjectId = Annotated[str, typer.Argument(metavar="OBJECT-ID", help="The STIX id.")]
Version = Annotated[str | None, typer.Option(help="This version alone, as the list shows it.")]
Partner = Annotated[str | None, typer.Option(help="What this partner contributed alone.")]
Digest = Annotated[str | None, typer.Option(help="This content alone, by its first eight digits or more.")]
Every = Annotated[bool, typer.Option("--all", help="All that waits of the object, whoever pushed it.")]


def register(commands: typer.Typer) -> None:
    """Add these commands."""
    commands.add_typer(app, name="quarantine")
    commands.command()(withdraw)
    commands.command()(block)
    commands.command()(unblock)


@app.command("list")
def show(
    place: Annotated[str, typer.Argument(metavar="[ROOT[/COLLECTION]]", help="Everywhere, where it is left out.")] = "",
    as_json: Json = False,
) -> None:
    """List what waits, oldest first.

    Example: comity quarantine list north-sea
    """
    with opened_exchange() as exchange:
        every = quarantine.held(exchange, place)
    if as_json:
        print_json([_as_json(each) for each in every])
        return
    rows = table("collection", "object", "version", "from", "received", "digest", "why")
    for each in every:
        received, digest = from_datetime(each.received), each.digest[:16]
        rows.add_row(each.collection, each.object_id, each.version, each.contributed_by, received, digest, each.why)
    out().print(rows if every else "Nothing waits.")


@app.command("show")
def look(
    place: Place,
    object_id: ObjectId,
    officer: Officer,
    reason: Reason,
    version: Version = None,
    partner: Partner = None,
    digest: Digest = None,
    secret_file: SecretFile = None,
    secret_stdin: SecretStdin = False,
    as_json: Json = False,
) -> None:
    """Show what waits as it was pushed. That it was looked at goes on the record.

    Example: comity quarantine show north-sea/indicators malware--… --officer duty --secret-file duty.secret
    --reason "review of Monday"
    """
    with opened_exchange() as exchange:
        by = _mandate(exchange, officer, secret_file, reason, from_stdin=secret_stdin)
        shown = quarantine.show(exchange, by, place, object_id, Which(version, partner, digest, every=True))
    if as_json:
        print_json([{**_as_json(each), "object": json.loads(content)} for each, content in shown])
        return
    for each, content in shown:
        received = from_datetime(each.received)
        who = f"{each.contributed_by} (account {each.account})"
        out().print(f"Version {each.version}, contributed by {who} at {received}.")
        out().print(each.why)
        out().print(f"Digest {each.digest}")
        print_json(json.loads(content))


@app.command()
def release(
    place: Place,
    object_id: ObjectId,
    officer: Officer,
    reason: Reason,
    version: Version = None,
    partner: Partner = None,
    digest: Digest = None,
    every: Every = False,
    secret_file: SecretFile = None,
    secret_stdin: SecretStdin = False,
) -> None:
    """Show what waits to whom the agreement grants it, from now on.

    Example: comity quarantine release north-sea/indicators malware--… --digest 3f1b9ac2 --officer duty
    --secret-file duty.secret --reason "seen in our sandbox"
    """
    with opened_exchange() as exchange:
        by = _mandate(exchange, officer, secret_file, reason, from_stdin=secret_stdin)
        which = Which(version, partner, digest, every)
        _tell("Released", quarantine.release(exchange, by, place, object_id, which))


@app.command()
def refuse(
    place: Place,
    object_id: ObjectId,
    officer: Officer,
    reason: Reason,
    version: Version = None,
    partner: Partner = None,
    digest: Digest = None,
    every: Every = False,
    secret_file: SecretFile = None,
    secret_stdin: SecretStdin = False,
) -> None:
    """End what waits: it is as if it had never been pushed.

    Example: comity quarantine refuse north-sea/indicators malware--… --officer duty --secret-file duty.secret
    --reason "a test file of the vendor"
    """
    with opened_exchange() as exchange:
        by = _mandate(exchange, officer, secret_file, reason, from_stdin=secret_stdin)
        which = Which(version, partner, digest, every)
        _tell("Refused", quarantine.refuse(exchange, by, place, object_id, which))


def withdraw(
    place: Place,
    object_id: ObjectId,
    partner: Annotated[str, typer.Option(help="The partner whose contribution it is.")],
    officer: Officer,
    reason: Reason,
    version: Version = None,
    secret_file: SecretFile = None,
    secret_stdin: SecretStdin = False,
) -> None:
    """Take back a partner's contribution of an object, in its stead; others' contributions of it stay.

    Example: comity withdraw north-sea/indicators indicator--… --partner wind-isac --officer duty
    --secret-file duty.secret --reason "at their request, by telephone"
    """
    with opened_exchange() as exchange:
        by = _mandate(exchange, officer, secret_file, reason, from_stdin=secret_stdin)
        versions = blocks.withdraw_of(exchange, by, place, object_id, partner, version)
    out().print(f"Withdrew {object_id} of {partner} from {place}: {', '.join(versions)}.")


def block(
    place: Place,
    object_id: ObjectId,
    officer: Officer,
    reason: Reason,
    secret_file: SecretFile = None,
    secret_stdin: SecretStdin = False,
) -> None:
    """Take no object of this id in a collection any more. What is there stays; `comity withdraw` takes it back.

    Example: comity block north-sea/indicators indicator--… --officer duty --secret-file duty.secret
    --reason "court order 26/117"
    """
    with opened_exchange() as exchange:
        by = _mandate(exchange, officer, secret_file, reason, from_stdin=secret_stdin)
        blocks.block(exchange, by, place, object_id)
    out().print(f"{object_id} is blocked in {place}.")


def unblock(
    place: Place,
    object_id: ObjectId,
    officer: Officer,
    reason: Reason,
    secret_file: SecretFile = None,
    secret_stdin: SecretStdin = False,
) -> None:
    """End a block.

    Example: comity unblock north-sea/indicators indicator--… --officer duty --secret-file duty.secret
    --reason "order lifted"
    """
    with opened_exchange() as exchange:
        by = _mandate(exchange, officer, secret_file, reason, from_stdin=secret_stdin)
        blocks.unblock(exchange, by, place, object_id)
    out().print(f"{object_id} is no longer blocked in {place}.")


def _mandate(exchange: Exchange, officer: str, file: Path | None, reason: str, *, from_stdin: bool) -> Mandate:
    return mandate(exchange, officer, shown_secret(file, from_stdin=from_stdin), operator(), reason)


def _as_json(each: Held) -> dict[str, object]:
    return {
        "collection": each.collection,
        "id": each.object_id,
        "version": each.version,
        "contributed_by": each.contributed_by,
        "account": each.account,
        "received": from_datetime(each.received),
        "digest": each.digest,
        "rules": list(each.rules),
        "why": each.why,
    }


def _tell(what: str, rows: Sequence[Held]) -> None:
    for each in rows:
        out().print(f"{what} {each.object_id}, version {each.version}, contributed by {each.contributed_by}.")
