"""Names in the files: of partners, members, groups, collections and accounts, and the roots and aliases that URLs take.

They are checked against what the files declare (`Names`, the context of the validation), so that a misspelt member is
found in the same pass as everything else.
"""

import re
from dataclasses import dataclass
from typing import Annotated, Any, Final, Literal, TypeAlias

from pydantic import AfterValidator, Discriminator, Tag, ValidationInfo

from app.files.fields import UUID_FORM, Everyone, all_or_list, nearest, quoted, refusal

RESERVED_ROOTS: Final = frozenset(
    {"analyst", "api", "console", "docs", "health", "metrics", "openapi.json", "ready", "taxii2"}
)

_SLUG: Final = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*\Z")
_ACCOUNT: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._@-]{0,63}\Z")


@dataclass(frozen=True, slots=True)
class Names:
    """What the names in one file may refer to. `partners` is None if partners.yaml itself could not be read."""

    partners: frozenset[str] | None
    members: frozenset[str] = frozenset()
    groups: frozenset[str] = frozenset()
    collections: frozenset[str] = frozenset()


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
    if UUID_FORM.match(value):
        remedy = "Write a name, such as `indicators`, and put the UUID under `id`"
        raise refusal(f"The alias {quoted(value)} looks like a collection's id", remedy)
    return _slug(value)


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


def _red_account(value: str, info: ValidationInfo) -> str:
    partner, slash, account = value.partition("/")
    if not slash or not _ACCOUNT.match(account):
        raise refusal(f"{quoted(value)} names no account", "Write `partner/account`, such as `nl-cert/nl-duty-officer`")
    _member(partner, info)
    return value


def creator_or_relays(value: Any) -> str:
    """Which side of `creator | {member: [members]}` a value is read as."""
    return "(relays)" if isinstance(value, dict) else "(creator)"


Slug: TypeAlias = Annotated[str, AfterValidator(_slug)]
Root: TypeAlias = Annotated[str, AfterValidator(_root)]
Alias: TypeAlias = Annotated[str, AfterValidator(_alias)]
PartnerName: TypeAlias = Annotated[str, AfterValidator(_partner)]
MemberName: TypeAlias = Annotated[str, AfterValidator(_member)]
GroupName: TypeAlias = Annotated[str, AfterValidator(_group)]
MemberOrGroup: TypeAlias = Annotated[str, AfterValidator(_member_or_group)]
CollectionName: TypeAlias = Annotated[str, AfterValidator(_collection)]
RedAccount: TypeAlias = Annotated[str, AfterValidator(_red_account)]
Members: TypeAlias = Annotated[Everyone | Annotated[list[MemberName], Tag("(list)")], Discriminator(all_or_list)]
MembersOrGroups: TypeAlias = Annotated[
    Everyone | Annotated[list[MemberOrGroup], Tag("(list)")], Discriminator(all_or_list)
]
CollectionNames: TypeAlias = Annotated[
    Everyone | Annotated[list[CollectionName], Tag("(list)")], Discriminator(all_or_list)
]
Ownership: TypeAlias = Annotated[
    Annotated[Literal["creator"], Tag("(creator)")] | Annotated[dict[MemberName, list[MemberName]], Tag("(relays)")],
    Discriminator(creator_or_relays),
]
