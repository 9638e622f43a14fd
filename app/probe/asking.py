"""One request, one answer: bounded in number, size and time, and kept for the checks that judge them all."""

import json
from base64 import b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, Final, TypeAlias

import httpx

from app.probe.judging import BODY_CHARS_SHOWN, DoesNotApply, Fails, Seen
from app.taxii.media_types import TAXII_21

BODY_BYTES_MAX: Final = 64 * 2**20
"""The longest answer that is read."""
UNANSWERED_MAX: Final = 3
"""Requests in a row that may stay without an answer; then the rest of the run does not apply."""
USUAL: Final[Mapping[str, str]] = {"Accept": TAXII_21, "User-Agent": "comity-probe"}
"""The headers of a request that names no others. `Authorization` comes with them."""
DATE_HEADERS: Final = ("X-TAXII-Date-Added-First", "X-TAXII-Date-Added-Last")
Headers: TypeAlias = Mapping[str, str | None]


@dataclass(frozen=True, slots=True)
class Bounds:
    """How much is asked of a server at most."""

    requests_max: int = 1000
    """Requests of one run; checks after that do not apply."""
    pages_max: int = 20
    """Pages of one walk; what lies behind them is not looked at."""


@dataclass(frozen=True)
class Answer:
    """What came back. `request` is how the request is told in a report; `path` includes the query."""

    request: str
    method: str
    path: str
    status: int
    headers: httpx.Headers
    content: bytes

    @property
    def resource(self) -> dict[str, Any]:
        """The body as a JSON object. Raises Fails where it is none."""
        found = self.json
        self.demand(isinstance(found, dict), "a body that is a JSON object")
        return dict(found)

    @cached_property
    def json(self) -> Any:
        """The body as JSON, or None where it is none."""
        try:
            return json.loads(self.content)
        except (ValueError, RecursionError):
            return None

    @property
    def header_text(self) -> str:
        """The status and the headers that checks judge."""
        shown = [
            f"{name}: {self.headers[name]}"
            for name in ("Content-Type", "Location", "Allow", "WWW-Authenticate", *DATE_HEADERS)
            if name in self.headers
        ]
        return ", ".join([str(self.status), *shown])

    def demand(self, holds: bool, wanted: str) -> None:
        """Raises Fails with this answer as evidence, unless it holds."""
        if not holds:
            body = self.content[: BODY_CHARS_SHOWN * 4].decode("utf-8", "replace")[:BODY_CHARS_SHOWN]
            raise Fails(Seen(wanted, self.request, self.header_text, body))

    def demand_status(self, *statuses: int) -> "Answer":
        """Raises Fails unless the status is one of these; the answer itself."""
        self.demand(self.status in statuses, "status " + " or ".join(map(str, statuses)))
        return self


@dataclass(slots=True)
class Asker:
    """Asks one server, in the name of one account. `answers` are all that came, in their order.

    `cut_short` says why nothing more is asked, once a bound was reached.

    `base` is scheme, host and port, `authorization` the value of that header; redirects are not followed.
    """

    client: httpx.Client
    base: str
    authorization: str | None
    bounds: Bounds = field(default_factory=Bounds)
    answers: list[Answer] = field(default_factory=list)
    asked: int = 0
    cut_short: str = ""
    _unanswered: int = 0
    _kept: dict[tuple[object, ...], Answer] = field(default_factory=dict)

    def get(self, path: str, headers: Headers | None = None) -> Answer:
        """The answer to this GET; asked once, however many checks look at it."""
        key = (path, tuple(sorted((headers or {}).items())))
        if key not in self._kept:
            self._kept[key] = self.ask("GET", path, headers)
        return self._kept[key]

    def go_on(self, requests: int) -> None:
        """Ask so many more, whatever bound was reached: what was pushed has to be withdrawn."""
        self.bounds = replace(self.bounds, requests_max=self.asked + requests)
        self.cut_short, self._unanswered = "", 0

    def ask(self, method: str, path: str, headers: Headers | None = None, content: bytes | None = None) -> Answer:
        """One request, now. `headers` replace the usual ones; None leaves one out.

        Raises Fails where no answer came, and DoesNotApply where a bound on requests is reached.
        """
        if self.asked >= self.bounds.requests_max:
            self.cut_short = f"the bound of {self.bounds.requests_max} requests was reached"
        elif self._unanswered >= UNANSWERED_MAX:
            self.cut_short = "the server no longer answered"
        if self.cut_short:
            raise DoesNotApply(self.cut_short)
        self.asked += 1
        told = _told(method, path, headers or {})
        usual = dict(USUAL) | ({"Authorization": self.authorization} if self.authorization else {})
        sent = [(name, value) for name, value in (usual | dict(headers or {})).items() if value is not None]
        try:
            made = httpx.Request(method, self.base + path, headers=_as_bytes(sent), content=content)
            answer = self._send(made, told)
        except (httpx.HTTPError, httpx.InvalidURL, ValueError) as error:
            self._unanswered += 1
            raise Fails(Seen("an answer", told, f"none: {_reason(error)}")) from error
        self._unanswered = 0
        self.answers.append(answer)
        return answer

    def _send(self, request: httpx.Request, told: str) -> Answer:
        response = self.client.send(request, stream=True, auth=None, follow_redirects=False)
        try:
            parts: list[bytes] = []
            length = 0
            for part in response.iter_bytes():
                length += len(part)
                if length > BODY_BYTES_MAX:
                    raise ValueError(f"more than {BODY_BYTES_MAX} octets")
                parts.append(part)
        finally:
            response.close()
        path = request.url.raw_path.decode("ascii")
        return Answer(told, request.method, path, response.status_code, response.headers, b"".join(parts))


def basic(user: str, password: str, scheme: str = "Basic") -> str:
    """The Authorization of RFC 7617, in UTF-8."""
    return f"{scheme} {b64encode(f'{user}:{password}'.encode()).decode('ascii')}"


def _as_bytes(headers: Sequence[tuple[str, str]]) -> list[tuple[bytes, bytes]]:
    return [(name.encode("ascii"), value.encode("utf-8")) for name, value in headers]


def _told(method: str, path: str, headers: Headers) -> str:
    """The request in one line; what was presented as credentials is not in it."""
    other = [
        f"{name}: {value}" if value is not None else f"no {name}"
        for name, value in headers.items()
        if name != "Authorization"
    ]
    if "Authorization" in headers:
        other.append("other credentials" if headers["Authorization"] else "no credentials")
    return f"{method} {path}" + (f" ({', '.join(other)})"[:BODY_CHARS_SHOWN] if other else "")


def _reason(error: Exception) -> str:
    return str(error) or type(error).__name__
