"""Every error that Comity raises on purpose, as one tree.

ComityError
├── Refused                    the caller's doing; becomes a TAXII error message (TAXII 2.1 section 3.6.1)
│   ├── MalformedRequest       400   a query parameter or header is not of its form
│   ├── NotIdentified          401   no account is known by what was presented
│   ├── NotPermitted           403   the caller can see it and may not do it
│   ├── NotKnown               404   there is no such thing, or none that the caller may know of
│   ├── MethodNotOffered       405   the path does not offer this method
│   ├── NotAcceptable          406   the Accept header leaves nothing that this server speaks
│   ├── BodyTooLarge           413   the body is past max_content_length
│   ├── QueryTooLong           414   the query string is past query_chars_max
│   ├── UnsupportedMediaType   415   the Content-Type is not TAXII 2.1
│   ├── UnusableBody           422   the body is not an envelope
│   ├── AnswerTooLarge         422   what is asked for comes to more than one answer holds
│   ├── HeadTooLarge           431   the request line and headers are past their bound
│   └── MethodUnknown          501   the method is none of HTTP's
├── Unavailable                503   ours or the database's; no detail leaves
└── OperatorError              what an operator reads: what is wrong, where, and what to do (exit status 1)
    └── WrongFiles             collections/ or mappings/ do not read; holds every mistake, nothing is applied

Bad *content* in a push is no error at all: it is a failure entry in the status resource. A broken invariant is a bug,
raises AssertionError and stands outside the tree.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import ClassVar


class ComityError(Exception):
    """Anything that Comity refuses or can't do, with a sentence for whoever has to mend it."""


class Refused(ComityError):
    """The caller asked for something it can't have.

    `description` is shown to the caller. It must not depend on anything that the caller may not know.
    """

    status: ClassVar[HTTPStatus]
    title: ClassVar[str]

    def __init__(self, description: str = "") -> None:
        self.description = description
        super().__init__(f"{self.title}. {description}".strip())


class MalformedRequest(Refused):
    """A query parameter or header is not of the form that the standard gives it."""

    status = HTTPStatus.BAD_REQUEST
    title = "The request is malformed"


class NotIdentified(Refused):
    """No account is known by what was presented; why, is never said."""

    status = HTTPStatus.UNAUTHORIZED
    title = "Authentication is required"


class NotPermitted(Refused):
    """The caller can see the thing and may not do this to it."""

    status = HTTPStatus.FORBIDDEN
    title = "Not permitted"


class NotKnown(Refused):
    """Nothing here that the caller may know of. One text for what is hidden and for what never existed."""

    status = HTTPStatus.NOT_FOUND
    title = "Not found"


class MethodNotOffered(Refused):
    """The path is known and does not offer the method; `allowed` are those it offers."""

    status = HTTPStatus.METHOD_NOT_ALLOWED
    title = "Method not allowed"

    def __init__(self, allowed: Sequence[str]) -> None:
        self.allowed = tuple(allowed)
        super().__init__(f"This resource offers {', '.join(self.allowed)}.")


class NotAcceptable(Refused):
    """The Accept header leaves no media type that this server can answer with."""

    status = HTTPStatus.NOT_ACCEPTABLE
    title = "Not acceptable"


class BodyTooLarge(Refused):
    """The request body is longer than the API root's max_content_length."""

    status = HTTPStatus.REQUEST_ENTITY_TOO_LARGE
    title = "The request body is too large"


class QueryTooLong(Refused):
    """The query string is longer than query_chars_max."""

    status = HTTPStatus.REQUEST_URI_TOO_LONG
    title = "The query string is too long"


class UnsupportedMediaType(Refused):
    """The request body is not declared as TAXII 2.1."""

    status = HTTPStatus.UNSUPPORTED_MEDIA_TYPE
    title = "Unsupported media type"


class UnusableBody(Refused):
    """The request body is not a TAXII envelope with at least one object."""

    status = HTTPStatus.UNPROCESSABLE_ENTITY
    title = "The request body can't be processed"


class AnswerTooLarge(Refused):
    """What the caller may see of what it asks for comes to more than one answer holds."""

    status = HTTPStatus.UNPROCESSABLE_ENTITY
    title = "The answer would be too large"


class HeadTooLarge(Refused):
    """The request line and headers are longer than is read."""

    status = HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE
    title = "The request headers are too large"


class TooManyRequests(Refused):
    """The account asks more often than it may."""

    status = HTTPStatus.TOO_MANY_REQUESTS
    title = "Too many requests"

    def __init__(self, per_minute: int, retry_after_seconds: int) -> None:
        super().__init__(f"An account may ask {per_minute} times a minute. Come again in {retry_after_seconds} s.")
        self.retry_after_seconds = retry_after_seconds


class MethodUnknown(Refused):
    """The method is none that HTTP knows."""

    status = HTTPStatus.NOT_IMPLEMENTED
    title = "The method is unknown"


class Unavailable(ComityError):
    """The server can't do this now: the database is away, busy or not at the version this code needs."""

    status: ClassVar[HTTPStatus] = HTTPStatus.SERVICE_UNAVAILABLE
    title: ClassVar[str] = "The service is not available"
    retry_after_seconds: ClassVar[int] = 5


class OperatorError(ComityError):
    """One line for an operator: what is wrong, where, and what to do about it."""


@dataclass(frozen=True, slots=True)
class Mistake:
    """One thing that is wrong in one file. `line` counts from 1; 0 where the mistake is the file itself."""

    file: str
    line: int
    what: str
    remedy: str

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}" if self.line else self.file
        return f"{place}: {self.what}. {self.remedy}."


class WrongFiles(OperatorError):
    """Files that people write do not read. Holds every mistake that was found; nothing was applied."""

    def __init__(self, mistakes: Sequence[Mistake]) -> None:
        self.mistakes = tuple(mistakes)
        super().__init__("\n".join(str(mistake) for mistake in self.mistakes))
