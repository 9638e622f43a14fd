"""Polling scenarios: what happens in the middle of walks and between polls, to clients of every style."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import timedelta
from http import HTTPStatus
from pathlib import Path

import psycopg
import pytest
from structlog.testing import capture_logs

from app.stix.timestamps import from_datetime
from app.storage.dialects import database_file
from tests.conformance import content
from tests.conformance.conftest import Filled
from tests.conformance.scenes import ALL, OBJECTS, READERS, STYLES, Scene, a_scene
from tests.conformance.shapes import LAST
from tests.support.pollers import Style, content_of
from tests.support.stix import AMBER, CLEAR, GREEN, a_statement, an_indicator

V4 = "2026-03-04T00:00:00.000Z"
RO = "ro: {tlp: [clear, green]}"
EMPTY = f"empty: {{id: {content.EMPTY}, title: Empty, read: all, write: [owner], release: {{"
EVERY_LEVEL = frozenset({CLEAR, GREEN, AMBER})


@pytest.fixture
def scene(filled: Filled, tmp_path: Path) -> Iterator[Scene]:
    with a_scene(filled, tmp_path) as made:
        yield made


WHERE = {"before where clients are": 0, "where they are": 6, "after where they are": 15}


@pytest.mark.row("S-08", "S-14")
@pytest.mark.parametrize("where", WHERE)
def test_new_versions_during_a_walk_are_seen_by_its_end_or_in_the_next_poll(scene: Scene, where: str) -> None:
    objects = scene.add_new(18)
    scene.everybody()
    scene.turn(pages=2)
    for version in (content.V3, V4):
        for given in objects[WHERE[where] : WHERE[where] + 3]:
            scene.add_version(given, version)
        scene.turn()
    scene.judge()


@pytest.mark.row("S-09", "S-14", "S-18")
@pytest.mark.parametrize("where", WHERE)
def test_deletions_during_a_walk_hide_nothing_else(scene: Scene, where: str) -> None:
    """Whole objects; first, middle and newest versions, of which the one before is newest again, with a new date."""
    objects = scene.add_new(18)
    for given in objects[::2]:
        scene.add_version(given, content.V3)
    scene.everybody()
    scene.turn(pages=2)
    bookmarks = {reader: scene.caller(reader).pages(OBJECTS)[-1].header(LAST) for reader in READERS}
    chosen = objects[WHERE[where] : WHERE[where] + 3]
    again = next(each for each in chosen if each in objects[::2])
    scene.delete(again, version=content.V3)
    scene.turn()
    for given in chosen:
        if given is not again:
            scene.delete(given)
    for reader, bookmark in bookmarks.items():
        given_again = scene.caller(reader).rows(OBJECTS, f"added_after={bookmark}")
        assert {content_of(each) for each in given_again} == scene.shown(reader) & {content_of(again)}
    scene.judge()


@pytest.mark.row("S-11")
def test_restarts_workers_revisions_and_clock_steps_break_no_walk(scene: Scene) -> None:
    """Between pages and between polls; each client goes on with the tokens and dates that it has."""
    first = scene.taxii
    scene.add_new(20)
    scene.everybody()
    with first.another(page_objects_max=8) as second:
        for number, hours in enumerate((1, -1, 0)):
            scene.turn()
            scene.taxii = second if number % 2 else first
            first.clock.advance(hours=hours)
            scene.agree("title: The first partnership", f"title: As of revision {number}")
            scene.add_new(2)
            scene.turn()
            if hours == -1:  # a client that goes by its own clock is told of it, or it would wait for an hour
                for _, each in scene.pollers:
                    each.set_back(first.clock.now())
        scene.judge()
        scene.taxii = first


def a_member_may_read_at_last(scene: Scene) -> Iterator[None]:
    scene.agree(EMPTY, EMPTY.replace("read: all", "read: [owner, rw]"))
    scene.add_new(12)
    yield
    scene.agree(EMPTY, EMPTY)


def a_member_is_shown_a_level_more(scene: Scene) -> Iterator[None]:
    scene.add_new(12)
    yield
    scene.agree(RO, "ro: {tlp: [clear, green, amber]}", ro=EVERY_LEVEL)


def a_marking_definition_arrives(scene: Scene) -> Iterator[None]:
    ours = a_statement("ours", CLEAR)
    marked = scene.make(12)
    scene.add(*({**each, "object_marking_refs": [*each["object_marking_refs"], ours["id"]]} for each in marked))
    yield
    scene.taxii.owner.take(OBJECTS, ours)


def an_embargo_ends(scene: Scene) -> Iterator[None]:
    scene.agree(EMPTY, EMPTY.replace("release: {", "release: {embargo: PT1H, "))
    scene.add_new(12)
    yield
    scene.taxii.clock.advance(hours=1)
    scene.taxii.running.sweep()


def the_agreement_becomes_effective(scene: Scene) -> Iterator[None]:
    scene.add_new(12)
    wider = content.FIRST.replace(RO, "ro: {tlp: [clear, green, amber]}")
    later = from_datetime(scene.taxii.clock.now() + timedelta(hours=1))
    wider = wider.replace("effective: 2026-01-01", f"effective: {later}")
    scene.taxii.running.apply({**content.FILES, "first.yaml": wider})
    yield
    scene.taxii.clock.advance(hours=1)
    scene.taxii.running.sweep()
    scene.levels["ro"] = EVERY_LEVEL


LOOSENINGS = (
    a_member_may_read_at_last,
    a_member_is_shown_a_level_more,
    a_marking_definition_arrives,
    an_embargo_ends,
    the_agreement_becomes_effective,
)


@pytest.mark.row("S-16")
@pytest.mark.parametrize("loosening", LOOSENINGS)
def test_what_is_loosened_comes_to_who_kept_polling(scene: Scene, loosening: Callable[[Scene], Iterator[None]]) -> None:
    """As new rows with new dates, to clients that never start cold."""
    scene.everybody()
    scene.add_new(2)
    steps = loosening(scene)
    polls(scene)
    next(steps)
    polls(scene)
    before = {id(each): set(each.had) for _, each in scene.pollers}
    assert next(steps, "done") == "done"
    for reader, each in scene.pollers:
        each.poll()
        assert each.had >= scene.shown(reader, each.query), each.style
    late = [each for reader, each in scene.pollers if reader == "ro" and each.had > before[id(each)]]
    assert len(late) == len(STYLES), "each of them had yet to receive something"


def polls(scene: Scene) -> None:
    """Everybody polls, where they are answered."""
    for reader, each in scene.pollers:
        if scene.caller(reader).get(OBJECTS).status == HTTPStatus.OK:
            each.poll()


@pytest.mark.row("S-17")
def test_what_is_tightened_in_the_middle_of_a_walk_is_served_no_longer_and_nothing_else_is_skipped(
    scene: Scene,
) -> None:
    marks = (CLEAR, GREEN, AMBER)
    scene.add(*(an_indicator(n, marks[n % 3], created=content.V1, version=content.V2) for n in range(18)))
    limits = ((Style.NEXT, 1), (Style.HEADER, 2), (Style.BOTH, 7), (Style.DROPS_FILTERS, 2))
    walks = [scene.poller(reader, style, limit) for reader in READERS for style, limit in limits]
    scene.turn(pages=2)
    before = [set(each.had) for each in walks]
    scene.agree(RO, "ro: {tlp: [clear]}", ro=frozenset({CLEAR}))
    for (reader, each), had in zip(scene.pollers, before, strict=True):
        each.poll()
        assert each.had - had <= scene.shown(reader), "nothing that is denied, from the next page on"
        assert each.had >= scene.shown(reader), "and nothing else is skipped"
    scene.judge()


@pytest.mark.row("S-15")
def test_a_fault_of_storage_is_an_error_and_the_walk_goes_on_after_it(scene: Scene) -> None:
    scene.add_new(12)
    scene.everybody()
    scene.turn()
    rename(scene, "delivery", "elsewhere")
    with capture_logs():
        for reader in READERS:
            for query in ("", "limit=1", ALL, "added_after=2020-01-01T00:00:00Z"):
                answer = scene.caller(reader).get(f"{OBJECTS}?{query}")
                assert answer.status >= 500, answer
                assert "objects" not in answer.json()
        assert scene.taxii.owner.post(OBJECTS, an_indicator("meanwhile", CLEAR)).status >= 500
    rename(scene, "elsewhere", "delivery")
    scene.turn()
    scene.add_new(3)
    scene.judge()


def rename(scene: Scene, old: str, new: str) -> None:
    """Take a table away from under the server, or put it back."""
    url = scene.taxii.running.exchange.database.url
    file = database_file(url)
    with closing(psycopg.connect(url, autocommit=True) if file is None else sqlite3.connect(file)) as connection:
        connection.execute(f"ALTER TABLE {old} RENAME TO {new}")
