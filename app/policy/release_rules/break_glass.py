"""Break-glass: what two officers of the host have opened for an incident, past the host's own bounds, for a time.

A clause lifts what is the host's to give: the levels of the collection and of the member, the level that nobody
declared, the collection's embargo. Nothing else, and only for a version that it covers whole: what never flows to
clients would be the source's to give (decision 4). It has no beginning of its own: it counts from the revision that
opened it.
"""

from collections.abc import Iterable
from collections.abc import Set as AbstractSet
from dataclasses import replace
from datetime import datetime
from typing import Final

from app.policy.handling import Handling
from app.policy.markings import MARKING_DEFINITION
from app.policy.partnership import BreakGlass, Partnership, Terms, TlpLevel
from app.policy.release_case import ReleaseCase
from app.policy.release_rules.levels import levels_of
from app.policy.rules import SILENT, Answer, Effect, Finding, Rule, grants, listed, with_effect

LIFTED: Final = frozenset({Rule.COLLECTION_TLP, Rule.MEMBER_TLP, Rule.DEFAULT_LEVEL, Rule.EMBARGO})
"""The host's own bounds."""

NOTHING: Final[frozenset[Rule]] = frozenset()


def opened_in(terms: Terms, collection: str, now: datetime) -> tuple[BreakGlass, ...]:
    """The clauses that are open in the collection of this alias."""
    if not terms.clauses:
        return ()
    known = terms.partnership.collections.get(collection)
    return tuple(each for each in terms.clauses if known and each.collection == known.id and each.is_open(now))


def kept_under(partnership: Partnership, clauses: Iterable[BreakGlass]) -> tuple[BreakGlass, ...]:
    """What of these clauses stays under a revision's partnership: a member or a collection that it leaves out is named
    by none of them, and finds nothing open if it comes back.
    """
    named = (replace(each, partners=each.partners & partnership.members.keys()) for each in clauses)
    return tuple(each for each in named if each.partners and partnership.collection_by_id(each.collection) is not None)


def open_for(case: ReleaseCase) -> tuple[BreakGlass, ...]:
    """The clauses that are open for the audience and the object; what is one's own has no need of any."""
    if not case.terms.clauses or case.own:
        return ()
    return tuple(
        each
        for each in opened_in(case.terms, case.collection, case.now)
        if case.audience.partner in each.partners and (each.objects is None or case.object_id in each.objects)
    )


def key_of(case: ReleaseCase) -> tuple[int | bool, ...]:
    """What of the clauses, the object's id and the beginning by markings a decision rests on, beside its handling."""
    clauses = open_for(case)
    return (*(each.number for each in clauses), case.span.held_by_markings(case.now)) if clauses else ()


def covered_until(case: ReleaseCase, handling: Handling) -> datetime | None:
    """Until when open clauses cover a version of this handling; None where none does."""
    return max((each.until for each in open_for(case) if _covers(each, case, handling)), default=None)


def lifted_for(case: ReleaseCase, handling: Handling) -> frozenset[Rule]:
    """The rules whose objections to a version of this handling are lifted now.

    An embargo is lifted as far as it is the collection's; the beginning that a marking names is not the host's.
    """
    if covered_until(case, handling) is None:
        return NOTHING
    return LIFTED - {Rule.EMBARGO} if case.span.held_by_markings(case.now) else LIFTED


def lift(case: ReleaseCase, findings: list[Finding]) -> list[Finding]:
    """The findings with those objections lifted, and before them what the rule itself says."""
    lifted = lifted_for(case, case.handling)
    after = [
        each._replace(effect=Effect.LIFTED) if each.effect is Effect.OBJECTS and each.rule in lifted else each
        for each in findings
    ]
    return [Finding(Rule.BREAK_GLASS, *_says(case, set(with_effect(after, Effect.LIFTED)))), *after]


def _covers(clause: BreakGlass, case: ReleaseCase, handling: Handling) -> bool:
    """Whether all of the version's levels stand in the clause, and its type. Definitions go with what they mark."""
    levels = levels_of(case, handling)
    if TlpLevel.RED in levels or not levels <= clause.tlp:
        return False
    if handling.unmarked and case.collection_terms.release.unmarked is None and not clause.unmarked:
        return False
    return handling.type == MARKING_DEFINITION or handling.type in clause.types


def _says(case: ReleaseCase, lifted: AbstractSet[Rule]) -> Answer:
    """The clauses by which these objections are lifted: to the version, and by `cap` to the newest of its line."""
    handlings = [case.handling] if lifted - {Rule.CAP} else []
    if Rule.CAP in lifted and case.cap is not None:
        handlings.append(case.cap.handling)
    clauses = [each for each in open_for(case) if any(_covers(each, case, handling) for handling in handlings)]
    if not clauses:
        return SILENT
    told = [f"{each.number} of {listed(each.officers)}, until {each.until.isoformat()}" for each in clauses]
    return grants(f"Break-glass {'; '.join(told)}, lifts what the host itself bounds.")
