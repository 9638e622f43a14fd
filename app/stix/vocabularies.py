"""The object types of STIX 2.1 by class, and its closed vocabularies (section 10)."""

from typing import Final, Literal, TypeAlias

SDO_TYPES: Final = frozenset(
    {
        *("attack-pattern", "campaign", "course-of-action", "grouping", "identity", "incident", "indicator"),
        *("infrastructure", "intrusion-set", "location", "malware", "malware-analysis", "note", "observed-data"),
        *("opinion", "report", "threat-actor", "tool", "vulnerability"),
    }
)
SRO_TYPES: Final = frozenset({"relationship", "sighting"})
SCO_TYPES: Final = frozenset(
    {
        *("artifact", "autonomous-system", "directory", "domain-name", "email-addr", "email-message", "file"),
        *("ipv4-addr", "ipv6-addr", "mac-addr", "mutex", "network-traffic", "process", "software", "url"),
        *("user-account", "windows-registry-key", "x509-certificate"),
    }
)
META_TYPES: Final = frozenset({"extension-definition", "language-content", "marking-definition"})
STIX20_TYPES: Final = frozenset(
    {
        *("attack-pattern", "campaign", "course-of-action", "identity", "indicator", "intrusion-set", "malware"),
        *("observed-data", "report", "threat-actor", "tool", "vulnerability"),
        *("relationship", "sighting", "marking-definition"),
    }
)
"""The types that STIX 2.0 defines; it has no SCOs of their own."""

RESERVED_TYPES: Final = frozenset({"action"})
RESERVED_PROPERTIES: Final = frozenset({"action", "phone_numbers", "severity", "username"})

Opinion: TypeAlias = Literal["strongly-disagree", "disagree", "neutral", "agree", "strongly-agree"]
EncryptionAlgorithm: TypeAlias = Literal["AES-256-GCM", "ChaCha20-Poly1305", "mime-type-indicated"]
ExtensionType: TypeAlias = Literal["new-sdo", "new-sco", "new-sro", "property-extension", "toplevel-property-extension"]
AddressFamily: TypeAlias = Literal[
    "AF_UNSPEC", "AF_INET", "AF_IPX", "AF_APPLETALK", "AF_NETBIOS", "AF_INET6", "AF_IRDA", "AF_BTH"
]
SocketType: TypeAlias = Literal["SOCK_STREAM", "SOCK_DGRAM", "SOCK_RAW", "SOCK_RDM", "SOCK_SEQPACKET"]
IntegrityLevel: TypeAlias = Literal["low", "medium", "high", "system"]
# the standard prints DESCRIPTION in its table; DESCRIPTOR is what Windows calls it
RegistryDatatype: TypeAlias = Literal[
    "REG_NONE",
    "REG_SZ",
    "REG_EXPAND_SZ",
    "REG_BINARY",
    "REG_DWORD",
    "REG_DWORD_BIG_ENDIAN",
    "REG_DWORD_LITTLE_ENDIAN",
    "REG_LINK",
    "REG_MULTI_SZ",
    "REG_RESOURCE_LIST",
    "REG_FULL_RESOURCE_DESCRIPTION",
    "REG_FULL_RESOURCE_DESCRIPTOR",
    "REG_RESOURCE_REQUIREMENTS_LIST",
    "REG_QWORD",
    "REG_INVALID_TYPE",
]
ServiceStartType: TypeAlias = Literal[
    "SERVICE_AUTO_START",
    "SERVICE_BOOT_START",
    "SERVICE_DEMAND_START",
    "SERVICE_DISABLED",
    "SERVICE_SYSTEM_ALERT",
]
ServiceType: TypeAlias = Literal[
    "SERVICE_KERNEL_DRIVER",
    "SERVICE_FILE_SYSTEM_DRIVER",
    "SERVICE_WIN32_OWN_PROCESS",
    "SERVICE_WIN32_SHARE_PROCESS",
]
ServiceStatus: TypeAlias = Literal[
    "SERVICE_CONTINUE_PENDING",
    "SERVICE_PAUSE_PENDING",
    "SERVICE_PAUSED",
    "SERVICE_RUNNING",
    "SERVICE_START_PENDING",
    "SERVICE_STOP_PENDING",
    "SERVICE_STOPPED",
]
