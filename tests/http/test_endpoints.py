"""The endpoints over a real exchange: what a success looks like (OBJ, MAN, VRS)."""

import httpx
import pytest
from served import Server, an_indicator

from tests.support.rights import RO, RW

OBJECTS = f"/northern/collections/{RW}/objects/"
MANIFEST = f"/northern/collections/{RW}/manifest/"
V1, V2 = "2020-01-01T00:00:00.000Z", "2021-01-01T00:00:00.5Z"
TAXII_TIMESTAMP = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}000Z"
FIRST = an_indicator(1)
SECOND = an_indicator(2)
SECOND_AGAIN = an_indicator(2, modified=V2)


@pytest.fixture(scope="module", autouse=True)
def pushed(server: Server) -> httpx.Response:
    return server.north.post(OBJECTS, FIRST, SECOND, SECOND_AGAIN, {"type": "indicator"})


@pytest.mark.row("T-SEC-29", "T-ROOT-11")
def test_a_status_is_for_its_submitters_organisation(server: Server, pushed: httpx.Response) -> None:
    status_id = pushed.json()["id"]
    assert server.hosting.get(f"/northern/status/{status_id}/").status_code == 404
    assert server.north.get(f"/southern/status/{status_id}/").status_code == 404
    assert server.north.get("/northern/status/xyz/").status_code == 404


PAGED = {
    "objects": (OBJECTS, "objects"),
    "manifest": (MANIFEST, "objects"),
    "object": (f"{OBJECTS}{SECOND['id']}/", "objects"),
    "versions": (f"{OBJECTS}{SECOND['id']}/versions/", "versions"),
}


@pytest.mark.row("T-SEC-25", "T-SEC-26", "T-SEC-27", "T-PAG-14", "T-PAG-24")
def test_a_token_opens_for_its_own_audience_endpoint_and_collection(server: Server) -> None:
    token = server.north.get(f"{OBJECTS}?limit=1").json()["next"]
    assert server.north.get(f"{OBJECTS}?next={token}").status_code == 200
    assert server.hosting.get(f"{OBJECTS}?next={token}").status_code == 400
    assert server.north.get(f"{MANIFEST}?next={token}").status_code == 400
    assert server.north.get(f"/northern/collections/{RO}/objects/?next={token}").status_code == 400
    assert server.north.get(f"{OBJECTS}?next={token}&match[type]=malware").status_code == 400
    assert server.north.get(f"{OBJECTS}?next={token}&match[version]=last").status_code == 200


GETS = ["/taxii2/", "/northern/", "/northern/collections/", f"/northern/collections/{RW}/", OBJECTS, MANIFEST]
GETS += [path for path, _ in PAGED.values()]
QUERIES = ["?limit=1", "?limit=1&match[version]=all", "?added_after=2999-01-01T00:00:00Z"]


@pytest.mark.row("T-HTTP-09")
@pytest.mark.parametrize("path", GETS)
def test_without_the_final_slash_the_answer_is_the_same(server: Server, path: str) -> None:
    paged = path in {each for each, _ in PAGED.values()} and not path.endswith("/versions/")
    for query in ["", *QUERIES] if paged else [""]:
        with_slash, without = server.north.get(path + query), server.north.get(path.rstrip("/") + query)
        assert without.status_code == 200
        assert (without.content, without.headers) == (with_slash.content, with_slash.headers)


@pytest.mark.row("T-HTTP-04", "T-HTTP-06", "T-HTTP-09")
def test_a_status_answers_head_options_and_both_slash_forms(server: Server) -> None:
    path = f"/northern/status/{server.north.post(OBJECTS, FIRST).json()['id']}/"
    got, head, without = (
        server.north.get(path),
        server.north.ask("HEAD", path),
        server.north.get(path.rstrip("/")),
    )
    assert (head.status_code, head.content, head.headers) == (200, b"", got.headers)
    assert (without.content, without.headers) == (got.content, got.headers)
    options = server.north.ask("OPTIONS", path)
    assert (options.status_code, options.headers["allow"]) == (204, "GET, HEAD, OPTIONS")


@pytest.mark.row("T-HTTP-04")
@pytest.mark.parametrize("path", GETS)
def test_head_is_get_without_the_body(server: Server, path: str) -> None:
    """T-HDR-10."""
    got, head = server.north.get(path), server.north.ask("HEAD", path)
    assert (head.status_code, head.content, head.headers) == (200, b"", got.headers)


@pytest.mark.row("T-HTTP-20")
@pytest.mark.parametrize("query", ["?limit=abc", "?added_after=x", "?match[type]=", "?a=%zz"])
@pytest.mark.parametrize("path", GETS[:4])
def test_a_query_where_there_are_no_filters_is_ignored(server: Server, path: str, query: str) -> None:
    assert server.north.get(path + query).content == server.north.get(path).content


@pytest.mark.row("T-HTTP-10")
def test_a_push_without_the_final_slash_and_with_a_query_is_a_push(server: Server) -> None:
    answer = server.north.post(OBJECTS.rstrip("/") + "?match[type]=x&limit=0", FIRST)
    assert (answer.status_code, answer.json()["success_count"]) == (202, 1)


@pytest.mark.row("T-HTTP-12")
def test_ids_are_percent_decoded_once(server: Server) -> None:
    encoded = FIRST["id"].replace("-", "%2D")
    assert server.north.get(f"{OBJECTS}{encoded}/").json() == {"objects": [FIRST]}
    for odd in (FIRST["id"].replace("-", "%252D"), FIRST["id"] + "%2F", FIRST["id"] + "%00", "..%2f", "%ff"):
        assert server.north.get(f"{OBJECTS}{odd}/").status_code == 404


@pytest.mark.row("T-HTTP-21")
def test_nothing_but_taxii_needs_no_account_and_tells_nothing(server: Server) -> None:
    for path in ("/health", "/health/", "/ready", "/ready/"):
        assert server.nobody.get(path, accept="*/*").status_code == 200
    for path in ("/docs", "/redoc", "/openapi.json", "/"):
        assert server.nobody.get(path).status_code in (401, 404)
