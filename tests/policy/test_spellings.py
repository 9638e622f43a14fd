"""Spellings: what who reads a text understands, and what else names the same."""

import pytest

from app.policy.spellings import Spelling, names_of, spellings, understood
from tests.support.growth import grows_as_its_text

UNDERSTOOD = {
    "hxxps://Evil[.]example/a": "https://evil.example/a",
    "h**p://evil.example": "http://evil.example",
    "hxxpx and hxp": "hxxpx and hxp",
    "ann[at]evil(dot)example": "ann@evil.example",
    "ann at evil dot example": "ann@evil.example",
    "evil{,}example": "evil.example",
    "hxxp[://]evil.example": "http://evil.example",
    r"evil\.example": "evil.example",
    "evil%252Eexample": "evil.example",
    "evil&#46;example": "evil.example",
    "50% off": "50% off",
    f"evil&#{'0' * 5000}46;example": "evil.example",
    f"&#{'9' * 5000};": "\ufffd",
    r"\u0053iemens": "siemens",
    r"\x53iemens": "siemens",
    r"\u007aurich": "zurich",
    r"evil\u002eexample": "evil.example",
    r"\ud800x \udfffx \ue000x": "\\ud800x \\udfffx \ue000x",
    "evil_dot_example": "evil.example",
    "Café": "cafe",
}
NAMES = {
    "a text": ("plain", []),
    "an instant": (" 2026-03-01T08:00:00.000Z ", ["2026-03-01T08:00:00", "2026-03-01 08:00:00"]),
    "the number of an AS": ("as 65551", ["65551"]),
    "the number of an AS, too short to look for": ("AS701", []),
    "an IPv4 address": (
        "10.0.0.1",
        ["10.0.0.1", "10.0.0.1", "1.0.0.10.in-addr.arpa", "::ffff:a00:1", "::ffff:0a00:0001"],
    ),
    "an IPv6 address with a zone": (
        "fe80::1%eth0",
        ["fe80::1", "fe80:0000:0000:0000:0000:0000:0000:0001", f"1.{'0.' * 28}8.e.f.ip6.arpa"],
    ),
    "a host": ("Evil.corp.example", ["corp.example"]),
    "a host of another script": ("münchen.example", ["xn--mnchen-3ya.example"]),
    "a word too long for a host": ("ü" * 100, []),
    "a host in punycode": ("xn--mnchen-3ya.example", ["xn--mnchen-3ya.example", "münchen.example"]),
}


@pytest.mark.parametrize(("text", "meant"), UNDERSTOOD.items(), ids=[each[:40] for each in UNDERSTOOD])
def test_what_is_written_to_be_harmless_is_understood(text, meant):
    assert understood(text) == meant


@pytest.mark.parametrize(("text", "names"), NAMES.values(), ids=NAMES.keys())
def test_what_else_names_the_same(text, names):
    assert list(names_of(text)) == [text, *names]


def test_what_is_longer_than_any_name_has_no_other():
    longest = f"{'a' * 60}.{'b' * 60}.{'c' * 60}.{'d' * 57}.corp.example"
    assert len(longest) == 253
    assert list(names_of(longest))[-1] == "corp.example"
    assert list(names_of(f"x{longest}")) == [f"x{longest}"]


def test_a_text_is_read_as_it_stands_and_as_it_is_understood():
    assert spellings("Evil[.]example") == (
        Spelling("evil[.]example", ("evil", "example"), "evilexample"),
        Spelling("evil.example", ("evil", "example"), "evilexample"),
    )
    assert spellings("A b") == (Spelling("a b", ("a", "b"), "ab"),)


LONG = {
    "marks": lambda n: f"{chr(0x301) * n}{chr(0x323) * n}",
    "marks that are letters of music": lambda n: (
        "\N{HANGUL DOUBLE DOT TONE MARK}" * n + "\N{MUSICAL SYMBOL COMBINING STEM}" * n
    ),
    "brackets": lambda n: "[ " * n + "." * n + " ]" * n,
    "zeros before numbers": lambda n: "0." * n + "0",
    "escapes": lambda n: r"\u005c" * n + "%25" * n + "&amp;" * n,
}


@pytest.mark.parametrize("text_of", LONG.values(), ids=LONG.keys())
def test_the_time_to_spell_a_text_grows_as_it(text_of):
    assert grows_as_its_text(spellings, text_of, 1000)
