"""Whether an object says of itself that it holds now: STIX 2.1 sections 3.2 (`revoked`) and 4.7 (`valid_from`)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from app.stix.timestamps import is_before

CONFIDENCE_MAX = 100


@dataclass(frozen=True, slots=True)
class Validity:
    """What an object says of its own validity; texts as received, None where it says nothing."""

    revoked: bool
    valid_from: str | None
    valid_until: str | None

    def holds(self, now: str) -> bool:
        """Whether it is not revoked, and this timestamp lies between its ends; `valid_until` is outside."""
        begun = self.valid_from is None or not is_before(now, self.valid_from)
        ended = self.valid_until is not None and not is_before(now, self.valid_until)
        return begun and not ended and not self.revoked


def validity_of(tree: Mapping[str, Any]) -> Validity:
    """The validity of a valid object. Only an indicator has a time of validity."""
    dated = tree if tree.get("type") == "indicator" else {}
    return Validity(tree.get("revoked") is True, dated.get("valid_from"), dated.get("valid_until"))


def confidence_of(tree: Mapping[str, Any]) -> int | None:
    """How sure its creator is, 0 to 100 (section 3.2). In an observable it may be anybody's own: then None."""
    value = tree.get("confidence")
    return value if type(value) is int and 0 <= value <= CONFIDENCE_MAX else None
