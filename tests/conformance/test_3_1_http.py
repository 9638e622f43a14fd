"""Methods, paths and plain HTTP: TAXII 2.1 section 3.1, RFC 9110; by a real server where HTTP is the subject."""

import socket
from collections.abc import Iterator
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

import httpx
import pytest

from tests.conformance import content
from tests.conformance.callers import basic
from tests.conformance.conftest import CONTENT_LENGTH_MAX, Filled, Taxii
from tests.conformance.endpoints import COLLECTION, HELD, MANIFEST, OBJECTS, READS, eleven
from tests.conformance.shapes import conforms
from tests.support import rights
from tests.support.direct import Answer
from tests.support.exchanges import TAXII
from tests.support.servers import Server
from tests.support.sockets import answers
from tests.support.stix import an_envelope, an_indicator, stix_id

CONTINUE = "Expect: 100-continue"


@pytest.fixture(scope="module")
def served(filled: Filled, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with filled.served_by_a_process(tmp_path_factory.mktemp("served")) as server:
        yield server


@pytest.fixture(scope="module")
def client(served: Server) -> Iterator[httpx.Client]:
    with served.client("rw") as client:
        yield client


def request_of(served: Server, method: str, target: str, *headers: str) -> bytes:
    """The head of a request of `rw`, after which the connection ends."""
    credentials = basic("rw", served.secrets["rw"])["authorization"]
    lines = [f"{method} {target} HTTP/1.1", "Host: x", "Connection: close", f"Authorization: {credentials}"]
    return "\r\n".join([*lines, f"Content-Type: {TAXII}", *headers, "", ""]).encode()


def checked(response: httpx.Response) -> httpx.Response:
    target = response.request.url.raw_path.decode()
    answer = Answer(response.status_code, tuple(response.headers.raw), response.content)
    conforms(response.request.method, target, answer)
    return response


@pytest.mark.row("T-HTTP-01")
def test_a_status_offers_get_alone(taxii: Taxii) -> None:
    status = taxii.rw.post(OBJECTS, content.BASE[1]).json()
    for method in ("PUT", "PATCH", "POST", "DELETE", "FOO"):
        answer = taxii.rw.ask(method, f"/first/status/{status['id']}/")
        assert (answer.status, answer.header("allow")) == (405, "GET, HEAD, OPTIONS")


@pytest.mark.row("T-HTTP-04", "T-HTTP-16")
def test_head_mirrors_get_on_the_wire(client: httpx.Client) -> None:
    for says, target in READS.items():
        got, head = checked(client.get(target)), checked(client.head(target))
        assert (got.status_code, head.status_code, head.content) == (200, 200, b""), says
        same = [{**answer.headers, "date": ""} for answer in (got, head)]
        assert same[0] == same[1], says
        for answer in (got, head):
            apart = parsedate_to_datetime(answer.headers["date"]) - datetime.now(UTC)
            assert abs(apart.total_seconds()) < 10, says  # it stands a second, and a busy machine answers late


@pytest.mark.row("T-HTTP-05", "T-HTTP-16")
def test_errors_of_head_have_no_body_on_the_wire(client: httpx.Client) -> None:
    for target, status in {
        f"/first/collections/{rights.NEVER}/": 404,
        f"/first/collections/{rights.NONE}/objects/": 403,
        f"{OBJECTS}?limit=0": 400,
        "/no/such/path/": 404,
    }.items():
        head = checked(client.head(target))
        assert (head.status_code, head.content) == (status, b""), target
        assert "date" in head.headers, target


@pytest.mark.row("T-HTTP-07")
def test_methods_that_no_path_offers_are_405_and_those_that_http_does_not_know_501(client: httpx.Client) -> None:
    for method, status in {"PROPFIND": 405, "TRACE": 405, "QUERY": 405, "FOO": 501, "GETT": 501}.items():
        assert checked(client.request(method, "/taxii2/")).status_code == status, method


@pytest.mark.row("T-HTTP-08")
def test_every_path_of_the_standard_ends_in_a_slash_with_and_without_a_query(fresh: Taxii) -> None:
    pairs = eleven(fresh)
    for says, (method, target) in pairs.items():
        if method == "GET":
            assert fresh.rw.get(target).status == 200, says
            assert fresh.rw.get(f"{target}?limit=1").status == 200, says
    assert fresh.rw.send(f"{OBJECTS}?limit=1", HELD).status == 202
    assert fresh.rw.delete(f"{pairs['delete object'][1]}?match[version]=all").status == 200


NOWHERE = {
    "in capitals": "/TAXII2/",
    "a slash in front": "//taxii2/",
    "a slash behind": "/taxii2//",
    "up and down again": "/taxii2/../taxii2/",
    "the place itself": "/./taxii2/",
    "a slash within": f"/first//collections/{rights.RW}/",
    "nothing": "/",
    "an encoded slash in front": "/%2Ftaxii2/",
}


@pytest.mark.row("T-HTTP-11")
@pytest.mark.parametrize("target", NOWHERE.values(), ids=NOWHERE)
def test_paths_match_exactly(taxii: Taxii, target: str) -> None:
    for method in ("GET", "POST", "DELETE"):
        assert taxii.rw.ask(method, target).status == 404


@pytest.mark.row("T-HTTP-14")
def test_what_a_root_does_not_have_is_404(taxii: Taxii) -> None:
    for target in ("/first/nope/", "/first/status/", f"{COLLECTION}nope/", f"{OBJECTS}{content.SINGLE}/nope/"):
        answer = taxii.rw.get(target)
        assert (answer.status, answer.header("content-type")) == (404, TAXII), target


@pytest.mark.row("T-HTTP-15", "T-SEC-18")
def test_no_request_needs_a_user_agent_and_none_is_left_without_an_answer(served: Server) -> None:
    targets = (*READS.values(), f"/first/status/{rights.NEVER}/")
    with served.client("rw", timeout=5) as client:
        del client.headers["user-agent"]
        assert [checked(client.get(target)).status_code for target in targets] == [200] * len(READS) + [404]
        client.auth = None
        assert {checked(client.get(target)).status_code for target in targets} == {401}


@pytest.mark.row("T-HTTP-17", "T-V20-05")
def test_ranges_of_items_are_gone(taxii: Taxii) -> None:
    for target in READS.values():
        plain = taxii.rw.get(target)
        for ranges in ("items 0-0", "items=0-0", "bytes=0-0"):
            assert taxii.rw.get(target, range=ranges) == plain
        assert plain.header("content-range") is None
        assert plain.header("accept-ranges") is None


@pytest.mark.row("T-HTTP-18")
def test_a_body_may_come_in_chunks_and_is_measured_all_the_same(client: httpx.Client) -> None:
    headers = {"Content-Type": TAXII}
    body = an_envelope([an_indicator("in chunks")])
    taken = client.post(OBJECTS, content=iter([body[:10], body[10:]]), headers=headers)
    assert (taken.status_code, taken.request.headers["transfer-encoding"]) == (202, "chunked")
    assert client.get(f"{OBJECTS}{stix_id('indicator', 'in chunks')}/").json()["objects"]
    too_much = iter([b" " * 100_000] * (CONTENT_LENGTH_MAX // 100_000 + 1))
    assert checked(client.post(OBJECTS, content=too_much, headers=headers)).status_code == 413


@pytest.mark.row("T-SEC-33", "T-HTTP-18")
def test_a_body_that_is_too_long_is_refused_before_it_was_sent(served: Server) -> None:
    for says, octets in {
        "declared": request_of(served, "POST", OBJECTS, f"Content-Length: {CONTENT_LENGTH_MAX * 10}") + b"x" * 1000,
        "asked for": request_of(served, "POST", OBJECTS, f"Content-Length: {CONTENT_LENGTH_MAX + 1}", CONTINUE),
        "endless": request_of(served, "POST", OBJECTS, "Transfer-Encoding: chunked")
        + (b"4000\r\n" + b"x" * 0x4000 + b"\r\n") * 20,
    }.items():
        assert [each.status for each in answers(served.port, octets)] == [413], says


@pytest.mark.row("T-HTTP-19")
def test_a_url_is_read_whole_or_refused(served: Server) -> None:
    for count, status in {500: 200, 1000: 414, 5000: 414}.items():
        ids = ",".join([content.SINGLE, *(stix_id("indicator", number) for number in range(count - 1))])
        target = f"{MANIFEST}?match[id]={ids}"
        (answer,) = answers(served.port, request_of(served, "GET", target))
        conforms("GET", target, answer)
        assert answer.status == status, count
        if status == 200:
            assert [record["id"] for record in answer.json()["objects"]] == [content.SINGLE]


@pytest.mark.row("T-HTTP-18")
def test_who_hangs_up_in_the_middle_of_a_push_stores_nothing(served: Server, client: httpx.Client) -> None:
    before = client.get(MANIFEST).content
    body = an_envelope([an_indicator("cut off")])
    octets = request_of(served, "POST", OBJECTS, f"Content-Length: {len(body)}") + body
    with socket.create_connection(("127.0.0.1", served.port)) as connection:
        connection.sendall(octets[:-1])
    assert client.get(MANIFEST).content == before
