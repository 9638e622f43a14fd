"""The eleven endpoint and method pairs of the standard (sections 4 and 5), each as a request that succeeds."""

from collections.abc import Mapping

from tests.conformance import content
from tests.conformance.callers import Caller
from tests.conformance.conftest import Taxii
from tests.support import rights
from tests.support.direct import Answer
from tests.support.exchanges import TAXII
from tests.support.stix import an_envelope, an_indicator

COLLECTION = f"/first/collections/{rights.RW}/"
OBJECTS = f"{COLLECTION}objects/"
MANIFEST = f"{COLLECTION}manifest/"
READS: Mapping[str, str] = {
    "discovery": "/taxii2/",
    "api root": "/first/",
    "collections": "/first/collections/",
    "collection": COLLECTION,
    "manifest": MANIFEST,
    "objects": OBJECTS,
    "object": f"{OBJECTS}{content.VERSIONED}/",
    "versions": f"{OBJECTS}{content.VERSIONED}/versions/",
}
"""What `rw` may GET, but for a status."""
PAGES: Mapping[str, str] = {name: READS[name] for name in ("manifest", "objects", "object", "versions")}
OF_COLLECTIONS: Mapping[str, tuple[str, str]] = {
    "collection": ("GET", ""),
    "manifest": ("GET", "manifest/"),
    "objects": ("GET", "objects/"),
    "add objects": ("POST", "objects/"),
    "object": ("GET", f"objects/{content.VERSIONED}/"),
    "delete object": ("DELETE", f"objects/{content.VERSIONED}/"),
    "versions": ("GET", f"objects/{content.VERSIONED}/versions/"),
}
"""Method and path behind `…/collections/{id}/`."""
HELD = an_envelope([content.BASE[1]])
"""An envelope whose object stands in the collection already, so that pushing it changes nothing there."""


def eleven(taxii: Taxii) -> Mapping[str, tuple[str, str]]:
    """Method and target of each pair, for `rw`, in an order in which all succeed. Pushes what the last one deletes."""
    pushed = an_indicator("of the eleven")
    status = taxii.rw.take(OBJECTS, pushed)
    return {
        **{name: ("GET", target) for name, target in READS.items()},
        "status": ("GET", f"/first/status/{status['id']}/"),
        "add objects": ("POST", OBJECTS),
        "delete object": ("DELETE", f"{OBJECTS}{pushed['id']}/"),
    }


def ask(caller: Caller, method: str, target: str, **headers: str | None) -> Answer:
    """One of these requests; a POST has a body that is fine."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    if method == "POST":
        return caller.ask(method, target, {"content-type": TAXII, **named}, HELD)
    return caller.ask(method, target, named)
