"""The indicator: STIX 2.1 section 4.7."""

from app.stix.models.data_types import ABSENT, Strings, Timestamp, broken
from app.stix.models.parts import KillChainPhases, VersionedObject
from app.stix.patterns import PatternError, parse_pattern


class Indicator(VersionedObject):
    """A pattern that can be used to detect suspicious or malicious activity."""

    section = "4.7"

    name: str = ABSENT
    description: str = ABSENT
    indicator_types: Strings = ABSENT
    pattern: str
    pattern_type: str
    pattern_version: str = ABSENT
    valid_from: Timestamp
    valid_until: Timestamp = ABSENT
    kill_chain_phases: KillChainPhases = ABSENT

    def co_constraints(self) -> None:
        """Its validity ends after it begins, and a STIX pattern is one."""
        super().co_constraints()
        self.strictly_in_order("valid_from", "valid_until")
        if self.pattern_type == "stix":
            must_be_pattern(self.pattern)


def must_be_pattern(text: str, *, stix20: bool = False) -> None:
    """Raise `broken` where the text is no STIX pattern."""
    try:
        parse_pattern(text, version="2.0" if stix20 else "2.1")
    except PatternError as error:
        raise broken(f"is no STIX pattern: {error.message.rstrip('.')}", "pattern") from None
