"""What is wrong with the shape of one file, in words: pydantic's errors as sentences with a line and a remedy.

The remedies draw on the file's own schema: which keys there are, what stands in them, one example of each.
"""

import re
from collections.abc import Iterator, Sequence
from typing import Any, Final

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from app.errors import Mistake
from app.files.editor_schema import Schema, schema_at
from app.files.fields import nearest
from app.files.yaml_document import Document, NotText, Path, Value, quoted

NOT_IN_THIS_VERSION: Final = {
    "AgreementEntry": frozenset({"formerly"}),
    "MemberEntry": frozenset({"effective", "expires", "since", "until", "via"}),
    "CollectionEntry": frozenset({"formerly"}),
    "ReleaseEntry": frozenset({"closure", "cui", "sanitise"}),
    "IntakeEntry": frozenset({"acs", "iep", "pap"}),
    "PartnershipFile": frozenset({"formerly"}),
}
"""Keys that this version of Comity does not have, by the entry in which they would stand."""


_WORD: Final = re.compile(r"[\w./+@-]{1,80}\Z")


def shape_mistakes(document: Document, error: ValidationError, schema: Schema) -> Iterator[Mistake]:
    """Every error of one validation as a mistake. Values that are missing after their key are `null_mistakes`."""
    for details in error.errors(include_url=False):
        if details["input"] is None and details["type"] != "extra_forbidden":
            continue
        path = _path(document, details["loc"])
        yield document.mistake(path, *_sentence(path, details, schema))


def null_mistakes(document: Document, schema: Schema) -> Iterator[Mistake]:
    """Every key and list item that has no value, a mistake in every place: what is meant must be written out."""
    for path, value in values(document):
        here = schema_at(schema, path) if value is None else {}
        if here:  # an unknown key is a mistake of its own
            remedy = "Write `{}`, if nothing is granted" if here.get("type") == "object" else _example(path, here)
            if here.get("title") == "MemberEntry":
                remedy = f"Write {quoted(_name(path) + ': {}')} for a member without rights"
            yield document.mistake(path, f"{_place(path)} has no value", remedy)


def repeat_mistakes(document: Document) -> Iterator[Mistake]:
    """Every text that stands twice in one list: the second was probably meant to be something else."""
    for path, value in values(document):
        if isinstance(value, list):
            seen: set[str] = set()
            for number, item in enumerate(value):
                if isinstance(item, str) and item in seen:
                    what = f"{quoted(item)} stands twice in {_place(path)}"
                    yield document.mistake((*path, number), what, "Remove one of them")
                elif isinstance(item, str):
                    seen.add(item)


def values(document: Document) -> Iterator[tuple[Path, Value]]:
    """Every value of the file with its path, a mapping before what is in it."""
    waiting: list[tuple[Path, Value]] = [((), document.tree)]
    while waiting:
        path, value = waiting.pop()
        yield path, value
        if isinstance(value, dict):
            waiting.extend(((*path, name), inner) for name, inner in value.items())
        elif isinstance(value, list):
            waiting.extend(((*path, number), inner) for number, inner in enumerate(value))


def _path(document: Document, loc: Sequence[str | int]) -> Path:
    """The part of pydantic's location that is in the file, and a missing last key; without its tags of choices."""
    path: Path = ()
    for number, part in enumerate(loc):
        last = number == len(loc) - 1
        if (*path, part) in document.lines or (last and not str(part).startswith(("(", "["))):
            path = (*path, part)
    return path


def _sentence(path: Path, details: ErrorDetails, schema: Schema) -> tuple[str, str]:
    value = details["input"]
    here = schema_at(schema, path)
    match details["type"]:
        case "refused":
            context = details["ctx"]
            return context["what"], context["remedy"]
        case "missing":
            return f"{_place(path[:-1])} has no key `{path[-1]}`", _example(path, here)
        case "extra_forbidden":
            return _unknown_key(path, schema_at(schema, path[:-1]))
        case "too_short":
            return f"{_place(path)} is empty", _example(path, here)
        case "literal_error" if isinstance(value, str):
            return _unknown_word(path, value, here)
        case _:
            return _wrong_kind(path, value, here)


def _unknown_key(path: Path, parent: Schema) -> tuple[str, str]:
    name = str(path[-1])
    if name in NOT_IN_THIS_VERSION.get(parent.get("title", ""), ()):
        return f"This version of Comity does not have the key {quoted(name)} here", "Take it out: nothing can act on it"
    known = parent.get("properties", {})
    remedy = nearest(name, known, f"Remove it, or write one of {', '.join(known)}")
    return f"{_place(path[:-1])} has no key {quoted(name)}", remedy


def _unknown_word(path: Path, value: str, here: Schema) -> tuple[str, str]:
    name = _name(path)
    if "oneOf" in here:
        word = here["oneOf"][0]["const"]
        other = "a list" if word == "all" else "a mapping"
        return (
            f"{_place(path)} is {quoted(value)}, neither `{word}` nor {other}",
            f"Write `{name}: {word}`"
            + (f" or `{name}: [{value}]`" if word == "all" and _WORD.match(value) else f", or {other}"),
        )
    words = here.get("enum") or [here.get("const")]
    what = f"{quoted(value)} is none of the words that {_place(path)} takes"
    return what, nearest(value, words, f"Write one of {', '.join(words)}")


def _wrong_kind(path: Path, value: Any, here: Schema) -> tuple[str, str]:
    wanted = _kind_wanted(here)
    what = f"{_place(path)} is {_kind_found(value)}, not {wanted}"
    if isinstance(value, NotText) and value.kind == "an alias":
        return what, "Write the value out; aliases are not read here"
    if isinstance(value, NotText) and here.get("type") == "string" and "enum" not in here:
        return what, f'Put it in quotes: `"{value.text[:60]}"`'
    if isinstance(value, str) and wanted == "a list" and _WORD.match(value):
        return what, f"Write `{_name(path)}: [{value}]`"
    return what, _example(path, here)


def _kind_found(value: object) -> str:
    match value:
        case NotText():
            return f"{value.kind} ({quoted(value.text)})"
        case dict():
            return "a mapping"
        case list():
            return "a list"
        case _:
            return f"the text {quoted(str(value))}"


def _kind_wanted(here: Schema) -> str:
    if "oneOf" in here:
        word = here["oneOf"][0]["const"]
        return f"`{word}` or " + ("a list" if word == "all" else "a mapping")
    if "enum" in here or "const" in here:
        return "one of " + ", ".join(here.get("enum") or [here["const"]])
    return {"object": "a mapping", "array": "a list"}.get(here.get("type", ""), "text")


def _place(path: Path) -> str:
    names = [str(part) for part in path if not isinstance(part, int)]
    return quoted(".".join(names)) if names else "The file"


def _name(path: Path) -> str:
    name = next((part for part in reversed(path) if isinstance(part, str)), "")
    return quoted(name).strip("`")


def _example(path: Path, here: Schema) -> str:
    examples = here.get("examples")
    if not examples:
        return "Write it as docs/files.md shows"
    return f"Write `{_name(path)}: {flow(examples[0])}`"


def flow(value: object) -> str:
    """A value as YAML in one line, for examples: text, lists and mappings only."""
    match value:
        case dict():
            return "{" + ", ".join(f"{name}: {flow(inner)}" for name, inner in value.items()) + "}"
        case list():
            return "[" + ", ".join(flow(item) for item in value) + "]"
        case bool():
            return str(value).lower()
        case _:
            text = str(value)
            return f'"{text}"' if text in {"2.0", "2.1"} else text
