"""What a client of TAXII 2.0 finds changed: TAXII 2.1 section 1.7.1."""

import pytest

from tests.conformance import content
from tests.conformance.conftest import Taxii
from tests.conformance.endpoints import HELD, MANIFEST, OBJECTS, READS

OLD_TAXII = "application/vnd.oasis.taxii+json; version=2.0"
OLD_STIX = "application/vnd.oasis.stix+json; version=2.0"


@pytest.mark.row("T-V20-01")
def test_discovery_is_no_longer_where_it_was(taxii: Taxii) -> None:
    for target in ("/taxii/", "/taxii"):
        assert taxii.rw.get(target).status == 404
        assert taxii.rw.get(target, accept=OLD_TAXII).status == 404


@pytest.mark.row("T-V20-03")
def test_the_types_of_2_0_are_told_that_they_are_not_spoken(taxii: Taxii) -> None:
    for accept in (OLD_TAXII, OLD_STIX, f"{OLD_TAXII}, {OLD_STIX}"):
        assert {taxii.rw.get(target, accept=accept).status for target in READS.values()} == {406}
    for content_type in (OLD_TAXII, OLD_STIX):
        assert taxii.rw.send(OBJECTS, HELD, content_type=content_type).status == 415


@pytest.mark.row("T-V20-08")
def test_the_manifest_has_a_record_for_each_version(taxii: Taxii) -> None:
    records = taxii.rw.rows(MANIFEST, f"match[version]=all&match[id]={content.VERSIONED}")
    assert [record["version"] for record in records] == [content.V1, content.V3, content.V2]
    for record in records:
        assert set(record) == {"id", "date_added", "version", "media_type"}


@pytest.mark.row("T-V20-10")
def test_what_2_1_added_is_there(fresh: Taxii) -> None:
    by_alias = "/first/collections/rw/objects/"
    walked = fresh.rw.get(f"{by_alias}?limit=1").json()
    assert fresh.rw.get(f"{by_alias}?limit=1&next={walked['next']}").json()["objects"] != walked["objects"]
    assert fresh.rw.rows(f"{by_alias}{content.VERSIONED}/versions/", "match[spec_version]=2.1")
    both = fresh.rw.rows(by_alias, f"match[version]=first,last&match[id]={content.VERSIONED}")
    assert [each["modified"] for each in both] == [content.V1, content.V3]
    assert fresh.rw.delete(f"{by_alias}{content.VERSIONED}/").status == 200
    assert fresh.rw.get(f"{by_alias}{content.VERSIONED}/").status == 404
