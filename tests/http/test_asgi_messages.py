"""What the server reads and sends at the level of ASGI, where no client library smooths it over."""

import asyncio

import pytest
from served import CONTENT_LENGTH_MAX, TA, Server
from starlette.types import Message, Scope

from tests.support.rights import RO, RW


def exchanged(server: Server, method: str, path: str, length: int | None = None) -> tuple[int, bytes, int]:
    """The status, the body that was sent, and how many kilobytes of an endless request body were read."""
    sent: list[Message] = []
    read = 0

    async def receive() -> Message:
        nonlocal read
        read += 1
        return {"type": "http.request", "body": b"x" * 1024, "more_body": True}

    async def send(message: Message) -> None:
        sent.append(message)

    headers = {**dict(server.north.credentials), "accept": TA, "content-type": TA}
    if length is not None:
        headers["content-length"] = str(length)
    scope: Scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": method,
        "scheme": "https",
        "path": path,
        "raw_path": path.encode(),
        "query_string": b"",
        "root_path": "",
        "headers": [(name.encode(), value.encode()) for name, value in headers.items()],
        "server": ("exchange.example", 443),
        "client": ("192.0.2.1", 1),
    }
    asyncio.run(server.application(scope, receive, send))
    return sent[0]["status"], b"".join(message.get("body", b"") for message in sent[1:]), read


@pytest.mark.row("T-HTTP-04", "T-HTTP-05")
def test_head_sends_no_body(server: Server) -> None:
    for path, status in (("/taxii2/", 200), ("/no-such-root/", 404), ("/no/such/path/", 404)):
        assert exchanged(server, "GET", path)[1]
        assert exchanged(server, "HEAD", path)[:2] == (status, b"")


def test_nothing_is_read_from_who_may_not_write(server: Server) -> None:
    assert exchanged(server, "POST", f"/northern/collections/{RO}/objects/")[::2] == (403, 0)
    assert exchanged(server, "POST", "/southern/collections/x/objects/")[::2] == (404, 0)


@pytest.mark.row("T-SEC-33")
def test_a_declared_length_past_the_maximum_is_refused_before_reading(server: Server) -> None:
    """T-ADD-32."""
    path = f"/northern/collections/{RW}/objects/"
    assert exchanged(server, "POST", path, CONTENT_LENGTH_MAX + 1)[::2] == (413, 0)


@pytest.mark.row("T-HTTP-18", "T-SEC-33")
def test_an_endless_body_is_read_up_to_the_maximum(server: Server) -> None:
    status, _, read = exchanged(server, "POST", f"/northern/collections/{RW}/objects/")
    assert (status, read) == (413, CONTENT_LENGTH_MAX // 1024 + 1)
