"""A client that costs little: keep-alive HTTP/1.1 over plain sockets, so that the server is what is measured."""

import asyncio
import time
from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass

TAXII = "application/taxii+json;version=2.1"


@dataclass(frozen=True)
class Answer:
    """What came back, and how long it took in seconds."""

    status: int
    headers: bytes
    body: bytes
    seconds: float


class Connection:
    """One connection, one request at a time."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader, self._writer = reader, writer

    @classmethod
    async def open(cls, port: int) -> "Connection":
        """To a server on this machine."""
        return cls(*await asyncio.open_connection("127.0.0.1", port, limit=2**26))

    async def ask(self, request: bytes) -> Answer:
        """Send the bytes of a request and read its answer."""
        begun = time.perf_counter()
        self._writer.write(request)
        head = await self._reader.readuntil(b"\r\n\r\n")
        lower = head.lower()
        start = lower.index(b"content-length:") + 15
        body = await self._reader.readexactly(int(lower[start : lower.index(b"\r\n", start)]))
        return Answer(int(head[9:12]), head, body, time.perf_counter() - begun)

    def close(self) -> None:
        """End it."""
        self._writer.close()


def request(
    path: str, account: str = "", secret: str = "", method: str = "GET", body: bytes = b"", body_type: str = TAXII
) -> bytes:
    """The bytes of one request."""
    credentials = b64encode(f"{account}:{secret}".encode()).decode()
    lines = [
        f"{method} {path} HTTP/1.1",
        "Host: 127.0.0.1",
        f"Accept: {TAXII}",
        *([f"Authorization: Basic {credentials}"] if account else []),
        *([f"Content-Type: {body_type}"] if body else []),
        f"Content-Length: {len(body)}",
    ]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


async def repeatedly(port: int, sent: Sequence[bytes], count: int, connections: int) -> float:
    """Requests a second: `count` of them, taken in turn from `sent`, over so many connections at once."""
    opened = [await Connection.open(port) for _ in range(connections)]
    left = iter(range(count))

    async def work(connection: Connection) -> None:
        for number in left:
            answer = await connection.ask(sent[number % len(sent)])
            assert answer.status == 200, answer

    begun = time.perf_counter()
    await asyncio.gather(*(work(each) for each in opened))
    seconds = time.perf_counter() - begun
    for each in opened:
        each.close()
    return count / seconds


async def latencies(port: int, sent: bytes, count: int, pause_seconds: float = 0.0) -> list[float]:
    """How long each of `count` requests took, one after the other, sorted."""
    connection = await Connection.open(port)
    found = []
    for _ in range(count):
        answer = await connection.ask(sent)
        assert answer.status == 200, answer
        found.append(answer.seconds)
        if pause_seconds:
            await asyncio.sleep(pause_seconds)
    connection.close()
    return sorted(found)
