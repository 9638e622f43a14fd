"""Unicode's normal forms (UAX #15), in time that grows as the text.

The marks on one sign are sorted as they come, which takes the square of their number. So a longer run of them than any
text has is broken first, as the Stream-Safe Text Format of UAX #15 (section 13) does.
"""

import re
from typing import Final, Literal
from unicodedata import combining, normalize

Form = Literal["NFC", "NFD", "NFKC", "NFKD"]

MARKS_MAX: Final = 63
"""On one sign. UAX #15 has 30; but a label of a domain name may be a letter and more marks than that (RFC 1035, section
2.3.4), and the names above it are found all the same."""

_JOINER: Final = "\N{COMBINING GRAPHEME JOINER}"
# a sign stands for two of them at most, and the letter before them for three; U+FF9E and U+FF9F are letters, and do
_MAY_BE_TOO_MANY: Final = re.compile(rf"[\W\uff9e\uff9f]{{{(MARKS_MAX - 3) // 2 + 1},}}+")


def in_form(form: Form, text: str) -> str:
    """The text in this normal form, once `with_marks_bounded`."""
    return normalize(form, with_marks_bounded(text))


def with_marks_bounded(text: str) -> str:
    """The text, with U+034F behind each MARKS_MAX marks of a longer run; no text that anybody reads is changed.

    A text that is bounded stays so in every normal form, and bounded again it is the same.
    """
    return text if text.isascii() else _MAY_BE_TOO_MANY.sub(_bounded, text)


def _bounded(run: re.Match[str]) -> str:
    """The run, whose first marks may stand on the letter before it."""
    before = run.string[max(run.start() - 1, 0) : run.start()]
    of_each = {sign: [combining(each) for each in normalize("NFKD", sign)] for sign in {*run[0], *before}}
    signs: list[str] = []
    marks = 0
    for sign in before + run[0]:
        classes = of_each[sign]
        if not all(classes):
            marks = classes[::-1].index(0)
        elif marks + len(classes) > MARKS_MAX:
            signs.append(_JOINER)
            marks = len(classes)
        else:
            marks += len(classes)
        signs.append(sign)
    return "".join(signs[len(before) :])
