"""Failures as TAXII error messages."""

import json
from collections.abc import Iterator
from itertools import count
from typing import Any
from uuid import UUID

import pytest
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import Response
from structlog.testing import capture_logs

from app.clock import Identifiers
from app.errors import (
    AnswerTooLarge,
    BodyTooLarge,
    HeadTooLarge,
    MalformedRequest,
    MethodNotOffered,
    MethodUnknown,
    NotAcceptable,
    NotIdentified,
    NotKnown,
    NotPermitted,
    QueryTooLong,
    Refused,
    TooManyRequests,
    Unavailable,
    UnsupportedMediaType,
    UnusableBody,
)
from app.http.failures import Failures


def numbered() -> Identifiers:
    numbers: Iterator[int] = count(1)
    return Identifiers(uuid=lambda: UUID(int=next(numbers)))


def answer(error: Exception) -> Response:
    return Failures(numbered()).answer(error, "GET", "/north/")


def body(error: Exception) -> dict[str, Any]:
    message = json.loads(answer(error).body)
    assert isinstance(message, dict)
    return message


ERRORS: dict[str, tuple[Exception, int]] = {
    "a malformed request": (MalformedRequest("limit takes an integer above zero."), 400),
    "an unidentified one": (NotIdentified("the password of bob is wrong"), 401),
    "one that is not permitted": (NotPermitted("This account may not read this collection."), 403),
    "an unknown thing": (NotKnown("bob hid it"), 404),
    "a method": (MethodNotOffered(["GET", "HEAD"]), 405),
    "an Accept header": (NotAcceptable("x"), 406),
    "a large body": (BodyTooLarge("x"), 413),
    "a long query": (QueryTooLong("x"), 414),
    "a media type": (UnsupportedMediaType("x"), 415),
    "an unusable body": (UnusableBody("x"), 422),
    "a large answer": (AnswerTooLarge("x"), 422),
    "large headers": (HeadTooLarge("x"), 431),
    "an account that asks too often": (TooManyRequests(6, 10), 429),
    "a method that HTTP does not know": (MethodUnknown("x"), 501),
    "the router's own 404": (HTTPException(404), 404),
    "the router's own 405": (HTTPException(405, headers={"Allow": "GET"}), 405),
    "the framework's validation": (RequestValidationError([]), 400),
    "no database": (Unavailable("connection to 10.0.0.7 refused"), 503),
    "a bug": (AssertionError("SELECT secret FROM account"), 500),
    "a bug in the framework": (HTTPException(500, detail="/app/http/secret.py"), 500),
}


@pytest.mark.row("T-ERR-01", "T-ERR-02", "T-ERR-03", "T-ERR-04", "T-ERR-09", "T-NEG-05")
@pytest.mark.parametrize(("error", "status"), ERRORS.values(), ids=ERRORS)
def test_every_failure_is_a_taxii_error_message(error: Exception, status: int) -> None:
    response, message = answer(error), body(error)
    assert response.status_code == status
    assert response.headers["content-type"] == "application/taxii+json;version=2.1"
    assert message["http_status"] == str(status)
    assert message["title"]
    assert set(message) <= {"title", "description", "error_id", "http_status"}
    assert all(isinstance(value, str) and value for value in message.values())


def test_the_error_tree_is_covered() -> None:
    tested = {type(error) for error, _ in ERRORS.values()}
    assert set(Refused.__subclasses__()) <= tested


INNER = ["bob", "10.0.0.7", "SELECT", "secret"]


@pytest.mark.row("T-SEC-24", "T-ERR-07")
@pytest.mark.parametrize(("error", "_status"), ERRORS.values(), ids=ERRORS)
def test_no_failure_tells_what_its_caller_may_not_know(error: Exception, _status: int) -> None:
    response = answer(error)
    sent = bytes(response.body).decode() + str(response.raw_headers)
    assert not [word for word in INNER if word in sent]


@pytest.mark.row("T-SEC-21")
def test_what_is_not_known_has_one_text_whatever_raised_it() -> None:
    """The same bytes, the random error_id aside."""
    hidden, never, router = NotKnown("hidden"), NotKnown(), HTTPException(404, detail="Not Found")
    assert len({bytes(answer(error).body) for error in (hidden, never, router)}) == 1
    assert len({str(answer(error).raw_headers) for error in (hidden, never, router)}) == 1


@pytest.mark.row("T-SEC-09")
def test_a_401_carries_its_challenges() -> None:
    assert answer(NotIdentified()).headers.getlist("www-authenticate") == [
        'Basic realm="comity", charset="UTF-8"',
        'Bearer realm="comity"',
    ]


@pytest.mark.row("T-HTTP-01")
def test_a_405_says_what_is_offered() -> None:
    assert answer(MethodNotOffered(["GET", "HEAD"])).headers["allow"] == "GET, HEAD"
    assert answer(HTTPException(405, headers={"Allow": "GET"})).headers["allow"] == "GET"


@pytest.mark.row("T-ERR-07")
def test_a_503_says_when_to_come_back() -> None:
    assert answer(Unavailable()).headers["retry-after"] == "5"


@pytest.mark.row("T-ERR-05")
@pytest.mark.parametrize(("error", "_status"), ERRORS.values(), ids=ERRORS)
def test_each_occurrence_has_an_id_that_the_log_shares(error: Exception, _status: int) -> None:
    failures = Failures(numbered())
    with capture_logs() as logged:
        ids = [json.loads(failures.answer(error, "GET", "/north/").body)["error_id"] for _ in range(2)]
    assert ids == ["00000000-0000-0000-0000-000000000001", "00000000-0000-0000-0000-000000000002"]
    assert [entry["error_id"] for entry in logged] == ids


def test_a_bug_is_logged_with_what_raised_it() -> None:
    bug = AssertionError("rows do not add up")
    with capture_logs() as logged:
        answer(bug)
    assert logged[0]["exc_info"] is bug
    assert logged[0]["log_level"] == "error"
