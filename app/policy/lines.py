"""Lines, origins and the cap: which of several contributions of one object id an audience is given.

Versions of one object form a line within one origin (design, section 4). The owner's origin is the declared identity
itself, if that belongs to a member and the submitter is that member or may relay it. Any other origin is a pair of
identity and submitter, so that nobody continues another's line. There is no first-pusher ownership.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from app.policy.handling import Handling, join
from app.policy.markings import signer
from app.policy.partnership import IntakeTerms, Terms
from app.policy.release_case import Cap
from app.policy.rules import Rule
from app.policy.times import dated_by
from app.stix.objects import StixObject

VIA: Final = " via "
"""Stands in the origins that are not an owner's, between the identity and the submitter. No identifier holds it."""


@dataclass(frozen=True, slots=True)
class Standing:
    """One live contribution of an object, as one audience stands to it.

    `contribution` counts in the order received. `version_key` and `spec` name the version and its encoding.
    `may_see` is the release decision, cap included; `own` says that the audience's organisation contributed it.
    `dated` is False for an object without dates of its own, an SCO: its versions are the submitter's and nobody else's.
    `derived` says that the exchange made it, under an id of its own; `left` are the owners' lines that it has left.
    `lifted` says that a clause of break-glass alone shows it: by the standing terms it may not be seen. One's own is
    never lifted.
    """

    contribution: int
    partner: str
    origin: str
    version_key: str
    spec: str
    may_see: bool
    own: bool
    dated: bool = True
    derived: bool = False
    left: frozenset[str] = frozenset()
    lifted: bool = False

    @property
    def row(self) -> tuple[str, str]:
        """What no two rows of one audience's log share for one object."""
        return self.version_key, self.spec

    @property
    def line(self) -> tuple[str, bool]:
        """The line that it stands in; a derivative's is none of its original's origin."""
        return self.origin, self.derived


@dataclass(frozen=True, slots=True)
class Lines:
    """What one audience is given of one object id.

    `conflicts` are contributions that it may see and is not given, each with the rule that keeps it back: they are
    listed for the officer.
    """

    shown: frozenset[int]
    conflicts: Mapping[int, Rule]


def origin_of(obj: StixObject, submitter: str, terms: Terms, collection: str) -> str:
    """The origin whose line a contribution continues, as a stable text.

    Where several members declare one identity, each has a line of its own, and `arrange` counts the first received
    as the owner's.
    """
    identity = owned_identity(obj, terms)
    spoken_for = speaks_for(identity, submitter, terms, collection)
    if not spoken_for:
        return f"{signer(obj) or ''}{VIA}{submitter}"
    return f"{identity}" if len(terms.owners_of(identity)) == 1 else f"{identity} {spoken_for[0]}"


def owned_identity(obj: StixObject, terms: Terms) -> str | None:
    """The identity that owns an object: an identity object that is a member's owns itself, else its signer does."""
    if obj.type == "identity" and (obj.id == terms.partners.identity or terms.owners_of(obj.id)):
        return obj.id
    return signer(obj)


def speaks_for(identity: str | None, submitter: str, terms: Terms, collection: str) -> tuple[str, ...]:
    """The owners of an identity for whom a submitter may push here: itself first, then those it may relay.

    Nobody relays the exchange's own identity.
    """
    owners = terms.owners_of(identity)
    if submitter in owners:
        return (submitter,)
    if identity == terms.partners.identity:
        return ()
    collection_terms = terms.partnership.collections.get(collection)
    intake = collection_terms.intake if collection_terms is not None else IntakeTerms()
    relayed = intake.relays.get(submitter, frozenset())
    return tuple(sorted(owner for owner in owners if owner in relayed))


def identity_of(origin: str) -> str:
    """The identity in whose name the contributions of an origin stand, "" for nobody's."""
    return origin.partition(VIA)[0].partition(" ")[0]


def originator_of(origin: str, submitter: str, terms: Terms) -> str:
    """The member in whose name a contribution stands: the owner of its line, else its submitter."""
    identity, via, _ = origin.partition(VIA)
    if via:
        return submitter
    identity, _, owner = identity.partition(" ")
    return owner or next(iter(sorted(terms.owners_of(identity))), submitter)


def is_named(origin: str) -> bool:
    """Whether the line is that of a member's identity, so that what stands in it names that member."""
    return VIA not in origin


def lines_left(origin: str, before: str, left: frozenset[str]) -> frozenset[str]:
    """The owners' lines that a contribution has left, by their origins: it stands in that of `origin` now, stood in
    that of `before`, and had left those.

    Their newest versions go on binding it, and it goes on counting there. What returns to a line is as if it had
    never left it.
    """
    return frozenset(each for each in (*left, before) if is_named(each) and each != origin)


def cap_of(version_key: str, line: Iterable[tuple[str, Handling, str]]) -> Cap | None:
    """The newest version of a line, where that is later than this version; else None.

    `line` holds (version_key, handling, submitter) of every live contribution of one origin in one collection, those
    in quarantine left aside. Several contributions of the newest version count together.
    """
    contributions = tuple(line)
    newest = max((key for key, _, _ in contributions), default=version_key)
    if newest <= version_key:
        return None
    of_newest = [(handling, submitter) for key, handling, submitter in contributions if key == newest]
    handling = join(each for each, _ in of_newest)
    return Cap(handling, frozenset(submitter for _, submitter in of_newest), dated_by(newest))


def together(caps: Sequence[Cap]) -> Cap | None:
    """What binds a version that the newest versions of several lines bind; None where none does."""
    if not caps:
        return None
    return Cap(
        handling=join(cap.handling for cap in caps),
        submitters=frozenset(each for cap in caps for each in cap.submitters),
        dated=min(cap.dated for cap in caps),
        originators=frozenset(each for cap in caps for each in cap.originators),
    )


def shown(candidates: Sequence[Standing]) -> frozenset[int]:
    """The contributions of one object id that one audience's log holds; see `arrange`."""
    return arrange(candidates).shown


def arrange(candidates: Sequence[Standing]) -> Lines:
    """Which of the live contributions of one object id an audience is given, and which it is not.

    It is given all that its own organisation contributed, and of the others one origin: the owner's, else the first
    it may see. What it may not see plays no part. No two rows are of one version and encoding: its own stands
    before another's, the first received before the later. Contents of an object without dates are no versions of one
    another across origins: whose own organisation gave one is given that origin alone. A derivative's id is the
    exchange's: whatever others give under it stands back.

    What a clause alone shows only adds to what is given without: it stands behind, in every choice.
    """
    visible = sorted((c for c in candidates if c.may_see), key=lambda c: (not c.own, c.lifted, c.contribution))
    given: dict[tuple[str, str], int] = {}
    conflicts: dict[int, Rule] = {}
    chosen = _chosen_line(visible)
    for candidate in visible:
        if not candidate.own and candidate.line != chosen:
            conflicts[candidate.contribution] = Rule.ONE_ORIGIN
        elif candidate.row in given:
            conflicts[candidate.contribution] = Rule.ONE_CONTENT
        else:
            given[candidate.row] = candidate.contribution
    return Lines(frozenset(given.values()), conflicts)


def _chosen_line(visible: Sequence[Standing]) -> tuple[str, bool] | None:
    """The line that others give: the one that they give without break-glass, if they give any."""
    standing = [c for c in visible if not c.lifted]
    chosen = _first_line(standing)
    if any(not c.own and c.line == chosen for c in standing):
        return chosen
    return _first_line(visible)


def _first_line(visible: Sequence[Standing]) -> tuple[str, bool] | None:
    own_undated = (c for c in visible if c.own and not c.dated)
    first = next(own_undated, None) or min(
        visible, key=lambda c: (not c.derived, VIA in c.origin, _is_behind(c, visible), c.contribution), default=None
    )
    return first.line if first is not None else None


def _is_behind(one: Standing, visible: Sequence[Standing]) -> bool:
    """Whether a line that it has left has a later version here: that stands before it, as it did in the line."""
    return any(
        not one.left.isdisjoint({each.origin, *each.left}) and each.version_key > one.version_key for each in visible
    )
