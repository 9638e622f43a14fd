"""STIX 2.0, part 2: its object types and common properties, more lightly than 2.1.

Required properties, types, the order of dates and markings are checked; of the observables inside `objects` their types
and what they refer to.
"""

from typing import Annotated, Any

from pydantic import Field

from app.stix.models.data_types import ABSENT, EndpointRef, SdoRef, StixObjectRefs, Strings, Timestamp
from app.stix.models.held import must_hold_observables
from app.stix.models.indicators import must_be_pattern
from app.stix.models.meta_objects import must_define
from app.stix.models.parts import CreatedObject, KillChainPhases, VersionedObject


class Object20(VersionedObject):
    """An object of STIX 2.0; a custom one needs no more than this."""


class Named20(Object20):
    """attack-pattern, campaign, course-of-action, intrusion-set and vulnerability: a name."""

    name: str
    description: str = ABSENT
    aliases: Strings = ABSENT
    first_seen: Timestamp = ABSENT
    last_seen: Timestamp = ABSENT
    kill_chain_phases: KillChainPhases = ABSENT


class Labelled20(Named20):
    """malware, threat-actor and tool: a name, and labels for what 2.1 calls types."""

    labels: Strings


class Identity20(Named20):
    """identity."""

    identity_class: str


class Report20(Labelled20):
    """report."""

    published: Timestamp
    object_refs: StixObjectRefs


class Indicator20(Object20):
    """indicator."""

    name: str = ABSENT
    description: str = ABSENT
    labels: Strings
    pattern: str
    valid_from: Timestamp
    valid_until: Timestamp = ABSENT
    kill_chain_phases: KillChainPhases = ABSENT

    def co_constraints(self) -> None:
        """Its pattern is one, and its validity ends after it begins."""
        super().co_constraints()
        self.strictly_in_order("valid_from", "valid_until")
        must_be_pattern(self.pattern, stix20=True)


class ObservedData20(Object20):
    """observed-data."""

    first_observed: Timestamp
    last_observed: Timestamp
    number_observed: Annotated[int, Field(ge=1, le=999_999_999)]
    objects: Annotated[dict[str, dict[str, Any]], Field(min_length=1)]

    def co_constraints(self) -> None:
        """Observed last not before it was observed first, and what the observables in it refer to is there."""
        super().co_constraints()
        self.in_order("first_observed", "last_observed")
        must_hold_observables(self.objects, by_id=False)


class Relationship20(Object20):
    """relationship."""

    relationship_type: str
    description: str = ABSENT
    source_ref: EndpointRef
    target_ref: EndpointRef


class Sighting20(Object20):
    """sighting."""

    first_seen: Timestamp = ABSENT
    last_seen: Timestamp = ABSENT
    count: Annotated[int, Field(ge=0, le=999_999_999)] = ABSENT
    sighting_of_ref: SdoRef
    summary: bool = ABSENT


class MarkingDefinition20(CreatedObject):
    """marking-definition."""

    definition_type: str
    definition: dict[str, Any]
    modified: Timestamp = ABSENT
    revoked: bool = ABSENT

    def co_constraints(self) -> None:
        """The TLP markings are those of the standard."""
        super().co_constraints()
        must_define(self.definition_type, self.definition, self.id)
