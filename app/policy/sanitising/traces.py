"""Traces: whether a kept part tells what was cut.

What was cut leaves traces where its author said it twice: in a title, in a reference, in the id of an observable. So
every text that was cut is looked for in what is kept: the whole of it, its distinctive words, the observables of a
pattern, numbers of four digits and more, and the deterministic ids of SCOs that these values make (STIX 2.1 section
2.9). Words are the same whatever stands between them and however they are spelt (`spellings`). What holds a trace goes
too, so more is cut than need be rather than less.

No machine finds all that people understand. Not found are: a paraphrase, a translation, a nickname that was not cut;
a plain lower-case word within a longer text that was cut (as a whole text it is found); a value in parts, one in each
of several properties or items; look-alike letters of other scripts; another encoding or number base (base64, hex, an
address as one integer), a hash of the value, or the network that it is in; words in scripts that put no blanks between
them, unless they are a whole text that was cut; the id of an SCO that more than one property makes, unless the SCO
itself was cut; what other objects say, language-content about the original included.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from typing import Any, Final

from app.policy.sanitising.parts import Place, Told, told
from app.policy.sanitising.spellings import Spelling, names_of, spellings, understood
from app.stix.identifiers import CONTRIBUTING_PROPERTIES, TYPE_PATTERN, UUID_PATTERN, is_identifier, sco_id
from app.stix.objects import SpecVersion
from app.stix.patterns import PatternError, parse_pattern
from app.stix.timestamps import is_timestamp

_WHOLE_CHARS_MIN: Final = 4
_WORD_CHARS_MIN: Final = 3
_NUMBER_MIN: Final = 1000
_WORDS_MAX: Final = 50
"""How long a text is looked for word by word; of a longer one the whole is looked for, and its distinctive words."""

WORK_MAX: Final = 1_000_000_000
"""How many comparisons of a character are made for one object. Of one that takes more nothing is left."""

_EDGES: Final = re.compile(r"[^\W_](?:.*[^\W_])?")
_BETWEEN: Final = re.compile(r"""[/\\:@?&=#,;|"'()<>\[\]{}]+""")
_UUID: Final = re.compile(UUID_PATTERN)
_IDENTIFIER: Final = re.compile(f"({TYPE_PATTERN})--({UUID_PATTERN})")
_NO_BLANKS: Final = re.compile("[\u2e80-\uffef\U00020000-\U0003ffff]")
_END: Final = ""
_HASHES_BY_LENGTH: Final = {32: "MD5", 40: "SHA-1", 64: "SHA-256", 128: "SHA-512"}
_FUNCTION_WORDS: Final = frozenset(
    " ".join(
        (
            "about above after again all also although among and another any are because been before being below",
            "between both but can could did does during each either few followedby following for from further",
            "get had has have here how however in into is its itself like many may might more most must neither",
            "nor not now off one only other our out over own same see several she should since some such than",
            "that the their them then there these they this those though through thus too under until upon use",
            "used using via was were what when where whether which while who whose why will with within without",
            "would you your",
        )
    ).split()
)
"""English words that tell nothing also where a sentence begins with them."""


class Traces:
    """What is looked for: texts within others, and sequences of words."""

    def __init__(self) -> None:
        self._within: set[str] = set()
        self._words: dict[str, Any] = {}
        self._values: set[str | int] = set()

    def add_part(self, name: str | int, value: Any) -> None:
        """Look for all that is said in a part, and for the key under which it stands."""
        for each in told({name: value} if isinstance(name, str) else [value]):
            self.add(each.said)
        for sco in _scos_in(value):
            identifier = sco_id(sco)
            if identifier is not None:
                self.add(identifier)

    def add(self, said: str | float) -> None:
        """Look for a text or a number."""
        if not isinstance(said, str):
            if abs(said) >= _NUMBER_MIN:
                self._add_words((_text_of(said),))
                self._add_words((f"as{_text_of(said)}",))
                self._values.update({int(said)})
            return
        for observable in _observables_in(said):
            self._add_text(observable)
        self._add_text(said)

    def _add_text(self, text: str) -> None:
        if is_identifier(text):
            self._within.add(text.rpartition("--")[2].lower())
            return
        for name in names_of(text):
            self._values.update((name, name.lower(), understood(name)))
            for spelling in spellings(name):
                self._add_whole(spelling)
        if is_timestamp(text.strip()):
            return
        self._within.update(each.lower() for each in _UUID.findall(text))
        for word in distinctive_words(text):
            self._values.update((word, word.lower()))
            for spelling in spellings(word):
                self._add_words(spelling.words)

    def _add_whole(self, spelling: Spelling) -> None:
        whole = spelling.text.strip()
        if not spelling.words:
            self._within.update({whole} if not whole.isascii() else ())
            return
        if len(whole) >= _WHOLE_CHARS_MIN or _NO_BLANKS.search(whole):
            self._within.add(whole)
        self._add_words(spelling.words)

    def _add_words(self, words: Sequence[str]) -> None:
        if not 0 < len(words) <= _WORDS_MAX:
            return
        node = self._words
        for word in words:
            node = node.setdefault(word, {})
        node[_END] = _END

    def found_in(self, kept: Iterable[Told]) -> frozenset[Place] | None:
        """The places of what tells any of it; None where that takes more than `WORK_MAX`."""
        read = [(each.place, spelling) for each in kept for spelling in spellings(_text_of(each.said))]
        texts = "\n".join(spelling.text for _, spelling in read)
        within = self._within | self._scos_named_in(texts)
        if len(within) * len(texts) > WORK_MAX:
            return None
        within = {each for each in within if each in texts}
        if len(within) * len(texts) * len(read) > WORK_MAX:
            return None
        return frozenset(
            place
            for place, spelling in read
            if self._tells(spelling.words) or any(each in spelling.text for each in within)
        )

    def _tells(self, words: Sequence[str]) -> bool:
        """Whether a sequence that is looked for stands anywhere in these words."""
        for start in range(len(words)):
            node = self._words
            for word in words[start : start + _WORDS_MAX]:
                if word not in node:
                    break
                node = node[word]
                if _END in node:
                    return True
        return False

    def _scos_named_in(self, texts: str) -> set[str]:
        """The UUIDs, of those in the texts, that are the deterministic ids of SCOs which one of the values makes."""
        named = {(found[1], found[2]) for found in _IDENTIFIER.finditer(texts) if found[1] in CONTRIBUTING_PROPERTIES}
        types = {object_type for object_type, _ in named}
        made = {identifier for value in self._values for each in types for identifier in _ids_made_of(value, each)}
        return {uuid for object_type, uuid in named if f"{object_type}--{uuid}" in made}


def distinctive_words(text: str) -> Iterator[str]:
    """The words that name something: with a digit, a capital letter or a sign in them; and what signs hold apart."""
    for blank_free in text.split():
        for part in dict.fromkeys((blank_free, *_BETWEEN.split(blank_free))):
            found = _EDGES.search(part)
            if found is not None and _is_distinctive(found[0]):
                yield found[0]


def _is_distinctive(word: str) -> bool:
    if len(word) < _WORD_CHARS_MIN or word.lower() in _FUNCTION_WORDS:
        return False
    return any(each.isdigit() or each.isupper() or not each.isalnum() for each in word)


def _observables_in(text: str) -> Iterator[str]:
    """What a text asks for if it is a STIX pattern."""
    versions: tuple[SpecVersion, ...] = ("2.1", "2.0")
    for version in versions if text.lstrip()[:1] in ("[", "(") else ():
        with suppress(PatternError):
            yield from (each.value for each in parse_pattern(text, version=version).observables)


def _scos_in(value: Any) -> Iterator[Mapping[str, Any]]:
    if isinstance(value, dict):
        if value.get("type") in CONTRIBUTING_PROPERTIES:
            yield value
        value = list(value.values())
    for each in value if isinstance(value, list) else ():
        yield from _scos_in(each)


def _ids_made_of(value: str | int, object_type: str) -> Iterator[str | None]:
    """The ids of SCOs of a type that have the value as their one contributing property."""
    for name in CONTRIBUTING_PROPERTIES[object_type]:
        if name == "hashes":
            algorithm = _HASHES_BY_LENGTH.get(len(value)) if isinstance(value, str) else None
            said: Any = {algorithm: value} if algorithm is not None else None
        else:
            said = value
        if said is not None:
            yield sco_id({"type": object_type, name: said})


def _text_of(said: str | float) -> str:
    """A text as it is; a number as everybody would write it, without its sign."""
    if isinstance(said, str):
        return said
    size = abs(said)
    return str(int(size)) if size == int(size) else repr(float(size))
