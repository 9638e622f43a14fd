"""The selectors of granular markings: STIX 2.1 section 7.2.3.1.

A selector is components joined by dots: names of properties or keys of dictionaries, and `[n]` for the item of a list,
counted from zero. It selects content that is there, and all that is below it.
"""

import re
from collections.abc import Mapping

_KEY = "[a-zA-Z0-9_-]{1,250}"
_SELECTOR = re.compile(rf"[a-zA-Z0-9_-]{{1,250}}(?:\.(?:\[(?:0|[1-9][0-9]*)\]|{_KEY}))*")
_INDEX_DIGITS_MAX = 9


def is_selector(text: str) -> bool:
    """Whether the text is of the grammar of selectors, whatever it selects."""
    return _SELECTOR.fullmatch(text) is not None


def is_present(tree: Mapping[str, object], selector: str) -> bool:
    """Whether there is content that the selector selects. False for what is no selector at all."""
    if not is_selector(selector):
        return False
    value: object = tree
    for component in selector.split("."):
        if component.startswith("["):
            digits = component[1:-1]
            if not isinstance(value, list) or len(digits) > _INDEX_DIGITS_MAX or int(digits) >= len(value):
                return False
            value = value[int(digits)]
        elif isinstance(value, Mapping) and component in value:
            value = value[component]
        else:
            return False
    return True
