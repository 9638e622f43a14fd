"""Judging: what becomes of each object of a push. Nothing is written: a trial of a push is told by the same words.

Whether an object is taken rests on the envelope, the files and what the pusher's own organisation has contributed (law
7): what others hold, or what the pusher may not see, plays no part in the answer.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from app.exchange.catalogue import Place
from app.exchange.exchange import Exchange
from app.exchange.identify import Requester
from app.exchange.own import Own, load_own
from app.exchange.push_status import AFTER_REVIEW, ALREADY_PRESENT, FAILURE, SUCCESS, Outcome
from app.exchange.resolution import Definition, load_definitions
from app.exchange.understood import PastBound, Understanding
from app.policy.handling import Meaning
from app.policy.intake import Quarantine, Refuse, decide_intake
from app.policy.intake_case import IntakeCase
from app.policy.lines import origin_of
from app.policy.partnership import Reports
from app.stix.objects import Rejected, StixObject
from app.storage import quarantine
from app.storage.engine import Transaction


@dataclass(frozen=True, slots=True)
class Given:
    """What is pushed, in order. `places` are where each of it stands in what its sender knows, `line 12` of a feed."""

    entries: Sequence[StixObject | Rejected]
    places: Sequence[str] = ()

    @property
    def objects(self) -> Sequence[StixObject]:
        """What could be read."""
        return [entry for entry in self.entries if isinstance(entry, StixObject)]

    def placed(self, index: int, outcome: Outcome) -> Outcome:
        """The outcome of an object, which says where that stands if it is refused."""
        if outcome.result != FAILURE or not self.places:
            return outcome
        return replace(outcome, message=f"{self.places[index]}: {outcome.message}")


@dataclass(frozen=True, slots=True)
class Accepted:
    """An object that is taken, on its way to be stored; `held` where an officer has to look at it first.

    `unnamed` is as in `NewContribution`.
    """

    obj: StixObject
    meaning: Meaning
    uses: frozenset[str]
    version_text: str
    origin: str
    held: Quarantine | None
    unnamed: bool

    @property
    def defines(self) -> bool:
        """Whether it is a definition that may resolve a marking now."""
        return is_definition(self.obj) and self.held is None


@dataclass(frozen=True, slots=True)
class Judging:
    """Who pushes where, at which instant. `collection` is the key of its row; `reported` as in `push.add_now`."""

    exchange: Exchange
    requester: Requester
    place: Place
    collection: int
    now: datetime
    reported: bool = False

    def is_unnamed(self, obj: StixObject) -> bool:
        """Whether it is a definition that comes with a report without a name, and counts for such alone."""
        without_a_name = self.place.collection.intake.sightings is Reports.ANONYMOUS
        return self.reported and without_a_name and is_definition(obj)

    def judge(self, transaction: Transaction, given: Given) -> tuple[Sequence[Outcome], Sequence[Accepted]]:
        """What becomes of each object, in the order of the envelope; definitions are judged before what they mark."""
        partnership, terms, partner = self.place.partnership.id, self.place.terms, self.requester.partner
        entries, objects = given.entries, given.objects
        loosened = self.place.collection.intake.loosened
        own = load_own(transaction, partnership, partner, self.collection, objects, loosened)
        blocked = quarantine.blocked_among(transaction, self.collection, [obj.id for obj in objects])
        definitions = load_definitions(self.exchange, transaction, partnership, terms, objects, self.now)
        understanding = Understanding(self.exchange, definitions, partner)
        outcomes: dict[int, Outcome] = {}
        accepted: list[Accepted] = []
        for index in sorted(range(len(entries)), key=lambda one: not is_definition(entries[one])):
            entry = entries[index]
            if isinstance(entry, Rejected):
                message = " ".join(str(violation) for violation in entry.violations)
                outcomes[index] = Outcome(entry.id or f"unknown--{index}", entry.version or "unknown", FAILURE, message)
            else:
                outcome, taken = self._judge_object(entry, own, understanding, blocked)
                outcomes[index] = given.placed(index, outcome)
                if taken is not None:
                    accepted.append(taken)
        return [outcomes[index] for index in range(len(entries))], accepted

    def _judge_object(
        self, obj: StixObject, own: Own, understanding: Understanding, blocked: frozenset[str]
    ) -> tuple[Outcome, Accepted | None]:
        unnamed = self.is_unnamed(obj)
        try:
            understood = understanding.of(obj, unnamed=unnamed)
        except PastBound as bound:
            return Outcome(obj.id, obj.version or "unknown", FAILURE, str(bound)), None
        case = IntakeCase(
            terms=self.place.terms,
            collection=self.place.collection.alias,
            partner=self.requester.partner,
            role=self.requester.role,
            obj=obj,
            handling=understood.known_to_sender,
            registry=self.exchange.registry,
            known=own.known(obj),
            now=self.now,
            blocked=obj.id in blocked,
            lists=self.exchange.lists,
            reported=self.reported,
        )
        decision = decide_intake(case)
        if isinstance(decision, Refuse):
            return Outcome(obj.id, obj.version or "unknown", FAILURE, decision.message), None
        present = own.present(obj, unnamed=unnamed)
        if present is not None:
            message = AFTER_REVIEW if present.held else ALREADY_PRESENT
            return Outcome(obj.id, present.version_text, SUCCESS, message), None
        held = decision if isinstance(decision, Quarantine) else None
        origin = origin_of(obj, self.requester.partner, self.place.terms, self.place.collection.alias)
        taken = Accepted(obj, understood.meaning, understood.uses, own.version_of(obj, self.now), origin, held, unnamed)
        own.add(obj, taken.version_text, origin, held=held is not None, unnamed=unnamed)
        if taken.defines:
            understanding.definitions.add(obj.id, Definition(self.requester.partner, obj.tree, unnamed))
        return Outcome(obj.id, taken.version_text, SUCCESS, AFTER_REVIEW if held else None), taken


def is_definition(entry: StixObject | Rejected) -> bool:
    """Whether it is a definition of a marking."""
    return isinstance(entry, StixObject) and entry.type == "marking-definition"
