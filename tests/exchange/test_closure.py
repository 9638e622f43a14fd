"""`closure: withhold`: what refers to something hidden of its own submitter's is hidden with it, and comes with it."""

from datetime import timedelta
from typing import Any

import pytest

from app.exchange import quarantine
from app.exchange.explain import explain
from app.exchange.officers import mandate
from tests.support.agreements import FILES, NORTH_SEA
from tests.support.clocks import StillClock
from tests.support.exchanges import Running
from tests.support.stix import AMBER, GREEN, STIX, a_grouping, an_indicator, stix_id

OBJECTS = "/north-sea/collections/indicators/objects/"
CLOSED = NORTH_SEA.replace(
    "    write: [nl-cert, wind-isac, water-nl]\n", "    write: [nl-cert, wind-isac, water-nl]\n    closure: withhold\n"
)
WIDER = CLOSED.replace("port-nl: {tlp: [clear, green]}", "port-nl: {tlp: [clear, green, amber]}")


def with_keys(after: str, *keys: str) -> str:
    """The closed collection with more keys, after this one."""
    lines = "".join(f"      {key}\n" for key in (after, *keys))
    return CLOSED.replace(f"      {after}\n", lines, 1)


def with_closure(text: str = CLOSED) -> dict[str, str]:
    return {**FILES, "north-sea.yaml": text}


def a_relationship(name: str, source: str, target: str, *marks: str, **more: Any) -> STIX:
    return {
        "type": "relationship",
        "spec_version": "2.1",
        "id": stix_id("relationship", name),
        "created": "2026-05-01T00:00:00.000Z",
        "modified": "2026-05-01T00:00:00.000Z",
        "relationship_type": "related-to",
        "source_ref": source,
        "target_ref": target,
        "object_marking_refs": list(marks or [GREEN]),
        **more,
    }


AMBER_END, GREEN_END = an_indicator("amber", AMBER), an_indicator("green", GREEN)
LINK = a_relationship("link", AMBER_END["id"], GREEN_END["id"])
REPORT = a_grouping("report", LINK["id"], GREEN_END["id"])
ALL = {each["id"] for each in (AMBER_END, GREEN_END, LINK, REPORT)}


@pytest.fixture
def closed(exchange: Running) -> Running:
    exchange.apply(with_closure())
    return exchange


def test_what_leads_to_something_hidden_is_withheld_and_comes_with_it(closed: Running) -> None:
    """Whichever is pushed first; by a revision both ways, by a withdrawal, and for those alone who may not see it."""
    closed.take("nl-feed", REPORT, LINK, GREEN_END)
    assert closed.ids("port-soc") == ALL - {AMBER_END["id"]}, "an end that nobody contributed hides nothing"
    closed.take("nl-feed", AMBER_END)
    assert closed.ids("port-soc") == {GREEN_END["id"]}
    assert closed.ids("wind-soc") == closed.ids("nl-soc") == ALL
    last = closed.client("port-soc").get(OBJECTS).headers["X-TAXII-Date-Added-Last"]
    told = explain(closed.exchange, "north-sea/indicators", REPORT["id"], "port-soc")
    assert [str(rule) for rule in told[0].explanation.decision.rules] == ["closure"]
    report = closed.apply(with_closure(WIDER))
    (gain,) = [each for each in report.plan.changes if each.visible]
    assert (gain.partner, gain.visible, gain.visible_by) == ("port-nl", 3, {"closure": 2, "member-tlp": 1})
    arrived = closed.client("port-soc").get(f"{OBJECTS}?added_after={last}").json()["objects"]
    assert {each["id"] for each in arrived} == ALL - {GREEN_END["id"]}
    closed.apply(with_closure())
    assert closed.ids("port-soc") == {GREEN_END["id"]}
    assert closed.client("nl-feed").delete(f"{OBJECTS}{AMBER_END['id']}/").status_code == 200
    assert closed.ids("port-soc") == ALL - {AMBER_END["id"]}


def test_another_s_end_counts_for_nothing_and_references_stay_without_the_key(exchange: Running) -> None:
    """Neither does a hidden one hide, nor does a visible one of the same id show what refers to it."""
    exchange.take("nl-feed", AMBER_END, GREEN_END, LINK)
    link_of_wind = a_relationship("wind's", AMBER_END["id"], GREEN_END["id"])
    exchange.take("wind-feed", {**AMBER_END, "object_marking_refs": [GREEN]}, link_of_wind)
    both = {each["id"] for each in (LINK, link_of_wind, AMBER_END, GREEN_END)}
    assert exchange.ids("port-soc") == both
    report = exchange.apply(with_closure())
    assert any("closure is withhold" in each.sentence for each in report.differences)
    assert exchange.ids("port-soc") == both - {LINK["id"]}
    exchange.apply(FILES)
    assert exchange.ids("port-soc") == both


def test_a_circle_is_shown_unless_it_leads_out_to_something_hidden(closed: Running) -> None:
    one = a_grouping("one", stix_id("grouping", "two"))
    two = a_grouping("two", one["id"])
    closed.take("nl-feed", one, two)
    assert closed.ids("port-soc") == {one["id"], two["id"]}
    leads_out = {**two, "modified": "2026-05-02T00:00:00.000Z", "object_refs": [one["id"], AMBER_END["id"]]}
    closed.take("nl-feed", AMBER_END, leads_out)
    assert closed.objects("port-soc", "match[version]=all") == [one, two], (
        "as an embargo, closure leaves what was there"
    )
    assert leads_out in closed.objects("wind-soc")


def test_a_later_version_that_opens_or_closes_an_end_takes_what_refers_to_it_along(closed: Running) -> None:
    opened = {**AMBER_END, "modified": "2026-05-02T00:00:00.000Z", "object_marking_refs": [GREEN]}
    shut = {**AMBER_END, "modified": "2026-05-03T00:00:00.000Z"}
    closed.take("nl-feed", AMBER_END, GREEN_END, LINK)
    closed.take("nl-feed", opened)
    assert closed.ids("port-soc") == {AMBER_END["id"], GREEN_END["id"], LINK["id"]}
    closed.take("nl-feed", shut)
    assert closed.ids("port-soc") == {GREEN_END["id"]}


def test_an_end_that_waits_for_an_officer_is_hidden_until_it_is_released(exchange: Running) -> None:
    reviewing = CLOSED.replace(
        "      ownership: creator\n", "      ownership: creator\n      review: {types: [indicator]}\n", 1
    )
    exchange.apply(with_closure(reviewing))
    link = a_relationship("link", GREEN_END["id"], stix_id("malware", "nobody's"))
    exchange.take("nl-feed", link)
    assert exchange.ids("port-soc") == {link["id"]}
    exchange.take("nl-feed", GREEN_END)
    assert exchange.ids("port-soc") == set()
    assert exchange.ids("nl-soc") == {link["id"]}
    by = mandate(exchange.exchange, "officer", exchange.secrets["officer"], "a test", "fine")
    quarantine.release(exchange.exchange, by, "north-sea/indicators", GREEN_END["id"])
    assert exchange.ids("port-soc") == {link["id"], GREEN_END["id"]}


def test_time_opens_and_ends_what_refers_with_what_it_refers_to(exchange: Running) -> None:
    """An end under embargo, then shown for a while: the page leaves out what refers to it at that very instant."""
    timed = CLOSED.replace(
        "      granular: withhold\n", "      granular: withhold\n      embargo: PT1H\n      shown_for: PT3H\n", 1
    )
    exchange.apply(with_closure(timed))
    assert isinstance(exchange.clock, StillClock)
    exchange.take("nl-feed", GREEN_END)
    exchange.clock.advance(milliseconds=1_800_000)
    link = a_relationship("link", GREEN_END["id"], stix_id("malware", "nobody's"))
    exchange.take("nl-feed", link)
    exchange.clock.advance(milliseconds=1_800_000)
    exchange.sweep()
    assert exchange.ids("port-soc") == {GREEN_END["id"]}, "the link has an embargo of its own"
    exchange.clock.advance(milliseconds=1_800_000)
    exchange.sweep()
    assert exchange.ids("port-soc") == {GREEN_END["id"], link["id"]}
    exchange.clock.advance(milliseconds=int(timedelta(hours=1, minutes=30).total_seconds() * 1000))
    assert exchange.ids("port-soc") == set(), "before any sweep"
    assert exchange.ids("nl-soc") == {link["id"]}
    exchange.sweep()
    assert exchange.ids("port-soc") == set()


def test_the_end_of_an_embargo_releases_what_refers_to_it(exchange: Running) -> None:
    """What refers to it is older, and due at no instant of its own."""
    timed = with_keys("granular: withhold", "embargo: PT1H")
    exchange.apply(with_closure(timed))
    assert isinstance(exchange.clock, StillClock)
    link = a_relationship("link", GREEN_END["id"], stix_id("malware", "nobody's"))
    exchange.take("nl-feed", link)
    exchange.clock.advance(milliseconds=3_600_000)
    exchange.sweep()
    assert exchange.ids("port-soc") == {link["id"]}
    exchange.take("nl-feed", GREEN_END)
    assert exchange.ids("port-soc") == set()
    last = exchange.client("wind-soc").get(OBJECTS).headers.get("X-TAXII-Date-Added-Last")
    assert last is None
    exchange.clock.advance(milliseconds=3_600_000)
    exchange.sweep()
    assert exchange.ids("port-soc") == {link["id"], GREEN_END["id"]}
