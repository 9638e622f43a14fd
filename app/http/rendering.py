"""Answers as bytes. Objects are never parsed or written anew on the way out: an envelope joins what is stored."""

import json
from collections.abc import Iterable
from http import HTTPStatus
from typing import Final

from pydantic_core import to_json
from starlette.responses import Response

from app.exchange.export import Exported
from app.exchange.pull import Page
from app.taxii.account_terms import AccountTerms
from app.taxii.export_list import Exports
from app.taxii.feed_list import Feeds
from app.taxii.media_types import JSON, TAXII_21, stix_media_type
from app.taxii.resources import Manifest, ManifestRecord, Resource, Versions
from app.taxii.timestamps import format_timestamp
from app.taxii.trials import Trial

RawHeader = tuple[bytes, bytes]

_ALWAYS: Final[tuple[RawHeader, ...]] = (
    (b"cache-control", b"no-store"),
    (b"vary", b"Accept, Authorization, X-API-Key"),
    (b"x-content-type-options", b"nosniff"),
)
_TYPE: Final[RawHeader] = (b"content-type", TAXII_21.encode())
_JSON_TYPE: Final[RawHeader] = (b"content-type", JSON.encode())


class TaxiiResponse(Response):
    """An answer of the TAXII media type, unless it says otherwise, with headers that need no preparation."""

    def __init__(
        self,
        body: bytes,
        status: int = HTTPStatus.OK,
        headers: Iterable[RawHeader] = (),
        content_type: RawHeader = _TYPE,
    ) -> None:
        self.status_code = status
        self.body = body
        self.background = None
        self.raw_headers = [(b"content-length", b"%d" % len(body)), content_type, *_ALWAYS, *headers]

    def without_body(self) -> "TaxiiResponse":
        """The same answer to HEAD: Content-Length keeps saying what GET would have sent."""
        self.body = b""
        return self


def resource(value: Resource, status: int = HTTPStatus.OK) -> TaxiiResponse:
    """A single resource."""
    return TaxiiResponse(value.to_json(), status)


def document(value: AccountTerms | Exports | Feeds | Trial) -> TaxiiResponse:
    """What is no TAXII resource."""
    return TaxiiResponse(value.to_json(), content_type=_JSON_TYPE)


def nothing() -> TaxiiResponse:
    """What a DELETE answers: 200 without a payload (section 5.7)."""
    return TaxiiResponse(b"")


def offered(methods: str) -> TaxiiResponse:
    """What OPTIONS answers; `methods` as in an Allow header."""
    response = TaxiiResponse(b"", HTTPStatus.NO_CONTENT, [(b"allow", methods.encode())])
    del response.raw_headers[0]  # a 204 has no Content-Length (RFC 9110 section 8.6)
    return response


def envelope(page: Page) -> TaxiiResponse:
    """The objects of a page (section 3.7)."""
    if not page.rows:
        return TaxiiResponse(b"{}")
    opening = b'{"objects":['
    if page.more:
        opening = b'{"more":true,"next":%b,"objects":[' % json.dumps(page.next).encode()
    contents = [row.content for row in page.rows]
    # The frame goes into the first and the last piece, so that the page is copied once.
    contents[0] = opening + contents[0]
    contents[-1] += b"]}"
    return TaxiiResponse(b",".join(contents), headers=_dates_added(page))


def manifest(page: Page) -> TaxiiResponse:
    """The manifest records of a page (section 5.3.1)."""
    written = Manifest()
    if page.more:
        written["more"] = True
        written["next"] = page.next or ""
    if page.rows:
        written["objects"] = [
            ManifestRecord(
                id=row.id,
                date_added=format_timestamp(row.date_added),
                version=row.version,
                media_type=stix_media_type(row.spec),
            )
            for row in page.rows
        ]
    return TaxiiResponse(to_json(written), headers=_dates_added(page))


def versions(page: Page) -> TaxiiResponse:
    """The versions of one object (section 5.8.1)."""
    written = Versions()
    if page.more:
        written["more"] = True
        written["next"] = page.next or ""
    if page.rows:
        written["versions"] = [row.version for row in page.rows]
    return TaxiiResponse(to_json(written), headers=_dates_added(page))


def export(found: Exported) -> TaxiiResponse:
    """An export, or 304 without it for who has this very one. It may be kept, and has to be asked for again."""
    kept = [(b"cache-control", b"private, no-cache"), (b"etag", found.etag.encode())]
    status = HTTPStatus.OK if found.body is not None else HTTPStatus.NOT_MODIFIED
    response = TaxiiResponse(found.body or b"", status, content_type=(b"content-type", found.media_type.encode()))
    left_out = {b"cache-control"}
    if found.body is None:
        left_out.add(b"content-length")  # servers hold it against a body that is not there
    response.raw_headers = [each for each in response.raw_headers if each[0] not in left_out] + kept
    return response


def _dates_added(page: Page) -> tuple[RawHeader, ...]:
    """The dates of the first and the last row of this page (section 3.2); an empty page has none (A-04)."""
    if not page.rows:
        return ()
    return (
        (b"x-taxii-date-added-first", format_timestamp(page.rows[0].date_added).encode()),
        (b"x-taxii-date-added-last", format_timestamp(page.rows[-1].date_added).encode()),
    )
