"""The STIX Relationship Objects of STIX 2.1 section 5."""

from typing import Annotated

from pydantic import FailFast, Field, StringConstraints

from app.stix.models.data_types import (
    ABSENT,
    EndpointRef,
    IdentityOrLocationRef,
    ObservedDataRef,
    SdoRef,
    Timestamp,
)
from app.stix.models.parts import VersionedObject

RELATIONSHIP_TYPE_PATTERN = "^[a-z0-9-]+$"


class Relationship(VersionedObject):
    """How two SDOs or SCOs are related."""

    section = "5.1"

    relationship_type: Annotated[str, StringConstraints(pattern=RELATIONSHIP_TYPE_PATTERN)]
    description: str = ABSENT
    source_ref: EndpointRef
    target_ref: EndpointRef
    start_time: Timestamp = ABSENT
    stop_time: Timestamp = ABSENT

    def co_constraints(self) -> None:
        """It ends after it begins."""
        super().co_constraints()
        self.strictly_in_order("start_time", "stop_time")


class Sighting(VersionedObject):
    """The belief that something was seen."""

    section = "5.2"

    description: str = ABSENT
    first_seen: Timestamp = ABSENT
    last_seen: Timestamp = ABSENT
    count: Annotated[int, Field(ge=0, le=999_999_999)] = ABSENT
    sighting_of_ref: SdoRef
    observed_data_refs: Annotated[list[ObservedDataRef], FailFast(), Field(min_length=1)] = ABSENT
    where_sighted_refs: Annotated[list[IdentityOrLocationRef], FailFast(), Field(min_length=1)] = ABSENT
    summary: bool = ABSENT

    def co_constraints(self) -> None:
        """Seen last not before it was seen first."""
        super().co_constraints()
        self.in_order("first_seen", "last_seen")
