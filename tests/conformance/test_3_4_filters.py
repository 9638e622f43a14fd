"""Match filters in general: TAXII 2.1 section 3.4."""

import pytest

from tests.conformance import content
from tests.conformance.callers import Caller
from tests.conformance.conftest import Taxii
from tests.conformance.paths import ALL, EVERYTHING, MANIFEST, OBJECTS, ONE, PAGES, VERSIONS, whole

V1 = content.V1


def ids(caller: Caller, query: str) -> list[str]:
    return [row["id"] for row in caller.rows(MANIFEST, query)]


def of_type(*types: str) -> list[str]:
    """The ids of the base content of these types, by the last version's place."""
    found = [each["id"] for each in content.BASE if each["type"] in types]
    return [each for place, each in enumerate(found) if each not in found[place + 1 :]]


@pytest.mark.row("T-FLT-01")
def test_different_fields_are_one_condition_after_the_other(taxii: Taxii) -> None:
    answer = taxii.rw.get(f"{OBJECTS}?match[type]=indicator&match[id]={content.SINGLE}")
    assert (answer.status, answer.body) == (200, b"{}")
    assert ids(taxii.rw, f"match[type]=malware&match[id]={content.SINGLE}") == [content.SINGLE]


@pytest.mark.row("T-FLT-02", "T-FLT-07")
@pytest.mark.parametrize("comma", [",", "%2C", "%2c"])
def test_the_values_of_one_field_are_alternatives(taxii: Taxii, comma: str) -> None:
    both = ids(taxii.rw, f"match[type]=indicator{comma}malware")
    assert sorted(both) == sorted(of_type("indicator", "malware"))
    assert set(ids(taxii.rw, "match[type]=indicator")) | set(ids(taxii.rw, "match[type]=malware")) == set(both)


REPEATED = {
    "two types": "match[type]=indicator&match[type]=malware",
    "one type twice": "match[type]=indicator&match[type]=indicator",
    "two ids": f"match[id]={content.SINGLE}&match[id]={content.ADDRESS}",
    "two versions": "match[version]=first&match[version]=last",
    "one version twice": "match[version]=last&match[version]=last",
    "two spec versions": "match[spec_version]=2.0&match[spec_version]=2.1",
    "one spec version twice": "match[spec_version]=2.1&match[spec_version]=2.1",
    "once encoded": "match[type]=indicator&match%5Btype%5D=indicator",
}
MALFORMED = {
    "an empty value": "match[type]=",
    "an empty member": "match[type]=indicator,,malware",
    "an empty first member": "match[type]=,malware",
    "an empty last member": "match[type]=indicator,",
    "an empty id": "match[id]=",
    "an empty version": "match[version]=",
    "an empty spec version": "match[spec_version]=",
    "a blank behind the comma": "match[type]=indicator,%20malware",
    "a plus behind the comma": "match[type]=indicator,+malware",
    "match without a field": "match=indicator",
    "an empty field": "match[]=x",
    "a field without its end": "match[type=x",
    "no hexadecimal digits": "match[id]=%zz",
    "no UTF-8": "match[id]=%ff",
    "half an escape": "match[id]=%4",
}


@pytest.mark.row("T-FLT-03", "T-FLT-06")
@pytest.mark.parametrize("query", REPEATED.values(), ids=REPEATED)
def test_a_field_stands_once(taxii: Taxii, query: str) -> None:
    assert [taxii.rw.get(f"{path}?{query}").status for path in (OBJECTS, MANIFEST)] == [400, 400]


@pytest.mark.row("T-FLT-08", "T-FLT-09", "T-FLT-10", "T-FLT-12")
@pytest.mark.parametrize("query", MALFORMED.values(), ids=MALFORMED)
def test_what_is_malformed_is_refused(taxii: Taxii, query: str) -> None:
    assert [taxii.rw.get(f"{path}?{query}").status for path in PAGES.values()] == [400] * 4


@pytest.mark.row("T-FLT-04", "T-FLT-05", "T-FLT-11", "A-16")
@pytest.mark.parametrize("endpoint", PAGES)
def test_what_is_not_known_is_ignored_when_reading(taxii: Taxii, endpoint: str) -> None:
    plain = taxii.rw.get(f"{PAGES[endpoint]}?{whole(endpoint)}")
    for unknown in ("match[foo]=bar", "match[foo]=", "foo=1&added-after=x", "match[TYPE]=malware", "Limit=1", "NEXT=x"):
        assert taxii.rw.get(f"{PAGES[endpoint]}?{unknown}&{whole(endpoint)}").body == plain.body, unknown


@pytest.mark.row("T-FLT-11")
def test_values_are_case_sensitive(taxii: Taxii) -> None:
    for query in ("match[type]=Indicator", f"match[id]={content.SINGLE.upper()}"):
        answer = taxii.rw.get(f"{OBJECTS}?{query}")
        assert (answer.status, answer.body) == (200, b"{}")


@pytest.mark.row("T-FLT-06")
def test_encoded_brackets_are_brackets(taxii: Taxii) -> None:
    plain, encoded = (taxii.rw.get(f"{OBJECTS}?{name}=malware") for name in ("match[type]", "match%5Btype%5D"))
    assert encoded.body == plain.body
    assert {each["type"] for each in plain.json()["objects"]} == {"malware"}


@pytest.mark.row("T-FLT-13", "T-FVER-15", "T-FSPEC-08")
@pytest.mark.parametrize("path", [OBJECTS, MANIFEST])
def test_objects_and_manifest_take_all_four_fields(taxii: Taxii, path: str) -> None:
    everything = len(taxii.rw.rows(path, EVERYTHING))
    assert everything == len(content.BASE)
    of_malware = sum(each["type"] == "malware" for each in content.BASE)
    of_2_0 = sum("spec_version" not in each for each in content.BASE)
    assert len(taxii.rw.rows(path, f"{EVERYTHING}&match[type]=malware")) == of_malware
    assert len(taxii.rw.rows(path, f"{EVERYTHING}&match[id]={content.VERSIONED}")) == 3
    assert len(taxii.rw.rows(path, f"{ALL}&match[spec_version]=2.0")) == of_2_0
    assert len(taxii.rw.rows(path, f"match[version]={V1}&match[id]={content.VERSIONED}")) == 1


@pytest.mark.row("T-FLT-14", "T-FVER-15", "T-FSPEC-08")
def test_one_object_takes_version_and_spec_version_alone(taxii: Taxii) -> None:
    assert [each["modified"] for each in taxii.rw.rows(ONE, f"match[version]=first,{content.V2}")] == [V1, content.V2]
    assert len(taxii.rw.rows(ONE, f"{ALL}&match[spec_version]=2.1")) == 3
    assert taxii.rw.get(f"{ONE}?match[spec_version]=2.0").body == b"{}"
    for query in (f"match[id]={content.VERSIONED}", "match[type]=indicator"):
        assert taxii.rw.get(f"{ONE}?{query}").status == 400


@pytest.mark.row("T-FLT-16", "T-FSPEC-08", "T-VRS-07")
def test_versions_take_spec_version_alone(taxii: Taxii) -> None:
    of_both = f"{OBJECTS}{content.BOTH_SPECS}/versions/"
    assert taxii.rw.rows(of_both, "match[spec_version]=2.1") == ["2026-03-01T00:00:00.000Z"]
    assert taxii.rw.rows(of_both, "match[spec_version]=2.0") == ["2026-03-01T00:00:00.000Z", content.V2]
    for query in ("match[version]=all", f"match[id]={content.VERSIONED}", "match[type]=indicator"):
        assert taxii.rw.get(f"{VERSIONS}?{query}").status == 400


@pytest.mark.row("T-FLT-04", "T-FLT-15", "T-FVER-15", "T-FSPEC-08", "T-AFT-16")
def test_a_delete_takes_version_and_spec_version_and_refuses_everything_else(fresh: Taxii) -> None:
    before = fresh.rw.rows(MANIFEST, EVERYTHING)
    refused = ("limit=1", "next=", "next=x", "added_after=2020-01-01T00:00:00.000000Z", "match[foo]=bar", "foo=1")
    for query in (*refused, f"match[id]={content.VERSIONED}", "match[type]=indicator", "match[version]=all,last"):
        assert fresh.rw.delete(f"{ONE}?{query}").status == 400, query
    assert fresh.rw.rows(MANIFEST, EVERYTHING) == before
    assert fresh.rw.delete(f"{ONE}?match[version]={content.V2}").status == 200
    assert fresh.rw.rows(VERSIONS) == [V1, content.V3]
    of_both = f"{OBJECTS}{content.BOTH_SPECS}/"
    assert fresh.rw.delete(f"{of_both}?match[spec_version]=2.0").status == 200
    assert [each.get("spec_version") for each in fresh.rw.rows(of_both, EVERYTHING)] == ["2.1"]
