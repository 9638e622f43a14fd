"""Polling scenarios: what one client meets when nothing else happens, or when what happens comes between its polls."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conformance import content
from tests.conformance.conftest import Filled
from tests.conformance.scenes import ALL, MANIFEST, OBJECTS, PAGE, READERS, Scene, a_scene
from tests.conformance.shapes import LAST
from tests.support.pollers import content_of
from tests.support.stix import CLEAR, an_address


@pytest.fixture
def scene(filled: Filled, tmp_path: Path) -> Iterator[Scene]:
    with a_scene(filled, tmp_path) as made:
        yield made


LIMITS = (1, 2, 7, 0)


@pytest.mark.row("S-01", "S-02")
@pytest.mark.parametrize("by", ["next", "date"])
def test_a_cold_start_gives_everything_once(scene: Scene, by: str) -> None:
    """None, one, a page, a page and one, ten pages; as many for who sees every third too, now and then."""
    for count in (0, 1, PAGE, PAGE + 1, 10 * PAGE):
        scene.add_new(count - len(scene.live))
        for reader in READERS:
            for limit in LIMITS:
                given = scene.caller(reader).rows(OBJECTS, limit=limit, by=by)
                assert sorted(map(content_of, given)) == sorted(scene.shown(reader)), (reader, count, limit)


@pytest.mark.row("S-03")
def test_what_the_manifest_lists_can_be_fetched_version_by_version(scene: Scene) -> None:
    for given in scene.add_new(12):
        scene.add_version(given, content.V3)
        scene.add_version(given, content.V1)
    for reader in READERS:
        caller = scene.caller(reader)
        for by in ("next", "date"):
            records = caller.rows(MANIFEST, ALL, limit=5, by=by)
            fetched = [
                caller.get(f"{OBJECTS}{each['id']}/?match[version]={each['version']}").json()["objects"]
                for each in records
            ]
            assert sorted(content_of(each) for (each,) in fetched) == sorted(scene.shown(reader, ALL))


@pytest.mark.row("S-04", "S-05")
@pytest.mark.parametrize("query", ["", ALL, "match[type]=indicator", "match[version]=first&match[spec_version]=2.1"])
def test_each_poll_gives_exactly_what_was_added_since_the_one_before(scene: Scene, query: str) -> None:
    """And an empty one neither carries a date nor moves the bookmark; what a reader is not shown is not there."""
    bookmarks = dict.fromkeys(READERS, "1970-01-01T00:00:00Z")
    for count in (0, 1, 0, 2, PAGE, 0, 3 * PAGE, 1, 1, 1):
        added = scene.add_new(count)
        for reader in READERS:
            asked = f"{query}&added_after={bookmarks[reader]}"
            pages = scene.caller(reader).pages(OBJECTS, asked, limit=5)
            given = [content_of(each) for page in pages for each in page.json().get("objects", [])]
            wanted = scene.shown(reader) & set(map(content_of, added))
            assert sorted(given) == sorted(wanted), (reader, count)
            last = pages[-1].header(LAST)
            assert (last is None) == (not wanted)
            bookmarks[reader] = last or bookmarks[reader]
        scene.taxii.clock.advance(milliseconds=3)


@pytest.mark.row("S-10")
def test_pages_that_are_fetched_twice_are_the_same(scene: Scene) -> None:
    """An answer that was lost is asked for again. Connections that are cut: test_scenarios_at_once.py."""
    scene.add_new(20)
    for reader in READERS:
        caller, query, given = scene.caller(reader), "limit=3", []
        while query:
            once, twice = (caller.get(f"{OBJECTS}?{query}") for _ in range(2))
            assert (once.body, once.headers) == (twice.body, twice.headers)
            given += once.json()["objects"]
            query = f"limit=3&next={once.json()['next']}" if "next" in once.json() else ""
        assert sorted(map(content_of, given)) == sorted(scene.shown(reader))


@pytest.mark.row("S-13")
@pytest.mark.parametrize("by", ["next", "date"])
def test_filters_give_what_they_select_however_sparse_it_is(scene: Scene, by: str) -> None:
    """Tools before, among and after indicators of which some have two versions; sparser: test_scenarios_at_once.py."""
    tools = [content.of_2_0("tool", f"sparse {n}", name="x", object_marking_refs=[CLEAR]) for n in range(3)]
    owner = scene.taxii.owner
    owner.take(OBJECTS, tools[0])
    many = scene.add_new(60)
    newer = [{**each, "modified": content.V3} for each in many[:20]]
    scene.add(*newer)
    owner.take(OBJECTS, tools[1])
    scene.add_new(60)
    owner.take(OBJECTS, tools[2])
    firsts = [each for each in scene.live if each not in newer]
    for reader in READERS:
        caller = scene.caller(reader)
        visible = scene.shown(reader, ALL)
        selected = {
            "match[type]=tool&match[spec_version]=2.0": [content_of(each) for each in tools],
            "match[spec_version]=2.0": [content_of(each) for each in tools],
            "match[type]=tool": [content_of(each) for each in tools],
            f"match[type]=indicator&{ALL}": visible,
            "match[type]=indicator": scene.shown(reader),
            "match[type]=indicator&match[version]=first": visible & set(map(content_of, firsts)),
            f"match[version]={content.V3}": visible & set(map(content_of, newer)),
            f"match[id]={many[3]['id']},{tools[2]['id']}": [content_of(newer[3]), content_of(tools[2])],
            "match[type]=malware": [],
        }
        for query, wanted in selected.items():
            for limit in (2, 0) if len(wanted) < 20 else (0,):
                pages = caller.pages(OBJECTS, query, limit=limit, by=by)
                assert all(page.json().get("objects") for page in pages[:-1]), "a page with more is never empty"
                given = [content_of(each) for page in pages for each in page.json().get("objects", [])]
                if by == "date" and "first" in query:  # sought among what is left: later versions come beside it
                    assert set(given) >= set(wanted)
                else:
                    assert sorted(given) == sorted(wanted), (reader, query, limit)


@pytest.mark.row("S-12")
def test_what_is_old_and_comes_late_reaches_who_is_past_it(scene: Scene) -> None:
    """An old version, other content of an address, an object that was withdrawn and is posted again."""
    address = an_address("198.51.100.77", CLEAR)
    scene.everybody()
    one, two, _ = scene.add_new(3)
    scene.add_version(one, content.V3)
    scene.taxii.owner.take(OBJECTS, address)
    for _, each in scene.pollers:
        each.poll()
    bookmarks = {reader: scene.caller(reader).pages(OBJECTS)[-1].header(LAST) for reader in READERS}

    before = list(scene.live)
    scene.add_version(one, content.V1)
    scene.delete(two)
    scene.add(two)
    scene.taxii.owner.take(OBJECTS, {**address, "x_acme_port": 25})
    scene.add_new(1)
    new = [each for each in scene.live if each not in before]
    late = {content_of(each) for each in (two, {**address, "x_acme_port": 25}, *new)}
    for reader, bookmark in bookmarks.items():
        given = {content_of(each) for each in scene.caller(reader).rows(OBJECTS, f"{ALL}&added_after={bookmark}")}
        hidden = late - scene.shown(reader, ALL) - {content_of({**address, "x_acme_port": 25})}
        assert given == late - hidden
    for _, each in scene.pollers:
        each.poll()
        assert content_of({**address, "x_acme_port": 25}) in each.had
    scene.taxii.owner.delete(f"{OBJECTS}{address['id']}/")
    scene.judge()
