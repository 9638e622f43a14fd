"""ACS 3.0, the ISA Access Control Specification, as the STIX extension isa-acs-3-0 has it.

A marking's control set says who may get what it marks; its rules about display and further sharing speak before the
two defaults in its policy reference. Rules about other privileges bind what a receiver does, and no delivery.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any, Final

from app.policy.handling import Handling
from app.policy.vocabularies.shapes import is_block, is_blocks, is_instant, is_property_extension, is_text, is_texts

EXTENSION: Final = "extension-definition--3a65884d-005a-4290-8335-cb2d778a83ce"

CONTROLS: Final[Mapping[str, frozenset[str]]] = {
    "classification": frozenset({"U", "C", "S", "TS"}),
    "formal_determination": frozenset(
        {"PUBREL", "NF", "AIS", "PII-NECESSARY-TO-UNDERSTAND-THREAT", "NO-PII-PRESENT", "FOUO"}
        | {"INFORMATION-DIRECTLY-RELATED-TO-CYBERSECURITY-THREAT"}
    ),
    "caveat": frozenset({"FISA", "POSSIBLEPII", "CISAPROPRIETARY"}),
    "sensitivity": frozenset({"NTOC_DHS_ECYBER_SVC_SHARE.NSA.NSA", "PCII", "LES", "INT", "PII", "PR", "TEI"}),
    "shareability": frozenset({"NCC", "EM", "LE", "IC"}),
}
"""The lists of a control set whose every token a collection has to accept."""

ENTITIES: Final = frozenset({"MIL", "GOV", "CTR", "SVR", "SVC", "DEV", "NET"})
PERMITTED: Final = ("permitted_organizations", "permitted_nationalities", "entity")
"""The lists of a control set of which a member has to be one: its organizations, its nationalities, its entity."""

DISPLAY: Final = "display"
SHARING: Final = "sharing"
"""The two rights that a delivery needs: to be shown, and that what somebody gave is passed on to others."""

DEFAULT: Final = "default"
PERMIT: Final = "permit"
DENY: Final = "deny"

_UUID: Final = "[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"
_IDENTIFIER: Final = re.compile(rf"isa:guide\.(?:19001|999191)\.ACS3-{_UUID}")
_PROPERTIES: Final[Mapping[str, Callable[[object], bool]]] = {
    "extension_type": is_property_extension,
    "name": is_text,
    "identifier": lambda value: is_text(value) and _IDENTIFIER.fullmatch(value) is not None,
    "create_date_time": is_instant,
    "responsible_entity_custodian": is_text,
    "responsible_entity_originator": is_text,
    "policy_reference": is_text,
    "authority_reference": is_texts,
    "control_set": is_block,
    "access_privilege": is_blocks,
    "further_sharing": is_blocks,
    "original_classification": is_block,
    "derivative_classification": is_block,
    "declassification": is_block,
    "resource_disposition": is_block,
    "public_release": is_block,
}
"""The properties that the extension's schema has, and whether a value is of the type that it gives them."""

_REQUIRED: Final = frozenset({"identifier", "create_date_time", "responsible_entity_custodian", "control_set"})
_POLICY: Final = re.compile(r"urn:isa:policy:acs:ns:v3\.0\?privdefault=(permit|deny)&sharedefault=(permit|deny)")
_ACTIONS: Final = frozenset(
    {"DSPLY", "IDSRC", "TENOT", "NETDEF", "LEGAL", "INTEL", "TEARLINE", "OPACTION", "REQUEST", "ANONYMOUSACCESS"}
    | {"CISAUSES", "ALL"}
)
_EFFECTS: Final = frozenset({PERMIT, DENY})
_NO_FOREIGNERS: Final = "NF"

Tokens = set[tuple[str, str]]


class _NotUnderstood(Exception):
    """A part of the marking is of no shape that the specification knows."""


def read(body: Mapping[str, Any]) -> Handling | None:
    """What the marking asks for; None where it is not understood.

    Of the rules, `display-permit` and its like hold the scopes for which one speaks, `display-default` what holds
    where none does. NF lets the United States alone have it. Where a rule speaks of naming the source further (IDSRC)
    and not everybody may, it has to stay unnamed; a default alone that denies it does not bind what the source gave
    itself. Where not everybody may take portions out (TEARLINE) none is.
    """
    if _REQUIRED - body.keys() or body.keys() - _PROPERTIES.keys():
        return None
    if not all(_PROPERTIES[name](value) for name, value in body.items()):
        return None
    try:
        tokens = {*_defaults(body), *_controls(body["control_set"])}
        rules = list(_rules(body))
    except _NotUnderstood:
        return None
    speak_of_the_source = any(action in ("IDSRC", "ALL") for action, _, _ in rules)
    by_default = (f"{DISPLAY}-{DEFAULT}", PERMIT) in tokens
    for action, effect, scopes in rules:
        right = {"DSPLY": DISPLAY, "ALL": DISPLAY, SHARING: SHARING}.get(action)
        if right is not None:
            tokens |= {(f"{right}-{effect}", scope) for scope in scopes}
    return replace(
        _handling(tokens),
        anonymous=speak_of_the_source and not _is_permitted_to_all("IDSRC", rules, by_default),
        inseparable=not _is_permitted_to_all("TEARLINE", rules, by_default),
    )


def _is_permitted_to_all(action: str, rules: Iterable[tuple[str, str, list[str]]], by_default: bool) -> bool:
    """Whether everybody may do this: a denial to anybody speaks before a permission, and both before the default."""
    said = [(effect, scopes) for about, effect, scopes in rules if about in (action, "ALL")]
    if any(effect == DENY for effect, _ in said):
        return False
    return by_default or any("ALL" in scopes for _, scopes in said)


def with_one_token(name: str, token: str) -> Handling:
    """What a marking asks for that has this token in this list of its control set, and denies nobody anything."""
    return _handling({(name, token), (f"{DISPLAY}-{DEFAULT}", PERMIT), (f"{SHARING}-{DEFAULT}", PERMIT)})


def _handling(tokens: Tokens) -> Handling:
    no_foreigners = ("formal_determination", _NO_FOREIGNERS) in tokens
    return Handling(
        acs=frozenset({frozenset(tokens)}),
        releasable_to=frozenset({frozenset({"USA"})}) if no_foreigners else frozenset(),
    )


def _defaults(body: Mapping[str, Any]) -> Tokens:
    written = body.get("policy_reference")
    said = _POLICY.fullmatch(written) if isinstance(written, str) else None
    if said is None:
        raise _NotUnderstood
    return {(f"{DISPLAY}-{DEFAULT}", said[1]), (f"{SHARING}-{DEFAULT}", said[2])}


def _controls(control_set: object) -> Iterator[tuple[str, str]]:
    if not isinstance(control_set, dict) or not control_set.keys() <= {*CONTROLS, *PERMITTED}:
        raise _NotUnderstood
    if not isinstance(control_set.get("classification"), str):
        raise _NotUnderstood
    known = {**CONTROLS, "entity": ENTITIES}
    for name, value in control_set.items():
        for token in [value] if name == "classification" else _texts(value):
            if name in known and token not in known[name]:
                raise _NotUnderstood
            yield name, token


def _rules(body: Mapping[str, Any]) -> Iterator[tuple[str, str, list[str]]]:
    """Each rule as (action, effect, scopes); the action of a rule about further sharing is that."""
    for rule in body.get("access_privilege", []):
        if rule.keys() != {"privilege_action", "privilege_scope", "rule_effect"}:
            raise _NotUnderstood
        action = _word(rule["privilege_action"], _ACTIONS)
        yield action, _word(rule["rule_effect"], _EFFECTS), _texts(rule["privilege_scope"])
    for rule in body.get("further_sharing", []):
        if rule.keys() != {"sharing_scope", "rule_effect"}:
            raise _NotUnderstood
        yield SHARING, _word(rule["rule_effect"], _EFFECTS), _texts(rule["sharing_scope"])


def _word(value: object, known: frozenset[str]) -> str:
    if not isinstance(value, str) or value not in known:
        raise _NotUnderstood
    return value


def _texts(value: object) -> list[str]:
    if not isinstance(value, list) or not value or not all(isinstance(each, str) for each in value):
        raise _NotUnderstood
    return value
