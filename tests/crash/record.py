"""What a run knows for certain: what was answered, and which levels of TLP the agreement may show at any instant."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from threading import Lock
from typing import Any

from tests.support.stix import AMBER, CLEAR, GREEN

LEVELS: Mapping[str, str] = {CLEAR: "clear", GREEN: "green", AMBER: "amber"}
Version = tuple[str, str]


def level_of(found: Mapping[str, Any]) -> str:
    """The level of an object, as the agreement names it."""
    (mark,) = found["object_marking_refs"]
    return LEVELS[mark]


@dataclass
class Record:
    """Pushes and deletes that were answered, and the agreement that is in force, for several threads.

    An object is either to be shown (`standing`) or was deleted, or `uncertain` as long as a request about it has not
    been answered.
    """

    counts: Counter[str] = field(default_factory=Counter)
    _levels: dict[str, str] = field(default_factory=dict)
    _standing: set[Version] = field(default_factory=set)
    _uncertain: set[str] = field(default_factory=set)
    _in_force: list[frozenset[str]] = field(default_factory=list)
    _lock: Lock = field(default_factory=Lock)

    def count(self, what: str, number: int = 1) -> None:
        """One more of these."""
        with self._lock:
            self.counts[what] += number

    def pushed(self, status: Mapping[str, Any], level: Mapping[str, str]) -> None:
        """These were answered as taken; `level` is that of each id."""
        assert status["failure_count"] == 0, status
        with self._lock:
            self.counts["pushes"] += 1
            self._levels.update(level)
            self._standing.update((each["id"], each["version"]) for each in status["successes"])

    def deleting(self, object_id: str) -> None:
        """Somebody asks to delete it: until the answer nobody knows."""
        with self._lock:
            self._uncertain.add(object_id)

    def deleted(self, object_id: str) -> None:
        """It was answered that it is gone."""
        with self._lock:
            self.counts["deletes"] += 1
            self._standing = {each for each in self._standing if each[0] != object_id}
            self._uncertain.discard(object_id)

    def standing(self, levels: frozenset[str]) -> set[Version]:
        """All that is certain to stand for who is shown these levels."""
        with self._lock:
            return {
                (object_id, version)
                for object_id, version in self._standing
                if self._levels[object_id] in levels and object_id not in self._uncertain
            }

    @property
    def in_force(self) -> frozenset[str]:
        """The levels that the agreement shows; while another is applied, those of both."""
        with self._lock:
            return self._in_force[-1]

    def may_show(self, levels: frozenset[str]) -> None:
        """From here on an agreement is in force that shows no more than these."""
        with self._lock:
            self._in_force.append(levels)

    def mark(self) -> int:
        """Now, for `shown_since`."""
        with self._lock:
            return len(self._in_force) - 1

    def shown_since(self, mark: int) -> frozenset[str]:
        """Every level that any agreement in force from then on until now may have shown."""
        with self._lock:
            return frozenset().union(*self._in_force[mark:])

    def summary(self) -> str:
        """The counts in one line."""
        order = ("rounds", "kills", "pushes", "polls", "objects", "applies", "deletes")
        counts = {**dict.fromkeys(order, 0), **self.counts, "objects": len(self._levels)}
        return ", ".join(f"{number} {what}" for what, number in counts.items())
