"""Cases about the members' own terms that people decided, keyed by a sentence, each with the rules in the way."""

from datetime import timedelta

from app.policy.markings import PAP_EXTENSION
from app.policy.partnership import Age, CustomTerms, Member, PapLevel, TlpLevel
from app.policy.release_case import Cap
from app.policy.rules import Rule
from tests.policy.builders import (
    CERT,
    CUSTOM,
    EXTENSION,
    LEVELS,
    NOW,
    OTHER_STATEMENT,
    STATEMENT,
    UP_TO_AMBER,
    WATER,
    WIND,
    a_grant,
    a_handling,
    a_release,
    release_terms,
    some_terms,
)

GREEN, AMBER = TlpLevel.GREEN, TlpLevel.AMBER
INDICATOR = a_handling(GREEN, type="indicator", confidence=50)
PAP_GREEN = a_handling(GREEN, type="indicator", pap=frozenset({PapLevel.GREEN}))
CONTROLLED = a_handling(GREEN, type="indicator", originator_control=True)
DEFINITION = a_handling(GREEN, type="marking-definition")
STATED = a_handling(GREEN, type="indicator", statements=frozenset({STATEMENT}))
CUSTOMED = a_handling(GREEN, type="indicator", custom=frozenset({(CUSTOM, EXTENSION)}))
DAY = timedelta(days=1)
A_DAY_OLD, UP_TO_TEN_DAYS = Age(at_least=DAY), Age(at_most=10 * DAY)


def the_cert(*entries, **more):
    """The CERT with these entries under `releases`; it submitted what the cases are about."""
    return {"terms": some_terms(members={CERT: Member(CERT, LEVELS, releases=frozenset(entries), **more)})}


def the_isac(*entries):
    """The ISAC, which is the audience of the cases, with these entries under `takes`."""
    return {"terms": some_terms(members={WIND: Member(WIND, UP_TO_AMBER, takes=frozenset(entries))})}


def of_the_cert(**changed):
    """The CERT without entries."""
    return {"terms": some_terms(members={CERT: Member(CERT, LEVELS, **changed)})}


RELAYED = {"submitter": WATER, "originator": CERT}
ACCEPTING = release_terms(
    statements=frozenset({STATEMENT}),
    pap=frozenset({PapLevel.GREEN}),
    custom={EXTENSION: CustomTerms(frozenset({WIND}))},
)


def accepting(*entries):
    """The CERT with these entries, in a collection that accepts a statement, PAP:GREEN and a custom marking."""
    members = {**ACCEPTING.partnership.members, CERT: Member(CERT, LEVELS, releases=frozenset(entries))}
    return {"terms": some_terms(ACCEPTING.partnership.collections["indicators"].release, members=members)}


def newest_of(age, dated):
    """A newest version from the CERT that is amber, which it releases at this age alone; green at any."""
    entries = (a_grant(tlp=frozenset({GREEN})), a_grant(age=age))
    return {**the_cert(*entries), "cap": Cap(a_handling(AMBER, type="indicator"), frozenset({CERT}), dated)}


SIDES = {
    "released by its submitter to the member": (a_release(INDICATOR, **the_cert(a_grant(WIND))), ()),
    "released by its submitter to another member": (
        a_release(INDICATOR, **the_cert(a_grant(WATER))),
        (Rule.SUBMITTER_RELEASES,),
    ),
    "released by its submitter to nobody": (a_release(INDICATOR, **the_cert()), (Rule.SUBMITTER_RELEASES,)),
    "released by its submitter, in another collection": (
        a_release(INDICATOR, **the_cert(a_grant(collections=frozenset({"reports"})))),
        (Rule.SUBMITTER_RELEASES,),
    ),
    "of a type that its submitter does not release": (
        a_release(INDICATOR, **the_cert(a_grant(types=frozenset({"malware"})))),
        (Rule.SUBMITTER_RELEASES,),
    ),
    "of a level that its submitter does not release": (
        a_release(INDICATOR, **the_cert(a_grant(tlp=frozenset({AMBER})))),
        (Rule.SUBMITTER_RELEASES,),
    ),
    "unmarked, where its submitter does not release the collection's default": (
        a_release(a_handling(unmarked=True, type="indicator"), **the_cert(a_grant(tlp=frozenset({GREEN})))),
        (Rule.SUBMITTER_RELEASES,),
    ),
    "covered by two entries, each in half": (
        a_release(
            INDICATOR, **the_cert(a_grant(WIND, types=frozenset({"malware"})), a_grant(WATER, types=frozenset()))
        ),
        (Rule.SUBMITTER_RELEASES,),
    ),
    "covered by the second of two entries": (
        a_release(INDICATOR, **the_cert(a_grant(WATER), a_grant(WIND, tlp=frozenset({GREEN})))),
        (),
    ),
    "as confident as the entry asks": (a_release(INDICATOR, **the_cert(a_grant(confidence=50))), ()),
    "less confident than the entry asks": (
        a_release(INDICATOR, **the_cert(a_grant(confidence=51))),
        (Rule.SUBMITTER_RELEASES,),
    ),
    "without confidence, where the entry asks for any at all": (
        a_release(a_handling(GREEN, type="indicator"), **the_cert(a_grant(confidence=0))),
        (Rule.SUBMITTER_RELEASES,),
    ),
    "a statement that the entry lets stand": (
        a_release(STATED, **accepting(a_grant(markings=frozenset({STATEMENT})))),
        (),
    ),
    "a statement that the entry does not let stand": (
        a_release(STATED, **accepting(a_grant(markings=frozenset({OTHER_STATEMENT})))),
        (Rule.SUBMITTER_RELEASES,),
    ),
    "a custom marking that the entry lets stand by its extension": (
        a_release(CUSTOMED, **accepting(a_grant(markings=frozenset({EXTENSION})))),
        (),
    ),
    "a custom marking, where the entry lets none stand": (
        a_release(CUSTOMED, **accepting(a_grant(markings=frozenset()))),
        (Rule.SUBMITTER_RELEASES,),
    ),
    "PAP that the entry lets stand by its extension": (
        a_release(PAP_GREEN, **accepting(a_grant(markings=frozenset({PAP_EXTENSION})))),
        (),
    ),
    "PAP, where the entry lets none stand": (
        a_release(PAP_GREEN, **accepting(a_grant(markings=frozenset()))),
        (Rule.SUBMITTER_RELEASES,),
    ),
    "PAP, where the entry says nothing of markings": (a_release(PAP_GREEN, **accepting(a_grant())), ()),
    "a caveat, where the entry lets a statement stand": (
        a_release(CONTROLLED, **the_cert(a_grant(markings=frozenset({STATEMENT})))),
        (Rule.SUBMITTER_RELEASES,),
    ),
    "a marking for originator control, where the originator names the member": (
        a_release(CONTROLLED, **the_cert(a_grant(WIND))),
        (),
    ),
    "a marking for originator control, where the originator names another": (
        a_release(CONTROLLED, **the_cert(a_grant(WATER))),
        (Rule.SUBMITTER_RELEASES,),
    ),
    "a marking for originator control, where who relays names the member and the originator another": (
        a_release(
            CONTROLLED,
            terms=some_terms(
                members={
                    CERT: Member(CERT, LEVELS, releases=frozenset({a_grant(WIND)})),
                    WATER: Member(WATER, LEVELS, releases=frozenset({a_grant(CERT)})),
                }
            ),
            originator=WATER,
        ),
        (Rule.ORIGINATOR_RELEASES,),
    ),
    "a marking for originator control, where who relays alone has terms": (
        a_release(CONTROLLED, **the_cert(a_grant(WIND)), originator=WATER),
        (Rule.ORIGINATOR_CONTROL,),
    ),
    "a source that a marking does not let be named, to that source": (
        a_release(a_handling(GREEN, type="indicator", anonymous=True, signed=True), originator=WIND),
        (),
    ),
    "a definition, where the entry is about other types, confident and of an age": (
        a_release(
            DEFINITION, **the_cert(a_grant(types=frozenset({"indicator"}), confidence=50, age=Age(at_least=DAY)))
        ),
        (),
    ),
    "a definition, released to another member": (
        a_release(DEFINITION, **the_cert(a_grant(WATER))),
        (Rule.SUBMITTER_RELEASES,),
    ),
    "its own, which it releases to nobody": (a_release(INDICATOR, CERT, own=True, **the_cert()), ()),
    "relayed, where its originator does not release it to the member": (
        a_release(INDICATOR, **RELAYED, **the_cert(a_grant(WATER))),
        (Rule.ORIGINATOR_RELEASES,),
    ),
    "relayed, where its originator releases it to the member": (
        a_release(INDICATOR, **RELAYED, **the_cert(a_grant(WIND))),
        (),
    ),
    "relayed to its originator, which releases nothing": (
        a_release(INDICATOR, CERT, **RELAYED, **the_cert()),
        (),
    ),
    "from a member that keeps control and names nobody": (
        a_release(INDICATOR, **of_the_cert(originator_control=True)),
        (Rule.ORIGINATOR_CONTROL,),
    ),
    "relayed, from a member that keeps control and names nobody": (
        a_release(INDICATOR, **RELAYED, **of_the_cert(originator_control=True)),
        (Rule.ORIGINATOR_CONTROL,),
    ),
    "from a member that keeps control and names the member": (
        a_release(INDICATOR, **the_cert(a_grant(WIND), originator_control=True)),
        (),
    ),
    "relayed to the member that keeps control of it": (
        a_release(INDICATOR, CERT, **RELAYED, **of_the_cert(originator_control=True)),
        (),
    ),
    "signed by a member that is not to be named": (
        a_release(INDICATOR, **of_the_cert(anonymous=True)),
        (Rule.ATTRIBUTION,),
    ),
    "not signed by the member that is not to be named": (
        a_release(INDICATOR, **of_the_cert(anonymous=True), named=False),
        (),
    ),
    "relayed to the member that is not to be named": (
        a_release(INDICATOR, CERT, **RELAYED, **of_the_cert(anonymous=True)),
        (),
    ),
    "taken by the member": (a_release(INDICATOR, **the_isac(a_grant(CERT))), ()),
    "taken by the member from another": (
        a_release(INDICATOR, **the_isac(a_grant(WATER))),
        (Rule.MEMBER_TAKES,),
    ),
    "relayed, taken from who pushed it alone": (
        a_release(INDICATOR, **RELAYED, **the_isac(a_grant(WATER))),
        (Rule.MEMBER_TAKES,),
    ),
    "relayed, taken from who pushed it and in whose name it stands": (
        a_release(INDICATOR, **RELAYED, **the_isac(a_grant(WATER, CERT))),
        (),
    ),
    "its own, relayed by who pushed it, of whom it takes": (
        a_release(INDICATOR, submitter=WATER, originator=WIND, **the_isac(a_grant(WATER))),
        (),
    ),
    "its own, where it takes nothing": (a_release(INDICATOR, own=True, **the_isac()), ()),
    "younger than its submitter releases it": (
        a_release(INDICATOR, dated=NOW - DAY + timedelta(milliseconds=1), **the_cert(a_grant(age=A_DAY_OLD))),
        (Rule.AGE,),
    ),
    "just so old that its submitter releases it": (
        a_release(INDICATOR, dated=NOW - DAY, **the_cert(a_grant(age=A_DAY_OLD))),
        (),
    ),
    "older than the member takes it": (
        a_release(INDICATOR, dated=NOW - 10 * DAY, **the_isac(a_grant(age=UP_TO_TEN_DAYS))),
        (Rule.AGE,),
    ),
    "not quite so old": (
        a_release(INDICATOR, dated=NOW - 10 * DAY + timedelta(milliseconds=1), **the_isac(a_grant(age=UP_TO_TEN_DAYS))),
        (),
    ),
    "between two ages at which its submitter releases it": (
        a_release(INDICATOR, dated=NOW - 5 * DAY, **the_cert(a_grant(age=Age(at_most=DAY)), a_grant(age=Age(9 * DAY)))),
        (Rule.AGE,),
    ),
    "young, where another entry covers it at any age": (
        a_release(INDICATOR, **the_cert(a_grant(age=A_DAY_OLD), a_grant(WIND))),
        (),
    ),
    "of no known instant, where an entry is about ages": (
        a_release(INDICATOR, dated=None, **the_cert(a_grant(age=UP_TO_TEN_DAYS))),
        (Rule.AGE,),
    ),
    "its own, older than it releases it": (
        a_release(INDICATOR, CERT, own=True, dated=NOW - 10 * DAY, **the_cert(a_grant(age=UP_TO_TEN_DAYS))),
        (),
    ),
    "green, while its submitter does not release the newest version": (
        a_release(
            INDICATOR,
            **the_cert(a_grant(tlp=frozenset({GREEN}))),
            cap=a_handling(AMBER, type="indicator"),
        ),
        (Rule.CAP,),
    ),
    "green, while who relayed the newest version does not release it": (
        a_release(
            INDICATOR,
            terms=some_terms(members={WATER: Member(WATER, LEVELS, CERT, releases=frozenset())}),
            cap=Cap(INDICATOR, frozenset({CERT, WATER}), NOW),
        ),
        (Rule.CAP,),
    ),
    "green, while the newest version is too young": (a_release(INDICATOR, **newest_of(A_DAY_OLD, NOW)), ()),
    "green, while the newest version is of an age": (a_release(INDICATOR, **newest_of(UP_TO_TEN_DAYS, NOW)), ()),
    "green, while the newest version is too old for whoever relayed it": (
        a_release(
            INDICATOR,
            terms=some_terms(members={WATER: Member(WATER, LEVELS, releases=frozenset({a_grant(age=UP_TO_TEN_DAYS)}))}),
            cap=Cap(INDICATOR, frozenset({WATER}), NOW - 10 * DAY),
        ),
        (Rule.CAP,),
    ),
    "green, while the newest version of a line that it has left is too old for whose line that is": (
        a_release(
            INDICATOR,
            terms=some_terms(members={WATER: Member(WATER, LEVELS, releases=frozenset({a_grant(age=UP_TO_TEN_DAYS)}))}),
            cap=Cap(INDICATOR, frozenset({CERT}), NOW - 10 * DAY, originators=frozenset({WATER})),
        ),
        (Rule.CAP,),
    ),
    "green, while the newest version of a line that it has left is under the control of whose line that is": (
        a_release(
            INDICATOR,
            **the_cert(a_grant(WIND)),
            cap=Cap(CONTROLLED, frozenset({CERT}), NOW, originators=frozenset({WATER})),
        ),
        (Rule.CAP,),
    ),
    "green, while the newest version is too old": (
        a_release(INDICATOR, **newest_of(UP_TO_TEN_DAYS, NOW - 10 * DAY)),
        (Rule.CAP,),
    ),
}
