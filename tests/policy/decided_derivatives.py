"""Cases about sanitised derivatives that people decided, keyed by a sentence, each with the rules in the way."""

from dataclasses import replace

from app.policy.handling import Derived
from app.policy.partnership import Member, Remedy, TlpLevel
from app.policy.release_case import Cap
from app.policy.rules import Rule
from tests.policy.builders import (
    CERT,
    LEVELS,
    NOW,
    STATEMENT,
    UP_TO_AMBER,
    WATER,
    WIND,
    a_handling,
    a_release,
    release_terms,
    some_terms,
)

GREEN, AMBER, RED = TlpLevel.GREEN, TlpLevel.AMBER, TlpLevel.RED
SANITISED = {"terms": release_terms(granular=Remedy.SANITISE)}
IN_RED_PART = a_handling(GREEN, RED)


def left_of(original, *levels, view=UP_TO_AMBER, member=WIND):
    """What is left of it, of these levels, for the member and the view."""
    return replace(a_handling(*(levels or (GREEN,))), derived=Derived(frozenset(view), original, member))


def under_anonymity(**terms):
    """The CERT, which submitted what the cases are about, is not to be named."""
    release = release_terms(**terms).partnership.collections["indicators"].release
    return {"terms": some_terms(release, members={CERT: Member(CERT, LEVELS, anonymous=True)})}


DERIVATIVES = {
    "a derivative, to whom it is made for": (a_release(left_of(IN_RED_PART), **SANITISED), ()),
    "a derivative, to who is shown other levels": (
        a_release(left_of(IN_RED_PART, view=[GREEN]), **SANITISED),
        (Rule.DERIVATIVE,),
    ),
    "a derivative, to another member that is shown the same levels": (
        a_release(left_of(IN_RED_PART, member=WATER), **SANITISED),
        (Rule.DERIVATIVE,),
    ),
    "a derivative, before it is said whose": (
        a_release(left_of(IN_RED_PART, member=""), **SANITISED),
        (Rule.DERIVATIVE,),
    ),
    "a derivative, to who contributed the original": (
        a_release(left_of(IN_RED_PART), own=True, **SANITISED),
        (Rule.DERIVATIVE,),
    ),
    "a derivative of what the member may have whole": (
        a_release(left_of(a_handling(GREEN, AMBER)), **SANITISED),
        (Rule.DERIVATIVE,),
    ),
    "a derivative, where none is released any more": (a_release(left_of(IN_RED_PART)), (Rule.DERIVATIVE,)),
    "the end of a derivative, to who was shown nothing of it": (
        a_release(left_of(IN_RED_PART), unmet=True, **SANITISED),
        (Rule.DERIVATIVE,),
    ),
    "a derivative, still marked with a statement that the collection does not accept": (
        a_release(replace(left_of(IN_RED_PART), statements=frozenset({STATEMENT})), **SANITISED),
        (Rule.STATEMENTS,),
    ),
    "a derivative, while its newest version is for others": (
        a_release(left_of(IN_RED_PART), cap=left_of(IN_RED_PART, view=[GREEN]), **SANITISED),
        (Rule.CAP,),
    ),
    "a derivative, while its newest version is for another member": (
        a_release(left_of(IN_RED_PART), cap=left_of(IN_RED_PART, member=WATER), **SANITISED),
        (Rule.CAP,),
    ),
    "a derivative, while the member may have the newest version whole": (
        a_release(left_of(IN_RED_PART), cap=left_of(a_handling(GREEN)), **SANITISED),
        (Rule.CAP,),
    ),
    "a derivative, while the member itself contributed the newest version": (
        a_release(left_of(IN_RED_PART), cap=Cap(left_of(IN_RED_PART), frozenset({WIND}), NOW), **SANITISED),
        (Rule.CAP,),
    ),
    "a derivative without the source that must not be named": (
        a_release(left_of(replace(a_handling(GREEN), signed=True)), **under_anonymity(attribution=Remedy.SANITISE)),
        (),
    ),
    "a derivative, to the member in whose name its original stands": (
        a_release(
            left_of(replace(a_handling(GREEN), signed=True), member=CERT),
            CERT,
            submitter=WATER,
            originator=CERT,
            **under_anonymity(attribution=Remedy.SANITISE),
        ),
        (Rule.DERIVATIVE,),
    ),
}
