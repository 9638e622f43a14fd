"""The two clients that are packages, used as their documentation shows: OASIS' taxii2-client and Cyware's cytaxii2.

Neither hands the headers of an answer on, so whoever polls with them goes by a clock of their own: the one read before
the request whose answer had no more. taxii2-client adopts the size of a first page that is short, as its limit for the
rest; cytaxii2 needs discovery to name an absolute `default`, keeps it, and leaves paging to its caller.
"""

from typing import Any

from cytaxii2 import cytaxii2
from taxii2client.v21 import Server, as_pages

from app.clock import SystemClock
from app.stix.timestamps import from_datetime
from tests.clients.client import REQUESTS_OF_A_ROUND_MAX, Client, Typed, objects_of

LIMIT = 150


def close(server: Server) -> None:
    """Close every connection: each API root has one of its own."""
    for root in server.api_roots:
        root.close()
    server.close()


class Oasis(Client):
    def __init__(self, typed: Typed) -> None:
        super().__init__(typed)
        self.server = Server(typed.discovery_url, user=typed.account, password=typed.secret)
        self.since: str | None = None

    def poll(self) -> bool:
        (root,) = [each for each in self.server.api_roots if each.url == self.typed.root_url]
        (collection,) = [each for each in root.collections if each.id == self.typed.collection_id]
        began = from_datetime(SystemClock().now())
        for envelope in as_pages(collection.get_objects, per_request=LIMIT, added_after=self.since):
            self.had += objects_of(envelope)
        self.since = began
        return False

    def close(self) -> None:
        close(self.server)


class Cyware(Client):
    def __init__(self, typed: Typed) -> None:
        super().__init__(typed)
        self.client = cytaxii2.cytaxii2(typed.discovery_url, typed.account, typed.secret)
        self.since: str | None = None

    def poll(self) -> bool:
        token: str | None = None
        for _ in range(REQUESTS_OF_A_ROUND_MAX):
            asked_at = from_datetime(SystemClock().now())
            body = self.page(token)
            self.had += objects_of(body)
            token = body.get("next")
            if not body.get("more"):
                self.since = asked_at
                return False
        raise AssertionError("cytaxii2 goes round in circles")

    def page(self, token: str | None) -> dict[str, Any]:
        answer = self.client.poll_request(self.typed.collection_id, added_after=self.since, limit=LIMIT, next=token)
        assert answer["status_code"] == 200, answer
        body: dict[str, Any] = answer["response"]
        return body

    def close(self) -> None:
        """It keeps no connection."""
