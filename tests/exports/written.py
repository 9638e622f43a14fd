"""Exports of patterns alone, without an exchange around them."""

import json
from dataclasses import replace
from typing import Any

from app.exports.formats import ExportFormat, Form, Order, Shown
from app.exports.writing import write
from tests.support.stix import an_indicator

ORDER = Order(
    ExportFormat("test", "A test", Form.LIST), "north-sea/indicators", "0d6b1c5e-8f3a-4b72-9c41-2e7a5d908f16", 99
)


def written(form: Form, *patterns: str, file: str = "", **more: Any) -> str:
    """An export of an indicator for each of these patterns, whose name it has, in a format of which `more` holds."""
    trees = [an_indicator(each, name=each, pattern=f"[{each}]", confidence=90) for each in patterns]
    shown = [Shown(key, tree, json.dumps(tree).encode()) for key, tree in enumerate(trees)]
    wanted = replace(ORDER.format, form=form, **more)
    return write(replace(ORDER, format=wanted, file=file), shown).body.decode()
