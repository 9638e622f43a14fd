"""Which values a list holds: what they mean counts, not how they are written."""

import pytest

from app.policy.value_lists import ValueList, forms_of
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
    "the name of a file that looks like a host": ("file-name", "example.nl"),
}


@pytest.mark.parametrize(("kind", "value"), HELD.values(), ids=HELD.keys())
def test_a_list_holds(kind, value):
    assert OWN_ASSETS.first_of([Observable(kind, value)]) == value


@pytest.mark.parametrize(("kind", "value"), NOT_HELD.values(), ids=NOT_HELD.keys())
def test_a_list_does_not_hold(kind, value):
    assert OWN_ASSETS.first_of([Observable(kind, value)]) is None


def test_the_first_value_is_the_same_in_whatever_order_they_come():
    found = [
        Observable("domain-name", "z.example.nl"),
        Observable("url", "https://a.example.nl/"),
        Observable("x", "y"),
    ]
    found.append(Observable("email-addr", "b@example.nl"))
    for values in (found, found[::-1]):
        assert OWN_ASSETS.first_of(values) == "b@example.nl"


def test_an_empty_list_holds_nothing():
    empty = ValueList("empty", "Nothing")
    assert all(empty.first_of([Observable(*each)]) is None for each in (*HELD.values(), *NOT_HELD.values()))


def test_a_value_is_compared_as_it_is_and_in_its_normal_form_without_regard_to_case():
    url = " HTTPS://Portal.Example.org:443/Login "
    assert forms_of(url) == {"https://portal.example.org:443/login", "https://portal.example.org/login"}
    assert forms_of("Some Text") == {"some text"}
