"""Agreements, objects and cases for the policy's tests: sound ones, in which a test changes what it is about."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from app.files.markings import read_registry
from app.policy.derivation import derive_handling
from app.policy.handling import Handling
from app.policy.intake_case import IntakeCase, Known
from app.policy.lines import owned_identity
from app.policy.markings import Resolver
from app.policy.partnership import (
    ALL,
    Agreement,
    BreakGlass,
    CollectionTerms,
    Grant,
    IntakeTerms,
    Member,
    Partner,
    Partners,
    Partnership,
    ReleaseTerms,
    Role,
    Terms,
    TlpLevel,
)
from app.policy.release_case import Audience, Cap, ReleaseCase
from app.policy.value_lists import ValueList
from app.stix.objects import GranularMarking, StixObject
from app.stix.observables.hosts import network_of
from app.stix.timestamps import version_key

ROOT = Path(__file__).resolve().parents[2]
SHARED = ROOT / "../shared"
REGISTRY = read_registry(ROOT / "mappings" / "markings")

INDICATORS = "5b9f3f0c-6f0e-4c53-8f4e-2f6f0c9d7a10"

EFFECTIVE = datetime(2026, 1, 1, tzinfo=UTC)
NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
EXPIRES = datetime(2028, 1, 1, tzinfo=UTC)

CERT, WIND, WATER, STRANGER = "nl-cert", "wind-isac", "water-nl", "port-nl"
IDENTITY = {
    CERT: "identity--8c1e3c62-6f0a-4a55-9a53-0c1f8f0a8e11",
    WIND: "identity--42f57bbc-d5e1-4123-91ca-a971d16b5a29",
    WATER: "identity--3851a420-8bb3-4871-8cb3-a7cc751f9891",
    STRANGER: "identity--436d3d6e-e206-4c25-91c2-69eb73e6890e",
}
NOBODY = "identity--2f50ea5c-4865-4345-9393-79edd4c2f33d"

WHITE_1 = "marking-definition--613f2e26-407d-48c7-9eca-b8e91df99dc9"
GREEN_1 = "marking-definition--34098fce-860f-48ae-8e50-ebd3cc5e41da"
CLEAR = "marking-definition--94868c89-83c2-464b-929b-a1a8aa3c8487"
GREEN = "marking-definition--bab4a63c-aed9-4cf5-a766-dfca5abac2bb"
AMBER = "marking-definition--55d920b0-5e8b-4f79-9ee9-91f868d9b421"
AMBER_STRICT = "marking-definition--939a9414-2ddd-4d32-a0cd-375ea402b003"
RED = "marking-definition--e828b379-4e03-4974-9ac4-e53a884c97c1"
OPENCTI_STRICT = "marking-definition--826578e1-40ad-459f-bc73-ede076f81f37"
PAP_CLEAR = "marking-definition--ad15a0cd-55b6-4588-a14c-a66105329b92"
PAP_WHITE = "marking-definition--a3bea94c-b469-41dc-9cfe-d6e7daba7730"
PAP_AMBER = "marking-definition--60f8932b-e51e-4458-b265-a2e8be9a80ab"
PAP_GREEN = "marking-definition--c43594d1-4b11-4c59-93ab-1c9b14d53ce9"
TLP_2_EXTENSION = "extension-definition--60a3c5c5-0d10-413e-aab3-9e08dde9e88d"

STATEMENT = "marking-definition--00000000-0000-4000-8000-00000000000a"
OTHER_STATEMENT = "marking-definition--00000000-0000-4000-8000-00000000000b"
CUSTOM = "marking-definition--00000000-0000-4000-8000-00000000000c"
EXTENSION = "extension-definition--00000000-0000-4000-8000-00000000000d"
UNRESOLVED = "marking-definition--00000000-0000-4000-8000-00000000000e"

OWN_ASSETS = ValueList(
    name="own-assets",
    title="What is ours",
    networks=tuple(each for each in map(network_of, ("198.51.100.0/28", "2001:db8:17::/48")) if each is not None),
    domains=frozenset({"example.nl"}),
    hashes=frozenset({"d41d8cd98f00b204e9800998ecf8427e"}),
    values=frozenset({"https://portal.example.org/login"}),
)
LISTS = {OWN_ASSETS.name: OWN_ASSETS}

LEVELS = frozenset(TlpLevel)
UP_TO_AMBER = frozenset({TlpLevel.CLEAR, TlpLevel.GREEN, TlpLevel.AMBER})


def some_terms(
    release: ReleaseTerms | None = None,
    intake: IntakeTerms | None = None,
    members: Mapping[str, Member] | None = None,
    **collection: Any,
) -> Terms:
    """An agreement between a CERT that holds every level, an ISAC up to AMBER, and a client of the CERT.

    STRANGER is a partner of the exchange and no member.
    """
    terms = CollectionTerms(
        alias="indicators",
        id=INDICATORS,
        title="Shared indicators",
        read=ALL,
        write=frozenset({CERT, WIND}),
        release=release or ReleaseTerms(tlp=LEVELS, unmarked=TlpLevel.AMBER, red=frozenset({f"{CERT}/duty"})),
        intake=intake or IntakeTerms(types=ALL, tlp=UP_TO_AMBER),
    )
    return Terms(
        partnership=Partnership(
            root="north-sea",
            title="North Sea",
            agreement=Agreement(reference="MoU 2026/14", effective=EFFECTIVE, expires=EXPIRES),
            members={
                CERT: Member(CERT, tlp=LEVELS),
                WIND: Member(WIND, tlp=UP_TO_AMBER),
                WATER: Member(WATER, tlp=LEVELS, client_of=CERT),
                **(members or {}),
            },
            collections={"indicators": replace(terms, **collection)},
        ),
        partners=Partners(
            host=CERT,
            by_name={name: Partner(name, name, frozenset({identity})) for name, identity in IDENTITY.items()},
        ),
    )


def handling_of(obj: StixObject, resolve: Resolver, now: datetime = NOW) -> Handling:
    """What the object's markings ask for at this instant, by our registry."""
    return derive_handling(obj, REGISTRY, resolve, now).handling


def release_terms(**release: Any) -> Terms:
    """The agreement of `some_terms`, with these terms of its collection."""
    return some_terms(release=ReleaseTerms(**{"tlp": LEVELS, "unmarked": TlpLevel.AMBER, **release}))


def a_handling(*levels: TlpLevel, **facts: Any) -> Handling:
    return Handling(tlp=frozenset(levels), **facts)


def a_release(
    handling: Handling, partner: str = WIND, account: str | None = None, *, own: bool = False, **changed: Any
) -> ReleaseCase:
    """A question about what another member contributed, or with `own` the audience's organisation itself.

    `cap` may be the handling alone of a version that the same submitter contributes now.
    """
    submitter = partner if own else another_than(partner)
    newest = changed.get("cap")
    if isinstance(newest, Handling):
        changed["cap"] = Cap(newest, frozenset({submitter}), NOW)
    case = ReleaseCase(
        terms=some_terms(),
        collection="indicators",
        audience=Audience(partner, account),
        handling=handling,
        cap=None,
        submitter=submitter,
        originator=submitter,
        now=NOW,
        dated=NOW,
    )
    return replace(case, **changed)


def a_grant(*partners: str, **bounds: Any) -> Grant:
    """An entry of a member's own terms about these partners, or about all where none is named; `bounds` narrow it."""
    everything = Grant(frozenset(partners) or ALL, collections=ALL, types=ALL, tlp=LEVELS)
    return replace(everything, **bounds)


def a_clause(*levels: TlpLevel, **changed: Any) -> BreakGlass:
    """What two officers have opened for an hour to the ISAC and the water boards, in their one collection."""
    clause = BreakGlass(
        number=2,
        collection=INDICATORS,
        partners=frozenset({WIND, WATER}),
        tlp=frozenset(levels),
        opened=NOW,
        until=NOW + timedelta(hours=1),
        officers=(f"{CERT}/anna", f"{CERT}/bert"),
        reason="the flood",
    )
    return replace(clause, **changed)


def another_than(partner: str) -> str:
    """A member that is not this one."""
    return CERT if partner != CERT else WIND


def an_intake(obj: StixObject, handling: Handling | None = None, **changed: Any) -> IntakeCase:
    case = IntakeCase(
        terms=some_terms(),
        collection="indicators",
        partner=WIND,
        role=Role.FEEDER,
        obj=obj,
        handling=handling or a_handling(TlpLevel.GREEN),
        registry=REGISTRY,
        known=None,
        now=NOW,
        lists=LISTS,
    )
    return replace(case, **changed)


def known(obj: StixObject, **changed: Any) -> Known:
    """What an organisation is known to have contributed once it pushed this object to the collection."""
    key = version_key(obj.version or "2026-03-01T08:00:00Z")
    versions = {key: frozenset({obj.tree_digest})}
    signers = frozenset({owned_identity(obj, some_terms()) or ""})
    return replace(Known(versions, obj.created, signers=signers, here=versions, newest=obj), **changed)


def a_tree(**changed: Any) -> dict[str, Any]:
    """The JSON of an indicator of the ISAC; a value of None takes a property away."""
    tree: dict[str, Any] = {
        "type": "indicator",
        "spec_version": "2.1",
        "id": "indicator--b8a662dc-4961-4dba-87ae-af8c6da4b4f5",
        "created": "2026-03-01T08:00:00.000Z",
        "modified": "2026-03-01T08:00:00.000Z",
        "pattern": "[ipv4-addr:value = '198.51.100.3']",
        "pattern_type": "stix",
        "valid_from": "2026-03-01T00:00:00Z",
        "created_by_ref": IDENTITY[WIND],
    }
    return {name: value for name, value in {**tree, **changed}.items() if value is not None}


def an_object(tree: Mapping[str, Any] | None = None, **changed: Any) -> StixObject:
    """A STIX object as it stands after parsing, without its validation."""
    whole = dict(tree) if tree is not None else a_tree(**changed)
    raw = json.dumps(whole, sort_keys=True).encode()
    digest = hashlib.sha256(raw).digest()
    return StixObject(
        raw=raw,
        tree=whole,
        id=whole["id"],
        type=whole["type"],
        spec=whole.get("spec_version", "2.1" if whole["type"] in {"ipv4-addr", "domain-name"} else "2.0"),
        bytes_digest=digest,
        tree_digest=digest,
        created=whole.get("created"),
        modified=whole.get("modified"),
        revoked=whole.get("revoked", False),
        created_by_ref=whole.get("created_by_ref"),
        object_marking_refs=tuple(whole.get("object_marking_refs", ())),
        granular_markings=tuple(
            GranularMarking(tuple(entry["selectors"]), entry.get("marking_ref"), entry.get("lang"))
            for entry in whole.get("granular_markings", ())
        ),
    )


def a_definition(identifier: str, **changed: Any) -> dict[str, Any]:
    """The JSON of a statement marking; a value of None takes a property away."""
    tree: dict[str, Any] = {
        "type": "marking-definition",
        "spec_version": "2.1",
        "id": identifier,
        "created": "2026-01-10T00:00:00.000Z",
        "definition_type": "statement",
        "definition": {"statement": "Copyright 2026 the author. Not for resale."},
    }
    return {name: value for name, value in {**tree, **changed}.items() if value is not None}


def an_extension_marking(identifier: str, extension: str, /, **values: Any) -> dict[str, Any]:
    """The JSON of a marking definition that an extension gives its meaning."""
    extensions = {extension: {"extension_type": "property-extension", **values}}
    return a_definition(identifier, definition_type=None, definition=None, extensions=extensions)


class Definitions:
    """Where references resolve in a test: a resolver over these definitions, which counts how often it is asked."""

    def __init__(self, definitions: Iterable[Mapping[str, Any]] = ()) -> None:
        self.by_id = {definition["id"]: definition for definition in definitions}
        self.asked: list[str] = []

    def __call__(self, marking_id: str) -> Mapping[str, Any] | None:
        self.asked.append(marking_id)
        return self.by_id.get(marking_id)
