"""May this audience be shown this object version? One pure function, and the rules it asks.

The order of the rules is the order in which `explain` prints them; it has no effect on the decision.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from app.policy.handling import Handling
from app.policy.partnership import CollectionTerms, Member, Terms, TlpLevel
from app.policy.rules import GRANTS, SILENT, Answer, Effect, Finding, Rule, combine, objects, with_effect
from app.policy.times import ALWAYS, Phase, Span

CLOSED_TO_CLIENTS: Final = frozenset({TlpLevel.AMBER_STRICT, TlpLevel.RED})
"""What a member that is another's client is never shown: FIRST TLP 2.0 lets AMBER flow to clients, and no more."""


@dataclass(frozen=True, slots=True)
class Audience:
    """Those who share one log: a member's accounts, or one account of it that a collection names for RED.

    `account` is that account, as `partner/account`; None for the rest of the member.
    """

    partner: str
    account: str | None = None


@dataclass(frozen=True, slots=True)
class ReleaseCase:
    """One question: this audience, one version with this handling, at this instant.

    `collection` is the alias. `cap` is the handling of the newest version of the same line where that is another
    than this one (see `lines.cap_of`). `own`: the audience's own organisation contributed the version. `span` is when
    it may be shown by time alone (see `times.span_of`).
    """

    terms: Terms
    collection: str
    audience: Audience
    handling: Handling
    cap: Handling | None
    own: bool
    now: datetime
    span: Span = ALWAYS

    @property
    def member(self) -> Member:
        """The audience's side of the agreement; who is no member is granted nothing."""
        partner = self.audience.partner
        return self.terms.partnership.members.get(partner) or Member(partner)

    @property
    def collection_terms(self) -> CollectionTerms:
        """The collection; one that the agreement does not have grants nothing."""
        return self.terms.partnership.collections.get(self.collection) or CollectionTerms(self.collection, "", "")


@dataclass(frozen=True, slots=True)
class Release:
    """The audience may be shown the version. `rules` are those that granted it, `until` when it may change."""

    rules: tuple[Rule, ...]
    until: datetime | None


@dataclass(frozen=True, slots=True)
class Withhold:
    """The version stays. `rules` are all that object, for the record and the officer, never for the partner."""

    rules: tuple[Rule, ...]
    until: datetime | None


ReleaseDecision = Release | Withhold


def decide_release(case: ReleaseCase) -> ReleaseDecision:
    """Ask every rule, and withhold if one objects. `until` is the next instant at which time alone changes this."""
    return conclude(case, examine(case))


def stands(case: ReleaseCase) -> bool:
    """Whether the version belongs in the audience's log: whether every rule grants it, but that of being in force.

    The log is kept as while the agreement is in force; outside it the whole partnership is closed.
    """
    return not set(with_effect(examine(case), Effect.OBJECTS)) - {Rule.IN_FORCE}


def examine(case: ReleaseCase) -> list[Finding]:
    """What every rule says, in order."""
    return combine(
        binding=[Finding(rule, *ask(case)) for rule, ask in ADMISSION],
        exemption=Finding(Rule.OWN_CONTRIBUTION, *_own_contribution(case)),
        exempted=[
            *_ask_markings(case, case.handling),
            Finding(Rule.CAP, *_cap(case)),
            Finding(Rule.EMBARGO, *_embargo(case)),
        ],
    )


def conclude(case: ReleaseCase, findings: Sequence[Finding]) -> ReleaseDecision:
    """The decision that follows from the findings of this case."""
    agreement = case.terms.partnership.agreement
    withheld_by = with_effect(findings, Effect.OBJECTS)
    if not withheld_by:
        end = case.span.not_after
        return Release(
            with_effect(findings, Effect.GRANTS), agreement.expires if end is None else min(agreement.expires, end)
        )
    begins = {Rule.IN_FORCE: agreement.effective, Rule.EMBARGO: case.span.not_before}
    awaited = [begins.get(rule) for rule in withheld_by]
    begun = [at for at in awaited if at is not None and at > case.now]
    return Withhold(withheld_by, max(begun) if len(begun) == len(awaited) else None)


def _member(case: ReleaseCase) -> Answer:
    if case.audience.partner in case.terms.partnership.members:
        return GRANTS
    return objects(f"{case.audience.partner} is no member of {case.terms.partnership.root}.")


def _in_force(case: ReleaseCase) -> Answer:
    agreement = case.terms.partnership.agreement
    if agreement.in_force(case.now):
        return GRANTS
    if case.now < agreement.effective:
        return objects(f"The agreement becomes effective at {agreement.effective.isoformat()}.")
    return objects(f"The agreement expired at {agreement.expires.isoformat()}.")


def _read(case: ReleaseCase) -> Answer:
    if case.audience.partner in case.collection_terms.read:
        return GRANTS
    return objects(f"{case.audience.partner} may not read {case.collection}.")


def _expiry(case: ReleaseCase) -> Answer:
    if case.span.not_after is None:
        return SILENT
    if case.span.phase(case.now) is Phase.AFTER:
        return objects(f"The version is shown no longer since {case.span.not_after.isoformat()}.")
    return GRANTS


def _embargo(case: ReleaseCase) -> Answer:
    if case.span.not_before is None:
        return SILENT
    if case.now < case.span.not_before:
        return objects(f"The version is under embargo until {case.span.not_before.isoformat()}.")
    return GRANTS


def _own_contribution(case: ReleaseCase) -> Answer:
    return GRANTS if case.own else SILENT


def _known_markings(case: ReleaseCase, handling: Handling) -> Answer:
    if not handling.unknown:
        return SILENT
    return objects("A marking does not resolve for this object, is altered or cyclic, or is of no known kind.")


def _collection_tlp(case: ReleaseCase, handling: Handling) -> Answer:
    granted = case.collection_terms.release.tlp
    levels = _levels(case, handling) - {TlpLevel.RED}
    missing = {level for level in levels if level not in granted}
    if missing:
        return objects(f"{case.collection} does not release {_listed(missing)}.")
    return GRANTS if levels else SILENT


def _member_tlp(case: ReleaseCase, handling: Handling) -> Answer:
    granted = case.member.tlp
    levels = _levels(case, handling)
    missing = {level for level in levels if level not in granted}
    if missing:
        return objects(f"{case.audience.partner} is not cleared for {_listed(missing)}.")
    return GRANTS if levels else SILENT


def _named_for_red(case: ReleaseCase, handling: Handling) -> Answer:
    if TlpLevel.RED not in _levels(case, handling):
        return SILENT
    if case.audience.account is None:
        return objects(f"The object is RED, and this audience of {case.audience.partner} is no account named for RED.")
    if case.audience.account not in case.collection_terms.release.red:
        return objects(f"The object is RED, and {case.collection} does not name {case.audience.account} for it.")
    return GRANTS


def _client(case: ReleaseCase, handling: Handling) -> Answer:
    closed = _levels(case, handling) & CLOSED_TO_CLIENTS
    if not closed:
        return SILENT
    if case.member.client_of is not None:
        principal = case.member.client_of
        return objects(f"{case.audience.partner} is a client of {principal}, and {_listed(closed)} is not for clients.")
    return GRANTS


def _default_level(case: ReleaseCase, handling: Handling) -> Answer:
    if not handling.unmarked:
        return SILENT
    if case.collection_terms.release.unmarked is None:
        return objects(f"The object, or a part of it, carries no TLP, and {case.collection} releases no such object.")
    return GRANTS


def _statements(case: ReleaseCase, handling: Handling) -> Answer:
    accepted = case.collection_terms.release.statements
    missing = {marking_id for marking_id in handling.statements if marking_id not in accepted}
    if missing:
        return objects(f"{case.collection} does not accept the statements {_listed(missing)}.")
    return GRANTS if handling.statements else SILENT


def _custom(case: ReleaseCase, handling: Handling) -> Answer:
    """A mapping of the marking's own id speaks before one of its extension."""
    mapped = case.collection_terms.release.custom
    missing = set()
    for marking_id, extension in handling.custom:
        key = marking_id if marking_id in mapped else extension
        if not key or case.audience.partner not in mapped.get(key, frozenset()):
            missing.add(marking_id)
    if missing:
        return objects(f"{case.collection} does not map {_listed(missing)} to {case.audience.partner}.")
    return GRANTS if handling.custom else SILENT


def _cap(case: ReleaseCase) -> Answer:
    if case.cap is None:
        return SILENT
    against = with_effect(_ask_markings(case, case.cap), Effect.OBJECTS)
    if against:
        return objects(f"A newer version may not be shown, by {_listed(against)}.")
    return GRANTS


def _ask_markings(case: ReleaseCase, handling: Handling) -> list[Finding]:
    return [Finding(rule, *ask(case, handling)) for rule, ask in MARKINGS]


def _levels(case: ReleaseCase, handling: Handling) -> frozenset[TlpLevel]:
    """All levels that apply, with the collection's default where an object or a part of it has none."""
    default = case.collection_terms.release.unmarked
    if handling.unmarked and default is not None:
        return handling.tlp | {default}
    return handling.tlp


def _listed(values: Iterable[str]) -> str:
    return ", ".join(sorted(values))


ADMISSION: Final[tuple[tuple[Rule, Callable[[ReleaseCase], Answer]], ...]] = (
    (Rule.MEMBER, _member),
    (Rule.IN_FORCE, _in_force),
    (Rule.READ, _read),
    (Rule.EXPIRY, _expiry),
)
"""What must hold whatever the object is."""

MARKINGS: Final[tuple[tuple[Rule, Callable[[ReleaseCase, Handling], Answer]], ...]] = (
    (Rule.KNOWN_MARKINGS, _known_markings),
    (Rule.COLLECTION_TLP, _collection_tlp),
    (Rule.MEMBER_TLP, _member_tlp),
    (Rule.NAMED_FOR_RED, _named_for_red),
    (Rule.CLIENT, _client),
    (Rule.DEFAULT_LEVEL, _default_level),
    (Rule.STATEMENTS, _statements),
    (Rule.CUSTOM, _custom),
)
"""What the markings of a version, or of the newest of its line, ask of an audience."""
