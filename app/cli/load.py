"""comity load: a push from the command line, by the same rules as over HTTP."""

import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from app.cli.setting_up import Json, opened_exchange, operator, out, print_json
from app.errors import OperatorError, Refused
from app.exchange import accounts
from app.exchange.exchange import Exchange
from app.exchange.identify import Requester, requester_of
from app.exchange.push import AFTER_REVIEW, ALREADY_PRESENT, push_now
from app.exchange.push_status import FAILURE, Outcome
from app.files.stix_files import envelope, open_file, read_objects
from app.stix.json_faults import JsonLimits

OBJECTS_PER_PUSH = 1000
FAILURES_SHOWN = 20


def register(app: typer.Typer) -> None:
    """Add this command."""
    app.command()(load)


def load(
    place: Annotated[str, typer.Argument(metavar="ROOT/COLLECTION", help="Where to, such as north-sea/indicators.")],
    files: Annotated[list[str], typer.Argument(help="Bundles, envelopes, NDJSON, plain or .gz; - is standard input.")],
    account: Annotated[str, typer.Option(help="The feeder account in whose name it is done.")],
    as_json: Json = False,
) -> None:
    """Push files of STIX objects, as the account would over HTTP; the record names you and the account.

    Ends with status 1 if any object was refused; those that were not are kept.

    Example: comity load north-sea/indicators feed.json.gz --account feed-1
    """
    root, slash, reference = place.partition("/")
    if not slash or not root or not reference:
        raise OperatorError(f"`{place}` is no place. Write ROOT/COLLECTION, such as north-sea/indicators.")
    with opened_exchange() as exchange:
        requester = requester_of(accounts.active(exchange, account))
        objects = [(name, raw) for name in files for raw in _objects(exchange, name)]
        outcomes = _push(exchange, requester, root, reference, objects, show=not as_json)
    _report(outcomes, as_json=as_json)
    if any(outcome.result == FAILURE for _, outcome in outcomes):
        raise typer.Exit(1)


def _objects(exchange: Exchange, name: str) -> Iterator[bytes]:
    limits = JsonLimits(depth_max=exchange.settings.json_depth_max, object_bytes_max=exchange.settings.object_bytes_max)
    bytes_max = exchange.settings.load_bytes_max
    if name == "-":
        yield from read_objects("standard input", sys.stdin.buffer, limits, bytes_max)
    else:
        with open_file(Path(name)) as stream:
            yield from read_objects(name, stream, limits, bytes_max)


def _push(
    exchange: Exchange,
    requester: Requester,
    root: str,
    reference: str,
    objects: Sequence[tuple[str, bytes]],
    *,
    show: bool,
) -> list[tuple[str, Outcome]]:
    done: list[tuple[str, Outcome]] = []
    with _progress(show) as progress:
        task = progress.add_task(f"{root}/{reference}", total=len(objects))
        for start in range(0, len(objects), OBJECTS_PER_PUSH):
            part = objects[start : start + OBJECTS_PER_PUSH]
            try:
                status = push_now(exchange, requester, root, reference, envelope([raw for _, raw in part]), operator())
            except Refused as refused:
                raise OperatorError(
                    f"{requester.account} can't push to {root}/{reference}: {refused} "
                    "Check the names, the account's role (feeder) and `write` in the collection's file."
                ) from None
            done.extend((name, outcome) for (name, _), outcome in zip(part, status.outcomes, strict=True))
            progress.advance(task, len(part))
    return done


def _progress(show: bool) -> Progress:
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        console=Console(stderr=True),
        disable=not (show and sys.stderr.isatty()),
    )


def _report(outcomes: Sequence[tuple[str, Outcome]], *, as_json: bool) -> None:
    failures = [(name, each) for name, each in outcomes if each.result == FAILURE]
    present = sum(each.message == ALREADY_PRESENT for _, each in outcomes)
    waiting = sum(each.message == AFTER_REVIEW for _, each in outcomes)
    if as_json:
        print_json(
            {
                "total": len(outcomes),
                "accepted": len(outcomes) - len(failures) - present,
                "after_review": waiting,
                "already_present": present,
                "refused": [
                    {"file": name, "id": each.id, "version": each.version, "message": each.message}
                    for name, each in failures
                ],
            }
        )
        return
    accepted = len(outcomes) - len(failures) - present
    later = f" ({waiting} of them visible after review)" if waiting else ""
    out().print(f"{accepted} objects accepted{later}, {present} already present, {len(failures)} refused.")
    for message, count in Counter(each.message for _, each in failures).most_common(FAILURES_SHOWN):
        example = next((name, each.id) for name, each in failures if each.message == message)
        out().print(f"  {count} × {message} (such as {example[1]} in {example[0]})")
