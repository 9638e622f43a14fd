"""Pollers as real clients are: each follows a collection in a way of its own and keeps what it was given."""

import json
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from threading import Event
from typing import Any
from urllib.parse import quote

from app.clock import SystemClock
from app.stix.timestamps import from_datetime
from tests.support.direct import Answer
from tests.support.stix import STIX

Get = Callable[[str], Answer]
"""One request for a page: a query in, an answer out."""

LAST = "X-TAXII-Date-Added-Last"


class Style(Enum):
    """What a client goes on from."""

    NEXT = "next, and Last of the final page for the next poll"
    HEADER = "added_after from Last, page by page; next is ignored"
    HEADER_MS = "the same, cut to milliseconds"
    BOTH = "next together with added_after from Last, cut to milliseconds"
    OWN_CLOCK = "next, and its own clock for the next poll"
    DROPS_FILTERS = "next without the filters it began with"
    SAME_AFTER = "next together with the added_after that the walk began with, then Last cut to milliseconds"
    EACH_LAST = "next without filters or added_after; Last of every page is kept for when it begins again"
    SHORT_PAGES = "next; the size of a short page is its limit from then on"


def content_of(found: STIX) -> str:
    """An object as a value that sets hold: what a client was given, to the last property."""
    return json.dumps(found, sort_keys=True)


@dataclass
class Poller:
    """One client. `had` is everything it was ever given. A limit of 0 asks for pages as the server likes them."""

    get: Get
    style: Style
    limit: int
    query: str = ""
    now: Callable[[], datetime] = SystemClock().now
    had: set[str] = field(default_factory=set)
    _after: str | None = None
    _last: str | None = None
    _token: str | None = None

    def page(self) -> bool:
        """Fetch one page. Whether the client will ask for more before it rests."""
        sent_at = self.now()
        answer = self.get(self._request())
        assert answer.status == 200, (self, answer)
        body = answer.json()
        objects = body.get("objects", [])
        self.had.update(map(content_of, objects))
        more = bool(body.get("more", False))
        assert more == ("next" in body), "next is there exactly when there is more"
        assert objects or not more, "a page that is empty ends the walk"
        assert len(objects) <= (self.limit or len(objects))
        self._last = answer.header(LAST) or self._last
        self._token = body["next"] if more else None
        if more and self.style is Style.SHORT_PAGES:
            self.limit = len(objects)
        if self.style in (Style.HEADER, Style.HEADER_MS):
            self._token = None
            self._after = self._last
        elif self.style is Style.EACH_LAST:
            self._after = self._last
        elif not more:
            self._after = from_datetime(sent_at) if self.style is Style.OWN_CLOCK else self._last
        return more

    def poll(self) -> None:
        """Fetch pages until there are no more."""
        while self.page():
            pass

    def begin_again(self) -> None:
        """The client was restarted in the middle of a walk: it goes on from the date that it keeps."""
        self._token = None

    def set_back(self, to: datetime) -> None:
        """A client that goes by its own clock had one that was ahead, and is told to go on from this instant."""
        if self.style is Style.OWN_CLOCK and self._after is not None:
            self._after = min(self._after, from_datetime(to))

    def _request(self) -> str:
        parameters = {"limit": str(self.limit)} if self.limit else {}
        if self._token is not None:
            parameters["next"] = self._token
        after = self._last if self._token is not None and self.style is Style.BOTH else self._after
        if after is not None and (self._token is None or self.style in (Style.BOTH, Style.SAME_AFTER)):
            cut = self.style in (Style.HEADER_MS, Style.BOTH, Style.SAME_AFTER)
            parameters["added_after"] = after[:23] + "Z" if cut else after
        written = "&".join(f"{name}={quote(value)}" for name, value in parameters.items())
        repeats = self._token is None or self.style not in (Style.DROPS_FILTERS, Style.EACH_LAST)
        return "&".join(part for part in (written, self.query if repeats else "") if part)


def walk(get: Get, query: str = "", limit: int = 1000) -> Iterator[dict[str, Any]]:
    """What one full walk is given, row by row."""
    parameters = f"limit={limit}" + (f"&{query}" if query else "")
    target = parameters
    while True:
        answer = get(target)
        assert answer.status == 200, answer
        body = answer.json()
        yield from body.get("objects", [])
        if not body.get("more"):
            return
        target = f"{parameters}&next={body['next']}"


def poll_until(ended: Callable[[], bool], poll: Callable[[], object], rest: float = 0.02) -> None:
    """Poll until then, and once more. Between two polls others get their turn for so many seconds: those who never
    rest only keep one another, and the writers whom they watch, from getting on."""
    resting = Event()
    while not ended():
        poll()
        resting.wait(rest)
    poll()


def all_done(works: Sequence[Future[Any]]) -> bool:
    """Whether all of it has ended."""
    return all(each.done() for each in works)
