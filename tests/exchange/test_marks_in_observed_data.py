"""Observed data with observables in it that are marked themselves (STIX 2.0; deprecated in STIX 2.1 section 4.14)."""

from typing import Any

import pytest

from tests.support.exchanges import Running
from tests.support.stix import GREEN, RED, STIX, a_statement, stix_id

BY_ITSELF = {"object_marking_refs": [RED]}
BY_A_PART = {"granular_markings": [{"marking_ref": RED, "selectors": ["value"]}]}


def observed_data(which: str, spec: str, **marks: Any) -> STIX:
    """Observed data, GREEN, of an address that is marked so."""
    return {
        "type": "observed-data",
        **({"spec_version": spec} if spec == "2.1" else {}),
        "id": stix_id("observed-data", which),
        "created": "2026-05-01T00:00:00.000Z",
        "modified": "2026-05-01T00:00:00.000Z",
        "first_observed": "2026-05-01T00:00:00Z",
        "last_observed": "2026-05-01T00:00:00Z",
        "number_observed": 1,
        "objects": {"0": {"type": "ipv4-addr", "value": "203.0.113.66", **marks}},
        "object_marking_refs": [GREEN],
    }


@pytest.mark.parametrize("spec", ["2.0", "2.1"])
def test_a_red_observable_keeps_the_green_observed_data_that_holds_it(exchange: Running, spec: str) -> None:
    kept = [observed_data("itself", spec, **BY_ITSELF), observed_data("part", spec, **BY_A_PART)]
    given = observed_data("given", spec)
    exchange.take("nl-feed", *kept, given)
    shown = exchange.ids("wind-soc", "match[spec_version]=2.0,2.1")
    assert given["id"] in shown
    assert not shown & {each["id"] for each in kept}


def test_what_such_an_observable_names_resolves_as_what_the_object_names_does(exchange: Running) -> None:
    open_to_all, red = a_statement("open"), a_statement("red", RED)
    given = observed_data("given", "2.1", object_marking_refs=[open_to_all["id"]])
    kept = observed_data("kept", "2.1", object_marking_refs=[red["id"]])
    waiting = observed_data("waiting", "2.1", object_marking_refs=[a_statement("late")["id"]])
    exchange.take("nl-feed", open_to_all, red, given, kept, waiting)
    shown = exchange.ids("wind-soc")
    assert given["id"] in shown
    assert not shown & {kept["id"], waiting["id"]}
    exchange.take("nl-feed", a_statement("late"))
    assert waiting["id"] in exchange.ids("wind-soc")
