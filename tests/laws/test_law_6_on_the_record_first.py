"""Law 6: on the record first.

A disclosure is durably in the ledger before its bytes leave. Without a ledger no answer holds an object.
"""

import asyncio
import json
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, closing, contextmanager
from hashlib import sha256
from pathlib import Path
from threading import Timer
from typing import Any

import psycopg
import pytest
from sqlalchemy import event, select
from starlette.types import Message, Receive, Scope, Send
from structlog.testing import capture_logs

from app.composition import open_database
from app.exchange.received import received
from app.ledger.disclosures import content_digest, unpack_dates
from app.storage.dialects import database_file, ledger_url
from app.storage.instants import milliseconds
from app.storage.ledger_tables import disclosure
from app.taxii.timestamps import parse_added_after
from tests.support.agreements import COLLECTION, FILES
from tests.support.clocks import StillClock
from tests.support.direct import Direct
from tests.support.exchanges import Running, running
from tests.support.stix import AMBER, CLEAR, GREEN, STIX, an_indicator

HERE = "/north-sea/collections/indicators"
ONE, TWO = an_indicator("one", CLEAR), an_indicator("one", GREEN, version="2026-05-02T00:00:00.000Z")
OTHER = an_indicator("other", AMBER)
WAIT_SECONDS = 1
PATIENCE_SECONDS = 6

ENDPOINTS = {
    "objects": f"{HERE}/objects/?match[version]=all",
    "manifest": f"{HERE}/manifest/?match[version]=all",
    "object": f"{HERE}/objects/{ONE['id']}/?match[version]=all",
    "versions": f"{HERE}/objects/{ONE['id']}/versions/",
}


@pytest.fixture
def exchange(database_url: str, tmp_path: Path, clock: StillClock) -> Iterator[Running]:
    """An exchange that waits but a second for its turn at a database, with three versions in it."""
    accounts = ["nl-feed", "nl-soc", "port-soc", "wind-soc"]
    with running(database_url, tmp_path, clock=clock, only=accounts, database_wait_seconds=WAIT_SECONDS) as made:
        made.take("nl-feed", ONE, OTHER, TWO)
        yield made


@pytest.fixture
def direct(exchange: Running) -> Iterator[Direct]:
    with Direct(exchange.application, exchange.secrets) as made:
        yield made


def records(exchange: Running) -> Sequence[Any]:
    """Every disclosure in the ledger, as another connection finds it, oldest first."""
    database = open_database(exchange.exchange.settings, "ledger")
    try:
        with database.reading() as transaction:
            return transaction.execute(select(disclosure).order_by(disclosure.c.id)).all()
    finally:
        database.close()


@contextmanager
def held(url: str) -> Iterator[Callable[[], None]]:
    """The ledger, held by another connection until it is let go: nobody else can write to it."""
    file = database_file(ledger_url(url))
    if file is None:
        with closing(psycopg.connect(url)) as server:
            server.execute("LOCK TABLE disclosure IN EXCLUSIVE MODE")
            yield server.rollback
    else:
        with closing(sqlite3.connect(file, check_same_thread=False, isolation_level=None)) as connection:
            connection.execute("BEGIN IMMEDIATE")
            yield connection.rollback
            connection.rollback()


@contextmanager
def gone(url: str) -> Iterator[Callable[[], None]]:
    """A ledger without its table."""

    def rename(old: str, new: str) -> None:
        file = database_file(ledger_url(url))
        with closing(psycopg.connect(url, autocommit=True) if file is None else sqlite3.connect(file)) as connection:
            connection.execute(f"ALTER TABLE {old} RENAME TO {new}")

    rename("disclosure", "elsewhere")
    yield lambda: None
    rename("elsewhere", "disclosure")


BROKEN: dict[str, Callable[[str], AbstractContextManager[Callable[[], None]]]] = {"held": held, "gone": gone}


@pytest.mark.parametrize("how", BROKEN)
def test_without_a_ledger_no_answer_holds_an_object(
    exchange: Running, direct: Direct, database_url: str, how: str
) -> None:
    async def patient(target: str) -> tuple[int, bytes]:
        answer = await asyncio.wait_for(direct.asking("nl-soc", "GET", target), PATIENCE_SECONDS)
        return answer.status, answer.body

    async def every() -> list[tuple[int, bytes]]:
        return list(await asyncio.gather(*map(patient, ENDPOINTS.values())))

    with capture_logs(), BROKEN[how](database_url):
        answers = direct.run(every())
    for status, body in answers:
        assert status == 503, body
        assert b"indicator" not in body
        assert b"2026-05" not in body
    assert records(exchange) == []
    assert [status for status, _ in direct.run(every())] == [200] * len(ENDPOINTS), "it mends without a restart"


def test_no_byte_leaves_before_the_record_is_there(exchange: Running, database_url: str) -> None:
    seen: list[tuple[str, int]] = []

    async def watched(scope: Scope, receive: Receive, send: Send) -> None:
        async def watching(message: Message) -> None:
            seen.append((message["type"], len(records(exchange))))
            await send(message)

        await exchange.application(scope, receive, watching)

    with Direct(watched, exchange.secrets) as direct, held(database_url) as let_go:
        Timer(0.3, let_go).start()
        assert direct.ask("nl-soc", "GET", ENDPOINTS["objects"]).status == 200
    assert seen == [("http.response.start", 1), ("http.response.body", 1)]


def test_a_client_that_goes_away_does_not_end_the_ledger(exchange: Running, direct: Direct, database_url: str) -> None:
    async def going_away() -> int:
        with held(database_url) as let_go:
            asked = asyncio.create_task(direct.asking("nl-soc", "GET", ENDPOINTS["objects"]))
            await asyncio.sleep(0.3)
            asked.cancel()
            with pytest.raises(asyncio.CancelledError):
                await asked
            let_go()
        answer = await asyncio.wait_for(direct.asking("nl-soc", "GET", ENDPOINTS["objects"]), PATIENCE_SECONDS)
        return answer.status

    assert direct.run(going_away()) == 200
    assert len(records(exchange)) == 2, "what was about to be offered is on the record as well"


def sent(direct: Direct, *objects: STIX) -> tuple[tuple[int, ...], bytes]:
    """The dates and the digest of an answer that holds these objects in this order."""
    rows = direct.ask("nl-soc", "GET", ENDPOINTS["manifest"]).json()["objects"]
    dates = {(row["id"], row["version"]): parse_added_after(row["date_added"]) for row in rows}
    keys = [(each["id"], each["modified"]) for each in objects]
    digests = [sha256(json.dumps(each).encode()).digest() for each in objects]
    digest = content_digest((*key, each) for key, each in zip(keys, digests, strict=True))
    return tuple(dates[key] for key in keys), digest


HOLDS = {"objects": (ONE, OTHER, TWO), "manifest": (ONE, OTHER, TWO), "object": (ONE, TWO), "versions": (ONE, TWO)}


def test_each_answer_that_holds_something_is_one_disclosure(
    exchange: Running, direct: Direct, clock: StillClock
) -> None:
    offered = {endpoint: sent(direct, *objects) for endpoint, objects in HOLDS.items()}
    exchange.apply({**FILES, "north-sea.yaml": FILES["north-sea.yaml"].replace("North Sea CERT", "North Sea")})
    for endpoint, (dates, digest) in offered.items():
        clock.advance(seconds=5)
        before = len(records(exchange))
        assert direct.ask("nl-soc", "GET", ENDPOINTS[endpoint]).status == 200
        (made,) = records(exchange)[before:]
        assert (made.at, made.partnership, made.collection) == (milliseconds(clock.now()), "north-sea", COLLECTION)
        assert (made.partner, made.account, made.endpoint, made.revision) == ("nl-cert", "nl-soc", endpoint, 2)
        assert unpack_dates(bytes(made.dates)) == dates
        assert (made.first_date, made.last_date, made.count) == (dates[0], dates[-1], len(dates))
        assert bytes(made.digest) == digest, endpoint


def test_an_answer_that_holds_nothing_is_no_disclosure(exchange: Running, direct: Direct) -> None:
    far = "added_after=2030-01-01T00:00:00Z"
    for target in (
        f"{HERE}/objects/?{far}",
        f"{HERE}/manifest/?match[type]=malware",
        f"{HERE}/objects/{ONE['id']}/?{far}",
        f"{HERE}/objects/{ONE['id']}/versions/?{far}",
        f"{HERE}/objects/{an_indicator('never')['id']}/",
        f"{HERE}/",
        "/taxii2/",
    ):
        direct.ask("nl-soc", "GET", target)
    assert records(exchange) == []


def test_who_received_an_object_is_known_also_of_versions_that_have_gone(
    exchange: Running, direct: Direct, clock: StillClock
) -> None:
    asked: list[tuple[int, str, str, str]] = []

    def ask(account: str, endpoint: str, *versions: STIX) -> None:
        at = milliseconds(clock.advance(seconds=1))
        assert direct.ask(account, "GET", ENDPOINTS[endpoint]).status == 200
        asked.extend((at, account, endpoint, each["modified"]) for each in versions)

    ask("nl-soc", "objects", ONE, TWO)
    ask("port-soc", "manifest", ONE, TWO)
    direct.ask("nl-feed", "DELETE", f"{HERE}/objects/{ONE['id']}/?match[version]=last")
    ask("port-soc", "versions", ONE)
    exchange.apply(
        {
            **FILES,
            "north-sea.yaml": FILES["north-sea.yaml"].replace("port-nl: {tlp: [clear, green]}", "port-nl: {tlp: []}"),
        }
    )
    ask("wind-soc", "object", ONE)
    direct.ask("nl-feed", "DELETE", f"{HERE}/objects/{ONE['id']}/")
    assert direct.ask("wind-soc", "GET", ENDPOINTS["object"]).status == 404
    found = received(exchange.exchange, ONE["id"])
    assert [(milliseconds(each.at), each.account, each.endpoint, each.version) for each in found] == asked


def test_requests_that_wait_together_share_one_commit(exchange: Running, direct: Direct, database_url: str) -> None:
    commits: list[object] = []
    event.listen(exchange.exchange.ledger_database._engine, "commit", commits.append)
    with held(database_url) as let_go:
        Timer(0.4, let_go).start()
        answers = direct.all_at_once("nl-soc", [ENDPOINTS["objects"]] * 32)
    assert [answer.status for answer in answers] == [200] * 32
    assert len(records(exchange)) == 32
    assert len(commits) <= 16
