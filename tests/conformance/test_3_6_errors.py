"""The error message: TAXII 2.1 section 3.6, and what gives one."""

from collections.abc import Mapping
from typing import Any

import pytest
from structlog.testing import capture_logs

from tests.conformance.conftest import CONTENT_LENGTH_MAX, Filled, Taxii
from tests.conformance.endpoints import HELD, MANIFEST, OBJECTS, PAGES, READS, ask
from tests.support import rights
from tests.support.exchanges import TAXII

TO_RO = f"/first/collections/{rights.RO}/objects/"
FAILURES: Mapping[str, tuple[int, str, str, Mapping[str, Any]]] = {
    "a malformed query": (400, "GET", f"{OBJECTS}?limit=0", {}),
    "no credentials": (401, "GET", "/taxii2/", {"headers": {"authorization": None}}),
    "no right": (403, "POST", TO_RO, {"headers": {"content-type": TAXII}, "body": HELD}),
    "nothing there": (404, "GET", f"/first/collections/{rights.NEVER}/", {}),
    "a method": (405, "PUT", OBJECTS, {}),
    "another type": (406, "GET", OBJECTS, {"headers": {"accept": "text/html"}}),
    "a long body": (
        413,
        "POST",
        OBJECTS,
        {"headers": {"content-type": TAXII}, "body": b" " * (CONTENT_LENGTH_MAX + 1)},
    ),
    "a long query": (414, "GET", f"{OBJECTS}?{'x' * 40_000}", {}),
    "a body of another type": (415, "POST", OBJECTS, {"headers": {"content-type": "text/plain"}, "body": HELD}),
    "a body that is no envelope": (422, "POST", OBJECTS, {"headers": {"content-type": TAXII}, "body": b"[]"}),
}


@pytest.mark.row("T-ERR-01", "T-ERR-02", "T-ERR-03", "T-ERR-04", "T-ERR-09", "T-NEG-05", "T-SEC-24")
@pytest.mark.parametrize(("status", "method", "target", "given"), FAILURES.values(), ids=FAILURES)
def test_every_failure_has_a_taxii_error_message(
    taxii: Taxii, status: int, method: str, target: str, given: Mapping[str, Any]
) -> None:
    answer = taxii.rw.ask(method, target, **given)
    assert (answer.status, answer.header("content-type")) == (status, TAXII)
    message = answer.json()
    assert message["title"]
    assert message["http_status"] == str(status)
    assert set(message) <= {"title", "description", "error_id", "http_status"}


@pytest.mark.row("T-ERR-05")
def test_each_occurrence_has_an_id_that_is_in_the_log(taxii: Taxii) -> None:
    with capture_logs() as logged:
        one, other = (taxii.rw.get(f"{OBJECTS}?limit=0").json() for _ in range(2))
    ids = [one.pop("error_id"), other.pop("error_id")]
    assert one == other
    assert ids[0] != ids[1]
    assert [entry["error_id"] for entry in logged] == ids


MALFORMED = {
    "limit": ["limit=0", "limit=-1", "limit=x", "limit=", "limit=1&limit=2"],
    "added_after": ["added_after=x", "added_after=", "added_after=2020-01-01", "added_after=2020-01-01T00:00:00"],
    "next": ["next=x", "next=a&next=b"],
    "the encoding": ["match[spec_version]=%zz", "match[spec_version]=%ff"],
    "match[spec_version]": [
        "match[spec_version]=x",
        "match[spec_version]=",
        "match[spec_version]=2.1&match[spec_version]=2.1",
        "match=2.1",
    ],
}
"""Queries that are malformed wherever pages are read."""


@pytest.mark.row("T-ERR-06")
@pytest.mark.parametrize("queries", MALFORMED.values(), ids=MALFORMED)
def test_a_malformed_query_is_400_on_every_page(taxii: Taxii, queries: list[str]) -> None:
    for target in PAGES.values():
        for query in queries:
            assert taxii.rw.get(f"{target}?{query}").status == 400, (target, query)


@pytest.mark.row("T-ERR-06")
def test_a_malformed_query_is_400_on_delete_and_deletes_nothing(taxii: Taxii) -> None:
    target, before = READS["object"], taxii.rw.get(MANIFEST).body
    for query in (*MALFORMED["match[spec_version]"], *MALFORMED["the encoding"], "match[version]=x", "limit=1"):
        assert taxii.rw.delete(f"{target}?{query}").status == 400, query
    assert taxii.rw.get(MANIFEST).body == before


@pytest.mark.row("T-ERR-07", "T-ERR-08")
def test_without_storage_nothing_is_answered_but_503(filled: Filled, fresh: Taxii) -> None:
    assert fresh.rw.get(OBJECTS).status == 200
    database = fresh.running.exchange.database
    database.close()
    filled.databases.take_away(database.url)
    asked = [*(("GET", target) for target in READS.values()), ("POST", OBJECTS), ("HEAD", OBJECTS)]
    with capture_logs() as logged:
        for method, target in asked:
            answer = ask(fresh.rw, method, target)
            assert answer.status == 503, target
            assert int(answer.header("retry-after") or 0) > 0, target
    assert len(logged) == len(asked)
