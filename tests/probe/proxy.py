"""A faulty proxy: a real exchange behind it, and one thing wrong in what it passes on."""

import json
from collections.abc import Callable
from email.utils import formatdate
from typing import Any

import httpx

Send = Callable[[httpx.Request], httpx.Response]
Fault = Callable[[httpx.Request, Send], httpx.Response]


class Proxy(httpx.BaseTransport):
    """Passes requests on as the fault says, and dates the answers, as servers do."""

    def __init__(self, inner: httpx.BaseTransport, fault: Fault) -> None:
        self._inner = inner
        self._fault = fault
        self.methods: list[str] = []

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """The answer, with the fault in it."""
        self.methods.append(request.method)
        request.read()
        return self._fault(request, self._send)

    def _send(self, request: httpx.Request) -> httpx.Response:
        answer = self._inner.handle_request(request)
        answer.read()
        answer.headers["Date"] = formatdate(usegmt=True)
        return answer


class Kept(httpx.BaseTransport):
    """Puts each question to the exchange once: reading changes nothing, and many runs ask the same."""

    def __init__(self, inner: httpx.BaseTransport) -> None:
        self._inner = inner
        self._answers: dict[tuple[object, ...], httpx.Response] = {}

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """The answer, from before if it was asked before."""
        key = (request.method, str(request.url), tuple(sorted(request.headers.items())))
        if key not in self._answers:
            self._answers[key] = self._inner.handle_request(request)
            self._answers[key].read()
        found = self._answers[key]
        return httpx.Response(found.status_code, headers=found.headers, content=found.content)


class UntilWritten(httpx.BaseTransport):
    """What was kept, until something is pushed; from then on the exchange itself."""

    def __init__(self, kept: Kept, exchange: httpx.BaseTransport) -> None:
        self._from: httpx.BaseTransport = kept
        self._exchange = exchange

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """The answer."""
        if request.method == "POST":
            self._from = self._exchange
        return self._from.handle_request(request)


def no_fault(request: httpx.Request, send: Send) -> httpx.Response:
    """What was asked, as it was answered."""
    return send(request)


def answer(
    of: httpx.Response, status: int | None = None, content: bytes | None = None, **headers: str | None
) -> httpx.Response:
    """Another answer than this one: `x_taxii=None` leaves the header X-Taxii out."""
    kept = httpx.Headers(of.headers)
    for name, value in headers.items():
        kept.pop(name.replace("_", "-"), None)
        if value is not None:
            kept[name.replace("_", "-")] = value
    body = of.content if content is None else content
    kept.pop("content-length", None)
    return httpx.Response(of.status_code if status is None else status, headers=kept, content=body)


def refusal(of: httpx.Response, status: int) -> httpx.Response:
    """A refusal as the standard has it."""
    return answer(of, status, json.dumps({"title": "No", "http_status": str(status)}).encode())


def asked_for(request: httpx.Request, **query: str | None) -> httpx.Request:
    """The request with other query parameters: None leaves one out."""
    url = request.url
    for name, value in query.items():
        name = name if name in ("limit", "next", "added_after") else f"match[{name}]"
        url = url.copy_remove_param(name) if value is None else url.copy_set_param(name, value)
    return httpx.Request(request.method, url, headers=request.headers, content=request.content)


def endpoint(request: httpx.Request) -> str:
    """Which endpoint of the standard this is."""
    parts = request.url.path.strip("/").split("/")
    names = {1: "root", 2: "collections", 3: "collection", 4: parts[-1], 5: "object", 6: "versions"}
    if parts == ["taxii2"]:
        return "discovery"
    return "status" if "status" in parts else names.get(len(parts), "none")


def in_bodies(change: Callable[[dict[str, Any]], None], *endpoints: str) -> Fault:
    """A fault in the JSON of successes of these endpoints, or of all."""

    def fault(request: httpx.Request, send: Send) -> httpx.Response:
        got = send(request)
        if endpoints and endpoint(request) not in endpoints:
            return got
        if not got.is_success or not got.content:
            return got
        body = json.loads(got.content)
        before = json.dumps(body)
        change(body)
        return got if json.dumps(body) == before else answer(got, content=json.dumps(body).encode())

    return fault


def in_headers(**headers: str | None) -> Fault:
    """A fault in the headers of successes."""

    def fault(request: httpx.Request, send: Send) -> httpx.Response:
        got = send(request)
        return answer(got, **headers) if got.is_success else got

    return fault
