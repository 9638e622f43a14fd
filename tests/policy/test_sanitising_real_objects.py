"""Sanitising what organisations publish: random markings on parts of many real objects."""

import copy
import json
from collections import Counter
from itertools import islice, zip_longest
from random import Random

import pytest

from app.policy.sanitising import Nothing, Sanitised
from app.stix.objects import StixObject
from app.stix.strict_json import parse
from app.stix.validation import read_object
from app.stix.vocabularies import META_TYPES, SCO_TYPES
from tests.exchange.corpus_files import CORPUS, MEANT_TO_BE_WRONG, files, objects
from tests.policy.builders import GREEN, RED
from tests.policy.generated_objects import EVERY_OBJECT_HAS, granular, selectors_in
from tests.policy.test_sanitising import bytes_of, leaves, left_of, read, said_by, secrets_of, with_other_texts
from tests.policy.test_sanitising_valid_stix import bytes_of_whole, complaint
from tests.support.cases import examples, record_cases

OBJECTS_MAX = examples(2000)
OF_A_FILE_MAX = 60
CHECKED_OF = 4
"""Of so many one is read by the reference library as well."""

pytestmark = pytest.mark.skipif(not CORPUS.is_dir(), reason="the corpus is not beside the project")


def real_objects(random):
    """Objects that may be cut, of every file in turn, each with one to three parts marked RED on a GREEN whole."""
    of_files = [
        random.sample(trees, min(len(trees), OF_A_FILE_MAX))
        for trees in (objects(name) for name in files() if name not in MEANT_TO_BE_WRONG)
    ]
    for in_turn in zip_longest(*of_files):
        for tree in filter(None, in_turn):
            if tree["type"] not in SCO_TYPES | META_TYPES and is_valid(tree):
                yield with_marks(tree, random)


def is_valid(tree):
    return isinstance(read_object(parse(json.dumps(tree).encode())), StixObject)


def with_marks(tree, random):
    tree = {name: value for name, value in copy.deepcopy(tree).items() if name != "granular_markings"}
    tree["object_marking_refs"] = [GREEN]
    own = sorted({each for each in selectors_in(tree) if each.partition(".")[0] not in EVERY_OBJECT_HAS})
    parts = random.sample(own, min(len(own), random.randint(1, 3)))
    return {**tree, "granular_markings": granular((RED, part) for part in parts)} if parts else tree


def test_of_real_objects_something_valid_is_left_that_tells_nothing_of_the_rest():
    became = Counter()
    for tree in islice(real_objects(Random(7)), OBJECTS_MAX):
        parts = [entry["selectors"][0] for entry in tree.get("granular_markings", ())]
        left = left_of(tree)
        became[left if isinstance(left, Nothing) else Sanitised] += 1
        if isinstance(left, Sanitised):
            obj = read(json.loads(bytes_of(left.content)))
            assert left_of(obj.tree) is Nothing.TO_CUT
            if became.total() % CHECKED_OF == 0 and complaint(bytes_of_whole(tree)) is None:
                assert complaint(bytes_of(left.content)) is None, left.content
                became["valid to the reference library"] += 1
            told = " ".join(text for _, text in leaves(said_by(left.content)) if isinstance(text, str)).casefold()
            cut = {text for part in parts for text in secrets_of(tree, part)}
            assert [text for text in cut if len(text) >= 4 and text.casefold() in told] == []
            one, other = (with_other_texts(tree, parts, said) for said in ("qone{:04}z".format, "qtwo{:04}z".format))
            if is_valid(one) and is_valid(other):
                assert left_of(one) == left_of(other)
                became["compared"] += 1
    print(became)
    tried = sum(became[each] for each in (Sanitised, *Nothing))
    record_cases("law 2: nothing leaks", tried)
    record_cases("law 5: validated is served", became["valid to the reference library"])
    assert tried > 500
    for what, part in ((Sanitised, 0.2), ("compared", 0.15), ("valid to the reference library", 0.05)):
        assert became[what] > tried * part, what
