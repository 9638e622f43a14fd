"""Handling: what of an object version a release rule can read, normalised.

Equal handlings share one stored row, and policy is asked once for each, so a handling holds levels, classes and
marking ids, never texts or instants. How it comes about is told in `derivation`.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from app.policy.partnership import PapLevel, TlpLevel
from app.policy.times import ALWAYS, Span, earliest, latest

EXTRACTOR = 8
"""The version of the rules by which handlings are made. Raise it with every change of their meaning."""

AcsMarking = frozenset[tuple[str, str]]
"""What one ACS marking asks for, as (list, token); see `vocabularies.acs`."""

View = frozenset[TlpLevel]
"""What a sanitised derivative may hold: what is for those who are shown these TLP levels (see `sanitising`)."""


@dataclass(frozen=True, slots=True)
class Derived:
    """What a sanitised derivative stands in for: the handling of its original, in this view, for this member.

    It is for nobody where no member is named.
    """

    view: View
    original: "Handling"
    member: str = ""


@dataclass(frozen=True, slots=True)
class Handling:
    """What the markings of one object version ask for, over the object, its granular markings, the markings of
    the observables in it and those of its marking definitions; and what else of it the members' own terms speak of.

    * `tlp`: every TLP level that applies to any part of the object, both generations counted once.
    * `unmarked`: some part of the object carries no TLP at all, or a policy on it has ended, so that the collection's
      default level stands in. Never true of a marking-definition (design, decision 18).
    * `statements`: ids of the statement marking-definitions that apply.
    * `pap`: every PAP level that applies.
    * `iep`: every (statement, value) of the Information Exchange Policies in force.
    * `acs`: the ACS markings, each of which has to permit.
    * `releasable_to`: release lists of national caveats, each of countries of which a member has to be of one.
    * `originator_control`: only the originator says who is shown the version.
    * `anonymous`: the source must not be named.
    * `inseparable`: no part may be taken out and treated by itself.
    * `custom`: ids of marking-definitions of other kinds, each paired with the extension-definition id that gives
      it meaning, or "" where it has none. `disseminations`: pairs of such an id and a dissemination control.
    * `unknown`: a marking can't be resolved, is altered, cyclic or of no shape that any vocabulary knows.
    * `type`: the object's type; `confidence`: its confidence from 0 to 100, None where it states none (STIX 2.1
      section 3.2 and appendix A); `signed`: it names its source, by who signed it, or
      anywhere if it is `anonymous`.
    * `whole`: what the markings of the object as a whole ask for, where those of single parts ask for more; else None.
    * `derived`: set for what the exchange made of another object by sanitising it, and for nothing else.
    """

    tlp: frozenset[TlpLevel] = frozenset()
    unmarked: bool = False
    statements: frozenset[str] = frozenset()
    pap: frozenset[PapLevel] = frozenset()
    iep: frozenset[tuple[str, str]] = frozenset()
    acs: frozenset[AcsMarking] = frozenset()
    releasable_to: frozenset[frozenset[str]] = frozenset()
    originator_control: bool = False
    anonymous: bool = False
    inseparable: bool = False
    custom: frozenset[tuple[str, str]] = frozenset()
    disseminations: frozenset[tuple[str, str]] = frozenset()
    unknown: bool = False
    type: str = ""
    confidence: int | None = None
    signed: bool = False
    whole: "Handling | None" = None
    derived: Derived | None = None


UNKNOWN = Handling(unknown=True)


class Meaning(NamedTuple):
    """What markings mean: a handling, and from when until when they let a version be shown (design, section 3)."""

    handling: Handling
    span: Span = ALWAYS


def join(handlings: Iterable[Handling]) -> Handling:
    """The handling that asks for all that any of these asks for.

    Of several types none is left, and the least confidence counts, none stated being less than any. Derivatives
    for several members, or of several views, are for nobody.
    """
    every = set(handlings)
    if len(every) == 1:
        return every.pop()
    types = {each.type for each in every}
    stated = [each.confidence for each in every if each.confidence is not None]
    wholes = [each.whole or each for each in every]
    derived = [each.derived for each in every if each.derived is not None]
    whose = {(each.member, each.view) for each in derived}
    member, view = next(iter(whose)) if len(whose) == 1 else ("", frozenset())
    return Handling(
        type=types.pop() if len(types) == 1 else "",
        confidence=min(stated) if every and len(stated) == len(every) else None,
        signed=any(each.signed for each in every),
        tlp=frozenset().union(*(each.tlp for each in every)),
        unmarked=any(each.unmarked for each in every),
        statements=frozenset().union(*(each.statements for each in every)),
        pap=frozenset().union(*(each.pap for each in every)),
        iep=frozenset().union(*(each.iep for each in every)),
        acs=frozenset().union(*(each.acs for each in every)),
        releasable_to=frozenset().union(*(each.releasable_to for each in every)),
        originator_control=any(each.originator_control for each in every),
        anonymous=any(each.anonymous for each in every),
        inseparable=any(each.inseparable for each in every),
        custom=frozenset().union(*(each.custom for each in every)),
        disseminations=frozenset().union(*(each.disseminations for each in every)),
        unknown=any(each.unknown for each in every) or len(whose) > 1,
        derived=Derived(view, join(each.original for each in derived), member) if derived else None,
        whole=join(wholes) if any(each.whole for each in every) else None,
    )


def join_meanings(meanings: Iterable[Meaning]) -> Meaning:
    """All of them at once: the later beginning, the earlier end."""
    every = list(meanings)
    begins = latest(*(each.span.not_before for each in every))
    ends = earliest(*(each.span.not_after for each in every))
    return Meaning(join(each.handling for each in every), Span(begins, ends))


def to_facts(handling: Handling) -> str:
    """A handling as canonical JSON: equal handlings give equal texts."""
    return json.dumps(_facts(handling), sort_keys=True, separators=(",", ":"))


def _facts(handling: Handling) -> Mapping[str, object]:
    return {
        "acs": sorted(sorted(map(list, marking)) for marking in handling.acs),
        "anonymous": handling.anonymous,
        "confidence": handling.confidence,
        "custom": sorted(map(list, handling.custom)),
        "derived": None if handling.derived is None else _derived_facts(handling.derived),
        "disseminations": sorted(map(list, handling.disseminations)),
        "iep": sorted(map(list, handling.iep)),
        "inseparable": handling.inseparable,
        "originator_control": handling.originator_control,
        "pap": sorted(handling.pap),
        "releasable_to": sorted(map(sorted, handling.releasable_to)),
        "signed": handling.signed,
        "statements": sorted(handling.statements),
        "tlp": sorted(handling.tlp),
        "type": handling.type,
        "unknown": handling.unknown,
        "unmarked": handling.unmarked,
        "whole": None if handling.whole is None else _facts(handling.whole),
    }


def _derived_facts(derived: Derived) -> Mapping[str, object]:
    return {"member": derived.member, "view": sorted(derived.view), "original": _facts(derived.original)}


def from_facts(text: str) -> Handling:
    """The handling whose canonical JSON this is. KeyError or ValueError where it is none."""
    return _handling_of(json.loads(text))


def _handling_of(facts: Mapping[str, Any]) -> Handling:
    return Handling(
        type=facts["type"],
        confidence=facts["confidence"],
        signed=facts["signed"],
        tlp=frozenset(TlpLevel(level) for level in facts["tlp"]),
        unmarked=facts["unmarked"],
        statements=frozenset(facts["statements"]),
        pap=frozenset(PapLevel(level) for level in facts["pap"]),
        iep=_pairs(facts["iep"]),
        acs=frozenset(_pairs(marking) for marking in facts["acs"]),
        releasable_to=frozenset(frozenset(countries) for countries in facts["releasable_to"]),
        originator_control=facts["originator_control"],
        anonymous=facts["anonymous"],
        inseparable=facts["inseparable"],
        custom=_pairs(facts["custom"]),
        disseminations=_pairs(facts["disseminations"]),
        unknown=facts["unknown"],
        whole=None if facts["whole"] is None else _handling_of(facts["whole"]),
        derived=None if facts["derived"] is None else _derived_of(facts["derived"]),
    )


def _derived_of(facts: Mapping[str, Any]) -> Derived:
    view = frozenset(TlpLevel(level) for level in facts["view"])
    return Derived(view, _handling_of(facts["original"]), facts["member"])


def _pairs(stored: list[list[str]]) -> frozenset[tuple[str, str]]:
    return frozenset((one, other) for one, other in stored)
