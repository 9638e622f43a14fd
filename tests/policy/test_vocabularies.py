"""Bodies of the vocabularies whose instances come from partners: what they ask for, and what is not understood."""

import json
from datetime import timedelta

import pytest

from app.policy.derivation import derive_handling
from app.policy.handling import Handling, Meaning, from_facts, join_meanings, to_facts
from app.policy.partnership import TlpLevel
from app.policy.times import ALWAYS, Span
from app.policy.vocabularies import acs, cui, iep
from app.policy.vocabularies.statements import STATEMENT_PROPERTIES, is_mere_text
from app.stix.strict_json import parse
from app.stix.unicode_forms import MARKS_MAX
from tests.policy.builders import (
    AMBER,
    CUSTOM,
    GREEN,
    NOW,
    OPENCTI_STRICT,
    REGISTRY,
    SHARED,
    STATEMENT,
    Definitions,
    a_definition,
    a_handling,
    an_extension_marking,
    an_object,
    handling_of,
)
from tests.support.growth import grows_as_its_text

LEVEL = TlpLevel
SECOND = timedelta(seconds=1)
START, END = "2026-05-01T00:00:00Z", "2026-07-01T00:00:00Z"
ASKS = frozenset({("encrypt_in_transit", "must")})


def a_policy(**changed):
    body = {"extension_type": "property-extension", "encrypt_in_transit": "must", "iep_version": 2.0, **changed}
    return {name: value for name, value in body.items() if value is not None}


def at(text):
    return NOW.fromisoformat(text)


POLICIES = {
    "a policy without dates": (a_policy(), Meaning(Handling(iep=ASKS))),
    "with a level": (a_policy(tlp="amber"), Meaning(a_handling(LEVEL.AMBER, iep=ASKS))),
    "with a level by its old name": (a_policy(tlp="white"), Meaning(a_handling(LEVEL.CLEAR, iep=ASKS))),
    "with a level by its new name": (a_policy(tlp="clear"), Meaning(a_handling(LEVEL.CLEAR, iep=ASKS))),
    "with its dates": (
        a_policy(start_date=START, end_date=END),
        Meaning(Handling(iep=ASKS), Span(at(START), at(END))),
    ),
    "with dates of parts of a millisecond, inside which it is kept": (
        a_policy(start_date="2026-05-01T00:00:00.0001Z", end_date="2026-07-01T00:00:00.0019Z"),
        Meaning(Handling(iep=ASKS), Span(at("2026-05-01T00:00:00.001Z"), at("2026-07-01T00:00:00.001Z"))),
    ),
    "with dates of whole milliseconds": (
        a_policy(start_date="2026-05-01T00:00:00.998Z", end_date="2026-07-01T00:00:00.999Z"),
        Meaning(Handling(iep=ASKS), Span(at("2026-05-01T00:00:00.998Z"), at("2026-07-01T00:00:00.999Z"))),
    ),
    "with every property that IEP has": (
        a_policy(
            permitted_actions="none",
            affected_party_notifications="may",
            provider_attribution="may",
            unmodified_resale="may",
            tlp="green",
            start_date=START,
            end_date=END,
            external_references=[{"source_name": "x"}],
            **dict.fromkeys(("iep_id", "name", "policy_name", "description"), "x"),
        ),
        Meaning(
            a_handling(
                LEVEL.GREEN,
                iep=ASKS
                | {("permitted_actions", "none"), ("affected_party_notifications", "may")}
                | {("provider_attribution", "may"), ("unmodified_resale", "may")},
            ),
            Span(at(START), at(END)),
        ),
    ),
    "with an end of null": ({**a_policy(), "end_date": None}, Meaning(Handling(iep=ASKS))),
    "ended": (a_policy(end_date="2026-06-01T12:00:00Z", tlp="red"), Meaning(Handling(unmarked=True))),
    "not ended yet": (
        a_policy(end_date="2026-06-01T12:00:00.001Z"),
        Meaning(Handling(iep=ASKS), Span(None, at("2026-06-01T12:00:00.001Z"))),
    ),
    "whose source must not be named": (
        a_policy(encrypt_in_transit=None, provider_attribution="must-not"),
        Meaning(Handling(iep=frozenset({("provider_attribution", "must-not")}), anonymous=True)),
    ),
    "in FIRST's own words": (
        a_policy(encrypt_in_transit=None, attribution="may", external_references=["https://example.org/policy"]),
        Meaning(Handling(iep=frozenset({("provider_attribution", "may")}))),
    ),
    "with a value that no statement has": (a_policy(encrypt_in_transit="must-not"), None),
    "with a value that is no text": (a_policy(encrypt_in_transit=["must"]), None),
    "with no statement": (a_policy(encrypt_in_transit=None), None),
    "with nothing but a level": (a_policy(encrypt_in_transit=None, tlp="green"), None),
    "with a level that there is not": (a_policy(tlp="unclear"), None),
    "with a level that is no text": (a_policy(tlp=["red"]), None),
    "of another version": (a_policy(iep_version=3.0), None),
    "with a property that IEP does not have": (a_policy(tlp_ref=GREEN), None),
    "with attribution twice": (a_policy(attribution="may", provider_attribution="must"), None),
    "with a date that is none": (a_policy(start_date="yesterday"), None),
    "with a date that is no text": (a_policy(end_date=20260701), None),
    "with a date of a beginning of null": ({**a_policy(), "start_date": None}, None),
    "of version true": (a_policy(iep_version=True), None),
    "with an id that is no text": (a_policy(iep_id=5), None),
    "with a description that is no text": (a_policy(description=["x"]), None),
    "with external references that are none": (a_policy(external_references="x"), None),
    "that is another kind of extension": (a_policy(extension_type="new-sdo"), None),
    "that ends when it begins": (a_policy(start_date=START, end_date=START), None),
    "that begins after the last instant": (a_policy(start_date="9999-12-31T23:59:59.9999Z"), None),
}


@pytest.mark.parametrize(("body", "meaning"), POLICIES.values(), ids=POLICIES.keys())
def test_a_policy_asks_for_what_it_states_while_it_is_in_force(body, meaning):
    assert iep.read(body, NOW) == meaning


@pytest.mark.parametrize("name", iep.STATEMENTS)
def test_every_value_of_every_statement_is_understood(name):
    for value in iep.STATEMENTS[name]:
        assert iep.read({name: value}, NOW).handling.iep == frozenset({(name, value)})


def an_acs_body(**changed):
    body = {
        "extension_type": "property-extension",
        "identifier": "isa:guide.19001.ACS3-3bda2f6e-cedc-4c0f-a756-c03d6b586917",
        "create_date_time": "2026-01-10T00:00:00.000Z",
        "responsible_entity_custodian": "USA.DHS",
        "policy_reference": "urn:isa:policy:acs:ns:v3.0?privdefault=permit&sharedefault=deny",
        "control_set": {"classification": "U"},
        **changed,
    }
    return {name: value for name, value in body.items() if value is not None}


def a_rule(action, effect, *scopes):
    return {"privilege_action": action, "rule_effect": effect, "privilege_scope": list(scopes)}


def controls(**lists):
    return an_acs_body(control_set={"classification": "U", **lists})


PLAIN = frozenset({("classification", "U"), ("display-default", "permit"), ("sharing-default", "deny")})


def asking(*tokens, **facts):
    return Handling(acs=frozenset({PLAIN | set(tokens)}), **facts)


def a_denying_acs_body(*rules):
    policy = "urn:isa:policy:acs:ns:v3.0?privdefault=deny&sharedefault=deny"
    return an_acs_body(policy_reference=policy, access_privilege=list(rules))


def denying(*tokens, **facts):
    every = PLAIN - {("display-default", "permit")} | {("display-default", "deny")} | set(tokens)
    return Handling(acs=frozenset({every}), **facts)


ACS_BLOCKS = (
    *("original_classification", "derivative_classification", "declassification", "resource_disposition"),
    "public_release",
)


ACS = {
    "a classification alone": (an_acs_body(), asking()),
    "every list of its control set": (
        controls(
            formal_determination=["FOUO"],
            caveat=["FISA"],
            sensitivity=["LES", "PII"],
            shareability=["NCC"],
            entity=["GOV"],
            permitted_nationalities=["USA"],
            permitted_organizations=["USA.DOE"],
        ),
        asking(
            ("formal_determination", "FOUO"),
            ("caveat", "FISA"),
            ("sensitivity", "LES"),
            ("sensitivity", "PII"),
            ("shareability", "NCC"),
            ("entity", "GOV"),
            ("permitted_nationalities", "USA"),
            ("permitted_organizations", "USA.DOE"),
        ),
    ),
    "no foreigners": (
        controls(formal_determination=["NF"]),
        asking(("formal_determination", "NF"), releasable_to=frozenset({frozenset({"USA"})})),
    ),
    "rules about display and sharing": (
        an_acs_body(
            access_privilege=[a_rule("DSPLY", "permit", "USA.DOE"), a_rule("ALL", "deny", "USA.DOJ")],
            further_sharing=[{"sharing_scope": ["SECTOR", "FOREIGNGOV"], "rule_effect": "permit"}],
        ),
        asking(
            ("display-permit", "USA.DOE"),
            ("display-deny", "USA.DOJ"),
            ("sharing-permit", "SECTOR"),
            ("sharing-permit", "FOREIGNGOV"),
            anonymous=True,
            inseparable=True,
        ),
    ),
    "a rule about what a receiver does": (an_acs_body(access_privilege=[a_rule("NETDEF", "deny", "ALL")]), asking()),
    "a source that is not to be named further": (
        an_acs_body(access_privilege=[a_rule("IDSRC", "deny", "ALL")]),
        asking(anonymous=True),
    ),
    "a source that may be named further": (an_acs_body(access_privilege=[a_rule("IDSRC", "permit", "ALL")]), asking()),
    "portions that are not to be taken out": (
        an_acs_body(access_privilege=[a_rule("TEARLINE", "deny", "USA.DOJ")]),
        asking(inseparable=True),
    ),
    "nothing permitted but what is said": (
        a_denying_acs_body(a_rule("DSPLY", "permit", "ALL")),
        denying(("display-permit", "ALL"), inseparable=True),
    ),
    "what is permitted to some alone": (
        a_denying_acs_body(a_rule("IDSRC", "permit", "USA.DOE"), a_rule("TEARLINE", "permit", "USA.DOE")),
        denying(anonymous=True, inseparable=True),
    ),
    "everything permitted to some alone": (
        a_denying_acs_body(a_rule("DSPLY", "permit", "ALL"), a_rule("ALL", "permit", "USA.DOE")),
        denying(("display-permit", "ALL"), ("display-permit", "USA.DOE"), anonymous=True, inseparable=True),
    ),
    "what is permitted to some by name, where all may": (
        an_acs_body(access_privilege=[a_rule("IDSRC", "permit", "USA.DOE"), a_rule("TEARLINE", "permit", "USA.DOE")]),
        asking(),
    ),
    "naming the source permitted to all, and denied to some": (
        an_acs_body(access_privilege=[a_rule("IDSRC", "permit", "ALL"), a_rule("IDSRC", "deny", "USA.DOJ")]),
        asking(anonymous=True),
    ),
    "what is permitted to all, where nothing else is": (
        a_denying_acs_body(a_rule("IDSRC", "permit", "USA.DOE", "ALL"), a_rule("TEARLINE", "permit", "ALL")),
        denying(),
    ),
    "everything permitted to all, where nothing is by itself": (
        a_denying_acs_body(a_rule("ALL", "permit", "ALL")),
        denying(("display-permit", "ALL")),
    ),
    "everything permitted to all, and one thing denied": (
        a_denying_acs_body(a_rule("ALL", "permit", "ALL"), a_rule("TEARLINE", "deny", "USA.DOJ")),
        denying(("display-permit", "ALL"), inseparable=True),
    ),
    "every property that ACS has": (
        an_acs_body(
            access_privilege=[],
            further_sharing=[],
            name="x",
            responsible_entity_originator="x",
            authority_reference=["x"],
            **{block: {} for block in ACS_BLOCKS},
        ),
        asking(),
    ),
    "with a name that is no text": (an_acs_body(name=5), None),
    "with an authority that is no list": (an_acs_body(authority_reference="x"), None),
    "with an identifier that is no text": (an_acs_body(identifier=5), None),
    "with a custodian that is no text": (an_acs_body(responsible_entity_custodian=5), None),
    "with an originator that is no text": (an_acs_body(responsible_entity_originator=5), None),
    "with a date that is none": (an_acs_body(create_date_time="yesterday"), None),
    "that is another kind of extension": (an_acs_body(extension_type="new-sdo"), None),
    **{f"with a {block} that is no block": (an_acs_body(**{block: "x"}), None) for block in ACS_BLOCKS},
    "without a policy reference": (an_acs_body(policy_reference=None), None),
    "with half a policy reference": (
        an_acs_body(policy_reference="urn:isa:policy:acs:ns:v3.0?privdefault=permit"),
        None,
    ),
    "without a custodian": (an_acs_body(responsible_entity_custodian=None), None),
    "without a date": (an_acs_body(create_date_time=None), None),
    "with an identifier of another scheme": (an_acs_body(identifier="isa:guide.1.ACS3-x"), None),
    "without a control set": (an_acs_body(control_set=None), None),
    "without a classification": (an_acs_body(control_set={"caveat": ["FISA"]}), None),
    "with a classification that there is not": (an_acs_body(control_set={"classification": "R"}), None),
    "with a token that its list does not have": (controls(caveat=["SECRET"]), None),
    "with an entity that there is not": (controls(entity=["NGO"]), None),
    "with an empty list": (controls(permitted_organizations=[]), None),
    "with a list that is none": (controls(permitted_organizations="USA.DOE"), None),
    "with a list that nobody acts on": (controls(sci_controls=["SI"]), None),
    "with a property that ACS does not have": (an_acs_body(releasability=["NLD"]), None),
    "with an action that there is not": (an_acs_body(access_privilege=[a_rule("SHOW", "deny", "ALL")]), None),
    "with an effect that there is not": (an_acs_body(access_privilege=[a_rule("DSPLY", "ask", "ALL")]), None),
    "with a rule without scope": (an_acs_body(access_privilege=[a_rule("DSPLY", "deny")]), None),
    "with a rule that is none": (an_acs_body(access_privilege=["deny"]), None),
    "with a rule of sharing that is none": (an_acs_body(further_sharing=["deny"]), None),
    "with rules that are no list": (an_acs_body(further_sharing={"rule_effect": "deny"}), None),
    "with a rule of sharing that says more": (
        an_acs_body(further_sharing=[{"sharing_scope": ["ALL"], "rule_effect": "deny", "until": "2027"}]),
        None,
    ),
}


@pytest.mark.parametrize(("body", "handling"), ACS.values(), ids=ACS.keys())
def test_an_acs_marking_asks_for_its_tokens_and_rules(body, handling):
    assert acs.read(body) == handling


def a_cui_body(**changed):
    return {"extension_type": "property-extension", "control": "CUI", **changed}


CUIS = {
    "controlled": (a_cui_body(control="CONTROLLED", categories=["SBIZ"]), ()),
    "with dissemination controls": (a_cui_body(disseminations=["NOCON", "DL ONLY"]), ("NOCON", "DL ONLY")),
    "with every property that CUI has": (
        a_cui_body(
            designator_ref="identity--x",
            categories=[],
            disseminations=["NOCON"],
            required_statements=[],
            supplemental_administrative=[],
        ),
        ("NOCON",),
    ),
    "with a statement that is required, and a notice": (a_cui_body(required_statements=["See the law."]), ()),
    "with a statement that is required, and a caveat": (a_cui_body(required_statements=["REL TO USA, GBR"]), None),
    "with categories that are no texts": (a_cui_body(categories=[{}]), None),
    "that is another kind of extension": (a_cui_body(extension_type="new-sdo"), None),
    "under another control": (a_cui_body(control="SECRET"), None),
    "without a control": ({"extension_type": "property-extension"}, None),
    "with a property that CUI does not have": (a_cui_body(level="high"), None),
    "with controls that are no list": (a_cui_body(disseminations="NOFORN"), None),
    "with controls that are no text": (a_cui_body(disseminations=[1]), None),
    "with a designator that is no text": (a_cui_body(designator_ref=[]), None),
}


@pytest.mark.parametrize(("body", "disseminations"), CUIS.values(), ids=CUIS.keys())
def test_cui_is_custom_with_dissemination_controls(body, disseminations):
    read = cui.read(CUSTOM, body)
    if disseminations is None:
        assert read is None
    else:
        assert read.custom == frozenset({(CUSTOM, cui.EXTENSION)})
        assert read.disseminations == frozenset((CUSTOM, each) for each in disseminations)


def marked(*marking_ids, **changed):
    return an_object(object_marking_refs=list(marking_ids) or None, **changed)


def a_statement(text, **changed):
    return a_definition(STATEMENT, definition={"statement": text}, **changed)


NO_MERE_TEXTS = [
    *("REL TO USA, NLD", "Releasable to NLD", "NOT RELEASABLE TO FOREIGN NATIONALS", "rel  to\tusa", "S//REL TO USA"),
    *("NOFORN", "NO FORN", "no-forn", "//NOFORN", "SECRET//NOFORN", "ORCON", "Marking: ORCON", "(RELIDO)"),
    *("ORIGINATOR CONTROLLED", "Handled as originator-controlled"),
    *("TLP:RED", "TLP: see the agreement", "TLP RED", "TLP-RED", "tlp_red", "TLP : RED", "[TLP:RED]", "**TLP:RED**"),
    *("\u200bTLP:RED", "T\u00adLP:RED", "TLP\uff1aRED", "\uff34\uff2c\uff30 \uff32\uff25\uff24", "Marking: TLP:RED"),
    *("This report is TLP:AMBER+STRICT.", "AMBER+STRICT", "Traffic Light Protocol: RED", "TLP\nGREEN"),
    *("PAP:AMBER", "for PAP clear", "Permissible Actions Protocol: WHITE"),
    *("SECRET", " secret. ", "[Confidential]", "RESTRICTED", "TOP SECRET", "SECRET//SI", "Annex: SECRET // SI"),
    *(
        "NATO SECRET",
        "COSMIC TOP SECRET",
        "EU RESTRICTED",
        "RESTREINT UE/EU RESTRICTED",
        "TRÈS SECRET UE/EU TOP SECRET",
    ),
    *(
        "TLPv2:RED",
        "TLP v2.0: AMBER",
        "TLP 2.0 RED",
        "TLP --- RED",
        "TLP is red",
        "TLP 1 22 333 4 version 5.6 RED",
        "<b>TLP</b>:<b>RED</b>",
        "TLP&nbsp;RED",
        "TLP&#58;RED",
    ),
    *("AMBER STRICT", "amber-strict", "traffic-light-protocol:x", "S//NF", "TS//SI//NF", "(U//FOUO)", "U // FOUO"),
    *(
        "OC/NF",
        "REL USA, GBR",
        "REL NATO",
        "REL_TO USA",
        "RELTO USA",
        "NO.FORN",
        "NO\u2013FORN",
        "NOFORNS",
        "N O F O R N",
    ),
    *("DISPLAY ONLY", "Originator control", "UK EYES ONLY", "AUSTEO", "Not for release to foreign nationals"),
    *("VS-NfD", "VS - Nur für den Dienstgebrauch", "DIFFUSION RESTREINTE", "OFFICIAL-SENSITIVE", "Stg. GEHEIM"),
    *(
        "Marked AMBER",
        "Marked as: Red",
        "Handling: GREEN",
        "Classified as amber.",
        "Our data is marked RED, see the terms",
    ),
    *("Traffic-Light: RED", "traffic light amber", "TLPAMBER", "TLPv2AMBER+STRICT", "T L P / R E D", "TLP-2-RED"),
    *(
        "FVEY ONLY",
        "for FVEY",
        "Five-Eyes only",
        "NATO only",
        "USA ONLY",
        "LIMDIS",
        "ExDis",
        "NODIS",
        "PROPIN",
        "IMCON",
    ),
    *("releasable only to NLD", "Released only to NLD", "Release solely to our partners", "REL ONLY TO USA"),
    *(
        "Law Enforcement Sensitive",
        "SENSITIVE BUT UNCLASSIFIED",
        "Distribution Statement D",
        "DISTRIBUTION STATEMENT: C",
    ),
    *("Classification: SECRET", "SECRET - NATO", 'nato:classification="NS"', "RED", "NS", "Protected B"),
]
MERE_TEXTS = [
    "Copyright 2017, The MITRE Corporation. ATT&CK is a registered trademark of The MITRE Corporation.",
    "Subject to the BSD-3-Clause License, see https://github.com/oasis-open/cti-stix-common-objects",
    "This object was created using: https://github.com/muchdogesec/stix4doge",
    "Copyright 2026 the author. Not for resale.",
    "Trade secret and confidential information of the author; its use is restricted by contract.",
    "Marked as the Traffic Light Protocol (https://www.first.org/tlp/) asks for. Red Hat is a trademark.",
    "See https://example.org and either/or. A red team of NATO wrote it; NF C 15-100 applies.",
    "<3 of a b c, 5 > 4; amber is a resin, and it is strictly ours.",
    f"From us &#38; others, &#{'9' * 5000};",
    "Marked with a red cross; handled in green boxes. At a traffic light that is red. Members of NATO, or others only.",
    "TLP 2.0, version 3: nothing of it has a colour, 4 amber rings.",
    "Distribution statement: approved for the public, and released to bookshops alone.",
    "Our relations to others. Freely released to all, in Papred and by TLPC.",
    "",
    "Copyright A" + "\N{COMBINING ACUTE ACCENT}" * MARKS_MAX,
]


@pytest.mark.parametrize("text", NO_MERE_TEXTS)
def test_a_statement_in_the_words_of_a_caveat_of_a_level_or_of_a_classification_is_no_mere_text(text):
    assert not is_mere_text(text)


@pytest.mark.parametrize("text", MERE_TEXTS, ids=[each[:40] for each in MERE_TEXTS])
def test_a_notice_in_prose_is_a_mere_text(text):
    assert is_mere_text(text)


@pytest.mark.parametrize("mark", ["\N{COMBINING ACUTE ACCENT}", "&#769;", "\N{COMBINING GREEK DIALYTIKA TONOS}"])
def test_what_has_more_marks_on_a_sign_than_any_text_has_is_no_mere_text(mark):
    assert not is_mere_text("Copyright A" + mark * (MARKS_MAX + 1))


LONG_STATEMENTS = {
    "digits behind TLP": lambda n: "TLP " + "1" * n,
    "numbers behind TLP": lambda n: "TLP" + " 1" * n,
    "words behind TLP": lambda n: "TLP" + " IS EX LEVEL" * n,
    "marks": lambda n: "\N{COMBINING ACUTE ACCENT}" * n * 4 + "\N{COMBINING DOT BELOW}" * n * 4,
    "marks as entities": lambda n: "&#769;" * n + "&#803;" * n,
    "letters apart": lambda n: "A " * n + "AB",
    "strokes": lambda n: "A // " * n,
    "tags that are not closed": lambda n: "<a " * n,
}


@pytest.mark.parametrize("text_of", LONG_STATEMENTS.values(), ids=LONG_STATEMENTS.keys())
def test_the_time_to_read_a_statement_grows_as_its_text(text_of):
    assert grows_as_its_text(is_mere_text, text_of, 200)


USA_ONLY = frozenset({frozenset({"USA"})})
FIVE = frozenset({frozenset({"AUS", "CAN", "GBR", "NZL", "USA"})})
CUI_CUSTOM = frozenset({(CUSTOM, cui.EXTENSION)})
DERIVED = {
    "a policy without TLP beside it": (
        marked(CUSTOM),
        [an_extension_marking(CUSTOM, iep.EXTENSION, encrypt_in_transit="must")],
        Handling(unmarked=True, iep=ASKS),
    ),
    "a policy that states a level": (
        marked(CUSTOM),
        [an_extension_marking(CUSTOM, iep.EXTENSION, encrypt_in_transit="must", tlp="green")],
        a_handling(LEVEL.GREEN, iep=ASKS),
    ),
    "a policy that states a level for a part": (
        marked(granular_markings=[{"marking_ref": CUSTOM, "selectors": ["pattern"]}]),
        [an_extension_marking(CUSTOM, iep.EXTENSION, encrypt_in_transit="must", tlp="green")],
        a_handling(LEVEL.GREEN, iep=ASKS, unmarked=True),
    ),
    "a level and a policy that has ended": (
        marked(GREEN, CUSTOM),
        [an_extension_marking(CUSTOM, iep.EXTENSION, encrypt_in_transit="must", end_date=START)],
        a_handling(LEVEL.GREEN, unmarked=True),
    ),
    "a policy that is not understood": (
        marked(GREEN, CUSTOM),
        [an_extension_marking(CUSTOM, iep.EXTENSION, encrypt_in_transit="perhaps", end_date=END)],
        a_handling(LEVEL.GREEN, unknown=True),
    ),
    "ACS that is not understood": (
        marked(GREEN, CUSTOM),
        [an_extension_marking(CUSTOM, acs.EXTENSION, control_set={"classification": "U"})],
        a_handling(LEVEL.GREEN, unknown=True),
    ),
    "CUI that is not understood": (
        marked(GREEN, CUSTOM),
        [an_extension_marking(CUSTOM, cui.EXTENSION, control="SECRET")],
        a_handling(LEVEL.GREEN, unknown=True),
    ),
    "CUI with a national caveat": (
        marked(GREEN, CUSTOM),
        [an_extension_marking(CUSTOM, cui.EXTENSION, control="CUI", disseminations=["NOFORN"])],
        a_handling(
            LEVEL.GREEN, custom=CUI_CUSTOM, disseminations=frozenset({(CUSTOM, "NOFORN")}), releasable_to=USA_ONLY
        ),
    ),
    "a body that is none": (
        marked(GREEN, CUSTOM),
        [a_definition(CUSTOM, definition_type=None, definition=None, extensions={cui.EXTENSION: "CUI"})],
        a_handling(LEVEL.GREEN, unknown=True),
    ),
    "a policy and CUI in one definition": (
        marked(GREEN, CUSTOM),
        [
            a_definition(
                CUSTOM,
                definition_type=None,
                definition=None,
                extensions={cui.EXTENSION: {"control": "CUI"}, iep.EXTENSION: {"encrypt_in_transit": "must"}},
            )
        ],
        a_handling(LEVEL.GREEN, custom=CUI_CUSTOM, iep=ASKS),
    ),
    "a statement with every property that one may carry": (
        marked(GREEN, STATEMENT),
        [
            {
                **dict.fromkeys(STATEMENT_PROPERTIES, "x"),
                **a_statement("x", object_marking_refs=[], granular_markings=[]),
            }
        ],
        a_handling(LEVEL.GREEN, statements=frozenset({STATEMENT})),
    ),
    "a release list as a statement": (
        marked(GREEN, STATEMENT),
        [a_statement(" REL TO USA, FVEY")],
        a_handling(LEVEL.GREEN, releasable_to=FIVE),
    ),
    "originator control as a statement": (
        marked(GREEN, STATEMENT),
        [a_statement("ORCON")],
        a_handling(LEVEL.GREEN, originator_control=True),
    ),
    "a caveat that its name says as well": (
        marked(GREEN, STATEMENT),
        [a_statement("ORCON", name="ORCON", external_references=[{"source_name": "the marking handbook"}])],
        a_handling(LEVEL.GREEN, originator_control=True),
    ),
    "a caveat with another in its name": (
        marked(GREEN, STATEMENT),
        [a_statement("ORCON", name="NOFORN")],
        a_handling(LEVEL.GREEN, unknown=True),
    ),
    "a caveat with a level in its name": (
        marked(GREEN, STATEMENT),
        [a_statement("ORCON", name="TLP:RED")],
        a_handling(LEVEL.GREEN, unknown=True),
    ),
    "a caveat with a level in its references": (
        marked(GREEN, STATEMENT),
        [a_statement("ORCON", external_references=[{"source_name": "a", "description": "marked TLP:RED"}])],
        a_handling(LEVEL.GREEN, unknown=True),
    ),
    "a release list that no table knows": (
        marked(GREEN, STATEMENT),
        [a_statement("REL TO USA, NLD")],
        a_handling(LEVEL.GREEN, unknown=True),
    ),
    "a TLP level as a statement": (
        marked(STATEMENT),
        [a_statement("Marking: TLP:CLEAR")],
        Handling(unmarked=True, unknown=True),
    ),
    "a caveat with a vocabulary beside it": (
        marked(GREEN, STATEMENT),
        [a_statement("ORCON", x_colour="red")],
        a_handling(LEVEL.GREEN, custom=frozenset({(STATEMENT, "")})),
    ),
    "AMBER+STRICT as OpenCTI sends it": (
        marked(OPENCTI_STRICT),
        [a_definition(OPENCTI_STRICT, x_opencti_definition="TLP:CLEAR")],
        a_handling(LEVEL.AMBER_STRICT),
    ),
    "OpenCTI's own definition of it": (
        an_object(a_definition(OPENCTI_STRICT, x_opencti_definition="TLP:CLEAR")),
        [],
        a_handling(LEVEL.AMBER_STRICT),
    ),
    "the definition of a policy that has ended, which is never unmarked": (
        an_object(an_extension_marking(CUSTOM, iep.EXTENSION, encrypt_in_transit="must", end_date=START)),
        [],
        Handling(),
    ),
}


@pytest.mark.parametrize(("obj", "definitions", "expected"), DERIVED.values(), ids=DERIVED.keys())
def test_a_handling_says_what_the_vocabularies_ask_for(obj, definitions, expected):
    handling = handling_of(obj, Definitions(definitions))
    told = Handling(**{name: getattr(handling, name) for name in Handling.__slots__ if name not in OF_THE_OBJECT})
    assert told == expected
    assert from_facts(to_facts(handling)) == handling


OF_THE_OBJECT = {"type", "confidence", "signed", "whole", "derived"}


def test_an_object_is_shown_only_while_every_policy_on_any_part_of_it_lets_it():
    definitions = [
        an_extension_marking(CUSTOM, iep.EXTENSION, encrypt_in_transit="must", start_date=START, end_date=END),
        an_extension_marking(
            STATEMENT, iep.EXTENSION, encrypt_in_transit="may", start_date="2026-04-01T00:00:00Z", end_date=START
        ),
    ]
    parts = [{"marking_ref": STATEMENT, "selectors": ["pattern"]}]
    obj = marked(AMBER, CUSTOM, granular_markings=parts)
    early = derive_handling(obj, REGISTRY, Definitions(definitions), at("2026-03-01T00:00:00Z"))
    assert early.span == Span(at(START), at(START))
    assert early.handling.iep == {("encrypt_in_transit", "must"), ("encrypt_in_transit", "may")}
    later = derive_handling(obj, REGISTRY, Definitions(definitions), at(START))
    assert later.span == Span(at(START), at(END))
    assert later.handling.iep == ASKS


def test_what_is_not_understood_names_no_instants():
    policy = an_extension_marking(CUSTOM, iep.EXTENSION, encrypt_in_transit="must", end_date=END)
    known = derive_handling(marked(GREEN, CUSTOM), REGISTRY, Definitions([policy]), NOW)
    unknown = derive_handling(marked(GREEN, CUSTOM, STATEMENT), REGISTRY, Definitions([policy]), NOW)
    assert known.span == Span(None, at(END))
    assert unknown.span is ALWAYS


def test_meanings_join_to_the_later_beginning_and_the_earlier_end():
    spans = [Span(NOW, NOW + 3 * SECOND), Span(None, NOW + 2 * SECOND), Span(NOW + SECOND), ALWAYS]
    assert join_meanings(Meaning(Handling(), span) for span in spans).span == Span(NOW + SECOND, NOW + 2 * SECOND)
    assert join_meanings([]).span == ALWAYS


PUBLISHED = {
    "acs-example-marking-definitions.json": {
        "marking-definition--20864905-06a0-47be-a04c-2164af17d635": "TS",
        "marking-definition--e3896452-4dcf-4e19-a571-8571c1c530a2": "S",
        "marking-definition--d0038fa3-d4db-460b-813d-191917213910": "U",
        "marking-definition--ff7043e7-b1c9-4115-8bfc-79db1bed6862": "U",
    },
    "iep-example-marking-definitions.json": None,
    "cui-example-marking-definitions.json": None,
}


@pytest.mark.parametrize("file", PUBLISHED)
def test_the_published_examples_are_understood(file):
    source = SHARED / "data" / "markings" / file
    if not source.exists():
        pytest.skip("the published examples are not beside this checkout")
    for definition in json.loads(source.read_text()):
        tree = parse(json.dumps(definition).encode()).tree
        handling = handling_of(marked(tree["id"]), Definitions([tree]), at("2022-10-15T00:00:00Z"))
        assert not handling.unknown
        if PUBLISHED[file]:
            (tokens,) = handling.acs
            assert ("classification", PUBLISHED[file][tree["id"]]) in tokens
