"""What stands before a real deployment: a proxy that ends TLS, here with a certificate of an authority of its own.

It passes requests and answers on as they are, each over a connection of its own, so that any worker may answer the
next one; and it keeps what passed, so that tests look at every answer whichever client asked.
"""

import ssl
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.message import Message
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import trustme

SILENT_SECONDS_MAX = 30


@dataclass(frozen=True)
class Passed:
    """One request with its answer: `asked` and `given` are their headers."""

    method: str
    target: str
    asked: Message
    status: int
    given: Message
    body: bytes

    @property
    def path(self) -> str:
        return unquote(urlsplit(self.target).path)

    @property
    def query(self) -> Mapping[str, str]:
        """The parameters of the query; none occurs twice."""
        pairs = parse_qs(urlsplit(self.target).query, keep_blank_values=True, strict_parsing=False)
        return {name: values[0] for name, values in pairs.items()}


@dataclass
class Proxy:
    """Where it listens, and what has passed."""

    url: str
    passed: list[Passed] = field(default_factory=list)


@contextmanager
def tls_before(backend_port: int, port: int, authority: trustme.CA) -> Iterator[Proxy]:
    """A proxy on this loopback port before the server on that one. Clients close their connections before it ends."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    proxy = Proxy(f"https://127.0.0.1:{port}")
    with _Listener(("127.0.0.1", port), backend_port, proxy) as listener:
        # The handshake is left to each connection's own thread: a slow one must not keep others waiting.
        listener.socket = context.wrap_socket(listener.socket, server_side=True, do_handshake_on_connect=False)
        thread = Thread(target=listener.serve_forever, args=(0.05,), name="proxy")
        thread.start()
        try:
            yield proxy
        finally:
            listener.shutdown()
            thread.join()


class _Listener(ThreadingHTTPServer):
    daemon_threads = False
    request_queue_size = 128

    def __init__(self, address: tuple[str, int], backend_port: int, proxy: Proxy) -> None:
        super().__init__(address, _Relay)
        self.backend_port = backend_port
        self.proxy = proxy


class _Relay(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    timeout = SILENT_SECONDS_MAX
    server: _Listener

    def relay(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        backend = HTTPConnection("127.0.0.1", self.server.backend_port, timeout=SILENT_SECONDS_MAX)
        try:
            backend.putrequest(self.command, self.path, skip_host=True, skip_accept_encoding=True)
            for name, value in self.headers.items():
                backend.putheader(name, value)
            backend.endheaders(body or None)
            answer = backend.getresponse()
            content = answer.read()
        finally:
            backend.close()
        self.server.proxy.passed.append(
            Passed(self.command, self.path, self.headers, answer.status, answer.headers, content)
        )
        self.send_response_only(answer.status)
        for name, value in answer.headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(content)

    do_GET = do_POST = do_DELETE = relay  # noqa: N815

    def log_message(self, *_: Any) -> None:
        """What passed is kept; nothing is printed."""
