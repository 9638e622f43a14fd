"""The registry of marking definitions: the JSON or YAML files of `mappings/markings` as one value.

A file names its `kind`, and where its objects come from (`source`, `licence`). With "tlp" or "pap" it has under
`markings` each definition, exactly as published, with the level that it stands for. The other kinds are tables of what
markings from elsewhere mean (`marking_tables`).
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final, Literal

from pydantic import Field, ValidationError
from pydantic_core import ErrorDetails

from app.errors import Mistake, WrongFiles
from app.files.fields import Entry, quoted
from app.files.marking_tables import TABLES, AliasFile, CaveatFile, mistakes_of, repeated
from app.files.yaml_document import Document, read_document
from app.policy.markings import Registered, Registry
from app.policy.partnership import TlpLevel
from app.stix.identifiers import is_identifier

FILE_ENDINGS: Final = frozenset({".json", ".yaml"})
LEVELS: Final = {
    "tlp": frozenset(level.value for level in TlpLevel),
    "pap": frozenset({"white", "clear", "green", "amber", "red"}),
}
"""The levels of each kind, in the kind's own words."""


class MarkingEntry(Entry):
    """One definition and the level that it stands for."""

    level: str
    definition: dict[str, Any]


class MarkingsFile(Entry):
    """One file of definitions of one kind."""

    kind: Literal["tlp", "pap"]
    title: str
    source: str
    licence: str
    markings: list[MarkingEntry] = Field(min_length=1)


def read_registry(directory: str | Path) -> Registry:
    """The registry of all files in this directory. Raises WrongFiles with every mistake in any of them."""
    folder = Path(directory)
    files = sorted(file for file in folder.glob("*") if file.suffix in FILE_ENDINGS and not file.name.startswith("."))
    if not files:
        what = "There are no marking definitions (.json or .yaml) here"
        raise WrongFiles([Mistake(str(directory), 0, what, "Give the directory mappings/markings of Comity")])
    registered: list[Registered] = []
    tables: list[tuple[Document, AliasFile | CaveatFile]] = []
    mistakes: list[Mistake] = []
    for file in files:
        try:
            text = file.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            mistakes.append(Mistake(str(file), 0, f"It can't be read: {error}", "Restore the published file"))
            continue
        document, unread = read_document(str(file), text)
        mistakes.extend(unread)
        read = _read_file(document, mistakes) if document is not None and not unread else None
        if document is None or read is None:
            continue
        if isinstance(read, MarkingsFile):
            entries = [Registered(read.kind, entry.level, entry.definition) for entry in read.markings]
            registered.extend(entries)
            mistakes.extend(wrong for number, one in enumerate(entries) for wrong in _wrong(document, number, one))
        else:
            tables.append((document, read))
            mistakes.extend(mistakes_of(document, read))
    mistakes.extend(_repeated(str(directory), registered))
    if mistakes:
        raise WrongFiles(mistakes)
    registry = Registry(registered, [entry.to_tabled() for _, file in tables for entry in file.entries])
    mistakes.extend(repeated(tables, registry))
    if mistakes:
        raise WrongFiles(mistakes)
    return registry


def _read_file(document: Document, mistakes: list[Mistake]) -> MarkingsFile | AliasFile | CaveatFile | None:
    """The file in the shape of its kind; None where it is of no such shape."""
    shape = TABLES.get(str(document.tree.get("kind")), MarkingsFile)
    try:
        return shape.model_validate(document.tree)
    except ValidationError as error:
        mistakes.extend(_shape_mistake(document, details) for details in error.errors(include_url=False))
        return None


def _wrong(document: Document, number: int, entry: Registered) -> Iterator[Mistake]:
    """What is wrong with one definition, apart from its shape as a file entry."""
    path = ("markings", number)
    definition = entry.definition
    if entry.level not in LEVELS[entry.kind]:
        known = ", ".join(sorted(LEVELS[entry.kind]))
        yield document.mistake((*path, "level"), f"{quoted(entry.level)} is no level of {entry.kind}", f"Write {known}")
    identifier = definition.get("id")
    if (
        definition.get("type") != "marking-definition"
        or not isinstance(identifier, str)
        or not is_identifier(identifier)
    ):
        what = "This is no marking-definition with an id"
        yield document.mistake((*path, "definition"), what, "Write the definition exactly as published")
    if "object_marking_refs" in definition or "granular_markings" in definition:
        what = "A definition of the registry is marked itself"
        yield document.mistake((*path, "definition"), what, "Write the definition exactly as published")
    if len(_extensions(definition)) + ("definition" in definition) != 1:
        what = "The definition has not exactly one meaning: one extension, or a `definition`"
        yield document.mistake((*path, "definition"), what, "Write the definition exactly as published")
    if not _all_text(definition):
        what = "The definition holds a value that is no text"
        yield document.mistake((*path, "definition"), what, "Put the value in quotes, as published")


def _extensions(definition: Mapping[str, Any]) -> Mapping[str, Any]:
    extensions = definition.get("extensions", {})
    return extensions if isinstance(extensions, dict) else {}


def _all_text(value: object) -> bool:
    match value:
        case Mapping():
            return all(_all_text(inner) for inner in value.values())
        case list():
            return all(_all_text(inner) for inner in value)
        case _:
            return isinstance(value, str)


def _shape_mistake(document: Document, details: ErrorDetails) -> Mistake:
    if details["type"] == "refused":
        return document.mistake(details["loc"], details["ctx"]["what"], details["ctx"]["remedy"])
    where = ".".join(str(part) for part in details["loc"]) or "the file"
    return document.mistake(details["loc"], f"{where}: {details['msg']}", "Write it as in the other files beside it")


def _repeated(directory: str, registered: list[Registered]) -> Iterator[Mistake]:
    for identifier, count in Counter(str(entry.definition.get("id")) for entry in registered).items():
        if count > 1:
            yield Mistake(directory, 0, f"{identifier} is defined {count} times", "Keep one of them")
