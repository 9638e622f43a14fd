"""JSON without what JSON leaves open: one parse, the exact bytes of each element, and every number as it was written.

Refused for one element, while the others go on: a member name that stands twice in one object, NaN and the infinities,
numbers that overflow, lone surrogates, U+0000 (PostgreSQL can't hold it), and whatever is past `JsonLimits`.
Refused for the whole body: what is no JSON at all, and the same things outside of its elements.
"""

import json
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Final

from app.stix.json_faults import FloatLiteral, IntegerLiteral, JsonLimits, find_faults, shown

__all__ = [
    "DEFAULT_LIMITS",
    "Element",
    "JsonLimits",
    "JsonRefused",
    "bytes_digest",
    "elements",
    "parse",
    "tree_digest",
]

DEFAULT_LIMITS: Final = JsonLimits()
_BYTE_ORDER_MARK = "\ufeff"
_SPACE = re.compile(r"[ \t\n\r]*")
# strings and brackets are all it takes to find the end of a value that nests too deep to be parsed
_TOKEN = re.compile(r'"[^"\\]*+(?:\\.[^"\\]*+)*+"|["\[\]{}]', re.DOTALL)
_ESCAPE_TO_LOOK_AT = re.compile(rb"\\u(?:0000|[dD][89a-fA-F])")
_DIGEST_ENCODER = json.JSONEncoder(sort_keys=True, ensure_ascii=False, check_circular=False, separators=(",", ":"))


class JsonRefused(ValueError):
    """The text is no JSON of the form that was asked for. `reason` is a sentence for whoever sent it."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(reason)


@dataclass(frozen=True, slots=True)
class Element:
    """One JSON value: its exact bytes, and its tree.

    `refusals` says why it can't be taken, one sentence for each reason; `tree` then is what could be read, or None.
    Numbers are int and float; where the literal is not the one that Python writes, an IntegerLiteral or FloatLiteral
    that keeps it, and `plain` is False.
    """

    raw: bytes
    tree: object | None
    refusals: tuple[str, ...] = ()
    plain: bool = True


def elements(body: bytes, member: str = "objects", limits: JsonLimits = DEFAULT_LIMITS) -> Iterator[Element]:
    """The elements of the list under `member` of the top-level object, each parsed once.

    Other members are ignored, unless they hold what would refuse an element.
    Raises JsonRefused, at any step: nothing may be kept of the elements before the iteration has ended.
    """
    text = _Text(body, limits)
    text.expect("{", "a JSON object")
    names: set[str] = set()
    more = not text.skip("}")
    while more:
        name = text.name()
        if name in names:
            raise JsonRefused(f"The member `{shown(name)}` stands more than once in the top-level object.")
        names.add(name)
        if name == member:
            yield from text.list_elements(name)
        else:
            text.ignore(name)
        more = text.another("}")
    text.must_end()
    if member not in names:
        raise JsonRefused(f"The top-level object has no member `{member}`.")


def parse(raw: bytes, limits: JsonLimits = DEFAULT_LIMITS) -> Element:
    """One whole document. Its bytes are `raw` without the whitespace around the value. Raises JsonRefused."""
    text = _Text(raw, limits)
    element = text.element()
    text.must_end()
    return element


def bytes_digest(raw: bytes) -> bytes:
    """SHA-256 of the bytes: whether the same was served."""
    return sha256(raw).digest()


def tree_digest(tree: object, *, plain: bool = False) -> bytes:
    """SHA-256 of the tree with sorted keys and literal numbers: whether the content is the same.

    1.0, 1 and 1e0 differ; order of keys, whitespace and escapes do not count. It is no canonical JSON. `plain` says
    that the tree is known to hold no literal but Python's own, which saves a walk (see Element).
    """
    text = _DIGEST_ENCODER.encode(tree if plain else _with_literals(tree))
    return sha256(text.encode("utf-8", "surrogatepass")).digest()


def _with_literals(tree: object) -> object:
    """The tree with each kept literal as an object that no accepted tree can hold: its member name is U+0000."""
    if isinstance(tree, IntegerLiteral | FloatLiteral):
        return {"\0": tree.literal}
    if isinstance(tree, dict):
        return {key: _with_literals(value) for key, value in tree.items()}
    if isinstance(tree, list):
        return [_with_literals(value) for value in tree]
    return tree


class _Text:
    """A JSON text and a place in it. Python's C scanner does the parsing; its hooks note what has to be looked at."""

    __slots__ = ("_at", "_body", "_decoder", "_limits", "_plain", "_repeated", "_suspicious", "_text")

    def __init__(self, body: bytes, limits: JsonLimits) -> None:
        try:
            self._text = body.decode("utf-8")
        except UnicodeDecodeError as error:
            raise JsonRefused(f"The text is not UTF-8 at byte {error.start}.") from None
        if self._text.startswith(_BYTE_ORDER_MARK):
            raise JsonRefused("The text begins with a byte order mark; send JSON without one (RFC 8259 section 8.1).")
        # slices of the text are slices of the body only where every character is one byte
        self._body = body if body.isascii() else None
        self._limits = limits
        self._at = 0
        self._plain = True
        self._suspicious = False
        self._repeated: list[str] = []
        self._decoder = json.JSONDecoder(
            object_pairs_hook=self._object,
            parse_float=self._float,
            parse_int=self._integer,
            parse_constant=self._constant,
        )

    def skip(self, character: str) -> bool:
        """Step over whitespace, and over the character if it comes next; whether it did."""
        self._skip_space()
        if not self._text.startswith(character, self._at):
            return False
        self._at += 1
        return True

    def expect(self, character: str, what: str) -> None:
        """Step over the character; refuse the text where another one stands."""
        if not self.skip(character):
            raise JsonRefused(f"The text is not {what} {self._here()}.")

    def another(self, closing: str) -> bool:
        """Step over a comma or the closing bracket; whether it was the comma."""
        if self.skip(","):
            return True
        self.expect(closing, f"JSON: a comma or {closing} is missing")
        return False

    def must_end(self) -> None:
        """Refuse the text where anything but whitespace follows."""
        self._skip_space()
        if self._at < len(self._text):
            raise JsonRefused(f"The text goes on after the end of the JSON value, {self._here()}.")

    def name(self) -> str:
        """A member name and the colon after it."""
        self._skip_space()
        name = self._value() if self._text.startswith('"', self._at) else None
        self.expect(":", "JSON: a member name and a colon are missing")
        if not isinstance(name, str):
            raise JsonRefused(f"The text is not JSON: a member name is missing {self._here()}.")
        return name

    def list_elements(self, name: str) -> Iterator[Element]:
        """The elements of the list that comes next."""
        self.expect("[", f"of the form that is needed: the member `{name}` is no list")
        more = not self.skip("]")
        while more:
            yield self.element()
            more = self.another("]")

    def ignore(self, name: str) -> None:
        """Step over the value that comes next; refuse the text where an element would be refused for it."""
        found = self.element()
        if found.refusals:
            raise JsonRefused(f"The member `{shown(name)}` can't be taken. {' '.join(found.refusals)}")

    def element(self) -> Element:
        """The value that comes next, with its bytes and what is wrong with it."""
        self._skip_space()
        start = self._at
        self._plain, self._suspicious = True, False
        self._repeated.clear()
        try:
            tree = self._value()
        except RecursionError:
            self._skip_deep_value()
            reason = f"It nests deeper than the {self._limits.depth_max} levels that are taken."
            return Element(self._slice(start), None, (reason,))
        raw = self._slice(start)
        return Element(raw, tree, self._refusals(raw, tree), self._plain)

    def _refusals(self, raw: bytes, tree: object) -> tuple[str, ...]:
        limits = self._limits
        reasons = [f"The member `{shown(name)}` stands more than once in one object." for name in self._repeated]
        if len(raw) > limits.object_bytes_max:
            reasons.append(f"It has {len(raw)} bytes, and {limits.object_bytes_max} are taken.")
        if (
            self._suspicious
            or raw.count(b"{") + raw.count(b"[") > limits.depth_max
            or len(raw) > limits.string_chars_max
            or (b"\\u" in raw and _ESCAPE_TO_LOOK_AT.search(raw) is not None)
        ):
            reasons.extend(find_faults(tree, limits))
        return tuple(reasons)

    def _value(self) -> Any:
        try:
            value, self._at = self._decoder.raw_decode(self._text, self._at)
        except json.JSONDecodeError as error:
            self._at = error.pos
            raise JsonRefused(f"The text is not JSON: {error.msg} {self._here()}.") from None
        return value

    def _skip_space(self) -> None:
        match = _SPACE.match(self._text, self._at)
        self._at = match.end() if match else self._at

    def _skip_deep_value(self) -> None:
        depth = 0
        for token in _TOKEN.finditer(self._text, self._at):
            opening = token[0] in "[{"
            depth += opening
            depth -= not opening and token[0] in "]}"
            if token[0] == '"' or depth == 0:
                break
        else:
            raise JsonRefused("The text is not JSON: a bracket is not closed.")
        if token[0] == '"':
            raise JsonRefused("The text is not JSON: a string is not closed.")
        self._at = token.end()

    def _slice(self, start: int) -> bytes:
        if self._body is not None:
            return self._body[start : self._at]
        return self._text[start : self._at].encode("utf-8")

    def _here(self) -> str:
        line = self._text.count("\n", 0, self._at) + 1
        return f"at line {line}, column {self._at - self._text.rfind(chr(10), 0, self._at)}"

    def _object(self, members: list[tuple[str, Any]]) -> dict[str, Any]:
        tree = dict(members)
        if len(tree) != len(members):
            counted = Counter(name for name, _ in members)
            self._repeated.extend(name for name, count in counted.items() if count > 1)
        return tree

    def _integer(self, literal: str) -> int | float:
        if len(literal) > self._limits.number_chars_max:
            return self._constant(literal)
        if literal == "-0":
            self._plain = False
            return IntegerLiteral(literal)
        return int(literal)

    def _float(self, literal: str) -> float:
        if len(literal) > self._limits.number_chars_max:
            return self._constant(literal)
        number = float(literal)
        if repr(number) == literal:
            return number
        self._plain = False
        kept = FloatLiteral(literal, number)
        self._suspicious = self._suspicious or kept.is_unusable
        return kept

    def _constant(self, literal: str) -> float:
        """NaN, an infinity, or a number that is too long to be read."""
        self._plain, self._suspicious = False, True
        return FloatLiteral(literal, float("nan"))
