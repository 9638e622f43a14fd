"""What parses, to which tree, and what an author is told where it does not."""

import pickle
from contextlib import suppress

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from patterns_generated import expressions, printed

from app.stix.patterns import Pattern, PatternError, PatternLimits, parse_pattern, syntax
from app.stix.patterns.syntax import BooleanOperator, ComparisonOperator, Constant, ConstantType, ListIndex
from tests.support.cases import examples
from tests.support.growth import grows_as_its_text


def refusal(text: str, **options) -> PatternError:
    with pytest.raises(PatternError) as caught:
        parse_pattern(text, **options)
    return caught.value


def comparison(text: str) -> syntax.Comparison:
    expression = parse_pattern(f"[{text}]").expression
    assert isinstance(expression, syntax.Observation)
    assert isinstance(expression.comparison, syntax.Comparison)
    return expression.comparison


CONSTANTS = {
    "a string": ("'text'", ConstantType.STRING, "text"),
    "a string with an escaped quote": (r"'it\'s'", ConstantType.STRING, "it's"),
    "a string with an escaped backslash": (r"'C:\\x'", ConstantType.STRING, "C:\\x"),
    "an escaped backslash before the closing quote": (r"'C:\\'", ConstantType.STRING, "C:\\"),
    "two escapes side by side": (r"'\\\'n'", ConstantType.STRING, "\\'n"),
    "a string that holds a comment, brackets and a line break": ("'// [) /* \n'", ConstantType.STRING, "// [) /* \n"),
    "an empty string": ("''", ConstantType.STRING, ""),
    "an integer": ("12", ConstantType.INTEGER, 12),
    "an integer with a plus": ("+12", ConstantType.INTEGER, 12),
    "a negative integer": ("-12", ConstantType.INTEGER, -12),
    "a float": ("1.5", ConstantType.FLOAT, 1.5),
    "a float that starts with its point": ("-.5", ConstantType.FLOAT, -0.5),
    "a float with leading zeros": ("007.5", ConstantType.FLOAT, 7.5),
    "true": ("true", ConstantType.BOOLEAN, True),
    "false": ("false", ConstantType.BOOLEAN, False),
    "hex": ("h'00fF'", ConstantType.HEX, b"\x00\xff"),
    "empty hex": ("h''", ConstantType.HEX, b""),
    "binary": ("b'TWVudQ=='", ConstantType.BINARY, b"Menu"),
    "a timestamp": ("t'2024-01-15T12:30:45.1Z'", ConstantType.TIMESTAMP, "2024-01-15T12:30:45.1Z"),
    "a leap second": ("t'2016-12-31T23:59:60Z'", ConstantType.TIMESTAMP, "2016-12-31T23:59:60Z"),
}


@pytest.mark.parametrize(("text", "type_", "value"), CONSTANTS.values(), ids=CONSTANTS.keys())
def test_constants_are_read_as_what_they_stand_for(text, type_, value):
    assert comparison(f"x:a = {text}").constant == Constant(type_, value)


PATHS = {
    "one property": ("x:a", ("a",)),
    "steps": ("x:a.b.c", ("a", "b", "c")),
    "quoted names": ("x:'a-b'.'c d'", ("a-b", "c d")),
    "a quoted keyword": ("x:'AND'", ("AND",)),
    "a keyword in small letters": ("x:in.and", ("in", "and")),
    "list indexes": ("x:a[0][12]", ("a", 0, 12)),
    "any element": ("x:a[*].b", ("a", ListIndex.ANY, "b")),
    "blanks and comments between all of them": ("x /* c */ : a . b [ // c\n 0 ]", ("a", "b", 0)),
}


@pytest.mark.parametrize(("text", "steps"), PATHS.values(), ids=PATHS.keys())
def test_object_paths_are_their_steps(text, steps):
    assert comparison(f"{text} = 1").path == syntax.ObjectPath("x", steps)


def test_a_set_keeps_its_order_and_its_types():
    assert comparison("x:a NOT IN ('b', 1, true)") == syntax.Comparison(
        syntax.ObjectPath("x", ("a",)),
        ComparisonOperator.IN,
        True,
        (Constant(ConstantType.STRING, "b"), Constant(ConstantType.INTEGER, 1), Constant(ConstantType.BOOLEAN, True)),
    )
    assert comparison("x:a IN ()").constant == ()


def test_and_binds_tighter_than_or_and_or_tighter_than_followedby():
    one, two, three, four = (parse_pattern(f"[x:a = {n}]").expression for n in (1, 2, 3, 4))
    expression = parse_pattern("[x:a=1] FOLLOWEDBY [x:a=2] OR [x:a=3] AND [x:a=4]").expression
    both = syntax.ObservationGroup(BooleanOperator.AND, (three, four))
    either = syntax.ObservationGroup(BooleanOperator.OR, (two, both))
    assert expression == syntax.ObservationGroup(BooleanOperator.FOLLOWEDBY, (one, either))


def test_qualifiers_belong_to_the_one_observation_before_them():
    expression = parse_pattern("[x:a=1] AND [x:b=2] REPEATS 5 TIMES WITHIN 1.5 SECONDS").expression
    assert isinstance(expression, syntax.ObservationGroup)
    assert isinstance(expression.terms[0], syntax.Observation)
    assert isinstance(expression.terms[1], syntax.QualifiedObservation)
    assert expression.terms[1].qualifiers == (syntax.Repeats(5), syntax.Within(1.5))


SAME = {
    "= and ==": ("[x:a = 1]", "[x:a == 1]"),
    "!= and <>": ("[x:a != 1]", "[x:a <> 1]"),
    "with blanks and without": (
        "[x:a = 1 AND x:b IN (2, 3)] WITHIN 5 SECONDS",
        "[x:a=1AND x:b IN(2,3)]WITHIN 5SECONDS",
    ),
    "needless parentheses": ("[x:a = 1]", "(([((x:a = 1))]))"),
    "Unicode blanks": ("[x:a = 1]", "\u3000[x:a\u00a0=\u20281]\x85"),
    "comments": ("[x:a = 1]", "// one\n[x:a /* two */ = 1] // three"),
}


@pytest.mark.parametrize(("one", "other"), SAME.values(), ids=SAME.keys())
def test_two_ways_to_write_one_pattern(one, other):
    assert parse_pattern(one) == parse_pattern(other)


@settings(max_examples=examples(100), deadline=None)
@given(expressions)
def test_a_printed_tree_parses_to_the_same_tree(expression):
    assert parse_pattern(printed(expression)).expression == expression


REFUSALS = {
    "nothing": ("", 0, "ends at character 1, where an observation in square brackets"),
    "no brackets": ("x:a = 1", 0, "an observation in square brackets at character 1"),
    "two observations without an operator": ("[x:a=1] [x:b=1]", 8, "AND, OR, FOLLOWEDBY"),
    "an operator without its second operand": ("[x:a=1] AND", 11, "ends at character 12"),
    "a bracket that is not closed": ("[x:a=1", 6, "AND, OR or ]"),
    "a parenthesis that is not closed": ("([x:a=1]", 8, "closing parenthesis"),
    "a small keyword": ("[x:a=1 and x:b=1]", 7, "AND, OR or ] after a comparison at character 8, where 'and'"),
    "a dot in place of the colon": ("[file.size = 1]", 5, "a colon"),
    "a bare word as value": ("[x:a = abc]", 7, "a constant such as"),
    "an integer with a leading zero": ("[x:a = 05]", 7, "a constant such as"),
    "NOT before the path": ("[NOT x:a = 1]", 1, "an object type"),
    "a keyword as property": ("[x:START = 1]", 3, "a property name"),
    "a hyphen in a bare property": ("[x:a-b = 1]", 3, "in single quotes"),
    "a name outside ASCII": ("[x:é = 1]", 3, "'é'"),
    "an unquoted hyphen before the type": ("[-x:a = 1]", 1, "'-'"),
    "a negative list index": ("[x:a[-1] = 1]", 5, "a list index"),
    "an order of booleans": ("[x:a < true]", 7, "has an order after <"),
    "LIKE with no string": ("[x:a LIKE 5]", 10, "a string in single quotes after LIKE"),
    "a set that is not closed": ("[x:a IN (1 2)]", 11, "a comma or )"),
    "a set with a comma at its end": ("[x:a IN (1,)]", 11, "a constant such as"),
    "a string that is not closed": ("[x:a = 'abc]", 7, "is not closed"),
    "a single backslash": (r"[x:a = 'C:\temp']", 7, "backslash that is not doubled"),
    "double quotes": ('[x:a = "b"]', 7, "single quotes"),
    "a brace": ("[x:a = {0}]", 7, "'{'"),
    "half a byte of hex": ("[x:a = h'0']", 7, "hex constant"),
    "empty base64": ("[x:a = b'']", 7, "not base64"),
    "a month 13": ("[x:a = t'2024-13-01T00:00:00Z']", 7, "timestamp at character 8"),
    "no operator": ("[x:a]", 4, "a comparison operator"),
    "a comment without its end": ("[x:a=1] /* ", 8, "'/'"),
    "within none": ("[x:a=1] WITHIN 0 SECONDS", 15, "above zero"),
    "within minutes": ("[x:a=1] WITHIN 5 MINUTES", 17, "SECONDS"),
    "repeats none": ("[x:a=1] REPEATS 0 TIMES", 16, "above zero"),
    "half a repeat": ("[x:a=1] REPEATS 1.5 TIMES", 16, "whole number"),
    "one qualifier twice": ("[x:a=1] REPEATS 2 TIMES REPEATS 2 TIMES", 24, "a second time"),
    "START without STOP": ("[x:a=1] START t'2024-01-01T00:00:00Z'", 37, "the word STOP"),
    "START as a string": ("[x:a=1] START '2024-01-01T00:00:00Z' STOP '2024-01-02T00:00:00Z'", 14, "a timestamp"),
    "a short hash": ("[file:hashes.MD5 = 'f00']", 19, "no MD5 hash"),
    "a short hash in a set": (f"[file:hashes.MD5 IN ('{'0' * 32}', 'f00')]", 20, "no MD5 hash"),
    "a hash with a line break": (f"[file:hashes.MD5 = '{'0' * 32}\n']", 19, "no MD5 hash"),
    "a hash that is no string": ("[file:hashes.md5 = 5]", 19, "no MD5 hash"),
}


@pytest.mark.parametrize(("text", "position", "part"), REFUSALS.values(), ids=REFUSALS.keys())
def test_a_refusal_says_where_and_what(text, position, part):
    error = refusal(text)
    assert error.position == position
    assert part in error.message
    assert f"at character {position + 1}" in error.message
    assert error.message.endswith(".")
    assert "\n" not in error.message


def test_a_refusal_travels_between_processes():
    error = pickle.loads(pickle.dumps(refusal("[x:a]")))
    assert (error.position, error.message) == (4, refusal("[x:a]").message)


VERSIONS = {
    "EXISTS came with 2.1": ("[EXISTS x:a]", False, True),
    "NOT EXISTS came with 2.1": ("[NOT EXISTS x:a]", False, True),
    "EXISTS is a name in 2.0": ("[EXISTS:EXISTS = 1]", True, False),
    "a qualifier may stand twice in 2.0": ("[x:a=1] REPEATS 2 TIMES REPEATS 2 TIMES", True, False),
    "2.0 also writes START and STOP as strings": (
        "[x:a=1] START '2024-01-01T00:00:00Z' STOP '2024-01-02T00:00:00Z'",
        True,
        False,
    ),
    "a string that is no timestamp starts nothing": ("[x:a=1] START 'now' STOP '2024-01-02T00:00:00Z'", False, False),
    "both write them as timestamps": (
        "[x:a=1] START t'2024-01-01T00:00:00Z' STOP t'2024-01-02T00:00:00Z'",
        True,
        True,
    ),
}


def accepted(text: str, version: str) -> bool:
    try:
        parse_pattern(text, version=version)
    except PatternError:
        return False
    return True


@pytest.mark.parametrize(("text", "in_20", "in_21"), VERSIONS.values(), ids=VERSIONS.keys())
def test_what_the_versions_do_differently(text, in_20, in_21):
    assert (accepted(text, "2.0"), accepted(text, "2.1")) == (in_20, in_21)


def nested(depth: int) -> str:
    outer, inner = depth // 2, depth - depth // 2
    return "(" * outer + "[" + "(" * inner + "x:a=1" + ")" * inner + "]" + ")" * outer


LIMITS = PatternLimits(pattern_chars_max=50, depth_max=6, number_chars_max=5)
BOUNDS = {
    "length": (f"[x:a='{'b' * 42}']", f"[x:a='{'b' * 43}']", "may have 50"),
    "depth": (nested(6), nested(7), "6 deep"),
    "digits of a constant": ("[x:a=12345]", "[x:a=123456]", "more than 5"),
    "digits of a list index": ("[x:a[12345]=1]", "[x:a[123456]=1]", "more than 5"),
    "digits of a qualifier": ("[x:a=1]WITHIN 12345 SECONDS", "[x:a=1]WITHIN 123456 SECONDS", "more than 5"),
}


@pytest.mark.parametrize(("at", "past", "part"), BOUNDS.values(), ids=BOUNDS.keys())
def test_limits_hold_at_the_bound_and_refuse_just_past_it(at, past, part):
    assert isinstance(parse_pattern(at, LIMITS), Pattern)
    assert part in refusal(past, limits=LIMITS).message


def test_the_deepest_pattern_fits_on_the_stack_and_its_tree_can_be_used():
    text = "[x:a=1]"
    for number in range(100):
        text = f"({text} {('AND', 'OR')[number % 2]} [x:b={number}])"
    pattern = parse_pattern(text)
    assert pattern == parse_pattern(text)
    assert hash(pattern) == hash(parse_pattern(text))
    assert "100 deep" in refusal(f"({text})").message


LINEAR = {
    "comparisons joined by OR": lambda n: f"[{' OR '.join(['x:a = 1'] * n)}]",
    "comparisons joined by AND and OR": lambda n: f"[{' AND x:b = 2 OR '.join(['x:a = 1'] * n)}]",
    "observations joined by FOLLOWEDBY": lambda n: " FOLLOWEDBY ".join(["[x:a = 1]"] * n),
    "a long set": lambda n: f"[x:a IN ({', '.join(['1'] * n)})]",
    "a long path": lambda n: f"[x:a{'.b[*]' * n} = 1]",
    "steps that are references": lambda n: f"[x:a{'.src_ref' * n} = 1]",
    "a long string": lambda n: f"[x:a = '{'bcde' * 4 * n}']",
    "a long string of escapes that is not closed": lambda n: "[x:a = '" + r"\\b" * 8 * n,
    "opening quotes": lambda n: "'" * 16 * n,
    "backslashes and quotes": lambda n: r"'\n" * 8 * n,
    "comments without an end": lambda n: "[x:a=1]" + "/* " * 8 * n,
    "comments": lambda n: "[x:a=1]" + "/* */" * 8 * n,
    "blanks at the end": lambda n: "[x:a=1]" + " " * 32 * n + "!",
    "zeros": lambda n: "[x:a = " + "0" * 32 * n,
    "numbers with points": lambda n: "[x:a = " + "1." * 16 * n,
    "hex without an end": lambda n: "[x:a = h'" + "00" * 16 * n,
    "base64 without an end": lambda n: "[x:a = b'" + "AAAA" * 8 * n,
    "starts of hex": lambda n: "h'0" * 16 * n,
    "opening parentheses": lambda n: "(" * 32 * n,
    "qualifiers": lambda n: "([x:a=1])" + " WITHIN 1 SECONDS" * n,
}


def parse_or_refuse(text: str) -> None:
    with suppress(PatternError):
        parse_pattern(text, PatternLimits(pattern_chars_max=10**7))


@pytest.mark.parametrize("text_of", LINEAR.values(), ids=LINEAR.keys())
def test_the_time_grows_as_the_text(text_of):
    assert grows_as_its_text(parse_or_refuse, text_of, 500)


KEYWORDS = ("AND", "OR", "NOT", "EXISTS", "IN", "LIKE", "FOLLOWEDBY", "WITHIN", "SECONDS", "REPEATS", "TIMES", "START")
PIECES = ("x", "x:a", "h'", "b'", "t'", "STOP", "true", "hashes", "MD5", "//", "/*", "*/", "{at}", "%s")
ALPHABET = st.sampled_from([*"[]()'\\.,:*=<>!+-/ 05\"é\x00\ud800\n", *KEYWORDS, *PIECES])


@settings(max_examples=examples(400), deadline=None)
@given(
    st.one_of(st.text(), st.lists(ALPHABET, max_size=30).map("".join), st.lists(ALPHABET, max_size=30).map(" ".join)),
    st.sampled_from(["2.0", "2.1"]),
)
@example("[x:a = 1" + "0" * 5000 + "]", "2.1")
@example("[x:a[1" + "0" * 5000 + "] = 1]", "2.1")
@example("[x:a = 1] REPEATS 1" + "0" * 5000 + " TIMES", "2.1")
@example("[x:a = 1" + "0" * 500 + ".0]", "2.1")
@example("(" * 5000, "2.1")
@example("[" + "(" * 5000, "2.1")
@example("[x:a = '{found} {at} {0}", "2.1")
def test_any_text_is_a_pattern_or_a_refusal_with_a_position_in_it(text, version):
    try:
        outcome = parse_pattern(text, version=version)
    except PatternError as error:
        outcome = error
    assert isinstance(outcome, Pattern) or 0 <= outcome.position <= len(text)
