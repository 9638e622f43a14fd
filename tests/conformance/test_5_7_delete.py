"""Deleting an object: TAXII 2.1 section 5.7."""

import re
from collections.abc import Mapping
from uuid import uuid4

import pytest

from tests.conformance import content
from tests.conformance.callers import Caller
from tests.conformance.conftest import Taxii
from tests.conformance.shapes import LAST
from tests.support import rights
from tests.support.direct import Answer
from tests.support.exchanges import TAXII
from tests.support.stix import STIX, an_indicator, stix_id

HERE = f"/first/collections/{rights.RW}/"
OBJECTS, MANIFEST = f"{HERE}objects/", f"{HERE}manifest/"
ALL = "match[version]=all"
V4 = "2026-03-04T00:00:00.000Z"
EVERY = (content.V1, content.V2, content.V3, V4)
UNKNOWN = stix_id("indicator", "never")
UNRESOLVED = "marking-definition--00000000-0000-4000-8000-00000000000e"


def one(object_id: str) -> str:
    return f"{OBJECTS}{object_id}/"


def of_four_versions(name: str) -> list[STIX]:
    return [an_indicator(name, version=version, created=content.V1) for version in EVERY]


def left(caller: Caller, object_id: str) -> list[str]:
    """The versions that the caller is given of it, on each of the paths that tell them."""
    query = f"match[id]={object_id}&{ALL}&match[spec_version]=2.0,2.1"
    versions = sorted(row["version"] for row in caller.rows(MANIFEST, query))
    assert sorted(each["modified"] for each in caller.rows(OBJECTS, query)) == versions
    answer = caller.get(f"{one(object_id)}versions/?match[spec_version]=2.0,2.1")
    assert answer.status == (200 if versions else 404)
    assert sorted(answer.json().get("versions", [])) == versions
    return versions


@pytest.mark.row("T-DEL-01", "T-DEL-02", "T-DEL-06", "T-DEL-10", "T-DEL-12")
def test_a_deleted_object_is_gone_with_all_its_versions_for_everybody_in_every_process(fresh: Taxii) -> None:
    given = of_four_versions("one")
    fresh.rw.take(OBJECTS, *given)
    path = one(given[0]["id"])
    with fresh.another() as second:
        everybody = [each for taxii in (fresh, second) for each in (taxii.rw, taxii.ro, taxii.owner)]
        assert all(left(each, given[0]["id"]) for each in everybody)
        answer = fresh.rw.delete(path)
        assert (answer.status, answer.body, answer.header("content-length")) == (200, b"", "0")
        assert answer.header("content-type") == TAXII
        for caller in everybody:
            assert left(caller, given[0]["id"]) == []
            assert caller.get(path).status == caller.get(f"{path}?{ALL}").status == 404
        assert fresh.rw.delete(path).status == second.rw.delete(path).status == 404, "there is nothing any more"
        assert fresh.rw.delete(one(f"indicator--{uuid4()}")).status == 404


@pytest.mark.row("T-DEL-02", "T-DEL-21")
def test_anothers_contribution_of_the_same_object_stays(fresh: Taxii) -> None:
    given = an_indicator("of both")
    fresh.rw.take(OBJECTS, given)
    fresh.owner.take(OBJECTS, given)
    assert fresh.rw.delete(one(given["id"])).status == 200
    for caller in (fresh.rw, fresh.ro, fresh.owner):
        assert left(caller, given["id"]) == [given["modified"]]
    assert fresh.rw.delete(one(given["id"])).status == 403, "what is left is not the caller's"
    assert fresh.owner.delete(one(given["id"])).status == 200
    assert left(fresh.ro, given["id"]) == []


WHICH: Mapping[str, tuple[str, ...]] = {
    f"match[version]={content.V2}": (content.V1, content.V3, V4),
    "match[version]=first": EVERY[1:],
    "match[version]=last": EVERY[:-1],
    "match[version]=all": (),
    f"match[version]=first,{content.V3}": (content.V2, V4),
    "match[version]=first,last": (content.V2, content.V3),
    "match[version]=2026-03-02T00:00:00Z": (content.V1, content.V3, V4),
    "match[spec_version]=2.1": (),
    "": (),
}


@pytest.mark.row("T-DEL-03", "T-DEL-06")
def test_a_version_filter_says_which_versions_go(fresh: Taxii) -> None:
    for which, stay in WHICH.items():
        given = of_four_versions(f"with {which}")
        fresh.rw.take(OBJECTS, *given)
        assert fresh.rw.delete(f"{one(given[0]['id'])}?{which}").status == 200
        assert left(fresh.ro, given[0]["id"]) == list(stay), which
        for version in EVERY if stay else ():
            answer = fresh.ro.get(f"{one(given[0]['id'])}?match[version]={version}")
            assert answer.status == (200 if version in stay else 404), "it was there, and is gone"


@pytest.mark.row("T-DEL-05")
def test_a_spec_version_filter_says_which_encodings_go(fresh: Taxii) -> None:
    """One version is held as STIX 2.0 and 2.1, and a later one as 2.0 alone."""
    path = one(content.BOTH_SPECS)

    def encodings() -> list[tuple[str, str]]:
        rows = fresh.ro.rows(MANIFEST, f"match[id]={content.BOTH_SPECS}&{ALL}&match[spec_version]=2.0,2.1")
        return [(row["version"], row["media_type"][-3:]) for row in rows]

    assert sorted(encodings()) == [(content.V1, "2.0"), (content.V1, "2.1"), (content.V2, "2.0")]
    assert fresh.rw.delete(f"{path}?match[spec_version]=2.1").status == 200
    assert sorted(encodings()) == [(content.V1, "2.0"), (content.V2, "2.0")]
    assert fresh.rw.delete(f"{path}?match[spec_version]=2.0&match[version]=last").status == 200
    assert encodings() == [(content.V1, "2.0")]
    assert fresh.rw.delete(f"{path}?match[spec_version]=2.1").status == 404
    assert fresh.rw.delete(f"{path}?match[spec_version]=2.0").status == 200
    assert encodings() == []


@pytest.mark.row("T-DEL-04", "T-DEL-19")
def test_what_is_the_newest_again_and_what_is_added_again_come_with_new_dates(fresh: Taxii) -> None:
    older, newer = of_four_versions("one")[:2]
    fresh.rw.take(OBJECTS, older)
    fresh.rw.take(OBJECTS, newer)
    for caller in (fresh.ro, fresh.rw):
        assert caller.rows(OBJECTS, f"match[id]={older['id']}") == [newer]
    bookmark = fresh.ro.pages(OBJECTS)[-1].header(LAST) or ""
    assert fresh.rw.delete(f"{one(older['id'])}?match[version]=last").status == 200
    (again,) = fresh.ro.rows(MANIFEST, f"added_after={bookmark}")
    assert (again["id"], again["version"]) == (older["id"], older["modified"])
    assert again["date_added"] > bookmark
    assert fresh.ro.rows(OBJECTS, f"match[id]={older['id']}") == [older]

    status = fresh.rw.take(OBJECTS, newer)
    assert "message" not in status["successes"][0], "it is new"
    (added,) = fresh.ro.rows(MANIFEST, f"added_after={again['date_added']}")
    assert (added["version"], added["date_added"] > again["date_added"]) == (newer["modified"], True)
    assert left(fresh.ro, older["id"]) == [older["modified"], newer["modified"]]


@pytest.mark.row("T-DEL-07", "T-DEL-08", "T-DEL-09", "T-DEL-11", "T-DEL-17")
def test_the_rights_over_the_collection_are_asked_before_whether_there_is_such_an_object(taxii: Taxii) -> None:
    known = content.LOTS[0]["id"]
    refused: tuple[tuple[Caller, str, int], ...] = (
        (taxii.none, rights.NONE, 404),
        (taxii.rw, rights.NONE, 404),
        (taxii.rw, rights.RO, 403),
        (taxii.ro, content.MANY, 403),
        (taxii.wo, rights.WO, 403),
        (taxii.rw, rights.HIDDEN, 404),
        (taxii.nobody, content.MANY, 401),
        (taxii.caller("rw", "wrong"), content.MANY, 401),
    )
    for caller, collection, status in refused:
        for object_id in (known, UNKNOWN):
            answer = caller.delete(f"/first/collections/{collection}/objects/{object_id}/")
            assert answer.status == status, (collection, object_id)
    for collection in (rights.RO, rights.WO, rights.HIDDEN, content.MANY):
        assert taxii.owner.get(f"/first/collections/{collection}/objects/{known}/").status == 200


REFUSED: Mapping[str, int] = {
    "match[version]=foo": 400,
    "match[version]=all,last": 400,
    "match[version]=": 400,
    "match[version]=last&match[version]=first": 400,
    "match[spec_version]=": 400,
    "match[id]=x": 400,
    "match[type]=indicator": 400,
    "match[x_acme]=1": 400,
    "added_after=2020-01-01T00:00:00Z": 400,
    "limit=1": 400,
    "next=abc": 400,
    "match[version]=2016-01-01T00:00:00Z": 404,
    "match[spec_version]=2.0": 404,
}


@pytest.mark.row("T-DEL-13", "T-DEL-14", "T-DEL-15", "T-DEL-18")
def test_a_query_that_is_not_understood_or_hits_nothing_deletes_nothing(taxii: Taxii) -> None:
    path = one(content.VERSIONED)
    for query, status in REFUSED.items():
        assert taxii.rw.delete(f"{path}?{query}").status == status, query
    assert taxii.rw.ask("DELETE", path, {"accept": "text/html"}).status == 406
    assert left(taxii.ro, content.VERSIONED) == [content.V1, content.V2, content.V3]


@pytest.mark.row("T-DEL-13", "T-DEL-21")
def test_what_another_contributed_is_403_where_it_is_seen_and_404_where_it_is_not(fresh: Taxii) -> None:
    seen, hidden = an_indicator("the owner's"), an_indicator("the owner's, hidden", UNRESOLVED)
    fresh.owner.take(OBJECTS, seen, hidden)
    assert left(fresh.rw, seen["id"])
    assert not left(fresh.rw, hidden["id"])
    for query in ("", "?match[version]=last", "?match[version]=2016-01-01T00:00:00Z", "?match[spec_version]=2.0"):
        assert fresh.rw.delete(f"{one(seen['id'])}{query}").status == 403
        answers = [fresh.rw.delete(f"{one(each)}{query}") for each in (hidden["id"], UNKNOWN)]
        assert told(answers[0]) == told(answers[1])
        assert answers[0].status == 404
    for given in (seen, hidden):
        assert left(fresh.owner, given["id"]) == [given["modified"]]


def told(answer: Answer) -> tuple[object, ...]:
    """An answer, but for the random id of the occurrence."""
    return answer.status, answer.headers, re.sub(rb'"error_id":"[^"]+"', b"", answer.body)
