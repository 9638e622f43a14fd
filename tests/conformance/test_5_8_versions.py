"""GET {root}/collections/{id}/objects/{object-id}/versions/: TAXII 2.1 section 5.8."""

import pytest

from tests.conformance import content
from tests.conformance.conftest import Taxii
from tests.conformance.paths import ALL, MANIFEST, OBJECTS, ONE, VERSIONS

V1, V2, V3 = content.V1, content.V2, content.V3


@pytest.mark.row("T-VRS-02", "T-VRS-03", "T-VRS-04", "T-VRS-09", "A-33", "A-34")
def test_all_versions_are_listed_as_the_manifest_has_them(taxii: Taxii) -> None:
    records = taxii.rw.rows(MANIFEST, ALL)
    for each in sorted({row["id"] for row in records}):
        listed = taxii.rw.rows(f"{OBJECTS}{each}/versions/")
        assert listed == [row["version"] for row in records if row["id"] == each]
        assert len(listed) == len(set(listed))
    assert taxii.rw.rows(VERSIONS) == [V1, V3, V2]
    created = next(each["created"] for each in content.BASE if each["id"] == content.STATEMENT)
    assert taxii.rw.rows(f"{OBJECTS}{content.STATEMENT}/versions/") == [created]


@pytest.mark.row("T-VRS-05")
@pytest.mark.parametrize("query", ["added_after=2999-01-01T00:00:00Z", "match[spec_version]=2.0"])
def test_none_to_return_is_an_empty_object(taxii: Taxii, query: str) -> None:
    answer = taxii.rw.get(f"{VERSIONS}?{query}")
    assert (answer.status, answer.body) == (200, b"{}")


@pytest.mark.row("T-VRS-07", "T-VRS-08")
@pytest.mark.parametrize("by", ["next", "added_after"])
def test_versions_can_be_walked(taxii: Taxii, by: str) -> None:
    for limit in (1, 2, 3):
        pages = taxii.rw.pages(VERSIONS, limit=limit, by=by)
        assert [row for page in pages for row in page.json()["versions"]] == [V1, V3, V2]
        assert [page.json().get("more", False) for page in pages] == [True] * (len(pages) - 1) + [False]


@pytest.mark.row("T-VRS-06")
def test_the_versions_of_what_was_deleted_are_not_found(fresh: Taxii) -> None:
    assert fresh.rw.delete(f"{ONE}?match[version]=last").status == 200
    assert fresh.rw.rows(VERSIONS) == [V1, V2]
    assert fresh.rw.delete(ONE).status == 200
    assert fresh.rw.get(VERSIONS).status == 404
