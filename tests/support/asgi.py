"""The application asked in process, through real HTTP semantics, without a socket: quick enough for thousands of
requests. One event loop runs in a thread of its own, as it would in a server."""

import asyncio
from collections.abc import Iterable
from contextlib import suppress
from functools import cache
from threading import Thread

import httpx
from starlette.types import ASGIApp, Message, Scope


@cache
def _loop() -> asyncio.AbstractEventLoop:
    loop = asyncio.new_event_loop()
    Thread(target=loop.run_forever, name="asgi", daemon=True).start()
    return loop


class InProcess(httpx.BaseTransport):
    """Hands requests to the application, on the shared loop.

    httpx has a transport for this too, which looks for a library that is not installed at every request: that takes
    longer than many an answer.
    """

    def __init__(self, application: ASGIApp) -> None:
        self._application = application

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """The application's answer, whole."""
        asked = _Asked(request)
        asyncio.run_coroutine_threadsafe(asked.by(self._application), _loop()).result()
        content = b"" if request.method == "HEAD" else b"".join(asked.content)
        return httpx.Response(asked.status, headers=list(asked.headers), content=content, request=request)


class _Asked:
    """One request, and the answer as it arrives. An application that fails before it has answered is a 500."""

    status = 500
    headers: Iterable[tuple[bytes, bytes]] = ()

    def __init__(self, request: httpx.Request) -> None:
        self.content: list[bytes] = []
        self._body = [request.read()]
        self._scope: Scope = {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": request.method,
            "headers": [(name.lower(), value) for name, value in request.headers.raw],
            "scheme": request.url.scheme,
            "path": request.url.path,
            "raw_path": request.url.raw_path.partition(b"?")[0],
            "query_string": request.url.query,
            "server": (request.url.host, request.url.port),
            "client": ("127.0.0.1", 123),
            "root_path": "",
        }

    async def by(self, application: ASGIApp) -> None:
        """Let the application answer."""
        self._answered = asyncio.Event()
        with suppress(Exception):  # as a server would, which answers 500 if nothing has been answered yet
            await application(self._scope, self._receive, self._send)

    async def _receive(self) -> Message:
        if self._body:
            return {"type": "http.request", "body": self._body.pop(), "more_body": False}
        await self._answered.wait()
        return {"type": "http.disconnect"}

    async def _send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status, self.headers = message["status"], message.get("headers", ())
        else:
            self.content.append(message.get("body", b""))
            if not message.get("more_body", False):
                self._answered.set()


def client_of(application: ASGIApp) -> httpx.Client:
    """A client of the application."""
    return httpx.Client(transport=InProcess(application), base_url="http://exchange.test")
