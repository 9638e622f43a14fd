"""Statement markings: STIX 2.1 section 7.2.1.3. A text, and nothing that a machine could act on.

Some products send other vocabularies as a statement with custom properties beside it, AMBER+STRICT for one; to take
that for a mere statement would release it. And people write national caveats as statements; one that no table of
`mappings/markings` knows is not taken for a copyright notice.
"""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from typing import Any, Final

from app.stix.entities import without_entities
from app.stix.unicode_forms import in_form, with_marks_bounded

STATEMENT_PROPERTIES: Final = frozenset(
    {"type", "spec_version", "id", "created", "modified", "created_by_ref", "external_references"}
    | {"object_marking_refs", "granular_markings", "name", "definition_type", "definition"}
    | {"x_mitre_attack_spec_version", "x_mitre_domains", "x_mitre_version", "x_mitre_modified_by_ref"}
    | {"x_mitre_deprecated"}
)
"""What a definition may carry and still be a statement and nothing else. `modified` does not belong there, and the
OASIS repository's own licence statement has it all the same; with `x_mitre_…` MITRE's says which release it is of."""

_COLOUR: Final = "(?:RED|AMBER|GREEN|WHITE|CLEAR)"
_LEVEL: Final = (
    r"\b(?:TLP|PAP|TRAFFIC ?LIGHTS?(?: PROTOCOL)?|PERMISSIBLE ACTIONS PROTOCOL)"
    rf"(?: ?V?\d++(?: \d++)?| VERSION \d++(?: \d++)?| EX| IS| LEVEL| STRICT){{0,3}} {_COLOUR}\b"
    rf"|\bTLP(?:V?\d)?{_COLOUR}(?:STRICT)?\b"
    rf"|\b(?:MARKED|MARKINGS?|CLASSIFIED|CLASSIFICATION|HANDLED|HANDLING)(?: AS| IS| AT| LEVEL){{0,2}} {_COLOUR}\b"
    r"|\bAMBER ?STRICT\b"
)
_CAVEAT: Final = (
    r"\b(?:REL(?:EASABLE)? ?TO|REL(?:EAS(?:ABLE|ED?))? (?:ONLY|SOLELY) TO|REL (?:[A-Z]{3}|NATO)|NO ?FORNS?"
    r"|NOT FOR RELEASE TO FOREIGN|ORCON|RELIDO|ORIGINATOR CONTROL(?:LED)?|(?:EYES|DISPLAY|NATO|OTAN|USA|GBR|ACGU) ?ONLY"
    r"|AUSTEO|AGAO|FVEY|LIMDIS|EXDIS|NODIS|PROPIN|IMCON|LAW ENFORCEMENT SENSITIVE|SENSITIVE BUT UNCLASSIFIED"
    r"|DISTRIBUTION STATEMENT [B-F]|FOUO|FOR OFFICIAL USE ONLY|VS NFD|DIFFUSION RESTREINTE|OFFICIAL SENSITIVE)\b"
)
_TAG: Final = re.compile(r"</?[A-Za-z][^<>]*>")
_SPELT: Final = re.compile(r"\b(?:[A-Z] ){2,}[A-Z]\b")
_WORD: Final = re.compile(r"[^\W_]+")
_IN_WORDS: Final = re.compile(f"{_LEVEL}|{_CAVEAT}")
"""Levels and caveats among words, whatever stood between the words."""

_IN_SIGNS: Final = re.compile(
    r"(?<![A-Z0-9])(?:TLP|PAP) ?:"
    r"|(?<![A-Z0-9/:])[A-Z]{1,12}(?: [A-Z]{1,12}){0,3} ?// ?[A-Z]"
    r"|(?<![A-Z0-9])(?:OC|IMC|PR|RELIDO) ?/ ?NF(?![A-Z0-9])|/ ?/ ?NF(?![A-Z0-9])"
    r"|(?<![A-Z0-9-])(?:NATO|EUCI|DE-VS|FR-CLASSIF|DNI-ISM|ACS-MARKING|AIS-MARKING|IEP2?(?:-POLICY)?|TRAFFIC-LIGHT-PROTOCOL)"
    r":[A-Z0-9-]+"
)
"""A level or caveat by its signs: a colon, the double stroke between the parts of a banner, a machine tag."""

_WORDS_OF_BANNERS: Final = frozenset(
    {"CLASSIFICATION", "CLASSIFIED", "MARKING", "TLP", "PAP", "RED", "AMBER", "GREEN", "WHITE", "CLEAR", "STRICT"}
    | {"TOP", "SECRET", "CONFIDENTIAL", "RESTRICTED", "UNCLASSIFIED", "OFFICIAL", "SENSITIVE", "PROTECTED"}
    | {"COSMIC", "NATO", "OTAN", "EU", "UE", "US", "UK", "BOHEMIA", "ATOMAL"}
    | {"TRÈS", "TRES", "CONFIDENTIEL", "RESTREINT", "SECRETO", "CONFIDENCIAL", "RESERVADO", "SEGRETO", "RISERVATO"}
    | {"GEHEIM", "STRENG", "VERTRAULICH", "VS", "NUR", "FÜR", "FUR", "FUER", "DEN", "DIENSTGEBRAUCH"}
    | {"STG", "ZEER", "CONFIDENTIEEL", "DEPARTEMENTAAL", "VERTROUWELIJK"}
    | {"NS", "NC", "NR", "CTS", "NF", "OC", "TS", "S", "C", "U", "B", "A"}
)
"""A text of nothing but these is the banner of a classification."""


def text_of(definition: Mapping[str, Any]) -> str | None:
    """The text of a definition that is a statement and no more; None for any other."""
    body = definition.get("definition")
    if (
        definition.get("definition_type") == "statement"
        and definition.keys() <= STATEMENT_PROPERTIES
        and isinstance(body, dict)
        and body.keys() == {"statement"}
        and isinstance(body["statement"], str)
    ):
        return body["statement"]
    return None


def texts_beside(definition: Mapping[str, Any]) -> Iterator[str]:
    """What else a statement may be called: its name, and what its external references are and say."""
    references = definition.get("external_references")
    every = references if isinstance(references, list) else []
    named = [definition.get("name")]
    for each in every:
        named += [each.get("source_name"), each.get("description")] if isinstance(each, dict) else []
    return (text for text in named if isinstance(text, str))


def is_mere_text(text: str) -> bool:
    """Whether a statement says nothing in the words of a national caveat, of TLP or of PAP, and is no banner of
    a classification. Case, width, blanks, markup and invisible characters do not count. Prose may speak of what is
    secret.

    A net for what people write, no proof: whoever relies on it for what must not go out accepts statements by their
    ids, and not all of them.
    """
    written = without_entities(_TAG.sub(" ", text))
    if with_marks_bounded(written) != written:
        return False
    composed = in_form("NFKC", written)
    seen = "".join(each for each in composed if unicodedata.category(each) != "Cf")
    plain = " ".join(seen.split()).upper()
    words = _WORD.findall(plain)
    said = _SPELT.sub(lambda letters: letters[0].replace(" ", ""), " ".join(words))
    if _IN_SIGNS.search(plain) or _IN_WORDS.search(said):
        return False
    return not words or not _WORDS_OF_BANNERS.issuperset(words)
