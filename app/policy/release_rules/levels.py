"""TLP: levels are a set, not ranks; the collection, the member and every marking have to permit (decision 4)."""

from typing import Final

from app.policy.handling import Handling
from app.policy.partnership import TlpLevel
from app.policy.release_case import ReleaseCase
from app.policy.rules import GRANTS, SILENT, Answer, Effect, listed, objects

CLOSED_TO_CLIENTS: Final = frozenset({TlpLevel.AMBER_STRICT, TlpLevel.RED})
"""What a member that is another's client is never shown: FIRST TLP 2.0 lets AMBER flow to clients, and no more."""


def collection_tlp(case: ReleaseCase, handling: Handling) -> Answer:
    """The collection's levels; RED is granted by name."""
    granted = case.collection_terms.release.tlp
    levels = levels_of(case, handling) - {TlpLevel.RED}
    missing = {level for level in levels if level not in granted}
    if missing:
        return objects(f"{case.collection} does not release {listed(missing)}.")
    return GRANTS if levels else SILENT


def member_tlp(case: ReleaseCase, handling: Handling) -> Answer:
    """The levels that the member is cleared for."""
    granted = case.member.tlp
    levels = levels_of(case, handling)
    missing = {level for level in levels if level not in granted}
    if missing:
        return objects(f"{case.audience.partner} is not cleared for {listed(missing)}.")
    return GRANTS if levels else SILENT


def named_for_red(case: ReleaseCase, handling: Handling) -> Answer:
    """RED is for accounts that are named."""
    if TlpLevel.RED not in levels_of(case, handling):
        return SILENT
    if case.audience.account is None:
        return objects(f"The object is RED, and this audience of {case.audience.partner} is no account named for RED.")
    if case.audience.account not in case.collection_terms.release.red:
        return objects(f"The object is RED, and {case.collection} does not name {case.audience.account} for it.")
    return GRANTS


def client(case: ReleaseCase, handling: Handling) -> Answer:
    """What never flows on to clients."""
    closed = levels_of(case, handling) & CLOSED_TO_CLIENTS
    if not closed:
        return SILENT
    if case.member.client_of is not None:
        principal = case.member.client_of
        return objects(f"{case.audience.partner} is a client of {principal}, and {listed(closed)} is not for clients.")
    return GRANTS


def default_level(case: ReleaseCase, handling: Handling) -> Answer:
    """Where nothing says which level applies."""
    if not handling.unmarked:
        return SILENT
    if case.collection_terms.release.unmarked is None:
        return objects(f"The object, or a part of it, carries no TLP, and {case.collection} releases no such object.")
    return GRANTS


def levels_shown(case: ReleaseCase) -> frozenset[TlpLevel]:
    """The levels that the audience of this case is shown in its collection, by the rules above.

    They make the audience's view of what is sanitised. They come from standing terms alone: neither the version's
    handling nor any instant counts.
    """
    rules = (collection_tlp, member_tlp, named_for_red, client)
    alone = {level: Handling(tlp=frozenset({level})) for level in TlpLevel}
    return frozenset(
        level
        for level, handling in alone.items()
        if all(rule(case, handling).effect is not Effect.OBJECTS for rule in rules)
    )


def levels_of(case: ReleaseCase, handling: Handling) -> frozenset[TlpLevel]:
    """All levels that apply, with the collection's default where an object or a part of it has none."""
    default = case.collection_terms.release.unmarked
    if handling.unmarked and default is not None:
        return handling.tlp | {default}
    return handling.tlp
