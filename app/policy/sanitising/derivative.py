"""The derivative of one object version for one view: its content, its handling, and its bytes."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import Enum
from functools import cache
from hashlib import sha256
from typing import Any, Final

from app.policy.derivation import derive_handling, derive_part
from app.policy.handling import Derived, Meaning, View
from app.policy.markings import Definition, Registry, Resolver, signer
from app.policy.marks import MARKS
from app.policy.naming import identities_in
from app.policy.partnership import ReleaseTerms, Remedy
from app.policy.sanitising.cutting import valid_without, violations_of, without
from app.policy.sanitising.looking import TooMuchWork, Work
from app.policy.sanitising.parts import Place, is_kept, marked_parts, marks_within, parts_that_go, told, value_at
from app.policy.sanitising.signing import SIGNED
from app.policy.sanitising.traces import Traces
from app.policy.sanitising.views import passes
from app.stix.models.catalogue import property_names
from app.stix.models.parts import VersionedObject
from app.stix.objects import StixObject
from app.stix.validation import is_observable
from app.stix.vocabularies import META_TYPES, SCO_TYPES, SDO_TYPES, SRO_TYPES

_COMMON: Final = property_names(VersionedObject)
_NEVER_CUT: Final = frozenset({"id", "type", "spec_version", "created", "modified", "revoked"}) | MARKS


@dataclass(frozen=True, slots=True)
class Source:
    """Who an object comes from: the member in whose name it stands.

    `identities` are the member's that pushed it, `texts` those that name the source, whoever signed: the member's
    identities, title and key. `anonymous`: its own terms say that it must not be named, and the object stands in the
    line of an identity of its.
    """

    identities: frozenset[str] = frozenset()
    texts: frozenset[str] = frozenset()
    anonymous: bool = False


@dataclass(frozen=True, slots=True)
class Sanitised:
    """What is left of a version in a view.

    `content` holds all properties but `id`, `created`, `modified` and `created_by_ref`. Equal contents are one version
    of the derivative, in whatever order their properties stand. `meaning` is what the markings of what was kept mean,
    with `signed` False and `derived` set, for no member yet; `uses` are the markings outside the registry that it rests
    on.
    """

    content: Mapping[str, Any]
    meaning: Meaning
    uses: frozenset[str]

    def for_member(self, member: str) -> "Sanitised":
        """The same, as it is this member's."""
        handling = self.meaning.handling
        assert handling.derived is not None  # what is left of something stands in for it
        handling = replace(handling, derived=replace(handling.derived, member=member))
        return replace(self, meaning=self.meaning._replace(handling=handling))


class Nothing(Enum):
    """Why there is no derivative."""

    TO_CUT = "to cut"
    """The version itself may go out in the view."""

    LEFT = "left"
    """It may not, and nothing valid is left of it that tells nothing of the rest; or it is of no kind to be cut."""


def sanitised(
    original: StixObject,
    view: View,
    terms: ReleaseTerms,
    source: Source,
    registry: Registry,
    resolve: Resolver,
    now: datetime,
) -> Sanitised | Nothing:
    """What is left of a version in the view under these terms of its collection, at this instant.

    Only SDOs and SROs are cut. Where their dates, ids, types, revocations or markings are parts that go, nothing is
    left, and so where nothing but common properties (STIX 2.1 section 3.2) would be. It is to be made again at the end
    of what `derive_handling` gives for the original.
    """
    left = left_by_marks(original, view, terms, source, registry, resolve, now)
    return left if isinstance(left, Nothing) else left.without_traces()


def left_by_marks(
    original: StixObject,
    view: View,
    terms: ReleaseTerms,
    source: Source,
    registry: Registry,
    resolve: Resolver,
    now: datetime,
) -> "LeftByMarks | Nothing":
    """What the markings alone leave of it, of which `sanitised` gives no more: what they cut has no influence."""
    resolved = cache(resolve)
    handling = derive_handling(original, registry, resolved, now, source.identities).handling
    if not passes(handling.whole or handling, view, terms):
        return Nothing.LEFT
    parts = parts_that_go(
        original, lambda mark: passes(derive_part(original, (mark,), registry, resolved, now), view, terms)
    )
    is_named = source.anonymous or (handling.anonymous and handling.signed)
    if not parts and not is_named:
        return Nothing.TO_CUT if passes(handling, view, terms) else Nothing.LEFT
    if (parts and handling.inseparable) or not _is_allowed(terms, parts, source) or not _can_be_cut(original, parts):
        return Nothing.LEFT
    if is_named and signer(original) == original.id:
        return Nothing.LEFT
    cuts = valid_without(original.tree, parts)
    if cuts is None:
        return Nothing.LEFT
    cutting = _Cutting(original, Derived(view, handling), terms, registry, resolved, now)
    left = cutting.without(cuts)
    if left is None:
        return Nothing.LEFT
    named_by_the_rest = original.created_by_ref is not None or bool(identities_in(left.content, source.identities))
    unnamed = source.anonymous or (handling.anonymous and named_by_the_rest)
    source_goes = unnamed or ("created_by_ref",) in parts
    return LeftByMarks(cutting, parts, cuts, _naming(original, source) if source_goes else frozenset(), left)


class LeftByMarks:
    """What the markings alone leave of a version in a view: what still may tell of the rest.

    Equal `digest`s are of versions of which the same is left, and the same source looked for. Whatever happens to what
    was cut, it stays as it is: versions of a derivative are told apart by it.
    """

    def __init__(
        self,
        cutting: "_Cutting",
        parts: frozenset[Place],
        cuts: frozenset[Place],
        naming_source: frozenset[str],
        left: Sanitised,
    ) -> None:
        self._cutting = cutting
        self._parts = parts
        self._cuts = cuts
        self._naming_source = naming_source
        self._left = left
        said = json.dumps([left.content, sorted(naming_source)], sort_keys=True)
        self.digest: Final = sha256(said.encode()).digest()

    def without_traces(self) -> Sanitised | Nothing:
        """The same, without what tells of the rest."""
        obj = self._cutting.original
        try:
            telling = _telling(obj, self._parts, self._cuts | marks_within(obj), self._naming_source)
        except TooMuchWork:
            return Nothing.LEFT
        if not telling:
            return self._left
        cuts = valid_without(obj.tree, self._cuts | telling)
        return (self._cutting.without(cuts) if cuts is not None else None) or Nothing.LEFT

    def as_before(self, content: Mapping[str, Any]) -> Sanitised:
        """What it means today that this went out of what is left: of this version, or of another of equal digest."""
        return self._cutting.meant(content)


def _is_allowed(terms: ReleaseTerms, parts: frozenset[Place], source: Source) -> bool:
    """Whether the collection sanitises for all the reasons for which this version would have to be."""
    parts_may_go = terms.granular is Remedy.SANITISE or not parts
    return parts_may_go and (terms.attribution is Remedy.SANITISE or not source.anonymous)


def _naming(obj: StixObject, source: Source) -> frozenset[str]:
    """What names its source in an object: also who signed it, who need be no member's identity."""
    by = signer(obj)
    return source.texts | ({by} if by is not None else frozenset())


def _can_be_cut(obj: StixObject, parts: frozenset[Place]) -> bool:
    """Whether it is an SDO or SRO, and none of the parts is one that every object needs."""
    if obj.type in SCO_TYPES | META_TYPES or (obj.type not in SDO_TYPES | SRO_TYPES and is_observable(obj.tree)):
        return False
    return not any(place[0] in _NEVER_CUT for place in parts)


def _telling(
    obj: StixObject, parts: frozenset[Place], cuts: frozenset[Place], naming_source: frozenset[str]
) -> frozenset[Place]:
    """The places, of those that are not cut yet, of what tells of the parts or of the source. Raises `TooMuchWork`."""
    traces = Traces(Work(sum(len(str(each.said)) for each in told(obj.tree))))
    traces.add(obj.id)
    for place in parts:
        traces.add_part(place, value_at(obj.tree, place))
    for text in naming_source:
        traces.add(text)
    kept_aside = SIGNED | MARKS | {"type", "spec_version"}
    open_to_all = {name: value for name, value in obj.tree.items() if name not in kept_aside}
    return traces.found_in(told(open_to_all, cuts))


def _says_something(content: Mapping[str, Any]) -> bool:
    """Whether there is more than what objects of all types have, and than truth values."""
    return any(not isinstance(value, bool) for name, value in content.items() if name not in _COMMON)


@dataclass(frozen=True, slots=True)
class _Cutting:
    """One version that is cut for a view."""

    original: StixObject
    derived: Derived
    terms: ReleaseTerms
    registry: Registry
    resolve: Resolver
    now: datetime

    def without(self, cuts: frozenset[Place]) -> Sanitised | None:
        """The derivative without these, marked as a whole with all that any part of it is marked with; None if that is
        nothing.

        What says how parts are marked is cut as well. Where the original as a whole has no level and a part of it has
        one, the collection's level for the unmarked is written on it, or the rest would seem to be of the part's level.
        """
        cuts |= marks_within(self.original)
        content = without(self.original.tree, cuts)
        if not _says_something(content):
            return None
        marks = _marks_left(self.original, cuts)
        left = self.meant(_marked(content, marks))
        original = self.derived.original
        if (original.whole or original).unmarked and not left.meaning.handling.unmarked:
            assert self.terms.unmarked is not None  # or what has no level would not have passed
            label = self.registry.label(self.terms.unmarked)
            if label is None:
                return None
            left = self.meant(_marked(content, tuple(dict.fromkeys((*marks, label)))))
        if violations_of(left.content) or not passes(left.meaning.handling, self.derived.view, self.terms):
            return None
        return left

    def meant(self, content: Mapping[str, Any]) -> Sanitised:
        """What this content is as a derivative."""
        uses: set[str] = set()

        def resolve_and_note(marking_id: str) -> Definition | None:
            uses.add(marking_id)
            return self.resolve(marking_id)

        marks = tuple(content.get("object_marking_refs", ()))
        obj = replace(self.original, tree=dict(content), object_marking_refs=marks, granular_markings=())
        meaning = derive_handling(obj, self.registry, resolve_and_note, self.now)
        handling = replace(meaning.handling, derived=self.derived, signed=False)
        return Sanitised(content, meaning._replace(handling=handling), frozenset(uses))


def _marks_left(obj: StixObject, cuts: frozenset[Place]) -> tuple[str, ...]:
    """The object's own markings, and the granular ones of whatever is kept."""
    granular = [(place, mark) for place, mark in marked_parts(obj) if place[0] not in SIGNED | MARKS]
    stays = {place: is_kept(obj.tree, cuts, place) for place in {place for place, _ in granular}}
    return tuple(dict.fromkeys((*obj.object_marking_refs, *(mark for place, mark in granular if stays[place]))))


def _marked(content: Mapping[str, Any], marks: tuple[str, ...]) -> Mapping[str, Any]:
    return {**content, "object_marking_refs": list(marks)} if marks else content
