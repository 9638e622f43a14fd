"""Who an entry is said to be by is what its own log says: a name from another partnership is no name here."""

from collections.abc import Iterator
from typing import Any

import pytest

from app.exchange.entries import NAME_CHARS_MAX
from app.policy.partnership import Role
from tests.analyst.world import EAST, an_object, ask
from tests.support.agreements import WIND_IDENTITY
from tests.support.clocks import StillClock
from tests.support.databases import SqliteDatabases
from tests.support.exchanges import Running, running
from tests.support.stix import GREEN, STIX, an_indicator

TRUE, FALSE = "Wind ISAC", "Ministry of Lies, " * 20


def identity(name: str) -> STIX:
    return {**an_object("identity", "wind", GREEN, name=name), "id": WIND_IDENTITY}


HERE = an_indicator("here", GREEN, created_by_ref=WIND_IDENTITY)
THERE = an_indicator("there", GREEN, created_by_ref=WIND_IDENTITY)
SEEN = an_object("sighting", "seen", GREEN, created_by_ref=WIND_IDENTITY, sighting_of_ref=HERE["id"])


@pytest.fixture(scope="module")
def world(sqlite_databases: SqliteDatabases, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """wind-isac is a member of one partnership; in another a stranger gives its identity a name."""
    folder, clock = tmp_path_factory.mktemp("names"), StillClock()
    with (
        sqlite_databases.new(folder) as url,
        running(url, folder, clock=clock, only=["wind-feed", "outsider-feed"]) as made,
    ):
        made.add_account("nl-analyst", "nl-cert", Role.ANALYST)
        made.take("wind-feed", identity(TRUE), HERE, SEEN)
        clock.advance(minutes=1)
        made.take("outsider-feed", identity(FALSE), THERE, to=EAST)
        clock.advance(minutes=1)
        yield made


@pytest.mark.parametrize(
    ("path", "parameters"),
    [
        ("lookup", {"value": "198.51.100.3"}),
        ("search", {"type": "indicator"}),
        ("changes", {}),
        (f"object/{HERE['id']}", {}),
        (f"graph/{HERE['id']}", {"steps": 1}),
        (f"report/{SEEN['id']}", {}),
    ],
)
def test_a_creator_is_named_as_the_log_of_the_entry_names_it(
    world: Running, path: str, parameters: dict[str, Any]
) -> None:
    named = {"north-sea": TRUE, "east": FALSE[:NAME_CHARS_MAX]}
    answer = ask(world, "nl-analyst", path, **parameters)
    entries = [each for group in answer.values() if isinstance(group, list) for each in group if "object" in each]
    signed = [each for each in entries if "created_by_ref" in each]
    assert [each["created_by"] for each in signed] == [named[each["partnership"]] for each in signed]
    assert signed


def test_what_an_upload_matches_is_named_so_too(world: Running) -> None:
    body = {"values": [{"type": "ipv4-addr:value", "value": "198.51.100.3"}]}
    answer = world.client("nl-analyst").post("/analyst/v1/match", json=body).json()
    found = {each["partnership"]: each["created_by"] for each in answer["indicators"]}
    assert found == {"north-sea": TRUE, "east": FALSE[:NAME_CHARS_MAX]}
