"""A simulated month, step by step, each chosen by the seed; and what is compared between the steps."""

from collections import deque
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from structlog.testing import capture_logs

from tests.simulation.checks import NARROWING, given_rows
from tests.simulation.feeding import Feeding
from tests.simulation.killing import Killed
from tests.simulation.passing import Passing
from tests.simulation.polling import Polling
from tests.simulation.reviewing import Reviewing
from tests.simulation.world import READERS, World

STEPS_BETWEEN_COMPARISONS = 25
MANY = 150
"""So many contributions are as good as more, and comparing more takes longer."""
COUNTED = ("steps", "kills", "polls", "objects", "released", "refused", "derivatives", "applies", "sweeps")


class Simulation:
    """`told` holds the last steps in words, `lines` what was logged since the last of them. Refusals and deaths are
    logged as they should be; what a page withheld although it stood in a log is a fault.
    """

    def __init__(self, seed: int, url: str, folder: Path, lines: list[Any]) -> None:
        self._lines = lines
        self.world = World(seed, url, folder)
        self.told: deque[str] = deque(maxlen=20)
        self._feeding = Feeding(self.world)
        self._polling = Polling(self.world)
        self._passing = Passing(self.world)
        self._reviewing = Reviewing(self.world)

    def step(self) -> None:
        """One thing that happens."""
        world = self.world
        ways: Mapping[Callable[[], str], int] = {
            self._feeding.push: 40,
            self._feeding.withdraw: 8 if len(world.model.live) < MANY else 60,
            self._reviewing.decide: 12,
            self._polling.turn: 40,
            self._polling.rest: 6,
            self._polling.look: 3,
            self._passing.agree: 8,
            self._passing.wait: 8,
            self._passing.sweep: 4,
            self._passing.restart: 1,
            self._wait_and_poll: 5,
            self._step_back_and_poll: 4,
            self._end_and_agree_on_longer: 4,
        }
        way = world.random.choices(list(ways), list(ways.values()))[0]
        world.counts["steps"] += 1
        began = f"{world.counts['steps']:>5}  {world.now():%d %b %H:%M:%S.%f}  {way.__name__.strip('_')}"
        self.told.append(began)
        self.told[-1] = f"{began} {way()}"
        if world.counts["steps"] % STEPS_BETWEEN_COMPARISONS == 0:
            self.compare()
        wrong = [each for each in self._lines if "may not be shown" in each["event"]]
        assert not wrong, f"{len(wrong)} rows stood in logs and might not be shown: {wrong[0]}"
        self._lines.clear()

    def compare(self, pollers: float = 0.3) -> None:
        """Everything that has to hold when nothing is waiting."""
        world = self.world
        self.told.append("       everything is compared")
        self._passing.sweep_to_the_end()
        world.checks.nothing_is_lost(world.process.look(given_rows()))
        for reader in READERS:
            for collection in sorted(world.model.agreement.collections):
                world.checks.access(reader, collection)
                if world.rights(collection, reader.partner)[0]:
                    limit, narrowing = world.random.choice([0, 2, 50, 50, 50]), world.random.choice(NARROWING)
                    derived = world.checks.whole_walks(reader, collection, limit, narrowing)
                    world.counts["derivatives"] += len(derived)
                    world.checks.manifest(reader, collection, world.random.choice([3, 50, 50]), derived)
        self._polling.missed_nothing(pollers)
        self._feeding.statuses_are_kept()
        self._passing.write_anew()

    def _wait_and_poll(self) -> str:
        """Time passes, at times to the very instant at which something is due, and is polled before anybody sweeps."""
        return f"{self._passing.wait(sweeps=False)}; {self._polling.walk()}"

    def _step_back_and_poll(self) -> str:
        """Something is done when it is due, and the clock steps back."""
        waited = self._passing.wait(sweeps=True)
        to = self.world.clock.advance(milliseconds=-self.world.random.choice([1, 300, 5000]))
        return f"{waited}; to {to:%H:%M:%S.%f}; {self._polling.walk()}"

    def _end_and_agree_on_longer(self) -> str:
        """Something ends, is polled without, and may be shown again before anybody sweeps."""
        waited = self._passing.wait(sweeps=False)
        return f"{waited}; {self._polling.rest()}; {self._passing.agree_on_longer()}"


def simulate(seed: int, steps: int, url: str, folder: Path) -> None:
    """Run a simulation; the first thing that is wrong ends it, and all is printed that is needed to see it again."""
    with capture_logs() as lines:
        _run(Simulation(seed, url, folder, lines), seed, steps)


def _run(simulation: Simulation, seed: int, steps: int) -> None:
    counts = simulation.world.counts
    try:
        for _ in range(steps):
            simulation.step()
        simulation.compare(pollers=1)
    except BaseException as error:
        told = "\n".join(simulation.told)
        print(f"\n{told}\nseed {seed}, step {counts['steps']}: {error}")
        print(f"To see it again: make simulate SEED={seed} STEPS={steps}")
        raise
    finally:
        with suppress(Killed):
            simulation.world.process.end()
    said = ", ".join(f"{counts[name]} {name}" for name in COUNTED)
    print(f"\nseed {seed}: {said}; missed 0, leaked 0, lost 0")
