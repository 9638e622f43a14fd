"""What the standard forbids of SCOs: a table of objects with what is wrong and where."""

from typing import Any

import pytest
from stix_examples import T1, T2, minimal, ref, with_extension, wrong_with

BAD: dict[str, tuple[dict[str, Any], str, str]] = {
    "no base64": (minimal("artifact", payload_bin="VGVzdA"), "payload_bin", "must be base64"),
    "bytes and a URL": (minimal("artifact", url="https://a.example", hashes={"MD5": "0a" * 16}), "", "one of them"),
    "a URL without hashes": (minimal("artifact", payload_bin=..., url="https://a.example"), "hashes", "is required"),
    "a key to nothing": (minimal("artifact", decryption_key="a"), "decryption_key", "needs `encryption_algorithm`"),
    "a cipher of one's own": (minimal("artifact", encryption_algorithm="rot13"), "encryption_algorithm", "AES-256-GCM"),
    "an IPv4 address past 255": (minimal("ipv4-addr", value="198.51.100.256"), "value", "IPv4"),
    "an IPv4 block past 32": (minimal("ipv4-addr", value="198.51.100.0/33"), "value", "IPv4"),
    "an IPv4 block with a leading zero": (minimal("ipv4-addr", value="198.51.100.0/01"), "value", "IPv4"),
    "an IPv6 address of nine groups": (minimal("ipv6-addr", value="1:2:3:4:5:6:7:8:9"), "value", "IPv6"),
    "an IPv6 block past 128": (minimal("ipv6-addr", value="2001:db8::/129"), "value", "between 0 and 128"),
    "an IPv6 block of nothing": (minimal("ipv6-addr", value="2001:db8::/"), "value", "between 0 and 128"),
    "a MAC address in upper case": (minimal("mac-addr", value="D2:FB:49:24:37:18"), "value", "MAC address"),
    "a MAC address with hyphens": (minimal("mac-addr", value="d2-fb-49-24-37-18"), "value", "MAC address"),
    "a URL for a domain": (minimal("domain-name", value="https://example.com"), "value", "domain name"),
    "a domain with an empty label": (minimal("domain-name", value="a..example"), "value", "domain name"),
    "a URL without a scheme": (minimal("url", value="example.com"), "value", "URL with its scheme"),
    "a mailbox for an address": (minimal("email-addr", value="Jane <jane@example.com>"), "value", "email address"),
    "a body of several parts": (minimal("email-message", is_multipart=True, body="a"), "body", "not multipart"),
    "several parts of one": (
        minimal("email-message", body_multipart=[{"body": "a"}]),
        "body_multipart",
        "a multipart message",
    ),
    "a part without a body": (
        minimal("email-message", is_multipart=True, body_multipart=[{"content_type": "a"}]),
        "body_multipart.[0]",
        "`body`, `body_raw_ref`",
    ),
    "a header that is a number": (
        minimal("email-message", additional_header_fields={"X-A": 1}),
        "additional_header_fields.X-A",
        "a string or a list of strings",
    ),
    "traffic from nowhere to nowhere": (minimal("network-traffic", src_ref=...), "", "`src_ref`, `dst_ref`"),
    "traffic from a file": (minimal("network-traffic", src_ref=ref("file")), "src_ref", "an ipv4-addr or"),
    "traffic to port 65536": (minimal("network-traffic", dst_port=65536), "dst_port", "65535 at most"),
    "traffic that ends before it starts": (minimal("network-traffic", start=T2, end=T1), "end", "earlier than `start`"),
    "traffic that has ended and is active": (
        minimal("network-traffic", end=T1, is_active=True),
        "is_active",
        "must be false",
    ),
    "a socket option of no kind": (
        with_extension("network-traffic", "socket-ext", {"address_family": "AF_INET", "options": {"A_B": 1}}),
        "extensions.socket-ext.options.A_B",
        "must begin with SO_",
    ),
    "a socket of no family": (
        with_extension("network-traffic", "socket-ext", {"address_family": "AF_X"}),
        "extensions.socket-ext.address_family",
        "must be one of",
    ),
    "a TCP extension that says nothing": (
        with_extension("network-traffic", "tcp-ext", {}),
        "extensions.tcp-ext",
        "at least one",
    ),
    "an ICMP type that is not hexadecimal": (
        with_extension("network-traffic", "icmp-ext", {"icmp_type_hex": "8", "icmp_code_hex": "00"}),
        "extensions.icmp-ext.icmp_type_hex",
        "hexadecimal",
    ),
    "a request without a method": (
        with_extension("network-traffic", "http-request-ext", {"request_value": "/"}),
        "extensions.http-request-ext.request_method",
        "section 6.12.3",
    ),
    "an archive of URLs": (
        with_extension("file", "archive-ext", {"contains_refs": [ref("url")]}),
        "extensions.archive-ext.contains_refs.[0]",
        "a file or a directory",
    ),
    "a stream without a name": (
        with_extension("file", "ntfs-ext", {"alternate_data_streams": [{"size": 1}]}),
        "extensions.ntfs-ext.alternate_data_streams.[0].name",
        "is required",
    ),
    "an EXIF tag that is a list": (
        with_extension("file", "raster-image-ext", {"exif_tags": {"Make": ["a"]}}),
        "extensions.raster-image-ext.exif_tags.Make",
        "a string or an integer",
    ),
    "document information that is a number": (
        with_extension("file", "pdf-ext", {"document_info_dict": {"Title": 1}}),
        "extensions.pdf-ext.document_info_dict.Title",
        "must be a string",
    ),
    "a PE binary of no type": (
        with_extension("file", "windows-pebinary-ext", {"imphash": "a"}),
        "extensions.windows-pebinary-ext.pe_type",
        "is required",
    ),
    "an optional header of negative size": (
        with_extension("file", "windows-pebinary-ext", {"pe_type": "dll", "optional_header": {"size_of_code": -1}}),
        "extensions.windows-pebinary-ext.optional_header.size_of_code",
        "at least",
    ),
    "a file of negative size": (minimal("file", size=-1), "size", "must be 0 at least"),
    "a process of no integrity level": (
        with_extension("process", "windows-process-ext", {"integrity_level": "none"}),
        "extensions.windows-process-ext.integrity_level",
        "must be one of",
    ),
    "a service that starts as it likes": (
        with_extension("process", "windows-service-ext", {"start_type": "LATER"}),
        "extensions.windows-service-ext.start_type",
        "must be one of",
    ),
    "an account in no group": (
        with_extension("user-account", "unix-account-ext", {"groups": []}),
        "extensions.unix-account-ext.groups",
        "must not be empty",
    ),
    "an abbreviated hive": (minimal("windows-registry-key", key="HKLM\\Software"), "key", "HKEY_LOCAL_MACHINE"),
    "a registry value of no type": (
        minimal("windows-registry-key", values=[{"data_type": "REG_TEXT"}]),
        "values.[0].data_type",
        "must be one of",
    ),
    "an empty registry value": (minimal("windows-registry-key", values=[{}]), "values.[0]", "at least one"),
    "certificate extensions without any": (
        minimal("x509-certificate", x509_v3_extensions={}),
        "x509_v3_extensions",
        "at least one",
    ),
    "SCO dates that are none": (minimal("url", modified="yesterday"), "modified", "timestamp"),
}


@pytest.mark.parametrize(("tree", "where", "message"), BAD.values(), ids=BAD)
def test_what_the_standard_forbids_is_refused_where_it_stands(tree: dict[str, Any], where: str, message: str) -> None:
    violations = wrong_with(tree)
    assert where in violations, violations
    assert message in violations[where]
    assert violations[where].endswith(".")
