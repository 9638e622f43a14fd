"""What validation gives: an object that was understood, or what its sender has to mend."""

from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

SpecVersion: TypeAlias = Literal["2.0", "2.1"]
"""A version of the STIX standard."""


@dataclass(frozen=True, slots=True)
class GranularMarking:
    """One granular marking (STIX 2.1 section 7.2.3): what it selects, and a marking's id or a language, not both."""

    selectors: tuple[str, ...]
    marking_ref: str | None
    lang: str | None


@dataclass(frozen=True, slots=True)
class StixObject:
    """One valid STIX object version: the bytes as received, and what the exchange reads of it.

    `tree` must not be changed. `created` and `modified` are the texts as received. A marking-definition has no
    versions (section 7.2.1), so a `modified` that it carries does not count and is None here.
    """

    raw: bytes
    tree: dict[str, Any]
    id: str
    type: str
    spec: SpecVersion
    bytes_digest: bytes
    tree_digest: bytes
    created: str | None
    modified: str | None
    revoked: bool
    created_by_ref: str | None
    object_marking_refs: tuple[str, ...]
    granular_markings: tuple[GranularMarking, ...]

    @property
    def version(self) -> str | None:
        """The version as TAXII 2.1 section 3.4.1 has it: `modified`, else `created`, else None; text as received."""
        return self.modified or self.created


@dataclass(frozen=True, slots=True)
class Violation:
    """One thing that is wrong with an object. `where` is written like a selector; "" is the object itself."""

    where: str
    message: str

    def __str__(self) -> str:
        return self.message


@dataclass(frozen=True, slots=True)
class Rejected:
    """An element that is no valid STIX object. `id` and `version` as far as they could be read as strings."""

    id: str | None
    version: str | None
    violations: tuple[Violation, ...]
