"""What every STIX object shares: common properties (STIX 2.1 section 3.2) and the parts they are made of."""

import re
from typing import Annotated, ClassVar, Self

from pydantic import BaseModel, ConfigDict, FailFast, Field, StringConstraints, model_validator

from app.stix.identifiers import UUID_PATTERN
from app.stix.models.data_types import (
    ABSENT,
    KEY_PATTERN,
    Identifier,
    IdentityRef,
    Language,
    MarkingRef,
    Strings,
    Timestamp,
    broken,
)
from app.stix.timestamps import is_before
from app.stix.vocabularies import ExtensionType

_KEY = re.compile(KEY_PATTERN[1:-1])
_HASH_NAME = re.compile("[a-zA-Z0-9_-]{3,250}")
_EXTENSION_DEFINITION = "extension-definition--"
_EXTENSION_DEFINITION_ID = re.compile(_EXTENSION_DEFINITION + UUID_PATTERN)


class Part(BaseModel):
    """Of this every model is made: strict, lenient to what it does not know, built when it is first needed."""

    model_config = ConfigDict(strict=True, extra="ignore", defer_build=True, hide_input_in_errors=True)

    section: ClassVar[str] = ""
    """The section of STIX 2.1 that defines it."""

    @model_validator(mode="after")
    def _check_co_constraints(self) -> Self:
        self.co_constraints()
        return self

    def co_constraints(self) -> None:
        """Raise `broken` where properties that are each of their type do not fit together."""

    def one_of(self, *names: str) -> None:
        """At least one of these properties must be there."""
        if self.model_fields_set.isdisjoint(names):
            raise broken(f"must have at least one of {', '.join(f'`{name}`' for name in names)}")

    def something(self) -> None:
        """At least one of the properties that the model knows must be there."""
        if not self.model_fields_set:
            raise broken("must have at least one of its properties")

    def in_order(self, first: str, last: str) -> None:
        """Where both timestamps are there, the last must not be earlier than the first."""
        start, end = getattr(self, first), getattr(self, last)
        if start is not None and end is not None and is_before(end, start):
            raise broken(f"must not be earlier than `{first}`", last)

    def strictly_in_order(self, first: str, last: str) -> None:
        """Where both timestamps are there, the last must be later than the first."""
        start, end = getattr(self, first), getattr(self, last)
        if start is not None and end is not None and not is_before(start, end):
            raise broken(f"must be later than `{first}`", last)


class Hashes(Part):
    """Hashes by the name of their algorithm (section 2.7). The vocabulary is open; the form of the known is checked."""

    model_config = ConfigDict(extra="allow")
    __pydantic_extra__: dict[str, str]
    section = "2.7"

    md5: Annotated[str, StringConstraints(pattern="^[0-9a-fA-F]{32}$")] = Field(ABSENT, alias="MD5")
    sha_1: Annotated[str, StringConstraints(pattern="^[0-9a-fA-F]{40}$")] = Field(ABSENT, alias="SHA-1")
    sha_256: Annotated[str, StringConstraints(pattern="^[0-9a-fA-F]{64}$")] = Field(ABSENT, alias="SHA-256")
    sha_512: Annotated[str, StringConstraints(pattern="^[0-9a-fA-F]{128}$")] = Field(ABSENT, alias="SHA-512")
    sha3_256: Annotated[str, StringConstraints(pattern="^[0-9a-fA-F]{64}$")] = Field(ABSENT, alias="SHA3-256")
    sha3_512: Annotated[str, StringConstraints(pattern="^[0-9a-fA-F]{128}$")] = Field(ABSENT, alias="SHA3-512")
    ssdeep: Annotated[str, StringConstraints(pattern="^[a-zA-Z0-9/+:.]{1,148}$")] = Field(ABSENT, alias="SSDEEP")
    tlsh: Annotated[str, StringConstraints(pattern="^(?:T1)?[0-9a-fA-F]{70}$")] = Field(ABSENT, alias="TLSH")

    def co_constraints(self) -> None:
        """Not empty, and other algorithms have names of letters, digits, `-` and `_`."""
        if not self.model_fields_set:
            raise broken("must not be empty")
        for name in self.__pydantic_extra__ or ():
            if not _HASH_NAME.fullmatch(name):
                raise broken("must have keys of 3 to 250 letters, digits, hyphens and underscores")


class ExternalReference(Part):
    """A pointer to what is not STIX (section 2.5)."""

    section = "2.5"

    source_name: str
    description: str = ABSENT
    url: str = ABSENT
    hashes: Hashes = ABSENT
    external_id: str = ABSENT

    def co_constraints(self) -> None:
        """It says something besides the name of its source."""
        self.one_of("description", "url", "external_id")


class KillChainPhase(Part):
    """A phase of a kill chain (section 2.11)."""

    section = "2.11"

    kill_chain_name: str
    phase_name: str


class GranularMarkingPart(Part):
    """A marking, or a language, of part of an object (section 7.2.3). Whether its selectors select is judged apart."""

    section = "7.2.3"

    selectors: Strings
    marking_ref: MarkingRef = ABSENT
    lang: Language = ABSENT

    def co_constraints(self) -> None:
        """A marking or a language, one of them."""
        if (self.marking_ref is None) == (self.lang is None):
            raise broken("must have either `marking_ref` or `lang`, one of them")


class Extension(Part):
    """An extension by an extension definition (section 7.3), or one of a kind that the standard does not define."""

    model_config = ConfigDict(extra="allow")
    section = "7.3"

    extension_type: ExtensionType = ABSENT

    def co_constraints(self) -> None:
        """Not empty."""
        self.something()


class Extensions(Part):
    """What stands under `extensions` (section 3.2): the predefined are properties of the models below this one."""

    model_config = ConfigDict(extra="allow")
    __pydantic_extra__: dict[str, Extension]
    section = "3.2"

    def co_constraints(self) -> None:
        """Not empty; an extension definition is named by its id, and its extension says of which type it is."""
        if not self.model_fields_set:
            raise broken("must not be empty")
        for name, extension in (self.__pydantic_extra__ or {}).items():
            if not _KEY.fullmatch(name):
                raise broken("must have keys of 1 to 250 letters, digits, hyphens and underscores")
            if name.startswith(_EXTENSION_DEFINITION):
                if not _EXTENSION_DEFINITION_ID.fullmatch(name):
                    raise broken("is no identifier of an extension definition, its UUID in lower case", name)
                if extension.extension_type is None:
                    raise broken("must have `extension_type`", name)


ExternalReferences = Annotated[list[ExternalReference], FailFast(), Field(min_length=1)]
KillChainPhases = Annotated[list[KillChainPhase], FailFast(), Field(min_length=1)]
GranularMarkings = Annotated[list[GranularMarkingPart], FailFast(), Field(min_length=1)]
MarkingRefs = Annotated[list[MarkingRef], FailFast(), Field(min_length=1)]


class StixObjectPart(Part):
    """What all objects have: a type, an id of that type, markings and extensions."""

    type: str
    id: Identifier
    object_marking_refs: MarkingRefs = ABSENT
    granular_markings: GranularMarkings = ABSENT
    extensions: Extensions = ABSENT

    def co_constraints(self) -> None:
        """The id begins with the type."""
        if not self.id.startswith(f"{self.type}--"):
            raise broken(f"must begin with the object's type, `{self.type}--`", "id")


class CreatedObject(StixObjectPart):
    """An object with a creator and a date of creation: SDOs, SROs and meta objects."""

    created: Timestamp
    created_by_ref: IdentityRef = ABSENT
    external_references: ExternalReferences = ABSENT


class VersionedObject(CreatedObject):
    """An object with versions: the common properties of SDOs, SROs, language-content and extension-definition."""

    modified: Timestamp
    revoked: bool = ABSENT
    labels: Strings = ABSENT
    confidence: Annotated[int, Field(ge=0, le=100)] = ABSENT
    lang: Language = ABSENT

    def co_constraints(self) -> None:
        """`modified` is not earlier than `created` (section 3.2)."""
        super().co_constraints()
        if self.modified != self.created:
            self.in_order("created", "modified")


class ObservableObject(StixObjectPart):
    """An SCO (section 6.1). It has no versions; the four last properties are there by extension only (section 3.6)."""

    defanged: bool = ABSENT
    created: Timestamp = ABSENT
    modified: Timestamp = ABSENT
    revoked: bool = ABSENT
    created_by_ref: IdentityRef = ABSENT

    def something_observed(self) -> None:
        """At least one property, or an extension, besides what every SCO has."""
        if self.model_fields_set <= ObservableObject.model_fields.keys() - {"extensions"}:
            raise broken("must have at least one property of its type")
