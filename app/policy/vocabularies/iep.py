"""FIRST IEP 2.0: Information Exchange Policies, as the STIX extension of the OASIS common object repository has them.

A policy is a list of statements, each with one of a few values; the members undertake values, statement by statement.
Its `tlp` counts as a TLP level. Before `start_date` what it marks is not shown; at `end_date` the policy ends, and the
collection's default stands in for it.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from app.policy.handling import Handling, Meaning
from app.policy.partnership import TlpLevel
from app.policy.times import Span
from app.stix.timestamps import is_timestamp, to_datetime

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

_METADATA: Final = frozenset(
    {"extension_type", "iep_id", "iep_version", "name", "policy_name", "description"}
    | {"start_date", "end_date", "external_references"}
)
_MILLISECOND: Final = timedelta(milliseconds=1)


def read(body: Mapping[str, Any], now: datetime) -> Meaning | None:
    """What the policy asks for at this instant, and from when until when; None where it is not understood.

    A policy that makes none of the statements says nothing that anybody could have undertaken, and is not understood.
    """
    said = {"provider_attribution" if key == "attribution" else key: value for key, value in body.items()}
    if len(said) != len(body) or not said.keys() <= STATEMENTS.keys() | _METADATA | {"tlp"}:
        return None
    statements = {name: said[name] for name in STATEMENTS if name in said}
    level = _level(said["tlp"]) if "tlp" in said else None
    span = _span(said)
    if (
        not statements
        or any(not isinstance(value, str) or value not in STATEMENTS[name] for name, value in statements.items())
        or ("tlp" in said and level is None)
        or said.get("iep_version", 2) != 2
        or span is None
    ):
        return None
    if span.not_after is not None and span.not_after <= now:
        return Meaning(Handling(unmarked=True))
    handling = Handling(
        tlp=frozenset() if level is None else frozenset({level}),
        iep=frozenset(statements.items()),
        anonymous=statements.get("provider_attribution") == "must-not",
    )
    return Meaning(handling, span)


def _level(word: object) -> TlpLevel | None:
    if word == "white":
        return TlpLevel.CLEAR
    return TlpLevel(word) if isinstance(word, str) and word in list(TlpLevel) else None


def _span(said: Mapping[str, Any]) -> Span | None:
    """From when until when, in whole milliseconds that lie within; None where that is no time at all."""
    begins, ends = said.get("start_date"), said.get("end_date")
    if any(each is not None and not (isinstance(each, str) and is_timestamp(each)) for each in (begins, ends)):
        return None
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
