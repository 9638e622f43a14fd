"""OpenCTI's built-in TAXII feed (ingestion manager).

It is given an API root and a collection's id, and asks no discovery. One page is fetched at each tick of the
scheduler. While there is more it sends `next` together with the `added_after` that the walk began with; then it keeps
X-TAXII-Date-Added-Last, cut to milliseconds, as JavaScript's dates do. A page that has objects and no such header
makes it go on from its own clock, which leaves gaps; a page that is empty with more to come would make it begin again
for ever.
"""

from tests.clients.answers import LAST
from tests.clients.client import HttpClient, Typed, objects_of
from tests.support.exchanges import TAXII

FROM = "2020-01-01T00:00:00.000Z"
"""The date from which its operator wants the feed."""


class OpenCtiFeed(HttpClient):
    def __init__(self, typed: Typed) -> None:
        super().__init__(typed)
        self.cursor: str | None = None
        self.added_after: str | None = FROM

    def poll(self) -> bool:
        root = self.typed.root_url.removesuffix("/") + "/"
        kept = {"next": self.cursor, "added_after": self.added_after}
        answer = self.asked(
            f"{root}collections/{self.typed.collection_id}/objects/",
            {"Accept": TAXII, "Authorization": f"Bearer {self.typed.secret}"},
            {name: value for name, value in kept.items() if value is not None},
        )
        body = answer.json()
        if not objects_of(body):
            return False  # nothing of its state changes
        self.had += objects_of(body)
        if body.get("more") and body.get("next"):
            self.cursor = body["next"]
            return True
        self.cursor = None
        self.added_after = f"{answer.headers[LAST][:23]}Z"
        return False
