"""Generated agreements, as what stands in their files, and what is pushed and done under them.

Nothing here asks production what a marking asks for: that comes from what the generator put in.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from hypothesis import strategies as st

from app.files.agreements import read_agreements
from app.policy.handling import Handling
from app.policy.partnership import ALL, PapLevel, Terms, TlpLevel
from app.policy.vocabularies import acs, iep
from tests.policy.builders import PAP_AMBER, PAP_GREEN
from tests.support.agreements import COLLECTION, FILES, HOST_IDENTITY, WIND_IDENTITY
from tests.support.stix import AMBER, AMBER_STRICT, CLEAR, GREEN, RED, a_statement, an_address, an_indicator, stix_id

MEMBERS = ("nl-cert", "wind-isac", "water-nl", "port-nl")
WRITERS = ("nl-cert", "wind-isac", "water-nl")
OWNERS = {HOST_IDENTITY: "nl-cert", WIND_IDENTITY: "wind-isac"}
MAY_SIGN = {"nl-cert": {HOST_IDENTITY}, "wind-isac": {WIND_IDENTITY}, "water-nl": {HOST_IDENTITY}}
WORDS = ("clear", "green", "amber", "amber+strict", "red")
TLP = dict(zip((CLEAR, GREEN, AMBER, AMBER_STRICT, RED), TlpLevel, strict=True))
PAP = {PAP_GREEN: PapLevel.GREEN, PAP_AMBER: PapLevel.AMBER}
NEVER_DEFINED = "marking-definition--00000000-0000-4000-8000-00000000000e"
OWN_KIND = "extension-definition--00000000-0000-4000-8000-00000000000d"
DEFINED = ("statement", "policy", "unnamed", "own kind", "caveat", "control", "navy")
UP_TO_STRICT = frozenset(TlpLevel) - {TlpLevel.RED}
DAYS_OLD = (31, 12, 1)
EXCHANGE = "identity--7af1be3b-1ff2-49b4-ab42-f528e618e6ce"
"""The exchange's own identity, which signs derivatives."""

_OF_THE_NAVY: Mapping[str, Any] = {
    "identifier": "isa:guide.999191.ACS3-49fa8f90-88fb-48d5-b9a4-7a3447563d25",
    "create_date_time": "2026-01-10T00:00:00.000Z",
    "responsible_entity_custodian": "USA.DHS.US-CERT",
    "policy_reference": "urn:isa:policy:acs:ns:v3.0?privdefault=permit&sharedefault=permit",
    "control_set": {"classification": "U", "permitted_organizations": ["USA.DOD"]},
}
_ASKED_BY_THE_NAVY = frozenset(
    {
        ("classification", "U"),
        ("permitted_organizations", "USA.DOD"),
        ("display-default", "permit"),
        ("sharing-default", "permit"),
    }
)
RED_ACCOUNTS = ("nl-cert/duty-officer", "wind-isac/wind-soc")


def defined_by(partner: str, kind: str) -> dict[str, Any]:
    """The marking of this kind that a member defines for itself."""
    made = dict(a_statement(f"{partner} {kind}"))
    texts = {"caveat": "NOFORN", "control": "ORCON"}
    if kind in texts:
        made["definition"] = {"statement": texts[kind]}
    bodies = {
        "policy": (iep.EXTENSION, {"encrypt_in_transit": "must", "tlp": "green"}),
        "unnamed": (iep.EXTENSION, {"provider_attribution": "must-not"}),
        "own kind": (OWN_KIND, {"word": "x"}),
        "navy": (acs.EXTENSION, _OF_THE_NAVY),
    }
    if kind in bodies:
        extension, body = bodies[kind]
        made = {name: value for name, value in made.items() if not name.startswith("definition")}
        made["extensions"] = {extension: {"extension_type": "property-extension", **body}}
    return made


def asked_by(kind: str, marking_id: str) -> Handling:
    """What a marking of this kind asks for."""
    return {
        "statement": Handling(statements=frozenset({marking_id})),
        "policy": Handling(iep=frozenset({("encrypt_in_transit", "must")}), tlp=frozenset({TlpLevel.GREEN})),
        "unnamed": Handling(iep=frozenset({("provider_attribution", "must-not")}), anonymous=True),
        "own kind": Handling(custom=frozenset({(marking_id, OWN_KIND)})),
        "caveat": Handling(releasable_to=frozenset({frozenset({"USA"})})),
        "control": Handling(originator_control=True),
        "navy": Handling(acs=frozenset({_ASKED_BY_THE_NAVY})),
    }[kind]


def said_by(kind: str, marking_id: str) -> dict[str, Any]:
    """The same for the reference for derivatives."""
    return {
        "statement": {"statements": {marking_id}},
        "policy": {"iep": {("encrypt_in_transit", "must")}, "tlp": {TlpLevel.GREEN}},
        "unnamed": {"iep": {("provider_attribution", "must-not")}, "anonymous": True},
    }.get(kind, {"otherwise": True})


def mostly(usual: Any, *others: Any) -> st.SearchStrategy[Any]:
    return st.sampled_from([*[usual] * 2 * len(others), *others])


def rarely(unusual: Any, usual: Any) -> st.SearchStrategy[Any]:
    return st.sampled_from([*[usual] * 5, unusual])


def some(values: Sequence[Any]) -> st.SearchStrategy[list[Any]]:
    return st.lists(st.sampled_from(values), unique=True, max_size=len(values))


levels = st.one_of(st.just("all"), st.just("all"), st.just(["clear", "green", "amber"]), some(WORDS))


@st.composite
def entries(draw: Any, towards: str) -> dict[str, Any]:
    """An entry under `releases` or `takes`, as it is written."""
    entry = {
        towards: draw(mostly("all", ["wind-isac"], ["water-nl", "port-nl"], ["nl-cert"])),
        "collections": "all",
        "types": draw(mostly("all", ["indicator"], ["relationship"])),
        "tlp": draw(levels),
    }
    bounds = st.fixed_dictionaries(
        {},
        optional={
            "markings": st.sampled_from([[], [OWN_KIND], [iep.EXTENSION, OWN_KIND]]),
            "confidence": st.just({"at_least": 50}),
            "age": st.sampled_from([{"at_least": "P10D"}, {"at_most": "P20D"}, {"at_least": "P1D", "at_most": "P13D"}]),
        },
    )
    return {**entry, **draw(mostly({}, draw(bounds)))}


@st.composite
def members(draw: Any) -> dict[str, Any]:
    """A member's side, as it is written."""
    optional = {
        "releases": st.lists(entries("to"), max_size=2),
        "takes": st.lists(entries("from"), max_size=2),
        "originator_control": st.just(True),
        "nationalities": st.sampled_from([["USA"], ["NLD"]]),
        "organizations": st.just(["USA.DOD"]),
    }
    keys = draw(st.sets(st.sampled_from(sorted(optional)), max_size=2))
    unnamed = draw(mostly({}, {"attribution": "anonymous"}))
    return {"tlp": draw(levels), **unnamed, **{key: draw(optional[key]) for key in sorted(keys)}}


def written(sides: Mapping[str, Any], **collection: Any) -> dict[str, Any]:
    """What stands in the file of the partnership, with these members and these keys of its collection."""
    return {
        "partnership": "north-sea",
        "title": "North Sea",
        "agreement": {"reference": "MoU", "effective": "2026-01-01", "expires": "2029-01-01"},
        "members": sides,
        "collections": {"indicators": {"id": COLLECTION, "title": "Shared indicators", **collection}},
    }


OPEN = written(
    {name: {"tlp": "all"} for name in MEMBERS},
    write=list(WRITERS),
    intake={"types": "all", "tlp": "all", "unmarked": "amber"},
)
"""An agreement that takes everything that is marked."""


@st.composite
def agreements(draw: Any) -> dict[str, Any]:
    """What stands in the file of the partnership."""
    sides = {name: draw(members()) for name in MEMBERS}
    if draw(st.booleans()):
        sides["water-nl"]["client_of"] = "nl-cert"
    released = {
        "tlp": draw(levels),
        "unmarked": draw(st.sampled_from(["refuse", *WORDS[:3]])),
        "red": draw(some(RED_ACCOUNTS)),
        "statements": draw(mostly("all", [])),
        "pap": draw(st.sampled_from(["all", ["green"], []])),
        "iep": draw(mostly({"encrypt_in_transit": ["must"], "provider_attribution": ["must-not"]}, {})),
        "acs": draw(mostly({"classification": ["U"]}, {})),
        "granular": draw(mostly("sanitise", "withhold")),
        "attribution": draw(mostly("sanitise", "withhold")),
        "custom": draw(mostly({OWN_KIND: {"members": "all"}}, {}, {OWN_KIND: {"members": ["wind-isac", "nl-cert"]}})),
        **draw(mostly({}, {"embargo": "PT3H"}, {"shown_for": "P2D"}, {"embargo": "PT3H", "shown_for": "P2D"})),
    }
    taken = draw(st.one_of(*[st.just("all")] * 4, some(WORDS)))
    types = draw(mostly("all", ["indicator"]))
    of_a_type = {"types": ["ipv4-addr" if types == "all" else "indicator"]}
    of_a_level = {"tlp": ["amber"] if taken == "all" else taken[:1]}
    unmarked = draw(st.sampled_from(["refuse", *(WORDS if taken == "all" else taken)]))
    return written(
        sides,
        read=draw(mostly("all", ["nl-cert", "port-nl"], ["wind-isac", "water-nl"])),
        write=draw(rarely(["wind-isac"], list(WRITERS))),
        closure=draw(st.sampled_from(["withhold", "keep"])),
        release=released,
        intake={
            "types": types,
            "spec_versions": draw(mostly(["2.0", "2.1"], ["2.1"])),
            "tlp": taken,
            "unmarked": unmarked,
            "ownership": {"water-nl": ["nl-cert"]},
            "require": draw(rarely(["tlp"], [])),
            "older_versions": draw(mostly("accept", "refuse", "review")),
            "loosened": draw(mostly("accept", "refuse", "review")),
            "review": draw(mostly({}, {"submitters": ["wind-isac"]}, of_a_type, of_a_level)),
        },
    )


def files_of(agreement: Mapping[str, Any]) -> dict[str, str]:
    """The files of the exchange: JSON is YAML."""
    partners = FILES["partners.yaml"].replace("host: nl-cert", f"host: nl-cert\nidentity: {EXCHANGE}")
    return {"partners.yaml": partners, "north-sea.yaml": json.dumps(agreement)}


def terms_of(agreement: Mapping[str, Any]) -> Terms:
    read = read_agreements(files_of(agreement))
    return Terms(read.partnerships["north-sea"], read.partners)


@dataclass(frozen=True)
class Pushed:
    """One object of a push. `marks` are ids, or kinds that its submitter defines; `parts` are those of its secret, if
    there is one, and `tells` that the secret names who signed it.
    """

    kind: str
    which: int
    age: int
    creator: str | None
    marks: tuple[str, ...]
    parts: tuple[str, ...]
    confidence: int | None
    tells: bool


several = st.lists(
    st.sampled_from([*TLP, CLEAR, GREEN, AMBER, GREEN, *PAP, *DEFINED, NEVER_DEFINED]), max_size=3, unique=True
).map(tuple)
marks = st.one_of(st.sampled_from([(CLEAR,), (GREEN,), (AMBER,), (AMBER_STRICT,)]), several)
"""Half of the objects have one level and nothing more: of the others most are withheld for several reasons at once."""

pushed = st.builds(
    Pushed,
    kind=st.sampled_from(["indicator", "indicator", "indicator", "old indicator", "relationship", "address"]),
    which=st.integers(0, 1),
    age=st.integers(0, 2),
    creator=st.sampled_from([None, HOST_IDENTITY, HOST_IDENTITY, WIND_IDENTITY]),
    marks=marks,
    parts=st.sampled_from(
        [(), (), (), (AMBER,), (RED,), ("statement",), (AMBER, "unnamed"), (NEVER_DEFINED,), ("own kind",), ("navy",)]
    ),
    confidence=st.sampled_from([None, 20, 80]),
    tells=st.booleans(),
)
pushes = st.lists(st.tuples(st.sampled_from(WRITERS), st.lists(pushed, min_size=2, max_size=5)), min_size=3, max_size=5)


@dataclass(frozen=True)
class Opened:
    """A clause of break-glass that two officers open; `some` is for some of the objects alone. One may be closed."""

    partners: frozenset[str]
    tlp: frozenset[TlpLevel]
    types: frozenset[str]
    unmarked: bool
    some: bool
    hours: int
    closes: bool


clauses = st.builds(
    Opened,
    partners=st.frozensets(st.sampled_from(MEMBERS), min_size=1),
    tlp=st.sampled_from(
        [frozenset(TlpLevel) - {TlpLevel.RED}, frozenset({TlpLevel.AMBER}), frozenset({TlpLevel.GREEN})]
    ),
    types=st.sampled_from([ALL, ALL, frozenset({"indicator"})]),
    unmarked=st.booleans(),
    some=mostly(False, True),
    hours=st.sampled_from([2, 24, 100]),
    closes=mostly(False, True),
)
decisions = st.lists(st.sampled_from(["release", "release", "refuse", "wait"]), min_size=8, max_size=8)
"""What an officer does about each object that is held, in turn."""


def as_stix(each: Pushed, partner: str, prefix: str, now: datetime) -> dict[str, Any]:
    """The object; ids are of this example, `prefix`, alone. Its label says whose and which version it is."""
    ids = [id_of(mark, partner) for mark in each.marks]
    if each.kind == "address":
        made = dict(an_address(f"{prefix} {each.which}", *ids))
        return {**made, "value": f"198.51.100.{each.which}", "x_content": each.age}
    version = f"{now - timedelta(days=DAYS_OLD[each.age]):%Y-%m-%dT%H:%M:%S}.000Z"
    label = f"{prefix}, {each.kind} {each.which} of {version} by {WRITERS.index(partner)}"
    more: dict[str, Any] = {"created_by_ref": each.creator, "confidence": each.confidence, "labels": [label]}
    if each.parts or each.tells:
        more["description"] = secret_of(label) + (f", from {each.creator}" if each.tells and each.creator else "")
    if each.parts:
        parts = [{"marking_ref": id_of(mark, partner), "selectors": ["description"]} for mark in each.parts]
        more["granular_markings"] = parts
    if each.kind == "old indicator":
        more |= {"spec_version": None, "pattern_type": None, "confidence": None}
    tree = dict(an_indicator(f"{prefix} {each.which}", *ids, version=version, **more))
    if each.kind != "relationship":
        return tree
    ends = {f"{end}_ref": stix_id("indicator", f"{prefix} {n}") for n, end in enumerate(("source", "target"))}
    of_indicators = ("name", "pattern", "pattern_type", "valid_from")
    kept = {name: value for name, value in tree.items() if name not in of_indicators}
    itself = {"type": "relationship", "id": stix_id("relationship", f"{prefix} {each.which}")}
    return {**kept, **itself, "relationship_type": "related-to", **ends}


def an_agreement(**released: Any) -> dict[str, Any]:
    """One under which derivatives are rid of parts and of sources, and addresses and all of one member go to review."""
    sides = {name: {"tlp": "all"} for name in MEMBERS}
    sides["wind-isac"]["attribution"] = "anonymous"
    sides["water-nl"]["client_of"] = "nl-cert"
    sides["port-nl"]["tlp"] = ["clear", "green"]
    only_port = {OWN_KIND: {"members": ["port-nl"]}}
    sanitises = {"granular": "sanitise", "attribution": "sanitise", "custom": only_port, **released}
    review = {"types": ["ipv4-addr"], "submitters": ["water-nl"]}
    taken = {"types": "all", "tlp": "all", "unmarked": "refuse", "review": review}
    return written(sides, read="all", write=list(WRITERS), release={"tlp": "all", "red": [], **sanitises}, intake=taken)


GIVEN = [
    ("nl-cert", [Pushed("indicator", 0, 1, None, (GREEN,), ("own kind",), None, False)]),
    ("wind-isac", [Pushed("indicator", 1, 1, WIND_IDENTITY, (GREEN,), (), None, True)]),
    ("nl-cert", [Pushed("indicator", 1, 2, None, (AMBER_STRICT,), (), None, False)]),
    ("nl-cert", [Pushed("address", which, 0, None, (GREEN,), (), None, False) for which in (0, 1)]),
    ("water-nl", [Pushed("indicator", 2, 1, None, (GREEN,), (), None, False)]),
    ("wind-isac", [Pushed("indicator", 2, 1, None, (GREEN,), (), None, False)]),
]
"""What one member is shown whole and another in part, what must not name its source, what is not for clients, what is
held, and what another gives while it is."""

A_CLAUSE = Opened(frozenset({"water-nl", "port-nl"}), UP_TO_STRICT, ALL, True, False, 2, False)


def secret_of(label: str) -> str:
    """What an object of this label says that may be marked otherwise; nothing else says any of it."""
    return f"hush{stix_id('secret', label)[-12:]}"


def id_of(mark: str, partner: str) -> str:
    return stix_id("marking-definition", f"{partner} {mark}") if mark in DEFINED else mark
