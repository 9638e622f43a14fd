"""Which model judges which type."""

from collections.abc import Iterator, Mapping
from functools import cache
from types import MappingProxyType
from typing import Final, get_args

from app.stix.models import (
    analyses,
    domain_objects,
    files,
    hosts,
    indicators,
    meta_objects,
    networks,
    observables,
    relationships,
    stix20,
)
from app.stix.models.parts import Part, StixObjectPart
from app.stix.objects import SpecVersion

MODELS: Final[Mapping[tuple[SpecVersion, str], type[StixObjectPart]]] = MappingProxyType(
    {
        ("2.1", "attack-pattern"): domain_objects.AttackPattern,
        ("2.1", "campaign"): domain_objects.Campaign,
        ("2.1", "course-of-action"): domain_objects.CourseOfAction,
        ("2.1", "grouping"): analyses.Grouping,
        ("2.1", "identity"): domain_objects.Identity,
        ("2.1", "incident"): domain_objects.Incident,
        ("2.1", "indicator"): indicators.Indicator,
        ("2.1", "infrastructure"): domain_objects.Infrastructure,
        ("2.1", "intrusion-set"): domain_objects.IntrusionSet,
        ("2.1", "location"): domain_objects.Location,
        ("2.1", "malware"): domain_objects.Malware,
        ("2.1", "malware-analysis"): analyses.MalwareAnalysis,
        ("2.1", "note"): analyses.Note,
        ("2.1", "observed-data"): analyses.ObservedData,
        ("2.1", "opinion"): analyses.OpinionObject,
        ("2.1", "report"): analyses.Report,
        ("2.1", "threat-actor"): domain_objects.ThreatActor,
        ("2.1", "tool"): domain_objects.Tool,
        ("2.1", "vulnerability"): domain_objects.Vulnerability,
        ("2.1", "relationship"): relationships.Relationship,
        ("2.1", "sighting"): relationships.Sighting,
        ("2.1", "language-content"): meta_objects.LanguageContent,
        ("2.1", "marking-definition"): meta_objects.MarkingDefinition,
        ("2.1", "extension-definition"): meta_objects.ExtensionDefinition,
        ("2.1", "artifact"): observables.Artifact,
        ("2.1", "autonomous-system"): observables.AutonomousSystem,
        ("2.1", "directory"): files.Directory,
        ("2.1", "domain-name"): observables.DomainName,
        ("2.1", "email-addr"): observables.EmailAddress,
        ("2.1", "email-message"): observables.EmailMessage,
        ("2.1", "file"): files.File,
        ("2.1", "ipv4-addr"): observables.Ipv4Address,
        ("2.1", "ipv6-addr"): observables.Ipv6Address,
        ("2.1", "mac-addr"): observables.MacAddress,
        ("2.1", "mutex"): observables.Mutex,
        ("2.1", "network-traffic"): networks.NetworkTraffic,
        ("2.1", "process"): hosts.Process,
        ("2.1", "software"): observables.Software,
        ("2.1", "url"): observables.UniformResourceLocator,
        ("2.1", "user-account"): hosts.UserAccount,
        ("2.1", "windows-registry-key"): hosts.WindowsRegistryKey,
        ("2.1", "x509-certificate"): hosts.X509Certificate,
        ("2.0", "attack-pattern"): stix20.Named20,
        ("2.0", "campaign"): stix20.Named20,
        ("2.0", "course-of-action"): stix20.Named20,
        ("2.0", "identity"): stix20.Identity20,
        ("2.0", "indicator"): stix20.Indicator20,
        ("2.0", "intrusion-set"): stix20.Named20,
        ("2.0", "malware"): stix20.Labelled20,
        ("2.0", "observed-data"): stix20.ObservedData20,
        ("2.0", "report"): stix20.Report20,
        ("2.0", "threat-actor"): stix20.Labelled20,
        ("2.0", "tool"): stix20.Labelled20,
        ("2.0", "vulnerability"): stix20.Named20,
        ("2.0", "relationship"): stix20.Relationship20,
        ("2.0", "sighting"): stix20.Sighting20,
        ("2.0", "marking-definition"): stix20.MarkingDefinition20,
    }
)
"""Every type that one of the two versions defines, with its model."""


def custom_model(spec: SpecVersion, *, dated: bool) -> type[StixObjectPart]:
    """The model for a type that neither version defines: by whether it has the dates of an SDO."""
    if spec == "2.0":
        return stix20.Object20
    return meta_objects.CustomObject if dated else meta_objects.CustomObservable


@cache
def property_names(model: type[StixObjectPart]) -> frozenset[str]:
    """The properties that the model knows, as JSON names them."""
    return frozenset({"spec_version", *(field.alias or name for name, field in model.model_fields.items())})


@cache
def standard_names() -> frozenset[str]:
    """Every name that the standard gives to a property or a key: of all its objects, and of the parts in them."""
    found: set[str] = set()
    seen: set[type[Part]] = set()
    waiting: list[type[Part]] = list(MODELS.values())
    while waiting:
        part = waiting.pop()
        if part in seen:
            continue
        seen.add(part)
        found.update({"spec_version"}, (field.alias or name for name, field in part.model_fields.items()))
        waiting.extend(each for field in part.model_fields.values() for each in _parts_in(field.annotation))
    return frozenset(found)


def _parts_in(annotation: object) -> Iterator[type[Part]]:
    if isinstance(annotation, type) and issubclass(annotation, Part):
        yield annotation
    for each in get_args(annotation):
        yield from _parts_in(each)
