"""The probe sees what is wrong: one fault at a time before a real exchange, and just the checks that should fail."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import chain, count
from uuid import UUID, uuid4

import httpx
import pytest

from app.probe import everything
from app.probe.asking import UNANSWERED_MAX
from app.probe.run import READING, WRITING, Report
from tests.probe.faults import READ_FAULTS, WRITE_FAULTS
from tests.probe.probed import BOTH, PROBER, failing, probed, told
from tests.probe.proxy import Fault, Kept, Proxy, Send, UntilWritten, answer, no_fault
from tests.support.asgi import InProcess
from tests.support.exchanges import Running


@dataclass(frozen=True)
class Exchange:
    """A real exchange, and what it answered to who only read."""

    running: Running
    kept: Kept

    def report(self, fault: Fault, write: str | None = None) -> tuple[Report, list[str]]:
        """What the probe finds through a proxy with this fault, and the methods that it sent."""
        reading = self.kept if write is None else UntilWritten(self.kept, InProcess(self.running.application))
        proxy = Proxy(reading, fault)
        uuids = chain([UUID("01234567-89ab-4cde-8f01-23456789abcd")], iter(uuid4, None))
        with httpx.Client(transport=proxy) as client:
            secret = self.running.secrets[PROBER]
            chosen = {"write": write, "collection": "both", "new_uuid": lambda: next(uuids)}
            return probed(client, "http://localhost", secret, **chosen), proxy.methods

    def objects(self) -> set[str]:
        """The ids of everything in the collection."""
        return self.running.ids("nl-feed", of=BOTH)

    def remove(self, object_ids: Iterable[str]) -> list[int]:
        """Withdraw what a run left behind; the statuses."""
        feed = self.running.client(PROBER)
        return [feed.delete(f"/{BOTH}/objects/{each}/").status_code for each in object_ids]


@pytest.fixture(scope="module")
def exchange(in_process: Running) -> Exchange:
    return Exchange(in_process, Kept(InProcess(in_process.application)))


def test_through_a_proxy_without_a_fault_everything_holds(exchange: Exchange) -> None:
    report, _ = exchange.report(no_fault)
    assert failing(report) == set(), told(report)
    report, _ = exchange.report(no_fault, write="both")
    assert failing(report) == set(), told(report)


NOT_SEEDED = {
    "it_is_served_by_https": "the server is on this machine",
    "discovery_is_at_its_place": "nothing else can be judged then",
    "collections_are_listed": "nothing else can be judged then",
    "the_versioned_type_is_served": "nothing else can be judged then",
    "paths_of_the_standard_are_not_redirected": "nothing else can be judged then",
    "envelopes_hold_stix_objects": "most checks of objects fail with it",
    "collections_are_ordered_by_id": "advice",
    "a_duplicate_changes_nothing": "the exchange behind the proxy would have to date anew",
    "a_push_that_is_too_long_is_413": "there is no socket in these tests",
}


def test_every_check_but_a_few_is_seen_to_fail() -> None:
    seeded = [*READ_FAULTS.values(), *WRITE_FAULTS.values()]
    failed = {name for case in seeded for name in case.fails}
    every = {each.name for each in (*READING, *WRITING, *everything.CHECKS)}
    assert all(case.fails for case in seeded)
    assert every - failed == set(NOT_SEEDED)
    assert failed < every


@pytest.mark.parametrize("says", READ_FAULTS)
def test_a_fault_in_what_is_read_is_seen(exchange: Exchange, says: str) -> None:
    case = READ_FAULTS[says]
    report, methods = exchange.report(case.new())
    assert failing(report) == case.fails, told(report)
    assert not {"POST", "DELETE", "PATCH"} & set(methods)


@pytest.mark.parametrize("says", WRITE_FAULTS)
def test_a_fault_in_what_is_written_is_seen(exchange: Exchange, says: str) -> None:
    case = WRITE_FAULTS[says]
    report, _ = exchange.report(case.new(), write="both")
    assert failing(report) == case.fails, told(report)
    assert bool(report.left_behind) == (says == "DELETE deletes nothing")
    assert set(exchange.remove(report.left_behind)) <= {200, 404}


def silent_after(requests: int) -> Fault:
    """Answers so many requests, and then none."""
    asked = count()

    def fault(request: httpx.Request, send: Send) -> httpx.Response:
        if next(asked) >= requests:
            raise httpx.ReadTimeout("timed out", request=request)
        return send(request)

    return fault


def test_a_server_that_falls_silent_is_left_alone_and_has_not_passed(exchange: Exchange) -> None:
    report, methods = exchange.report(silent_after(100))
    assert report.cut_short == "the server no longer answered"
    assert not report.passed
    assert len(methods) == 100 + UNANSWERED_MAX


def test_what_can_not_be_withdrawn_is_named(exchange: Exchange) -> None:
    reading, _ = exchange.report(no_fault)
    report, _ = exchange.report(silent_after(reading.requests + 1), write="both")
    assert len(report.left_behind) == 3
    assert not report.passed
    assert exchange.remove(report.left_behind) == [200, 200, 200]


def test_a_run_that_is_interrupted_withdraws_what_it_pushed(exchange: Exchange) -> None:
    pushes = count()

    def interrupted(request: httpx.Request, send: Send) -> httpx.Response:
        if request.method == "POST" and next(pushes) == 2:
            raise KeyboardInterrupt
        return send(request)

    before = exchange.objects()
    with pytest.raises(KeyboardInterrupt):
        exchange.report(interrupted, write="both")
    assert next(pushes) == 3
    assert exchange.objects() == before


def test_a_push_that_is_finished_later_is_waited_for(exchange: Exchange) -> None:
    def later(request: httpx.Request, send: Send) -> httpx.Response:
        got = send(request)
        if request.method != "POST" or got.status_code != 202:
            return got
        total = got.json()["total_count"]
        counts = {"total_count": total, "success_count": 0, "failure_count": 0, "pending_count": total}
        return answer(got, content=json.dumps({"id": got.json()["id"], "status": "pending", **counts}).encode())

    report, _ = exchange.report(later, write="both")
    assert failing(report) == set(), told(report)
    assert report.left_behind == []
