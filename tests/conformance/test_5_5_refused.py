"""Adding objects: TAXII 2.1 section 5.5; what is not taken, object by object and as a whole."""

import json
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from app.stix.timestamps import from_datetime
from tests.conformance import content
from tests.conformance.conftest import CONTENT_LENGTH_MAX, Filled, Taxii
from tests.support import rights
from tests.support.agreements import HOST_IDENTITY
from tests.support.clocks import NOON
from tests.support.exchanges import TAXII
from tests.support.stix import AMBER_STRICT, GREEN, a_statement, an_envelope, an_indicator, stix_id

OBJECTS = f"/first/collections/{rights.RW}/objects/"
MANIFEST = f"/first/collections/{rights.RW}/manifest/"
OF_2_1 = f"/first/collections/{content.OF_2_1}/objects/"

FAR_AHEAD = from_datetime(NOON + timedelta(days=2))

BAD: Mapping[str, tuple[Any, str]] = {
    "T-ADD-22: no object": ("text", "JSON object"),
    "T-ADD-22: a list": ([], "JSON object"),
    "T-ADD-22: without a type": (an_indicator("bad", type=None), "type"),
    "T-ADD-22: a type that is none": (an_indicator("bad", type="Not A Type"), "type"),
    "T-ADD-22: without an id": (an_indicator("bad", id=None), "id"),
    "T-ADD-22: an id that is none": (an_indicator("bad", id="indicator--1"), "id"),
    "T-ADD-22: an id that is no text": (an_indicator("bad", id=5), "id"),
    "T-ADD-22: the id of another type": (an_indicator("bad", id=stix_id("malware", "bad")), "type"),
    "T-ADD-22: modified that is no timestamp": (an_indicator("bad", version="yesterday"), "modified"),
    "T-ADD-22: created that is no timestamp": (an_indicator("bad", created="2026-13-01T00:00:00Z"), "created"),
    "T-ADD-22: without a property that STIX asks for": (an_indicator("bad", pattern=None), "pattern"),
    "T-ADD-22: a property of the wrong type": (an_indicator("bad", name=5), "name"),
    "T-ADD-22: modified far ahead": (an_indicator("bad", version=FAR_AHEAD), "five minutes ahead"),
    "T-ADD-22: a marking that the collection does not take": (an_indicator("bad", AMBER_STRICT), "TLP"),
    "T-ADD-22: a definition of the registry with another text": (a_statement("x", id=GREEN), "published definition"),
    "T-ADD-19: a spec version that there is not": (an_indicator("bad", spec_version="3.0"), "spec_version"),
    "T-ADD-26: a bundle in the envelope": (
        {"type": "bundle", "id": stix_id("bundle", "x"), "objects": [an_indicator("inside")]},
        "bundle",
    ),
}


@pytest.mark.row("T-ADD-19", "T-ADD-20", "T-ADD-21", "T-ADD-22", "T-ADD-26")
def test_what_is_wrong_fails_with_a_reason_and_the_rest_is_taken(fresh: Taxii) -> None:
    good = [an_indicator("good, first"), an_indicator("good, last")]
    bad = [given for given, _ in BAD.values()]
    before = fresh.rw.rows(MANIFEST, "match[version]=all")
    status = fresh.rw.post(OBJECTS, good[0], *bad, good[1]).json()
    assert [status[f"{each}_count"] for each in ("total", "success", "failure")] == [len(bad) + 2, 2, len(bad)]
    assert [each["id"] for each in status["successes"]] == [each["id"] for each in good]
    for (says, (_, telling)), failure in zip(BAD.items(), status["failures"], strict=True):
        assert telling in failure["message"], f"{says}: {failure['message']}"
    assert len(fresh.rw.rows(MANIFEST, "match[version]=all")) == len(before) + 2

    answer = fresh.rw.post(OBJECTS, *bad)
    assert answer.status == 202, "the envelope is good, though none of its objects is"
    status = answer.json()
    assert [status[f"{each}_count"] for each in ("total", "success", "failure")] == [len(bad), 0, len(bad)]


@pytest.mark.row("T-ADD-22")
def test_what_the_agreement_does_not_take_fails(fresh: Taxii) -> None:
    """An identity of somebody else's, and STIX of a version that the collection is not for."""
    in_anothers_name = an_indicator("signed", created_by_ref=content.IDENTITY)
    fresh.rw.take(OBJECTS, in_anothers_name)
    status = fresh.owner.post(OBJECTS, {**in_anothers_name, "modified": content.V3, "created": content.V1}).json()
    assert (status["success_count"], status["failure_count"]) == (0, 1)
    assert content.IDENTITY in status["failures"][0]["message"]
    fresh.rw.take(OBJECTS, an_indicator("by somebody unknown", created_by_ref=HOST_IDENTITY))
    status = fresh.rw.post(OF_2_1, content.of_2_0("tool", "old", name="old"), an_indicator("new")).json()
    assert (status["success_count"], status["failure_count"]) == (1, 1)
    assert "2.0" in status["failures"][0]["message"]


GOOD = json.dumps(an_indicator("in a bad body")).encode()
UNUSABLE: Mapping[str, bytes] = {
    "T-ADD-23: broken JSON": b'{"objects":[%s' % GOOD,
    "T-ADD-23: nothing": b"",
    "T-ADD-23: blanks": b" \n",
    "T-ADD-23: no UTF-8": b'{"objects":[%s], "x": "\xe9"}' % GOOD,
    "T-ADD-23: NaN beside the objects": b'{"x": NaN, "objects":[%s]}' % GOOD,
    "T-ADD-24: a list": b"[%s]" % GOOD,
    "T-ADD-24: a text": b'"x"',
    "T-ADD-24: null": b"null",
    "T-ADD-24: a number": b"1",
    "T-ADD-24: objects that are an object": b'{"objects":{}}',
    "T-ADD-24: objects that are a text": b'{"objects":"x"}',
    "T-ADD-24: objects that are null": b'{"objects":null}',
    "T-ADD-25: an empty envelope": b"{}",
    "T-ADD-25: no objects": b'{"objects":[]}',
    "T-ADD-38: the objects twice": b'{"objects":[%s],"objects":[%s]}' % (GOOD, GOOD),
}


@pytest.mark.row("T-ADD-23", "T-ADD-24", "T-ADD-25", "T-ADD-38")
def test_a_body_that_is_no_envelope_is_422_and_leaves_nothing(taxii: Taxii) -> None:
    before = taxii.rw.rows(MANIFEST, "match[version]=all")
    for says, body in UNUSABLE.items():
        answer = taxii.rw.send(OBJECTS, body)
        assert answer.status == 422, f"{says}: {answer.body!r}"
        assert set(answer.json()) >= {"title", "description"}, "an error, not a status"
    assert taxii.rw.rows(MANIFEST, "match[version]=all") == before


@pytest.mark.row("T-ADD-38")
def test_a_member_that_stands_twice_in_an_object_fails_it(taxii: Taxii) -> None:
    twice = GOOD[:-1] + b', "id": "%s"}' % stix_id("indicator", "another").encode()
    deep = GOOD[:-1] + b', "x_deep": [{"a1": 1, "a1": 1}]}'
    status = taxii.rw.send(OBJECTS, b'{"objects":[%s,%s]}' % (twice, deep)).json()
    assert (status["success_count"], status["failure_count"]) == (0, 2)
    assert all("more than once" in each["message"] for each in status["failures"])


@pytest.mark.row("T-ADD-29", "T-ADD-31")
def test_who_may_not_add_is_refused(taxii: Taxii) -> None:
    def refused(caller: Any, collection: str, body: bytes = an_envelope([an_indicator("x")]), **headers: str) -> int:
        answer = caller.send(f"/first/collections/{collection}/objects/", body, **headers)
        assert "title" in answer.json()
        return int(answer.status)

    assert refused(taxii.nobody, rights.RW) == refused(taxii.caller("rw", "wrong"), rights.RW) == 401
    assert refused(taxii.rw, rights.RO) == refused(taxii.none, rights.NONE) == 403
    assert refused(taxii.ro, rights.RW) == refused(taxii.ro, content.MANY) == 403
    for unknown in (rights.HIDDEN, rights.NEVER, "no-such-alias"):
        assert refused(taxii.rw, unknown) == 404
    assert refused(taxii.rw, rights.RW, accept="text/html") == 406
    assert refused(taxii.rw, rights.RW, b"x" * (CONTENT_LENGTH_MAX + 1)) == 413
    assert refused(taxii.rw, rights.RW, content_type="application/json") == 415
    assert refused(taxii.rw, rights.RW, b"{") == 422


@pytest.mark.row("T-ADD-32")
def test_a_body_that_is_too_long_is_413_by_its_declared_and_by_its_actual_length(taxii: Taxii) -> None:
    declared = {"content-type": TAXII, "content-length": str(CONTENT_LENGTH_MAX + 1)}
    assert taxii.rw.ask("POST", OBJECTS, declared).status == 413, "at once: nothing was sent"
    undeclared = {"content-type": TAXII}
    chunks = [b" " * 50_000] * (CONTENT_LENGTH_MAX // 50_000)
    assert taxii.rw.ask("POST", OBJECTS, undeclared, chunks=[*chunks, b" "]).status == 413
    assert taxii.rw.ask("POST", OBJECTS, undeclared, chunks=chunks).status == 422, "as long as it may be, and blank"


HOSTILE: Mapping[str, tuple[bytes, str]] = {
    "nested a hundred thousand levels deep": (b'"x_deep":' + b"[" * 100_000 + b"]" * 100_000, "deep"),
    "objects in objects": (b'"x_deep":' + b'{"x1":' * 100_000 + b"1" + b"}" * 100_000, "deep"),
    "a number of a million digits": (b'"x_number":' + b"1" * 1_000_000, "characters"),
    "a text of twenty megabytes": (b'"x_text":"' + b"a" * 20_000_000 + b'"', "bytes"),
    "half a million members of one name": (b'"x_a":1,' * 400_000 + b'"x_b":1', "more than once"),
}


@pytest.mark.row("T-ADD-39")
def test_hostile_json_fails_in_bounded_time(filled: Filled, tmp_path: Path) -> None:
    with filled.served(tmp_path, content_length_bytes_max=30_000_000) as wide:
        for says, (member, telling) in HOSTILE.items():
            status = wide.rw.send(OBJECTS, b'{"objects":[%s,%s]}' % (GOOD[:-1] + b"," + member + b"}", GOOD)).json()
            assert (status["success_count"], status["failure_count"]) == (1, 1), says
            assert telling in status["failures"][0]["message"], f"{says}: {status['failures'][0]['message']}"
        beside = b'{"x_deep":' + b"[" * 100_000 + b"]" * 100_000 + b',"objects":[%s]}' % GOOD
        assert wide.rw.send(OBJECTS, beside).status == 422
