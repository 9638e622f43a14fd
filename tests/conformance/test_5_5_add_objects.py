"""Adding objects: TAXII 2.1 section 5.5; what is taken. What is not stands in test_5_5_refused.py."""

import json
from collections.abc import Mapping
from typing import Any

import pytest

from tests.conformance import content
from tests.conformance.callers import Caller
from tests.conformance.conftest import Taxii
from tests.conformance.shapes import LAST
from tests.support import rights
from tests.support.exchanges import TAXII
from tests.support.stix import (
    AMBER,
    CLEAR,
    GREEN,
    RED,
    STIX,
    a_statement,
    an_address,
    an_envelope,
    an_indicator,
    stix_id,
)

HERE = f"/first/collections/{rights.RW}/"
OBJECTS, MANIFEST = f"{HERE}objects/", f"{HERE}manifest/"
WRITE_ONLY = f"/first/collections/{rights.WO}/objects/"
ELSEWHERE = f"/second/collections/{content.ELSEWHERE}/"
ALL = "match[version]=all"


def log(caller: Caller, which: str = ALL) -> list[Any]:
    return caller.rows(MANIFEST, which)


def held(caller: Caller, given: STIX) -> list[STIX]:
    """All versions of this object that the caller is given."""
    return caller.rows(OBJECTS, f"match[id]={given['id']}&{ALL}&match[spec_version]=2.0,2.1")


@pytest.mark.row("T-ADD-01", "T-ADD-02", "T-ADD-03")
def test_what_is_added_is_answered_202_and_there_for_everybody_it_is_released_to(fresh: Taxii) -> None:
    green, amber = an_indicator("green", GREEN), an_indicator("amber too", AMBER)
    answer = fresh.rw.post(OBJECTS, green, amber)
    assert (answer.status, answer.header("content-type")) == (202, TAXII)
    assert answer.json()["status"] == "complete", "all is done before the answer"
    for caller, shown in ((fresh.rw, [green, amber]), (fresh.owner, [green, amber]), (fresh.ro, [green])):
        assert caller.rows(OBJECTS)[-len(shown) :] == shown
        assert [row["id"] for row in log(caller)][-len(shown) :] == [each["id"] for each in shown]


@pytest.mark.row("T-ADD-04", "T-ADD-05", "T-ADD-06", "T-ADD-07")
def test_a_duplicate_is_a_success_that_adds_nothing(fresh: Taxii) -> None:
    given = an_indicator("one", description="é/ü", confidence=10)
    status = fresh.rw.take(OBJECTS, given, given)
    assert (status["total_count"], status["success_count"]) == (2, 2)
    assert [each.get("message") for each in status["successes"]] == [None, "already present"]
    before = log(fresh.rw)
    assert [row["id"] for row in before].count(given["id"]) == 1
    written_otherwise = json.dumps(dict(reversed(given.items())), indent=3).replace("/", "\\/").replace(
        "\\u00e9", "é"
    )  # fmt: skip
    fresh.clock.advance(minutes=1)
    for body in (an_envelope([given]), f'{{"objects": [{written_otherwise}]}}'.encode()):
        answer = fresh.rw.send(OBJECTS, body)
        assert answer.json()["successes"] == [
            {"id": given["id"], "version": given["modified"], "message": "already present"}
        ]
    assert log(fresh.rw) == before, "no row, no other date"
    assert fresh.owner.delete(f"{OBJECTS}{given['id']}/").status == 403, "no contribution of anybody else's"
    status = fresh.owner.take(OBJECTS, given)
    assert "message" not in status["successes"][0], "what another organisation holds plays no part"
    assert log(fresh.rw) == before, "and is no second row"


@pytest.mark.row("T-ADD-08")
def test_other_content_under_a_version_of_ones_own_fails_and_overwrites_nothing(fresh: Taxii) -> None:
    first, second = an_indicator("one", name="first"), an_indicator("one", name="second")
    fresh.rw.take(OBJECTS, first)
    status = fresh.rw.post(OBJECTS, second).json()
    assert (status["success_count"], status["failure_count"]) == (0, 1)
    assert status["failures"][0]["message"]
    assert held(fresh.rw, first) == [first]
    fresh.owner.take(OBJECTS, second)
    assert held(fresh.rw, first) == held(fresh.ro, first) == [first], "one's own, or the first"
    assert held(fresh.owner, first) == [second]


@pytest.mark.row("T-ADD-09", "T-ADD-10", "T-ADD-11")
def test_versions_stand_beside_each_other_whatever_order_they_come_in(fresh: Taxii) -> None:
    v1, v2, v3 = (
        an_indicator("one", version=version, created=content.V1) for version in (content.V1, content.V2, content.V3)
    )
    fresh.rw.take(OBJECTS, v2)
    fresh.rw.take(OBJECTS, v3)
    assert held(fresh.ro, v1) == [v2, v3]
    assert fresh.ro.rows(OBJECTS, f"match[id]={v1['id']}") == [v3]
    last = fresh.ro.pages(OBJECTS)[-1].header(LAST)
    fresh.rw.take(OBJECTS, v1)
    assert fresh.ro.rows(OBJECTS, f"added_after={last}&{ALL}") == [v1], "an older version that comes late is new"
    assert fresh.ro.rows(OBJECTS, f"match[id]={v1['id']}") == [v3], "the newest is the newest still"
    revoked = {**v3, "modified": "2026-03-04T00:00:00.000Z", "revoked": True}
    last = fresh.ro.pages(OBJECTS)[-1].header(LAST)
    fresh.rw.take(OBJECTS, revoked)
    assert fresh.ro.rows(OBJECTS, f"added_after={last}") == [revoked]
    assert held(fresh.ro, v1) == [v2, v3, v1, revoked]


@pytest.mark.row("T-ADD-13")
def test_other_content_of_an_object_without_dates_is_another_version(fresh: Taxii) -> None:
    one = {"type": "file", "spec_version": "2.1", "id": stix_id("file", "changed"), "name": "a.exe"}
    other = {**one, "size": 7}
    versions = [fresh.rw.take(OBJECTS, each)["successes"][0]["version"] for each in (one, other)]
    assert versions[0] < versions[1]
    assert held(fresh.ro, one) == [one, other]
    assert fresh.ro.rows(OBJECTS, f"match[id]={one['id']}") == [other]


TAKEN: Mapping[str, STIX] = {
    "language-content": content.an_sdo(
        "language-content", "x", object_ref=content.SINGLE, contents={"nl": {"name": "alleen"}}
    ),
    "extension-definition": content.an_sdo(
        "extension-definition",
        "x",
        name="x",
        created_by_ref=content.IDENTITY,
        schema="x",
        version="1.0.0",
        extension_types=["property-extension"],
    ),
    "a custom type": content.an_sdo("x-acme-other", "x", x_acme_list=[1, {"deep": 1.5}]),
    "custom properties and extensions": an_indicator(
        "extended",
        x_acme_note="kept",
        extensions={stix_id("extension-definition", "x"): {"extension_type": "property-extension", "weight": 1}},
    ),
    "a reference to what there is not": content.an_sdo(
        "relationship",
        "dangling",
        relationship_type="uses",
        source_ref=stix_id("malware", "never"),
        target_ref=stix_id("tool", "never"),
    ),
}


@pytest.mark.row("T-ADD-16", "T-ADD-17", "T-ADD-36")
def test_all_that_stix_allows_is_taken_and_kept(fresh: Taxii) -> None:
    fresh.rw.take(OBJECTS, *TAKEN.values())
    for says, given in TAKEN.items():
        assert held(fresh.ro, given) == [given], says


@pytest.mark.row("T-ADD-15")
def test_the_predefined_markings_are_taken_as_they_are_and_not_otherwise(fresh: Taxii) -> None:
    """They carry no marking themselves, and one record is enough, whoever posts them."""
    for marking_id in (CLEAR, GREEN, AMBER, RED):
        registered = fresh.running.exchange.registry.get(marking_id)
        assert registered is not None
        predefined = dict(registered.definition)
        for caller in (fresh.rw, fresh.owner, fresh.rw):
            caller.take(OBJECTS, predefined)
        assert held(fresh.ro, predefined) == [predefined]
        status = fresh.rw.post(OBJECTS, {**predefined, "name": "TLP:OTHER"}).json()
        assert status["failure_count"] == 1
        assert marking_id in json.dumps(status["failures"])


@pytest.mark.row("T-ADD-18")
def test_without_a_spec_version_an_object_is_read_as_stix_2_0_or_an_observable_of_2_1(fresh: Taxii) -> None:
    tool = content.of_2_0("tool", "without a spec version", name="x")
    address = {"type": "ipv4-addr", "id": stix_id("ipv4-addr", "198.51.100.10"), "value": "198.51.100.10"}
    fresh.rw.take(OBJECTS, tool, address)
    for given, spec in ((tool, "2.0"), (address, "2.1")):
        for asked in ("2.0", "2.1"):
            rows = fresh.ro.rows(OBJECTS, f"match[id]={given['id']}&match[spec_version]={asked}")
            assert rows == ([given] if asked == spec else []), "and it is given as it was"
        (record,) = fresh.ro.rows(MANIFEST, f"match[id]={given['id']}&match[spec_version]=2.0,2.1")
        assert record["media_type"] == f"application/stix+json;version={spec}"


@pytest.mark.row("T-ADD-27", "T-ADD-28", "T-ADD-41")
def test_what_stands_beside_the_objects_is_ignored(fresh: Taxii) -> None:
    around = {"more": True, "next": "abc", "x_acme_note": "kept nowhere"}
    bundle = {"type": "bundle", "id": stix_id("bundle", "one"), "spec_version": "2.0"}
    for number, members in enumerate((around, bundle)):
        given = an_indicator(f"beside {number}")
        for written in ({**members, "objects": [given]}, {"objects": [given], **members}):
            answer = fresh.rw.send(f"{OBJECTS}?match[type]=x&limit=0&added_after=never", json.dumps(written).encode())
            assert (answer.status, answer.json()["success_count"]) == (202, 1)
        assert held(fresh.ro, given) == [given]
    assert b"kept nowhere" not in b"".join(page.body for page in fresh.ro.pages(OBJECTS))


@pytest.mark.row("T-ADD-30")
def test_who_may_only_write_pushes_and_reads_the_status_and_nothing_else(fresh: Taxii) -> None:
    given = an_indicator("into the letter box")
    status = fresh.wo.take(WRITE_ONLY, given, content.LOTS[0])
    assert fresh.wo.get(f"/first/status/{status['id']}/").json() == status
    assert "message" not in json.dumps(status), "that the owner holds one of them is not told"
    for path in (WRITE_ONLY, f"/first/collections/{rights.WO}/manifest/", f"{WRITE_ONLY}{given['id']}/"):
        assert fresh.wo.get(path).status == 403
    assert given in fresh.owner.rows(WRITE_ONLY)


@pytest.mark.row("T-ADD-37", "T-DEL-16", "T-LIFE-01")
def test_collections_know_nothing_of_each_other(fresh: Taxii) -> None:
    given = an_indicator("in both")
    fresh.rw.take(OBJECTS, given)
    fresh.clock.advance(hours=1)
    fresh.rw.take(f"{ELSEWHERE}objects/", given)
    here, there = (
        next(row["date_added"] for row in fresh.rw.rows(path) if row["id"] == given["id"])
        for path in (MANIFEST, f"{ELSEWHERE}manifest/")
    )
    assert here[:13] < there[:13], "each has a date of its own"
    assert fresh.rw.delete(f"{OBJECTS}{given['id']}/").status == 200
    assert held(fresh.rw, given) == []
    assert fresh.rw.rows(f"{ELSEWHERE}objects/") == [given]


@pytest.mark.row("T-ADD-12")
def test_an_address_that_two_organisations_give_is_one_row(fresh: Taxii) -> None:
    address = an_address("198.51.100.11")
    fresh.rw.take(OBJECTS, address)
    before = log(fresh.ro)
    fresh.clock.advance(minutes=1)
    fresh.owner.take(OBJECTS, address, a_statement("beside it"))
    assert log(fresh.ro)[:-1] == before
