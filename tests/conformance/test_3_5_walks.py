"""Walks and polls while the collection changes: TAXII 2.1 section 3.5."""

import pytest

from tests.conformance import content
from tests.conformance.callers import Caller
from tests.conformance.conftest import Taxii
from tests.conformance.paths import of_collection
from tests.conformance.shapes import LAST
from tests.support.direct import Answer
from tests.support.stix import AMBER, CLEAR, GREEN, STIX, an_indicator

PATH = f"{of_collection(content.OF_2_1)}objects/"


def pushed(taxii: Taxii, count: int, *marks: str) -> list[str]:
    """The ids of new objects in an otherwise empty collection."""
    objects = [an_indicator(f"walked {number}", *marks) for number in range(count)]
    taxii.rw.take(PATH, *objects)
    return [each["id"] for each in objects]


def ids(page: Answer) -> list[str]:
    return [each["id"] for each in page.json().get("objects", [])]


def following(caller: Caller, page: Answer, limit: int = 2) -> Answer:
    return caller.get(f"{PATH}?limit={limit}&next={page.json()['next']}")


def rest(caller: Caller, page: Answer) -> list[str]:
    found: list[str] = []
    while "next" in page.json():
        page = following(caller, page)
        found += ids(page)
    return found


@pytest.mark.row("T-PAG-18")
def test_what_is_added_during_a_walk_comes_at_its_end(fresh: Taxii) -> None:
    objects = pushed(fresh, 4)
    first = fresh.rw.get(f"{PATH}?limit=2")
    late = an_indicator("late")
    fresh.rw.take(PATH, late)
    assert [*ids(first), *rest(fresh.rw, first)] == [*objects, late["id"]]


@pytest.mark.row("T-PAG-18", "T-PAG-27")
def test_a_poll_at_rest_gives_nothing_until_something_is_added_and_then_exactly_that(fresh: Taxii) -> None:
    pushed(fresh, 3)
    last = fresh.rw.pages(PATH, limit=2)[-1].header(LAST)
    for number in range(5):
        assert fresh.rw.get(f"{PATH}?added_after={last}").body == b"{}"
        fresh.clock.advance(seconds=number)
        assert fresh.rw.get(f"{PATH}?added_after={last}").body == b"{}"
        late = [an_indicator(f"late {number} {each}") for each in range(number + 1)]
        fresh.rw.take(PATH, *late)
        page = fresh.rw.get(f"{PATH}?added_after={last}")
        assert page.json() == {"objects": late}
        last = page.header(LAST)


@pytest.mark.row("T-PAG-19", "T-OBJ-04")
def test_after_deletions_the_following_page_may_be_empty_and_is_no_error(fresh: Taxii) -> None:
    objects = pushed(fresh, 4)
    first = fresh.rw.get(f"{PATH}?limit=2")
    for each in objects[2:]:
        assert fresh.rw.delete(f"{PATH}{each}/").status == 200
    last = following(fresh.rw, first)
    assert (last.status, last.body) == (200, b"{}")


@pytest.mark.row("T-PAG-20", "T-PAG-21")
@pytest.mark.parametrize("place", [0, 1], ids=["an object before it", "the object that the token points at"])
def test_a_deletion_shifts_nothing_out_of_sight(fresh: Taxii, place: int) -> None:
    objects = pushed(fresh, 6)
    first = fresh.rw.get(f"{PATH}?limit=2")
    assert fresh.rw.delete(f"{PATH}{objects[place]}/").status == 200
    second = following(fresh.rw, first)
    assert ids(second) == objects[2:4]
    assert ids(following(fresh.rw, second)) == objects[4:6]


@pytest.mark.row("T-PAG-17", "T-PAG-20")
def test_what_a_new_revision_withholds_shifts_nothing_out_of_sight(fresh: Taxii) -> None:
    objects: list[STIX] = [an_indicator(number, GREEN if number == 0 else CLEAR) for number in range(6)]
    fresh.rw.take(PATH, *objects)
    first = fresh.ro.get(f"{PATH}?limit=2")
    tightened = content.FIRST.replace("ro: {tlp: [clear, green]}", "ro: {tlp: [clear]}")
    assert tightened != content.FIRST
    fresh.running.apply({**content.FILES, "first.yaml": tightened})
    assert fresh.ro.get(f"{PATH}{objects[0]['id']}/").status == 404
    second = following(fresh.ro, first)
    assert ids(second) == [each["id"] for each in objects[2:4]]
    assert ids(following(fresh.ro, second)) == [each["id"] for each in objects[4:6]]


@pytest.mark.row("T-PAG-18")
def test_an_object_with_a_new_version_leaves_its_place_and_comes_again_at_the_end(fresh: Taxii) -> None:
    objects = pushed(fresh, 5, AMBER)
    first = fresh.rw.get(f"{PATH}?limit=2")
    fresh.rw.take(PATH, an_indicator("walked 3", AMBER, version="2026-05-02T00:00:00.000Z"))
    assert rest(fresh.rw, first) == [objects[2], objects[4], objects[3]]
