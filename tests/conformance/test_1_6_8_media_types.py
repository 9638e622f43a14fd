"""Media types and content negotiation: TAXII 2.1 sections 1.6.8 and 3.1, RFC 9110 section 12."""

import pytest
from sqlalchemy import text

from tests.conformance.conftest import Taxii
from tests.conformance.endpoints import HELD, MANIFEST, OBJECTS, READS, ask, eleven
from tests.support.accept_headers import LEAVE_NO_TAXII, LEAVE_TAXII
from tests.support.exchanges import TAXII
from tests.support.stix import an_envelope, an_indicator

BARE = "application/taxii+json"


@pytest.mark.row("T-NEG-01", "T-NEG-04", "T-NEG-20", "T-NEG-29")
def test_the_type_of_the_standard_is_taken_and_given_on_all_eleven_endpoints(fresh: Taxii) -> None:
    for says, (method, target) in eleven(fresh).items():
        answer = ask(fresh.rw, method, target)
        assert answer.status == (202 if method == "POST" else 200), says
        assert answer.header("content-type") == TAXII, says
        assert answer.header("cache-control") == "no-store", says


@pytest.mark.row("T-NEG-02", "T-NEG-03", "T-NEG-21")
def test_without_a_version_the_type_means_2_1_on_all_eleven_endpoints(fresh: Taxii) -> None:
    for says, (method, target) in eleven(fresh).items():
        answer = ask(fresh.rw, method, target, accept=BARE, content_type=BARE if method == "POST" else None)
        assert answer.status == (202 if method == "POST" else 200), says
        assert answer.header("content-type") == TAXII, says


@pytest.mark.row("T-NEG-06", "T-NEG-07", "T-NEG-09", "T-NEG-11", "T-NEG-12", "T-NEG-13", "T-NEG-15")
@pytest.mark.parametrize("accept", LEAVE_TAXII.values(), ids=LEAVE_TAXII)
def test_what_leaves_taxii_is_served_as_taxii(taxii: Taxii, accept: str | None) -> None:
    for says, target in READS.items():
        answer = taxii.rw.get(target, accept=accept)
        assert (answer.status, answer.header("content-type")) == (200, TAXII), says
        assert answer.body == taxii.rw.get(target).body, says


@pytest.mark.row("T-NEG-08", "T-NEG-10", "T-NEG-14", "T-NEG-16", "T-NEG-17", "T-NEG-18", "T-NEG-19", "T-V20-03")
@pytest.mark.parametrize("accept", LEAVE_NO_TAXII.values(), ids=LEAVE_NO_TAXII)
def test_what_leaves_no_taxii_is_406_with_a_taxii_error_message(taxii: Taxii, accept: str) -> None:
    for says, target in READS.items():
        answer = taxii.rw.get(target, accept=accept)
        assert (answer.status, answer.header("content-type")) == (406, TAXII), says
        assert answer.json()["title"], says


DECLARED = {
    "blanks and a charset": f"{BARE}; version=2.1; charset=utf-8",
    "letter case and quotes": 'APPLICATION/taxii+JSON ; VERSION="2.1"',
    "a parameter that would be a weight elsewhere": f"{BARE};version=2.1;q=7;q=x",
}


@pytest.mark.row("T-NEG-22")
@pytest.mark.parametrize("content_type", DECLARED.values(), ids=DECLARED)
def test_how_the_type_of_a_body_is_written_does_not_matter(taxii: Taxii, content_type: str) -> None:
    assert taxii.rw.send(OBJECTS, HELD, content_type=content_type).status == 202


UNDECLARED = {
    "JSON": {"content_type": "application/json"},
    "STIX": {"content_type": "application/stix+json;version=2.1"},
    "a form": {"content_type": "multipart/form-data; boundary=x"},
    "text": {"content_type": "text/plain"},
    "STIX 2.0": {"content_type": "application/vnd.oasis.stix+json; version=2.0"},
    "TAXII 2.0": {"content_type": f"{BARE};version=2.0"},
    "no type": {"content_type": None},
    "a content coding": {"content_encoding": "gzip"},
}


@pytest.mark.row("T-NEG-23", "T-NEG-24", "T-NEG-25", "T-NEG-27", "T-V20-03")
@pytest.mark.parametrize("headers", UNDECLARED.values(), ids=UNDECLARED)
def test_a_body_of_another_type_is_415_and_stores_nothing(taxii: Taxii, headers: dict[str, str | None]) -> None:
    before = taxii.rw.get(MANIFEST).body
    assert taxii.rw.send(OBJECTS, an_envelope([an_indicator("of another type")]), **headers).status == 415
    assert taxii.rw.get(MANIFEST).body == before


@pytest.mark.row("T-NEG-26")
def test_a_push_that_would_not_take_its_answer_has_no_effect(taxii: Taxii) -> None:
    def pushes() -> int:
        with taxii.running.exchange.database.reading() as transaction:
            return int(transaction.execute(text("SELECT count(*) FROM push")).scalar_one())

    manifest, before = taxii.rw.get(MANIFEST).body, pushes()
    assert taxii.rw.send(OBJECTS, an_envelope([an_indicator("unanswered")]), accept="text/html").status == 406
    assert (taxii.rw.get(MANIFEST).body, pushes()) == (manifest, before)


@pytest.mark.row("T-NEG-28")
def test_answers_are_not_compressed_and_say_what_they_depend_on(taxii: Taxii) -> None:
    plain, offered = taxii.rw.get(OBJECTS), taxii.rw.get(OBJECTS, accept_encoding="gzip, br, deflate")
    assert offered == plain
    assert plain.header("content-encoding") is None
    for answer in (plain, taxii.nobody.get(OBJECTS), taxii.rw.get(OBJECTS, accept="text/html")):
        assert {"accept", "authorization"} <= set((answer.header("vary") or "").lower().split(", "))


@pytest.mark.row("T-NEG-30")
def test_the_type_is_written_as_the_oasis_client_compares_it(taxii: Taxii) -> None:
    for target in READS.values():
        assert (taxii.rw.get(target).header("content-type") or "").split(";") == [BARE, "version=2.1"]
