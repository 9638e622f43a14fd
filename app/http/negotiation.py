"""Accept, Content-Type, Content-Encoding and the bounded body of a request."""

from collections.abc import Collection
from typing import Final

from starlette.datastructures import Headers
from starlette.requests import Request

from app.errors import BodyTooLarge, NotAcceptable, UnsupportedMediaType
from app.taxii.media_types import TAXII_21, acceptable, content_type_supported


def require_acceptable(headers: Headers, offered: str = TAXII_21) -> None:
    """NotAcceptable if the Accept header leaves nothing of the one media type that is offered."""
    values = headers.getlist("accept")
    if not acceptable(values[0] if len(values) == 1 else ",".join(values) or None, offered):
        raise NotAcceptable(f"This server answers in {offered}.")


FEED_TYPES: Final = frozenset({"text/csv", "text/plain", "application/json", "application/octet-stream"})


def require_taxii_body(headers: Headers) -> None:
    """UnsupportedMediaType unless the body is declared, once, as uncompressed TAXII 2.1."""
    declared = headers.getlist("content-type")
    if len(declared) != 1 or not content_type_supported(declared[0]):
        raise UnsupportedMediaType(f"This server takes {TAXII_21}.")
    _require_uncoded(headers)


def require_feed_body(headers: Headers) -> None:
    """UnsupportedMediaType unless the body is declared, once, as one of the types that feeds come as, uncompressed."""
    declared = headers.getlist("content-type")
    if len(declared) != 1 or declared[0].partition(";")[0].strip().lower() not in FEED_TYPES:
        raise UnsupportedMediaType(f"This server takes {', '.join(sorted(FEED_TYPES))} here.")
    _require_uncoded(headers)


def _require_uncoded(headers: Headers) -> None:
    codings = ",".join(headers.getlist("content-encoding")).lower().replace(",", " ").split()
    if any(coding != "identity" for coding in codings):
        raise UnsupportedMediaType("This server takes bodies without a content coding.")


def require_json_body(headers: Headers) -> None:
    """UnsupportedMediaType unless the body is declared, once, as JSON."""
    require_body_of(headers, ["application/json"])


def require_body_of(headers: Headers, taken: Collection[str]) -> str:
    """The media type as which the body is declared, once. UnsupportedMediaType unless it is one that is taken."""
    declared = headers.getlist("content-type")
    given = declared[0].partition(";")[0].strip().lower() if len(declared) == 1 else ""
    if given not in taken:
        raise UnsupportedMediaType(f"This resource takes {' or '.join(taken)}.")
    return given


def require_declared_length(headers: Headers, bytes_max: int) -> None:
    """BodyTooLarge if Content-Length alone says so: nothing of the body has been read then."""
    declared = headers.get("content-length", "")
    # Longer than any length that could be meant; int() is kept from reading it.
    if declared.isdecimal() and (len(declared) > 18 or int(declared) > bytes_max):
        raise _too_large(bytes_max)


async def read_body(request: Request, bytes_max: int) -> bytes:
    """The whole body, of at most `bytes_max` octets; BodyTooLarge as soon as one more arrives."""
    chunks: list[bytes] = []
    length = 0
    async for chunk in request.stream():
        length += len(chunk)
        if length > bytes_max:
            raise _too_large(bytes_max)
        chunks.append(chunk)
    return chunks[0] if len(chunks) == 1 else b"".join(chunks)


def _too_large(bytes_max: int) -> BodyTooLarge:
    return BodyTooLarge(f"A request body of up to {bytes_max} octets is taken (max_content_length).")
