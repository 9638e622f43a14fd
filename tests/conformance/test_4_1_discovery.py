"""Server discovery: TAXII 2.1 section 4.1."""

from pathlib import Path
from urllib.parse import urljoin

import pytest

from tests.conformance import content
from tests.conformance.conftest import Filled, Taxii

HOST = content.BASE_URL


@pytest.mark.row("T-DIS-01", "T-DIS-02", "T-DIS-03", "T-DIS-05", "T-DIS-06", "T-DIS-08", "T-DIS-09", "T-V20-13")
def test_discovery_lists_roots_as_absolute_https_urls_and_the_first_is_the_default(taxii: Taxii) -> None:
    answer = taxii.rw.get("/taxii2/")
    assert answer.status == 200
    assert answer.json() == {
        "title": "Comity exchange",
        "default": f"{HOST}/first/",
        "api_roots": [f"{HOST}/first/", f"{HOST}/second/"],
    }


@pytest.mark.row("T-DIS-10")
def test_each_account_is_shown_the_roots_of_its_own_partnerships(taxii: Taxii) -> None:
    def listed(account: str) -> list[str]:
        roots: list[str] = taxii.caller(account).get("/taxii2/").json()["api_roots"]
        return [root.removeprefix(HOST) for root in roots]

    assert listed("owner") == ["/first/", "/second/"]
    assert listed("rw") == ["/first/", "/second/"]
    assert listed("ro") == ["/first/"]
    assert listed("none") == ["/first/"]


@pytest.mark.row("T-DIS-12", "T-ROOT-01", "T-ROOT-10", "T-CONF-04")
def test_every_root_that_is_listed_answers_under_a_url_of_its_own(taxii: Taxii) -> None:
    for caller in (taxii.owner, taxii.rw, taxii.ro, taxii.wo, taxii.none):
        roots = caller.get("/taxii2/").json()["api_roots"]
        assert len(set(roots)) == len(roots) > 0
        for root in roots:
            assert root.endswith("/")
            assert caller.get(root.removeprefix(HOST)).status == 200
            assert caller.get(root.removeprefix(HOST) + "collections/").status == 200


@pytest.mark.row("T-DIS-06", "T-DIS-07")
def test_who_has_no_root_is_shown_neither_roots_nor_a_default(taxii: Taxii) -> None:
    assert taxii.stranger.get("/taxii2/").json() == {"title": "Comity exchange"}


@pytest.mark.row("T-DIS-04")
def test_a_contact_is_text(filled: Filled, tmp_path: Path) -> None:
    with filled.served(tmp_path, contact="duty@exchange.example", title="An exchange") as taxii:
        assert taxii.stranger.get("/taxii2/").json() == {"title": "An exchange", "contact": "duty@exchange.example"}


@pytest.mark.row("T-DIS-08", "T-DIS-13")
def test_without_a_public_address_roots_are_relative_to_the_host(filled: Filled, tmp_path: Path) -> None:
    with filled.served(tmp_path, base_url=None) as taxii:
        resource = taxii.rw.get("/taxii2/").json()
        assert resource["api_roots"] == ["/first/", "/second/"]
        assert resource["default"] == "/first/"
        for root in resource["api_roots"]:
            resolved = urljoin("https://any.example/taxii2/", root)
            assert taxii.rw.get(resolved.removeprefix("https://any.example")).status == 200


FORGED = {
    "the host": {"host": "evil.example"},
    "the forwarded host": {"x_forwarded_host": "evil.example", "x_forwarded_proto": "http"},
    "the standard's way": {"forwarded": "for=192.0.2.1;host=evil.example;proto=http"},
}


@pytest.mark.row("T-DIS-14")
@pytest.mark.parametrize("headers", FORGED.values(), ids=FORGED)
def test_no_header_of_a_caller_changes_the_roots(taxii: Taxii, headers: dict[str, str | None]) -> None:
    assert taxii.rw.get("/taxii2/", **headers).body == taxii.rw.get("/taxii2/").body


@pytest.mark.row("T-DIS-15", "T-DIS-16")
def test_discovery_needs_an_account_and_knows_no_malformed_query(taxii: Taxii) -> None:
    assert taxii.nobody.get("/taxii2/").status == 401
    assert taxii.caller("rw", "wrong").get("/taxii2/").status == 401
    assert taxii.rw.get("/taxii2/", accept="application/json").status == 406
    for query in ("limit=x", "added_after=x", "match=x", "%zz"):
        assert taxii.rw.get(f"/taxii2/?{query}").body == taxii.rw.get("/taxii2/").body
