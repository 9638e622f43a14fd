"""Spellings: the forms in which one text may stand in another, so that either is found.

Letter case, accents, full-width forms and invisible characters do not count, nor do the ways in which people take the
edge off an address (`hxxp`, `[.]`, ` dot `, `_dot_`), zeros before its numbers, URL encoding, HTML entities and the
escapes of JSON. `ø` is as `o` and `oe`, `ü` as `u` and `ue`, and so on.
"""

import re
import unicodedata
from collections.abc import Iterator
from contextlib import suppress
from ipaddress import IPv4Address, ip_address
from typing import Final, NamedTuple
from urllib.parse import unquote

from app.stix.entities import without_entities
from app.stix.observables.hosts import name_of, names_to_registrable
from app.stix.timestamps import is_timestamp, version_key
from app.stix.unicode_forms import in_form

_SAYS_NOTHING: Final = frozenset(("Mn", "Me", "Cf"))
_SCHEME: Final = re.compile(r"\bh[x*t]{2}p(?=s?\b)")
_SIGN: Final = re.compile(r"[\[({<]\s*([.,:@/]+|dot|at)\s*[\])}>]|\s(dot|at)\s|[-_](dot|at)[-_]|\\([.:/])")
_ENCODED: Final = re.compile(r"[%&]|\\[ux]")
_ESCAPED: Final = re.compile(r"\\(?:u([0-9a-fA-F]{4})|x([0-9a-fA-F]{2}))")
_TIMES_ENCODED_MAX: Final = 8
_PADDED: Final = re.compile(r"(?<![0-9.])(?=[0-9.]*(?<![0-9])0[0-9])[0-9]{1,3}(?:\.[0-9]{1,3}){3}(?![0-9])")
_LETTERS: Final = str.maketrans({"ø": "o", "æ": "ae", "œ": "oe", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ı": "i"})
_IN_TWO_LETTERS: Final = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "å": "aa", "ø": "oe"})
_SIGNS: Final = {"dot": ".", "at": "@", ",": "."}
_SYSTEM: Final = re.compile(r"[aA][sS][nN]? ?([0-9]{4,10})")
_VALUE_CHARS_MAX: Final = 253
"""How long such a value is at most: a domain name."""

_SECONDS_CHARS: Final = len("2024-01-15T12:30:45")
_ASCII: Final = "ascii"
_IDNA: Final = "idna"
_WORD: Final = re.compile(r"[^\W_]+")


class Spelling(NamedTuple):
    """A text without what does not count in it, the runs of letters and digits in that, and these in one."""

    text: str
    words: tuple[str, ...]
    run_together: str


def spellings(text: str) -> tuple[Spelling, ...]:
    """The text as it stands, and where that differs as who reads it understands it."""
    meant = understood(text)
    written = (text, meant) if text.isascii() else (text, meant, in_two_letters(text))
    return tuple(_spelling(each) for each in dict.fromkeys(map(_plain, written)))


def in_two_letters(text: str) -> str:
    """The text in small letters, with two for each that has two dots, a ring or a stroke, as in `Mueller`."""
    return in_form("NFC", text).lower().translate(_IN_TWO_LETTERS)


def understood(text: str) -> str:
    """The text with encodings and defanging undone, and zeros before the numbers of addresses left out."""
    plain = _SIGN.sub(_sign, _SCHEME.sub("http", _plain(_decoded(text))))
    return _PADDED.sub(lambda found: ".".join(str(int(each)) for each in found[0].split(".")), plain)


def is_encoded(text: str) -> bool:
    """Whether a text may be written in URL encoding, with HTML entities or with the escapes of JSON."""
    return _ENCODED.search(text) is not None


def _decoded(text: str) -> str:
    """The text with URL encoding, HTML entities and the escapes of JSON undone, however often they were applied."""
    for _ in range(_TIMES_ENCODED_MAX):
        before, text = text, _ESCAPED.sub(_escaped, without_entities(unquote(text)))
        if text == before:
            break
    return text


def _escaped(found: re.Match[str]) -> str:
    letter = chr(int(found[1] or found[2], 16))
    return found[0] if "\ud800" <= letter <= "\udfff" else letter


def names_of(text: str) -> Iterator[str]:
    """The text, and what else names the same: of addresses, domain names, timestamps and numbers of ASes.

    Of a domain name that are also the names above it, down to the one that somebody can register.
    """
    yield text
    value = text.strip()
    if len(value) > _VALUE_CHARS_MAX:
        return
    if is_timestamp(value):
        yield version_key(value)
        yield version_key(value)[:_SECONDS_CHARS].replace("T", " ")
        return
    number = _SYSTEM.fullmatch(value)
    if number is not None:
        yield number[1]
    yield from _names_of_address(value)
    if "." in value:
        yield from names_to_registrable(name_of(value))[1:]
    if not value.isascii() or "xn--" in value.lower():
        with suppress(UnicodeError):
            yield value.encode(_IDNA).decode(_ASCII)
        with suppress(UnicodeError):
            yield value.encode(_ASCII).decode(_IDNA)


def _names_of_address(value: str) -> Iterator[str]:
    """An address written otherwise, its name in the DNS, and the same as IPv6 or IPv4 (RFC 4291, section 2.5.5.2).

    The zone that an IPv6 address may name (RFC 4007, section 11) is none of it.
    """
    try:
        address = ip_address(value.partition("%")[0])
    except ValueError:
        return
    yield from (address.compressed, address.exploded, address.reverse_pointer)
    if isinstance(address, IPv4Address):
        high, low = divmod(int(address), 1 << 16)
        yield from (f"::ffff:{high:x}:{low:x}", f"::ffff:{high:04x}:{low:04x}")
    elif address.ipv4_mapped is not None:
        yield from _names_of_address(str(address.ipv4_mapped))


def _spelling(text: str) -> Spelling:
    words = tuple(_WORD.findall(text))
    return Spelling(text, words, "".join(words))


def _plain(text: str) -> str:
    if text.isascii():
        return text.lower()
    letters = (each for each in in_form("NFKD", text) if unicodedata.category(each) not in _SAYS_NOTHING)
    return in_form("NFKD", "".join(letters).casefold()).translate(_LETTERS)


def _sign(found: re.Match[str]) -> str:
    sign = found[1] or found[2] or found[3] or found[4]
    return _SIGNS.get(sign, sign)
