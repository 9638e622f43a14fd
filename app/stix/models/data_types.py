"""The common data types of STIX 2.1 section 2 as annotated types.

Patterns are for pydantic's linear-time engine, which has no look-around; `explanations` knows each of them by its text.
"""

from collections.abc import Callable
from typing import Annotated, Any, Final, TypeAlias

from pydantic import AfterValidator, FailFast, Field, StringConstraints
from pydantic_core import PydanticCustomError

from app.stix import timestamps
from app.stix.identifiers import TYPE_PATTERN, UUID_PATTERN, type_of
from app.stix.vocabularies import META_TYPES, SCO_TYPES, SDO_TYPES, SRO_TYPES

ABSENT: Final[Any] = None
"""The default of a property that may be absent. A null in JSON is not it: null is of no STIX type."""

IDENTIFIER_PATTERN: Final = f"^{TYPE_PATTERN}--{UUID_PATTERN}$"
BASE64_PATTERN: Final = "^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$"
HEX_PATTERN: Final = "^(?:[0-9a-fA-F]{2})*$"
KEY_PATTERN: Final = "^[a-zA-Z0-9_-]{1,250}$"
PROPERTY_NAME_PATTERN: Final = "^(?:[a-z][a-z0-9_]{2,249}|id)$"
LANGUAGE_PATTERN: Final = "^[A-Za-z]{1,8}(?:-[A-Za-z0-9]{1,8})*$"
CHARACTER_SET_PATTERN: Final = r"^[a-zA-Z0-9/.+_:-]{2,250}$"
URL_PATTERN: Final = r"^[A-Za-z][A-Za-z0-9+.-]*:[^\s]+$"
_INTEGER_MAX = 2**53 - 1


def broken(message: str, where: str = "") -> PydanticCustomError:
    """The error for a rule that no type says. `where` is the place, below the value that is judged."""
    return PydanticCustomError("rule", "{message}", {"message": message, "where": where})


def _points_at(allowed: Callable[[str], bool], message: str) -> AfterValidator:
    def check(identifier: str) -> str:
        if not allowed(type_of(identifier)):
            raise broken(f"{message}, and {identifier} is not")
        return identifier

    return AfterValidator(check)


Timestamp: TypeAlias = Annotated[str, StringConstraints(pattern=timestamps.PATTERN)]
Identifier: TypeAlias = Annotated[str, StringConstraints(pattern=IDENTIFIER_PATTERN)]
Binary: TypeAlias = Annotated[str, StringConstraints(pattern=BASE64_PATTERN)]
Hex: TypeAlias = Annotated[str, StringConstraints(pattern=HEX_PATTERN)]
Language: TypeAlias = Annotated[str, StringConstraints(pattern=LANGUAGE_PATTERN)]
CharacterSet: TypeAlias = Annotated[str, StringConstraints(pattern=CHARACTER_SET_PATTERN)]
Url: TypeAlias = Annotated[str, StringConstraints(pattern=URL_PATTERN)]
Integer: TypeAlias = Annotated[int, Field(ge=-_INTEGER_MAX, le=_INTEGER_MAX)]
Count: TypeAlias = Annotated[int, Field(ge=0, le=_INTEGER_MAX)]
Port: TypeAlias = Annotated[int, Field(ge=0, le=65535)]
Key: TypeAlias = Annotated[str, StringConstraints(pattern=KEY_PATTERN)]
PropertyName: TypeAlias = Annotated[str, StringConstraints(pattern=PROPERTY_NAME_PATTERN)]
Dictionary: TypeAlias = Annotated[dict[Key, Any], Field(min_length=1)]
Strings: TypeAlias = Annotated[list[str], FailFast(), Field(min_length=1)]


def _is_string_or_strings(value: Any) -> Any:
    strings = value if isinstance(value, list) and value else [value]
    if not all(isinstance(item, str) for item in strings):
        raise broken("must be a string or a list of strings")
    return value


def _is_string_or_integer(value: Any) -> Any:
    if not isinstance(value, str) and type(value) is not int:
        raise broken("must be a string or an integer")
    return value


StringOrStrings: TypeAlias = Annotated[Any, AfterValidator(_is_string_or_strings)]
StringOrInteger: TypeAlias = Annotated[Any, AfterValidator(_is_string_or_integer)]

IdentityRef: TypeAlias = Annotated[str, StringConstraints(pattern=f"^identity--{UUID_PATTERN}$")]
MarkingRef: TypeAlias = Annotated[str, StringConstraints(pattern=f"^marking-definition--{UUID_PATTERN}$")]
ArtifactRef: TypeAlias = Annotated[str, StringConstraints(pattern=f"^artifact--{UUID_PATTERN}$")]
AutonomousSystemRef: TypeAlias = Annotated[str, StringConstraints(pattern=f"^autonomous-system--{UUID_PATTERN}$")]
DirectoryRef: TypeAlias = Annotated[str, StringConstraints(pattern=f"^directory--{UUID_PATTERN}$")]
EmailAddrRef: TypeAlias = Annotated[str, StringConstraints(pattern=f"^email-addr--{UUID_PATTERN}$")]
FileRef: TypeAlias = Annotated[str, StringConstraints(pattern=f"^file--{UUID_PATTERN}$")]
MacAddrRef: TypeAlias = Annotated[str, StringConstraints(pattern=f"^mac-addr--{UUID_PATTERN}$")]
NetworkTrafficRef: TypeAlias = Annotated[str, StringConstraints(pattern=f"^network-traffic--{UUID_PATTERN}$")]
ObservedDataRef: TypeAlias = Annotated[str, StringConstraints(pattern=f"^observed-data--{UUID_PATTERN}$")]
ProcessRef: TypeAlias = Annotated[str, StringConstraints(pattern=f"^process--{UUID_PATTERN}$")]
SoftwareRef: TypeAlias = Annotated[str, StringConstraints(pattern=f"^software--{UUID_PATTERN}$")]
UserAccountRef: TypeAlias = Annotated[str, StringConstraints(pattern=f"^user-account--{UUID_PATTERN}$")]
FileOrDirectoryRef: TypeAlias = Annotated[str, StringConstraints(pattern=f"^(?:file|directory)--{UUID_PATTERN}$")]
ArtifactOrFileRef: TypeAlias = Annotated[str, StringConstraints(pattern=f"^(?:artifact|file)--{UUID_PATTERN}$")]
IdentityOrLocationRef: TypeAlias = Annotated[str, StringConstraints(pattern=f"^(?:identity|location)--{UUID_PATTERN}$")]
ResolvedRef: TypeAlias = Annotated[
    str, StringConstraints(pattern=f"^(?:ipv4-addr|ipv6-addr|domain-name)--{UUID_PATTERN}$")
]
HostRef: TypeAlias = Annotated[
    str, StringConstraints(pattern=f"^(?:ipv4-addr|ipv6-addr|mac-addr|domain-name)--{UUID_PATTERN}$")
]

_NOT_SCO = SDO_TYPES | SRO_TYPES | META_TYPES | {"bundle"}
_NOT_SDO = SCO_TYPES | SRO_TYPES | META_TYPES | {"bundle"}
_NOT_LINKED = SRO_TYPES | META_TYPES | {"bundle"}

# the class of a custom type is not known, so that a reference to one may be of any class
StixObjectRef: TypeAlias = Annotated[
    Identifier, _points_at(lambda name: name != "bundle", "must be the id of a STIX object")
]
SdoRef: TypeAlias = Annotated[
    Identifier, _points_at(lambda name: name not in _NOT_SDO, "must be the id of an SDO or a custom object")
]
ScoRef: TypeAlias = Annotated[
    Identifier, _points_at(lambda name: name not in _NOT_SCO, "must be the id of an SCO or a custom object")
]
ScoOrSroRef: TypeAlias = Annotated[
    Identifier,
    _points_at(lambda name: name in SRO_TYPES or name not in _NOT_SCO, "must be the id of an SCO, an SRO or custom"),
]
EndpointRef: TypeAlias = Annotated[
    Identifier, _points_at(lambda name: name not in _NOT_LINKED, "must be the id of an SDO or SCO")
]
StixObjectRefs: TypeAlias = Annotated[list[StixObjectRef], FailFast(), Field(min_length=1)]
ScoRefs: TypeAlias = Annotated[list[ScoRef], FailFast(), Field(min_length=1)]
