"""The words of an object: what people search its texts for. The same words are indexed and asked for, on any engine."""

import re
from collections.abc import Iterator, Mapping
from typing import Any
from unicodedata import category

from app.stix.observables.texts import folded
from app.stix.unicode_forms import in_form

WORD_CHARS_MAX = 64
WORDS_MAX = 3800
"""Of one object, in the order of its texts: PostgreSQL takes a megabyte of words, each with the shelf that it is on."""
TEXT_CHARS_MAX = 256

_WORD = re.compile(r"[^\W_]+")
_BETWEEN = re.compile(r"[\W_]+")
_TEXTS = (
    "name", "description", "abstract", "content", "explanation", "opinion", "context", "aliases", "labels", "goals",
    "authors", "contact_information", "objective", "primary_motivation", "roles", "sectors",
)  # fmt: skip


def folded_text(text: object) -> str:
    """A short text, such as a label, as it is compared: in any letter case the same."""
    return folded(str(text))[:TEXT_CHARS_MAX]


def words_of(text: str) -> tuple[str, ...]:
    """The words of a text, each once, in any letter case the same; what is longer than a word can be is cut.

    A letter and the marks on it are one sign where Unicode has one for them, and belong to one word where it has none:
    `É` is `é`, however it is composed, and not `e`.
    """
    plain = folded(text)
    found = _WORD.findall(plain) if plain.isascii() else _BETWEEN.sub(_marks_of, in_form("NFC", plain)).split()
    return tuple(dict.fromkeys(word[:WORD_CHARS_MAX] for word in found))


def words_in(tree: Mapping[str, Any]) -> tuple[str, ...]:
    """The words of the texts of an object: its name, what describes it, its aliases and labels and so on."""
    return words_of("\n".join(_texts(tree)))[:WORDS_MAX]


def _marks_of(between: re.Match[str]) -> str:
    """What stands between letters and digits, with a blank for each sign that is no mark on them."""
    return "".join(sign if category(sign).startswith("M") else " " for sign in between[0])


def texts_of(value: object) -> Iterator[str]:
    """Every text at any depth of a JSON value, names of properties among them."""
    waiting = [value]
    while waiting:
        one = waiting.pop()
        if isinstance(one, str):
            yield one
        elif isinstance(one, dict):
            waiting += [*one, *one.values()]
        elif isinstance(one, list):
            waiting += one


def _texts(tree: Mapping[str, Any]) -> Iterator[str]:
    for name in _TEXTS:
        value = tree.get(name)
        for each in value if isinstance(value, list) else (value,):
            if isinstance(each, str):
                yield each
