"""Objects that differ in nothing but plain texts: where one of them is a valid object, the others are.

A feed of a million rows gives a million objects of a few forms. Reading each to say whether it is valid takes most of a
trial's time, and says the same.
"""

import re
from collections.abc import Hashable, Mapping
from typing import Any

from app.stix.identifiers import is_identifier, type_of
from app.stix.timestamps import is_before, is_timestamp

TEXT_CHARS_MAX = 1000
"""A longer text may be past a limit of its own."""

_FORMS_MAX = 1000
_PLAIN = re.compile(r"[ !#-\[\]-~]*")
_TEXTS = frozenset({"name", "description"})
_IDS = frozenset({"id", "source_ref", "target_ref"})
_DATES = frozenset({"created", "modified", "valid_from", "valid_until"})
_IN_ORDER = (("created", "modified"), ("valid_from", "valid_until"))
_EQUAL = re.compile(r"(?<= = )(?:'([^']*)'|(?:0|[1-9][0-9]{0,9})(?=[ \]]))")
_HEXADECIMAL = re.compile(r"[0-9a-fA-F]*")


class Lookalikes:
    """Valid objects by their forms, each with the length of the longest; of more than a thousand forms the first."""

    def __init__(self) -> None:
        self._longest: dict[Hashable, int] = {}

    def have_one_like(self, tree: Mapping[str, Any]) -> bool:
        """Whether an object that is no shorter differs from this one in nothing but plain texts."""
        form, length = _likeness(tree)
        return form is not None and self._longest.get(form, -1) >= length

    def add(self, tree: Mapping[str, Any]) -> None:
        """Take note of a valid object."""
        form, length = _likeness(tree)
        if form is not None and (form in self._longest or len(self._longest) < _FORMS_MAX):
            self._longest[form] = max(length, self._longest.get(form, 0))


def _likeness(tree: Mapping[str, Any]) -> tuple[Hashable, int]:
    """The object without its plain texts, and how long those are; None where a text has to be looked at."""
    form: list[Hashable] = []
    texts: list[str] = []
    for name, value in tree.items():
        form.append(name)
        form.append(_left_of(name, value, texts))
    if max(map(len, texts), default=0) > TEXT_CHARS_MAX or not _PLAIN.fullmatch("".join(texts)):
        return None, 0
    for first, last in _IN_ORDER:
        if first in tree and last in tree:
            form.append(_order(tree[first], tree[last]))
    return tuple(form), sum(map(len, texts))


def _order(first: Any, last: Any) -> Hashable:
    if first == last:
        return 0
    if not isinstance(first, str) or not isinstance(last, str) or not is_timestamp(first) or not is_timestamp(last):
        return None
    return -1 if is_before(first, last) else 1


def _left_of(name: str, value: Any, texts: list[str]) -> Hashable:
    """What of a property may count besides its texts, which are added to these.

    That goes by all that may stand there, and not by what feeds write.
    """
    if isinstance(value, str):
        if name in _TEXTS:
            texts.append(value)
            return bool(value)
        if name == "pattern":
            texts.append(value)
            return _structure(value)
        if name in _DATES and is_timestamp(value):
            return len(value)
        return type_of(value) if name in _IDS and is_identifier(value) else value
    if name == "labels" and isinstance(value, list) and all(isinstance(each, str) for each in value):
        texts.extend(value)
        return tuple(map(bool, value))
    if name == "external_references" and isinstance(value, list) and all(map(_is_of_texts, value)):
        texts.extend(text for each in value for text in each.values())
        return tuple(tuple(each) for each in value)
    return (repr(value),)  # a tuple: 75 is not `75`


def _is_of_texts(reference: Any) -> bool:
    return isinstance(reference, dict) and all(isinstance(each, str) for each in reference.values())


def _structure(pattern: str) -> str:
    """A pattern without the constants that something is equal to; of those of hashes, the number of digits counts."""
    constants = [found[1] for found in _EQUAL.finditer(pattern) if found[1] is not None]
    left = _EQUAL.sub(lambda found: "0" if found[1] is None else "''", pattern)
    if "hashes" in left:
        if not all(map(_HEXADECIMAL.fullmatch, constants)):
            return pattern
        left += " ".join(str(len(each)) for each in constants)
    # comments may hold quotes that are none
    return pattern if "/" in left else left
