"""Cases that people decided, keyed by a sentence, each with the rules that stand in the way; none of them: granted.

Between them every rule stands alone in the way at least once, or alone makes the difference.
"""

from dataclasses import replace
from datetime import timedelta

from app.policy.handling import Handling
from app.policy.lines import Standing
from app.policy.partnership import (
    ALL,
    CustomTerms,
    IntakeTerms,
    Member,
    PapLevel,
    ReleaseTerms,
    Reports,
    ReviewTerms,
    Role,
    TlpLevel,
    Verdict,
)
from app.policy.rules import Rule
from app.policy.times import Span
from app.stix.identifiers import sco_id
from tests.policy.builders import AMBER as AMBER_MARK
from tests.policy.builders import AMBER_STRICT as STRICT_MARK
from tests.policy.builders import (
    CERT,
    CUSTOM,
    EFFECTIVE,
    EXPIRES,
    EXTENSION,
    GREEN_1,
    IDENTITY,
    LEVELS,
    NOBODY,
    NOW,
    OPENCTI_STRICT,
    PAP_CLEAR,
    PAP_GREEN,
    REGISTRY,
    STATEMENT,
    STRANGER,
    UP_TO_AMBER,
    WATER,
    WHITE_1,
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
from tests.policy.builders import CLEAR as CLEAR_MARK
from tests.policy.builders import GREEN as GREEN_MARK
from tests.policy.builders import PAP_AMBER as PAP_AMBER_MARK
from tests.policy.builders import RED as RED_MARK
from tests.policy.decided_break_glass import BREAK_GLASS
from tests.policy.decided_derivatives import DERIVATIVES
from tests.policy.decided_sides import SIDES

GREEN, AMBER, STRICT, RED = TlpLevel.GREEN, TlpLevel.AMBER, TlpLevel.AMBER_STRICT, TlpLevel.RED
PLAIN = a_handling(GREEN)
NOTHING = Handling()
STATED = a_handling(GREEN, statements=frozenset({STATEMENT}))
CUSTOMED = a_handling(GREEN, custom=frozenset({(CUSTOM, EXTENSION)}))
NO_FOREIGNERS = a_handling(
    GREEN, custom=frozenset({(CUSTOM, EXTENSION)}), disseminations=frozenset({(CUSTOM, "NOFORN")})
)
PAP_AMBER = a_handling(GREEN, pap=frozenset({PapLevel.AMBER}))
ENCRYPTED = a_handling(GREEN, iep=frozenset({("encrypt_in_transit", "must"), ("permitted_actions", "none")}))
TO_FIVE = a_handling(GREEN, releasable_to=frozenset({frozenset({"AUS", "CAN", "GBR", "NZL", "USA"})}))
TO_TWO_LISTS = a_handling(GREEN, releasable_to=frozenset({frozenset({"NLD", "USA"}), frozenset({"NLD", "DEU"})}))
CONTROLLED = a_handling(GREEN, originator_control=True)
UNNAMED = a_handling(GREEN, anonymous=True)
ENERGY = Member(WIND, UP_TO_AMBER, organizations=frozenset({"USA.DOE"}), entity=frozenset({"GOV"}))
DUTY = f"{CERT}/duty"


def an_acs_marking(*tokens, display="permit", sharing="permit"):
    """The facts of an unclassified ACS marking with these defaults."""
    defaults = [("classification", "U"), ("display-default", display), ("sharing-default", sharing)]
    return a_handling(GREEN, acs=frozenset({frozenset([*defaults, *tokens])}))


def under_acs(handling, member=ENERGY, **accepted):
    """Whether it goes to a member, in a collection that takes what is unclassified."""
    release = ReleaseTerms(tlp=LEVELS, acs={"classification": frozenset({"U"}), **accepted})
    return a_release(handling, terms=some_terms(release=release, members={WIND: member}))


def intake_terms(**intake):
    return some_terms(intake=IntakeTerms(**{"types": ALL, "tlp": UP_TO_AMBER, **intake}))


def _second_version(**changed):
    return an_object(modified="2026-03-02T08:00:00.000Z", **changed)


FIRST = an_object()
OF_NOBODY, STRANGERS = an_object(created_by_ref=NOBODY), IDENTITY[STRANGER]
BY_NOBODY_ABOUT_WIND = {"created_by_ref": NOBODY, "description": f"Seen at {IDENTITY[WIND]}."}
UNNAMED_FIRST = (Rule.SOURCE_UNNAMED,)
UNNAMED_ISAC = some_terms(
    members={CERT: Member(CERT, LEVELS), WIND: Member(WIND, UP_TO_AMBER, anonymous=True)},
    intake=IntakeTerms(types=ALL, tlp=UP_TO_AMBER),
)
CLOSING = some_terms(closure=True)
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
        a_release(CUSTOMED, terms=release_terms(custom={CUSTOM: CustomTerms(frozenset({WIND}))})),
        (),
    ),
    "a custom marking mapped to the member by its extension": (
        a_release(CUSTOMED, terms=release_terms(custom={EXTENSION: CustomTerms(ALL)})),
        (),
    ),
    "a custom marking mapped by its id to another member, and by its extension to all": (
        a_release(
            CUSTOMED, terms=release_terms(custom={EXTENSION: CustomTerms(ALL), CUSTOM: CustomTerms(frozenset({CERT}))})
        ),
        (Rule.CUSTOM,),
    ),
    "a custom marking with a dissemination control that the mapping does not name": (
        a_release(NO_FOREIGNERS, terms=release_terms(custom={EXTENSION: CustomTerms(ALL)})),
        (Rule.CUSTOM,),
    ),
    "a custom marking with a dissemination control that the mapping names": (
        a_release(NO_FOREIGNERS, terms=release_terms(custom={EXTENSION: CustomTerms(ALL, frozenset({"NOFORN"}))})),
        (),
    ),
    "PAP, where the collection has no terms for it": (a_release(PAP_AMBER), (Rule.PAP,)),
    "PAP of a level that the collection lists": (
        a_release(PAP_AMBER, terms=release_terms(pap=frozenset({PapLevel.AMBER}))),
        (),
    ),
    "PAP amber, where the collection lists red, which is no rank above it": (
        a_release(PAP_AMBER, terms=release_terms(pap=frozenset({PapLevel.RED}))),
        (Rule.PAP,),
    ),
    "a policy, where the members have undertaken nothing": (a_release(ENCRYPTED), (Rule.IEP,)),
    "a policy, where the members have undertaken one of its two statements": (
        a_release(ENCRYPTED, terms=release_terms(iep={"encrypt_in_transit": frozenset({"must"})})),
        (Rule.IEP,),
    ),
    "a policy, where the members have undertaken all that it says": (
        a_release(
            ENCRYPTED,
            terms=release_terms(
                iep={"encrypt_in_transit": frozenset({"must"}), "permitted_actions": frozenset({"none"})}
            ),
        ),
        (),
    ),
    "ACS, where the collection has no terms for it": (a_release(an_acs_marking()), (Rule.ACS,)),
    "ACS, unclassified, to whom it permits by default": (under_acs(an_acs_marking()), ()),
    "ACS with a caveat that the collection does not accept": (
        under_acs(an_acs_marking(("caveat", "FISA"))),
        (Rule.ACS,),
    ),
    "ACS with a caveat that the collection accepts": (
        under_acs(an_acs_marking(("caveat", "FISA")), caveat=frozenset({"FISA"})),
        (),
    ),
    "ACS for an organization that the member is": (
        under_acs(an_acs_marking(("permitted_organizations", "USA.DOE"), ("permitted_organizations", "USA.DOJ"))),
        (),
    ),
    "ACS for organizations that the member is not": (
        under_acs(an_acs_marking(("permitted_organizations", "USA.DOJ"))),
        (Rule.ACS,),
    ),
    "ACS for a nationality that the member does not state": (
        under_acs(an_acs_marking(("permitted_nationalities", "USA"))),
        (Rule.ACS,),
    ),
    "ACS for another entity": (under_acs(an_acs_marking(("entity", "SVC"))), (Rule.ACS,)),
    "ACS that displays nothing by default": (under_acs(an_acs_marking(display="deny")), (Rule.ACS,)),
    "ACS that displays nothing by default, with a rule that permits it to all": (
        under_acs(an_acs_marking(("display-permit", "ALL"), display="deny")),
        (),
    ),
    "ACS with a rule that denies display to all": (under_acs(an_acs_marking(("display-deny", "ALL"))), (Rule.ACS,)),
    "ACS with a rule that denies display to what the member is a part of": (
        under_acs(an_acs_marking(("display-deny", "USA"), ("display-permit", "USA.DOE"))),
        (Rule.ACS,),
    ),
    "ACS with a rule that denies display to somebody else": (under_acs(an_acs_marking(("display-deny", "USA.DO"))), ()),
    "ACS with a rule that denies display to somebody, to a member that does not say what it is": (
        under_acs(an_acs_marking(("display-deny", "USA.DHS")), Member(WIND, UP_TO_AMBER)),
        (Rule.ACS,),
    ),
    "ACS that is not shared further by default": (under_acs(an_acs_marking(sharing="deny")), (Rule.ACS,)),
    "ACS that is not shared further by default, with a rule that permits it to the member": (
        under_acs(an_acs_marking(("sharing-permit", "USA.DOE"), sharing="deny")),
        (),
    ),
    "REL TO five countries, to a member of another": (
        a_release(TO_FIVE, terms=some_terms(members={WIND: Member(WIND, LEVELS, nationalities=frozenset({"NLD"}))})),
        (Rule.RELEASABLE_TO,),
    ),
    "REL TO five countries, to a member that states none": (a_release(TO_FIVE), (Rule.RELEASABLE_TO,)),
    "REL TO five countries, to a member of one of them": (
        a_release(
            TO_FIVE, terms=some_terms(members={WIND: Member(WIND, LEVELS, nationalities=frozenset({"NLD", "GBR"}))})
        ),
        (),
    ),
    "two release lists, to a member of a country of both": (
        a_release(
            TO_TWO_LISTS, terms=some_terms(members={WIND: Member(WIND, LEVELS, nationalities=frozenset({"NLD"}))})
        ),
        (),
    ),
    "two release lists, to a member of a country of one": (
        a_release(
            TO_TWO_LISTS, terms=some_terms(members={WIND: Member(WIND, LEVELS, nationalities=frozenset({"USA"}))})
        ),
        (Rule.RELEASABLE_TO,),
    ),
    "under originator control": (a_release(CONTROLLED), (Rule.ORIGINATOR_CONTROL,)),
    "under originator control, to the originator, relayed by another": (a_release(CONTROLLED, originator=WIND), ()),
    "signed by a source that must not be named": (a_release(replace(UNNAMED, signed=True)), (Rule.ATTRIBUTION,)),
    "unsigned, of a source that must not be named": (a_release(UNNAMED), ()),
    "green, while the newest version is amber+strict": (a_release(PLAIN, cap=a_handling(STRICT)), (Rule.CAP,)),
    "green, while the newest version is amber": (a_release(PLAIN, cap=a_handling(AMBER)), ()),
    "amber+strict, to the member that contributed it and is not cleared for it": (
        a_release(a_handling(STRICT), own=True),
        (),
    ),
    "an unknown marking, to the member that contributed it": (a_release(a_handling(unknown=True), own=True), ()),
    "its own contribution, capped": (a_release(PLAIN, own=True, cap=a_handling(RED, unknown=True)), ()),
    "it refers to something hidden, where that withholds": (
        a_release(PLAIN, terms=CLOSING, end_hidden=True),
        (Rule.CLOSURE,),
    ),
    "it refers to something hidden, where references stay as they are": (a_release(PLAIN, end_hidden=True), ()),
    "its own contribution, which refers to something hidden": (
        a_release(PLAIN, own=True, terms=CLOSING, end_hidden=True),
        (),
    ),
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
    **BREAK_GLASS,
    **DERIVATIVES,
}

EXCHANGES = "identity--0b1d3a52-9c3c-4f0e-8d0f-5f8f4c7e2a11"


def a_report(sightings, signer=IDENTITY[WIND], **changed):
    """What an analyst reports to a collection with this word, signed by this identity."""
    terms = intake_terms(sightings=sightings)
    terms = replace(terms, partners=replace(terms.partners, identity=EXCHANGES))
    return an_intake(
        an_object(created_by_ref=signer), **{"terms": terms, "role": Role.ANALYST, "reported": True, **changed}
    )


INTAKES = {
    "a report, where none is taken": (a_report(Reports.REFUSE), (Rule.FEEDER,)),
    "a report in the name of its organisation": (a_report(Reports.NAMED), ()),
    "an officer's report": (a_report(Reports.NAMED, role=Role.OFFICER), ()),
    "a report by an account that pushes": (a_report(Reports.NAMED, role=Role.FEEDER), (Rule.FEEDER,)),
    "a report by a member that may not write": (
        a_report(Reports.ANONYMOUS, EXCHANGES, partner=WATER),
        (Rule.WRITE, Rule.FEEDER),
    ),
    "an analyst's push, where reports are taken": (a_report(Reports.NAMED, reported=False), (Rule.FEEDER,)),
    "a report without a name": (a_report(Reports.ANONYMOUS, EXCHANGES), ()),
    "a report that the exchange signs where members do": (a_report(Reports.NAMED, EXCHANGES), (Rule.OWNERSHIP,)),
    "a report in another member's name": (a_report(Reports.ANONYMOUS, IDENTITY[CERT]), (Rule.OWNERSHIP,)),
    "a push that the exchange signs": (
        a_report(Reports.ANONYMOUS, EXCHANGES, role=Role.FEEDER, reported=False),
        (Rule.OWNERSHIP,),
    ),
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
    **{
        f"of a member that is not to be named, {how}": (an_intake(an_object(**said), terms=UNNAMED_ISAC), rules)
        for how, said, rules in (
            ("in its name", {"description": IDENTITY[WIND]}, ()),
            ("in nobody's name", {"created_by_ref": None}, ()),
            ("in nobody's name, naming others", {"created_by_ref": None, "description": IDENTITY[CERT]}, ()),
            ("naming it", {"created_by_ref": None, "x_by": [{"at": IDENTITY[WIND]}]}, UNNAMED_FIRST),
            ("naming it in capitals", {"created_by_ref": None, "description": IDENTITY[WIND].upper()}, UNNAMED_FIRST),
            ("with a property of its name", {"created_by_ref": None, "x_by": {IDENTITY[WIND]: 1}}, UNNAMED_FIRST),
            ("in the name of nobody's identity, naming it", BY_NOBODY_ABOUT_WIND, UNNAMED_FIRST),
        )
    },
    "of a member that may be named, naming it": (an_intake(an_object(**BY_NOBODY_ABOUT_WIND)), ()),
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
    **{
        f"a later version {how}": (an_intake(_second_version(created_by_ref=signer), known=known(before)), rules)
        for how, before, signer, rules in (
            ("in nobody's name, after its own", FIRST, None, (Rule.SIGNER_KEPT,)),
            ("in its own name, after nobody's", an_object(created_by_ref=None), IDENTITY[WIND], (Rule.SIGNER_KEPT,)),
            ("of another identity that is nobody's", OF_NOBODY, STRANGERS, (Rule.SIGNER_KEPT,)),
            ("of the same identity that is nobody's", OF_NOBODY, NOBODY, ()),
            ("in nobody's name, after nobody's", an_object(created_by_ref=None), None, ()),
        )
    },
    "its revocation in nobody's name, after a version in its own": (
        an_intake(_second_version(created_by_ref=None, revoked=True), known=known(FIRST)),
        (Rule.SIGNER_KEPT,),
    ),
    "an earlier version in nobody's name": (
        an_intake(an_object(created_by_ref=None), known=known(_second_version())),
        (Rule.SIGNER_KEPT,),
    ),
    "a later version in its own name, after one of STIX 2.0 in nobody's": (
        an_intake(
            _second_version(), known=known(an_object(spec_version=None, created_by_ref=None), versions={}, created=None)
        ),
        (Rule.SIGNER_KEPT,),
    ),
    "its own identity object, which it no longer signs": (
        an_intake(
            an_object({**CERT_ITSELF, "modified": "2026-03-02T08:00:00.000Z"}),
            partner=CERT,
            known=known(an_object({**CERT_ITSELF, "created_by_ref": IDENTITY[CERT]})),
        ),
        (),
    ),
    "its own address, which it no longer signs": (
        an_intake(an_object(AN_ADDRESS), known=known(an_object({**AN_ADDRESS, "created_by_ref": IDENTITY[WIND]}))),
        (Rule.SIGNER_KEPT,),
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

ADDRESS = {"type": "ipv4-addr", "spec_version": "2.1", "object_marking_refs": [GREEN_MARK]}
MISNAMED = an_object({**ADDRESS, "id": "ipv4-addr--28bb3599-77cd-5a82-a950-b5bc3caf07c4", "value": "203.0.113.9"})
NAMED = an_object({**ADDRESS, "id": sco_id({"type": "ipv4-addr", "value": "203.0.113.9"}), "value": "203.0.113.9"})
AT_RANDOM = an_object({**ADDRESS, "id": "ipv4-addr--0b4f1d5e-3c55-4f0a-8b3b-6f5a0b9d2c11", "value": "203.0.113.9"})


def named(pattern=None, **tree):
    """A push into a collection that refuses own assets."""
    terms = intake_terms(lists={"own-assets": Verdict.REFUSE})
    return an_intake(an_object(pattern=pattern) if pattern else an_object({**ADDRESS, **tree}), terms=terms)


def marked_green(**changed):
    return an_object(object_marking_refs=[GREEN_MARK], **changed)


def after(earlier, later, word=Verdict.REFUSE, **intake):
    """A push after another of the same organisation, into a collection with this word on loosened markings."""
    return an_intake(later, terms=intake_terms(loosened=word, **intake), known=known(earlier))


def marks_on(*selectors, mark=AMBER_MARK):
    return {"granular_markings": [{"marking_ref": mark, "selectors": list(selectors)}]}


LATER = {"modified": "2026-03-02T08:00:00.000Z"}
LABELS = {"labels": ["a", "b"]}
REFERENCE = "external_references.[{}]"
OPEN_CASE = {"source_name": "a", "description": "open"}
CLOSED_CASE = {"source_name": "a", "description": "about a victim"}
LOOSENED = (Rule.LOOSENED_MARKING,)
A_PART = [{"marking_ref": AMBER_MARK, "selectors": ["pattern"]}]

BY_WORDS = {
    "an id that the host has blocked": (an_intake(FIRST, blocked=True), (Rule.NOT_BLOCKED,)),
    "TLP, where TLP is required": (an_intake(marked_green(), terms=intake_terms(require=frozenset({"tlp"}))), ()),
    "a level by the tables, where TLP is required": (
        an_intake(an_object(object_marking_refs=[OPENCTI_STRICT]), terms=intake_terms(require=frozenset({"tlp"}))),
        (),
    ),
    "no PAP, where PAP is required": (
        an_intake(marked_green(), terms=intake_terms(require=frozenset({"tlp", "pap"}))),
        (Rule.REQUIRED_MARKINGS,),
    ),
    "the required statement": (
        an_intake(
            an_object(object_marking_refs=[STATEMENT]), STATED, terms=intake_terms(require=frozenset({STATEMENT}))
        ),
        (),
    ),
    "a definition, where TLP is required": (
        an_intake(an_object(a_definition(STATEMENT)), STATED, terms=intake_terms(require=frozenset({"tlp"}))),
        (),
    ),
    "another's deterministic id, where that is refused": (
        an_intake(MISNAMED, terms=intake_terms(deterministic_ids=Verdict.REFUSE)),
        (Rule.DETERMINISTIC_ID,),
    ),
    "another's deterministic id, where nothing is said of it": (an_intake(MISNAMED), ()),
    "its deterministic id": (an_intake(NAMED, terms=intake_terms(deterministic_ids=Verdict.REFUSE)), ()),
    "a random id": (an_intake(AT_RANDOM, terms=intake_terms(deterministic_ids=Verdict.REFUSE)), ()),
    "an indicator of an own address": (named("[ipv4-addr:value = '198.51.100.3']"), (Rule.VALUE_LISTS,)),
    "an indicator of the address beside": (named("[ipv4-addr:value = '198.51.100.16']"), ()),
    "an own address written as IPv6": (
        named("[ipv6-addr:value = '::ffff:198.51.100.3']"),
        (Rule.VALUE_LISTS,),
    ),
    "an own IPv6 address, written at length": (
        named(type="ipv6-addr", id="ipv6-addr--0b4f1d5e-3c55-4f0a-8b3b-6f5a0b9d2c11", value="2001:0DB8:0017:0::1"),
        (Rule.VALUE_LISTS,),
    ),
    "a network around own addresses": (named("[ipv4-addr:value = '198.51.0.0/16']"), (Rule.VALUE_LISTS,)),
    "a host below an own domain": (named("[domain-name:value = 'Mail.EXAMPLE.nl.']"), (Rule.VALUE_LISTS,)),
    "a host that only ends like an own domain": (named("[domain-name:value = 'notexample.nl']"), ()),
    "a URL of an own host": (named("[url:value = 'https://www.example.nl:8443/x?y']"), (Rule.VALUE_LISTS,)),
    "a URL that is listed": (named("[url:value = 'https://portal.example.org/login']"), (Rule.VALUE_LISTS,)),
    "a URL beside one that is listed": (named("[url:value = 'https://portal.example.org/']"), ()),
    "mail from an own domain": (named("[email-addr:value = 'a@example.nl']"), (Rule.VALUE_LISTS,)),
    "an own file's hash, in capitals": (
        named("[file:hashes.MD5 = 'D41D8CD98F00B204E9800998ECF8427E']"),
        (Rule.VALUE_LISTS,),
    ),
    "a list that is not there": (
        an_intake(FIRST, terms=intake_terms(lists={"gone": Verdict.REFUSE})),
        (Rule.VALUE_LISTS,),
    ),
    "a late version, where that is refused": (
        an_intake(FIRST, terms=intake_terms(older_versions=Verdict.REFUSE), known=known(_second_version())),
        (Rule.OLDER_VERSION,),
    ),
    "a late version, where nothing is said of it": (an_intake(FIRST, known=known(_second_version())), ()),
    "green after amber": (
        after(an_object(object_marking_refs=[AMBER_MARK]), marked_green(**LATER)),
        (Rule.LOOSENED_MARKING,),
    ),
    "green after amber, where nothing is said of it": (
        after(an_object(object_marking_refs=[AMBER_MARK]), marked_green(**LATER), Verdict.ACCEPT),
        (),
    ),
    "amber after what the tables say is amber+strict": (
        after(an_object(object_marking_refs=[OPENCTI_STRICT]), an_object(object_marking_refs=[AMBER_MARK], **LATER)),
        (Rule.LOOSENED_MARKING,),
    ),
    "what the tables say is amber+strict after amber": (
        after(an_object(object_marking_refs=[AMBER_MARK]), an_object(object_marking_refs=[OPENCTI_STRICT], **LATER)),
        (),
    ),
    "amber+strict after another id of it": (
        after(an_object(object_marking_refs=[OPENCTI_STRICT]), an_object(object_marking_refs=[STRICT_MARK], **LATER)),
        (),
    ),
    "clear after green": (
        after(marked_green(), an_object(object_marking_refs=[CLEAR_MARK], **LATER)),
        (Rule.LOOSENED_MARKING,),
    ),
    "TLP 1.0's white after clear": (
        after(an_object(object_marking_refs=[CLEAR_MARK]), an_object(object_marking_refs=[WHITE_1], **LATER)),
        (),
    ),
    "clear after unmarked, which was meant as green": (
        after(an_object(), an_object(object_marking_refs=[CLEAR_MARK], **LATER), unmarked=GREEN),
        (Rule.LOOSENED_MARKING,),
    ),
    "the same level without PAP:CLEAR": (
        after(an_object(object_marking_refs=[GREEN_MARK, PAP_CLEAR]), marked_green(**LATER)),
        (Rule.LOOSENED_MARKING,),
    ),
    "amber after green": (after(marked_green(), an_object(object_marking_refs=[AMBER_MARK], **LATER)), ()),
    "green after TLP 1.0's green": (
        after(an_object(object_marking_refs=[GREEN_1]), marked_green(**LATER)),
        (),
    ),
    "a statement less": (
        after(an_object(object_marking_refs=[GREEN_MARK, STATEMENT]), marked_green(**LATER)),
        (Rule.LOOSENED_MARKING,),
    ),
    "the same level without that of a part": (
        after(marked_green(granular_markings=A_PART), marked_green(**LATER)),
        (Rule.LOOSENED_MARKING,),
    ),
    "the same level without that of an observable in it": (
        after(marked_green(objects={"first": {"object_marking_refs": [AMBER_MARK]}}), marked_green(**LATER)),
        (Rule.LOOSENED_MARKING,),
    ),
    "unmarked, meant as green, after amber": (
        after(an_object(object_marking_refs=[AMBER_MARK]), an_object(**LATER), unmarked=GREEN),
        (Rule.LOOSENED_MARKING,),
    ),
    **{
        f"amber on {how}": (
            after(
                marked_green(labels=["a", "b"], **marks_on(*before)),
                marked_green(**LATER, **{**said, **marks_on(*then)}),
            ),
            rules,
        )
        for how, before, then, said, rules in (
            ("one part, after two", ("pattern", "labels"), ("labels",), LABELS, LOOSENED),
            ("another part", ("pattern",), ("labels",), LABELS, LOOSENED),
            ("another item", ("labels.[0]",), ("labels.[1]",), LABELS, LOOSENED),
            ("an item, after the list", ("labels",), ("labels.[0]",), LABELS, LOOSENED),
            ("the list, after an item", ("labels.[1]",), ("labels",), LABELS, ()),
            ("two parts, after one", ("pattern",), ("labels", "pattern"), LABELS, ()),
            ("another part, where the first is gone", ("labels",), ("pattern",), {}, ()),
            ("another part, where the item is gone", ("labels.[1]",), ("pattern",), {"labels": ["a"]}, ()),
        )
    },
    "amber on the whole, and on another part": (
        after(
            marked_green(**marks_on("pattern")), an_object(object_marking_refs=[AMBER_MARK], **LATER, **marks_on("id"))
        ),
        (),
    ),
    "an item of a list that has moved, with its mark at its old number": (
        after(
            marked_green(labels=["a", "b"], **marks_on("labels.[1]")),
            marked_green(labels=["b", "a"], **LATER, **marks_on("labels.[1]")),
        ),
        LOOSENED,
    ),
    "an item of a list that has moved to where another's mark stands no longer": (
        after(
            marked_green(labels=["a", "b"], **marks_on("pattern", "labels.[1]")),
            marked_green(labels=["b"], **LATER, **marks_on("pattern")),
        ),
        LOOSENED,
    ),
    "an item of a list that has moved, where another list says the same freely": (
        after(
            marked_green(labels=["a", "b"], x_names=["b"], **marks_on("labels.[1]")),
            marked_green(labels=["b", "a"], x_names=["b"], **LATER, **marks_on("labels.[1]")),
        ),
        LOOSENED,
    ),
    "an item of a list that has moved with its mark": (
        after(
            marked_green(labels=["a", "b"], **marks_on("labels.[1]")),
            marked_green(labels=["b", "c"], **LATER, **marks_on("labels.[0]")),
        ),
        (),
    ),
    "an item of a list that another one of it said freely": (
        after(
            marked_green(labels=["b", "b"], **marks_on("labels.[1]")),
            marked_green(labels=["b", "c"], **LATER, **marks_on("labels.[1]")),
        ),
        (),
    ),
    "an item of a list with other words and no mark": (
        after(
            marked_green(labels=["a", "b"], **marks_on("pattern", "labels.[1]")),
            marked_green(labels=["a", "c"], **LATER, **marks_on("pattern")),
        ),
        LOOSENED,
    ),
    "a text in an item that has moved": (
        after(
            marked_green(
                external_references=[OPEN_CASE, CLOSED_CASE], **marks_on(f"{REFERENCE.format(1)}.description")
            ),
            marked_green(
                external_references=[CLOSED_CASE | {"url": "https://a.example/"}, OPEN_CASE],
                **LATER,
                **marks_on(f"{REFERENCE.format(1)}.description"),
            ),
        ),
        LOOSENED,
    ),
    "an item that has moved, of which the whole is marked": (
        after(
            marked_green(external_references=[OPEN_CASE, CLOSED_CASE], **marks_on(REFERENCE.format(1))),
            marked_green(external_references=[CLOSED_CASE, OPEN_CASE], **LATER, **marks_on(REFERENCE.format(1))),
        ),
        LOOSENED,
    ),
    "an item that has moved, in a list that is marked": (
        after(
            marked_green(labels=["a", "b"], **marks_on("labels.[1]")),
            marked_green(labels=["b", "a"], **LATER, **marks_on("labels")),
        ),
        (),
    ),
    "red on a part that was amber, and amber on another": (
        after(
            marked_green(**marks_on("pattern")),
            marked_green(
                **LATER,
                granular_markings=[
                    {"marking_ref": RED_MARK, "selectors": ["pattern"]},
                    {"marking_ref": AMBER_MARK, "selectors": ["id"]},
                ],
            ),
        ),
        (),
    ),
    "a statement on another part": (
        after(
            marked_green(**marks_on("pattern", mark=STATEMENT)), marked_green(**LATER, **marks_on("id", mark=STATEMENT))
        ),
        LOOSENED,
    ),
    "amber+strict on a part, by another id": (
        after(
            marked_green(**marks_on("pattern", mark=OPENCTI_STRICT)),
            marked_green(**LATER, **marks_on("pattern", mark=STRICT_MARK)),
        ),
        (),
    ),
    "no level on a part that was green, where amber stands in for what is unmarked": (
        after(an_object(**marks_on("pattern", mark=GREEN_MARK)), an_object(**LATER), unmarked=AMBER),
        (),
    ),
    "PAP amber on another part, where red stands in for what has no TLP": (
        after(
            an_object(**marks_on("pattern", mark=PAP_AMBER_MARK)),
            an_object(**LATER, **marks_on("id", mark=PAP_AMBER_MARK)),
            unmarked=RED,
        ),
        LOOSENED,
    ),
    "amber on an observable, of which a part was": (
        after(
            marked_green(objects={"0": {"value": "a"}}, **marks_on("objects.0.value")),
            marked_green(objects={"0": {"value": "a", "object_marking_refs": [AMBER_MARK]}}, **LATER),
        ),
        (),
    ),
    "another part, in a language": (
        after(
            marked_green(granular_markings=[{"lang": "nl", "selectors": ["pattern"]}]),
            marked_green(granular_markings=[{"lang": "nl", "selectors": ["id"]}], **LATER),
        ),
        (),
    ),
    "amber on the whole after amber on a part": (
        after(marked_green(granular_markings=A_PART), an_object(object_marking_refs=[AMBER_MARK], **LATER)),
        (),
    ),
    "an earlier version that is more open": (
        after(an_object(object_marking_refs=[AMBER_MARK], **LATER), marked_green()),
        (),
    ),
    "PAP green after PAP amber": (
        after(
            an_object(object_marking_refs=[GREEN_MARK, PAP_AMBER_MARK]),
            an_object(object_marking_refs=[GREEN_MARK, PAP_GREEN], **LATER),
        ),
        (Rule.LOOSENED_MARKING,),
    ),
}

VERSIONS_HERE = {"2026-03-01T08:00:00": frozenset({FIRST.tree_digest}), "2026-03-02T08:00:00": frozenset({b"later"})}
BY_WORDS.update(
    {
        "the same version in another encoding, more openly": (
            an_intake(
                marked_green(),
                terms=intake_terms(loosened=Verdict.REFUSE),
                known=known(an_object(object_marking_refs=[AMBER_MARK]), versions={}),
            ),
            (Rule.LOOSENED_MARKING,),
        ),
        "no level after amber, where amber stands in for what is unmarked": (
            after(an_object(object_marking_refs=[AMBER_MARK]), an_object(**LATER), unmarked=TlpLevel.AMBER),
            (),
        ),
        "the revoking version again": (an_intake(FIRST, known=known(FIRST, revoked_at="2026-03-01T08:00:00")), ()),
        "a first version, where late ones are refused": (
            an_intake(FIRST, terms=intake_terms(older_versions=Verdict.REFUSE)),
            (),
        ),
        "an earlier version again, where late ones are refused": (
            an_intake(
                FIRST,
                terms=intake_terms(older_versions=Verdict.REFUSE),
                known=known(FIRST, versions=VERSIONS_HERE, here=VERSIONS_HERE),
            ),
            (),
        ),
        "an object without dates, where late versions are refused": (
            an_intake(
                an_object(AN_ADDRESS),
                terms=intake_terms(older_versions=Verdict.REFUSE, loosened=Verdict.REFUSE),
                known=known(an_object(AN_ADDRESS)),
            ),
            (),
        ),
        "a first version, where loosened ones are refused": (
            an_intake(marked_green(), terms=intake_terms(loosened=Verdict.REFUSE)),
            (),
        ),
        "an instant that is none, which validation refuses": (an_intake(an_object(modified="yesterday")), ()),
        "marked amber, where green goes to review and stands in for what is unmarked": (
            an_intake(
                FIRST, a_handling(AMBER), terms=intake_terms(unmarked=GREEN, review=ReviewTerms(tlp=frozenset({GREEN})))
            ),
            (),
        ),
    }
)

HELD = {
    "a marking that is not understood, where a level goes to review": (
        an_intake(FIRST, a_handling(GREEN, unknown=True), terms=intake_terms(review=ReviewTerms(tlp=frozenset({RED})))),
        (Rule.REVIEW,),
    ),
    "a type that goes to review": (
        an_intake(FIRST, terms=intake_terms(review=ReviewTerms(types=frozenset({"indicator"})))),
        (Rule.REVIEW,),
    ),
    "a submitter whose pushes go to review": (
        an_intake(FIRST, terms=intake_terms(review=ReviewTerms(submitters=frozenset({WIND})))),
        (Rule.REVIEW,),
    ),
    "a level that goes to review, on a part": (
        an_intake(FIRST, a_handling(GREEN, AMBER), terms=intake_terms(review=ReviewTerms(tlp=frozenset({AMBER})))),
        (Rule.REVIEW,),
    ),
    "unmarked, meant as a level that goes to review": (
        an_intake(
            FIRST,
            a_handling(unmarked=True),
            terms=intake_terms(unmarked=AMBER, review=ReviewTerms(tlp=frozenset({AMBER}))),
        ),
        (Rule.REVIEW,),
    ),
    "what a list, its id and its markings say": (
        an_intake(
            MISNAMED,
            terms=intake_terms(
                deterministic_ids=Verdict.REVIEW, lists={"gone": Verdict.REVIEW}, loosened=Verdict.REVIEW
            ),
            known=known(an_object({**MISNAMED.tree, "object_marking_refs": [AMBER_MARK]})),
        ),
        (Rule.DETERMINISTIC_ID, Rule.VALUE_LISTS, Rule.LOOSENED_MARKING),
    ),
    "a late version, where an officer looks at it": (
        an_intake(FIRST, terms=intake_terms(older_versions=Verdict.REVIEW), known=known(_second_version())),
        (Rule.OLDER_VERSION,),
    ),
}

INTAKES.update(BY_WORDS)

V1, V2 = "2026-03-01T08:00:00", "2026-03-02T08:00:00"
OWNERS, OF_WIND, OF_WATER = IDENTITY[CERT], f"{NOBODY} via {WIND}", f"{NOBODY} via {WATER}"

LEFT = frozenset({IDENTITY[WIND]})


def standing(contribution, origin, version_key=V1, spec="2.1", may_see=True, own=False, dated=True):
    return Standing(contribution, "someone", origin, version_key, spec, may_see, own, dated)


def lifted(contribution, origin, version_key=V1, **changed):
    """What a clause alone shows."""
    return replace(standing(contribution, origin, version_key), lifted=True, **changed)


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
    "what others give under the id of a derivative": (
        [standing(2, OWNERS, V2), replace(standing(1, OF_WIND), derived=True)],
        {1},
        {2: Rule.ONE_ORIGIN},
    ),
    "what its original's owner gives under the id of a derivative": (
        [standing(2, OWNERS, V2), replace(standing(1, OWNERS), derived=True)],
        {1},
        {2: Rule.ONE_ORIGIN},
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
    "what has left a line, and a later version there": (
        [replace(standing(1, OF_WIND), left=frozenset({OWNERS})), standing(2, OWNERS, V2)],
        {2},
        {1: Rule.ONE_ORIGIN},
    ),
    "what has left a line, and a later version that has left it": (
        [replace(standing(1, OF_WIND), left=LEFT), replace(standing(2, OF_WATER, V2), left=LEFT)],
        {2},
        {1: Rule.ONE_ORIGIN},
    ),
    "what has left a line, and the same version that has left it": (
        [replace(standing(1, OF_WIND), left=LEFT), replace(standing(2, OF_WATER), left=LEFT)],
        {1},
        {2: Rule.ONE_ORIGIN},
    ),
    "what has left a line, and a later version of another": (
        [replace(standing(1, OF_WIND), left=LEFT), standing(2, OF_WATER, V2)],
        {1},
        {2: Rule.ONE_ORIGIN},
    ),
    "what has left one owner's line for another's, and a later version that has": (
        [replace(standing(1, OWNERS), left=LEFT), replace(standing(2, IDENTITY[WATER], V2), left=LEFT)],
        {2},
        {1: Rule.ONE_ORIGIN},
    ),
    "one's own copy, the first of nobody's": (
        [standing(1, OF_WIND, own=True), standing(2, OF_WATER, V2)],
        {1},
        {2: Rule.ONE_ORIGIN},
    ),
    "a first copy that a clause alone shows": (
        [lifted(1, OF_WIND), standing(2, OF_WATER, V2)],
        {2},
        {1: Rule.ONE_ORIGIN},
    ),
    "the owner's copy that a clause alone shows": (
        [standing(1, OF_WIND), lifted(2, OWNERS, V2)],
        {1},
        {2: Rule.ONE_ORIGIN},
    ),
    "a derivative that a clause alone shows": (
        [standing(1, OF_WIND), lifted(2, OWNERS, V2, derived=True)],
        {1},
        {2: Rule.ONE_ORIGIN},
    ),
    "the owner's version, contributed before by a relay, which a clause alone shows": (
        [lifted(1, OWNERS), standing(2, OWNERS)],
        {2},
        {1: Rule.ONE_CONTENT},
    ),
    "a next version that a clause alone shows": ([standing(1, OWNERS), lifted(2, OWNERS, V2)], {1, 2}, {}),
    "what a clause alone shows of another origin, and of this": (
        [lifted(1, OF_WIND), standing(2, OF_WATER), lifted(3, OF_WATER, V2), lifted(4, OWNERS, V2)],
        {2, 3},
        {1: Rule.ONE_ORIGIN, 4: Rule.ONE_ORIGIN},
    ),
    "several origins that a clause alone shows": (
        [lifted(1, OF_WIND), lifted(2, OWNERS)],
        {2},
        {1: Rule.ONE_ORIGIN},
    ),
    "what a clause alone shows, beside what is hidden": (
        [lifted(1, OF_WIND), standing(2, OF_WATER, may_see=False)],
        {1},
        {},
    ),
    "what has left a line, and a later version there that a clause alone shows": (
        [replace(standing(1, OF_WIND), left=frozenset({OWNERS})), standing(3, OF_WATER), lifted(2, OWNERS, V2)],
        {1},
        {2: Rule.ONE_ORIGIN, 3: Rule.ONE_ORIGIN},
    ),
    "one's own copy beside the owner's next version, which a clause alone shows": (
        [standing(1, OF_WIND, own=True), lifted(2, OWNERS, V2)],
        {1, 2},
        {},
    ),
    "one's own copy beside the owner's of the same version, which a clause alone shows": (
        [standing(2, OF_WIND, own=True), lifted(1, OWNERS)],
        {2},
        {1: Rule.ONE_CONTENT},
    ),
    "one's own content without dates, and an owner's that a clause alone shows": (
        [standing(2, OF_WIND, own=True, dated=False), lifted(1, OWNERS, V2, dated=False)],
        {2},
        {1: Rule.ONE_ORIGIN},
    ),
    "one's own copy, which the agreement no longer shows": ([standing(1, OF_WIND, may_see=False, own=True)], set(), {}),
}
