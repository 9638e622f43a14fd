"""Cases of break-glass that people decided, as in `decided`: what a clause lifts, what it does not, and for whom."""

from dataclasses import replace
from datetime import timedelta

from app.policy.handling import Handling
from app.policy.partnership import ALL, Member, PapLevel, ReleaseTerms, Remedy, TlpLevel
from app.policy.rules import Rule
from app.policy.times import Span
from tests.policy.builders import (
    CERT,
    LEVELS,
    NOW,
    OTHER_STATEMENT,
    STATEMENT,
    UP_TO_AMBER,
    WATER,
    WIND,
    a_clause,
    a_grant,
    a_handling,
    a_release,
    release_terms,
    some_terms,
)
from tests.policy.decided_derivatives import left_of

GREEN, AMBER, STRICT, RED = TlpLevel.GREEN, TlpLevel.AMBER, TlpLevel.AMBER_STRICT, TlpLevel.RED
HOUR = timedelta(hours=1)
IN_AN_HOUR = Span(embargo=NOW + HOUR)
INDICATOR = a_handling(STRICT, type="indicator")
NO_DEFAULT = release_terms(unmarked=None)
TO_GREEN = Member(WATER, frozenset({GREEN}), client_of=CERT)
ONE_ID, ANOTHER_ID = (f"indicator--00000000-0000-4000-8000-00000000000{n}" for n in (1, 2))


def opened(handling, *levels, partner=WIND, terms=None, **changed):
    """A question while a clause is open; what is no property of the question changes the clause."""
    clause = {name: changed.pop(name) for name in list(changed) if name in CLAUSE}
    whole = replace(terms or some_terms(), clauses=(a_clause(*(levels or (GREEN, AMBER, STRICT)), **clause),))
    return a_release(handling, partner, changed.pop("account", None), terms=whole, **changed)


CLAUSE = {"collection", "partners", "until", "types", "objects", "unmarked"}

BREAK_GLASS = {
    "amber+strict past the member's list": (opened(INDICATOR), ()),
    "amber past the collection's list": (
        opened(a_handling(AMBER), terms=release_terms(tlp=frozenset({GREEN}))),
        (),
    ),
    "amber to a client, past its list": (
        opened(a_handling(AMBER), partner=WATER, terms=some_terms(members={WATER: TO_GREEN})),
        (),
    ),
    "amber+strict to a client": (opened(INDICATOR, partner=WATER), (Rule.CLIENT,)),
    "amber+strict to a client, past its list": (
        opened(INDICATOR, partner=WATER, terms=some_terms(members={WATER: TO_GREEN})),
        (Rule.CLIENT,),
    ),
    "amber to a client, under a newest version that is amber+strict": (
        opened(a_handling(AMBER), partner=WATER, cap=INDICATOR),
        (Rule.CAP,),
    ),
    "what carries no TLP and has no default, where the clause says so": (
        opened(Handling(unmarked=True, type="indicator"), GREEN, unmarked=True, terms=NO_DEFAULT),
        (),
    ),
    "what carries no TLP and has no default, where the clause does not": (
        opened(Handling(unmarked=True, type="indicator"), terms=NO_DEFAULT),
        (Rule.DEFAULT_LEVEL,),
    ),
    "what carries no TLP, where the default is no level of the clause": (
        opened(
            Handling(unmarked=True),
            GREEN,
            unmarked=True,
            terms=some_terms(members={WIND: Member(WIND, tlp=frozenset({GREEN}))}),
        ),
        (Rule.MEMBER_TLP,),
    ),
    "before the collection's embargo ends": (opened(a_handling(GREEN), span=IN_AN_HOUR), ()),
    "before a policy on it begins": (opened(a_handling(GREEN), span=Span(NOW + HOUR)), (Rule.EMBARGO,)),
    "one level of two in the clause": (opened(a_handling(GREEN, STRICT), STRICT), (Rule.MEMBER_TLP,)),
    "red, which no clause holds": (
        opened(a_handling(RED), *LEVELS, partner=CERT, partners=frozenset({CERT}), account=f"{CERT}/night"),
        (Rule.NAMED_FOR_RED,),
    ),
    "red to an account that is named for it, past its member's list": (
        opened(
            a_handling(RED),
            *LEVELS,
            account=f"{WIND}/duty",
            terms=release_terms(red=frozenset({f"{WIND}/duty"})),
        ),
        (Rule.MEMBER_TLP,),
    ),
    "to a partner that the clause does not name": (
        opened(INDICATOR, partners=frozenset({WATER})),
        (Rule.MEMBER_TLP,),
    ),
    "in another collection": (opened(INDICATOR, collection="another"), (Rule.MEMBER_TLP,)),
    "of a type that the clause does not name": (opened(INDICATOR, types=frozenset({"malware"})), (Rule.MEMBER_TLP,)),
    "a definition, with what it marks": (
        opened(a_handling(STRICT, type="marking-definition"), types=frozenset({"indicator"})),
        (),
    ),
    "an object that the clause names": (opened(INDICATOR, objects=frozenset({ONE_ID}), object_id=ONE_ID), ()),
    "an object that the clause does not name": (
        opened(INDICATOR, objects=frozenset({ONE_ID}), object_id=ANOTHER_ID),
        (Rule.MEMBER_TLP,),
    ),
    "at the instant at which the clause ends": (opened(INDICATOR, until=NOW), (Rule.MEMBER_TLP,)),
    "under a newest version that the clause covers": (opened(a_handling(GREEN), cap=INDICATOR), ()),
    "under a newest version of a type that the clause does not cover": (
        opened(a_handling(GREEN), cap=INDICATOR, types=frozenset({"malware"})),
        (Rule.CAP,),
    ),
    "under a newest version that is PAP": (
        opened(a_handling(GREEN), cap=replace(INDICATOR, pap=frozenset({PapLevel.RED}))),
        (Rule.CAP,),
    ),
    "a derivative of what the clause shows whole": (
        opened(left_of(a_handling(GREEN, STRICT)), terms=release_terms(granular=Remedy.SANITISE)),
        (),
    ),
    "to whom may not read": (opened(INDICATOR, terms=some_terms(read=frozenset({CERT}))), (Rule.READ,)),
    "after it is shown no longer": (opened(INDICATOR, span=Span(not_after=NOW)), (Rule.EXPIRY,)),
    "what nobody understands": (opened(replace(INDICATOR, unknown=True)), (Rule.KNOWN_MARKINGS,)),
    "a statement that the collection does not accept": (
        opened(
            replace(INDICATOR, statements=frozenset({OTHER_STATEMENT})),
            terms=release_terms(statements=frozenset({STATEMENT})),
        ),
        (Rule.STATEMENTS,),
    ),
    "what its submitter releases to nobody": (
        opened(INDICATOR, terms=some_terms(members={CERT: Member(CERT, LEVELS, releases=frozenset())})),
        (Rule.SUBMITTER_RELEASES,),
    ),
    "what its submitter releases, but not at this level": (
        opened(
            INDICATOR,
            terms=some_terms(
                members={CERT: Member(CERT, LEVELS, releases=frozenset({a_grant(WIND, tlp=UP_TO_AMBER)}))}
            ),
        ),
        (Rule.SUBMITTER_RELEASES,),
    ),
    "what the member does not take": (
        opened(INDICATOR, terms=some_terms(members={WIND: Member(WIND, UP_TO_AMBER, takes=frozenset())})),
        (Rule.MEMBER_TAKES,),
    ),
    "what is under originator control": (
        opened(replace(INDICATOR, originator_control=True)),
        (Rule.ORIGINATOR_CONTROL,),
    ),
    "what refers to something hidden": (
        opened(INDICATOR, terms=some_terms(ReleaseTerms(tlp=LEVELS), closure=True), end_hidden=True),
        (Rule.CLOSURE,),
    ),
    "in a collection that the agreement no longer has": (
        opened(INDICATOR, terms=replace(some_terms(), partnership=replace(some_terms().partnership, collections={}))),
        (Rule.READ, Rule.COLLECTION_TLP, Rule.MEMBER_TLP),
    ),
    "its own, whatever is open": (opened(INDICATOR, own=True, types=ALL), ()),
}
