"""What pydantic found wrong, as sentences that a sender can act on."""

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final, get_args

from pydantic import ValidationError

from app.stix import timestamps
from app.stix.models import data_types, observables
from app.stix.models.parts import Extension, Extensions, Part, StixObjectPart, VersionedObject
from app.stix.models.relationships import RELATIONSHIP_TYPE_PATTERN
from app.stix.objects import SpecVersion, Violation

_FORMS: Final[Mapping[str, str]] = MappingProxyType(
    {
        timestamps.PATTERN: "must be a timestamp in UTC on a date of the calendar, as in 2024-01-15T12:30:45.123Z",
        data_types.IDENTIFIER_PATTERN: "must be an identifier, a type and an RFC 4122 UUID in lower case: `malware--…`",
        data_types.BASE64_PATTERN: "must be base64",
        data_types.HEX_PATTERN: "must be hexadecimal, two digits for each byte",
        data_types.KEY_PATTERN: "must have keys of 1 to 250 letters, digits, hyphens and underscores",
        data_types.PROPERTY_NAME_PATTERN: "must have keys that are property names",
        data_types.LANGUAGE_PATTERN: "must be a language code of RFC 5646, as in `en` or `pt-BR`",
        data_types.CHARACTER_SET_PATTERN: "must be a character set by its IANA name",
        data_types.URL_PATTERN: "must be a URL with its scheme and without spaces",
        observables.IPV4_PATTERN: "must be an IPv4 address or CIDR block",
        observables.MAC_PATTERN: "must be a MAC address in lower case with colons, as in 00:00:ab:cd:ef:01",
        observables.DOMAIN_PATTERN: "must be a domain name and nothing else",
        observables.EMAIL_PATTERN: "must be an email address and nothing else",
        RELATIONSHIP_TYPE_PATTERN: "must be of lower-case letters, digits and hyphens",
    }
)
_TYPES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "string_type": "must be a string",
        "int_type": "must be an integer, written without a fraction",
        "float_type": "must be a number",
        "bool_type": "must be true or false",
        "list_type": "must be a list",
        "dict_type": "must be an object",
        "model_type": "must be an object",
        "too_short": "must not be empty",
    }
)
_REFERENCE = re.compile(r"\^(?:\(\?:)?(?P<types>[a-z0-9|-]+?)\)?--")
_HASH = re.compile(r"\^(?:\(\?:T1\)\?)?\[(?:0-9a-fA-F|a-zA-Z0-9/\+:\.)\]")
_KEY_STEP = "[key]"
_NAME_CHARS_SHOWN = 250


def explain(
    error: ValidationError, model: type[StixObjectPart], object_type: str, spec: SpecVersion, violations_max: int
) -> tuple[Violation, ...]:
    """The violations that an error holds, in the order of the model's properties, at most `violations_max`."""
    found = error.errors(include_url=False, include_input=False)
    violations = []
    for details in found[:violations_max]:
        location = tuple(step for step in details["loc"] if step != _KEY_STEP)
        context = details.get("ctx", {})
        where = ".".join(part for part in (_path(location), str(context.get("where", ""))) if part)
        subject = f"`{where}`" if where else f"The {object_type}"
        standard = _standard(model, location, spec)
        told = _what_is_wrong(details["type"], context, object_type if len(location) == 1 else "")
        violations.append(Violation(where, f"{subject} {told} ({standard})."))
    return tuple(violations)


def with_article(noun: str) -> str:
    """The noun with `a` or `an` before it."""
    return f"{'an' if noun[:1] in 'aeio' else 'a'} {noun}"


def _what_is_wrong(kind: str, context: Mapping[str, Any], owner: str) -> str:
    match kind:
        case "rule":
            return str(context["message"])
        case "missing":
            return f"is required for {with_article(owner)}" if owner else "is required"
        case "string_pattern_mismatch":
            return _form(str(context["pattern"]))
        case "literal_error":
            return f"must be one of {context['expected']}".replace("'", "`")
        case "greater_than_equal":
            return f"must be {context['ge']} at least"
        case "less_than_equal":
            return f"must be {context['le']} at most"
    return _TYPES.get(kind, "is not of the type that the standard gives it")


def _form(pattern: str) -> str:
    if pattern in _FORMS:
        return _FORMS[pattern]
    if _HASH.match(pattern):
        return "is not of the form of a hash by this algorithm"
    reference = _REFERENCE.match(pattern)
    types = reference["types"].split("|") if reference else []
    return f"must be the identifier of {' or '.join(map(with_article, types))}, its UUID in lower case"


def _path(location: tuple[str | int, ...]) -> str:
    return ".".join(f"[{step}]" if isinstance(step, int) else step[:_NAME_CHARS_SHOWN] for step in location)


def _standard(model: type[StixObjectPart], location: tuple[str | int, ...], spec: SpecVersion) -> str:
    """Where the standard says so: the section of the innermost part that the location leads to."""
    if spec == "2.0":
        return "STIX 2.0"
    part: type[Part] = model
    for step in location:
        part = _part_at(part, step) or part
    if part is model and location and location[0] in VersionedObject.model_fields:
        return "STIX 2.1 section 3.2"
    return f"STIX 2.1 section {part.section or '3.2'}"


def _part_at(part: type[Part], step: str | int) -> type[Part] | None:
    for name, field in part.model_fields.items():
        if (field.alias or name) == step:
            return _part_in(field.annotation)
    return Extension if issubclass(part, Extensions) and isinstance(step, str) else None


def _part_in(annotation: object) -> type[Part] | None:
    if isinstance(annotation, type) and issubclass(annotation, Part):
        return annotation
    return next((part for part in map(_part_in, get_args(annotation)) if part is not None), None)
