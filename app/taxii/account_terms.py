"""The terms of one API root as one account is told them, as JSON: no resource of TAXII's, but served beside them.

These models are the one source of the documents and of their JSON Schema. What is absent does not apply or sets no
bound; an empty list holds nothing.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field
from pydantic.json_schema import SkipJsonSchema

Nothing = SkipJsonSchema[None]
Level = Annotated[str, Field(pattern=r"^(clear|green|amber|amber\+strict|red)$")]
PapLevel = Annotated[str, Field(pattern="^(clear|green|amber|red)$")]
Signed = Annotated[str, Field(pattern="^(named|anonymous)$")]
Word = Annotated[str, Field(pattern="^(accept|review|refuse)$")]
Listed = Literal["all"] | tuple[str, ...]
"""Values in order, or `all` where there is nothing that the list does not hold."""
Count = Annotated[int, Field(gt=0)]


def _without_default(schema: dict[str, Any]) -> None:
    del schema["default"]


def optional(description: str) -> Any:
    """A member that may be absent."""
    return Field(default=None, description=description, json_schema_extra=_without_default)


class Part(BaseModel):
    """A part of the document, with nothing in it but what is told here."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class PartnershipPart(Part):
    """The API root, as its own resource shows it."""

    root: str = Field(description="The name of the API root.")
    title: str
    description: str | Nothing = optional("What the partnership is for.")


class AgreementPart(Part):
    """The legal side."""

    reference: str = Field(description="What the agreement is called where it was signed.")
    effective: datetime = Field(description="In force from this instant on.")
    expires: datetime = Field(description="No longer in force at this instant.")
    review: datetime | Nothing = optional("When the partners look at it again.")


class ContactsPart(Part):
    """Whom to ask; free text, or a URI such as `mailto:`."""

    partnership: str | Nothing = optional("About this agreement.")
    exchange: str | Nothing = optional("About this exchange, as in the discovery resource.")


class PartnerPart(Part):
    """The caller's organisation."""

    name: str = Field(description="Its name in the agreement.")
    title: str
    identities: tuple[str, ...] = Field(description="The STIX identities that it may sign as (`created_by_ref`).")


class AccountPart(Part):
    """The account that asks."""

    name: str
    role: Annotated[str, Field(pattern="^(reader|feeder|analyst|officer)$")] = Field(
        description="Feeders alone push and withdraw."
    )


class MemberPart(Part):
    """What the agreement says of the caller's organisation."""

    tlp: tuple[Level, ...] = Field(description="The TLP levels that it is cleared for.")
    client_of: str | Nothing = optional("The member whose client it is: shown neither AMBER+STRICT nor RED.")
    organizations: tuple[str, ...] = Field(description="What it is in the words of ACS 3.0.")
    nationalities: tuple[str, ...] = Field(description="The countries that it is of (ISO 3166 alpha-3).")
    entity: tuple[str, ...] = Field(description="What kind of entity it is in the words of ACS 3.0.")
    originator_control: bool = Field(
        description="Whether what stands in its name goes to nobody whom its `releases` do not name."
    )
    attribution: Literal["named", "anonymous"] = Field(
        description="With `anonymous`, others are not shown what it signed."
    )


class Confidence(Part):
    """How sure of it whoever wrote the object has to be."""

    at_least: int


class AgeBounds(Part):
    """How old a version has to be, counted from its `modified` or `created`."""

    at_least: timedelta | Nothing = optional("Not covered before it is so old.")
    at_most: timedelta | Nothing = optional("No longer covered once it is so old.")


class EntryPart(Part):
    """One entry of a member's own terms about this collection; all of it has to hold of a version that it covers."""

    types: Listed = Field(description="STIX types. Do not bind marking definitions.")
    tlp: tuple[Level, ...] = Field(description="The levels that every level of the version has to stand in.")
    markings: tuple[str, ...] | Nothing = optional("The markings beside TLP that may stand on the version.")
    confidence: Confidence | Nothing = optional("Does not bind marking definitions.")
    age: AgeBounds | Nothing = optional("Does not bind marking definitions.")


class TakesPart(EntryPart):
    """What the caller's organisation takes from these members."""

    from_: Listed = Field(serialization_alias="from", description="The members.")


class ReleasesPart(EntryPart):
    """What the caller's organisation releases to these members."""

    to: Listed = Field(description="The members.")


class CustomPart(Part):
    """What is shown under one custom marking."""

    disseminations: Listed = Field(description="The dissemination controls of CUI that may stand on it.")


class ShownPart(Part):
    """What the account is shown of what others push: a version passes if each of its markings does.

    What the caller's own organisation pushed it is shown however marked.
    """

    tlp: tuple[Level, ...] = Field(description="The TLP levels that pass; a version may have several.")
    unmarked: Level | Nothing = optional("The level at which what carries no TLP is shown; absent: it is not.")
    statements: Listed = Field(description="The ids of the statement markings that pass.")
    pap: tuple[PapLevel, ...] = Field(description="The PAP levels that pass.")
    iep: Mapping[str, tuple[str, ...]] = Field(description="The values of IEP 2.0 that pass, by policy statement.")
    acs: Mapping[str, tuple[str, ...]] = Field(
        description="The ACS 3.0 tokens that pass on a marking that permits, by list of a control set."
    )
    custom: Mapping[str, CustomPart] = Field(
        description="Other markings that pass, by the id of a marking-definition or of its extension-definition."
    )
    references: Literal["keep", "withhold"] = Field(
        description="`withhold`: what refers to something hidden of its own submitter's is not shown either."
    )
    embargo: timedelta | Nothing = optional("How long after its receipt a version is not shown yet.")
    shown_for: timedelta | Nothing = optional("How long after its receipt a version is shown at all.")
    takes: tuple[TakesPart, ...] | Nothing = optional(
        "What the caller's organisation takes: one entry has to cover a version. Absent: whatever is released to it."
    )


class TakenPart(Part):
    """What becomes of what the account pushes, as far as that can be told before.

    The strictest word counts of all that apply to an object. `review`: it is taken, and shown to nobody until an
    officer of the host has looked at it.
    """

    types: Listed = Field(description="The STIX types that are taken; others are refused.")
    reviewed_types: Listed = Field(description="Those of them that are reviewed, whatever their level.")
    spec_versions: tuple[str, ...] = Field(description="The STIX versions that are taken.")
    tlp: Mapping[Level, Word] = Field(description="By level, on the object or on any part of it.")
    unmarked: Word = Field(description="Where an object, or a part of it, carries no TLP.")
    require: tuple[str, ...] = Field(
        description="What `object_marking_refs` has to name: `tlp` or `pap` for any of that kind, ids for themselves. "
        "Marking definitions need none."
    )
    relays: tuple[str, ...] = Field(
        description="The members whose identities may stand in `created_by_ref`, besides the caller's own."
    )
    older_versions: Word = Field(description="A version that comes after a later one.")
    loosened: Word = Field(description="A later version whose markings are more open than the newest's.")
    deterministic_ids: Word = Field(description="An observable's UUIDv5 that STIX makes of other properties.")
    listed_values: tuple[Word, ...] = Field(
        description="What may become of an object that names a value of the collection's lists."
    )


class CollectionPart(Part):
    """One collection that the account may know of."""

    id: str
    alias: str
    title: str
    description: str | Nothing = optional("What it holds.")
    can_read: bool
    can_write: bool
    shown: ShownPart | Nothing = optional("What the account is shown of it; absent where it may not read.")
    taken: TakenPart | Nothing = optional("What becomes of what it pushes; absent where it may not write.")
    sightings: Signed | Nothing = optional(
        "Who signs what the account reports of indicators: its organisation (`named`), or the exchange. Absent where "
        "it may not report."
    )
    releases: tuple[ReleasesPart, ...] | Nothing = optional(
        "What the caller's organisation releases of what it pushes, or others push in its name: one entry has to cover "
        "a version. Absent: the collection's terms alone speak."
    )


class LimitsPart(Part):
    """The limits of requests; docs/protocol.md says what is past each of them."""

    content_length_bytes_max: Count = Field(description="Octets of a request body: `max_content_length`.")
    query_chars_max: Count = Field(description="Characters of a query string.")
    page_objects_max: Count = Field(description="Rows of a page.")
    page_objects_default: Count = Field(description="Rows of a page that no limit is asked for.")
    page_bytes_max: Count = Field(description="Octets of the objects of a page.")
    push_objects_max: Count = Field(description="Objects of one envelope.")
    push_markings_max: Count = Field(description="Markings, those that everybody knows left aside, of one push.")
    push_granular_bytes_max: Count = Field(description="Octets of the objects with granular markings of one push.")
    feed_bytes_max: Count = Field(description="Octets of one delivery of a feed.")
    feed_events_bytes_max: Count = Field(description="Octets of one delivery of MISP events.")
    answer_bytes_max: Count = Field(description="Octets of the objects of one export, or one answer to an analyst.")
    export_objects_max: Count = Field(description="Objects of which one export is made.")
    export_values_max: Count = Field(description="Values of one export.")
    exports_waiting_max: Count = Field(description="Exports for the caller's organisation under way, in one worker.")
    requests_per_minute_max: Count = Field(description="Requests of the caller's account in a minute, in one worker.")
    pushes_waiting_max: Count = Field(description="Pushes of the caller's organisation under way, in one worker.")
    object_bytes_max: Count = Field(description="Octets of one object.")
    json_depth_max: Count = Field(description="Levels of nesting of one object.")
    status_days: Count = Field(description="Days for which a status stays available.")


class AccountTerms(Part):
    """What one account may read and push under one API root, and within which limits."""

    partnership: PartnershipPart
    agreement: AgreementPart
    contacts: ContactsPart
    partner: PartnerPart
    account: AccountPart
    member: MemberPart | Nothing = optional("Absent for an officer of the host whose organisation is no member.")
    collections: tuple[CollectionPart, ...] = Field(description="By id.")
    limits: LimitsPart

    def to_json(self) -> bytes:
        """The document as UTF-8 JSON."""
        return self.model_dump_json(by_alias=True, exclude_none=True).encode()


def json_schema() -> Mapping[str, Any]:
    """The JSON Schema (2020-12) of the document."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **AccountTerms.model_json_schema(mode="serialization"),
    }
