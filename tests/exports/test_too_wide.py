"""What an indicator says that would block half the network reaches no machine, whatever its confidence."""

import pytest

from app.exports.formats import Form
from tests.exports.written import written

TOO_WIDE = [
    "ipv4-addr:value = '0.0.0.0/0'", "ipv4-addr:value ISSUBSET '0.0.0.0/0'", "ipv4-addr:value = '0.0.0.0/1'",
    "ipv4-addr:value = '128.0.0.0/7'", "ipv6-addr:value = '::/0'", "ipv6-addr:value = '2000::/3'",
    "domain-name:value = 'co.uk'", "domain-name:value = '*.co.uk'",
    "domain-name:value = 'any.ck'", "domain-name:value = 'a.*.example'", "url:value = 'http://*/'", "url:value = 'http://*.com/'",
    "url:value = 'http://bad.example/*'", "url:value = 'http://bad.example/^/x'",
    "url:value = 'http://intranet/'", "email-addr:value = '*@bad.example'",
]  # fmt: skip
NARROW = {
    "ipv4-addr:value = '10.0.0.0/8'": "10.0.0.0/8",
    "ipv6-addr:value = '2001::/16'": "2001::/16",
    "domain-name:value = 'github.io'": "github.io",
    "domain-name:value = '*.bad.co.uk'": "bad.co.uk",
    "url:value = 'http://bad.co.uk/kit'": "http://bad.co.uk/kit",
    "url:value = 'http://198.51.100.7/kit'": "http://198.51.100.7/kit",
}
FOR_MACHINES = [Form.LIST, Form.SURICATA, Form.ZEEK, Form.MISP]


@pytest.mark.parametrize("form", FOR_MACHINES)
def test_what_would_block_half_the_network_is_left_out(form: Form) -> None:
    assert [each for each in TOO_WIDE if written(form, each) != written(form)] == []


@pytest.mark.parametrize("form", FOR_MACHINES)
def test_what_is_as_wide_as_somebody_holds_stays(form: Form) -> None:
    assert [each for each in NARROW if written(form, each) == written(form)] == []
    if form is Form.LIST:
        assert sorted(written(form, *NARROW).splitlines()) == sorted(NARROW.values())


def test_people_see_in_their_tables_what_is_too_wide_for_machines() -> None:
    assert len(written(Form.CSV, *TOO_WIDE).splitlines()) == 1 + len(TOO_WIDE)
