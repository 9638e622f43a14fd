"""What may stand in the keys of the files: the types from which the two shapes are built.

Each refuses with a sentence and a remedy. Names are checked against what the files declare (`Names`, the context of the
validation), so that a misspelt member is found in the same pass as everything else.
"""

import re
from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from difflib import get_close_matches
from typing import Annotated, Any, Final, Literal, TypeAlias, TypeVar

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Discriminator,
    Field,
    Tag,
    ValidationInfo,
    WithJsonSchema,
)
from pydantic_core import PydanticCustomError

from app.files.yaml_document import NotText
from app.files.yaml_document import quoted as quoted

RESERVED_ROOTS: Final = frozenset({"api", "console", "docs", "health", "metrics", "openapi.json", "ready", "taxii2"})
ALIAS_OF_LEVEL: Final = {"white": "clear"}
"""TLP 1.0 names that TLP 2.0 replaced."""

LONGEST: Final = timedelta(days=36525)
"""The longest duration that a file may name: a hundred years."""

_SLUG: Final = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*\Z")
_UUID: Final = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\Z", re.IGNORECASE)
_UUID4: Final = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}\Z", re.IGNORECASE)
_STIX_TYPE: Final = re.compile(r"[a-z0-9][a-z0-9-]{1,248}[a-z0-9]\Z")
_INSTANT: Final = re.compile(
    r"\d{4}-\d\d-\d\d(?:[Tt ]\d\d:\d\d(?::\d\d(?:\.\d{1,6})?)?(?:[Zz]|[+-]\d\d:\d\d))?\Z", re.ASCII
)
_WITHOUT_ZONE: Final = re.compile(r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?\Z", re.ASCII)
_DURATION: Final = re.compile(
    r"P(?=.)(?:(?P<weeks>\d{1,5})W|(?:(?P<days>\d{1,5})D)?(?:T(?=.)(?:(?P<hours>\d{1,6})H)?(?:(?P<minutes>\d{1,6})M)?"
    r"(?:(?P<seconds>\d{1,8})S)?)?)\Z",
    re.ASCII,
)
_ACCOUNT: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._@-]{0,63}\Z")

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Names:
    """What the names in one file may refer to. `partners` is None if partners.yaml itself could not be read."""

    partners: frozenset[str] | None
    members: frozenset[str] = frozenset()
    groups: frozenset[str] = frozenset()
    collections: frozenset[str] = frozenset()


class Entry(BaseModel):
    """A mapping with known keys. Unknown keys are refused; values are taken as they are or not at all."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)


def nearest(wrong: str, known: Collection[str], otherwise: str) -> str:
    """The remedy for a name that is not known: the name that was probably meant, else `otherwise`."""
    meant = wrong[:60].lower().removeprefix("tlp:").replace("_", "-")
    close = get_close_matches(ALIAS_OF_LEVEL.get(meant, meant), sorted(known), n=1, cutoff=0.6)
    return f"Write {quoted(close[0])}, if that was meant" if close else otherwise


def refusal(what: str, remedy: str) -> PydanticCustomError:
    """What a validator raises: one sentence and its remedy, both without their full stop."""
    return PydanticCustomError("refused", "refused", {"what": what, "remedy": remedy})


def _slug(value: str) -> str:
    if not _SLUG.match(value) or len(value) > 63:
        suggestion = "-".join(re.findall(r"[a-z0-9]+", value[:80].lower()))[:63].strip("-") or "north-sea"
        remedy = f"Use a-z, 0-9 and single hyphens, 63 characters at most: {quoted(suggestion)}"
        raise refusal(f"{quoted(value)} is no name as URLs and files take it", remedy)
    return value


def _root(value: str) -> str:
    if value in RESERVED_ROOTS:
        raise refusal(
            f"{quoted(value)} is a path of the server itself", f"Name it otherwise: {quoted(value + '-group')}"
        )
    return _slug(value)


def _alias(value: str) -> str:
    if _UUID.match(value):
        remedy = "Write a name, such as `indicators`, and put the UUID under `id`"
        raise refusal(f"The alias {quoted(value)} looks like a collection's id", remedy)
    return _slug(value)


def _uuid4(value: str) -> str:
    if not _UUID4.match(value):
        remedy = 'Write what `python3 -c "import uuid; print(uuid.uuid4())"` prints'
        raise refusal(f"{quoted(value)} is no UUID of version 4", remedy)
    return value.lower()


def _duration(value: object) -> timedelta:
    remedy = "Write a duration as ISO 8601 has it, in weeks, or in days, hours, minutes and seconds: `PT24H`, `P90D`"
    text = value.text if isinstance(value, NotText) else str(value)
    written = _DURATION.match(text) if isinstance(value, str) else None
    if written is None:
        raise refusal(f"{quoted(text)} is no duration of a fixed length", remedy)
    length = timedelta(**{name: int(part) for name, part in written.groupdict().items() if part is not None})
    if not timedelta() < length <= LONGEST:
        raise refusal(f"{quoted(text)} is no time, or more than {LONGEST.days} days", remedy)
    return length


def _names(info: ValidationInfo) -> Names:
    assert isinstance(info.context, Names), "files are validated with the names they may refer to"
    return info.context


def _partner(value: str, info: ValidationInfo) -> str:
    known = _names(info).partners
    if known is not None and value not in known:
        remedy = nearest(value, known, f"Describe {quoted(value)} under `partners` in partners.yaml")
        raise refusal(f"{quoted(value)} is no partner of this exchange", remedy)
    return value


def _member(value: str, info: ValidationInfo) -> str:
    known = _names(info).members
    if value not in known:
        raise refusal(
            f"{quoted(value)} is no member of this partnership",
            nearest(value, known, f"Add {quoted(value)} under `members`, or take it out here"),
        )
    return value


def _group(value: str, info: ValidationInfo) -> str:
    if value == "all" or value in _names(info).members:
        taken = "means every member" if value == "all" else "is a member"
        raise refusal(
            f"{quoted(value)} {taken}, so it can't name a group", f"Name it otherwise: {quoted(value + '-group')}"
        )
    return _slug(value)


def _member_or_group(value: str, info: ValidationInfo) -> str:
    names = _names(info)
    if value not in names.members | names.groups:
        raise refusal(
            f"{quoted(value)} is no member and no group of this partnership",
            nearest(value, names.members | names.groups, f"Add {quoted(value)} under `members` or `groups`"),
        )
    return value


def _collection(value: str, info: ValidationInfo) -> str:
    known = _names(info).collections
    if value not in known:
        remedy = nearest(value, known, "Write the alias of one, or take it out here")
        raise refusal(f"{quoted(value)} is no collection of this partnership", remedy)
    return value


def _confidence(value: object) -> int:
    text = value.text if isinstance(value, NotText) else str(value)
    if not isinstance(value, NotText) or not re.fullmatch(r"\d{1,3}", text) or int(text) > 100:
        raise refusal(f"{quoted(text)} is no confidence", "Write a whole number from 0 to 100")
    return int(text)


def _truth(value: object) -> bool:
    if not isinstance(value, NotText) or value.kind != "a truth value":
        text = value.text if isinstance(value, NotText) else str(value)
        raise refusal(f"{quoted(text)} is neither `true` nor `false`", "Write `true`, or leave the key out")
    return value.text.lower() == "true"


def _red_account(value: str, info: ValidationInfo) -> str:
    partner, slash, account = value.partition("/")
    if not slash or not _ACCOUNT.match(account):
        raise refusal(f"{quoted(value)} names no account", "Write `partner/account`, such as `nl-cert/nl-duty-officer`")
    _member(partner, info)
    return value


def _instant(value: object) -> object:
    if not isinstance(value, str):
        return value
    if _WITHOUT_ZONE.match(value):
        raise refusal(f"The instant {quoted(value)} has no zone", f"Write {quoted(value + 'Z')} for UTC")
    try:
        instant = datetime.fromisoformat(value.upper()) if _INSTANT.match(value) else None
        if instant is not None:
            return instant.replace(tzinfo=UTC) if instant.tzinfo is None else instant.astimezone(UTC)
    except (ValueError, OverflowError):
        pass
    raise refusal(
        f"{quoted(value)} is no date and no instant",
        "Write a date of the calendar, such as `2026-01-01`, or an instant, such as `2026-01-01T00:00:00Z`",
    )


def _stix_type(value: str) -> str:
    if not _STIX_TYPE.match(value):
        raise refusal(f"{quoted(value)} is no STIX type", "Write a type as objects carry it, such as `indicator`")
    return value


def _identity(value: str) -> str:
    return _stix_id(value, ("identity",))


def _marking(value: str) -> str:
    return _stix_id(value, ("marking-definition",))


def _custom(value: str) -> str:
    return _stix_id(value, ("marking-definition", "extension-definition"))


def _stix_id(value: str, types: tuple[str, ...]) -> str:
    kind, _, uuid = value.partition("--")
    if kind not in types or not _UUID.match(uuid):
        wanted = " or ".join(f"{name}--" for name in types)
        remedy = f"Write {wanted} and a UUID, exactly as the objects have it"
        raise refusal(f"{quoted(value)} is no id of {' or '.join(types)}", remedy)
    return value


def _title(value: str) -> str:
    if not value.strip() or len(value) > 250 or not value.isprintable():
        raise refusal(f"{quoted(value)} is no title", "Write one line of 1 to 250 characters")
    return value


def _title_without_dots(value: str) -> str:
    # Clients such as Splunk's address a collection as `root.title`.
    if "." in value:
        raise refusal(f"The title {quoted(value)} has a dot", f"Write {quoted(value.replace('.', ' ').strip())}")
    return _title(value)


def _description(value: str) -> str:
    if not value.strip() or len(value) > 4000:
        raise refusal("The description is empty or longer than 4000 characters", "Shorten it, or leave the key out")
    return value


def _as_text(value: object) -> object:
    # `2.1` without quotes is a number to YAML; what is meant is plain.
    return value.text if isinstance(value, NotText) and value.kind == "a number" else value


def all_or_list(value: Any) -> str:
    """Which side of `all | list` a value is read as; the tags can't be taken for keys."""
    return "(list)" if isinstance(value, list) else "(all)"


def creator_or_relays(value: Any) -> str:
    """Which side of `creator | {member: [members]}` a value is read as."""
    return "(relays)" if isinstance(value, dict) else "(creator)"


Everyone: TypeAlias = Annotated[Literal["all"], Tag("(all)")]
Slug: TypeAlias = Annotated[str, AfterValidator(_slug)]
Root: TypeAlias = Annotated[str, AfterValidator(_root)]
Alias: TypeAlias = Annotated[str, AfterValidator(_alias)]
Uuid4: TypeAlias = Annotated[str, AfterValidator(_uuid4)]
PartnerName: TypeAlias = Annotated[str, AfterValidator(_partner)]
MemberName: TypeAlias = Annotated[str, AfterValidator(_member)]
GroupName: TypeAlias = Annotated[str, AfterValidator(_group)]
MemberOrGroup: TypeAlias = Annotated[str, AfterValidator(_member_or_group)]
CollectionName: TypeAlias = Annotated[str, AfterValidator(_collection)]
Confidence: TypeAlias = Annotated[int, BeforeValidator(_confidence), WithJsonSchema({"type": "integer"})]
Truth: TypeAlias = Annotated[bool, BeforeValidator(_truth), WithJsonSchema({"type": "boolean"})]
RedAccount: TypeAlias = Annotated[str, AfterValidator(_red_account)]
Instant: TypeAlias = Annotated[datetime, BeforeValidator(_instant), WithJsonSchema({"type": "string"})]
Duration: TypeAlias = Annotated[timedelta, BeforeValidator(_duration), WithJsonSchema({"type": "string"})]
IdentityId: TypeAlias = Annotated[str, AfterValidator(_identity)]
MarkingId: TypeAlias = Annotated[str, AfterValidator(_marking)]
CustomId: TypeAlias = Annotated[str, AfterValidator(_custom)]
StixType: TypeAlias = Annotated[str, AfterValidator(_stix_type)]
Title: TypeAlias = Annotated[str, AfterValidator(_title)]
CollectionTitle: TypeAlias = Annotated[str, AfterValidator(_title_without_dots)]
Description: TypeAlias = Annotated[str, AfterValidator(_description)]
Level: TypeAlias = Literal["clear", "green", "amber", "amber+strict", "red"]
LevelOrRefuse: TypeAlias = Literal["refuse", "clear", "green", "amber", "amber+strict", "red"]
SpecVersion: TypeAlias = Annotated[Literal["2.0", "2.1"], BeforeValidator(_as_text)]
Members: TypeAlias = Annotated[Everyone | Annotated[list[MemberName], Tag("(list)")], Discriminator(all_or_list)]
MembersOrGroups: TypeAlias = Annotated[
    Everyone | Annotated[list[MemberOrGroup], Tag("(list)")], Discriminator(all_or_list)
]
CollectionNames: TypeAlias = Annotated[
    Everyone | Annotated[list[CollectionName], Tag("(list)")], Discriminator(all_or_list)
]
Levels: TypeAlias = Annotated[Everyone | Annotated[list[Level], Tag("(list)")], Discriminator(all_or_list)]
Types: TypeAlias = Annotated[Everyone | Annotated[list[StixType], Tag("(list)")], Discriminator(all_or_list)]
Statements: TypeAlias = Annotated[Everyone | Annotated[list[MarkingId], Tag("(list)")], Discriminator(all_or_list)]
Ownership: TypeAlias = Annotated[
    Annotated[Literal["creator"], Tag("(creator)")] | Annotated[dict[MemberName, list[MemberName]], Tag("(relays)")],
    Discriminator(creator_or_relays),
]


def key(description: str, example: object, **constraints: Any) -> Any:
    """A required key: what it means and an example of its value, for people, remedies and editors."""
    return Field(description=description, examples=[example], **constraints)


def optional(default: object, description: str, example: object, **constraints: Any) -> Any:
    """A key that may be left out."""
    return Field(default=default, description=description, examples=[example], **constraints)
