"""The raw query string as decoded pairs: strict about percent-encoding and UTF-8, in the order of the request.

A `+` is a blank, as HTML forms and most client libraries write it; a plus sign is sent as `%2B`.
"""

import re
from typing import Final
from urllib.parse import unquote_to_bytes

from app.errors import MalformedRequest, QueryTooLong

_BROKEN_ESCAPE: Final = re.compile(rb"%(?![0-9A-Fa-f]{2})")


def decoded_pairs(query_string: bytes, chars_max: int) -> list[tuple[str, str]]:
    """The names and values of a query string. MalformedRequest or QueryTooLong if it can't be read as a whole."""
    if not query_string:
        return []
    if len(query_string) > chars_max:
        raise QueryTooLong(f"A query string of up to {chars_max} characters is taken.")
    if _BROKEN_ESCAPE.search(query_string):
        raise MalformedRequest("The query string holds a % that two hexadecimal digits don't follow.")
    pairs: list[tuple[str, str]] = []
    try:
        for piece in query_string.split(b"&"):
            if piece:
                name, _, value = piece.partition(b"=")
                pairs.append((_decoded(name), _decoded(value)))
    except UnicodeDecodeError:
        raise MalformedRequest("The query string is not UTF-8.") from None
    return pairs


def _decoded(text: bytes) -> str:
    return unquote_to_bytes(text.replace(b"+", b" ")).decode()
