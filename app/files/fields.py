"""What may stand in the keys of the files, names left aside: the types from which the two shapes are built.

Each refuses with a sentence and a remedy.
"""

import re
from collections.abc import Collection
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
    WithJsonSchema,
)
from pydantic_core import PydanticCustomError

from app.files.yaml_document import NotText
from app.files.yaml_document import quoted as quoted
from app.policy.markings import PAP_EXTENSION
from app.policy.vocabularies import acs, iep

ALIAS_OF_LEVEL: Final = {"white": "clear"}
"""TLP 1.0 names that TLP 2.0 replaced."""

OWN_KEYS: Final = {
    "extension-definition--60a3c5c5-0d10-413e-aab3-9e08dde9e88d": "tlp",
    PAP_EXTENSION: "pap",
    iep.EXTENSION: "iep",
    acs.EXTENSION: "acs",
}
"""The vocabularies that have a key of their own under `release`, by the extension of their definitions."""

LONGEST: Final = timedelta(days=36525)
"""The longest duration that a file may name: a hundred years."""

UUID_FORM: Final = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\Z", re.IGNORECASE)
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
_COUNTRY: Final = re.compile(r"[A-Z]{3}\Z")
_ORGANIZATION: Final = re.compile(r"[A-Z0-9][A-Z0-9_-]*(?:\.[A-Z0-9_-]+)*\Z")

T = TypeVar("T")


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
    return _without_key(_stix_id(value, ("marking-definition", "extension-definition")))


def _beside_tlp(value: str) -> str:
    if OWN_KEYS.get(value) == "tlp":
        raise refusal(
            f"{quoted(value)} stands for levels of TLP", "Take it out here, and write `tlp` beside `markings`"
        )
    return _stix_id(value, ("marking-definition", "extension-definition"))


def _extension(value: str) -> str:
    return _without_key(_stix_id(value, ("extension-definition",)))


def _without_key(value: str) -> str:
    if value in OWN_KEYS:
        remedy = f"Take it out here, and write `{OWN_KEYS[value]}` under `release`"
        raise refusal(f"The markings of {quoted(value)} have a key of their own", remedy)
    return value


def _country(value: str) -> str:
    if not _COUNTRY.match(value):
        raise refusal(f"{quoted(value)} is no country", "Write its three letters of ISO 3166, such as `NLD` or `USA`")
    return value


def _organization(value: str) -> str:
    if not _ORGANIZATION.match(value):
        remedy = "Write a token as ACS has it, such as `USA.DHS.US-CERT` or `NONFED`"
        raise refusal(f"{quoted(value)} is no organization", remedy)
    return value


def _dissemination(value: str) -> str:
    if not value or value != value.strip():
        raise refusal(f"{quoted(value)} is no dissemination control", "Write it as CUI has it, such as `NOFORN`")
    return value


def _stix_id(value: str, types: tuple[str, ...]) -> str:
    kind, _, uuid = value.partition("--")
    if kind not in types or not UUID_FORM.match(uuid):
        wanted = " or ".join(f"{name}--" for name in types)
        remedy = f"Write {wanted} and a UUID, exactly as the objects have it"
        raise refusal(f"{quoted(value)} is no id of {' or '.join(types)}", remedy)
    return value


def _requirement(value: str) -> str:
    if value in ("tlp", "pap"):
        return value
    if "--" not in value:
        remedy = "Write `tlp`, `pap`, or the id of a marking-definition that has to stand on every object"
        raise refusal(f"{quoted(value)} is no kind of marking that can be required", remedy)
    return _marking(value)


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


Everyone: TypeAlias = Annotated[Literal["all"], Tag("(all)")]
Uuid4: TypeAlias = Annotated[str, AfterValidator(_uuid4)]
Confidence: TypeAlias = Annotated[int, BeforeValidator(_confidence), WithJsonSchema({"type": "integer"})]
Truth: TypeAlias = Annotated[bool, BeforeValidator(_truth), WithJsonSchema({"type": "boolean"})]
Instant: TypeAlias = Annotated[datetime, BeforeValidator(_instant), WithJsonSchema({"type": "string"})]
Duration: TypeAlias = Annotated[timedelta, BeforeValidator(_duration), WithJsonSchema({"type": "string"})]
IdentityId: TypeAlias = Annotated[str, AfterValidator(_identity)]
MarkingId: TypeAlias = Annotated[str, AfterValidator(_marking)]
ExtensionId: TypeAlias = Annotated[str, AfterValidator(_extension)]
BesideTlpId: TypeAlias = Annotated[str, AfterValidator(_beside_tlp)]
CustomId: TypeAlias = Annotated[str, AfterValidator(_custom)]
Requirement: TypeAlias = Annotated[str, AfterValidator(_requirement)]
StixType: TypeAlias = Annotated[str, AfterValidator(_stix_type)]
Title: TypeAlias = Annotated[str, AfterValidator(_title)]
CollectionTitle: TypeAlias = Annotated[str, AfterValidator(_title_without_dots)]
Description: TypeAlias = Annotated[str, AfterValidator(_description)]
Country: TypeAlias = Annotated[str, AfterValidator(_country)]
Organization: TypeAlias = Annotated[str, AfterValidator(_organization)]
Dissemination: TypeAlias = Annotated[str, AfterValidator(_dissemination)]
Entity: TypeAlias = Literal["MIL", "GOV", "CTR", "SVR", "SVC", "DEV", "NET"]
Level: TypeAlias = Literal["clear", "green", "amber", "amber+strict", "red"]
PapWord: TypeAlias = Literal["clear", "green", "amber", "red"]
LevelOrRefuse: TypeAlias = Literal["refuse", "clear", "green", "amber", "amber+strict", "red"]
Word: TypeAlias = Literal["accept", "review", "refuse"]
SpecVersion: TypeAlias = Annotated[Literal["2.0", "2.1"], BeforeValidator(_as_text)]
Levels: TypeAlias = Annotated[Everyone | Annotated[list[Level], Tag("(list)")], Discriminator(all_or_list)]
PapLevels: TypeAlias = Annotated[Everyone | Annotated[list[PapWord], Tag("(list)")], Discriminator(all_or_list)]
Types: TypeAlias = Annotated[Everyone | Annotated[list[StixType], Tag("(list)")], Discriminator(all_or_list)]
Statements: TypeAlias = Annotated[Everyone | Annotated[list[MarkingId], Tag("(list)")], Discriminator(all_or_list)]


def key(description: str, example: object, **constraints: Any) -> Any:
    """A required key: what it means and an example of its value, for people, remedies and editors."""
    return Field(description=description, examples=[example], **constraints)


def optional(default: object, description: str, example: object, **constraints: Any) -> Any:
    """A key that may be left out."""
    return Field(default=default, description=description, examples=[example], **constraints)
