"""Who may have an export, what is answered to who has it, what is on the record, and what an export can hold."""

import csv
from dataclasses import replace
from io import StringIO
from pathlib import Path
from random import Random

import httpx
import pytest
from sqlalchemy import Engine, event

from app.exchange.received import received
from app.http.application import build_application
from app.main import published
from tests.exports.world import ADDRESS, HERE, asked, drawn, says, text_of
from tests.support.agreements import FILES
from tests.support.asgi import client_of
from tests.support.exchanges import Running, running
from tests.support.stix import AMBER, GREEN, RED

FORMATS = ("ip-list", "domain-list", "url-list", "hash-list", "csv", "suricata", "zeek", "misp", "ndjson", "bundle")


@pytest.mark.parametrize("name", FORMATS)
def test_an_export_has_the_digest_of_its_body_as_its_tag_and_is_not_sent_again(world: Running, name: str) -> None:
    first = asked(world, "port-soc", name)
    tag = first.headers["etag"]
    assert (first.status_code, tag[0], tag[-1]) == (200, '"', '"')
    assert first.headers["cache-control"] == "private, no-cache"
    for known in (tag, f"W/{tag}", f'"other", {tag}', "*"):
        again = asked(world, "port-soc", name, **{"If-None-Match": known})
        assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", tag)
        assert "content-length" not in again.headers  # a server would wait for so much of a body
    changed = asked(world, "port-soc", name, **{"If-None-Match": '"other"'})
    assert (changed.status_code, changed.content, changed.headers["etag"]) == (200, first.content, tag)


def test_what_is_exported_is_on_the_record_also_where_nothing_has_changed(world: Running) -> None:
    def recorded(account: str) -> int:
        return sum(
            (each.endpoint, each.account) == ("export", account) for each in received(world.exchange, ADDRESS["id"])
        )

    before = recorded("port-soc")
    tag = asked(world, "port-soc", "ip-list").headers["etag"]
    assert recorded("port-soc") == before + 1
    assert asked(world, "port-soc", "ip-list", **{"If-None-Match": tag}).status_code == 304
    assert recorded("port-soc") == before + 2
    asked(world, "port-soc", "domain-list")  # the address is not in it
    asked(world, "port-soc", "ip-list/?kind=ipv6")
    assert recorded("port-soc") == before + 2


def test_nobody_else_is_answered_and_what_is_not_there_is_not_known(world: Running) -> None:
    assert client_of(world.application).get(f"{HERE}/exports/csv/").status_code == 401
    for path, status in (
        (f"{HERE}/exports/nothing/", 404),
        (f"{HERE}/exports/csv/manifest.json", 404),
        (f"{HERE}/exports/misp/other.json", 404),
        ("/north-sea/collections/letter-box/exports/csv/", 404),
        ("/north-sea/collections/letter-box/exports/csv/?kind=x", 404),
        ("/east/collections/indicators/exports/csv/", 404),
    ):
        assert world.client("port-soc").get(path).status_code == status, path
    assert world.client("wind-feed").get("/north-sea/collections/letter-box/exports/csv/").status_code == 403
    assert world.client("port-soc").post(f"{HERE}/exports/csv/").status_code == 405


def test_who_may_read_a_collection_is_told_which_exports_there_are_and_nobody_else(world: Running) -> None:
    def listing(account: str, collection: str = HERE) -> httpx.Response:
        return world.client(account).get(f"{collection}/exports/", headers={"Accept": "application/json"})

    told = listing("port-soc")
    assert (told.status_code, told.headers["content-type"]) == (200, "application/json")
    assert [each["name"] for each in told.json()["exports"]] == sorted(FORMATS)
    assert listing("nl-soc").content == told.content, "it tells nothing of what there is in them"
    letter_box = "/north-sea/collections/letter-box"
    assert (listing("port-soc", letter_box).status_code, listing("wind-feed", letter_box).status_code) == (404, 403)
    assert listing("port-soc", "/east/collections/indicators").status_code == 404
    assert client_of(world.application).get(f"{HERE}/exports/").status_code == 401


@pytest.mark.parametrize(
    ("export", "telling"),
    [
        ("ip-list/?kind=nothing", "kind: not a kind of values"),
        ("suricata/?kind=md5", "kind: this export can hold domain-name, ipv4-addr"),
        ("bundle/?kind=url", "kind: this export holds objects"),
        ("csv/?confidence_min=101", "confidence_min: not a whole number"),
        ("csv/?added_after=yesterday", "added_after: not a timestamp"),
        ("csv/?limit=1", "and no other parameter"),
        ("csv/?kind=url&kind=ipv4", "stands twice"),
    ],
)
def test_a_parameter_that_is_wrong_is_told(world: Running, export: str, telling: str) -> None:
    answer = asked(world, "port-soc", export)
    assert (answer.status_code, telling in answer.json()["description"]) == (400, True), answer.text


@pytest.mark.parametrize(
    ("limit", "bound", "export", "telling"),
    [
        ("export_objects_max", 3, "csv/", "up to 3 objects"),
        ("export_values_max", 3, "csv/", "up to 3 values"),
        ("answer_bytes_max", 30, "bundle/", "up to 30 octets"),
    ],
)
def test_an_export_that_would_be_too_large_says_how_to_ask_for_less(
    world: Running, limit: str, bound: int, export: str, telling: str
) -> None:
    chosen = world.exchange.settings.model_copy(update={limit: bound})
    exchange = replace(world.exchange, settings=chosen)
    smaller = Running(exchange, world.clock, build_application(exchange, published(chosen)), world.secrets)
    answer = asked(smaller, "port-soc", export)
    told = answer.json()["description"]
    assert (answer.status_code, telling in told, "confidence_min" in told) == (422, True, True), answer.text
    assert asked(smaller, "port-soc", f"{export}?confidence_min=81").status_code == 200


def test_a_partner_has_so_many_exports_under_way_and_another_is_not_held_up(world: Running) -> None:
    with world.exchange.exports.one("nl-cert"), world.exchange.exports.one("nl-cert"):
        assert asked(world, "nl-soc", "csv").status_code == 503
        assert asked(world, "port-soc", "csv").status_code == 200
    assert asked(world, "nl-soc", "csv").status_code == 200


def test_what_others_hide_does_not_move_an_octet(database_url: str, tmp_path: Path) -> None:
    with running(database_url, tmp_path, only=["nl-feed", "port-soc"]) as exchange:
        exchange.take("nl-feed", ADDRESS)
        before = {name: asked(exchange, "port-soc", name) for name in FORMATS}
        exchange.take(
            "nl-feed",
            says("hidden", "[ipv4-addr:value = '198.51.100.7']", AMBER, confidence=100),
            says("more of it", "[domain-name:value = 'hidden.example']", RED),
        )
        for name, first in before.items():
            again = asked(exchange, "port-soc", name)
            assert (again.content, again.headers["etag"]) == (first.content, first.headers["etag"]), name


def asked_again(exchange: Running, name: str, tag: str) -> tuple[httpx.Response, bool]:
    """The answer to who has what the tag is of, and whether objects were read for it."""
    statements: list[str] = []

    def remember(_c: object, _cu: object, statement: str, _p: object, _x: object, _m: object) -> None:
        statements.append(statement)

    event.listen(Engine, "before_cursor_execute", remember)
    answer = asked(exchange, "port-soc", name, **{"If-None-Match": tag})
    event.remove(Engine, "before_cursor_execute", remember)
    return answer, any("object_version" in each for each in statements)


def test_who_has_an_export_is_told_so_without_its_being_made_until_something_of_it_may_have_changed(
    database_url: str, tmp_path: Path
) -> None:
    with running(database_url, tmp_path, only=["nl-feed", "port-soc"]) as exchange:
        ending = says("ending", "[ipv4-addr:value = '192.0.2.9']", GREEN, valid_until="2026-06-01T13:00:00Z")
        beginning = says("beginning", "[ipv4-addr:value = '192.0.2.11']", GREEN, valid_from="2026-06-01T15:00:00Z")
        exchange.take("nl-feed", ADDRESS, ending, beginning)
        first = asked(exchange, "port-soc", "ip-list")

        def still(known: httpx.Response) -> bool:
            """Whether the same is told at once."""
            answer, read = asked_again(exchange, "ip-list", known.headers["etag"])
            headers = {name: value for name, value in known.headers.items() if name != "content-length"}
            same = headers == {**answer.headers} and answer.status_code == 304
            return same and not answer.content and not read

        def changed(known: httpx.Response, *values: str) -> httpx.Response:
            """What takes its place, which has these values."""
            answer, read = asked_again(exchange, "ip-list", known.headers["etag"])
            assert (answer.status_code, answer.text.split(), read) == (200, list(values), True)
            return answer

        assert still(first)
        exchange.take("nl-feed", says("hidden", "[ipv4-addr:value = '192.0.2.13']", AMBER))
        assert still(first)
        exchange.clock.advance(minutes=59, seconds=59)  # type: ignore[attr-defined]
        assert still(first)
        exchange.clock.advance(seconds=1)  # type: ignore[attr-defined]
        second = changed(first, "198.51.100.7")
        assert still(second)
        exchange.clock.advance(hours=2)  # type: ignore[attr-defined]
        third = changed(second, "192.0.2.11", "198.51.100.7")
        assert still(third)
        exchange.client("nl-feed").delete(f"{HERE}/objects/{beginning['id']}/").raise_for_status()
        fourth = changed(third, "198.51.100.7")
        exchange.apply({**FILES, "north-sea.yaml": FILES["north-sea.yaml"].replace("clear, green", "clear")})
        changed(fourth)


def test_what_is_revoked_or_ends_leaves_the_exports(database_url: str, tmp_path: Path) -> None:
    with running(database_url, tmp_path, only=["nl-feed", "port-soc"]) as exchange:
        ending = says("ending", "[ipv4-addr:value = '192.0.2.9']", GREEN, valid_until="2026-06-01T13:00:00Z")
        exchange.take("nl-feed", ADDRESS, ending)
        assert text_of(exchange, "port-soc", "ip-list").split() == ["192.0.2.9", "198.51.100.7"]
        exchange.take("nl-feed", {**ADDRESS, "revoked": True, "modified": "2026-05-20T00:00:00.000Z"})
        assert text_of(exchange, "port-soc", "ip-list").split() == ["192.0.2.9"]
        exchange.clock.advance(hours=2)  # type: ignore[attr-defined]
        assert text_of(exchange, "port-soc", "ip-list") == ""


@pytest.mark.parametrize("seed", range(3))
def test_an_export_holds_exactly_the_values_of_what_the_account_could_pull(
    database_url: str, tmp_path: Path, seed: int
) -> None:
    random = Random(seed)
    made = [drawn(random, number) for number in range(120)]
    told = {each["id"]: values for each, values in made}
    with running(database_url, tmp_path, only=["nl-feed", "nl-soc", "port-soc"]) as exchange:
        exchange.take("nl-feed", *(each for each, _ in made))
        seen: list[set[str]] = []
        for account in ("nl-soc", "port-soc"):
            pulled = exchange.objects(account)
            seen.append({each["id"] for each in pulled})
            for bound in (0, 1, 50):
                wanted = {
                    (each["id"], *value)
                    for each in pulled
                    for value in told[each["id"]]
                    if each.get("confidence", 0) >= bound
                }
                query = f"?confidence_min={bound}"
                rows = csv.DictReader(StringIO(text_of(exchange, account, f"csv/{query}"), newline=""))
                assert {(each["id"], each["kind"], each["value"]) for each in rows} == wanted
                names = {value for _, kind, value in wanted if kind == "domain-name"}
                listed = text_of(exchange, account, f"domain-list/{query}").splitlines()
                assert listed == sorted(names)
        assert seen[1] < seen[0]
