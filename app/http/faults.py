"""What is wrong with a parameter or a member of a body, as a sentence: where, what, and what would be right.

Pydantic finds the faults; its own words are for programmers.
"""

from collections.abc import Callable, Mapping
from typing import Any, Final

_WHOLE_NUMBER: Final = "is no whole number, such as 100"
_TRUTH: Final = "is neither true nor false"
EMPTY: Final = "is empty, and has to hold something"

_SENTENCES: Final[Mapping[str, Callable[[Mapping[str, Any]], str]]] = {
    "missing": lambda _: "is missing, and has to be there",
    "extra_forbidden": lambda _: "is not known here; the OpenAPI document has the names that are",
    "greater_than_equal": lambda bound: f"is below {bound['ge']}, the least that is taken",
    "less_than_equal": lambda bound: f"is above {bound['le']}, the most that is taken",
    "string_too_short": lambda _: EMPTY,
    "too_short": lambda _: EMPTY,
    "string_type": lambda _: "is no text",
    "list_type": lambda _: "is no list",
    "model_type": lambda _: "is no JSON object",
    "literal_error": lambda bound: f"is not {bound['expected']}",
    "bool_type": lambda _: _TRUTH,
    "bool_parsing": lambda _: _TRUTH,
    "int_type": lambda _: _WHOLE_NUMBER,
    "int_parsing": lambda _: _WHOLE_NUMBER,
    "int_parsing_size": lambda _: _WHOLE_NUMBER,
    "int_from_float": lambda _: _WHOLE_NUMBER,
}


def told(fault: Mapping[str, Any], whole: str) -> str:
    """The sentence about a fault that pydantic found; `whole` is what has it where that is no part of it."""
    place = ".".join(str(step) for step in fault["loc"] if step not in ("query", "path")) or whole
    if fault["type"] == "value_error":
        return f"{place}: {fault['ctx']['error']}."
    sentence = _SENTENCES.get(fault["type"])
    said = "has not the form that the OpenAPI document gives" if sentence is None else sentence(fault.get("ctx", {}))
    return f"{place}: This {said}."
