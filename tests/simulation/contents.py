"""What feeders push: STIX objects and things that are none, chosen by a seed."""

import random
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from app.stix.timestamps import from_datetime
from tests.simulation.model import Given
from tests.support.agreements import HOST_IDENTITY, WIND_IDENTITY
from tests.support.stix import (
    AMBER,
    AMBER_STRICT,
    CLEAR,
    GREEN,
    RED,
    TLP1_GREEN,
    a_grouping,
    a_statement,
    an_address,
    an_indicator,
    stix_id,
)

NOBODY = "identity--2f50ea5c-4865-4345-9393-79edd4c2f33d"
CREATORS = (HOST_IDENTITY, WIND_IDENTITY, NOBODY, None)
STATEMENTS = ("terms one", "terms two")
CUSTOM = "handling three"
DEFINITIONS: Mapping[str, str] = {name: stix_id("marking-definition", name) for name in (*STATEMENTS, CUSTOM)}
NEVER_DEFINED = stix_id("marking-definition", "never defined")
CREATED = "2026-05-01T00:00:00.000Z"
GREEN_DEFINITION = {
    "type": "marking-definition",
    "spec_version": "2.1",
    "id": TLP1_GREEN,
    "created": "2017-01-20T00:00:00.000Z",
    "definition_type": "tlp",
    "name": "TLP:GREEN",
    "definition": {"tlp": "green"},
}

Pushed = dict[str, Any]


class Contents:
    """Makes what is pushed. Every name comes from a small set, so that pushes meet each other."""

    def __init__(self, source: random.Random) -> None:
        self._random = source
        self._count = 0

    def envelope(self, own: Sequence[Given], now: datetime) -> list[Any]:
        """What one push holds: mostly one object, at times several with bad ones among them.

        `own` is what the pusher's organisation has given so far.
        """
        count = self._random.choice([1, 1, 1, 1, 2, 3, 5, 8])
        objects: list[Any] = [self._object(own, now) for _ in range(count)]
        addresses = [each for each in objects if "created" not in each]
        repeated = {each["id"] for each in addresses if sum(one["id"] == each["id"] for one in addresses) > 1}
        objects = [each for each in objects if each["id"] not in repeated] or objects[:1]
        if count > 1 and self._chance(0.4):
            objects.insert(self._random.randrange(len(objects) + 1), self._bad())
        return objects

    def _object(self, own: Sequence[Given], now: datetime) -> Pushed:
        if own and self._chance(0.08):
            return dict(self._random.choice(own).tree)
        kinds = {
            self._indicator: 52,
            self._grouping: 10,
            self._address: 16,
            self._definition: 14,
            self._identity: 4,
            self._registered: 3,
        }
        return self._random.choices(list(kinds), list(kinds.values()))[0](own, now)

    def _indicator(self, own: Sequence[Given], now: datetime) -> Pushed:
        creator = self._random.choice(CREATORS)
        which = f"{CREATORS.index(creator)} {self._random.randrange(4)}"
        self._count += 1
        more: dict[str, Any] = {"created_by_ref": creator, "name": f"indicator {self._count}"}
        if self._chance(0.2):
            more.update(spec_version=None, pattern_type=None, labels=["malicious-activity"])
        if self._chance(0.06):
            more["revoked"] = True
        if self._chance(0.02):
            more["created"] = "2026-04-30T00:00:00.000Z"
        if self._chance(0.2):
            mark = self._random.choice([GREEN, AMBER, RED, DEFINITIONS[STATEMENTS[0]]])
            more["description"] = "hush" + "".join(chr(ord("a") + int(digit)) for digit in str(self._count))
            more["granular_markings"] = [{"marking_ref": mark, "selectors": ["description"]}]
        known = [each for each in own if each.id == stix_id("indicator", which)]
        if known and self._chance(0.12):
            return self._in_the_other_encoding(self._random.choice(known))
        return dict(an_indicator(which, *self._marks(), version=self._version(known, now), **more))

    def _grouping(self, own: Sequence[Given], now: datetime) -> Pushed:
        """It refers to what its submitter has given, itself perhaps; or to what nobody ever gives."""
        which = f"grouping {self._random.randrange(3)}"
        known = [each for each in own if each.id == stix_id("grouping", which)]
        objects = [each.id for each in own if not each.defines] or [stix_id("malware", "nobody's")]
        refs = self._random.sample(sorted(set(objects)), min(len(set(objects)), self._random.choice([1, 1, 2, 3])))
        marked = {"object_marking_refs": list(self._marks())}
        made = a_grouping(which, *refs, modified=self._version(known, now), **{k: v for k, v in marked.items() if v})
        return {name: value for name, value in made.items() if name != "object_marking_refs" or marked[name]}

    def _in_the_other_encoding(self, one: Given) -> Pushed:
        """The same version in STIX 2.0, or in 2.1."""
        newer = {"spec_version": "2.1", "pattern_type": "stix"}
        if one.spec == "2.0":
            return {**one.tree, **newer}
        kept = {name: value for name, value in one.tree.items() if name not in newer}
        return {**kept, "labels": ["malicious-activity"]}

    def _version(self, known: Sequence[Given], now: datetime) -> str:
        """Mostly newer than what there is, at times older, the very same, or ahead of the clock."""
        way = self._random.random()
        if known and way < 0.06:
            return self._random.choice(known).version
        if way < 0.11:
            return from_datetime(now + timedelta(minutes=self._random.choice([4, 5, 6]), seconds=1))
        if way < 0.3:
            return from_datetime(now - timedelta(milliseconds=self._random.randrange(10**9)))
        return from_datetime(now - timedelta(milliseconds=self._random.randrange(5000)))

    def _address(self, own: Sequence[Given], now: datetime) -> Pushed:
        value = f"198.51.100.{self._random.randrange(1, 5)}"
        return dict(an_address(value, *self._marks(), x_content=self._random.randrange(3)))

    def _definition(self, own: Sequence[Given], now: datetime) -> Pushed:
        name = self._random.choice(sorted(DEFINITIONS))
        level = self._random.choice([(), (), (), (GREEN,), (AMBER,), (RED,)])
        creator = self._random.choice([None, None, HOST_IDENTITY, WIND_IDENTITY])
        made = dict(a_statement(name, *level, **({"created_by_ref": creator} if creator else {})))
        if name == CUSTOM:
            made |= {"definition_type": "x-handling", "definition": {"x_rule": "for three"}}
        return made

    def _identity(self, own: Sequence[Given], now: datetime) -> Pushed:
        identity = self._random.choice([HOST_IDENTITY, WIND_IDENTITY, NOBODY])
        made: Pushed = {"type": "identity", "spec_version": "2.1", "id": identity, "created": CREATED}
        known = [each for each in own if each.id == identity]
        self._count += 1
        made |= {"modified": self._version(known, now), "name": f"identity {self._count}"}
        if self._chance(0.3):
            made["created_by_ref"] = self._random.choice([HOST_IDENTITY, WIND_IDENTITY, NOBODY])
        marked = self._marks()
        return made | ({"object_marking_refs": list(marked)} if marked else {})

    def _registered(self, own: Sequence[Given], now: datetime) -> Pushed:
        return dict(GREEN_DEFINITION) | ({"name": "TLP:CLEAR"} if self._chance(0.3) else {})

    def _marks(self) -> Sequence[str]:
        found: list[str] = []
        if self._chance(0.88):
            levels = [CLEAR, GREEN, GREEN, TLP1_GREEN, AMBER, AMBER, AMBER_STRICT, RED]
            found.append(self._random.choice(levels))
        if self._chance(0.2):
            found.append(DEFINITIONS[self._random.choice(sorted(DEFINITIONS))])
        if self._chance(0.02):
            found.append(NEVER_DEFINED)
        return found

    def _bad(self) -> Any:
        """Something that no exchange takes."""
        return self._random.choice(
            [
                "not an object",
                {"type": "indicator", "spec_version": "2.1", "id": stix_id("indicator", "half")},
                dict(an_indicator("bad pattern", CLEAR, pattern="[ipv4-addr:value = ")),
                dict(an_indicator("bad dates", CLEAR, version="2026-04-01T00:00:00.000Z")),
                {**an_address("198.51.100.9", CLEAR), "id": "ipv4-addr--1"},
            ]
        )

    def _chance(self, of: float) -> bool:
        return self._random.random() < of
