"""All collections: TAXII 2.1 section 5.1."""

from pathlib import Path
from uuid import UUID

import pytest

from app.policy.partnership import Role
from tests.conformance import content
from tests.conformance.callers import Caller, basic
from tests.conformance.conftest import SETTINGS, Filled, Taxii
from tests.conformance.endpoints import OBJECTS
from tests.support.direct import Direct
from tests.support.exchanges import running
from tests.support.stix import an_indicator

COLLECTIONS = "/first/collections/"
SEEN = {
    "owner": ["RW", "RO", "WO", "NONE", "HIDDEN", "EMPTY", "MANY", "OF_2_1"],
    "rw": ["RW", "RO", "NONE", "EMPTY", "MANY", "OF_2_1"],
    "ro": ["RW", "RO", "NONE", "EMPTY", "MANY", "OF_2_1"],
    "wo": ["RO", "WO", "NONE", "EMPTY", "OF_2_1"],
    "none": ["RO", "NONE", "EMPTY", "OF_2_1"],
}


@pytest.mark.row("T-COLS-01", "T-COLS-04", "T-COLS-06")
@pytest.mark.parametrize(("account", "seen"), SEEN.items(), ids=SEEN)
def test_each_account_is_shown_what_it_may_know_of_by_id(taxii: Taxii, account: str, seen: list[str]) -> None:
    answer = taxii.caller(account).get(COLLECTIONS)
    assert answer.status == 200
    ids = [collection["id"] for collection in answer.json()["collections"]]
    assert ids == sorted(ids) == [getattr(content, name) for name in seen]


@pytest.mark.row("T-COLS-02")
def test_nothing_to_show_is_an_empty_object(fresh: Taxii) -> None:
    fresh.running.add_account("officer", "owner", Role.OFFICER)
    answer = fresh.caller("officer").get("/third/collections/")
    assert (answer.status, answer.body) == (200, b"{}")
    assert fresh.owner.get("/third/collections/").status == 404


@pytest.mark.row("T-COLS-03")
def test_the_order_stays_whatever_happens(taxii: Taxii, fresh: Taxii) -> None:
    listed = {taxii.rw.get(COLLECTIONS).body for _ in range(20)}
    assert len(listed) == 1
    assert fresh.rw.get(COLLECTIONS).body in listed, "another server over the same data"
    fresh.rw.take(OBJECTS, an_indicator("one more"))
    fresh.rw.take(f"/first/collections/{content.MANY}/objects/", an_indicator("and one there"))
    assert fresh.rw.get(COLLECTIONS).body in listed


COUNT = 500


@pytest.mark.row("T-COLS-05", "T-V20-06")
def test_five_hundred_collections_come_in_one_answer(filled: Filled, tmp_path: Path) -> None:
    ids = sorted(str(UUID(int=number * 2**100 + number, version=4)) for number in range(COUNT))
    collections = "".join(
        f"  c{number}: {{id: {id_}, title: T{number}, read: all}}\n" for number, id_ in enumerate(ids)
    )
    agreement = "{reference: A, effective: 2026-01-01, expires: 2090-01-01}"
    files = {
        "partners.yaml": "host: owner\npartners: {owner: {name: Owner}}\n",
        "first.yaml": f"partnership: first\ntitle: First\nagreement: {agreement}\nmembers: {{owner: {{tlp: all}}}}\n"
        f"collections:\n{collections}",
    }
    with (
        filled.databases.new(tmp_path) as url,
        running(url, tmp_path, files=files, only=(), **SETTINGS) as made,
        Direct(made.application, made.secrets) as loop,
    ):
        made.add_account("owner", "owner", Role.FEEDER)
        owner = Caller(made.application, loop, basic("owner", made.secrets["owner"]))
        answer = owner.get(COLLECTIONS)
        assert [collection["id"] for collection in answer.json()["collections"]] == ids
        assert set(answer.json()) == {"collections"}
        assert owner.get(f"{COLLECTIONS}?limit=1&next=x", range="items 0-9") == answer


@pytest.mark.row("T-COLS-07", "T-COLS-08")
def test_what_fails_does_so_by_the_table(taxii: Taxii) -> None:
    assert taxii.nobody.get(COLLECTIONS).status == 401
    assert taxii.caller("rw", "wrong").get(COLLECTIONS).status == 401
    assert taxii.stranger.get(COLLECTIONS).status == 404
    assert taxii.rw.get("/no-such-root/collections/").status == 404
    assert taxii.rw.get(COLLECTIONS, accept="application/json").status == 406
