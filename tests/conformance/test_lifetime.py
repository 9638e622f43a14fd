"""Dates added, from first to last: TAXII 2.1 sections 3.4, 3.5 and 5.3.1.

What happens while many write at once stands in tests/exchange/test_several_writers.py and in test_scenarios_at_once.py.
"""

from datetime import timedelta
from itertools import pairwise

import pytest

from app.taxii.timestamps import parse_added_after
from tests.conformance import content
from tests.conformance.conftest import Taxii
from tests.conformance.shapes import LAST
from tests.support import rights
from tests.support.stix import AMBER, CLEAR, an_indicator

HERE = f"/first/collections/{rights.RW}/"
OBJECTS, MANIFEST = f"{HERE}objects/", f"{HERE}manifest/"
ALL = "match[version]=all"


def dates(records: list[dict[str, str]]) -> list[int]:
    """In milliseconds since 1970; each of them is a whole one."""
    assert all(record["date_added"].endswith("000Z") for record in records)
    return [parse_added_after(record["date_added"]) for record in records]


@pytest.mark.row("T-LIFE-01")
def test_each_version_has_a_date_of_its_own_for_each_audience(fresh: Taxii) -> None:
    """The one is not to be computed from the other: what only one of them sees moves only its own."""
    for day in (1, 2, 3):
        hidden = [an_indicator(f"hidden {day} {n}", AMBER) for n in range(5)]
        fresh.rw.take(OBJECTS, *hidden, an_indicator("one", version=f"2026-05-0{day}T00:00:00.000Z"))
    query = f"match[id]={an_indicator('one')['id']}&{ALL}"
    seen, all_seen = (dates(caller.rows(MANIFEST, query)) for caller in (fresh.ro, fresh.owner))
    assert len(set(seen)) == len(set(all_seen)) == 3
    assert [other - one for one, other in zip(seen, all_seen, strict=True)] == [5, 10, 15]


@pytest.mark.row("T-LIFE-03", "T-LIFE-07")
def test_dates_rise_by_whole_milliseconds_and_are_ahead_by_no_more_than_they_have_to_be(fresh: Taxii) -> None:
    ahead = fresh.running.exchange.settings.dated_ahead_milliseconds
    fresh.rw.take(OBJECTS, an_indicator("single"))
    now = fresh.clock.now()
    (single,) = dates(fresh.ro.rows(MANIFEST, f"match[id]={an_indicator('single')['id']}"))
    assert single == now.timestamp() * 1000 + ahead
    pushed = [an_indicator(n, AMBER if n % 3 else CLEAR) for n in range(300)]
    fresh.rw.take(OBJECTS, *pushed)
    for caller, count in ((fresh.owner, 300), (fresh.ro, 100)):
        found = dates(caller.rows(MANIFEST))
        assert all(one < other for one, other in pairwise(found))
        bulk = found[-count:]
        assert bulk == list(range(bulk[0], bulk[0] + count)), "what is hidden leaves no gap"
        assert bulk[-1] - single <= count * 1.05, "one for each row, and what writing them may take"


@pytest.mark.row("T-LIFE-05")
def test_a_clock_that_steps_does_no_harm(fresh: Taxii) -> None:
    found = []
    for number, step in enumerate((0, -1, -1, 2, 0, -24)):
        fresh.clock.advance(hours=step)
        bookmark = fresh.ro.pages(OBJECTS)[-1].header(LAST)
        given = an_indicator(f"after a step {number}")
        fresh.rw.take(OBJECTS, given)
        assert fresh.ro.rows(OBJECTS, f"added_after={bookmark}") == [given]
        found += dates(fresh.ro.rows(MANIFEST, f"match[id]={given['id']}"))
    assert all(one < other for one, other in pairwise(found))


@pytest.mark.row("T-LIFE-09")
def test_what_is_deleted_does_not_come_back_through_old_tokens_and_dates(fresh: Taxii) -> None:
    given = [an_indicator(f"number {n}") for n in range(4)]
    fresh.rw.take(OBJECTS, *given)
    walk = f"{OBJECTS}?limit=1&match[id]={','.join(each['id'] for each in given)}"
    first = fresh.ro.get(walk)
    token, date = first.json()["next"], first.header(LAST)
    assert fresh.ro.get(f"{walk}&next={token}").json()["objects"] == [given[1]]
    assert fresh.rw.delete(f"{OBJECTS}{given[1]['id']}/").status == 200
    with fresh.another() as second:
        for caller in (fresh.ro, second.ro):
            for going_on in (f"next={token}", f"added_after={date}"):
                assert caller.get(f"{walk}&{going_on}").json()["objects"] == [given[2]]
    with_it = fresh.ro.get(f"{OBJECTS}{given[1]['id']}/?match[version]={given[1]['modified']}")
    assert with_it.status == 404


@pytest.mark.row("T-LIFE-08")
def test_what_is_shown_no_longer_is_absent_everywhere_and_later_pages_go_on(fresh: Taxii) -> None:
    """The only retention there is: `release.shown_for` of the collection's file."""
    terms = content.FIRST.replace("statements: all}", "statements: all, shown_for: P10D}")
    fresh.running.apply({**content.FILES, "first.yaml": terms})
    old, new = ([an_indicator(f"{age} {n}") for n in range(3)] for age in ("old", "new"))
    fresh.rw.take(OBJECTS, *old)
    fresh.clock.advance(days=1)
    fresh.rw.take(OBJECTS, *new)
    bookmark = fresh.ro.rows(MANIFEST, f"match[id]={old[0]['id']}")[0]["date_added"]
    token = fresh.ro.get(f"{OBJECTS}?limit=1&added_after={bookmark}").json()["next"]
    fresh.clock.advance(days=9, hours=1)
    ids = [each["id"] for each in new]
    for swept in (False, True):
        assert [each["id"] for each in fresh.ro.rows(OBJECTS, "match[type]=indicator")] == ids, swept
        assert [each["id"] for each in fresh.ro.rows(MANIFEST, f"match[type]=indicator&{ALL}")] == ids
        assert fresh.ro.get(f"{OBJECTS}{old[1]['id']}/").status == 404
        assert fresh.ro.get(f"{OBJECTS}{old[1]['id']}/versions/").status == 404
        assert fresh.ro.get(f"{OBJECTS}?limit=50&next={token}").json() == {"objects": new}
        fresh.running.sweep()


@pytest.mark.row("T-LIFE-10")
def test_two_processes_give_one_order(fresh: Taxii) -> None:
    whole = fresh.ro.rows(OBJECTS, ALL)
    with fresh.another() as second:
        callers = [fresh.ro, second.ro]
        found, query = [], f"limit=2&{ALL}"
        while query:
            callers.reverse()
            page = callers[0].get(f"{OBJECTS}?{query}").json()
            found += page["objects"]
            query = f"limit=2&{ALL}&next={page['next']}" if "next" in page else ""
        assert found == whole
        moment = fresh.clock.now()
        for n in range(6):
            callers.reverse()
            (second.rw if n % 2 else fresh.rw).take(OBJECTS, an_indicator(f"by turns {n}"))
            assert callers[0].rows(OBJECTS)[-1]["name"] == f"indicator by turns {n}"
        assert fresh.clock.now() - moment < timedelta(seconds=1)
