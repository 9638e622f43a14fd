"""Texts of others as they may be shown: what a terminal acts on, and what nobody sees, is written out.

Escape codes, line breaks, marks of direction and invisible signs in what a partner sent could else hide a line from an
officer, or put one there.
"""

import re
from typing import Final

SHOWN_CHARS_MAX: Final = 200

# signs that Unicode counts among the printable ones and draws nothing for: fillers, variation selectors
_BLANK = re.compile("[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2800\u3164\ufe00-\ufe0f\uffa0\U000e0100-\U000e01ef]")


def visible(text: str) -> str:
    r"""The text in one line, with the signs that can't be seen as Python writes them: `\x1b`, `\u202e`, `\n`."""
    return "".join(sign if _is_seen(sign) else sign.encode("unicode_escape").decode("ascii") for sign in text)


def shown(text: str) -> str:
    """The beginning of a text that others wrote, visible and of at most SHOWN_CHARS_MAX signs."""
    return visible(text[:SHOWN_CHARS_MAX])[:SHOWN_CHARS_MAX]


def is_visible(text: str) -> bool:
    """Whether anything in the text can be seen."""
    return any(_is_seen(sign) and not sign.isspace() for sign in text)


def unseen_in(text: str) -> frozenset[str]:
    """The signs of the text that can't be seen, or that a terminal acts on."""
    return frozenset(sign for sign in text if not _is_seen(sign))


def _is_seen(sign: str) -> bool:
    return sign.isprintable() and not _BLANK.match(sign)
