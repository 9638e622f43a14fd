"""What a JSON tree may not hold, and where it holds it."""

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeAlias

_INTEGER_CHARS_THAT_PYTHON_READS = 4_000
_FAULTS_SHOWN_MAX = 10
_SHOWN_CHARS_MAX = 100
_NOT_TEXT = re.compile("[\0\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class JsonLimits:
    """How large one element of a body may be."""

    depth_max: int = 100
    string_chars_max: int = 2_000_000
    number_chars_max: int = 1_000
    object_bytes_max: int = 4_000_000

    def __post_init__(self) -> None:
        if self.number_chars_max > _INTEGER_CHARS_THAT_PYTHON_READS:
            raise ValueError(f"number_chars_max may be {_INTEGER_CHARS_THAT_PYTHON_READS} at most")


class IntegerLiteral(int):
    """An integer whose literal Python would not write: `-0`."""

    literal: str

    def __new__(cls, literal: str) -> "IntegerLiteral":
        """The integer that the literal says."""
        number = super().__new__(cls, literal)
        number.literal = literal
        return number


class FloatLiteral(float):
    """A number with the literal it was written with, as in `1.50` or `1e2`."""

    __slots__ = ("literal",)
    literal: str

    def __new__(cls, literal: str, number: float) -> "FloatLiteral":
        """The number with its literal; both are taken as they are."""
        kept = super().__new__(cls, number)
        kept.literal = literal
        return kept

    @property
    def is_unusable(self) -> bool:
        """Whether this is no number that a reader could hold: NaN, an infinity, or too long to be read."""
        return not math.isfinite(self)


_Steps: TypeAlias = "tuple[_Steps, str | int] | None"


def shown(text: str) -> str:
    """A name that someone sent, safe to be put into a sentence: 100 characters, all of them printable."""
    return "".join(character if character.isprintable() else "?" for character in text[:_SHOWN_CHARS_MAX])


def find_faults(tree: object, limits: JsonLimits) -> Iterator[str]:
    """A sentence for each thing in the tree that can't be taken, at most ten; the tree may be of any depth."""
    shown = 0
    # a path is kept as a chain to the parent, and written out only where something is wrong
    open_values: list[tuple[object, _Steps, int]] = [(tree, None, 1)]
    while open_values and shown < _FAULTS_SHOWN_MAX:
        value, steps, depth = open_values.pop()
        for fault in _faults_of(value, depth, limits):
            yield f"`{_path(steps)}` {fault}." if steps else f"It {fault}."
            shown += 1
        if depth > limits.depth_max:
            continue
        if isinstance(value, dict):
            open_values.extend((item, (steps, key), depth + 1) for key, item in value.items())
        elif isinstance(value, list):
            open_values.extend((item, (steps, index), depth + 1) for index, item in enumerate(value))


def _faults_of(value: object, depth: int, limits: JsonLimits) -> Iterator[str]:
    if isinstance(value, str):
        yield from _text_faults(value, limits)
    elif isinstance(value, FloatLiteral) and value.is_unusable:
        yield from _number_faults(value, limits)
    elif isinstance(value, dict):
        for key in value:
            for fault in _text_faults(key, limits):
                yield f"has a member whose name {fault}"
    if isinstance(value, dict | list) and depth > limits.depth_max:
        yield f"nests deeper than the {limits.depth_max} levels that are taken"


def is_text(text: str) -> bool:
    """Whether the string can be stored and sent: no U+0000, no half of a surrogate pair."""
    return _NOT_TEXT.search(text) is None


def _text_faults(text: str, limits: JsonLimits) -> Iterator[str]:
    if len(text) > limits.string_chars_max:
        yield f"has {len(text)} characters, and {limits.string_chars_max} are taken"
    found = _NOT_TEXT.search(text)
    if found:
        yield "holds U+0000, which is not taken" if found[0] == "\0" else "holds half of a surrogate pair"


def _number_faults(number: FloatLiteral, limits: JsonLimits) -> Iterator[str]:
    if len(number.literal) > limits.number_chars_max:
        yield f"is a number of {len(number.literal)} characters, and {limits.number_chars_max} are taken"
    elif math.isinf(number):
        yield f"is a number too large to be read ({number.literal[:40]})"
    else:
        yield f"is {number.literal}, which is no JSON"


def _path(steps: _Steps) -> str:
    names: list[str] = []
    while steps:
        steps, step = steps
        names.append(f"[{step}]" if isinstance(step, int) else shown(step))
    return ".".join(reversed(names))
