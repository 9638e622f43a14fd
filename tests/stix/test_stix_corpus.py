"""Real data: of what organisations publish, nearly all is taken, and each refusal has its reason printed.

`make test` reads a part of it, the target `corpus` all.
"""

import gzip
import json
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from app.stix.objects import Rejected
from app.stix.strict_json import parse
from app.stix.validation import read_object

CORPUS = Path(__file__).resolve().parents[2] / "../shared/corpus"
TAKEN_MIN = 0.99
# cases are made to be refused
NO_DATA = {"cases", "oddities"}

pytestmark = pytest.mark.skipif(not CORPUS.is_dir(), reason="the corpus is not beside the project")


def _documents(path: Path) -> Iterator[Any]:
    if path.name.endswith(".jsonl.gz"):
        with gzip.open(path, "rt", encoding="utf-8") as lines:
            yield from map(json.loads, lines)
    elif path.name.endswith(".json.gz"):
        yield json.loads(gzip.decompress(path.read_bytes()))
    elif path.suffix == ".json":
        try:
            yield json.loads(path.read_bytes())
        except ValueError:
            # three files are broken on purpose
            return


def _objects(document: Any) -> Iterator[dict[str, Any]]:
    """The objects of every bundle, however deep it stands in the document."""
    pending = [document]
    while pending:
        value = pending.pop()
        if isinstance(value, dict) and value.get("type") == "bundle" and isinstance(value.get("objects"), list):
            yield from (item for item in value["objects"] if isinstance(item, dict))
        elif isinstance(value, dict):
            pending.extend(value.values())
        elif isinstance(value, list):
            pending.extend(value)


def _kind(message: str) -> str:
    """A violation without what is of one object only."""
    without_ids = re.sub(r"[a-z0-9-]+--[0-9A-Za-z-]{8,}", "…", message)
    return re.sub(r"\[\d+\]|character \d+|'[^']*'", "…", without_ids)


@pytest.mark.parametrize(
    ("one_in", "seen_min"),
    [pytest.param(10, 5_000, id="a part"), pytest.param(1, 50_000, id="all of it", marks=pytest.mark.slow)],
)
def test_nearly_every_object_of_the_corpus_is_taken(one_in: int, seen_min: int) -> None:
    refused: Counter[str] = Counter()
    there = seen = 0
    for path in sorted(CORPUS.rglob("*.json*")):
        if path.relative_to(CORPUS).parts[0] in NO_DATA:
            continue
        for document in _documents(path):
            for tree in _objects(document):
                there += 1
                if there % one_in:
                    continue
                seen += 1
                outcome = read_object(parse(json.dumps(tree).encode()))
                if isinstance(outcome, Rejected):
                    refused[_kind(str(outcome.violations[0]))] += 1
    for reason, count in refused.most_common():
        print(f"{count:5} {reason}")
    taken = 1 - refused.total() / seen
    print(f"{seen} objects, {refused.total()} refused, {taken:.2%} taken")
    assert seen > seen_min
    assert taken >= TAKEN_MIN


def test_of_the_oasis_examples_of_scos_those_are_refused_whose_base64_was_cut() -> None:
    trees = json.loads((CORPUS / "oasis/python-stix2-sco-examples.json").read_bytes())
    outcomes = [read_object(parse(json.dumps(tree).encode())) for tree in trees]
    refused = [outcome for outcome in outcomes if isinstance(outcome, Rejected)]
    cut = [tree["id"] for tree in trees if str(tree.get("payload_bin", "")).endswith(" ...")]
    assert cut
    assert [outcome.id for outcome in refused] == cut
    assert {violation.where for outcome in refused for violation in outcome.violations} == {"payload_bin"}


def test_the_shipped_registry_of_markings_is_valid() -> None:
    markings = CORPUS / "../data/markings"
    for path in sorted(markings.glob("*-marking-definitions.json")):
        document = json.loads(path.read_bytes())
        definitions = document.get("objects", []) if isinstance(document, dict) else document
        for tree in definitions:
            outcome = read_object(parse(json.dumps(tree).encode()))
            assert not isinstance(outcome, Rejected), (path.name, outcome)
