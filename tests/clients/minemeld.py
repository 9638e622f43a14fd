"""MineMeld's TAXII 2 miner, as its last release has it.

It asks discovery for TAXII 2.0 first and takes 406 as the sign of 2.1, which it then names with a space before
`version`. It compares the root that it was told with each absolute URL less its last character, so these have to end
in a slash. A collection is chosen by its UUID; anything else means silently the first. It asks for 100 objects, never
uses `next`, and goes on from the latest `modified` that it has seen, which needs a fraction of a second, while `more`
is true. It keeps indicators, attack patterns and relationships.

Its cursor is made of dates inside STIX, as XSOAR's is, and it reads pages by it too: where the latest `modified` of a
page lies before the date added of its first row, it is given the same page again, for ever. What a server can do is
all that Comity does: rows are never dated before they can be read. So this client comes to the end where objects are
pushed when they are modified, fewer than 100 within the third of a second that lies between; a larger load is not for
it.
"""

from collections.abc import Iterator
from datetime import datetime
from typing import Any
from uuid import UUID

import requests

from tests.clients.answers import VERSION_2_0
from tests.clients.client import REQUESTS_OF_A_ROUND_MAX, Client, Typed
from tests.support.stix import STIX

LIMIT = "100"
KINDS = frozenset({"indicator", "attack-pattern", "relationship"})


class MineMeld(Client):
    kinds = KINDS

    def __init__(self, typed: Typed) -> None:
        super().__init__(typed)
        self.session = requests.Session()
        self.session.headers["Authorization"] = f"Token {typed.secret}"
        self.last_modified: str | None = None

    def poll(self) -> bool:
        self.choose_version()
        root = next(each for each in self.asked(self.typed.discovery_url)["api_roots"] if self.is_told(each))
        collection = self.collection(self.asked(f"{root}collections/")["collections"])
        query = {"limit": LIMIT}
        data: list[STIX] = []
        for _ in range(REQUESTS_OF_A_ROUND_MAX):
            if self.last_modified is not None:
                query["added_after"] = self.last_modified
            envelope = self.asked(f"{root}collections/{collection}/objects/", query)
            data += kept(envelope)
            if data:
                self.last_modified = max((each["modified"] for each in data), key=_instant)
            if envelope.get("more") is not True:
                self.had += data
                return False
        raise AssertionError("MineMeld goes round in circles")

    def choose_version(self) -> None:
        self.session.headers["Accept"] = VERSION_2_0
        if self.session.get(self.typed.discovery_url).status_code == 406:
            self.session.headers["Accept"] = "application/taxii+json; version=2.1"

    def is_told(self, root: str) -> bool:
        return root[:-1].endswith(self.typed.root)

    def collection(self, found: list[STIX]) -> str:
        named = [
            each for each in found if _is_uuid(self.typed.collection_id) and each["id"] == self.typed.collection_id
        ]
        chosen: str = (named or found)[0]["id"]
        return chosen

    def asked(self, url: str, query: dict[str, str] | None = None) -> dict[str, Any]:
        answer = self.session.get(url, params=query)
        assert answer.status_code == 200, (url, answer.status_code, answer.text)
        body: dict[str, Any] = answer.json()
        return body

    def close(self) -> None:
        self.session.close()


def kept(value: Any) -> Iterator[STIX]:
    """What it keeps, wherever in the answer it stands."""
    if isinstance(value, dict) and value.get("type") in KINDS:
        yield value
    elif isinstance(value, dict | list):
        for inner in value.values() if isinstance(value, dict) else value:
            yield from kept(inner)


def _instant(text: str) -> datetime:
    return datetime.strptime(text, "%Y-%m-%dT%H:%M:%S.%fZ")  # noqa: DTZ007


def _is_uuid(text: str) -> bool:
    try:
        return str(UUID(text)) == text
    except ValueError:
        return False
