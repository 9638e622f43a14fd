"""Derivation: what the markings of an object version ask for, as a handling, and the instants that they name.

Markings combine as the worst case (design, decision 4): what applies to any part of an object, by
`object_marking_refs` or by a granular marking (STIX 2.1 section 7.2.3), applies to the whole, and so does what the
observables in it and the marking definitions are marked with themselves.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from graphlib import CycleError, TopologicalSorter
from itertools import count
from typing import Any, Final

from app.policy.handling import UNKNOWN, Handling, Meaning, join_meanings
from app.policy.markings import MARKING_DEFINITION, Definition, Registry, Resolver, Tabled, signer
from app.policy.marks import has_stray_marks, marks_of, marks_of_held
from app.policy.naming import identities_in
from app.policy.partnership import PapLevel, TlpLevel
from app.policy.times import ALWAYS
from app.policy.vocabularies import acs, cui, iep, statements
from app.stix.objects import StixObject

DEFINITIONS_PER_OBJECT_MAX: Final = 100
"""How many marking definitions are followed from one object, those that mark definitions included. More of them
make the object's markings unknown."""

NESTED_MAX: Final = 8
"""How deep definitions are looked up from one object; a longer chain makes its markings unknown. What the files know by
its id needs no look."""

_PAP_WHITE: Final = "white"


def derive_handling(
    obj: StixObject, registry: Registry, resolve: Resolver, now: datetime, identities: Collection[str] = ()
) -> Meaning:
    """What the markings of this object ask for at this instant, and from when until when they let it be shown.

    `identities` are those of whoever it comes from: who must not be named is looked for in it.

    A definition that is not the registry's is handled as if it marked itself: it goes to those whose terms accept
    what it marks. After the end of what is given, the object has to be derived again.
    """
    held = marks_of_held(obj.tree).values()
    granular = [entry.marking_ref for entry in obj.granular_markings if entry.marking_ref is not None]
    granular += [mark for marks in held for mark in marks or ()]
    reading = _Reading(registry, resolve, now, identities)
    total = reading.of(obj, tuple(dict.fromkeys((*obj.object_marking_refs, *granular))))
    if None in held or has_stray_marks(obj.tree):
        return Meaning(replace(total.handling, unknown=True))
    if not granular:
        return total
    whole = reading.of(obj, obj.object_marking_refs)
    if total.handling == whole.handling:
        return total
    return total._replace(handling=replace(total.handling, whole=whole.handling))


def derive_part(
    obj: StixObject, granular: tuple[str, ...], registry: Registry, resolve: Resolver, now: datetime
) -> Handling:
    """What the markings of a part ask for: those of the object as a whole, and these granular markings of the part."""
    return _Reading(registry, resolve, now).of(obj, (*obj.object_marking_refs, *granular)).handling


class _Reading:
    """One object's markings at one instant."""

    def __init__(self, registry: Registry, resolve: Resolver, now: datetime, identities: Collection[str] = ()) -> None:
        self._registry = registry
        self._resolve = resolve
        self._now = now
        self._identities = identities

    def of(self, obj: StixObject, marks: tuple[str, ...]) -> Meaning:
        """What these markings of the object mean together; those of the object as a whole say whether it has TLP.

        What can't be understood names no instants: time alone does not mend it.
        """
        found = self._follow(obj.id, marks)
        meanings = list(found.values())
        if obj.type == MARKING_DEFINITION:
            if self._registry.get(obj.id) is None:
                meanings.append(self._by_id(obj.id) or self._by_content(obj.tree))
        elif not any(found[mark].handling.tlp for mark in obj.object_marking_refs if mark in found):
            meanings.append(Meaning(Handling(unmarked=True)))
        handling, span = join_meanings(meanings)
        about = replace(
            handling,
            unmarked=handling.unmarked and obj.type != MARKING_DEFINITION,
            type=obj.type,
            confidence=_confidence(obj),
            signed=signer(obj) is not None or (handling.anonymous and bool(identities_in(obj.tree, self._identities))),
        )
        return Meaning(about, ALWAYS if about.unknown else span)

    def _follow(self, start: str, marks: tuple[str, ...]) -> dict[str, Meaning]:
        """What every definition means that can be reached from an object; under the object's own id that it can't be
        told, where there are too many, one is too far, or they mark each other in a circle.
        """
        graph = {start: marks}
        found: dict[str, Meaning] = {}
        further: Iterable[str] = marks
        for depth in count():
            reached = [each for each in dict.fromkeys(further) if each not in graph]
            if not reached:
                break
            too_far = depth == NESTED_MAX and any(self._by_id(each) is None for each in reached)
            if too_far or len(found) + len(reached) > DEFINITIONS_PER_OBJECT_MAX:
                return {**found, start: Meaning(UNKNOWN)}
            for marking_id in reached:
                found[marking_id], graph[marking_id] = self._read(marking_id)
            further = [mark for marking_id in reached for mark in graph[marking_id]]
        nested = any(graph[marking_id] for marking_id in found)
        if (nested or start in marks) and _is_cyclic(graph):
            found[start] = Meaning(UNKNOWN)
        return found

    def _read(self, marking_id: str) -> tuple[Meaning, tuple[str, ...]]:
        """What one marking means by itself, and the ids of the markings of its definition."""
        known = self._by_id(marking_id)
        if known is not None:
            return known, ()
        definition = self._resolve(marking_id)
        further = marks_of(definition) if definition is not None else None
        if definition is None or definition.get("id") != marking_id or further is None:
            return Meaning(UNKNOWN), ()
        return self._by_content(definition), further

    def _by_id(self, marking_id: str) -> Meaning | None:
        """What the files say that this id means, whatever anybody sends under it."""
        entry = self._registry.get(marking_id)
        if entry is not None and entry.kind == "tlp":
            return Meaning(Handling(tlp=frozenset({TlpLevel(entry.level)})))
        if entry is not None:
            level = PapLevel.CLEAR if entry.level == _PAP_WHITE else PapLevel(entry.level)
            return Meaning(Handling(pap=frozenset({level})))
        tabled = self._registry.tabled(marking_id)
        return Meaning(_tabled(tabled)) if tabled is not None else None

    def _by_content(self, definition: Definition) -> Meaning:
        """What a definition outside the registry asks for, its own markings left aside.

        An instance of a vocabulary whose only instances are the registry's (TLP, PAP) is a forgery or a slip, and so
        unknown. Of several extensions, and of an extension beside a `definition`, all apply.
        """
        marking_id = str(definition.get("id"))
        definition_type = definition.get("definition_type")
        extensions = definition.get("extensions", {})
        if definition.get("type") != MARKING_DEFINITION or not isinstance(extensions, dict):
            return Meaning(UNKNOWN)
        if definition_type == "tlp" or self._registry.extensions & extensions.keys():
            return Meaning(UNKNOWN)
        text = statements.text_of(definition)
        if text is not None:
            return Meaning(self._statement(marking_id, text, definition))
        meanings = [self._extension(marking_id, name, body) for name, body in extensions.items()]
        if isinstance(definition_type, str) and "definition" in definition:
            meanings.append(Meaning(Handling(custom=frozenset({(marking_id, "")}))))
        return join_meanings(meanings) if meanings else Meaning(UNKNOWN)

    def _statement(self, marking_id: str, text: str, definition: Definition) -> Handling:
        """What a table says of the text, else a mere statement. Nothing beside the text may say anything else."""
        tabled = self._registry.tabled_text(text)
        beside = [each for each in statements.texts_beside(definition) if not statements.is_mere_text(each)]
        if tabled is not None:
            return _tabled(tabled) if all(self._registry.tabled_text(each) == tabled for each in beside) else UNKNOWN
        return UNKNOWN if beside or not statements.is_mere_text(text) else Handling(statements=frozenset({marking_id}))

    def _extension(self, marking_id: str, name: str, body: object) -> Meaning:
        tabled = self._registry.tabled_body(name, body)
        if tabled is not None:
            return Meaning(_tabled(tabled))
        if name not in (iep.EXTENSION, acs.EXTENSION, cui.EXTENSION):
            return Meaning(Handling(custom=frozenset({(marking_id, name)})))
        if not isinstance(body, dict):
            return Meaning(UNKNOWN)
        if name == iep.EXTENSION:
            return iep.read(body, self._now) or Meaning(UNKNOWN)
        if name == acs.EXTENSION:
            return Meaning(acs.read(body) or UNKNOWN)
        return self._cui(marking_id, body)

    def _cui(self, marking_id: str, body: Mapping[str, Any]) -> Meaning:
        """CUI; those of its dissemination controls that are national caveats ask for what these ask for as well."""
        read = cui.read(marking_id, body)
        if read is None:
            return Meaning(UNKNOWN)
        caveats = [self._registry.tabled_text(control) for _, control in read.disseminations]
        return join_meanings([Meaning(read), *(Meaning(_tabled(each)) for each in caveats if each is not None)])


def _tabled(entry: Tabled) -> Handling:
    return Handling(
        tlp=frozenset() if entry.level is None else frozenset({entry.level}),
        releasable_to=frozenset({entry.releasable_to}) if entry.releasable_to else frozenset(),
        originator_control=entry.originator_control,
    )


def _confidence(obj: StixObject) -> int | None:
    stated = obj.tree.get("confidence")
    return stated if isinstance(stated, int) and not isinstance(stated, bool) else None


def _is_cyclic(graph: Mapping[str, tuple[str, ...]]) -> bool:
    try:
        TopologicalSorter(graph).prepare()
    except CycleError:
        return True
    return False
