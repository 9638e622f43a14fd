"""One collection, what it says of itself and under which names it is found: TAXII 2.1 section 5.2."""

from uuid import uuid4

import pytest

from tests.conformance import content
from tests.conformance.conftest import Taxii
from tests.conformance.endpoints import MANIFEST, OF_COLLECTIONS, ask
from tests.support import rights
from tests.support.stix import an_indicator

MEMBERS = ("owner", "rw", "ro", "wo", "none")
AMONG = "/first/collections/"
UNKNOWN = "indicator--00000000-0000-4000-8000-000000000000"


@pytest.mark.row("T-COL-01", "T-COL-02", "T-COL-03", "T-COL-08")
@pytest.mark.parametrize("account", MEMBERS)
def test_a_collection_is_what_the_list_says_of_it(taxii: Taxii, account: str) -> None:
    caller = taxii.caller(account)
    listed = caller.get(AMONG).json()["collections"]
    assert listed
    for entry in listed:
        answer = caller.get(f"{AMONG}{entry['id']}/")
        assert (answer.status, answer.json()) == (200, entry)


RIGHTS = {
    "rw": {"RW": (True, True), "RO": (True, False), "NONE": (False, False), "EMPTY": (True, False)},
    "ro": {"RW": (True, False), "RO": (True, False), "NONE": (False, False), "OF_2_1": (True, False)},
    "wo": {"RO": (True, False), "WO": (False, True), "NONE": (False, False)},
    "none": {"RO": (True, False), "NONE": (False, False)},
    "owner": {"RW": (True, True), "RO": (True, True), "WO": (True, True), "HIDDEN": (True, True)},
}
"""Whether each account may read and write what it sees."""


@pytest.mark.row("T-COL-04", "T-COL-05", "T-COL-06", "T-SEC-19", "T-SEC-20")
def test_rights_are_the_callers_and_true_to_what_it_may_do(fresh: Taxii) -> None:
    for account, own in RIGHTS.items():
        caller = fresh.caller(account)
        for name, (can_read, can_write) in own.items():
            collection = f"{AMONG}{getattr(content, name)}/"
            says = f"{account} at {name}"
            resource = caller.get(collection).json()
            assert (resource["can_read"], resource["can_write"]) == (can_read, can_write), says
            for rest in ("manifest/", "objects/"):
                assert caller.get(collection + rest).status == (200 if can_read else 403), says
            for rest in (f"objects/{UNKNOWN}/", f"objects/{UNKNOWN}/versions/"):
                assert caller.get(collection + rest).status == (404 if can_read else 403), says
            before = fresh.owner.get(f"{collection}manifest/?limit=50").body
            pushed = caller.post(f"{collection}objects/", an_indicator(says))
            assert pushed.status == (202 if can_write else 403), says
            assert (fresh.owner.get(f"{collection}manifest/?limit=50").body == before) != can_write, says


@pytest.mark.row("T-COL-07", "T-SEC-19", "T-SEC-20")
def test_a_collection_that_is_listed_shows_without_rights_and_any_other_is_404(taxii: Taxii) -> None:
    for name, (method, rest) in OF_COLLECTIONS.items():
        listed = ask(taxii.none, method, f"{AMONG}{rights.NONE}/{rest}").status
        assert listed == {"collection": 200, "delete object": 404}.get(name, 403), name
        assert ask(taxii.none, method, f"{AMONG}{rights.HIDDEN}/{rest}").status == 404, name
    resource = taxii.none.get(f"{AMONG}{rights.NONE}/").json()
    assert (resource["can_read"], resource["can_write"]) == (False, False)


@pytest.mark.row("T-COL-09", "T-MAN-07")
def test_every_type_of_the_manifest_is_one_of_the_collection(taxii: Taxii) -> None:
    types = taxii.rw.get(f"{AMONG}{rights.RW}/").json()["media_types"]
    records = taxii.rw.rows(MANIFEST, "match[version]=all&match[spec_version]=2.0,2.1")
    assert {record["media_type"] for record in records} == set(types)
    assert types == ["application/stix+json;version=2.1", "application/stix+json;version=2.0"]


@pytest.mark.row("T-COL-10")
def test_types_come_from_the_file_and_content_never_moves_them(fresh: Taxii) -> None:
    empty, newer = (f"{AMONG}{collection}/" for collection in (content.EMPTY, content.OF_2_1))
    before = [fresh.rw.get(target).json()["media_types"] for target in (empty, newer)]
    assert before[1] == ["application/stix+json;version=2.1"]
    assert "application/stix+json;version=2.0" in before[0], "from the first day"
    older = content.of_2_0("malware", "of 2.0, for a while", name="for a while")
    fresh.owner.take(f"{empty}objects/", older)
    refused = fresh.rw.post(f"{newer}objects/", older).json()
    assert refused["failure_count"] == 1
    assert [fresh.rw.get(target).json()["media_types"] for target in (empty, newer)] == before
    assert fresh.owner.delete(f"{empty}objects/{older['id']}/").status == 200
    assert [fresh.rw.get(target).json()["media_types"] for target in (empty, newer)] == before


@pytest.mark.row("T-COL-12", "T-COL-13")
def test_the_alias_serves_in_place_of_the_id_on_every_path(fresh: Taxii) -> None:
    by_id, by_alias = f"{AMONG}{rights.RW}/", f"{AMONG}rw/"
    assert fresh.rw.get(by_alias).json()["id"] == rights.RW
    for method, rest in OF_COLLECTIONS.values():
        if method == "GET":
            assert fresh.rw.get(by_alias + rest) == fresh.rw.get(by_id + rest), rest
    pushed = an_indicator("by alias")
    fresh.rw.take(f"{by_alias}objects/", pushed)
    assert fresh.rw.get(f"{by_id}objects/{pushed['id']}/").json() == {"objects": [pushed]}
    token = fresh.rw.get(f"{by_alias}objects/?limit=1").json()["next"]
    assert fresh.rw.get(f"{by_id}objects/?next={token}").status == 200
    assert fresh.rw.delete(f"{by_alias}objects/{pushed['id']}/").status == 200
    assert fresh.rw.get(f"{by_id}objects/{pushed['id']}/").status == 404


NOT_THERE = {"an id of nothing": str(uuid4()), "no id": "zzz", "an id and more": f"{rights.RW}x", "a dot": "."}


@pytest.mark.row("T-COL-15", "T-COL-16", "T-COL-17")
@pytest.mark.parametrize("reference", NOT_THERE.values(), ids=NOT_THERE)
def test_a_collection_that_there_is_not_is_404_on_every_path(taxii: Taxii, reference: str) -> None:
    for name, (method, rest) in OF_COLLECTIONS.items():
        assert ask(taxii.rw, method, f"{AMONG}{reference}/{rest}").status == 404, name


@pytest.mark.row("T-COL-17")
def test_what_fails_does_so_by_the_table(taxii: Taxii) -> None:
    target = f"{AMONG}{rights.RW}/"
    assert taxii.nobody.get(target).status == 401
    assert taxii.stranger.get(target).status == 404
    assert taxii.rw.get(target, accept="application/json").status == 406


@pytest.mark.row("T-COL-18")
def test_ids_are_found_in_any_letter_case_on_every_path(fresh: Taxii) -> None:
    (made,) = (each for each in fresh.rw.get("/second/collections/").json()["collections"])
    lower, upper = f"/second/collections/{made['id']}/", f"/second/collections/{made['id'].upper()}/"
    assert lower != upper
    pushed = an_indicator("in capitals")
    fresh.rw.take(f"{upper}objects/", pushed)
    for rest in ("", "manifest/", "objects/", f"objects/{pushed['id']}/", f"objects/{pushed['id']}/versions/"):
        assert fresh.rw.get(upper + rest) == fresh.rw.get(lower + rest), rest
        assert fresh.rw.get(upper + rest).status == 200, rest
    assert fresh.rw.delete(f"{upper}objects/{pushed['id']}/").status == 200
