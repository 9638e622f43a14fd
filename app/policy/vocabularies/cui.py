"""CUI, the Controlled Unclassified Information of the United States, as the STIX extension of the OASIS repository.

An agreement maps it under `custom`, and names the dissemination controls that it honours.
"""

from collections.abc import Callable, Mapping
from typing import Any, Final

from app.policy.handling import Handling
from app.policy.vocabularies.shapes import is_property_extension, is_text, is_texts
from app.policy.vocabularies.statements import is_mere_text

EXTENSION: Final = "extension-definition--dff17fb3-edcb-4f99-ad1b-4b751c95738a"

_CONTROLS: Final = ("CUI", "CONTROLLED")
_PROPERTIES: Final[Mapping[str, Callable[[object], bool]]] = {
    "extension_type": is_property_extension,
    "control": lambda value: value in _CONTROLS,
    "designator_ref": is_text,
    "categories": is_texts,
    "disseminations": is_texts,
    "required_statements": is_texts,
    "supplemental_administrative": is_texts,
}
"""The properties that the extension's schema has, and whether a value is of the type that it gives them."""


def read(marking_id: str, body: Mapping[str, Any]) -> Handling | None:
    """What the marking asks for; None where it is not understood, and so where a statement that it requires is more
    than a text.
    """
    if "control" not in body or not all(name in _PROPERTIES and _PROPERTIES[name](body[name]) for name in body):
        return None
    if not all(is_mere_text(text) for text in body.get("required_statements", [])):
        return None
    return Handling(
        custom=frozenset({(marking_id, EXTENSION)}),
        disseminations=frozenset((marking_id, control) for control in body.get("disseminations", [])),
    )
