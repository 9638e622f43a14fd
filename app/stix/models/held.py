"""The observables that observed data holds in `objects`: STIX 2.0 part 2, section 2.8; deprecated in 2.1, section 4.14.

They refer to each other by their keys, which nothing outside knows. Of a `_ref` or `_refs` whose name begins with `x_`
nobody knows what it leads to.
"""

from collections.abc import Iterator, Mapping
from typing import Any, Final, TypeAlias

from app.stix.identifiers import is_identifier
from app.stix.models.data_types import broken

_LEAD_ELSEWHERE: Final = frozenset({"created_by_ref", "object_marking_refs", "granular_markings"})
_SHOWN_CHARS_MAX: Final = 250

Path: TypeAlias = tuple[str | int, ...]


def inner_references(observable: Mapping[str, Any]) -> Iterator[tuple[Path, Any]]:
    """Everything that an observable names in its references, at any depth, and where."""
    waiting: list[tuple[Path, Any]] = [((), observable)]
    while waiting:
        path, value = waiting.pop()
        if isinstance(value, list):
            waiting.extend(((*path, index), inner) for index, inner in enumerate(value))
        elif isinstance(value, dict):
            for name, inner in value.items():
                if name in _LEAD_ELSEWHERE:
                    continue
                if not refers(name) or isinstance(inner, dict):
                    waiting.append(((*path, name), inner))
                elif isinstance(inner, list):
                    yield from (((*path, name, index), each) for index, each in enumerate(inner))
                else:
                    yield (*path, name), inner


def refers(name: str) -> bool:
    """Whether a property of this name refers to another observable."""
    return name.endswith(("_ref", "_refs")) and not name.startswith("x_")


def must_hold_observables(held: Mapping[str, Mapping[str, Any]], *, by_id: bool) -> None:
    """Each has a type, and what they refer to is there. `by_id`: they may name objects elsewhere by their ids as well.

    Raises what pydantic makes a violation of.
    """
    for key, observable in held.items():
        where = f"objects.{key[:_SHOWN_CHARS_MAX]}"
        if not isinstance(observable.get("type"), str):
            raise broken("must have a `type`", where)
        for path, target in inner_references(observable):
            if not isinstance(target, str) or not (target in held or (by_id and is_identifier(target))):
                steps = (f"[{step}]" if isinstance(step, int) else step[:_SHOWN_CHARS_MAX] for step in path)
                raise broken(
                    "must be the key of an observable in `objects`, and there is none of it", ".".join((where, *steps))
                )
