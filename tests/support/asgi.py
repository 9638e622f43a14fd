"""The application asked in process, through real HTTP semantics, without a socket: quick enough for thousands of
requests. One event loop runs in a thread of its own, as it would in a server."""

import asyncio
from collections.abc import AsyncIterator
from functools import cache
from threading import Thread

import httpx
from fastapi import FastAPI


@cache
def _loop() -> asyncio.AbstractEventLoop:
    loop = asyncio.new_event_loop()
    Thread(target=loop.run_forever, name="asgi", daemon=True).start()
    return loop


class InProcess(httpx.BaseTransport):
    """Hands requests to the application, on the shared loop."""

    def __init__(self, application: FastAPI) -> None:
        self._transport = httpx.ASGITransport(application, raise_app_exceptions=False)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """The application's answer, whole."""
        return asyncio.run_coroutine_threadsafe(self._answer(request), _loop()).result()

    async def _answer(self, request: httpx.Request) -> httpx.Response:
        asked = httpx.Request(request.method, request.url, headers=request.headers, stream=_Sent(request.read()))
        answer = await self._transport.handle_async_request(asked)
        content = await answer.aread()
        return httpx.Response(answer.status_code, headers=answer.headers, content=content, request=request)


class _Sent(httpx.AsyncByteStream):
    """A body that is there already."""

    def __init__(self, content: bytes) -> None:
        self._content = content

    async def __aiter__(self) -> AsyncIterator[bytes]:
        """The body in one piece."""
        yield self._content


def client_of(application: FastAPI) -> httpx.Client:
    """A client of the application."""
    return httpx.Client(transport=InProcess(application), base_url="http://exchange.test")
