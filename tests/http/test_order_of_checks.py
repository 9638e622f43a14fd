"""What is checked before what, on every path of the standard."""

from itertools import pairwise

import httpx
import pytest
from served import CONTENT_LENGTH_MAX, TA, Client, Server, an_indicator, with_basic

from tests.support.rights import HIDDEN, NEVER, NONE, RO, RW, WO

OBJECT = "indicator--00000000-0000-4000-8000-000000000001"
UNKNOWN_OBJECT = "indicator--ffffffff-ffff-4fff-8fff-ffffffffffff"
COLLECTION_PATHS = ["", "manifest/", "objects/", f"objects/{OBJECT}/", f"objects/{OBJECT}/versions/"]
METHODS = ["GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "FOO"]


def seen(response: httpx.Response) -> tuple[object, ...]:
    """All of a response, but for the random error_id."""
    body = response.content
    if response.is_error and body:
        message = response.json()
        assert message.pop("error_id")
        body = repr(message).encode()
    return response.status_code, sorted(response.headers.items()), body


@pytest.mark.row("T-SEC-22")
@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("path", COLLECTION_PATHS)
def test_without_credentials_nothing_tells_what_exists(server: Server, method: str, path: str) -> None:
    answers = [server.nobody.ask(method, f"/northern/collections/{one}/{path}") for one in (RW, HIDDEN, NEVER)]
    answers.append(server.nobody.ask(method, f"/no-such-root/collections/{RW}/{path}"))
    assert {answer.status_code for answer in answers} == {401}
    assert all(seen(one) == seen(other) for one, other in pairwise(answers))


WRONG = {
    "another secret": "comity_x",
    "a password": "a password",
    "no password": "",
}


@pytest.mark.row("T-SEC-10")
@pytest.mark.parametrize("secret", WRONG.values(), ids=WRONG)
@pytest.mark.parametrize("user", ["north-feeder", "nobody"])
def test_wrong_credentials_are_one_401(server: Server, user: str, secret: str) -> None:
    answer = with_basic(server.application, user, secret).get("/taxii2/")
    assert seen(answer) == seen(server.nobody.get("/taxii2/"))


def schemes(server: Server) -> dict[str, tuple[str, str]]:
    return {
        "Bearer": ("authorization", f"Bearer {server.secret}"),
        "token": ("authorization", f"token {server.secret}"),
        "a key header": ("x-api-key", server.secret),
    }


def test_one_secret_serves_in_every_scheme(server: Server) -> None:
    expected = server.north.get("/taxii2/").content
    for credentials in schemes(server).values():
        assert Client(server.application, (credentials,)).get("/taxii2/").content == expected


@pytest.mark.row("T-SEC-21", "T-SEC-23")
@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("path", COLLECTION_PATHS)
@pytest.mark.parametrize(("query", "accept"), [("", TA), ("?limit=abc", TA), ("?match[version]=a,a", "text/html")])
def test_what_is_hidden_looks_like_what_never_was(
    server: Server, method: str, path: str, query: str, accept: str
) -> None:
    """A collection, a root that the caller is no member of, and those that do not exist."""
    places = [
        f"/northern/collections/{HIDDEN}/{path}",
        f"/northern/collections/{NEVER}/{path}",
        f"/northern/collections/hidden/{path}",
        f"/northern/collections/zzz/{path}",
        f"/southern/collections/{HIDDEN}/{path}",
        f"/no-such-root/collections/{NEVER}/{path}",
    ]
    body = b"junk" if method == "POST" else None
    answers = [server.north.ask(method, place + query, {"accept": accept}, body) for place in places]
    assert {answer.status_code for answer in answers} == {204 if method == "OPTIONS" else 404}
    assert all(seen(one) == seen(other) for one, other in pairwise(answers))


@pytest.mark.row("T-SEC-21", "T-SEC-31")
def test_a_hidden_root_looks_like_one_that_never_was(server: Server) -> None:
    for path in ("", "collections/", f"status/{NEVER}/"):
        for method in METHODS:
            hidden, never = (server.north.ask(method, f"/{root}/{path}") for root in ("southern", "no-such-root"))
            assert seen(hidden) == seen(never)


REFUSALS: dict[str, tuple[str, str, dict[str, str], bytes | None, int]] = {
    "reading a write-only collection": ("GET", f"{WO}/objects/", {}, None, 403),
    "its manifest": ("GET", f"{WO}/manifest/", {}, None, 403),
    "one of its objects": ("GET", f"{WO}/objects/{OBJECT}/", {}, None, 403),
    "its versions": ("GET", f"{WO}/objects/{OBJECT}/versions/", {}, None, 403),
    "a collection with neither right": ("GET", f"{NONE}/objects/", {}, None, 403),
    "403 goes before 406": ("GET", f"{WO}/objects/", {"accept": "text/html"}, None, 403),
    "403 goes before 400": ("GET", f"{WO}/objects/?limit=abc", {}, None, 403),
    "405 goes before 403": ("PUT", f"{NONE}/objects/", {}, None, 405),
    "406 goes before 400": ("GET", f"{RO}/objects/?limit=abc", {"accept": "text/html"}, None, 406),
    "400": ("GET", f"{RO}/objects/?limit=abc", {}, None, 400),
    "400 goes before 404 of the object": ("GET", f"{RO}/objects/{UNKNOWN_OBJECT}/?limit=abc", {}, None, 400),
    "T-PAG-15: a token that is none": ("GET", f"{RO}/objects/?next=abc", {}, None, 400),
    "writing to a read-only collection": ("POST", f"{RO}/objects/", {"content-type": TA}, b"{}", 403),
    "403 goes before 415": ("POST", f"{RO}/objects/", {"content-type": "text/plain"}, b"{}", 403),
    "403 goes before 413": ("POST", f"{RO}/objects/", {"content-type": TA}, b"x" * 200_000, 403),
    "406 goes before 415": ("POST", f"{RW}/objects/", {"accept": "text/html"}, b"{}", 406),
    "415 goes before 413": ("POST", f"{RW}/objects/", {}, b"x" * 200_000, 415),
    "413 goes before 422": ("POST", f"{RW}/objects/", {"content-type": TA}, b"x" * (CONTENT_LENGTH_MAX + 1), 413),
    "T-ADD-23: 422": ("POST", f"{RW}/objects/", {"content-type": TA}, b"x" * CONTENT_LENGTH_MAX, 422),
    "T-DEL-07: DELETE with neither right": ("DELETE", f"{NONE}/objects/{OBJECT}/", {}, None, 404),
    "its query does not change that": ("DELETE", f"{NONE}/objects/{OBJECT}/?limit=1", {}, None, 404),
    "T-DEL-08: DELETE of what one may only read": ("DELETE", f"{RO}/objects/{OBJECT}/", {}, None, 403),
    "T-DEL-11: known or not": ("DELETE", f"{RO}/objects/{UNKNOWN_OBJECT}/", {}, None, 403),
    "T-DEL-09: DELETE of what one may only write": ("DELETE", f"{WO}/objects/{OBJECT}/", {}, None, 403),
    "T-DEL-15: DELETE with a limit": ("DELETE", f"{RW}/objects/{OBJECT}/?limit=1", {}, None, 400),
    "T-DEL-12: DELETE of an unknown object": ("DELETE", f"{RW}/objects/{UNKNOWN_OBJECT}/", {}, None, 404),
    "the standard's slip": ("GET", f"{RW}/object/{OBJECT}/", {}, None, 404),
    "a long query": ("GET", f"{RW}/objects/?match[id]={'x' * 2000}", {}, None, 414),
}


@pytest.mark.row("T-SEC-19", "T-SEC-20", "T-COL-07", "T-HTTP-05", "T-HTTP-13", "T-HTTP-19", "T-NEG-25")
@pytest.mark.parametrize(("method", "path", "headers", "body", "status"), REFUSALS.values(), ids=REFUSALS)
def test_refused_in_order(
    server: Server, method: str, path: str, headers: dict[str, str], body: bytes | None, status: int
) -> None:
    response = server.north.ask(method, f"/northern/collections/{path}", headers, body)
    assert response.status_code == status
    assert response.headers["content-type"] == TA
    message = response.json()
    assert message["http_status"] == str(status)
    assert message["title"]
    head = server.north.ask("HEAD", f"/northern/collections/{path}", headers) if method == "GET" else None
    assert head is None or (head.status_code, head.content) == (status, b"")


ALLOWED = {
    "discovery": ("/taxii2/", {"GET"}),
    "api root": ("/northern/", {"GET"}),
    "collections": ("/northern/collections/", {"GET"}),
    "collection": (f"/northern/collections/{RW}/", {"GET"}),
    "manifest": (f"/northern/collections/{RW}/manifest/", {"GET"}),
    "objects": (f"/northern/collections/{RW}/objects/", {"GET", "POST"}),
    "object": (f"/northern/collections/{RW}/objects/{OBJECT}/", {"GET", "DELETE"}),
    "versions": (f"/northern/collections/{RW}/objects/{OBJECT}/versions/", {"GET"}),
}


@pytest.mark.row("T-HTTP-01", "T-HTTP-02", "T-HTTP-03", "T-HTTP-06")
@pytest.mark.parametrize(("path", "offered"), ALLOWED.values(), ids=ALLOWED)
def test_other_methods_are_405_and_allow_says_what_is_offered(server: Server, path: str, offered: set[str]) -> None:
    for method in {"POST", "PUT", "PATCH", "DELETE", "FOO"} - offered:
        response = server.north.ask(method, path)
        assert response.status_code == 405
        assert set(response.headers["allow"].split(", ")) == offered | {"HEAD", "OPTIONS"}
    options = server.north.ask("OPTIONS", path)
    assert (options.status_code, options.content) == (204, b"")
    assert set(options.headers["allow"].split(", ")) == offered | {"HEAD", "OPTIONS"}


def test_a_refused_push_leaves_nothing(server: Server) -> None:
    """T-ADD-23."""
    manifest = f"/northern/collections/{RW}/manifest/?match[version]=all"
    before = server.north.get(manifest).content
    for headers, body in (
        ({"accept": "text/html", "content-type": TA}, b'{"objects":[]}'),
        ({"content-type": "application/json"}, b'{"objects":[]}'),
        ({"content-type": TA, "content-encoding": "gzip"}, b'{"objects":[]}'),
        ({"content-type": TA}, b'{"objects":['),
        ({"content-type": TA}, b'{"objects":[]}'),
    ):
        assert server.north.ask("POST", f"/northern/collections/{RW}/objects/", headers, body).is_error
    assert server.north.get(manifest).content == before


@pytest.mark.row("T-SEC-21")
def test_a_withheld_object_looks_like_one_that_never_was(server: Server) -> None:
    """T-DEL-21: an object in a collection that only others read."""
    assert server.hosting.post(f"/northern/collections/{HIDDEN}/objects/", an_indicator(7)).status_code == 202
    hidden, never = (f"indicator--00000000-0000-4000-8000-{number:012}" for number in (7, 8))
    for method in METHODS:
        for rest in ("", "versions/"):
            answers = [
                server.north.ask(method, f"/northern/collections/{RW}/objects/{one}/{rest}") for one in (hidden, never)
            ]
            assert seen(answers[0]) == seen(answers[1])
