"""The corpus of published STIX that may lie beside this checkout: which files hold objects, and which objects."""

import gzip
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

CORPUS = (Path(__file__).resolve().parents[2] / "../shared/corpus").resolve()

NO_STIX_OBJECTS = ("cases", "csv", "misp/mapping", "oasis/json-schemas-2.1/schemas", "oasis/json-schemas-2.1/interop")
NOT_JSON = ("invalid_braces.json", "invalid_comma.json", "x-foo-bar.json")

MEANT_TO_BE_WRONG = {
    "oddities/objects-stix2-refuses.jsonl.gz": "what the reference library does not take",
    "oasis-like/rsigma-spec-fixtures.jsonl.gz": "fixtures, each of which breaks a rule or keeps it",
    "oasis/validator/test_examples/invalid_identity.json": "wrong by name",
    "oasis/validator/test_examples/invalid_timestamp.json": "wrong by name",
    "misp/misp-stix-internal-2.1.jsonl.gz": "parts of a converter's test cases",
}
"""Files that are counted apart."""

TEST_OUTPUT = ("oasis/elevator-idioms-", "opencti/", "interop/", "oasis/validator/", "misp/", "oasis/json-schemas-2.1/")
"""What clients and converters are tested with: small files, a good part of whose objects the reference library does
not take either. In the whole they hardly weigh; of some objects of every file they are a third."""

Tree = dict[str, Any]


def files() -> list[str]:
    """Every file of the corpus that may hold objects, by its path in it."""
    found = [path for path in CORPUS.rglob("*") if path.name.endswith((".json", ".json.gz", ".jsonl.gz"))]
    names = [path.relative_to(CORPUS).as_posix() for path in found if path.name not in NOT_JSON]
    return sorted(name for name in names if not name.startswith(NO_STIX_OBJECTS))


def objects(name: str) -> list[Tree]:
    """The objects of one file, in its order."""
    data = (CORPUS / name).read_bytes()
    text = (gzip.decompress(data) if name.endswith(".gz") else data).decode("utf-8-sig")
    documents = text.splitlines() if ".jsonl" in name else [text]
    return [tree for document in documents if document.strip() for tree in _objects(json.loads(document))]


def _objects(value: Any) -> Iterator[Tree]:
    """Those of a bundle, an envelope, a list, or a line that names its source."""
    if isinstance(value, list):
        for each in value:
            yield from _objects(each)
    elif isinstance(value, dict) and "doc" in value:
        yield from _objects(value["doc"])
    elif isinstance(value, dict) and isinstance(value.get("object"), dict):
        yield from _objects(value["object"])
    elif isinstance(value, dict) and value.get("type") == "bundle":
        yield from _objects(value.get("objects", []))
    elif isinstance(value, dict) and isinstance(value.get("objects"), list) and "id" not in value:
        yield from _objects(value["objects"])
    elif isinstance(value, dict) and isinstance(value.get("type"), str) and "--" in str(value.get("id", "")):
        yield value
