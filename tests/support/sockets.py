"""Requests as octets, for what no client library would send."""

import socket
from collections.abc import Iterator

from tests.support.direct import Answer

WAIT_SECONDS = 10


def answers(port: int, *pieces: bytes, method: str = "GET") -> list[Answer]:
    """All that a loopback server answers to these octets, until it ends the connection; it has to.

    Each further piece is sent after something was answered, or after a moment. `method` is that of the requests.
    """
    with socket.create_connection(("127.0.0.1", port), timeout=WAIT_SECONDS) as connection:
        received = b""
        for number, piece in enumerate(pieces):
            if number:
                received += _soon(connection)
            connection.sendall(piece)
        while more := connection.recv(65536):
            received += more
    return list(_parsed(received, method))


def _soon(connection: socket.socket) -> bytes:
    connection.settimeout(0.05)
    try:
        return connection.recv(65536)
    except TimeoutError:
        return b""
    finally:
        connection.settimeout(WAIT_SECONDS)


def _parsed(received: bytes, method: str) -> Iterator[Answer]:
    while received:
        head, _, received = received.partition(b"\r\n\r\n")
        status_line, *lines = head.split(b"\r\n")
        status = int(status_line.split(b" ")[1])
        headers = tuple((name, value.strip()) for name, _, value in (line.partition(b":") for line in lines))
        answer = Answer(status, headers, b"")
        length = 0 if method == "HEAD" or status < 200 else int(answer.header("content-length") or 0)
        yield Answer(status, headers, received[:length])
        received = received[length:]
