"""Random patterns: strategies for the syntax tree, and the printer that turns a tree into text."""

import base64
import re
from decimal import Decimal

from hypothesis import strategies as st

from app.stix.patterns import syntax
from app.stix.patterns.lexer import KEYWORDS
from app.stix.patterns.syntax import BooleanOperator, ComparisonOperator, Constant, ConstantType, ListIndex

TIGHTNESS = {BooleanOperator.AND: 0, BooleanOperator.OR: 1, BooleanOperator.FOLLOWEDBY: 2}
IDENTIFIER = re.compile(r"[a-zA-Z_][a-zA-Z0-9_]*")

object_types = st.sampled_from(["x", "ipv4-addr", "_", "X-y_0-", "and", "h", "b", "t"])
names = st.sampled_from(["value", "_", "A0", "in", "h", "b", "t", "AND", "a-b", ""]) | st.text(max_size=5)
steps = names | st.integers(0, 999) | st.just(ListIndex.ANY)
paths = st.builds(
    lambda kind, first, rest: syntax.ObjectPath(kind, (first, *rest)),
    object_types,
    names,
    st.lists(steps, max_size=3),
)
fractions = st.decimals(-(10**9), 10**9, places=6).map(float)
instants = st.datetimes().map(lambda instant: instant.strftime("%Y").zfill(4) + instant.strftime("-%m-%dT%H:%M:%S.%fZ"))
strings = st.builds(Constant, st.just(ConstantType.STRING), st.text(max_size=12))
ordered = (
    strings
    | st.builds(Constant, st.just(ConstantType.INTEGER), st.integers(-(10**20), 10**20))
    | st.builds(Constant, st.just(ConstantType.FLOAT), fractions)
    | st.builds(Constant, st.just(ConstantType.HEX), st.binary(max_size=5))
    | st.builds(Constant, st.just(ConstantType.BINARY), st.binary(min_size=1, max_size=5))
    | st.builds(Constant, st.just(ConstantType.TIMESTAMP), instants)
)
constants = ordered | st.builds(Constant, st.just(ConstantType.BOOLEAN), st.booleans())


def comparisons_with(operators: tuple[str, ...], constant: st.SearchStrategy) -> st.SearchStrategy:
    chosen = st.sampled_from([ComparisonOperator(operator) for operator in operators])
    return st.builds(syntax.Comparison, paths, chosen, st.booleans(), constant)


def groups(operators: list[BooleanOperator], group: type) -> object:
    return lambda inner: st.builds(
        group, st.sampled_from(operators), st.lists(inner, min_size=2, max_size=4).map(tuple)
    )


comparisons = st.recursive(
    comparisons_with(("=", "!="), constants)
    | comparisons_with((">", "<", ">=", "<="), ordered)
    | comparisons_with(("IN",), st.lists(constants, max_size=3).map(tuple))
    | comparisons_with(("LIKE", "MATCHES", "ISSUBSET", "ISSUPERSET"), strings)
    | st.builds(syntax.Exists, paths, st.booleans()),
    groups([BooleanOperator.AND, BooleanOperator.OR], syntax.ComparisonGroup),
    max_leaves=6,
)
qualifiers = (
    st.builds(syntax.Within, st.integers(1, 10**6) | fractions.filter(lambda seconds: seconds > 0))
    | st.builds(syntax.Repeats, st.integers(1, 1000))
    | st.builds(syntax.StartStop, instants, instants)
)
observations = st.builds(syntax.Observation, comparisons)


def qualified_or_grouped(inner: st.SearchStrategy) -> st.SearchStrategy:
    group = groups(list(BooleanOperator), syntax.ObservationGroup)(inner)
    several = st.lists(qualifiers, min_size=1, max_size=3)
    return (
        group
        | st.builds(syntax.QualifiedObservation, observations, several.map(one_of_each).map(tuple))
        | st.builds(syntax.QualifiedObservation, group, several.map(tuple))
    )


def one_of_each(found: list[syntax.Qualifier]) -> list[syntax.Qualifier]:
    return list({type(qualifier): qualifier for qualifier in found}.values())


expressions = st.recursive(observations, qualified_or_grouped, max_leaves=5)


def printed(node: object) -> str:
    match node:
        case syntax.Observation(comparison):
            return f"[{printed(comparison)}]"
        case syntax.QualifiedObservation(observation, found):
            inner = printed(observation)
            text = inner if isinstance(observation, syntax.Observation) else f"({inner})"
            return " ".join([text, *map(printed, found)])
        case syntax.ObservationGroup(operator, terms) | syntax.ComparisonGroup(operator, terms):
            return f" {operator} ".join(printed_term(term, operator) for term in terms)
        case syntax.Exists(path, negated):
            return f"{'NOT ' * negated}EXISTS {printed(path)}"
        case syntax.Comparison(path, operator, negated, constant):
            return f"{printed(path)} {'NOT ' * negated}{operator} {printed(constant)}"
        case syntax.Within(seconds):
            return f"WITHIN {printed_number(seconds)} SECONDS"
        case syntax.Repeats(times):
            return f"REPEATS {times} TIMES"
        case syntax.StartStop(start, stop):
            return f"START t'{start}' STOP t'{stop}'"
        case syntax.ObjectPath(object_type, found):
            first, *rest = found
            return f"{object_type}:{printed_name(first)}" + "".join(map(printed_step, rest))
        case tuple():
            return f"({', '.join(map(printed, node))})"
        case Constant():
            return printed_constant(node)
    raise AssertionError(node)


def printed_term(term: object, operator: BooleanOperator) -> str:
    group = isinstance(term, syntax.ObservationGroup | syntax.ComparisonGroup)
    return f"({printed(term)})" if group and TIGHTNESS[term.operator] >= TIGHTNESS[operator] else printed(term)


def printed_step(step: object) -> str:
    if isinstance(step, str):
        return f".{printed_name(step)}"
    return "[*]" if step is ListIndex.ANY else f"[{step}]"


def printed_name(name: str) -> str:
    return name if IDENTIFIER.fullmatch(name) and name not in KEYWORDS["2.1"] else printed_string(name)


def printed_string(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace("'", "\\'")
    return f"'{escaped}'"


def printed_number(number: float) -> str:
    if isinstance(number, int):
        return str(number)
    text = format(Decimal(repr(number)), "f")
    return text if "." in text else f"{text}.0"


def printed_constant(constant: Constant) -> str:
    match constant.type, constant.value:
        case ConstantType.STRING, str(text):
            return printed_string(text)
        case ConstantType.BOOLEAN, value:
            return str(value).lower()
        case ConstantType.HEX, bytes(value):
            return f"h'{value.hex()}'"
        case ConstantType.BINARY, bytes(value):
            return f"b'{base64.b64encode(value).decode()}'"
        case ConstantType.TIMESTAMP, text:
            return f"t'{text}'"
        case _, int() | float() as number:
            return printed_number(number)
    raise AssertionError(constant)
