"""Who was first: what an officer releases arrives then, after all that came while it was held."""

from collections.abc import Callable

import pytest

from app.exchange import quarantine
from app.exchange.officers import mandate
from tests.exchange.test_derivatives import HERE, REVIEWED, SANITISED, derivatives, in_part
from tests.support.clocks import StillClock
from tests.support.exchanges import Running
from tests.support.stix import AMBER, GREEN, RED, an_indicator


def reviewing(exchange: Running, what: str, more: str = "") -> None:
    """Let an officer look at all of that, under an agreement that sanitises."""
    text = SANITISED["north-sea.yaml"].replace(REVIEWED, f"{REVIEWED}      review: {what}\n", 1)
    exchange.apply(
        {**SANITISED, "north-sea.yaml": text.replace("      statements: all\n", f"      statements: all\n{more}", 1)}
    )


def release(exchange: Running, object_id: str) -> None:
    by = mandate(exchange.exchange, "officer", exchange.secrets["officer"], "somebody", "a test")
    quarantine.release(exchange.exchange, by, "north-sea/indicators", object_id)


def test_what_is_released_takes_the_place_of_nothing_that_was_there_before(
    exchange: Running, clock: StillClock
) -> None:
    """An object of nobody's identity, and a version of one: who is shown the first is shown it still."""
    reviewing(exchange, "{submitters: [water-nl]}")
    held, theirs = (an_indicator("x", GREEN, description=of) for of in ("of water", "of wind"))
    exchange.take("water-feed", held)
    clock.advance(hours=1)
    exchange.take("wind-feed", theirs)
    clock.advance(hours=1)
    before = {
        each: exchange.client(each).get(f"{HERE}/objects/?match[version]=all").content
        for each in ("nl-soc", "port-soc")
    }
    release(exchange, held["id"])
    for each, content in before.items():
        assert exchange.client(each).get(f"{HERE}/objects/?match[version]=all").content == content
    assert exchange.objects("water-soc") == [held], "and its own organisation its own"
    exchange.client("wind-feed").delete(f"{HERE}/objects/{held['id']}/")
    assert exchange.objects("port-soc") == [held]


def by_a_version(exchange: Running) -> None:
    """One that ends it comes, and goes."""
    exchange.take("wind-feed", an_indicator("x", RED, version="2026-05-04T00:00:00.000Z"))
    withdraw(exchange, "2026-05-04T00:00:00.000Z")


def by_the_first(exchange: Running) -> None:
    """The version that gave it goes, and it is handed over."""
    withdraw(exchange, "2026-05-02T00:00:00.000Z")


def withdraw(exchange: Running, version: str) -> None:
    exchange.client("wind-feed").delete(f"{HERE}/objects/{in_part('x')['id']}/?match[version]={version}")


@pytest.mark.parametrize("happens", [by_a_version, by_the_first])
def test_a_derivative_keeps_the_dates_of_what_arrived_first(
    exchange: Running, clock: StillClock, happens: Callable[[Running], None]
) -> None:
    """Whatever is released after it gives the same, and whatever makes the exchange look again."""
    reviewing(exchange, "{tlp: [amber]}", "      shown_for: PT10H\n")
    exchange.take("wind-feed", in_part("x", secret="first", mark=AMBER))
    clock.advance(hours=3)
    exchange.take("wind-feed", in_part("x", day=2, secret="second"))
    exchange.take("wind-feed", in_part("x", day=3, secret="third"))
    release(exchange, in_part("x")["id"])
    happens(exchange)
    clock.advance(hours=9, minutes=50)
    exchange.sweep()
    assert [each["name"] for each in derivatives(exchange, "port-soc") if not each.get("revoked")] == ["indicator x"]
