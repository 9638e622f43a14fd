"""Who pushes while the clients poll: new objects, new versions at another level, withdrawals; and a record of it all.

Every `modified` is the instant of its push, so that clients whose cursor is made of such dates can work at all.
"""

import random
import time
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import httpx

from app.clock import SystemClock
from app.stix.timestamps import from_datetime
from tests.support.exchanges import TAXII
from tests.support.stix import AMBER, AMBER_STRICT, CLEAR, GREEN, STIX, an_address, an_envelope, an_indicator, stix_id

HERE = "/north-sea/collections/indicators"
LEVELS = (CLEAR, AMBER, GREEN, AMBER_STRICT)
PUSHES, PAUSE_SECONDS = 18, 0.12
"""The pause leaves MineMeld's way room: fewer than 100 objects in a third of a second (see minemeld.py)."""
LONG = "Seen in many places. " * 190


def level_of(found: STIX) -> str:
    level: str = found["object_marking_refs"][0]
    return level


def version_of(found: STIX) -> str:
    """Its own; an object without dates has one version alone here."""
    version: str = found.get("modified", "")
    return version


@dataclass
class Record:
    """What was pushed, and what of it stands, by id and version. Each id is one feeder's."""

    ever: list[STIX] = field(default_factory=list)
    standing: dict[str, dict[str, STIX]] = field(default_factory=dict)

    def pushed(self, objects: Sequence[STIX]) -> None:
        self.ever += objects
        for each in objects:
            self.standing.setdefault(each["id"], {})[version_of(each)] = each

    def withdrawn(self, object_id: str, version: str | None) -> None:
        if version is None:
            del self.standing[object_id]
        else:
            del self.standing[object_id][version]

    def entitled(self, levels: Collection[str], kinds: Collection[str] | None = None) -> list[STIX]:
        """The newest version of each object that stands, where its level is one of these."""
        newest = [versions[max(versions)] for versions in list(self.standing.values())]
        return [each for each in newest if level_of(each) in levels and (kinds is None or each["type"] in kinds)]

    def ever_shown(self, levels: Collection[str]) -> list[STIX]:
        """Everything at one of these levels: at one time or another it could be shown."""
        return [each for each in self.ever if level_of(each) in levels]


@dataclass
class Feeder:
    """One account that pushes. Its choices depend on its name alone."""

    name: str
    client: httpx.Client
    record: Record
    own: list[STIX] = field(default_factory=list)

    def feed(self) -> None:
        chance = random.Random(self.name)
        for push in range(PUSHES):
            self.push(self.new_objects(push) + self.newer_versions(chance, push))
            if push % 4 == 3:
                self.withdraw(self.own.pop(chance.randrange(len(self.own))), every_version=True)
            if push % 5 == 4:
                newest = next(each for each in self.own if len(self.record.standing[each["id"]]) > 1)
                self.withdraw(newest, every_version=False)
            time.sleep(PAUSE_SECONDS)

    def new_objects(self, push: int) -> list[STIX]:
        now = from_datetime(SystemClock().now())
        names = [f"{self.name} {push} {n}" for n in range(4)]
        marks = [LEVELS[(push + n) % len(LEVELS)] for n in range(4)]
        made = [an_indicator(name, mark, version=now) for name, mark in zip(names, marks, strict=True)]
        if push % 4 == 0:
            made[0] = {**made[0], "description": LONG}
        self.own += made
        if push % 2:
            return [*made, a_relationship(made[0], made[1], now)]
        return [*made, {**an_address(names[0], marks[0]), "value": f"198.51.100.{push}"}]

    def newer_versions(self, chance: random.Random, push: int) -> list[STIX]:
        """Of one object from an earlier push, at any level."""
        if push == 0:
            return []
        chosen = chance.choice(self.own[:-4])
        now = from_datetime(SystemClock().now())
        newer = {**chosen, "modified": now, "object_marking_refs": [chance.choice(LEVELS)]}
        self.own[self.own.index(chosen)] = newer
        return [newer]

    def push(self, objects: Sequence[STIX]) -> None:
        answer = self.client.post(f"{HERE}/objects/", content=an_envelope(objects), headers={"Content-Type": TAXII})
        assert answer.status_code == httpx.codes.ACCEPTED, answer.text
        assert answer.json()["success_count"] == len(objects), answer.text
        self.record.pushed(objects)

    def withdraw(self, chosen: STIX, *, every_version: bool) -> None:
        """All of it, or its newest version, so that the one before is the newest again."""
        which = "all" if every_version else version_of(chosen)
        answer = self.client.delete(f"{HERE}/objects/{chosen['id']}/", params={"match[version]": which})
        assert answer.status_code == httpx.codes.OK, answer.text
        self.record.withdrawn(chosen["id"], None if every_version else which)
        if not every_version:
            left = self.record.standing[chosen["id"]]
            self.own[self.own.index(chosen)] = left[max(left)]


def a_relationship(source: STIX, target: STIX, version: str) -> Mapping[str, Any]:
    """One indicator's with another, as restricted as the first."""
    return {
        "type": "relationship",
        "spec_version": "2.1",
        "id": stix_id("relationship", f"{source['id']} {target['id']}"),
        "created": version,
        "modified": version,
        "relationship_type": "related-to",
        "source_ref": source["id"],
        "target_ref": target["id"],
        "object_marking_refs": source["object_marking_refs"],
    }
