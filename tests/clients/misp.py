"""MISP's TAXII servers: people look through a collection page by page, and events are pushed.

The web pages join base URL, API root and path with slashes, send Accept and Content-Type on each request, GET too, and
write the scheme in lower case before the stored base64 text. They ask for 50 objects and send `next` also where they
have none, and there is no `added_after`: whoever looks again looks through everything. The pusher is a script on OASIS'
client; it builds envelopes of at most `max_content_length` octets, and an object that does not fit alone is left out.
"""

from base64 import b64decode, b64encode
from collections.abc import Iterator, Sequence

from requests.auth import HTTPBasicAuth
from taxii2client.v21 import ApiRoot, Collection, Status

from tests.clients.client import REQUESTS_OF_A_ROUND_MAX, HttpClient, Typed, objects_of
from tests.support.exchanges import TAXII
from tests.support.stix import STIX, an_envelope

LIMIT = 50


def stored_key(typed: Typed) -> str:
    """What the operator pastes as the key."""
    return b64encode(f"{typed.account}:{typed.secret}".encode()).decode()


class Misp(HttpClient):
    """`latest` is what the last look through everything has shown."""

    def __init__(self, typed: Typed) -> None:
        super().__init__(typed)
        self.latest: list[STIX] = []

    def poll(self) -> bool:
        (collection,) = [each for each in self.collections() if each["id"] == self.typed.collection_id]
        path, after = f"collections/{collection['id']}/objects/", ""
        seen: list[STIX] = []
        for _ in range(REQUESTS_OF_A_ROUND_MAX):
            body = self.page(path, {"limit": str(LIMIT), "next": after})
            seen += objects_of(body)
            self.had += objects_of(body)
            after = body.get("next", "")
            if not after:
                self.latest = seen
                return False
        raise AssertionError("somebody who looks through the pages never comes to the last")

    def collections(self) -> Sequence[STIX]:
        found: Sequence[STIX] = self.page("collections/")["collections"]
        return found

    def page(self, path: str, query: dict[str, str] | None = None) -> STIX:
        headers = {"Accept": TAXII, "Content-type": TAXII, "Authorization": f"basic {stored_key(self.typed)}"}
        found: STIX = self.asked(f"{self.typed.server}/{self.typed.root}/{path}", headers, query).json()
        return found


def push(typed: Typed, objects: Sequence[STIX]) -> list[Status]:
    """Push the objects as the script does; the statuses of its envelopes."""
    user, _, secret = b64decode(stored_key(typed)).partition(b":")
    auth = HTTPBasicAuth(user, secret)
    root_url = f"{typed.server}/{typed.root}"
    with ApiRoot(root_url, auth=auth) as root:
        octets_max = root.max_content_length
    with Collection(f"{root_url}/collections/{typed.collection_id}", auth=auth) as collection:
        return [
            collection.add_objects(envelope, wait_for_completion=False) for envelope in envelopes(objects, octets_max)
        ]


def envelopes(objects: Sequence[STIX], octets_max: int) -> Iterator[bytes]:
    """The objects in as few envelopes of at most so many octets as their order allows."""
    held: list[STIX] = []
    for each in objects:
        if held and len(an_envelope([*held, each])) > octets_max:
            yield an_envelope(held)
            held = []
        if len(an_envelope([each])) <= octets_max:
            held.append(each)
    if held:
        yield an_envelope(held)
