"""Whatever is taken at a push is found like anything else, however odd it is; answers have bounds."""

from dataclasses import replace
from typing import Any

import pytest

from app.http.application import build_application
from app.main import published
from app.policy.partnership import Role
from app.stix.texts import WORDS_MAX
from tests.analyst.world import an_object, ask, asked
from tests.support.clocks import StillClock
from tests.support.exchanges import Running
from tests.support.stix import AMBER, GREEN, an_address, an_indicator, stix_id


def test_odd_objects_are_taken_and_found(exchange: Running) -> None:
    exchange.add_account("port-analyst", "port-nl", Role.ANALYST)
    words = " ".join(f"word{number:060}" for number in range(WORDS_MAX + 5))
    odd = [
        an_indicator("old", GREEN, spec_version=None, pattern_type=None, labels=["malicious-activity"]),
        an_indicator("in the distance", GREEN, valid_from="9999-12-31T23:59:60.999999999Z"),
        an_indicator("wordy", GREEN, description=f"wordy हिन्दी x\u0302y {words}"),
        an_address("198.51.100.3", GREEN, confidence=10**12, labels={"a": "label"}, name=7),
    ]
    exchange.take("nl-feed", *odd)
    taken = {each["id"] for each in odd}
    assert isinstance(exchange.clock, StillClock)
    exchange.clock.advance(seconds=1)
    for path, parameters in (("lookup", {"value": "198.51.100.3"}), ("search", {}), ("changes", {})):
        answer = ask(exchange, "port-analyst", path, **parameters)
        groups = ("indicators", "observables") if path == "lookup" else ("entries",)
        assert {each["id"] for group in groups for each in answer[group]} == taken
    assert ask(exchange, "port-analyst", "search", confidence_min=0)["entries"] == []
    last = f"word{WORDS_MAX - 5:060}"[:64]
    for text in (f"wordy {last}", "हिन्दी", "X\u0302Y हिन्दी"):
        assert len(ask(exchange, "port-analyst", "search", text=text)["entries"]) == 1, text


def test_what_observed_data_holds_is_found_by_its_marks_and_with_the_sightings_of_it(exchange: Running) -> None:
    exchange.add_account("nl-analyst", "nl-cert", Role.ANALYST)
    exchange.add_account("port-analyst", "port-nl", Role.ANALYST)
    address = an_address("198.51.100.3", GREEN)
    times = {"first_observed": "2026-05-01T00:00:00Z", "last_observed": "2026-05-01T00:00:00Z", "number_observed": 1}
    by_id = an_object("observed-data", "by id", GREEN, **times, object_refs=[address["id"]])
    held = {"0": {"type": "ipv4-addr", "value": "198.51.100.3", "object_marking_refs": [AMBER]}}
    within = {**an_object("observed-data", "within", GREEN, **times, objects=held), "spec_version": "2.1"}
    seen = [
        an_object("sighting", f"of {mark}", mark, sighting_of_ref=address["id"], observed_data_refs=[by_id["id"]])
        for mark in (GREEN, AMBER)
    ]
    elsewhere = [{**each, "sighting_of_ref": stix_id("malware", "kit")} for each in seen]
    exchange.take("nl-feed", address, by_id, within, *elsewhere)
    for account, sightings, observed in (
        ("nl-analyst", elsewhere, {within["id"]}),
        ("port-analyst", elsewhere[:1], set()),
    ):
        found = ask(exchange, account, "lookup", value="198.51.100.3")
        assert {each["id"] for each in found["sightings"]} == {each["id"] for each in sightings}
        marked = ask(exchange, account, "search", marking="tlp:amber", type="observed-data")["entries"]
        assert {each["id"] for each in marked} == observed


def smaller(world: Running, **limits: int) -> Running:
    chosen = world.exchange.settings.model_copy(update=limits)
    exchange = replace(world.exchange, settings=chosen)
    return Running(exchange, world.clock, build_application(exchange, published(chosen)), world.secrets)


@pytest.mark.parametrize("path", ["changes", "search"])
def test_a_page_ends_where_its_objects_come_to_its_size(world: Running, path: str) -> None:
    whole = ask(world, "port-analyst", path)["entries"]
    small = smaller(world, page_bytes_max=500)
    pages: list[Any] = []
    token: dict[str, str] = {}
    while True:
        page = ask(small, "port-analyst", path, **token)
        assert len(page["entries"]) in (1, 2)
        pages += page["entries"]
        if "next" not in page:
            break
        token = {"next": page["next"]}
    assert pages == whole


def test_an_answer_ends_where_its_objects_are_too_much(world: Running) -> None:
    answer = asked(smaller(world, answer_bytes_max=500), "port-analyst", "changes")
    assert (answer.status_code, "more than 500 bytes" in answer.json()["description"]) == (422, True)


def test_only_so_many_words_are_searched_for(world: Running) -> None:
    words = [f"w{number}" for number in range(33)]
    assert asked(world, "port-analyst", "search", text=" ".join(words[:32])).status_code == 200
    refused = asked(world, "port-analyst", "search", text=" ".join(words))
    assert (refused.status_code, "up to 32 words" in refused.json()["description"]) == (400, True)
