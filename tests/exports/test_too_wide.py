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
    "ipv4-addr:value = '11.0.0.0/8'": "11.0.0.0/8",
    "ipv6-addr:value = '2001::/16'": "2001::/16",
    "domain-name:value = 'github.io'": "github.io",
    "domain-name:value = '*.bad.co.uk'": "bad.co.uk",
    "url:value = 'http://bad.co.uk/kit'": "http://bad.co.uk/kit",
    "url:value = 'http://198.51.100.7/kit'": "http://198.51.100.7/kit",
}
OF_THE_READER = [
    *(
        f"ipv4-addr:value = '{each}'"
        for each in ("0.0.0.0", "127.0.0.1", "127.0.0.0/8", "169.254.169.254", "169.0.0.0/8", "224.0.0.1",
                     "233.1.2.3/32", "255.255.255.255", "240.0.0.0/8", "100.100.100.200/0")
    ),
    *(
        f"ipv6-addr:value = '{each}'"
        for each in ("::", "::1", "::/16", "::ffff:127.0.0.1", "::ffff:0:0/96", "64:ff9b::/96", "64:ff9b::a00:1",
                     "64:ff9b:1::/48", "fe80::1", "ff02::1", "ff00::/16")
    ),
    "network-traffic:src_ref.value = '127.0.0.1'",
    "domain-name:value = 'db.localhost'", "domain-name:value = 'localhost.localdomain'",
    "domain-name:value = 'in-addr.arpa'",
    "url:value = 'http://127.0.0.1/'", "url:value = 'http://[::1]:8080/'", "url:value = 'http://user@localhost/x'",
]  # fmt: skip
OF_ONE_LABEL = [f"domain-name:value = '{each}'" for each in ("localhost", "intranet", "com")]
"""No export takes them for domain names."""

PRIVATE = [
    *(
        f"ipv4-addr:value = '{each}'"
        for each in ("10.0.0.0/8", "10.1.2.3", "172.16.0.0/12", "172.0.0.0/8", "172.31.255.255", "192.168.1.1",
                     "192.0.0.0/8", "100.64.0.0/10", "100.127.255.255")
    ),
    "ipv6-addr:value = 'fd00::1'", "ipv6-addr:value = 'fc00::/16'", "ipv6-addr:value = 'fec0::1'",
    "url:value = 'http://192.168.1.1/'",
]  # fmt: skip
BESIDE = [
    "ipv4-addr:value = '1.0.0.0'", "ipv4-addr:value = '9.255.255.255'", "ipv4-addr:value = '11.0.0.0'",
    "ipv4-addr:value = '100.63.255.255'", "ipv4-addr:value = '100.128.0.0/9'", "ipv4-addr:value = '126.255.255.255'",
    "ipv4-addr:value = '128.0.0.0'", "ipv4-addr:value = '172.15.0.0/16'", "ipv4-addr:value = '172.32.0.0/16'",
    "ipv4-addr:value = '192.167.255.255'", "ipv4-addr:value = '192.169.0.0/16'", "ipv4-addr:value = '223.255.255.255'",
    "ipv6-addr:value = '64:ff9c::1'", "ipv6-addr:value = '2001:db8::1'", "ipv6-addr:value = 'fe7f::1'",
    "domain-name:value = 'localhost.example'", "domain-name:value = 'notlocalhost.example'",
]  # fmt: skip
FOR_MACHINES = [Form.LIST, Form.SURICATA, Form.ZEEK, Form.MISP]


@pytest.mark.parametrize("form", FOR_MACHINES)
def test_what_would_block_half_the_network_is_left_out(form: Form) -> None:
    assert [each for each in TOO_WIDE if written(form, each) != written(form)] == []


@pytest.mark.parametrize("form", FOR_MACHINES)
def test_what_is_as_wide_as_somebody_holds_stays(form: Form) -> None:
    assert [each for each in NARROW if written(form, each) == written(form)] == []
    if form is Form.LIST:
        assert sorted(written(form, *NARROW).splitlines()) == sorted(NARROW.values())


@pytest.mark.parametrize("form", FOR_MACHINES)
def test_what_would_cut_off_the_reader_itself_is_left_out(form: Form) -> None:
    assert [each for each in (*OF_THE_READER, *OF_ONE_LABEL, *PRIVATE) if written(form, each) != written(form)] == []
    assert [each for each in BESIDE if written(form, each) == written(form)] == []


@pytest.mark.parametrize("form", FOR_MACHINES)
def test_a_format_may_say_that_private_networks_are_wanted(form: Form) -> None:
    assert [each for each in PRIVATE if written(form, each, private=True) == written(form)] == []
    assert [each for each in OF_THE_READER if written(form, each, private=True) != written(form)] == []


def test_people_see_in_their_tables_what_is_left_out_for_machines() -> None:
    patterns = [*TOO_WIDE, *OF_THE_READER, *PRIVATE]
    assert len(written(Form.CSV, *patterns).splitlines()) == 1 + len(patterns)
