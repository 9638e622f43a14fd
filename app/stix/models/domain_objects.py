"""The STIX Domain Objects of STIX 2.1 section 4: adversaries, their means and their victims."""

import re
from typing import Annotated

from pydantic import FailFast, Field

from app.stix.models.data_types import (
    ABSENT,
    ArtifactOrFileRef,
    SoftwareRef,
    Strings,
    Timestamp,
    broken,
)
from app.stix.models.parts import KillChainPhases, VersionedObject

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
    """An external id of this form has this source, and one of this source has this form."""
    for index, reference in enumerate(judged.external_references or ()):
        external_id = reference.external_id
        if external_id is None:
            continue
        formed = form.fullmatch(external_id) is not None
        if formed and reference.source_name != source:
            raise broken(f"must be `{source}` for {external_id[:100]}", f"external_references.[{index}].source_name")
        if not formed and reference.source_name == source:
            raise broken(f"is no {source.upper()} id", f"external_references.[{index}].external_id")
