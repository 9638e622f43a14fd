"""What a value is in what its indicator tells of: the hash of a file or of a certificate, who sent or who received.

A kind alone does not say it. Whoever acts on a value has to: the address to which bad mail came is the victim's.
"""

from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Final

from app.stix.patterns.hashes import algorithm_of
from app.stix.patterns.observables import target_of
from app.stix.patterns.syntax import ObjectPath, Step


class Role(StrEnum):
    """The role of a value. `PART`: the hash of something within a file, or of what is no file."""

    ITSELF = ""
    SOURCE = "source"
    DESTINATION = "destination"
    RECIPIENT = "recipient"
    CERTIFICATE = "certificate"
    PART = "part"


TO_ACT_ON: Final = frozenset({Role.ITSELF, Role.SOURCE, Role.DESTINATION})
"""Whatever has one of these is what the indicator is about, and of the kind that it seems to be."""

_FILES: Final = ("file", "artifact")
_BY_REFERENCE: Final[Mapping[Step, Role]] = {
    "src_ref": Role.SOURCE,
    "dst_ref": Role.DESTINATION,
    "from_ref": Role.SOURCE,
    "sender_ref": Role.SOURCE,
    "to_refs": Role.RECIPIENT,
    "cc_refs": Role.RECIPIENT,
    "bcc_refs": Role.RECIPIENT,
}


def role_at(path: ObjectPath) -> Role:
    """The role of a value that stands at this path."""
    if algorithm_of(path.steps) is not None:
        return _role_of_hash(path)
    return next((_BY_REFERENCE[step] for step in reversed(path.steps) if step in _BY_REFERENCE), Role.ITSELF)


def _role_of_hash(path: ObjectPath) -> Role:
    before = _names(path.steps[: path.steps.index("hashes")])
    of = target_of(before[-1], "") if before else path.object_type
    if of in _FILES:
        return Role.ITSELF
    return Role.CERTIFICATE if of == "x509-certificate" else Role.PART


def _names(steps: Sequence[Step]) -> list[str]:
    return [step for step in steps if isinstance(step, str)]
