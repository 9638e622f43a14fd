"""The values that a STIX object names: those of an indicator's pattern, an SCO's own, those of observed data; and the
external ids under which others know the object.

Kinds are those of `app.stix.patterns.observables`, and `CVE` and `ATTACK`. Values stay as they were written.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from app.stix.objects import SpecVersion
from app.stix.observables.kinds import ATTACK, CVE
from app.stix.patterns import Observable, Pattern, PatternError, parse_pattern
from app.stix.patterns.hashes import algorithm_of
from app.stix.patterns.observables import kinds_of_properties

_CVE = re.compile(r"CVE-[0-9]{4}-[0-9]{4,19}", re.IGNORECASE)
# MITRE's three matrices, and the one list of ids
_SOURCES = {
    "cve": CVE,
    "mitre-attack": ATTACK,
    "mitre-ics-attack": ATTACK,
    "mitre-mobile-attack": ATTACK,
}


def observables_in(tree: Mapping[str, Any]) -> frozenset[Observable]:
    """Every observable that a valid object names by itself; what it refers to is left aside."""
    return frozenset(_named(tree))


def external_ids_in(tree: Mapping[str, Any]) -> frozenset[Observable]:
    """The ids of CVE and ATT&CK that a valid object has by its external references, or a vulnerability as its name."""
    references = tree.get("external_references")
    found = [
        Observable(_SOURCES[source], str(each["external_id"]))
        for each in (references if isinstance(references, list) else ())
        if isinstance(each, Mapping) and "external_id" in each
        if (source := str(each.get("source_name")).lower()) in _SOURCES
    ]
    name = str(tree.get("name"))
    if tree.get("type") == "vulnerability" and _CVE.fullmatch(name):
        found.append(Observable(CVE, name))
    return frozenset(found)


def pattern_of(indicator: Mapping[str, Any]) -> Pattern | None:
    """The STIX pattern of a valid indicator; None where it has one of another language."""
    if indicator.get("pattern_type", "stix") != "stix":
        return None
    version: SpecVersion = "2.1" if indicator.get("spec_version") == "2.1" else "2.0"
    try:
        return parse_pattern(str(indicator.get("pattern")), version=version)
    except PatternError:
        return None


def _named(tree: Mapping[str, Any]) -> Iterator[Observable]:
    if tree.get("type") == "indicator":
        yield from _of_pattern(tree)
        return
    yield from _of_sco(tree)
    embedded = tree.get("objects")  # of STIX 2.0 observed data, and deprecated in 2.1 (section 4.14.1)
    for each in embedded.values() if isinstance(embedded, Mapping) else ():
        if isinstance(each, Mapping):
            yield from _of_sco(each)


def _of_pattern(indicator: Mapping[str, Any]) -> frozenset[Observable]:
    pattern = pattern_of(indicator)
    return pattern.observables if pattern is not None else frozenset()


def _of_sco(sco: Mapping[str, Any]) -> Iterator[Observable]:
    for name, kind in kinds_of_properties(str(sco.get("type"))).items():
        if isinstance(sco.get(name), str | int):
            yield Observable(kind, str(sco[name]))
    hashes = sco.get("hashes")
    for name, value in hashes.items() if isinstance(hashes, Mapping) else ():
        algorithm = algorithm_of(("hashes", name))
        yield Observable(algorithm.name if algorithm is not None else name, str(value))
