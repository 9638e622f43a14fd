"""What the files of an agreement mean: each set of files is read once, however often it is asked for.

A revision's files are read as planned, as applied and as in force, and in every partnership that they are stored with.
"""

from collections.abc import Mapping
from functools import lru_cache
from typing import Final

from app.files.agreements import Agreements, read_agreements

SETS_KEPT: Final = 16


def meaning_of(texts: Mapping[str, str]) -> Agreements:
    """The meaning of these files by their names; shared by all who ask, and not to be changed. Raises WrongFiles."""
    return _meaning_of(tuple(sorted(texts.items())))


@lru_cache(SETS_KEPT)
def _meaning_of(texts: tuple[tuple[str, str], ...]) -> Agreements:
    return read_agreements(dict(texts))
