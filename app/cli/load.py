"""comity load: a push from the command line, by the same rules as over HTTP."""

import sys
from collections.abc import Callable, Iterator, Sequence
from typing import Annotated, TypeVar

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from app.cli.delivering import Target, deliveries, open_input, told_as, trials
from app.cli.loaded import Loaded, Told, tell_load, tell_trial
from app.cli.setting_up import Json, opened_exchange, operator
from app.errors import OperatorError
from app.exchange import accounts
from app.exchange.exchange import Exchange
from app.exchange.feed import add
from app.exchange.identify import requester_of
from app.exchange.push import push_now
from app.exchange.push_status import PushStatus
from app.files.stix_files import envelope, read_objects
from app.stix.json_faults import JsonLimits

OBJECTS_PER_PUSH = 1000

T = TypeVar("T")


def register(app: typer.Typer) -> None:
    """Add this command."""
    app.command()(load)


def load(
    place: Annotated[str, typer.Argument(metavar="ROOT/COLLECTION", help="Where to, such as north-sea/indicators.")],
    files: Annotated[
        list[str],
        typer.Argument(
            help="Bundles, envelopes, NDJSON, plain or .gz; - is standard input. A MISP feed's folder or archive."
        ),
    ],
    account: Annotated[str, typer.Option(help="The feeder account in whose name it is done.")],
    mapping: Annotated[str | None, typer.Option(help="The files are a feed's: how it becomes STIX.")] = None,
    dry_run: Annotated[int | None, typer.Option(min=0, help="Of a feed: show N objects and push none.")] = None,
    as_json: Json = False,
) -> None:
    """Push files of STIX objects, or of a feed, as the account would over HTTP; the record names you and the account.

    Ends with status 1 if any object was refused; those that were not are kept.

    Example: comity load north-sea/indicators feed.json.gz --account feed-1
    Example: comity load north-sea/indicators recent.csv --mapping urlhaus --account feed-1 --dry-run 2
    """
    root, slash, reference = place.partition("/")
    if not slash or not root or not reference:
        raise OperatorError(f"`{place}` is no place. Write ROOT/COLLECTION, such as north-sea/indicators.")
    if dry_run is not None and mapping is None:
        raise OperatorError("`--dry-run` shows what a mapping makes of a feed. Give `--mapping` too.")
    with opened_exchange() as exchange:
        target = Target(exchange, requester_of(accounts.active(exchange, account)), root, reference)
        if dry_run is not None and mapping is not None:
            loaded = _tried(target, mapping, files, dry_run)
            tell_trial(loaded, as_json=as_json)
        else:
            with _progress(show=not as_json) as progress:
                loaded = _feed(target, mapping, files, progress) if mapping else _stix(target, files, progress)
            tell_load(loaded, as_json=as_json)
    if loaded.refused:
        raise typer.Exit(1)


def _stix(target: Target, files: Sequence[str], progress: Progress) -> Loaded:
    raws = [(name, "", raw) for name in files for raw in _objects(target.exchange, name)]
    return Loaded(_push(target, raws, lambda part: push_now(*target, envelope(part), operator()), progress))


def _feed(target: Target, mapping: str, files: Sequence[str], progress: Progress) -> Loaded:
    loaded = Loaded()
    for delivery in deliveries(target, mapping, files):
        parts = [(delivery.name, each.place, each) for each in delivery.found]
        loaded.told += _push(target, parts, lambda part: add(*target, part, operator()), progress)
        loaded.unchanged += delivery.unchanged
    return loaded


def _tried(target: Target, mapping: str, files: Sequence[str], count: int) -> Loaded:
    loaded = Loaded()
    for name, tried, unchanged in trials(target, mapping, files):
        loaded.told += [
            Told(name, part.place, outcome) for part, outcome in zip(tried.parts, tried.outcomes, strict=True)
        ]
        loaded.objects += [each.tree for each in tried.first_objects(count - len(loaded.objects))]
        loaded.unasked += tried.unasked
        loaded.unchanged += unchanged
    return loaded


def _objects(exchange: Exchange, name: str) -> Iterator[bytes]:
    limits = JsonLimits(depth_max=exchange.settings.json_depth_max, object_bytes_max=exchange.settings.object_bytes_max)
    with open_input(name) as (shown, stream):
        yield from read_objects(shown, stream, limits, exchange.settings.load_bytes_max)


def _push(
    target: Target,
    objects: Sequence[tuple[str, str, T]],
    push_part: Callable[[list[T]], PushStatus],
    progress: Progress,
) -> list[Told]:
    done: list[Told] = []
    task = (
        progress.task_ids[0] if progress.task_ids else progress.add_task(f"{target.root}/{target.reference}", total=0)
    )
    progress.update(task, total=(progress.tasks[0].total or 0) + len(objects))
    for start in range(0, len(objects), OBJECTS_PER_PUSH):
        part = objects[start : start + OBJECTS_PER_PUSH]
        with told_as(target):
            status = push_part([each for _, _, each in part])
        done.extend(Told(name, at, outcome) for (name, at, _), outcome in zip(part, status.outcomes, strict=True))
        progress.advance(task, len(part))
    return done


def _progress(*, show: bool) -> Progress:
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        console=Console(stderr=True),
        disable=not (show and sys.stderr.isatty()),
    )
