"""What every reader should be shown, worked out from what was given and agreed: the simulator's own truth.

It keeps every contribution in one list and decides anew each time it is asked. It shares no code with the exchange's
use cases, its policy or its storage. To be short enough to be read aloud, the simulated world is simpler than the real
one in these ways: a marking-definition carries TLP levels at most, never another definition; its `created` never
changes; nobody extends a definition; one partnership; types are not restricted; no id is blocked; the members'
own terms do not speak of ages, confidence or markings beside TLP.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from copy import deepcopy
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import cached_property
from typing import Any, NamedTuple, TypeVar

from app.stix.timestamps import version_key
from tests.simulation.agreement import EVERY_LEVEL, Agreement, Collection, Entry
from tests.support.stix import AMBER, AMBER_STRICT, CLEAR, GREEN, RED, TLP1_GREEN

T = TypeVar("T")

LEVELS = {
    CLEAR: "clear",
    GREEN: "green",
    TLP1_GREEN: "green",
    AMBER: "amber",
    AMBER_STRICT: "amber+strict",
    RED: "red",
}


class Reader(NamedTuple):
    """An account as the policy sees it."""

    account: str
    partner: str

    @property
    def name(self) -> str:
        return f"{self.partner}/{self.account}"


@dataclass(frozen=True)
class Given:
    """One contribution. `number` counts in the order of arrival, `collection` is an id."""

    number: int
    collection: str
    partner: str
    tree: Mapping[str, Any]
    version: str
    received: datetime

    @cached_property
    def content(self) -> str:
        return json.dumps(self.tree, sort_keys=True)

    @cached_property
    def key(self) -> str:
        return version_key(self.version)

    @property
    def id(self) -> str:
        return str(self.tree["id"])

    @property
    def spec(self) -> str:
        return "2.1" if "spec_version" in self.tree else "2.0"

    @property
    def row(self) -> tuple[str, str]:
        return self.key, self.spec

    @property
    def dated(self) -> bool:
        return "created" in self.tree

    @property
    def defines(self) -> bool:
        return bool(self.tree["type"] == "marking-definition")

    @property
    def signer(self) -> str | None:
        return signer(self.tree)

    @property
    def marks(self) -> Sequence[str]:
        return marks(self.tree)

    @property
    def refers(self) -> Sequence[str]:
        """What it refers to, its creator, its markings and itself left aside."""
        return [each for each in self.tree.get("object_refs", ()) if each != self.id]


def signer(tree: Mapping[str, Any]) -> str | None:
    """In whose name an object stands."""
    return tree.get("created_by_ref") or (tree["id"] if tree["type"] == "identity" else None)


def marks(tree: Mapping[str, Any]) -> Sequence[str]:
    """Every marking on an object or a part of it."""
    return [*tree.get("object_marking_refs", []), *(part["marking_ref"] for part in tree.get("granular_markings", []))]


Line = tuple[str | None, str]
"""An identity whose line it is, with "" for that of its owner, else with the submitter."""


class Asks(NamedTuple):
    """What the markings of a version ask for."""

    levels: frozenset[str]
    unmarked: bool
    statements: bool
    custom: frozenset[str]
    unknown: bool


class Left(NamedTuple):
    """What is left of a version for a reader: whether it may be shown now, and whether it is of the newest version."""

    content: str
    shown: bool
    newest: bool


def stripped(tree: Mapping[str, Any]) -> str:
    """What a derivative says besides what the exchange gives it."""
    of_the_exchange = ("id", "created", "modified", "created_by_ref")
    said = {name: value for name, value in tree.items() if name not in of_the_exchange}
    return json.dumps({**said, "object_marking_refs": sorted(said.get("object_marking_refs", ()))}, sort_keys=True)


def together(asked: Sequence[Asks]) -> Asks:
    """What several ask for."""
    return Asks(
        levels=frozenset(level for each in asked for level in each.levels),
        unmarked=any(each.unmarked for each in asked),
        statements=any(each.statements for each in asked),
        custom=frozenset(mark for each in asked for mark in each.custom),
        unknown=any(each.unknown for each in asked),
    )


@dataclass
class Model:
    """What is live, and what is held for an officer and plays no part yet, under what is agreed.

    `stood` are the owners' lines in which contributions stand or stood, by number.
    """

    agreement: Agreement
    live: list[Given] = field(default_factory=list)
    held: list[Given] = field(default_factory=list)
    arrived: int = 0
    stood: dict[int, frozenset[Line]] = field(default_factory=dict)
    _worked_out: dict[Any, Any] = field(default_factory=dict)

    @property
    def given(self) -> Sequence[Given]:
        """All that was taken and is not withdrawn or refused, in the order of arrival."""
        return sorted([*self.live, *self.held], key=lambda each: each.number)

    def take(
        self,
        collection: str,
        partner: str,
        tree: Mapping[str, Any],
        version: str,
        received: datetime,
        *,
        held: bool = False,
    ) -> None:
        self.arrived += 1
        one = Given(self.arrived, collection, partner, deepcopy(dict(tree)), version, received)
        (self.held if held else self.live).append(one)
        self._stands(one, one.number)
        self._worked_out.clear()

    def withdraw(self, gone: Iterable[Given]) -> None:
        """It is as if these had never been; so it is with what an officer refuses."""
        numbers = {each.number for each in gone}
        self.live = [each for each in self.live if each.number not in numbers]
        self.held = [each for each in self.held if each.number not in numbers]
        self._worked_out.clear()

    def release(self, some: Iterable[Given]) -> None:
        """An officer has looked at these that were held: they arrive now."""
        released = sorted(some, key=lambda each: each.number)
        self.held = [each for each in self.held if each not in released]
        for each in released:
            self.arrived += 1
            self.live.append(replace(each, number=self.arrived))
            self.stood[self.arrived] = self.stood.get(each.number, frozenset())
        self._worked_out.clear()

    def agree(self, agreement: Agreement) -> None:
        for each in self.live:
            self._stands(each, each.number)
        self.agreement = agreement
        self._worked_out.clear()

    def under(self, agreement: Agreement) -> "Model":
        """What becomes of the same under another agreement."""
        then = Model(self.agreement, list(self.live), list(self.held), self.arrived, dict(self.stood))
        then.agree(agreement)
        return then

    def _stands(self, one: Given, number: int) -> None:
        """Remember the owner's line in which it stands now: what happens there goes on counting for it."""
        origin = self.origin(one)
        if origin[1] == "":
            self.stood[number] = self.stood.get(number, frozenset()) | {origin}

    def of(self, collection: str, object_id: str) -> list[Given]:
        return [each for each in self.live if each.collection == collection and each.id == object_id]

    def access(self, collection: str, partner: str, now: datetime) -> tuple[bool, bool] | None:
        """Whether the partner's accounts read and write the collection; None if they may not know of it."""
        terms = self.agreement.collections.get(collection)
        if terms is None or partner not in self.agreement.members or not self.agreement.in_force(now):
            return None
        rights = (partner in terms.read, partner in terms.write)
        return rights if any(rights) else None

    def shown(self, collection: str, reader: Reader, now: datetime) -> Sequence[Given]:
        """What stands in the reader's log: of each id all of its own, and of the others' one origin."""

        def work_out() -> Sequence[Given]:
            ids = sorted({each.id for each in self.live if each.collection == collection})
            return [one for object_id in ids for one in self._arranged(self.of(collection, object_id), reader, now)]

        return self._once(("shown", collection, reader, now), work_out)

    def permitted(self, collection: str, reader: Reader, now: datetime) -> Sequence[Given]:
        """What the reader may be shown, whichever of several origins it is given."""

        def work_out() -> Sequence[Given]:
            return [each for each in self.live if each.collection == collection and self.may_see(each, reader, now)]

        return self._once(("permitted", collection, reader, now), work_out)

    def left(self, collection: str, reader: Reader, now: datetime) -> Sequence[Left]:
        """What is left of versions that are hidden from the reader in part, where the collection shows that."""
        terms = self.agreement.collections.get(collection)
        if terms is None or not terms.sanitises or reader.partner not in terms.read & self.agreement.members.keys():
            return []

        def work_out() -> Sequence[Left]:
            every = [self._left_of(each, terms, reader, now) for each in self.live if each.collection == collection]
            return [each for each in every if each is not None]

        return self._once(("left", collection, reader, now), work_out)

    def _left_of(self, one: Given, terms: Collection, reader: Reader, now: datetime) -> Left | None:
        """What is left of it without the part that is hidden; None where nothing is, or the whole is hidden."""
        parts = [each["marking_ref"] for each in one.tree.get("granular_markings", ())]
        view = frozenset(level for level in EVERY_LEVEL if not self._hides({level}, terms, reader))
        if not parts or one.partner == reader.partner:
            return None

        def stays(tree: Mapping[str, Any], whole: bool) -> bool:
            asked = self.asks(tree, lambda mark: self.definition(mark, one.partner, one.signer))
            refused = asked.unknown or asked.custom or (asked.statements and not terms.statements)
            levels = self._levels(asked, terms) if whole else asked.levels
            return not refused and levels <= view and not (whole and asked.unmarked and terms.unmarked is None)

        tree = {name: value for name, value in one.tree.items() if name not in ("description", "granular_markings")}
        if not stays(tree, True) or all(stays({**tree, "object_marking_refs": [each]}, False) for each in parts):
            return None
        kept = Given(-one.number, one.collection, one.partner, tree, one.version, one.received)
        asked = self._asks_of(kept, reader, now)
        shown = self._begins(one) <= now < self._ends(one) and not self._objects(asked, terms, reader)
        shown = shown and self._sides_agree(kept, self.originator(kept), self._levels(asked, terms), reader)
        line = [each for each in self.of(one.collection, one.id) if self.origin(each) == self.origin(one)]
        newest = max(line, key=lambda each: (each.key, each.spec, -each.number))
        return Left(stripped(tree), shown, newest is one and not self._capping(one))

    def may_see(self, one: Given, reader: Reader, now: datetime) -> bool:
        """By its own, and where the collection asks for closure by what it refers to."""
        if not self._may_see_alone(one, reader, now):
            return False
        closes = self.agreement.collections[one.collection].closure and one.partner != reader.partner
        if not closes or not one.refers:
            return True
        return one.number not in self._leading_to_hidden(one.collection, reader, now)

    def _leading_to_hidden(self, collection: str, reader: Reader, now: datetime) -> frozenset[int]:
        """What refers, over any number of references, to an object of its submitter's that is all hidden or held."""

        def work_out() -> frozenset[int]:
            here = [each for each in self.live if each.collection == collection]
            held = {(each.partner, each.id) for each in self.held if each.collection == collection}
            hidden = {each.number for each in here if not self._may_see_alone(each, reader, now)}
            leading: set[int] = set()
            while True:
                shown = {(each.partner, each.id) for each in here if each.number not in hidden | leading}
                dead = ({(each.partner, each.id) for each in here} | held) - shown
                more = {each.number for each in here if any((each.partner, one) in dead for one in each.refers)}
                if more <= leading:
                    return frozenset(leading)
                leading |= more

        return self._once(("leading to hidden", collection, reader, now), work_out)

    def _may_see_alone(self, one: Given, reader: Reader, now: datetime) -> bool:
        terms = self.agreement.collections.get(one.collection)
        if terms is None or reader.partner not in terms.read or reader.partner not in self.agreement.members:
            return False
        capping = self._capping(one)
        if any(now >= self._ends(each) for each in (one, *capping)):
            return False
        if one.partner == reader.partner:
            return True
        own, name = self._asks_of(one, reader, now), self.originator(one)
        newest = together([self._asks_of(each, reader, now) for each in capping])
        sides = [(one, name, own)]
        sides += [(each, whose, newest) for each in capping for whose in {name, *map(self.originator, capping)}]
        return now >= self._begins(one) and not any(
            self._objects(asks, terms, reader) or not self._sides_agree(each, whose, self._levels(asks, terms), reader)
            for each, whose, asks in sides
        )

    def _sides_agree(self, asked: Given, originator: str, levels: frozenset[str], reader: Reader) -> bool:
        """Whether an entry of each side that has terms covers it: its submitter's, whoever's name it stands in, the
        reader's. `asked` is the version itself, or the newest of its line.
        """
        agreement, partner = self.agreement, reader.partner
        givers = {asked.partner, originator} - {partner}
        sides = [(agreement.releases.get(each), {partner}) for each in sorted(givers) if each in agreement.members]
        if givers:
            sides.append((agreement.takes.get(partner), givers))
        return all(
            entries is None or any(_covers(entry, asked, whom, levels) for entry in entries) for entries, whom in sides
        )

    def originator(self, one: Given) -> str:
        """The member in whose name a version stands."""
        identity, submitters_own = self.origin(one)
        return one.partner if submitters_own else min(self.agreement.owners(identity))

    def origin(self, one: Given) -> Line:
        """Whose line a version continues: its owner's (with "" for the submitter), or its submitter's own."""
        identity = self.identity(one.tree)
        owners = self.agreement.owners(identity)
        terms = self.agreement.collections.get(one.collection)
        relayed = terms.relays.get(one.partner, frozenset()) if terms is not None else frozenset()
        return identity, "" if one.partner in owners or owners & relayed else one.partner

    def identity(self, tree: Mapping[str, Any]) -> str | None:
        """The identity whose an object is, if it is anybody's."""
        is_a_members = tree["type"] == "identity" and self.agreement.owners(tree["id"])
        return tree["id"] if is_a_members else signer(tree)

    def _begins(self, one: Given) -> datetime:
        """From when on others than its contributor may see it."""
        embargo = self.agreement.collections[one.collection].embargo
        return datetime.min.replace(tzinfo=UTC) if one.defines or embargo is None else one.received + embargo

    def _ends(self, one: Given) -> datetime:
        """When it is shown to nobody any longer, whatever becomes of the others of its line."""
        shown_for = self.agreement.collections[one.collection].shown_for
        return datetime.max.replace(tzinfo=UTC) if one.defines or shown_for is None else one.received + shown_for

    def asks(self, tree: Mapping[str, Any], definitions: Callable[[str], Given | None]) -> Asks:
        """What the markings ask for, with each definition as found."""
        direct = tree.get("object_marking_refs", [])
        levels = {LEVELS[mark] for mark in marks(tree) if mark in LEVELS}
        is_definition = tree["type"] == "marking-definition"
        own_definitions = [tree] if is_definition and tree["id"] not in LEVELS else []
        unknown = False
        for mark in marks(tree):
            found = definitions(mark) if mark not in LEVELS else None
            unknown = unknown or (mark not in LEVELS and found is None)
            if found is not None:
                own_definitions.append(found.tree)
                levels |= {LEVELS[each] for each in found.marks}
        return Asks(
            levels=frozenset(levels),
            unmarked=not is_definition and not any(mark in LEVELS for mark in direct),
            statements=any(each["definition_type"] == "statement" for each in own_definitions),
            custom=frozenset(each["id"] for each in own_definitions if each["definition_type"] != "statement"),
            unknown=unknown,
        )

    def definition(self, mark: str, submitter: str, creator: str | None) -> Given | None:
        """What a mark means on an object: its creator's definition before its submitter's, the oldest first."""
        creators_word = creator if self.agreement.owners(creator) else None
        fitting = [
            each
            for each in self.live
            if each.id == mark
            and (each.partner == submitter or (creators_word and each.tree.get("created_by_ref") == creators_word))
        ]
        by_creator = [
            each for each in fitting if each.partner in self.agreement.owners(each.tree.get("created_by_ref"))
        ]
        return next(iter([*by_creator, *fitting]), None)

    def _asks_of(self, one: Given, reader: Reader, now: datetime) -> Asks:
        """What a version asks of this reader, who takes no mark for known whose definition it is not shown."""

        def work_out() -> Asks:
            asked = self.asks(one.tree, lambda mark: self.definition(mark, one.partner, one.signer))
            words = {one.partner, *self.agreement.owners(self.identity(one.tree))}
            for mark in set(one.marks) - LEVELS.keys():
                here = self.of(one.collection, mark)
                meant = [each.tree for each in here if each.partner in words]
                if not any(each.tree in meant for each in self._arranged(here, reader, now)):
                    asked = asked._replace(unknown=True)
            return asked

        return self._once(("asks", one.number, reader, now), work_out)

    def _objects(self, asked: Asks, terms: Collection, reader: Reader) -> bool:
        """Whether anything in what is asked keeps a version from the reader."""
        return (
            asked.unknown
            or (asked.unmarked and terms.unmarked is None)
            or self._hides(self._levels(asked, terms), terms, reader)
            or (asked.statements and not terms.statements)
            or not all(reader.partner in terms.custom.get(each, ()) for each in asked.custom)
        )

    def _hides(self, levels: Set[str], terms: Collection, reader: Reader) -> bool:
        """Whether any of these levels keeps a version from the reader."""
        return (
            not levels - {"red"} <= terms.tlp
            or not levels <= self.agreement.members[reader.partner]
            or ("red" in levels and reader.name not in terms.red)
            or (bool(levels & {"red", "amber+strict"}) and reader.partner in self.agreement.clients)
        )

    def _levels(self, asked: Asks, terms: Collection) -> frozenset[str]:
        return asked.levels | ({terms.unmarked} if asked.unmarked and terms.unmarked is not None else set())

    def _capping(self, one: Given) -> Sequence[Given]:
        """The newest of its line, and of each owner's line in which it stood once, where that is a later version."""
        found: dict[int, Given] = {}
        for line in self._lines(one):
            there = [each for each in self.of(one.collection, one.id) if line in self._lines(each)]
            newest = max(each.key for each in there)
            found |= {each.number: each for each in there if each.key == newest > one.key}
        return list(found.values())

    def _lines(self, one: Given) -> frozenset[Line]:
        return self.stood.get(one.number, frozenset()) | {self.origin(one)}

    def _arranged(self, candidates: Sequence[Given], reader: Reader, now: datetime) -> Iterator[Given]:
        """Of what the reader may see of one id: its own, then one origin's, and one of each version and encoding."""
        visible = [each for each in candidates if self.may_see(each, reader, now)]
        own = [each for each in visible if each.partner == reader.partner]
        undated = [each for each in own if not each.dated]
        later = {(line, each.key) for each in visible for line in self._lines(each)}
        in_order = sorted(visible, key=lambda each: self._is_behind(each, later))
        owners = [each for each in in_order if self.origin(each)[1] == ""]
        chosen = self.origin((undated or owners or in_order)[0]) if visible else None
        rows: set[tuple[str, str]] = set()
        for each in [*own, *(each for each in visible if self.origin(each) == chosen)]:
            if each.row not in rows:
                rows.add(each.row)
                yield each

    def _is_behind(self, one: Given, later: Iterable[tuple[Line, str]]) -> bool:
        """Whether a line in which it stood once has a later version."""
        return any(line in self.stood.get(one.number, ()) and key > one.key for line, key in later)

    def _once(self, key: Any, work_out: Callable[[], T]) -> T:
        if key not in self._worked_out:
            self._worked_out[key] = work_out()
        found: T = self._worked_out[key]
        return found


def _covers(entry: Entry, one: Given, partners: Iterable[str], levels: frozenset[str]) -> bool:
    whom = entry.partners is None or set(partners) <= entry.partners
    where = entry.collections is None or one.collection in entry.collections
    what = one.defines or entry.types is None or one.tree["type"] in entry.types
    return whom and where and what and levels <= entry.tlp


def selected(rows: Sequence[Given], query: str) -> Sequence[Given]:
    """What a query selects of these rows, each of which its reader is shown."""
    asked = dict(part.split("=") for part in query.split("&") if part)
    types = asked.get("match[type]", "").split(",")
    specs = asked["match[spec_version]"].split(",") if "match[spec_version]" in asked else None
    which = asked.get("match[version]", "last")
    found: list[Given] = []
    for object_id in {each.id for each in rows}:
        of_it = [each for each in rows if each.id == object_id and (types == [""] or each.tree["type"] in types)]
        if specs is not None:
            of_it = [each for each in of_it if each.spec in specs]
        keys = sorted({each.key for each in of_it})
        wanted = {"all": keys, "last": keys[-1:], "first": keys[:1]}[which]
        for key in wanted:
            encodings = sorted((each for each in of_it if each.key == key), key=lambda each: each.spec)
            found += encodings if specs is not None else encodings[-1:]
    return found
