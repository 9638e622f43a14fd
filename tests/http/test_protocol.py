"""What never reaches the application: octets that are no request, and requests past the bound of their head."""

import socket
from collections.abc import Iterator

import pytest

from app.http.protocol import HEAD_BYTES_MAX
from tests.conformance.shapes import conforms
from tests.support.databases import SqliteDatabases
from tests.support.direct import Answer
from tests.support.servers import Server
from tests.support.sockets import answers

HOST = b"Host: exchange.example\r\n"
CLOSE = b"Connection: close\r\n"
GET = b"GET /taxii2/ HTTP/1.1\r\n" + HOST
POST = b"POST /taxii2/ HTTP/1.1\r\n" + HOST
CHUNKED = b"Transfer-Encoding: chunked\r\n"


@pytest.fixture(scope="module")
def served(sqlite_databases: SqliteDatabases, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("protocol")
    with sqlite_databases.new(folder) as url, Server(url, folder) as server:
        yield server


def refused(served: Server, *pieces: bytes, method: str = "GET") -> Answer:
    """The one answer to these octets, a TAXII error message, after which the connection has ended."""
    (answer,) = answers(served.port, *pieces, method=method)
    conforms(method, "/taxii2/", answer)
    assert answer.header("connection") == "close"
    assert answer.header("date")
    return answer


NO_REQUEST = {
    "a TLS handshake": (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n", 501),
    "a method that HTTP does not know": (b"FOO /taxii2/ HTTP/1.1\r\n" + HOST + b"\r\n", 501),
    "a version that there is not": (b"GET /taxii2/ HTTP/9.9\r\n" + HOST + b"\r\n", 400),
    "HTTP/2 without TLS": (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 400),
    "a tunnel": (b"CONNECT exchange.example:443 HTTP/1.1\r\n" + HOST + b"\r\n", 400),
    "an absolute target without a path": (b"GET http://exchange.example HTTP/1.1\r\n" + HOST + b"\r\n", 400),
    "a blank in the path": (b"GET /taxii2/ x/ HTTP/1.1\r\n" + HOST + b"\r\n", 400),
    "a path that is not encoded": ("GET /tä/ HTTP/1.1\r\n".encode() + HOST + b"\r\n", 400),
    "a query that is not encoded": ("GET /taxii2/?ä HTTP/1.1\r\n".encode() + HOST + b"\r\n", 400),
    "a blank in a header's name": (b"GET /taxii2/ HTTP/1.1\r\nHo st: x\r\n\r\n", 400),
    "U+0000 in a header": (GET + b"X-A: a\0b\r\n\r\n", 400),
    "a folded header": (GET + b"X-A: a\r\n b\r\n\r\n", 400),
    "lines without carriage returns": (b"GET /taxii2/ HTTP/1.1\nHost: x\n\n", 400),
    "two lengths": (POST + b"Content-Length: 3\r\nContent-Length: 4\r\n\r\n", 400),
    "a length that is none": (POST + b"Content-Length: -1\r\n\r\n", 400),
    "a length beside chunks": (POST + b"Content-Length: 5\r\n" + CHUNKED + b"\r\n0\r\n\r\n", 400),
    "a transfer coding that there is not": (POST + b"Transfer-Encoding: gzip\r\n\r\n", 400),
}


@pytest.mark.parametrize(("octets", "status"), NO_REQUEST.values(), ids=NO_REQUEST)
def test_what_is_no_request_gets_a_taxii_error_message(served: Server, octets: bytes, status: int) -> None:
    answer = refused(served, octets)
    assert answer.status == status
    assert answer.json()["error_id"] in served.stderr()


TOO_LARGE = {
    "five thousand ids": (
        b"GET /taxii2/?match[id]=" + b",".join([b"indicator--" + b"0" * 36] * 5000) + b" HTTP/1.1\r\n" + HOST + b"\r\n",
        414,
    ),
    "a query that never ends": (b"GET /taxii2/?" + b"x" * 1_000_000, 414),
    "a path that never ends": (b"GET /" + b"x" * 1_000_000, 431),
    "a header that never ends": (GET + b"X-A: " + b"x" * 1_000_000, 431),
    "headers that never end": (GET + b"X-A: x\r\n" * 100_000, 431),
}


@pytest.mark.parametrize(("octets", "status"), TOO_LARGE.values(), ids=TOO_LARGE)
def test_a_head_past_its_bound_is_refused_and_not_kept(served: Server, octets: bytes, status: int) -> None:
    answer = refused(served, octets)
    assert answer.status == status
    assert str(HEAD_BYTES_MAX) in answer.json()["description"]


def test_a_head_is_bounded_to_the_octet_however_it_arrives(served: Server) -> None:
    used = len("/taxii2/") + len("Host" + "exchange.example" + "Connection" + "close" + "X-A")
    for more, status in ((0, 401), (1, 431)):
        octets = GET + CLOSE + b"X-A: " + b"x" * (HEAD_BYTES_MAX - used + more) + b"\r\n\r\n"
        for pieces in ([octets], [octets[:40_000], octets[40_000:]]):
            assert refused(served, *pieces).status == status


def test_a_refusal_of_head_has_no_body(served: Server) -> None:
    answer = refused(served, b"HEAD /taxii2/?" + b"x" * 100_000 + b" HTTP/1.1\r\n\r\n", method="HEAD")
    assert (answer.status, answer.body) == (414, b"")


def test_a_body_that_breaks_off_ends_the_request_with_its_only_answer(served: Server) -> None:
    begun = POST + CHUNKED + b"\r\n"
    assert refused(served, begun + b"zz\r\n").status == 400
    # The body of an unidentified caller isn't waited for, so what breaks in it has no answer left to get.
    (answer,) = answers(served.port, begun, b"zz\r\n")
    assert answer.status == 401


def test_requests_before_one_that_breaks_are_answered_first(served: Server) -> None:
    whole = GET + b"\r\n"
    assert [each.status for each in answers(served.port, whole + whole + b"FOO / HTTP/1.1\r\n\r\n")] == [401, 401]
    assert [each.status for each in answers(served.port, whole, b"FOO / HTTP/1.1\r\n\r\n")] == [401, 501]


UPGRADES = {
    "to a web socket": b"Upgrade: websocket\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n",
    "to HTTP/2": b"Upgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAAP__\r\n",
}


@pytest.mark.parametrize("upgrade", UPGRADES.values(), ids=UPGRADES)
def test_a_request_to_upgrade_is_answered_as_if_it_had_not_asked(served: Server, upgrade: bytes) -> None:
    asked = GET + b"Connection: Upgrade\r\n" + upgrade + b"\r\n"
    for answer in answers(served.port, asked, GET + CLOSE + b"\r\n"):
        conforms("GET", "/taxii2/", answer)
        assert (answer.status, answer.header("upgrade")) == (401, None)


ODD_BUT_READ = {
    "an absolute target": (b"GET http://exchange.example/taxii2/ HTTP/1.1\r\n" + HOST + CLOSE + b"\r\n", 401),
    "HTTP/1.0": (b"GET /taxii2/ HTTP/1.0\r\n\r\n", 401),
    "no host": (b"GET /taxii2/ HTTP/1.1\r\n" + CLOSE + b"\r\n", 401),
    "a percent sign without digits": (b"GET /%zz/ HTTP/1.1\r\n" + HOST + CLOSE + b"\r\n", 401),
    "a path that decodes to no UTF-8": (b"GET /%ff/ HTTP/1.1\r\n" + HOST + CLOSE + b"\r\n", 404),
    "a method that no path offers": (b"PROPFIND /taxii2/ HTTP/1.1\r\n" + HOST + CLOSE + b"\r\n", 401),
    "the server as a whole": (b"OPTIONS * HTTP/1.1\r\n" + HOST + CLOSE + b"\r\n", 404),
    "another expectation": (GET + CLOSE + b"Expect: something\r\n\r\n", 401),
}


@pytest.mark.parametrize(("octets", "status"), ODD_BUT_READ.values(), ids=ODD_BUT_READ)
def test_what_is_odd_but_reads_is_the_applications_to_answer(served: Server, octets: bytes, status: int) -> None:
    assert refused(served, octets).status == status


def test_who_hangs_up_leaves_no_error_behind(served: Server) -> None:
    before = len(served.stderr())
    for octets in (GET, GET + b"\r\n", POST + b"Content-Length: 100\r\n\r\nabc", POST + CHUNKED + b"\r\n5\r\nab"):
        with socket.create_connection(("127.0.0.1", served.port)) as connection:
            connection.sendall(octets)
    assert answers(served.port, GET + CLOSE + b"\r\n")[0].status == 401
    assert "Traceback" not in served.stderr()[before:]
