"""A look-up of many values at once gives of each what a look-up of it alone gives."""

import json
from dataclasses import replace
from typing import Any

import httpx
import pytest

from app.http.application import build_application
from app.main import published
from tests.analyst.test_lookup import GROUPS
from tests.analyst.world import SHA_256, ask, asked
from tests.support.exchanges import Running

VALUES = [
    "198[.]51[.]100[.]7", "198.51.100.8", "203.0.113.9", "www.bad.example", "hxxp://bad.example/Kit", SHA_256.upper(),
    "Kit@bad.example", "AS64496", "CVE-2021-44228", "t1059.001", "kit.exe", "198[.]51[.]100[.]7",
]  # fmt: skip


def post(world: Running, account: str, body: Any, **headers: str) -> httpx.Response:
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    return world.client(account).post(
        "/analyst/v1/lookup", content=content, headers={"content-type": "application/json", **headers}
    )


def with_a_limit(world: Running, limit: str, most: int) -> Running:
    chosen = world.exchange.settings.model_copy(update={limit: most})
    exchange = replace(world.exchange, settings=chosen)
    return Running(exchange, world.clock, build_application(exchange, published(chosen)), world.secrets)


@pytest.mark.parametrize("account", ["nl-analyst", "port-analyst"])
def test_each_value_has_what_a_look_up_of_it_alone_gives(world: Running, account: str) -> None:
    answer = post(world, account, {"values": VALUES}).json()
    assert [each["value"] for each in answer["values"]] == VALUES[:-1], "what stands twice is answered once"
    for each in answer["values"]:
        alone = ask(world, account, "lookup", value=each["value"])
        expected = {
            (entry["id"], entry["partnership"], match["value"], match["how"])
            for group in GROUPS
            for entry in alone[group]
            for match in entry["matches"]
        }
        given = [(answer["entries"][match["entry"]], match) for match in each["matches"]]
        assert {(of["id"], of["partnership"], match["value"], match["how"]) for of, match in given} == expected
    ids = [(each["id"], each["partnership"]) for each in answer["entries"]]
    assert len(ids) == len(set(ids))


def test_ten_thousand_values_are_looked_up_at_once_and_one_more_is_told(world: Running) -> None:
    values = [f"203.0.{n // 256}.{n % 256}" for n in range(9_999)]
    answer = post(world, "port-analyst", {"values": [*values, "198.51.100.7"]})
    assert [bool(each["matches"]) for each in answer.json()["values"]] == [False] * 9_999 + [True]
    refused = post(world, "port-analyst", {"values": ["x"] * 10_001})
    assert (refused.status_code, refused.json()["description"]) == (422, "Up to 10000 values are looked up at once.")


def test_only_so_many_objects_are_named_for_one_value(world: Running) -> None:
    (value,) = post(world, "nl-analyst", {"values": ["198.51.100.7"], "limit": 2}).json()["values"]
    assert len({match["entry"] for match in value["matches"]}) == 2
    assert value["more"]


@pytest.mark.parametrize(
    ("body", "status", "telling"),
    [
        (b"{", 422, "The text is not JSON"),
        (b"[]", 422, "the body: This is no JSON object."),
        (b'{"values": ["x"], "values": ["y"]}', 422, "The member `values` stands more than once in one object."),
        (b'{"values": ["x\\u0000"]}', 422, "`values.[0]` holds U+0000"),
        ({"values": []}, 422, "values: This is empty, and has to hold something."),
        ({"values": "x"}, 422, "values: This is no list."),
        ({"values": [7]}, 422, "values.0: This is no text."),
        ({"values": ["x"], "limit": "7"}, 422, "limit: This is no whole number, such as 100."),
        ({"values": ["x"], "limit": 7.5}, 422, "limit: This is no whole number, such as 100."),
        ({"values": ["x"], "knd": "url"}, 422, "knd: This is not known here"),
        ({"values": ["x", ""]}, 400, "values.1: This is empty, and has to hold something."),
        ({"values": ["x"], "kind": "nothing"}, 400, "no kind of value"),
        ({"values": ["x"], "partnership": "nowhere"}, 404, "nothing here"),
        (b" " * (4 * 1024 * 1024 + 1), 413, "4194304 octets"),
    ],
)
def test_a_body_that_is_wrong_is_told(world: Running, body: Any, status: int, telling: str) -> None:
    answer = post(world, "port-analyst", body)
    assert (answer.status_code, telling in answer.json()["description"]) == (status, True), answer.text


def test_what_stands_beside_the_body_is_refused_and_not_left_aside(world: Running) -> None:
    answer = world.client("port-analyst").post("/analyst/v1/lookup?limit=1", json={"values": ["x"]})
    assert (answer.status_code, "stands in the body" in answer.json()["description"]) == (400, True), answer.text


def test_a_body_that_is_no_json_by_its_type_is_not_read(world: Running) -> None:
    assert post(world, "port-analyst", {"values": ["x"]}, **{"content-type": "text/plain"}).status_code == 415


@pytest.mark.parametrize(
    ("limit", "telling"), [("lookup_objects_max", "More than 2 objects"), ("answer_bytes_max", "more than 2 bytes")]
)
def test_an_answer_that_would_be_too_large_is_told(world: Running, limit: str, telling: str) -> None:
    answer = post(with_a_limit(world, limit, 2), "nl-analyst", {"values": ["198.51.100.7"]})
    assert (answer.status_code, telling in answer.json()["description"]) == (422, True), answer.text


def test_an_answer_has_so_many_matches_that_the_caller_itself_may_see(world: Running) -> None:
    values = [f"http://bad.example/{number}" for number in range(9)]
    small = with_a_limit(world, "lookup_matches_max", 9)
    answer = post(small, "port-analyst", {"values": values}).json()
    assert [len(each["matches"]) for each in answer["values"]] == [1] * 9
    again = post(small, "port-analyst", {"values": [*values, *values]})
    assert again.status_code == 200, "what stands twice is answered once"
    refused = post(small, "port-analyst", {"values": [*values, "198.51.100.7"]})
    sentence = "There are more than 9 matches. Ask for fewer values, or with a lower `limit`."
    assert (refused.status_code, refused.json()["description"]) == (422, sentence)
    assert post(small, "port-analyst", {"values": [*values[:-1], "198.51.100.7"], "limit": 1}).status_code == 200


def test_what_values_are_read_as_counts_for_the_size_of_the_answer(world: Running) -> None:
    small = with_a_limit(world, "answer_bytes_max", 16_000)
    assert post(small, "port-analyst", {"values": ["é" * 300]}).status_code == 200
    refused = post(small, "port-analyst", {"values": ["é" * 500]})
    assert (refused.status_code, "more than 16000 bytes" in refused.json()["description"]) == (422, True)


def test_a_partner_has_so_many_look_ups_under_way_and_another_is_not_held_up(world: Running) -> None:
    with world.exchange.lookups.one("nl-cert"), world.exchange.lookups.one("nl-cert"):
        assert post(world, "nl-analyst", {"values": ["x"]}).status_code == 503
        assert asked(world, "nl-analyst", "search").status_code == 503
        assert post(world, "port-analyst", {"values": ["x"]}).status_code == 200
    assert post(world, "nl-analyst", {"values": ["x"]}).status_code == 200
