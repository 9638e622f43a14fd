"""GET {root}/collections/{id}/objects/{object-id}/: TAXII 2.1 section 5.6."""

import pytest

from tests.conformance import content
from tests.conformance.conftest import Taxii
from tests.conformance.paths import ALL, HERE, OBJECTS, ONE, of_collection
from tests.support.stix import stix_id

V1, V2, V3 = content.V1, content.V2, content.V3


def versions(taxii: Taxii, query: str, limit: int = 0, by: str = "next") -> list[str]:
    return [each["modified"] for each in taxii.rw.rows(ONE, query, limit=limit, by=by)]


@pytest.mark.row("T-ONE-03", "T-ONE-04")
def test_the_last_version_is_given_unless_others_are_asked_for(taxii: Taxii) -> None:
    for query, expected in {
        "": [V3],
        "match[version]=last": [V3],
        "match[version]=first": [V1],
        f"match[version]={V2}": [V2],
        f"match[version]=last,{V2}": [V3, V2],
        ALL: [V1, V3, V2],
    }.items():
        assert versions(taxii, query) == expected, query


@pytest.mark.row("T-ONE-05", "T-VRS-06", "T-ONE-11", "A-05")
@pytest.mark.parametrize("tail", ["", "versions/"])
def test_an_unknown_object_is_not_found_whatever_is_asked_of_it(taxii: Taxii, tail: str) -> None:
    for unknown in (stix_id("malware", "none"), "malware", "bundle--1"):
        for query in ("", "?limit=1", "?added_after=2999-01-01T00:00:00Z", "?match[spec_version]=2.0"):
            assert taxii.rw.get(f"{OBJECTS}{unknown}/{tail}{query}").status == 404


@pytest.mark.row("T-ONE-06", "A-05")
@pytest.mark.parametrize(
    "query",
    [
        "match[version]=2019-01-01T00:00:00Z",
        "added_after=2999-01-01T00:00:00Z",
        "match[spec_version]=2.0",
        f"match[spec_version]=9.9&{ALL}",
    ],
)
def test_a_filter_that_leaves_nothing_of_a_known_object_gives_an_empty_envelope(taxii: Taxii, query: str) -> None:
    answer = taxii.rw.get(f"{ONE}?{query}")
    assert (answer.status, answer.body) == (200, b"{}")


@pytest.mark.row("T-ONE-07", "T-SORT-01")
@pytest.mark.parametrize("by", ["next", "added_after"])
def test_its_versions_can_be_walked(taxii: Taxii, by: str) -> None:
    for limit in (1, 2, 3):
        assert versions(taxii, ALL, limit, by) == [V1, V3, V2]


@pytest.mark.row("T-ONE-09")
@pytest.mark.parametrize("tail", ["", "versions/"])
def test_an_object_of_another_collection_is_none_of_this_one(taxii: Taxii, tail: str) -> None:
    elsewhere = content.LOTS[5]["id"]
    assert taxii.rw.get(f"{of_collection(content.MANY)}objects/{elsewhere}/{tail}").status == 200
    assert taxii.rw.get(f"{HERE}objects/{elsewhere}/{tail}").status == 404
    assert taxii.rw.get(f"/second/collections/{content.ELSEWHERE}/objects/{content.SINGLE}/{tail}").status == 404


@pytest.mark.row("T-ONE-05", "T-VRS-06")
@pytest.mark.parametrize("tail", ["", "versions/"])
def test_an_object_that_a_reader_may_not_see_is_one_that_there_is_not(taxii: Taxii, tail: str) -> None:
    hidden, never = (
        taxii.ro.get(f"{OBJECTS}{each}/{tail}") for each in (content.AMBER_ONE, stix_id("indicator", "never"))
    )
    assert taxii.rw.get(f"{OBJECTS}{content.AMBER_ONE}/{tail}").status == 200
    assert (hidden.status, never.status) == (404, 404)
    without_id = [
        {name: value for name, value in each.json().items() if name != "error_id"} for each in (hidden, never)
    ]
    assert without_id[0] == without_id[1]
