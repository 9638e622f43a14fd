"""STIX Cyber-observable Objects of STIX 2.1 section 6 that are one value: names, addresses, artifacts, messages."""

import re
from ipaddress import AddressValueError, IPv6Address
from typing import Annotated

from pydantic import FailFast, Field, StringConstraints

from app.stix.models.data_types import (
    ABSENT,
    ArtifactOrFileRef,
    ArtifactRef,
    AutonomousSystemRef,
    Binary,
    EmailAddrRef,
    Integer,
    Key,
    MacAddrRef,
    ResolvedRef,
    StringOrStrings,
    Strings,
    Timestamp,
    Url,
    UserAccountRef,
    broken,
)
from app.stix.models.parts import Hashes, ObservableObject, Part
from app.stix.vocabularies import EncryptionAlgorithm

_OCTET = "(?:25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])"
IPV4_PATTERN = rf"^{_OCTET}(?:\.{_OCTET}){{3}}(?:/(?:3[0-2]|[12]?[0-9]))?$"
MAC_PATTERN = "^[0-9a-f]{2}(?::[0-9a-f]{2}){5}$"
DOMAIN_PATTERN = r"^[^\s./:@]+(?:\.[^\s./:@]+)*\.?$"
EMAIL_PATTERN = r'^(?:"[^"]+"|[^\s@<>"]+)@[^\s@<>]+$'
_IPV6_PREFIX = re.compile("12[0-8]|1[01][0-9]|[1-9]?[0-9]")


class Artifact(ObservableObject):
    """Bytes, here or at a URL."""

    section = "6.1"

    mime_type: str = ABSENT
    payload_bin: Binary = ABSENT
    url: Url = ABSENT
    hashes: Hashes = ABSENT
    encryption_algorithm: EncryptionAlgorithm = ABSENT
    decryption_key: str = ABSENT

    def co_constraints(self) -> None:
        """Bytes or a URL; hashes with a URL; a key only for what is encrypted."""
        super().co_constraints()
        if (self.payload_bin is None) == (self.url is None):
            raise broken("must have either `payload_bin` or `url`, one of them")
        if self.url is not None and self.hashes is None:
            raise broken("is required where there is a `url`", "hashes")
        if self.decryption_key is not None and self.encryption_algorithm is None:
            raise broken("needs `encryption_algorithm`", "decryption_key")


class AutonomousSystem(ObservableObject):
    """An autonomous system, by its number."""

    section = "6.2"

    number: Integer
    name: str = ABSENT
    rir: str = ABSENT


class DomainName(ObservableObject):
    """A network domain name."""

    section = "6.4"

    value: Annotated[str, StringConstraints(pattern=DOMAIN_PATTERN)]
    resolves_to_refs: Annotated[list[ResolvedRef], FailFast(), Field(min_length=1)] = ABSENT


class EmailAddress(ObservableObject):
    """One email address."""

    section = "6.5"

    value: Annotated[str, StringConstraints(pattern=EMAIL_PATTERN)]
    display_name: str = ABSENT
    belongs_to_ref: UserAccountRef = ABSENT


class EmailMimePart(Part):
    """One part of a message of several (section 6.6.2)."""

    section = "6.6.2"

    body: str = ABSENT
    body_raw_ref: ArtifactOrFileRef = ABSENT
    content_type: str = ABSENT
    content_disposition: str = ABSENT

    def co_constraints(self) -> None:
        """It has a body."""
        self.one_of("body", "body_raw_ref")


class EmailMessage(ObservableObject):
    """One email message."""

    section = "6.6"

    is_multipart: bool
    date: Timestamp = ABSENT
    content_type: str = ABSENT
    from_ref: EmailAddrRef = ABSENT
    sender_ref: EmailAddrRef = ABSENT
    to_refs: Annotated[list[EmailAddrRef], FailFast(), Field(min_length=1)] = ABSENT
    cc_refs: Annotated[list[EmailAddrRef], FailFast(), Field(min_length=1)] = ABSENT
    bcc_refs: Annotated[list[EmailAddrRef], FailFast(), Field(min_length=1)] = ABSENT
    message_id: str = ABSENT
    subject: str = ABSENT
    received_lines: Strings = ABSENT
    additional_header_fields: Annotated[dict[Key, StringOrStrings], Field(min_length=1)] = ABSENT
    body: str = ABSENT
    body_multipart: Annotated[list[EmailMimePart], FailFast(), Field(min_length=1)] = ABSENT
    raw_email_ref: ArtifactRef = ABSENT

    def co_constraints(self) -> None:
        """`body` is for a message of one part, `body_multipart` for one of several."""
        super().co_constraints()
        if self.is_multipart and self.body is not None:
            raise broken("is for a message that is not multipart", "body")
        if not self.is_multipart and self.body_multipart is not None:
            raise broken("is for a multipart message", "body_multipart")


class Ipv4Address(ObservableObject):
    """IPv4 addresses, one or a CIDR block."""

    section = "6.8"

    value: Annotated[str, StringConstraints(pattern=IPV4_PATTERN)]
    resolves_to_refs: Annotated[list[MacAddrRef], FailFast(), Field(min_length=1)] = ABSENT
    belongs_to_refs: Annotated[list[AutonomousSystemRef], FailFast(), Field(min_length=1)] = ABSENT


class Ipv6Address(ObservableObject):
    """IPv6 addresses, one or a CIDR block."""

    section = "6.9"

    value: str
    resolves_to_refs: Annotated[list[MacAddrRef], FailFast(), Field(min_length=1)] = ABSENT
    belongs_to_refs: Annotated[list[AutonomousSystemRef], FailFast(), Field(min_length=1)] = ABSENT

    def co_constraints(self) -> None:
        """The value is an address or a block."""
        super().co_constraints()
        address, slash, prefix = self.value.partition("/")
        try:
            IPv6Address(address)
        except AddressValueError:
            raise broken("is no IPv6 address or CIDR block", "value") from None
        if slash and not _IPV6_PREFIX.fullmatch(prefix):
            raise broken("has a prefix length that is not between 0 and 128", "value")


class MacAddress(ObservableObject):
    """One MAC address, in lower case and with colons."""

    section = "6.10"

    value: Annotated[str, StringConstraints(pattern=MAC_PATTERN)]


class Mutex(ObservableObject):
    """A mutual exclusion object."""

    section = "6.11"

    name: str


class Software(ObservableObject):
    """A software product."""

    section = "6.14"

    name: str
    cpe: str = ABSENT
    swid: str = ABSENT
    languages: Strings = ABSENT
    vendor: str = ABSENT
    version: str = ABSENT


class UniformResourceLocator(ObservableObject):
    """A URL."""

    section = "6.15"

    value: Url
