"""What feeders do: push and withdraw, also what is not theirs. What they are told has to be what the model says."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from app.storage.instants import milliseconds
from app.taxii.timestamps import parse_added_after
from tests.simulation.checks import given_rows
from tests.simulation.contents import Contents
from tests.simulation.killing import Killed
from tests.simulation.model import Given, Reader
from tests.simulation.taking import HELD, MESSAGES, REFUSED, TAKEN, verdicts
from tests.simulation.world import FEEDERS, World
from tests.support.exchanges import TAXII
from tests.support.stix import an_envelope

KEPT = timedelta(days=30)
"""How long a status is kept at least."""


class Feeding:
    """`answered` holds every status, with the account that it was given to."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._contents = Contents(world.random)
        self.answered: dict[str, tuple[str, Any]] = {}

    def push(self) -> str:
        """Somebody pushes something somewhere."""
        world = self._world
        feeder = world.random.choice(sorted(FEEDERS))
        partner, collection = FEEDERS[feeder], world.some_collection()
        own = [each for each in world.model.given if each.partner == partner]
        entries = self._contents.envelope(own, world.now())
        said = f"{feeder} to {collection[:4]}: " + ", ".join(_described(each) for each in entries)
        target = f"/north-sea/collections/{collection}/objects/"
        try:
            with world.process.perhaps_killed(world.moment()):
                answer = world.process.ask(feeder, "POST", target, an_envelope(entries), content_type=TAXII)
        except Killed:
            world.begin_anew()
            status = self._unanswered(feeder)
            if status is None:
                return f"{said}: killed, nothing stored"
            said += ": killed, and stored"
        else:
            rights = world.model.access(collection, partner, world.now())
            expected = 404 if rights is None else 202 if rights[1] else 403
            assert answer.status == expected, f"a push is answered {answer} in place of {expected}"
            if answer.status != 202:
                return f"{said}: {answer.status}"
            status = answer.json()
        self._take(feeder, collection, entries, status)
        return f"{said}: {status['success_count']} of {status['total_count']}"

    def _take(self, feeder: str, collection: str, entries: Sequence[Any], status: Any) -> None:
        """What a status says is what the model says; the model takes what was taken, definitions first."""
        model, now = self._world.model, self._world.now()
        self.answered[status["id"]] = (feeder, status)
        found = verdicts(model, collection, FEEDERS[feeder], entries, now)
        kept = [each for each in zip(entries, found, strict=True) if each[1] != REFUSED]
        successes = status.get("successes", [])
        told = [(each["id"], each.get("message")) for each in successes]
        expected = [(entry["id"], MESSAGES.get(verdict)) for entry, verdict in kept]
        assert told == expected, f"a status says {status}, and what was pushed is {found}"
        in_order = sorted(zip(kept, successes, strict=True), key=lambda one: one[0][0]["type"] != "marking-definition")
        for (entry, verdict), success in in_order:
            if verdict in (TAKEN, HELD):
                self._world.counts["objects"] += 1
                held = verdict == HELD
                model.take(collection, FEEDERS[feeder], entry, success["version"], now, held=held)

    def _unanswered(self, feeder: str) -> Any:
        """The status of a push that was killed, if it is there: then all of the push has to be."""
        stored = {row[0] for row in self._world.process.look("SELECT id FROM push")}
        new = stored - self.answered.keys()
        assert len(new) <= 1, f"statuses that nobody was given: {new}"
        return self._world.get(feeder, f"/north-sea/status/{new.pop()}/").json() if new else None

    def withdraw(self) -> str:
        """Somebody takes something back, or tries to."""
        world = self._world
        feeder = world.random.choice(sorted(FEEDERS))
        partner, collection = FEEDERS[feeder], world.some_collection()
        here = [each for each in world.model.given if each.collection == collection]
        own = [each for each in here if each.partner == partner]
        candidates = own if own and world.random.random() < 0.7 else here
        if not candidates:
            return "nothing there"
        chosen = world.random.choice(candidates)
        spec = world.random.choice([None, None, None, "2.0", "2.1"])
        which = world.random.choice(["all", "last", "first", chosen.version])
        mine = [each for each in own if each.id == chosen.id]
        if {each.spec for each in mine if each.key == chosen.key} == {"2.0", "2.1"} and world.random.random() < 0.6:
            spec, which = "2.1", chosen.version  # readers have the older encoding left
        gone = _meant(mine, which, spec, chosen)
        query = f"match[version]={which}" + (f"&match[spec_version]={spec}" if spec else "")
        said = f"{feeder} from {collection[:4]}: {chosen.id[:18]} {query}"
        expected = self._answers(Reader(feeder, partner), collection, chosen.id, own=bool(mine), gone=bool(gone))
        target = f"/north-sea/collections/{collection}/objects/{chosen.id}/?{query}"
        try:
            with world.process.perhaps_killed(world.moment()):
                status = world.process.ask(feeder, "DELETE", target).status
        except Killed:
            world.begin_anew()
            if len(world.process.look(given_rows())) == len(world.model.given):
                return f"{said}: killed, nothing withdrawn"
            status = 200
        assert status in expected, f"{said} is answered {status} in place of {expected}"
        if status == 200:
            world.model.withdraw(gone)
        return f"{said}: {status}"

    def _answers(self, reader: Reader, collection: str, object_id: str, *, own: bool, gone: bool) -> Sequence[int]:
        """What a withdrawal may be answered. Whether others' objects show is not sure while rows are waiting."""
        world = self._world
        rights = world.model.access(collection, reader.partner, world.now())
        if rights is None or not all(rights):
            return [404 if rights is None else 403]
        if gone or own:
            return [200 if gone else 404]
        if world.waiting:
            return [403, 404]
        seen = any(each.id == object_id for each in world.model.shown(collection, reader, world.now()))
        return [403 if seen else 404]

    def statuses_are_kept(self) -> None:
        """Some of the statuses are what they were when they were answered."""
        world = self._world
        sample = world.random.sample(sorted(self.answered), min(3, len(self.answered)))
        for status_id in sample:
            feeder, body = self.answered[status_id]
            kept = parse_added_after(body["request_timestamp"]) > milliseconds(world.now() - KEPT)
            if kept and world.model.agreement.in_force(world.now()):
                found = world.get(feeder, f"/north-sea/status/{status_id}/")
                assert found.status == 200, f"lost: the status {status_id}"
                assert found.json() == body, "lost: a status is not what was answered"


def _meant(mine: Sequence[Given], which: str, spec: str | None, chosen: Given) -> Sequence[Given]:
    """What a withdrawal takes back of one's own."""
    of_spec = [each for each in mine if spec in (None, each.spec)]
    keys = sorted(each.key for each in of_spec)
    wanted = {"all": keys, "last": keys[-1:], "first": keys[:1]}.get(which, [chosen.key])
    return [each for each in of_spec if each.key in wanted]


def _described(entry: Any) -> str:
    if not isinstance(entry, dict):
        return "no object"
    marked = "+".join(each[20:24] for each in entry.get("object_marking_refs", []))
    version = entry.get("modified", entry.get("x_content", ""))
    return f"{entry['id'].replace('--', ' ')[:22]} {version} [{marked}]"
