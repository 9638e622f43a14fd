"""GET {root}/collections/{id}/objects/ and the envelope: TAXII 2.1 sections 3.7 and 5.4. That elements are objects and
that the envelope is no bundle is tried with every answer (shapes.conforms)."""

import json

import pytest

from tests.conformance import content
from tests.conformance.conftest import Taxii
from tests.conformance.paths import EVERYTHING, MANIFEST, MANY, NOTHING, OBJECTS
from tests.stix.stix_examples import EXAMPLES
from tests.support.exchanges import TAXII
from tests.support.stix import AMBER, CLEAR, an_indicator

LAST_VERSIONS = [
    each
    for each in content.BASE
    if (each["id"], each.get("modified")) not in {(content.VERSIONED, content.V1), (content.VERSIONED, content.V2)}
    and (each["id"] != content.BOTH_SPECS or each["modified"] == content.V2)
]


@pytest.mark.row("T-OBJ-02")
def test_one_object_comes_in_an_envelope_too(fresh: Taxii) -> None:
    alone = an_indicator("alone", CLEAR)
    fresh.owner.take(NOTHING, alone)
    assert fresh.rw.get(NOTHING).json() == {"objects": [alone]}
    assert fresh.rw.get(f"{NOTHING}{alone['id']}/").json() == {"objects": [alone]}


@pytest.mark.row("T-OBJ-03", "T-OBJ-04", "T-AFT-11")
@pytest.mark.parametrize(
    "target", [NOTHING, f"{OBJECTS}?match[type]=report", f"{OBJECTS}?added_after=2999-01-01T00:00:00Z"]
)
def test_nothing_to_return_is_an_empty_envelope_and_no_error(taxii: Taxii, target: str) -> None:
    answer = taxii.rw.get(target)
    assert (answer.status, answer.body) == (200, b"{}")


@pytest.mark.row("T-OBJ-05", "T-OBJ-06", "T-OBJ-07", "T-OBJ-08")
def test_an_envelope_holds_objects_and_says_whether_there_are_more(taxii: Taxii) -> None:
    first, last = (taxii.rw.get(f"{MANY}?limit={limit}").json() for limit in (7, 50))
    assert set(first) == set(last) == {"more", "next", "objects"}
    assert (first["more"], type(first["next"])) == (True, str)
    assert first["objects"] == list(content.LOTS[:7])
    whole = taxii.rw.get(OBJECTS).json()
    assert set(whole) == {"objects"}
    assert not [each for each in whole["objects"] if {"date_added", "media_type", "objects", "_id"} & set(each)]


@pytest.mark.row("T-OBJ-09")
def test_objects_of_every_kind_come_back_as_they_were_posted(taxii: Taxii) -> None:
    assert {each["type"] for each in content.BASE} > {"relationship", "sighting", "language-content", "x-acme-thing"}
    given = taxii.rw.rows(OBJECTS, EVERYTHING)
    assert [json.dumps(each) for each in given] == [json.dumps(each) for each in content.BASE]


@pytest.mark.row("T-OBJ-09")
def test_objects_of_every_type_of_the_standard_come_back_as_they_were_posted(fresh: Taxii) -> None:
    """In two partnerships, since a marking-definition has one content within one."""
    for form, path in (("minimal", OBJECTS), ("rich", f"/second/collections/{content.ELSEWHERE}/objects/")):
        pushed = {by_form[form]["id"]: json.dumps(by_form[form]) for by_form in EXAMPLES.values()}
        assert len(pushed) == 42
        fresh.rw.take(path, *(by_form[form] for by_form in EXAMPLES.values()))
        given = fresh.rw.rows(path, f"match[id]={','.join(pushed)}")
        assert len(given) == len(pushed)
        assert {each["id"]: json.dumps(each) for each in given} == pushed


TIMESTAMPS = [
    "2020-01-01T00:00:00.000Z",
    "2020-01-01T00:00:00Z",
    "2020-01-01T00:00:00.123456Z",
    "2020-01-01T00:00:00.10Z",
]


@pytest.mark.row("T-OBJ-10")
def test_timestamps_inside_objects_keep_their_text(fresh: Taxii) -> None:
    pushed = [
        an_indicator(f"at {place}", version=text, created=text, valid_from=text, x_acme_seen=text)
        for place, text in enumerate(TIMESTAMPS)
    ]
    fresh.rw.take(OBJECTS, *pushed)
    asked = ",".join(each["id"] for each in pushed)
    assert fresh.rw.rows(OBJECTS, f"match[id]={asked}") == pushed
    assert [row["version"] for row in fresh.rw.rows(MANIFEST, f"match[id]={asked}")] == TIMESTAMPS


@pytest.mark.row("T-OBJ-11", "T-FSPEC-04")
@pytest.mark.parametrize("limit", [0, 1, 5])
def test_without_parameters_everything_is_given_in_its_last_version(taxii: Taxii, limit: int) -> None:
    assert taxii.rw.rows(OBJECTS, limit=limit) == LAST_VERSIONS
    for_ro = [each for each in LAST_VERSIONS if AMBER not in each.get("object_marking_refs", [])]
    assert taxii.ro.rows(OBJECTS, limit=limit) == for_ro
    assert len(for_ro) < len(LAST_VERSIONS)


@pytest.mark.row("T-OBJ-14")
@pytest.mark.parametrize("media_type", ["application/pdf", "application/stix+json;version=2.1", "text/csv"])
def test_content_that_is_no_stix_is_not_taken(taxii: Taxii, media_type: str) -> None:
    for collection in taxii.rw.get("/first/collections/").json()["collections"]:
        assert all(each.startswith("application/stix+json;version=") for each in collection["media_types"])
    assert taxii.rw.send(OBJECTS, b"%PDF-1.7", content_type=media_type).status == 415
    assert taxii.rw.send(OBJECTS, b"%PDF-1.7", content_type=TAXII).status == 422
