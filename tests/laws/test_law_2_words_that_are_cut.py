"""Law 2: nothing leaks, where what is cut and what is kept are of the same words: what is cut changes nothing."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.policy.sanitising import looking
from app.stix.timestamps import from_datetime
from tests.exchange.test_derivatives import HERE, SANITISED
from tests.support.agreements import HOST_IDENTITY
from tests.support.cases import examples, record_cases
from tests.support.clocks import StillClock
from tests.support.direct import Direct
from tests.support.exchanges import running
from tests.support.stix import AMBER_STRICT, GREEN, RED, STIX, an_indicator

READER = "port-soc"
RELAYED = {
    **SANITISED,
    "north-sea.yaml": SANITISED["north-sea.yaml"].replace("ownership: creator", "ownership: {wind-isac: [nl-cert]}", 1),
}
WORDS = (
    "Alpha Shipping",
    "Beta Logistics",
    "203.0.113.7",
    "phishing",
    "indicator",
    "[ipv4-addr:value = '198.51.100.3']",
)
TOO_MUCH_WORK = "é" * 900

kept = st.fixed_dictionaries(
    {"name": st.sampled_from(WORDS).map("Seen at {}".format)},
    optional={"labels": st.lists(st.sampled_from(WORDS), min_size=1, max_size=2), "x_note": st.sampled_from(WORDS)},
)
cut = st.one_of(st.sampled_from(WORDS), st.just("Nobody"), st.lists(st.sampled_from(WORDS), min_size=1, max_size=3))
hidden = st.tuples(st.one_of(cut, st.just(TOO_MUCH_WORK)), st.sampled_from([RED, AMBER_STRICT]))
steps = st.lists(
    st.one_of(
        st.tuples(st.just("cut"), hidden, st.sampled_from(["nl-feed", "wind-feed"])),
        st.tuples(st.just("withdraw")),
        st.tuples(st.just("kept"), kept, hidden),
    ),
    min_size=2,
    max_size=6,
)


@pytest.fixture(scope="module", autouse=True)
def _little_work() -> Iterator[None]:
    """What takes hundreds of thousands of characters to be withheld happens here with a thousand."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(looking, "WORK_MAX", 20_000)
        yield


@dataclass
class World:
    """An exchange and its clock."""

    direct: Direct
    clock: StillClock


@pytest.fixture(scope="module")
def world(sqlite_databases: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    folder: Path = tmp_path_factory.mktemp("exchange")
    clock = StillClock()
    with (
        sqlite_databases.new(folder) as url,
        running(url, folder, files=RELAYED, clock=clock) as made,
        Direct(made.application, made.secrets) as direct,
    ):
        yield World(direct, clock)


class Line:
    """The versions of one indicator, of which the reader is shown a part, by two who give them."""

    numbers = count()

    def __init__(self, world: World, seen: STIX, secret: tuple[object, str]) -> None:
        self._world = world
        self._which = f"line {next(self.numbers)}"
        self._since = from_datetime(world.clock.now())
        self._out_of_sight: list[tuple[str, str]] = []
        self._version = 0
        self.show(seen, secret)

    def show(self, seen: STIX, secret: tuple[object, str]) -> None:
        """A version of which something else may be seen."""
        self._seen, self._out_of_sight = seen, []
        self._push(secret, "nl-feed")

    def cut(self, secret: tuple[object, str], giver: str) -> None:
        """A version of which nothing else may be seen."""
        self._out_of_sight.append((giver, self._push(secret, giver)))

    def withdraw(self) -> None:
        """The last of these is taken back, if there is any."""
        if self._out_of_sight:
            giver, version = self._out_of_sight.pop()
            target = f"{HERE}/objects/{an_indicator(self._which)['id']}/?match[version]={version}"
            assert self._world.direct.ask(giver, "DELETE", target).status == 200

    def answers(self) -> list[bytes]:
        """All that the reader is told of it."""
        query = f"?added_after={self._since}&match[version]=all"
        asked = [self._world.direct.ask(READER, "GET", f"{HERE}/{way}/{query}") for way in ("objects", "manifest")]
        return [each.body for each in asked]

    def _push(self, secret: tuple[object, str], giver: str) -> str:
        self._world.clock.advance(minutes=1)
        text, mark = secret
        self._version += 1
        version = f"2026-05-01T00:00:{self._version:02}.000Z"
        part = {"marking_ref": mark, "selectors": ["x_secret"]}
        more = {**self._seen, "x_secret": text, "created_by_ref": HOST_IDENTITY, "granular_markings": [part]}
        pushed = self._world.direct.post(giver, [an_indicator(self._which, GREEN, version=version, **more)])
        assert pushed.json()["failure_count"] == 0, pushed.body
        self._world.clock.advance(minutes=1)
        return version


@settings(max_examples=examples(20))
@given(seen=kept, secret=hidden, steps=steps)
def test_what_happens_to_what_is_cut_changes_no_byte(
    world: World, seen: STIX, secret: tuple[object, str], steps: list[tuple[Any, ...]]
) -> None:
    """Also where it comes to hold a word that is kept, or one no longer, or more than can be looked for."""
    line = Line(world, seen, secret)
    for step, *with_these in steps:
        before = line.answers()
        getattr(line, {"kept": "show"}.get(step, step))(*with_these)
        if step != "kept":
            assert line.answers() == before
            record_cases("law 2: nothing leaks")
