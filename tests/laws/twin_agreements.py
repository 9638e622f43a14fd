"""What twin worlds are under: the part of the agreements that both share, and what the busy one has besides."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from tests.support.agreements import COLLECTION, EAST, ELSEWHERE, LETTER_BOX, PARTNERS

HERE = "north-sea/collections/indicators"
LATE = "north-sea/collections/late"
BRIEF = "north-sea/collections/brief"
NEVER = "north-sea/collections/never"
SHUT = "north-sea/collections/shut"
IN_PART = "north-sea/collections/in-part"
BACK_ROOM = "north-sea/collections/back-room"
HIDDEN_COLLECTION = "0f2a6c1d-7f53-4c0e-9a86-6d1b5f2e8c47"
EAST_INDICATORS = "east/collections/indicators"

CLEARANCES: Mapping[str, str] = {
    "nl-cert": "all",
    "wind-isac": "[clear, green, amber]",
    "water-nl": "[clear, green, amber]",
    "port-nl": "[clear, green]",
}

_HOST_RELAYS = "nl-cert: [wind-isac]"
_PARTNERS = PARTNERS.replace("host: nl-cert", "host: nl-cert\nidentity: identity--7af1be3b-1ff2-49b4-ab42-f528e618e6ce")
_AARDVARK = "7d0b1c52-2c34-4d56-8e78-90a1b2c3d4e5"
_OTHERS_EAST = EAST.replace("nl-cert: {tlp: all}", "water-nl: {tlp: all}")
_RELEASE = "tlp: [clear, green, amber, amber+strict], unmarked: amber, granular: withhold"
_TAKEN = "types: all, tlp: all, unmarked: amber"
_INTAKE = f"{_TAKEN}, ownership: creator"


_IN_FULL = "collections: all, types: all, tlp: all"
_HERE_TOO = "write: [nl-cert, wind-isac, water-nl]"
HIDDEN_MEMBERS: Mapping[str, str] = {"ghost": "all", "shade": "[clear, amber]"}
"""Members of the busy world alone, and their clearances. A ghost is always there, and pushes as well."""

SHADES = (None, "all", "[clear]", "[clear, green]", "[clear, amber]", "[clear, green, amber]")
"""What the other one may be cleared for: for what some reader is, or for something else; it may be none."""

PARTS_GO = "granular: sanitise, attribution: withhold"
THE_SOURCE_GOES = "granular: withhold, attribution: sanitise"
BOTH_GO = "granular: sanitise, attribution: sanitise"


def unseen_sides(reader: str) -> tuple[str, ...]:
    """What a member may state that does not concern the reader's: it goes on releasing everything to that one."""
    others = ", ".join(each for each in ("ghost", "water-nl", "port-nl") if each != reader)
    to_reader = f"{{to: [{reader}], {_IN_FULL}}}"
    return (
        "all",
        f"all, releases: [{to_reader}]",
        f"all, releases: [{to_reader}, {{to: [{others}], {_IN_FULL}, age: {{at_most: PT1H}}}}]",
        f"all, releases: [{to_reader}, {{to: [{others}], {_IN_FULL}, age: {{at_least: P31D}}}}]",
        f"all, takes: [{{from: [{others}], {_IN_FULL}, confidence: {{at_least: 50}}}}]",
    )


@dataclass(frozen=True)
class Terms:
    """What revisions change. `clearances` are the members' own, `named` further accounts that are named for RED.

    `hidden` are the members of the busy world alone. `remedy` says of what derivatives are rid, and `anonymous` is a
    member that does not want to be named. `water_relays` lets the water boards push what the host has signed.
    """

    clearances: Mapping[str, str] = field(default_factory=lambda: CLEARANCES)
    named: str = ""
    hidden: Mapping[str, str] = field(default_factory=lambda: HIDDEN_MEMBERS)
    remedy: str = PARTS_GO
    anonymous: str = ""
    water_relays: bool = False
    back_room: bool = True
    aardvark: bool = True


def plain_files(terms: Terms) -> Mapping[str, str]:
    """The files of the world in which nothing is hidden."""
    return {"partners.yaml": _PARTNERS, "north-sea.yaml": _north_sea(terms)}


def busy_files(terms: Terms) -> Mapping[str, str]:
    """The files of the world that has a member, a collection and partnerships more."""
    partners = _PARTNERS + "".join(f"  {each}: {{name: Nobody you know, identities: []}}\n" for each in HIDDEN_MEMBERS)
    members = "".join(f"  {name}: {{tlp: {levels}}}\n" for name, levels in terms.hidden.items())
    north_sea = _north_sea(terms).replace("members:\n", f"members:\n{members}")
    north_sea = north_sea.replace(_HERE_TOO, _HERE_TOO.replace("]", ", ghost]"))
    files = {"partners.yaml": partners, "east.yaml": _OTHERS_EAST}
    files["north-sea.yaml"] = north_sea + (_BACK_ROOM if terms.back_room else "")
    if terms.aardvark:
        aardvark = _OTHERS_EAST.replace("partnership: east", "partnership: aardvark")
        files["aardvark.yaml"] = aardvark.replace(ELSEWHERE, _AARDVARK)
    return files


def _north_sea(terms: Terms) -> str:
    own = terms.clearances
    relays = _HOST_RELAYS + (", water-nl: [nl-cert]" if terms.water_relays else "")
    return f"""
partnership: north-sea
title: North Sea CERT partnership
agreement: {{reference: MoU 2026/14, effective: 2026-01-01, expires: 2028-01-01}}
members:
  nl-cert: {{tlp: {own["nl-cert"]}{_unnamed(terms, "nl-cert")}}}
  wind-isac: {{tlp: {own["wind-isac"]}{_unnamed(terms, "wind-isac")}}}
  water-nl: {{tlp: {own["water-nl"]}, client_of: nl-cert}}
  port-nl: {{tlp: {own["port-nl"]}}}
collections:
  indicators:
    id: {COLLECTION}
    title: Shared indicators
    read: all
    write: [nl-cert, wind-isac, water-nl]
    release: {{{_RELEASE}, statements: all, red: [nl-cert/duty-officer{terms.named}]}}
    intake:
      types: all
      tlp: all
      unmarked: amber
      ownership: {{{relays}}}
      spec_versions: ["2.0", "2.1"]
      review: {{types: [malware]}}
      sightings: anonymous
  letter-box:
    id: {LETTER_BOX}
    title: Reports to the host
    read: [nl-cert]
    write: [wind-isac]
    release: {{{_RELEASE}}}
    intake: {{{_INTAKE}}}
  late:
    id: 6a1c9d5e-7b3f-4e28-9c40-1d2e3f4a5b6c
    title: An hour later
    read: all
    write: [nl-cert, wind-isac, water-nl]
    release: {{{_RELEASE}, embargo: PT1H}}
    intake: {{{_INTAKE}}}
  brief:
    id: 8c3ebf70-9d51-4a4a-8e62-3f4a5b6c7d8e
    title: From an hour later on, for an hour
    read: all
    write: [nl-cert, wind-isac, water-nl]
    release: {{{_RELEASE}, embargo: PT1H, shown_for: PT2H}}
    intake: {{{_INTAKE}}}
  shut:
    id: 9d4fc07a-ae62-4b5b-9f73-4a5b6c7d8e9f
    title: With what it refers to, from an hour later on, for three hours
    read: all
    write: [nl-cert, wind-isac, water-nl]
    closure: withhold
    release: {{{_RELEASE}, embargo: PT1H, shown_for: PT4H}}
    intake: {{{_INTAKE}}}
  never:
    id: 7b2dae6f-8c40-4f39-8d51-2e3f4a5b6c7d
    title: Ten years later
    read: all
    write: [nl-cert, wind-isac, water-nl]
    release: {{{_RELEASE}, embargo: P3650D}}
    intake: {{{_INTAKE}}}
  in-part:
    id: 9d4fc081-ae62-4b5b-8f73-405b6c7d8e9f
    title: What may not be shown whole, in part
    read: all
    write: [nl-cert, wind-isac, water-nl]
    release: {{{_release_in_part(terms)}, red: [nl-cert/duty-officer{terms.named}]}}
    intake: {{{_TAKEN}, ownership: {{{relays}}}, review: {{types: [malware]}}}}
"""


def _release_in_part(terms: Terms) -> str:
    accepted = "iep: {provider_attribution: [must-not]}, statements: all"
    return f"{_RELEASE.replace('granular: withhold', terms.remedy)}, {accepted}"


def _unnamed(terms: Terms, member: str) -> str:
    return ", attribution: anonymous" if member == terms.anonymous else ""


_BACK_ROOM = f"""
  back-room:
    id: {HIDDEN_COLLECTION}
    title: Among the water boards and nobody you know
    read: [water-nl, ghost]
    write: [water-nl]
    release: {{{_RELEASE}}}
    intake: {{{_INTAKE}, spec_versions: ["2.0", "2.1"]}}
"""
