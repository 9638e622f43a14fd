"""Files that are loaded, and deliveries of feeds among them: where they go, how they are read and shown."""

import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, nullcontext
from pathlib import Path
from typing import BinaryIO, NamedTuple

import typer

from app.cli.setting_up import out, print_json
from app.errors import OperatorError, Refused
from app.exchange.exchange import Exchange
from app.exchange.feed import Delivered, deliver, events_as_they_were, refused
from app.exchange.identify import Requester
from app.feeds.mapping import FeedMapping
from app.feeds.rows import NotAFeed, RowMistake
from app.files.misp_feeds import ListedEvent, MispFeed, is_misp_feed, open_misp_feed
from app.files.stix_files import open_file, read_bytes
from app.stix.objects import StixObject


class Target(NamedTuple):
    """The collection that files are loaded into, and in whose name."""

    exchange: Exchange
    requester: Requester
    root: str
    reference: str


@contextmanager
def told_as(target: Target) -> Iterator[None]:
    """What is refused as a whole, in an operator's words."""
    try:
        yield
    except Refused as refused:
        raise OperatorError(
            f"{target.requester.account} can't push to {target.root}/{target.reference}: {refused} "
            "Check the names, the account's role (feeder) and `write` in the collection's file."
        ) from None


@contextmanager
def open_input(name: str) -> Iterator[tuple[str, BinaryIO]]:
    """A file, or standard input for `-`, with the name under which it is told of. Raises OperatorError."""
    with nullcontext(sys.stdin.buffer) if name == "-" else open_file(Path(name)) as stream:
        yield "standard input" if name == "-" else name, stream


class Delivery(NamedTuple):
    """What a file of a feed would push, under its name; `unchanged`: an event that is as it was given before."""

    name: str
    found: Sequence[Delivered]
    unchanged: bool = False


def deliveries(target: Target, name: str, files: Sequence[str]) -> Iterator[Delivery]:
    """What files of a feed would push, one by one: all are read before the first is given, but for feeds of MISP.

    Those, folders or archives, are opened before, and then read event by event. Raises OperatorError.
    """
    feeds = target.exchange.feeds
    if name not in feeds:
        known = ", ".join(sorted(feeds)) or "none"
        raise OperatorError(f"There is no mapping `{name}` in mappings/feeds. There are: {known}.")
    mapping, bytes_max = feeds[name], target.exchange.settings.load_bytes_max
    of_misp = [file for file in files if file != "-" and is_misp_feed(Path(file))]
    if of_misp and not mapping.misp:
        raise OperatorError(
            f"{of_misp[0]} is a folder or an archive. Give the files of the feed: only MISP's have those."
        )
    with ExitStack() as stack:
        opened = [stack.enter_context(open_misp_feed(Path(file), bytes_max)) for file in of_misp]
        read = [_delivery(target, mapping, file) for file in files if file not in of_misp]
        yield from read
        for feed in opened:
            yield from _events(target, mapping, feed)


def _delivery(target: Target, mapping: FeedMapping, file: str) -> Delivery:
    with open_input(file) as (shown, stream):
        data = read_bytes(shown, stream, target.exchange.settings.load_bytes_max)
    with told_as(target):
        try:
            return Delivery(file, deliver(*target, mapping, data))
        except NotAFeed as error:
            raise OperatorError(f"{shown} does not read by the mapping {mapping.name}. {error}") from None


def _events(target: Target, mapping: FeedMapping, feed: MispFeed) -> Iterator[Delivery]:
    """Each event that the manifest names. One that can't be read refuses itself alone."""
    with told_as(target):
        changed = {each.uuid: each.changed for each in feed.events if each.changed is not None}
        known = events_as_they_were(*target, changed)
    for event in feed.events:
        if event.uuid in known:
            yield Delivery(feed.name, (), unchanged=True)
        else:
            yield Delivery(feed.name, _event(target, mapping, feed, event))


def _event(target: Target, mapping: FeedMapping, feed: MispFeed, event: ListedEvent) -> Sequence[Delivered]:
    try:
        with told_as(target):
            return deliver(*target, mapping, feed.event(event))
    except (NotAFeed, OperatorError) as error:
        return [refused(RowMistake(f"event {event.uuid}", None, str(error).rstrip(".")))]


def show_delivery(found: Iterable[Delivery], count: int, *, as_json: bool) -> None:
    """The first objects of deliveries, and every row that is refused. Ends with status 1 if there is one."""
    shown: list[object] = []
    total, unchanged, told = 0, 0, []
    for delivery in found:
        unchanged += delivery.unchanged
        for each in delivery.found:
            if isinstance(each.entry, StixObject):
                total += 1
                shown += [each.entry.tree] if total <= count else []
            else:
                message = " ".join(str(violation) for violation in each.entry.violations)
                told.append({"file": delivery.name, "message": message})
    if as_json:
        print_json({"total": total, "objects": shown, "unchanged_events": unchanged, "refused": told})
    else:
        for tree in shown:
            print_json(tree)
        out().print(f"{total} objects would be pushed, {len(told)} would be refused. Nothing was pushed.")
        tell_unchanged(unchanged)
        for each_told in told:
            out().print(f"  {each_told['file']}: {each_told['message']}")
    if told:
        raise typer.Exit(1)


def tell_unchanged(events: int) -> None:
    """Say how many events of a feed were left out, if any."""
    if events:
        out().print(f"{events} events are as they were given before, and were not read.")
