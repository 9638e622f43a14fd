"""What leaves a line: the newest version there goes on binding it, so that to take a right away opens nothing."""

from collections.abc import Mapping
from typing import Any

import pytest

from app.exchange import quarantine
from app.exchange.officers import mandate
from tests.exchange.test_derivatives import EXCHANGE, HERE, SANITISED
from tests.exchange.test_leaving import changed, without
from tests.support.agreements import HOST_IDENTITY, WIND_IDENTITY
from tests.support.clocks import StillClock
from tests.support.exchanges import Running
from tests.support.stix import CLEAR, GREEN, RED, STIX, a_statement, an_indicator

Files = Mapping[str, str]

OWN, RELAY = (
    "      ownership: creator\n      spec_versions",
    "      ownership: {nl-cert: [wind-isac]}\n      spec_versions",
)
TO_ALL = "releases: [{to: [wind-isac, water-nl, port-nl], collections: all, types: all, tlp: all}]"
RELAYED = changed(SANITISED, (OWN, RELAY), ("nl-cert: {tlp: all}\n  wind", f"nl-cert: {{tlp: all, {TO_ALL}}}\n  wind"))
NO_RELAY = changed(RELAYED, (RELAY, OWN))
NO_IDENTITY = changed(RELAYED, (f"[{WIND_IDENTITY}]", "[]"))
NO_MEMBER = without("wind-isac", changed(NO_RELAY, ("[wind-isac, water-nl, port-nl]", "[water-nl, port-nl]")))
ORCON = a_statement("orcon", CLEAR, definition={"statement": "ORCON"})
IN_PART = {"description": "hush", "granular_markings": [{"marking_ref": RED, "selectors": ["description"]}]}


def of_wind(name: str, day: int, *marks: str, **more: Any) -> STIX:
    return an_indicator(name, *marks, version=f"2026-05-0{day}T00:00:00.000Z", created_by_ref=WIND_IDENTITY, **more)


def told(exchange: Running) -> list[tuple[Any, ...]]:
    """What the port is told by indicators that hold: their names, and whether the exchange signed them."""
    given = exchange.objects("port-soc", "match[version]=all&match[type]=indicator")
    return sorted(
        (each["name"], each.get("created_by_ref") == EXCHANGE) for each in given if not each.get("revoked", False)
    )


@pytest.mark.parametrize("ends", [NO_RELAY, NO_MEMBER, NO_IDENTITY], ids=["relay", "member", "identity"])
def test_a_right_that_is_taken_away_opens_nothing(exchange: Running, clock: StillClock, ends: Files) -> None:
    """Neither what was relayed before the owner marked it more strictly, nor what the owner gave before a relay did."""
    exchange.apply(RELAYED)
    exchange.take("wind-feed", ORCON)
    for earlier, later in (("nl-feed", "wind-feed"), ("wind-feed", "nl-feed")):
        names = [f"{which}, first by {earlier}" for which in ("red", "in part", "revoked", "all of it in part")]
        exchange.take(earlier, *(of_wind(name, 1, GREEN) for name in names[:3]), of_wind(names[3], 1, GREEN, **IN_PART))
        exchange.take(
            later,
            of_wind(names[0], 2, RED),
            of_wind(names[1], 2, GREEN, **IN_PART),
            of_wind(names[2], 2, RED, revoked=True),
            of_wind(names[3], 2, RED),
        )
    exchange.take("nl-feed", of_wind("under control", 1, GREEN))
    exchange.take("wind-feed", of_wind("under control", 2, GREEN, ORCON["id"]))
    left = [(f"indicator in part, first by {each}", True) for each in ("nl-feed", "wind-feed")]
    assert told(exchange) == left
    clock.advance(minutes=1)
    planned = exchange.apply(ends, allow_removal=True).plan
    exchange.sweep()
    assert told(exchange) == left
    gained = [example for each in planned.changes for example in each.examples_visible]
    assert {each.rules for each in gained} <= {("derivative",)}, "what is left of a part is another's to give now"
    clock.advance(minutes=1)
    exchange.apply(RELAYED, allow_removal=True)
    exchange.sweep()
    assert told(exchange) == left, "nor does it to give it back"


def test_an_owner_closes_and_opens_what_was_relayed_for_it_as_if_the_right_still_stood(
    exchange: Running, clock: StillClock
) -> None:
    exchange.apply(RELAYED)
    exchange.take("nl-feed", of_wind("x", 1, GREEN))
    exchange.apply(NO_RELAY)
    assert told(exchange) == [("indicator x", False)]
    exchange.take("wind-feed", of_wind("x", 2, RED))
    assert told(exchange) == []
    clock.advance(minutes=1)
    exchange.take("wind-feed", of_wind("x", 3, GREEN))
    assert len(exchange.objects("port-soc", "match[version]=all")) == 1, "of one origin, the owner's"
    exchange.apply(RELAYED)
    assert len(exchange.objects("port-soc", "match[version]=all")) == 2, "what returns is as if it had never left"


@pytest.mark.parametrize("relay", [RELAY, OWN], ids=["who relays it", "and the right ends"])
def test_who_becomes_an_owner_too_opens_nothing_of_what_it_relayed(exchange: Running, relay: str) -> None:
    """And when the identity is its first owner's alone again, nothing has changed."""
    exchange.apply(RELAYED)
    exchange.take("nl-feed", of_wind("x", 1, GREEN))
    exchange.take("wind-feed", of_wind("x", 2, RED))
    assert told(exchange) == []
    both_own = changed(RELAYED, (f"[{HOST_IDENTITY}]", f"[{HOST_IDENTITY}, {WIND_IDENTITY}]"), (RELAY, relay))
    for files in (both_own, changed(RELAYED, (RELAY, relay))):
        exchange.apply(files)
        exchange.sweep()
        assert told(exchange) == []


@pytest.mark.parametrize("ends", [NO_RELAY, NO_MEMBER, NO_IDENTITY], ids=["relay", "member", "identity"])
def test_what_an_owner_has_revoked_or_corrected_stays_so(exchange: Running, clock: StillClock, ends: Files) -> None:
    """Also where the newest version is as open as the one before it, and nobody's line when the owner has gone."""
    exchange.apply(RELAYED)
    exchange.take("nl-feed", of_wind("revoked", 1, GREEN), of_wind("corrected", 1, GREEN, description="wrong"))
    exchange.take("wind-feed", of_wind("revoked", 2, GREEN, revoked=True), of_wind("corrected", 2, GREEN))
    before = exchange.objects("port-soc", "match[type]=indicator")
    clock.advance(minutes=1)
    exchange.apply(ends, allow_removal=True)
    exchange.sweep()
    assert exchange.objects("port-soc", "match[type]=indicator") == before


def test_what_has_left_a_line_is_shown_no_longer_than_the_newest_there(exchange: Running, clock: StillClock) -> None:
    shown_for = ("      statements: all\n", "      statements: all\n      shown_for: PT10H\n")
    exchange.apply(changed(RELAYED, shown_for))
    exchange.take("wind-feed", of_wind("x", 2, GREEN))
    clock.advance(hours=3)
    exchange.take("nl-feed", of_wind("x", 1, GREEN))
    exchange.apply(changed(NO_IDENTITY, shown_for))
    clock.advance(hours=6, minutes=59)
    assert len(told(exchange)) == 1
    clock.advance(minutes=1)
    exchange.sweep()
    assert told(exchange) == [], "and what was second by its origin does not take its place"


def test_what_an_officer_releases_after_the_right_has_ended_is_bound_as_well(exchange: Running) -> None:
    reviewed = ("intake:\n      types: all", "intake:\n      review: {submitters: [nl-cert]}\n      types: all")
    exchange.apply(changed(RELAYED, reviewed))
    held = of_wind("x", 1, GREEN)
    exchange.take("nl-feed", held)
    exchange.take("wind-feed", of_wind("x", 2, RED))
    exchange.apply(changed(NO_RELAY, reviewed))
    by = mandate(exchange.exchange, "officer", exchange.secrets["officer"], "somebody", "a test")
    quarantine.release(exchange.exchange, by, "north-sea/indicators", held["id"])
    assert told(exchange) == []
    exchange.client("wind-feed").delete(f"{HERE}/objects/{held['id']}/")
    assert told(exchange) == [("indicator x", False)]
