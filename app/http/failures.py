"""Every failure as a TAXII error message (TAXII 2.1 section 3.6.1), Starlette's own among them.

A message says nothing that the caller may not know: not found and not identified have one fixed text each, and what
went wrong inside the server stays in its log, under the `error_id` of the message.
"""

from collections.abc import Iterable
from http import HTTPStatus
from typing import Final

import structlog
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request

from app.clock import Identifiers
from app.errors import (
    MalformedRequest,
    MethodNotOffered,
    NotIdentified,
    NotKnown,
    Refused,
    TooManyRequests,
    Unavailable,
)
from app.http import faults
from app.http.authentication import CHALLENGES
from app.http.rendering import RawHeader, TaxiiResponse
from app.taxii.resources import ErrorMessage

_log = structlog.get_logger(__name__)

_NOT_KNOWN: Final = "There is nothing here that this account may know of."
_NOT_IDENTIFIED: Final = "The request needs the credentials of an account of this exchange."
_UNAVAILABLE: Final = "The request can't be served now. Please repeat it."
_UNEXPECTED: Final = "The request met an error within the server, which is in its log under this error_id."


class Failures:
    """Answers whatever was raised. Each answer has an id of its own, which the log shares."""

    def __init__(self, identifiers: Identifiers) -> None:
        self._identifiers = identifiers

    async def handle(self, request: Request, error: Exception) -> TaxiiResponse:
        """The exception handler of routes that are not TAXII's."""
        answer = self.answer(error, request.method, request.url.path)
        return answer.without_body() if request.method == "HEAD" else answer

    def answer(self, error: Exception, method: str, path: str) -> TaxiiResponse:
        """The error message for this error, logged with the method and the path that were asked for."""
        error_id = str(self._identifiers.uuid())
        log = _log.bind(error_id=error_id, method=method, path=path)
        match error:
            case Refused():
                log.info("refused", status=error.status.value, reason=str(error))
                return _refusal(error, error_id)
            case HTTPException() if error.status_code < HTTPStatus.INTERNAL_SERVER_ERROR:
                log.info("refused", status=error.status_code, reason=error.detail)
                return _of_the_framework(error, error_id)
            case RequestValidationError():
                log.info("refused", status=HTTPStatus.BAD_REQUEST.value, reason=str(error))
                return _refusal(MalformedRequest(_told(error)), error_id)
            case Unavailable():
                log.warning("unavailable", exc_info=error)
                retry = _retry_after(error.retry_after_seconds)
                return _message(error.status, error.title, _UNAVAILABLE, error_id, [retry])
            case _:
                log.error("unexpected", exc_info=error)
                status = HTTPStatus.INTERNAL_SERVER_ERROR
                return _message(status, "Internal server error", _UNEXPECTED, error_id)


def _refusal(error: Refused, error_id: str) -> TaxiiResponse:
    description, headers = error.description, list[RawHeader]()
    match error:
        case NotKnown():
            description = _NOT_KNOWN
        case NotIdentified():
            description = _NOT_IDENTIFIED
            headers.extend(CHALLENGES)
        case MethodNotOffered():
            headers.append((b"allow", ", ".join(error.allowed).encode()))
        case TooManyRequests():
            headers.append(_retry_after(error.retry_after_seconds))
    return _message(error.status, error.title, description, error_id, headers)


def _retry_after(seconds: int) -> RawHeader:
    return (b"retry-after", b"%d" % seconds)


def _told(error: RequestValidationError) -> str:
    """What is wrong with the parameters, one sentence for each."""
    return " ".join(faults.told(each, "the request") for each in error.errors())


def _of_the_framework(error: HTTPException, error_id: str) -> TaxiiResponse:
    """What the router refuses of itself: an unknown path, mostly."""
    if error.status_code == HTTPStatus.NOT_FOUND:
        return _refusal(NotKnown(), error_id)
    headers = [(name.lower().encode(), value.encode()) for name, value in (error.headers or {}).items()]
    status = HTTPStatus(error.status_code)
    return _message(status, status.phrase, "", error_id, headers)


def _message(
    status: HTTPStatus, title: str, description: str, error_id: str, headers: Iterable[RawHeader] = ()
) -> TaxiiResponse:
    message = ErrorMessage(
        title=title, description=description or None, error_id=error_id, http_status=str(status.value)
    )
    return TaxiiResponse(message.to_json(), status, headers)
