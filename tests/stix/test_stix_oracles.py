"""What Comity says of the cases of other validators, and the list of every verdict in which it differs.

The OASIS validator ran with options of its own; `strict` counts what the standard recommends as if it were required.
The list, `verdicts_that_differ.yaml`, is exact: a difference that is not listed fails, and so does an entry that is
none any more.
"""

import gzip
import hashlib
import json
from collections import Counter
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from app.stix.objects import Rejected
from app.stix.strict_json import JsonRefused, elements, parse
from app.stix.validation import read_object

CORPUS = Path(__file__).resolve().parents[2] / "../shared/corpus"
pytestmark = pytest.mark.skipif(not CORPUS.is_dir(), reason="the corpus is not beside the project")

# each file of cases: a case's name, what was judged (with what else makes the case), and whether it was taken
CaseReader = Callable[[dict[str, Any]], tuple[str, Any, Any, bool]]
CASES: dict[str, CaseReader] = {
    "cases/validator-cases.jsonl.gz": lambda case: (case["test"], case["instance"], case["options"], case["valid"]),
    "cases/python-stix2-parse-cases.jsonl.gz": lambda case: (
        case["test"],
        case["input"],
        [case["fn"], case["kw"], case["args"]],
        case["ok"] is True,
    ),
    "oddities/objects-stix2-refuses.jsonl.gz": lambda case: (
        case["file"],
        case["object"],
        None,
        case["stix2_lenient_ok"],
    ),
}


def takes(instance: object) -> bool:
    """Whether Comity takes the instance; of a bundle, whether it takes each of its objects."""
    raw = instance.encode() if isinstance(instance, str) else json.dumps(instance).encode()
    try:
        if isinstance(instance, dict) and instance.get("type") == "bundle":
            return not any(isinstance(read_object(element), Rejected) for element in elements(raw))
        return not isinstance(read_object(parse(raw)), Rejected)
    except JsonRefused:
        return False


def key_of(name: str, instance: object, otherwise: object) -> str:
    """A name for a case that does not change with its place in the file."""
    text = json.dumps([instance, otherwise], sort_keys=True)
    return f"{name} {hashlib.sha256(text.encode()).hexdigest()[:8]}"


def cases_of(file: str) -> Iterator[tuple[str, object, bool]]:
    """Each case of a file: its key, the instance, and the verdict of the one who was asked."""
    with gzip.open(CORPUS / file, "rt", encoding="utf-8") as lines:
        for line in lines:
            name, instance, otherwise, taken = CASES[file](json.loads(line))
            yield key_of(name, instance, otherwise), instance, taken


@cache
def listed(file: str) -> dict[str, str]:
    """The verdicts in which Comity differs by the list: each case with `takes` or `refuses`."""
    verdicts: dict[str, str] = {}
    entries = YAML(typ="safe").load(Path(__file__).with_name("verdicts_that_differ.yaml"))
    for entry in entries[file]:
        assert entry["reason"].strip()
        for verdict in ("takes", "refuses"):
            for key in entry.get(verdict, ()):
                assert key not in verdicts, f"{key} is listed twice"
                verdicts[key] = verdict
    return verdicts


@pytest.mark.parametrize("file", CASES)
def test_every_verdict_that_differs_is_listed_with_its_reason(file: str) -> None:
    differing = {
        key: "takes" if comity else "refuses"
        for key, instance, taken in cases_of(file)
        if (comity := takes(instance)) != taken
    }
    assert differing == listed(file)


def test_most_verdicts_are_the_same() -> None:
    for file in CASES:
        verdicts = Counter(takes(instance) == taken for _, instance, taken in cases_of(file))
        print(f"{file}: {verdicts[True]} the same, {verdicts[False]} listed")
        assert verdicts[True] > verdicts[False]
