"""Each match field: TAXII 2.1 section 3.4.1."""

import itertools

import pytest

from tests.conformance import content
from tests.conformance.conftest import Taxii
from tests.conformance.paths import (
    ALL,
    EVERYTHING,
    HERE,
    MANIFEST,
    NOTHING,
    OBJECTS,
    ONE,
    PAGES,
    VERSIONS,
    of_collection,
)
from tests.support.stix import STIX, stix_id

V1, V2, V3 = content.V1, content.V2, content.V3
ADDED_AS = [each["id"] for each in content.BASE]


def ids(taxii: Taxii, query: str) -> list[str]:
    return [row["id"] for row in taxii.rw.rows(MANIFEST, query)]


def versions(taxii: Taxii, query: str) -> list[str]:
    return [row["version"] for row in taxii.rw.rows(MANIFEST, f"match[id]={content.VERSIONED}&{query}")]


@pytest.mark.row("T-FID-01", "T-FID-06", "T-ONE-08")
def test_an_id_selects_what_the_objects_own_endpoint_gives(taxii: Taxii) -> None:
    for each in sorted(set(ADDED_AS)):
        for query in ("", f"&{ALL}"):
            by_filter = taxii.rw.get(f"{OBJECTS}?match[id]={each}{query}")
            by_path = taxii.rw.get(f"{OBJECTS}{each}/?{query}")
            assert {row["id"] for row in by_filter.json()["objects"]} == {each}
            assert (by_path.body, by_path.headers) == (by_filter.body, by_filter.headers)
    unknown = stix_id("malware", "unknown")
    assert taxii.rw.get(f"{OBJECTS}?match[id]={unknown}").body == b"{}"
    assert taxii.rw.get(f"{OBJECTS}{unknown}/").status == 404


@pytest.mark.row("T-FID-02")
def test_several_ids_come_by_date_and_not_as_they_were_asked_for(taxii: Taxii) -> None:
    by_date = [content.SINGLE, content.ADDRESS, content.STATEMENT]
    for asked in itertools.permutations(by_date):
        assert ids(taxii, f"match[id]={','.join(asked)}") == by_date


@pytest.mark.row("T-FID-03")
@pytest.mark.parametrize("odd", [stix_id("malware", "none"), "malware", "malware--1", "--", "..%2F", "%27", "*"])
def test_an_unknown_or_odd_id_matches_nothing(taxii: Taxii, odd: str) -> None:
    answer = taxii.rw.get(f"{OBJECTS}?match[id]={odd}")
    assert (answer.status, answer.body) == (200, b"{}")
    assert ids(taxii, f"match[id]={odd},{content.SINGLE}") == [content.SINGLE]


@pytest.mark.row("T-FID-04")
def test_an_id_that_is_listed_twice_changes_nothing(taxii: Taxii) -> None:
    assert ids(taxii, f"match[id]={content.SINGLE},{content.SINGLE}") == [content.SINGLE]


@pytest.mark.row("T-FID-05", "T-ONE-02")
def test_objects_of_every_family_are_found_by_id(taxii: Taxii) -> None:
    kinds = {each["type"]: each for each in content.BASE if each["id"] not in (content.VERSIONED, content.BOTH_SPECS)}
    assert len(kinds) >= 12
    for each in kinds.values():
        assert taxii.rw.get(f"{OBJECTS}?match[id]={each['id']}").json() == {"objects": [each]}
        assert taxii.rw.get(f"{OBJECTS}{each['id']}/").json() == {"objects": [each]}


@pytest.mark.row("T-FTYPE-01", "T-FTYPE-03", "T-FTYPE-04")
def test_a_type_selects_objects_by_their_type_member_alone_and_in_pairs(taxii: Taxii) -> None:
    types = sorted({each["type"] for each in content.BASE})
    everything = taxii.rw.rows(OBJECTS, EVERYTHING)
    for asked in [*itertools.combinations(types, 1), *itertools.combinations(types, 2)]:
        found = taxii.rw.rows(OBJECTS, f"{EVERYTHING}&match[type]={','.join(asked)}")
        assert found == [each for each in everything if each["type"] in asked]
        assert {each["type"] for each in found} == set(asked)


TYPES = [
    *("attack-pattern", "campaign", "course-of-action", "grouping", "identity", "incident", "indicator"),
    *("infrastructure", "intrusion-set", "location", "malware", "malware-analysis", "note", "observed-data", "opinion"),
    *("report", "threat-actor", "tool", "vulnerability", "relationship", "sighting"),
    *("artifact", "autonomous-system", "directory", "domain-name", "email-addr", "email-message", "file", "ipv4-addr"),
    *("ipv6-addr", "mac-addr", "mutex", "network-traffic", "process", "software", "url", "user-account"),
    *("windows-registry-key", "x509-certificate"),
    *("extension-definition", "language-content", "marking-definition"),
]
"""All types of STIX 2.1."""


@pytest.mark.row("T-FTYPE-02", "T-FTYPE-03")
def test_no_type_is_an_error_whether_there_are_objects_of_it_or_not(taxii: Taxii) -> None:
    assert len(TYPES) == 42
    for each in [*TYPES, "x-unknown", "bundle", "?"]:
        answer = taxii.rw.get(f"{NOTHING}?match[type]={each}")
        assert (answer.status, answer.body) == (200, b"{}"), each
        there = taxii.rw.rows(OBJECTS, f"match[type]={each}")
        assert {found["type"] for found in there} == {each} & {known["type"] for known in content.BASE}


@pytest.mark.row("T-FVER-01", "T-FVER-02", "T-FVER-03", "T-FVER-04", "T-FVER-06", "T-FVER-07", "T-FVER-11")
@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        (None, [V3]),
        ("last", [V3]),
        ("first", [V1]),
        ("all", [V1, V3, V2]),
        (V2, [V2]),
        ("2019-01-01T00:00:00.000Z", []),
        (f"first,{V2},last", [V1, V3, V2]),
        (f"{V2},{V1}", [V1, V2]),
        ("2026-03-02T00:00:00Z", [V2]),
        ("2026-03-02T00:00:00.000000Z", [V2]),
        ("2026-03-02T00:00:00.000001Z", []),
        ("2026-03-02T00:00:00.001Z,last", [V3]),
    ],
)
def test_versions_are_chosen_by_their_own_dates_and_not_by_arrival(
    taxii: Taxii, asked: str | None, expected: list[str]
) -> None:
    """They were added in the order V1, V3, V2."""
    query = "" if asked is None else f"match[version]={asked}"
    assert versions(taxii, query) == expected
    assert [each["modified"] for each in taxii.rw.rows(ONE, query)] == expected


REFUSED = ["all,first", f"all,{V1}", "all,all", "last,last", "first,first", f"{V1},{V1}", f"{V1},2026-03-01T00:00:00Z"]
REFUSED += [
    "foo",
    "2026",
    "2026-03-01",
    "2026-03-01T00:00:00",
    "2026-03-01T00:00:00%2B01:00",
    "LAST",
    "2026-02-30T00:00:00Z",
]


@pytest.mark.row("T-FVER-05", "T-FVER-09", "T-FVER-10", "T-FVER-15")
@pytest.mark.parametrize("asked", REFUSED)
def test_a_version_is_a_keyword_or_a_timestamp_and_none_stands_twice(taxii: Taxii, asked: str) -> None:
    paths = [PAGES[each] for each in ("objects", "manifest", "object")]
    assert [taxii.rw.get(f"{path}?match[version]={asked}").status for path in paths] == [400] * 3
    assert taxii.rw.delete(f"{ONE}?match[version]={asked}").status == 400


@pytest.mark.row("T-FVER-08")
@pytest.mark.parametrize("asked", ["first,last", "last,2026-03-01T00:00:00.000Z", "first,last,2026-03-01T00:00:00Z"])
def test_a_version_that_is_selected_twice_is_given_once(taxii: Taxii, asked: str) -> None:
    assert ids(taxii, f"match[id]={content.SINGLE}&match[version]={asked}") == [content.SINGLE]


@pytest.mark.row("T-FVER-12")
def test_an_object_without_modified_is_found_by_created(taxii: Taxii) -> None:
    created = next(each["created"] for each in content.BASE if each["id"] == content.STATEMENT)
    assert ids(taxii, f"match[type]=marking-definition&match[version]={created}") == [content.STATEMENT]
    assert ids(taxii, "match[type]=marking-definition&match[version]=2026-03-01T00:00:00.001Z") == []


@pytest.mark.row("T-FVER-13", "A-11")
def test_an_object_without_dates_is_found_by_the_version_that_the_manifest_gives_it(taxii: Taxii) -> None:
    (record,) = taxii.rw.rows(MANIFEST, f"match[id]={content.ADDRESS}")
    for asked in (record["version"], "first", "last", "all"):
        assert ids(taxii, f"match[id]={content.ADDRESS}&match[version]={asked}") == [content.ADDRESS]
    assert ids(taxii, f"match[id]={content.ADDRESS}&match[version]={V1}") == []


@pytest.mark.row("T-FVER-15", "T-FSPEC-08")
def test_one_version_in_one_encoding_can_be_deleted(fresh: Taxii) -> None:
    both = f"{OBJECTS}{content.BOTH_SPECS}/"
    deleted = fresh.rw.delete(f"{both}?match[version]=2026-03-01T00:00:00.000Z&match[spec_version]=2.1")
    assert deleted.status == 200
    left = fresh.rw.rows(MANIFEST, f"match[id]={content.BOTH_SPECS}&{EVERYTHING}")
    assert {row["media_type"] for row in left} == {"application/stix+json;version=2.0"}
    assert fresh.rw.delete(f"{ONE}?match[version]=first,last").status == 200
    assert fresh.rw.rows(VERSIONS) == [V2]


@pytest.mark.row("T-FVER-16")
@pytest.mark.parametrize("limit", [1, 2])
def test_versions_of_one_object_may_lie_on_several_pages(taxii: Taxii, limit: int) -> None:
    assert ids(taxii, ALL) == [row["id"] for row in taxii.rw.rows(MANIFEST, ALL, limit=limit)]
    pages = taxii.rw.pages(MANIFEST, ALL, limit=limit)
    on_pages = [content.VERSIONED in {row["id"] for row in page.json()["objects"]} for page in pages]
    assert sum(on_pages) >= 2


def of_spec(*specs: str) -> list[str]:
    return [each["id"] for each in content.BASE if ("2.1" if "spec_version" in each else "2.0") in specs]


@pytest.mark.row("T-FSPEC-01", "T-FSPEC-02", "T-FSPEC-07", "T-MAN-07", "A-46")
def test_spec_versions_are_disjoint_and_the_manifest_names_them(taxii: Taxii) -> None:
    for specs in (("2.0",), ("2.1",), ("2.0", "2.1")):
        records = taxii.rw.rows(MANIFEST, f"{ALL}&match[spec_version]={','.join(specs)}")
        assert [row["id"] for row in records] == of_spec(*specs)
        assert {row["media_type"] for row in records} == {f"application/stix+json;version={spec}" for spec in specs}
    collection = taxii.rw.get(HERE).json()
    assert {row["media_type"] for row in taxii.rw.rows(MANIFEST, EVERYTHING)} <= set(collection["media_types"])


@pytest.mark.row("T-FSPEC-03", "T-FSPEC-04", "A-08")
def test_without_it_each_version_comes_in_its_newest_encoding_and_none_is_hidden(taxii: Taxii) -> None:
    both = f"match[id]={content.BOTH_SPECS}"
    asked = {
        query: [(row["version"], row["media_type"][-3:]) for row in taxii.rw.rows(MANIFEST, f"{both}&{query}")]
        for query in ("", ALL, EVERYTHING, "match[spec_version]=2.1", "match[spec_version]=2.0", "match[version]=first")
    }
    first = "2026-03-01T00:00:00.000Z"
    assert asked == {
        "": [(V2, "2.0")],
        ALL: [(first, "2.1"), (V2, "2.0")],
        EVERYTHING: [(first, "2.0"), (first, "2.1"), (V2, "2.0")],
        "match[spec_version]=2.1": [(first, "2.1")],
        "match[spec_version]=2.0": [(V2, "2.0")],
        "match[version]=first": [(first, "2.1")],
    }
    assert content.ONLY_2_0 in ids(taxii, "")


@pytest.mark.row("T-FSPEC-05")
def test_without_spec_version_an_observable_is_of_2_1_and_everything_else_of_2_0(fresh: Taxii) -> None:
    host: STIX = {"type": "domain-name", "id": stix_id("domain-name", "host.example"), "value": "host.example"}
    tool = content.of_2_0("tool", "without spec_version", name="t")
    fresh.rw.take(OBJECTS, host, tool)
    mine = f"match[id]={host['id']},{tool['id']}"
    assert ids(fresh, f"{mine}&match[spec_version]=2.1") == [host["id"]]
    assert ids(fresh, f"{mine}&match[spec_version]=2.0") == [tool["id"]]
    assert fresh.rw.rows(OBJECTS, mine) == [host, tool]


@pytest.mark.row("T-FSPEC-06")
@pytest.mark.parametrize("path", PAGES.values(), ids=PAGES)
def test_a_spec_version_that_there_is_not_matches_nothing_and_what_is_none_is_refused(taxii: Taxii, path: str) -> None:
    for unknown in ("9.9", "2.2", "1.0", "2.10"):
        assert taxii.rw.get(f"{path}?match[spec_version]={unknown}").body == b"{}"
    for malformed in ("2", "2.", "v2.1", "last", "2.1.0", "2.1,2"):
        assert taxii.rw.get(f"{path}?match[spec_version]={malformed}").status == 400


@pytest.mark.row("A-24", "A-46")
def test_a_collection_takes_the_stix_that_its_media_types_name_from_the_start(fresh: Taxii) -> None:
    newer = of_collection(content.OF_2_1)
    both = ["application/stix+json;version=2.0", "application/stix+json;version=2.1"]
    for caller, path, named in ((fresh.rw, newer, both[1:]), (fresh.owner, of_collection(content.EMPTY), both)):
        assert sorted(caller.get(path).json()["media_types"]) == named
        status = caller.post(f"{path}objects/", content.BASE[-1]).json()
        assert status["success_count"] == len(named) - 1
        assert sorted(caller.get(path).json()["media_types"]) == named
        assert [row["media_type"] for row in caller.rows(f"{path}manifest/")] == both[: len(named) - 1]
    (failure,) = fresh.rw.post(f"{newer}objects/", content.BASE[-1]).json()["failures"]
    assert "2.0" in failure["message"]
