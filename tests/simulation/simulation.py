"""A simulated month, step by step, each chosen by the seed; and what is compared between the steps."""

from collections import deque
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

from structlog.testing import capture_logs

from tests.simulation.checks import NARROWING, live_rows
from tests.simulation.feeding import Feeding
from tests.simulation.killing import Killed
from tests.simulation.passing import Passing
from tests.simulation.polling import Polling
from tests.simulation.world import READERS, World

STEPS_BETWEEN_COMPARISONS = 25
COUNTED = ("steps", "kills", "polls", "objects", "applies", "sweeps")


class Simulation:
    """`told` holds the last steps in words."""

    def __init__(self, seed: int, url: str, folder: Path) -> None:
        self.world = World(seed, url, folder)
        self.told: deque[str] = deque(maxlen=20)
        self._feeding = Feeding(self.world)
        self._polling = Polling(self.world)
        self._passing = Passing(self.world)

    def step(self) -> None:
        """One thing that happens."""
        world = self.world
        ways: Mapping[Callable[[], str], int] = {
            self._feeding.push: 40,
            self._feeding.withdraw: 8,
            self._polling.turn: 40,
            self._polling.rest: 6,
            self._polling.look: 3,
            self._passing.agree: 8,
            self._passing.wait: 10,
            self._passing.sweep: 4,
            self._passing.restart: 1,
            self._set_back: 2,
        }
        way = world.random.choices(list(ways), list(ways.values()))[0]
        world.counts["steps"] += 1
        began = f"{world.counts['steps']:>5}  {world.now():%d %b %H:%M:%S.%f}  {way.__name__.strip('_')}"
        self.told.append(began)
        self.told[-1] = f"{began} {way()}"
        if world.counts["steps"] % STEPS_BETWEEN_COMPARISONS == 0:
            self.compare()

    def compare(self, pollers: float = 0.3) -> None:
        """Everything that has to hold when nothing is waiting."""
        world = self.world
        self.told.append("       everything is compared")
        self._passing.sweep_to_the_end()
        world.checks.nothing_is_lost(world.process.look(live_rows()))
        for reader in READERS:
            for collection in sorted(world.model.agreement.collections):
                world.checks.access(reader, collection)
                if world.rights(collection, reader.partner)[0]:
                    limit, narrowing = world.random.choice([0, 2, 50, 50, 50]), world.random.choice(NARROWING)
                    world.checks.whole_walks(reader, collection, limit, narrowing)
                    world.checks.manifest(reader, collection, world.random.choice([3, 50, 50]))
        self._polling.missed_nothing(pollers)
        self._feeding.statuses_are_kept()
        self._passing.write_anew()

    def _set_back(self) -> str:
        """The clock steps back; who goes by a clock of its own is told, since it was ahead of this one."""
        self.world.clock.advance(milliseconds=-self.world.random.choice([1, 300, 5000]))
        self._polling.set_back(self.world.now())
        return f"to {self.world.now():%H:%M:%S.%f}"


def simulate(seed: int, steps: int, url: str, folder: Path) -> None:
    """Run a simulation; the first thing that is wrong ends it, and all is printed that is needed to see it again."""
    simulation = Simulation(seed, url, folder)
    counts = simulation.world.counts
    try:
        with _in_silence():
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


@contextmanager
def _in_silence() -> Iterator[None]:
    """Refusals and deaths are logged as they should be; what a page withheld that stood in a log is a fault."""
    with capture_logs() as lines:
        yield
    wrong = [each for each in lines if "may not be shown" in each["event"]]
    assert not wrong, f"{len(wrong)} rows stood in logs and might not be shown: {wrong[0]}"
