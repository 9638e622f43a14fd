"""Shapes: whether a value in a marking's extension is of the type that the extension's schema gives it.

What is of no such type is not understood, and what is not understood is withheld.
"""

from typing import TypeGuard

from app.stix.timestamps import is_timestamp


def is_text(value: object) -> TypeGuard[str]:
    """A string."""
    return isinstance(value, str)


def is_texts(value: object) -> TypeGuard[list[str]]:
    """A list of strings."""
    return isinstance(value, list) and all(isinstance(each, str) for each in value)


def is_block(value: object) -> TypeGuard[dict[str, object]]:
    """An object."""
    return isinstance(value, dict)


def is_blocks(value: object) -> TypeGuard[list[dict[str, object]]]:
    """A list of objects."""
    return isinstance(value, list) and all(isinstance(each, dict) for each in value)


def is_instant(value: object) -> TypeGuard[str]:
    """A timestamp as STIX 2.1 section 3.1 writes one."""
    return isinstance(value, str) and is_timestamp(value)


def is_property_extension(value: object) -> bool:
    """What the three extensions are to their definitions (STIX 2.1 section 7.3)."""
    return value == "property-extension"
