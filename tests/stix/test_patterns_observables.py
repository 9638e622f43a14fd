"""The observables that a pattern names, and those it does not."""

import pytest

from app.stix.patterns import Observable, parse_pattern

MD5 = "79054025255fb1a26e4bc422aef54eb4"
SHA1 = "f1d2d2f924e986ac86fdf7b36c94bcdf32beec15"
NAMED = {
    "an IPv4 address": ("ipv4-addr:value = '198.51.100.1/32'", {("ipv4-addr", "198.51.100.1/32")}),
    "an IPv6 address": ("ipv6-addr:value = '2001:DB8::1'", {("ipv6-addr", "2001:DB8::1")}),
    "a domain, as it was written": ("domain-name:value = 'Example.COM.'", {("domain-name", "Example.COM.")}),
    "a URL": ("url:value = 'http://a.example/'", {("url", "http://a.example/")}),
    "an address of e-mail": ("email-addr:value = 'a@b.example'", {("email-addr", "a@b.example")}),
    "a MAC address": ("mac-addr:value = 'd2:fb:49:24:37:18'", {("mac-addr", "d2:fb:49:24:37:18")}),
    "a mutex": ("mutex:name = '__CLEANSWEEP__'", {("mutex", "__CLEANSWEEP__")}),
    "an autonomous system, by its integer": ("autonomous-system:number = 15139", {("autonomous-system", "15139")}),
    "a registry key, its escapes undone": (
        r"windows-registry-key:key = 'HKEY_LOCAL_MACHINE\\foo'",
        {("windows-registry-key", r"HKEY_LOCAL_MACHINE\foo")},
    ),
    "a directory": (r"directory:path = 'C:\\Windows'", {("directory", r"C:\Windows")}),
    "a file name": ("file:name = 'foo.dll'", {("file:name", "foo.dll")}),
    "a command": ("process:command_line = './gedit-bin'", {("process:command_line", "./gedit-bin")}),
    "two names of an account": (
        "user-account:user_id = '1001' AND user-account:account_login = 'peter'",
        {("user-account:user_id", "1001"), ("user-account:account_login", "peter")},
    ),
    "a certificate": (
        "x509-certificate:serial_number = '36:f7'",
        {("x509-certificate:serial_number", "36:f7")},
    ),
    "a hash": (f"file:hashes.MD5 = '{MD5}'", {("MD5", MD5)}),
    "a hash by another spelling of its algorithm": (f"file:hashes.sha1 = '{SHA1}'", {("SHA-1", SHA1)}),
    "a hash of a certificate": (f"x509-certificate:hashes.'SHA-1' = '{SHA1}'", {("SHA-1", SHA1)}),
    "a hash of an image": (f"process:image_ref.hashes.MD5 = '{MD5}'", {("MD5", MD5)}),
    "every member of a set": ("ipv4-addr:value IN ('a', 'b')", {("ipv4-addr", "a"), ("ipv4-addr", "b")}),
    "both sides of an OR": ("url:value = 'a' OR url:value = 'b'", {("url", "a"), ("url", "b")}),
    "what is not unequal": ("url:value NOT != 'a'", {("url", "a")}),
    "a sender": ("email-message:from_ref.value = 'a@b.example'", {("email-addr", "a@b.example")}),
    "any recipient": ("email-message:to_refs[*].value = 'a@b.example'", {("email-addr", "a@b.example")}),
    "a peer by its IPv4 address": ("network-traffic:dst_ref.value = '198.51.100.1'", {("ipv4-addr", "198.51.100.1")}),
    "a peer by its IPv6 address": ("network-traffic:dst_ref.value = '2001:db8::1'", {("ipv6-addr", "2001:db8::1")}),
    "a peer by its MAC address": (
        "network-traffic:src_ref.value = 'd2-fb-49-24-37-18'",
        {("mac-addr", "d2-fb-49-24-37-18")},
    ),
    "a peer by its name": ("network-traffic:dst_ref.value = 'a.example'", {("domain-name", "a.example")}),
    "what a domain resolves to": (
        "domain-name:resolves_to_refs[0].value = '198.51.100.1'",
        {("ipv4-addr", "198.51.100.1")},
    ),
    "through two references": (
        "process:opened_connection_refs[*].dst_ref.value = '198.51.100.1'",
        {("ipv4-addr", "198.51.100.1")},
    ),
    "the directory of a file": ("file:parent_directory_ref.path = '/tmp'", {("directory", "/tmp")}),
    "a pattern of names": ("file:name LIKE 'foo%'", set()),
    "a regular expression": ("url:value MATCHES 'a'", set()),
    "what lies in a network": ("ipv4-addr:value ISSUBSET '198.51.100.0/24'", {("ipv4-addr", "198.51.100.0/24")}),
    "a peer that lies in a network": (
        "network-traffic:dst_ref.value ISSUBSET '198.51.100.0/255.255.255.0'",
        {("ipv4-addr", "198.51.100.0/255.255.255.0")},
    ),
    "what does not lie in a network": ("ipv4-addr:value NOT ISSUBSET '198.51.100.0/24'", set()),
    "what lies in a name": ("domain-name:value ISSUBSET 'a.example'", set()),
    "what lies in a peer that is no network": ("network-traffic:dst_ref.value ISSUBSET 'a.example'", set()),
    "what holds an address": ("ipv6-addr:value ISSUPERSET '2001:db8::1'", {("ipv6-addr", "2001:db8::1")}),
    "what does not hold an address": ("ipv6-addr:value NOT ISSUPERSET '2001:db8::1'", set()),
    "what holds a network": ("ipv4-addr:value ISSUPERSET '198.51.100.0/24'", set()),
    "a pattern of names without a wildcard": ("file:name LIKE 'foo.dll'", {("file:name", "foo.dll")}),
    "a pattern of names with a wildcard for one sign": ("file:name LIKE 'foo_1.dll'", set()),
    "names that are not like another": ("file:name NOT LIKE 'foo.dll'", set()),
    "the name of a process": ("process:name = 'foo.exe'", {("file:name", "foo.exe")}),
    "a negated comparison": ("url:value NOT = 'a'", set()),
    "an unequal value": ("url:value != 'a'", set()),
    "a negated set": ("url:value NOT IN ('a')", set()),
    "an order": ("file:name > 'a'", set()),
    "a property that exists": ("EXISTS url:value", set()),
    "an empty value": ("url:value = ''", set()),
    "bytes": ("mutex:name = h'00'", set()),
    "the type of a peer": ("network-traffic:dst_ref.type = 'domain-name'", set()),
    "a property that is no observable": ("file:size = 25536", set()),
    "a custom object": ("x-usb:value = 'a'", set()),
    "a property of a reference that is no observable": ("file:parent_directory_ref.path_enc = 'a'", set()),
    "an unknown algorithm": ("file:hashes.PEHASH = 'a'", set()),
}


@pytest.mark.parametrize(("comparison", "expected"), NAMED.values(), ids=NAMED.keys())
def test_what_a_comparison_names(comparison, expected):
    assert parse_pattern(f"[{comparison}]").observables == {Observable(*pair) for pair in expected}


def test_a_pattern_names_what_all_its_observations_name_once():
    pattern = parse_pattern("([url:value = 'a'] AND [url:value = 'a']) FOLLOWEDBY [mutex:name = 'm'] WITHIN 5 SECONDS")
    assert pattern.observables == {Observable("url", "a"), Observable("mutex", "m")}
