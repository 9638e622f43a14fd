"""A request that declares a long body and sends none: what a server says to the declaration alone.

The HTTP library sends what it declares, so this one request is made by hand.
"""

from http.client import HTTPConnection, HTTPException, HTTPSConnection
from ssl import SSLContext
from typing import Final
from urllib.parse import urlsplit

import httpx

from app.probe.asking import USUAL, Answer, Asker
from app.probe.judging import DoesNotApply
from app.taxii.media_types import TAXII_21

ANSWER_BYTES_MAX: Final = 100_000


def declare(asker: Asker, tls: SSLContext | None, timeout_seconds: float, path: str, length: int) -> Answer:
    """The answer to a POST whose Content-Length is `length`, before any of it was sent.

    Raises DoesNotApply where the server waits for the body, or can't be reached without a proxy.
    """
    parts = urlsplit(asker.base)
    host, port = parts.hostname or "", parts.port
    connection = (
        HTTPSConnection(host, port, timeout=timeout_seconds, context=tls)
        if parts.scheme == "https"
        else HTTPConnection(host, port, timeout=timeout_seconds)
    )
    headers = {**USUAL, "Content-Type": TAXII_21, "Content-Length": str(length), "Connection": "close"}
    if asker.authorization:
        headers["Authorization"] = asker.authorization
    try:
        connection.putrequest("POST", path, skip_accept_encoding=True)
        for name, value in headers.items():
            connection.putheader(name, value.encode("utf-8"))
        connection.endheaders()
        response = connection.getresponse()
        content = response.read(ANSWER_BYTES_MAX)
        found = httpx.Headers(response.getheaders())
    except (OSError, HTTPException) as error:
        raise DoesNotApply(f"a declared length alone gets no answer ({error or type(error).__name__})") from None
    finally:
        connection.close()
    told = f"POST {path} (Content-Length: {length}, of which nothing is sent)"
    answer = Answer(told, "POST", path, response.status, found, content)
    asker.answers.append(answer)
    return answer
