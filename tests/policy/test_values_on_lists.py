"""Which values a list holds: what they mean counts, not how they are written."""

import pytest

from app.policy.listed_texts import STEPS_MAX
from app.policy.value_lists import ValueList, forms_of
from app.stix.observables import Mentioned, mentioned_in
from app.stix.patterns.observables import Observable
from tests.policy.builders import OWN_ASSETS

HELD = {
    "an address of a network": ("ipv4-addr", "198.51.100.3"),
    "a network around it": ("ipv4-addr", "198.51.0.0/16"),
    "a network within it, named by a host of it": ("ipv4-addr", "198.51.100.9/29"),
    "an IPv4 address as IPv6": ("ipv6-addr", "::ffff:198.51.100.3"),
    "an IPv4 network as IPv6": ("ipv6-addr", "::ffff:198.51.100.8/125"),
    "every IPv4 address as IPv6": ("ipv6-addr", "::ffff:0.0.0.0/96"),
    "an IPv6 address of a network": ("ipv6-addr", "2001:DB8:17::1"),
    "a domain": ("domain-name", "example.nl"),
    "a host below it": ("domain-name", "Mail.EXAMPLE.nl."),
    "a URL of a host below it": ("url", " https://www.example.nl:8443/x?y "),
    "a URL of an address in brackets": ("url", "http://[2001:db8:17::5]/"),
    "a URL that is listed": ("url", "https://portal.example.org/LOGIN"),
    "mail from the domain": ("email-addr", "a@example.nl"),
    "mail to an address in brackets": ("email-addr", "a@[198.51.100.3]"),
    "mail from a quoted name": ("email-addr", '"a@b.org"@example.nl'),
    "a domain with a path": ("domain-name", "www.example.nl/login"),
    "a defanged domain": ("domain-name", "mail[.]example[.]nl"),
    "a defanged address in place of a URL": ("url", "198[.]51.100[.]3"),
    "a hash": ("MD5", "D41D8CD98F00B204E9800998ECF8427E"),
    "an address as one number": ("url", "http://3325256707/"),
    "an address as hexadecimal numbers": ("url", "http://0xc6.0x33.0x64.0x03/"),
    "an address whose last number is two octets": ("url", "http://198.51.25603/"),
    "an address as octal numbers": ("ipv4-addr", "0306.063.0144.03"),
    "an address with zeros before its numbers": ("ipv4-addr", "198.051.100.003"),
    "a name with a sign as its number": ("url", "https://www.example%2Enl/x"),
    "a URL without a scheme": ("url", "//example.nl/x"),
    "a URL with one slash": ("url", "http:/example.nl/x"),
    "a URL with backslashes": ("url", "http:\\\\example.nl\\x"),
    "a URL of two schemes": ("url", "jdbc:mysql://example.nl/x"),
    "a defanged URL": ("url", "hxxp://198[.]51[.]100[.]3/x"),
    "mail from somebody with a name": ("email-addr", '"X" <x@example.nl>'),
    "mail from several": ("email-addr", "a@example.org, <b@example.nl>"),
    "an address to mail to": ("email-addr", "mailto:x@example.nl?subject=y"),
    "a name below it with more labels than names have": ("domain-name", "a." * 300 + "example.nl"),
}
NOT_HELD = {
    "an address beside the network": ("ipv4-addr", "198.51.100.16"),
    "an IPv4 network as IPv6, beside it": ("ipv6-addr", "::ffff:198.51.100.16/124"),
    "an IPv6 address beside the network": ("ipv6-addr", "2001:db8:18::1"),
    "a domain above it": ("domain-name", "nl"),
    "a domain that only ends like it": ("domain-name", "notexample.nl"),
    "an address with more around it": ("domain-name", "X198.51.100.3X"),
    "a URL of another host": ("url", "https://www.example.org/example.nl"),
    "a URL of no host": ("url", "mailto:"),
    "a URL that is none": ("url", "http://["),
    "mail from elsewhere": ("email-addr", "example.nl@example.org"),
    "another hash": ("MD5", "00000000000000000000000000000000"),
    "the name of a file that looks like a host": ("file:name", "example.nl"),
    "numbers beside the network": ("url", "http://3325256720/"),
    "numbers that are too large": ("ipv4-addr", "198.51.100.003.1"),
    "a first number that is no octet": ("ipv4-addr", "454.051.100.003"),
    "a last number that is too large": ("ipv4-addr", "198.51.65536"),
    "a last number that would count on into the network": ("ipv4-addr", "197.20145155"),
    "a number that is no address": ("ipv4-addr", "7620224003"),
    "a number of thousands of digits": ("ipv4-addr", "0" * 5000 + "3325256707"),
    "a path with two slashes": ("url", "https://www.example.org//example.nl"),
}
ASKED = {
    "a value": "ipv4-addr:value = '198.51.100.3'",
    "a network around an address": "ipv4-addr:value ISSUPERSET '198.51.100.3'",
    "a network around a network": "ipv4-addr:value ISSUPERSET '198.51.100.3/32'",
    "what lies in a network": "ipv6-addr:value ISSUBSET '2001:db8::/32'",
    "what is not the value": "ipv4-addr:value != '198.51.100.3'",
    "what is none of a set": "network-traffic:dst_ref.value NOT IN ('8.8.4.4', '198.51.100.3')",
    "what stands behind it": "ipv4-addr:value >= '198.51.100.3'",
    "what ends like a name": "domain-name:value LIKE '%.example.nl'",
    "what is not like a name": "domain-name:value NOT LIKE '%.example.nl'",
    "a name but for a sign": "domain-name:value LIKE '%EXAMPLE.n_'",
    "what begins like an address": "ipv4-addr:value LIKE '198.51.100.%'",
    "what begins like an IPv6 address": "ipv6-addr:value LIKE '2001:db8:17:5:_%'",
    "what begins like a URL": "url:value LIKE 'http://198.51.100.3/%'",
    "what begins like a URL of a number": "url:value LIKE 'http://3325256707%'",
    "what begins like a listed URL": "url:value LIKE 'HTTPS://portal.example.org/%'",
    "what begins like a hash": "file:hashes.MD5 LIKE 'd41d8cd98f%'",
    "an expression that is an address": "ipv4-addr:value MATCHES '^198[.]51[.]100[.]3$'",
    "an expression for the last addresses": "ipv4-addr:value MATCHES '^198.51.(100|101).1[0-5]$'",
    "an expression that begins like an address": r"url:value MATCHES '^https?://198\\.51\\.100\\.\\d+/kit$'",
    "an expression that begins like an IPv6 address": "ipv6-addr:value MATCHES '^2001:db8:17:5:'",
    "an expression that ends like a name": r"domain-name:value MATCHES '\\.example\\.nl$'",
    "an expression for a name in capitals": "domain-name:value MATCHES '^EXAMP[L]E.NL$'",
    "an expression that knows a name only by its signs": "domain-name:value MATCHES '^[^A-Z]xam[p-r]le.n[a-z]$'",
    "an expression with a name and a path": r"url:value MATCHES '^https?://(www\\.)?example\\.nl:8443/a'",
    "an expression that fits a host of the list": "url:value MATCHES '^https?://[0-9.]+/$'",
    "an expression that fits an IPv6 host of the list": "url:value MATCHES '^http://.2001.db8.17..f]'",
    "an expression that fits mail from the list": "email-addr:value MATCHES '@[d-f]xample.nl'",
    "an expression that fits a hash": "file:hashes.'SHA-1' MATCHES '^d41d8'",
    "an expression that RE2 does not read": r"url:value MATCHES '(a)\\1'",
    "a header of HTTP": "network-traffic:extensions.'http-request-ext'.request_header.Host = 'www.example.nl:8080'",
    "a list of headers": "network-traffic:extensions.'http-request-ext'.request_header.Referer[*] LIKE 'http://example.nl/%'",
    "a header of mail": "email-message:additional_header_fields.'Reply-To' = 'X <x@example.nl>'",
}
NOT_ASKED = {
    "what lies in a network beside it": "ipv4-addr:value ISSUBSET '198.51.100.16/28'",
    "what is like another name": "domain-name:value LIKE '%.example.com'",
    "what begins like another address": "ipv4-addr:value LIKE '198.51.101.%'",
    "an expression for other names": r"domain-name:value MATCHES '^[a-z]{20,30}\\.com$'",
    "an expression for a file": r"file:name MATCHES '\\.nl$'",
    "an expression for hashes": "file:hashes.MD5 MATCHES '^d41d9'",
    "an expression that RE2 does not read, of a kind of which nothing is listed": r"file:name MATCHES '(a)\\\\1'",
    "a command that is like a listed URL": "process:command_line LIKE '%login%'",
    "a hash that is like a listed URL": "file:hashes.MD5 LIKE '%login%'",
    "a property that has no kind": "x-own:host = 'www.example.nl'",
    "a number": "network-traffic:dst_port = 443",
    "a header of another host": "network-traffic:extensions.'http-request-ext'.request_header.Host = 'example.org'",
}
WITHIN = {
    "a header of HTTP": {
        "type": "network-traffic",
        "extensions": {"http-request-ext": {"request_value": "/x", "request_header": {"Host": ["example.nl:80"]}}},
    },
    "a requested URL": {
        "type": "network-traffic",
        "extensions": {"http-request-ext": {"request_value": "//example.nl/"}},
    },
    "a header of mail": {"type": "email-message", "additional_header_fields": {"Reply-To": "X <x@example.nl>"}},
}


def values(*named):
    return Mentioned(frozenset(Observable(kind, value) for kind, value in named))


def an_indicator_of(comparison):
    return {"type": "indicator", "spec_version": "2.1", "pattern_type": "stix", "pattern": f"[{comparison}]"}


@pytest.mark.parametrize(("kind", "value"), HELD.values(), ids=HELD.keys())
def test_a_list_holds(kind, value):
    assert OWN_ASSETS.first_of(values((kind, value))) == value


@pytest.mark.parametrize(("kind", "value"), NOT_HELD.values(), ids=NOT_HELD.keys())
def test_a_list_does_not_hold(kind, value):
    assert OWN_ASSETS.first_of(values((kind, value))) is None


@pytest.mark.parametrize("comparison", ASKED.values(), ids=ASKED.keys())
def test_a_list_holds_what_a_pattern_asks_for(comparison):
    assert OWN_ASSETS.first_of(mentioned_in(an_indicator_of(comparison))) is not None


@pytest.mark.parametrize("comparison", NOT_ASKED.values(), ids=NOT_ASKED.keys())
def test_a_list_does_not_hold_what_a_pattern_asks_for(comparison):
    assert OWN_ASSETS.first_of(mentioned_in(an_indicator_of(comparison))) is None


@pytest.mark.parametrize("sco", WITHIN.values(), ids=WITHIN.keys())
def test_a_list_holds_what_stands_in_headers_of_observables_and_of_observed_data(sco):
    assert OWN_ASSETS.first_of(mentioned_in(sco)) is not None
    assert OWN_ASSETS.first_of(mentioned_in({"type": "observed-data", "objects": {"0": sco}})) is not None


def test_a_list_that_is_too_long_to_try_an_expression_on_holds_it():
    pattern = an_indicator_of("domain-name:value MATCHES 'nowhere.example$'")
    for count, held in ((1000, None), (STEPS_MAX, "nowhere.example$")):
        long = ValueList("long", "Many", domains=frozenset(f"a{number}.example.org" for number in range(count)))
        assert long.first_of(mentioned_in(pattern)) == held


def test_of_a_large_network_the_first_addresses_and_the_last_are_tried():
    def holds(expression):
        pattern = an_indicator_of(f"ipv6-addr:value MATCHES '^{expression}$'")
        return OWN_ASSETS.first_of(mentioned_in(pattern)) is not None

    assert holds("2001.db8.17..7f")
    assert not holds("2001.db8.17..8.")
    assert not holds("2001.db8.17.ffff.ffff.ffff.ffff.ff7.")
    assert holds("2001.db8.17.ffff.ffff.ffff.ffff.ff80")
    assert holds("2001.db8.17.ffff.ffff.ffff.ffff.fffe")
    assert holds("2001.db8.17.ffff.ffff.ffff.ffff.ffff")


def test_the_first_value_is_the_same_in_whatever_order_they_come():
    found = [
        Observable("domain-name", "z.example.nl"),
        Observable("url", "https://a.example.nl/"),
        Observable("x", "y"),
    ]
    found.append(Observable("email-addr", "b@example.nl"))
    for ordered in (found, found[::-1]):
        assert OWN_ASSETS.first_of(Mentioned(frozenset(ordered))) == "b@example.nl"


def test_an_empty_list_holds_nothing():
    empty = ValueList("empty", "Nothing")
    assert all(empty.first_of(values(each)) is None for each in (*HELD.values(), *NOT_HELD.values()))


def test_a_value_is_compared_as_it_is_and_in_its_normal_form_without_regard_to_case():
    url = " HTTPS://Portal.Example.org:443/Login "
    assert forms_of(url) == {"https://portal.example.org:443/login", "https://portal.example.org/login"}
    assert forms_of("Some Text") == {"some text"}
