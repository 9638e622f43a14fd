"""What the endpoints that answer in pages share: TAXII 2.1 sections 5.3, 5.4, 5.6 and 5.8."""

import pytest

from tests.conformance import content
from tests.conformance.conftest import Taxii
from tests.conformance.paths import HERE, PAGES, of_collection
from tests.conformance.shapes import FIRST, LAST, Envelope, Manifest, Shape, Versions
from tests.support import rights
from tests.support.exchanges import TAXII
from tests.support.stix import stix_id

WITHIN = {endpoint: path.removeprefix(HERE) for endpoint, path in PAGES.items()}
IN_WO = stix_id("indicator", "of many 000")
"""An object that the write-only collection holds."""

SUCCESSES = [
    pytest.param("manifest", Manifest, marks=pytest.mark.row("T-MAN-01")),
    pytest.param("objects", Envelope, marks=pytest.mark.row("T-OBJ-01")),
    pytest.param("object", Envelope, marks=pytest.mark.row("T-ONE-01")),
    pytest.param("versions", Versions, marks=pytest.mark.row("T-VRS-01")),
]
FAILURES = [
    pytest.param("manifest", marks=pytest.mark.row("T-MAN-14", "T-MAN-15")),
    pytest.param("objects", marks=pytest.mark.row("T-OBJ-12", "T-OBJ-13")),
    pytest.param("object", marks=pytest.mark.row("T-ONE-10", "T-ONE-11")),
    pytest.param("versions", marks=pytest.mark.row("T-VRS-10", "T-VRS-11")),
]


@pytest.mark.parametrize(("endpoint", "resource"), SUCCESSES)
def test_a_page_is_its_resource_of_the_taxii_type_with_both_dates(
    taxii: Taxii, endpoint: str, resource: type[Shape]
) -> None:
    page = taxii.rw.get(PAGES[endpoint])
    assert (page.status, page.header("content-type")) == (200, TAXII)
    rows = resource.model_validate(page.json())
    assert getattr(rows, "versions" if endpoint == "versions" else "objects")
    assert page.header(FIRST) <= page.header(LAST)


@pytest.mark.parametrize("endpoint", FAILURES)
def test_each_failure_has_its_status(taxii: Taxii, endpoint: str) -> None:
    here, within = PAGES[endpoint], WITHIN[endpoint]
    in_wo = of_collection(rights.WO) + within.replace(content.VERSIONED, IN_WO)
    wrong = taxii.caller("rw", "not the secret")
    answers = {
        "a malformed query": (taxii.rw.get(f"{here}?limit=0"), 400),
        "no credentials": (taxii.nobody.get(here), 401),
        "a wrong password": (wrong.get(here), 401),
        "no right to read": (taxii.wo.get(in_wo), 403),
        "visible, with neither right": (taxii.none.get(of_collection(rights.NONE) + within), 403),
        "hidden": (taxii.rw.get(of_collection(rights.HIDDEN) + within), 404),
        "no such collection": (taxii.rw.get(of_collection(rights.NEVER) + within), 404),
        "no such root": (taxii.rw.get(here.replace("/first/", "/nowhere/")), 404),
        "a root of others": (taxii.none.get(here.replace("/first/", "/second/")), 404),
        "another media type": (taxii.rw.get(here, accept="application/pdf"), 406),
    }
    assert {says: answer.status for says, (answer, _) in answers.items()} == {
        says: status for says, (_, status) in answers.items()
    }
    assert taxii.owner.get(in_wo).status == 200, "who may read it is answered"
