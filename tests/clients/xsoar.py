"""Cortex XSOAR's and XSIAM's "TAXII 2 Feed", on OASIS' client.

It tries one version of TAXII and takes the other only where it is told 406: 2.1 first today, 2.0 first in earlier
releases. It takes the API root that it was told by its last segment, else `default`, else the first; and the
collection of exactly the title that it was told. Pages of 100 are asked with `match[type]`, to which `relationship` is
added; a page without objects ends the fetch whatever `more` says. `added_after` of the next fetch is the latest
`modified` that it has parsed; of the first one, a while ago with six digits.

So its cursor is made of dates inside STIX, which have nothing to do with when a server could show an object. What a
server can do is all that Comity does: no row is ever dated before it can be read, so that an object whose `modified`
is not ahead of its arrival is not skipped; and what is more than five minutes ahead is refused. An object whose
`modified` is ahead makes this client skip what arrives until then, and one that is long past is fetched again and
again.
"""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from requests import HTTPError
from taxii2client import v20, v21
from taxii2client.common import TokenAuth, _HTTPConnection

from tests.clients.client import Client, Typed

LIMIT, INITIAL = 100, timedelta(days=1)


class Xsoar(Client):
    def __init__(self, typed: Typed, *, versions: Sequence[str] = ("2.1", "2.0"), root: str | None = None) -> None:
        super().__init__(typed)
        self.types = ["indicator", "malware", "relationship"]
        self.kinds = frozenset(self.types)
        self.root = root
        self.connection = self.connected(versions)
        self.last_modified: str | None = None

    def connected(self, versions: Sequence[str]) -> _HTTPConnection:
        """A connection in the first version that the server does not refuse with 406."""
        for version in versions:
            connection = _HTTPConnection(version=version, auth=TokenAuth(self.typed.secret))
            self.server = (v20 if version == "2.0" else v21).Server(self.typed.discovery_url, conn=connection)
            try:
                self.server.refresh()
            except HTTPError as error:
                connection.close()
                if error.response.status_code != 406:
                    raise
            else:
                return connection
        raise AssertionError("the server speaks no version of TAXII")

    def poll(self) -> bool:
        initial = (datetime.now(UTC) - INITIAL).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
        asked, after = self.collection().get_objects, self.last_modified or initial
        for envelope in v21.as_pages(asked, per_request=LIMIT, added_after=after, type=self.types):
            if not envelope.get("objects"):
                break
            for each in envelope["objects"]:
                self.parse(each)
        return False

    def collection(self) -> v21.Collection:
        roots = {str(each.url).split("/")[-2]: each for each in self.server.api_roots}
        root = roots[self.root] if self.root else self.server.default or self.server.api_roots[0]
        root._conn = self.connection  # those that the library made know of no credentials
        return next(each for each in root.collections if each.title == self.typed.collection_title)

    def parse(self, found: dict[str, Any]) -> None:
        self.had.append(found)
        if found["type"] == "relationship":
            return  # they are put aside, and their dates are not looked at
        if self.last_modified is None or _instant(found["modified"]) > _instant(self.last_modified):
            self.last_modified = found["modified"]

    def close(self) -> None:
        self.connection.close()


def _instant(text: str) -> datetime:
    try:
        return datetime.strptime(text, "%Y-%m-%dT%H:%M:%S.%fZ")  # noqa: DTZ007
    except ValueError:
        return datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ")  # noqa: DTZ007
