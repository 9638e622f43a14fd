"""Lexemes to constants: escapes undone, numbers read, hex and base64 decoded (STIX 2.1 section 9.2).

Each function gives None where the lexeme is no constant of its kind; the parser knows where that is and says so.
"""

import re
from base64 import b64decode

from app.stix.patterns.lexer import TIMESTAMP
from app.stix.patterns.syntax import Constant, ConstantType

_INTEGER = re.compile(r"[+-]?(?:0|[1-9][0-9]*)")
_FLOAT = re.compile(r"[+-]?[0-9]*\.[0-9]+")
_ESCAPE = re.compile(r"\\(.)", re.DOTALL)
_TIMESTAMP_IN_STRING = re.compile(rf"'({TIMESTAMP})'")
_BOOLEANS = {
    "true": Constant(ConstantType.BOOLEAN, True),
    "false": Constant(ConstantType.BOOLEAN, False),
}


def string_of(lexeme: str) -> str | None:
    r"""What a string lexeme says: `'it\'s'` is `it's`. Only a quote and a backslash are escaped in a pattern."""
    if lexeme[:1] != "'":
        return None
    inner = lexeme[1:-1]
    return _ESCAPE.sub(r"\1", inner) if "\\" in inner else inner


def integer_of(lexeme: str) -> int | None:
    """The integer that a lexeme says, without leading zeros."""
    return int(lexeme) if _INTEGER.fullmatch(lexeme) else None


def number_of(lexeme: str) -> int | float | None:
    """The number that a lexeme says."""
    if _FLOAT.fullmatch(lexeme):
        return float(lexeme)
    return integer_of(lexeme)


def timestamp_of(lexeme: str, *, string_too: bool) -> str | None:
    """The timestamp that a lexeme says; STIX 2.0 also writes it as a string (`string_too`) in START and STOP."""
    if lexeme.startswith("t'"):
        return lexeme[2:-1]
    match = _TIMESTAMP_IN_STRING.fullmatch(lexeme) if string_too else None
    return match[1] if match else None


def constant_of(lexeme: str) -> Constant | None:
    """The constant that a lexeme says, of whatever type."""
    string = string_of(lexeme)
    if string is not None:
        return Constant(ConstantType.STRING, string)
    if lexeme[-1:] == "'":
        return _quoted(lexeme)
    number = number_of(lexeme)
    if number is None:
        return _BOOLEANS.get(lexeme)
    return Constant(ConstantType.INTEGER if isinstance(number, int) else ConstantType.FLOAT, number)


def _quoted(lexeme: str) -> Constant | None:
    inner = lexeme[2:-1]
    match lexeme[:2]:
        case "h'":
            return Constant(ConstantType.HEX, bytes.fromhex(inner))
        case "b'":
            return Constant(ConstantType.BINARY, b64decode(inner))
        case "t'":
            return Constant(ConstantType.TIMESTAMP, inner)
        case _:
            # a rest that is no lexeme and happens to end in a quote
            return None
