"""A whole pattern: observation expressions with their qualifiers (STIX 2.1 section 9.5)."""

from dataclasses import dataclass

from app.stix.patterns import syntax
from app.stix.patterns.comparisons import ComparisonParser
from app.stix.patterns.constants import integer_of, number_of, timestamp_of
from app.stix.patterns.errors import DEFAULT_LIMITS, PatternError, PatternLimits
from app.stix.patterns.lexer import PatternVersion
from app.stix.patterns.observables import Observable, observables_of
from app.stix.patterns.refusals import Stop
from app.stix.patterns.syntax import BooleanOperator

_AND_OR_FOLLOWEDBY = (BooleanOperator.AND, BooleanOperator.OR, BooleanOperator.FOLLOWEDBY)
_QUALIFIERS = frozenset({"WITHIN", "REPEATS", "START"})


@dataclass(frozen=True, slots=True)
class Pattern:
    """A pattern that was understood: its syntax tree, the observables that it names, and every comparison in it."""

    expression: syntax.ObservationExpression
    observables: frozenset[Observable]
    comparisons: tuple[syntax.Comparison, ...]


def parse_pattern(text: str, limits: PatternLimits = DEFAULT_LIMITS, version: PatternVersion = "2.1") -> Pattern:
    """Read a pattern of STIX 2.1 section 9, or of STIX 2.0 part 5 with `version="2.0"`.

    Raises PatternError where the text is no pattern or is past the limits, and nothing else on any text.
    """
    if len(text) > limits.pattern_chars_max:
        message = (
            f"The pattern has {len(text)} characters and may have {limits.pattern_chars_max}; split it into several."
        )
        raise PatternError(limits.pattern_chars_max, message)
    parser = _PatternParser(text, limits, version)
    try:
        expression = parser.pattern()
    except Stop as stop:
        raise stop.error_in(text) from None
    return Pattern(expression, observables_of(parser.comparisons), tuple(parser.comparisons))


class _PatternParser(ComparisonParser):
    __slots__ = ()

    def pattern(self) -> syntax.ObservationExpression:
        """The whole text as one observation expression."""
        expression = self._observation_expressions()
        if self.lexemes[self.index]:
            self.stop("AND, OR, FOLLOWEDBY, a qualifier or the end of the pattern")
        return expression

    def _observation_expressions(self) -> syntax.ObservationExpression:
        return self.chain(self._observation_expression, _AND_OR_FOLLOWEDBY, syntax.ObservationGroup)

    def _observation_expression(self) -> syntax.ObservationExpression:
        expression: syntax.ObservationExpression
        lexeme = self.lexemes[self.index]
        if lexeme == "[":
            self.index += 1
            comparison = self.comparison_expression()
            self.expect("]", "AND, OR or ] after a comparison")
            expression = syntax.Observation(comparison)
        elif lexeme == "(":
            expression = self.parenthesised(self._observation_expressions)
        else:
            self.stop("an observation in square brackets")
        if self.lexemes[self.index] in _QUALIFIERS:
            return syntax.QualifiedObservation(expression, self._qualifiers(simple=lexeme == "["))
        return expression

    def _qualifiers(self, *, simple: bool) -> tuple[syntax.Qualifier, ...]:
        found: list[syntax.Qualifier] = []
        seen: set[str] = set()
        while (lexeme := self.lexemes[self.index]) in _QUALIFIERS:
            if lexeme in seen and simple and self.version == "2.1":
                raise Stop(
                    self.index, f"{lexeme} stands a second time on one observation {{at}}; leave one of them out."
                )
            seen.add(lexeme)
            found.append(self._qualifier(lexeme))
        return tuple(found)

    def _qualifier(self, keyword: str) -> syntax.Qualifier:
        self.index += 1
        if keyword == "START":
            return self._start_stop()
        lexeme = self.lexemes[self.index]
        self.check_number_length(lexeme)
        if keyword == "WITHIN":
            seconds = number_of(lexeme)
            if seconds is None or seconds <= 0:
                self.stop("a number of seconds above zero")
            self.index += 1
            self.expect("SECONDS", "the word SECONDS")
            return syntax.Within(seconds)
        times = integer_of(lexeme)
        if times is None or times <= 0:
            self.stop("a whole number of times above zero")
        self.index += 1
        self.expect("TIMES", "the word TIMES")
        return syntax.Repeats(times)

    def _start_stop(self) -> syntax.StartStop:
        start = self._timestamp()
        self.expect("STOP", "the word STOP")
        return syntax.StartStop(start, self._timestamp())

    def _timestamp(self) -> str:
        timestamp = timestamp_of(self.lexemes[self.index], string_too=self.version == "2.0")
        if timestamp is None:
            self.stop("a timestamp such as t'2024-01-15T12:30:45Z'")
        self.index += 1
        return timestamp
