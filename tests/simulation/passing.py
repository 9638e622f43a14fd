"""What changes by itself or by agreement: revisions and their batches, time and what it makes due, processes."""

from datetime import timedelta

from app.errors import OperatorError
from app.exchange import apply, plan, sweep
from app.storage.instants import milliseconds
from tests.simulation.agreement import Agreement
from tests.simulation.changes import Changes
from tests.simulation.killing import Killed
from tests.simulation.planning import Planning
from tests.simulation.world import World

HOUR = 3_600_000
SECOND = timedelta(seconds=1)


class Passing:
    """Revisions, sweeps, time. Whoever sweeps does so under the name of its process."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._changes = Changes(world.random)

    def agree(self) -> str:
        """The members agree on something else; what it grants may come at once, or batch by batch between the rest."""
        return self._agree_on(*self._changes.next(self._world.model.agreement, self._world.now()))

    def agree_on_longer(self) -> str:
        """Everything is shown for longer; what had ended may be shown again."""
        return self._agree_on(*self._changes.longer(self._world.model.agreement))

    def _agree_on(self, new: Agreement, said: str) -> str:
        world = self._world
        world.counts["applies"] += 1
        before = self._revision()
        planning = Planning(world, new)
        try:
            with world.process.perhaps_killed(world.moment()):
                exchange = world.process.running.exchange
                made = plan.plan(exchange, new.files())
                planning.is_right(made)
                apply.apply(exchange, made, by="the officer", reason=said, allow_removal=True)
                planning.was_right(made)
        except Killed:
            world.begin_anew()
            said += ": killed"
        except OperatorError as error:
            if "holds back" not in str(error):
                raise
            world.counts["refused plans"] += 1
        else:
            planning.leaves_nobodys_terms()
        if self._revision() == before:
            return f"{said}, not applied"
        planning.hid_nothing_else()
        world.agree(new)
        return f"{said}; {self.sweep()}" if world.random.random() < 0.5 else said

    def _revision(self) -> int:
        found = self._world.process.look("SELECT revision FROM partnership WHERE root = 'north-sea'")
        return int(found[0][0])

    def wait(self, *, sweeps: bool | None = None) -> str:
        """Time passes: some of it, or all up to the instant at which something is due next."""
        world = self._world
        longest = world.random.choice([50, 2000, HOUR, 6 * HOUR, 40 * HOUR])
        by = timedelta(milliseconds=world.random.randrange(1, longest))
        due = world.process.look("SELECT min(at) FROM due")[0][0]
        left = timedelta(milliseconds=due - milliseconds(world.clock.now())) if due is not None else by
        if timedelta(0) < left < timedelta(days=2) and world.random.random() < 0.4:
            by = left
        world.advance(by)
        sweeps = world.random.random() < 0.5 if sweeps is None else sweeps
        return f"{by}; {self.sweep()}" if sweeps else f"{by}"

    def sweep(self) -> str:
        """What is due is done in steps; the process may die at one of them."""
        world = self._world
        steps = 0
        try:
            with world.process.perhaps_killed(world.moment()):
                while sweep.sweep(world.process.running.exchange, world.process.name):
                    steps += 1
                    world.counts["sweeps"] += 1
        except Killed:
            world.begin_anew()
            return f"killed after {steps} steps of a sweep"
        return f"swept in {steps} steps"

    def sweep_to_the_end(self) -> None:
        """Until nothing is waiting. A lease of a dead process runs out first, and so does the time in which it may
        look at its dates.
        """
        world = self._world
        world.advance_to_the_latest()
        world.advance(max(sweep.LEASE, sweep.LEFT) + SECOND)
        while sweep.sweep(world.process.running.exchange, world.process.name):
            world.counts["sweeps"] += 1
        assert not world.waiting, "whatever was swept, something is due still"

    def write_anew(self) -> None:
        """A revision that changes nothing appends and retires nothing: logs are what they would be if written anew."""
        world = self._world
        if not world.model.agreement.in_force(world.now()):
            return
        world.model.agreement.title += 1
        report = world.process.running.apply(world.model.agreement.files())
        changed = [(each.appended, each.retired) for each in report.applied]
        assert changed == [(0, 0)], f"a log is not what it would be if it were written anew: {changed}"

    def restart(self) -> str:
        """A process ends in order, and the next one begins."""
        self._world.restart()
        return "in order"
