"""Files that are loaded, and deliveries of feeds among them: where they go, how they are read and shown."""

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import BinaryIO, NamedTuple

import typer

from app.cli.setting_up import out, print_json
from app.errors import OperatorError, Refused
from app.exchange.exchange import Exchange
from app.exchange.feed import Delivered, deliver
from app.exchange.identify import Requester
from app.feeds.rows import NotAFeed
from app.files.stix_files import open_file, read_bytes
from app.stix.objects import Rejected, StixObject


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


def read_delivery(target: Target, mapping: str, name: str) -> Sequence[Delivered]:
    """What a file of a feed would push. Raises OperatorError."""
    feeds = target.exchange.feeds
    if mapping not in feeds:
        known = ", ".join(sorted(feeds)) or "none"
        raise OperatorError(f"There is no mapping `{mapping}` in mappings/feeds. There are: {known}.")
    with open_input(name) as (shown, stream):
        data = read_bytes(shown, stream, target.exchange.settings.load_bytes_max)
    with told_as(target):
        try:
            return deliver(*target, feeds[mapping], data)
        except NotAFeed as error:
            raise OperatorError(f"{shown} does not read by the mapping {mapping}. {error}") from None


def show_delivery(found: Sequence[tuple[str, Delivered]], count: int, *, as_json: bool) -> None:
    """The first objects of deliveries, and every row that is refused. Ends with status 1 if there is one."""
    good = [each.entry.tree for _, each in found if isinstance(each.entry, StixObject)]
    bad = [(name, each.entry) for name, each in found if isinstance(each.entry, Rejected)]
    refused = [(name, " ".join(str(violation) for violation in entry.violations)) for name, entry in bad]
    if as_json:
        told = [{"file": name, "message": message} for name, message in refused]
        print_json({"total": len(good), "objects": good[:count], "refused": told})
    else:
        for tree in good[:count]:
            print_json(tree)
        out().print(f"{len(good)} objects would be pushed, {len(refused)} would be refused. Nothing was pushed.")
        for name, message in refused:
            out().print(f"  {name}: {message}")
    if refused:
        raise typer.Exit(1)
