"""Files that are loaded, and deliveries of feeds among them: where they go, and how they are read."""

import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, nullcontext
from itertools import chain
from pathlib import Path
from typing import BinaryIO, NamedTuple

from app.errors import OperatorError, Refused
from app.exchange.exchange import Exchange
from app.exchange.feed import Delivered, delivered, events_as_they_were, rows_in
from app.exchange.identify import Requester
from app.exchange.trial import Tried, try_rows
from app.feeds.drafts import Draft
from app.feeds.mapping import FeedMapping
from app.feeds.reading import collected
from app.feeds.rows import NotAFeed, RowMistake
from app.files.misp_feeds import ListedEvent, MispFeed, is_misp_feed, open_misp_feed
from app.files.stix_files import open_file, read_bytes

OBJECTS_TRIED = 10_000
"""Of each file, a trial asks intake about the first of its objects alone: of a million rows one wants the mistakes."""


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


class Rows(NamedTuple):
    """What the rows of one file of a feed give, read when asked for; `unchanged`: an event that was given before."""

    name: str
    rows: Iterable[Draft | RowMistake] = ()
    unchanged: bool = False


class Delivery(NamedTuple):
    """What a file of a feed would push, under its name; `unchanged`: an event that is as it was given before."""

    name: str
    found: Sequence[Delivered]
    unchanged: bool = False


class Trial(NamedTuple):
    """What a push of a file of a feed would be told."""

    name: str
    tried: Tried
    unchanged: bool = False


def deliveries(target: Target, name: str, files: Sequence[str]) -> Iterator[Delivery]:
    """What files of a feed would push, one by one: all are read before the first is given, but for feeds of MISP.

    Those, folders or archives, are opened before, and then read event by event. Raises OperatorError.
    """

    def delivery(part: Rows) -> Delivery:
        with told_as(target):
            return Delivery(part.name, delivered(*target, collected(part.rows)), part.unchanged)

    with _opened(target, name, files) as (of_files, of_feeds):
        yield from [delivery(part) for part in of_files]
        yield from map(delivery, of_feeds)


def trials(target: Target, name: str, files: Sequence[str]) -> Iterator[Trial]:
    """What a push of these files would be told, one by one. Raises OperatorError."""
    asked_max = min(OBJECTS_TRIED, target.exchange.settings.push_objects_max)
    with _opened(target, name, files) as (of_files, of_feeds):
        for part in chain(of_files, of_feeds):
            with told_as(target):
                yield Trial(part.name, try_rows(*target, part.rows, asked_max), part.unchanged)


@contextmanager
def _opened(target: Target, name: str, files: Sequence[str]) -> Iterator[tuple[Iterator[Rows], Iterator[Rows]]]:
    """Files of a feed, and the events of feeds of MISP; none of them is read yet."""
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
        yield (
            (Rows(file, _rows(target, mapping, file)) for file in files if file not in of_misp),
            (part for feed in opened for part in _events(target, mapping, feed)),
        )


def _rows(target: Target, mapping: FeedMapping, file: str) -> Iterator[Draft | RowMistake]:
    with open_input(file) as (shown, stream):
        data = read_bytes(shown, stream, target.exchange.settings.load_bytes_max)
    try:
        yield from rows_in(target.exchange, target.requester, mapping, data)
    except NotAFeed as error:
        raise OperatorError(f"{shown} does not read by the mapping {mapping.name}. {error}") from None


def _events(target: Target, mapping: FeedMapping, feed: MispFeed) -> Iterator[Rows]:
    """Each event that the manifest names."""
    with told_as(target):
        changed = {each.uuid: each.changed for each in feed.events if each.changed is not None}
        known = events_as_they_were(*target, changed)
    for event in feed.events:
        if event.uuid in known:
            yield Rows(feed.name, unchanged=True)
        else:
            yield Rows(feed.name, _event(target, mapping, feed, event))


def _event(target: Target, mapping: FeedMapping, feed: MispFeed, event: ListedEvent) -> Iterator[Draft | RowMistake]:
    """What an event gives. One that can't be read refuses itself alone."""
    try:
        yield from rows_in(target.exchange, target.requester, mapping, feed.event(event))
    except (NotAFeed, OperatorError) as error:
        yield RowMistake(f"event {event.uuid}", None, str(error).rstrip("."))
