"""Where the parser stands in the lexemes, and what its rules share."""

from collections.abc import Callable
from typing import NoReturn, TypeVar

from app.stix.patterns.errors import PatternLimits
from app.stix.patterns.lexer import KEYWORDS, PatternVersion, lexemes_of
from app.stix.patterns.refusals import Stop, unexpected
from app.stix.patterns.syntax import BooleanOperator

_Expression = TypeVar("_Expression")


class Cursor:
    """A place in the lexemes of one text. `lexemes[index]` is the next one to read; the last one is empty."""

    __slots__ = ("depth", "index", "keywords", "lexemes", "limits", "version")

    def __init__(self, text: str, limits: PatternLimits, version: PatternVersion) -> None:
        self.lexemes: list[str] = lexemes_of(text)
        self.index = 0
        self.depth = 0
        self.limits = limits
        self.version = version
        self.keywords = KEYWORDS[version]

    def chain(
        self,
        operand: Callable[[], _Expression],
        operators: tuple[BooleanOperator, ...],
        group: Callable[[BooleanOperator, tuple[_Expression, ...]], _Expression],
    ) -> _Expression:
        """Operands joined by `operators`, the tightest first; a chain of any length takes no depth."""
        pending: list[list[_Expression]] = [[] for _ in operators]
        while True:
            expression = operand()
            lexeme = self.lexemes[self.index]
            for operator, terms in zip(operators, pending, strict=True):
                if lexeme == operator:
                    terms.append(expression)
                    self.index += 1
                    break
                if terms:
                    expression = group(operator, (*terms, expression))
                    terms.clear()
            else:
                return expression

    def parenthesised(self, inner: Callable[[], _Expression]) -> _Expression:
        """What stands in parentheses; stops where they nest too deep. The cursor is at the opening one."""
        if self.depth >= self.limits.depth_max:
            raise Stop(self.index, f"Parentheses may nest {self.limits.depth_max} deep and go deeper {{at}}.")
        self.index += 1
        self.depth += 1
        expression = inner()
        self.depth -= 1
        self.expect(")", "AND, OR or a closing parenthesis")
        return expression

    def is_name(self, lexeme: str) -> bool:
        """Whether this lexeme can stand unquoted as a property name."""
        return lexeme.isidentifier() and lexeme.isascii() and lexeme not in self.keywords

    def check_number_length(self, lexeme: str) -> None:
        """Stop before a number whose conversion would take long; Python's own limit raises another error."""
        if len(lexeme) > self.limits.number_chars_max and lexeme[0] in "+-.0123456789":
            raise Stop(self.index, f"The number {{at}} has more than {self.limits.number_chars_max} characters.")

    def expect(self, lexeme: str, wanted: str) -> None:
        """Step over this lexeme, or stop."""
        if self.lexemes[self.index] != lexeme:
            self.stop(wanted)
        self.index += 1

    def stop(self, wanted: str) -> NoReturn:
        """Stop at the present lexeme: `wanted` should stand here."""
        raise unexpected(self.lexemes, self.index, wanted)
