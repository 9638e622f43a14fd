"""Long lists in short statements: both engines bound the number of parameters of one statement."""

from collections.abc import Iterator, Sequence
from typing import TypeVar

T = TypeVar("T")

CHUNK = 500


def chunks(values: Sequence[T], size: int = CHUNK) -> Iterator[Sequence[T]]:
    """The values in order, at most `size` at a time."""
    for start in range(0, len(values), size):
        yield values[start : start + size]
