"""What a request changes of an export: which of the rows that the account may see anyway it asks for."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from app.errors import MalformedRequest
from app.exports.formats import OF_OBJECTS, ExportFormat
from app.exports.writing import kinds_of
from app.stix.observables import kind_named
from app.stix.validity import CONFIDENCE_MAX
from app.taxii.timestamps import parse_added_after


@dataclass(frozen=True, slots=True)
class Narrowing:
    """What a request asks for; None leaves it to the format. `added_after` in milliseconds since 1970, exclusive."""

    kinds: frozenset[str] | None = None
    confidence_min: int | None = None
    added_after: int | None = None


def narrowing_of(pairs: Sequence[tuple[str, str]]) -> Narrowing:
    """The parameters of a request: `kind`, `confidence_min` and `added_after`, each once. Raises MalformedRequest."""
    given = dict(pairs)
    if len(given) != len(pairs):
        raise MalformedRequest("A parameter stands twice. Write several kinds with commas: kind=ipv4,ipv6.")
    unknown = sorted(given.keys() - {"kind", "confidence_min", "added_after"})
    if unknown:
        raise MalformedRequest("An export takes kind, confidence_min and added_after, and no other parameter.")
    return Narrowing(
        kinds=_kinds(given["kind"]) if "kind" in given else None,
        confidence_min=_confidence(given["confidence_min"]) if "confidence_min" in given else None,
        added_after=_instant(given["added_after"]) if "added_after" in given else None,
    )


def narrowed(wanted: ExportFormat, narrowing: Narrowing) -> ExportFormat:
    """The format with what the request asks for in place of its own. Raises MalformedRequest for an unfit kind."""
    kinds, confidence = narrowing.kinds, narrowing.confidence_min
    if kinds is not None:
        if wanted.form in OF_OBJECTS:
            raise MalformedRequest("kind: this export holds objects, not values.")
        known = kinds_of(wanted.form)
        if known is not None and not kinds <= known:
            raise MalformedRequest(f"kind: this export can hold {', '.join(sorted(known))}.")
    return replace(
        wanted,
        kinds=wanted.kinds if kinds is None else kinds,
        confidence_min=wanted.confidence_min if confidence is None else confidence,
    )


def _kinds(text: str) -> frozenset[str]:
    found = [kind_named(name) for name in text.split(",")]
    if None in found:
        raise MalformedRequest("kind: not a kind of values such as ipv4, domain, url or sha256.")
    return frozenset(kind for kind in found if kind is not None)


def _confidence(text: str) -> int:
    if not (text.isascii() and text.isdecimal() and len(text) <= 3 and int(text) <= CONFIDENCE_MAX):
        raise MalformedRequest("confidence_min: not a whole number from 0 to 100.")
    return int(text)


def _instant(text: str) -> int:
    try:
        return parse_added_after(text)
    except ValueError as error:
        raise MalformedRequest(f"added_after: {error}.") from None
