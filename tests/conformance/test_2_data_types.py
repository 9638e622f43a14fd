"""Data types and how they are written: TAXII 2.1 sections 2 and 3.8, RFC 7493."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conformance import content
from tests.conformance.conftest import Filled, Taxii
from tests.conformance.endpoints import MANIFEST, OBJECTS, PAGES, READS
from tests.conformance.shapes import FIRST, LAST
from tests.support import rights
from tests.support.direct import Answer
from tests.support.stix import an_indicator

EVERYTHING = "match[version]=all&match[spec_version]=2.0,2.1"


def every_answer(taxii: Taxii) -> Iterator[Answer]:
    """Every kind of answer, to accounts with different rights; `ask` holds each against the tables of the standard."""
    targets = [*READS.values(), "/second/", "/third/collections/", f"{MANIFEST}?{EVERYTHING}", f"{OBJECTS}?limit=1"]
    targets += [f"{target}?added_after=2999-01-01T00:00:00Z" for target in PAGES.values()]
    for root, collections in {"first": content.FIRST, "second": content.SECOND}.items():
        for collection in (rights.RW, rights.RO, rights.WO, rights.NONE, content.EMPTY, content.ELSEWHERE):
            if collection in collections:
                targets += [f"/{root}/collections/{collection}/{rest}" for rest in ("", "manifest/", "objects/")]
    for account in ("rw", "wo", "none"):
        for target in targets:
            yield taxii.caller(account).get(target)
    status = taxii.rw.post(OBJECTS, content.BASE[1], {"type": "indicator"}, {})
    yield status
    yield taxii.rw.get(f"/first/status/{status.json()['id']}/")
    yield taxii.rw.get(f"{OBJECTS}?limit=x")
    yield taxii.rw.send(OBJECTS, b"{")
    yield taxii.rw.get("/taxii2/", accept="text/html")
    yield taxii.nobody.get("/taxii2/")


@pytest.mark.row("T-TYP-01", "T-TYP-02", "T-TYP-03", "T-TYP-04", "T-TYP-05", "T-TYP-07", "T-TYP-08", "T-TYP-09")
@pytest.mark.row("T-TYP-10", "T-TYP-13", "T-CONF-02", "T-CONF-05", "T-V20-04", "T-V20-09", "T-V20-14", "T-SEC-24")
def test_every_answer_is_of_its_table(taxii: Taxii) -> None:
    statuses = [answer.status for answer in every_answer(taxii)]
    assert {200, 202, 400, 401, 403, 404, 406, 422} == set(statuses)


@pytest.mark.row("T-TYP-05", "T-V20-12")
def test_dates_added_are_whole_milliseconds_in_six_digits(taxii: Taxii) -> None:
    for says, target in PAGES.items():
        answer = taxii.rw.get(f"{target}?limit=2")
        dates = [answer.header(FIRST), answer.header(LAST)]
        if says == "manifest":
            dates += [record["date_added"] for record in answer.json()["objects"]]
        assert all(date is not None and date.endswith("000Z") for date in dates), says


@pytest.mark.row("T-TYP-06")
@pytest.mark.parametrize("version", ["2016-01-01T01:01:01.000Z", "2016-01-01T01:01:01Z", "2016-01-01T01:01:01.123456Z"])
def test_versions_keep_the_text_of_the_object(fresh: Taxii, version: str) -> None:
    pushed = an_indicator("as written", version=version, created=version)
    status = fresh.rw.take(OBJECTS, pushed)
    assert status["successes"][0]["version"] == version
    assert fresh.rw.rows(MANIFEST, f"match[id]={pushed['id']}")[0]["version"] == version
    assert fresh.rw.rows(f"{OBJECTS}{pushed['id']}/versions/") == [version]


TEXTS = {
    "emoji": "\U0001f6f0 \U0001f469\u200d\U0001f4bb",
    "from right to left": "\u05e9\u05dc\u05d5\u05dd \u0645\u0631\u062d\u0628\u0627",
    "combining marks": "Zu\u0308rich is not Z\u00fcrich",
    "line separators": "a\u2028b\u2029c\u0085d",
    "control characters": "a\x01\x1f\x7f\tb\r\n",
    "quotes and backslashes": '"\\/</script>',
    "the ends of planes": "\ud7ff\ue000\ufffd\U00010000\U0010ffff",
}


@pytest.mark.row("T-TYP-11")
def test_text_of_objects_comes_back_as_it_was(fresh: Taxii) -> None:
    pushed = an_indicator("in any script", description=" | ".join(TEXTS.values()), x_texts=TEXTS)
    fresh.rw.take(OBJECTS, pushed)
    assert fresh.rw.get(f"{OBJECTS}{pushed['id']}/").json()["objects"] == [pushed]
    assert fresh.ro.get(f"{OBJECTS}{pushed['id']}/").json()["objects"] == [pushed]


@pytest.mark.row("T-TYP-11")
def test_titles_may_be_in_any_script(filled: Filled, tmp_path: Path) -> None:
    title = " ".join(TEXTS.values())
    with filled.served(tmp_path, title=title) as taxii:
        assert taxii.rw.get("/taxii2/").json()["title"] == title


NUMBERS = (b"9007199254740991", b"9007199254740993", b"1e-7", b"-0.0", b"1E+2", b"12345678901234567890", b"1.10")


@pytest.mark.row("T-TYP-12")
def test_literals_of_numbers_come_back_as_they_were(fresh: Taxii) -> None:
    numbers = b"[" + b",".join(NUMBERS) + b"]"
    pushed = an_indicator("with numbers")
    written = json.dumps(pushed).encode().replace(b'"name"', b'"x_numbers":' + numbers + b',"name"')
    assert fresh.rw.send(OBJECTS, b'{"objects":[' + written + b"]}").json()["success_count"] == 1
    assert numbers in fresh.rw.get(f"{OBJECTS}{pushed['id']}/").body
    past = (
        json.dumps(an_indicator("past a limit")).encode().replace(b'"name"', b'"x_number":' + b"1" * 1001 + b',"name"')
    )
    (failure,) = fresh.rw.send(OBJECTS, b'{"objects":[' + past + b"]}").json()["failures"]
    assert "1000" in failure["message"]
