"""FIRST IEP 2.0: Information Exchange Policies, as the STIX extension of the OASIS common object repository has them.

A policy is a list of statements, each with one of a few values; the members undertake values, statement by statement.
Its `tlp` counts as a TLP level. Before `start_date` what it marks is not shown; at `end_date` the policy ends, and the
collection's default stands in for it.
"""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from app.policy.handling import Handling, Meaning
from app.policy.partnership import TlpLevel
from app.policy.times import Span
from app.policy.vocabularies.shapes import is_blocks, is_instant, is_property_extension, is_text, is_texts
from app.stix.timestamps import to_datetime

EXTENSION: Final = "extension-definition--762e2e97-ee51-43e5-a9ea-165fbb862c4a"

STATEMENTS: Final[Mapping[str, frozenset[str]]] = {
    "encrypt_in_transit": frozenset({"must", "may"}),
    "permitted_actions": frozenset(
        {"none", "contact-for-instruction", "internally-visible-actions"}
        | {"externally-visible-indirect-actions", "externally-visible-direct-actions"}
    ),
    "affected_party_notifications": frozenset({"may", "must-not"}),
    "provider_attribution": frozenset({"may", "must", "must-not"}),
    "unmodified_resale": frozenset({"may", "must-not"}),
}
"""The policy statements and their values. FIRST's own form of a policy calls `provider_attribution` `attribution`."""

_VERSION: Final = 2
_METADATA: Final[Mapping[str, Callable[[object], bool]]] = {
    "extension_type": is_property_extension,
    "iep_id": is_text,
    "iep_version": lambda value: value == _VERSION and not isinstance(value, bool),
    "name": is_text,
    "policy_name": is_text,
    "description": is_text,
    "start_date": is_instant,
    "end_date": lambda value: value is None or is_instant(value),
    "external_references": lambda value: is_blocks(value) or is_texts(value),
}
"""What else a policy says, and whether a value is of the type that it has there. In FIRST's own form a policy without
an end has one of null, and its external references are URLs."""

_MILLISECOND: Final = timedelta(milliseconds=1)


def read(body: Mapping[str, Any], now: datetime) -> Meaning | None:
    """What the policy asks for at this instant, and from when until when; None where it is not understood.

    A policy that makes none of the statements says nothing that anybody could have undertaken, and is not understood.
    """
    said = {"provider_attribution" if key == "attribution" else key: value for key, value in body.items()}
    statements = {name: said[name] for name in STATEMENTS if name in said}
    if len(said) != len(body) or not statements or not all(_is_understood(*each) for each in said.items()):
        return None
    level = _level(said["tlp"]) if "tlp" in said else None
    span = _span(said)
    if span is None:
        return None
    if span.not_after is not None and span.not_after <= now:
        return Meaning(Handling(unmarked=True))
    handling = Handling(
        tlp=frozenset() if level is None else frozenset({level}),
        iep=frozenset(statements.items()),
        anonymous=statements.get("provider_attribution") == "must-not",
    )
    return Meaning(handling, span)


def _is_understood(name: str, value: object) -> bool:
    if name in STATEMENTS:
        return is_text(value) and value in STATEMENTS[name]
    if name == "tlp":
        return _level(value) is not None
    return name in _METADATA and _METADATA[name](value)


def _level(word: object) -> TlpLevel | None:
    if word == "white":
        return TlpLevel.CLEAR
    return TlpLevel(word) if isinstance(word, str) and word in list(TlpLevel) else None


def _span(said: Mapping[str, Any]) -> Span | None:
    """From when until when, in whole milliseconds that lie within; None where that is no time at all."""
    begins, ends = said.get("start_date"), said.get("end_date")
    try:
        not_before = _whole(to_datetime(begins) + _MILLISECOND - timedelta.resolution) if begins is not None else None
    except OverflowError:
        return None
    not_after = _whole(to_datetime(ends)) if ends is not None else None
    if not_before is not None and not_after is not None and not_after <= not_before:
        return None
    return Span(not_before, not_after)


def _whole(instant: datetime) -> datetime:
    return instant.replace(microsecond=instant.microsecond // 1000 * 1000)
