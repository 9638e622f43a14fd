"""What is written in the files' lists and levels, as the sets that decisions rest on."""

from collections.abc import Sequence
from typing import Final

from app.policy.partnership import PapLevel, TlpLevel

EVERY_LEVEL: Final = frozenset(TlpLevel)


def chosen(written: Sequence[str], everything: frozenset[str]) -> frozenset[str]:
    """A list, or with `all` everything."""
    return everything if written == "all" else frozenset(written)


def levels(written: Sequence[str]) -> frozenset[TlpLevel]:
    """TLP levels, or with `all` every one."""
    return EVERY_LEVEL if written == "all" else frozenset(TlpLevel(level) for level in written)


def pap_levels(written: Sequence[str]) -> frozenset[PapLevel]:
    """PAP levels, or with `all` every one."""
    return frozenset(PapLevel) if written == "all" else frozenset(PapLevel(level) for level in written)


def level(written: str) -> TlpLevel | None:
    """A level; None for `refuse`."""
    return None if written == "refuse" else TlpLevel(written)
