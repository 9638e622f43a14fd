"""Traces: whether a kept part tells what was cut.

What was cut leaves traces where its author said it twice: in a title, in a reference, in the id of an observable. So
every text that was cut is looked for in what is kept: the whole of it, six words of it in a row, its distinctive
words, the domains that its hosts lie in, its addresses' other forms and names in the DNS, its instants with a blank and
their dates alone, the first digits of its hashes, the observables of a pattern, numbers of four digits and more, and
the deterministic ids that these values make (`minted`). Words are the same whatever stands between them and however
they are spelt (`spellings`). What holds a trace goes too, so more
is cut than need be rather than less; what goes only for that was no secret, and nothing is looked for on its account.

No machine finds all that people understand. Not found are: a paraphrase, a translation, a nickname that was not cut;
a plain lower-case word out of a longer text, and a part of what `-` or `_` join (each is found as a whole text); a
word with an ending, unless it is a whole text; two lower-case letters; a value in parts, one in each of several
properties or items; look-alike letters of other scripts; another encoding or number base (base64, hex,
quoted-printable, an address as one integer), a hash of the value, its last digits, or the network that it is in; a
number that was rounded; an instant in words, or in another zone; words in scripts that put no blanks between them,
unless they are a whole text; the id of an SCO without its type before it, or that more than one property makes,
unless the SCO itself was cut; an id that OpenCTI makes of several words of a longer sentence, or of anything but a
name and its kind; what the type of an observable or the name of a custom type tells; what other objects say,
language-content about the original included.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from typing import Any, Final

from app.policy.sanitising.looking import Beginnings, Needles, Work
from app.policy.sanitising.minted import MINTED_TYPES, how_many, uuids_made_of
from app.policy.sanitising.parts import Place, Told, told
from app.policy.spellings import Spelling, is_encoded, names_of, spellings, understood
from app.stix.identifiers import CONTRIBUTING_PROPERTIES, UUID_PATTERN, is_identifier, sco_id
from app.stix.objects import SpecVersion
from app.stix.patterns import PatternError, parse_pattern
from app.stix.timestamps import is_timestamp

_WHOLE_CHARS_MIN: Final = 4
_RUN_TOGETHER_CHARS_MIN: Final = 5
_WORD_CHARS_MIN: Final = 3
_DIGITS_MIN: Final = 4
_QUOTED_WORDS: Final = 6
"""So many words in a row are a quotation of the text that they stand in."""

_WORDS_LOOKED_FOR: Final = range(1, _QUOTED_WORDS + 1)

_READING: Final = 4
"""How much work it is to read one character: to spell it, to tell words apart, and to look these up."""

_TEXT: Final = 50
"""How much it is to read a text, however short."""

_DECOMPOSING: Final = 20
"""How much more it is for a character of a text that is not ASCII, of which one may become many."""

_DECODING: Final = 16
"""How much more it is for a character of a text that may be encoded, and more than once."""

_PARSING: Final = 100
"""How much it is for a character of a pattern."""

_ID: Final = 100
"""How much work it is to make the id of an SCO."""

_EDGES: Final = re.compile(r"[^\W_](?:.*[^\W_])?")
_BETWEEN: Final = re.compile(r"""[/\\:@?&=#,;|"'()<>\[\]{}]+""")
_UUID: Final = re.compile(UUID_PATTERN, re.IGNORECASE)
_VERSION_AT: Final = 14
_CLAUSES: Final = re.compile(r"[:;,()|\n]")
_HASH: Final = re.compile(
    r"(?<![0-9a-zA-Z])(?:[0-9a-fA-F]{32}|[0-9a-fA-F]{40}|[0-9a-fA-F]{64}|[0-9a-fA-F]{128})(?![0-9a-zA-Z])"
)
_ABBREVIATION: Final = re.compile("[A-Z]{2}|[A-Za-z][0-9]|[0-9][A-Za-z]")
_DATE_CHARS: Final = 10
_NO_BLANKS: Final = re.compile("[\u2e80-\uffef\U00020000-\U0003ffff]")
_FUNCTION_WORDS: Final = frozenset(
    " ".join(
        (
            "about above after again all also although among and another any are because been before being below",
            "between both but can could did does during each either few followedby following for from further",
            "get had has have here how however in into is its itself like many may might more most must neither",
            "nor not now off one only other our out over own same see several she should since some such than",
            "that the their them then there these they this those though through thus too under until upon use",
            "used using via was were what when where whether which while who whose why will with within without",
            "would you your am an as at be by do go he if in is it me my no of oh ok on or so to up we",
        )
    ).split()
)
"""English words that tell nothing also where a sentence begins with them, or that are written all in capitals."""


class Traces:
    """What is looked for: texts within others, texts run together, and sequences of words.

    All methods raise `TooMuchWork` when more is to be done than is left of `work`.
    """

    def __init__(self, work: Work) -> None:
        self._work = work
        self._within: set[str] = set()
        self._run_together: set[str] = set()
        self._words: set[tuple[str, ...]] = set()
        self._values: set[str] = set()
        self._hashes: set[str] = set()

    def add_part(self, place: Place, value: Any) -> None:
        """Look for all that is said in a part, and for the key under which it stands."""
        *above, name = place
        for each in told({name: value} if isinstance(name, str) else [value], place=tuple(above)):
            self.add(each.said)
        for sco in _scos_in(value):
            with suppress(ValueError):  # of a number that is no double no id is made
                identifier = sco_id(sco)
                if identifier is not None:
                    self.add(identifier)

    def add(self, said: str | float) -> None:
        """Look for a text or a number."""
        if isinstance(said, str):
            if _may_be_pattern(said):
                self._work.spend(_PARSING * len(said))
                for observable in _observables_in(said):
                    self._add_text(observable)
            else:
                self._work.spend(_READING * len(said))
            self._add_text(said)
        elif _is_long(said):
            digits = _digits_of(said)
            self._values.add(digits)
            for name in (digits, f"as{digits}"):
                self._add_whole(name)

    def _add_text(self, text: str) -> None:
        uuids = {each.lower() for each in _UUID.findall(text)}
        self._within.update(uuids)
        self._run_together.update(each.replace("-", "") for each in uuids)
        if is_identifier(text):
            return
        for name in names_of(text):
            self._values.update((name, name.lower(), understood(name)))
            self._add_whole(name, within=True)
        self._values.update(each.strip().lower() for each in _CLAUSES.split(text))
        self._hashes.update(each[0].lower() for each in _HASH.finditer(text))
        if is_timestamp(text.strip()):
            self._add_whole(text.strip()[:_DATE_CHARS])
        else:
            for word in distinctive_words(text):
                if is_timestamp(word):
                    self._add_whole(word[:_DATE_CHARS])
                for name in names_of(word) if _names_more(word) else (word,):
                    self._values.update((name, name.lower()))
                    self._add_whole(name)

    def _add_whole(self, text: str, *, within: bool = False) -> None:
        """Look for a text as words; with `within` also within other words."""
        for spelling in self._spelt(text):
            whole, words = spelling.text.strip(), spelling.words
            if within and _stands_out(whole, words):
                self._within.add(whole)
                if len(spelling.run_together) >= _RUN_TOGETHER_CHARS_MIN and not spelling.run_together.isdecimal():
                    self._run_together.add(spelling.run_together)
            for start in range(max(1, len(words) - _QUOTED_WORDS + 1)):
                self._words.add(words[start : start + _QUOTED_WORDS])

    def found_in(self, kept: Iterable[Told]) -> frozenset[Place]:
        """The places of what tells any of it."""
        read = list(self._read(kept))
        minted = self._minted_in(spelling.text for _, spelling in read)
        within, run_together = Needles(self._within | minted), Needles(self._run_together)
        beginnings = Beginnings(self._hashes)
        return frozenset(
            place
            for place, spelling in read
            if self._tells(spelling.words)
            or beginnings.any_in(spelling.words)
            or within.any_in(spelling.text, self._work)
            or run_together.any_in(spelling.run_together, self._work)
        )

    def _read(self, kept: Iterable[Told]) -> Iterator[tuple[Place, Spelling]]:
        for place, said in kept:
            if isinstance(said, str) or _is_long(said):
                text = said if isinstance(said, str) else _digits_of(said)
                yield from ((place, spelling) for spelling in self._spelt(text))

    def _spelt(self, text: str) -> Iterator[Spelling]:
        decoding = _DECODING if is_encoded(text) else 0
        self._work.spend(_TEXT + len(text) * (decoding + (1 if text.isascii() else _DECOMPOSING)))
        for spelling in spellings(text):
            self._work.spend(_READING * len(spelling.text))
            yield spelling

    def _tells(self, words: tuple[str, ...]) -> bool:
        """Whether a sequence that is looked for stands anywhere in these words."""
        return any(
            words[start : start + length] in self._words for start in range(len(words)) for length in _WORDS_LOOKED_FOR
        )

    def _minted_in(self, texts: Iterable[str]) -> set[str]:
        """The UUIDs in the texts that are made of one of the values."""
        found = [(text, at) for text in texts for at in _UUID.finditer(text) if at[0][_VERSION_AT] == "5"]
        types = {each for text, at in found for each in MINTED_TYPES if text.endswith(f"{each}--", 0, at.start())}
        if not found:
            return set()
        self._work.spend(_ID * len(self._values) * how_many(types))
        made = {uuid for value in self._values for uuid in uuids_made_of(value, types)}
        return made & {at[0] for _, at in found}


def distinctive_words(text: str) -> Iterator[str]:
    """The words that name something: with a digit, a capital letter or a sign in them; and what signs hold apart."""
    for blank_free in text.split():
        for part in dict.fromkeys((blank_free, *_BETWEEN.split(blank_free))):
            found = _EDGES.search(part)
            if found is not None and _is_distinctive(found[0]):
                yield found[0]


def _stands_out(text: str, words: tuple[str, ...]) -> bool:
    """Whether a text tells also where it stands within other words; without any word of its own, as an emoji does."""
    if not words:
        return not text.isascii()
    return len(text) >= _WHOLE_CHARS_MIN or _NO_BLANKS.search(text) is not None


def _names_more(word: str) -> bool:
    """Whether a word may be an address, a domain name or an AS, which have further names."""
    return "." in word or ":" in word or word[:2].lower() == "as"


def _is_distinctive(word: str) -> bool:
    if word.lower() in _FUNCTION_WORDS:
        return False
    if len(word) < _WORD_CHARS_MIN:
        return _ABBREVIATION.fullmatch(word) is not None
    return any(each.isdigit() or each.isupper() or not each.isalnum() for each in word)


def _may_be_pattern(text: str) -> bool:
    return text.lstrip()[:1] in ("[", "(")


def _observables_in(text: str) -> Iterator[str]:
    """What a text asks for if it is a STIX pattern."""
    versions: tuple[SpecVersion, ...] = ("2.1", "2.0")
    for version in versions:
        with suppress(PatternError):
            yield from (each.value for each in parse_pattern(text, version=version).observables)


def _scos_in(value: Any) -> Iterator[Mapping[str, Any]]:
    if isinstance(value, dict):
        if str(value.get("type")) in CONTRIBUTING_PROPERTIES:
            yield value
        value = list(value.values())
    for each in value if isinstance(value, list) else ():
        yield from _scos_in(each)


def _is_long(number: float) -> bool:
    """Whether a number has so many digits that it is one of its own."""
    return sum(map(str.isdecimal, _digits_of(number))) >= _DIGITS_MIN


def _digits_of(number: float) -> str:
    """A number as everybody would write it, without its sign."""
    size = abs(number)
    return str(int(size)) if size == int(size) else repr(float(size))
