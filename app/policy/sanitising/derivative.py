"""The derivative of one object version for one view: its content, its handling, and its bytes."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import Any

from app.policy.handling import Meaning, View
from app.policy.markings import Registry, Resolver
from app.policy.partnership import ReleaseTerms
from app.stix.objects import StixObject


@dataclass(frozen=True, slots=True)
class Source:
    """Who an object comes from: the member in whose name it stands.

    `texts` are those that name it besides `created_by_ref`: the member's identities and title. `anonymous`: its own
    terms say that it must not be named, and the object stands in the line of an identity of its.
    """

    texts: frozenset[str] = frozenset()
    anonymous: bool = False


@dataclass(frozen=True, slots=True)
class Sanitised:
    """What is left of a version in a view.

    `content` holds all properties but `id`, `created`, `modified` and `created_by_ref`. Equal contents are one version
    of the derivative, in whatever order their properties stand. `meaning` is what the markings of what was kept mean,
    with `derived` set and `signed` False; `uses` are the markings outside the registry that it rests on.
    """

    content: Mapping[str, Any]
    meaning: Meaning
    uses: frozenset[str]


class Nothing(Enum):
    """Why there is no derivative."""

    TO_CUT = "to cut"
    """The version itself may go out in the view."""

    LEFT = "left"
    """It may not, and nothing valid is left of it that tells nothing of the rest; or it is of no kind to be cut."""


def sanitised(
    original: StixObject,
    view: View,
    terms: ReleaseTerms,
    source: Source,
    registry: Registry,
    resolve: Resolver,
    now: datetime,
) -> Sanitised | Nothing:
    """What is left of a version in the view under these terms of its collection, at this instant.

    It is to be made again at the end of what `derive_handling` gives for the original.
    """
    return Nothing.LEFT


def signed(content: Mapping[str, Any], *, id: str, created: str, modified: str, identity: str) -> bytes:
    """The bytes of a version of a derivative: this content, signed by the exchange's identity.

    Equal arguments give equal bytes. `read_object` takes the content of every `Sanitised` and of every `withdrawn`.
    """
    return b""
