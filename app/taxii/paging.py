"""`next`: where a walk stands, sealed so that nobody can read or change it (TAXII 2.1 sections 3.5 and App. B).

A token is stateless: it holds the date of the last row that was sent, the `added_after` the walk began with, and its
filters. It is valid across restarts, processes, machines and policy revisions, and it never expires.

* AES-SIV (RFC 5297) authenticates and hides it. It takes no nonce, so one position always gives one token: a page
  fetched twice is the same bytes.
* The context (audience, endpoint, collection, object) is authenticated but not stored: a token opens nowhere else.
* Tokens have one of two lengths, which depend on nothing but the size of the request's own filters. Filters past 512
  canonical bytes are replaced by their SHA-256, and the client has to repeat them.
* The first key seals, every key opens, so that keys can be rotated.
"""

import hashlib
import re
import struct
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESSIV

from app.errors import MalformedRequest
from app.taxii.filters import MatchFilter, PageRequest

FILTER_BYTES_MAX: Final = 512
"""Longer canonical filters travel as their digest."""

_HEADER: Final = struct.Struct(">Bqq H")  # kind, cursor, started_after, length of the filter
_SIV_BYTES: Final = 16
# A multiple of three has one base64 text alone: with spare bits, a changed token could decode to the same bytes.
_SMALL: Final = 126
_LARGE: Final = 549
_TEXT_LENGTHS: Final = frozenset({_SMALL // 3 * 4, _LARGE // 3 * 4})
_ALPHABET: Final = re.compile(r"[A-Za-z0-9_-]+")
_INLINE: Final = 0
_DIGEST: Final = 1
_FROM_THE_START: Final = -(2**63)

_BAD_TOKEN: Final = "This value of next is not valid here. Start again without next."  # noqa: S105
_OTHER_FILTERS: Final = "The match filters are not those this walk began with. Repeat them, or leave all of them out."
_REPEAT_FILTERS: Final = "The match filters of this walk are too long for its next value: repeat them on each page."


@dataclass(frozen=True, slots=True)
class Bookmark:
    """Where a walk stands: rows with a date above `cursor` follow. Both instants are in milliseconds.

    `started_after` is the `added_after` of the first page: what it excluded shadows no version (section 3.4).
    """

    cursor: int
    started_after: int | None
    filter: MatchFilter


class PageTokens:
    """Seals bookmarks into `next` values and opens what clients send back.

    Keys are 32, 48 or 64 random bytes (AES-128, -192, -256); anything else is a ValueError.
    """

    def __init__(self, keys: Sequence[bytes]) -> None:
        if not keys:
            raise ValueError("page tokens need at least one key")
        self._ciphers = tuple(AESSIV(key) for key in keys)

    def seal(self, bookmark: Bookmark, context: bytes) -> str:
        """The `next` value of a bookmark in its context (audience, endpoint, collection, object id)."""
        canonical = bookmark.filter.canonical()
        kind = _INLINE if len(canonical) <= FILTER_BYTES_MAX else _DIGEST
        carried = canonical if kind == _INLINE else hashlib.sha256(canonical).digest()
        started_after = _FROM_THE_START if bookmark.started_after is None else bookmark.started_after
        plaintext = _HEADER.pack(kind, bookmark.cursor, started_after, len(carried)) + carried
        size = _SMALL if len(plaintext) <= _SMALL - _SIV_BYTES else _LARGE
        sealed = self._ciphers[0].encrypt(plaintext.ljust(size - _SIV_BYTES, b"\0"), [context])
        return urlsafe_b64encode(sealed).decode("ascii")

    def open(self, token: str, context: bytes, request: PageRequest) -> Bookmark:
        """Where the walk of this request goes on.

        The walk's own filters apply. The request may leave them out or repeat them; different or additional ones are
        a MalformedRequest, as is a token that was not sealed in this context. The later of the token's cursor and the
        request's `added_after` counts.
        """
        plaintext = self._decrypted(token, context)
        kind, cursor, started_after, length = _HEADER.unpack_from(plaintext)
        carried = plaintext[_HEADER.size : _HEADER.size + length]
        return Bookmark(
            cursor=cursor if request.added_after is None else max(cursor, request.added_after),
            started_after=None if started_after == _FROM_THE_START else started_after,
            filter=_walked_filter(kind, carried, request),
        )

    def _decrypted(self, token: str, context: bytes) -> bytes:
        if len(token) in _TEXT_LENGTHS and _ALPHABET.fullmatch(token):
            sealed = urlsafe_b64decode(token)
            for cipher in self._ciphers:
                try:
                    return cipher.decrypt(sealed, [context])
                except InvalidTag:
                    continue
        raise MalformedRequest(_BAD_TOKEN)


def _walked_filter(kind: int, carried: bytes, request: PageRequest) -> MatchFilter:
    """The filter of the walk, if what the request says about it agrees."""
    if kind == _DIGEST:
        if hashlib.sha256(request.filter.canonical()).digest() != carried:
            raise MalformedRequest(_REPEAT_FILTERS if not request.names else _OTHER_FILTERS)
        return request.filter
    walked = MatchFilter.from_canonical(carried)
    if request.names and _overlaid(walked, request) != walked:
        raise MalformedRequest(_OTHER_FILTERS)
    return walked


def _overlaid(walked: MatchFilter, request: PageRequest) -> MatchFilter:
    """The walk's filter with every field that the request named as the request has it."""
    asked, overlaid = request.filter, walked
    for name in request.names:
        match name:
            case "match[id]":
                overlaid = replace(overlaid, ids=asked.ids)
            case "match[type]":
                overlaid = replace(overlaid, types=asked.types)
            case "match[spec_version]":
                overlaid = replace(overlaid, spec_versions=asked.spec_versions)
            case "match[version]":
                overlaid = replace(overlaid, first=asked.first, last=asked.last, all=asked.all, versions=asked.versions)
            case _:
                raise AssertionError(name)
    return overlaid
