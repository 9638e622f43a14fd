"""Network traffic and its predefined extensions: STIX 2.1 section 6.12."""

from typing import Annotated

from pydantic import FailFast, Field

from app.stix.models.data_types import (
    ABSENT,
    ArtifactRef,
    Count,
    Hex,
    HostRef,
    Integer,
    Key,
    NetworkTrafficRef,
    Port,
    StringOrInteger,
    StringOrStrings,
    Strings,
    Timestamp,
    broken,
)
from app.stix.models.parts import Extensions, ObservableObject, Part
from app.stix.vocabularies import AddressFamily, SocketType

_SOCKET_OPTION_PREFIXES = ("SO_", "ICMP_", "ICMP6_", "IP_", "IPV6_", "MCAST_", "TCP_", "IRLMP_")


class HttpRequestExtension(Part):
    """`http-request-ext`."""

    section = "6.12.3"

    request_method: str
    request_value: str
    request_version: str = ABSENT
    request_header: Annotated[dict[Key, StringOrStrings], Field(min_length=1)] = ABSENT
    message_body_length: Integer = ABSENT
    message_body_data_ref: ArtifactRef = ABSENT


class IcmpExtension(Part):
    """`icmp-ext`."""

    section = "6.12.4"

    icmp_type_hex: Hex
    icmp_code_hex: Hex


class SocketExtension(Part):
    """`socket-ext`."""

    section = "6.12.5"

    address_family: AddressFamily
    is_blocking: bool = ABSENT
    is_listening: bool = ABSENT
    options: Annotated[dict[Key, Integer], Field(min_length=1)] = ABSENT
    socket_type: SocketType = ABSENT
    socket_descriptor: Count = ABSENT
    socket_handle: Integer = ABSENT

    def co_constraints(self) -> None:
        """Options are named as the socket interfaces name them."""
        for name in self.options or ():
            if not name.startswith(_SOCKET_OPTION_PREFIXES):
                raise broken(
                    "must begin with SO_, ICMP_, ICMP6_, IP_, IPV6_, MCAST_, TCP_ or IRLMP_", f"options.{name}"
                )


class TcpExtension(Part):
    """`tcp-ext`."""

    section = "6.12.6"

    src_flags_hex: Hex = ABSENT
    dst_flags_hex: Hex = ABSENT

    def co_constraints(self) -> None:
        """Not empty."""
        self.something()


class NetworkTrafficExtensions(Extensions):
    """The predefined extensions of network traffic."""

    http_request: HttpRequestExtension = Field(ABSENT, alias="http-request-ext")
    icmp: IcmpExtension = Field(ABSENT, alias="icmp-ext")
    socket: SocketExtension = Field(ABSENT, alias="socket-ext")
    tcp: TcpExtension = Field(ABSENT, alias="tcp-ext")


class NetworkTraffic(ObservableObject):
    """Traffic from a source to a destination."""

    section = "6.12"

    extensions: NetworkTrafficExtensions = ABSENT
    start: Timestamp = ABSENT
    end: Timestamp = ABSENT
    is_active: bool = ABSENT
    src_ref: HostRef = ABSENT
    dst_ref: HostRef = ABSENT
    src_port: Port = ABSENT
    dst_port: Port = ABSENT
    protocols: Strings
    src_byte_count: Count = ABSENT
    dst_byte_count: Count = ABSENT
    src_packets: Count = ABSENT
    dst_packets: Count = ABSENT
    ipfix: Annotated[dict[Key, StringOrInteger], Field(min_length=1)] = ABSENT
    src_payload_ref: ArtifactRef = ABSENT
    dst_payload_ref: ArtifactRef = ABSENT
    encapsulates_refs: Annotated[list[NetworkTrafficRef], FailFast(), Field(min_length=1)] = ABSENT
    encapsulated_by_ref: NetworkTrafficRef = ABSENT

    def co_constraints(self) -> None:
        """It has an end point, does not end before it starts, and is not active once it has ended."""
        super().co_constraints()
        self.one_of("src_ref", "dst_ref")
        self.in_order("start", "end")
        if self.end is not None and self.is_active:
            raise broken("must be false where there is an `end`", "is_active")
