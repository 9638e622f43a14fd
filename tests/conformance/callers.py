"""Accounts that ask as a client writes it: raw path, raw query, exact headers; every answer is checked on its way."""

from base64 import b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote_to_bytes

from starlette.types import ASGIApp, Message, Scope

from tests.conformance.shapes import LAST, conforms
from tests.support.direct import Answer, Direct
from tests.support.exchanges import TAXII
from tests.support.stix import STIX, an_envelope


@dataclass(frozen=True)
class Caller:
    """One account, or nobody. `credentials` are the headers that say who it is."""

    application: ASGIApp
    loop: Direct
    credentials: Mapping[str, str]

    def ask(
        self,
        method: str,
        target: str,
        headers: Mapping[str, str | None] | Sequence[tuple[str, str]] = (),
        body: bytes = b"",
        chunks: Sequence[bytes] = (),
        *,
        checked: bool = True,
    ) -> Answer:
        """The answer to one request. `headers` go beside `Accept` and the credentials, or in their place; None takes
        one away; as pairs, they are all there is. `chunks` is a body in pieces, without a declared length.
        """
        if isinstance(headers, Mapping):
            given = {"accept": TAXII, **self.credentials}
            if not chunks:
                given["content-length"] = str(len(body))
            given.update({name.lower(): value for name, value in headers.items()})  # type: ignore[misc]
            pairs = [(name, value) for name, value in given.items() if value is not None]
        else:
            pairs = list(headers) or [("accept", TAXII), *self.credentials.items(), ("content-length", str(len(body)))]
        answer = self.loop.run(_answer(self.application, method, target, pairs, chunks or (body,)))
        if checked:
            conforms(method, target, answer)
        return answer

    def get(self, target: str, **headers: str | None) -> Answer:
        """GET; headers by name with underscores."""
        return self.ask("GET", target, {name.replace("_", "-"): value for name, value in headers.items()})

    def post(self, target: str, *objects: STIX) -> Answer:
        """An envelope with these objects."""
        return self.send(target, an_envelope(objects))

    def send(self, target: str, body: bytes, **headers: str | None) -> Answer:
        """These bytes, declared as TAXII unless a header says otherwise."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.ask("POST", target, {"content-type": TAXII, **named}, body)

    def delete(self, target: str) -> Answer:
        """DELETE."""
        return self.ask("DELETE", target)

    def take(self, target: str, *objects: STIX) -> Mapping[str, Any]:
        """Push objects, all of which have to be taken; the status."""
        answer = self.post(target, *objects)
        assert answer.status == 202, answer
        status: Mapping[str, Any] = answer.json()
        assert status["failure_count"] == 0, status
        return status

    def pages(self, target: str, query: str = "", *, limit: int = 0, by: str = "next") -> list[Answer]:
        """All pages, by `next` or by `added_after` from the header of the page before."""
        began = "&".join(part for part in (f"limit={limit}" if limit else "", query) if part)
        found = [self.get(f"{target}?{began}")]
        while found[-1].json().get("more"):
            if by == "next":
                found.append(self.get(f"{target}?{began}&next={found[-1].json()['next']}"))
            else:
                found.append(self.get(f"{target}?{began}&added_after={found[-1].header(LAST)}"))
            assert len(found) < 10_000, "the walk does not end"
        return found

    def rows(self, target: str, query: str = "", *, limit: int = 0, by: str = "next") -> list[Any]:
        """What all pages hold, in order: objects, manifest records or versions."""
        key = "versions" if target.endswith("/versions/") else "objects"
        return [row for page in self.pages(target, query, limit=limit, by=by) for row in page.json().get(key, [])]


def basic(user: str, password: str, scheme: str = "Basic", charset: str = "utf-8") -> Mapping[str, str]:
    """Credentials as RFC 7617 writes them."""
    return {"authorization": f"{scheme} {b64encode(f'{user}:{password}'.encode(charset)).decode()}"}


async def _answer(
    application: ASGIApp, method: str, target: str, headers: Sequence[tuple[str, str]], chunks: Sequence[bytes]
) -> Answer:
    path, _, query = target.partition("?")
    scope: Scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": method,
        "scheme": "http",
        "path": unquote_to_bytes(path).decode("utf-8", "replace"),
        "raw_path": path.encode(),
        "root_path": "",
        "query_string": query.encode(),
        "headers": [(name.lower().encode(), value.encode()) for name, value in headers],
        "client": ("127.0.0.1", 1),
        "server": ("127.0.0.1", 8000),
    }
    waiting = list(chunks)
    sent: list[Message] = []

    async def receive() -> Message:
        piece = waiting.pop(0) if waiting else b""
        return {"type": "http.request", "body": piece, "more_body": bool(waiting)}

    async def send(message: Message) -> None:
        sent.append(message)

    await application(scope, receive, send)
    body = b"".join(message.get("body", b"") for message in sent[1:])
    return Answer(sent[0]["status"], tuple(sent[0]["headers"]), body)
