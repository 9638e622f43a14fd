"""Match: an upload finds the indicators whose pattern it matches, whole and once, and says what was not decided."""

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import httpx
import pytest

from app.exchange.received import received
from app.http.application import build_application
from app.main import published
from app.policy.partnership import Role
from app.stix.json_faults import JsonLimits
from app.stix.matching.logs import observations_of_rows, observations_of_values
from app.stix.matching.reading import Bounds, Unreadable, observations_of
from app.stix.matching.uploads import UploadForm, read_upload
from tests.analyst.world import ADDRESS, DOMAIN, SHA_256
from tests.support.clocks import StillClock
from tests.support.databases import SqliteDatabases
from tests.support.exchanges import Running, running
from tests.support.stix import AMBER, GREEN, STIX, an_indicator

MD5 = "D41D8CD98F00B204E9800998ECF8427E"
PATTERNS = {
    "like": "[domain-name:value LIKE '%.bad.example']",
    "lookaround": "[domain-name:value MATCHES '(?<!good)bad']",
    "network": "[network-traffic:dst_ref.value ISSUBSET '198.51.100.0/24' AND network-traffic:dst_port >= 8000]",
    "twice": "[domain-name:value = 'twice.example'] REPEATS 2 TIMES WITHIN 60 SECONDS",
    "by name or size": "[file:name = 'kit.exe' OR file:size > 1000]",
    "nested hash": f"[file:extensions.'windows-pebinary-ext'.sections[*].hashes.MD5 = '{MD5}']",
    "without a name": "[EXISTS file:size AND NOT EXISTS file:name]",
    "ended": "[domain-name:value = 'x.bad.example']",
}
MORE: dict[str, Any] = {"ended": {"valid_until": "2026-05-20T00:00:00Z"}}


@pytest.fixture(scope="module")
def patterns(tmp_path_factory: pytest.TempPathFactory, sqlite_databases: SqliteDatabases) -> Iterator[Running]:
    """An exchange with one indicator for each pattern, and one that the port may not see."""
    folder = tmp_path_factory.mktemp("match")
    with sqlite_databases.new(folder) as url, running(url, folder, clock=StillClock(), only=["nl-feed"]) as made:
        made.add_account("nl-analyst", "nl-cert", Role.ANALYST)
        made.add_account("port-analyst", "port-nl", Role.ANALYST)
        made.take("nl-feed", *(indicator(name, GREEN, **MORE.get(name, {})) for name in PATTERNS))
        made.take("nl-feed", an_indicator("hidden", AMBER, name="hidden", pattern=PATTERNS["like"]))
        yield made


def bounds() -> Bounds:
    return Bounds(100, 100)


def indicator(name: str, *marks: str, **more: Any) -> STIX:
    return an_indicator(name, *marks, name=name, pattern=PATTERNS[name], **more)


def post(world: Running, account: str, body: Any, query: str = "", kind: str = "application/json") -> httpx.Response:
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    target = f"/analyst/v1/match{'?' + query if query else ''}"
    return world.client(account).post(target, content=content, headers={"content-type": kind})


def names(answer: httpx.Response, group: str = "indicators") -> list[str]:
    assert answer.status_code == 200, answer.text
    return sorted(each["object"]["name"] for each in answer.json()[group])


def test_both_engines_find_by_the_values_of_an_upload_what_each_account_may_see(world: Running) -> None:
    body = {"values": ["198[.]51[.]100[.]7", "Bad[.]Example", SHA_256.upper(), "203.0.113.9"]}
    shown = ["a domain", "a file", "an address"]
    assert names(post(world, "nl-analyst", body)) == [*shown, "from the east", "its network"]
    answer = post(world, "port-analyst", body)
    assert names(answer) == shown
    by_id = {each["id"]: each for each in answer.json()["indicators"]}
    assert by_id[ADDRESS["id"]]["observed"] == ["value 1"]
    assert by_id[DOMAIN["id"]]["observed"] == ["value 2"]
    assert names(post(world, "port-analyst", body, "partnership=north-sea")) == ["a domain", "a file", "an address"]
    assert post(world, "port-analyst", body, "partnership=east").status_code == 404


def test_patterns_that_name_no_value_are_tried_too_and_hidden_ones_are_not_there(patterns: Running) -> None:
    body = {"values": ["x.bad.example"]}
    for account, hidden in (("nl-analyst", ["hidden"]), ("port-analyst", [])):
        answer = post(patterns, account, body)
        assert names(answer) == [*hidden, "like"]
        assert names(answer, "undecided") == ["lookaround"]
        (undecided,) = answer.json()["undecided"]
        assert undecided["reason"] == "Its regular expression is none that RE2 reads: invalid perl operator: (?<!."


@pytest.mark.parametrize(
    ("rows", "found"),
    [
        ("network-traffic:dst_ref.value,network-traffic:dst_port\n198.51.100.7,8080\n", ["network"]),
        ("network-traffic:dst_ref.value,network-traffic:dst_port\n198.51.100.7,80\n", []),
        ("domain,timestamp\ntwice.example,2026-06-01T10:00:00Z\ntwice.example,2026-06-01T10:01:00Z\n", ["twice"]),
        ("domain,timestamp\ntwice.example,2026-06-01T10:00:00Z\ntwice.example,2026-06-01T10:01:01Z\n", []),
        ("domain\ntwice.example\ntwice.example\n", []),
        ("file:name,file:size\nKIT.exe,1001\n,5\n", ["by name or size", "without a name"]),
        ("file:name,file:size\nkit.exe,\n", ["by name or size"]),
    ],
)
def test_rows_of_a_log_are_observations(patterns: Running, rows: str, found: list[str]) -> None:
    answer = post(patterns, "port-analyst", rows.encode(), kind="text/csv")
    assert names(answer) == found


def test_a_value_deep_within_an_object_leads_to_the_patterns_that_ask_for_it(patterns: Running) -> None:
    section = {"name": ".text", "hashes": {"MD5": MD5.lower()}}
    file = {"type": "file", "name": "x", "extensions": {"windows-pebinary-ext": {"sections": [section]}}}
    held = {
        "type": "observed-data",
        "id": "observed-data--1",
        "first_observed": "2026-06-01T10:00:00Z",
        "last_observed": "2026-06-01T10:00:00Z",
        "number_observed": 1,
        "objects": {"0": file},
    }
    for body in (held, [held], {"type": "bundle", "objects": [held]}):
        answer = post(patterns, "port-analyst", body)
        assert names(answer) == ["nested hash"]
        assert answer.json()["indicators"][0]["observed"] == ["observed-data--1"]


def test_what_does_not_hold_now_is_tried_where_that_is_asked_for(patterns: Running) -> None:
    body = {"values": ["x.bad.example"]}
    assert names(post(patterns, "port-analyst", body, "valid=false")) == ["ended", "like"]


def test_an_answer_that_a_bound_ends_has_a_next_and_all_pages_have_everything_once(patterns: Running) -> None:
    body = {"values": ["x.bad.example", {"type": "file:size", "value": 1001}]}
    whole = post(patterns, "nl-analyst", body)
    expected = names(whole) + names(whole, "undecided")
    assert "next" not in whole.json()
    for limits, query in (({}, "limit=1"), ({"match_indicators_max": 1}, ""), ({"match_steps_max": 1}, "")):
        found: list[str] = []
        token, pages = "", 0
        while (pages == 0 or token) and pages < 20:
            answer = post(with_settings(patterns, **limits), "nl-analyst", body, f"{query}{token}")
            found += names(answer) + names(answer, "undecided")
            token = f"&next={answer.json()['next']}" if "next" in answer.json() else ""
            pages += 1
        assert (sorted(found), pages > 3) == (sorted(expected), True), limits


def with_settings(world: Running, **limits: int) -> Running:
    chosen = world.exchange.settings.model_copy(update=limits)
    exchange = replace(world.exchange, settings=chosen)
    return Running(exchange, world.clock, build_application(exchange, published(chosen)), world.secrets)


def test_a_next_is_for_the_same_upload_alone(patterns: Running) -> None:
    token = post(patterns, "nl-analyst", {"values": ["x.bad.example"]}, "limit=1").json()["next"]
    assert post(patterns, "nl-analyst", {"values": ["y.bad.example"]}, f"limit=1&next={token}").status_code == 400
    assert post(patterns, "port-analyst", {"values": ["x.bad.example"]}, f"limit=1&next={token}").status_code == 400


def test_a_pattern_past_its_steps_is_undecided_and_never_silently_none(patterns: Running) -> None:
    answer = post(with_settings(patterns, match_pattern_steps_max=20), "port-analyst", {"values": ["x.bad.example"]})
    assert names(answer) == []
    assert names(answer, "undecided") == ["like", "lookaround"]
    assert {each["reason"][:40] for each in answer.json()["undecided"]} == {"More than 20 steps are needed to tell wh"}


def test_what_is_told_is_on_the_record_and_what_was_tried_in_vain_is_not(patterns: Running) -> None:
    def recorded(name: str) -> int:
        return sum(one.endpoint == "match" for one in received(patterns.exchange, indicator(name)["id"]))

    before = {name: recorded(name) for name in ("like", "lookaround", "by name or size")}
    post(patterns, "port-analyst", {"values": ["x.bad.example"]})
    after = {name: recorded(name) - before[name] for name in before}
    assert after == {"like": 1, "lookaround": 1, "by name or size": 0}


LIMITS = [
    ("match_body_bytes_max", 413, "up to 2 octets"),
    ("match_observations_max", 422, "Up to 2 observations"),
    ("lookup_values_max", 422, "up to 2 different values"),
    ("lookup_objects_max", 422, "More than 2 objects name values"),
    ("answer_bytes_max", 422, "more than 2 bytes"),
    ("json_depth_max", 422, "deeper than the 2 levels"),
]


def test_the_values_of_observed_objects_are_counted_too(patterns: Running) -> None:
    files = [{"type": "file", "id": f"file--{number}", "name": name} for number, name in enumerate("aabc")]
    for most, status in ((3, 200), (2, 422)):
        assert post(with_settings(patterns, lookup_values_max=most), "port-analyst", files).status_code == status


@pytest.mark.parametrize(("limit", "status", "telling"), LIMITS)
def test_what_is_past_a_limit_is_told(world: Running, limit: str, status: int, telling: str) -> None:
    body = {"values": ["198.51.100.7", "bad.example", {"type": "ip", "value": "198.51.100.7"}, SHA_256]}
    answer = post(with_settings(world, **{limit: 2}), "nl-analyst", body)
    assert (answer.status_code, telling in answer.json()["description"]) == (status, True), answer.text


def test_a_partner_has_so_many_matches_under_way(patterns: Running) -> None:
    with patterns.exchange.lookups.one("nl-cert"), patterns.exchange.lookups.one("nl-cert"):
        assert post(patterns, "nl-analyst", {"values": ["x"]}).status_code == 503
        assert post(patterns, "port-analyst", {"values": ["x"]}).status_code == 200


def test_only_json_and_csv_are_taken(world: Running) -> None:
    refused = post(world, "port-analyst", {"values": ["x"]}, kind="application/xml")
    assert (refused.status_code, "application/json or text/csv" in refused.json()["description"]) == (415, True)
    assert post(world, "port-analyst", {"values": ["x"]}, "vlid=true").status_code == 400


OBSERVED = {
    "type": "observed-data",
    "id": "observed-data--1",
    "first_observed": "2026-06-01T10:00:00Z",
    "last_observed": "2026-06-01T10:00:00Z",
    "number_observed": 1,
    "object_refs": [],
}
UNREADABLE_JSON = {
    "no JSON": (b"{", "JSON"),
    "not a number": (b'{"values": [{"type": "file:size", "value": NaN}]}', "NaN"),
    "a number past all": (b'{"values": [{"type": "file:size", "value": 1e999}]}', "1e999"),
    "a name that stands twice": (b'{"values": [], "values": ["x"]}', "more than once"),
    "deep nesting": (b'{"objects": ' + b"[" * 5000 + b"]" * 5000 + b"}", "nests deeper"),
    "no values": ({"values": []}, "no value in it"),
    "more than values": ({"values": ["x"], "objects": []}, "one member"),
    "a value that is none": ({"values": ["x", None]}, "value 2: A value is a text"),
    "an unknown kind": ({"values": [{"type": "nothing", "value": "x"}]}, "value 1: `nothing` is no kind"),
    "a pattern for a kind": ({"values": [{"type": "a:b] OR [c:d", "value": "x"}]}, "no object path"),
    "no text for a kind": ({"values": [{"type": 5, "value": "x"}]}, "value 1: `type` is a text"),
    "no time": ({"values": [{"type": "ip", "value": "x", "timestamp": "noon"}]}, "value 1: `noon` is no timestamp"),
    "a time for a kind": ({"values": [{"type": "timestamp", "value": "x"}]}, "value 1: `type` is the kind"),
    "nothing observed": ({"objects": []}, "no observed-data"),
    "no object": ([5], "object 1: A STIX object is"),
    "no list": ({"objects": 5}, "a list of STIX objects"),
    "no type": ([{"value": "x"}], "object 1: A STIX object has a `type`"),
    "no instant": ([{**OBSERVED, "last_observed": "noon"}], "observed-data--1: `last_observed` is a timestamp"),
    "time that runs back": ([{**OBSERVED, "last_observed": "2026-05-01T10:00:00Z"}], "is not before"),
    "no number": ([{**OBSERVED, "number_observed": True}], "`number_observed` is a whole number"),
    "a number past its end": ([{**OBSERVED, "number_observed": 10**30}], "from 1 to 999999999"),
    "references that are none": ([{**OBSERVED, "object_refs": [5]}], "has `object_refs`, a list of ids"),
}
UNREADABLE_ROWS = {
    "no header": (b"", "row 1: The first row names"),
    "an unknown column": (b"ip,nothing\n1,2\n", "row 1: `nothing` is no kind"),
    "a kind that is no observable": (b"cve\nCVE-2021-44228\n", "row 1: `cve` is no kind"),
    "more cells than columns": (b"ip\n198.51.100.7,x\n", "row 2: There are 2 cells"),
    "no time": (b"ip,timestamp\n198.51.100.7,noon\n", "row 2: `noon` is no timestamp"),
    "one place for two values": (
        b"ip,ipv4-addr:value\n198.51.100.7,198.51.100.8\n",
        "row 2, column ipv4-addr:value: There is another value",
    ),
    "a column twice": (b"file:size,ip,file:size\n1,2,3\n", "row 1: `file:size` stands there after `file:size`"),
    "a column by two names": (b"ip,IPv4\n1,2\n", "row 1: `IPv4` stands there after `ip`, which is the same"),
    "no column of values": (b"timestamp\n2026-01-02T03:04:05Z\n", "Beside `timestamp` there has to be a column"),
    "too many columns": (",".join(f"a:b{n}" for n in range(1001)).encode(), "There are 1001 columns, and may be 1000"),
    "an index past the first": (b"process:x[3]\n1\n", "row 2, column process:x[3]: The path does not fit"),
    "a reference to nobody knows what": (b"x-a:b_ref.c\n1\n", "row 2, column x-a:b_ref.c: To what `b_ref` leads"),
    "a quote that is not closed": (b'ip\n"198.51.100.7\n', "This is not CSV"),
    "no UTF-8": (b"ip\n\xff\n", "octet 4: This is not UTF-8"),
    "a header alone": (b"ip\n", "no value in it"),
}


@pytest.mark.parametrize("name", UNREADABLE_JSON)
def test_json_that_cant_be_read_is_told_with_its_place(patterns: Running, name: str) -> None:
    body, telling = UNREADABLE_JSON[name]
    answer = post(patterns, "port-analyst", body)
    assert (answer.status_code, telling in answer.json()["description"]) == (422, True), answer.text


@pytest.mark.parametrize("name", UNREADABLE_ROWS)
def test_csv_that_cant_be_read_is_told_with_row_and_column(patterns: Running, name: str) -> None:
    body, telling = UNREADABLE_ROWS[name]
    answer = post(patterns, "port-analyst", body, kind="text/csv")
    assert (answer.status_code, telling in answer.json()["description"]) == (422, True), answer.text


def test_cells_of_one_type_are_one_object_and_a_reference_leads_to_one_of_its_own() -> None:
    header = "ip,ipv6,file:name,sha256,network-traffic:dst_ref.value,email-message:to_refs[*].value,asn"
    row = f"198[.]51[.]100[.]7,2001:DB8::1,a.exe,{SHA_256.upper()},Bad.Example,x@y.example,AS64496"
    (made,) = observations_of_rows(f"\ufeff{header}\n\n{row}\n".encode(), bounds())
    assert made.place == "row 3"
    assert list(made.objects.values()) == [
        {"type": "ipv4-addr", "value": "198.51.100.7"},
        {"type": "ipv6-addr", "value": "2001:db8::1"},
        {"type": "file", "name": "a.exe", "hashes": {"SHA-256": SHA_256}},
        {"type": "network-traffic", "dst_ref": "4"},
        {"type": "domain-name", "value": "Bad.Example"},
        {"type": "email-message", "to_refs": ["6"]},
        {"type": "email-addr", "value": "x@y.example"},
        {"type": "autonomous-system", "number": 64496},
    ]


@pytest.mark.parametrize(
    "written", ["9" * 5000, "9" * 11, "\u0661\u0662", "AS\u00b2"], ids=["5000", "11", "arabic", "²"]
)
def test_what_is_no_number_of_an_autonomous_system_is_a_text(written: str) -> None:
    of_rows = observations_of_rows(f"asn\n{written}\n4294967295\n".encode(), bounds())
    values = [{"type": "autonomous-system", "value": each} for each in (written, "AS4294967295")]
    for observations in (of_rows, observations_of_values(values, bounds())):
        made = [each for one in observations for each in one.objects.values()]
        assert [each["number"] for each in made] == [written.lower(), 4294967295]


LAST_OF_FIVE_IS_WRONG = {
    UploadForm.JSON: b'{"values": ["kit.exe", "kit.exe", "some text", "x.example", 5]}',
    UploadForm.CSV: b"file:name,timestamp\nkit.exe,\nkit.exe,\nsome text,\nx.example,\n,noon\n",
}


@pytest.mark.parametrize("form", UploadForm)
def test_a_name_is_one_value_and_what_follows_the_one_too_many_is_not_looked_at(form: UploadForm) -> None:
    for told, within in (
        ("up to 2 different values", Bounds(5, 2)),
        ("Up to 3 observations", Bounds(3, 9)),
        ("value 5|row 6", Bounds(5, 3)),
    ):
        with pytest.raises(Unreadable, match=told):
            read_upload(LAST_OF_FIVE_IS_WRONG[form], form, JsonLimits(), within)


def test_a_text_is_of_every_kind_whose_form_it_has() -> None:
    one, other = observations_of_values(["kit.exe", "some text"], bounds())
    assert [each["type"] for each in one.objects.values()] == ["domain-name", "file"]
    assert len(other.objects) > 5


def test_observables_that_no_observed_data_names_are_observed_by_themselves() -> None:
    address = {"type": "ipv4-addr", "id": "ipv4-addr--1", "value": "198.51.100.7"}
    name = {"type": "domain-name", "value": "bad.example"}
    person = {"type": "identity", "id": "identity--1", "name": "x"}
    held = {**OBSERVED, "object_refs": ["ipv4-addr--1", "missing--1"]}
    found = observations_of([held, address, name, person], bounds())
    assert [(each.place, list(each.objects)) for each in found] == [
        ("observed-data--1", ["ipv4-addr--1"]),
        ("object 1", ["1"]),
    ]
    with pytest.raises(Unreadable):
        observations_of([person], bounds())
