"""YAML 1.2 text into plain values, each with the line on which it stands.

A file is a tree of mappings, lists and text. Plain scalars mean what the YAML 1.2 core schema (section 10.3.2) says, so
`no` and `2026-01-01` are text. Duplicate keys, anchors, aliases, tags and a second document are mistakes: none of them
helps an agreement to be read by people, and without aliases a small file can't become a large tree.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final, TypeAlias

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    Event,
    MappingEndEvent,
    MappingStartEvent,
    NodeEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
    StreamEndEvent,
)
from ruamel.yaml.reader import ReaderError

from app.errors import Mistake

FILE_CHARS_MAX: Final = 262_144
DEPTH_MAX: Final = 12
VALUES_MAX: Final = 10_000
DOCUMENTS_KEPT: Final = 32

_NULL: Final = re.compile(r"(?:null|Null|NULL|~|)\Z")
_TRUTH: Final = re.compile(r"(?:true|True|TRUE|false|False|FALSE)\Z")
_NUMBER: Final = re.compile(
    r"(?:[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+"
    r"|[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?"
    r"|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN))\Z"
)


@dataclass(frozen=True, slots=True)
class NotText:
    """A value that YAML does not read as text and that no key takes as it is: a number, a truth value, an alias."""

    kind: str
    text: str


Value: TypeAlias = "dict[str, Value] | list[Value] | str | NotText | None"
Path: TypeAlias = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Document:
    """One file as plain values. `lines` has the line of every value: its key's where it is a mapping or a list.

    Shared by all who read the same text: not to be changed.
    """

    file: str
    tree: dict[str, Value]
    lines: Mapping[Path, int]

    def line_of(self, path: Path) -> int:
        """The line of the value at `path`; parts that lead nowhere are passed over, so the nearest parent counts."""
        found: Path = ()
        for part in path:
            if (*found, part) in self.lines:
                found = (*found, part)
        return self.lines[found]

    def mistake(self, path: Path, what: str, remedy: str) -> Mistake:
        """A mistake at the line of `path`."""
        return Mistake(self.file, self.line_of(path), what, remedy)


@lru_cache(DOCUMENTS_KEPT)  # a revision's files are read as planned, as applied and as in force, and parsing is slow
def read_document(file: str, text: str) -> tuple[Document | None, tuple[Mistake, ...]]:
    """The file's values and everything in it that is no YAML of the kind read here; no values if it can't be read."""
    if len(text) > FILE_CHARS_MAX:
        what = f"The file has {len(text)} characters, more than {FILE_CHARS_MAX}"
        return None, (Mistake(file, 0, what, "Split the partnership, or shorten the file"),)
    reader = _Reader(file, YAML(typ="safe", pure=True).parse(text.removeprefix("\ufeff")))
    try:
        tree = reader.root()
    except _Unreadable as unreadable:
        return None, (*reader.mistakes, unreadable.mistake)
    except YAMLError as error:
        return None, (*reader.mistakes, _syntax_mistake(file, text, error))
    return Document(file, tree, reader.lines), tuple(reader.mistakes)


def quoted(value: str) -> str:
    """Text from a file as it stands in a sentence: in backticks, shortened, without line breaks."""
    shown = value if len(value) <= 60 else value[:57] + "..."
    return "`" + "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in shown) + "`"


class _Unreadable(Exception):
    """The file can't be read past this mistake."""

    def __init__(self, mistake: Mistake) -> None:
        self.mistake = mistake
        super().__init__(str(mistake))


@dataclass
class _Reader:
    """One pass over the parser's events. Its depth is bounded, so recursion is safe."""

    file: str
    events: Iterator[Event]
    lines: dict[Path, int] = field(default_factory=dict)
    mistakes: list[Mistake] = field(default_factory=list)
    values: int = 0

    def root(self) -> dict[str, Value]:
        """The mapping that the one document of the stream is."""
        tree: Value = None
        documents = 0
        for event in self.events:
            if isinstance(event, DocumentStartEvent):
                documents += 1
                self._check_document(event, documents)
            elif isinstance(event, NodeEvent):
                tree = self._value(event, (), 1)
            elif isinstance(event, StreamEndEvent) and tree is None:
                raise self._unreadable(0, "The file is empty", "Write the agreement into it, or delete the file")
        if not isinstance(tree, dict):
            raise self._unreadable(1, "The file is no mapping of keys to values", "Begin with a key and a colon")
        return tree

    def _check_document(self, event: DocumentStartEvent, documents: int) -> None:
        line = event.start_mark.line + 1
        if documents > 1:
            raise self._unreadable(line, "A second document begins here", "Move what follows `---` to its own file")
        if event.version not in (None, (1, 2)):
            self._add(line, "The file declares a YAML version other than 1.2", "Remove the line `%YAML`")

    def _value(self, event: NodeEvent, path: Path, key_line: int) -> Value:
        line = event.start_mark.line + 1
        if len(path) > DEPTH_MAX:
            remedy = "Write it as docs/files.md shows; no key lies that deep"
            raise self._unreadable(line, f"The file is nested more than {DEPTH_MAX} levels deep", remedy)
        self.values += 1
        if self.values > VALUES_MAX:
            raise self._unreadable(line, f"The file holds more than {VALUES_MAX} values", "Split the partnership")
        if event.anchor is not None and not isinstance(event, AliasEvent):
            self._add(
                line, f"The anchor {quoted('&' + event.anchor)} is not read here", "Remove it, and write values out"
            )
        if isinstance(event, SequenceStartEvent | MappingStartEvent | ScalarEvent) and event.ctag is not None:
            self._add(line, f"The tag {quoted(str(event.ctag))} is not read here", "Remove the tag")
        self.lines[path] = line if isinstance(event, ScalarEvent) and event.value else key_line
        match event:
            case MappingStartEvent():
                return self._entries(path)
            case SequenceStartEvent():
                return self._items(path)
            case ScalarEvent():
                return _scalar(event)
            case _:
                return NotText("an alias", f"*{event.anchor}")

    def _items(self, path: Path) -> list[Value]:
        items: list[Value] = []
        for event in self.events:
            if isinstance(event, SequenceEndEvent):
                break
            assert isinstance(event, NodeEvent)
            items.append(self._value(event, (*path, len(items)), event.start_mark.line + 1))
        return items

    def _entries(self, path: Path) -> dict[str, Value]:
        entries: dict[str, Value] = {}
        for event in self.events:
            if isinstance(event, MappingEndEvent):
                break
            line = event.start_mark.line + 1
            if not isinstance(event, ScalarEvent):
                raise self._unreadable(line, "A list, a mapping or an alias stands here as a key", "Write a plain key")
            key = event.value
            if key not in entries:
                entries[key] = self._value(self._next(), (*path, key), line)
                continue
            first = self.lines[(*path, key)]
            self._add(line, f"The key {quoted(key)} stands here twice, first on line {first}", "Remove one of them")
            self._value(self._next(), (*path, key, -1), line)
        return entries

    def _next(self) -> NodeEvent:
        event = next(self.events)
        assert isinstance(event, NodeEvent), "the parser gives every key a value"
        return event

    def _add(self, line: int, what: str, remedy: str) -> None:
        self.mistakes.append(Mistake(self.file, line, what, remedy))

    def _unreadable(self, line: int, what: str, remedy: str) -> _Unreadable:
        return _Unreadable(Mistake(self.file, line, what, remedy))


def _scalar(event: ScalarEvent) -> Value:
    text = str(event.value)
    plain = event.style is None or event.style == ""
    if not plain:
        return text
    if _NULL.match(text):
        return None
    if _TRUTH.match(text):
        return NotText("a truth value", text)
    return NotText("a number", text) if _NUMBER.match(text) else text


def _syntax_mistake(file: str, text: str, error: YAMLError) -> Mistake:
    if isinstance(error, ReaderError):
        line = text.count("\n", 0, error.position) + 1
        what = f"The character U+{int(error.character):04X} must not stand in YAML"
        return Mistake(file, line, what, "Remove the character")
    assert isinstance(error, MarkedYAMLError)
    problem = error.problem or error.context or "it can't be parsed"
    mark = error.problem_mark or error.context_mark
    line = mark.line + 1 if mark is not None else 0
    if "\\t" in problem:
        return Mistake(file, line, "A tab stands where YAML takes spaces only", "Indent with spaces")
    problem = problem.replace(repr("\0"), "the end of the file")
    return Mistake(file, line, f"This is no YAML: {problem}", "Check quotes, brackets and indentation here")
