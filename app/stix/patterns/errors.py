"""Why a text is no pattern, and how large a pattern may be."""

from dataclasses import dataclass


class PatternError(ValueError):
    """The text is no pattern.

    `position` counts characters from 0 and may be the length of the text; `message` is one sentence for whoever wrote
    the pattern, and counts characters from 1.
    """

    def __init__(self, position: int, message: str) -> None:
        self.position = position
        self.message = message
        super().__init__(message)

    def __reduce__(self) -> tuple[type["PatternError"], tuple[int, str]]:
        return PatternError, (self.position, self.message)


@dataclass(frozen=True, slots=True)
class PatternLimits:
    """What a pattern may take: its length, the depth of its parentheses, the length of one number.

    Each level of parentheses takes four frames of Python's stack.
    """

    pattern_chars_max: int = 100_000
    depth_max: int = 100
    number_chars_max: int = 100


DEFAULT_LIMITS = PatternLimits()
