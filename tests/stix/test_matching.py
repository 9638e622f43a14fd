"""What matches is what docs/matching.md says, what the OASIS matcher says of its own cases, and bounded in its work."""

import gzip
import json
import re
import resource
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from app.settings import PROJECT
from app.stix.matching import NotDecided, Observation, Observed, Steps, matches
from app.stix.matching.reading import Bounds, observations_of
from app.stix.patterns import PatternError, parse_pattern

CASES = PROJECT / "../shared/corpus/cases/pattern-match-cases.jsonl.gz"
DIFFERENCES = YAML(typ="safe", pure=True).load(Path(__file__).with_name("matches_that_differ.yaml"))
PAGE = (PROJECT / "docs" / "matching.md").read_text(encoding="utf-8")
ROW = re.compile(r"^\| [^|]* \| `([^`]+)` \| (.+) \| (yes|no|not decided|no such pattern) \|$", re.MULTILINE)
IN_TIME = re.compile(r"(\d) (?:at (\d)|from (\d) to (\d)|at no time)( twice)?(?:, |$)")
STEPS = 1_000_000
SECOND = 1_000_000_000
CPU_SECONDS_MAX = 5
"""Several times what it takes, so that a busy machine fails nothing."""


def verdict(pattern: str, observations: list[Observation], steps: int = STEPS) -> bool:
    return matches(parse_pattern(pattern), Observed(observations), Steps(steps)) is not None


def together(*objects: Any) -> Observation:
    by_key = {str(number): each for number, each in enumerate(objects)}
    return Observation("one", by_key, by_key)


def shown_objects(text: str) -> list[Observation]:
    return [together(*(json.loads(each) for each in re.findall(r"`([^`]+)`", text)))]


def shown_times(text: str) -> list[Observation]:
    found = []
    for value, at, first, last, twice in IN_TIME.findall(text):
        tree = {"0": {"type": "a", "b": int(value)}}
        span = (int(first or at) * SECOND, int(last or at) * SECOND) if first or at else (None, None)
        found.append(Observation(text, tree, tree, *span, 2 if twice else 1))
    return found


ROWS = ROW.findall(PAGE)


@pytest.mark.parametrize(("pattern", "observed", "said"), ROWS, ids=[row[0][:70] + row[2] for row in ROWS])
def test_every_row_of_the_page_is_so(pattern: str, observed: str, said: str) -> None:
    try:
        observations = shown_objects(observed) if "`" in observed else shown_times(observed)
        found = "yes" if verdict(pattern, observations) else "no"
    except NotDecided:
        found = "not decided"
    except PatternError:
        found = "no such pattern"
    assert found == said


def test_the_page_has_rows_of_all_kinds() -> None:
    assert len(ROWS) >= 55
    assert {said for _, _, said in ROWS} == {"yes", "no", "not decided", "no such pattern"}


@pytest.mark.skipif(not CASES.exists(), reason="the corpus of real STIX is not here")
def test_public_cases_are_as_the_oasis_matcher_says_but_for_those_that_are_listed() -> None:
    listed = {each["pattern"]: each["comity"] for each in DIFFERENCES}
    differing: dict[str, object] = {}
    with gzip.open(CASES, "rt", encoding="utf-8") as lines:
        cases = [json.loads(line) for line in lines]
    for case in cases:
        said: object = case.get("match", "error")
        found: object
        try:
            found = verdict(case["pattern"], list(observations_of(case["observations"], Bounds(1000, 1000))))
        except PatternError:
            found = "refuses"
        if found != said and (found, said) != ("refuses", "error"):
            differing[case["pattern"]] = found
    assert len(cases) == 281
    assert differing == listed


def test_a_reason_stands_beside_every_difference() -> None:
    assert all(each["reason"] for each in DIFFERENCES)


def many(count: int, kinds: int = 3) -> list[Observation]:
    made = []
    for number in range(count):
        tree = {"0": {"type": "a", "b": number % kinds, "n": number, "s": "x" * 40 + str(number)}}
        made.append(Observation(str(number), tree, tree, number * SECOND, number * SECOND))
    return made


def repeated(text: str, between: str, times: int) -> str:
    return between.join([text] * times)


CHAIN = repeated("[a:b = 1]", " FOLLOWEDBY ", 99)
BOMBS = {
    "a hundred ANDs": (repeated("[a:b = 1]", " AND ", 100), True),
    "more ANDs than observations": (repeated("[a:b = 1]", " AND ", 334), False),
    "a million repetitions": ("[a:b = 1] REPEATS 1000000 TIMES", False),
    "repetitions in too short a time": ("[a:b = 1] REPEATS 10 TIMES WITHIN 5 SECONDS", False),
    "a long chain": (CHAIN, True),
    "a chain backwards": ("[a:n > 900] FOLLOWEDBY [a:n < 500] FOLLOWEDBY [a:n < 400]", False),
    "windows in windows": ("(" * 90 + "[a:b = 0] AND [a:b = 1]" + ") WITHIN 5 SECONDS" * 90, True),
    "repeated windows": ("(([a:b = 0] AND [a:b = 1]) WITHIN 1 SECONDS) REPEATS 50 TIMES", True),
    "a rivalry in windows": (
        "(([a:n = 5] AND [a:b = 0]) WITHIN 5 SECONDS) AND (([a:n = 5] AND [a:b = 1]) WITHIN 5 SECONDS)",
        False,
    ),
    "types that are mixed sixty times": (
        f"[{' AND '.join(f'(a:b = 1 OR c{number}:b = 1)' for number in range(60))}]",
        True,
    ),
    "a set of ten thousand": (f"[a:n IN ({','.join(map(str, range(5_000, 15_000)))})]", False),
    "a regular expression that makes others hang": ("[a:s MATCHES '^(x+x+)+y']", False),
    "many signs in LIKE": (f"[a:s LIKE '{'%x' * 30}%y']", False),
}


@pytest.mark.parametrize("name", BOMBS)
def test_what_makes_others_hang_is_decided(name: str) -> None:
    pattern, said = BOMBS[name]
    before = resource.getrusage(resource.RUSAGE_SELF).ru_utime
    assert verdict(pattern, many(1_000)) is said
    assert resource.getrusage(resource.RUSAGE_SELF).ru_utime - before < CPU_SECONDS_MAX


TOO_MUCH = {
    "thousands of brackets": repeated("[a:b != 7]", " AND ", 5_000),
    "thousands of paths": f"[{' OR '.join(f'a:c{number} = 1' for number in range(5_000))}]",
    "thousands of regular expressions": f"[{' OR '.join(f'''a:s MATCHES '{number}y' ''' for number in range(2_000))}]",
    "a chain past all bounds": repeated("[a:b = 1]", " FOLLOWEDBY ", 101),
    "an expression of letters of every script": f"[a:s MATCHES '{repeated(chr(92) * 2 + 'pL', '', 3_000)}']",
    "an expression that grows large": "[a:s MATCHES '[^a]{1000}[^b]{1000}[^c]{1000}[^d]{1000}[^e]{1000}[^f]{1000}']",
}


@pytest.mark.parametrize("name", TOO_MUCH)
def test_what_takes_too_much_is_not_decided_and_says_so(name: str) -> None:
    before = resource.getrusage(resource.RUSAGE_SELF).ru_utime
    with pytest.raises(NotDecided, match=r"steps are needed|depend on each other|none that RE2 reads"):
        verdict(TOO_MUCH[name], many(400), 300_000)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_utime - before < CPU_SECONDS_MAX


def test_references_that_multiply_are_not_followed_for_ever() -> None:
    objects = {
        str(number): {"type": "process", "child_refs": [str(child) for child in range(300)], "pid": number}
        for number in range(300)
    }
    deep = f"[process:{'child_refs[*].' * 50}pid = 1000]"
    with pytest.raises(NotDecided):
        verdict(deep, [Observation("one", objects, objects)])


def test_whether_a_pattern_is_decided_depends_on_no_other() -> None:
    observed, steps = Observed(many(1_000)), Steps(5_000)
    costly = parse_pattern("[a:n = 5 AND a:s LIKE '%x%' AND a:s LIKE '%xx%']")
    for _ in range(2):
        with pytest.raises(NotDecided):
            matches(costly, observed, steps)
        assert matches(parse_pattern("[a:n = 5]"), observed, steps) == [5]


def test_a_line_end_that_ends_a_value_stands_behind_the_last_sign_as_in_pcre() -> None:
    observations = [together({"type": "a", "s": "kit\n"})]
    assert verdict("[a:s MATCHES 't$']", observations)
    assert not verdict("[a:s MATCHES '^k$']", observations)


def test_the_observations_that_a_bracket_fits_are_told() -> None:
    observed = Observed(many(9))
    pattern = parse_pattern("[a:b = 1] AND [a:n = 0]")
    assert matches(pattern, observed, Steps(STEPS)) == [0, 1, 4, 7]
