"""Twin worlds in which objects are shown in part: what happens to the parts that are cut is hidden."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, ClassVar

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, precondition, rule

from app.storage import derivatives
from tests.laws.twin_agreements import IN_PART
from tests.laws.twins import Twins, View
from tests.support.stix import STIX, an_indicator

NAMES = st.sampled_from(["part a", "part b"])
LAST = 59
"""The last minute, and the last second: versions that are seen come at full minutes, hidden ones in between."""


@dataclass
class Newest:
    """The newest version of an object that is shown in part: when it is of, its mark, and what of it is seen."""

    minute: int
    second: int
    mark: str
    seen: str


def share_a_secret(worlds: Twins) -> None:
    """The ids of derivatives are keyed with random bytes. Here they are the same, so that the ids are compared."""
    for world in worlds.both:
        with world.running.exchange.database.writing() as transaction:
            derivatives.key_of_ids(transaction, lambda count: b"k" * count)


class DerivativeRules(RuleBasedStateMachine):
    """Objects of which the reader is shown a part, under an id of the exchange's."""

    worlds: Twins
    view: View
    look: Callable[[], None]
    parts_looked_at: ClassVar[tuple[str, ...]] = ("", "versions/")

    def __init__(self) -> None:
        super().__init__()
        self.newest: dict[str, Newest | None] = {}
        self.minute = 0

    @rule(name=NAMES, which=st.integers(0, 1), seen=st.sampled_from(["x", "y"]), secret=st.integers(0, 2))
    def push_in_part(self, name: str, which: int, seen: str, secret: int) -> None:
        """What is cut differs between the worlds."""
        self.minute = min(self.minute + 1, LAST)
        self.newest[name] = Newest(self.minute, 0, self.view.seen[which], seen)
        plain, busy = (self._in_part(name, each) for each in ("plain", f"busy {secret}"))
        self.worlds.push_each(self.view.giver, [plain], [busy], IN_PART)
        self._look_at_parts()

    @rule(name=NAMES, secret=st.integers(0, 9), mark=st.integers(0, 1))
    @precondition(lambda self: any(self.newest.values()))
    def unseen_change_of_a_part(self, name: str, secret: int, mark: int) -> None:
        """Of its text or its marking, once or often; by a version that may be withdrawn again."""
        newest = self.newest.get(name)
        if newest is not None and newest.second < LAST:
            newest.second += 1
            self.worlds.hidden_push(self.view.giver, [self._in_part(name, f"changed {secret}", mark)], IN_PART)
            self._look_at_parts()

    @rule(name=NAMES)
    def unseen_withdrawal_of_a_version(self, name: str) -> None:
        newest = self.newest.get(name)
        if newest is not None and newest.second:
            version = f"2026-05-01T00:{newest.minute:02}:{newest.second:02}.000Z"
            target = f"/{IN_PART}/objects/{an_indicator(name)['id']}/?match[version]={version}"
            assert self.worlds.busy.direct.ask(self.view.giver, "DELETE", target).status == 200
            newest.second -= 1
            self._look_at_parts()

    @rule(name=NAMES, which=st.integers(0, 1))
    def unseen_line_of_another(self, name: str, which: int) -> None:
        """Under the same id, by another, of whose versions the reader is shown no part."""
        marks = self.view.unseen[which]
        secret = {"marking_ref": self._unseen_mark(1 - which), "selectors": ["description"]}
        theirs = an_indicator(name, *marks, description="theirs", granular_markings=[secret])
        self.worlds.hidden_push("water-feed", [theirs], IN_PART)
        self._look_at_parts()

    @rule(name=NAMES, withdraws=st.booleans())
    def tighten_or_withdraw_what_is_seen_in_part(self, name: str, withdraws: bool) -> None:
        self.minute = min(self.minute + 1, LAST)
        self.newest[name] = None
        if withdraws:
            for world in self.worlds.both:
                world.direct.ask(self.view.giver, "DELETE", f"/{IN_PART}/objects/{an_indicator(name)['id']}/")
        else:
            whole = an_indicator(name, *self.view.unseen[0], version=f"2026-05-01T00:{self.minute:02}:00.000Z")
            self.worlds.push(self.view.giver, [whole], to=IN_PART)
        self._look_at_parts()

    def _in_part(self, name: str, secret: str, mark: int = 0) -> STIX:
        newest = self.newest[name]
        assert newest is not None
        version = f"2026-05-01T00:{newest.minute:02}:{newest.second:02}.000Z"
        part = {"marking_ref": self._unseen_mark(mark), "selectors": ["description"]}
        more = {"name": f"seen {newest.seen}", "description": f"secret-{secret}", "granular_markings": [part]}
        return an_indicator(name, newest.mark, version=version, **more)

    def _unseen_mark(self, which: int) -> str:
        return self.view.unseen[1 + which if len(self.view.unseen) > 1 + which else -1][-1]

    def _look_at_parts(self) -> None:
        """At all that there is, by every way to ask for one object; then as always."""
        found: list[Any] = []
        for query in ("?match[version]=all", ""):
            found += self.worlds.ask(self.view.reader, "GET", f"/{IN_PART}/objects/{query}").json().get("objects", [])
        for each in sorted({one["id"] for one in found}):
            for way in self.parts_looked_at:
                self.worlds.ask(self.view.reader, "GET", f"/{IN_PART}/objects/{each}/{way}")
        self.look()
