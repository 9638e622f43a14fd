"""The STIX Domain Objects of STIX 2.1 section 4, but for the indicator."""

import re
from typing import Annotated, Any

from pydantic import FailFast, Field

from app.stix.identifiers import type_of
from app.stix.models.data_types import (
    ABSENT,
    ArtifactOrFileRef,
    SampleRef,
    ScoOrSroRef,
    ScoRefs,
    SoftwareRef,
    StixObjectRefs,
    Strings,
    Timestamp,
    broken,
)
from app.stix.models.parts import KillChainPhases, VersionedObject
from app.stix.vocabularies import SRO_TYPES, Opinion

_CAPEC_ID = re.compile("CAPEC-[0-9]+")
_CVE_ID = re.compile("CVE-[0-9]{4}-[0-9]{4,}")


class AttackPattern(VersionedObject):
    """A way in which adversaries attempt to compromise targets."""

    section = "4.1"

    name: str
    description: str = ABSENT
    aliases: Strings = ABSENT
    kill_chain_phases: KillChainPhases = ABSENT

    def co_constraints(self) -> None:
        """A CAPEC id is given as one."""
        super().co_constraints()
        _source_of(self, "capec", _CAPEC_ID)


class Campaign(VersionedObject):
    """Malicious activities over a period of time against a set of targets."""

    section = "4.2"

    name: str
    description: str = ABSENT
    aliases: Strings = ABSENT
    first_seen: Timestamp = ABSENT
    last_seen: Timestamp = ABSENT
    objective: str = ABSENT

    def co_constraints(self) -> None:
        """Seen last not before it was seen first."""
        super().co_constraints()
        self.in_order("first_seen", "last_seen")


class CourseOfAction(VersionedObject):
    """An action to prevent or to respond to an attack."""

    section = "4.3"

    name: str
    description: str = ABSENT


class Grouping(VersionedObject):
    """Objects that share a context."""

    section = "4.4"

    name: str = ABSENT
    description: str = ABSENT
    context: str
    object_refs: StixObjectRefs


class Identity(VersionedObject):
    """An individual, an organisation, a group or a class of them."""

    section = "4.5"

    name: str
    description: str = ABSENT
    roles: Strings = ABSENT
    identity_class: str = ABSENT
    sectors: Strings = ABSENT
    contact_information: str = ABSENT


class Incident(VersionedObject):
    """A stub; its content is left to extensions."""

    section = "4.6"

    name: str
    description: str = ABSENT


class Infrastructure(VersionedObject):
    """Systems and services that serve a purpose."""

    section = "4.8"

    name: str
    description: str = ABSENT
    infrastructure_types: Strings = ABSENT
    aliases: Strings = ABSENT
    kill_chain_phases: KillChainPhases = ABSENT
    first_seen: Timestamp = ABSENT
    last_seen: Timestamp = ABSENT

    def co_constraints(self) -> None:
        """Seen last not before it was seen first."""
        super().co_constraints()
        self.in_order("first_seen", "last_seen")


class IntrusionSet(VersionedObject):
    """Adversarial behaviours and resources believed to be of one organisation."""

    section = "4.9"

    name: str
    description: str = ABSENT
    aliases: Strings = ABSENT
    first_seen: Timestamp = ABSENT
    last_seen: Timestamp = ABSENT
    goals: Strings = ABSENT
    resource_level: str = ABSENT
    primary_motivation: str = ABSENT
    secondary_motivations: Strings = ABSENT

    def co_constraints(self) -> None:
        """Seen last not before it was seen first."""
        super().co_constraints()
        self.in_order("first_seen", "last_seen")


class Location(VersionedObject):
    """A place, by region, country or coordinates."""

    section = "4.10"

    name: str = ABSENT
    description: str = ABSENT
    latitude: Annotated[float, Field(ge=-90, le=90)] = ABSENT
    longitude: Annotated[float, Field(ge=-180, le=180)] = ABSENT
    precision: Annotated[float, Field(ge=0)] = ABSENT
    region: str = ABSENT
    country: str = ABSENT
    administrative_area: str = ABSENT
    city: str = ABSENT
    street_address: str = ABSENT
    postal_code: str = ABSENT

    def co_constraints(self) -> None:
        """Coordinates come in pairs, precision with coordinates, and one of the three must be there."""
        super().co_constraints()
        if (self.latitude is None) != (self.longitude is None):
            raise broken("must have `latitude` and `longitude` together")
        if self.precision is not None and self.latitude is None:
            raise broken("needs `latitude` and `longitude`", "precision")
        if self.region is None and self.country is None and self.latitude is None:
            raise broken("must have `region`, `country`, or `latitude` and `longitude`")


class Malware(VersionedObject):
    """Malicious code: a sample, or a family of them."""

    section = "4.11"

    name: str = ABSENT
    description: str = ABSENT
    malware_types: Strings = ABSENT
    is_family: bool
    aliases: Strings = ABSENT
    kill_chain_phases: KillChainPhases = ABSENT
    first_seen: Timestamp = ABSENT
    last_seen: Timestamp = ABSENT
    operating_system_refs: Annotated[list[SoftwareRef], FailFast(), Field(min_length=1)] = ABSENT
    architecture_execution_envs: Strings = ABSENT
    implementation_languages: Strings = ABSENT
    capabilities: Strings = ABSENT
    sample_refs: Annotated[list[ArtifactOrFileRef], FailFast(), Field(min_length=1)] = ABSENT

    def co_constraints(self) -> None:
        """A family has a name."""
        super().co_constraints()
        if self.is_family and self.name is None:
            raise broken("is required for a malware family", "name")
        self.in_order("first_seen", "last_seen")


class MalwareAnalysis(VersionedObject):
    """The results of one analysis of one malware instance or family."""

    section = "4.12"

    product: str
    version: str = ABSENT
    host_vm_ref: SoftwareRef = ABSENT
    operating_system_ref: SoftwareRef = ABSENT
    installed_software_refs: Annotated[list[SoftwareRef], FailFast(), Field(min_length=1)] = ABSENT
    configuration_version: str = ABSENT
    modules: Strings = ABSENT
    analysis_engine_version: str = ABSENT
    analysis_definition_version: str = ABSENT
    submitted: Timestamp = ABSENT
    analysis_started: Timestamp = ABSENT
    analysis_ended: Timestamp = ABSENT
    result_name: str = ABSENT
    result: str = ABSENT
    analysis_sco_refs: ScoRefs = ABSENT
    sample_ref: SampleRef = ABSENT

    def co_constraints(self) -> None:
        """It has a result."""
        super().co_constraints()
        self.one_of("result", "analysis_sco_refs")


class Note(VersionedObject):
    """Text about other objects."""

    section = "4.13"

    abstract: str = ABSENT
    content: str
    authors: Strings = ABSENT
    object_refs: StixObjectRefs


class ObservedData(VersionedObject):
    """What was observed, by reference, or in the deprecated `objects`."""

    section = "4.14"

    first_observed: Timestamp
    last_observed: Timestamp
    number_observed: Annotated[int, Field(ge=1, le=999_999_999)]
    objects: Annotated[dict[str, dict[str, Any]], Field(min_length=1)] = ABSENT
    object_refs: Annotated[list[ScoOrSroRef], FailFast(), Field(min_length=1)] = ABSENT

    def co_constraints(self) -> None:
        """`objects` or `object_refs`, and an SCO among the references."""
        super().co_constraints()
        self.in_order("first_observed", "last_observed")
        if (self.objects is None) == (self.object_refs is None):
            raise broken("must have either `object_refs` or `objects`, one of them")
        if self.object_refs is not None and all(type_of(ref) in SRO_TYPES for ref in self.object_refs):
            raise broken("must hold the id of at least one SCO", "object_refs")
        for key, observable in (self.objects or {}).items():
            if not isinstance(observable.get("type"), str):
                raise broken("must have a `type`", f"objects.{key[:250]}")


class OpinionObject(VersionedObject):
    """An assessment of the correctness of other objects."""

    section = "4.15"

    explanation: str = ABSENT
    authors: Strings = ABSENT
    opinion: Opinion
    object_refs: StixObjectRefs


class Report(VersionedObject):
    """A collection of threat intelligence on one topic."""

    section = "4.16"

    name: str
    description: str = ABSENT
    report_types: Strings = ABSENT
    published: Timestamp
    object_refs: StixObjectRefs


class ThreatActor(VersionedObject):
    """Individuals, groups or organisations believed to act with malicious intent."""

    section = "4.17"

    name: str
    description: str = ABSENT
    threat_actor_types: Strings = ABSENT
    aliases: Strings = ABSENT
    first_seen: Timestamp = ABSENT
    last_seen: Timestamp = ABSENT
    roles: Strings = ABSENT
    goals: Strings = ABSENT
    sophistication: str = ABSENT
    resource_level: str = ABSENT
    primary_motivation: str = ABSENT
    secondary_motivations: Strings = ABSENT
    personal_motivations: Strings = ABSENT

    def co_constraints(self) -> None:
        """Seen last not before it was seen first."""
        super().co_constraints()
        self.in_order("first_seen", "last_seen")


class Tool(VersionedObject):
    """Legitimate software that threat actors can use."""

    section = "4.18"

    name: str
    description: str = ABSENT
    tool_types: Strings = ABSENT
    aliases: Strings = ABSENT
    kill_chain_phases: KillChainPhases = ABSENT
    tool_version: str = ABSENT


class Vulnerability(VersionedObject):
    """A weakness in software or hardware."""

    section = "4.19"

    name: str
    description: str = ABSENT

    def co_constraints(self) -> None:
        """A CVE id is given as one."""
        super().co_constraints()
        _source_of(self, "cve", _CVE_ID)


def _source_of(judged: VersionedObject, source: str, form: re.Pattern[str]) -> None:
    """An external id of this form has this source."""
    for index, reference in enumerate(judged.external_references or ()):
        external_id = reference.external_id
        if external_id is not None and form.fullmatch(external_id) and reference.source_name != source:
            raise broken(f"must be `{source}` for {external_id[:100]}", f"external_references.[{index}].source_name")
