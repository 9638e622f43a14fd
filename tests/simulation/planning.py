"""What a plan has to say, worked out from what stands in the logs and from what the model shows under the new terms."""

from collections.abc import Mapping, Set
from datetime import datetime
from typing import NamedTuple

from app.exchange import jobs
from app.exchange.plan import Plan
from app.storage.instants import milliseconds
from tests.simulation.agreement import Agreement
from tests.simulation.model import Given, Model, Reader
from tests.simulation.world import World

Version = tuple[str, str, str, str]
"""Whose it is, its id, its version, its encoding: one contribution that is live in a collection."""


class Audience(NamedTuple):
    """Whose log it is: a member's, or (with an account) an account's own."""

    collection: str
    partner: str
    account: str


class Planning:
    """One agreement on its way into force, from what readers are shown before.

    Where the clock has stepped back nothing is asked: what has been released then stays as it is for a while.
    """

    def __init__(self, world: World, new: Agreement) -> None:
        self._world = world
        self._old = world.model.agreement
        self._new = new
        self._then = world.model.under(new)
        self._defined = world.now() >= world.latest
        self._before = self._shown_now()

    def is_right(self, made: Plan) -> None:
        """Of every log it says how many versions it gains and loses, also while rows are waiting to be appended.

        Collections with derivatives are left aside: how many of those there are the model does not say.
        """
        if not self._defined:
            return
        at = max(self._world.now(), self._new.effective)
        expected: dict[Audience, tuple[int, int]] = {}
        asked = [each for each in {*self._before, *self._audiences()} if not self._sanitises(each.collection)]
        for audience in asked:
            before = self._seen(audience) if audience.collection in self._old.collections else frozenset()
            after = self._granted(audience, at=at)
            if before != after:
                expected[audience] = (len(after - before), len(before - after))
        ids = {each.alias: each.id for each in (*self._old.collections.values(), *self._new.collections.values())}
        told = {
            Audience(ids[each.collection], each.partner, each.account or ""): (each.visible, each.hidden)
            for each in made.changes
            if not self._sanitises(ids[each.collection])
        }
        assert told == expected, f"a plan says {told} and has to say {expected}"

    def _sanitises(self, collection: str) -> bool:
        """Whether derivatives are counted as well, before or after."""
        both = (each.collections.get(collection) for each in (self._old, self._new))
        return any(each is not None and each.sanitises for each in both)

    def was_right(self, made: Plan) -> None:
        """It named as many batches as it leaves to do."""
        if self._defined and self._new.effective <= self._world.now():
            left = jobs.remaining(self._world.process.running.exchange)
            assert made.batches == left, f"a plan says {made.batches} batches, and {left} are left"

    def leaves_nobodys_terms(self) -> None:
        """Whose `releases` were asked about a version, and still state something, are asked about it now."""
        for one in self._world.model.live:
            if one.collection in self._old.collections and one.collection in self._new.collections:
                before, now = ({one.partner, Model(each).originator(one)} for each in (self._old, self._new))
                now &= self._new.members.keys()
                states = before & self._old.members.keys() & self._old.releases.keys()
                lost = {each for each in states - now if each not in self._new.members or each in self._new.releases}
                assert not lost, f"{lost} held back {one.id}, and it is nobody's to ask any more"

    def hid_nothing_else(self) -> None:
        """With its commit whatever was shown and may be shown still is there, in a log that is new as well."""
        if not self._defined:
            return
        now = self._shown_now()
        for audience in self._audiences():
            if audience.collection in self._old.collections:
                kept = self._seen(audience) & self._granted(audience, at=self._world.now())
                gone = kept - now[audience]
                assert not gone, f"{audience} is shown {len(gone)} less with the commit: {next(iter(gone))}"

    def _audiences(self) -> Set[Audience]:
        """Who is to have a log under the new terms."""
        return {
            Audience(terms.id, partner, account)
            for terms in self._new.collections.values()
            for partner, account in (
                *((member, "") for member in self._new.members),
                *((name.partition("/")[0], name) for name in terms.red),
            )
        }

    def _seen(self, audience: Audience) -> Set[Version]:
        """What the audience has been shown, by the log that it read so far."""
        shared = audience._replace(account="")
        return self._before.get(audience, self._before.get(shared, frozenset()))

    def _granted(self, audience: Audience, *, at: datetime) -> Set[Version]:
        reader = Reader(audience.account.partition("/")[2], audience.partner)
        return {_version(each) for each in self._then.shown(audience.collection, reader, at)}

    def _shown_now(self) -> Mapping[Audience, Set[Version]]:
        """What stands in each log and has not expired."""
        found: dict[Audience, set[Version]] = {}
        for uuid, partner, account in self._world.process.look(LOGS):
            found[Audience(uuid, partner, account)] = set()
        for uuid, partner, account, *version in self._world.process.look(ROWS.format(milliseconds(self._world.now()))):
            by, stix_id, text, spec = version
            found[Audience(uuid, partner, account)].add((by, stix_id, text, SPECS[spec]))
        return found


def _version(given: Given) -> Version:
    return given.partner, given.id, given.version, given.spec


SPECS = {20: "2.0", 21: "2.1"}
LOGS = "SELECT c.uuid, a.partner, a.red_account FROM audience a JOIN collection c ON c.id = a.collection"
ROWS = (
    "SELECT c.uuid, a.partner, a.red_account, k.partner, o.stix_id, k.version_text, k.spec FROM delivery d "
    "JOIN audience a ON a.id = d.audience JOIN collection c ON c.id = a.collection "
    "JOIN contribution k ON k.id = d.contribution JOIN object o ON o.id = k.object "
    "WHERE (d.not_after IS NULL OR d.not_after > {}) AND k.derivative IS NULL"
)
