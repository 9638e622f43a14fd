"""Custom properties: TAXII 2.1 section 7."""

import json

import pytest

from tests.conformance import content
from tests.conformance.conftest import Taxii
from tests.conformance.endpoints import OBJECTS, eleven
from tests.conformance.shapes import Collections, Envelope, Manifest, Shape, Status, shape_of
from tests.support.stix import an_indicator


def extra(resource: Shape) -> set[str]:
    """The members of a resource that no table of the standard has."""
    match resource:
        case Collections():
            inner: list[Shape] = list(resource.collections)
        case Manifest():
            inner = list(resource.objects)
        case Status():
            inner = [*resource.successes, *resource.failures, *resource.pendings]
        case _:
            inner = []
    return set(resource.model_extra or {}).union(*(each.model_extra or {} for each in inner))


@pytest.mark.row("T-CUS-01", "T-CUS-02", "T-CUS-03", "T-CUS-05", "T-ERR-09")
def test_answers_have_no_custom_properties_so_none_stands_for_a_defined_one(fresh: Taxii) -> None:
    answers = {
        **{pair: fresh.rw.get(pair[1]) for pair in eleven(fresh).values() if pair[0] == "GET"},
        ("POST", OBJECTS): fresh.rw.post(OBJECTS, content.BASE[1], {"type": "indicator"}),
        ("PUT", OBJECTS): fresh.rw.ask("PUT", OBJECTS),
        ("GET", f"{OBJECTS}?limit=1"): fresh.rw.get(f"{OBJECTS}?limit=1"),
    }
    for (method, target), answer in answers.items():
        shape = shape_of(method, target.partition("?")[0].strip("/").split("/"), answer.status)
        assert shape is not None, target
        assert extra(shape.model_validate(answer.json())) == set(), target


@pytest.mark.row("T-CUS-04")
def test_custom_properties_of_an_envelope_are_ignored(fresh: Taxii) -> None:
    pushed = an_indicator("in an envelope of its own kind")
    envelope = {"x_acme_foo": {"a": [1, None]}, "objects": [pushed], "id": "bundle--1", "type": "bundle"}
    answer = fresh.rw.send(OBJECTS, json.dumps(envelope).encode())
    assert (answer.status, answer.json()["success_count"]) == (202, 1)
    page = fresh.rw.get(f"{OBJECTS}?match[id]={pushed['id']}")
    assert page.json() == {"objects": [pushed]}
    assert Envelope.model_validate(page.json())
