"""A collection that two readers poll in every way that clients do, while things happen to it.

`rw` is shown everything, `ro` every third object. What each of them has to end up with is known from what the scene
itself did; nothing of the exchange is asked for it but the manifest, which is judged too.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from itertools import cycle
from pathlib import Path
from typing import Any

from tests.conformance import content
from tests.conformance.callers import Caller
from tests.conformance.conftest import Filled, Taxii
from tests.support.pollers import Poller, Style, content_of
from tests.support.stix import AMBER, CLEAR, GREEN, STIX, an_indicator

PLACE = f"/first/collections/{content.EMPTY}"
OBJECTS, MANIFEST = f"{PLACE}/objects/", f"{PLACE}/manifest/"
ALL = "match[version]=all"
READERS = ("rw", "ro")
STYLES = (Style.NEXT, Style.HEADER_MS, Style.BOTH, Style.OWN_CLOCK, Style.DROPS_FILTERS, Style.SHORT_PAGES)
PAGE = 8
"""So many objects does a page hold, at most and unless a client says otherwise."""

LEVELS: Mapping[str, frozenset[str]] = {"rw": frozenset({CLEAR, GREEN, AMBER}), "ro": frozenset({CLEAR, GREEN})}


@dataclass
class Scene:
    """The collection `empty`, which the host fills. `levels` are what each reader is shown."""

    taxii: Taxii
    live: list[STIX] = field(default_factory=list)
    levels: dict[str, frozenset[str]] = field(default_factory=lambda: dict(LEVELS))
    pollers: list[tuple[str, Poller]] = field(default_factory=list)
    _made: int = 0

    def make(self, count: int) -> list[STIX]:
        """New objects, not added yet: every third of them, the first included, is for both readers."""
        numbers = range(self._made, self._made + count)
        self._made += count
        return [an_indicator(n, AMBER if n % 3 else CLEAR, created=content.V1, version=content.V2) for n in numbers]

    def add(self, *objects: STIX) -> Sequence[STIX]:
        """Add these to the collection, in one push."""
        if objects:
            self.taxii.owner.take(OBJECTS, *objects)
            self.live.extend(objects)
        return objects

    def add_new(self, count: int) -> Sequence[STIX]:
        """Add so many new objects."""
        return self.add(*self.make(count))

    def add_version(self, of: STIX, version: str) -> None:
        """Add another version of an object."""
        self.add({**of, "modified": version, "description": f"as of {version}"})

    def delete(self, given: STIX, version: str | None = None) -> None:
        """Delete the object, or one version of it."""
        query = f"?match[version]={version}" if version else ""
        answer = self.taxii.owner.delete(f"{OBJECTS}{given['id']}/{query}")
        assert answer.status == 200, answer
        gone = [each for each in self.live if each["id"] == given["id"] and version in (None, each["modified"])]
        self.live = [each for each in self.live if each not in gone]

    def agree(self, changed: str, to: str, **levels: frozenset[str]) -> None:
        """Put the agreement with this text changed in force; what its readers are shown from then on."""
        assert changed in content.FIRST, changed
        self.taxii.running.apply({**content.FILES, "first.yaml": content.FIRST.replace(changed, to)})
        self.levels.update(levels)

    def shown(self, reader: str, query: str = "") -> set[str]:
        """What the reader has to be given: each object's newest version, or all of them."""
        visible = [each for each in self.live if self.levels[reader] & set(each["object_marking_refs"])]
        if ALL not in query:
            newest = {each["id"]: each for each in sorted(visible, key=lambda one: str(one["modified"]))}
            visible = list(newest.values())
        return set(map(content_of, visible))

    def poller(self, reader: str, style: Style, limit: int, query: str = "") -> Poller:
        """A client of the collection, which `judge` will look at."""
        made = Poller(partial(self._page, reader), style, limit, query, self.taxii.clock.now)
        self.pollers.append((reader, made))
        return made

    def everybody(self) -> None:
        """A client of each style for each reader; the limits 1, 2, 7 and none, and both version filters, in turn."""
        limits, queries = cycle((2, 7, 1, 0)), cycle(("", "", ALL, ALL, ""))
        for reader in READERS:
            for style in STYLES:
                self.poller(reader, style, next(limits), next(queries))

    def turn(self, pages: int = 1) -> None:
        """Each client fetches so many pages."""
        for _, each in self.pollers:
            for _ in range(pages):
                each.page()

    def judge(self) -> None:
        """Everybody polls to the end; nobody misses anything; one full walk gives each once."""
        for _, each in self.pollers:
            each.poll()
        for reader in READERS:
            caller = self.caller(reader)
            for query in ("", ALL):
                expected = self.shown(reader, query)
                for by, limit in (("next", 2), ("date", 7)):
                    walked = [content_of(each) for each in caller.rows(OBJECTS, query, limit=limit, by=by)]
                    assert sorted(walked) == sorted(expected), f"{reader} walks by {by} with {query!r}"
                records = caller.rows(MANIFEST, query)
                pairs = {(each["id"], each["version"]) for each in records}
                assert len(pairs) == len(records) == len(expected)
        for reader, each in self.pollers:
            missed = self.shown(reader, each.query) - each.had
            assert not missed, f"{reader}, {each.style}, {each.limit}, {each.query!r} missed {missed}"

    def caller(self, reader: str) -> Caller:
        """The reader, as an account that asks."""
        return self.taxii.caller(reader)

    def _page(self, reader: str, query: str) -> Any:
        return self.caller(reader).get(f"{OBJECTS}?{query}")


@contextmanager
def a_scene(filled: Filled, folder: Path, **settings: Any) -> Iterator[Scene]:
    """A collection that is empty, under short pages."""
    with filled.served(folder, page_objects_max=PAGE, page_objects_default=PAGE, **settings) as taxii:
        yield Scene(taxii)
