"""Microsoft Sentinel's data connector "Threat Intelligence - TAXII".

Its code is not public; this is what Microsoft's pages and its users' reports tell, and where they tell nothing, what
asks most of a server. API root and collection id are typed by hand, the id is checked to be a UUID, the user gives a
name and a password. It speaks TAXII 2.0 and 2.1 and goes on from X-TAXII-Date-Added-Last alone: a page without that
header, or a date that is not later than the one before, makes it take everything again, which its users pay for.
"""

from uuid import UUID

from httpx import BasicAuth

from tests.clients.answers import LAST, VERSION_2_0
from tests.clients.client import REQUESTS_OF_A_ROUND_MAX, HttpClient, Typed, objects_of
from tests.support.exchanges import TAXII


class Sentinel(HttpClient):
    def __init__(self, typed: Typed) -> None:
        super().__init__(typed)
        self.http.auth = BasicAuth(typed.account, typed.secret)
        self.collection_id = UUID(typed.collection_id)
        self.last: str | None = None

    def poll(self) -> bool:
        url = f"{self.typed.root_url.rstrip('/')}/collections/{self.collection_id}/objects"
        for _ in range(REQUESTS_OF_A_ROUND_MAX):
            query = {"added_after": self.last} if self.last is not None else {}
            answer = self.asked(url, {"Accept": f"{TAXII}, {VERSION_2_0}"}, query)
            body = answer.json()
            if objects_of(body):
                self.had += objects_of(body)
                assert self.last is None or self.last < answer.headers[LAST], "dates go back: all is taken again"
                self.last = answer.headers[LAST]
            if not body.get("more"):
                return False
        raise AssertionError("Sentinel takes everything again for ever")
