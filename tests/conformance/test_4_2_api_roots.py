"""API roots: TAXII 2.1 section 4.2."""

import pytest

from tests.conformance import content
from tests.conformance.conftest import CONTENT_LENGTH_MAX, Taxii
from tests.conformance.endpoints import MANIFEST, OBJECTS, OF_COLLECTIONS, ask
from tests.support import rights
from tests.support.stix import an_envelope, an_indicator


@pytest.mark.row("T-ROOT-02", "T-ROOT-03", "T-ROOT-04", "T-ROOT-05", "T-ROOT-06", "T-ROOT-13", "T-V20-07")
def test_a_root_says_what_it_is_and_how_much_it_takes(taxii: Taxii) -> None:
    assert taxii.rw.get("/first/").json() == {
        "title": "The first partnership",
        "description": "Every combination of rights.",
        "versions": ["application/taxii+json;version=2.1"],
        "max_content_length": CONTENT_LENGTH_MAX,
    }
    assert "description" not in taxii.rw.get("/second/").json()


@pytest.mark.row("T-ROOT-07", "T-ROOT-08", "T-ROOT-09")
def test_a_body_may_be_as_long_as_is_said_and_no_longer(fresh: Taxii) -> None:
    longest = fresh.rw.get("/first/").json()["max_content_length"]
    for more, status in {-1: 202, 0: 202, 1: 413}.items():
        body = an_envelope([an_indicator(f"{more} from the limit")])
        padded = body[:-1] + b" " * (longest + more - len(body)) + b"}"
        before = fresh.rw.get(f"{MANIFEST}?limit=50").body
        assert fresh.rw.send(OBJECTS, padded).status == status, more
        assert (fresh.rw.get(f"{MANIFEST}?limit=50").body == before) == (status == 413), more


@pytest.mark.row("T-ROOT-11")
def test_what_one_root_holds_is_404_under_another(taxii: Taxii) -> None:
    for method, rest in OF_COLLECTIONS.values():
        for root, collection in (("second", rights.RW), ("first", content.ELSEWHERE)):
            assert ask(taxii.rw, method, f"/{root}/collections/{collection}/{rest}").status == 404, (root, rest)
    status = taxii.rw.post(OBJECTS, content.BASE[1]).json()["id"]
    assert [taxii.rw.get(f"/{root}/status/{status}/").status for root in ("first", "second")] == [200, 404]


@pytest.mark.row("T-ROOT-12")
def test_a_root_that_there_is_not_is_404(taxii: Taxii) -> None:
    for target in ("/no-such-root/", "/no-such-root/collections/", f"/no-such-root/status/{rights.NEVER}/"):
        assert taxii.rw.get(target).status == 404
        assert taxii.nobody.get(target).status == 401
    assert taxii.rw.get("/first/", accept="application/json").status == 406
