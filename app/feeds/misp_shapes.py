"""What of a MISP event is in the shape that MISP writes: the library would fall over the rest, or lose it."""

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

UUID_FORM: Final = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
_AS_EXPORTED = "Write parts as MISP exports them"


class NotAnEvent(ValueError):
    """The event is not of the shape that MISP gives events, with the reason in a sentence."""


def without_misshapen(event: dict[str, Any]) -> list[str]:
    """Take the parts out of the event that are none, and say of each what is wrong. Raises NotAnEvent.

    Attributes, objects and event reports are objects in lists, with a UUID and what they can't do without. Numbers are
    values, too: libraries write them so.
    """
    wrong: list[str] = []
    for name, called, fault in (
        ("Attribute", "attribute", _fault_of_attribute),
        ("Object", "object", _fault_of_object),
        ("EventReport", "event report", _fault_of_report),
    ):
        if name in event and not isinstance(event[name], list):
            raise NotAnEvent(f"Its `{name}` is no list. Write it as MISP exports it")
        if name in event:
            event[name] = list(_shapely(event[name], f"Its {called}", fault, wrong))
    if "Object" in event:
        event["Object"] = [part for part in event["Object"] if _has_parts(part, wrong)]
    return wrong


def _has_parts(part: dict[str, Any], wrong: list[str]) -> bool:
    """Take the misshapen attributes out of an object, and say whether any is left of those that it has."""
    had_none = not part["Attribute"]
    place = f"In its object <{part['uuid']}> the attribute"
    part["Attribute"] = list(_shapely(part["Attribute"], place, _fault_of_attribute, wrong))
    return had_none or bool(part["Attribute"])


def _shapely(
    parts: list[Any], place: str, fault: Callable[[Mapping[str, Any]], str | None], wrong: list[str]
) -> Iterator[dict[str, Any]]:
    for number, part in enumerate(parts, 1):
        if not isinstance(part, dict):
            wrong.append(f"{place} {number} is no object. {_AS_EXPORTED}")
        elif not is_uuid(part.get("uuid")):
            wrong.append(f"{place} {number} has no UUID. {_AS_EXPORTED}")
        elif what := fault(part):
            wrong.append(f"{place} <{part['uuid']}> has no {what}. {_AS_EXPORTED}")
        else:
            yield part


def is_uuid(value: object) -> bool:
    """Whether this is the text of a UUID, in either letter case."""
    return isinstance(value, str) and UUID_FORM.fullmatch(value) is not None


def _fault_of_attribute(part: Mapping[str, Any]) -> str | None:
    if not isinstance(part.get("type"), str):
        return "text `type`"
    return None if isinstance(part.get("value"), str | int | float) else "text `value`"


def _fault_of_object(part: Mapping[str, Any]) -> str | None:
    if not isinstance(part.get("name"), str):
        return "text `name`"
    return None if isinstance(part.get("Attribute"), list) else "list of attributes"


def _fault_of_report(part: Mapping[str, Any]) -> str | None:
    return next((f"text `{name}`" for name in ("name", "content") if not isinstance(part.get(name), str)), None)
