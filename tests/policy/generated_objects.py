"""Generated objects with markings on their parts: real shapes of every type, and objects of a type of nobody's."""

import copy
import re
from itertools import count
from random import Random

from hypothesis import strategies as st

from app.policy.partnership import ALL, PapLevel, ReleaseTerms, Remedy, TlpLevel
from app.policy.vocabularies import iep
from app.stix.vocabularies import SDO_TYPES, SRO_TYPES
from tests.policy.builders import (
    AMBER,
    CLEAR,
    CUSTOM,
    EXTENSION,
    GREEN,
    GREEN_1,
    OTHER_STATEMENT,
    PAP_AMBER,
    PAP_GREEN,
    RED,
    STATEMENT,
    UNRESOLVED,
    a_definition,
    an_extension_marking,
)
from tests.policy.generated import mostly
from tests.stix.stix_examples import EXAMPLES, EXAMPLES_OF_2_0

POLICY = "marking-definition--00000000-0000-4000-8000-0000000000f1"
DEFINITIONS = [
    a_definition(STATEMENT),
    a_definition(OTHER_STATEMENT, object_marking_refs=[AMBER]),
    an_extension_marking(CUSTOM, EXTENSION),
    an_extension_marking(POLICY, iep.EXTENSION, provider_attribution="must-not"),
]
MEANT_BY = {
    CLEAR: {"tlp": {TlpLevel.CLEAR}},
    GREEN: {"tlp": {TlpLevel.GREEN}},
    GREEN_1: {"tlp": {TlpLevel.GREEN}},
    AMBER: {"tlp": {TlpLevel.AMBER}},
    RED: {"tlp": {TlpLevel.RED}},
    PAP_GREEN: {"pap": {PapLevel.GREEN}},
    PAP_AMBER: {"pap": {PapLevel.AMBER}},
    STATEMENT: {"statements": {STATEMENT}},
    OTHER_STATEMENT: {"statements": {OTHER_STATEMENT}, "tlp": {TlpLevel.AMBER}},
    POLICY: {"iep": {("provider_attribution", "must-not")}, "anonymous": True},
    CUSTOM: {"otherwise": True},
    UNRESOLVED: {"otherwise": True},
}
"""What each of the markings asks for, as the reference reads it."""

marks = st.sampled_from([*[RED] * len(MEANT_BY), *MEANT_BY])
marks_of_the_whole = mostly(
    [GREEN], [[], [], [], [CLEAR], [AMBER], [GREEN, STATEMENT], [PAP_GREEN], [UNRESOLVED], [RED]]
)
marks_of_observables = mostly(
    {},
    [
        *({"object_marking_refs": [each]} for each in (CLEAR, AMBER, RED, STATEMENT, UNRESOLVED)),
        *({"granular_markings": [{"marking_ref": each, "selectors": ["type"]}]} for each in (GREEN, AMBER, RED)),
        {"granular_markings": [{"lang": "en", "selectors": ["type"]}]},
    ],
)
views = mostly(
    frozenset({TlpLevel.CLEAR, TlpLevel.GREEN}),
    [frozenset(), frozenset(TlpLevel), frozenset({TlpLevel.GREEN, TlpLevel.RED})],
)
sanitising_terms = st.builds(
    ReleaseTerms,
    tlp=st.just(ALL),
    unmarked=st.sampled_from([TlpLevel.GREEN, TlpLevel.GREEN, TlpLevel.AMBER, None]),
    statements=mostly(ALL, [frozenset(), frozenset({STATEMENT})]),
    pap=mostly(ALL, [frozenset({PapLevel.GREEN}), frozenset()]),
    iep=mostly({"provider_attribution": frozenset({"must-not"})}, [{}]),
    granular=mostly(Remedy.SANITISE, [Remedy.WITHHOLD]),
    attribution=mostly(Remedy.SANITISE, [Remedy.WITHHOLD]),
)

_EXAMPLES = [EXAMPLES[name][size] for name in sorted(SDO_TYPES | SRO_TYPES) for size in ("rich", "minimal")] + [
    tree for _, tree in sorted(EXAMPLES_OF_2_0.items()) if tree["type"] != "marking-definition"
]
SHAPES = [{**tree, "id": f"{tree['type']}--b8a662dc-4961-4dba-87ae-af8c6da4b4f5"} for tree in _EXAMPLES]
"""A small and a rich object of every type that may be cut, each under an id that none of them refers to."""

_SMALLEST = {(tree.get("spec_version", "2.0"), tree["type"]): tree for tree in SHAPES}
_STEP = re.compile("[a-zA-Z0-9_-]{1,250}")


def selectors_in(value, before=()):
    """Every selector of what stands in a tree."""
    steps = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for step, inner in steps:
        named = f"[{step}]" if isinstance(step, int) else step
        if isinstance(step, int) or _STEP.fullmatch(step):
            yield ".".join((*before, named))
            yield from selectors_in(inner, (*before, named))


def granular(entries):
    """Granular markings of these (marking, selector)."""
    return [{"marking_ref": mark, "selectors": [selector]} for mark, selector in entries]


@st.composite
def marked(draw, trees, most=4):
    """One of the trees, with other markings: on the whole, and on parts of it."""
    tree = copy.deepcopy(draw(trees))
    for name in ("object_marking_refs", "granular_markings", "created_by_ref"):
        tree.pop(name, None) if name != "created_by_ref" or draw(st.booleans()) else None
    whole = draw(marks_of_the_whole)
    if whole:
        tree["object_marking_refs"] = list(whole)
    for inner in tree.get("objects", {}).values():
        inner.update(draw(marks_of_observables))
    selectors = sorted(set(selectors_in(tree)))
    own = [each for each in selectors if each.partition(".")[0] not in EVERY_OBJECT_HAS]
    places = st.sampled_from(own * 3 + selectors)
    entries = draw(st.lists(st.tuples(marks, places), min_size=1, max_size=most))
    tree["granular_markings"] = granular(entries)
    if draw(mostly(False, [True])):
        tree["granular_markings"].append({"lang": "en", "selectors": [draw(places)]})
    return tree


EVERY_OBJECT_HAS = {"type", "spec_version", "id", "created", "modified", "revoked", "object_marking_refs"}
shapes = st.sampled_from(SHAPES)


def shape(object_type, spec="2.1", **changed):
    """The smallest of these objects of this type, marked GREEN, with these properties."""
    return {**_SMALLEST[spec, object_type], "object_marking_refs": [GREEN], **changed}


@st.composite
def of_nobodys_type(draw):
    """An object of a custom type, deep and of any form, in which nothing is said twice."""
    random = Random(draw(st.integers(0, 2**32)))
    number = count()

    def value(depth):
        form = random.choice(["text", "text", "truth", "list", "dict"]) if depth < 4 else "text"
        if form == "list":
            return [value(depth + 1) for _ in range(random.randint(1, 3))]
        if form == "dict":
            return {f"x_k{next(number):04}z": value(depth + 1) for _ in range(random.randint(1, 3))}
        return random.random() < 0.5 if form == "truth" else f"q{next(number):04}z"

    own = {f"x_k{next(number):04}z": value(0) for _ in range(random.randint(1, 4))}
    if random.random() < 0.5:
        keys = [f"x_k{next(number):04}z" for _ in range(random.randint(1, 3))]
        own["objects"] = {key: {f"x_k{next(number):04}z": value(2)} for key in keys}
    return {
        "type": "x-thing",
        "spec_version": "2.1",
        "id": "x-thing--b8a662dc-4961-4dba-87ae-af8c6da4b4f5",
        "created": "2026-03-01T08:00:00.000Z",
        "modified": "2026-03-01T08:00:00.000Z",
        "x_always": "something",
        **own,
    }
