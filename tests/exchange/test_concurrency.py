"""Pushes, withdrawals, revisions and reads at the same time: what each is told is true, and the logs stay in line."""

import json
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from app.clock import SystemClock
from app.storage import deliveries, revisions
from tests.support.agreements import FILES, HOST_IDENTITY
from tests.support.direct import Direct
from tests.support.exchanges import Running, running
from tests.support.stix import AMBER, AMBER_STRICT, CLEAR, GREEN, a_statement, an_address, an_indicator

HERE = "/north-sea/collections/indicators"
LETTER_BOX = "north-sea/collections/letter-box"
THREADS = 6
MARKS = (CLEAR, GREEN, AMBER, AMBER_STRICT)


@pytest.fixture
def exchange(database_url: str, tmp_path: Path) -> Iterator[Running]:
    """An exchange on the machine's clock that pushes in several threads, as several workers would."""
    accounts = ["nl-feed", "wind-feed", "water-feed", "nl-soc", "port-soc"]
    with running(database_url, tmp_path, clock=SystemClock(), only=accounts, writers=4) as made:
        yield made


def at_once(exchange: Running, *work: Callable[[Direct], None]) -> None:
    """Do all of it at the same time, each in a thread with a client of its own."""

    def with_client(each: Callable[[Direct], None]) -> None:
        with Direct(exchange.application, exchange.secrets) as direct:
            each(direct)

    with ThreadPoolExecutor(len(work)) as pool:
        for done in [pool.submit(with_client, each) for each in work]:
            done.result()


def in_line(exchange: Running) -> bool:
    """Whether a revision that changes nothing but a title finds every log as the policy wants it."""
    title = FILES["north-sea.yaml"].replace("title: North Sea CERT partnership", "title: Afterwards")
    report = exchange.apply({**FILES, "north-sea.yaml": title})
    return all((each.appended, each.retired) == (0, 0) for each in report.applied)


def manifest(exchange: Running, account: str) -> Sequence[dict[str, Any]]:
    with Direct(exchange.application, exchange.secrets) as direct:
        rows: Sequence[dict[str, Any]] = (
            direct.ask(account, "GET", f"{HERE}/manifest/?match[version]=all").json().get("objects", [])
        )
    return rows


@pytest.mark.row("T-ADD-33")
def test_one_object_pushed_many_times_at_once_is_one_row(exchange: Running) -> None:
    messages: list[str | None] = []

    def push(direct: Direct) -> None:
        status = direct.post("nl-feed", [an_indicator("one", CLEAR), an_address("198.51.100.1", CLEAR)]).json()
        assert status["failure_count"] == 0, status
        messages.append(status["successes"][0].get("message"))

    at_once(exchange, *[push] * THREADS)
    assert sorted(map(str, messages)) == ["None"] + ["already present"] * (THREADS - 1)
    assert len(manifest(exchange, "nl-soc")) == 2


def test_one_version_with_different_contents_at_once_is_taken_once(exchange: Running) -> None:
    taken: list[str] = []

    def push(name: str) -> Callable[[Direct], None]:
        def with_name(direct: Direct) -> None:
            if direct.post("nl-feed", [an_indicator("one", CLEAR, name=name)]).json()["success_count"]:
                taken.append(name)

        return with_name

    at_once(exchange, *(push(f"content {n}") for n in range(THREADS)))
    assert [each["name"] for each in exchange.objects("nl-soc")] == taken
    assert len(taken) == 1


@pytest.mark.row("T-ADD-34")
def test_what_two_organisations_push_at_once_is_one_row_and_two_contributions(exchange: Running) -> None:
    """Fifty rounds: one of the two is first in each, whichever."""
    pushed = [an_indicator(f"of both {n}", CLEAR) for n in range(50)]

    def push(account: str) -> Callable[[Direct], None]:
        def one_by_one(direct: Direct) -> None:
            for each in pushed:
                assert direct.post(account, [each]).json()["success_count"] == 1

        return one_by_one

    at_once(exchange, push("nl-feed"), push("wind-feed"))
    every = sorted(each["id"] for each in pushed)
    for account in ("nl-soc", "port-soc"):
        assert sorted(row["id"] for row in manifest(exchange, account)) == every
    with Direct(exchange.application, exchange.secrets) as direct:
        for account, stays in (("nl-feed", True), ("wind-feed", False)):
            assert direct.ask(account, "DELETE", f"{HERE}/objects/{every[0]}/").status == 200
            assert (every[0] in exchange.ids("port-soc")) == stays
    assert in_line(exchange)


@pytest.mark.row("T-LIFE-02")
def test_after_pushes_withdrawals_and_revisions_at_once_the_logs_are_as_the_policy_says(exchange: Running) -> None:
    def feed(account: str) -> Callable[[Direct], None]:
        def pushing(direct: Direct) -> None:
            for n in range(8):
                version = f"2026-05-{n + 1:02}T00:00:00.000Z"
                mine = [an_indicator(f"{account} {k}", MARKS[(n + k) % 4], version=version) for k in range(3)]
                shared = [an_indicator(f"shared {k}", MARKS[(n * 3 + k) % 4], version=version) for k in range(3)]
                assert direct.post(account, [*mine, *shared]).status == 202
                if n % 3 == 2:
                    gone = direct.ask(account, "DELETE", f"{HERE}/objects/{shared[0]['id']}/?match[version]=last")
                    assert gone.status == 200, gone

        return pushing

    def define(direct: Direct) -> None:
        """Definitions reach into every collection of the partnership."""
        for n in range(8):
            statement = a_statement(f"late {n}", CLEAR)
            marked = an_indicator(f"marked {n}", GREEN, statement["id"])
            assert direct.post("wind-feed", [marked], to=LETTER_BOX).status == 202
            assert direct.post("wind-feed", [marked]).status == 202
            assert direct.post("wind-feed", [statement]).json()["failure_count"] == 0

    def agree(_: Direct) -> None:
        for n in range(4):
            port = ("[clear]", "[clear, green, amber]")[n % 2]
            text = FILES["north-sea.yaml"].replace("port-nl: {tlp: [clear, green]}", f"port-nl: {{tlp: {port}}}")
            exchange.apply({**FILES, "north-sea.yaml": text})
        exchange.apply(FILES)

    at_once(exchange, feed("nl-feed"), feed("water-feed"), define, agree)
    assert in_line(exchange)
    for account in ("nl-soc", "port-soc"):
        rows = manifest(exchange, account)
        dates = [row["date_added"] for row in rows]
        assert rows
        assert dates == sorted(set(dates))
        assert len({(row["id"], row["version"]) for row in rows}) == len(rows)


def test_reading_goes_on_while_a_push_holds_the_collection(exchange: Running) -> None:
    exchange.take("nl-feed", an_indicator("one", CLEAR, created_by_ref=HOST_IDENTITY))
    database = exchange.exchange.database
    with Direct(exchange.application, exchange.secrets) as direct:
        with database.writing() as transaction:
            partnership = revisions.hold(transaction, "north-sea")
            assert partnership is not None
            rows = revisions.audiences(
                transaction, [each.id for each in revisions.collections(transaction, partnership.id)]
            )
            deliveries.lock_heads(transaction, [each.id for each in rows])
            answers = direct.all_at_once("port-soc", [f"{HERE}/objects/"] * 4)
        assert [len(json.loads(answer.body)["objects"]) for answer in answers] == [1] * 4
