"""The meta objects of STIX 2.1 section 7, and custom objects (section 11)."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Annotated, Any, Final

from pydantic import FailFast, Field

from app.stix.models.data_types import (
    ABSENT,
    IdentityRef,
    Language,
    PropertyName,
    StixObjectRef,
    Strings,
    Timestamp,
    broken,
)
from app.stix.models.parts import CreatedObject, ObservableObject, VersionedObject
from app.stix.vocabularies import ExtensionType

TLP_IDS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "white": "marking-definition--613f2e26-407d-48c7-9eca-b8e91df99dc9",
        "green": "marking-definition--34098fce-860f-48ae-8e50-ebd3cc5e41da",
        "amber": "marking-definition--f88d31f6-486f-44da-b317-01333bde0b82",
        "red": "marking-definition--5e57c739-391a-4eb3-b6be-7d15ca92d5ed",
    }
)
"""The only TLP markings that the standard has (section 7.2.1.4), by level."""


class LanguageContent(VersionedObject):
    """Text of another object in other languages."""

    section = "7.1"

    object_ref: StixObjectRef
    object_modified: Timestamp = ABSENT
    contents: Annotated[dict[Language, Annotated[dict[PropertyName, Any], Field(min_length=1)]], Field(min_length=1)]


class MarkingDefinition(CreatedObject):
    """A marking that objects can refer to. It can't be versioned: a `modified` is tolerated, and is no version."""

    section = "7.2.1"

    name: str = ABSENT
    definition_type: str = ABSENT
    definition: dict[str, Any] = ABSENT
    modified: Timestamp = ABSENT
    revoked: bool = ABSENT

    def co_constraints(self) -> None:
        """A definition or an extension; the TLP markings are those of the standard; it is not revoked."""
        super().co_constraints()
        if self.revoked:
            raise broken("can't be true: a marking-definition has no versions", "revoked")
        if self.extensions is None and (self.definition_type is None or self.definition is None):
            raise broken("must have `definition_type` and `definition`, or `extensions`")
        if (self.definition_type is None) != (self.definition is None):
            raise broken("must have `definition_type` and `definition` together")
        if self.id in (self.object_marking_refs or ()):
            raise broken("must not hold the marking-definition's own id", "object_marking_refs")
        if any(marking.marking_ref == self.id for marking in self.granular_markings or ()):
            raise broken("must not hold the marking-definition's own id", "granular_markings")
        must_define(self.definition_type, self.definition, self.id)


def must_define(definition_type: str | None, definition: dict[str, Any] | None, marking_id: str) -> None:
    """Raise `broken` where a statement or TLP definition is not what the standard has it be."""
    if definition is None:
        return
    if not definition:
        raise broken("must not be empty", "definition")
    if definition_type == "statement" and not isinstance(definition.get("statement"), str):
        raise broken("must be a string", "definition.statement")
    if definition_type == "tlp":
        level = definition.get("tlp")
        if not isinstance(level, str) or TLP_IDS.get(level) != marking_id:
            raise broken("is none of the four TLP markings of the standard, and others must not be made", "definition")


class ExtensionDefinition(VersionedObject):
    """What an extension means and what it may add."""

    section = "7.3"

    created_by_ref: IdentityRef
    name: str
    description: str = ABSENT
    schema_: str = Field(alias="schema")
    version: str
    extension_types: Annotated[list[ExtensionType], FailFast(), Field(min_length=1)]
    extension_properties: Strings = ABSENT

    def co_constraints(self) -> None:
        """Properties are listed only where they go to the top level."""
        super().co_constraints()
        if self.extension_properties is not None and "toplevel-property-extension" not in self.extension_types:
            raise broken("is for a toplevel-property-extension only", "extension_properties")


class CustomObject(VersionedObject):
    """An object of a type that the standard does not define, with dates: taken for an SDO or SRO."""

    section = "11.2"


class CustomObservable(ObservableObject):
    """An object of a type that the standard does not define, without dates: taken for an SCO."""

    section = "11.2"
