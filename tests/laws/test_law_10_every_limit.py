"""Law 10: every limit has a name, a unit and a published value, and input past it gets a clear TAXII error.

What stands at the bound is taken; what is one past it is told which bound it passed.
"""

import asyncio
import gzip
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest

from app.errors import OperatorError
from app.files.stix_files import read_objects
from app.settings import Settings
from app.stix.json_faults import JsonLimits
from tests.support.clocks import NOON, StillClock
from tests.support.direct import Answer, Direct
from tests.support.exchanges import TAXII, TRUE_PASSWORDS, Running, running
from tests.support.stix import CLEAR, a_statement, an_envelope, an_indicator

HERE = "/north-sea/collections/indicators"

MEETS_NO_CALLER = {
    "database_url", "secret_key_file", "base_url", "collections_directory", "mappings_directory", "title", "contact",
    "object_bytes_inline_max", "dated_ahead_milliseconds",
    "sweep_seconds", "readers", "writers", "password_checks",
    "password_passes", "password_memory_kibibytes", "password_remembered_seconds", "database_wait_seconds",
    "log_format", "load_bytes_max", "break_glass_days_max",
}  # fmt: skip
"""Settings that no request can run into, so that no test here is about them; the operator's own are `load_bytes_max`
and `break_glass_days_max` (exchange/test_break_glass.py)."""

TRIED = {
    "content_length_bytes_max", "object_bytes_max", "json_depth_max", "query_chars_max", "page_objects_max",
    "page_objects_default", "page_bytes_max", "status_days", "password_checks_waiting_max",
    "push_objects_max", "push_markings_max", "push_granular_bytes_max", "pushes_waiting_max",
    "requests_per_minute_max", "feed_bytes_max", "feed_events_bytes_max",
}  # fmt: skip
TRIED_WITH_THE_ANALYST_API = {
    "lookup_values_max", "lookup_body_bytes_max", "lookup_objects_max", "lookup_matches_max", "answer_bytes_max",
    "lookups_waiting_max",
}  # fmt: skip
"""In tests/analyst/test_lookup_of_many.py."""

TRIED_WITH_MATCHES = {
    "match_body_bytes_max", "match_observations_max", "match_indicators_max", "match_pattern_steps_max",
    "match_steps_max",
}  # fmt: skip
"""In tests/analyst/test_match.py."""

TRIED_WITH_EXPORTS = {"export_objects_max", "export_values_max", "exports_waiting_max"}
"""In tests/exports/test_exports.py."""

TRIED_ELSEWHERE = TRIED_WITH_THE_ANALYST_API | TRIED_WITH_MATCHES | TRIED_WITH_EXPORTS


def test_every_setting_that_callers_run_into_is_tried_here() -> None:
    assert set(Settings.model_fields) - MEETS_NO_CALLER == TRIED | TRIED_ELSEWHERE


OF_MATCHES = ("observations", "indicators", "steps", "matches")


def test_every_limit_has_a_unit_in_its_name_and_says_what_it_is() -> None:
    units = ("per_minute", "bytes", "chars", "depth", "objects", "markings", "values", "days", "seconds", *OF_MATCHES)
    for name in TRIED | TRIED_ELSEWHERE:
        assert any(
            unit in name for unit in (*units, "checks_waiting", "pushes_waiting", "lookups_waiting", "exports_waiting")
        ), name
        assert Settings.model_fields[name].description


def test_every_limit_is_in_the_operators_documentation() -> None:
    text = (Path(__file__).resolve().parents[2] / "docs/operating.md").read_text()
    for name in TRIED | TRIED_WITH_EXPORTS:
        assert name in text or f"COMITY_{name.upper()}" in text, f"{name} is in no document"


@contextmanager
def limited(url: str, folder: Path, **limits: int) -> Iterator[Running]:
    with running(url, folder, only=["nl-feed", "port-soc"], **limits) as made:
        yield made


def post(exchange: Running, body: bytes | Iterator[bytes]) -> Any:
    return exchange.client("nl-feed").post(f"{HERE}/objects/", content=body, headers={"Content-Type": TAXII})


def is_a_taxii_error(answer: Any, status: int, *telling: str) -> None:
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == TAXII
    error = answer.json()
    assert error["http_status"] == str(status)
    for text in telling:
        assert text in error["title"] + " " + error["description"], error


def of_length(length: int, which: str = "one") -> bytes:
    """An envelope of exactly this many bytes."""
    body = an_envelope([an_indicator(which, CLEAR)])
    return body[:-1] + b" " * (length - len(body)) + b"}"


def test_a_body_may_be_as_long_as_published_and_no_longer(database_url: str, tmp_path: Path) -> None:
    with limited(database_url, tmp_path, content_length_bytes_max=3000) as exchange:
        published = exchange.client("nl-feed").get("/north-sea/").json()["max_content_length"]
        assert published == 3000
        assert post(exchange, of_length(published)).status_code == 202
        is_a_taxii_error(post(exchange, of_length(published + 1, "two")), 413, "3000")
        in_pieces = of_length(published + 1, "two")
        is_a_taxii_error(post(exchange, iter([in_pieces[:1500], in_pieces[1500:]])), 413, "3000")
        assert exchange.ids("port-soc") == {an_indicator("one")["id"]}
        exactly = of_length(published, "three")
        assert post(exchange, iter([exactly[:1500], exactly[1500:]])).status_code == 202


def test_an_account_may_ask_as_often_as_it_is_told_and_no_other_account_counts(
    database_url: str, tmp_path: Path
) -> None:
    clock = StillClock(NOON)
    with running(database_url, tmp_path, clock=clock, requests_per_minute_max=6) as exchange:
        reader, other = exchange.client("port-soc"), exchange.client("nl-feed")
        terms = reader.get("/north-sea/terms/", headers={"Accept": "application/json"}).json()
        told = terms["limits"]["requests_per_minute_max"]
        assert told == 6
        assert {reader.get("/taxii2/").status_code for _ in range(told - 1)} == {200}
        for path in ("/taxii2/", f"{HERE}/objects/", "/nowhere/", "/analyst/v1/changes"):
            refused = reader.get(path)
            is_a_taxii_error(refused, 429, "6 times a minute", "10 s")
            assert refused.headers["retry-after"] == "10"
        assert other.get("/taxii2/").status_code == 200
        clock.advance(seconds=9)
        assert reader.get("/taxii2/").status_code == 429
        clock.advance(seconds=1)
        assert [reader.get("/taxii2/").status_code for _ in range(2)] == [200, 429]
        clock.advance(hours=-1)
        assert [other.get("/taxii2/").status_code for _ in range(5)] == [200] * 5


def test_an_envelope_may_hold_as_many_objects_as_are_set(database_url: str, tmp_path: Path) -> None:
    with limited(database_url, tmp_path, push_objects_max=3) as exchange:
        three, more = ([an_indicator(number, CLEAR) for number in numbers] for numbers in (range(3), range(3, 7)))
        assert exchange.post("nl-feed", *three)["success_count"] == 3
        is_a_taxii_error(post(exchange, an_envelope(more)), 422, "3 objects", "Send")
        assert exchange.ids("port-soc") == {each["id"] for each in three}


def test_the_objects_of_a_push_may_rest_on_as_many_markings_as_are_set(database_url: str, tmp_path: Path) -> None:
    """Nested ones count for each object, TLP does not; the objects that are past it are refused, and no others."""
    inner = a_statement("inner", CLEAR)
    outer = a_statement("outer", CLEAR, inner["id"])
    with limited(database_url, tmp_path, push_markings_max=5) as exchange:
        exchange.take("nl-feed", inner, outer)
        marked = [an_indicator(number, CLEAR, outer["id"]) for number in range(4)]
        status = exchange.post("nl-feed", *marked, an_indicator("unmarked", CLEAR))
        assert [each["id"] for each in status["failures"]] == [each["id"] for each in marked[2:]]
        assert "more than 5 markings" in status["failures"][0]["message"]
        assert "another envelope" in status["failures"][1]["message"]
        exchange.take("nl-feed", *marked[2:])


def test_the_partly_marked_objects_of_a_push_may_be_as_long_as_is_set(database_url: str, tmp_path: Path) -> None:
    in_part = [{"marking_ref": CLEAR, "selectors": ["name"]}]
    marked = [an_indicator(number, CLEAR, granular_markings=in_part) for number in range(3)]
    longest = len(json.dumps(marked[0])) * 2
    with limited(database_url, tmp_path, push_granular_bytes_max=longest) as exchange:
        status = exchange.post("nl-feed", *marked, an_indicator("unmarked", CLEAR))
        assert [each["id"] for each in status["failures"]] == [marked[2]["id"]]
        assert f"more than {longest} octets" in status["failures"][0]["message"]
        exchange.take("nl-feed", marked[2])


def test_a_delivery_of_a_feed_may_be_as_long_as_is_set_and_no_longer(database_url: str, tmp_path: Path) -> None:
    def feed(exchange: Running, mapping: str, body: bytes | Iterator[bytes]) -> Any:
        headers = {"Content-Type": "application/octet-stream"}
        return exchange.client("nl-feed").post(f"{HERE}/feeds/{mapping}/", content=body, headers=headers)

    event = b'{"Event": {"uuid": "5f3b6c1a-0d2e-4f8b-9a77-2c51d0e4b6f8", "info": "none", "date": "2026-03-01"}}'
    limits = {
        "feed_bytes_max": 600,
        "feed_events_bytes_max": 300,
        "push_objects_max": 3,
        "content_length_bytes_max": 900,
    }
    with limited(database_url, tmp_path, **limits) as exchange:
        for mapping, body, at in (("ioc-list", b"example.org\n", 600), ("misp", event, 300)):
            assert feed(exchange, mapping, body.ljust(at)).status_code == 202
            is_a_taxii_error(feed(exchange, mapping, body.ljust(at + 1)), 422, str(at), "several")
            is_a_taxii_error(feed(exchange, mapping, iter([body, b" " * (at + 1 - len(body))])), 422, str(at))
        is_a_taxii_error(feed(exchange, "misp", event.ljust(901)), 413, "900")
        before = exchange.ids("port-soc")
        rows = [b"%d.example.org\n" % number for number in range(4)]
        is_a_taxii_error(feed(exchange, "ioc-list", b"".join(rows)), 422, "3 rows")
        assert exchange.ids("port-soc") == before
        assert feed(exchange, "ioc-list", b"".join(rows[:3])).json()["success_count"] == 3


def test_only_so_many_pushes_are_taken_in_at_once(database_url: str, tmp_path: Path) -> None:
    with (
        limited(database_url, tmp_path, pushes_waiting_max=2) as exchange,
        Direct(exchange.application, exchange.secrets) as direct,
    ):
        bodies = [
            an_envelope([an_indicator(f"{number} {other}", CLEAR) for other in range(30)]) for number in range(10)
        ]

        async def together() -> list[Answer]:
            asked = (direct.asking("nl-feed", "POST", f"{HERE}/objects/", body, content_type=TAXII) for body in bodies)
            return list(await asyncio.gather(*asked))

        answers = direct.run(together())
        taken, turned_away = ([each for each in answers if each.status == status] for status in (202, 503))
        assert len(taken) >= 2
        assert turned_away
        assert len(taken) + len(turned_away) == len(bodies)
        assert all(each.header("Retry-After") for each in turned_away)
        assert len(exchange.ids("port-soc")) == 30 * len(taken), "who is turned away has added nothing"


def with_size(which: str, size: int) -> dict[str, Any]:
    """An object whose JSON, as `an_envelope` writes it, has exactly this many bytes."""
    empty = {**an_indicator(which, CLEAR), "x_text": ""}
    return {**empty, "x_text": "a" * (size - len(json.dumps(empty)))}


def test_an_object_may_have_as_many_bytes_as_are_set(database_url: str, tmp_path: Path) -> None:
    with limited(database_url, tmp_path, object_bytes_max=2000) as exchange:
        status = exchange.post("nl-feed", with_size("at", 2000), with_size("past", 2001))
        assert [each["id"] for each in status["successes"]] == [an_indicator("at")["id"]]
        assert "2001" in status["failures"][0]["message"]
        assert "2000" in status["failures"][0]["message"]


def nested(which: str, depth: int) -> dict[str, Any]:
    """An object that nests exactly this deep, itself included."""
    inner: Any = "x"
    for _ in range(depth - 1):
        inner = [inner]
    return {**an_indicator(which, CLEAR), "x_deep": inner}


@pytest.mark.parametrize("depth", [10, 100])
def test_an_object_may_nest_as_deep_as_is_set(database_url: str, tmp_path: Path, depth: int) -> None:
    with limited(database_url, tmp_path, json_depth_max=depth) as exchange:
        status = exchange.post("nl-feed", nested("at", depth), nested("past", depth + 1))
        assert [each["id"] for each in status["successes"]] == [an_indicator("at")["id"]]
        assert f"{depth} levels" in status["failures"][0]["message"]
        assert exchange.objects("port-soc") == [nested("at", depth)]


def test_a_query_may_have_as_many_characters_as_are_set(database_url: str, tmp_path: Path) -> None:
    with limited(database_url, tmp_path, query_chars_max=300) as exchange:
        client = exchange.client("port-soc")
        for path in ("objects/", "manifest/"):
            name = "match[id]=".replace("[", "%5B").replace("]", "%5D")
            at = name + "a" * (300 - len(name))
            assert client.get(f"{HERE}/{path}?{at}").json() == {}
            is_a_taxii_error(client.get(f"{HERE}/{path}?{at}a"), 414, "300")


LIMITS: Mapping[str, int] = {"": 3, "limit=2": 2, "limit=5": 5, "limit=6": 5, "limit=9999999999999999999999": 5}


@pytest.mark.row("T-PAG-03", "T-PAG-05", "T-PAG-25")
def test_a_page_has_as_many_objects_as_are_asked_for_and_as_are_set(database_url: str, tmp_path: Path) -> None:
    with limited(database_url, tmp_path, page_objects_max=5, page_objects_default=3) as exchange:
        exchange.take("nl-feed", *(an_indicator(number, CLEAR) for number in range(7)))
        client = exchange.client("port-soc")
        for query, length in LIMITS.items():
            for path in ("objects/", "manifest/"):
                page = client.get(f"{HERE}/{path}?{query}").json()
                assert (len(page["objects"]), page["more"]) == (length, True), (path, query)
        for wrong in ("0", "-1", "1.5", "many", ""):
            is_a_taxii_error(client.get(f"{HERE}/objects/?limit={wrong}"), 400, "limit")


@pytest.mark.row("T-PAG-04")
def test_more_is_exact_where_a_page_ends_at_the_last_object(database_url: str, tmp_path: Path) -> None:
    with limited(database_url, tmp_path, page_objects_max=5) as exchange:
        exchange.take("nl-feed", *(an_indicator(number, CLEAR) for number in range(10)))
        client = exchange.client("port-soc")
        first = client.get(f"{HERE}/objects/").json()
        second = client.get(f"{HERE}/objects/?next={first['next']}").json()
        assert len(first["objects"]) == len(second["objects"]) == 5
        assert "more" not in second
        assert "next" not in second


SIZES: Mapping[str, list[int]] = {
    "all small": [800] * 12,
    "one larger than a page, first": [5000, 800, 800],
    "one larger than a page, last": [800, 800, 5000],
    "every one larger than a page": [5000, 4001, 4500],
    "two that fill a page exactly, and one": [2000, 2000, 800],
    "two that are one byte too many": [2000, 2001, 800],
    "exactly one page": [2000, 2000],
    "mixed, some beside the table": [900, 3000, 900, 2500, 1500, 4000, 700, 3300],
}


@pytest.mark.row("T-PAG-02", "T-PAG-22", "T-PAG-25")
def test_a_page_ends_at_its_bytes_and_more_stays_exact(database_url: str, tmp_path: Path) -> None:
    with limited(database_url, tmp_path, page_bytes_max=4000, object_bytes_inline_max=2400) as exchange:
        client = exchange.client("port-soc")
        last = "1970-01-01T00:00:00Z"
        for says, sizes in SIZES.items():
            given = [with_size(f"{says} {number}", size) for number, size in enumerate(sizes)]
            exchange.take("nl-feed", *given)
            walked: list[Any] = []
            query = f"added_after={last}"
            while True:
                answer = client.get(f"{HERE}/objects/?{query}")
                page = answer.json()
                written = sum(len(json.dumps(each)) for each in page["objects"])
                assert written <= 4000 or len(page["objects"]) == 1, says
                walked += page["objects"]
                last = answer.headers["X-TAXII-Date-Added-Last"]
                if "more" not in page:
                    break
                following = given[len(walked)]
                assert written + len(json.dumps(following)) > 4000, f"{says}: the page might have held one more"
                query = f"next={page['next']}&added_after={last}"
            assert walked == given, says
            manifest = client.get(f"{HERE}/manifest/").json()
            assert "more" not in manifest, "a manifest has no contents that could be too many bytes"


def test_a_status_stays_as_long_as_is_set(database_url: str, tmp_path: Path) -> None:
    clock = StillClock()
    with running(database_url, tmp_path, clock=clock, only=["nl-feed"], status_days=2) as exchange:
        status = exchange.post("nl-feed", an_indicator("one", CLEAR))
        client, path = exchange.client("nl-feed"), f"/north-sea/status/{status['id']}/"
        clock.set(NOON + timedelta(days=2) - timedelta(milliseconds=1))
        assert client.get(path).json() == status
        clock.set(NOON + timedelta(days=2))
        is_a_taxii_error(client.get(path), 404)


@pytest.mark.row("T-SEC-32")
def test_only_so_many_passwords_wait_to_be_verified(database_url: str, tmp_path: Path) -> None:
    with (
        limited(database_url, tmp_path, password_checks=1, password_checks_waiting_max=2, **TRUE_PASSWORDS) as exchange,
        Direct(exchange.application, {"nobody": "a password that is wrong"}) as direct,
    ):
        answers = direct.all_at_once("nobody", ["/north-sea/"] * 12)
        verified, turned_away = ([each for each in answers if each.status == status] for status in (401, 503))
        assert len(verified) >= 3, "one is verified, two wait"
        assert turned_away
        assert len(verified) + len(turned_away) == 12
        assert all(each.header("Retry-After") for each in turned_away)
        assert all(each.json()["http_status"] == "503" for each in turned_away)


AHEAD = timedelta(minutes=5)


def test_a_version_may_be_five_minutes_ahead(database_url: str, tmp_path: Path) -> None:
    with limited(database_url, tmp_path) as exchange:
        at, past = (
            (NOON + AHEAD + timedelta(milliseconds=ms)).strftime("%Y-%m-%dT%H:%M:%S.%f")[:23] + "Z" for ms in (0, 1)
        )
        status = exchange.post(
            "nl-feed", an_indicator("at", CLEAR, version=at), an_indicator("past", CLEAR, version=past)
        )
        assert [each["id"] for each in status["successes"]] == [an_indicator("at")["id"]]
        assert "five minutes" in status["failures"][0]["message"]


NUMBER_CHARS_MAX = 1000


def test_a_number_may_have_a_thousand_characters(database_url: str, tmp_path: Path) -> None:
    with limited(database_url, tmp_path) as exchange:
        raw = json.dumps(an_indicator("one", CLEAR))[:-1]
        for more, success in ((0, 1), (1, 0)):
            body = '{"objects":[' + raw + ', "x_number": ' + "1" * (NUMBER_CHARS_MAX + more) + "}]}"
            status = post(exchange, body.encode()).json()
            assert status["success_count"] == success
        assert str(NUMBER_CHARS_MAX) in status["failures"][0]["message"]


def test_an_envelope_of_too_many_objects_is_told_so_and_nothing_of_it_is_kept(
    database_url: str, tmp_path: Path
) -> None:
    with limited(database_url, tmp_path, push_objects_max=3) as exchange:
        exchange.take("nl-feed", *(an_indicator(n, CLEAR) for n in range(3)))
        answer = exchange.client("nl-feed").post(
            f"{HERE}/objects/",
            content=an_envelope([an_indicator(n, CLEAR) for n in range(10, 14)]),
            headers={"Content-Type": TAXII},
        )
        assert (answer.status_code, "up to 3 objects" in answer.json()["description"]) == (422, True)
        assert len(exchange.ids("nl-feed")) == 3


def test_pushes_past_the_places_there_are_come_again_later(database_url: str, tmp_path: Path) -> None:
    with limited(database_url, tmp_path, pushes_waiting_max=1) as exchange:
        content, headers = an_envelope([an_indicator("one", CLEAR)]), {"Content-Type": TAXII}
        with exchange.exchange.pushes.one("nl-cert"):
            refused = exchange.client("nl-feed").post(f"{HERE}/objects/", content=content, headers=headers)
        assert (refused.status_code, "Retry-After" in refused.headers) == (503, True)
        exchange.take("nl-feed", an_indicator("one", CLEAR))


def test_a_file_that_unpacks_to_too_much_is_not_loaded() -> None:
    bomb = BytesIO(gzip.compress(b" " * 5000 + b"{}"))
    with pytest.raises(OperatorError, match="COMITY_LOAD_BYTES_MAX"):
        list(read_objects("bomb.gz", bomb, JsonLimits(), 1000))
