"""What answers to analysts look like, for OpenAPI. Answers are not made from these: they hold objects as they came."""

from typing import Any

from pydantic import BaseModel, ConfigDict, Field


class Shape(BaseModel):
    """Part of an answer. Keys that have no value are left out."""

    model_config = ConfigDict(extra="forbid")


class ValueShape(Shape):
    """A value in its normal form."""

    kind: str = Field(description="Such as `ipv4-addr`, `domain-name`, `url`, `SHA-256`, `cve`, `mitre-attack`.")
    value: str


class MatchShape(ValueShape):
    """A value that an object names."""

    how: str = Field(
        description="`same`: the value asked for; `covers`: something that holds it; `inside`: something in it.",
        pattern="^(same|covers|inside)$",
    )


class EntryShape(Shape):
    """One version of an object in one collection."""

    id: str
    type: str
    version: str = Field(description="As TAXII's manifest has it.")
    partnership: str = Field(description="The API root.")
    collection: str = Field(description="The alias of the collection.")
    collection_id: str
    date_added: str = Field(description="Since when the caller is shown it in this collection.")
    matches: list[MatchShape] | None = None
    valid: bool = Field(description="Whether it holds now: not revoked, and within its `valid_from` and `valid_until`.")
    valid_from: str | None = None
    valid_until: str | None = None
    revoked: bool
    confidence: int | None = None
    tlp: list[str] = Field(description="The TLP levels of its object markings.")
    created_by_ref: str | None = None
    created_by: str | None = Field(None, description="The name of that identity, where the caller is shown it.")
    object: dict[str, Any] = Field(description="The object, byte for byte as its sender gave it.")


class LookUpShape(Shape):
    """The answer to a look-up of one value."""

    value: str
    read_as: list[ValueShape] = Field(description="The values that were looked up.")
    indicators: list[EntryShape]
    observables: list[EntryShape]
    others: list[EntryShape] = Field(description="Such as vulnerabilities, techniques and observed data.")
    sightings: list[EntryShape] = Field(description="Sightings of all these.")
    relationships: list[EntryShape] = Field(description="Relationships from and to all these.")
    references: list[EntryShape] = Field(description="Whatever else refers to them.")
    more_related: bool = Field(description="Sightings, relationships and references are the newest 200 of more.")
    next: str | None = None


class NumberedMatchShape(MatchShape):
    """A match, with the place of its entry."""

    entry: int = Field(description="The place in `entries`, from 0.")


class OneOfManyShape(Shape):
    """One value of a look-up of many."""

    value: str
    read_as: list[ValueShape]
    matches: list[NumberedMatchShape]
    more: bool = Field(description="There are more matches than `limit`.")


class ManyLookUpsShape(Shape):
    """The answer to a look-up of many values."""

    entries: list[EntryShape]
    values: list[OneOfManyShape] = Field(description="In the order in which they were asked for, each once.")


class MatchedEntryShape(EntryShape):
    """An indicator whose pattern the upload matches."""

    observed: list[str] = Field(
        description="The observations that one of the pattern's brackets fits: ids, `row 2`, `value 1`; the first 100."
    )
    more_observed: bool | None = Field(None, description="There are more of them than are named.")


class UndecidedEntryShape(EntryShape):
    """An indicator of which can't be told whether the upload matches it."""

    reason: str


class MatchedShape(Shape):
    """The answer to an upload."""

    observations: int = Field(description="How many observations were read.")
    tried: int = Field(description="How many patterns were tried for this answer.")
    indicators: list[MatchedEntryShape] = Field(description="Newest date added first.")
    undecided: list[UndecidedEntryShape]
    next: str | None = Field(None, description="Not everything was tried; there may be more.")


class ExaminedShape(Shape):
    """One object."""

    id: str
    versions: list[EntryShape] = Field(description="The newest in each collection, or all of them; newest date first.")
    sightings: list[EntryShape]
    relationships: list[EntryShape]
    references: list[EntryShape]
    next: str | None = Field(None, description="There is more that refers to it.")


class EdgeShape(Shape):
    """One object names another in this property."""

    source: str
    property: str
    target: str


class GraphShape(Shape):
    """Objects and the references among them."""

    id: str
    entries: list[EntryShape]
    edges: list[EdgeShape]
    more: bool = Field(description="`limit` has cut some objects off.")


class ChangesShape(Shape):
    """What is new."""

    entries: list[EntryShape] = Field(description="Oldest first.")
    until: str = Field(description="The `since` of the next request, once there is no `next`.")
    next: str | None = None


class OutcomeShape(Shape):
    """What became of the object."""

    id: str
    version: str
    message: str | None = Field(None, description="Why it failed; or that it is visible after a review.")


class StatusShape(Shape):
    """The status resource of TAXII 2.1, section 4.3: it can be asked for again at the API root."""

    id: str
    status: str
    request_timestamp: str
    total_count: int
    success_count: int
    successes: list[OutcomeShape] | None = None
    failure_count: int
    failures: list[OutcomeShape] | None = None
    pending_count: int


class ReportedShape(Shape):
    """What was reported, and what became of it."""

    object: dict[str, Any] = Field(description="The sighting or the opinion, as it was written.")
    status: StatusShape


class FoundShape(Shape):
    """What a search finds."""

    entries: list[EntryShape] = Field(description="Newest date added first.")
    next: str | None = None
