"""Handling: what of an object version a release rule can read, normalised.

Equal handlings share one stored row, and policy is asked once for each, so a handling holds levels, classes and
marking ids, never texts or instants.

Markings combine as the worst case (design, decision 4): what applies to any part of an object, by
`object_marking_refs` or by a granular marking (STIX 2.1 section 7.2.3), applies to the whole, and so does what the
marking definitions are marked with themselves.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from graphlib import CycleError, TopologicalSorter
from typing import Any, Final

from app.policy.markings import MARKING_DEFINITION, Definition, Registry, Resolver
from app.policy.partnership import TlpLevel
from app.stix.objects import StixObject

EXTRACTOR = 1
"""The version of the rules by which handlings are made. Raise it with every change of their meaning."""

DEFINITIONS_PER_OBJECT_MAX: Final = 1000
"""How many marking definitions are followed from one object, those that mark definitions included. More of them
make the object's markings unknown."""

STATEMENT_PROPERTIES: Final = frozenset(
    {"type", "spec_version", "id", "created", "modified", "created_by_ref", "external_references"}
    | {"object_marking_refs", "granular_markings", "name", "definition_type", "definition"}
    | {"x_mitre_attack_spec_version", "x_mitre_domains", "x_mitre_version", "x_mitre_modified_by_ref"}
    | {"x_mitre_deprecated"}
)
"""What a definition may carry and still be a statement and nothing else. `modified` does not belong there, and the
OASIS repository's own licence statement has it all the same; with `x_mitre_…` MITRE's says which release it is of."""


@dataclass(frozen=True, slots=True)
class Handling:
    """What the markings of one object version ask for, over the object, its granular markings and the markings of
    its marking definitions; and what else of it the members' own terms speak of.

    * `tlp`: every TLP level that applies to any part of the object, both generations counted once.
    * `unmarked`: some part of the object carries no TLP at all, so that the collection's default level stands in.
      Never true of a marking-definition (design, decision 18).
    * `statements`: ids of the statement marking-definitions that apply.
    * `custom`: ids of marking-definitions of other kinds, each paired with the extension-definition id that gives
      it meaning, or "" where it has none.
    * `unknown`: a marking can't be resolved, is altered, cyclic or of no shape that any vocabulary knows.
    * `type`: the object's type; `confidence`: its confidence from 0 to 100, None where it states none (STIX 2.1
      section 3.2 and appendix A); `signed`: it names its source in `created_by_ref`.
    * `whole`: what the markings of the object as a whole ask for, where those of single parts ask for more; else None.
    """

    tlp: frozenset[TlpLevel] = frozenset()
    unmarked: bool = False
    statements: frozenset[str] = frozenset()
    custom: frozenset[tuple[str, str]] = frozenset()
    unknown: bool = False
    type: str = ""
    confidence: int | None = None
    signed: bool = False
    whole: "Handling | None" = None


def join(handlings: Iterable[Handling]) -> Handling:
    """The handling that asks for all that any of these asks for.

    Of several types none is left, and the least confidence counts, none stated being less than any.
    """
    every = set(handlings)
    if len(every) == 1:
        return every.pop()
    types = {each.type for each in every}
    stated = [each.confidence for each in every if each.confidence is not None]
    wholes = [each.whole or each for each in every]
    return Handling(
        type=types.pop() if len(types) == 1 else "",
        confidence=min(stated) if every and len(stated) == len(every) else None,
        signed=any(each.signed for each in every),
        tlp=frozenset().union(*(each.tlp for each in every)),
        unmarked=any(each.unmarked for each in every),
        statements=frozenset().union(*(each.statements for each in every)),
        custom=frozenset().union(*(each.custom for each in every)),
        unknown=any(each.unknown for each in every),
        whole=join(wholes) if any(each.whole for each in every) else None,
    )


def derive_handling(obj: StixObject, registry: Registry, resolve: Resolver) -> Handling:
    """What the markings of this object ask for.

    A definition that is not the registry's is handled as if it marked itself: it goes to those whose terms accept
    what it marks.
    """
    granular = tuple(entry.marking_ref for entry in obj.granular_markings if entry.marking_ref is not None)
    whole = _with_marks(obj, obj.object_marking_refs, registry, resolve)
    if not granular:
        return whole
    total = _with_marks(obj, (*obj.object_marking_refs, *granular), registry, resolve)
    return total if total == whole else replace(total, whole=whole)


def _with_marks(obj: StixObject, marks: tuple[str, ...], registry: Registry, resolve: Resolver) -> Handling:
    facts = [_follow(obj.id, marks, registry, resolve)]
    if obj.type == MARKING_DEFINITION:
        if registry.get(obj.id) is None:
            facts.append(_facts_of(obj.tree, registry))
    elif not any(registry.tlp_level(marking_id) for marking_id in obj.object_marking_refs):
        facts.append(Handling(unmarked=True))
    return replace(join(facts), type=obj.type, confidence=_confidence(obj), signed=obj.created_by_ref is not None)


def _confidence(obj: StixObject) -> int | None:
    stated = obj.tree.get("confidence")
    return stated if isinstance(stated, int) and not isinstance(stated, bool) else None


def to_facts(handling: Handling) -> str:
    """A handling as canonical JSON: equal handlings give equal texts."""
    return json.dumps(_facts(handling), sort_keys=True, separators=(",", ":"))


def _facts(handling: Handling) -> Mapping[str, object]:
    return {
        "confidence": handling.confidence,
        "custom": sorted(list(pair) for pair in handling.custom),
        "signed": handling.signed,
        "statements": sorted(handling.statements),
        "tlp": sorted(handling.tlp),
        "type": handling.type,
        "unknown": handling.unknown,
        "unmarked": handling.unmarked,
        "whole": None if handling.whole is None else _facts(handling.whole),
    }


def from_facts(text: str) -> Handling:
    """The handling whose canonical JSON this is. KeyError or ValueError where it is none."""
    return _handling_of(json.loads(text))


def _handling_of(facts: Mapping[str, Any]) -> Handling:
    return Handling(
        type=facts["type"],
        confidence=facts["confidence"],
        signed=facts["signed"],
        tlp=frozenset(TlpLevel(level) for level in facts["tlp"]),
        unmarked=facts["unmarked"],
        statements=frozenset(facts["statements"]),
        custom=frozenset((marking_id, extension) for marking_id, extension in facts["custom"]),
        unknown=facts["unknown"],
        whole=None if facts["whole"] is None else _handling_of(facts["whole"]),
    )


def _follow(start: str, marks: tuple[str, ...], registry: Registry, resolve: Resolver) -> Handling:
    """What all definitions ask for that can be reached from an object, cycles found on the way included."""
    graph = {start: marks}
    facts: list[Handling] = []
    waiting = list(marks)
    while waiting:
        marking_id = waiting.pop()
        if marking_id in graph:
            continue
        if len(graph) > DEFINITIONS_PER_OBJECT_MAX:
            return join((*facts, Handling(unknown=True)))
        own, further = _read(marking_id, registry, resolve)
        facts.append(own)
        graph[marking_id] = further
        waiting.extend(further)
    nested = any(graph[marking_id] for marking_id in graph if marking_id != start)
    if (nested or start in marks) and _is_cyclic(graph):
        facts.append(Handling(unknown=True))
    return join(facts)


def _is_cyclic(graph: Mapping[str, tuple[str, ...]]) -> bool:
    try:
        TopologicalSorter(graph).prepare()
    except CycleError:
        return True
    return False


def _read(marking_id: str, registry: Registry, resolve: Resolver) -> tuple[Handling, tuple[str, ...]]:
    """What one marking asks for by itself, and the ids of the markings of its definition."""
    entry = registry.get(marking_id)
    if entry is not None:
        level = registry.tlp_level(marking_id)
        if level is not None:
            return Handling(tlp=frozenset({level})), ()
        return Handling(custom=frozenset({(marking_id, entry.extension)})), ()
    definition = resolve(marking_id)
    if definition is None or definition.get("id") != marking_id:
        return Handling(unknown=True), ()
    further = marks_of(definition)
    if further is None:
        return Handling(unknown=True), ()
    return _facts_of(definition, registry), further


def marks_of(definition: Definition) -> tuple[str, ...] | None:
    """The ids of the markings that a definition carries, or None where they are of no known shape."""
    object_marks = definition.get("object_marking_refs", [])
    granular = definition.get("granular_markings", [])
    if not isinstance(object_marks, list) or not isinstance(granular, list):
        return None
    marks = list(object_marks)
    for entry in granular:
        if not isinstance(entry, dict):
            return None
        if "marking_ref" in entry:
            marks.append(entry["marking_ref"])
    return tuple(marks) if all(isinstance(mark, str) for mark in marks) else None


def _facts_of(definition: Definition, registry: Registry) -> Handling:
    """What a definition that is not the registry's asks for, its own markings left aside.

    An instance of a vocabulary whose only instances are the registry's (TLP, PAP) is a forgery or a slip, and so
    unknown. Of several extensions, and of an extension beside a `definition`, all apply.
    """
    marking_id = str(definition.get("id"))
    definition_type = definition.get("definition_type")
    extensions = definition.get("extensions", {})
    if definition.get("type") != MARKING_DEFINITION or not isinstance(extensions, dict):
        return Handling(unknown=True)
    if definition_type == "tlp" or registry.extensions & extensions.keys():
        return Handling(unknown=True)
    if _is_statement(definition):
        return Handling(statements=frozenset({marking_id}))
    vocabularies = set(extensions)
    if isinstance(definition_type, str) and "definition" in definition:
        vocabularies.add("")
    return Handling(custom=frozenset((marking_id, each) for each in vocabularies), unknown=not vocabularies)


def _is_statement(definition: Definition) -> bool:
    """Whether this is a statement and no more (STIX 2.1 section 7.2.1.3).

    Some products send other vocabularies as a statement with custom properties beside it, AMBER+STRICT for one; to
    take that for a mere statement would release it.
    """
    body = definition.get("definition")
    return (
        definition.get("definition_type") == "statement"
        and definition.keys() <= STATEMENT_PROPERTIES
        and isinstance(body, dict)
        and body.keys() == {"statement"}
        and isinstance(body["statement"], str)
    )
