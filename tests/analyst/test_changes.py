"""Changes: what is new for an analyst since a date, oldest first, in all collections."""

from typing import Any

from app.policy.partnership import Role
from app.stix.timestamps import from_datetime
from tests.analyst.world import EASTERN, FIRST, REPORT, SEEN, ask, asked
from tests.support.clocks import NOON, StillClock
from tests.support.exchanges import Running
from tests.support.stix import GREEN, an_indicator


def walk(world: Running, account: str, **parameters: Any) -> list[dict[str, Any]]:
    pages, token = [], None
    while True:
        page = ask(world, account, "changes", **parameters, **({"next": token} if token else {}))
        pages.append(page)
        token = page.get("next")
        if token is None:
            return pages


def test_everything_is_new_at_first_and_comes_in_the_order_of_its_dates(world: Running) -> None:
    for account, limit in (("nl-analyst", 7), ("port-analyst", 100)):
        entries = [each for page in walk(world, account, limit=limit) for each in page["entries"]]
        dates = [each["date_added"] for each in entries]
        assert dates == sorted(dates)
        assert len(dates) == len({(each["id"], each["partnership"]) for each in entries})
    assert EASTERN["id"] not in {each["id"] for each in entries}


def test_what_came_since_a_date_is_given_and_of_a_type(world: Running) -> None:
    since = from_datetime(NOON.replace(minute=30))
    port = ask(world, "port-analyst", "changes", since=since)
    assert {each["id"] for each in port["entries"]} == {SEEN["id"], REPORT["id"]}
    reports = ask(world, "port-analyst", "changes", since=since, type="report,malware")
    assert {each["id"] for each in reports["entries"]} == {REPORT["id"]}
    assert len(FIRST) > len(port["entries"])


def test_who_goes_on_from_until_is_given_each_new_object_once(exchange: Running) -> None:
    assert isinstance(exchange.clock, StillClock)
    exchange.add_account("port-analyst", "port-nl", Role.ANALYST)
    until = ask(exchange, "port-analyst", "changes")["until"]
    exchange.take("nl-feed", an_indicator("new", GREEN))
    early = ask(exchange, "port-analyst", "changes", since=until)
    assert early["entries"] == [], "its date has not come yet"
    exchange.clock.advance(seconds=1)
    late = ask(exchange, "port-analyst", "changes", since=early["until"])
    assert [each["object"]["name"] for each in late["entries"]] == ["indicator new"]
    assert ask(exchange, "port-analyst", "changes", since=late["until"])["entries"] == []


def test_a_date_that_is_none_is_told(world: Running) -> None:
    answer = asked(world, "port-analyst", "changes", since="yesterday")
    assert (answer.status_code, "since: not a timestamp" in answer.json()["description"]) == (400, True)
