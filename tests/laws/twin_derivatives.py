"""Twin worlds in which objects are shown in part: what happens to the parts that are cut is hidden."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, ClassVar

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, precondition, rule

from app.policy.vocabularies import iep
from app.storage import derivatives
from tests.laws.twin_agreements import BOTH_GO, IN_PART, PARTS_GO, THE_SOURCE_GOES, Terms
from tests.laws.twins import Twins, View
from tests.support.stix import CLEAR, STIX, a_statement, an_indicator

NAMES = st.sampled_from(["part a", "part b"])
REMEDIES = st.sampled_from([PARTS_GO, PARTS_GO, BOTH_GO, THE_SOURCE_GOES])
LAST = 59
"""The last minute, and the last second: versions that are seen come at full minutes, hidden ones in between."""


@dataclass
class Newest:
    """The newest version of an object that is shown in part: when it is of, its marks, who signs it, what is seen."""

    minute: int
    second: int
    marks: tuple[str, ...]
    seen: str
    signed: str | None


def share_a_secret(worlds: Twins) -> None:
    """The ids of derivatives are keyed with random bytes. Here they are the same, so that the ids are compared."""
    for world in worlds.both:
        with world.running.exchange.database.writing() as transaction:
            derivatives.key_of_ids(transaction, lambda count: b"k" * count)


def not_to_be_named() -> STIX:
    """A policy by which the source of what it marks must not be named."""
    policy = {"extension_type": "property-extension", "provider_attribution": "must-not"}
    made = {name: value for name, value in a_statement("unnamed", CLEAR).items() if "definition" not in name}
    return {**made, "extensions": {iep.EXTENSION: policy}}


class DerivativeRules(RuleBasedStateMachine):
    """Objects of which the reader is shown a part, under an id of the exchange's.

    What is cut is what may not be shown, or who the source is, or either.
    """

    worlds: Twins
    view: View
    terms: Terms
    look: Callable[[], None]
    parts_looked_at: ClassVar[tuple[str, ...]] = ("", "versions/")

    def __init__(self) -> None:
        super().__init__()
        self.newest: dict[str, Newest | None] = {}
        self.minute = 0

    @rule(
        name=NAMES,
        which=st.integers(0, 1),
        seen=st.sampled_from(["x", "y"]),
        secret=st.integers(0, 2),
        signs=st.booleans(),
    )
    def push_in_part(self, name: str, which: int, seen: str, secret: int, signs: bool) -> None:
        """What is cut differs between the worlds."""
        self.minute = min(self.minute + 1, LAST)
        marks: tuple[str, ...] = (self.view.seen[which],)
        if self.terms.remedy != PARTS_GO and not self.terms.anonymous:
            marks += (not_to_be_named()["id"],)
        signed = self.view.giver_identity if signs or self.terms.remedy == THE_SOURCE_GOES else None
        self.newest[name] = Newest(self.minute, 0, marks, seen, signed)
        plain, busy = self._in_part(name, "plain"), self._in_part(name, f"busy {secret}", secret)
        self.worlds.push_each(self.view.giver, [plain], [busy], IN_PART)
        self._look_at_parts()

    @rule(name=NAMES, secret=st.integers(0, 9), mark=st.integers(0, 2))
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

    @rule(name=NAMES, which=st.integers(0, 2), by=st.sampled_from(["water-feed", "ghost-feed"]))
    def unseen_line_of_another(self, name: str, which: int, by: str) -> None:
        """Under the same id, by another, of whose versions the reader is shown no part."""
        marks = self.view.unseen[which % len(self.view.unseen)]
        secret = {"marking_ref": self._unseen_mark(which + 1), "selectors": ["description"]}
        theirs = an_indicator(name, *marks, description="theirs", granular_markings=[secret])
        self.worlds.hidden_push(by, [theirs], IN_PART)
        self._look_at_parts()

    @rule(name=NAMES, withdraws=st.booleans())
    def tighten_or_withdraw_what_is_seen_in_part(self, name: str, withdraws: bool) -> None:
        self.minute = min(self.minute + 1, LAST)
        before, self.newest[name] = self.newest.get(name), None
        if withdraws:
            for world in self.worlds.both:
                world.direct.ask(self.view.giver, "DELETE", f"/{IN_PART}/objects/{an_indicator(name)['id']}/")
        else:
            version, signed = f"2026-05-01T00:{self.minute:02}:00.000Z", before.signed if before is not None else None
            whole = an_indicator(name, *self.view.unseen[0], version=version, created_by_ref=signed)
            self.worlds.push(self.view.giver, [whole], to=IN_PART)
        self._look_at_parts()

    def _in_part(self, name: str, secret: str, mark: int = 0) -> STIX:
        newest = self.newest[name]
        assert newest is not None
        version = f"2026-05-01T00:{newest.minute:02}:{newest.second:02}.000Z"
        source = f" of {self.view.giver_identity}" if newest.signed else ""
        more = {"name": f"seen {newest.seen}", "description": f"secret-{secret}{source}"}
        part = {"marking_ref": self._unseen_mark(mark), "selectors": ["description"]}
        granular = [part] if self.terms.remedy != THE_SOURCE_GOES else None
        return an_indicator(
            name,
            *newest.marks,
            version=version,
            created_by_ref=newest.signed,
            granular_markings=granular,
            **more,
        )

    def _unseen_mark(self, which: int) -> str:
        return self.view.unseen[which % len(self.view.unseen)][-1]

    def _look_at_parts(self) -> None:
        """At all that there is, by every way to ask for one object; then as always."""
        found: list[Any] = []
        for query in ("?match[version]=all", ""):
            found += self.worlds.ask(self.view.reader, "GET", f"/{IN_PART}/objects/{query}").json().get("objects", [])
        for each in sorted({one["id"] for one in found}):
            for way in self.parts_looked_at:
                self.worlds.ask(self.view.reader, "GET", f"/{IN_PART}/objects/{each}/{way}")
        self.look()
