"""Law 1: nothing is missed.

A reader who polls in any way real clients poll receives every version its query selects; one full walk returns each
row once; dates rise by whole milliseconds and are never earlier than the instant at which their row can be read.
"""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from datetime import datetime
from functools import partial
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import httpx
import pytest
from hypothesis import Phase, given, settings

from app.clock import SystemClock
from app.exchange import apply, plan
from app.storage.instants import milliseconds
from app.taxii.timestamps import parse_added_after
from tests.laws.sequences import COLLECTION, READERS, History, Step, scripts
from tests.support.agreements import FILES
from tests.support.cases import record_cases
from tests.support.clocks import StillClock
from tests.support.databases import ENGINES
from tests.support.direct import Answer, Direct
from tests.support.exchanges import TAXII, Running, running
from tests.support.pollers import Poller, Style, all_done, content_of, poll_until, walk
from tests.support.servers import Server
from tests.support.stix import AMBER, CLEAR, GREEN, an_envelope, an_indicator

EXAMPLES = {"sqlite": 8, "postgresql": 4}
ALL = "match[version]=all"

ZOO: Sequence[tuple[str, Style, int, str]] = (
    ("wind-soc", Style.NEXT, 1, ""),
    ("port-soc", Style.NEXT, 2, ALL),
    ("wind-soc", Style.HEADER, 1, ""),
    ("wind-soc", Style.HEADER_MS, 2, ALL),
    ("port-soc", Style.HEADER_MS, 7, ""),
    ("wind-soc", Style.BOTH, 2, ""),
    ("wind-soc", Style.OWN_CLOCK, 1, ""),
    ("port-soc", Style.OWN_CLOCK, 7, ALL),
    ("wind-soc", Style.DROPS_FILTERS, 1, f"{ALL}&match[type]=indicator"),
    ("wind-soc", Style.DROPS_FILTERS, 2, "match[spec_version]=2.0,2.1"),
    ("wind-soc", Style.NEXT, 7, "match[spec_version]=2.0"),
)


@contextmanager
def a_history(databases: Any, seed: int = 7) -> Iterator[History]:
    """A new exchange on a new database."""
    clock = StillClock()
    with (
        TemporaryDirectory() as name,
        databases.new(Path(name)) as url,
        running(url, Path(name), clock=clock, only=["nl-feed", "water-feed", *READERS], seed=seed) as made,
        Direct(made.application, made.secrets) as direct,
    ):
        yield History(made, direct, clock)


@pytest.fixture(params=ENGINES)
def engine(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def databases(engine: str, request: pytest.FixtureRequest) -> Any:
    return request.getfixturevalue("sqlite_databases" if engine == "sqlite" else "postgres_databases")


def asking(direct: Direct, account: str, path: str, query: str) -> Answer:
    return direct.ask(account, "GET", f"{COLLECTION}/{path}/?{query}")


@pytest.mark.row("T-PAG-09", "T-PAG-18", "T-PAG-27", "S-04", "S-08", "S-09", "S-12", "S-14", "S-16", "S-17", "S-18")
def test_every_poller_receives_what_its_query_selects_whatever_happens_between_its_pages(
    engine: str, databases: Any
) -> None:
    @settings(
        max_examples=EXAMPLES[engine], phases=[Phase.generate]
    )  # shrinking takes minutes, and the blob is printed
    @given(scripts())
    def tried(script: Sequence[Step]) -> None:
        with a_history(databases) as history:
            pollers = [
                Poller(partial(asking, history.direct, account, "objects"), style, limit, query, history.clock.now)
                for account, style, limit, query in ZOO
            ]
            for step in script:
                carry_out(history, pollers, step)
            for poller in pollers:
                poller.poll()
            judge(history, pollers)
        record_cases("law 1: nothing is missed")

    tried()


def carry_out(history: History, pollers: Sequence[Poller], step: Step) -> None:
    match step:
        case ("turn", which):
            pollers[which % len(pollers)].page()
        case ("round",):
            for poller in pollers:
                poller.page()
        case ("rest",):
            for poller in pollers:
                poller.poll()
        case ("advance", milliseconds):
            history.clock.advance(milliseconds=milliseconds)
        case (verb, *arguments):
            getattr(history, verb)(*arguments)


def judge(history: History, pollers: Sequence[Poller]) -> None:
    for reader in READERS:
        get = partial(asking, history.direct, reader, "objects")
        for query, expected in history.expected(reader).items():
            shown = [content_of(each) for each in walk(get, query, limit=1)]
            assert set(shown) == expected, f"{reader} is shown what the agreement says, with {query or 'no filter'}"
            dated = [each for each in shown if '"created"' in each]  # an address may go back to an earlier content
            assert len(dated) == len(set(dated)), "a walk gives each row once"
        rows = list(walk(partial(asking, history.direct, reader, "manifest"), ALL, limit=2))
        assert len({(row["id"], row["version"]) for row in rows}) == len(rows), "no version stands twice"
        dates = [row["date_added"] for row in rows]
        assert dates == sorted(set(dates)), "each row has a date of its own, and they rise"
        assert all(date.endswith("000Z") and len(date) == 27 for date in dates), "dates are whole milliseconds"
    for poller, (reader, *_) in zip(pollers, ZOO, strict=True):
        selected = {content_of(each) for each in walk(partial(asking, history.direct, reader, "objects"), poller.query)}
        assert selected <= poller.had, f"{poller.style} with limit {poller.limit} and {poller.query!r} missed something"
    assert history.apply() == (0, 0), "the logs hold what they would hold if they were written anew"


@pytest.mark.row("T-AFT-09")
def test_one_large_push_reaches_readers_of_all_of_it_and_of_a_third_however_they_page(exchange: Running) -> None:
    styles = [(style, limit) for style in (Style.NEXT, Style.HEADER_MS, Style.BOTH) for limit in (2, 7)]
    pushed = [an_indicator(n, AMBER if n % 3 else CLEAR) for n in range(60)]
    with Direct(exchange.application, exchange.secrets) as direct:
        assert direct.post("nl-feed", pushed).json()["failure_count"] == 0
        for reader, wanted in (("nl-soc", pushed), ("port-soc", pushed[::3])):
            for style, limit in styles:
                poller = Poller(partial(asking, direct, reader, "objects"), style, limit)
                poller.poll()
                assert poller.had == set(map(content_of, wanted)), (reader, style, limit)


def test_a_version_that_is_first_again_comes_to_a_poller_of_first_versions(exchange: Running) -> None:
    with Direct(exchange.application, exchange.secrets) as direct:
        poller = Poller(partial(asking, direct, "port-soc", "objects"), Style.HEADER, 7, "match[version]=first")
        second, first = (an_indicator("one", CLEAR, version=f"2026-05-0{n}T00:00:00.000Z") for n in (2, 1))
        direct.post("nl-feed", [second])
        direct.post("nl-feed", [first])
        poller.poll()
        assert poller.had == {content_of(first)}
        direct.ask("nl-feed", "DELETE", f"{COLLECTION}/objects/{first['id']}/?match[version]=first")
        poller.poll()
        assert content_of(second) in poller.had


def test_an_earlier_version_that_loses_its_newer_encoding_comes_in_the_older_one(exchange: Running) -> None:
    """Of two encodings of one version a reader is given the newer; when that goes, the older one has to arrive."""
    with Direct(exchange.application, exchange.secrets) as direct:
        poller = Poller(partial(asking, direct, "port-soc", "objects"), Style.HEADER, 7, ALL)
        older = an_indicator("one", CLEAR, spec_version=None, pattern_type=None, labels=["benign"])
        newer = an_indicator("one", CLEAR)
        next_one = an_indicator("one", CLEAR, version="2026-05-02T00:00:00.000Z")
        direct.post("nl-feed", [older, newer, next_one])
        poller.poll()
        which = "match[version]=2026-05-01T00:00:00Z&match[spec_version]=2.1"
        direct.ask("nl-feed", "DELETE", f"{COLLECTION}/objects/{newer['id']}/?{which}")
        poller.poll()
        assert content_of(older) in poller.had


class Ticking:
    """A clock under which work takes time: each reading is 100 ms after the one before."""

    def __init__(self) -> None:
        self._clock = StillClock()

    def now(self) -> datetime:
        return self._clock.advance(milliseconds=100)

    def latest(self) -> datetime:
        """What was read last."""
        return self._clock.now()


def test_no_row_of_an_apply_is_dated_before_the_last_of_its_partnerships_is_done(
    database_url: str, tmp_path: Path
) -> None:
    clock = Ticking()
    accounts = ["nl-feed", "port-soc", "outsider-soc"]
    with (
        running(database_url, tmp_path, clock=clock, only=accounts) as made,
        Direct(made.application, made.secrets) as direct,
    ):
        first, second = an_indicator("one", GREEN), an_indicator("one", CLEAR, version="2026-05-02T00:00:00.000Z")
        for root in ("north-sea", "east"):
            direct.post("nl-feed", [first, second], to=f"{root}/collections/indicators")
        narrower = {name: text.replace("{tlp: [clear, green]}", "{tlp: [clear]}") for name, text in FILES.items()}
        planned = plan.plan(made.exchange, narrower)
        apply.apply(made.exchange, planned, by="test", reason="what is the first version again waits for no batch")
        ended = clock.latest().timestamp() * 1000
        for reader, root in (("outsider-soc", "east"), ("port-soc", "north-sea")):
            page = direct.ask(reader, "GET", f"/{root}/collections/indicators/manifest/")
            date = parse_added_after(page.json()["objects"][0]["date_added"])
            assert date >= ended, f"{root}: {ended - date} ms before the apply was done"


PUSHES, OBJECTS_PER_PUSH = 4, 8
STYLES = ((Style.NEXT, 7), (Style.HEADER_MS, 5), (Style.BOTH, 7), (Style.OWN_CLOCK, 7))


@pytest.mark.row("T-LIFE-04", "T-LIFE-07")
def test_nothing_is_missed_while_several_writers_push_to_a_real_server(
    engine: str, databases: Any, tmp_path: Path
) -> None:
    """On PostgreSQL with two workers."""
    accounts = ["nl-feed", "water-feed", "port-soc"]
    with databases.new(tmp_path) as url:
        with running(url, tmp_path, clock=SystemClock(), only=accounts) as made:
            secrets = dict(made.secrets)
        workers = 2 if engine == "postgresql" else 1
        with Server(url, tmp_path, workers=workers, secrets=secrets) as server, ExitStack() as stack:

            def get(client: httpx.Client, path: str, query: str) -> Answer:
                answer = client.get(f"{COLLECTION}/{path}/?{query}")
                return Answer(answer.status_code, tuple(answer.headers.raw), answer.content)

            def client(account: str = "port-soc") -> httpx.Client:
                return stack.enter_context(server.client(account))

            pollers = [
                Poller(partial(get, client(), "objects"), style, limit, now=SystemClock().now)
                for style, limit in STYLES
            ]
            watch = partial(get, client(), "manifest")
            watched: list[tuple[int, set[str]]] = []
            with ThreadPoolExecutor(len(pollers) + 4) as pool:
                feeds = [
                    pool.submit(feed, client(account), f"{account} {n}")
                    for n, account in enumerate(["nl-feed", "nl-feed", "water-feed"])
                ]
                fed = partial(all_done, feeds)
                polls = [pool.submit(poll_until, fed, poller.poll) for poller in pollers]
                polls.append(pool.submit(poll_until, fed, lambda: watched.append(look(watch))))
                for each in [*feeds, *polls]:
                    each.result()
            selected = {content_of(each) for each in walk(partial(get, client(), "objects"))}
            assert len(selected) == 3 * PUSHES * OBJECTS_PER_PUSH
            for poller in pollers:
                poller.poll()
                assert selected == poller.had, f"{poller.style} missed {len(selected - poller.had)}"
            judge_dates(list(walk(watch)), watched)


def feed(client: httpx.Client, name: str) -> None:
    for push in range(PUSHES):
        objects = [an_indicator(f"{name} {push} {n}", CLEAR) for n in range(OBJECTS_PER_PUSH)]
        answer = client.post(f"{COLLECTION}/objects/", content=an_envelope(objects), headers={"Content-Type": TAXII})
        assert answer.json()["success_count"] == OBJECTS_PER_PUSH, answer.text


def look(get: Callable[[str], Answer]) -> tuple[int, set[str]]:
    """When a whole walk was asked for, in milliseconds by the client's clock, and the ids that it gave."""
    sent_at = milliseconds(SystemClock().now())
    return sent_at, {row["id"] for row in walk(get)}


def judge_dates(rows: Sequence[dict[str, Any]], watched: Sequence[tuple[int, set[str]]]) -> None:
    """A row that a poll at some instant did not get is dated after that instant: own clocks are safe."""
    dates = [parse_added_after(row["date_added"]) for row in rows]
    assert all(before < after for before, after in pairwise(dates))
    assert watched
    for row, date in zip(rows, dates, strict=True):
        early = [sent_at for sent_at, seen in watched if row["id"] not in seen and sent_at >= date]
        assert not early, f"a row dated {date} could not be read at {early[0]}"
