"""HTTP/1.1 as uvicorn reads it, with TAXII error messages for requests that never reach the application.

What does not read as HTTP/1.1, what is in a method that HTTP does not know, and what has a request line and headers
past their bound is refused here, before anybody is asked who they are. Everything else is `route`'s.
"""

import sys
from typing import Final

import httptools
from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol

from app.errors import HeadTooLarge, MalformedRequest, MethodUnknown, QueryTooLong, Refused
from app.http.failures import Failures

HEAD_BYTES_MAX: Final = 65_535
"""The longest request line and headers, without separators. The parser reads no longer target, so it can't be more."""

FAILURES: Final = "comity.failures"
"""Where the state of the lifespan holds the Failures that answer here."""


class TaxiiProtocol(HttpToolsProtocol):
    """One connection."""

    _in_head = False
    _head_bytes = 0
    _refused = False

    def data_received(self, data: bytes) -> None:
        """Reads what arrived. What still arrives after a refusal is passed over."""
        if self._refused:
            return
        headers = self.headers
        super().data_received(data)
        # The parser tells of a header when it is whole, so one that never ends is counted here.
        if self._in_head and self.headers is headers and not self._refused:
            self._head_bytes += len(data)
            if self._head_bytes > HEAD_BYTES_MAX:
                self._refuse(self._head_too_large())

    def on_message_begin(self) -> None:
        """A request line begins."""
        self._in_head = True
        self._head_bytes = 0
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        """The request is known but for its body; it goes to the application unless its head is too large."""
        if len(self.url) + sum(len(name) + len(value) for name, value in self.headers) > HEAD_BYTES_MAX:
            raise self._head_too_large()
        super().on_headers_complete()
        self._in_head = False

    def send_400_response(self, msg: str) -> None:
        """Called by uvicorn where the parser gave up, while what it raised is being handled."""
        match sys.exception():
            case httptools.HttpParserInvalidMethodError():
                self._refuse(MethodUnknown("The request does not begin with a method of HTTP."))
            case httptools.HttpParserCallbackError(__context__=Refused() as refusal):
                self._refuse(refusal)
            case _:
                self._refuse(MalformedRequest("This does not read as an HTTP/1.1 request."))

    def _head_too_large(self) -> Refused:
        taken = f"A request line and headers of up to {HEAD_BYTES_MAX} octets together are taken."
        is_query = b"?" in self.url and len(self.url) > HEAD_BYTES_MAX // 2
        return QueryTooLong(taken) if is_query else HeadTooLarge(taken)

    def _refuse(self, refusal: Refused) -> None:
        """Answer with this error message, and end the connection."""
        if self.transport.is_closing():
            return
        asked = self.cycle
        if asked is not None and self._in_head and not asked.response_complete:
            asked.keep_alive = False  # requests before this one are answered first; then the connection ends
            return
        self._refused = True
        if asked is None or self._in_head or not asked.response_started:
            self._answer(refusal)
        if asked is not None:
            asked.disconnected = True
            asked.message_event.set()
        # To close at once, with octets unread, would reset the connection, and the client might not see the answer.
        self.transport.write_eof()
        self.timeout_keep_alive_task = self.loop.call_later(self.timeout_keep_alive, self.timeout_keep_alive_handler)

    def _answer(self, refusal: Refused) -> None:
        failures: Failures = self.app_state[FAILURES]
        target = self.url if self.scope else b""
        method = self.parser.get_method().decode() if target else ""
        path = target.partition(b"?")[0][:200].decode("ascii", "replace")
        answer = failures.answer(refusal, method, path)
        body = bytes(answer.body)
        headers = [*self.server_state.default_headers, *answer.raw_headers, (b"connection", b"close")]
        lines = [name + b": " + value + b"\r\n" for name, value in headers]
        self.transport.write(
            b"".join([STATUS_LINE[answer.status_code], *lines, b"\r\n", *([body] * (method != "HEAD"))])
        )
