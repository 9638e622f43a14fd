"""Cases that people decided, keyed by a sentence, each with the rules that stand in the way; none of them: granted.

Between them every rule stands alone in the way at least once, or alone makes the difference.
"""

from datetime import timedelta

from app.policy.handling import Handling
from app.policy.lines import Standing
from app.policy.partnership import ALL, IntakeTerms, Member, Role, TlpLevel
from app.policy.rules import Rule
from app.policy.times import Span
from tests.policy.builders import (
    CERT,
    CUSTOM,
    EFFECTIVE,
    EXPIRES,
    EXTENSION,
    GREEN_1,
    IDENTITY,
    NOBODY,
    NOW,
    REGISTRY,
    STATEMENT,
    STRANGER,
    UP_TO_AMBER,
    WATER,
    WIND,
    a_definition,
    a_handling,
    a_release,
    an_intake,
    an_object,
    known,
    release_terms,
    some_terms,
)
from tests.policy.decided_sides import SIDES

GREEN, AMBER, STRICT, RED = TlpLevel.GREEN, TlpLevel.AMBER, TlpLevel.AMBER_STRICT, TlpLevel.RED
PLAIN = a_handling(GREEN)
NOTHING = Handling()
STATED = a_handling(GREEN, statements=frozenset({STATEMENT}))
CUSTOMED = a_handling(GREEN, custom=frozenset({(CUSTOM, EXTENSION)}))
DUTY = f"{CERT}/duty"


def intake_terms(**intake):
    return some_terms(intake=IntakeTerms(**{"types": ALL, "tlp": UP_TO_AMBER, **intake}))


def _second_version(**changed):
    return an_object(modified="2026-03-02T08:00:00.000Z", **changed)


FIRST = an_object()
AN_ADDRESS = {"type": "ipv4-addr", "spec_version": "2.1", "id": "ipv4-addr--28bb3599-77cd-5a82-a950-b5bc3caf07c4"}
CERT_ITSELF = {
    "type": "identity",
    "spec_version": "2.1",
    "id": IDENTITY[CERT],
    "created": "2026-03-01T08:00:00.000Z",
    "modified": "2026-03-01T08:00:00.000Z",
    "name": "Dutch national CERT",
}
TLP_GREEN_1 = dict(REGISTRY.get(GREEN_1).definition)
TLP_GREEN_OF_STIX_2_0 = {k: v for k, v in TLP_GREEN_1.items() if k not in {"spec_version", "name"}}

SECOND = timedelta(seconds=1)

RELEASES = {
    "green, to a member cleared for it": (a_release(PLAIN), ()),
    "an unmarked definition, to a partner that is no member": (a_release(NOTHING, STRANGER), (Rule.MEMBER,)),
    "the day before the agreement is effective": (
        a_release(PLAIN, now=EFFECTIVE.replace(year=2025, month=12, day=31)),
        (Rule.IN_FORCE,),
    ),
    "at the instant at which the agreement becomes effective": (a_release(PLAIN, now=EFFECTIVE), ()),
    "at the instant at which the agreement expires": (a_release(PLAIN, now=EXPIRES), (Rule.IN_FORCE,)),
    "to a member that may write and not read": (
        a_release(PLAIN, terms=some_terms(read=frozenset({CERT}))),
        (Rule.READ,),
    ),
    "from a collection that the agreement no longer has": (a_release(NOTHING, collection="gone"), (Rule.READ,)),
    "an unknown marking, to a member with every level": (
        a_release(a_handling(GREEN, unknown=True), CERT),
        (Rule.KNOWN_MARKINGS,),
    ),
    "amber, where the collection releases green alone": (
        a_release(a_handling(AMBER), terms=release_terms(tlp=frozenset({GREEN}))),
        (Rule.COLLECTION_TLP,),
    ),
    "amber+strict, to a member up to amber": (a_release(a_handling(STRICT)), (Rule.MEMBER_TLP,)),
    "amber, to a member whose list holds amber+strict and not amber": (
        a_release(a_handling(AMBER), terms=some_terms(members={WIND: Member(WIND, tlp=frozenset({STRICT}))})),
        (Rule.MEMBER_TLP,),
    ),
    "green and amber, to a member cleared for amber alone": (
        a_release(a_handling(GREEN, AMBER), terms=some_terms(members={WIND: Member(WIND, tlp=frozenset({AMBER}))})),
        (Rule.MEMBER_TLP,),
    ),
    "red, to the accounts of a member with every level": (a_release(a_handling(RED), CERT), (Rule.NAMED_FOR_RED,)),
    "red, to the account named for it": (a_release(a_handling(RED), CERT, DUTY), ()),
    "red, to an account named in another collection": (
        a_release(a_handling(RED), CERT, f"{CERT}/night"),
        (Rule.NAMED_FOR_RED,),
    ),
    "red, to an account named for it, where the collection's list lacks red": (
        a_release(a_handling(RED), CERT, DUTY, terms=release_terms(tlp=UP_TO_AMBER, red=frozenset({DUTY}))),
        (),
    ),
    "red, to an account named for it, where its member's list lacks red": (
        a_release(a_handling(RED), WIND, f"{WIND}/duty", terms=release_terms(red=frozenset({f"{WIND}/duty"}))),
        (Rule.MEMBER_TLP,),
    ),
    "green, to the account named for red": (a_release(PLAIN, CERT, DUTY), ()),
    "amber, to a client of another member": (a_release(a_handling(AMBER), WATER), ()),
    "amber+strict, to a client whose list holds it": (a_release(a_handling(STRICT), WATER), (Rule.CLIENT,)),
    "red, to a client's account named for it": (
        a_release(a_handling(RED), WATER, f"{WATER}/duty", terms=release_terms(red=frozenset({f"{WATER}/duty"}))),
        (Rule.CLIENT,),
    ),
    "unmarked, where the collection declares amber": (a_release(a_handling(unmarked=True)), ()),
    "unmarked, where the collection declares nothing": (
        a_release(a_handling(unmarked=True), CERT, terms=release_terms(unmarked=None)),
        (Rule.DEFAULT_LEVEL,),
    ),
    "unmarked, where the collection declares a level that the member lacks": (
        a_release(a_handling(unmarked=True), terms=release_terms(unmarked=STRICT)),
        (Rule.MEMBER_TLP,),
    ),
    "green in part, where the collection declares a level for the rest that the member lacks": (
        a_release(a_handling(GREEN, unmarked=True), terms=release_terms(unmarked=STRICT)),
        (Rule.MEMBER_TLP,),
    ),
    "a statement, where the collection accepts none": (a_release(STATED), (Rule.STATEMENTS,)),
    "a statement, where the collection accepts all": (a_release(STATED, terms=release_terms(statements=ALL)), ()),
    "a statement that the collection lists": (
        a_release(STATED, terms=release_terms(statements=frozenset({STATEMENT}))),
        (),
    ),
    "a custom marking that nobody mapped": (a_release(CUSTOMED), (Rule.CUSTOM,)),
    "a custom marking mapped to the member by its id": (
        a_release(CUSTOMED, terms=release_terms(custom={CUSTOM: frozenset({WIND})})),
        (),
    ),
    "a custom marking mapped to the member by its extension": (
        a_release(CUSTOMED, terms=release_terms(custom={EXTENSION: ALL})),
        (),
    ),
    "a custom marking mapped by its id to another member, and by its extension to all": (
        a_release(CUSTOMED, terms=release_terms(custom={EXTENSION: ALL, CUSTOM: frozenset({CERT})})),
        (Rule.CUSTOM,),
    ),
    "green, while the newest version is amber+strict": (a_release(PLAIN, cap=a_handling(STRICT)), (Rule.CAP,)),
    "green, while the newest version is amber": (a_release(PLAIN, cap=a_handling(AMBER)), ()),
    "amber+strict, to the member that contributed it and is not cleared for it": (
        a_release(a_handling(STRICT), own=True),
        (),
    ),
    "an unknown marking, to the member that contributed it": (a_release(a_handling(unknown=True), own=True), ()),
    "its own contribution, capped": (a_release(PLAIN, own=True, cap=a_handling(RED, unknown=True)), ()),
    "under embargo": (a_release(PLAIN, span=Span(not_before=NOW + SECOND)), (Rule.EMBARGO,)),
    "at the instant at which the embargo ends": (a_release(PLAIN, span=Span(not_before=NOW)), ()),
    "its own contribution, under embargo": (a_release(PLAIN, own=True, span=Span(not_before=NOW + SECOND)), ()),
    "before its end": (a_release(PLAIN, span=Span(not_after=NOW + SECOND)), ()),
    "at its end": (a_release(PLAIN, span=Span(not_after=NOW)), (Rule.EXPIRY,)),
    "its own contribution, at its end": (a_release(PLAIN, own=True, span=Span(not_after=NOW)), (Rule.EXPIRY,)),
    "its own contribution, after the agreement": (a_release(PLAIN, own=True, now=EXPIRES), (Rule.IN_FORCE,)),
    "its own contribution, in a collection that it may not read": (
        a_release(PLAIN, own=True, terms=some_terms(read=frozenset({CERT}))),
        (Rule.READ,),
    ),
    **SIDES,
}

INTAKES = {
    "a feeder's own green indicator": (an_intake(FIRST), ()),
    "from a partner that is no member": (
        an_intake(an_object(created_by_ref=NOBODY), partner=STRANGER, terms=some_terms(write=ALL)),
        (Rule.MEMBER,),
    ),
    "after the agreement": (an_intake(FIRST, now=EXPIRES), (Rule.IN_FORCE,)),
    "from a member that may not write": (
        an_intake(an_object(created_by_ref=IDENTITY[WATER]), partner=WATER),
        (Rule.WRITE,),
    ),
    **{
        f"from an account with the role {role}": (an_intake(FIRST, role=role), (Rule.FEEDER,))
        for role in Role
        if role is not Role.FEEDER
    },
    "the registry's green, where nothing unmarked and only indicators are taken": (
        an_intake(an_object(TLP_GREEN_1), NOTHING, terms=intake_terms(types=frozenset({"indicator"}))),
        (),
    ),
    "the registry's green as STIX 2.0 writes it": (an_intake(an_object(TLP_GREEN_OF_STIX_2_0), NOTHING), ()),
    "another level under the registry's id of green": (
        an_intake(an_object({**TLP_GREEN_1, "definition": {"tlp": "white"}}), NOTHING),
        (Rule.UNALTERED,),
    ),
    "a definition that marks itself": (
        an_intake(an_object(a_definition(STATEMENT, object_marking_refs=[STATEMENT])), NOTHING),
        (Rule.NO_SELF_MARKING,),
    ),
    "a definition that marks its own name with itself": (
        an_intake(
            an_object(
                a_definition(STATEMENT, name="n", granular_markings=[{"marking_ref": STATEMENT, "selectors": ["name"]}])
            ),
            NOTHING,
        ),
        (Rule.NO_SELF_MARKING,),
    ),
    "a STIX 2.0 object, where 2.1 alone is taken": (an_intake(an_object(spec_version=None)), (Rule.SPEC_VERSION,)),
    "a STIX 2.0 object, where both are taken": (
        an_intake(an_object(spec_version=None), terms=intake_terms(spec_versions=frozenset({"2.0", "2.1"}))),
        (),
    ),
    "a type that the collection does not list": (
        an_intake(FIRST, terms=intake_terms(types=frozenset({"malware"}))),
        (Rule.OBJECT_TYPE,),
    ),
    "red on a part of it, where intake stops at amber": (an_intake(FIRST, a_handling(GREEN, RED)), (Rule.INTAKE_TLP,)),
    "without TLP, where the collection says nothing about it": (
        an_intake(FIRST, a_handling(unmarked=True)),
        (Rule.INTAKE_UNMARKED,),
    ),
    "without TLP, where the collection takes it as green": (
        an_intake(FIRST, a_handling(unmarked=True), terms=intake_terms(unmarked=GREEN)),
        (),
    ),
    "without TLP, where it would stand for a level that intake does not take": (
        an_intake(FIRST, a_handling(unmarked=True), terms=intake_terms(unmarked=RED)),
        (Rule.INTAKE_UNMARKED,),
    ),
    "a marking that does not resolve": (an_intake(FIRST, a_handling(GREEN, unknown=True)), ()),
    "in the name of another member": (an_intake(an_object(created_by_ref=IDENTITY[CERT])), (Rule.OWNERSHIP,)),
    "in the name of another member that permits it": (
        an_intake(an_object(created_by_ref=IDENTITY[CERT]), terms=intake_terms(relays={WIND: frozenset({CERT})})),
        (),
    ),
    "in the name of nobody's identity": (an_intake(an_object(created_by_ref=NOBODY)), ()),
    "in the name of a partner that is no member here": (an_intake(an_object(created_by_ref=IDENTITY[STRANGER])), ()),
    "in nobody's name": (an_intake(an_object(created_by_ref=None)), ()),
    "another member's identity object, unsigned": (an_intake(an_object(CERT_ITSELF)), (Rule.OWNERSHIP,)),
    "another member's identity object, signed by the sender": (
        an_intake(an_object({**CERT_ITSELF, "created_by_ref": IDENTITY[WIND]})),
        (Rule.OWNERSHIP,),
    ),
    "its own identity object": (an_intake(an_object(CERT_ITSELF), partner=CERT), ()),
    "six minutes ahead": (an_intake(an_object(modified="2026-06-01T12:06:00.000Z")), (Rule.NOT_AHEAD,)),
    "five minutes ahead and a tenth of a microsecond": (
        an_intake(an_object(modified="2026-06-01T12:05:00.0000001Z")),
        (Rule.NOT_AHEAD,),
    ),
    "five minutes ahead": (an_intake(an_object(modified="2026-06-01T12:05:00.000Z")), ()),
    "the same again": (an_intake(FIRST, known=known(FIRST)), ()),
    "the same version with other content": (
        an_intake(an_object(confidence=90), known=known(FIRST)),
        (Rule.SAME_VERSION,),
    ),
    "the same version, its instant written otherwise, with other content": (
        an_intake(an_object(confidence=90, modified="2026-03-01T08:00:00.000000Z"), known=known(FIRST)),
        (Rule.SAME_VERSION,),
    ),
    "other content under the id of its own address": (
        an_intake(an_object({**AN_ADDRESS, "value": "198.51.100.4"}), known=known(an_object(AN_ADDRESS))),
        (),
    ),
    "a later version": (an_intake(_second_version(), known=known(FIRST)), ()),
    "a later version with another `created`": (
        an_intake(_second_version(created="2026-02-01T08:00:00.000Z"), known=known(FIRST)),
        (Rule.CREATED_KEPT,),
    ),
    "a later version after its own revocation": (
        an_intake(_second_version(), known=known(FIRST, revoked_at="2026-03-01T08:00:00")),
        (Rule.AFTER_REVOKED,),
    ),
    "an earlier version after its own revocation": (
        an_intake(FIRST, known=known(_second_version(), revoked_at="2026-03-02T08:00:00")),
        (),
    ),
}

V1, V2 = "2026-03-01T08:00:00", "2026-03-02T08:00:00"
OWNERS, OF_WIND, OF_WATER = IDENTITY[CERT], f"{NOBODY} via {WIND}", f"{NOBODY} via {WATER}"


def standing(contribution, origin, version_key=V1, spec="2.1", may_see=True, own=False):
    return Standing(contribution, "someone", origin, version_key, spec, may_see, own)


LINES = {
    "nothing": ([], set(), {}),
    "two versions of one origin": ([standing(1, OF_WIND), standing(2, OF_WIND, V2)], {1, 2}, {}),
    "a later copy by another submitter": ([standing(1, OF_WIND), standing(2, OF_WATER)], {1}, {2: Rule.ONE_ORIGIN}),
    "a newer version by another submitter": (
        [standing(1, OF_WIND), standing(2, OF_WATER, V2)],
        {1},
        {2: Rule.ONE_ORIGIN},
    ),
    "a later copy, the first one hidden": ([standing(1, OF_WIND, may_see=False), standing(2, OF_WATER)], {2}, {}),
    "the owner's copy, received last": ([standing(1, OF_WIND), standing(2, OWNERS)], {2}, {1: Rule.ONE_ORIGIN}),
    "the owner's copy, hidden": ([standing(1, OF_WIND), standing(2, OWNERS, may_see=False)], {1}, {}),
    "one version in two encodings": ([standing(1, OWNERS), standing(2, OWNERS, spec="2.0")], {1, 2}, {}),
    "the owner's version, contributed again by a relay": (
        [standing(1, OWNERS), standing(2, OWNERS)],
        {1},
        {2: Rule.ONE_CONTENT},
    ),
    "one's own copy beside the owner's of the same version": (
        [standing(1, OWNERS), standing(2, OF_WIND, own=True)],
        {2},
        {1: Rule.ONE_CONTENT},
    ),
    "one's own copy beside the owner's next version": (
        [standing(1, OF_WIND, own=True), standing(2, OWNERS, V2)],
        {1, 2},
        {},
    ),
    "one's own copy, the first of nobody's": (
        [standing(1, OF_WIND, own=True), standing(2, OF_WATER, V2)],
        {1},
        {2: Rule.ONE_ORIGIN},
    ),
    "one's own copy, which the agreement no longer shows": ([standing(1, OF_WIND, may_see=False, own=True)], set(), {}),
}
