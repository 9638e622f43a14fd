"""What happens in a simulated month, step by step, each chosen by the seed; and what is compared after it."""

import random
from collections import Counter, deque
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

from app.policy.partnership import Role
from tests.simulation.agreement import the_first
from tests.simulation.changes import Changes
from tests.simulation.checks import Checks, live_rows
from tests.simulation.contents import Contents
from tests.simulation.killing import Killed, Process
from tests.simulation.model import Model, Reader, selected
from tests.simulation.taking import PRESENT, REFUSED, TAKEN, verdicts
from tests.support.agreements import COLLECTION, LETTER_BOX
from tests.support.clocks import StillClock
from tests.support.direct import Answer
from tests.support.exchanges import TAXII
from tests.support.pollers import Poller, Style
from tests.support.stix import an_envelope

FEEDERS: Mapping[str, str] = {"nl-feed": "nl-cert", "water-feed": "water-nl", "wind-feed": "wind-isac"}
READERS = (
    Reader("nl-soc", "nl-cert"),
    Reader("duty-officer", "nl-cert"),
    Reader("wind-soc", "wind-isac"),
    Reader("water-soc", "water-nl"),
    Reader("port-soc", "port-nl"),
    Reader("outsider-soc", "outsider"),
)
POLLED: Sequence[tuple[str, Style, int, str, str]] = (
    ("wind-soc", Style.NEXT, 1, "", COLLECTION),
    ("port-soc", Style.NEXT, 2, "match[version]=all", COLLECTION),
    ("wind-soc", Style.HEADER, 1, "", COLLECTION),
    ("nl-soc", Style.HEADER_MS, 2, "match[version]=all", COLLECTION),
    ("port-soc", Style.HEADER_MS, 7, "match[version]=first", COLLECTION),
    ("water-soc", Style.BOTH, 2, "", COLLECTION),
    ("wind-soc", Style.OWN_CLOCK, 1, "", COLLECTION),
    ("port-soc", Style.OWN_CLOCK, 7, "match[version]=all", COLLECTION),
    ("wind-soc", Style.DROPS_FILTERS, 1, "match[version]=all&match[type]=indicator", COLLECTION),
    ("water-soc", Style.DROPS_FILTERS, 2, "match[spec_version]=2.0,2.1", COLLECTION),
    ("wind-soc", Style.NEXT, 7, "match[spec_version]=2.0", COLLECTION),
    ("duty-officer", Style.SAME_AFTER, 2, "", COLLECTION),
    ("outsider-soc", Style.EACH_LAST, 2, "match[version]=first", COLLECTION),
    ("port-soc", Style.SHORT_PAGES, 9, "", COLLECTION),
    ("wind-soc", Style.EACH_LAST, 0, "match[version]=all", LETTER_BOX),
    ("nl-soc", Style.BOTH, 1, "", LETTER_BOX),
)
HOUR = 3_600_000
STEPS_BETWEEN_CHECKS = 25


class World:
    """One exchange, the partners who use it, and the model that it is compared with.

    `told` holds the last steps in words, `counts` what there was of everything.
    """

    def __init__(self, seed: int, url: str, folder: Path) -> None:
        self._random = random.Random(seed)
        self._clock = StillClock()
        self._latest = self._clock.now()
        self._contents = Contents(self._random)
        self._changes = Changes(self._random)
        self.counts: Counter[str] = Counter()
        self.told: deque[str] = deque(maxlen=20)
        self.model = Model(the_first())
        self._statuses: dict[str, tuple[str, Any]] = {}
        self._process = Process(url, folder, self._clock, lambda: self._random.getrandbits(32))
        self._process.running.apply(self.model.agreement.files())
        for reader in READERS:
            self._process.running.add_account(reader.account, reader.partner, Role.READER)
        for account, partner in FEEDERS.items():
            self._process.running.add_account(account, partner, Role.FEEDER)
        self._checks = Checks(self.model, lambda account, target: self._process.ask(account, "GET", target), self._clock.now)
        self._pollers = [self._poller(*each) for each in POLLED]

    def end(self) -> None:
        self._process.end()

    def step(self) -> None:
        """One thing that happens."""
        self.counts["steps"] += 1
        ways: Mapping[Callable[[], str], int] = {
            self._push: 40,
            self._turn: 40,
            self._rest: 4,
            self._withdraw: 8,
            self._agree: 8,
            self._wait: 10,
            self._set_back: 1,
            self._restart: 1,
            self._look_around: 3,
        }
        way = self._random.choices(list(ways), list(ways.values()))[0]
        self.told.append(f"{self.counts['steps']:>5}  {self._clock.now():%d %H:%M:%S.%f}  {way.__name__[1:]} …")
        said = way()
        self.told[-1] = self.told[-1].replace("…", said)
        if self.counts["steps"] % STEPS_BETWEEN_CHECKS == 0:
            self.compare()

    def compare(self, *, all_pollers: bool = False) -> None:
        """Everything that has to hold when nothing is waiting."""
        if self._clock.now() < self._latest:
            self._advance(self._latest - self._clock.now())
        self._sweep()
        self._checks.nothing_is_lost(self._process.look(live_rows()))
        now = self._clock.now()
        for reader in READERS:
            for collection in sorted(self.model.agreement.collections):
                self._checks.access(reader, collection)
                rights = self.model.access(collection, reader.partner, now)
                if rights is not None and rights[0]:
                    self._checks.whole_walks(reader, collection, self._random.choice([0, 2, 7, 50]))
                    self._checks.manifest(reader, collection, self._random.choice([0, 3, 50]))
        for number in range(len(self._pollers)):
            if all_pollers or self._random.random() < 0.3:
                self._poll_to_the_end(number)
        for account, body in self._random.sample(sorted(self._statuses.values(), key=str), min(3, len(self._statuses))):
            if self.model.agreement.in_force(now) and FEEDERS[account] in self.model.agreement.members:
                found = self._process.ask(account, "GET", f"/north-sea/status/{body['id']}/")
                assert found.status == 200 and found.json() == body, "lost: a status is not what was answered"
        if self.model.agreement.in_force(now):
            self._write_anew()

    def _push(self) -> str:
        feeder = self._random.choice(sorted(FEEDERS))
        partner = FEEDERS[feeder]
        collection = self._collection()
        now = self._clock.now()
        own = [each for each in self.model.live if each.partner == partner]
        entries = self._contents.envelope(own, now)
        said = f"{feeder} to {collection[:4]}: " + ", ".join(_described(each) for each in entries)
        rights = self.model.access(collection, partner, now)
        try:
            with self._process.perhaps_killed(self._moment()):
                answer = self._process.ask(
                    feeder, "POST", f"/north-sea/collections/{collection}/objects/", an_envelope(entries), content_type=TAXII
                )
        except Killed:
            self._after_death()
            status = self._unanswered(feeder)
            if status is None:
                return f"{said}: killed, nothing stored"
            said += ": killed, and stored"
        else:
            expected = 404 if rights is None else 202 if rights[1] else 403
            assert answer.status == expected, f"a push is answered {answer.status} in place of {expected}: {answer.body!r}"
            if answer.status != 202:
                return f"{said}: {answer.status}"
            status = answer.json()
        self._took(feeder, collection, entries, status)
        return f"{said}: {status['success_count']} of {status['total_count']}"

    def _took(self, feeder: str, collection: str, entries: Sequence[Any], status: Any) -> None:
        """What a status says has to be what the model says; the model takes what was taken."""
        self._statuses[status["id"]] = (feeder, status)
        found = verdicts(self.model, collection, FEEDERS[feeder], entries, self._clock.now())
        successes = list(status.get("successes", []))
        told = [(each["id"], each.get("message") == PRESENT) for each in successes]
        expected = [(entry["id"], verdict == PRESENT) for entry, verdict in zip(entries, found, strict=True) if verdict != REFUSED]
        assert told == expected, f"a status says {status} and not {found}"
        kept = [(entry, verdict) for entry, verdict in zip(entries, found, strict=True) if verdict != REFUSED]
        ordered = sorted(zip(kept, successes, strict=True), key=lambda one: one[0][0]["type"] != "marking-definition")
        for (entry, verdict), success in ordered:
            if verdict == TAKEN:
                self.counts["objects"] += 1
                self.model.take(collection, FEEDERS[feeder], entry, success["version"], self._clock.now())

    def _unanswered(self, feeder: str) -> Any:
        """The status of a push that was killed, if there is one: then all of the push has to be there."""
        known = self._statuses.keys()
        new = [row[0] for row in self._process.look("SELECT id FROM push") if row[0] not in known]
        assert len(new) <= 1, new
        return self._process.ask(feeder, "GET", f"/north-sea/status/{new[0]}/").json() if new else None

    def _withdraw(self) -> str:
        feeder = self._random.choice(sorted(FEEDERS))
        partner, collection, now = FEEDERS[feeder], self._collection(), self._clock.now()
        here = [each for each in self.model.live if each.collection == collection]
        own = [each for each in here if each.partner == partner]
        candidates = own if own and self._random.random() < 0.7 else here
        if not candidates:
            return "nothing there"
        chosen = self._random.choice(candidates)
        spec = self._random.choice([None, None, None, "2.0", "2.1"])
        which = self._random.choice(["all", "last", "first", chosen.version])
        query = f"match[version]={which}" + (f"&match[spec_version]={spec}" if spec else "")
        mine = [each for each in own if each.id == chosen.id]
        gone = [each for each in mine if spec in (None, each.spec)]
        keys = sorted(each.key for each in gone)
        wanted = {"all": keys, "last": keys[-1:], "first": keys[:1]}.get(which, [chosen.key])
        gone = [each for each in gone if each.key in wanted]
        said = f"{feeder} from {collection[:4]}: {chosen.id[:18]} {query}"
        rights = self.model.access(collection, partner, now)
        target = f"/north-sea/collections/{collection}/objects/{chosen.id}/?{query}"
        try:
            with self._process.perhaps_killed(self._moment()):
                answer = self._process.ask(feeder, "DELETE", target)
        except Killed:
            self._after_death()
            stored = len(self._process.look(live_rows()))
            if stored == len(self.model.live):
                return f"{said}: killed, nothing withdrawn"
            self.model.withdraw(gone)
            return f"{said}: killed, and withdrawn"
        seen = any(each.id == chosen.id for each in self.model.shown(collection, Reader(feeder, partner), now))
        if rights is None or not all(rights):
            expected = 404 if rights is None else 403
        else:
            expected = 200 if gone else 404 if mine or not seen else 403
        assert answer.status == expected, f"{said} is answered {answer.status} in place of {expected}"
        if answer.status == 200:
            self.model.withdraw(gone)
        return f"{said}: {answer.status}"

    def _agree(self) -> str:
        new, said = self._changes.next(self.model.agreement, self._clock.now())
        self.counts["applies"] += 1
        before = self._revision()
        try:
            with self._process.perhaps_killed(self._moment()):
                self._process.running.apply(new.files())
        except Killed:
            self._after_death()
            said += ": killed"
        if self._revision() > before:
            self.model.agree(new)
        return said

    def _revision(self) -> int:
        return int(self._process.look("SELECT revision FROM partnership WHERE root = 'north-sea'")[0][0])

    def _write_anew(self) -> None:
        """Logs are what they would be if they were written anew."""
        self.model.agreement.title += 1
        report = self._process.running.apply(self.model.agreement.files())
        changed = [(each.appended, each.retired) for each in report.applied]
        assert changed == [(0, 0)], f"a log is not what it would be if it were written anew: {changed}"

    def _turn(self) -> str:
        """One poller fetches one page."""
        number = self._random.randrange(len(self._pollers))
        if self._random.random() < 0.03:
            self._pollers[number].begin_again()
        if not self._polls(number):
            return f"poller {number} is shut out"
        try:
            with self._process.perhaps_killed(self._moment(0.04, 12)):
                self._pollers[number].page()
        except Killed:
            self._after_death()
            return f"poller {number}: killed"
        return f"poller {number}"

    def _rest(self) -> str:
        """Some pollers poll until there is no more."""
        some = [number for number in range(len(self._pollers)) if self._random.random() < 0.4]
        for number in some:
            if self._polls(number):
                self._pollers[number].poll()
        return f"pollers {some} to the end"

    def _poll_to_the_end(self, number: int) -> None:
        """Law 1: a poller that has polled to the end has had every version that its query selects now."""
        account, style, limit, query, collection = POLLED[number]
        if not self._polls(number):
            return
        self._pollers[number].poll()
        shown = self.model.shown(collection, _reader(account), self._clock.now())
        missed = [each for each in selected(shown, query) if each.content not in self._pollers[number].had]
        assert not missed, f"missed {len(missed)}: poller {number} ({account}, {style}, {limit}, {query}) never had {missed[0]}"

    def _polls(self, number: int) -> bool:
        account, *_, collection = POLLED[number]
        rights = self.model.access(collection, _reader(account).partner, self._clock.now())
        return rights is not None and rights[0]

    def _wait(self) -> str:
        longest = self._random.choice([50, 2000, HOUR, 30 * HOUR])
        self._advance(timedelta(milliseconds=self._random.randrange(1, longest)))
        return self._sweep()

    def _advance(self, by: timedelta) -> None:
        self._clock.advance(milliseconds=by / timedelta(milliseconds=1))
        self._latest = max(self._latest, self._clock.now())

    def _set_back(self) -> str:
        """The clock steps back; who goes by a clock of its own is told, since it was ahead."""
        self._clock.advance(milliseconds=-self._random.choice([1, 300, 5000]))
        for poller in self._pollers:
            poller.set_back(self._clock.now())
        return "the clock steps back"

    def _sweep(self) -> str:
        self.counts["sweeps"] += 1
        return "and nothing was due"

    def _restart(self) -> str:
        self._process.restart()
        return "at rest"

    def _look_around(self) -> str:
        """One object, asked about by everybody."""
        if not self.model.live:
            return "nothing there"
        collection = self._collection()
        object_id = self._random.choice(self.model.live).id
        for reader in READERS:
            rights = self.model.access(collection, reader.partner, self._clock.now())
            if rights is not None and rights[0]:
                self._checks.one_object(reader, collection, object_id)
        return object_id

    def _after_death(self) -> None:
        self.counts["kills"] += 1
        self._process.restart()

    def _moment(self, chance: float = 0.12, of: int = 50) -> int | None:
        """At which of its moments the next use case dies, if it does: an early one as likely as a late one."""
        return int(of ** self._random.random()) if self._random.random() < chance else None

    def _collection(self) -> str:
        others = sorted(self.model.agreement.collections)
        return COLLECTION if self._random.random() < 0.75 else self._random.choice(others)

    def _poller(self, account: str, style: Style, limit: int, query: str, collection: str) -> Poller:
        return Poller(partial(self._get, account, collection), style, limit, query, self._clock.now)

    def _get(self, account: str, collection: str, query: str) -> Answer:
        self.counts["polls"] += 1
        answer = self._process.ask(account, "GET", f"/north-sea/collections/{collection}/objects/?{query}")
        if answer.status == 200:
            self._checks.page(_reader(account), collection, answer.json())
        return answer


def _reader(account: str) -> Reader:
    return next(each for each in READERS if each.account == account)


def _described(entry: Any) -> str:
    if not isinstance(entry, dict):
        return "nothing"
    marked = "+".join(each[20:24] for each in entry.get("object_marking_refs", []))
    return f"{entry['id'].replace('--', ' ')[:22]} {entry.get('modified', entry.get('x_content', ''))} [{marked}]"


def simulate(seed: int, steps: int, url: str, folder: Path, say: Callable[[str], None] = print) -> None:
    """Run a simulation; the first thing that is wrong ends it with all that is needed to see it again."""
    world = World(seed, url, folder)
    try:
        for _ in range(steps):
            world.step()
        world.compare(all_pollers=True)
    except BaseException as error:
        last = "\n".join(world.told)
        say(
            f"\nseed {seed}, step {world.counts['steps']}: {error}\nThe last steps:\n{last}\n"
            f"To see it again: make simulate SEED={seed} STEPS={steps}\n"
        )
        raise
    finally:
        with suppress(Killed):
            world.end()
    said = ", ".join(f"{world.counts[name]} {name}" for name in ("steps", "kills", "polls", "objects", "applies", "sweeps"))
    say(f"\nseed {seed}: {said}; missed 0, leaked 0, lost 0")
