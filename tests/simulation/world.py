"""What all that happens in a simulation works with: one exchange in one process after another, its clock, the model."""

import random
from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

from app.policy.partnership import Role
from app.storage.instants import instant, milliseconds
from tests.simulation.agreement import Agreement, the_first
from tests.simulation.checks import Checks
from tests.simulation.killing import Process
from tests.simulation.model import Model, Reader
from tests.support.agreements import COLLECTION
from tests.support.clocks import StillClock
from tests.support.direct import Answer

FEEDERS = {"nl-feed": "nl-cert", "water-feed": "water-nl", "wind-feed": "wind-isac"}
OFFICER = "officer"
READERS = (
    Reader("nl-soc", "nl-cert"),
    Reader("duty-officer", "nl-cert"),
    Reader("wind-soc", "wind-isac"),
    Reader("water-soc", "water-nl"),
    Reader("port-soc", "port-nl"),
    Reader("outsider-soc", "outsider"),
)


class World:
    """One exchange, the accounts that use it, and the model that it is compared with.

    `counts` says how often everything happened, `latest` where the clock has been. `begun_behind` is told where the
    clock had come by the record, when a process begins while it is set back.
    """

    def __init__(self, seed: int, url: str, folder: Path) -> None:
        self.random = random.Random(seed)
        self.clock = StillClock()
        self.latest = self.clock.now()
        self.counts: Counter[str] = Counter()
        self.begun_behind: Callable[[datetime], None] = lambda _: None
        self.model = Model(the_first())
        self.model.agreement.collections[COLLECTION].sanitises = self.random.random() < 0.5
        self.agree(self.model.agreement)
        self.process = Process(url, folder, self.clock, lambda: self.random.getrandbits(32))
        self.process.running.apply(self.model.agreement.files())
        for reader in READERS:
            self.process.running.add_account(reader.account, reader.partner, Role.READER)
        for account, partner in FEEDERS.items():
            self.process.running.add_account(account, partner, Role.FEEDER)
        self.process.running.add_account(OFFICER, "nl-cert", Role.OFFICER)
        self.checks = Checks(self.model, self.get, self.now, lambda: self.latest)

    def now(self) -> datetime:
        """As the process takes it that is at work: its clock stands still while the machine's is set back."""
        return self.process.running.exchange.clock.now()

    def advance(self, by: timedelta) -> None:
        self.clock.advance(milliseconds=by / timedelta(milliseconds=1))
        self.latest = max(self.latest, self.now())

    def advance_to_the_latest(self) -> None:
        """The clock has caught up."""
        self.clock.set(max(self.latest, self.clock.now()))

    def agree(self, agreement: Agreement) -> None:
        """From here on this is agreed."""
        self.model.agree(agreement)

    @property
    def waiting(self) -> bool:
        """Whether logs may lack what a revision or the passing of time grants, or hold more: something is due."""
        now = milliseconds(self.now())
        due = f"SELECT 1 FROM due WHERE at <= {now} UNION ALL SELECT 1 FROM job WHERE due <= {now}"
        return self.now() < self.latest or bool(self.process.look(due))

    def get(self, account: str, target: str) -> Answer:
        return self.process.ask(account, "GET", target)

    def rights(self, collection: str, partner: str) -> tuple[bool, bool]:
        """Whether the partner reads and writes the collection."""
        return self.model.access(collection, partner, self.now()) or (False, False)

    def begin_anew(self) -> None:
        """The process was killed, and the next one begins."""
        self.counts["kills"] += 1
        self.restart()

    def restart(self) -> None:
        """The next process. If the clock is set back, all it knows of before is the reading that is on record."""
        self.process.restart()
        if self.now() < self.latest:
            recorded = self.process.look("SELECT max(at) FROM clock_reading")[0][0]
            self.begun_behind(max(self.now(), instant(recorded or 0)))

    def moment(self, chance: float = 0.12, of: int = 50) -> int | None:
        """At which of its moments the next use case dies, if it does: an early one as likely as a late one."""
        return int(of ** self.random.random()) if self.random.random() < chance else None

    def some_collection(self) -> str:
        """A collection, mostly the one where most happens."""
        others = sorted(self.model.agreement.collections)
        return COLLECTION if self.random.random() < 0.75 else self.random.choice(others)
