"""Elastic Agent's integration "Custom Threat Intelligence" (ti_custom).

The URL of the objects is typed by hand and used with exactly one slash before the query. The first page of a round is
asked with `added_after` (the date that is kept, else a while ago with six digits) and `limit`; later pages with `next`
and `limit` alone. A round goes on while `next` holds something; `more` is not looked at. The date kept is
X-TAXII-Date-Added-Last of the page just fetched, or none at all if the page has no such header.

The program reads `objects` unconditionally, so an answer without them is an error event: the round ends, and the state
stays as it was. An empty list without dates would serve this client worse: its date would be gone, and it would begin
again from a while ago.
"""

from datetime import UTC, datetime, timedelta

from tests.clients.answers import LAST
from tests.clients.client import REQUESTS_OF_A_ROUND_MAX, HttpClient, Typed
from tests.support.exchanges import TAXII

LIMIT, INITIAL = "70", timedelta(days=1)


class Elastic(HttpClient):
    def __init__(self, typed: Typed) -> None:
        super().__init__(typed)
        typed_url = f"{typed.root_url}collections/{typed.collection_id}/objects"
        self.url = typed_url.rstrip("/") + "/"
        self.last: str | None = None

    def poll(self) -> bool:
        initial = (datetime.now(UTC) - INITIAL).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
        query = {"added_after": self.last or initial, "limit": LIMIT}
        headers = {"Accept": TAXII, "Content-Type": TAXII, "Authorization": f"Bearer {self.typed.secret}"}
        for _ in range(REQUESTS_OF_A_ROUND_MAX):
            answer = self.asked(self.url, headers, query)
            body = answer.json()
            if "objects" not in body:
                return False  # an error event; the state stays as it was
            self.had += body["objects"]
            self.last = answer.headers.get(LAST)
            if not body.get("next"):
                return False
            query = {"next": body["next"], "limit": LIMIT}
        raise AssertionError("the agent goes round in circles")
