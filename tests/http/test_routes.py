"""Every route is either TAXII's, and asks who is there, or named here as public."""

import pytest
from served import Server

from app.http.route import TaxiiRoute
from app.http.taxii import PATHS
from app.http.terms import TERMS

METHODS = {
    "/analyst/v1/lookup": ("GET", "POST"),
    "/analyst/v1/match": ("POST",),
    "/analyst/v1/sightings": ("POST",),
}
PUBLIC = {"/health", "/health/", "/ready", "/ready/"}


@pytest.mark.row("T-SEC-17")
def test_every_route_asks_for_an_account_or_is_named_as_public(server: Server) -> None:
    routes = server.application.router.routes
    served = (*PATHS, TERMS)
    assert {route.path for route in routes if isinstance(route, TaxiiRoute)} == {path.template for path in served}
    others = {str(getattr(route, "path", None)) for route in routes if not isinstance(route, TaxiiRoute)}
    assert {path for path in others if not path.startswith("/analyst/v1/")} == PUBLIC
    for path in others - PUBLIC:
        for method in METHODS.get(path, ("GET",)):
            assert server.nobody.ask(method, path.replace("{object_id}", "x")).status_code == 401
    for path in served:
        for method in [*path.offered, "HEAD", "OPTIONS", "FOO"]:
            asked = path.template.replace("{", "").replace("}", "")
            assert server.nobody.ask(method, asked).status_code == 401


@pytest.mark.row("T-CONF-01")
def test_the_eleven_endpoints_of_the_standard_are_all_there() -> None:
    ours = {
        ("GET", "/{root}/collections/{reference}/feeds/"),
        ("POST", "/{root}/collections/{reference}/feeds/{mapping}/"),
        ("POST", "/{root}/collections/{reference}/feeds/{mapping}/dry-run/"),
        ("GET", "/{root}/collections/{reference}/exports/"),
        ("GET", "/{root}/collections/{reference}/exports/{export}/"),
        ("GET", "/{root}/collections/{reference}/exports/{export}/{file}"),
    }
    assert {(method, path.template) for path in PATHS for method in path.offered} - ours == {
        ("GET", "/taxii2/"),
        ("GET", "/{root}/"),
        ("GET", "/{root}/status/{status_id}/"),
        ("GET", "/{root}/collections/"),
        ("GET", "/{root}/collections/{reference}/"),
        ("GET", "/{root}/collections/{reference}/manifest/"),
        ("GET", "/{root}/collections/{reference}/objects/"),
        ("POST", "/{root}/collections/{reference}/objects/"),
        ("GET", "/{root}/collections/{reference}/objects/{object_id}/"),
        ("DELETE", "/{root}/collections/{reference}/objects/{object_id}/"),
        ("GET", "/{root}/collections/{reference}/objects/{object_id}/versions/"),
    }
