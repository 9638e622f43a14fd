"""Reading a value or a text takes as long as it is, and not the square of that, whatever signs it is of."""

import pytest

from app.stix.matching import Steps
from app.stix.matching.texts import TextTest
from app.stix.observables import Observable, covering, kinds_meant, readings_of, refang
from app.stix.observables.destinations import hosts_led_to, hosts_spelled_in
from app.stix.observables.hosts import name_of
from app.stix.observables.texts import folded
from app.stix.texts import words_of
from tests.support.growth import grows_as_its_text

KINDS = ("url", "email-addr", "domain-name", "autonomous-system", "windows-registry-key", "file:name")

TEXTS = {
    "users of a URL without a host": lambda n: "http://" + "@" * n + ":x",
    "users of an e-mail address": lambda n: "@" * n,
    "brackets around a sign": lambda n: "[" * n + "." + "]" * n,
    "brackets around a colon, and around a slash": lambda n: "[" * n + ":" + "]" * n + "[" * n + "/" + "]" * n,
    "brackets in a path": lambda n: "a/" + "[" * n + "." + "]" * n,
    "brackets that open": lambda n: "http://" + "u@[" * n,
    "brackets that open and close": lambda n: "[.]" * n,
    "schemes": lambda n: "hxxp://" * n,
    "words for signs": lambda n: " dot " * n + "[at]" * n,
    "blanks": lambda n: "a" + " " * n + "b",
    "blanks and stars before a name": lambda n: "*. " * n + "!",
    "labels": lambda n: "a.-" * n + "!",
    "labels of the DNS": lambda n: "xn--a." * n,
    "letters beyond ASCII": lambda n: "ü." * (n // 4) + "ü" * n,
    "dots beyond ASCII": lambda n: "a\N{IDEOGRAPHIC FULL STOP}" * n,
    "marks on every label": lambda n: f"{chr(0x301) * 200}{chr(0xAD)}{chr(0x323) * 200}." * (n // 100),
    "colons": lambda n: "1:" * n + "/" * n,
    "octets": lambda n: "1." * n + "\\." * n,
    "digits": lambda n: "AS" + "1" * n + "." + "1" * n,
    "backslashes": lambda n: "HKLM" + "\\" * n,
    "percent signs": lambda n: "%" * n + "%2e" * n,
    "a zone": lambda n: "[fe80::1%" + "a" * n,
}


def read(text: str) -> None:
    plain = refang(text)
    kinds_meant(plain)
    words_of(text)
    list(hosts_spelled_in(text))
    for kind in KINDS:
        covering(kind, plain)
        for form in readings_of(Observable(kind, text)):
            list(hosts_led_to(form))


@pytest.mark.parametrize("text_of", TEXTS.values(), ids=TEXTS.keys())
def test_the_time_to_read_a_value_grows_as_its_text(text_of):
    assert grows_as_its_text(read, text_of, 250)


COMPARING = {
    "a value": folded,
    "a host": name_of,
    "words": words_of,
    "what LIKE and MATCHES ask for": TextTest("x", Steps(10**9)).holds,
}


@pytest.mark.parametrize("compare", COMPARING.values(), ids=COMPARING.keys())
def test_the_time_to_compare_a_text_grows_as_the_marks_on_a_sign(compare):
    assert grows_as_its_text(compare, lambda n: f"{chr(0x301) * n}{chr(0x323) * n}", 1000)
