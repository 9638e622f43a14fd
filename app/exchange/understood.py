"""What the markings of a push's objects mean, within bounds on all of them together.

To understand one object takes the longer the more definitions it rests on; and what is left of one that is marked in
part is looked through word by word. Each object is bounded by itself; without these bounds somebody could send many,
and keep a partnership from everybody else's pushes meanwhile. They count whatever the collection does with it.
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


class PastBound(Exception):
    """The object is past a bound on the whole push; with what is said of it."""


@dataclass(slots=True)
class Understanding:
    """The markings of the objects of one push, by this partner.

    `followed` counts those outside the registry, `in_parts` the bytes of objects with granular markings.
    """

    exchange: Exchange
    definitions: Definitions
    submitter: str
    followed: int = 0
    in_parts: int = 0

    def of(self, obj: StixObject, *, unnamed: bool) -> Understood:
        """What the object's markings mean; `unnamed` as in `Definition`. Raises PastBound.

        What others have defined does not count: intake knows of no such thing (law 7).
        """
        self._count_parts(obj)
        if self._is_past() and any(self.exchange.registry.get(each) is None for each in marks_of(obj.tree) or ()):
            raise self._too_many()
        meaning, uses = self.definitions.derive(self.exchange, obj, self.submitter, own_only=True, unnamed=unnamed)
        if not uses:  # there is nothing that the sender might not know
            return Understood(meaning, uses, meaning.handling)
        self.followed += len(uses)
        if self._is_past():
            raise self._too_many()
        known = self.definitions.derive(self.exchange, obj, self.submitter, unnamed=unnamed)
        return Understood(*known, meaning.handling)

    def _count_parts(self, obj: StixObject) -> None:
        bound = self.exchange.settings.push_granular_bytes_max
        if obj.granular_markings:
            self.in_parts += len(obj.raw)
        if obj.granular_markings and self.in_parts > bound:
            raise PastBound(
                f"The objects with granular markings of this push have more than {bound} octets together. Push this "
                "one in another envelope."
            )

    def _too_many(self) -> PastBound:
        return PastBound(
            f"The objects of this push rest on more than {self.exchange.settings.push_markings_max} markings together, "
            "those of TLP and PAP left aside. Push this one in another envelope, or mark it by fewer."
        )

    def _is_past(self) -> bool:
        return self.followed > self.exchange.settings.push_markings_max
