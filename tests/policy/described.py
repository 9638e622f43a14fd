"""Objects in the words of the tables of docs/policy.md: `green indicator, PAP:AMBER, received 23 hours ago`.

First come a level and a type. What follows changes the object or its markings, or is about the question.
"""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from app.policy.vocabularies import acs, cui, iep
from app.stix.identifiers import sco_id
from tests.policy.builders import (
    AMBER,
    AMBER_STRICT,
    CLEAR,
    CUSTOM,
    GREEN,
    PAP_AMBER,
    PAP_GREEN,
    RED,
    REGISTRY,
    STATEMENT,
    UNRESOLVED,
    Definitions,
    a_definition,
    a_tree,
    an_extension_marking,
    an_object,
)

MARKS = {
    "clear": CLEAR,
    "green": GREEN,
    "amber": AMBER,
    "amber+strict": AMBER_STRICT,
    "red": RED,
    "PAP:GREEN": PAP_GREEN,
    "PAP:AMBER": PAP_AMBER,
    "an undefined marking": UNRESOLVED,
    "a copyright statement": STATEMENT,
}
MONTHS = {"February": 2, "March": 3}
ABOUT_THE_QUESTION = re.compile(
    r"asked on \S+|received \d+ (hours|days) ago|its newest version \S+|to something hidden|sanitised for .+"
    r"|under break-glass|from a reader|reported by an analyst|blocked|after (that|its revocation) of .+"
)
ADDRESS, ANOTHER = "203.0.113.9", "198.51.100.30"


@dataclass(frozen=True)
class Described:
    """An object, and the words about it that are no part of it."""

    obj: Any
    definitions: Definitions
    about: tuple[str, ...]

    def said(self, pattern: str) -> re.Match[str] | None:
        """What the only words of this form say; None where there are none."""
        return next((found for each in self.about if (found := re.fullmatch(pattern, each))), None)


def described(words: str, signer: str, identities: dict[str, str]) -> Described:
    """The object that the words describe, signed by this partner unless they say otherwise.

    ValueError for words that mean nothing here, which would decide nothing.
    """
    first, *others = words.split(", ")
    level, _, kind = first.rpartition(" ")
    if first == "TLP:GREEN itself":
        tree = dict(REGISTRY.get(GREEN).definition)
    else:
        tree = {**a_tree_of(kind, identities[signer]), "object_marking_refs": [MARKS[level]] if level else []}
    definitions = [a_definition(STATEMENT)]
    about = []
    for each in others:
        definition = a_definition_of(each)
        changed = a_change(each, tree, identities)
        if definition is not None:
            definitions.append(definition)
            tree["object_marking_refs"] = [*tree["object_marking_refs"], definition["id"]]
        elif each in MARKS:
            tree["object_marking_refs"] = [*tree["object_marking_refs"], MARKS[each]]
        elif changed is not None:
            tree |= changed
        elif ABOUT_THE_QUESTION.fullmatch(each):
            about.append(each)
        else:
            raise ValueError(f"Nobody knows what `{each}` means.")
    tree = {name: value for name, value in tree.items() if value not in (None, [])}
    return Described(an_object(tree), Definitions(definitions), tuple(about))


def a_tree_of(kind: str, identity: str) -> dict[str, Any]:
    if kind == "indicator":
        return a_tree(pattern=f"[ipv4-addr:value = '{ADDRESS}']", description="By hand.", created_by_ref=identity)
    if kind == "marking-definition":
        return {**a_definition(STATEMENT), "created_by_ref": identity}
    plain = {"type": kind, "spec_version": "2.1", "id": f"{kind}--b8a662dc-4961-4dba-87ae-af8c6da4b4f5"}
    if kind == "ipv4-addr":
        return {**plain, "value": ADDRESS}
    dates = {name: a_tree()[name] for name in ("created", "modified")}
    return {**plain, **dates, "name": "N", "created_by_ref": identity}


def a_definition_of(words: str) -> dict[str, Any] | None:
    """The marking definition that is meant by words such as `CUI: NOCON`; None where they mean none."""
    kind, _, rest = words.partition(": ")
    if kind == "a policy":
        name, value = rest.split()
        return an_extension_marking(CUSTOM, iep.EXTENSION, **{name: value})
    if kind == "ACS":
        name, value = rest.split()
        body = {
            "extension_type": "property-extension",
            "identifier": "isa:guide.19001.ACS3-3bda2f6e-cedc-4c0f-a756-c03d6b586917",
            "create_date_time": "2026-01-10T00:00:00.000Z",
            "responsible_entity_custodian": "USA.DHS",
            "policy_reference": "urn:isa:policy:acs:ns:v3.0?privdefault=permit&sharedefault=permit",
            "control_set": {"classification": "U", name: [value]},
        }
        return a_definition(CUSTOM, definition_type=None, definition=None, extensions={acs.EXTENSION: body})
    if kind == "CUI":
        return an_extension_marking(CUSTOM, cui.EXTENSION, control="CUI", disseminations=[rest])
    return a_definition(CUSTOM, definition={"statement": words}) if words in ("NOFORN", "ORCON") else None


def a_change(words: str, tree: dict[str, Any], identities: dict[str, str]) -> dict[str, Any] | None:
    """What the words change in the object; None where they are not about its properties."""
    if named := re.fullmatch(r"in the name of (.+)", words):
        return {"created_by_ref": identities[named[1]]}
    if naming := re.fullmatch(r"naming (.+)", words):
        return {"description": f"Seen by {identities[naming[1]]}."}
    if about := re.fullmatch(r"about (\S+)", words):
        return {"pattern": f"[ipv4-addr:value = '{about[1]}']"}
    if sure := re.fullmatch(r"confidence (\d+)", words):
        return {"confidence": int(sure[1])}
    if dated := re.fullmatch(r"of (\d+ \w+)", words):
        return {"modified": instant(dated[1])}
    if created := re.fullmatch(r"created on (\d+ \w+)", words):
        return {"created": instant(created[1])}
    if ahead := re.fullmatch(r"dated (\d) minutes ahead", words):
        return {"modified": f"2026-06-01T12:0{ahead[1]}:00.000Z"}
    changes = {
        "unsigned": {"created_by_ref": None},
        "altered": {"name": "TLP:CLEAR"},
        "marked with itself": {"object_marking_refs": [tree["id"]]},
        "of STIX 2.0": {"spec_version": None},
        "red in part": {"granular_markings": [{"marking_ref": RED, "selectors": ["description"]}]},
        "under its own id": {"id": sco_id({"type": "ipv4-addr", "value": ADDRESS})},
        "under the id of another": {"id": sco_id({"type": "ipv4-addr", "value": ANOTHER})},
    }
    return changes.get(words)


def instant(words: str) -> str:
    """`2 March` as the documents mean it: of 2026, at 08:00."""
    day, month = words.split()
    return datetime(2026, MONTHS[month], int(day), 8, tzinfo=UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")
