"""Where the conformance tests ask: the collection that holds every family of objects, and the endpoints of one."""

from collections.abc import Mapping

from tests.conformance import content
from tests.support import rights


def of_collection(collection: str) -> str:
    """The path of a collection of the first partnership."""
    return f"/first/collections/{collection}/"


HERE = of_collection(rights.RW)
OBJECTS = f"{HERE}objects/"
MANIFEST = f"{HERE}manifest/"
ONE = f"{OBJECTS}{content.VERSIONED}/"
VERSIONS = f"{ONE}versions/"
MANY = f"{of_collection(content.MANY)}objects/"
MANY_RECORDS = f"{of_collection(content.MANY)}manifest/"
NOTHING = f"{of_collection(content.EMPTY)}objects/"
NO_RECORDS = f"{of_collection(content.EMPTY)}manifest/"

PAGES: Mapping[str, str] = {"objects": OBJECTS, "manifest": MANIFEST, "object": ONE, "versions": VERSIONS}
"""The four endpoints that answer in pages."""

ALL = "match[version]=all"
EVERYTHING = f"{ALL}&match[spec_version]=2.0,2.1"
"""Each row of the log that the caller may see."""


def whole(endpoint: str) -> str:
    """The query that asks the endpoint for more than one row: `versions` gives all without one."""
    return "" if endpoint == "versions" else ALL
