"""The STIX patterning language: STIX 2.1 section 9, and STIX 2.0 part 5 by `version="2.0"`.

`parse_pattern(text)` gives a `Pattern`: the syntax tree, the observables that the pattern names, and its
comparisons. It raises `PatternError`, and nothing else, on every other text. Reading order: `syntax` (the tree),
`lexer`, `constants`, `parser`, `hashes`, `observables`.

The time is linear in the length of the text. Chains of AND, OR and FOLLOWEDBY are read in a loop, so that their length
is bounded by the text alone; only parentheses nest, and their depth is bounded.

What is checked beyond the grammar:

* a hash is a string of the form that its algorithm gives it (`=`, `!=`, the order operators and IN),
* WITHIN and REPEATS are above zero, and a list index is not below it (sections 9.5.1 and 9.7.2),
* 2.1 only: no qualifier stands twice on one bracketed observation.

What is not, as the OASIS reference accepts it and producers write it: whether a set is of one type, whether the
comparisons that one AND joins are of one object type, whether a date is in the calendar, whether STOP is later than
START. Nor whether object types and properties exist: custom content is accepted.
"""

from app.stix.patterns.errors import PatternError, PatternLimits
from app.stix.patterns.observables import Observable
from app.stix.patterns.parser import Pattern, parse_pattern

__all__ = ["Observable", "Pattern", "PatternError", "PatternLimits", "parse_pattern"]
