"""HTML entities, as people and products write them into the texts of objects."""

import html
import re
from typing import Final

_BY_NUMBER: Final = re.compile("&#0*([0-9]{1,8})[0-9]*")
"""A character by its number. No character has a number of eight digits, and Python reads none of thousands."""


def without_entities(text: str) -> str:
    """The text with its entities undone, once: `&lt;` and `&#60;` are `<`. What names no character is U+FFFD."""
    return html.unescape(_BY_NUMBER.sub(r"&#\1", text))
