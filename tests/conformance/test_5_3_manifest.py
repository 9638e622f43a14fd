"""GET {root}/collections/{id}/manifest/: TAXII 2.1 section 5.3."""

from itertools import pairwise

import pytest

from tests.conformance import content
from tests.conformance.conftest import Taxii
from tests.conformance.paths import ALL, EVERYTHING, MANIFEST, NO_RECORDS, OBJECTS, ONE
from tests.conformance.shapes import ManifestRecord
from tests.support.stix import an_address, an_indicator, stix_id

Dates = dict[tuple[str, str, str], str]


def dates(taxii: Taxii) -> Dates:
    """The date of each row of the collection."""
    return {
        (row["id"], row["version"], row["media_type"]): row["date_added"] for row in taxii.rw.rows(MANIFEST, EVERYTHING)
    }


@pytest.mark.row("T-MAN-02")
@pytest.mark.parametrize("target", [NO_RECORDS, f"{MANIFEST}?match[type]=report"])
def test_a_manifest_without_records_is_an_empty_object(taxii: Taxii, target: str) -> None:
    answer = taxii.rw.get(target)
    assert (answer.status, answer.body) == (200, b"{}")


@pytest.mark.row("T-MAN-03", "T-MAN-04", "T-MAN-07", "T-MAN-09")
def test_each_version_is_one_record_with_a_date_of_its_own(taxii: Taxii) -> None:
    records = taxii.rw.rows(MANIFEST, ALL)
    for each in records:
        assert set(each) == {"id", "date_added", "version", "media_type"}
        ManifestRecord.model_validate(each)
    assert all(one["date_added"] < other["date_added"] for one, other in pairwise(records))
    assert all(each["date_added"].endswith("000Z") for each in records)
    versioned = [each["version"] for each in records if each["id"] == content.VERSIONED]
    assert versioned == [content.V1, content.V3, content.V2]


@pytest.mark.row("T-MAN-05")
def test_a_record_names_its_object_and_the_version_is_modified_or_else_created(taxii: Taxii) -> None:
    records, objects = (taxii.rw.rows(path, EVERYTHING) for path in (MANIFEST, OBJECTS))
    assert [each["id"] for each in records] == [each["id"] for each in objects]
    dated = [(row, each) for row, each in zip(records, objects, strict=True) if "created" in each]
    assert len(dated) == len(objects) - 2
    assert all(row["version"] == each.get("modified", each["created"]) for row, each in dated)


@pytest.mark.row("T-MAN-06", "T-MAN-13", "T-VRS-04", "T-SORT-07", "A-11")
def test_an_object_without_dates_has_one_version_everywhere_and_after_a_restart(fresh: Taxii) -> None:
    address = an_address("198.51.100.101")
    (success,) = fresh.rw.take(OBJECTS, address)["successes"]
    (record,) = fresh.rw.rows(MANIFEST, f"match[id]={address['id']}")
    assert record["version"] == success["version"]
    assert fresh.rw.rows(f"{OBJECTS}{address['id']}/versions/") == [success["version"]]
    (again,) = fresh.rw.take(OBJECTS, address)["successes"]
    assert again["version"] == success["version"]
    fresh.clock.advance(days=1)
    with fresh.another() as restarted:
        assert dates(restarted) == dates(fresh)
        assert restarted.rw.rows(f"{OBJECTS}{address['id']}/versions/") == [success["version"]]


@pytest.mark.row("T-MAN-13")
def test_the_date_of_what_stays_does_not_change(fresh: Taxii) -> None:
    before = dates(fresh)
    fresh.clock.advance(hours=1)
    fresh.rw.take(OBJECTS, *content.BASE)
    fresh.rw.take(OBJECTS, an_indicator("another"))
    fresh.running.apply(content.FILES)
    assert fresh.rw.delete(f"{OBJECTS}{content.SINGLE}/").status == 200
    assert fresh.rw.delete(f"{ONE}?match[version]={content.V2}").status == 200
    gone = {(content.SINGLE, content.V1), (content.VERSIONED, content.V2)}
    after = dates(fresh)
    assert {row: date for row, date in before.items() if row[:2] not in gone}.items() <= after.items()
    assert len(after) == len(before) - len(gone) + 1


@pytest.mark.row("T-MAN-13")
def test_what_is_newest_again_or_comes_again_has_a_later_date_and_stands_once(fresh: Taxii) -> None:
    before = dates(fresh)
    fresh.clock.advance(hours=1)
    assert fresh.rw.delete(f"{ONE}?match[version]=last").status == 200
    newest = (content.VERSIONED, content.V2, "application/stix+json;version=2.1")
    after = dates(fresh)
    assert after[newest] > max(before.values())
    assert {row: date for row, date in after.items() if row != newest}.items() <= before.items()
    assert [row["id"] for row in fresh.rw.rows(MANIFEST, ALL)].count(content.VERSIONED) == 2

    released = content.FIRST.replace("ro: {tlp: [clear, green]}", "ro: {tlp: [clear, green, amber]}")
    seen = [row["id"] for row in fresh.ro.rows(MANIFEST, EVERYTHING)]
    assert content.AMBER_ONE not in seen
    fresh.running.apply({**content.FILES, "first.yaml": released})
    assert [row["id"] for row in fresh.ro.rows(MANIFEST, EVERYTHING)] == [*seen, content.AMBER_ONE]
    assert dates(fresh) == after, "another reader's dates are its own"


@pytest.mark.row("T-MAN-08")
def test_filters_look_at_the_objects(taxii: Taxii) -> None:
    found = taxii.rw.rows(MANIFEST, "match[type]=indicator")
    assert [row["id"] for row in found] == [each["id"] for each in taxii.rw.rows(OBJECTS, "match[type]=indicator")]
    assert taxii.rw.rows(MANIFEST, f"match[id]={stix_id('tool', 'none')}") == []
