"""OpenCTI's connector `taxii2`, on OASIS' client.

It is given a discovery URL and settings of the form `root.title`, split at the one dot: it takes the API root whose URL
has that last segment (the URL must end in a slash) and the collection of exactly that title. A run goes by its own
clock: `added_after` is the whole second at which the run before began, or a number of hours ago as a date without zone.
On later pages `added_after` is dropped, and only `next` and `limit` are sent. The last `next` of a walk stays among its
parameters, so that each later run begins with it beside the new `added_after`.
"""

import time
from datetime import datetime, timedelta
from typing import Any

from requests import PreparedRequest
from requests.auth import AuthBase
from taxii2client.v21 import Collection, Server

from tests.clients.client import REQUESTS_OF_A_ROUND_MAX, Client, Typed
from tests.clients.packages import close

INITIAL_HOURS, LIMIT = 24, 60


class ApiKey(AuthBase):
    """The key in a header of the operator's choice."""

    def __init__(self, header: str, value: str) -> None:
        self.header, self.value = header, value

    def __call__(self, request: PreparedRequest) -> PreparedRequest:
        request.headers[self.header] = self.value
        return request


class OpenCtiConnector(Client):
    def __init__(self, typed: Typed) -> None:
        super().__init__(typed)
        self.setting = f"{typed.root}.{typed.collection_title}"
        self.server = Server(typed.discovery_url, auth=ApiKey("X-API-Key", typed.secret))
        self.filters: dict[str, Any] = {"limit": LIMIT}
        self.last_run: int | None = None

    def poll(self) -> bool:
        now = int(time.time())
        if self.last_run is None:
            self.filters["added_after"] = datetime.now() - timedelta(hours=INITIAL_HOURS)  # noqa: DTZ005
        else:
            self.filters["added_after"] = time.strftime("%Y-%m-%dT%H:%M:%S.000000Z", time.gmtime(self.last_run))
        root, title = self.setting.split(".")
        self.take(self.collection(root, title))
        self.last_run = now
        return False

    def collection(self, root_segment: str, title: str) -> Collection:
        (root,) = [each for each in self.server.api_roots if each.url.split("/")[-2] == root_segment]
        return next(each for each in root.collections if each.title == title)

    def take(self, collection: Collection) -> None:
        envelope = collection.get_objects(**self.filters)
        for _ in range(REQUESTS_OF_A_ROUND_MAX):
            self.had += envelope.get("objects", [])
            if envelope.get("more") is not True:
                return
            # Were there no `next`, it would look at the same page for ever.
            self.filters.pop("added_after", None)
            self.filters["next"] = envelope["next"]
            envelope = collection.get_objects(**self.filters)
        raise AssertionError("the connector goes round in circles")

    def close(self) -> None:
        close(self.server)
