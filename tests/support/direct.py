"""A client in this process: one event loop in which an application answers, with the exact bytes of every answer."""

import asyncio
import json
from base64 import b64encode
from collections.abc import Coroutine, Mapping, Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import Any, TypeVar
from urllib.parse import unquote

from starlette.types import ASGIApp, Message, Scope

from tests.support.exchanges import TAXII
from tests.support.stix import STIX, an_envelope

T = TypeVar("T")


@dataclass(frozen=True)
class Answer:
    """What came back: status, headers as they were written, body."""

    status: int
    headers: tuple[tuple[bytes, bytes], ...]
    body: bytes

    def header(self, name: str) -> str | None:
        """The value of a header, or None."""
        wanted = name.lower().encode()
        return next((value.decode() for key, value in self.headers if key.lower() == wanted), None)

    def json(self) -> Any:
        """The body, parsed."""
        return json.loads(self.body)


class Direct:
    """Asks the application, without a socket. Not for use from several threads."""

    def __init__(self, application: ASGIApp, secrets: Mapping[str, str]) -> None:
        self._application = application
        self._secrets = secrets
        self._loop = asyncio.new_event_loop()

    def __enter__(self) -> "Direct":
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._loop.close()

    def ask(self, account: str, method: str, target: str, body: bytes = b"", **headers: str) -> Answer:
        """The answer to one request; `target` is the path with its query."""
        return self.run(self.asking(account, method, target, body, **headers))

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        """What this coroutine gives; it may hold several requests."""
        return self._loop.run_until_complete(work)

    def all_at_once(self, account: str, targets: Sequence[str]) -> list[Answer]:
        """The answers to GET requests that wait for each other nowhere."""

        async def together() -> list[Answer]:
            return list(await asyncio.gather(*(self.asking(account, "GET", target) for target in targets)))

        return self.run(together())

    def post(self, account: str, objects: Sequence[STIX], to: str = "north-sea/collections/indicators") -> Answer:
        """Push the objects."""
        return self.ask(account, "POST", f"/{to}/objects/", an_envelope(objects), content_type=TAXII)

    async def asking(self, account: str, method: str, target: str, body: bytes = b"", **headers: str) -> Answer:
        """`ask`, as a coroutine."""
        path, _, query = target.partition("?")
        credentials = b64encode(f"{account}:{self._secrets[account]}".encode()).decode()
        given = {"accept": TAXII, "authorization": f"Basic {credentials}", "content-length": str(len(body))}
        given.update({name.replace("_", "-"): value for name, value in headers.items()})
        scope: Scope = {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": method,
            "scheme": "http",
            "path": unquote(path),
            "raw_path": path.encode(),
            "root_path": "",
            "query_string": query.encode(),
            "headers": [(name.encode(), value.encode()) for name, value in given.items()],
            "client": ("127.0.0.1", 1),
            "server": ("127.0.0.1", 8000),
        }
        sent: list[Message] = []

        async def receive() -> Message:
            return {"type": "http.request", "body": body, "more_body": False}

        async def send(message: Message) -> None:
            sent.append(message)

        await self._application(scope, receive, send)
        content = b"".join(message.get("body", b"") for message in sent[1:])
        return Answer(sent[0]["status"], tuple(sent[0]["headers"]), content)
