"""Order of what is given: TAXII 2.1 section 3.3."""

from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from tests.conformance import content
from tests.conformance.conftest import Filled, Taxii
from tests.conformance.paths import ALL, EVERYTHING, MANIFEST, MANY_RECORDS, OBJECTS
from tests.support.stix import an_indicator


def named(taxii: Taxii, query: str = "") -> list[tuple[str, str]]:
    return [(row["id"], row["version"]) for row in taxii.rw.rows(MANIFEST, query)]


@pytest.mark.row("T-SORT-01")
def test_objects_and_manifest_come_by_date_added_and_the_newest_last(taxii: Taxii) -> None:
    records = taxii.rw.rows(MANIFEST, ALL, limit=4)
    assert all(one["date_added"] < other["date_added"] for one, other in pairwise(records))
    assert [each["id"] for each in taxii.rw.rows(OBJECTS, ALL, limit=7)] == [each["id"] for each in records]
    of_one = taxii.rw.rows(f"{OBJECTS}{content.VERSIONED}/", ALL)
    assert [each["modified"] for each in of_one] == [content.V1, content.V3, content.V2]


@pytest.mark.row("T-SORT-02", "T-VRS-09")
def test_versions_come_by_date_added_too(taxii: Taxii) -> None:
    versions = taxii.rw.rows(f"{OBJECTS}{content.VERSIONED}/versions/")
    assert versions == [content.V1, content.V3, content.V2]


@pytest.mark.row("T-SORT-03")
def test_dates_inside_stix_play_no_part(fresh: Taxii) -> None:
    old = an_indicator("of long ago", version="2016-01-01T00:00:00.000Z", created="2016-01-01T00:00:00.000Z")
    fresh.rw.take(OBJECTS, old)
    assert named(fresh)[-1][0] == old["id"]


@pytest.mark.row("T-SORT-05")
def test_objects_of_one_push_keep_the_order_of_the_envelope(fresh: Taxii) -> None:
    pushed = [an_indicator(name) for name in ("c", "a", "b")]
    fresh.rw.take(OBJECTS, *pushed)
    assert [each for each, _ in named(fresh)[-3:]] == [each["id"] for each in pushed]


@pytest.mark.row("T-SORT-06")
def test_a_new_version_goes_to_the_end_and_the_old_one_keeps_its_place(fresh: Taxii) -> None:
    before = named(fresh, ALL)
    pushed = [an_indicator(name) for name in ("one", "two", "three")]
    fresh.rw.take(OBJECTS, *pushed)
    newer = an_indicator("one", version="2026-05-02T00:00:00.000Z")
    fresh.rw.take(OBJECTS, newer)
    one, two, three = ((each["id"], each["modified"]) for each in pushed)
    assert named(fresh)[-3:] == [two, three, (newer["id"], newer["modified"])]
    assert named(fresh, ALL) == [*before, one, two, three, (newer["id"], newer["modified"])]
    assert fresh.rw.delete(f"{OBJECTS}{newer['id']}/?match[version]=last").status == 200
    assert named(fresh)[-3:] == [two, three, one]


def dump(taxii: Taxii) -> list[Any]:
    """All that two readers are given, dates and tokens included."""
    return [
        (page.body, page.headers)
        for reader in (taxii.rw, taxii.ro)
        for path in (OBJECTS, MANIFEST, MANY_RECORDS)
        for page in reader.pages(path, EVERYTHING, limit=15)
    ]


@pytest.mark.row("T-SORT-07", "T-PAG-17")
def test_the_order_survives_restoring_indexing_anew_and_a_restart(taxii: Taxii, filled: Filled, tmp_path: Path) -> None:
    before = dump(taxii)
    with filled.served(tmp_path) as restored:
        assert dump(restored) == before, "it is a copy of the same database"
        with restored.running.exchange.database.writing() as transaction:
            table = "TABLE " if transaction.dialect.name == "postgresql" else ""
            transaction.exec_driver_sql(f"REINDEX {table}delivery")
        assert dump(restored) == before
        with restored.another() as restarted:
            assert dump(restarted) == before
