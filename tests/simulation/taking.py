"""What becomes of a pushed object, worked out from what its sender gave before: the intake as the model sees it."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from app.exchange.push_status import AFTER_REVIEW
from app.stix.timestamps import from_datetime, version_key
from tests.simulation.contents import GREEN_DEFINITION
from tests.simulation.model import LEVELS, Given, Model, signer

TAKEN, PRESENT, REFUSED, HELD, PRESENT_HELD = "taken", "already present", "refused", "held", "already held"
MESSAGES = {PRESENT: "already present", HELD: AFTER_REVIEW, PRESENT_HELD: AFTER_REVIEW}
"""What a status says about what was taken or is there, besides."""


def verdicts(model: Model, collection: str, partner: str, entries: Sequence[Any], now: datetime) -> Sequence[str]:
    """What has to become of each entry of an envelope; definitions are judged before what they may mark."""
    taking = _Taking(model, collection, partner, now)
    order = sorted(range(len(entries)), key=lambda one: not _defines(entries[one]))
    found = {index: taking.judge(entries[index]) for index in order}
    return [found[index] for index in range(len(entries))]


def _defines(entry: Any) -> bool:
    return isinstance(entry, dict) and entry["type"] == "marking-definition"


def usable(entry: Any) -> bool:
    """Whether an entry is a STIX object, as far as the generator makes any that are none."""
    if not isinstance(entry, dict):
        return False
    if entry["type"] == "ipv4-addr":
        return len(entry["id"]) > len("ipv4-addr--1")
    if entry["type"] == "indicator":
        return "pattern" in entry and entry["pattern"].endswith("]") and entry["created"] <= entry["modified"]
    return True


class _Taking:
    """One envelope. `_own` grows with what is taken of it."""

    def __init__(self, model: Model, collection: str, partner: str, now: datetime) -> None:
        self._model = model
        self._terms = model.agreement.collections[collection]
        self._partner = partner
        self._now = now
        self._own = [each for each in model.given if each.partner == partner]
        self._held = [each for each in model.held if each.partner == partner]

    def judge(self, entry: Any) -> str:
        if not usable(entry):
            return REFUSED
        if entry["id"] in LEVELS:
            if entry != GREEN_DEFINITION:
                return REFUSED
        elif any(self._objections(entry)):
            return REFUSED
        present = self._present(entry)
        if present is not None:
            return PRESENT_HELD if present in self._held else PRESENT
        version = version_of(entry) or "9999-12-31T00:00:00Z"  # without dates: the newest, whenever that is
        number = len(self._model.live) + len(self._own)
        one = Given(number, self._terms.id, self._partner, dict(entry), version, self._now)
        self._own.append(one)
        if entry["id"] in LEVELS or not self._is_reviewed(entry):
            return TAKEN
        self._held.append(one)
        return HELD

    def _objections(self, tree: Mapping[str, Any]) -> Iterator[bool]:
        terms, agreement = self._terms, self._model.agreement
        asked = self._model.asks(tree, self._own_definition)
        yield ("2.1" if "spec_version" in tree else "2.0") not in terms.takes_specs
        yield not asked.levels <= terms.takes
        yield asked.unmarked and (terms.takes_unmarked is None or terms.takes_unmarked not in terms.takes)
        for identity in {self._model.identity(tree), signer(tree)}:
            owners = agreement.owners(identity)
            relayed = terms.relays.get(self._partner, frozenset())
            yield bool(owners) and self._partner not in owners and not owners & relayed
        version = version_of(tree)
        if version is None:
            return
        key = version_key(version)
        yield key > version_key(from_datetime(self._now + timedelta(minutes=5)))
        known = [each for each in self._own if each.id == tree["id"]]
        alike = [each for each in known if each.spec == ("2.1" if "spec_version" in tree else "2.0")]
        same = [each.tree for each in alike if each.key == key]
        yield bool(same) and tree not in same
        yield bool(alike) and alike[0].tree.get("created") != tree["created"]
        yield bool(known) and all(self._model.identity(each.tree) != self._model.identity(tree) for each in known)
        yield any(each.tree.get("revoked") and key > each.key for each in known)

    def _own_definition(self, mark: str) -> Given | None:
        return next((each for each in self._own if each.id == mark and each not in self._held), None)

    def _is_reviewed(self, tree: Mapping[str, Any]) -> bool:
        """Whether an officer looks at it first, for its type, its submitter or a level that it has, or may have."""
        asked = self._model.asks(tree, self._own_definition)
        levels = asked.levels | ({self._terms.takes_unmarked} if asked.unmarked else set())
        facts = {"types": {tree["type"]}, "submitters": {self._partner}, "tlp": levels}
        of_any_level = asked.unknown and bool(self._terms.reviews.get("tlp"))
        return of_any_level or any(facts[what] & named for what, named in self._terms.reviews.items())

    def _present(self, tree: Mapping[str, Any]) -> Given | None:
        here = [each for each in self._own if each.id == tree["id"] and each.collection == self._terms.id]
        if version_of(tree) is None:
            here = sorted(here, key=lambda each: each.key)[-1:]
        return next((each for each in here if each.tree == tree), None)


def version_of(tree: Mapping[str, Any]) -> str | None:
    """The version that an object names itself."""
    version: str | None = tree.get("modified", tree.get("created"))
    return version
