"""The definitions of what marks an indicator go with a report of it, as its reporter's organisation shares them on."""

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import httpx
import pytest

from app.exchange.received import received
from app.policy.partnership import Role
from tests.analyst.world import TAKES_REPORTS
from tests.support.agreements import HOST_IDENTITY, WIND_IDENTITY
from tests.support.clocks import StillClock
from tests.support.databases import ENGINES
from tests.support.exchanges import Running, running
from tests.support.stix import GREEN, RED, STIX, a_statement, an_indicator, stix_id

WATER_IDENTITY = "identity--b1f6c9d4-2a57-4a3e-9d0c-6f8e1b7a4c25"
ACCOUNTS = ["nl-feed", "nl-soc", "duty-officer", "wind-feed", "wind-soc", "water-feed", "port-soc"]
REPORTERS = {
    "nl-analyst": "nl-cert",
    "wind-analyst": "wind-isac",
    "water-analyst": "water-nl",
    "port-analyst": "port-nl",
}
SEEN, NAMED = "north-sea/collections/seen", "north-sea/collections/named"
FILES = {
    **TAKES_REPORTS,
    "partners.yaml": TAKES_REPORTS["partners.yaml"].replace(
        "Water boards, identities: []", f"Water boards, identities: [{WATER_IDENTITY}]"
    ),
    "north-sea.yaml": TAKES_REPORTS["north-sea.yaml"].replace(
        "release: {tlp: [clear, green, amber], unmarked: amber}\n    intake: {types: [sighting, opinion],",
        "release: {tlp: [clear, green, amber], unmarked: amber, statements: all}\n"
        "    intake: {types: [sighting, opinion, marking-definition],",
    )
    + """  named:
    id: 4b1c7a52-93de-4c0f-8a64-1f5e2d7b9038
    title: What the members have seen, and who
    read: all
    write: all
    release: {tlp: [clear, green, amber], unmarked: amber, statements: all}
    intake: {types: [sighting, opinion, marking-definition], tlp: [clear, green, amber], sightings: named}
  reports-alone:
    id: 9d3e6f18-5c27-4ab1-b7f0-82c4a1e6d579
    title: What takes no definitions
    read: all
    write: all
    release: {tlp: [clear, green, amber], unmarked: amber, statements: all}
    intake: {types: [sighting, opinion], tlp: [clear, green, amber], sightings: named}
""",
}

INNER = a_statement("for the inner one")
OUTER = a_statement("for the outer one", INNER["id"], created_by_ref=stix_id("identity", "nobody's"))
TERMS = a_statement("terms of use")
SIGNED = a_statement("by wind", created_by_ref=WIND_IDENTITY)
OF_HOST = a_statement("by the host", created_by_ref=HOST_IDENTITY)
RARE = a_statement("for few")
UNDEFINED = stix_id("marking-definition", "that nobody defines")
KEPT = a_statement("that stays with its originator")

NESTED = an_indicator("under two", GREEN, OUTER["id"])
UNDER_TERMS = an_indicator("under terms of use", GREEN, TERMS["id"])
UNDER_SIGNED = an_indicator("under another's", GREEN, SIGNED["id"], RARE["id"])
UNDER_HOSTS = an_indicator("under the host's", GREEN, OF_HOST["id"])
UNDER_UNDEFINED = an_indicator("under nothing", GREEN, RARE["id"], UNDEFINED)
UNDER_KEPT = an_indicator("under another's control", GREEN, KEPT["id"])
TOO_SECRET = an_indicator("red", RED, RARE["id"])


@pytest.fixture(scope="module", params=ENGINES)
def world(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """An exchange that holds these indicators in `indicators`, and whose analysts report elsewhere."""
    folder, clock = tmp_path_factory.mktemp("along"), StillClock()
    databases = "sqlite_databases" if request.param == "sqlite" else "postgres_databases"
    with (
        request.getfixturevalue(databases).new(folder) as url,
        running(url, folder, FILES, clock, only=ACCOUNTS) as made,
    ):
        with_analysts(made)
        made.take("wind-feed", INNER, OUTER, NESTED, TERMS, UNDER_TERMS, SIGNED, RARE, UNDER_SIGNED)
        made.take("nl-feed", OF_HOST, UNDER_HOSTS, UNDER_UNDEFINED, RARE, TOO_SECRET)
        clock.advance(minutes=1)
        yield made


def with_analysts(world: Running) -> None:
    for name, partner in REPORTERS.items():
        world.add_account(name, partner, Role.ANALYST)


def a_sighting(of: STIX, *definitions: STIX) -> STIX:
    """A sighting that water-nl signs."""
    return {
        "type": "sighting",
        "spec_version": "2.1",
        "id": stix_id("sighting", f"of water, {len(definitions)}"),
        "created": "2026-05-01T00:00:00.000Z",
        "modified": "2026-05-01T00:00:00.000Z",
        "created_by_ref": WATER_IDENTITY,
        "sighting_of_ref": of["id"],
        "object_marking_refs": [GREEN, *(each["id"] for each in definitions)],
    }


def told(world: Running, account: str, indicator: STIX, to: str, **said: Any) -> httpx.Response:
    """The answer to a report, once the date of what came of it has come."""
    body = {"partnership": "north-sea", "collection": to, "indicator": indicator["id"], **said}
    answer = world.client(account).post("/analyst/v1/sightings", json=body)
    assert isinstance(world.clock, StillClock)
    world.clock.advance(seconds=1)
    return answer


def reported(world: Running, account: str, indicator: STIX, to: str) -> tuple[str, list[str]]:
    """The id of a report that was taken, and the ids of all that was, in the order of its push."""
    answer = told(world, account, indicator, to)
    assert answer.status_code == 200, answer.text
    status = answer.json()["status"]
    assert status["failure_count"] == 0, status
    return answer.json()["object"]["id"], [each["id"] for each in status["successes"]]


def refused(world: Running, account: str, indicator: STIX, to: str) -> str:
    """Why a report was refused, which left nothing behind in its collection, for nobody."""
    path = f"north-sea/collections/{to}"
    before = [world.objects(reader, of=path) for reader in ("nl-soc", "wind-soc", "port-soc")]
    answer = told(world, account, indicator, to)
    assert answer.status_code == 403, answer.text
    assert [world.objects(reader, of=path) for reader in ("nl-soc", "wind-soc", "port-soc")] == before
    description: str = answer.json()["description"]
    return description


def test_a_report_takes_along_what_its_organisation_has_yet_to_define_and_reaches_others(world: Running) -> None:
    report, pushed = reported(world, "nl-analyst", NESTED, "named")
    assert pushed == [INNER["id"], OUTER["id"], report]
    page = world.client("port-soc").get(f"/{NAMED}/objects/")
    found = [each["id"] for each in page.json()["objects"]]
    assert found[-3:] == pushed
    assert all(json.dumps(each).encode() in page.content for each in (INNER, OUTER))  # as they were
    again, pushed = reported(world, "nl-analyst", NESTED, "named")
    assert pushed == [again]
    assert again in world.ids("port-soc", of=NAMED)


def test_what_goes_along_is_its_reporters_contribution_and_was_put_on_record_before(world: Running) -> None:
    _, pushed = reported(world, "wind-analyst", UNDER_TERMS, "named")
    assert TERMS["id"] in pushed
    offered = [one for one in received(world.exchange, TERMS["id"]) if one.account == "wind-analyst"]
    assert [(one.endpoint, one.collection) for one in offered] == [("sightings", "indicators")]
    assert world.client("nl-feed").delete(f"/{NAMED}/objects/{TERMS['id']}/").status_code == 403
    assert world.client("wind-feed").delete(f"/{NAMED}/objects/{TERMS['id']}/").status_code == 200


def test_what_intake_does_not_take_of_its_organisation_is_told_and_nothing_of_the_report_is_stored(
    world: Running,
) -> None:
    description = refused(world, "nl-analyst", UNDER_SIGNED, "named")
    assert f"take the definition of {SIGNED['id']} along" in description
    assert f"may not push in the name of {WIND_IDENTITY}" in description
    description = refused(world, "nl-analyst", UNDER_TERMS, "reports-alone")
    assert f"take the definition of {TERMS['id']} along" in description
    assert "does not take objects of the type marking-definition" in description
    report, pushed = reported(world, "wind-analyst", UNDER_SIGNED, "named")  # whose own it is
    assert set(pushed) == {SIGNED["id"], RARE["id"], report}
    assert report in world.ids("port-soc", of=NAMED)


def test_where_intake_does_not_take_the_report_its_definitions_are_not_left_there(world: Running) -> None:
    answer = told(world, "nl-analyst", TOO_SECRET, "named")
    status = answer.json()["status"]
    assert (status["total_count"], status["failures"][0]["id"]) == (1, answer.json()["object"]["id"])
    assert "does not take TLP:RED" in status["failures"][0]["message"]
    # its organisation has none there to withdraw, whoever else has
    assert world.client("nl-feed").delete(f"/{NAMED}/objects/{RARE['id']}/").status_code in (403, 404)


def test_what_is_not_shown_with_the_indicator_is_named_and_what_was_shown_is_on_record(world: Running) -> None:
    description = refused(world, "nl-analyst", UNDER_UNDEFINED, "named")
    assert f"would carry {UNDEFINED} as its indicator does" in description
    assert RARE["id"] not in description
    assert [one for one in received(world.exchange, UNDER_UNDEFINED["id"]) if one.endpoint == "sightings"]


def test_what_stays_under_its_originators_control_does_not_go_along(sqlite_databases: Any, tmp_path: Path) -> None:
    kept = "originator_control: true, releases: [{to: [nl-cert], collections: all, types: all, tlp: all}], "
    files = {**FILES, "north-sea.yaml": FILES["north-sea.yaml"].replace("wind-isac: {", f"wind-isac: {{{kept}")}
    with sqlite_databases.new(tmp_path) as url, running(url, tmp_path, files, only=ACCOUNTS) as world:
        with_analysts(world)
        world.take("wind-feed", KEPT)
        world.take("water-feed", KEPT, UNDER_KEPT)
        assert isinstance(world.clock, StillClock)
        world.clock.advance(seconds=1)
        description = refused(world, "nl-analyst", UNDER_KEPT, "named")
        assert f"the definition of {KEPT['id']} along, and that stays under its originator's control" in description


def test_without_a_name_nothing_that_goes_along_is_a_members(world: Running) -> None:
    report, pushed = reported(world, "port-analyst", NESTED, "seen")
    assert pushed == [INNER["id"], OUTER["id"], report]
    assert set(pushed) <= world.ids("wind-soc", of=SEEN)
    page = world.client("wind-soc").get(f"/{SEEN}/objects/").text
    assert "port" not in page.lower()
    for account, indicator, definition in (
        ("nl-analyst", UNDER_HOSTS, OF_HOST),
        ("wind-analyst", UNDER_SIGNED, SIGNED),
        ("nl-analyst", UNDER_SIGNED, SIGNED),
    ):
        description = refused(world, account, indicator, "seen")
        assert f"the definition of {definition['id']} is signed by a member" in description
    # nor where it has been there before
    world.take("nl-feed", OF_HOST, to=SEEN)
    assert "is signed by a member" in refused(world, "nl-analyst", UNDER_HOSTS, "seen")


def test_what_goes_along_without_a_name_counts_for_no_more_than_such_reports(world: Running) -> None:
    waits = a_sighting(NESTED, TERMS)
    world.take("water-feed", waits, to=SEEN)
    report, pushed = reported(world, "water-analyst", UNDER_TERMS, "seen")
    assert pushed == [TERMS["id"], report]
    again, pushed = reported(world, "water-analyst", UNDER_TERMS, "seen")
    assert pushed == [again]
    found = world.ids("wind-soc", of=SEEN)
    assert found >= {report, again, TERMS["id"]}
    assert waits["id"] not in found  # or it would tell at that instant who reports
    world.take("water-feed", TERMS, to=SEEN)
    assert isinstance(world.clock, StillClock)
    world.clock.advance(seconds=1)
    assert waits["id"] in world.ids("wind-soc", of=SEEN)


def test_what_went_along_is_understood_of_such_reports_alone_and_goes_again_where_they_get_a_name(
    sqlite_databases: Any, tmp_path: Path
) -> None:
    unnamed = "sightings: anonymous, review: {tlp: [amber]}"  # as what is not understood might be
    files = FILES["north-sea.yaml"].replace("sightings: anonymous", unnamed)
    later = {**FILES, "north-sea.yaml": FILES["north-sea.yaml"].replace("sightings: anonymous", "sightings: named")}
    with (
        sqlite_databases.new(tmp_path) as url,
        running(url, tmp_path, {**FILES, "north-sea.yaml": files}, only=ACCOUNTS) as world,
    ):
        with_analysts(world)
        world.take("wind-feed", INNER, OUTER, NESTED)
        assert isinstance(world.clock, StillClock)
        world.clock.advance(seconds=1)
        first, _ = reported(world, "water-analyst", NESTED, "seen")
        assert first in world.ids("wind-soc", of=SEEN)
        assert "after review" in world.post("water-feed", a_sighting(NESTED, OUTER), to=SEEN)["successes"][0]["message"]
        world.apply(later)
        report, pushed = reported(world, "water-analyst", NESTED, "seen")
        assert pushed == [INNER["id"], OUTER["id"], report]
        assert {first, report} <= world.ids("wind-soc", of=SEEN)


def test_nobody_else_can_tell_who_reports_without_a_name(sqlite_databases: Any, tmp_path: Path) -> None:
    """Twin worlds, which differ in who reports. What one of both pushes afterwards in its own name is alike in both."""
    named, anonymous = "sightings: named\n      spec", "sightings: anonymous\n      spec"
    files = {
        **FILES,
        "north-sea.yaml": FILES["north-sea.yaml"]
        .replace(named, anonymous)
        .replace("write: [nl-cert, wind-isac, water-nl]", "write: all"),
    }

    def seen(world: Running) -> Sequence[Any]:
        return [
            (answer.status_code, sorted((k, v) for k, v in answer.headers.items() if k != "date"), answer.content)
            for reader in ("nl-soc", "wind-soc", "wind-feed")
            for of in (SEEN, "north-sea/collections/indicators")
            for query in ("objects/?match[version]=all", "manifest/", "objects/?added_after=2026-06-01T12:00:30.000Z")
            for answer in [world.client(reader).get(f"/{of}/{query}")]
        ]

    def what_is_seen(reporter: str) -> Sequence[Any]:
        folder = tmp_path / reporter
        folder.mkdir()
        with sqlite_databases.new(folder) as url, running(url, folder, files, only=ACCOUNTS) as world:
            with_analysts(world)
            world.take("wind-feed", INNER, OUTER, NESTED)
            assert isinstance(world.clock, StillClock)
            world.clock.advance(minutes=1)
            for to in ("seen", "indicators", "seen"):
                reported(world, reporter, NESTED, to)
            views = [seen(world)]
            for happens in (under_the_same, with_its_definitions, taken_back, withdrawn):
                happens(world)
                world.clock.advance(seconds=1)
                views.append(seen(world))
            return views

    def under_the_same(world: Running) -> None:
        for of in (SEEN, "north-sea/collections/indicators"):
            world.take("water-feed", a_sighting(NESTED, OUTER), to=of)

    def with_its_definitions(world: Running) -> None:
        world.take("water-feed", INNER, OUTER, to=SEEN)

    def taken_back(world: Running) -> None:
        assert world.client("water-feed").delete(f"/{SEEN}/objects/{OUTER['id']}/").status_code == 200

    def withdrawn(world: Running) -> None:
        path = f"/north-sea/collections/indicators/objects/{OUTER['id']}/"
        assert world.client("wind-feed").delete(path).status_code == 200

    one, other = what_is_seen("water-analyst"), what_is_seen("port-analyst")
    assert one == other
    assert all(OUTER["id"].encode() in view[0][2] for view in one)
    own = a_sighting(NESTED, OUTER)["id"].encode()
    assert [own in view[0][2] for view in one] == [False, False, True, False, False]
