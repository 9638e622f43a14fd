"""How objects are sanitised: a part of the policy's second writing. It goes by the marks alone.

`said` is what a mark asks for, in the words of a handling; whatever else it may ask for is `otherwise`.
"""

from app.policy.handling import Handling
from app.policy.partnership import TlpLevel
from tests.policy.reference_markings import marking_objections, within

MARKS = ("object_marking_refs", "granular_markings")


def levels_seen(case):
    """The TLP levels that an audience is shown in a collection, whatever else stands on an object."""
    rules = {"collection-tlp", "member-tlp", "named-for-red", "client"}
    alone = {level: Handling(tlp=frozenset({level})) for level in TlpLevel}
    return {level for level in TlpLevel if not marking_objections(case, alone[level], case.submitter) & rules}


def mark_stays(said, view, terms):
    """Whether a part that a mark stands on may be in a view, if the mark says this and nothing else does."""
    accepted = {"tlp": view, "statements": terms.statements, "pap": terms.pap}
    return (
        all(within(said.get(name, ()), values) for name, values in accepted.items())
        and all(value in terms.iep.get(name, ()) for name, value in said.get("iep", ()))
        and not said.get("otherwise")
        and (not said.get("anonymous") or terms.attribution == "sanitise")
    )


def has_level(said):
    """Whether what a mark says by itself, and not by what it is marked with, is a TLP level."""
    return "tlp" in said and "statements" not in said


def marks_of_parts(tree):
    """Every (part, mark): what a selector names, and an observable that the object holds, with what it says itself."""
    for entry in tree.get("granular_markings", []):
        marked = entry["selectors"] if "marking_ref" in entry else []
        yield from ((tuple(selector.split(".")), entry["marking_ref"]) for selector in marked)
    for key, inner in tree.get("objects", {}).items():
        within_it = [entry["marking_ref"] for entry in inner.get("granular_markings", []) if "marking_ref" in entry]
        yield from ((("objects", key), mark) for mark in inner.get("object_marking_refs", []) + within_it)


def without_inner_marks(tree):
    """An object whose observables do not say how they are marked."""
    held = tree.get("objects", {}).items()
    bare = {key: {name: value for name, value in inner.items() if name not in MARKS} for key, inner in held}
    return {**tree, "objects": bare} if bare else tree


def what_stays(tree, meant_by, view, terms):
    """An object without the parts whose marks keep them from a view, and the marks of the rest; None for no object.

    It goes by the marks alone: whether what is left is valid or tells of the rest is another question. Where the
    whole has no level and one of the marks has, the default is among the marks, as a level.
    """
    whole = tree.get("object_marking_refs", [])
    unmarked = not any(has_level(meant_by[mark]) for mark in whole)
    default = [{"tlp": {terms.unmarked}}] if unmarked else []
    if not all(mark_stays(said, view, terms) for said in [*default, *(meant_by[mark] for mark in whole)]):
        return None
    entries = list(marks_of_parts(tree))
    hidden = {steps for steps, mark in entries if not mark_stays(meant_by[mark], view, terms)}
    stayed = set()

    def left_of(value, steps):
        if steps in hidden or not isinstance(value, dict | list):
            stayed.update({steps} - hidden)
            return None if steps in hidden else value
        named = value.items() if isinstance(value, dict) else ((f"[{n}]", each) for n, each in enumerate(value))
        left = [(name, left_of(each, (*steps, name))) for name, each in named]
        left = [(name, each) for name, each in left if each is not None]
        return (dict(left) if isinstance(value, dict) else [each for _, each in left]) or None

    left = left_of(without_inner_marks(tree), ())
    replaced = ("id", "created", "modified", "created_by_ref", *MARKS)
    own = [steps for steps in stayed if steps[0] not in replaced]
    marks = {mark for place, mark in entries if any(steps[: len(place)] == place for steps in own)}
    label = {terms.unmarked} if unmarked and any(has_level(meant_by[mark]) for mark in marks) else set()
    return left, marks | set(whole) | label
