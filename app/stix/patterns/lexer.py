"""Text to lexemes, and back to positions when something is wrong.

A lexeme is its own text: lexemes of different kinds never look alike. Whitespace and comments (`// …`, `/* … */`) stand
between any two lexemes. The list ends with an empty lexeme.

Text that no lexeme can start with becomes one last lexeme up to the end. That keeps the time linear (nothing is scanned
again for a closing quote that is not there), and the parser refuses it because it looks like no lexeme.
"""

import re
from typing import Literal, TypeAlias

_BLANK = (
    r"(?:[ \t\r\n\x0b\x0c\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]++"
    r"|//[^\r\n]*+"
    r"|/\*(?s:.*?)\*/)*+"
)
TIMESTAMP = (
    r"[0-9]{4}-(?:0[1-9]|1[012])-(?:0[1-9]|[12][0-9]|3[01])"
    r"T(?:[01][0-9]|2[0-3]):[0-5][0-9]:(?:[0-5][0-9]|60)(?:\.[0-9]++)?Z"
)
_LEXEME = (
    r"h'(?:[A-Fa-f0-9]{2})*+'"
    r"|b'(?!')(?:[A-Za-z0-9+/]{4})*+(?:[A-Za-z0-9+/]{3}=|[A-Za-z0-9+/]{2}==)?'"
    rf"|t'{TIMESTAMP}'"
    r"|[a-zA-Z_][a-zA-Z0-9_-]*+"
    r"|[+-]?(?:[0-9]++(?:\.[0-9]++)?|\.[0-9]++)"
    r"|'[^'\\]*+(?:\\['\\][^'\\]*+)*+'"
    r"|[\[\]():.,*]|==?|!=|<[=>]?|>=?"
)
_LEXER = re.compile(rf"{_BLANK}({_LEXEME}|\Z|(?s:.++))")
_WHOLE_LEXEME = re.compile(_LEXEME)

PatternVersion: TypeAlias = Literal["2.0", "2.1"]
"""The version of STIX whose patterning language a text is in."""

_KEYWORDS = (
    frozenset({"AND", "OR", "NOT", "FOLLOWEDBY"})
    | {"IN", "LIKE", "MATCHES", "ISSUBSET", "ISSUPERSET"}
    | {"START", "STOP", "WITHIN", "SECONDS", "REPEATS", "TIMES"}
    | {"true", "false", "LAST"}
)
KEYWORDS: dict[PatternVersion, frozenset[str]] = {"2.0": _KEYWORDS, "2.1": _KEYWORDS | {"EXISTS"}}
"""Words that name no object type and no property unless they are quoted; they are case-sensitive."""

lexemes_of = _LEXER.findall
"""`lexemes_of(text)`: the lexemes of the text, and an empty one."""


def position_of(text: str, index: int) -> int:
    """Where the lexeme with this index starts, counted in characters from 0."""
    for number, match in enumerate(_LEXER.finditer(text)):
        if number == index:
            return match.start(1)
    return len(text)


def is_lexeme(text: str) -> bool:
    """Whether this lexeme is one of the language, and not the end nor a rest that is none."""
    return _WHOLE_LEXEME.fullmatch(text) is not None
