"""What the markings of a push's objects mean, within a bound on all of them together.

To understand one object takes as long as it rests on definitions. Without the bound somebody could mark many objects
by definitions that mark each other, and keep a partnership from everybody else's pushes meanwhile.
"""

from dataclasses import dataclass

from app.exchange.exchange import Exchange
from app.exchange.resolution import Definitions
from app.policy.handling import Handling, Meaning
from app.policy.marks import marks_of
from app.stix.objects import StixObject


@dataclass(frozen=True, slots=True)
class Understood:
    """What an object's markings mean, and on which of them outside the registry that rests; and what they ask for as
    far as its sender can know.
    """

    meaning: Meaning
    uses: frozenset[str]
    known_to_sender: Handling


@dataclass(slots=True)
class Understanding:
    """The markings of the objects of one push, by this partner. `followed` counts those outside the registry."""

    exchange: Exchange
    definitions: Definitions
    submitter: str
    followed: int = 0

    def of(self, obj: StixObject) -> Understood | None:
        """What the object's markings mean; None for one that is past the bound.

        What others have defined does not count: intake knows of no such thing (law 7).
        """
        if self._is_past() and any(self.exchange.registry.get(each) is None for each in marks_of(obj.tree) or ()):
            return None
        meaning, uses = self.definitions.derive(self.exchange, obj, self.submitter, own_only=True)
        if not uses:  # there is nothing that the sender might not know
            return Understood(meaning, uses, meaning.handling)
        self.followed += len(uses)
        if self._is_past():
            return None
        return Understood(*self.definitions.derive(self.exchange, obj, self.submitter), meaning.handling)

    @property
    def past_the_bound(self) -> str:
        """What is said of an object that is past the bound."""
        return (
            f"The objects of this push rest on more than {self.exchange.settings.push_markings_max} markings together, "
            "those of TLP and PAP left aside. Push this one in another envelope, or mark it by fewer."
        )

    def _is_past(self) -> bool:
        return self.followed > self.exchange.settings.push_markings_max
