"""Polling scenarios with many clients at once: a real server for one large push, threads for many small ones."""

import random
import shutil
import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import Connection, event

from app.clock import SystemClock
from app.taxii.timestamps import parse_added_after
from tests.conformance import content
from tests.conformance.conftest import Filled
from tests.support.direct import Answer, Direct
from tests.support.exchanges import TAXII, Running, running
from tests.support.pollers import Poller, Style, all_done, content_of, poll_until, walk
from tests.support.servers import Server
from tests.support.stix import AMBER, CLEAR, STIX, an_envelope, an_indicator

MANY = f"/first/collections/{content.MANY}"
READERS = ("owner", "ro")
BULK = {"sqlite": 10_000, "postgresql": 3_000}
REST_SECONDS = 0.1


@pytest.fixture(scope="module")
def server(filled: Filled, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """With two workers where the engine allows it."""
    folder = tmp_path_factory.mktemp("served")
    shutil.copy(filled.key_file, folder / "secret.key")
    with filled.databases.new(folder, like=filled.url) as url:
        workers = 2 if url.startswith("postgresql") else 1
        with Server(url, folder, workers=workers, secrets=filled.secrets) as made:
            yield made


def for_both(name: str, count: int) -> list[STIX]:
    """Objects of which every third one is for both readers, and the others for one of them."""
    return [an_indicator(f"{name} {n}", AMBER if n % 3 else CLEAR) for n in range(count)]


def asking(client: httpx.Client, path: str, query: str) -> Answer:
    answer = client.get(f"{MANY}/{path}/?{query}")
    return Answer(answer.status_code, tuple(answer.headers.raw), answer.content)


@pytest.mark.row("S-06", "S-13", "T-ADD-40", "T-LIFE-03")
def test_one_push_of_thousands_of_objects_reaches_all_who_walk_meanwhile(server: Server) -> None:
    """Ten thousand on SQLite; among them one tool, which a filter finds."""
    count = BULK[server.database_url.partition(":")[0]]
    pushed = for_both("bulk", count)
    tool = content.an_sdo("tool", "one of thousands", name="x", object_marking_refs=[CLEAR])
    pushed[count // 2] = tool
    ids = {each["id"] for each in pushed}
    with ExitStack() as stack:
        client = lambda account: stack.enter_context(server.client(account))  # noqa: E731
        pollers = [
            (reader, Poller(partial(asking, client(reader), "objects"), style, 0))
            for reader in READERS
            for style in (Style.NEXT, Style.HEADER_MS)
        ]
        with ThreadPoolExecutor(len(pollers) + 1) as pool:
            writer = client("rw")
            push = pool.submit(
                writer.post, f"{MANY}/objects/", content=an_envelope(pushed), headers={"Content-Type": TAXII}
            )
            for each in [pool.submit(poll_until, push.done, poller.poll, REST_SECONDS) for _, poller in pollers]:
                each.result()
        status = push.result().json()
        assert (status["total_count"], status["success_count"]) == (count, count)
        for reader in READERS:
            wanted = {content_of(each) for each in pushed if reader == "owner" or CLEAR in each["object_marking_refs"]}
            for which, poller in pollers:
                assert which != reader or poller.had >= wanted, poller.style
            get = partial(asking, client(reader), "manifest")
            records = list(walk(get, limit=1000))
            dates = [each["date_added"] for each in records]
            assert all(one < other and other.endswith("000Z") for one, other in pairwise(dates))
            assert len({each["id"] for each in records}) == len(records)
            assert len(ids & {each["id"] for each in records}) == len(wanted)
            found = list(walk(partial(asking, client(reader), "objects"), "match[type]=tool", limit=1))
            assert found == [tool]


@pytest.mark.row("S-10")
def test_answers_that_are_cut_in_the_middle_are_asked_for_again(server: Server) -> None:
    """Every page twice: the first time the client hangs up after some of the body."""
    for reader in READERS:
        with server.client(reader) as client:
            whole = [content_of(each) for each in walk(partial(asking, client, "objects"), "match[version]=all")]
            given: list[str] = []
            query = "match[version]=all&limit=30"
            while query and len(given) < 120:
                with server.client(reader) as impatient, impatient.stream("GET", f"{MANY}/objects/?{query}") as cut:
                    assert next(cut.iter_raw(500))
                page = asking(client, "objects", query).json()
                given += map(content_of, page["objects"])
                query = f"limit=30&next={page['next']}" if "next" in page else ""
            assert given == whole[: len(given)]
            assert len(given) >= 120


WRITERS, PUSHES, STYLES = 16, 4, (Style.NEXT, Style.HEADER, Style.OWN_CLOCK, Style.BOTH)


@pytest.mark.row("S-07", "T-LIFE-04", "T-LIFE-06")
def test_many_writers_whose_commits_come_late_and_many_pollers_miss_nothing(filled: Filled, tmp_path: Path) -> None:
    """Sixteen writers on two exchanges; some commits take longer than dates are ahead of the clock."""
    shutil.copy(filled.key_file, tmp_path / "secret.key")
    with filled.databases.new(tmp_path, like=filled.url) as url, ExitStack() as stack:
        exchanges = [
            stack.enter_context(running(url, tmp_path, files={}, clock=SystemClock(), seed=seed, writers=4))
            for seed in (1, 2)
        ]
        for number, each in enumerate(exchanges):
            each.secrets.update(filled.secrets)
            delay_commits(each, random.Random(number))
        pool = stack.enter_context(ThreadPoolExecutor(WRITERS + 2 * len(STYLES)))
        feeds = [pool.submit(feed, exchanges[n % 2], ("rw", "owner")[n % 2], f"writer {n}") for n in range(WRITERS)]
        polls = {
            (reader, style): pool.submit(poll_while, exchanges[n % 2], feeds, reader, style)
            for reader in READERS
            for n, style in enumerate(STYLES)
        }
        pushed = [each for written in feeds for each in written.result()]
        assert len(pushed) == WRITERS * PUSHES * 3
        with Direct(exchanges[0].application, filled.secrets) as direct:
            for reader in READERS:
                records = list(walk(lambda query: direct.ask(reader, "GET", f"{MANY}/manifest/?{query}")))  # noqa: B023
                dates = [parse_added_after(each["date_added"]) for each in records]
                assert all(one < other for one, other in pairwise(dates))
                mine = [each for each in pushed if reader == "owner" or CLEAR in each["object_marking_refs"]]
                assert {each["id"] for each in mine} <= {each["id"] for each in records}
                wanted = set(map(content_of, mine))
                for style in STYLES:
                    missed = wanted - polls[reader, style].result()
                    assert not missed, f"{reader}, {style} missed {len(missed)}"


def delay_commits(exchange: Running, source: random.Random) -> None:
    """Let a moment pass before each commit that writes; before one in twenty, more than rows are dated ahead."""

    def wait(connection: Connection) -> None:
        options = connection.get_execution_options()
        if not options.get("postgresql_readonly") and options.get("comity_writes", True):
            threading.Event().wait(0.3 if source.random() < 0.05 else source.random() * 0.03)

    event.listen(exchange.exchange.database._engine, "commit", wait)


def feed(exchange: Running, account: str, name: str) -> Sequence[STIX]:
    pushed: list[STIX] = []
    with Direct(exchange.application, exchange.secrets) as direct:
        for push in range(PUSHES):
            objects = for_both(f"{name} {push}", 3)
            answer = direct.post(account, objects, to=f"first/collections/{content.MANY}")
            assert answer.json()["success_count"] == len(objects), answer
            pushed += objects
    return pushed


def poll_while(exchange: Running, feeds: Sequence[Future[Any]], reader: str, style: Style) -> set[str]:
    with Direct(exchange.application, exchange.secrets) as direct:
        poller = Poller(lambda query: direct.ask(reader, "GET", f"{MANY}/objects/?{query}"), style, 40)
        poll_until(lambda: all_done(feeds), poller.poll, REST_SECONDS)
        return poller.had
