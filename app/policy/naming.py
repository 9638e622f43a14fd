"""Does an object name its source other than by its signature? An id of an identity may stand in it in any spelling."""

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from app.policy.spellings import spellings
from app.stix.texts import texts_of


def identities_in(tree: Mapping[str, Any], identities: Iterable[str]) -> list[str]:
    """Those of these identities whose UUID stands anywhere in an object: encoded, in signs that nobody sees, without
    `identity--` before it.
    """
    return sorted(each for each in identities if _stands_in(UUID(each.removeprefix("identity--")).hex, tree))


def _stands_in(digits: str, tree: Mapping[str, Any]) -> bool:
    return any(digits in each.run_together for text in texts_of(tree) for each in spellings(text))
