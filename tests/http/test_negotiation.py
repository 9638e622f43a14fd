"""Headers about bodies, and bodies within their bound."""

import asyncio
from collections.abc import Sequence

import pytest
from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.types import Message

from app.errors import BodyTooLarge, NotAcceptable, UnsupportedMediaType
from app.http.negotiation import read_body, require_acceptable, require_declared_length, require_taxii_body

TA = "application/taxii+json;version=2.1"


def headers(*pairs: tuple[str, str]) -> Headers:
    return Headers(raw=[(name.encode(), value.encode("latin-1")) for name, value in pairs])


def test_accept_may_be_sent_in_several_headers() -> None:
    require_acceptable(headers())
    require_acceptable(headers(("accept", "text/html"), ("accept", TA)))
    with pytest.raises(NotAcceptable):
        require_acceptable(headers(("accept", "text/html"), ("accept", "application/json")))


BODIES = {
    "the type": [("content-type", TA)],
    "identity is no coding": [("content-type", TA), ("content-encoding", "Identity")],
    "an empty coding": [("content-type", TA), ("content-encoding", "")],
}


@pytest.mark.parametrize("pairs", BODIES.values(), ids=BODIES)
def test_body_taken(pairs: list[tuple[str, str]]) -> None:
    require_taxii_body(headers(*pairs))


NOT_TAKEN = {
    "undeclared": [],
    "JSON": [("content-type", "application/json")],
    "declared twice": [("content-type", TA), ("content-type", TA)],
    "gzip": [("content-type", TA), ("content-encoding", "gzip")],
    "gzip among others": [("content-type", TA), ("content-encoding", "identity, gzip")],
}


@pytest.mark.parametrize("pairs", NOT_TAKEN.values(), ids=NOT_TAKEN)
def test_body_not_taken(pairs: list[tuple[str, str]]) -> None:
    with pytest.raises(UnsupportedMediaType):
        require_taxii_body(headers(*pairs))


def test_content_length_alone_is_enough_to_refuse() -> None:
    """T-ADD-32; exactly the maximum is accepted."""
    for taken in ("0", "99", "100"):
        require_declared_length(headers(("content-length", taken)), 100)
    require_declared_length(headers(), 100)
    for refused in ("101", "9" * 18, "9" * 5000):
        with pytest.raises(BodyTooLarge):
            require_declared_length(headers(("content-length", refused)), 100)


def read(chunks: Sequence[bytes], bytes_max: int) -> tuple[bytes | None, int]:
    """The body, or None where it was refused, and how many chunks were taken from the client."""
    taken = 0

    async def receive() -> Message:
        nonlocal taken
        taken += 1
        return {"type": "http.request", "body": chunks[taken - 1], "more_body": taken < len(chunks)}

    request = Request({"type": "http", "headers": []}, receive)
    try:
        return asyncio.run(read_body(request, bytes_max)), taken
    except BodyTooLarge:
        return None, taken


def test_a_body_of_exactly_the_maximum_is_read() -> None:
    assert read([b"abc", b"de"], 5) == (b"abcde", 2)
    assert read([b"abcde"], 5) == (b"abcde", 1)
    assert read([b""], 5) == (b"", 1)


@pytest.mark.row("T-HTTP-18", "T-SEC-33")
def test_a_body_past_the_maximum_is_not_read_to_its_end() -> None:
    assert read([b"abc"] * 100, 5) == (None, 2)
