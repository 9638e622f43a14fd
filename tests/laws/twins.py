"""Two exchanges that differ only in what one reader may not see, asked the same things at the same instants.

`plain` has one partnership, and the accounts that take part in what the reader sees. `busy` has more partnerships, a
further member and a further collection, all accounts, and everything that `hidden` does to it.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from uuid import UUID

import pytest

from app.exchange import apply, meaning, plan
from app.files.agreements import Agreements, read_agreements
from app.policy.partnership import Role
from tests.laws.twin_agreements import HERE, Terms, busy_files, plain_files
from tests.support.agreements import HOST_IDENTITY, WIND_IDENTITY
from tests.support.clocks import StillClock
from tests.support.databases import in_memory
from tests.support.direct import Answer, Direct
from tests.support.exchanges import Prepared, Running, running
from tests.support.stix import AMBER, AMBER_STRICT, CLEAR, GREEN, RED, STIX, stix_id

UNKNOWN = UUID(int=4, version=4)
NOBODYS = stix_id("marking-definition", "nobody's")
"""A marking that nobody ever defines: what carries it is withheld from whoever did not contribute it."""

MASKED = re.compile(rb'"(error_id|id)":"[0-9a-f]{8}-[0-9a-f-]{27}"')
"""Ids that the server makes. Ids of STIX objects have a type before them, and are compared."""


@dataclass(frozen=True)
class View:
    """Who looks. `feed` pushes for the reader's organisation, `giver` is another's feed whose objects it may see, and
    `giver_identity` that other's identity.

    `clearances` are those that its organisation has in turn. With any of them the reader may not see what is pushed
    by others under one of the sets of markings in `unseen`.
    """

    member: str
    reader: str
    feed: str
    giver: str
    giver_identity: str
    seen: Sequence[str]
    unseen: Sequence[Sequence[str]]
    clearances: Sequence[str]

    @property
    def giver_member(self) -> str:
        """The member for which the giver pushes."""
        return "nl-cert" if self.giver == "nl-feed" else "wind-isac"


WIND = View(
    "wind-isac",
    "wind-soc",
    "wind-feed",
    "nl-feed",
    HOST_IDENTITY,
    seen=(CLEAR, GREEN),
    unseen=((AMBER_STRICT,), (RED,), (GREEN, NOBODYS)),
    clearances=("[clear, green]", "[clear, green, amber]", "[clear, amber]"),
)
NAMED = View(
    "nl-cert",
    "duty-officer",
    "nl-feed",
    "wind-feed",
    WIND_IDENTITY,
    seen=(GREEN, RED),
    unseen=((GREEN, NOBODYS), (RED, NOBODYS)),
    clearances=("all", "[clear, green, red]", "[clear, amber, red]"),
)
COLLEAGUE = View(
    "nl-cert",
    "nl-soc",
    "nl-feed",
    "wind-feed",
    WIND_IDENTITY,
    seen=(GREEN, AMBER_STRICT),
    unseen=((RED,), (AMBER, NOBODYS)),
    clearances=("all", "[clear, green, red]", "[amber, amber+strict]"),
)
VIEWS: Mapping[str, View] = {view.reader: view for view in (WIND, NAMED, COLLEAGUE)}

READER, FEED = WIND.reader, WIND.feed
ANALYST = "analyst"
"""An analyst of the reader's organisation."""


@dataclass
class World:
    """One exchange and its clock."""

    running: Running
    direct: Direct
    clock: StillClock

    def begin_to_apply(self, files: Mapping[str, str]) -> None:
        """Make these files the next revision. Its batches are left to whoever sweeps."""
        exchange = self.running.exchange
        apply.apply(exchange, plan.plan(exchange, files), by="test", reason="a test", allow_removal=True)


@dataclass
class Twins:
    """The two worlds. `asked` counts the requests that were compared."""

    plain: World
    busy: World
    asked: int = 0

    @property
    def both(self) -> Sequence[World]:
        """The plain one and the busy one."""
        return (self.plain, self.busy)

    def advance(self, milliseconds: int) -> None:
        """The same time passes in both."""
        for world in self.both:
            world.clock.advance(milliseconds=milliseconds)

    def sweep(self) -> None:
        """What is due is done in both."""
        for world in self.both:
            world.running.sweep()

    def begin_to_apply(self, terms: Terms) -> None:
        """Make these the next revisions, and leave their batches to whoever sweeps."""
        self.plain.begin_to_apply(plain_files(terms))
        self.busy.begin_to_apply(busy_files(terms))

    def push(
        self,
        account: str,
        objects: Sequence[STIX],
        hidden_beside: Sequence[Sequence[STIX]] = ((), ()),
        to: str = HERE,
    ) -> None:
        """Push objects in both worlds; in the busy one with others before and after them in the same envelope."""
        before, after = hidden_beside
        self.push_each(account, objects, [*before, *objects, *after], to)

    def push_each(self, account: str, plain: Sequence[STIX], busy: Sequence[STIX], to: str = HERE) -> None:
        """Push an envelope in each world; the busy one's holds the plain one's objects in their order."""
        for world, objects in zip(self.both, (plain, busy), strict=True):
            answer = world.direct.post(account, objects, to)
            assert answer.status == 202, answer

    def hidden_push(self, account: str, objects: Sequence[STIX], to: str = HERE) -> dict[str, Any]:
        """Push objects in the busy world alone; the status resource."""
        answer = self.busy.direct.post(account, objects, to)
        assert answer.status == 202, answer
        status: dict[str, Any] = answer.json()
        return status

    def withdraw(self, account: str, object_id: str, *, hidden: bool = False, of: str = HERE) -> None:
        """Withdraw an object in both worlds, or in the busy one alone."""
        for world in [self.busy] if hidden else self.both:
            world.direct.ask(account, "DELETE", f"/{of}/objects/{object_id}/")

    def ask(self, account: str, method: str, target: str, body: bytes = b"", **headers: str) -> Answer:
        """The account asks in both worlds; the answers have to be the same bytes."""
        return self.ask_each(account, method, (target, target), body, **headers)

    def ask_each(
        self, account: str, method: str, targets: tuple[str, str], body: bytes = b"", **headers: str
    ) -> Answer:
        """`ask`, for something that has another name in each world, such as a status."""
        return self.ask_for_each(account, method, targets, body, **headers)[0]

    def ask_for_each(
        self, account: str, method: str, targets: tuple[str, str], body: bytes = b"", **headers: str
    ) -> Sequence[Answer]:
        """`ask_each`, with the answers of both worlds: the ids in them differ."""
        answers = [
            world.direct.ask(account, method, target, body, **headers)
            for world, target in zip(self.both, targets, strict=True)
        ]
        self.asked += 1
        plain, busy = map(_comparable, answers)
        assert busy == plain, f"{account} {method} {targets[0]}: what is hidden shows\nplain {plain}\nbusy  {busy}"
        return answers

    def walk(self, account: str, target: str) -> list[dict[str, Any]]:
        """All pages of a list along `next`; the tokens are compared as part of the pages."""
        pages = [self.ask(account, "GET", target).json()]
        separator = "&" if "?" in target else "?"
        while pages[-1].get("more"):
            pages.append(self.ask(account, "GET", f"{target}{separator}next={pages[-1]['next']}").json())
        return pages


def _comparable(answer: Answer) -> tuple[int, tuple[tuple[bytes, bytes], ...], bytes]:
    return answer.status, answer.headers, MASKED.sub(rb'"\1":""', answer.body)


OTHERS = ("outsider-feed", "duty-officer", "port-soc", "nl-soc", "wind-soc")
"""Accounts that the busy world has, whoever looks."""

GHOSTS = (
    ("ghost-soc", "ghost", Role.READER),
    ("ghost-feed", "ghost", Role.FEEDER),
    ("shade-soc", "shade", Role.READER),
    ("night-shift", "nl-cert", Role.READER),
)
"""Accounts that it has besides."""


@dataclass(frozen=True)
class PreparedTwins:
    """Both worlds as they are before anything has happened, open to nobody, to be copied."""

    plain: Prepared
    busy: Prepared

    @contextmanager
    def running(self) -> Iterator[Twins]:
        """A copy of both."""
        with ExitStack() as stack, pytest.MonkeyPatch.context() as patched:
            _read_each_file_once(patched)
            yield Twins(*(_running(stack, world) for world in (self.plain, self.busy)))


@contextmanager
def prepared_twins(databases: Any, view: View = WIND, terms: Terms | None = None) -> Iterator[PreparedTwins]:
    """Make both worlds on new databases."""
    terms = terms or Terms()
    visible = ["nl-feed", "water-feed", "wind-feed", "officer", view.reader]
    hidden = [each for each in OTHERS if each != view.reader]
    known = ((ANALYST, view.member, Role.ANALYST), ("chief", "nl-cert", Role.OFFICER))
    with ExitStack() as stack, pytest.MonkeyPatch.context() as patched:
        _read_each_file_once(patched)
        yield PreparedTwins(
            _prepared(stack, databases, plain_files(terms), visible, known),
            _prepared(stack, databases, busy_files(terms), [*hidden, *visible], (*GHOSTS, *known)),
        )


@contextmanager
def twins(databases: Any, view: View = WIND, terms: Terms | None = None) -> Iterator[Twins]:
    """Both worlds, for once."""
    with prepared_twins(databases, view, terms) as made, made.running() as worlds:
        yield worlds


def _prepared(
    stack: ExitStack,
    databases: Any,
    files: Mapping[str, str],
    only: Sequence[str],
    accounts: Sequence[tuple[str, str, Role]],
) -> Prepared:
    folder = _folder(stack)
    url = stack.enter_context(databases.new(folder))
    with running(url, folder, files=files, only=only) as made:
        for name, partner, role in accounts:
            made.add_account(name, partner, role)
    return Prepared(databases, url, made.exchange.settings.secret_key_file, made.secrets)


def _running(stack: ExitStack, world: Prepared) -> World:
    clock = StillClock()
    made = stack.enter_context(world.running(_folder(stack), clock))
    return World(made, stack.enter_context(Direct(made.application, made.secrets)), clock)


def _folder(stack: ExitStack) -> Path:
    return Path(stack.enter_context(TemporaryDirectory(dir=in_memory())))


def _read_each_file_once(patched: pytest.MonkeyPatch) -> None:
    """Reading YAML takes longer than all else that a revision does, and the worlds come back to the same few files."""
    patched.setattr(meaning, "read_agreements", lambda texts: _read(tuple(sorted(texts.items()))))


@cache
def _read(texts: tuple[tuple[str, str], ...]) -> Agreements:
    return read_agreements(dict(texts))
