"""JSON as RFC 8785 writes it: what deterministic ids are made of (STIX 2.1 section 2.9)."""

import json
import sys
from collections.abc import Mapping

_SMALLEST_PLAIN = -7
_LARGEST_PLAIN = 21


def canonical_json(value: object) -> str:
    """A JSON value in the one form of RFC 8785: keys in UTF-16 order, no whitespace, numbers as ECMAScript has them.

    Raises ValueError on what JSON has no value for: infinities, NaN, objects of other types.
    """
    match value:
        case None | bool() | str():
            return json.dumps(value, ensure_ascii=False)
        case int() | float():
            return _number(value)
        case Mapping():
            keys = sorted(value, key=lambda key: str(key).encode("utf-16-be"))
            return "{" + ",".join(f"{canonical_json(str(key))}:{canonical_json(value[key])}" for key in keys) + "}"
        case list() | tuple():
            return "[" + ",".join(canonical_json(item) for item in value) + "]"
    raise ValueError(f"JSON has no value for {type(value).__name__}")


def _number(value: float) -> str:
    """The shortest digits that give this double, laid out as ECMAScript's Number::toString does."""
    if not -sys.float_info.max <= value <= sys.float_info.max:
        raise ValueError("JSON has no value for a number that is no double")
    number = float(value)
    if number == 0:
        return "0"
    sign = "-" if number < 0 else ""
    mantissa, _, exponent = f"{abs(number)!r}".partition("e")
    whole, _, fraction = mantissa.partition(".")
    fraction = fraction.rstrip("0") if fraction != "0" else ""
    digits = (whole + fraction).lstrip("0")
    # the value is 0.DIGITS times ten to the power of `point`
    point = len(whole) + int(exponent or 0) - (len(whole + fraction) - len(digits))
    digits = digits.rstrip("0")
    if len(digits) <= point <= _LARGEST_PLAIN:
        return sign + digits.ljust(point, "0")
    if 0 < point <= _LARGEST_PLAIN:
        return f"{sign}{digits[:point]}.{digits[point:]}"
    if _SMALLEST_PLAIN < point - 1 < 0:
        return f"{sign}0.{'0' * -point}{digits}"
    scientific = digits[0] + (f".{digits[1:]}" if len(digits) > 1 else "")
    return f"{sign}{scientific}e{'+' if point > 0 else '-'}{abs(point - 1)}"
