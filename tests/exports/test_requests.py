"""A line for a URL is what a request for it says on the wire, which is neither a user nor what stands behind `#`."""

import pytest

from app.exports.formats import Form
from tests.exports.written import written

# URL of an indicator -> what a list has, and what one without schemes and Zeek have
LINES = {
    "http://u:p@evil.example/x#frag": ("http://evil.example/x", "evil.example/x"),
    "https://u@evil.example:8443/x?y=1#z": ("https://evil.example:8443/x?y=1", "evil.example:8443/x?y=1"),
    "http://good.example@198.51.100.7/": ("http://198.51.100.7/", "198.51.100.7/"),
    "http://evil.example/@u#a#b": ("http://evil.example/@u", "evil.example/@u"),
    "evil.example/x#frag": ("evil.example/x", "evil.example/x"),
    "http://[2001:db8::7]/#": ("http://[2001:db8::7]/", "[2001:db8::7]/"),
    "ftp://u:p@evil.example/x": ("ftp://evil.example/x", "evil.example/x"),
}


@pytest.mark.parametrize("url", LINES)
def test_a_url_stands_as_it_is_asked_for(url: str) -> None:
    pattern = f"url:value = '{url}'"
    with_scheme, without = LINES[url]
    assert written(Form.LIST, pattern) == f"{with_scheme}\n"
    assert written(Form.LIST, pattern, scheme=False) == f"{without}\n"
    assert written(Form.ZEEK, pattern).splitlines()[1].split("\t")[:2] == [without, "Intel::URL"]
    assert url in written(Form.CSV, pattern)


def test_urls_that_are_asked_for_alike_are_one_line() -> None:
    patterns = [f"url:value = 'http://evil.example/x{each}'" for each in ("", "#a", "#b")]
    assert written(Form.LIST, *patterns) == "http://evil.example/x\n"
    assert len(written(Form.ZEEK, *patterns).splitlines()) == 2
