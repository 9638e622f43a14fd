"""Looking for many texts in others, and what that may cost for one object.

The cost is counted, not timed, and depends on the object alone: what is left of it must not depend on the machine, nor
on what else is in the same push. What an object may cost grows with its size, so a push costs no more than its size.
"""

from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

WORK_MAX: Final = 5_000_000
"""How much work is done for one object at most, about a quarter of a second. Of one that takes more nothing is left."""

WORK_OF_ANY_OBJECT: Final = 250_000
"""How much of that every object may take, however small it is."""

WORK_PER_CHAR: Final = 150
"""How much more it may take for each character that it says."""

_FEW: Final = 32
"""So many texts are sooner looked for one by one."""

_ONE_BY_ONE: Final = 16
"""How many characters are compared in one unit of work where texts are looked for one by one."""

_START_CHARS_MAX: Final = 64

_BEGINNING_CHARS_MIN: Final = 8

_COMPARING: Final = 3
"""How much work it is to compare one text with what stands at one place."""


class TooMuchWork(Exception):
    """An object takes more work than it may."""


class Work:
    """What may still be done for an object that says so many characters."""

    def __init__(self, chars: int) -> None:
        self._left = min(WORK_MAX, WORK_OF_ANY_OBJECT + WORK_PER_CHAR * chars)

    def spend(self, amount: int) -> None:
        """Count this work, before it is done. Raises `TooMuchWork`."""
        self._left -= amount
        if self._left < 0:
            raise TooMuchWork


class Needles:
    """Texts that are looked for within others: by how they start, so that all are found in one reading."""

    def __init__(self, texts: Iterable[str]) -> None:
        self._texts = frozenset(texts)
        alike: dict[int, list[str]] = {}
        for text in self._texts if len(self._texts) > _FEW else ():
            alike.setdefault(len(text).bit_length(), []).append(text)
        self._by_start = [_by_start(each) for each in alike.values()]

    def any_in(self, text: str, work: Work) -> bool:
        """Whether any of them stands in a text. Raises `TooMuchWork`."""
        if not self._by_start:
            work.spend(len(text) * len(self._texts) // _ONE_BY_ONE)
            return any(each in text for each in self._texts)
        return any(_start_in(text, chars, by_start, work) for chars, by_start in self._by_start)


class Beginnings:
    """Hashes, of which people write the first digits only: eight of them or more."""

    def __init__(self, hashes: Iterable[str]) -> None:
        self._hashes = sorted(hashes)

    def any_in(self, words: Iterable[str]) -> bool:
        """Whether one of the words is the beginning of one of them."""
        return bool(self._hashes) and any(len(each) >= _BEGINNING_CHARS_MIN and self._begins(each) for each in words)

    def _begins(self, word: str) -> bool:
        at = bisect_left(self._hashes, word)
        return at < len(self._hashes) and self._hashes[at].startswith(word)


def _by_start(texts: Sequence[str]) -> tuple[int, Mapping[str, Sequence[str]]]:
    """Texts of about one length by their first characters, as many as all of them have; and how many these are."""
    chars = min(_START_CHARS_MAX, *map(len, texts))
    found: dict[str, list[str]] = {}
    for text in texts:
        found.setdefault(text[:chars], []).append(text)
    return chars, found


def _start_in(text: str, chars: int, by_start: Mapping[str, Sequence[str]], work: Work) -> bool:
    """Whether any of those stands there."""
    work.spend(len(text))
    for at in range(len(text)):
        for needle in by_start.get(text[at : at + chars], ()):
            work.spend(_COMPARING + len(needle) // _START_CHARS_MAX)
            if text.startswith(needle, at):
                return True
    return False
