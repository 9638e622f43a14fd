"""Sightings and false positives that analysts report: taken like a push, and told of nobody who is not to be told."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import httpx
import pytest

from app.exchange.received import received
from app.policy.intake_rules.history import AHEAD_MAX
from app.policy.partnership import Role
from app.stix.timestamps import from_datetime
from tests.analyst.world import ADDRESS, ANALYSTS, EXCHANGES_IDENTITY, NETWORK, TAKES_REPORTS, ask
from tests.support.agreements import HOST_IDENTITY, WIND_IDENTITY
from tests.support.clocks import StillClock
from tests.support.databases import ENGINES
from tests.support.exchanges import Running, running
from tests.support.stix import AMBER, GREEN, STIX, a_statement, an_indicator, stix_id

ACCOUNTS = ["nl-feed", "nl-soc", "port-soc", "wind-feed", "wind-soc", "officer"]
HERE, SEEN = "north-sea/collections/indicators", "north-sea/collections/seen"
PATH = "/analyst/v1/sightings"
BARE = an_indicator("without a marking")
IN_PARTS = an_indicator(
    "amber in one part",
    GREEN,
    description="Seen at one of ours.",
    granular_markings=[{"marking_ref": AMBER, "selectors": ["description"]}],
)
STATEMENT = a_statement("for our constituents", created_by_ref=HOST_IDENTITY)
UNDER_STATEMENT = an_indicator("under a statement", GREEN, STATEMENT["id"])
CONTROLLED = an_indicator("under control", GREEN, created_by_ref=WIND_IDENTITY)
FILES_WITH_CONTROL = {
    **TAKES_REPORTS,
    "north-sea.yaml": TAKES_REPORTS["north-sea.yaml"].replace(
        "  wind-isac: {",
        "  wind-isac: {originator_control: true, releases: [{to: [nl-cert], collections: all, types: all, tlp: all}], ",
    ),
}
"""What wind-isac signs goes to nl-cert alone, and stays under wind-isac's control."""


@pytest.fixture(scope="module", params=ENGINES)
def reporting(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """An exchange whose analysts report."""
    folder, clock = tmp_path_factory.mktemp("sightings"), StillClock()
    databases = "sqlite_databases" if request.param == "sqlite" else "postgres_databases"
    with (
        request.getfixturevalue(databases).new(folder) as url,
        running(url, folder, FILES_WITH_CONTROL, clock, only=ACCOUNTS) as made,
    ):
        for name, partner in {**ANALYSTS, "water-analyst": "water-nl", "wind-analyst": "wind-isac"}.items():
            made.add_account(name, partner, Role.ANALYST)
        made.add_account("port-feed", "port-nl", Role.FEEDER)
        made.take("nl-feed", ADDRESS, NETWORK, BARE, IN_PARTS, STATEMENT, UNDER_STATEMENT)
        made.take("wind-feed", CONTROLLED)
        clock.advance(minutes=1)
        yield made


def told(world: Running, account: str, indicator: str, to: str = "indicators", **said: Any) -> httpx.Response:
    body = {"partnership": "north-sea", "collection": to, "indicator": indicator, **said}
    return world.client(account).post(PATH, json=body)


def reported(world: Running, account: str, indicator: STIX, to: str = "indicators", **said: Any) -> dict[str, Any]:
    """The answer to a report that is taken, whose date has come."""
    answer = told(world, account, indicator["id"], to, **said)
    assert answer.status_code == 200, answer.text
    assert isinstance(world.clock, StillClock)
    world.clock.advance(seconds=1)
    found: dict[str, Any] = answer.json()
    assert found["status"]["success_count"] == 1, found
    return found


def test_a_sighting_is_signed_marked_like_its_indicator_and_given_to_whoever_may_see_that(reporting: Running) -> None:
    times = {"first_seen": "2026-05-30T08:00:00Z", "last_seen": "2026-05-31T08:00:00Z"}
    answer = reported(reporting, "nl-analyst", ADDRESS, count=4, description="At the edge.", **times)
    made = answer["object"]
    assert made.items() >= {"type": "sighting", "sighting_of_ref": ADDRESS["id"], "count": 4, **times}.items()
    assert (made["created_by_ref"], made["object_marking_refs"]) == (HOST_IDENTITY, [GREEN])
    assert made in reporting.objects("port-soc", f"match[id]={made['id']}")
    status = reporting.client("nl-feed").get(f"/north-sea/status/{answer['status']['id']}/")
    assert status.json() == answer["status"]
    sightings = ask(reporting, "port-analyst", "lookup", value="198.51.100.7")["sightings"]
    assert made["id"] in {each["id"] for each in sightings}


def test_a_false_positive_is_an_opinion(reporting: Running) -> None:
    made = reported(reporting, "officer", ADDRESS, false_positive=True, description="It is our own scanner.")["object"]
    assert {name: made[name] for name in ("type", "opinion", "explanation", "object_refs")} == {
        "type": "opinion",
        "opinion": "strongly-disagree",
        "explanation": "It is our own scanner.",
        "object_refs": [ADDRESS["id"]],
    }
    assert made in reporting.objects("port-soc", "match[type]=opinion")


def test_what_is_reported_goes_no_further_than_the_indicator(reporting: Running) -> None:
    for indicator in (NETWORK, BARE):
        made = reported(reporting, "nl-analyst", indicator, "seen")["object"]
        assert made["object_marking_refs"] == [AMBER]
        assert made["id"] in reporting.ids("nl-soc", of=SEEN)
        assert made["id"] not in reporting.ids("port-soc", of=SEEN)


def test_a_report_is_marked_with_what_marks_any_part_of_the_indicator(reporting: Running) -> None:
    made = reported(reporting, "nl-analyst", IN_PARTS)["object"]
    assert made["object_marking_refs"] == [GREEN, AMBER]
    assert made["id"] in reporting.ids("nl-soc")
    assert made["id"] not in reporting.ids("port-soc")


def test_a_report_under_a_statement_that_its_organisation_has_defined_reaches_others(reporting: Running) -> None:
    answer = reported(reporting, "nl-analyst", UNDER_STATEMENT)
    made = answer["object"]
    assert made["object_marking_refs"] == [GREEN, STATEMENT["id"]]
    assert answer["status"]["total_count"] == 1
    assert made["id"] in reporting.ids("port-soc")


def test_of_what_stays_under_its_originators_control_nobody_else_reports(reporting: Running) -> None:
    assert CONTROLLED["id"] in reporting.ids("nl-soc")
    for said in ({}, {"false_positive": True}):
        answer = told(reporting, "nl-analyst", CONTROLLED["id"], **said)
        assert answer.status_code == 403, answer.text
        assert "originator's control" in answer.json()["description"]
    made = reported(reporting, "wind-analyst", CONTROLLED)["object"]
    assert made["id"] in reporting.ids("wind-soc")


def test_without_a_name_the_exchange_signs_and_its_own_organisation_alone_withdraws(reporting: Running) -> None:
    made = reported(reporting, "port-analyst", ADDRESS, "seen", count=2)["object"]
    assert made["created_by_ref"] == EXCHANGES_IDENTITY
    answer = reporting.client("nl-soc").get(f"/{SEEN}/objects/{made['id']}/")
    assert answer.json()["objects"] == [made]
    assert b"port" not in answer.content.lower()
    assert reporting.client("nl-feed").delete(f"/{SEEN}/objects/{made['id']}/").status_code == 403
    assert reporting.client("port-feed").delete(f"/{SEEN}/objects/{made['id']}/").status_code == 200
    assert made["id"] not in reporting.ids("nl-soc", of=SEEN)


def test_a_feeder_does_not_sign_as_the_exchange_where_reports_have_no_name(reporting: Running) -> None:
    made = reported(reporting, "port-analyst", ADDRESS, "seen")["object"]
    forged = {**made, "count": 900, "modified": "2026-06-01T12:30:00.000Z"}
    status = reporting.post("port-feed", forged, to=SEEN)
    assert "may not push in the name of" in status["failures"][0]["message"]


def test_an_indicator_that_is_hidden_is_answered_like_one_that_never_was(reporting: Running) -> None:
    def answer(indicator: str, **said: Any) -> tuple[int, Any]:
        given = told(reporting, "port-analyst", indicator, "seen", **said)
        return given.status_code, {**given.json(), "error_id": ""}

    hidden, never = NETWORK["id"], stix_id("indicator", "that never was")
    for said in ({}, {"false_positive": True}, {"first_seen": "yesterday"}):
        assert answer(hidden, **said) == answer(never, **said)
        assert answer(hidden, **said)[0] == 404
    assert answer(stix_id("malware", "kit"))[0] == answer("x")[0] == 404
    assert not [one for one in received(reporting.exchange, hidden) if one.account == "port-analyst"]


@pytest.mark.parametrize(
    ("account", "to", "status"),
    [
        ("port-analyst", "indicators", 403),
        ("wind-analyst", "letter-box", 403),
        ("water-analyst", "indicators", 403),
        ("port-soc", "seen", 403),
        ("port-feed", "seen", 403),
        ("port-analyst", "letter-box", 404),
        ("port-analyst", "nowhere", 404),
        ("east-analyst", "seen", 404),
    ],
)
def test_who_may_not_report_is_told_so_whatever_it_has_seen(
    reporting: Running, account: str, to: str, status: int
) -> None:
    for indicator in (ADDRESS["id"], NETWORK["id"], stix_id("indicator", "that never was")):
        assert told(reporting, account, indicator, to).status_code == status


@pytest.mark.parametrize(
    ("said", "telling"),
    [
        ({"counts": 1}, "counts: This is not known here"),
        ({"count": -1}, "count: This is below 0, the least that is taken."),
        ({"count": 1, "false_positive": True}, "are of sightings, not of a false positive"),
        ({"first_seen": "yesterday"}, "first_seen"),
        ({"first_seen": "2026-05-31T08:00:00Z", "last_seen": "2026-05-30T08:00:00Z"}, "last_seen"),
        ({"description": "\0"}, "U+0000"),
    ],
)
def test_what_no_sighting_can_say_is_told(reporting: Running, said: dict[str, Any], telling: str) -> None:
    answer = told(reporting, "nl-analyst", ADDRESS["id"], **said)
    assert answer.status_code == 422
    assert telling in answer.json()["description"]


@pytest.mark.parametrize("name", ["first_seen", "last_seen"])
def test_what_was_seen_in_the_future_is_refused(reporting: Running, name: str) -> None:
    at = reporting.clock.now() + AHEAD_MAX
    answer = told(reporting, "nl-analyst", ADDRESS["id"], **{name: from_datetime(at + timedelta(seconds=1))})
    assert answer.status_code == 400
    assert f"{name}: " in answer.json()["description"]
    assert "ahead of this server's clock" in answer.json()["description"]
    reported(reporting, "nl-analyst", ADDRESS, **{name: from_datetime(at)})


def test_what_the_analyst_was_shown_of_the_indicator_is_on_the_record(reporting: Running) -> None:
    def recorded() -> int:
        every = received(reporting.exchange, ADDRESS["id"])
        return sum((one.endpoint, one.account) == ("sightings", "port-analyst") for one in every)

    before = recorded()
    reported(reporting, "port-analyst", ADDRESS, "seen")
    assert recorded() == before + 1


def test_a_report_goes_through_the_intake_of_its_collection(reporting: Running) -> None:
    unmarked = an_indicator("red", "marking-definition--e828b379-4e03-4974-9ac4-e53a884c97c1")
    reporting.take("nl-feed", unmarked)
    assert isinstance(reporting.clock, StillClock)
    reporting.clock.advance(seconds=1)
    answer = told(reporting, "nl-analyst", unmarked["id"], "seen")
    assert answer.status_code == 200
    assert "does not take TLP:RED" in answer.json()["status"]["failures"][0]["message"]
