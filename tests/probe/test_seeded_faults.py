"""The probe sees what is wrong: one fault at a time before a real exchange, and just the checks that should fail."""

import json
from itertools import count
from uuid import UUID, uuid4

import httpx
import pytest

from app.probe.asking import UNANSWERED_MAX
from app.probe.run import Report
from tests.probe.faults import READ_FAULTS, WRITE_FAULTS
from tests.probe.probed import PROBER, failing, probed, told
from tests.probe.proxy import Fault, Kept, Proxy, Send, answer, no_fault
from tests.support.asgi import InProcess
from tests.support.exchanges import Running


def report_of(
    exchange: Running, transport: httpx.BaseTransport, fault: Fault, write: str | None = None
) -> tuple[Report, list[str]]:
    """What the probe finds through a proxy with this fault, and the methods that it sent."""
    proxy = Proxy(transport, fault)
    new_uuid = uuid4 if write else lambda: UUID("01234567-89ab-4cde-8f01-23456789abcd")
    with httpx.Client(transport=proxy) as client:
        secret = exchange.secrets[PROBER]
        report = probed(client, "http://localhost", secret, write=write, collection="both", new_uuid=new_uuid)
        return report, proxy.methods


@pytest.fixture(scope="module")
def kept(in_process: Running) -> Kept:
    return Kept(InProcess(in_process.application))


def test_through_a_proxy_without_a_fault_everything_holds(in_process: Running, kept: Kept) -> None:
    report, _ = report_of(in_process, kept, no_fault)
    assert failing(report) == set(), told(report)
    report, _ = report_of(in_process, InProcess(in_process.application), no_fault, write="both")
    assert failing(report) == set(), told(report)


def test_the_faults_are_many() -> None:
    assert len(READ_FAULTS) + len(WRITE_FAULTS) >= 20
    assert all(case.fails for case in (*READ_FAULTS.values(), *WRITE_FAULTS.values()))


@pytest.mark.parametrize("says", READ_FAULTS)
def test_a_fault_in_what_is_read_is_seen(in_process: Running, kept: Kept, says: str) -> None:
    case = READ_FAULTS[says]
    report, methods = report_of(in_process, kept, case.new())
    assert failing(report) == case.fails, told(report)
    assert not {"POST", "DELETE", "PATCH"} & set(methods)


@pytest.mark.parametrize("says", WRITE_FAULTS)
def test_a_fault_in_what_is_written_is_seen(in_process: Running, says: str) -> None:
    case = WRITE_FAULTS[says]
    transport = InProcess(in_process.application)
    report, _ = report_of(in_process, transport, case.new(), write="both")
    assert failing(report) == case.fails, told(report)
    assert bool(report.left_behind) == (says == "DELETE deletes nothing")
    for object_id in report.left_behind:
        path = f"/north-sea/collections/both/objects/{object_id}/"
        assert in_process.client(PROBER).delete(path).status_code in (200, 404)


def silent_after(requests: int) -> Fault:
    """Answers so many requests, and then none."""
    asked = count()

    def fault(request: httpx.Request, send: Send) -> httpx.Response:
        if next(asked) >= requests:
            raise httpx.ReadTimeout("timed out", request=request)
        return send(request)

    return fault


def test_a_server_that_falls_silent_is_left_alone_and_has_not_passed(in_process: Running, kept: Kept) -> None:
    report, methods = report_of(in_process, kept, silent_after(100))
    assert report.cut_short == "the server no longer answered"
    assert not report.passed
    assert len(methods) == 100 + UNANSWERED_MAX


def test_what_can_not_be_withdrawn_is_named(in_process: Running) -> None:
    transport = InProcess(in_process.application)
    reading, _ = report_of(in_process, transport, no_fault)
    report, _ = report_of(in_process, transport, silent_after(reading.requests + 1), write="both")
    assert len(report.left_behind) == 3
    assert not report.passed
    for object_id in report.left_behind:
        path = f"/north-sea/collections/both/objects/{object_id}/"
        assert in_process.client(PROBER).delete(path).status_code == 200


def test_a_run_that_is_interrupted_withdraws_what_it_pushed(in_process: Running) -> None:
    pushes = count()

    def interrupted(request: httpx.Request, send: Send) -> httpx.Response:
        if request.method == "POST" and next(pushes) == 2:
            raise KeyboardInterrupt
        return send(request)

    before = in_process.ids("nl-feed", of="north-sea/collections/both")
    with pytest.raises(KeyboardInterrupt):
        report_of(in_process, InProcess(in_process.application), interrupted, write="both")
    assert next(pushes) == 3
    assert in_process.ids("nl-feed", of="north-sea/collections/both") == before


def test_a_push_that_is_finished_later_is_waited_for(in_process: Running) -> None:
    def later(request: httpx.Request, send: Send) -> httpx.Response:
        got = send(request)
        if request.method != "POST" or got.status_code != 202:
            return got
        total = got.json()["total_count"]
        counts = {"total_count": total, "success_count": 0, "failure_count": 0, "pending_count": total}
        return answer(got, content=json.dumps({"id": got.json()["id"], "status": "pending", **counts}).encode())

    report, _ = report_of(in_process, InProcess(in_process.application), later, write="both")
    assert failing(report) == set(), told(report)
    assert report.left_behind == []
