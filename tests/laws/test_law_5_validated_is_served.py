"""Law 5: validated is served. What comes out is, byte for byte, what came in and was judged.

Unknown properties, number literals, escapes, the order of members and odd whitespace stay. What JSON leaves open, and
what is past a limit, fails the one object that has it; the others go on.
"""

import json
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.cases import record_cases
from tests.support.direct import Direct
from tests.support.exchanges import TAXII, Running, running
from tests.support.stix import CLEAR, an_address, an_indicator, stix_id

HERE = "north-sea/collections/indicators"
EXAMPLES = {"sqlite": 40, "postgresql": 15}
NUMBERS = count()


@pytest.fixture
def bounded(database_url: str, tmp_path: Path) -> Iterator[tuple[Running, Direct]]:
    """An exchange whose limits are small enough to be passed, and a client of it."""
    limits = {"object_bytes_max": 200_000, "json_depth_max": 20, "object_bytes_inline_max": 2_000}
    with running(database_url, tmp_path, **limits) as made, Direct(made.application, made.secrets) as direct:
        yield made, direct


# Texts of JSON values, each of which can be written in many ways.

blank = st.sampled_from(["", "", "", " ", "  ", "\t", "\n", "\r\n", " \n\t "])
numbers = st.from_regex(r"-?(0|[1-9][0-9]{0,25})(\.[0-9]{1,25})?([eE][+-]?[0-9]{1,2})?", fullmatch=True)
characters = st.one_of(
    st.characters(exclude_categories=("Cs", "Cc"), exclude_characters='"\\').map(str),
    st.sampled_from(['\\"', "\\\\", "\\/", "\\b", "\\f", "\\n", "\\r", "\\t"]),
    st.sampled_from(["\\u00e9", "\\u00E9", "\\ud83d\\ude00", "\\u0001", "\\u2028", "\\uFFFF", "\u2028", "\x7f"]),
)
strings = st.lists(characters, max_size=12).map(lambda parts: f'"{"".join(parts)}"')
names = st.from_regex(r"[a-z][a-z0-9_]{2,20}", fullmatch=True)


@st.composite
def arrays(draw: Any, values: Any) -> str:
    items = [draw(blank) + item + draw(blank) for item in draw(st.lists(values, min_size=1, max_size=4))]
    return f"[{','.join(items)}]"


@st.composite
def members(draw: Any, values: Any) -> str:
    keys = draw(st.lists(names, min_size=1, max_size=4, unique=True))
    return braced(draw, [(f'"{key}"', draw(values)) for key in keys])


def braced(draw: Any, pairs: list[tuple[str, str]]) -> str:
    written = [draw(blank) + key + draw(blank) + ":" + draw(blank) + value + draw(blank) for key, value in pairs]
    return "{" + ",".join(written) + "}"


json_texts = st.recursive(
    st.one_of(numbers, strings, st.sampled_from(["true", "false"])),
    lambda values: st.one_of(arrays(values), members(values)),
    max_leaves=12,
)


@st.composite
def custom_objects(draw: Any) -> tuple[str, bytes]:
    """The id and the text of an object of a custom type with generated properties."""
    object_id = stix_id("x-thing", f"generated {next(NUMBERS)}")
    pairs = [
        ('"type"', '"x-thing"'),
        ('"spec_version"', draw(st.sampled_from(['"2.1"', '"2\\u002e1"']))),
        ('"id"', f'"{object_id}"'),
        ('"created"', '"2026-05-01T00:00:00.000Z"'),
        ('"modified"', draw(st.sampled_from(['"2026-05-01T00:00:00Z"', '"2026-05-01T00:00:00.1234567890Z"']))),
        ('"object_marking_refs"', f'["{CLEAR}"]'),
    ]
    own = draw(st.lists(names, max_size=5, unique=True))
    pairs += [(f'"x_{name}"', draw(json_texts)) for name in own]
    return object_id, braced(draw, draw(st.permutations(pairs))).encode()


def push(direct: Direct, body: bytes) -> Any:
    answer = direct.ask("nl-feed", "POST", f"/{HERE}/objects/", body, content_type=TAXII)
    assert answer.status == 202, answer.body
    return answer.json()


@pytest.mark.row("T-OBJ-09", "T-OBJ-10")
def test_what_is_served_is_what_was_pushed_to_the_byte(bounded: tuple[Running, Direct], database_url: str) -> None:
    _, direct = bounded

    @settings(max_examples=EXAMPLES[database_url.partition(":")[0]])
    @given(st.lists(custom_objects(), min_size=1, max_size=3), blank)
    def comes_back(given_objects: list[tuple[str, bytes]], space: str) -> None:
        between = space.encode()
        body = b'{"more": false, "objects":[' + between + (between + b"," + between).join(
            raw for _, raw in given_objects
        ) + between + b"]}"  # fmt: skip
        status = push(direct, body)
        assert status["success_count"] == len(given_objects), status
        answer = direct.ask("port-soc", "GET", f"/{HERE}/objects/?match[id]={','.join(i for i, _ in given_objects)}")
        assert answer.body == b'{"objects":[' + b",".join(raw for _, raw in given_objects) + b"]}"
        for object_id, raw in given_objects:
            alone = direct.ask("port-soc", "GET", f"/{HERE}/objects/{object_id}/")
            assert alone.body == b'{"objects":[' + raw + b"]}"
        record_cases("law 5: validated is served", len(given_objects))

    comes_back()


AS_THEY_ARE = {
    "an object beside the table that pages scan": b'{"type":"x-large","spec_version":"2.1","id":"%s","created":'
    b'"2026-05-01T00:00:00.000Z","modified":"2026-05-01T00:00:00.000Z","x_text":"' + b"\xc3\xa9 " * 1500 + b'",%s}',
    "an object of STIX 2.0": b'{"type":"tool","id":"%s","created":"2026-05-01T00:00:00.000Z",'
    b'"modified":"2026-05-01T00:00:00.000Z","name":"n","labels":["remote-access"],  "x_n":1.0e+0,%s}',
    "an object without dates": b'{ "type":"ipv4-addr","id":"%s","value":"198.51.100.3","x_n":-0,"x_m":0.10 ,%s}',
}


@pytest.mark.row("T-OBJ-09")
def test_every_kind_of_object_is_served_as_it_was(bounded: tuple[Running, Direct]) -> None:
    _, direct = bounded
    for says, text in AS_THEY_ARE.items():
        kind = text.split(b'"')[3].decode()
        raw = text % (stix_id(kind, says).encode(), b'"object_marking_refs":["%s"]' % CLEAR.encode())
        assert push(direct, b'{"objects":[' + raw + b"]}")["success_count"] == 1, says
        assert direct.ask("port-soc", "GET", f"/{HERE}/objects/{stix_id(kind, says)}/").body == (
            b'{"objects":[' + raw + b"]}"
        )


def test_every_content_of_an_object_without_dates_is_served(bounded: tuple[Running, Direct]) -> None:
    """Also where two hundred of one id come at one instant: each has a version of its own."""
    _, direct = bounded
    address = an_address("198.51.100.8", CLEAR)
    contents = [json.dumps({**address, "x_number": number}).encode() for number in range(200)]
    status = push(direct, b'{"objects":[' + b",".join(contents) + b"]}")
    assert status["success_count"] == len(contents)
    assert len({each["version"] for each in status["successes"]}) == len(contents)
    path = f"/{HERE}/objects/{address['id']}/"
    served = direct.ask("nl-soc", "GET", f"{path}?match[version]=all").json()["objects"]
    assert sorted(each["x_number"] for each in served) == list(range(200))
    assert len(direct.ask("nl-soc", "GET", f"{path}versions/").json()["versions"]) == len(contents)


def a_text(**more: str) -> bytes:
    """An indicator whose last members are these texts, as they stand."""
    whole = an_indicator("bad", CLEAR)
    written = [f'"{name}":{_json(value)}' for name, value in whole.items()]
    return ("{" + ",".join([*written, *(f'"{name}":{text}' for name, text in more.items())]) + "}").encode(
        "utf-8", "surrogatepass"
    )


def _json(value: Any) -> str:
    return json.dumps(value)


WRONG = {
    "a member twice": (a_text(name='"again"'), "more than once"),
    "a member twice, deep inside": (a_text(x_deep='{"list": [{"a1": 1, "b1": 2, "a1": 1}]}'), "more than once"),
    "a member twice, written in two ways": (a_text(**{"x_a": "1", "x_\\u0061": "2"}), "more than once"),
    "NaN": (a_text(x_number="NaN"), "NaN"),
    "an infinity": (a_text(x_number="-Infinity"), "Infinity"),
    "a number that overflows": (a_text(x_number="1e999"), "too large"),
    "a number of a thousand digits and one": (a_text(x_number="1" * 1001), "1001 characters"),
    "half of a surrogate pair": (a_text(x_text='"\\ud83d"'), "surrogate"),
    "the other half, in a name": (a_text(**{"x_a\\ude00": "1"}), "surrogate"),
    "U+0000": (a_text(x_text='"a\\u0000b"'), "U+0000"),
    "U+0000 in a name, deep inside": (a_text(x_deep='[{"x\\u0000y": 1}]'), "U+0000"),
    "too deep": (a_text(x_deep="[" * 25 + "]" * 25), "20"),
    "far too deep": (a_text(x_deep="[" * 5_000 + "]" * 5_000), "20"),
    "too large": (a_text(x_text='"' + "a" * 200_000 + '"'), "200000"),
    "no object": (b'["an", "array"]', "JSON object"),
    "nothing": (b"null", "JSON object"),
}


def test_what_is_wrong_fails_alone_with_a_reason_and_nothing_of_it_is_stored(
    bounded: tuple[Running, Direct],
) -> None:
    _, direct = bounded
    first, last = (json.dumps(an_address(value, CLEAR)).encode() for value in ("198.51.100.1", "198.51.100.2"))
    status = push(direct, b'{"objects":[' + b",".join([first, *(raw for raw, _ in WRONG.values()), last]) + b"]}")
    assert (status["success_count"], status["failure_count"]) == (2, len(WRONG))
    for (says, (_, telling)), failure in zip(WRONG.items(), status["failures"], strict=True):
        assert telling in failure["message"], f"{says}: {failure['message']}"
    own = direct.ask("nl-soc", "GET", f"/{HERE}/objects/?match[version]=all")
    assert own.body == b'{"objects":[' + first + b"," + last + b"]}"
    assert push(direct, b'{"objects":[' + a_text() + b"]}")["success_count"] == 1, "nothing under its id was kept"


UNREADABLE = {
    "a byte order mark": b"\xef\xbb\xbf" + b'{"objects":[%s]}' % a_text(),
    "bytes that are no UTF-8": b'{"objects":[%s]}' % a_text(x_text='"\xe9"').decode().encode("latin-1"),
    "a body that ends too early": b'{"objects":[%s' % a_text(),
    "more than one value": b'{"objects":[%s]}{}' % a_text(),
    "a comma too many": b'{"objects":[%s,]}' % a_text(),
    "the list twice": b'{"objects":[%s],"objects":[]}' % a_text(),
    "no list": b'{"objects":%s}' % a_text(),
    "a list of its own": b"[%s]" % a_text(),
    "nothing in the list": b'{"objects":[]}',
    "nothing": b"",
}


def test_a_body_that_is_no_envelope_is_refused_and_nothing_is_stored(bounded: tuple[Running, Direct]) -> None:
    _, direct = bounded
    for says, body in UNREADABLE.items():
        answer = direct.ask("nl-feed", "POST", f"/{HERE}/objects/", body, content_type=TAXII)
        assert answer.status == 422, f"{says}: {answer.body!r}"
        assert answer.json()["description"], says
    assert direct.ask("nl-soc", "GET", f"/{HERE}/objects/?match[version]=all").json() == {}
