"""One path: which methods it offers, and the order in which a request for it is checked.

The path is known -> who asks (401) -> may it know of this (404) -> does the path offer the method (405) -> may it do
this (403) -> Accept (406) -> Content-Type (415) -> size (413) -> query (400) -> body (422) -> the work.

The use case asks about 404 and 403 itself, in the one transaction that it opens. A well-formed request therefore goes
straight to it; only before a *malformed* one is refused are visibility and permission asked for here, so that nobody
learns from a 400 that something exists.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from starlette.datastructures import URLPath
from starlette.requests import ClientDisconnect, Request
from starlette.routing import BaseRoute, Match, NoMatchFound
from starlette.types import Receive, Scope, Send

from app.errors import MethodNotOffered, NotKnown, NotPermitted, Refused
from app.exchange import identify
from app.exchange.exchange import Exchange
from app.exchange.identify import Requester
from app.http import negotiation, rendering
from app.http.authentication import presented
from app.http.failures import Failures
from app.http.paths import PathTemplate, raw_path
from app.http.published import Published
from app.http.rendering import TaxiiResponse
from app.taxii.media_types import TAXII_21

_MATCHED: Final = "comity.segments"


@dataclass(frozen=True, slots=True)
class Call:
    """One request of an identified account. What the path does not name is empty."""

    request: Request
    exchange: Exchange
    published: Published
    requester: Requester
    root: str = ""
    reference: str = ""
    object_id: str = ""
    status_id: str = ""
    mapping: str = ""
    export: str = ""
    file: str = ""


Answer = Callable[[Call], Awaitable[TaxiiResponse]]
Gate = Callable[[Call], Awaitable[None]]


async def open_to_everyone(call: Call) -> None:
    """The gate of what every account may know of and do."""


@dataclass(frozen=True, slots=True)
class Method:
    """What one method does. `gate` raises NotKnown or NotPermitted where the use case would."""

    answer: Answer
    gate: Gate


@dataclass(frozen=True, slots=True)
class TaxiiPath:
    """A path and what it offers. `visible` raises NotKnown where the caller may not know of it.

    `media_type` is that of its answers, and None where the path names it by itself, so that `Accept` does not count;
    errors are TAXII's everywhere.
    """

    template: str
    offered: Mapping[str, Method]
    visible: Gate
    media_type: str | None = TAXII_21


class TaxiiRoute(BaseRoute):
    """Serves one path."""

    def __init__(self, path: TaxiiPath, exchange: Exchange, published: Published, failures: Failures) -> None:
        self.path = path.template
        self.taxii_path = path
        self._template = PathTemplate(path.template)
        self._exchange = exchange
        self._published = published
        self._failures = failures
        self._allowed = tuple(sorted({*path.offered, "OPTIONS", *(["HEAD"] if "GET" in path.offered else [])}))

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        """Whether the raw path of this request is this one, whatever the method."""
        if scope["type"] != "http":
            return Match.NONE, {}
        segments = self._template.match(raw_path(scope))
        return (Match.NONE, {}) if segments is None else (Match.FULL, {_MATCHED: segments})

    def url_path_for(self, name: str, /, **path_params: Any) -> URLPath:
        """No route is looked up by name: URLs that leave the server are made from its settings."""
        raise NoMatchFound(name, path_params)

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers the request, whatever happens."""
        request = Request(scope, receive)
        try:
            response = await self._respond(request)
        except ClientDisconnect:
            return
        except Exception as error:  # the boundary: what nothing else caught is answered here
            response = self._failures.answer(error, request.method, request.url.path)
        if request.method == "HEAD":
            response = response.without_body()
        await response(scope, receive, send)

    async def _respond(self, request: Request) -> TaxiiResponse:
        requester = await identify.identify(self._exchange, presented(request.headers))
        if request.method == "OPTIONS":  # alike for what is there, what is hidden and what is not there
            return rendering.offered(", ".join(self._allowed))
        call = Call(request, self._exchange, self._published, requester, **request.scope[_MATCHED])
        method = self.taxii_path.offered.get("GET" if request.method == "HEAD" else request.method)
        if method is None:
            await self.taxii_path.visible(call)
            raise MethodNotOffered(self._allowed)
        try:
            if self.taxii_path.media_type is not None:
                negotiation.require_acceptable(request.headers, self.taxii_path.media_type)
            return await method.answer(call)
        except (NotKnown, NotPermitted):
            raise
        except Refused:
            await method.gate(call)
            raise
