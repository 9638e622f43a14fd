"""Observed data that holds an observable of every type, each referring to others, as STIX 2.0 and 2.1 write it."""

from collections.abc import Mapping
from typing import Any

from tests.policy.builders import GREEN

_UUID = "5f0c1d2e-3a4b-4c5d-8e6f-0000000000{:02}"
_PART = {"content_type": "application/zip", "content_disposition": "evil.exe", "body_raw_ref": "6"}
_SERVICE = {"service_name": "updater", "service_dll_refs": ["8"], "display_name": "Updates"}
_REQUEST = {"request_method": "get", "request_value": "/evil.exe", "message_body_data_ref": "6"}

BY_KEY: Mapping[str, Mapping[str, Any]] = {
    "0": {"type": "ipv4-addr", "value": "203.0.113.66", "resolves_to_refs": ["1"], "belongs_to_refs": ["2"]},
    "1": {"type": "mac-addr", "value": "00:11:22:aa:bb:cc"},
    "2": {"type": "autonomous-system", "number": 64500, "name": "Rotterdam"},
    "3": {"type": "domain-name", "value": "evil.example", "resolves_to_refs": ["0", "4"]},
    "4": {"type": "ipv6-addr", "value": "2001:db8::1"},
    "5": {
        "type": "network-traffic",
        "src_ref": "0",
        "dst_ref": "3",
        "dst_port": 8443,
        "protocols": ["tcp", "https"],
        "src_payload_ref": "6",
        "encapsulates_refs": ["7"],
        "extensions": {"http-request-ext": _REQUEST, "icmp-ext": {"icmp_type_hex": "08", "icmp_code_hex": "00"}},
    },
    "6": {"type": "artifact", "mime_type": "application/zip", "payload_bin": "ZXZpbA=="},
    "7": {"type": "network-traffic", "src_ref": "4", "protocols": ["ipv6"]},
    "8": {
        "type": "file",
        "name": "evil.exe",
        "hashes": {"MD5": "d41d8cd98f00b204e9800998ecf8427e"},
        "parent_directory_ref": "9",
        "content_ref": "6",
        "extensions": {"archive-ext": {"contains_refs": ["10"], "comment": "of Rotterdam"}},
    },
    "9": {"type": "directory", "path": "C:\\Users\\Rotterdam", "contains_refs": ["8", "10"]},
    "10": {"type": "file", "hashes": {"MD5": "d41d8cd98f00b204e9800998ecf8427f"}, "size": 4711},
    "11": {"type": "user-account", "user_id": "1001", "account_login": "rotterdam", "display_name": "Rotterdam"},
    "12": {"type": "email-addr", "value": "ann@evil.example", "belongs_to_ref": "11", "display_name": "Ann"},
    "13": {
        "type": "email-message",
        "is_multipart": True,
        "from_ref": "12",
        "to_refs": ["12"],
        "subject": "Rotterdam",
        "body_multipart": [_PART, {"body": "hello", "content_type": "text/plain"}],
    },
    "14": {
        "type": "process",
        "pid": 4712,
        "command_line": "evil.exe --rotterdam",
        "opened_connection_refs": ["5"],
        "creator_user_ref": "11",
        "extensions": {"windows-service-ext": _SERVICE},
    },
    "15": {"type": "windows-registry-key", "key": "HKEY_LOCAL_MACHINE\\Evil", "creator_user_ref": "11"},
    "16": {"type": "url", "value": "https://evil.example/evil.exe"},
    "17": {"type": "mutex", "name": "Rotterdam"},
    "18": {"type": "software", "name": "Updater", "vendor": "Rotterdam"},
    "19": {"type": "x509-certificate", "issuer": "Rotterdam", "serial_number": "36:f7:d4:32"},
}


def observed(held: Mapping[str, Any], spec: str) -> dict[str, Any]:
    """Observed data that holds these, GREEN."""
    encoding = {"spec_version": spec} if spec == "2.1" else {}
    return {
        "type": "observed-data",
        **encoding,
        "id": "observed-data--b8a662dc-4961-4dba-87ae-af8c6da4b4f5",
        "created": "2026-03-01T08:00:00.000Z",
        "modified": "2026-03-01T08:00:00.000Z",
        "first_observed": "2026-03-01T08:00:00Z",
        "last_observed": "2026-03-01T08:00:00Z",
        "number_observed": 1,
        "object_marking_refs": [GREEN],
        "objects": held,
    }


def by_id(held: Mapping[str, Any]) -> dict[str, Any]:
    """The observables as they refer to each other in STIX 2.1: by their ids."""
    ids = {key: f"{each['type']}--{_UUID.format(int(key))}" for key, each in held.items()}

    def referring(value: Any, name: str = "") -> Any:
        if isinstance(value, dict):
            return {each: referring(inner, each) for each, inner in value.items()}
        if isinstance(value, list):
            return [referring(inner, name) for inner in value]
        return ids[value] if name.endswith(("_ref", "_refs")) else value

    return {key: {**referring(each), "id": ids[key]} for key, each in held.items()}
