"""Statement markings: STIX 2.1 section 7.2.1.3. A text, and nothing that a machine could act on.

Some products send other vocabularies as a statement with custom properties beside it, AMBER+STRICT for one; to take
that for a mere statement would release it. And people write national caveats as statements; one that no table of
`mappings/markings` knows is not taken for a copyright notice.
"""

import re
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

_CAVEAT: Final = re.compile(r"\s*(?:REL(?:EASABLE)? TO|NO ?FORN|ORCON|RELIDO|TLP:|PAP:)", re.IGNORECASE)


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
    """Whether a statement says nothing in the words of a national caveat, of TLP or of PAP."""
    return _CAVEAT.match(text) is None
