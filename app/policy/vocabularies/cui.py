"""CUI, the Controlled Unclassified Information of the United States, as the STIX extension of the OASIS repository.

An agreement maps it under `custom`, and names the dissemination controls that it honours.
"""

from collections.abc import Mapping
from typing import Any, Final

from app.policy.handling import Handling

EXTENSION: Final = "extension-definition--dff17fb3-edcb-4f99-ad1b-4b751c95738a"

_LISTS: Final = ("categories", "disseminations", "required_statements", "supplemental_administrative")
_PROPERTIES: Final = frozenset({"extension_type", "control", "designator_ref", *_LISTS})


def read(marking_id: str, body: Mapping[str, Any]) -> Handling | None:
    """What the marking asks for; None where it is not understood."""
    if not body.keys() <= _PROPERTIES or body.get("control") not in ("CUI", "CONTROLLED"):
        return None
    if not isinstance(body.get("designator_ref", ""), str) or not all(_is_texts(body.get(name, [])) for name in _LISTS):
        return None
    return Handling(
        custom=frozenset({(marking_id, EXTENSION)}),
        disseminations=frozenset((marking_id, control) for control in body.get("disseminations", [])),
    )


def _is_texts(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(each, str) for each in value)
