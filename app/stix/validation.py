"""One JSON element to a valid STIX object, or to what its sender has to mend.

What the standard leaves open is accepted, and what it advises is not demanded: custom types, custom properties and open
vocabularies pass, whole. `read_object` says nothing about any other object: references are judged by their form.

Which version an object is of (STIX 2.1 section 3.2): what `spec_version` says; where it is absent, an SCO is of 2.1,
and so is a custom object without dates; a type that only 2.1 defines must say so; all else is of 2.0.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from pydantic import ValidationError

from app.stix.explanations import explain, with_article
from app.stix.identifiers import is_type
from app.stix.json_faults import is_text
from app.stix.models.catalogue import MODELS, custom_model, property_names
from app.stix.models.parts import StixObjectPart
from app.stix.objects import GranularMarking, Rejected, SpecVersion, StixObject, Violation
from app.stix.selectors import is_present, is_selector
from app.stix.strict_json import Element, bytes_digest, tree_digest
from app.stix.vocabularies import META_TYPES, RESERVED_PROPERTIES, RESERVED_TYPES, SCO_TYPES, SDO_TYPES, STIX20_TYPES

_PROPERTY_NAME: Final[Mapping[SpecVersion, re.Pattern[str]]] = {
    "2.0": re.compile("[a-z0-9_]{3,250}"),
    "2.1": re.compile("[a-z][a-z0-9_]{2,249}"),
}
_ONLY_IN_21 = (SDO_TYPES | META_TYPES) - STIX20_TYPES
_SHOWN_CHARS_MAX = 300


@dataclass(frozen=True, slots=True)
class ObjectLimits:
    """What one object may take besides its JSON: `created` and `modified` become keys, violations go to the sender."""

    version_chars_max: int = 100
    violations_max: int = 20


DEFAULT_LIMITS: Final = ObjectLimits()


def read_object(element: Element, limits: ObjectLimits = DEFAULT_LIMITS) -> StixObject | Rejected:
    """Judge one element. Never raises."""
    tree = element.tree
    if element.refusals:
        return _rejected(tree, tuple(Violation("", reason) for reason in element.refusals))
    if not isinstance(tree, dict):
        return _rejected(tree, (Violation("", "A STIX object is a JSON object, and this is none."),))
    chosen = _model_for(tree)
    if isinstance(chosen, Violation):
        return _rejected(tree, (chosen,))
    spec, model = chosen
    violations = _violations(tree, spec, model, limits)
    if violations:
        return _rejected(tree, violations)
    return _stix_object(element, tree, spec)


def _model_for(tree: Mapping[str, Any]) -> tuple[SpecVersion, type[StixObjectPart]] | Violation:
    object_type = tree.get("type")
    if not isinstance(object_type, str):
        return Violation("type", "`type` is required, and is a string (STIX 2.1 section 3.2).")
    if object_type == "bundle":
        return Violation("type", "A bundle is no STIX object; send the objects that it holds.")
    spec = _spec_version(tree, object_type)
    if isinstance(spec, Violation):
        return spec
    model = MODELS.get((spec, object_type))
    if model is not None:
        return spec, model
    if not is_type(object_type) or object_type in RESERVED_TYPES:
        return Violation(
            "type",
            f"`type` is `{object_type[:_SHOWN_CHARS_MAX]}`; the name of a custom type begins with a letter, is of 3 to "
            "250 lower-case letters, digits and single hyphens, and not reserved (STIX 2.1 section 11.2).",
        )
    return spec, custom_model(spec, dated=not is_observable(tree))


def _spec_version(tree: Mapping[str, Any], object_type: str) -> SpecVersion | Violation:
    match tree.get("spec_version", ""):
        case "2.1":
            return "2.1"
        case "2.0" if object_type in SCO_TYPES:
            return Violation("spec_version", f"`spec_version` must be 2.1 for {with_article(object_type)}.")
        case "2.0":
            return "2.0"
        case "" if "spec_version" not in tree:
            if object_type in _ONLY_IN_21:
                return Violation(
                    "spec_version",
                    f"`spec_version` is required for {with_article(object_type)} (STIX 2.1 section 3.2).",
                )
            custom = object_type not in STIX20_TYPES
            return "2.1" if object_type in SCO_TYPES or (custom and is_observable(tree)) else "2.0"
    return Violation("spec_version", "`spec_version` must be 2.1, or 2.0; others are not taken (STIX 2.1 section 3.2).")


def is_observable(tree: Mapping[str, Any]) -> bool:
    """Whether an object of a custom type is an SCO: its extension says so, or it has no dates."""
    extensions = tree.get("extensions")
    kinds = [
        extension.get("extension_type")
        for extension in (extensions.values() if isinstance(extensions, dict) else ())
        if isinstance(extension, dict)
    ]
    if "new-sco" in kinds:
        return True
    return "new-sdo" not in kinds and "new-sro" not in kinds and "created" not in tree and "modified" not in tree


def _violations(
    tree: Mapping[str, Any], spec: SpecVersion, model: type[StixObjectPart], limits: ObjectLimits
) -> tuple[Violation, ...]:
    try:
        model.model_validate(tree)
    except ValidationError as error:
        violations = explain(error, model, str(tree["type"]), spec, limits.violations_max)
    else:
        violations = tuple(_selector_violations(tree)) if "granular_markings" in tree else ()
        violations += tuple(_version_violations(tree, limits))
    unknown = tree.keys() - property_names(model)
    if unknown:
        violations += tuple(_name_violations(sorted(unknown), spec))
    if violations and spec == "2.0" and "spec_version" not in tree:
        hint = "`spec_version` is absent, so that this was read as STIX 2.0; write 2.1 if it is that."
        violations += (Violation("spec_version", hint),)
    return violations[: limits.violations_max]


def _selector_violations(tree: Mapping[str, Any]) -> Iterator[Violation]:
    for index, marking in enumerate(tree["granular_markings"]):
        for position, selector in enumerate(marking["selectors"]):
            if not is_present(tree, selector):
                where = f"granular_markings.[{index}].selectors.[{position}]"
                reason = "selects nothing that the object has" if is_selector(selector) else "is no selector"
                shown = selector[:_SHOWN_CHARS_MAX]
                yield Violation(where, f"`{where}`, `{shown}`, {reason} (STIX 2.1 section 7.2.3.1).")


def _version_violations(tree: Mapping[str, Any], limits: ObjectLimits) -> Iterator[Violation]:
    for name in ("created", "modified"):
        if len(tree.get(name, "")) > limits.version_chars_max:
            yield Violation(name, f"`{name}` is longer than the {limits.version_chars_max} characters that are taken.")


def _name_violations(names: list[str], spec: SpecVersion) -> Iterator[Violation]:
    form = _PROPERTY_NAME[spec]
    for name in names:
        shown = name[:_SHOWN_CHARS_MAX]
        if spec == "2.1" and name in RESERVED_PROPERTIES:
            yield Violation(shown, f"`{shown}` is a reserved property name (STIX 2.1 section 3.8).")
        elif not form.fullmatch(name):
            reason = "is no property name: 3 to 250 lower-case letters, digits and underscores, the first a letter"
            yield Violation(shown, f"`{shown}` {reason} (STIX {spec}, custom properties).")


def _stix_object(element: Element, tree: dict[str, Any], spec: SpecVersion) -> StixObject:
    object_type: str = tree["type"]
    return StixObject(
        raw=element.raw,
        tree=tree,
        id=tree["id"],
        type=object_type,
        spec=spec,
        bytes_digest=bytes_digest(element.raw),
        tree_digest=tree_digest(tree, plain=element.plain),
        created=tree.get("created"),
        modified=None if object_type == "marking-definition" else tree.get("modified"),
        revoked=tree.get("revoked", False),
        created_by_ref=tree.get("created_by_ref"),
        object_marking_refs=tuple(tree.get("object_marking_refs", ())),
        granular_markings=tuple(
            GranularMarking(tuple(marking["selectors"]), marking.get("marking_ref"), marking.get("lang"))
            for marking in tree.get("granular_markings", ())
        ),
    )


def _rejected(tree: object, violations: tuple[Violation, ...]) -> Rejected:
    known = tree if isinstance(tree, dict) else {}
    version = _readable(known.get("modified")) or _readable(known.get("created"))
    return Rejected(_readable(known.get("id")), version, violations)


def _readable(value: object) -> str | None:
    """What was sent for an id or a version, cut to a length that any of them has; None where it is no text."""
    return value[:_SHOWN_CHARS_MAX] if isinstance(value, str) and is_text(value) else None
