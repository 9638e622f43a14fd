"""The terms of an API root over HTTP: like everything else that is served, but for their media type."""

import pytest
from served import TA, Server

TERMS = "/northern/terms/"
JSON = "application/json"
TAXII_ERROR = ["title", "description", "error_id", "http_status"]


def test_they_are_json_under_the_headers_of_everything_else(server: Server) -> None:
    answer = server.north.get(TERMS, accept=JSON)
    assert (answer.status_code, answer.headers["content-type"]) == (200, JSON)
    root = server.north.get("/northern/").headers
    assert answer.headers.keys() == root.keys()
    assert {each: answer.headers[each] for each in root if not each.startswith("content-")} == {
        each: root[each] for each in root if not each.startswith("content-")
    }


def test_rights_are_those_of_the_collection_resources(server: Server) -> None:
    told = {each["id"]: each for each in server.north.get(TERMS, accept=JSON).json()["collections"]}
    for each in server.north.get("/northern/collections/").json()["collections"]:
        here = told.pop(each["id"])
        assert [here[name] for name in ("title", "alias", "can_read", "can_write")] == [
            each[name] for name in ("title", "alias", "can_read", "can_write")
        ]
        assert ("shown" in here, "taken" in here) == (each["can_read"], each["can_write"])
    assert told == {}


def test_both_slash_forms_head_options_and_any_query_are_as_elsewhere(server: Server) -> None:
    got = server.north.get(TERMS, accept=JSON)
    for path in (TERMS.rstrip("/"), f"{TERMS}?limit=abc", f"{TERMS}?a=%zz"):
        other = server.north.get(path, accept=JSON)
        assert (other.content, other.headers) == (got.content, got.headers)
    head = server.north.ask("HEAD", TERMS, {"accept": JSON})
    assert (head.status_code, head.content, head.headers) == (200, b"", got.headers)
    options = server.north.ask("OPTIONS", TERMS)
    assert (options.status_code, options.headers["allow"]) == (204, "GET, HEAD, OPTIONS")


@pytest.mark.parametrize("accept", [JSON, "", "*/*", "application/*", "text/html, Application/JSON;q=0.1"])
def test_they_are_served_to_who_takes_json(server: Server, accept: str) -> None:
    assert server.north.get(TERMS, accept=accept).headers["content-type"] == JSON


@pytest.mark.parametrize("accept", [TA, "text/html", "application/json;q=0", "*/*, application/json;q=0"])
def test_they_are_not_served_to_who_does_not(server: Server, accept: str) -> None:
    answer = server.north.get(TERMS, accept=accept)
    assert (answer.status_code, answer.headers["content-type"]) == (406, TA)
    assert list(answer.json()) == TAXII_ERROR


def test_what_the_account_may_not_know_of_is_404_before_anything_else(server: Server) -> None:
    for accept in (JSON, "text/html"):
        for root in ("southern", "nowhere"):
            answer = server.north.get(f"/{root}/terms/", accept=accept)
            assert (answer.status_code, answer.headers["content-type"]) == (404, TA)
            assert server.north.ask("POST", f"/{root}/terms/").status_code == 404
    assert server.nobody.get(TERMS, accept=JSON).status_code == 401
    for method in ("POST", "PUT", "DELETE"):
        answer = server.north.ask(method, TERMS)
        assert (answer.status_code, answer.headers["allow"]) == (405, "GET, HEAD, OPTIONS")
