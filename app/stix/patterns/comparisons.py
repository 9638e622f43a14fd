"""What stands in square brackets: comparison expressions, object paths, constants (STIX 2.1 sections 9.6, 9.7)."""

from app.stix.patterns import syntax
from app.stix.patterns.constants import constant_of, integer_of, string_of
from app.stix.patterns.cursor import Cursor
from app.stix.patterns.errors import PatternLimits
from app.stix.patterns.hashes import malformed_hash
from app.stix.patterns.lexer import PatternVersion
from app.stix.patterns.refusals import Stop
from app.stix.patterns.syntax import BooleanOperator, ComparisonOperator

_AND_OR = (BooleanOperator.AND, BooleanOperator.OR)
_OPERATORS = {operator.value: operator for operator in ComparisonOperator} | {
    "==": ComparisonOperator.EQUAL,
    "<>": ComparisonOperator.NOT_EQUAL,
}
_EQUALITY = frozenset({ComparisonOperator.EQUAL, ComparisonOperator.NOT_EQUAL})
_ORDER = frozenset(
    {
        ComparisonOperator.GREATER,
        ComparisonOperator.LESS,
        ComparisonOperator.GREATER_OR_EQUAL,
        ComparisonOperator.LESS_OR_EQUAL,
    }
)


class ComparisonParser(Cursor):
    """Reads comparison expressions, and keeps every comparison that it has read."""

    __slots__ = ("comparisons",)

    def __init__(self, text: str, limits: PatternLimits, version: PatternVersion) -> None:
        super().__init__(text, limits, version)
        self.comparisons: list[syntax.Comparison] = []

    def comparison_expression(self) -> syntax.ComparisonExpression:
        """Terms joined by AND and OR; AND binds tighter."""
        return self.chain(self._term, _AND_OR, syntax.ComparisonGroup)

    def _term(self) -> syntax.ComparisonExpression:
        lexemes = self.lexemes
        lexeme = lexemes[self.index]
        if lexeme == "(":
            return self.parenthesised(self.comparison_expression)
        if self.version == "2.1":
            negated = lexeme == "NOT"
            if lexemes[self.index + negated] == "EXISTS":
                self.index += 1 + negated
                return syntax.Exists(self._object_path(), negated)
        return self._comparison()

    def _comparison(self) -> syntax.Comparison:
        path = self._object_path()
        lexemes = self.lexemes
        negated = lexemes[self.index] == "NOT"
        if negated:
            self.index += 1
        operator = _OPERATORS.get(lexemes[self.index])
        if operator is None:
            self.stop("a comparison operator such as = or IN, or a further step of the path")
        self.index += 1
        first = self.index
        constant = self._set() if operator is ComparisonOperator.IN else self._constant(operator)
        comparison = syntax.Comparison(path, operator, negated, constant)
        algorithm = malformed_hash(comparison)
        if algorithm is not None:
            raise Stop(first, f"A value {{at}} is no {algorithm.name} hash; write a whole one, as a string.")
        self.comparisons.append(comparison)
        return comparison

    def _object_path(self) -> syntax.ObjectPath:
        lexemes = self.lexemes
        lexeme = lexemes[self.index]
        if not self.is_name(lexeme.replace("-", "_")) or lexeme[0] == "-":
            self.stop("an object type such as ipv4-addr")
        self.index += 1
        self.expect(":", "a colon between the object type and the property")
        steps: list[syntax.Step] = [self._property_name()]
        while (separator := lexemes[self.index]) == "." or separator == "[":
            self.index += 1
            steps.append(self._property_name() if separator == "." else self._list_index())
        return syntax.ObjectPath(lexeme, tuple(steps))

    def _property_name(self) -> str:
        lexeme = self.lexemes[self.index]
        if self.is_name(lexeme):
            self.index += 1
            return lexeme
        name = string_of(lexeme)
        if name is None:
            self.stop("a property name (in single quotes if it holds a hyphen, another sign or is a keyword)")
        self.index += 1
        return name

    def _list_index(self) -> int | syntax.ListIndex:
        lexeme = self.lexemes[self.index]
        self.check_number_length(lexeme)
        index = syntax.ListIndex.ANY if lexeme == "*" else integer_of(lexeme)
        if index is None or lexeme[0] == "-":
            self.stop("a list index: * or a whole number from 0")
        self.index += 1
        self.expect("]", "] after the list index")
        return index

    def _set(self) -> tuple[syntax.Constant, ...]:
        self.expect("(", "a set in parentheses such as ('a', 'b')")
        members: list[syntax.Constant] = []
        if self.lexemes[self.index] == ")":
            self.index += 1
            return ()
        while True:
            members.append(self._constant(ComparisonOperator.EQUAL))
            if self.lexemes[self.index] != ",":
                self.expect(")", "a comma or ) after a member of the set")
                return tuple(members)
            self.index += 1

    def _constant(self, operator: ComparisonOperator) -> syntax.Constant:
        lexeme = self.lexemes[self.index]
        self.check_number_length(lexeme)
        constant = constant_of(lexeme)
        if constant is None:
            self.stop("a constant such as 'text', 12, 1.5, true, h'0F', b'TWVudQ==' or t'2024-01-15T12:30:45Z'")
        if operator not in _EQUALITY:
            if operator in _ORDER:
                if constant.type is syntax.ConstantType.BOOLEAN:
                    self.stop(f"a constant that has an order after {operator}")
            elif constant.type is not syntax.ConstantType.STRING:
                self.stop(f"a string in single quotes after {operator}")
        self.index += 1
        return constant
