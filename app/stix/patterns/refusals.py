"""Where the parser stops, and the sentence for it.

The parser raises `Stop` with the index of a lexeme. The sentence names a character; characters are counted only when
the parse has failed.
"""

from collections.abc import Sequence

from app.stix.patterns.errors import PatternError
from app.stix.patterns.lexer import is_lexeme, position_of

_SHOWN_CHARS_MAX = 40
_MALFORMED = {
    "b": "The binary constant {at} is not base64; write it as in b'TWVudQ=='.",
    "h": "The hex constant {at} is not made of pairs of hexadecimal digits; write it as in h'0F1E'.",
    "t": "The timestamp {at} is not of the form t'2024-01-15T12:30:45.123Z'; write all of it.",
}


class Stop(Exception):
    """The parser can't go on at the lexeme with this index.

    `sentence` has a place `{at}` for the character; `found`, the text that stands there, fills a place `{found}`.
    """

    def __init__(self, index: int, sentence: str, found: str = "") -> None:
        self.index = index
        self.sentence = sentence
        self.found = found
        super().__init__(sentence)

    def error_in(self, text: str) -> PatternError:
        """The error for whoever wrote this text."""
        position = position_of(text, self.index)
        return PatternError(position, self.sentence.format(at=f"at character {position + 1}", found=self.found))


def unexpected(lexemes: Sequence[str], index: int, wanted: str) -> Stop:
    """Stop at a lexeme that stands where `wanted` should; `wanted` holds no braces."""
    lexeme = lexemes[index]
    before = lexemes[index - 1] if index else ""
    if not lexeme and before.startswith("'") and not is_lexeme(before):
        # a string that is none was taken for one; it reaches to the end of the text
        return unexpected(lexemes, index - 1, wanted)
    if not lexeme:
        return Stop(index, f"The pattern ends {{at}}, where {wanted} should stand.")
    shown = repr(lexeme[:_SHOWN_CHARS_MAX])
    if is_lexeme(lexeme):
        if lexeme in _MALFORMED and lexemes[index + 1].startswith("'"):
            return Stop(index, _MALFORMED[lexeme])
        return Stop(index, f"Write {wanted} {{at}}, where {{found}} stands.", shown)
    if lexeme.startswith("'"):
        sentence = (
            "The string {at} is not closed, or has a backslash that is not doubled; "
            r"in a pattern, write ' as \' and \ as \\ inside a string."
        )
        return Stop(index, sentence)
    if lexeme.startswith('"'):
        return Stop(index, "The double quote {at} quotes nothing in a pattern; write single quotes.")
    return Stop(
        index, "Take out or put into a string the sign {found} {at}; no word of a pattern has it.", repr(lexeme[0])
    )
