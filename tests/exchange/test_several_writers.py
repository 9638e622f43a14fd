"""Several processes write into one log: its dates follow its commits, whatever the clock of each process says.

Each process is an exchange of its own on one database, with threads of its own; one of them has a clock 10 s behind.
"""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from app.clock import Clock, SystemClock
from app.storage.instants import milliseconds
from app.taxii.timestamps import parse_added_after
from tests.support.direct import Direct
from tests.support.exchanges import Running, running
from tests.support.pollers import Poller, Style, all_done, content_of, poll_until, walk
from tests.support.servers import Server
from tests.support.stix import CLEAR, an_envelope, an_indicator

COLLECTION = "/north-sea/collections/indicators"
ACCOUNTS = ["nl-feed", "wind-feed", "water-feed", "port-soc"]
FEEDERS = ACCOUNTS[:3]
PUSHES, OBJECTS_PER_PUSH = 6, 3
CURSOR_STYLES = (Style.HEADER, Style.HEADER_MS, Style.NEXT, Style.BOTH)


class Behind:
    """The machine's clock, 10 seconds behind."""

    def now(self) -> datetime:
        return SystemClock().now() - timedelta(seconds=10)


def on_one_database(stack: ExitStack, url: str, folder: Path, clocks: Sequence[Clock]) -> Sequence[Running]:
    """An exchange for each clock. The accounts are made once."""
    first = stack.enter_context(running(url, folder, clock=clocks[0], only=ACCOUNTS, writers=2))
    others = [
        stack.enter_context(running(url, folder, files={}, clock=clock, seed=seed, writers=2))
        for seed, clock in enumerate(clocks[1:], 100)
    ]
    for each in others:
        each.secrets.update(first.secrets)
    return [first, *others]


@dataclass
class Watch:
    """Whole walks, one after the other: what each of them was the first to be given, and when it was asked for.

    `early` are rows dated before an instant at which they could not be read, with that instant: on a busy machine a
    commit may take longer than dates are ahead, and then the rows are appended again, under later dates.
    """

    seen: dict[str, int] = field(default_factory=dict)
    early: dict[str, int] = field(default_factory=dict)
    latest: int = 0
    asked_at: int = 0
    walks: int = 0

    def look(self, rows: Callable[[], Iterator[dict[str, Any]]], *, clock: Clock | None) -> None:
        """A row that is new is dated after all that were there before; and, by this clock, after the walk before."""
        asked_at = milliseconds(clock.now()) if clock is not None else 0
        dates = {row["id"]: parse_added_after(row["date_added"]) for row in rows()}
        new = {found: date for found, date in dates.items() if found not in self.seen}
        assert len(set(dates.values())) == len(dates), "each row has a date of its own"
        for date in new.values():
            assert date > self.latest, f"a row dated {date} came after one dated {self.latest}"
        self.early.update({found: self.asked_at for found, date in new.items() if date < self.asked_at})
        self.early = {found: unread for found, unread in self.early.items() if dates[found] < unread}
        self.seen.update(new)
        self.latest = max(self.seen.values(), default=0)
        self.asked_at = asked_at
        self.walks += 1


def feed(exchange: Running, account: str, name: str) -> None:
    with Direct(exchange.application, exchange.secrets) as direct:
        for push in range(PUSHES):
            objects = [an_indicator(f"{name} {push} {n}", CLEAR) for n in range(OBJECTS_PER_PUSH)]
            answer = direct.post(account, objects)
            assert answer.status == 202, answer
            assert answer.json()["success_count"] == OBJECTS_PER_PUSH, answer


def watch_while(exchange: Running, feeds: Sequence[Future[Any]], clock: Clock | None) -> Watch:
    watch = Watch()
    with Direct(exchange.application, exchange.secrets) as direct:
        rows = partial(walk, lambda query: direct.ask("port-soc", "GET", f"{COLLECTION}/manifest/?{query}"))
        poll_until(lambda: all_done(feeds), partial(watch.look, rows, clock=clock))
    assert not watch.early, f"rows dated before they could be read: {watch.early}"
    return watch


def poll_while(exchange: Running, feeds: Sequence[Future[Any]], style: Style) -> set[str]:
    with Direct(exchange.application, exchange.secrets) as direct:
        poller = Poller(lambda query: direct.ask("port-soc", "GET", f"{COLLECTION}/objects/?{query}"), style, 7)
        poll_until(lambda: all_done(feeds), poller.poll)
        return poller.had


@pytest.mark.parametrize(
    "clocks", [(SystemClock(), SystemClock()), (SystemClock(), Behind())], ids=["clocks agree", "one is behind"]
)
@pytest.mark.row("T-LIFE-04", "T-LIFE-07")
def test_dates_follow_commits_whoever_commits(database_url: str, tmp_path: Path, clocks: Sequence[Clock]) -> None:
    """A reader's own clock is compared only where every writer's clock is that clock."""
    agree = not any(isinstance(each, Behind) for each in clocks)
    with ExitStack() as stack:
        exchanges = on_one_database(stack, database_url, tmp_path, clocks)
        pool = stack.enter_context(ThreadPoolExecutor(12))
        feeds = [
            pool.submit(feed, exchange, account, f"{number} {account}")
            for number, exchange in enumerate(exchanges)
            for account in FEEDERS
        ]
        watched = pool.submit(watch_while, exchanges[0], feeds, SystemClock() if agree else None)
        polled = [pool.submit(poll_while, exchanges[0], feeds, style) for style in CURSOR_STYLES]
        for each in feeds:
            each.result()
        watch = watched.result()
        assert len(watch.seen) == len(exchanges) * len(FEEDERS) * PUSHES * OBJECTS_PER_PUSH
        assert watch.walks > 2
        everything = {content_of(found) for found in exchanges[0].objects("port-soc")}
        for style, had in zip(CURSOR_STYLES, polled, strict=True):
            assert had.result() == everything, f"{style} missed {len(everything - had.result())}"


def test_what_is_loaded_beside_a_running_exchange_is_dated_in_line_with_its_pushes(
    database_url: str, tmp_path: Path
) -> None:
    """`comity load` is a process of its own, on either engine."""
    with ExitStack() as stack:
        (exchange,) = on_one_database(stack, database_url, tmp_path, [SystemClock()])
        beside = Server(database_url, tmp_path)
        file = tmp_path / "loaded.json"
        file.write_bytes(an_envelope([an_indicator(f"loaded {n}", CLEAR) for n in range(300)]))
        pool = stack.enter_context(ThreadPoolExecutor(4))
        load = pool.submit(beside.command, "load", "north-sea/indicators", str(file), "--account", "wind-feed")
        feeding = pool.submit(feed_until, load.done, exchange)
        feeds: list[Future[Any]] = [load, feeding]
        watched = pool.submit(watch_while, exchange, feeds, SystemClock())
        polled = pool.submit(poll_while, exchange, feeds, Style.OWN_CLOCK)
        for each in feeds:
            each.result()
        assert len(watched.result().seen) == 300 + feeding.result()
        assert polled.result() == {content_of(found) for found in exchange.objects("port-soc")}


def feed_until(done: Callable[[], bool], exchange: Running) -> int:
    """Push objects one by one until then; how many."""
    numbers = count()
    with Direct(exchange.application, exchange.secrets) as direct:

        def push() -> None:
            answer = direct.post("nl-feed", [an_indicator(f"pushed {next(numbers)}", CLEAR)])
            assert answer.json()["success_count"] == 1

        poll_until(done, push)
    return next(numbers)
