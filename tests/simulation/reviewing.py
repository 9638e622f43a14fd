"""What officers of the host do: they release what is held, or refuse it."""

from app.exchange import quarantine
from app.exchange.officers import mandate
from tests.simulation.killing import Killed
from tests.simulation.world import OFFICER, World


class Reviewing:
    """One officer, who decides at random."""

    def __init__(self, world: World) -> None:
        self._world = world

    def decide(self) -> str:
        """An officer looks at an object of which something waits: at all of it, or at one version."""
        world = self._world
        terms = world.model.agreement.collections
        waiting = [each for each in world.model.held if each.collection in terms]
        if not waiting:
            return "nothing waits"
        one = world.random.choice(waiting)
        version = world.random.choice([None, None, one.version])
        meant = [
            each
            for each in waiting
            if (each.collection, each.id) == (one.collection, one.id) and version in (None, each.version)
        ]
        act = world.random.choice([quarantine.release, quarantine.release, quarantine.refuse])
        said = f"{act.__name__} {len(meant)} of {one.id[:18]} in {terms[one.collection].alias}"
        try:
            with world.process.perhaps_killed(world.moment()):
                exchange = world.process.running.exchange
                by = mandate(exchange, OFFICER, world.process.secrets[OFFICER], "the officer", said)
                which = quarantine.Which(version, every=True)
                decided = act(exchange, by, f"north-sea/{terms[one.collection].alias}", one.id, which)
                told = sorted((each.contributed_by, each.version) for each in decided)
                assert told == sorted((each.partner, each.version) for each in meant), "what an officer decides about"
        except Killed:
            world.begin_anew()
            if len(world.process.look("SELECT id FROM contribution WHERE state = 'held'")) == len(world.model.held):
                return f"{said}: killed, nothing decided"
            said += ": killed, and decided"
        if act is quarantine.release:
            world.model.release(meant)
        else:
            world.model.withdraw(meant)
        world.counts["released" if act is quarantine.release else "refused"] += len(meant)
        return said
