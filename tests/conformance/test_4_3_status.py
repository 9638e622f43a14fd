"""What became of a push: TAXII 2.1 section 4.3. Every status is checked for its shape and its sums on its way here."""

from collections.abc import Mapping
from typing import Any
from uuid import uuid4

import pytest

from app.stix.timestamps import from_datetime
from tests.conformance import content
from tests.conformance.conftest import Taxii
from tests.support import rights
from tests.support.exchanges import TAXII
from tests.support.stix import STIX, a_statement, an_address, an_indicator

OBJECTS = f"/first/collections/{rights.RW}/objects/"
MANIFEST = f"/first/collections/{rights.RW}/manifest/"
FILLED = an_indicator("filled")
"""What the tests that only read post again and again: it is there after the first time."""

WITHOUT_ID = an_indicator("without an id", id=None)
WITHOUT_PATTERN = an_indicator("without a pattern", pattern=None)


def path(status: Mapping[str, Any]) -> str:
    return f"/first/status/{status['id']}/"


def posted(taxii: Taxii, *objects: STIX) -> Mapping[str, Any]:
    """The answer to a push, which is also what its id is answered with."""
    answer = taxii.rw.post(OBJECTS, *objects)
    assert answer.status == 202, answer
    status: Mapping[str, Any] = answer.json()
    assert taxii.rw.get(path(status)).json() == status
    return status


@pytest.mark.row("T-STA-01", "T-STA-02", "T-STA-04", "T-STA-05", "T-STA-22")
def test_the_id_of_a_push_is_answered_with_its_status(taxii: Taxii) -> None:
    answer = taxii.rw.post(OBJECTS, FILLED)
    status = answer.json()
    again = taxii.rw.get(path(status))
    assert (answer.status, again.status) == (202, 200)
    assert again.body == answer.body
    counts = {"total_count": 1, "success_count": 1, "failure_count": 0, "pending_count": 0}
    assert {name: status[name] for name in counts} == counts, "counts are there also where they are zero"
    assert status["status"] == "complete"
    for each in (answer, again):
        assert each.header("content-type") == TAXII
        assert not [name for name, _ in each.headers if name.lower().startswith(b"x-taxii")]


@pytest.mark.row("T-STA-03")
def test_every_push_has_an_id_of_its_own(taxii: Taxii) -> None:
    assert len({taxii.rw.post(OBJECTS, FILLED).json()["id"] for _ in range(100)}) == 100


@pytest.mark.row("T-STA-06", "T-STA-08", "T-STA-09", "T-STA-10", "T-STA-13", "T-ADD-20")
def test_each_object_of_a_mixed_envelope_stands_in_one_list(fresh: Taxii) -> None:
    fresh.rw.take(OBJECTS, FILLED)
    good = [an_indicator(f"good {n}") for n in range(6)]
    status = posted(fresh, *good, FILLED, good[0], WITHOUT_ID, WITHOUT_PATTERN)
    assert [status[f"{each}_count"] for each in ("total", "success", "failure", "pending")] == [10, 8, 2, 0]
    assert [each["id"] for each in status["successes"]] == [each["id"] for each in (*good, FILLED, good[0])]
    assert [each["id"] for each in status["failures"]] == ["unknown--8", WITHOUT_PATTERN["id"]]
    assert [each["version"] for each in status["failures"]] == [WITHOUT_ID["modified"], WITHOUT_PATTERN["modified"]]
    assert "`id`" in status["failures"][0]["message"]
    assert "`pattern`" in status["failures"][1]["message"]
    assert "pendings" not in status
    nothing_good = posted(fresh, WITHOUT_ID, {"type": "indicator"}, "no object")  # type: ignore[arg-type]
    assert [each["id"] for each in nothing_good["failures"]] == [f"unknown--{index}" for index in range(3)]
    assert "successes" not in nothing_good


@pytest.mark.row("T-STA-07")
def test_a_status_says_when_the_push_came(fresh: Taxii) -> None:
    now = from_datetime(fresh.clock.advance(seconds=1.5))
    assert posted(fresh, FILLED)["request_timestamp"][:23] == now[:23]


VERSIONS: Mapping[str, tuple[STIX, str]] = {
    "an indicator: when it was modified": (an_indicator("later", version=content.V2, created=content.V1), content.V2),
    "a relationship: when it was modified": (
        content.an_sdo(
            "relationship",
            "later",
            modified=content.V3,
            relationship_type="indicates",
            source_ref=content.VERSIONED,
            target_ref=content.SINGLE,
        ),
        content.V3,
    ),
    "a marking definition: when it was created": (a_statement("of its own"), "2026-05-01T00:00:00.000Z"),
    "a language content: when it was modified": (
        content.an_sdo("language-content", "later", object_ref=content.SINGLE, contents={"nl": {"name": "alleen"}}),
        content.V1,
    ),
    "a date with nanoseconds: as it was written": (
        an_indicator("nanoseconds", version="2026-05-01T00:00:00.123456789Z"),
        "2026-05-01T00:00:00.123456789Z",
    ),
}


@pytest.mark.row("T-STA-11", "T-ADD-14", "T-ADD-16")
def test_a_version_is_when_the_object_was_modified_else_created(fresh: Taxii) -> None:
    for says, (given, version) in VERSIONS.items():
        entries = posted(fresh, given)["successes"]
        assert entries == [{"id": given["id"], "version": version}], says
        rows = fresh.rw.rows(MANIFEST, f"match[id]={given['id']}&match[version]=all")
        assert [row["version"] for row in rows] == [version], says


@pytest.mark.row("T-STA-12", "T-ADD-12")
def test_an_object_without_dates_has_one_version_everywhere(fresh: Taxii) -> None:
    address = an_address("198.51.100.9")
    (entry,) = posted(fresh, address)["successes"]
    version = entry["version"]
    fresh.clock.advance(hours=1)
    (again,) = posted(fresh, address)["successes"]
    assert again["version"] == version
    (record,) = fresh.rw.rows(MANIFEST, f"match[id]={address['id']}")
    assert record["version"] == version
    assert fresh.rw.get(f"{OBJECTS}{address['id']}/versions/").json() == {"versions": [version]}
    assert fresh.rw.get(f"{OBJECTS}{address['id']}/?match[version]={version}").json() == {"objects": [address]}
    assert fresh.rw.rows(OBJECTS, f"match[version]={version}") == [address]


@pytest.mark.row("T-STA-14", "T-STA-21", "T-DEL-20")
def test_a_complete_status_does_not_change_any_more(fresh: Taxii) -> None:
    status = posted(fresh, an_indicator("one"), an_address("198.51.100.9"), WITHOUT_ID)
    assert (status["status"], status["pending_count"]) == ("complete", 0)
    before = fresh.rw.get(path(status)).body
    fresh.clock.advance(hours=1)
    assert fresh.rw.delete(f"{OBJECTS}{an_indicator('one')['id']}/").status == 200
    assert fresh.rw.get(path(status)).body == before, "its object was deleted since"
    with fresh.another() as restarted:
        assert restarted.rw.get(path(status)).body == before


@pytest.mark.row("T-STA-16", "T-STA-17")
def test_a_status_stays_for_its_days_and_is_not_known_afterwards(fresh: Taxii) -> None:
    with fresh.another(status_days=1) as brief:
        status = posted(brief, FILLED)
        brief.clock.advance(hours=23, minutes=59)
        assert brief.rw.get(path(status)).status == 200
        brief.clock.advance(minutes=1)
        assert brief.rw.get(path(status)).status == 404
        assert posted(brief, FILLED), "others are answered as before"


@pytest.mark.row("T-STA-18", "T-STA-19")
def test_an_id_that_is_none_of_a_push_is_not_known(taxii: Taxii) -> None:
    for unknown in (str(uuid4()), "xyz", "00000000-0000-0000-0000-000000000000", "%20", "1"):
        assert taxii.rw.get(f"/first/status/{unknown}/").status == 404, unknown


@pytest.mark.row("T-STA-20")
def test_a_status_is_refused_as_everything_else_is(taxii: Taxii) -> None:
    of_one = path(taxii.rw.post(OBJECTS, FILLED).json())
    assert taxii.nobody.get(of_one).status == 401
    assert taxii.caller("rw", "wrong").get(of_one).status == 401
    assert taxii.ro.get(of_one).status == 404, "it is for the accounts of who pushed"
    assert taxii.stranger.get(of_one).status == 404
    assert taxii.rw.get(of_one.replace("/first/", "/second/")).status == 404
    assert taxii.rw.get(of_one, accept="text/html").status == 406
