"""Two exchanges that differ only in what one reader may not see, asked the same things at the same instants.

`plain` has one partnership, and the accounts that take part in what the reader sees. `busy` has more partnerships, a
further member and a further collection, all accounts, and everything that `hidden` does to it. The reader is Wind ISAC,
which is shown CLEAR, GREEN and AMBER.
"""

import re
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from uuid import UUID

from app.policy.partnership import Role
from tests.support.agreements import COLLECTION, EAST, ELSEWHERE, LETTER_BOX, NORTH_SEA, PARTNERS
from tests.support.clocks import StillClock
from tests.support.direct import Answer, Direct
from tests.support.exchanges import Running, running
from tests.support.stix import STIX

HERE = "north-sea/collections/indicators"
HIDDEN_COLLECTION = "0f2a6c1d-7f53-4c0e-9a86-6d1b5f2e8c47"
READER, FEED = "wind-soc", "wind-feed"
UNKNOWN = UUID(int=4, version=4)

MASKED = re.compile(rb'"(error_id|id)":"[0-9a-f]{8}-[0-9a-f-]{27}"')
"""Ids that the server makes. Ids of STIX objects have a type before them, and are compared."""

BUSY_PARTNERS = PARTNERS + "  ghost: {name: Nobody you know, identities: []}\n"
BUSY_NORTH_SEA = (
    NORTH_SEA.replace("members:\n", "members:\n  ghost: {tlp: all}\n")
    + f"""
  back-room:
    id: {HIDDEN_COLLECTION}
    title: Among the host and nobody you know
    read: [nl-cert, ghost]
    write: [nl-cert]
    release: {{tlp: [clear, green, amber, amber+strict], unmarked: amber, granular: withhold}}
    intake: {{types: all, tlp: all, unmarked: amber, ownership: creator, spec_versions: ["2.0", "2.1"]}}
"""
)
AARDVARK = EAST.replace("partnership: east", "partnership: aardvark").replace(
    ELSEWHERE, "7d0b1c52-2c34-4d56-8e78-90a1b2c3d4e5"
)


@dataclass
class World:
    """One exchange and its clock."""

    running: Running
    direct: Direct
    clock: StillClock


@dataclass
class Twins:
    """The two worlds. `asked` counts the requests that were compared."""

    plain: World
    busy: World
    asked: int = 0

    def advance(self, milliseconds: int) -> None:
        """The same time passes in both."""
        for world in (self.plain, self.busy):
            world.clock.advance(milliseconds=milliseconds)

    def push(self, account: str, objects: Sequence[STIX], hidden_beside: Sequence[Sequence[STIX]] = ((), ())) -> None:
        """Push objects in both worlds; in the busy one with others before and after them in the same envelope."""
        before, after = hidden_beside
        self.plain.direct.post(account, objects)
        self.busy.direct.post(account, [*before, *objects, *after])

    def hidden_push(self, account: str, objects: Sequence[STIX], to: str = HERE) -> dict[str, Any]:
        """Push objects in the busy world alone; the status resource."""
        answer = self.busy.direct.post(account, objects, to)
        assert answer.status == 202, answer
        status: dict[str, Any] = answer.json()
        return status

    def withdraw(self, account: str, object_id: str, *, hidden: bool = False) -> None:
        """Withdraw an object in both worlds, or in the busy one alone."""
        for world in [self.busy] if hidden else [self.plain, self.busy]:
            world.direct.ask(account, "DELETE", f"/{HERE}/objects/{object_id}/")

    def ask(self, account: str, method: str, target: str, body: bytes = b"", **headers: str) -> Answer:
        """The reader asks in both worlds; the answers have to be the same bytes."""
        return self.ask_each(account, method, (target, target), body, **headers)

    def ask_each(
        self, account: str, method: str, targets: tuple[str, str], body: bytes = b"", **headers: str
    ) -> Answer:
        """`ask`, for something that has another name in each world, such as a status."""
        answers = [
            world.direct.ask(account, method, target, body, **headers)
            for world, target in zip((self.plain, self.busy), targets, strict=True)
        ]
        self.asked += 1
        plain, busy = map(_comparable, answers)
        assert busy == plain, f"{account} {method} {targets[0]}: what is hidden shows\nplain {plain}\nbusy  {busy}"
        return answers[0]

    def ask_everything(self, ids: Sequence[str] = (), after: str = "1970-01-01T00:00:00Z") -> None:
        """Every endpoint, and for each list every page, in the ways that readers ask."""
        for target in ("/taxii2/", "/north-sea/", "/north-sea/collections/", *_COLLECTIONS, *_ELSEWHERE):
            self.ask(READER, "GET", target)
        for method, target in _METHODS:
            self.ask(FEED, method, target)
        for path in ("objects", "manifest"):
            for query in (
                "limit=1&match[version]=all",
                "limit=3",
                "match[spec_version]=2.0,2.1",
                "match[type]=indicator",
            ):
                self.walk(f"/{HERE}/{path}/?{query}&added_after={after}")
        for object_id in ids:
            self.ask(READER, "GET", f"/{HERE}/objects/{object_id}/?match[version]=all")
            self.ask(READER, "HEAD", f"/{HERE}/objects/{object_id}/")
            self.ask(READER, "GET", f"/{HERE}/objects/{object_id}/versions/?limit=1")
            self.ask(READER, "GET", f"/{HERE}/manifest/?match[id]={object_id}")
            self.ask(READER, "DELETE", f"/{HERE}/objects/{object_id}/")

    def walk(self, target: str) -> None:
        """All pages of a list along `next`; the tokens are compared as part of the pages."""
        page = self.ask(READER, "GET", target).json()
        separator = "&" if "?" in target else "?"
        while page.get("more"):
            page = self.ask(READER, "GET", f"{target}{separator}next={page['next']}").json()


BUSY_FILES = {
    "partners.yaml": BUSY_PARTNERS,
    "aardvark.yaml": AARDVARK,
    "east.yaml": EAST,
    "north-sea.yaml": BUSY_NORTH_SEA,
}
PLAIN_FILES = {"partners.yaml": PARTNERS, "north-sea.yaml": NORTH_SEA}

_COLLECTIONS = tuple(
    f"/north-sea/collections/{reference}/"
    for reference in ("indicators", COLLECTION, "letter-box", LETTER_BOX, HIDDEN_COLLECTION, "back-room", str(UNKNOWN))
)
_ELSEWHERE = (
    "/east/",
    "/aardvark/collections/",
    f"/east/collections/{ELSEWHERE}/objects/",
    f"/north-sea/collections/{ELSEWHERE}/manifest/",
    "/north-sea/collections/back-room/objects/",
    "/north-sea/collections/letter-box/objects/",
    f"/north-sea/status/{UNKNOWN}/",
)
_METHODS = tuple(
    (method, f"/north-sea/collections/{reference}/objects/?limit=0")
    for method in ("OPTIONS", "PUT", "POST", "GET")
    for reference in ("back-room", HIDDEN_COLLECTION, "letter-box", "indicators")
)


def _comparable(answer: Answer) -> tuple[int, tuple[tuple[bytes, bytes], ...], bytes]:
    return answer.status, answer.headers, MASKED.sub(rb'"\1":""', answer.body)


@contextmanager
def twins(databases: Any) -> Iterator[Twins]:
    """Both worlds on new databases, as they are before anything has happened."""
    visible = ["nl-feed", "water-feed", FEED, READER]
    with ExitStack() as stack:
        plain = _world(stack, databases, PLAIN_FILES, visible)
        busy = _world(
            stack, databases, BUSY_FILES, ["outsider-feed", "duty-officer", "officer", "port-soc", *visible, "nl-soc"]
        )
        busy.running.add_account("ghost-soc", "ghost", Role.READER)
        yield Twins(plain, busy)


def _world(stack: ExitStack, databases: Any, files: dict[str, str], only: Sequence[str]) -> World:
    folder = Path(stack.enter_context(TemporaryDirectory()))
    url = stack.enter_context(databases.new(folder))
    clock = StillClock()
    made = stack.enter_context(running(url, folder, files=files, clock=clock, only=only))
    return World(made, stack.enter_context(Direct(made.application, made.secrets)), clock)
