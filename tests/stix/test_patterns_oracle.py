"""The same verdicts as stix2-patterns, the OASIS reference, on real and on generated patterns."""

import gzip
import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from patterns_generated import expressions, printed
from ruamel.yaml import YAML
from stix2patterns.validator import validate

from app.stix.patterns import PatternError, parse_pattern
from tests.support.cases import examples

CORPUS = Path(__file__).resolve().parents[2] / "../shared/corpus"
DIFFERENCES = YAML(typ="safe", pure=True).load(Path(__file__).with_name("patterns_that_differ.yaml"))
LONGEST = "indicator--b26314f3-956f-4340-bd9a-60f0e4ff210f"
SOURCES = ("oasis/*.jsonl.gz", "interop/*.jsonl.gz", "reports/*.jsonl.gz", "oddities/*.jsonl.gz", "stix20/*.jsonl.gz")

needs_corpus = pytest.mark.skipif(not CORPUS.is_dir(), reason="the corpus of real STIX is not here")


def verdict(text: str, version: str) -> str:
    try:
        parse_pattern(text, version=version)
    except PatternError:
        return "refuses"
    return "accepts"


def reference_verdict(text: str, version: str) -> str:
    try:
        return "accepts" if validate(text, version) else "refuses"
    except Exception:  # what it fails with is its own affair
        return "raises"


@pytest.mark.parametrize("entry", DIFFERENCES, ids=lambda entry: f"{entry['version']} {entry['pattern'][:60]!r}")
def test_every_listed_difference_is_one_as_listed(entry):
    text, version = entry["pattern"], entry["version"]
    assert entry["comity"] != entry["reference"]
    assert verdict(text, version) == entry["comity"]
    assert reference_verdict(text, version) == entry["reference"]
    assert entry["reason"]


def indicators_in(document: object) -> Iterator[dict]:
    waiting = [document]
    while waiting:
        node = waiting.pop()
        if isinstance(node, list):
            waiting.extend(node)
        elif isinstance(node, dict):
            waiting.extend(node.values())
            if node.get("type") == "indicator" and isinstance(node.get("pattern"), str):
                yield node


@pytest.fixture(scope="module")
def indicators() -> list[dict]:
    found = []
    for source in (path for pattern in SOURCES for path in sorted(CORPUS.glob(pattern))):
        with gzip.open(source, "rt", encoding="utf-8") as lines:
            # most lines are whole bundles, and parsing one without an indicator is wasted
            found += [one for line in lines if '"indicator"' in line for one in indicators_in(json.loads(line))]
    return [indicator for indicator in found if indicator.get("pattern_type", "stix") == "stix"]


@needs_corpus
def test_the_verdicts_on_real_indicators_are_those_of_the_reference(indicators):
    texts = {(one["pattern"], "2.1" if one.get("spec_version") == "2.1" else "2.0") for one in indicators}
    assert len(texts) > 5000
    # the reference recurses through long patterns until the stack is full, and takes a millisecond for short ones
    ordinary = sorted(pair for pair in texts if len(pair[0]) < 5000)
    refused = [pair for pair in ordinary if verdict(*pair) == "refuses"]
    assert refused
    sample = dict.fromkeys([*refused, *ordinary[:: len(ordinary) // 1200]])
    assert [pair for pair in sample if verdict(*pair) != reference_verdict(*pair)] == []


@needs_corpus
def test_the_longest_real_pattern_names_all_its_observables(indicators):
    pattern = next(one["pattern"] for one in indicators if one["id"] == LONGEST)
    assert len(pattern) == 57_118
    assert pattern.count(" OR ") == 1019
    values = set(re.findall(r"= '([^']+)'", pattern))
    assert {observable.value for observable in parse_pattern(pattern).observables} == values


@needs_corpus
def test_the_cases_of_the_reference_have_the_verdicts_that_they_are_labelled_with():
    cases = [json.loads(line) for line in (CORPUS / "cases/pattern-validity.jsonl").read_text("utf-8").splitlines()]
    assert len(cases) == 63
    assert [case for case in cases if (verdict(case["pattern"], "2.1") == "accepts") is not case["valid"]] == []


@needs_corpus
def test_the_cases_of_the_matcher_have_the_verdicts_of_the_reference():
    with gzip.open(CORPUS / "cases/pattern-match-cases.jsonl.gz", "rt", encoding="utf-8") as lines:
        cases = [json.loads(line) for line in lines]
    assert len(cases) == 281
    unparsable = [case for case in cases if case.get("error", "").startswith("ParseException")]
    assert unparsable
    assert {verdict(case["pattern"], "2.1") for case in unparsable} == {"refuses"}
    texts = sorted({case["pattern"] for case in cases if case["version"] == "2.1"})
    assert [text for text in texts if verdict(text, "2.1") != reference_verdict(text, "2.1")] == []


@settings(max_examples=examples(100), deadline=None)
@given(expressions)
def test_the_reference_accepts_what_is_printed_from_a_tree(expression):
    text = printed(expression)
    assert reference_verdict(text, "2.1") == verdict(text, "2.1") == "accepts"


SEEDS = (
    "[ipv4-addr:value = '198.51.100.1' OR domain-name:value IN ('a.example', 'b.example')] WITHIN 5 SECONDS",
    "([file:name LIKE 'a%' AND NOT EXISTS file:'x-y'[1].z] FOLLOWEDBY [x:a NOT MATCHES '^b']) REPEATS 7 TIMES",
    "[x:a = 1] START t'2024-01-15T12:34:45.5Z' STOP t'2025-01-15T12:34:45Z' AND ([x:b >= h'aF' OR (x:c <> b'QUI=')])",
    r"[a-b:c[*].d ISSUBSET 'it\'s' AND x:y == true OR x:y != -1.5] OR [x:e IN (1, 2.5, t'2024-01-15T12:34:45Z')]",
)
PIECES = (*re.findall(r"\w+|\s+|[^\w\s]", " ".join(SEEDS)), *',"\\\n\u00a0é', "//", "/*", "LAST", "true")
# each is an entry of patterns_that_differ.yaml; mutations meet them in other clothes
EXPLAINED = ("above zero", "a list index")


@st.composite
def mutated(draw) -> str:
    pieces = re.findall(r"\w+|\s+|[^\w\s]", draw(st.sampled_from(SEEDS)))
    for _ in range(draw(st.integers(1, 3))):
        place = draw(st.integers(0, len(pieces) - 1))
        match draw(st.sampled_from(["drop", "double", "replace", "insert", "swap", "cut"])):
            case "drop":
                pieces[place] = ""
            case "double":
                pieces[place] *= 2
            case "replace":
                pieces[place] = draw(st.sampled_from(PIECES))
            case "insert":
                pieces[place] += draw(st.sampled_from(PIECES))
            case "swap":
                other = draw(st.integers(0, len(pieces) - 1))
                pieces[place], pieces[other] = pieces[other], pieces[place]
            case _:
                pieces[place] = pieces[place][1:]
    return "".join(pieces)


def explained(text: str) -> bool:
    if text.lstrip("( \n\u00a0").startswith(("//", "/*")):
        return True
    try:
        parse_pattern(text)
    except PatternError as error:
        return any(part in error.message for part in EXPLAINED)
    return False


@settings(max_examples=examples(200), deadline=None)
@given(mutated())
def test_the_verdicts_on_mutated_patterns_are_those_of_the_reference(text):
    ours, theirs = verdict(text, "2.1"), reference_verdict(text, "2.1")
    assert ours == theirs or explained(text)
