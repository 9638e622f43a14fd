"""The STIX Domain Objects of STIX 2.1 section 4 that are about other objects: what was observed, found and written."""

from typing import Annotated, Any

from pydantic import FailFast, Field

from app.stix.identifiers import type_of
from app.stix.models.data_types import (
    ABSENT,
    ScoOrSroRef,
    ScoRef,
    ScoRefs,
    SoftwareRef,
    StixObjectRefs,
    Strings,
    Timestamp,
    broken,
)
from app.stix.models.held import must_hold_observables
from app.stix.models.parts import VersionedObject
from app.stix.vocabularies import SRO_TYPES, Opinion


class Grouping(VersionedObject):
    """Objects that share a context."""

    section = "4.4"

    name: str = ABSENT
    description: str = ABSENT
    context: str
    object_refs: StixObjectRefs


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
    sample_ref: ScoRef = ABSENT

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
        """`objects` or `object_refs`, an SCO among the references, and what the observables in it refer to."""
        super().co_constraints()
        self.in_order("first_observed", "last_observed")
        if (self.objects is None) == (self.object_refs is None):
            raise broken("must have either `object_refs` or `objects`, one of them")
        if self.object_refs is not None and all(type_of(ref) in SRO_TYPES for ref in self.object_refs):
            raise broken("must hold the id of at least one SCO", "object_refs")
        must_hold_observables(self.objects or {}, by_id=True)


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
