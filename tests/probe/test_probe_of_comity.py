"""The probe of this server, over a real connection: everything holds, and reading leaves everything as it was."""

from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from app.probe import everything
from app.probe.asking import Asker, basic
from app.probe.declaring import declare
from app.probe.judging import Outcome
from app.probe.run import READING, WRITING, Report
from tests.probe.probed import BOTH, PROBER, failing, probed, told
from tests.support.exchanges import Running
from tests.support.listening import listening

NOT_HERE = {"it_is_served_by_https": "the server is on this machine"}


@pytest.fixture(scope="module")
def address(on_each_engine: Running) -> Iterator[str]:
    with listening(on_each_engine.application) as made:
        yield made


def report_of(exchange: Running, address: str, **chosen: Any) -> tuple[Report, list[str]]:
    """What the probe finds, and the methods that it sent."""
    methods: list[str] = []
    secret = exchange.secrets[PROBER]
    hooks = {"request": [lambda request: methods.append(request.method)]}
    with httpx.Client(event_hooks=hooks, verify=False) as client:
        asker = Asker(client, address, basic(PROBER, secret))
        return (
            probed(client, address, secret, declaring=lambda path, n: declare(asker, None, 10, path, n), **chosen),
            methods,
        )


def test_every_check_that_reads_holds_and_changes_nothing(on_each_engine: Running, address: str) -> None:
    before = manifest(on_each_engine)
    report, methods = report_of(on_each_engine, address)
    assert failing(report) == set(), told(report)
    assert {each.check.name: each.reason for each in report.of(Outcome.DOES_NOT_APPLY)} == NOT_HERE
    assert {each.check.name for each in report.results} == {each.name for each in (*READING, *everything.CHECKS)}
    assert report.passed
    assert set(methods) == {"GET", "HEAD"}
    assert not report.changed
    assert manifest(on_each_engine) == before


def test_every_check_that_writes_holds_and_leaves_nothing_behind(on_each_engine: Running, address: str) -> None:
    before = manifest(on_each_engine)
    report, methods = report_of(on_each_engine, address, write="both")
    assert failing(report) == set(), told(report)
    assert {each.check.name: each.reason for each in report.of(Outcome.DOES_NOT_APPLY)} == NOT_HERE
    assert {each.name for each in WRITING} < {each.check.name for each in report.results}
    assert {"POST", "DELETE"} < set(methods)
    assert report.left_behind == []
    assert manifest(on_each_engine) == before


def manifest(exchange: Running) -> Any:
    """Everything in the collection."""
    return exchange.client("nl-feed").get(f"/{BOTH}/manifest/?match[version]=all").json()
