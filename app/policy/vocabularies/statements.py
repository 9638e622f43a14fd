"""Statement markings: STIX 2.1 section 7.2.1.3. A text, and nothing that a machine could act on.

Some products send other vocabularies as a statement with custom properties beside it, AMBER+STRICT for one; to take
that for a mere statement would release it. And people write national caveats as statements; one that no table of
`mappings/markings` knows is not taken for a copyright notice.
"""

import re
import unicodedata
from collections.abc import Mapping
from typing import Any, Final

STATEMENT_PROPERTIES: Final = frozenset(
    {"type", "spec_version", "id", "created", "modified", "created_by_ref", "external_references"}
    | {"object_marking_refs", "granular_markings", "name", "definition_type", "definition"}
    | {"x_mitre_attack_spec_version", "x_mitre_domains", "x_mitre_version", "x_mitre_modified_by_ref"}
    | {"x_mitre_deprecated"}
)
"""What a definition may carry and still be a statement and nothing else. `modified` does not belong there, and the
OASIS repository's own licence statement has it all the same; with `x_mitre_…` MITRE's says which release it is of."""

_COLOURS: Final = "(?:RED|AMBER|GREEN|WHITE|CLEAR)"
_PROTOCOLS: Final = "(?:TLP|PAP|TRAFFIC LIGHT PROTOCOL|PERMISSIBLE ACTIONS PROTOCOL)"
_CLASSIFIED: Final = (
    "(?:(?:COSMIC |NATO |EU |UE )?(?:TOP SECRET|SECRET|CONFIDENTIAL|RESTRICTED)"
    "|(?:TR[EÈ]S SECRET|SECRET|CONFIDENTIEL|RESTREINT) UE(?: ?/ ?EU (?:TOP SECRET|SECRET|CONFIDENTIAL|RESTRICTED))?)"
)
_CAVEAT: Final = re.compile(
    r"(?<![A-Z0-9])(?:"
    r"(?:REL(?:EASABLE)? TO|NO[ -]?FORN|ORCON|RELIDO|ORIGINATOR[ -]CONTROLLED|AMBER ?\+ ?STRICT)(?![A-Z0-9])"
    rf"|(?:TLP|PAP) ?:|{_PROTOCOLS}[^A-Z0-9]{{1,3}}{_COLOURS}(?![A-Z0-9])"
    rf"|{_CLASSIFIED} ?//)"
)
_BANNER: Final = re.compile(rf"[^A-Z0-9]*{_CLASSIFIED}[^A-Z0-9]*")


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


def is_mere_text(text: str) -> bool:
    """Whether a statement says nothing in the words of a national caveat, of TLP or of PAP, and is no banner of
    a classification. Case, width, blanks and invisible characters do not count. Prose may speak of what is secret.
    """
    composed = unicodedata.normalize("NFKC", text)
    seen = "".join(each for each in composed if unicodedata.category(each) != "Cf")
    plain = " ".join(seen.split()).upper()
    return _CAVEAT.search(plain) is None and _BANNER.fullmatch(plain) is None
