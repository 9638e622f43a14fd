"""LIKE and MATCHES (STIX 2.1 section 9.6.1), by RE2: the time is linear in the length of the text, whatever is asked.

Texts and patterns are compared in Unicode's normal form C. Bytes are compared as texts of one sign for each byte.
"""

import re
from typing import Any

import re2

from app.stix.matching.steps import NotDecided, Steps
from app.stix.unicode_forms import in_form

MEMORY_MAX = 1024 * 1024
"""Octets that one regular expression may take."""

STEPS_OF_SIGN = 20
"""To read an expression; a sign may stand for thousands (`\\pL`)."""

STEPS_OF_FAILURE = 10_000
"""To find that an expression is too large."""

_SIGNS_PER_STEP = 256


class TextTest:
    """A test of texts: `expression` is found in them, or with `whole` is all of them. A dot is any sign."""

    def __init__(self, expression: str, steps: Steps, *, whole: bool = False) -> None:
        steps.take(1 + STEPS_OF_SIGN * len(expression))
        self._expression = in_form("NFC", expression)
        self._whole = whole
        self._of_text = _compiled(self._expression.encode(), re2.Options.Encoding.UTF8, steps)
        self._of_bytes: Any = None
        self._at_last_line = "$" in self._expression and "\\z" not in self._expression
        self._weight = int(self._of_text.programsize)
        self._steps = steps
        steps.take(self._weight)

    def holds(self, value: str | bytes) -> bool:
        """Whether the test finds what it looks for. At worst, each part of the expression is tried at each sign.

        Raises NotDecided.
        """
        self._steps.take(1 + len(value) * self._weight // _SIGNS_PER_STEP)
        if isinstance(value, str):
            text = in_form("NFC", value).encode("utf-8", "replace")
            return self._finds(self._of_text, text)
        if self._of_bytes is None:
            try:
                expression = self._expression.encode("latin-1")
            except UnicodeEncodeError:
                return False
            self._of_bytes = _compiled(expression, re2.Options.Encoding.LATIN1, self._steps)
        return self._finds(self._of_bytes, value)

    def _finds(self, compiled: Any, data: bytes) -> bool:
        if self._whole:
            return compiled.fullmatch(data) is not None
        if compiled.search(data) is not None:
            return True
        # in PCRE, $ also stands before a line's end that ends the text
        return self._at_last_line and data.endswith(b"\n") and compiled.search(data[:-1]) is not None


def like(pattern: str, steps: Steps) -> TextTest:
    """The test of LIKE: `%` stands for any signs or none, `_` for one, and the rest for itself."""
    parts = [{"%": ".*", "_": "."}.get(part) or re2.escape(part) for part in re.split(r"([%_])", pattern) if part]
    return TextTest("".join(parts), steps, whole=True)


def _compiled(expression: bytes, encoding: Any, steps: Steps) -> Any:
    options = re2.Options()
    options.dot_nl = True
    options.encoding = encoding
    options.log_errors = False
    options.max_mem = MEMORY_MAX
    try:
        return re2.compile(expression, options)
    except re2.error as error:
        steps.take(STEPS_OF_FAILURE)
        said = error.args[0] if error.args else ""
        told = said.decode("utf-8", "replace") if isinstance(said, bytes) else str(said)
        raise NotDecided(f"Its regular expression is none that RE2 reads: {told}.") from None
